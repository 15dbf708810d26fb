import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findBundle, sha256File } from '../../main/bundle-search.ts';
import { temporaryFolders } from './temporary-folder.ts';

const newFolder = temporaryFolders();
const bytes = Buffer.from('a bundle');
const bundle = {
  name: 'a.zip',
  bytes: bytes.length,
  sha256: createHash('sha256').update(bytes).digest('hex'),
};

describe('the bundle of a case', () => {
  it('is found by its hash, under whatever name', async () => {
    const folder = await newFolder();
    const [other, moved] = [join(folder, 'a.zip'), join(folder, 'renamed.zip')];
    await writeFile(other, 'b bundle');
    await writeFile(moved, bytes);
    expect(await sha256File(moved)).toBe(bundle.sha256);
    expect(await findBundle(bundle, ['/nowhere/a.zip', other, moved])).toBe(moved);
  });

  it('is not found where only its name or its size fits', async () => {
    const folder = await newFolder();
    const path = join(folder, 'a.zip');
    await writeFile(path, 'b bundle');
    expect(await findBundle(bundle, [path])).toBeNull();
  });

  it('may be a folder', async () => {
    const folder = join(await newFolder(), 'unpacked');
    await mkdir(folder);
    expect(await findBundle(bundle, [folder])).toBe(folder);
  });
});
