import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CancelledError } from '../../parsers/domain/errors.ts';
import type { Level } from '../../parsers/domain/evidence.ts';
import { foldLines } from '../../parsers/evidence/folded-lines.ts';
import type { FoldedLineView } from '../../parsers/evidence/folded-lines.ts';
import { openLineView } from '../../parsers/evidence/line-view.ts';
import { LineReader } from '../../parsers/evidence/line-reader.ts';
import { BundleLines } from '../../parsers/evidence/lines.ts';
import { MemberDraft } from '../../parsers/evidence/member-draft.ts';
import { compileQuery, searchLines } from '../../parsers/evidence/search.ts';
import { TextStore } from '../../parsers/evidence/text-store.ts';
import type { LineHead } from '../../parsers/text/line-head.ts';
import type { LogRecord } from '../../parsers/formats/define-format.ts';
import { lineMarks, stepLine } from '../../parsers/serve/matches.ts';
import { stampHead } from '../../parsers/text/stamp.ts';

let folder: string;
let store: TextStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'patchtrail-test-'));
  store = new TextStore(1024 * 1024, { folder, name: 'text' });
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

const heads = [stampHead('YYYY-MM-DD HH:mm:ss.fff'), stampHead('YYYY-MM-DD HH:mm:ss')];

interface ReadOptions {
  readonly strict?: boolean;
  readonly landmarks?: readonly string[];
  readonly quietLandmarks?: readonly string[];
  readonly isQuiet?: (records: readonly LogRecord[]) => boolean;
  readonly lineBytes?: number;
  readonly pieces?: number;
  readonly heads?: readonly LineHead[];
  readonly modified?: number;
}

function readLog(
  path: string,
  text: string,
  options: ReadOptions = {},
): { draft: MemberDraft; records: LogRecord[] } {
  const draft = new MemberDraft(0, path, null);
  const records: LogRecord[] = [];
  const { heads: ofLog = heads } = options;
  draft.heads = ofLog;
  draft.timeline = 'all';
  const reader = new LineReader({
    store,
    index: draft.newLines(),
    heads: ofLog,
    clock: 'device',
    clockOf: path,
    reader: {
      isQuiet: () => options.isQuiet?.(records) ?? false,
      record: ({ line, text: whole, body, level, at, continuation }) =>
        records.push({ line, text: whole, body, level, at, continuation }),
    },
    landmarks: options.landmarks ?? null,
    quietLandmarks: options.quietLandmarks ?? null,
    strict: options.strict ?? true,
    lineBytes: options.lineBytes ?? 16 * 1024 * 1024,
    modified: options.modified ?? null,
    warn: (line, code, warned) => {
      draft.warn(line, code, warned);
    },
  });
  const bytes = Buffer.from(text, 'utf8');
  const step = options.pieces ?? bytes.length;
  for (let at = 0; at < bytes.length; at += step) reader.push(bytes.subarray(at, at + step));
  reader.end();
  return { draft, records };
}

function bundle(...drafts: readonly MemberDraft[]): BundleLines {
  return new BundleLines(
    drafts,
    drafts.map(() => ({ offset: null, source: 'unknown', zone: null })),
    () => '',
    store,
  );
}

function texts(lines: BundleLines): string[] {
  return Array.from({ length: lines.total }, (_, at) => lines.textOf(lines.idAt(at)).text);
}

describe('reading lines', () => {
  it('counts a last line without a line break, and nothing behind the final one', () => {
    expect(readLog('a', 'one\ntwo').draft.lines?.count).toBe(2);
    expect(readLog('b', 'one\ntwo\n').draft.lines?.count).toBe(2);
    expect(readLog('c', '\n\n').draft.lines?.count).toBe(2);
  });

  it('drops every carriage return at a line end and splits on none', () => {
    const { draft } = readLog('a', 'one\r\r\ntwo\rstill two\r\n');
    expect(texts(bundle(draft))).toEqual(['one', 'two\rstill two']);
  });

  it('joins continuations to the record above', () => {
    const { draft, records } = readLog(
      'a',
      '2024-05-10 09:30:00 first\n  more\n  and more\n2024-05-10 09:30:01 second\n',
    );
    expect(records.map(({ line, text, body, continuation }) => ({ line, text, body, continuation }))).toEqual(
      [
        {
          line: 1,
          text: '2024-05-10 09:30:00 first',
          body: ' first',
          continuation: ['  more', '  and more'],
        },
        { line: 4, text: '2024-05-10 09:30:01 second', body: ' second', continuation: [] },
      ],
    );
    expect(draft.lines?.timed).toBe(2);
  });

  it('keeps a line that starts like a record and does not parse on its own, with a warning', () => {
    const { draft, records } = readLog(
      'a',
      '2024-05-10 09:30:00 first\n2024-05-32 99:30:00 broken\n continued\n2024-05-10 09:30:02 last\n',
    );
    expect(draft.warnings).toEqual([
      { member: 'a', line: 2, code: 'unparsed-head', text: '2024-05-32 99:30:00 broken' },
    ]);
    expect(records.map((record) => [record.line, record.at === null, record.continuation.length])).toEqual([
      [1, false, 0],
      [2, true, 1],
      [4, false, 0],
    ]);
  });

  it('hands over those records that a landmark is in, also in a continuation', () => {
    const text =
      '2024-05-10 09:30:00 a\n ExitCode=0\n2024-05-10 09:30:01 b\n2024-05-10 09:30:02 ExitCode=3010\n';
    const { records } = readLog('a', text, { landmarks: ['ExitCode'] });
    expect(records.map((record) => record.line)).toEqual([1, 4]);
  });

  it('goes over to other landmarks as soon as a record changes what matters', () => {
    const text =
      '2024-05-10 09:30:00 RC=1\n2024-05-10 09:30:01 open\n2024-05-10 09:30:02 RC=2\n2024-05-10 09:30:03 RC=3\n2024-05-10 09:30:04 close\n2024-05-10 09:30:05 RC=4\n2024-05-10 09:30:06 end\n';
    for (let pieces = 1; pieces <= text.length; pieces += 1) {
      const { records } = readLog('a', text, {
        landmarks: ['open', 'close', 'RC='],
        quietLandmarks: ['open', 'close'],
        isQuiet: (read) =>
          !(
            read.filter((record) => record.body === ' open').length >
            read.filter((record) => record.body === ' close').length
          ),
        pieces,
      });
      expect(records.map((record) => record.body)).toEqual([' open', ' RC=2', ' RC=3', ' close']);
    }
  });

  it('reads the same in pieces of any size', () => {
    const text =
      '2024-05-10 09:30:00 a ExitCode=1\n more ExitCode\n2024-05-10 09:30:01 b\r\n\r\n2024-05-10 09:30:02 展開 ExitCode=2\nlast';
    const whole = readLog('a', text, { landmarks: ['ExitCode'] });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 120 }), (pieces) => {
        const cut = readLog('b', text, { landmarks: ['ExitCode'], pieces });
        expect(cut.records).toEqual(
          whole.records.map((record) =>
            record.at === null ? record : { ...record, at: { ...record.at, clockOf: 'b' } },
          ),
        );
        expect(texts(bundle(cut.draft))).toEqual(texts(bundle(whole.draft)));
      }),
    );
  });

  it.each([700, 100_000])('splits a line that is too long, with a warning, in pieces of %s', (pieces) => {
    const { draft } = readLog('a', `2024-05-10 09:30:00 ${'x'.repeat(2500)}\nnext\n`, {
      lineBytes: 1000,
      pieces,
    });
    expect(draft.lines?.count).toBe(4);
    expect(draft.warnings.map((warning) => warning.code)).toEqual(['split-line', 'split-line']);
    expect(texts(bundle(draft)).map((line) => line.length)).toEqual([1000, 1000, 520, 4]);
  });

  it('splits between characters', () => {
    const { draft } = readLog('a', `x${'検'.repeat(700)}\nnext\n`, { lineBytes: 1000, pieces: 700 });
    expect(texts(bundle(draft))).toEqual([`x${'検'.repeat(333)}`, '検'.repeat(333), '検'.repeat(34), 'next']);
  });

  it.each([true, false])(
    'finds every part of a split line that matches, and no other (%s)',
    async (regex) => {
      const parts = ['hit '.padEnd(1000, 'a'), 'a'.repeat(1000), 'b hit hit'.padEnd(1000, 'b'), ' hit'];
      const { draft } = readLog('a', `above hit\n${parts.join('')}\nbelow\nhit\n`, {
        lineBytes: 1000,
        pieces: 300,
      });
      const lines = bundle(draft);
      const query = { expression: 'hit', regex, ignoreCase: false, ignoreWidth: false };
      const found = await searchLines(lines, query, () => true, undefined);
      const ids = Array.from({ length: lines.total }, (_, at) => lines.idAt(at));
      expect(ids.map((id) => found.has(id))).toEqual([true, true, false, true, true, false, true]);
      expect(found.size).toBe(5);
    },
  );

  const expressions = [
    'code=\\d',
    'code=(?!0)\\d+',
    'exitcode',
    'code=\\s*1',
    'code=$',
    'exit\\b',
    'exit.c?',
    '[02]$',
  ];

  it('finds by an expression the lines that match it one by one', async () => {
    const words = ['exit', 'code=', 'exitcode=', '0', '12', 'ä', ' ', '\r\n', '\n', '\n'];
    const texts = fc.array(fc.constantFrom(...words), { maxLength: 60 }).map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(
        texts,
        fc.constantFrom(...expressions),
        fc.boolean(),
        async (text, expression, regex) => {
          const { draft } = readLog('a', text);
          const lines = bundle(draft);
          const query = { expression, regex, ignoreCase: false, ignoreWidth: false };
          const found = await searchLines(lines, query, () => true, undefined);
          const one = new RegExp(expression, 'u');
          const ids = Array.from({ length: lines.total }, (_, at) => lines.idAt(at));
          const shown = text.split('\n').slice(0, ids.length);
          expect(ids.map((id) => found.has(id))).toEqual(
            shown.map((line) =>
              regex ? one.test(line) || one.test(line.replace(/\r+$/u, '')) : line.includes(expression),
            ),
          );
        },
      ),
      { numRuns: 200 },
    );
  });

  it('finds by an expression whose start most lines have', async () => {
    const text = Array.from({ length: 300_000 }, (_, line) => `code=${line % 7}\n`).join('');
    const { draft } = readLog('a', text);
    const query = { expression: 'code=[36]', regex: true, ignoreCase: false, ignoreWidth: false };
    const found = await searchLines(bundle(draft), query, () => true, undefined);
    expect(found.size).toBe(Math.floor(300_000 / 7) * 2);
    expect([3, 6, 10, 299_995].map((id) => found.has(id))).toEqual([
      true,
      true,
      true,
      [3, 6].includes(299_995 % 7),
    ]);
  });

  it('takes each byte of a line without a break a bounded number of times', () => {
    const piece = Buffer.alloc(64 * 1024, 'a');
    const cost = (pieces: number): number => {
      const draft = new MemberDraft(0, 'a', null);
      let read = 0;
      const counting = new Proxy(store, {
        get(target, name) {
          if (name === 'read')
            return (offset: number, length: number) => {
              read += length;
              return target.read(offset, length);
            };
          const value: unknown = Reflect.get(target, name, target);
          return typeof value === 'function' ? (value.bind(target) as unknown) : value;
        },
      });
      const reader = new LineReader({
        store: counting,
        index: draft.newLines(),
        heads,
        clock: 'device',
        clockOf: 'a',
        reader: { record: () => undefined },
        landmarks: ['some landmark'],
        quietLandmarks: null,
        strict: true,
        lineBytes: 1024 * 1024,
        modified: null,
        warn: (line, code, text) => {
          draft.warn(line, code, text);
        },
      });
      for (let at = 0; at < pieces; at += 1) reader.push(piece);
      reader.end();
      expect(draft.lines?.count).toBe(pieces / 16);
      return read;
    };
    const [small, large] = [cost(64), cost(3200)];
    expect(large / 3200).toBeLessThanOrEqual((small / 64) * 1.1);
    expect(large).toBeLessThan(3200 * piece.length * 3);
  });

  it('gives stamps without a year the years that end with the file’s own date', () => {
    const { draft } = readLog(
      'messages',
      [
        'Dec 30 23:59:59 a',
        'Dec 30 23:59:59 b',
        'Jan  2 00:00:01 c',
        'Feb 29 12:00:00 d',
        'Feb 28 12:00:00 a day back is no new year',
        'Jul  1 00:00:00 e',
        'Jan  1 00:00:00 f',
        'and what belongs to it',
        'Mar  5 06:07:08 g',
      ].join('\n'),
      {
        heads: [stampHead('MMM~D HH:mm:ss')],
        strict: false,
        modified: Date.UTC(2025, 2, 6),
      },
    );
    const times = Array.from(
      { length: draft.lines?.count ?? 0 },
      (_, line) => draft.lines?.local(line) ?? NaN,
    );
    expect(
      times.map((time) => (Number.isNaN(time) ? null : new Date(time).toISOString().slice(0, 19))),
    ).toEqual([
      '2023-12-30T23:59:59',
      '2023-12-30T23:59:59',
      '2024-01-02T00:00:01',
      '2024-02-29T12:00:00',
      '2024-02-28T12:00:00',
      '2024-07-01T00:00:00',
      '2025-01-01T00:00:00',
      null,
      '2025-03-05T06:07:08',
    ]);
  });

  it('counts lines that are earlier than the one above', () => {
    const { draft } = readLog('a', '2024-05-10 09:30:00 a\n2024-05-10 09:29:00 b\n2024-05-10 09:31:00 c\n');
    expect(draft.lines?.outOfOrder).toBe(1);
  });
});

describe('the merged order', () => {
  it('puts lines of all members in the order of their times, undated ones with their file', () => {
    const a = readLog('a', 'banner\n2024-05-10 09:30:00 a1\n  a1 more\n2024-05-10 09:32:00 a2\n').draft;
    const b = readLog('b', '2024-05-10 09:31:00 b1\n2024-05-10 09:32:00 b2\n').draft;
    const c = readLog('c', 'no time\n').draft;
    expect(texts(bundle(a, b, c)).map((line) => line.replace(/^\S+ \S+ (?=[ab]\d)/u, ''))).toEqual([
      'banner',
      'a1',
      '  a1 more',
      'b1',
      'a2',
      'b2',
      'no time',
    ]);
  });

  it('agrees with a stable sort of everything', () => {
    const line = fc.tuple(fc.nat(50), fc.boolean());
    fc.assert(
      fc.property(fc.array(fc.array(line, { maxLength: 12 }), { minLength: 1, maxLength: 4 }), (members) => {
        const model: { key: number; member: number; line: number; text: string }[] = [];
        const drafts = members.map((lines, member) => {
          let key = Number.NaN;
          const first = lines.find(([, timed]) => timed);
          const rows = lines.map(([second, timed], index) => {
            if (timed) key = second;
            model.push({
              key: Number.isNaN(key) ? (first?.[0] ?? 1e9) : key,
              member,
              line: index,
              text: `m${member}l${index}`,
            });
            return timed
              ? `2024-05-10 09:00:${String(second % 60).padStart(2, '0')} m${member}l${index}`
              : `m${member}l${index}`;
          });
          return readLog(`m${member}`, rows.map((row) => `${row}\n`).join(''), { strict: false }).draft;
        });
        model.sort((x, y) => x.key - y.key || x.member - y.member || x.line - y.line);
        expect(
          texts(bundle(...drafts)).map((text) => text.slice(-(text.length - text.lastIndexOf('m')))),
        ).toEqual(model.map((row) => row.text));
      }),
      { numRuns: 300 },
    );
  });

  it('finds the first line that is not before a time', () => {
    const lines = bundle(readLog('a', '2024-05-10 09:30:00 a\n2024-05-10 09:32:00 b\n').draft);
    expect(lines.lowerBound(Date.UTC(2024, 4, 10, 9, 31))).toBe(1);
    expect(lines.lowerBound(Date.UTC(2024, 4, 10, 9, 33))).toBe(2);
    expect(lines.lowerBound(0)).toBe(0);
  });
});

describe('views', () => {
  const log =
    '2024-05-10 09:30:00 INFO alpha\n2024-05-10 09:30:01 ERROR beta 展開\n  trace of beta\n2024-05-10 09:30:02 WARN ＫＢ５０３７７７１\nuntimed\n';

  async function shown(filter: Parameters<typeof openLineView>[1]): Promise<number[]> {
    const lines = bundle(readLog('a', log).draft);
    const view = await openLineView(lines, filter);
    return Array.from({ length: view.count }, (_, at) => lines.placeOf(view.idAt(at)).line + 1);
  }

  it('without a filter is everything', async () => {
    expect(await shown({})).toEqual([1, 2, 3, 4, 5]);
  });

  it('filters by level, continuations with their record', async () => {
    expect(await shown({ levels: ['error'] })).toEqual([2, 3]);
  });

  it('filters by time', async () => {
    const at = Date.UTC(2024, 4, 10, 9, 30, 1);
    expect(await shown({ time: { from: at, to: at } })).toEqual([2, 3]);
  });

  it('filters by text, regular expression, case and width', async () => {
    const query = { regex: false, ignoreCase: false, ignoreWidth: false };
    expect(await shown({ text: { ...query, expression: 'beta' } })).toEqual([2, 3]);
    expect(await shown({ text: { ...query, expression: 'b.ta' } })).toEqual([]);
    expect(await shown({ text: { ...query, regex: true, expression: '^2024.*(alpha|展開)' } })).toEqual([
      1, 2,
    ]);
    expect(await shown({ text: { ...query, expression: 'ALPHA', ignoreCase: true } })).toEqual([1]);
    expect(await shown({ text: { ...query, expression: 'KB5037771', ignoreWidth: true } })).toEqual([4]);
    expect(await shown({ text: { ...query, regex: true, expression: 'alpha$' } })).toEqual([1]);
    expect(await shown({ text: { ...query, regex: true, expression: 'alpha\\s2024' } })).toEqual([]);
  });

  it('says why an expression is not valid', async () => {
    await expect(
      shown({ text: { expression: '(', regex: true, ignoreCase: false, ignoreWidth: false } }),
    ).rejects.toMatchObject({ code: 'bad-expression' });
  });

  it('searches what a search line by line finds', async () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', '展', ' ', '.'), maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(word, { minLength: 1, maxLength: 20 }),
        fc.constantFrom('a', 'ab', 'a|b', '[^a]', '\\s', '^b', '展$', 'a*'),
        async (rows, expression) => {
          const lines = bundle(readLog('a', rows.map((row) => `${row}\n`).join(''), { strict: false }).draft);
          const found = await searchLines(
            lines,
            { expression, regex: true, ignoreCase: false, ignoreWidth: false },
            () => true,
            undefined,
          );
          const naive = rows.flatMap((row, index) => (new RegExp(expression, 'mu').test(row) ? [index] : []));
          expect(rows.flatMap((_, index) => (found.has(index) ? [index] : []))).toEqual(naive);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('hold by member, level, time and text what a filter line by line leaves', async () => {
    const words = ['alpha', 'beta', '展開', 'KB5037771'];
    const row = fc.record({
      second: fc.option(fc.nat(20), { nil: null }),
      level: fc.constantFrom<Level>('error', 'warning', 'info'),
      word: fc.constantFrom(...words),
    });
    const span = fc
      .tuple(fc.nat(20), fc.nat(20))
      .map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }));
    const choice = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(of, { nil: undefined });
    const start = Date.UTC(2024, 4, 10, 9, 0, 0);
    const written = { error: 'ERROR', warning: 'WARN', info: 'INFO' } as Readonly<Record<string, string>>;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(row, { maxLength: 10 }), { minLength: 1, maxLength: 4 }),
        choice(fc.subarray<Level>(['error', 'warning', 'info'])),
        choice(span),
        choice(fc.subarray(['m0', 'm1', 'm2'])),
        choice(fc.constantFrom(...words, '09:00:1', 'no such')),
        async (members, wantedLevels, seconds, paths, expression) => {
          const model: {
            key: number;
            path: string;
            line: number;
            text: string;
            level: Level | null;
            own: number | null;
          }[] = [];
          const drafts = members.map((rows, nth) => {
            const path = `m${nth}`;
            const first = rows.find(({ second }) => second !== null)?.second ?? null;
            let above: { readonly second: number; readonly level: Level } | null = null;
            const lines = rows.map(({ second, level, word }, line) => {
              if (second !== null) above = { second, level };
              const text =
                second === null
                  ? `  ${word}`
                  : `2024-05-10 09:00:${String(second).padStart(2, '0')} ${written[level] ?? ''} ${word}`;
              model.push({
                key: above?.second ?? first ?? Number.POSITIVE_INFINITY,
                path,
                line,
                text,
                level: above?.level ?? null,
                own: above?.second ?? null,
              });
              return `${text}\n`;
            });
            return readLog(path, lines.join(''), { strict: false }).draft;
          });
          // Stable: members and lines stand in their order already.
          model.sort((a, b) => (a.key === b.key ? 0 : a.key - b.key));
          const expected = model.filter(
            (one) =>
              (wantedLevels === undefined || (one.level !== null && wantedLevels.includes(one.level))) &&
              (seconds === undefined ||
                (one.own !== null && one.own >= seconds.from && one.own <= seconds.to)) &&
              (paths === undefined || paths.includes(one.path)) &&
              (expression === undefined || one.text.includes(expression)),
          );
          const lines = bundle(...drafts);
          const view = await openLineView(lines, {
            levels: wantedLevels,
            members: paths,
            time:
              seconds === undefined
                ? undefined
                : { from: start + seconds.from * 1000, to: start + seconds.to * 1000 },
            text:
              expression === undefined
                ? undefined
                : { expression, regex: false, ignoreCase: false, ignoreWidth: false },
          });
          const ids = Array.from({ length: view.count }, (_, at) => view.idAt(at));
          expect(ids.map((id) => [lines.pathOf(id), lines.placeOf(id).line])).toEqual(
            expected.map(({ path, line }) => [path, line]),
          );
          expect(ids.map((id) => view.positionOf(id))).toEqual(ids.map((_, at) => at));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('finds a line among many of one moment, and of records that go on for long, without walking', async () => {
    const members = Array.from(
      { length: 40 },
      (_, nth) =>
        readLog(
          `m${nth}`,
          `2024-05-10 09:30:00 INFO a\n${'  more\n'.repeat(nth % 2 === 0 ? 0 : 700)}2024-05-10 09:30:00 INFO b\n`,
        ).draft,
    );
    const lines = bundle(
      readLog('long', `  first\n${'  undated\n'.repeat(600)}2024-05-10 09:30:00 INFO x\n`).draft,
      ...members,
    );
    const all = await openLineView(lines, {});
    const ids = Array.from({ length: all.count }, (_, at) => all.idAt(at));
    expect(ids.map((id) => all.positionOf(id))).toEqual(ids.map((_, at) => at));
    const folded = await foldLines(lines, all, []);
    let head = -1;
    ids.forEach((id) => {
      if (folded.idAt(head + 1) === id) head += 1;
      expect(folded.positionOf(id)).toBe(head);
    });
    // Of any line: its own time or that of its record; none where the file begins in the middle of one.
    expect(ids.filter((id) => !lines.hasOwnTime(id)).length).toBe(601);
    for (const id of ids) {
      const { line } = lines.placeOf(id);
      let naive = line;
      while (naive > 0 && lines.continues(id - line + naive)) naive -= 1;
      expect(lines.headOf(id)).toBe(id - line + naive);
    }
    const timed = await openLineView(lines, { time: { from: 0, to: Date.UTC(2030, 0, 1) } });
    expect(timed.count).toBe(all.count - 601);
  });

  it('are searched over many short members as over each by itself', async () => {
    const line = fc.constantFrom('a', 'b', '', ' ', 'ab', 'ä', 'Ａ', 'abab');
    const text = fc.tuple(fc.array(line, { maxLength: 5 }), fc.boolean(), fc.constantFrom('\n', '\r\n'));
    const query = fc.record({
      expression: fc.constantFrom('a', 'ab', '^$', '^', '$', 'ab.*b', '\\s$', '(?<!a)b', 'aba'),
      regex: fc.boolean(),
      ignoreCase: fc.boolean(),
      ignoreWidth: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 12 }), query, async (members, asked) => {
        const drafts = members.map(
          ([rows, ends, feed], nth) =>
            readLog(`m${nth}`, `${rows.join(feed)}${ends ? feed : ''}`, { lineBytes: 3 }).draft,
        );
        const lines = bundle(...drafts);
        const expression = compileQuery(asked);
        const expected: number[] = [];
        for (let id = 0; id < lines.idCount; id += 1) {
          expression.lastIndex = 0;
          const shown = lines.textOf(id).text;
          if (expression.test(asked.ignoreWidth ? shown.normalize('NFKC') : shown)) expected.push(id);
        }
        const found = await searchLines(lines, asked, () => true, undefined);
        expect(Array.from({ length: lines.idCount }, (_, id) => id).filter((id) => found.has(id))).toEqual(
          expected,
        );
      }),
      { numRuns: 400 },
    );
  });

  it('are stepped through by matches, folded or filtered, as a walk over all of them would', async () => {
    const rows = fc.array(fc.constantFrom('2024-05-10 09:30:00 a', '2024-05-10 09:30:01 b', '  a', '  b'), {
      maxLength: 9,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(rows, { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        fc.subarray(['m0', 'm1', 'm2'], { minLength: 1 }),
        async (members, isFolded, paths) => {
          const lines = bundle(
            ...members.map(
              (texts_, nth) => readLog(`m${nth}`, `${texts_.join('\n')}\n`, { strict: false }).draft,
            ),
          );
          const text = { expression: 'a', regex: false, ignoreCase: false, ignoreWidth: false };
          const matches = await openLineView(lines, { text });
          const chosen = await openLineView(lines, { members: paths });
          const view = isFolded ? await foldLines(lines, chosen, []) : chosen;
          const held = Array.from({ length: matches.count }, (_, index) => ({
            index,
            position: view.positionOf(matches.idAt(index)),
          })).filter(({ position }) => position !== null);
          for (let from = -1; from < view.count; from += 1) {
            const next = held.find(({ position }) => (position ?? 0) > from) ?? held[0] ?? null;
            const previous =
              held.findLast(({ position }) => from === -1 || (position ?? 0) < from) ??
              held[held.length - 1] ??
              null;
            const start = from === -1 ? null : from;
            expect(await stepLine(view, matches, start, 1)).toEqual(next);
            expect(await stepLine(view, matches, start, -1)).toEqual(previous);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it('stops when it is cancelled', async () => {
    const lines = bundle(readLog('a', log).draft);
    await expect(
      openLineView(
        lines,
        { text: { expression: 'a', regex: false, ignoreCase: false, ignoreWidth: false } },
        AbortSignal.abort(),
      ),
    ).rejects.toMatchObject({ name: 'CancelledError' });
  });
});

describe('the text store', () => {
  it('gives back everything, in memory and beyond', async () => {
    const large = new TextStore(4 * 1024 * 1024, { folder, name: 'large' });
    const piece = Buffer.alloc(1_234_567);
    for (let index = 0; index < piece.length; index += 1) piece[index] = index % 251;
    for (let count = 0; count < 12; count += 1) {
      large.append(piece);
      await large.ready();
    }
    for (const offset of [0, 1_234_560, 4 * 1024 * 1024 - 3, 9_000_000, 12 * piece.length - 10]) {
      const read = large.read(offset, 20);
      expect([...read]).toEqual(
        Array.from(
          { length: Math.min(20, 12 * piece.length - offset) },
          (_, index) => ((offset + index) % piece.length) % 251,
        ),
      );
    }
    // Nothing of it can be found by name while it is open, nor afterwards.
    expect(readdirSync(folder)).toEqual([]);
    large.close();
  });

  it('says when the disk does not take it', async () => {
    const blocked = new TextStore(0, { folder: join(folder, 'missing', '\0'), name: 'x' });
    blocked.append(Buffer.alloc(5 * 1024 * 1024));
    await expect(blocked.ready()).rejects.toMatchObject({ code: 'spool-failed' });
    blocked.close();
  });
});

describe('folded views', () => {
  const first =
    '2024-05-10 09:30:00 a1\n  a2\n  a3 needle\n2024-05-10 09:30:04 a4\n2024-05-10 09:30:06 a5\n  a6 needle\n';
  const second = '2024-05-10 09:30:00 b1 needle\n  b2\n2024-05-10 09:30:05 b3\n';
  const needle = { expression: 'needle', regex: false, ignoreCase: false, ignoreWidth: true };

  function both(): BundleLines {
    return bundle(readLog('a', first).draft, readLog('b', second).draft);
  }

  function shownOf(lines: BundleLines, view: FoldedLineView): string[] {
    return Array.from({ length: view.count }, (_, at) => {
      const text = lines.textOf(view.idAt(at)).text.trim();
      const more = view.foldedBelow(at);
      const short = text.replace(/^2024-05-10 \S+ /u, '').replace(' needle', '');
      return more === 0 ? short : `${short}+${more}`;
    });
  }

  it('show the first line of each record and how many follow it', async () => {
    const lines = both();
    const view = await foldLines(lines, await openLineView(lines, {}), []);
    expect(shownOf(lines, view)).toEqual(['a1+2', 'b1+1', 'a4', 'b3', 'a5+1']);
  });

  it('show the records in full that hold an open line, whichever of theirs it is', async () => {
    const lines = both();
    const [third, last] = [lines.idOf(0, 2) ?? 0, lines.idOf(0, 4) ?? 0];
    const view = await foldLines(lines, await openLineView(lines, {}), [third, last]);
    expect(shownOf(lines, view)).toEqual(['a1', 'a2', 'a3', 'b1+1', 'a4', 'b3', 'a5', 'a6']);
  });

  it('keep what a filter leaves of a record without its first line', async () => {
    const lines = both();
    const view = await foldLines(lines, await openLineView(lines, { text: needle }), []);
    expect(shownOf(lines, view)).toEqual(['a3', 'b1', 'a6']);
  });

  it('place a folded line where it is folded below, and nothing that they do not hold', async () => {
    const lines = both();
    const view = await foldLines(lines, await openLineView(lines, {}), []);
    const places = Array.from({ length: lines.total }, (_, at) => view.positionOf(lines.idAt(at)));
    expect(places).toEqual([0, 0, 0, 1, 1, 2, 3, 4, 4]);
    const ofFirst = await foldLines(lines, await openLineView(lines, { members: ['b'] }), []);
    expect(ofFirst.positionOf(lines.idOf(0, 1) ?? 0)).toBeNull();
    const found = await foldLines(lines, await openLineView(lines, { text: needle }), []);
    expect(found.positionOf(lines.idOf(1, 1) ?? 0)).toBeNull();
  });

  it('carry the marks and steps of what is found in folded lines', async () => {
    const lines = both();
    const view = await foldLines(lines, await openLineView(lines, {}), []);
    const matches = await openLineView(lines, { text: needle });
    expect([...(await lineMarks(view, matches, 5))]).toEqual([1, 1, 0, 0, 1]);
    expect(await stepLine(view, matches, 1, 1)).toEqual({ position: 4, index: 2 });
    expect(await stepLine(view, matches, 4, 1)).toEqual({ position: 0, index: 0 });
  });

  it('stop when they are told to', async () => {
    const lines = bundle(readLog('a', `2024-05-10 09:30:00 a\n${'  b\n'.repeat(500_000)}`).draft);
    const control = new AbortController();
    const folding = foldLines(lines, await openLineView(lines, {}), [], control.signal);
    control.abort();
    await expect(folding).rejects.toBeInstanceOf(CancelledError);
  });
});
