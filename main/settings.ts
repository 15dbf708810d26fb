/** The user's settings: one file, shared by all windows. */
import * as v from 'valibot';
import { settingsSchema } from '../preload/contract/window.ts';
import type { Settings } from '../preload/contract/window.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';

/** What the system says of its user, for the first start. */
export interface SystemDefaults {
  /** Preferred languages, best first: `ja-JP`, `en-US`. */
  readonly languages: readonly string[];
  /** IANA zone. */
  readonly zone: string;
  readonly user: string;
}

export class SettingsStore {
  readonly #path: string;
  #settings: Settings;
  #isKept = true;

  private constructor(path: string, settings: Settings) {
    this.#path = path;
    this.#settings = settings;
  }

  /** Reads the settings; a file that is missing, damaged or older answers defaults for what it lacks. */
  static async open(path: string, system: SystemDefaults): Promise<SettingsStore> {
    const stored = await readJsonFile(path, v.record(v.string(), v.unknown()), {});
    return new SettingsStore(path, completeSettings(stored, defaultSettings(system)));
  }

  get current(): Settings {
    return this.#settings;
  }

  /** From now on settings hold for this run only. */
  stopKeeping(): void {
    this.#isKept = false;
  }

  /**
   * Changes some settings. They hold for this session even when the file cannot be written: a setting is not
   * worth an error.
   */
  async change(change: SettingsChange): Promise<Settings> {
    const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
    this.#settings = { ...this.#settings, ...given };
    if (this.#isKept) await writeJsonFile(this.#path, this.#settings).catch(() => undefined);
    return this.#settings;
  }
}

export type SettingsChange = { readonly [Key in keyof Settings]?: Settings[Key] | undefined };

export function defaultSettings(system: SystemDefaults): Settings {
  const known = system.languages
    .map((language) => language.toLowerCase().split(/[-_]/u)[0])
    .find((language) => language === 'ja' || language === 'en');
  return {
    locale: known === 'ja' ? 'ja' : 'en',
    theme: 'system',
    times: 'written',
    zone: system.zone,
    author: system.user,
    layout: {},
    limits: {},
  };
}

/** Takes over each stored setting that is valid; one bad value does not cost the others. */
export function completeSettings(stored: Readonly<Record<string, unknown>>, defaults: Settings): Settings {
  const entries = Object.entries(settingsSchema.entries).flatMap(([name, schema]) => {
    const parsed = v.safeParse(schema, stored[name]);
    return parsed.success ? [[name, parsed.output] as const] : [];
  });
  return { ...defaults, ...Object.fromEntries(entries) };
}
