/** The matching lines of a file: the next one, and where they lie. Pure. */

/** The stretches in which lines stand, of a view of so many. */
export function marksOfLines(lines: readonly number[], count: number, buckets: number): Uint8Array {
  const marks = new Uint8Array(buckets);
  for (const line of lines) {
    if (line >= 1 && line <= count) marks[Math.floor(((line - 1) * buckets) / count)] = 1;
  }
  return marks;
}

/** The index of the entry of a rising list after (or before) a value, wrapping round; null of an empty list. */
export function nextOf(lines: readonly number[], from: number | null, step: 1 | -1): number | null {
  if (lines.length === 0) return null;
  const start = from ?? (step === 1 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY);
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const value = lines[middle] ?? 0;
    if (step === 1 ? value <= start : value < start) low = middle + 1;
    else high = middle;
  }
  const at = step === 1 ? low % lines.length : (low - 1 + lines.length) % lines.length;
  return at;
}
