import { formatOffset, instantOf, precisionSpan, type Moment } from '../../domain/moment.ts';
import { cannotTell, consistent, defineRule, found, notApplicable, place } from '../define-rule.ts';
import type { Verdict } from '../define-rule.ts';
import { minutesBetween, timeText } from '../parameters.ts';
import { sharedEvents } from './shared-events.ts';
import type { SharedEvent, Stamping } from './shared-events.ts';

/** Two clocks may be so far apart without anything to say about them: 60 seconds. */
const mostSeconds = 60;

/**
 * One event, stamped by two clocks whose offsets are known, more than a minute apart: one of the clocks
 * is wrong, and no order between the two files is what it seems.
 */
export const clocksDisagree = defineRule({
  id: 'cross/clocks-disagree',
  kind: 'contradiction',
  severity: 'medium',
  system: null,
  looksAt: 'bundle',
  needs: ['windows-update/reporting-events', 'windows-update/event-log'],
  source: 'src',
  check(_, evidence) {
    const events = sharedEvents(evidence);
    return events.length === 0 ? notApplicable : worstOfFiles(events).map(judge);
  },
});

interface Pairing {
  readonly event: SharedEvent;
  readonly a: Stamping;
  readonly b: Stamping;
  /** Milliseconds beyond what both precisions leave open; null when an offset is not known. */
  readonly apart: number | null;
}

/** Two files that disagree do so on every event that they share: the widest gap speaks for them. */
function worstOfFiles(events: readonly SharedEvent[]): readonly Pairing[] {
  const worst = new Map<string, Pairing>();
  for (const event of events) {
    for (const [index, a] of event.stampings.entries()) {
      for (const b of event.stampings.slice(index + 1)) {
        const key = JSON.stringify([a.citation.member, b.citation.member, event.device]);
        const pairing = { event, a, b, apart: apartOf(a.at, b.at) };
        const known = worst.get(key);
        if (known === undefined || (pairing.apart ?? -1) > (known.apart ?? -1)) worst.set(key, pairing);
      }
    }
  }
  return [...worst.values()];
}

function apartOf(a: Moment, b: Moment): number | null {
  const [first, second] = [instantOf(a), instantOf(b)];
  if (first === null || second === null) return null;
  const finer = first <= second ? precisionSpan[a.precision] : precisionSpan[b.precision];
  return Math.max(0, Math.abs(first - second) - (finer - 1));
}

function judge({ event, a, b, apart }: Pairing): Verdict {
  if (apart === null) return cannotTell('clock-offset', event.device, event.patch);
  if (apart <= mostSeconds * 1000) return consistent;
  return found({
    device: event.device,
    patch: event.patch,
    parameters: {
      firstAt: timeText(a.at),
      secondAt: timeText(b.at),
      firstOffset: offsetText(a.at),
      secondOffset: offsetText(b.at),
      apartMinutes: minutesBetween(a.at, b.at),
      firstMember: a.citation.member,
      secondMember: b.citation.member,
    },
    witnesses: [a, b].map(({ at, citation }) =>
      place(citation, 'event-stamped', { stampedAt: timeText(at), offset: offsetText(at), clock: at.clock }),
    ),
  });
}

function offsetText({ offset }: Moment): string | null {
  return offset === null ? null : formatOffset(offset);
}
