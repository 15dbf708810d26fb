/** Marks of a lane as they fit on the screen. Pure. */
import type { RunBar, TimelineAnswer } from '../../preload/contract/shapes.ts';

type LaneMark = TimelineAnswer['lanes'][number]['marks'][number];
type Severity = NonNullable<LaneMark['severity']>;

export interface PlacedMark {
  readonly left: number;
  readonly width: number;
  readonly count: number;
  readonly severity: Severity | null;
  readonly target: LaneMark['target'];
  /** On the timeline's scale. */
  readonly from: number;
  readonly label: string;
}

const order: readonly (Severity | null)[] = ['critical', 'high', 'medium', 'info', null];

/** Places marks in pixels; those that would touch become one, which leads to the gravest of them. */
export function placeMarks(
  marks: readonly LaneMark[],
  toPixel: (at: number) => number,
  width: number,
  leastWidth: number,
): readonly PlacedMark[] {
  const placed: PlacedMark[] = [];
  const inOrder = [...marks].sort((a, b) => a.from - b.from || a.to - b.to);
  for (const mark of inOrder) {
    const left = toPixel(mark.from);
    const right = Math.max(toPixel(mark.to), left + leastWidth);
    if (right < 0 || left > width) continue;
    const last = placed.at(-1);
    if (last === undefined || left >= last.left + leastWidth + 2) {
      // A mark ends where the next begins: each stays within reach of the pointer.
      if (last !== undefined && last.left + last.width >= left) {
        placed[placed.length - 1] = { ...last, width: left - last.left - 1 };
      }
      placed.push({
        left,
        width: right - left,
        count: mark.count,
        severity: mark.severity,
        target: mark.target,
        from: mark.from,
        label: mark.label,
      });
      continue;
    }
    const isGraver = order.indexOf(mark.severity) < order.indexOf(last.severity);
    placed[placed.length - 1] = {
      left: last.left,
      width: Math.max(last.left + last.width, right) - last.left,
      count: last.count + mark.count,
      severity: isGraver ? mark.severity : last.severity,
      target: isGraver || last.target === null ? mark.target : last.target,
      from: isGraver ? mark.from : last.from,
      label: isGraver ? mark.label : last.label,
    };
  }
  return placed;
}

export interface PlacedBar extends RunBar {
  readonly left: number;
  readonly width: number;
  /** Which of the lane's tracks it lies on, from the top. */
  readonly track: number;
  /** How many runs it stands for. */
  readonly count: number;
}

/** Bars that share time lie on tracks below each other, on at most this many. */
const mostTracks = 3;
const leastBarWidth = 6;

/** Places runs as bars; what does not fit on any track joins the bar that it would cover. */
export function placeBars(
  bars: readonly RunBar[],
  toPixel: (at: number) => number,
  width: number,
): { readonly bars: readonly PlacedBar[]; readonly tracks: number } {
  const placed: PlacedBar[] = [];
  /** For each track, the last bar on it as a position in `placed`. */
  const last: number[] = [];
  for (const bar of [...bars].sort((a, b) => a.from - b.from || a.to - b.to)) {
    if (toPixel(bar.to) < 0 || toPixel(bar.from) > width) continue;
    // What reaches out of sight is cut there: a bar of a million pixels is none the better.
    const from = Math.max(toPixel(bar.from), -4);
    const to = Math.min(Math.max(toPixel(bar.to), from + leastBarWidth), width + 4);
    const isFree = (at: number | undefined): boolean => {
      const before = at === undefined ? undefined : placed[at];
      return before === undefined || before.left + before.width + 1 <= from;
    };
    const free = last.findIndex((at) => isFree(at));
    const track = free >= 0 ? free : last.length < mostTracks ? last.length : -1;
    if (track >= 0) {
      last[track] = placed.push({ ...bar, left: from, width: to - from, track, count: 1 }) - 1;
      continue;
    }
    const [nearest] = [...last].sort((a, b) => endOf(placed[a]) - endOf(placed[b]));
    const joined = nearest === undefined ? undefined : placed[nearest];
    if (nearest === undefined || joined === undefined) continue;
    const isGraver = bar.outcome === 'failed' && joined.outcome !== 'failed';
    placed[nearest] = {
      ...(isGraver ? { ...joined, run: bar.run, outcome: bar.outcome, label: bar.label } : joined),
      overlaps: joined.overlaps || bar.overlaps,
      width: Math.max(joined.left + joined.width, to) - joined.left,
      count: joined.count + 1,
    };
  }
  return { bars: placed, tracks: Math.max(1, last.length) };
}

function endOf(bar: PlacedBar | undefined): number {
  return bar === undefined ? 0 : bar.left + bar.width;
}

/** The outline of a density as an SVG path, on a square-root scale so that a lone line is still seen. */
export function densityPath(counts: readonly number[], most: number, width: number, height: number): string {
  if (counts.length === 0 || most <= 0) return '';
  const step = width / counts.length;
  const top = (count: number): string => (height - Math.sqrt(count / most) * height).toFixed(1);
  const parts = [`M0 ${height}`];
  counts.forEach((count, index) => {
    parts.push(
      `L${(index * step).toFixed(1)} ${top(count)}L${((index + 1) * step).toFixed(1)} ${top(count)}`,
    );
  });
  parts.push(`L${width} ${height}Z`);
  return parts.join('');
}
