import type { Fact } from '../domain/evidence.ts';
import { formatOffset, isMoment } from '../domain/moment.ts';
import type { At, Moment } from '../domain/moment.ts';
import type { Analysis } from './analysis.ts';
import { visibleText } from './visible-text.ts';
import type { ReportWords } from './report-words.ts';

/** What can be said of the zones of a bundle's times. */
export interface ZoneStatements {
  /** One sentence per clock and kind of offset, and the analyst's assumption. */
  readonly sentences: readonly string[];
  /** The same in a few words, for a running header. */
  readonly short: string;
  /** Whether some times have no known zone. */
  readonly unknown: boolean;
}

/** @param zone the IANA zone that the analyst assumed, or null */
export function zoneStatements(
  analysis: Pick<Analysis, 'evidence' | 'facts' | 'boots'>,
  words: ReportWords,
  zone: string | null,
): ZoneStatements {
  const sentences = new Map<string, string>();
  const unknownClocks = new Set<string>();
  let any = false;
  let previous: Moment | null = null;
  for (const moment of momentsOf(analysis)) {
    any = true;
    if (previous !== null && saysTheSame(moment, previous)) continue;
    previous = moment;
    const source = moment.offset === null ? 'unknown' : moment.offsetSource;
    const key = `${moment.clock} ${source} ${String(moment.offset)}`;
    if (sentences.has(key)) continue;
    const clock = capitalised(words.clock(moment.clock));
    const offset = moment.offset === null ? '' : formatOffset(moment.offset);
    sentences.set(key, words.text(`zone.${source}`, { clock, offset }));
    if (moment.offset === null) unknownClocks.add(words.clock(moment.clock));
  }
  const assumed = zone === null ? [] : [words.text('zone.analyst', { zone: visibleText(zone) })];
  return {
    sentences: any
      ? [...[...sentences].sort(byKey).map(([, sentence]) => sentence), ...assumed]
      : [words.text('zone.none')],
    short: shortStatement(words, any, [...unknownClocks].sort(), zone),
    unknown: unknownClocks.size > 0,
  };
}

/** A million rows follow each other that are all read by one clock. */
function saysTheSame(a: Moment, b: Moment): boolean {
  return a.clock === b.clock && a.offset === b.offset && a.offsetSource === b.offsetSource;
}

function shortStatement(
  words: ReportWords,
  any: boolean,
  unknownClocks: readonly string[],
  zone: string | null,
): string {
  if (!any) return '';
  const [clock] = unknownClocks;
  if (clock !== undefined) {
    return unknownClocks.length === 1
      ? words.text('zone.short.unknown', { clock })
      : words.text('zone.short.unknown-several', { count: unknownClocks.length });
  }
  return zone === null
    ? words.text('zone.short.known')
    : words.text('zone.short.assumed', { zone: visibleText(zone) });
}

function byKey(a: readonly [string, string], b: readonly [string, string]): number {
  return a[0] < b[0] ? -1 : 1;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function* momentsOf(analysis: Pick<Analysis, 'evidence' | 'facts' | 'boots'>): Generator<Moment> {
  for (const { detection, deployment } of analysis.evidence.records) {
    if (isMoment(detection.at)) yield detection.at;
    if (isMoment(deployment.at)) yield deployment.at;
  }
  for (const run of analysis.evidence.runs) yield* present([run.startedAt, run.endedAt]);
  for (const boot of analysis.boots) yield* present([boot.at]);
  for (const fact of analysis.facts) yield* ofFact(fact);
}

/** The times that a fact states on its top level (a schedule's last run and the like). */
function* ofFact(fact: Fact): Generator<Moment> {
  for (const value of Object.values(fact.value) as readonly unknown[]) {
    if (typeof value === 'object' && value !== null && 'clockOf' in value && 'local' in value) {
      yield value as Moment;
    }
  }
}

function* present(times: readonly At[]): Generator<Moment> {
  for (const at of times) if (isMoment(at)) yield at;
}
