import { IntlMessageFormat } from 'intl-messageformat';
import english from '../../resources/locales/en/command-line.json' with { type: 'json' };
import japanese from '../../resources/locales/ja/command-line.json' with { type: 'json' };
import type { ExpectedError } from '../domain/errors.ts';
import type { PackProblem } from '../domain/pack.ts';

export type Locale = 'en' | 'ja';
type Key = Exclude<keyof typeof english, 'errors' | 'packs'>;

const catalogues = { en: english, ja: japanese } as const;

/** One of the command line's own texts. */
export function text(
  locale: Locale,
  key: Key,
  values: Readonly<Record<string, string | number>> = {},
): string {
  return format(catalogues[locale][key], locale, values);
}

/** Why a pack was not taken. @param named whether the sentence begins with the file */
export function packSentence(locale: Locale, problem: PackProblem, named = true): string {
  const { packs } = catalogues[locale];
  const { file, code, at, value } = problem;
  const reason = format(packs[code], locale, { at: at ?? '', value: value ?? '' });
  if (!named) return reason;
  return format(packs[problem.isWarning ? 'warning' : 'left-out'], locale, { file, reason });
}

/** One clear sentence for an expected error. */
export function sentence(locale: Locale, error: ExpectedError): string {
  return format(catalogues[locale].errors[error.code], locale, { ...error.detail, place: error.place ?? '' });
}

function format(message: string, locale: Locale, values: Readonly<Record<string, string | number>>): string {
  return String(
    new IntlMessageFormat(message, locale, undefined, { ignoreTag: true }).format({ reason: '', ...values }),
  );
}
