/**
 * What windows showed first of bundles that were read, kept in the application's folder so that reopening shows it at
 * once. The files are the worker's; this knows which bundle each belongs to and how much they take. Losing them costs
 * a wait, never a note.
 */
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { firstLook } from './first-look.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';

/** Bundles that are remembered, and bytes that this may take. */
const mostEntries = 40;
const mostBytes = 96 * 1024 * 1024;

const sha256Schema = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/u));
const entrySchema = v.object({
  sha256: sha256Schema,
  /** See {@link firstLook}. */
  look: v.string(),
  /** What of the case the answers were made with. */
  key: v.string(),
  bytes: v.number(),
});
const indexSchema = v.object({
  version: v.string(),
  /** Used last first. */
  entries: v.array(entrySchema),
});
type Entry = v.InferOutput<typeof entrySchema>;

export interface Recalled {
  readonly sha256: string;
  readonly key: string;
  /** Of the kept answers. */
  readonly file: string;
}

export class ReopenCache {
  readonly #folder: string;
  readonly #version: string;
  #entries: readonly Entry[];
  #writing: Promise<void> = Promise.resolve();
  #isStopped = false;

  private constructor(folder: string, version: string, entries: readonly Entry[]) {
    this.#folder = folder;
    this.#version = version;
    this.#entries = entries;
  }

  /** @param version of this build: answers of another one are thrown away */
  static async open(folder: string, version: string): Promise<ReopenCache> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const empty = { version, entries: [] };
    const index = await readJsonFile(join(folder, 'index.json'), indexSchema, empty);
    const cache = new ReopenCache(folder, version, index.version === version ? index.entries : []);
    await cache.#sweep();
    return cache;
  }

  /** The bundle at a path, as it was read last; null when it was never read, or was touched since. */
  async recall(path: string): Promise<Recalled | null> {
    const look = await firstLook(path);
    return look === null ? null : this.byLook(look);
  }

  byLook(look: string): Recalled | null {
    const entry = this.#entries.find((one) => one.look === look);
    return entry === undefined
      ? null
      : { sha256: entry.sha256, key: entry.key, file: this.fileOf(entry.sha256) };
  }

  /** Where the answers about a bundle are to be kept; null: nowhere any more. */
  fileToKeep(sha256: string): string | null {
    return this.#isStopped ? null : this.fileOf(sha256);
  }

  /** Where the answers about a bundle are kept. */
  fileOf(sha256: string): string {
    return join(this.#folder, `${sha256}.json.gz`);
  }

  /** The answers about this bundle were written. @param look at it before it was read, so that a change meanwhile shows */
  async kept(entry: Entry): Promise<void> {
    if (this.#isStopped) {
      await this.#sweep();
      return;
    }
    const entries = [entry, ...this.#entries.filter(({ sha256 }) => sha256 !== entry.sha256)];
    let bytes = 0;
    this.#entries = entries.filter((one, index) => {
      bytes += one.bytes;
      return index < mostEntries && (index === 0 || bytes <= mostBytes);
    });
    await this.#write();
  }

  /** Forgets every bundle, and keeps none for the rest of this run. */
  async clear(): Promise<void> {
    this.#entries = [];
    this.#isStopped = true;
    await this.#write();
  }

  async #write(): Promise<void> {
    this.#writing = this.#writing.then(async () => {
      const index = { version: this.#version, entries: this.#entries };
      await writeJsonFile(join(this.#folder, 'index.json'), index).catch(() => undefined);
      await this.#sweep();
    });
    await this.#writing;
  }

  /** Takes away files that no entry speaks of. */
  async #sweep(): Promise<void> {
    const known = new Set(['index.json', ...this.#entries.map(({ sha256 }) => `${sha256}.json.gz`)]);
    const names = await readdir(this.#folder).catch((): string[] => []);
    for (const name of names) {
      if (known.has(name) || !/^[0-9a-f]{64}\.json\.gz(?:\.tmp)?$/u.test(name)) continue;
      await rm(join(this.#folder, name), { force: true }).catch(() => undefined);
    }
  }
}
