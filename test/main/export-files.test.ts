import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ExportFiles } from '../../main/export-files.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'patchtrail-export-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

it('replaces a file as a whole, and not before the end', async () => {
  const path = join(folder, 'a.json');
  await writeFile(path, 'before');
  const files = await ExportFiles.begin(path, false);
  await files.write('', Buffer.from('af'));
  expect(await readFile(path, 'utf8')).toBe('before');
  await files.write('', Buffer.from('ter'));
  expect(await files.finish()).toEqual({
    bytes: 5,
    sha256: createHash('sha256').update('after').digest('hex'),
  });
  expect(await readFile(path, 'utf8')).toBe('after');
});

it('leaves nothing when it is given up', async () => {
  const path = join(folder, 'b');
  const files = await ExportFiles.begin(path, true);
  await files.write('lines.csv', Buffer.from('x'));
  await files.discard();
  expect((await readdir(folder)).filter((name) => name.includes('b'))).toEqual([]);
});

it('fills a new or empty folder, and leaves one alone that holds something', async () => {
  const path = join(folder, 'tables');
  await mkdir(path);
  const files = await ExportFiles.begin(path, true);
  await files.write('lines.csv', Buffer.from('x'));
  await files.write('about.csv', Buffer.from('y'));
  expect(await files.finish()).toMatchObject({ bytes: 2 });
  expect((await readdir(path)).sort()).toEqual(['about.csv', 'lines.csv']);
  await expect(ExportFiles.begin(path, true)).rejects.toMatchObject({ code: 'not-writable' });
  expect((await readdir(path)).sort()).toEqual(['about.csv', 'lines.csv']);
});

it('takes no name that leads elsewhere', async () => {
  const files = await ExportFiles.begin(join(folder, 'c'), true);
  await expect(files.write('../x.csv', Buffer.from('x'))).rejects.toThrow('../x.csv');
  await files.discard();
  await expect(ExportFiles.begin(join(folder, 'none', 'd.json'), false)).rejects.toMatchObject({
    code: 'not-writable',
  });
});
