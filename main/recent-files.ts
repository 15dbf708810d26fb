/** The bundles and cases that were opened last. The window knows them by an id, never by a path. */
import { createHash } from 'node:crypto';
import { basename, dirname } from 'node:path';
import * as v from 'valibot';
import type { Recent } from '../preload/contract/window.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';

const mostKept = 20;

const fileSchema = v.array(
  v.object({ kind: v.picklist(['bundle', 'case']), path: v.string(), openedAt: v.string() }),
);
type Entry = v.InferOutput<typeof fileSchema>[number];

export class RecentFiles {
  readonly #path: string;
  #entries: readonly Entry[];

  private constructor(path: string, entries: readonly Entry[]) {
    this.#path = path;
    this.#entries = entries;
  }

  static async open(path: string): Promise<RecentFiles> {
    return new RecentFiles(path, (await readJsonFile(path, fileSchema, [])).slice(0, mostKept));
  }

  list(): Recent[] {
    return this.#entries.map((entry) => ({
      id: idOf(entry.path),
      kind: entry.kind,
      name: basename(entry.path),
      folder: dirname(entry.path),
      openedAt: entry.openedAt,
    }));
  }

  pathOf(id: string): string | null {
    return this.#entries.find((entry) => idOf(entry.path) === id)?.path ?? null;
  }

  async add(entry: Entry): Promise<void> {
    const others = this.#entries.filter((other) => other.path !== entry.path);
    await this.#replace([entry, ...others].slice(0, mostKept));
  }

  async forget(id: string): Promise<void> {
    await this.#replace(this.#entries.filter((entry) => idOf(entry.path) !== id));
  }

  /** Forgets every file. */
  async clear(): Promise<void> {
    await this.#replace([]);
  }

  async #replace(entries: readonly Entry[]): Promise<void> {
    this.#entries = entries;
    await writeJsonFile(this.#path, entries).catch(() => undefined);
  }
}

function idOf(path: string): string {
  return createHash('sha256').update(path).digest('hex').slice(0, 16);
}
