/** Marks of a lane as they fit on the screen. Pure. */
import type { TimelineAnswer } from '../../preload/contract/shapes.ts';

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
