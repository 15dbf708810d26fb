import { constants } from 'node:buffer';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BundleMember } from '../../parsers/archive/bundle.ts';
import type { Limits } from '../../parsers/domain/limits.ts';
import { defaultLimits } from '../../parsers/domain/limits.ts';
import { ingestMember } from '../../parsers/evidence/ingest.ts';
import type { MemberDraft } from '../../parsers/evidence/member-draft.ts';
import { TextStore } from '../../parsers/evidence/text-store.ts';
import { formats } from '../../parsers/formats/registry.ts';
import { temporaryFolder } from '../archive/builders/listing.ts';

let store: TextStore;
let stores = 0;
let folder = '';

beforeEach(async () => {
  folder = await temporaryFolder();
});

afterEach(() => {
  store.close();
});

function memberOf(
  path: string,
  pieces: () => Iterable<Uint8Array>,
  head: Uint8Array,
  bytes: number,
): BundleMember {
  return {
    index: 0,
    path,
    plainPath: path,
    depth: 0,
    role: 'file',
    linkTarget: null,
    declaredBytes: bytes,
    modified: null,
    head: () => Promise.resolve(head),
    async *chunks() {
      await Promise.resolve();
      yield* pieces();
    },
    outcome: () => ({ bytes, sha256: null, state: 'complete', reason: null }),
  };
}

async function read(member: BundleMember, limits: Partial<Limits>): Promise<MemberDraft> {
  stores += 1;
  // A budget of nothing: what is read again comes from the file as well.
  store = new TextStore(4 * 1024 * 1024, { folder, name: `long-${stores}` });
  return ingestMember(member, {
    store,
    limits: { ...defaultLimits, ...limits },
    formats,
    onDraft: () => undefined,
  });
}

function* cut(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  let at = 0;
  for (let nth = 0; at < bytes.length; nth += 1) {
    const size = sizes[nth % sizes.length] ?? bytes.length;
    // A copy: nobody may look beyond the piece.
    yield Uint8Array.prototype.slice.call(bytes, at, at + size);
    at += size;
  }
}

/** All that is said of a member, with its times as they are shown. */
function told(draft: MemberDraft): unknown {
  const records = Array.from({ length: draft.records.count }, (_, at) => ({
    device: draft.records.device(at),
    subject: draft.records.subject(at),
    detection: draft.records.detection(at),
    outcome: draft.records.outcome(at),
    citation: {
      line: draft.records.line(at),
      row: draft.records.row(at),
      quote: draft.records.quote(at),
    },
  }));
  const { lines } = draft;
  const shown = Array.from({ length: lines?.count ?? 0 }, (_, line) => {
    if (lines === null) return null;
    const text = store.read(lines.start(line), lines.end(line) - lines.start(line)).toString('utf8');
    const at = lines.isTimed(line)
      ? [lines.local(line), lines.offset(line), lines.level(line), draft.shownTime(line)?.raw ?? null]
      : [lines.level(line)];
    return [text, ...at];
  });
  const { kind, state, reason, encoding, rows, device, aliases, otherNames, timeline, clock, datedCount } =
    draft;
  const { events, facts, warnings, timeRule, bytes } = draft;
  return JSON.parse(
    JSON.stringify({
      ...{ kind, state, reason, encoding, rows, device, aliases, otherNames, timeline, clock, datedCount },
      ...{ events, facts, warnings, records, shown, timeRule, bytes },
    }),
  ) as unknown;
}

interface Read {
  readonly kind: string | null;
  readonly records: readonly unknown[];
  readonly events: readonly unknown[];
  readonly facts: readonly unknown[];
}

const MiB = 1024 * 1024;
/** How many records, events and facts a sample holds at least: a sample that nobody knows would prove nothing. */
const known: Readonly<Record<string, readonly [kind: string | null, harvested: number]>> = {
  'kace/sql.csv': ['kace/sql-export', 5],
  'list.tsv': ['kace/list-export', 2],
  'PC-0042.csv': ['kace/device-page', 2],
  'kace/strange.csv': ['kace/list-export', 0],
  'events/System.csv': ['event-log/csv', 2],
  'events/System.xml': ['event-log/xml', 2],
  'events/wmi.xml': ['event-log/xml', 1],
  'events/system.txt': ['event-log/text', 1],
  'graph.csv': ['azure/resource-graph', 2],
  'manager/hostevents.csv': ['deep-security/system-events', 3],
  'other.csv': [null, 0],
  'kace/no-table.csv': [null, 0],
};

/** The least to which the limit may be set is a MiB; the engine takes less. */
const tiny: Partial<Limits> = { documentBytes: 1 };

async function bothWays(path: string, bytes: Uint8Array, sizes: readonly number[]): Promise<unknown> {
  const head = Uint8Array.prototype.slice.call(bytes, 0, 64 * 1024);
  const whole = told(
    await read(
      memberOf(path, () => [bytes], head, bytes.length),
      {},
    ),
  );
  store.close();
  const draft = await read(
    memberOf(path, () => cut(bytes, sizes), head, bytes.length),
    tiny,
  );
  const inPieces = told(draft);
  expect(inPieces).toEqual(whole);
  return inPieces;
}

const database =
  'MACHINE_ID,NAME,PATCHUID,TITLE,STATUS,STATUS_DT,DEPLOY_STATUS,DEPLOY_STATUS_DT,DEPLOY_ERROR_CODE\n';
const samples: Readonly<Record<string, string>> = {
  'kace/sql.csv':
    database +
    '7,PC-1,{A},"更新, 累積的 (KB5037771)",NOTPATCHED,2024-05-10 09:12:41,SUCCESS,2024-05-10 09:30:00,0\r\n' +
    '8,PC-2,{A},"two ""lines""\r\nof 𠮷 (KB5037771)",PATCHED,2024-05-11 08:00:00,SUCCESS,2024-05-10 09:31:00,0\n' +
    '9,PC-3,{B},"never closed,PATCHED,2024-05-11 08:00:00,SUCCESS\n\n' +
    '9,PC-4,{B},short\n' +
    '9,PC-5,{B},Old (KB5030000),NA,never,odd,2024-13-45,x,too,many\n' +
    '9,PC-6,{B},cut (KB5030000),PATCHED,2024-05-1',
  'list.tsv':
    'sep=\t\nパッチ一覧 2024/05/14\n\nマシン名\tパッチ名\t検出ステータス\t検出日\t展開ステータス\t展開日\n' +
    'PC-0042\t累積的な更新 (KB5037771)\tパッチ未適用\t2024/05/10 09:12:00\t正常終了\t2024-05-10 09:30:00\n' +
    'マシン名\tパッチ名\t検出ステータス\t検出日\t展開ステータス\t展開日\n' +
    'PC-0043\t"引用 ""x"""\tパッチ適用済み\t2024/05/11 09:12:00\t正常終了\t2024-05-10 09:31:00\n',
  'PC-0042.csv':
    'Patch,Detect Status,Detect Date,Deploy Status,Deploy Date,Exit Code\n' +
    'Update (KB5037771),Not Patched,2024-05-10 09:12:00,Completed,2024-05-10 09:30:00,0\n',
  'kace/strange.csv': 'un,deux,trois,quatre\n1,2,3,4\n',
  'events/System.csv':
    'Level,Date and Time,Source,Event ID,Task Category\n' +
    'Information,5/3/2024 1:02:03 AM,Microsoft-Windows-WindowsUpdateClient,19,Windows Update Agent,"Installation Successful: Windows successfully installed the following update: 更新 (KB5037771)\nmore"\n' +
    'Error,5/4/2024 1:02:03 AM,Microsoft-Windows-WindowsUpdateClient,20,Windows Update Agent,"Installation Failure: Windows failed to install the following update with error 0x80070643: 更新 (KB5037771)."\n' +
    'Information,not a date,Other,x,None\nInformation,5/4/2024 1:02:03 AM,Other,7036,None\n',
  'events/System.xml':
    `<?xml version="1.0" encoding="utf-8"?>\r\n<Events>${event(1, 19, '更新 (KB5037771)')}\r\n` +
    `<Event xmlns='x'><System><EventID>1</EventID>\n${event(2, 44, 'x')}${event(3, 19, 'y')}\n<Event>\n</Events>\n`,
  'events/wmi.xml':
    '<HostMetaData x="y" type="wmi">\n<INSTANCE CLASSNAME="Win32_NTLogEvent">\n<PROPERTY NAME="EventCode"><VALUE>19</VALUE></PROPERTY>\n' +
    '<PROPERTY NAME="SourceName"><VALUE>Microsoft-Windows-WindowsUpdateClient</VALUE></PROPERTY><PROPERTY NAME="Logfile"><VALUE>System</VALUE></PROPERTY>\n' +
    '<PROPERTY NAME="TimeGenerated"><VALUE>20240510091241.000000+540</VALUE></PROPERTY>\n<PROPERTY NAME="Message"><VALUE>更新 &amp; more</VALUE></PROPERTY></INSTANCE></HostMetaData>\n',
  'events/system.txt':
    'Event[0]:\r\n  Log Name: System\r\n  Source: Microsoft-Windows-WindowsUpdateClient\r\n  Date: 2024-05-03T01:02:03.000\r\n  Event ID: 19\r\n  Level: 情報\r\n  Computer: PC-1\r\n  Description:\r\nInstallation Successful: Windows successfully installed the following update: 更新 (KB5037771)\r\n\r\n' +
    'Event[1]:\n  Log Name: System\n  Source: Other\n  Date: odd\n  Event ID: x\n  Description:\ntext\n',
  'graph.csv':
    'id,type,properties\n' +
    '/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/vm1/patchAssessmentResults/latest/softwarePatches/p1,' +
    'microsoft.compute/virtualmachines/patchassessmentresults/softwarepatches,"{""patchName"":""更新"",""kbId"":""5037771"",""lastModifiedDateTime"":""2024-05-10T01:02:03Z""}"\n' +
    '/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/vm2/patchAssessmentResults/latest,microsoft.compute/virtualmachines/patchassessmentresults,{}\n',
  'manager/hostevents.csv':
    'Time,Level,Event ID,Event,Tag(s),Event Origin,Target,Action By,Manager,Description\n' +
    '"May 14, 2024 10:11:13 AM",エラー,273,Security Update: Security Update Check and Download Failed,,Manager,PC-0042 (会計),System,dsm,"line a\nError Code: -1, Error Message: AU_ERR_SERVER_NOT_FOUND\n更新 ""failed"""\n' +
    '"May 14, 2024 10:11:12 AM",Info,700,Other,,Manager,PC-0042 (会計),System,dsm,nothing\n' +
    'odd "row, of 更新\n' +
    '"May 14, 2024 10:10:12 AM",Info,272,Security Update: Security Update Check and Download Successful,,Manager,PC-0042 (会計),System,dsm,"fine\r\nmore"\n' +
    '"May 14, 2024 10:09:12 AM",Info,1,Other,,Manager,,System,dsm,\n',
  'other.csv': 'alpha,beta,gamma,delta\n2024-05-10 01:02:03,"x\n2024-05-10 01:02:04 ERROR y",1,2\n',
  'kace/no-table.csv': '2024-05-10 01:02:03 INFO a\n2024-05-10 01:02:04 ERROR b\n  c\n',
};

function event(id: number, code: number, title: string): string {
  return (
    `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-WindowsUpdateClient'/>` +
    `<EventID>${code}</EventID><Level>4</Level><TimeCreated SystemTime='2024-05-10T01:02:0${id}.000Z'/><EventRecordID>${id}</EventRecordID>` +
    `<Channel>System</Channel><Computer>PC-1</Computer></System><EventData><Data Name='updateTitle'>${title}</Data></EventData></Event>`
  );
}

const encodings: Readonly<Record<string, (text: string) => Uint8Array>> = {
  'UTF-8': (text) => Buffer.from(text, 'utf8'),
  'UTF-8 with a mark': (text) => Buffer.from(`\uFEFF${text}`, 'utf8'),
  'UTF-16LE': (text) => Buffer.from(`\uFEFF${text}`, 'utf16le'),
  CP932: (text) => iconv.encode(text.replaceAll('𠮷', '吉'), 'cp932'),
};

describe('a text that is too large to be held says the same as one that is', () => {
  for (const [path, text] of Object.entries(samples)) {
    for (const [name, encode] of Object.entries(encodings)) {
      test(`${path} in ${name}`, async () => {
        const bytes = encode(text);
        await fc.assert(
          fc.asyncProperty(
            fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 8 }),
            async (sizes) => {
              const { kind, records, events, facts } = (await bothWays(path, bytes, sizes)) as Read;
              const [expected, least] = known[path] ?? ['', 0];
              expect(kind).toBe(expected);
              expect(records.length + events.length + facts.length).toBeGreaterThanOrEqual(least);
            },
          ),
          { numRuns: 8, seed: 7 },
        );
      });
    }
  }

  test.each(['kace/sql.csv', 'events/System.csv', 'events/System.xml', 'events/system.txt'])(
    '%s also where it is longer than the pieces that are read of it',
    async (path) => {
      const text = samples[path] ?? '';
      const head = text.indexOf('\n') + 1;
      const rows = text.slice(head).replace(/[^\n]*$/u, '');
      const many = rows.repeat(Math.ceil((1.1 * MiB) / Buffer.byteLength(rows)));
      await bothWays(path, Buffer.from(text.slice(0, head) + many, 'utf8'), [65_536]);
    },
  );
});

describe('what needs the whole', () => {
  const page = Buffer.from(
    '<html><body><p>2024-05-10 01:02:03 a line of a page</p>\n<p>another</p></body></html>\n',
  );

  test('is read as lines where it is larger than the limit, and says so', async () => {
    const draft = await read(
      memberOf('page.html', () => cut(page, [10]), page, page.length),
      tiny,
    );
    expect(draft).toMatchObject({
      state: 'text',
      reason: 'document-too-large',
      kind: null,
      bytes: page.length,
    });
    expect(draft.lines?.count).toBe(2);
    expect(draft.warnings).toMatchObject([{ line: null, code: 'read-as-text' }]);
  });

  test('is read as a log where it is one as well', async () => {
    const log = Buffer.from(
      'NAME      TITLE     STATUS    STATUS_DT\n2024-05-10 01:02:03 INFO a\n2024-05-10 01:02:04 ERROR b\n'.repeat(
        3,
      ),
    );
    const draft = await read(
      memberOf('list.txt', () => cut(log, [7]), log, log.length),
      tiny,
    );
    expect(draft.lines?.count).toBe(9);
    expect(draft.lines?.timed).toBe(6);
  });

  test('is refused where it is no text', async () => {
    const book = Buffer.concat([
      Buffer.from('PK\u0003\u0004'),
      Buffer.alloc(100),
      Buffer.from('xl/workbook.xml'),
    ]);
    const draft = await read(
      memberOf('list.xlsx', () => cut(book, [50]), book, book.length),
      tiny,
    );
    expect(draft).toMatchObject({ state: 'refused', reason: 'document-too-large', bytes: book.length });
    expect(draft.warnings).toEqual([]);
  });
});

test('a row of too many cells refuses a large table as well; its text stays', async () => {
  const wide = Buffer.from(`${database}7,PC-1${',x'.repeat(50)}\n`);
  const draft = await read(
    memberOf('kace/sql.csv', () => cut(wide, [50]), wide, wide.length),
    {
      ...tiny,
      rowCells: 20,
    },
  );
  expect(draft).toMatchObject({ state: 'refused', reason: 'row-too-wide', kind: null });
  expect(draft.warnings).toMatchObject([{ line: 2, code: 'too-many-cells', text: '20' }]);
  expect(draft.lines?.count).toBe(2);
});

test('a document of more characters than a text can have is read as lines, whatever the limit says', async () => {
  const piece = Buffer.alloc(16 * MiB, `<p>${'a long line of a page '.repeat(20_000)}</p>\n`);
  const head = Buffer.from('<html><body>\n');
  const bytes = constants.MAX_STRING_LENGTH + 1;
  const pieces = function* (): Generator<Uint8Array> {
    yield head;
    for (let left = bytes - head.length; left > 0; left -= piece.length)
      yield left < piece.length ? piece.subarray(0, left) : piece;
  };
  const start = Buffer.concat([head, piece.subarray(0, 60_000)]);
  const draft = await read(memberOf('page.html', pieces, start, bytes), { documentBytes: 2 * bytes });
  expect(draft).toMatchObject({ state: 'text', reason: 'document-too-large', bytes });
  expect(draft.warnings.map(({ code }) => code)).toEqual(['read-as-text']);
});
