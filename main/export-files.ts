/** What an export writes: one file or a folder of files, which is there as a whole or not at all. */
import { createHash, randomBytes } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, rmdir } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ExpectedError } from '../parsers/domain/errors.ts';
import { asNotWritable, systemCode } from './atomic-file.ts';

/** What was written: of a folder the sum of its files, and the hash of their sorted list, as bundles have it. */
export interface WrittenExport {
  readonly bytes: number;
  readonly sha256: string;
}

interface OpenFile {
  readonly handle: FileHandle;
  readonly hash: Hash;
  bytes: number;
}

/** Names that a folder's files may have: the worker's, never a bundle's. */
const plainName = /^[a-z][a-z0-9-]{0,40}\.[a-z]{1,8}$/u;

export class ExportFiles {
  readonly #path: string;
  readonly #incoming: string;
  readonly #isFolder: boolean;
  readonly #files = new Map<string, OpenFile>();

  private constructor(path: string, isFolder: boolean) {
    this.#path = path;
    this.#isFolder = isFolder;
    this.#incoming = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  }

  /**
   * Begins beside the target.
   * @throws ExpectedError `not-writable`, also for a folder that holds something already
   */
  static async begin(path: string, isFolder: boolean): Promise<ExportFiles> {
    const files = new ExportFiles(path, isFolder);
    try {
      if (isFolder) {
        const present = await namesIn(path);
        if (present.length > 0)
          throw new ExpectedError('not-writable', basename(path), { reason: 'ENOTEMPTY' });
        await mkdir(files.#incoming, { mode: 0o755 });
      } else {
        await files.#open('');
      }
      return files;
    } catch (error) {
      await files.discard();
      throw asNotWritable(error, path);
    }
  }

  /** @throws ExpectedError `not-writable` */
  async write(file: string, bytes: Uint8Array): Promise<void> {
    try {
      const open = this.#files.get(file) ?? (await this.#open(file));
      await open.handle.writeFile(bytes);
      open.hash.update(bytes);
      open.bytes += bytes.length;
    } catch (error) {
      throw asNotWritable(error, this.#path);
    }
  }

  /** Flushes and renames into place. @throws ExpectedError `not-writable` */
  async finish(): Promise<WrittenExport> {
    try {
      for (const { handle } of this.#files.values()) {
        await handle.sync();
        await handle.close();
      }
      if (this.#isFolder) await rmdir(this.#path).catch(ignoreMissing);
      await rename(this.#incoming, this.#path);
      return this.#written();
    } catch (error) {
      await this.discard();
      throw asNotWritable(error, this.#path);
    }
  }

  /** Leaves nothing. */
  async discard(): Promise<void> {
    for (const { handle } of this.#files.values()) await handle.close().catch(() => undefined);
    await rm(this.#incoming, { recursive: true, force: true }).catch(() => undefined);
  }

  async #open(file: string): Promise<OpenFile> {
    if (this.#isFolder ? !plainName.test(file) : file !== '')
      throw new Error(`an export named a file "${file}"`);
    const handle = await open(this.#isFolder ? join(this.#incoming, file) : this.#incoming, 'wx', 0o644);
    const opened = { handle, hash: createHash('sha256'), bytes: 0 };
    this.#files.set(file, opened);
    return opened;
  }

  #written(): WrittenExport {
    const files = [...this.#files].map(([name, { hash, bytes }]) => ({
      name,
      bytes,
      sha256: hash.digest('hex'),
    }));
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    const [only] = files;
    if (!this.#isFolder) return { bytes, sha256: only?.sha256 ?? '' };
    const list = files
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map(({ sha256, name }) => `${sha256}  ${name}\n`);
    return { bytes, sha256: createHash('sha256').update(list.join(''), 'utf8').digest('hex') };
  }
}

async function namesIn(path: string): Promise<readonly string[]> {
  return readdir(path).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  });
}

function ignoreMissing(error: unknown): void {
  if (systemCode(error) !== 'ENOENT') throw error;
}
