import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CaseKeeper, keptContent } from '../../main/case-keeper.ts';
import { CasePlaces } from '../../main/case-places.ts';
import { earlierCase } from '../../main/earlier-case.ts';
import { emptyContent } from '../../parsers/case/case-file.ts';
import { firstBrokenEntry } from '../../parsers/case/custody-log.ts';
import type { CaseContent } from '../../preload/contract/window.ts';
import { temporaryFolders } from './temporary-folder.ts';

const newFolder = temporaryFolders();
const at = '2024-06-11T09:00:00+09:00';
const [one, two] = ['a'.repeat(64), 'b'.repeat(64)];
const noted: CaseContent = {
  ...emptyContent,
  annotations: [
    {
      id: 'a1',
      target: { on: 'line', member: 'b.log', line: 1 },
      note: '再起動後',
      tags: [],
      verdict: 'open',
      author: 'ana',
      createdAt: at,
      changedAt: at,
      quote: 'ExitCode=3010',
      links: [],
    },
  ],
};

interface Bench {
  readonly places: CasePlaces;
  readonly open: (
    sha256: string,
    members: readonly string[] | null,
    opened?: string | null,
  ) => Promise<CaseKeeper>;
  readonly folder: string;
}

async function bench(): Promise<Bench> {
  const folder = await newFolder();
  const cases = join(folder, 'cases');
  await mkdir(cases);
  const places = await CasePlaces.open(cases);
  const open: Bench['open'] = async (sha256, members, opened = null) =>
    CaseKeeper.open({
      bundle: { name: 'case.zip', bytes: 12, sha256 },
      members,
      places,
      opened,
      openedWarning: null,
      locked: false,
      version: '0.1.0',
      author: () => 'ana',
      clock: () => new Date('2024-06-11T00:41:00Z'),
      onStatus: () => undefined,
    });
  return { places, open, folder };
}

function identity(sha256: string, members: string[] | null) {
  return { name: 'case.zip', bytes: 13, sha256, damaged: false, members };
}

describe('a bundle that changed under its path', () => {
  it('is told with what differs, and the notes of the case before are there and can be taken over', async () => {
    const { places, open } = await bench();
    const before = await open(one, [`${one}  a.log`, `${one}  b.log`]);
    before.change(noted);
    await before.close();
    await places.rememberBundle(one, '/stick/case.zip');
    const members = [`${one}  a.log`, `${two}  b.log`, `${two}  c.log`];
    const keeper = await open(two, members);
    const earlier = await earlierCase(keeper, identity(two, members), '/stick/case.zip', null, places);
    expect(earlier).toEqual({
      caseName: 'case.zip',
      bundleName: 'case.zip',
      content: noted,
      difference: { changed: ['b.log'], added: ['c.log'], removed: [] },
    });
    keeper.earlier = earlier;
    keeper.change(noted);
    const { entries } = keeper.custodyLog;
    expect(entries.at(-1)).toMatchObject({
      what: 'notes-taken-over',
      detail: { case: 'case.zip', count: 1 },
    });
    await keeper.close();
    // Once it has notes of its own there is nothing more to say.
    const again = await open(two, members);
    expect(await earlierCase(again, identity(two, members), '/stick/case.zip', null, places)).toBeNull();
    await again.close();
  });

  it('is told for a case that was opened by its file, also where it kept no list of members', async () => {
    const { places, open, folder } = await bench();
    const home = join(folder, 'mine.patchtrail');
    const before = await open(one, null);
    before.change(noted);
    await before.saveAs(home);
    await before.close();
    const keeper = await open(two, [], home);
    expect(keeper.warning?.code).toBe('case-other-bundle');
    const earlier = await earlierCase(keeper, identity(two, []), '/elsewhere/case.zip', home, places);
    expect(earlier).toMatchObject({ caseName: 'mine.patchtrail', content: noted, difference: null });
    await keeper.close();
  });

  it('is not told of other paths', async () => {
    const { places, open } = await bench();
    const before = await open(one, null);
    before.change(noted);
    await before.close();
    await places.rememberBundle(one, '/stick/case.zip');
    const keeper = await open(two, []);
    expect(await earlierCase(keeper, identity(two, []), '/stick/other.zip', null, places)).toBeNull();
    await keeper.close();
  });
});

describe('the log of a case', () => {
  it('tells of mutes with their reason, and of redaction without its words', async () => {
    const { open } = await bench();
    const keeper = await open(one, null);
    const mute = {
      id: 'm1',
      on: { what: 'rule' as const, rule: 'kace/x' },
      reason: 'known',
      author: 'ana',
      createdAt: at,
    };
    keeper.change({ ...noted, mutes: [mute] });
    keeper.change({
      ...noted,
      mutes: [],
      redaction: { kinds: ['user'], words: ['SECRET-WORD'], ignored: [] },
    });
    const { entries, broken } = keeper.custodyLog;
    expect(broken).toBeNull();
    expect(firstBrokenEntry(entries)).toBeNull();
    expect(entries.slice(2)).toMatchObject([
      { what: 'muted', detail: { rule: 'kace/x', reason: 'known' } },
      { what: 'unmuted', detail: { rule: 'kace/x' } },
      { what: 'redaction-changed', detail: { kinds: 'user', words: 1 } },
    ]);
    expect(JSON.stringify(entries)).not.toContain('SECRET-WORD');
    await keeper.close();
  });

  it('tells that an older file was brought to this version', async () => {
    const { places, open } = await bench();
    const { mutes: _mutes, annotations, ...rest } = noted;
    const [{ links: _links, ...note } = annotations[0]!] = annotations;
    const older = {
      schema: 'patchtrail.case/1',
      bundle: { name: 'case.zip', bytes: 12, sha256: one },
      content: { ...rest, annotations: [note] },
      unlogged: [],
      log: [],
      savedBy: { tool: 'patchtrail', version: '0.0.9', author: 'ana', at },
    };
    await writeFile(places.ownPath(one), JSON.stringify(older));
    expect(await keptContent(one, places, null)).toEqual(noted);
    const keeper = await open(one, [`${one}  a.log`]);
    expect(keeper.content).toEqual(noted);
    expect(keeper.custodyLog.entries[0]).toMatchObject({ what: 'migrated', detail: { from: 1, to: 2 } });
    await keeper.close();
  });
});
