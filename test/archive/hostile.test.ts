import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { analyse } from '../../parsers/analyse.ts';
import { openBundle } from '../../parsers/archive/bundle.ts';
import { stateOf } from '../../parsers/archive/reasons.ts';
import type { ReasonCode } from '../../parsers/archive/reasons.ts';
import type { ErrorCode } from '../../parsers/domain/errors.ts';
import type { Member } from '../../parsers/domain/evidence.ts';
import { defaultLimits } from '../../parsers/domain/limits.ts';
import { hostileFiles, nameOf } from '../../scripts/fixtures/hostile-files.ts';
import type { HostileFile } from '../../scripts/fixtures/hostile-files.ts';
import { temporaryFolder } from './builders/listing.ts';

const folder = fileURLToPath(new URL('../fixtures/hostile/', import.meta.url));
const files = await hostileFiles();

/** Every code, and for those that no file of a bundle can yield, why. */
const codes = {
  'bad-crc': 'file',
  'bad-size': 'file',
  'bad-header': 'file',
  'changed-while-read': 'of a file that is written to meanwhile; test/archive/changing.test.ts has it',
  'header-mismatch': 'file',
  'damaged-data': 'file',
  'overlapping-entry': 'file',
  'split-archive': 'file',
  'trailing-data': 'file',
  truncated: 'file',
  'unsupported-method': 'file',
  ratio: 'file',
  'too-deep': 'file',
  'too-large': 'file',
  'too-many-members': 'file',
  'total-too-large': 'file',
  'document-too-large': 'file',
  'row-too-wide': 'file',
  'table-too-large': 'file',
  'password-needed': 'file',
  'password-wrong': 'file',
  'empty-file': 'file',
  'no-members': 'file',
  'damaged-archive': 'file',
  'unsupported-archive': 'file',
  'not-readable': 'what the system does not let be read has no bytes to keep; see the tests below',
  'not-found': 'there is no file',
  'not-writable': 'of a file that is written',
  'spool-failed': 'of the disk under the private folder; test/evidence has it',
  'case-damaged': 'of a case file',
  'case-newer': 'of a case file',
  'case-other-bundle': 'of a case file beside a bundle',
  'case-locked': 'of a case file that another process holds',
  'bad-expression': 'of what the analyst types',
  'expression-too-slow': 'of what the analyst types',
  'bundle-changed': 'of a file that changes between two passes',
  'in-bundle': 'of a file that is written',
  'worker-gone': 'of a process that ended',
  'no-bundle': 'of a question before any bundle is open',
  'not-yet-available': 'of a question before the bundle is read',
  'unknown-time-zone': 'of what the analyst types',
  'bad-pack': 'of a pack of the site',
  usage: 'of the command line',
} as const satisfies Record<ReasonCode | ErrorCode | HostileFile['code'], string>;

test('there is a file for every code that a file can yield', () => {
  const wanted = Object.entries(codes).flatMap(([code, how]) => (how === 'file' ? [code] : []));
  expect([...new Set(files.map(({ code }) => code))].sort()).toEqual(wanted.sort());
});

test('the files are those that the generator writes: npm run fixtures', async () => {
  expect((await readdir(folder)).sort()).toEqual(files.map(nameOf).sort());
  for (const file of files) {
    const kept = await readFile(join(folder, nameOf(file)));
    expect(kept.equals(file.bytes), nameOf(file)).toBe(true);
    expect(kept.length).toBeLessThan(6 * 1024);
  }
});

async function membersOf(path: string, opened: HostileFile['opened']): Promise<readonly Member[]> {
  const spoolFolder = await temporaryFolder();
  const { reading, concluded } = await analyse(path, {
    spoolFolder,
    spoolName: 'hostile',
    password: opened?.password ?? null,
    limits: opened?.limits ?? {},
  });
  reading.store.close();
  expect(await readdir(spoolFolder)).toEqual([]);
  return concluded.analysis.evidence.members;
}

test.each(files.filter(({ opened }) => opened?.whole === true).map((file) => [nameOf(file), file] as const))(
  '%s is refused as a whole, for this reason',
  async (name, { code, opened }) => {
    await expect(membersOf(join(folder, name), opened)).rejects.toMatchObject({ code });
  },
);

test.each(files.filter(({ opened }) => opened?.whole !== true).map((file) => [nameOf(file), file] as const))(
  '%s yields this reason, and the rest is read',
  async (name, { code, opened }) => {
    const members = await membersOf(join(folder, name), opened);
    const odd = members.filter(
      ({ state, reason }) => ['damaged', 'refused', 'encrypted'].includes(state) || reason === code,
    );
    const ofFormat = ['row-too-wide', 'table-too-large'].includes(code);
    // A text that is too large for a document is read as lines.
    const ofText = code === 'document-too-large';
    const state = ofText ? 'text' : ofFormat ? 'refused' : stateOf(code as ReasonCode);
    expect(new Set(odd.map((member) => `${member.state} ${member.reason ?? ''}`))).toEqual(
      new Set([`${state} ${code}`]),
    );
    const read = members.filter((member) => member.state === 'text' && (member.lines ?? 0) > 0);
    expect(read.length).toBeGreaterThan(0);
    // A limit of members ends the list; nothing else hides what comes after it.
    if (code !== 'too-many-members' && !name.endsWith('.tar')) {
      expect(members.indexOf(read.at(-1) as Member)).toBeGreaterThan(members.indexOf(odd[0] as Member));
    }
  },
);

test('a file that is gone when its turn comes is not-readable, and the rest is read', async () => {
  const bundle = join(await temporaryFolder(), 'bundle');
  await mkdir(bundle);
  for (const name of ['a.log', 'b.log', 'c.log']) await writeFile(join(bundle, name), name);
  const open = await openBundle(bundle, { limits: defaultLimits, spoolFolder: await temporaryFolder() });
  await rm(join(bundle, 'b.log'));
  const outcomes: string[] = [];
  for await (const member of open.members()) {
    for await (const piece of member.chunks()) expect(piece.length).toBe(5);
    outcomes.push(`${member.path} ${member.outcome().state} ${member.outcome().reason ?? ''}`);
  }
  await open.close();
  expect(outcomes).toEqual(['a.log complete ', 'b.log damaged not-readable', 'c.log complete ']);
});

if (process.platform !== 'win32') {
  test('a device is not-readable as a bundle', async () => {
    await expect(membersOf('/dev/null', undefined)).rejects.toMatchObject({ code: 'not-readable' });
  });
}
