/** Reads the files of code dictionaries and rule packs in the application's folder. The worker checks what they hold. */
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { packLimits } from '../parsers/domain/pack.ts';
import type { PackFile, PackKind } from '../parsers/domain/pack.ts';

/** `codes/*.json`, then `rules/*.json`, each by name: what an earlier one says stays. */
export async function readPackFiles(userData: string): Promise<readonly PackFile[]> {
  const [codes, rules] = await Promise.all([readFolder(userData, 'codes'), readFolder(userData, 'rules')]);
  return [...codes, ...rules];
}

async function readFolder(userData: string, kind: PackKind): Promise<PackFile[]> {
  const folder = join(userData, kind);
  // Most sites have none.
  const names = await readdir(folder).catch((): string[] => []);
  const packs = names
    .filter((name) => /\.json$/iu.test(name))
    .sort()
    // One more than is taken, so that the worker tells of it.
    .slice(0, packLimits.files + 1);
  const files: PackFile[] = [];
  for (const file of packs) files.push(await readOne(kind, file, join(folder, file)));
  return files;
}

async function readOne(kind: PackKind, file: string, path: string): Promise<PackFile> {
  try {
    const handle = await open(path, 'r');
    try {
      const entry = await handle.stat();
      if (!entry.isFile()) return { kind, file, content: null, trouble: 'unreadable' };
      if (entry.size > packLimits.bytes[kind]) return { kind, file, content: null, trouble: 'too-large' };
      return { kind, file, content: new Uint8Array(await handle.readFile()) };
    } finally {
      await handle.close();
    }
  } catch {
    return { kind, file, content: null, trouble: 'unreadable' };
  }
}
