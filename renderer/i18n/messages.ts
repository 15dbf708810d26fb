import { IntlMessageFormat } from 'intl-messageformat';
import type { Locale } from '../../preload/contract/shapes.ts';
import english from '../../resources/locales/en/window.json' with { type: 'json' };
import japanese from '../../resources/locales/ja/window.json' with { type: 'json' };

/** Every key of the window's wording. Both files hold the same keys: a test compares them. */
export type TextKey = keyof typeof english;
export type TextValues = Readonly<Record<string, string | number>>;
export type Translate = (key: TextKey, values?: TextValues) => string;

const catalogues: Readonly<Record<Locale, Readonly<Record<TextKey, string>>>> = {
  en: english,
  ja: japanese,
};

/** A function that words keys in one language. Messages are parsed when they are first used. */
export function translator(locale: Locale): Translate {
  const catalogue = catalogues[locale];
  const parsed = new Map<TextKey, IntlMessageFormat>();
  return (key, values) => {
    let message = parsed.get(key);
    if (message === undefined) {
      message = new IntlMessageFormat(catalogue[key], locale, undefined, { ignoreTag: true });
      parsed.set(key, message);
    }
    const worded: unknown = message.format(values);
    return typeof worded === 'string' ? worded : String(worded);
  };
}

/** Whether a made-up key (a code from the worker) is one that has a wording. */
export function isTextKey(key: string): key is TextKey {
  return Object.hasOwn(english, key);
}

/** The wording of `<group>.<code>` for a code that comes from outside, else `<group>.other`-like fallback. */
export function wordCode(t: Translate, group: string, code: string, fallback: string): string {
  const key = `${group}.${code}`;
  return isTextKey(key) ? t(key) : fallback;
}
