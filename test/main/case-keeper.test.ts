import { mkdir, readFile, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readCase, writeCase } from '../../main/case-files.ts';
import { CaseKeeper } from '../../main/case-keeper.ts';
import type { KeeperOptions } from '../../main/case-keeper.ts';
import { CasePlaces } from '../../main/case-places.ts';
import { emptyContent, parseCase } from '../../parsers/case/case-file.ts';
import type { CaseFile } from '../../parsers/case/case-file.ts';
import { firstBrokenEntry } from '../../parsers/case/custody-log.ts';
import type { CaseContent, CaseStatus } from '../../preload/contract/window.ts';
import { temporaryFolders } from './temporary-folder.ts';

const newFolder = temporaryFolders();
const bundle = { name: '桜.zip', bytes: 12, sha256: 'ab'.repeat(32) };

function note(id: string, text: string): CaseContent['annotations'][number] {
  return {
    id,
    target: { on: 'finding', finding: 'f-1' },
    note: text,
    tags: [],
    verdict: 'open',
    author: 'analyst-1',
    createdAt: '2024-06-11T09:00:00+09:00',
    changedAt: '2024-06-11T09:00:00+09:00',
    quote: 'パッチ未適用',
    links: [],
  };
}

function noted(...texts: readonly string[]): CaseContent {
  return { ...emptyContent, annotations: texts.map((text, index) => note(`a${index}`, text)) };
}

interface Bench {
  readonly folder: string;
  readonly own: string;
  readonly places: CasePlaces;
  readonly statuses: CaseStatus[];
  readonly open: (change?: Partial<KeeperOptions>) => Promise<CaseKeeper>;
}

async function bench(): Promise<Bench> {
  const folder = await newFolder();
  const cases = join(folder, 'cases');
  await mkdir(cases);
  const places = await CasePlaces.open(cases);
  const statuses: CaseStatus[] = [];
  const open = (change: Partial<KeeperOptions> = {}): Promise<CaseKeeper> =>
    CaseKeeper.open({
      bundle,
      members: null,
      places,
      opened: null,
      openedWarning: null,
      locked: false,
      version: '0.1.0',
      author: () => 'analyst-1',
      clock: () => new Date(Date.now()),
      onStatus: (status) => statuses.push(status),
      ...change,
    });
  return { folder, own: places.ownPath(bundle.sha256), places, statuses, open };
}

async function stored(path: string): Promise<CaseFile> {
  return parseCase(await readFile(path, 'utf8'), path);
}

/** The file system works in real time; only timers and the clock are held. */
beforeEach(() => {
  vi.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'Date'],
    now: new Date('2024-06-11T00:41:00Z'),
  });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the case of a bundle', () => {
  it('writes nothing until there is something to write', async () => {
    const { own, open } = await bench();
    const keeper = await open();
    expect(keeper.status.state).toBe('none');
    keeper.change({ ...emptyContent, view: { pane: 'log' } });
    await keeper.close();
    await expect(stored(own)).rejects.toThrow();
  });

  it('has a note on the disk within a second, under the hash of the bundle', async () => {
    const { own, open, statuses } = await bench();
    const keeper = await open();
    expect(keeper.change(noted('再起動後'))).toMatchObject({ state: 'saving', name: null });
    await vi.advanceTimersByTimeAsync(1_000);
    await vi.waitFor(() => expect(statuses.at(-1)?.state).toBe('saved'));
    const file = await stored(own);
    expect(file.content).toEqual(noted('再起動後'));
    expect(file.bundle).toEqual(bundle);
    expect(file.savedBy.author).toBe('analyst-1');
    await keeper.close();
  });

  it('saves while the analyst types without a pause', async () => {
    const { own, open } = await bench();
    const keeper = await open();
    for (let letter = 0; letter < 20; letter += 1) {
      keeper.change(noted('x'.repeat(letter + 1)));
      await vi.advanceTimersByTimeAsync(100);
    }
    await vi.waitFor(async () => expect((await stored(own)).content.annotations).toHaveLength(1));
    await keeper.close();
    const file = await stored(own);
    expect(file.content).toEqual(noted('x'.repeat(20)));
    // One note, one entry: typing does not fill the log.
    expect(file.log.map(({ what }) => what)).toEqual(['case-created', 'bundle-opened', 'note-changed']);
  });

  it('logs what was done, in a whole chain', async () => {
    const { own, open } = await bench();
    const keeper = await open();
    keeper.change({ ...noted('one', 'two'), zone: 'Asia/Tokyo' });
    await keeper.record({
      what: 'exported',
      detail: { format: 'pdf', name: 'r.pdf', bytes: 1, sha256: 'x' },
    });
    keeper.change({ ...noted('one'), zone: 'Asia/Tokyo' });
    await keeper.close();
    const { log, unlogged } = await stored(own);
    expect(log.map(({ what }) => what)).toEqual([
      'case-created',
      'bundle-opened',
      'zone-assumed',
      'note-changed',
      'note-changed',
      'exported',
      'note-removed',
    ]);
    expect(log[1]?.detail).toEqual(bundle);
    expect(firstBrokenEntry(log)).toBeNull();
    expect(unlogged).toEqual([]);
  });

  it('logs after a crash what was saved but not yet logged', async () => {
    const { own, open } = await bench();
    const crashed = await open();
    crashed.change(noted('half'));
    await vi.advanceTimersByTimeAsync(1_000);
    await vi.waitFor(async () => expect((await stored(own)).unlogged).toEqual(['a0']));
    const keeper = await open();
    await keeper.close();
    const { log } = await stored(own);
    expect(log.at(-2)).toMatchObject({ what: 'note-changed', detail: { id: 'a0', recovered: 1 } });
    expect(keeper.content).toEqual(noted('half'));
  });

  it('survives a clock that is set back: saved on time, in order, in a whole chain', async () => {
    const { own, open } = await bench();
    let now = new Date('2024-06-11T00:41:00Z');
    const keeper = await open({ clock: () => now });
    keeper.change(noted('before'));
    await vi.advanceTimersByTimeAsync(6_000);
    await vi.waitFor(async () => expect((await stored(own)).content).toEqual(noted('before')));
    now = new Date('2019-01-01T00:00:00Z');
    vi.setSystemTime(now);
    keeper.change(noted('before', 'after'));
    await vi.advanceTimersByTimeAsync(1_000);
    await vi.waitFor(async () => expect((await stored(own)).content).toEqual(noted('before', 'after')));
    await keeper.close();
    const { log } = await stored(own);
    expect(log.map(({ what, detail }) => `${what} ${String(detail['id'] ?? '')}`.trim())).toEqual([
      'case-created',
      'bundle-opened',
      'note-changed a0',
      'note-changed a1',
    ]);
    // The log says what the clock said: the step back can be seen, and breaks nothing.
    expect(Date.parse(log[3]?.at ?? '')).toBeLessThan(Date.parse(log[1]?.at ?? ''));
    expect(firstBrokenEntry(log)).toBeNull();
    const again = await open({ clock: () => now });
    expect(again.content).toEqual(noted('before', 'after'));
    await again.close();
  });

  it('is there again when the bundle is opened again', async () => {
    const { open } = await bench();
    const first = await open();
    first.change(noted('kept'));
    await first.close();
    const second = await open();
    expect(second.content).toEqual(noted('kept'));
    expect(second.status.state).toBe('saving');
    expect(second.warning).toBeNull();
    await second.close();
  });

  it('says so when its log was changed', async () => {
    const { own, open } = await bench();
    const first = await open();
    first.change(noted('kept'));
    await first.close();
    const file = await stored(own);
    await writeCase(own, { ...file, log: file.log.slice(1) });
    const second = await open();
    expect(second.warning).toMatchObject({ code: 'case-log-broken', detail: { entry: 1 } });
    expect(second.content).toEqual(noted('kept'));
    await second.close();
  });
});

describe('a case saved elsewhere', () => {
  it('moves there, is kept there, and is found there', async () => {
    const { folder, own, open, places } = await bench();
    const home = join(folder, 'my.patchtrail');
    const keeper = await open();
    keeper.change(noted('one'));
    await keeper.flush();
    expect(await keeper.saveAs(home)).toMatchObject({ name: 'my.patchtrail', state: 'saved' });
    keeper.change(noted('two'));
    await keeper.close();
    await expect(stored(own)).rejects.toThrow();
    expect((await stored(home)).content).toEqual(noted('two'));
    expect(places.of(bundle.sha256).case).toBe(home);
    const again = await open();
    expect(again.content).toEqual(noted('two'));
    await again.close();
  });

  it('is not put over the case of another bundle', async () => {
    const { folder, open } = await bench();
    const other = join(folder, 'other.patchtrail');
    const keeper = await open();
    keeper.change(noted('one'));
    await keeper.saveAs(other);
    const text = await readFile(other, 'utf8');
    const stranger = await open({ bundle: { ...bundle, name: '梅.zip', sha256: 'cd'.repeat(32) } });
    stranger.change(noted('foreign'));
    expect(await stranger.saveAs(other)).toMatchObject({ state: 'not-writable', error: 'case-other-bundle' });
    expect(await readFile(other, 'utf8')).toBe(text);
    await keeper.close();
    await stranger.close();
  });

  it('of another bundle is not taken when it is opened, and both names are told', async () => {
    const { folder, open } = await bench();
    const home = join(folder, 'my.patchtrail');
    const keeper = await open();
    keeper.change(noted('one'));
    await keeper.saveAs(home);
    await keeper.close();
    const text = await readFile(home, 'utf8');
    const stranger = await open({
      bundle: { ...bundle, name: '梅.zip', sha256: 'cd'.repeat(32) },
      opened: home,
    });
    expect(stranger.warning).toEqual({
      code: 'case-other-bundle',
      place: 'my.patchtrail',
      detail: { case: '桜.zip', bundle: '梅.zip' },
    });
    stranger.change(noted('foreign'));
    await stranger.close();
    expect(await readFile(home, 'utf8')).toBe(text);
  });

  it('goes to the application’s folder while its place cannot be written, and back again', async () => {
    const { folder, own, open, statuses } = await bench();
    const media = join(folder, 'stick');
    await mkdir(media);
    const home = join(media, 'my.patchtrail');
    const keeper = await open();
    keeper.change(noted('one'));
    await keeper.saveAs(home);
    await rm(media, { recursive: true });
    keeper.change(noted('two'));
    await keeper.flush();
    expect(statuses.at(-1)).toMatchObject({ state: 'not-writable', error: 'not-writable' });
    expect((await stored(own)).content).toEqual(noted('two'));
    await mkdir(media);
    await vi.advanceTimersByTimeAsync(5_000);
    await vi.waitFor(() => expect(statuses.at(-1)?.state).toBe('saved'));
    expect((await stored(home)).content).toEqual(noted('two'));
    await expect(stored(own)).rejects.toThrow();
    await keeper.close();
  });

  it('that is away is missed, not replaced; when it is back it wins, and the other is kept apart', async () => {
    const { folder, own, open } = await bench();
    const home = join(folder, 'my.patchtrail');
    const first = await open();
    first.change(noted('home'));
    await first.saveAs(home);
    await first.close();
    const text = await readFile(home, 'utf8');
    await rm(home);
    const without = await open();
    expect(without.warning).toMatchObject({ code: 'case-missing', place: 'my.patchtrail' });
    without.change(noted('meanwhile'));
    await without.close();
    expect((await stored(own)).content).toEqual(noted('meanwhile'));
    await writeFile(home, text);
    const back = await open();
    expect(back.content).toEqual(noted('home'));
    expect(back.warning?.code).toBe('case-apart');
    await back.close();
    const apart = (await readdir(join(folder, 'cases'))).find((name) => name.includes('.apart-'));
    expect((await stored(join(folder, 'cases', apart!))).content).toEqual(noted('meanwhile'));
  });

  it('that somebody else wrote meanwhile is not overwritten', async () => {
    const { folder, own, open, statuses } = await bench();
    const home = join(folder, 'my.patchtrail');
    const keeper = await open();
    keeper.change(noted('mine'));
    await keeper.saveAs(home);
    const { file } = await readCase(home);
    await writeCase(home, { ...file, content: noted('theirs') });
    await utimes(home, 1, 1);
    keeper.change(noted('mine, later'));
    await keeper.close();
    expect(statuses.at(-1)).toMatchObject({ state: 'not-writable', error: 'case-locked' });
    expect((await stored(home)).content).toEqual(noted('theirs'));
    expect((await stored(own)).content).toEqual(noted('mine, later'));
  });
});

describe('a case that cannot be taken', () => {
  it('because it is damaged is kept aside and the version before is used', async () => {
    const { own, open } = await bench();
    const first = await open();
    first.change(noted('one'));
    await first.flush();
    first.change(noted('two'));
    await first.close();
    await writeFile(own, '{"schema":');
    const second = await open();
    expect(second.warning?.code).toBe('case-recovered');
    expect(second.content.annotations).toHaveLength(1);
    await second.close();
  });

  it('because it is newer is never overwritten', async () => {
    const { folder, own, open } = await bench();
    const text = '{"schema":"patchtrail.case/9"}';
    await writeFile(own, text);
    const keeper = await open();
    expect(keeper.warning?.code).toBe('case-newer');
    expect(keeper.change(noted('one'))).toMatchObject({ state: 'not-writable', error: 'case-newer' });
    expect(await keeper.saveAs(join(folder, 'new.patchtrail'))).toMatchObject({ state: 'saved' });
    await keeper.close();
    expect((await stored(join(folder, 'new.patchtrail'))).content).toEqual(noted('one'));
  });

  it('because another window has it is shown and not written', async () => {
    const { own, open } = await bench();
    const first = await open();
    first.change(noted('one'));
    await first.flush();
    const second = await open({ locked: true });
    expect(second.warning?.code).toBe('case-elsewhere');
    expect(second.content).toEqual(noted('one'));
    expect(second.change(noted('other'))).toMatchObject({ state: 'not-writable', error: 'case-elsewhere' });
    await second.close();
    expect((await stored(own)).content).toEqual(noted('one'));
    await first.close();
  });
});
