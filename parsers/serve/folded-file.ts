/** A text member with its records folded to their first lines. */
import { throwIfCancelled } from '../domain/errors.ts';
import type { BundleLines } from '../evidence/lines.ts';
import { nextTurn } from '../evidence/steps.ts';

const stepLines = 500_000;

export interface FoldedFile {
  /** Id of the file's first line. */
  readonly base: number;
  /** The shown lines, from 0, rising. */
  readonly shown: Uint32Array;
  /** Lines of the file in all. */
  readonly lines: number;
}

/**
 * @param position of the member
 * @param open lines from 0: the records that hold them are shown in full
 */
export async function foldFile(
  lines: BundleLines,
  position: number,
  count: number,
  open: readonly number[],
  signal?: AbortSignal,
): Promise<FoldedFile> {
  const base = lines.idOf(position, 0) ?? 0;
  const heads = new Set(open.filter((line) => line < count).map((line) => lines.headOf(base + line) - base));
  const shown = new Uint32Array(count);
  let at = 0;
  let isOpen = false;
  for (let line = 0; line < count; line += 1) {
    const isHead = line === 0 || !lines.continues(base + line);
    if (isHead) isOpen = heads.has(line);
    if (isHead || isOpen) {
      shown[at] = line;
      at += 1;
    }
    if (line % stepLines === stepLines - 1) {
      throwIfCancelled(signal);
      await nextTurn();
      throwIfCancelled(signal);
    }
  }
  return { base, shown: shown.slice(0, at), lines: count };
}

/** How many lines are folded below the shown one at a position. */
export function foldedBelow({ shown, lines }: FoldedFile, position: number): number {
  const line = shown[position];
  return line === undefined ? 0 : (shown[position + 1] ?? lines) - line - 1;
}

/** Where a line (from 0) stands, or the shown one above it; null outside of the file. */
export function positionIn({ shown, lines }: FoldedFile, line: number): number | null {
  if (line < 0 || line >= lines || shown.length === 0) return null;
  let low = 0;
  let high = shown.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((shown[middle] ?? 0) <= line) low = middle;
    else high = middle - 1;
  }
  return low;
}
