/** Looks for text among the cells of a column. Pure. */

/** Rows asked for at once: small enough that checking an answer does not hold the window up. */
const rowsAtOnce = 400;

/** The text as it is compared: without case, full-width forms as their half-width forms. */
export function comparable(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

/**
 * The next row whose text holds what is looked for, from a row on (itself left out), wrapping round.
 *
 * @param textsOf the texts of the rows from one position to another
 * @returns its position, or null when no row does
 */
export async function findRow(
  textsOf: (from: number, to: number) => Promise<readonly string[]>,
  count: number,
  typed: string,
  from: number,
  step: 1 | -1,
  signal: AbortSignal,
): Promise<number | null> {
  const wanted = comparable(typed);
  if (wanted === '' || count === 0) return null;
  let left = count;
  let at = from;
  while (left > 0) {
    at = (((at + step) % count) + count) % count;
    const [start, end] =
      step === 1
        ? [at, Math.min(count, at + Math.min(rowsAtOnce, left))]
        : [Math.max(0, at + 1 - Math.min(rowsAtOnce, left)), at + 1];
    const texts = await textsOf(start, end);
    signal.throwIfAborted();
    const order = step === 1 ? texts.keys() : [...texts.keys()].reverse();
    for (const index of order) {
      if (comparable(texts[index] ?? '').includes(wanted)) return start + index;
    }
    left -= end - start;
    at = step === 1 ? end - 1 : start;
  }
  return null;
}
