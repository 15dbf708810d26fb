import { groupBy } from '../../domain/group-by.ts';
import type { Citation, Fact, PatchRecord } from '../../domain/evidence.ts';
import { isMoment, laterOf, order, type At, type Moment } from '../../domain/moment.ts';
import { findKb, foldText } from '../../domain/names.ts';
import type { Evidence, PatchOnDevice } from '../../evidence/evidence.ts';
import type { KaceAction, KacePatchStatus, KaceReboot, KaceScheduleFact } from '../../formats/kace/facts.ts';

/**
 * What the KACE rules ask of the evidence again and again, indexed once per evidence. Every index is
 * linear in the facts and records, so that no rule has to look through all of them for one pair.
 */
export interface KaceView {
  readonly evidence: Evidence;
  /** Pairs of the appliance, in order of first appearance. */
  readonly pairs: readonly PatchOnDevice[];
  /** Pairs by patch key. */
  readonly pairsByPatch: ReadonlyMap<string, readonly PatchOnDevice[]>;
  readonly schedules: readonly KaceSchedule[];
  /** By patch key: only patches of which a page states something besides records. */
  readonly patches: ReadonlyMap<string, KacePatch>;
  readonly pages: readonly Fact<'kace/page'>[];
  /** Device pages by folded device name. */
  readonly devicePages: ReadonlyMap<string, readonly Fact<'kace/page'>[]>;
  /** Records by the member that states them, KACE only. */
  readonly recordsByMember: ReadonlyMap<string, readonly PatchRecord[]>;
  /** Folded device name to the name as the first source writes it. */
  readonly deviceNames: ReadonlyMap<string, string>;
}

/** A patch schedule, all of its saved pages together. */
export interface KaceSchedule {
  readonly key: string;
  readonly name: string | null;
  readonly action: KaceAction;
  readonly detectLabels: readonly string[] | null;
  readonly deployLabels: readonly string[] | null;
  readonly maxAttempts: number | null;
  readonly reboot: KaceReboot;
  readonly rebootRaw: string | null;
  readonly lastRun: At;
  /** The newest page that states the schedule. */
  readonly fact: Fact<'kace/schedule'>;
  /** Where each value stands: on the newest page that tells it. */
  readonly places: Readonly<Record<ScheduleField, Citation>>;
  /** The table per device by folded device name; empty when no page has one. */
  readonly devices: ReadonlyMap<string, Fact<'kace/schedule-device'>>;
}

export type ScheduleField = keyof NonNullable<KaceScheduleFact['places']>;

/** What the pages say of a patch itself; each statement with the fact that makes it. */
export interface KacePatch {
  readonly key: string;
  readonly name: string;
  /** null when no page tells; `unknown` never stands here. */
  readonly status: {
    readonly value: Exclude<KacePatchStatus, 'unknown'>;
    readonly fact: Fact<'kace/patch'>;
  } | null;
  readonly labels: { readonly value: readonly string[]; readonly fact: Fact<'kace/patch'> } | null;
  readonly files: {
    readonly value: readonly { readonly name: string; readonly downloaded: boolean | null }[];
    readonly fact: Fact<'kace/patch'>;
  } | null;
  /** The patch that replaces it; null when no page names one. */
  readonly supersededBy: string | null;
}

const views = new WeakMap<Evidence, KaceView>();

/** The view of an evidence, made when first asked for. */
export function kaceView(evidence: Evidence): KaceView {
  let view = views.get(evidence);
  if (view === undefined) {
    view = makeView(evidence);
    views.set(evidence, view);
  }
  return view;
}

function makeView(evidence: Evidence): KaceView {
  const others = evidence.pairs.some((pair) => pair.system !== 'kace-sma');
  const pairs = others ? evidence.pairs.filter((pair) => pair.system === 'kace-sma') : evidence.pairs;
  const pages = evidence.facts('kace/page');
  return {
    evidence,
    pairs,
    pairsByPatch: groupBy(pairs, (pair) => pair.patchKey),
    schedules: readSchedules(evidence, pages),
    patches: readPatches(evidence, pages),
    pages,
    devicePages: groupBy(
      pages.filter((page) => page.value.kind === 'device-page'),
      (page) => evidence.deviceKey(page.device ?? page.value.subject),
    ),
    deviceNames: new Map(evidence.devices.map((device) => [device.key, device.name])),
    recordsByMember: groupBy(
      evidence.records.filter((record) => record.system === 'kace-sma'),
      (record) => record.citation.member,
    ),
  };
}

/** Where a field of a fact stands: its own row, else the fact's place. */
export function fieldPlace<T extends 'kace/patch' | 'kace/schedule'>(
  fact: Fact<T>,
  field: keyof NonNullable<Fact<T>['value']['places']>,
): Citation {
  const places: Readonly<Partial<Record<PropertyKey, Citation>>> = fact.value.places ?? {};
  return places[field] ?? fact.citation;
}

/** Newest capture first where the capture times can be ordered; the bundle's order otherwise. */
function newestFirst<T extends 'kace/schedule' | 'kace/patch'>(
  facts: readonly Fact<T>[],
  capturedAt: ReadonlyMap<string, Moment>,
): Fact<T>[] {
  const sorted: Fact<T>[] = [];
  for (const fact of facts) {
    const mine = capturedAt.get(fact.citation.member);
    const at = sorted.findIndex((other) => {
      const its = capturedAt.get(other.citation.member);
      return mine !== undefined && its !== undefined && order(mine, its) === 'after';
    });
    if (at < 0) sorted.push(fact);
    else sorted.splice(at, 0, fact);
  }
  return sorted;
}

function captureTimes(pages: readonly Fact<'kace/page'>[]): Map<string, Moment> {
  const times = new Map<string, Moment>();
  for (const page of pages) {
    if (page.value.capturedAt !== null) times.set(page.citation.member, page.value.capturedAt);
  }
  return times;
}

/** A schedule without a name is the schedule of its member; one with a name may be saved more than once. */
function scheduleKey(name: string | null, member: string): string {
  return name === null ? `member ${member}` : `name ${foldText(name)}`;
}

function readSchedules(evidence: Evidence, pages: readonly Fact<'kace/page'>[]): KaceSchedule[] {
  const capturedAt = captureTimes(pages);
  const facts = evidence.facts('kace/schedule');
  const byKey = groupBy(facts, (fact) => scheduleKey(fact.value.name, fact.citation.member));
  const keyOfMember = new Map(
    facts.map((fact) => [fact.citation.member, scheduleKey(fact.value.name, fact.citation.member)]),
  );
  const devices = groupBy(evidence.facts('kace/schedule-device'), (fact) =>
    fact.value.schedule === null
      ? (keyOfMember.get(fact.citation.member) ?? scheduleKey(null, fact.citation.member))
      : scheduleKey(fact.value.schedule, fact.citation.member),
  );
  return [...byKey].map(([key, group]) => {
    const [newest, ...older] = newestFirst(group, capturedAt);
    if (newest === undefined) throw new Error(`a schedule without a fact: ${key}`);
    const facts = [newest, ...older];
    const all = facts.map((fact) => fact.value);
    const lastRun = all.reduce<At>((latest, value) => laterAt(latest, value.lastRun), null);
    const at = (field: ScheduleField, states: (value: KaceScheduleFact) => boolean): Citation =>
      fieldPlace(facts.find((fact) => states(fact.value)) ?? newest, field);
    return {
      key,
      name: newest.value.name,
      action: all.find((value) => value.action !== 'unknown')?.action ?? 'unknown',
      detectLabels: firstStated(all, (value) => value.detectLabels),
      deployLabels: firstStated(all, (value) => value.deployLabels),
      maxAttempts: firstStated(all, (value) => value.maxAttempts),
      reboot: all.find((value) => value.reboot !== 'unknown')?.reboot ?? 'unknown',
      rebootRaw: firstStated(all, (value) => value.rebootRaw),
      lastRun,
      fact: newest,
      places: {
        action: at('action', (value) => value.action !== 'unknown'),
        detectLabels: at('detectLabels', (value) => value.detectLabels !== null),
        deployLabels: at('deployLabels', (value) => value.deployLabels !== null),
        maxAttempts: at('maxAttempts', (value) => value.maxAttempts !== null),
        reboot: at('reboot', (value) => value.reboot !== 'unknown'),
        lastRun: at('lastRun', (value) => value.lastRun === lastRun),
      },
      devices: readScheduleDevices(evidence, devices.get(key) ?? []),
    };
  });
}

/** One row per device: of several the one with the latest run, the first when none is later. */
function readScheduleDevices(
  evidence: Evidence,
  facts: readonly Fact<'kace/schedule-device'>[],
): Map<string, Fact<'kace/schedule-device'>> {
  const devices = new Map<string, Fact<'kace/schedule-device'>>();
  for (const fact of facts) {
    const key = evidence.deviceKey(fact.device);
    if (key === '') continue;
    const known = devices.get(key)?.value.lastRun;
    if (known === undefined || laterAt(known, fact.value.lastRun) !== known) devices.set(key, fact);
  }
  return devices;
}

function firstStated<T, V>(values: readonly T[], read: (value: T) => V | null): V | null {
  for (const value of values) {
    const stated = read(value);
    if (stated !== null) return stated;
  }
  return null;
}

function laterAt(a: At, b: At): At {
  if (isMoment(a) && isMoment(b)) return laterOf(a, b);
  if (isMoment(a)) return a;
  return isMoment(b) ? b : (a ?? b);
}

function readPatches(evidence: Evidence, pages: readonly Fact<'kace/page'>[]): Map<string, KacePatch> {
  const capturedAt = captureTimes(pages);
  const named = evidence.facts('kace/patch').filter((fact) => fact.patch !== null);
  const byKey = groupBy(named, (fact) => patchKeyOf(evidence, fact.patch ?? ''));
  const patches = new Map<string, KacePatch>();
  for (const [key, group] of byKey) {
    const facts = newestFirst(group, capturedAt);
    patches.set(key, {
      key,
      name: group[0]?.patch ?? '',
      status: firstStated(facts, (fact) =>
        fact.value.status === 'unknown' ? null : { value: fact.value.status, fact },
      ),
      labels: firstStated(facts, (fact) =>
        fact.value.labels === null ? null : { value: fact.value.labels, fact },
      ),
      files: firstStated(facts, (fact) =>
        fact.value.files === null ? null : { value: fact.value.files, fact },
      ),
      supersededBy: firstStated(facts, (fact) => fact.value.supersededBy || null),
    });
  }
  return patches;
}

/** The key of a patch that a fact or a page names. */
export function patchKeyOf(evidence: Evidence, patch: string): string {
  return evidence.patchKey('kace-sma', { patch, kb: findKb(patch), updateId: null });
}

/** Whether a patch is in a label list: by name, without regard to width, case and blanks. */
export function sharesLabel(a: readonly string[], b: readonly string[]): boolean {
  const folded = new Set(a.map(foldText));
  return b.some((label) => folded.has(foldText(label)));
}

/** Whether a schedule with this action brings patches onto devices; an unknown action may. */
export function mayDeploy(action: KaceAction): boolean {
  return action === 'deploy' || action === 'detect-and-deploy' || action === 'unknown';
}

/** Whether a schedule with this action looks for patches. */
export function mayDetect(action: KaceAction): boolean {
  return action !== 'deploy' && action !== 'rollback';
}

/** `no`: by action, device table or labels; `yes`: by labels; `open`: the labels of either side are unknown. */
export type ScheduleRelation = 'yes' | 'no' | 'open';

/** Whether a schedule deploys a patch, on a device where one is given. */
export function relationOf(
  schedule: KaceSchedule,
  patch: KacePatch | undefined,
  deviceKey: string | null,
): ScheduleRelation {
  if (!mayDeploy(schedule.action)) return 'no';
  const listsDevices = schedule.devices.size > 0;
  if (deviceKey !== null && listsDevices && !schedule.devices.has(deviceKey)) return 'no';
  const labels = patch?.labels?.value;
  // A schedule without any deploy label is not restricted by labels, as far as the page tells.
  if (labels === undefined || schedule.deployLabels === null || schedule.deployLabels.length === 0)
    return 'open';
  return sharesLabel(labels, schedule.deployLabels) ? 'yes' : 'no';
}

/** The schedules that deploy a patch on a device, as far as the bundle tells. */
export interface Deployers {
  readonly certain: readonly KaceSchedule[];
  /** Schedules that may deploy it: labels unknown and more than one candidate, or no device table. */
  readonly possible: readonly KaceSchedule[];
}

/**
 * The schedules that deploy a pair. Labels decide where both sides know them. Without labels a
 * schedule still counts when its device table lists the device and no other schedule of the bundle
 * could have deployed the patch there: with one candidate there is nothing to confuse it with. Two
 * or more such candidates stay possible, never certain.
 */
export function deployersOf(view: KaceView, pair: PatchOnDevice): Deployers {
  // Every record of a pair asks; most pairs have one.
  if (pair.records.length === 1) return findDeployers(view, pair);
  let known = deployers.get(pair);
  if (known?.view !== view) {
    known = { view, found: findDeployers(view, pair) };
    deployers.set(pair, known);
  }
  return known.found;
}

const deployers = new WeakMap<PatchOnDevice, { readonly view: KaceView; readonly found: Deployers }>();

function findDeployers(view: KaceView, pair: PatchOnDevice): Deployers {
  const patch = view.patches.get(pair.patchKey);
  const yes: KaceSchedule[] = [];
  const open: KaceSchedule[] = [];
  for (const schedule of view.schedules) {
    const relation = relationOf(schedule, patch, pair.deviceKey);
    if (relation === 'yes') yes.push(schedule);
    if (relation === 'open') open.push(schedule);
  }
  const [only] = open;
  if (yes.length === 0 && open.length === 1 && only?.devices.has(pair.deviceKey) === true) {
    return { certain: [only], possible: [] };
  }
  return { certain: yes, possible: open };
}

/** What says that a patch is meant for a device. */
export type TargetProof = Fact<'kace/schedule-device'> | PatchRecord;

/**
 * The devices that a patch is meant for, by folded name, each with what says so: the device tables of
 * the schedules that have the patch in a label (or of the only schedule, where labels are unknown),
 * and every record that does not call the patch inapplicable.
 */
export function targetsOf(view: KaceView, patchKey: string): ReadonlyMap<string, TargetProof> {
  const targets = new Map<string, TargetProof>(scheduledFor(view, patchKey));
  for (const pair of view.pairsByPatch.get(patchKey) ?? []) {
    if (pair.deviceKey === '' || targets.has(pair.deviceKey)) continue;
    const record = pair.records.find((one) => one.detection.status !== 'not-applicable');
    if (record !== undefined) targets.set(pair.deviceKey, record);
  }
  return targets;
}

/** Those of {@link targetsOf} that a schedule's device table names. */
export function scheduledFor(view: KaceView, patchKey: string): ReadonlyMap<string, TargetProof> {
  const schedules = schedulesFor(view, view.patches.get(patchKey));
  const [only] = schedules;
  if (schedules.length === 1 && only !== undefined) return only.devices;
  const scheduled = new Map<string, TargetProof>();
  for (const schedule of schedules) {
    for (const [key, fact] of schedule.devices) if (!scheduled.has(key)) scheduled.set(key, fact);
  }
  return scheduled;
}

/** The schedules that detect or deploy a patch: by labels, else the only one that labels do not exclude. */
function schedulesFor(view: KaceView, patch: KacePatch | undefined): readonly KaceSchedule[] {
  const labels = patch?.labels?.value;
  const open: KaceSchedule[] = [];
  const yes: KaceSchedule[] = [];
  for (const schedule of view.schedules) {
    const known = [schedule.detectLabels, schedule.deployLabels].filter(
      (list): list is readonly string[] => list !== null && list.length > 0,
    );
    if (labels === undefined || known.length === 0) open.push(schedule);
    else if (known.some((list) => sharesLabel(labels, list))) yes.push(schedule);
  }
  return yes.length === 0 && open.length === 1 ? open : yes;
}

/** Whether a patch is in a label of one side of the schedules. */
export type LabelSide = 'in' | 'none' | 'unknown';

/**
 * Whether a patch is in any detect or any deploy label of the schedules. `none` only when the patch's
 * labels and those of every schedule that could take it are known.
 */
export function labelSide(view: KaceView, patch: KacePatch, side: 'detect' | 'deploy'): LabelSide {
  if (patch.labels === null) return 'unknown';
  let known = 0;
  let open = 0;
  for (const schedule of view.schedules) {
    const labels = side === 'detect' ? schedule.detectLabels : schedule.deployLabels;
    if (labels !== null && labels.length > 0) {
      if (sharesLabel(patch.labels.value, labels)) return 'in';
      known += 1;
    } else if (side === 'detect' ? mayDetect(schedule.action) : mayDeploy(schedule.action)) {
      open += 1;
    }
  }
  return known > 0 && open === 0 ? 'none' : 'unknown';
}

/** When a schedule last ran on a device: the device's own row before the schedule's line. */
export function lastRunOn(schedule: KaceSchedule, deviceKey: string): At {
  const own = schedule.devices.get(deviceKey)?.value.lastRun ?? null;
  return own ?? schedule.lastRun;
}

/** Where that stands. */
export function lastRunPlace(schedule: KaceSchedule, deviceKey: string): Citation {
  const own = schedule.devices.get(deviceKey);
  return own !== undefined && own.value.lastRun !== null ? own.citation : schedule.places.lastRun;
}
