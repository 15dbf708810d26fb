import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SettingsStore, completeSettings, defaultSettings } from '../../main/settings.ts';
import { defaultLimits } from '../../parsers/domain/limits.ts';
import { temporaryFolders } from './temporary-folder.ts';

const newFolder = temporaryFolders();
const system = { languages: ['de-DE', 'ja-JP', 'en-US'], zone: 'Asia/Tokyo', user: 'analyst-1' };

describe('the settings', () => {
  it('start with what the system says', () => {
    expect(defaultSettings(system)).toEqual({
      locale: 'ja',
      theme: 'system',
      times: 'written',
      zone: 'Asia/Tokyo',
      author: 'analyst-1',
      layout: {},
      limits: {},
    });
    expect(defaultSettings({ ...system, languages: ['de'] }).locale).toBe('en');
    expect(defaultSettings({ ...system, languages: [] }).locale).toBe('en');
  });

  it('keep changes', async () => {
    const path = join(await newFolder(), 'settings.json');
    const store = await SettingsStore.open(path, system);
    await store.change({ theme: 'dark', layout: { panes: [1, 2] }, times: undefined });
    const again = await SettingsStore.open(path, system);
    expect(again.current).toMatchObject({ theme: 'dark', layout: { panes: [1, 2] }, times: 'written' });
  });

  it('lose only the values that are wrong', async () => {
    const path = join(await newFolder(), 'settings.json');
    await writeFile(path, JSON.stringify({ theme: 'purple', locale: 'en', unknown: 1 }));
    const { current } = await SettingsStore.open(path, system);
    expect(current).toEqual({ ...defaultSettings(system), locale: 'en' });
  });

  it('start anew from a damaged file, which is kept aside', async () => {
    const folder = await newFolder();
    const path = join(folder, 'settings.json');
    await writeFile(path, '{"theme": "da');
    const store = await SettingsStore.open(path, system);
    expect(store.current).toEqual(defaultSettings(system));
    await store.change({ theme: 'light' });
    expect((await readdir(folder)).sort()).toEqual(['settings.json', 'settings.json.damaged']);
    expect(await readFile(`${path}.damaged`, 'utf8')).toBe('{"theme": "da');
  });

  it('hold for the session where they cannot be written', async () => {
    const store = await SettingsStore.open('/nowhere/at/all/settings.json', system);
    expect((await store.change({ theme: 'dark' })).theme).toBe('dark');
  });

  it('keeps the limits that were changed, and of those only what is within its range', () => {
    const limits = {
      depth: 12,
      members: 0,
      lineBytes: '1 MiB',
      memberBytes: defaultLimits.memberBytes,
      other: 1,
    };
    const defaults = defaultSettings(system);
    expect(completeSettings({ limits }, defaults).limits).toEqual({ depth: 12 });
    expect(completeSettings({ limits: 'none' }, defaults).limits).toEqual({});
  });
});
