/** Finds the bundle that a case belongs to: by its hash, wherever it lies now. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { CaseBundle } from '../parsers/case/case-file.ts';
import { systemCode } from './atomic-file.ts';

/**
 * The first path that holds the bundle. A folder is taken by its name: its hash is known only when the engine has
 * read it, and is compared then.
 */
export async function findBundle(bundle: CaseBundle, candidates: readonly string[]): Promise<string | null> {
  for (const path of new Set(candidates)) {
    if (await isBundle(path, bundle)) return path;
  }
  return null;
}

/** The first path that is there at all. */
export async function firstFile(paths: readonly string[]): Promise<string | null> {
  for (const path of new Set(paths)) {
    const about = await stat(path).catch(() => null);
    if (about !== null && (about.isFile() || about.isDirectory())) return path;
  }
  return null;
}

export async function isBundle(path: string, bundle: CaseBundle): Promise<boolean> {
  try {
    const about = await stat(path);
    if (about.isDirectory()) return true;
    return about.isFile() && about.size === bundle.bytes && (await sha256File(path)) === bundle.sha256;
  } catch (error) {
    if (systemCode(error) === null) throw error;
    return false;
  }
}

export async function sha256File(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash);
  return hash.digest('hex');
}
