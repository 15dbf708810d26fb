/**
 * The private folder for text that is too large to stay in memory. It goes when the application ends; what a
 * crash left behind goes at the next start.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
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

/** How often the folder is removed while something is still written into it. */
const mostAttempts = 10;

/**
 * Removes this process's own folder at its very end. Chromium's threads may still write into their profile, so that
 * a folder that was emptied is not empty when it is to go; then all of it is removed again. What cannot be removed
 * stays for the sweep of the next start: an error at the end of a process would reach nobody, and Electron would
 * show a dialog for it, which keeps the process alive until somebody answers.
 * @param remove one attempt at the whole folder, which waits a little before it gives up
 */
export function removeSpool(folder: string, remove: (folder: string) => void = removeTree): void {
  for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
    try {
      remove(folder);
      return;
    } catch {
      // Once more.
    }
  }
}

function removeTree(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 2, retryDelay: 20 });
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
