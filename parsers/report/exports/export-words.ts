import { IntlMessageFormat } from 'intl-messageformat';
import english from '../../../resources/locales/en/exports.json' with { type: 'json' };
import japanese from '../../../resources/locales/ja/exports.json' with { type: 'json' };
import type { Wording } from '../wording.ts';

/** Keys of `resources/locales/<locale>/exports.json`. Both files hold the same ones. */
export type ExportKey = keyof typeof english;

const catalogues: Readonly<Record<Wording['locale'], Readonly<Record<ExportKey, string>>>> = {
  en: english,
  ja: japanese,
};

/** One of the exports' own texts. */
export function exportText(
  locale: Wording['locale'],
  key: ExportKey,
  values: Readonly<Record<string, string | number>> = {},
): string {
  // Values may hold anything that a bundle holds: a `<` in them is no tag.
  const message = new IntlMessageFormat(catalogues[locale][key], locale, undefined, { ignoreTag: true });
  return String(message.format({ ...values }));
}
