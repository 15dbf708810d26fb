import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { appendEntry, checkLog } from '../../parsers/case/custody-log.ts';
import type { LogEntry } from '../../parsers/case/custody-log.ts';
import { runCommandLine } from '../../parsers/command-line/run.ts';

const sample = fileURLToPath(new URL('../../resources/samples/sakura-2024-05.zip', import.meta.url));
const at = '2024-06-11T09:41:00+09:00';
let folder: string;
let sha256: string;

async function run(...words: readonly string[]) {
  let out = '';
  let err = '';
  const status = await runCommandLine(words, {
    write: (text) => {
      out += text;
    },
    tell: (text) => {
      err += text;
    },
    interactive: false,
    print: null,
    spoolFolder: folder,
    signal: new AbortController().signal,
  });
  return { status, out, err };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'patchtrail-verify-'));
  const { out } = await run('members', sample, '--json', '-');
  sha256 = (JSON.parse(out) as { bundle: { sha256: string } }).bundle.sha256;
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Entries as the application writes them. */
function writtenLog(): LogEntry[] {
  const created = appendEntry([], { what: 'case-created', detail: { name: 'x' } }, at);
  return appendEntry(created, { what: 'exported', detail: { format: 'pdf', bytes: 1, note: null } }, at);
}

function caseFile(name: string, log: readonly unknown[], bundle = sha256): string {
  const note = (id: string, line: number) => ({
    id,
    target: { on: 'line', member: 'PC-0042/ProgramData/Quest/KACE/konea.log', line },
    note: 'n',
    tags: [],
    verdict: 'open',
    author: 'a',
    createdAt: at,
    changedAt: at,
    quote: '',
  });
  const content = {
    annotations: [note('a1', 1), note('a2', 9_999_999)],
    bookmarks: [],
    zone: null,
    view: {},
  };
  const path = join(folder, name);
  writeFileSync(
    path,
    JSON.stringify({ schema: 'patchtrail.case/1', bundle: { sha256: bundle }, content, log }),
  );
  return path;
}

it('accepts a whole log with its own bundle, and counts the notes that have their place', async () => {
  const { status, out, err } = await run('verify', caseFile('own.patchtrail', writtenLog()), sample);
  expect([status, err]).toEqual([0, '']);
  expect(out).toContain('own.patchtrail: the log is whole, 2 entries.');
  expect(out).toContain('this is the bundle of the case');
  expect(out).toContain('2 notes, 1 with their place and text found');
});

it.each([
  ['rewritten', (log: LogEntry[]) => log.map((entry) => ({ ...entry, at: '2020-01-01T00:00:00Z' })), 1],
  ['cut at its start', (log: LogEntry[]) => log.slice(1), 1],
  ['with an entry that is none', (log: LogEntry[]) => [...log, 'x'], 3],
])('tells a log that is %s', async (name, change, entry) => {
  const { status, out } = await run('verify', caseFile(`${name}.patchtrail`, change(writtenLog())), sample);
  expect(status).toBe(1);
  expect(out).toContain(`BROKEN at entry ${entry}`);
});

it('tells a missing log and another bundle', async () => {
  expect(await run('verify', caseFile('none.patchtrail', []), sample)).toMatchObject({ status: 1 });
  const other = await run(
    'verify',
    caseFile('other.patchtrail', writtenLog(), '0'.repeat(64)),
    sample,
    '--locale',
    'ja',
  );
  expect(other.status).toBe(1);
  expect(other.out).toContain('別のバンドルです');
});

it('answers by the general rule when there is no case or no bundle', async () => {
  expect((await run('verify', join(folder, 'no.patchtrail'), sample)).status).toBe(3);
  const damaged = join(folder, 'damaged.patchtrail');
  writeFileSync(damaged, '{');
  expect((await run('verify', damaged, sample)).status).toBe(2);
  expect((await run('verify', caseFile('a.patchtrail', writtenLog()), join(folder, 'no.zip'))).status).toBe(
    3,
  );
});

it('reads a chain as its writer seals it', () => {
  const log = writtenLog();
  expect(checkLog(JSON.parse(JSON.stringify(log)))).toEqual({ entries: log, count: 2, broken: null });
  expect(checkLog({})).toEqual({ entries: [], count: 0, broken: 0 });
});
