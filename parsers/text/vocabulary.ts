/**
 * The form under which words of a source are one word: full-width and half-width forms (NFKC), case,
 * blanks, punctuation and symbols do not count. For comparing, never for showing.
 */
export function foldWord(text: string): string {
  // NFKC leaves ASCII as it is, and its own classes are read several times as fast.
  if (asciiOnly.test(text)) return text.toLowerCase().replace(asciiOutsideWords, '');
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s\p{P}\p{S}\p{Cf}]+/gu, '');
}

const asciiOnly = /^[\0-\x7f]*$/u;
const asciiOutsideWords = /[\t-\r !-/:-@[-`{-~]+/gu;

/** Words of several languages for each canonical meaning. */
export type WordLists<T extends string> = Readonly<Partial<Record<T, readonly string[]>>>;

/** Looks words up; see {@link compileVocabulary}. */
export interface Vocabulary<T extends string> {
  /** The meaning of a word, or null when it has none here. */
  read(text: string): T | null;
}

/** Readings kept for speed: a column holds few distinct words, and a column of prose must not fill the memory. */
const cachedReadings = 4096;

/**
 * Makes a vocabulary of word lists. Words are compared as {@link foldWord} folds them.
 *
 * @throws when one word is given two meanings: a vocabulary is data, and this is a mistake in it.
 */
export function compileVocabulary<T extends string>(lists: WordLists<T>): Vocabulary<T> {
  const meanings = new Map<string, T>();
  for (const [meaning, words] of Object.entries(lists) as [T, readonly string[]][]) {
    for (const word of words) {
      const folded = foldWord(word);
      const known = meanings.get(folded);
      if (known !== undefined && known !== meaning)
        throw new Error(`"${word}" means both ${known} and ${meaning}`);
      meanings.set(folded, meaning);
    }
  }
  const cache = new Map<string, T | null>();
  return {
    read(text) {
      const cached = cache.get(text);
      if (cached !== undefined) return cached;
      const meaning = text.length > 500 ? null : (meanings.get(foldWord(text)) ?? null);
      if (cache.size < cachedReadings) cache.set(text, meaning);
      return meaning;
    },
  };
}
