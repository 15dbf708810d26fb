import { groupBy } from '../../domain/group-by.ts';
import type { Citation, EvidenceEvent, Fact } from '../../domain/evidence.ts';
import { instantOf, laterOf, order } from '../../domain/moment.ts';
import type { Moment } from '../../domain/moment.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { bestSummary, primaryCoreLog, runGroups } from '../../formats/azure/run-groups.ts';
import type { RunGroup } from '../../formats/azure/run-groups.ts';
import { operationOf } from '../../formats/azure/runs.ts';
import { notApplicable } from '../define-rule.ts';
import type { Verdict } from '../define-rule.ts';
import { oncePer } from '../../domain/once.ts';

export { bestSummary, ofMember, primaryCoreLog } from '../../formats/azure/run-groups.ts';
export type { RunGroup } from '../../formats/azure/run-groups.ts';
export {
  cutoffs,
  operationOf,
  platformOf,
  settingsOf,
  startedAt,
  windowOf,
} from '../../formats/azure/runs.ts';

/** Witnesses beyond this many are counted, not cited. */
export const mostCited = 20;

export type Trouble = EvidenceEvent<'azure/trouble'>;

const groups = new WeakMap<Evidence, readonly RunGroup[]>();

/** The runs with all that is said of them; joined once per evidence. */
export function groupsOf(evidence: Evidence): readonly RunGroup[] {
  let known = groups.get(evidence);
  if (known === undefined) {
    known = runGroups(evidence);
    groups.set(evidence, known);
  }
  return known;
}

/** One verdict for each run; without any run, nothing is asked. */
export function eachRun(evidence: Evidence, judge: (group: RunGroup) => Verdict): readonly Verdict[] {
  return groupsOf(evidence).map((group) => judge(group));
}

/** Runs that were to install, as settings, status or log tell. */
export function eachInstallation(
  evidence: Evidence,
  judge: (group: RunGroup) => Verdict,
): readonly Verdict[] {
  return eachRun(evidence, (group) => (operationOf(group) === 'Installation' ? judge(group) : notApplicable));
}

/** What the wording calls a run: its sequence number, else its activity. */
export function runName(group: RunGroup): string {
  return group.sequence === null ? (group.activityId ?? '') : String(group.sequence);
}

/** The copies of the summaries that the machine wrote itself, the best of each kind. */
export function ownSummaries(group: RunGroup): readonly Fact<'azure/summary'>[] {
  return (['assessment', 'installation', 'configure', 'no-operation'] as const).flatMap((kind) => {
    const best = bestSummary(group, kind);
    return best === null || best.value.copy === 'service' ? [] : [best];
  });
}

/** Whether the extension's logs of a run are there: of its core, or of a call of its handler. */
export function hasLogs(group: RunGroup): boolean {
  return group.coreLogs.length > 0 || group.calls.length > 0;
}

export function troublesOf(
  group: RunGroup,
  ...kinds: readonly Trouble['detail']['trouble'][]
): readonly Trouble[] {
  const log = primaryCoreLog(group);
  const copies = new Set(group.coreLogs.map(({ citation }) => citation.member));
  return group.troubles.filter(
    ({ detail, citation }) =>
      kinds.includes(detail.trouble) &&
      // A second copy of the same log tells nothing new.
      (!copies.has(citation.member) || citation.member === log?.citation.member),
  );
}

/** Troubles of one kind that belong to no run, those of one log together. */
export function outsideRuns(
  evidence: Evidence,
  kind: Trouble['detail']['trouble'],
): readonly (readonly [Trouble, ...Trouble[]])[] {
  const placed = new Set(groupsOf(evidence).flatMap(({ troubles }) => troubles));
  const byMember = new Map<string, [Trouble, ...Trouble[]]>();
  for (const trouble of evidence.events('azure/trouble')) {
    if (trouble.detail.trouble !== kind || placed.has(trouble)) continue;
    const known = byMember.get(trouble.citation.member);
    if (known === undefined) byMember.set(trouble.citation.member, [trouble]);
    else known.push(trouble);
  }
  return [...byMember.values()];
}

/** An error detail of a summary with the place of that summary. */
export interface CitedDetail {
  readonly code: string;
  readonly message: string;
  readonly citation: Citation;
}

/** Every error detail of a run's summaries, each text once. */
export function detailsOf(group: RunGroup): readonly CitedDetail[] {
  const seen = new Set<string>();
  return group.summaries.flatMap(({ value, citation }) =>
    value.details.flatMap(({ code, message }) => {
      const key = `${value.kind}\0${code}\0${message}`;
      if (seen.has(key)) return [];
      seen.add(key);
      return [{ code, message, citation: { ...citation, quote: `${code}: ${message}` } }];
    }),
  );
}

const machines = new WeakMap<Evidence, ReadonlyMap<string, readonly RunGroup[]>>();

/** By folded device; runs of unknown devices by the folder that they were found in. */
export function byMachine(evidence: Evidence): ReadonlyMap<string, readonly RunGroup[]> {
  let known = machines.get(evidence);
  if (known === undefined) {
    known = groupBy(groupsOf(evidence), (group) => machineKey(evidence, group));
    machines.set(evidence, known);
  }
  return known;
}

/** The runs of the machine that a run is of, itself included, in their order. */
export function runsBeside(evidence: Evidence, group: RunGroup): readonly RunGroup[] {
  return byMachine(evidence).get(machineKey(evidence, group)) ?? [];
}

const devices = new WeakMap<Evidence, ReadonlyMap<string, readonly RunGroup[]>>();

/** The runs of a folded device, by their sequence numbers; of unknown devices together. */
export function runsOfDevice(evidence: Evidence, deviceKey: string): readonly RunGroup[] {
  let known = devices.get(evidence);
  if (known === undefined) {
    known = groupBy(groupsOf(evidence), (group) => evidence.deviceKey(group.device));
    devices.set(evidence, known);
  }
  return known.get(deviceKey) ?? [];
}

/** Asks something of the runs of a machine once: every one of them may want to know. */
export const oncePerRuns: <T>(ask: (runs: readonly RunGroup[]) => T) => (runs: readonly RunGroup[]) => T =
  oncePer;

export function machineKey(evidence: Evidence, group: RunGroup): string {
  const key = evidence.deviceKey(group.device);
  if (key !== '') return key;
  const source = [...group.summaries, ...group.coreLogs, ...group.settings, ...group.calls][0];
  return `?${source?.value.scope ?? ''}`;
}

/** The later of what is known; null where nothing is. */
export function newest(moments: readonly (Moment | null)[]): Moment | null {
  return moments.reduce<Moment | null>(
    (last, at) => (at === null ? last : last === null ? at : laterOf(last, at)),
    null,
  );
}

/** Minutes from one moment to another where both are on one scale; null otherwise. */
export function minutesBetween(a: Moment, b: Moment): number | null {
  const [from, to] = [instantOf(a), instantOf(b)];
  return from === null || to === null ? null : (to - from) / 60_000;
}

/** `0:16:58`: what is left, as the extension's own log writes it. */
export function clockText(minutes: number): string {
  // A thousandth more, lest a whole second be lost to binary fractions.
  const seconds = Math.floor(Math.abs(minutes) * 60 + 0.001);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${minutes < 0 ? '-' : ''}${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** Of the reports of an agent that a bundle holds, the newest of each machine. */
export function newestAgents(evidence: Evidence): readonly Fact<'azure/agent'>[] {
  const best = new Map<string, Fact<'azure/agent'>>();
  for (const fact of evidence.facts('azure/agent')) {
    const key = evidence.deviceKey(fact.device) || `?${fact.citation.member}`;
    const known = best.get(key);
    if (
      known === undefined ||
      (fact.value.at !== null &&
        (known.value.at === null || order(known.value.at, fact.value.at) === 'before'))
    )
      best.set(key, fact);
  }
  return [...best.values()];
}
