import type { EvidenceResult } from '../../preload/contract/evidence.ts';
import type { MomentView } from '../../preload/contract/shapes.ts';
import { distance } from '../domain/moment.ts';
import type { Moment } from '../domain/moment.ts';
import type { LineView } from '../evidence/line-view.ts';
import { momentOf } from './nearest-row.ts';
import type { Snapshot } from './session.ts';

type Answer = EvidenceResult<'nearestLine'>;
type Neighbour = NonNullable<Answer['before']>;

/** How many lines are looked at in search of one of the wanted device before any line is taken. */
const reach = 200_000;

/**
 * The timed lines next to a moment in a view, before (or at) and after it. Lines of the wanted device
 * are preferred where the view has some near.
 *
 * Distances are by the clocks' readings as they are placed on the timeline; `undecidable` says when
 * the zones of the two do not allow to call that an order.
 */
export function nearestLine(
  snapshot: Snapshot,
  view: LineView,
  at: MomentView,
  deviceKey: string | null,
): Answer {
  const moment = momentOf(at, deviceKey);
  const scale = snapshot.lines.scaleOfMoment(moment);
  const start = view.lowerBound(scale);
  const wants = (id: number): boolean => deviceKey === null || snapshot.lines.deviceKeyOf(id) === deviceKey;
  const own = {
    before: find(snapshot, view, start - 1, -1, wants),
    after: find(snapshot, view, start, 1, wants),
  };
  const isOwn = own.before !== null || own.after !== null;
  const chosen = isOwn
    ? own
    : {
        before: find(snapshot, view, start - 1, -1, anyLine),
        after: find(snapshot, view, start, 1, anyLine),
      };
  if (chosen.before === null && chosen.after === null)
    return { before: null, after: null, undecidable: 'no-timed-lines', ofOthers: false };
  return {
    before: neighbour(snapshot, view, chosen.before, scale),
    after: neighbour(snapshot, view, chosen.after, scale),
    undecidable: [chosen.before, chosen.after].some(
      (position) => position !== null && !comparable(snapshot, view, position, moment),
    )
      ? 'zone-unknown'
      : null,
    ofOthers:
      deviceKey !== null &&
      !isOwn &&
      [chosen.before, chosen.after].some(
        (position) => position !== null && snapshot.lines.deviceKeyOf(view.idAt(position)) !== '',
      ),
  };
}

function anyLine(): boolean {
  return true;
}

function find(
  snapshot: Snapshot,
  view: LineView,
  from: number,
  step: 1 | -1,
  wants: (id: number) => boolean,
): number | null {
  for (let at = from; at >= 0 && at < view.count && Math.abs(at - from) < reach; at += step) {
    const id = view.idAt(at);
    if (!wants(id) || snapshot.lines.continues(id)) continue;
    if (Number.isNaN(snapshot.lines.scaleOf(id))) continue;
    return at;
  }
  return null;
}

function neighbour(
  snapshot: Snapshot,
  view: LineView,
  position: number | null,
  scale: number,
): Neighbour | null {
  if (position === null) return null;
  const id = view.idAt(position);
  const place = snapshot.lines.placeOf(id);
  return {
    position,
    member: snapshot.lines.pathOf(id),
    line: place.line + 1,
    distance: Math.abs(snapshot.lines.scaleOf(id) - scale),
  };
}

function comparable(snapshot: Snapshot, view: LineView, position: number, moment: Moment): boolean {
  const line = snapshot.lines.momentOf(view.idAt(position));
  return line !== null && distance(line, moment) !== null;
}
