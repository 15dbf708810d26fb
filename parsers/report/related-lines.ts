import type { Level } from '../domain/evidence.ts';
import { distance } from '../domain/moment.ts';
import type { Moment } from '../domain/moment.ts';

/** What the report needs of the merged timeline; `BundleLines` is one. */
export interface TimelineLines {
  /** Number of entries of the merged order that have a place in time. */
  readonly placed: number;
  idAt(position: number): number;
  /** Minutes east of UTC by which readings without an offset are placed. */
  readonly placementOffset: number;
  scaleOfMoment(moment: Moment): number;
  /** First position of the merged order that is not before the scale's point. */
  lowerBound(scale: number): number;
  deviceKeyOf(id: number): string;
  continues(id: number): boolean;
  momentOf(id: number): Moment | null;
  levelOf(id: number): Level;
  pathOf(id: number): string;
  /** `line` is 0-based. */
  placeOf(id: number): { readonly line: number };
  textOf(id: number, limit?: number): { readonly text: string };
}

/** A log line near the times of a finding. */
export interface RelatedLine {
  readonly at: Moment;
  readonly member: string;
  /** 1-based. */
  readonly line: number;
  readonly text: string;
}

/** What makes a line worth showing with a finding. */
export interface RelatedTo {
  readonly moments: readonly Moment[];
  /** Folded device name. */
  readonly deviceKey: string;
  /** Words that name the patch (its KB), as logs write them. */
  readonly names: readonly string[];
  /** Places that the finding itself quotes, as `member:line`. */
  readonly quoted: ReadonlySet<string>;
}

/** Lines this near to a time of the finding are related to it. */
export const relatedMinutes = 3;
const reach = relatedMinutes * 60_000;
/** Lines looked at around one time; a busy log says enough in fewer. */
const scanned = 5_000;
const shown = 4;
const longestLine = 400;

/**
 * The few log lines of the device next to the times of a finding that name its patch or are warnings and
 * worse. Only lines whose distance is certain: a clock of unknown zone has no neighbours.
 */
export function relatedLines(lines: TimelineLines, to: RelatedTo): readonly RelatedLine[] {
  const found = new Map<
    number,
    { readonly position: number; readonly weight: number; readonly apart: number }
  >();
  for (const moment of to.moments) {
    const scale = lines.scaleOfMoment(moment);
    const start = lines.lowerBound(scale - reach);
    const end = Math.min(lines.placed, start + scanned);
    for (let position = start; position < end; position += 1) {
      const id = lines.idAt(position);
      const at = lines.momentOf(id);
      if (at !== null && lines.scaleOfMoment(at) > scale + reach) break;
      if (at === null || found.has(id) || lines.continues(id) || lines.deviceKeyOf(id) !== to.deviceKey)
        continue;
      const apart = Math.abs(distance(moment, at) ?? Number.POSITIVE_INFINITY);
      if (apart > reach) continue;
      const weight = weightOf(lines, id, to.names);
      if (weight > 0 && !to.quoted.has(placeOf(lines, id))) found.set(id, { position, weight, apart });
    }
  }
  return [...found]
    .sort(([, a], [, b]) => b.weight - a.weight || a.apart - b.apart || a.position - b.position)
    .slice(0, shown)
    .sort(([, a], [, b]) => a.position - b.position)
    .flatMap(([id]) => relatedLine(lines, id));
}

function weightOf(lines: TimelineLines, id: number, names: readonly string[]): number {
  const text = lines.textOf(id, longestLine).text.toLowerCase();
  const named = names.some((name) => name !== '' && text.includes(name.toLowerCase()));
  return (named ? 4 : 0) + weightOfLevel[lines.levelOf(id)];
}

const weightOfLevel: Readonly<Record<Level, number>> = {
  none: 0,
  trace: 0,
  debug: 0,
  info: 0,
  warning: 1,
  error: 2,
  fatal: 3,
};

function placeOf(lines: TimelineLines, id: number): string {
  return `${lines.pathOf(id)}:${lines.placeOf(id).line + 1}`;
}

function relatedLine(lines: TimelineLines, id: number): readonly RelatedLine[] {
  const at = lines.momentOf(id);
  if (at === null) return [];
  const { text } = lines.textOf(id, longestLine);
  return [{ at, member: lines.pathOf(id), line: lines.placeOf(id).line + 1, text }];
}
