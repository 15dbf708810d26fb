/** The stretch of time in sight: nearer, farther, along. Pure; everything in milliseconds of the timeline's scale. */

export interface Extent {
  readonly from: number;
  readonly to: number;
}

/** Nearer than this nothing more can be told apart: logs count in milliseconds. */
export const shortestExtent = 10;

/** The extent scaled around a moment, which stays where it is. @param factor below 1: nearer */
export function zoomed({ from, to }: Extent, at: number, factor: number): Extent {
  const span = to - from;
  const wanted = Math.max(Math.min(span, shortestExtent), span * factor);
  const scale = span === 0 ? 1 : wanted / span;
  return { from: at - (at - from) * scale, to: at + (to - at) * scale };
}

/** The extent moved along by a share of its length. */
export function moved({ from, to }: Extent, share: number): Extent {
  const by = (to - from) * share;
  return { from: from + by, to: to + by };
}

/** The extent inside of everything there is; null when it is all of that. */
export function keptWithin({ from, to }: Extent, all: Extent): Extent | null {
  const span = to - from;
  if (span >= all.to - all.from) return null;
  const start = Math.min(Math.max(from, all.from), all.to - span);
  return { from: start, to: start + span };
}
