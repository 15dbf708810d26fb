/** What main itself says: menus and dialogs, in the user's language. */
import { IntlMessageFormat } from 'intl-messageformat';
import type { Locale } from '../preload/contract/shapes.ts';
import english from '../resources/locales/en/main.json' with { type: 'json' };
import japanese from '../resources/locales/ja/main.json' with { type: 'json' };

export type SentenceId = keyof typeof english;
type Values = Readonly<Record<string, string | number>>;

const sentences: Readonly<Record<Locale, Readonly<Record<SentenceId, string>>>> = {
  en: english,
  ja: japanese,
};

/** A sentence in a language, with its values filled in. */
export function sentence(locale: Locale, id: SentenceId, values: Values = {}): string {
  return String(new IntlMessageFormat(sentences[locale][id], locale).format({ ...values }));
}
