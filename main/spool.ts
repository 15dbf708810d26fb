/**
 * The private folder for text that is too large to stay in memory. It goes when the application ends; what a
 * crash left behind goes at the next start.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

const prefix = 'patchtrail-spool-';
const pattern = /^patchtrail-spool-(?<pid>\d{1,10})-[0-9a-f]{32}$/u;

/**
 * Makes this process's own folder: only the user can enter it, and nobody can guess or prepare its name.
 * Synchronous, since Chromium has to be told of it before it is ready.
 */
export function createSpool(temporary: string, pid: number = process.pid): string {
  const folder = join(temporary, `${prefix}${pid}-${randomBytes(16).toString('hex')}`);
  mkdirSync(folder, { mode: 0o700 });
  return folder;
}

/**
 * Removes the spool folders of this user whose process is gone.
 * @returns the names of the folders that were removed
 */
export async function sweepSpools(
  temporary: string,
  isAlive: (pid: number) => boolean = processIsAlive,
): Promise<string[]> {
  const names = await readdir(temporary).catch((): string[] => []);
  const removed: string[] = [];
  for (const name of names) {
    const pid = pattern.exec(name)?.groups?.['pid'];
    if (pid === undefined || isAlive(Number(pid))) continue;
    const folder = join(temporary, name);
    if (!(await isOwnFolder(folder))) continue;
    await rm(folder, { recursive: true, force: true })
      .then(() => removed.push(name))
      .catch(() => undefined);
  }
  return removed;
}

/** A link with such a name, or another user's folder, is not ours to follow or to remove. */
async function isOwnFolder(path: string): Promise<boolean> {
  try {
    const about = await lstat(path);
    const user = process.getuid?.();
    return about.isDirectory() && (user === undefined || about.uid === user);
  } catch {
    return false;
  }
}

function processIsAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // "Not permitted" means that there is one, of another user.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}
