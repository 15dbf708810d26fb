/** A view of lines with records folded to their first lines. */
import { throwIfCancelled } from '../domain/errors.ts';
import { LineView } from './line-view.ts';
import type { BundleLines } from './lines.ts';
import { nextTurn } from './steps.ts';

/** Lines per step; between two steps other requests are served. */
const stepLines = 500_000;

export class FoldedLineView extends LineView {
  readonly #lines: BundleLines;
  /** How many lines are folded below each of the shown ones. */
  readonly #below: Uint32Array;

  constructor(lines: BundleLines, ids: Uint32Array, below: Uint32Array) {
    super(lines, ids);
    this.#lines = lines;
    this.#below = below;
  }

  foldedBelow(position: number): number {
    return this.#below[position] ?? 0;
  }

  /** Of a folded line, where the one stands that it is folded below. */
  override positionOf(id: number): number | null {
    const own = super.positionOf(id);
    if (own !== null) return own;
    // The nearest shown line above in the same record; what the view does not hold at all is folded below nothing.
    const position = this.firstFrom(id) - 1;
    if (position === -1) return null;
    const above = this.idAt(position);
    return above >= this.#lines.headOf(id) && above + this.foldedBelow(position) >= id ? position : null;
  }
}

/**
 * Folds what a view holds. A line that continues a record stays where the line before it is not there: a match of a
 * search is never folded away below nothing.
 *
 * @param open ids of lines: their records are shown in full
 */
export async function foldLines(
  lines: BundleLines,
  view: LineView,
  open: readonly number[],
  signal?: AbortSignal,
): Promise<FoldedLineView> {
  const heads = new Set(open.map((id) => lines.headOf(id)));
  const ids = new Uint32Array(view.count);
  const below = new Uint32Array(view.count);
  let shown = 0;
  let previous = -1;
  let isOpen = false;
  for (let at = 0; at < view.count; at += 1) {
    if (at % stepLines === stepLines - 1) {
      throwIfCancelled(signal);
      await nextTurn();
      throwIfCancelled(signal);
    }
    const id = view.idAt(at);
    const goesOn = previous === id - 1 && lines.continues(id);
    previous = id;
    if (!goesOn) isOpen = heads.size > 0 && heads.has(lines.headOf(id));
    if (goesOn && !isOpen) {
      below[shown - 1] = (below[shown - 1] ?? 0) + 1;
      continue;
    }
    ids[shown] = id;
    shown += 1;
  }
  return new FoldedLineView(lines, ids.slice(0, shown), below.slice(0, shown));
}
