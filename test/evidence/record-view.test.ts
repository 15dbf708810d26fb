import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyse } from '../../parsers/analyse.ts';
import type { Concluded } from '../../parsers/analyse.ts';
import type { PatchRecord } from '../../parsers/domain/evidence.ts';
import { isMoment } from '../../parsers/domain/moment.ts';
import { openRecordView } from '../../parsers/evidence/record-view.ts';
import type { RecordColumn, RecordFilter } from '../../parsers/evidence/record-view.ts';
import { orderByRanks } from '../../parsers/evidence/ordered-view.ts';

const headers =
  'マシン名,パッチ名,検出ステータス,検出日,デプロイのステータス,展開日,展開の終了コード,展開の試行回数';
const rows = [
  'PC-0002,"更新, 二 (KB5000002)",パッチ未適用,2024/05/10 09:12:00,正常終了,2024-05-10 09:30:00,"3010, 0xBC2",1',
  'PC-0001,"x ""y""\n(KB5000001)",パッチが適用されました,2024-05-11 09:12:30,失敗,2024-05-10 08:30:10,1603,２回',
  'PC-0003,更新 (KB5000003),パッチ未適用,,未スケジュール,,,0',
  'PC-0001,更新 (KB5000003),パッチ未適用,2024/05/10 09:12:00,未スケジュール,0000-00-00 00:00:00,,0',
];
const text = `${[headers, ...rows].join('\r\n')}\r\n`;
const quotes = [
  'PC-0002 | 更新, 二 (KB5000002) | パッチ未適用 | 2024/05/10 09:12:00 | 正常終了 | 2024-05-10 09:30:00 | 3010, 0xBC2 | 1',
  'PC-0001 | x "y"\n(KB5000001) | パッチが適用されました | 2024-05-11 09:12:30 | 失敗 | 2024-05-10 08:30:10 | 1603 | ２回',
  'PC-0003 | 更新 (KB5000003) | パッチ未適用 |  | 未スケジュール |  |  | 0',
  'PC-0001 | 更新 (KB5000003) | パッチ未適用 | 2024/05/10 09:12:00 | 未スケジュール | 0000-00-00 00:00:00 |  | 0',
];
const members: Readonly<Record<string, Uint8Array>> = {
  'a/utf-8.csv': strToU8(text),
  'b/mark.csv': strToU8(`\ufeff${text}`),
  'c/cp932.csv': new Uint8Array(iconv.encode(text, 'cp932')),
  'd/wide.tsv': new Uint8Array(iconv.encode(`\ufeff${text}`, 'utf-16le')),
};

let folder: string;
let concluded: Concluded;
let close: () => void;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'patchtrail-records-'));
  const path = join(folder, 'lists.zip');
  writeFileSync(path, zipSync({ ...members }));
  const result = await analyse(path, { spoolFolder: folder, spoolName: 'store' });
  ({ concluded } = result);
  close = () => {
    result.reading.store.close();
  };
});
afterAll(() => {
  close();
  rmSync(folder, { recursive: true, force: true });
});

async function ids(
  filter: RecordFilter,
  sort: readonly { readonly column: RecordColumn; readonly descending: boolean }[],
): Promise<readonly string[]> {
  const { analysis, lines } = concluded;
  const view = await openRecordView(analysis.evidence, lines, filter, sort);
  const shown = view.window(0, view.count);
  expect(view.window(1, 3)).toEqual(shown.slice(1, 3));
  shown.forEach((record, position) => {
    expect(view.positionOf(record.id)).toBe(position);
  });
  return shown.map(({ id }) => id);
}

describe('rows of delimited text', () => {
  it.each(Object.keys(members))('are quoted as they stand in %s', (member) => {
    const { records } = concluded.analysis.evidence;
    const own = records.filter(({ citation }) => citation.member === member);
    expect(own.map(({ citation }) => citation.quote)).toEqual(quotes);
    expect(own.map(({ citation }) => [citation.line, citation.row])).toEqual([
      [2, 1],
      [3, 2],
      [5, 3],
      [6, 4],
    ]);
  });

  it('mean the same in every encoding, remembered or not', () => {
    const { records } = concluded.analysis.evidence;
    const meanings = Object.keys(members).map((member) =>
      records
        .filter(({ citation }) => citation.member === member)
        .map(
          ({ device, patch, kb, detection, deployment, exitCodeRaw }) =>
            [device, patch, kb, detection, deployment, exitCodeRaw] as const,
        ),
    );
    for (const meaning of meanings) expect(meaning).toEqual(meanings[0]);
    expect(meanings[0]?.[1]?.[4]).toMatchObject({ status: 'failed', exitCode: 1603, attempts: 2 });
    expect(meanings[0]?.[3]?.[4]).toMatchObject({ status: 'not-attempted', at: 'never', attempts: 0 });
  });
});

describe('the view of records', () => {
  const valueOf: Readonly<Record<string, (record: PatchRecord) => number | string | null>> = {
    device: (record) => record.device,
    patch: (record) => record.patch,
    deployedAt: ({ deployment: { at } }) =>
      at === 'never' ? Number.NEGATIVE_INFINITY : isMoment(at) ? at.local : null,
    exitCode: ({ deployment }) => deployment.exitCode,
  };

  it.each([
    ['device', false],
    ['device', true],
    ['patch', false],
    ['deployedAt', false],
    ['deployedAt', true],
    ['exitCode', true],
  ] as const)(
    'sorts by %s, descending %s: absent last, equal ones as they were',
    async (column, descending) => {
      const { records } = concluded.analysis.evidence;
      const of = (record: PatchRecord): number | string | null => valueOf[column]?.(record) ?? null;
      const expected = [...records].sort((a, b) => {
        const [x, y] = [of(a), of(b)];
        if (x === y) return 0;
        if (x === null || y === null) return x === null ? 1 : -1;
        return (x < y ? -1 : 1) * (descending ? -1 : 1);
      });
      expect(await ids({}, [{ column, descending }])).toEqual(expected.map(({ id }) => id));
    },
  );

  it('sorts by a second column what the first does not tell apart, among those that pass', async () => {
    const devices = ['pc-0001'];
    const sorted = await ids({ devices }, [
      { column: 'deploymentStatus', descending: true },
      { column: 'detectedAt', descending: true },
    ]);
    const { evidence } = concluded.analysis;
    const statuses = sorted.map((id) => evidence.record(id)?.deployment.status);
    expect(statuses).toEqual([...Array<string>(4).fill('not-attempted'), ...Array<string>(4).fill('failed')]);
    expect(sorted).toEqual([...sorted.slice(0, 4).sort(byNumber), ...sorted.slice(4).sort(byNumber)]);
  });

  it('knows no position of what it does not list', async () => {
    const { analysis, lines } = concluded;
    const view = await openRecordView(analysis.evidence, lines, { devices: ['pc-0003'] }, []);
    expect(view.count).toBe(4);
    expect(view.positionOf('r1')).toBeNull();
    expect(view.positionOf('r999')).toBeNull();
    expect(view.positionOf('r3')).toBe(0);
  });

  it('stops when it is told to', async () => {
    const { analysis, lines } = concluded;
    const abort = new AbortController();
    abort.abort();
    await expect(
      openRecordView(analysis.evidence, lines, {}, [{ column: 'device', descending: false }], abort.signal),
    ).rejects.toThrow();
  });
});

describe('a view of any choice', () => {
  const detections = ['パッチ未適用', 'パッチが適用されました', ''];
  const deployments = ['正常終了', '失敗', '未スケジュール', ''];
  const minutes = [
    '',
    '0000-00-00 00:00:00',
    '2024-05-10 09:30:00',
    '2024/05/10 09:30:00',
    '2024-05-11 23:59:59',
  ];
  const of = (values: readonly string[], nth: number): string => values[nth % values.length] ?? '';
  const many = Array.from({ length: 180 }, (_, nth) =>
    [
      `PC-1${of(['000', '001', '002', '003', '004'], nth * 7)}`,
      `更新 (KB500000${nth % 9})`,
      of(detections, nth * 5),
      of(minutes, Math.floor(nth / 3)),
      of(deployments, nth * 3 + Math.floor(nth / 11)),
      of(minutes, nth * 2),
      of(['', '0', '3010', '1603'], nth),
      String(nth % 4),
    ].join(','),
  );
  const columns = [
    'device',
    'patch',
    'system',
    'detectionStatus',
    'detectedAt',
    'deploymentStatus',
    'deployedAt',
    'exitCode',
    'attempts',
    'source',
  ] as const;
  let read: Awaited<ReturnType<typeof analyse>>;
  beforeAll(async () => {
    const path = join(folder, 'many.zip');
    const csv = strToU8(`${[headers, ...many].join('\r\n')}\r\n`);
    writeFileSync(path, zipSync({ 'x/a.csv': csv, 'y/b.csv': csv }));
    read = await analyse(path, { spoolFolder: folder, spoolName: 'many' });
  });
  afterAll(() => {
    read.reading.store.close();
  });

  const wall = (at: PatchRecord['detection']['at']): number | null =>
    at === 'never' ? Number.NEGATIVE_INFINITY : isMoment(at) ? at.local : null;
  const cell: Readonly<Record<(typeof columns)[number], (record: PatchRecord) => number | string | null>> = {
    device: (record) => record.device,
    patch: (record) => record.patch,
    system: (record) => record.system,
    detectionStatus: ({ detection }) => detection.status,
    detectedAt: ({ detection }) => wall(detection.at),
    deploymentStatus: ({ deployment }) => deployment.status,
    deployedAt: ({ deployment }) => wall(deployment.at),
    exitCode: ({ deployment }) => deployment.exitCode,
    attempts: ({ deployment }) => deployment.attempts,
    source: (record) => record.source,
  };

  it('lists what a naive filter and a stable sort give', async () => {
    const { evidence } = read.concluded.analysis;
    const { lines } = read.concluded;
    expect(evidence.records).toHaveLength(360);
    const start = Date.UTC(2024, 4, 10);
    const hours = fc.tuple(fc.nat(72), fc.nat(72)).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
    const maybe = <T>(what: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
      fc.option(what, { nil: undefined });
    await fc.assert(
      fc.asyncProperty(
        maybe(fc.subarray(['pc-1000', 'pc-1001', 'pc-1004', 'pc-9999'])),
        maybe(fc.subarray(['x/a.csv', 'y/b.csv'])),
        maybe(hours),
        maybe(fc.subarray(['', '0', '3010', '1603'])),
        maybe(fc.constantFrom('KB5000004', '失敗', '23:59', '1603')),
        fc.array(fc.record({ column: fc.constantFrom(...columns), descending: fc.boolean() }), {
          maxLength: 3,
        }),
        async (devices, paths, span, exitCodes, expression, sort) => {
          const within = (at: PatchRecord['detection']['at']): boolean =>
            span !== undefined &&
            isMoment(at) &&
            at.local >= start + span[0] * 3_600_000 &&
            at.local <= start + span[1] * 3_600_000;
          const expected = [...evidence.records].filter(
            (record) =>
              (devices === undefined || devices.includes((record.device ?? '').toLowerCase())) &&
              (paths === undefined || paths.includes(record.citation.member)) &&
              (span === undefined || within(record.detection.at) || within(record.deployment.at)) &&
              (exitCodes === undefined || exitCodes.includes(String(record.deployment.exitCode ?? ''))) &&
              (expression === undefined || record.citation.quote.includes(expression)),
          );
          expected.sort((a, b) => {
            for (const { column, descending } of sort) {
              const [x, y] = [cell[column](a), cell[column](b)];
              if (x === y) continue;
              if (x === null || y === null) return x === null ? 1 : -1;
              return (x < y ? -1 : 1) * (descending ? -1 : 1);
            }
            return byNumber(a.id, b.id);
          });
          const view = await openRecordView(
            evidence,
            lines,
            {
              devices,
              members: paths,
              time:
                span === undefined
                  ? undefined
                  : { from: start + span[0] * 3_600_000, to: start + span[1] * 3_600_000 },
              values: exitCodes === undefined ? undefined : { exitCodes },
              text:
                expression === undefined
                  ? undefined
                  : { expression, regex: false, ignoreCase: false, ignoreWidth: false },
            },
            sort,
          );
          const shown = view.window(0, view.count).map(({ id }) => id);
          expect(shown).toEqual(expected.map(({ id }) => id));
          expect(shown.map((id) => view.positionOf(id))).toEqual(shown.map((_, at) => at));
        },
      ),
      { numRuns: 200 },
    );
  });
});

function byNumber(a: string, b: string): number {
  return Number(a.slice(1)) - Number(b.slice(1));
}

describe('orderByRanks', () => {
  it('leaves the given places as they are', () => {
    const places = Uint32Array.from([3, 0, 2, 1]);
    const ranks = Int32Array.from([1, 0, -1, 1]);
    const ordered = orderByRanks(places, [{ ranks, distinct: 2, descending: true }]);
    expect([...ordered]).toEqual([3, 0, 1, 2]);
    expect([...places]).toEqual([3, 0, 2, 1]);
    expect([...orderByRanks(places, [])]).toEqual([3, 0, 2, 1]);
  });
});
