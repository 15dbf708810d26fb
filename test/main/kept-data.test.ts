import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keptData, keptKinds, removeKeptData } from '../../main/kept-data.ts';
import { ReopenCache } from '../../main/reopen-cache.ts';
import { temporaryFolders } from './temporary-folder.ts';

const newFolder = temporaryFolders();
const sha = (digit: string): string => digit.repeat(64);

async function profile(): Promise<string> {
  const folder = await newFolder();
  for (const name of ['cases', 'remembered', 'codes', 'Cache']) await mkdir(join(folder, name));
  const files = [
    'settings.json',
    'settings.json.damaged',
    'recent.json',
    'window.json',
    'Preferences',
    'codes/site.json',
    'Cache/data',
    'remembered/index.json',
    `remembered/${sha('a')}.json.gz`,
    'cases/places.json',
    `cases/${sha('a')}.patchtrail`,
    `cases/${sha('b')}.patchtrail`,
    `cases/${sha('b')}.patchtrail.damaged`,
  ];
  for (const file of files) await writeFile(join(folder, file), 'four');
  return folder;
}

describe('what is kept', () => {
  it('is counted by kind', async () => {
    expect(await keptData(await profile())).toEqual([
      { what: 'cache', files: 2, bytes: 8 },
      { what: 'recent', files: 2, bytes: 8 },
      { what: 'settings', files: 2, bytes: 8 },
      { what: 'window', files: 1, bytes: 4 },
      { what: 'cases', files: 3, bytes: 12 },
    ]);
    expect((await keptData(join(await newFolder(), 'nowhere'))).every(({ files }) => files === 0)).toBe(true);
  });

  it('is removed as chosen; cases stay unless they are chosen too', async () => {
    const folder = await profile();
    const { removed, failed } = await removeKeptData(
      folder,
      ['window', 'settings', 'recent', 'cache'],
      new Set(),
    );
    expect(removed.map(({ what, files }) => `${what} ${files}`)).toEqual([
      'cache 2',
      'recent 2',
      'settings 2',
      'window 1',
    ]);
    expect(failed).toEqual([]);
    expect((await readdir(folder)).sort()).toEqual(['Cache', 'Preferences', 'cases', 'codes', 'remembered']);
    expect(await readdir(join(folder, 'cases'))).toHaveLength(3);
    expect(await readdir(join(folder, 'codes'))).toEqual(['site.json']);
  });

  it('leaves the case of an open bundle, and says so', async () => {
    const folder = await profile();
    const { removed, failed } = await removeKeptData(folder, keptKinds, new Set([sha('b')]));
    expect(removed.at(-1)).toEqual({ what: 'cases', files: 1 });
    expect(failed.map(({ file, reason }) => `${file} ${reason}`)).toEqual([
      `cases/${sha('b')}.patchtrail open`,
      `cases/${sha('b')}.patchtrail.damaged open`,
    ]);
  });
});

describe('the reopening cache that was cleared', () => {
  it('keeps nothing more in this run, also what was on its way', async () => {
    const folder = join(await newFolder(), 'remembered');
    const cache = await ReopenCache.open(folder, '1');
    expect(cache.fileToKeep(sha('a'))).toBe(cache.fileOf(sha('a')));
    await cache.clear();
    expect(cache.fileToKeep(sha('a'))).toBeNull();
    await writeFile(cache.fileOf(sha('a')), 'x');
    await cache.kept({ sha256: sha('a'), look: 'l', key: 'k', bytes: 1 });
    expect(cache.byLook('l')).toBeNull();
    expect(await readdir(folder)).toEqual(['index.json']);
    const next = await ReopenCache.open(folder, '1');
    expect(next.fileToKeep(sha('a'))).not.toBeNull();
  });
});
