import type { Locale } from '../../preload/contract/shapes.ts';
import { ReportWords } from '../report/report-words.ts';
import { createWording } from '../report/wording.ts';

const made = new Map<Locale, ReportWords>();

/** The words of a language; they keep their parsed messages, so there is one of each. */
export function wordsOf(locale: Locale): ReportWords {
  let words = made.get(locale);
  if (words === undefined) {
    words = new ReportWords(createWording(locale));
    made.set(locale, words);
  }
  return words;
}
