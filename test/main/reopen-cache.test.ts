import { appendFile, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { firstLook } from '../../main/first-look.ts';
import { ReopenCache } from '../../main/reopen-cache.ts';
import { temporaryFolders } from './temporary-folder.ts';

const newFolder = temporaryFolders();
const sha = (digit: string): string => digit.repeat(64);
const then = new Date('2024-06-11T00:41:00Z');

async function made(name: string, bytes: Uint8Array | string): Promise<string> {
  const path = join(await newFolder(), name);
  await writeFile(path, bytes);
  await utimes(path, then, then);
  return path;
}

describe('a first look', () => {
  it('is the same wherever the file lies, and another one when it was touched', async () => {
    const one = await firstLook(await made('a.zip', 'bytes'));
    expect(one).toMatch(/^[0-9a-f]{64}$/u);
    const path = await made('b.zip', 'bytes');
    expect(await firstLook(path)).toBe(one);
    await utimes(path, then, new Date('2024-06-11T00:42:00Z'));
    expect(await firstLook(path)).not.toBe(one);
    expect(await firstLook(await made('c.zip', 'bytez'))).not.toBe(one);
  });

  it('sees the directory of a zip that is longer than the last bytes', async () => {
    const directory = Buffer.alloc(3 * 1024 * 1024, 1);
    const end = Buffer.alloc(22);
    end.write('PK\x05\x06', 'latin1');
    end.writeUInt32LE(directory.length, 12);
    end.writeUInt32LE(500_000, 16);
    const bytes = Buffer.concat([Buffer.alloc(500_000), directory, end]);
    const before = await firstLook(await made('a.zip', bytes));
    bytes[500_100] = 2;
    expect(await firstLook(await made('a.zip', bytes))).not.toBe(before);
  });

  it('survives a directory that lies, and is none of a folder or of nothing', async () => {
    const end = Buffer.alloc(22, 0xff);
    end.write('PK\x05\x06', 'latin1');
    expect(await firstLook(await made('a.zip', end))).toMatch(/^[0-9a-f]{64}$/u);
    expect(await firstLook(await newFolder())).toBeNull();
    expect(await firstLook('/nowhere/a.zip')).toBeNull();
  });
});

describe('the reopening cache', () => {
  async function keep(cache: ReopenCache, digit: string, path: string, bytes = 3): Promise<void> {
    await writeFile(cache.fileOf(sha(digit)), 'xyz');
    await cache.kept({ sha256: sha(digit), look: (await firstLook(path)) ?? '', key: 'k', bytes });
  }

  it('knows a bundle again, also in the next run, until it is touched', async () => {
    const folder = join(await newFolder(), 'remembered');
    const bundle = await made('a.zip', 'bytes');
    const cache = await ReopenCache.open(folder, '1');
    expect(await cache.recall(bundle)).toBeNull();
    await keep(cache, 'a', bundle);
    const next = await ReopenCache.open(folder, '1');
    expect(await next.recall(bundle)).toEqual({ sha256: sha('a'), key: 'k', file: cache.fileOf(sha('a')) });
    await appendFile(bundle, 'more');
    expect(await next.recall(bundle)).toBeNull();
  });

  it('forgets what another build kept, and files that nothing speaks of', async () => {
    const folder = join(await newFolder(), 'remembered');
    const bundle = await made('a.zip', 'bytes');
    await keep(await ReopenCache.open(folder, '1'), 'a', bundle);
    await writeFile(join(folder, `${sha('b')}.json.gz.tmp`), 'half');
    const next = await ReopenCache.open(folder, '2');
    expect(await next.recall(bundle)).toBeNull();
    expect(await readdir(folder)).toEqual(['index.json']);
  });

  it('stays within its size, the bundle used longest ago going first', async () => {
    const folder = join(await newFolder(), 'remembered');
    const cache = await ReopenCache.open(folder, '1');
    const large = 40 * 1024 * 1024;
    for (const digit of ['a', 'b', 'c']) await keep(cache, digit, await made(`${digit}.zip`, digit), large);
    expect((await readdir(folder)).sort()).toEqual([
      `${sha('b')}.json.gz`,
      `${sha('c')}.json.gz`,
      'index.json',
    ]);
    await cache.clear();
    expect(await readdir(folder)).toEqual(['index.json']);
  });
});
