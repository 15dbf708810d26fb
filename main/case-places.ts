/**
 * Where a bundle was seen and where its case is kept, by the bundle's SHA-256. A convenience: losing it costs a
 * question to the user, never a note.
 */
import { join } from 'node:path';
import * as v from 'valibot';
import { caseExtension } from './case-files.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';

const mostPaths = 8;
const mostBundles = 500;

const placeSchema = v.object({
  /** Paths of the bundle, latest first. */
  bundles: v.array(v.string()),
  /** Where the analyst keeps the case; null: in the application's own folder. */
  case: v.nullable(v.string()),
});
export type Place = v.InferOutput<typeof placeSchema>;
const fileSchema = v.record(v.string(), placeSchema);

const nowhere: Place = { bundles: [], case: null };

export class CasePlaces {
  readonly #folder: string;
  #places: Readonly<Record<string, Place>>;

  private constructor(folder: string, places: Readonly<Record<string, Place>>) {
    this.#folder = folder;
    this.#places = places;
  }

  /** @param folder exists */
  static async open(folder: string): Promise<CasePlaces> {
    return new CasePlaces(folder, await readJsonFile(join(folder, 'places.json'), fileSchema, {}));
  }

  /** The case of a bundle that was not saved elsewhere. */
  ownPath(sha256: string): string {
    return join(this.#folder, `${sha256}${caseExtension}`);
  }

  of(sha256: string): Place {
    return this.#places[sha256] ?? nowhere;
  }

  /** Other bundles that were at this path, the one seen last first. */
  othersAt(path: string, sha256: string): readonly string[] {
    return Object.entries(this.#places).flatMap(([other, { bundles }]) =>
      other !== sha256 && bundles.includes(path) ? [other] : [],
    );
  }

  async rememberBundle(sha256: string, path: string): Promise<void> {
    const place = this.of(sha256);
    const bundles = [path, ...place.bundles.filter((other) => other !== path)].slice(0, mostPaths);
    await this.#replace(sha256, { ...place, bundles });
  }

  async rememberCase(sha256: string, path: string | null): Promise<void> {
    await this.#replace(sha256, { ...this.of(sha256), case: path });
  }

  /** Forgets where bundles were seen. Where the analyst keeps cases of the open ones is told anew with the next save. */
  async clear(): Promise<void> {
    this.#places = {};
    await writeJsonFile(join(this.#folder, 'places.json'), this.#places).catch(() => undefined);
  }

  async #replace(sha256: string, place: Place): Promise<void> {
    const others = Object.entries(this.#places).filter(([key]) => key !== sha256);
    this.#places = Object.fromEntries([[sha256, place] as const, ...others].slice(0, mostBundles));
    await writeJsonFile(join(this.#folder, 'places.json'), this.#places).catch(() => undefined);
  }
}
