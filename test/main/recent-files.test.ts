import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RecentFiles } from '../../main/recent-files.ts';
import { temporaryFolders } from './temporary-folder.ts';

const newFolder = temporaryFolders();
const openedAt = '2024-06-11T09:41:00+09:00';

describe('the recent files', () => {
  it('stand latest first, each once, and survive a restart', async () => {
    const path = join(await newFolder(), 'recent.json');
    const recent = await RecentFiles.open(path);
    for (const name of ['a.zip', 'b.zip', 'a.zip']) {
      await recent.add({ kind: 'bundle', path: `/in/${name}`, openedAt });
    }
    const again = await RecentFiles.open(path);
    expect(again.list().map(({ name, folder }) => [name, folder])).toEqual([
      ['a.zip', '/in'],
      ['b.zip', '/in'],
    ]);
  });

  it('are at most twenty', async () => {
    const recent = await RecentFiles.open(join(await newFolder(), 'recent.json'));
    for (let number = 0; number < 25; number += 1) {
      await recent.add({ kind: 'bundle', path: `/in/${number}.zip`, openedAt });
    }
    expect(recent.list()).toHaveLength(20);
    expect(recent.list()[0]?.name).toBe('24.zip');
  });

  it('are known to the window by an id that is no path', async () => {
    const recent = await RecentFiles.open(join(await newFolder(), 'recent.json'));
    await recent.add({ kind: 'case', path: '/in/a.patchtrail', openedAt });
    const [entry] = recent.list();
    expect(entry?.id).not.toContain('/');
    expect(recent.pathOf(entry!.id)).toBe('/in/a.patchtrail');
    expect(recent.pathOf('/in/a.patchtrail')).toBeNull();
    await recent.forget(entry!.id);
    expect(recent.list()).toEqual([]);
  });

  it('start anew from a damaged file', async () => {
    const path = join(await newFolder(), 'recent.json');
    await writeFile(path, '[{"kind":"nonsense"}]');
    expect((await RecentFiles.open(path)).list()).toEqual([]);
  });
});
