/** Files that are either as they were or as they should be, also after a crash or on a full disk. */
import { randomBytes } from 'node:crypto';
import { copyFile, link, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ExpectedError } from '../parsers/domain/errors.ts';

export interface AtomicOptions {
  /** Where the version before this one stays; none by default. */
  readonly backup?: string;
  /** Permissions of a new file. Default: for the user alone. */
  readonly mode?: number;
}

/**
 * Writes a file beside its target, flushes it to the disk and renames it into place; a device is written directly.
 * @throws ExpectedError `not-writable` with the file's name
 */
export async function writeAtomically(
  path: string,
  content: string | Uint8Array,
  options: AtomicOptions = {},
): Promise<void> {
  if (await isDevice(path)) {
    await writeFile(path, content).catch((error: unknown) => {
      throw asNotWritable(error, path);
    });
    return;
  }
  const incoming = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const file = await open(incoming, 'wx', options.mode ?? 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    if (options.backup !== undefined) await keepVersion(path, options.backup);
    await rename(incoming, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(incoming, { force: true }).catch(() => undefined);
    throw asNotWritable(error, path);
  }
}

/** A device or a pipe is written as it is: renaming over it would replace it. */
async function isDevice(path: string): Promise<boolean> {
  const target = await stat(path).catch(() => null);
  return target !== null && !target.isFile() && !target.isDirectory();
}

/** The system's refusal to write, as the error that has a sentence; anything else as it is. */
export function asNotWritable(error: unknown, path: string): unknown {
  const reason = systemCode(error);
  return reason === null ? error : new ExpectedError('not-writable', basename(path), { reason }, error);
}

/** `ENOENT` and the like; null when it was not the system that refused. */
export function systemCode(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && 'syscall' in error
    ? error.code
    : null;
}

/** Gives the present version a second name; where the disk has no links, a copy. */
async function keepVersion(path: string, backup: string): Promise<void> {
  const incoming = `${backup}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await link(path, incoming).catch(async (error: unknown) => {
      if (systemCode(error) === 'ENOENT') throw error;
      await copyFile(path, incoming);
    });
    await rename(incoming, backup);
  } catch (error) {
    await rm(incoming, { force: true }).catch(() => undefined);
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}

/** Makes the new name itself durable. Not every system can open a folder; the file is whole either way. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // Windows and some network disks refuse; the rename stands.
  }
}
