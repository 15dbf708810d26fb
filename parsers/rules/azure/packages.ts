import type { EvidenceEvent, Fact } from '../../domain/evidence.ts';
import type { Witness } from '../../domain/finding.ts';
import { order } from '../../domain/moment.ts';
import type { Moment } from '../../domain/moment.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import type { AzurePatch } from '../../formats/azure/facts.ts';
import { cannotTell, consistent, defineRule, found, notApplicable, place } from '../define-rule.ts';
import type { Verdict } from '../define-rule.ts';
import { atText } from '../parameters.ts';
import {
  bestSummary,
  eachInstallation,
  groupsOf,
  machineKey,
  mostCited,
  ofMember,
  operationOf,
  platformOf,
  primaryCoreLog,
  runName,
  troublesOf,
} from './view.ts';
import type { RunGroup } from './view.ts';
import { lineIn } from './window.ts';

/** A batch that fails is tried again one by one, and its packages count twice in the progress line. */
export const attemptCounterInflated = defineRule({
  id: 'azure/attempt-counter-inflated',
  kind: 'contradiction',
  severity: 'medium',
  system: 'azure-update-manager',
  looksAt: 'bundle',
  needs: ['azure/core-log', 'azure/status'],
  source: 'src',
  check: (_bundle, evidence) =>
    eachInstallation(evidence, (group) => {
      const fact = primaryCoreLog(group);
      const progress = fact?.value.progress ?? null;
      if (fact === null || progress === null) return notApplicable;
      const targeted = targetedPatches(group);
      if (targeted === null) return cannotTell('azure-complete-status', group.device);
      const dependencies = Math.max(progress.dependencies, fact.value.dependencyPackages);
      const { attempted, failed } = progress;
      if (attempted <= targeted.count + dependencies && failed <= targeted.count) return consistent;
      const commands = ofMember(group.commands, fact);
      return found({
        device: group.device,
        parameters: {
          run: runName(group),
          attempted,
          failed,
          succeeded: progress.succeeded,
          patches: targeted.count,
          commands: commands.length,
        },
        witnesses: [
          place(lineIn(fact.citation, progress), 'azure-progress', { attempted, failed }),
          ...targeted.witnesses,
          ...commands
            .slice(0, mostCited)
            .map(({ citation, detail }) =>
              place(citation, 'azure-install-of', { packages: detail.packages.length, code: detail.code }),
            ),
        ],
      });
    }),
});

const untargeted: ReadonlySet<string> = new Set(['NotSelected', 'Excluded']);

/** The patches of a run's final list that it was to install; null when the list is not whole. */
function targetedPatches(
  group: RunGroup,
): { readonly count: number; readonly witnesses: readonly Witness[] } | null {
  const summary = bestSummary(group, 'installation');
  if (summary !== null && summary.value.copy !== 'service') {
    const { value, citation } = summary;
    if (value.cut || value.truncated) return null;
    const count = value.patches.filter(({ state }) => !untargeted.has(state ?? '')).length;
    return { count, witnesses: [place(citation, 'azure-patch-list', { patches: count })] };
  }
  const last = new Map<string, string>();
  for (const { detail } of ofMember(group.states, primaryCoreLog(group)))
    last.set(`${detail.name}\0${detail.version}`, detail.state);
  if (last.size === 0) return null;
  return { count: [...last.values()].filter((state) => !untargeted.has(state)).length, witnesses: [] };
}

/** The package manager answered 0, and the package is not there. */
export const exitZeroButNotInstalled = defineRule({
  id: 'azure/exit-zero-but-not-installed',
  kind: 'contradiction',
  severity: 'high',
  system: 'azure-update-manager',
  looksAt: 'bundle',
  needs: ['azure/core-log'],
  source: 'src',
  check: (_bundle, evidence) =>
    groupsOf(evidence).flatMap((group): readonly Verdict[] => {
      if (operationOf(group) !== 'Installation' || platformOf(group) === 'windows') return [];
      if (group.coreLogs.length === 0) {
        const failed = (bestSummary(group, 'installation')?.value.patches ?? []).some(
          ({ state }) => state === 'Failed',
        );
        return failed ? [cannotTell('azure-core-log', group.device)] : [];
      }
      const byPackage = new Map<string, EvidenceEvent<'azure/trouble'>[]>();
      for (const trouble of troublesOf(group, 'not-installed-code-zero')) {
        const name = trouble.detail.package ?? '';
        byPackage.set(name, [...(byPackage.get(name) ?? []), trouble]);
      }
      return [...byPackage].map(([name, lines]) =>
        found({
          device: group.device,
          patch: name === '' ? null : name,
          parameters: { run: runName(group), count: lines.length, toldAt: atText(lines[0]?.at ?? null) },
          witnesses: [
            ...lines
              .slice(0, mostCited)
              .map(({ citation, at }) => place(citation, 'azure-not-installed', { toldAt: atText(at) })),
            ...commandWitnesses(group, name),
          ],
        }),
      );
    }),
});

/** The install commands that ended well and contain the package; without one, the line's own words. */
function commandWitnesses(group: RunGroup, name: string): readonly Witness[] {
  const commands = ofMember(group.commands, primaryCoreLog(group)).filter(
    ({ detail }) =>
      detail.code === 0 && detail.packages.some((word) => word === name || word.startsWith(name)),
  );
  if (commands.length === 0) {
    const [line] = troublesOf(group, 'not-installed-code-zero').filter(
      ({ detail }) => (detail.package ?? '') === name,
    );
    return line === undefined ? [] : [place(line.citation, 'azure-install-of', { packages: 1, code: 0 })];
  }
  return commands
    .slice(0, mostCited)
    .map(({ citation, detail }) =>
      place(citation, 'azure-install-of', { packages: detail.packages.length, code: detail.code }),
    );
}

/** Installed by the run's own word, and neither the package manager's log nor a later assessment agrees. */
export const installedWithoutProof = defineRule({
  id: 'azure/installed-without-proof',
  kind: 'contradiction',
  severity: 'high',
  system: 'azure-update-manager',
  looksAt: 'bundle',
  needs: ['azure/status', 'azure/package-log'],
  source: 'src',
  check: (_bundle, evidence) => groupsOf(evidence).flatMap((group) => judgeProof(group, evidence)),
});

interface Listing {
  readonly summary: Fact<'azure/summary'>;
  readonly patch: AzurePatch;
}

function judgeProof(group: RunGroup, evidence: Evidence): readonly Verdict[] {
  const installation = bestSummary(group, 'installation');
  if (installation === null || installation.value.copy === 'service') return [];
  // What waits for its restart may be listed until then.
  const waits = /^(?:Required|Started)$/u.test(installation.value.rebootStatus ?? '');
  const installed = installation.value.patches.filter(({ state }) => state === 'Installed');
  if (installed.length === 0) return [];
  const later = laterAssessments(group, installation, evidence);
  const listed = new Map<string, Listing>();
  for (const summary of later) {
    if (summary.value.rebootPending === true) continue;
    for (const patch of summary.value.patches) {
      const key = keyOf(patch);
      if (!listed.has(key)) listed.set(key, { summary, patch });
    }
  }
  const proof = new PackageProof(group, evidence);
  const lines = installedLines(group);
  return installed.map((patch): Verdict => {
    const state = lines.get(keyOf(patch));
    const told: Witness = place(
      state?.citation ?? { ...installation.citation, quote: patch.quote },
      'azure-said-installed',
      { toldAt: atText(state?.at ?? installation.value.modifiedTime) },
    );
    const again = waits ? undefined : listed.get(keyOf(patch));
    if (again !== undefined) {
      return found({
        device: group.device,
        patch: patch.name,
        parameters: {
          run: runName(group),
          why: 'listed',
          version: patch.version,
          assessedAt: atText(again.summary.value.modifiedTime),
          manager: null,
        },
        witnesses: [
          told,
          place({ ...again.summary.citation, quote: again.patch.quote }, 'azure-still-listed', {
            assessedAt: atText(again.summary.value.modifiedTime),
          }),
        ],
      });
    }
    const answer = proof.of(patch, state?.at ?? installation.value.modifiedTime);
    if (answer.is === 'missing') {
      return found({
        device: group.device,
        patch: patch.name,
        parameters: {
          run: runName(group),
          why: 'no-record',
          version: patch.version,
          assessedAt: null,
          manager: answer.log.value.manager,
        },
        witnesses: [
          told,
          place(answer.log.citation, 'azure-package-log-covers', {
            firstAt: atText(answer.log.value.firstAt),
            lastAt: atText(answer.log.value.lastAt),
          }),
        ],
      });
    }
    if (answer.is === 'proven' || later.length > 0 || platformOf(group) === 'windows') return consistent;
    return cannotTell('azure-package-log', group.device);
  });
}

function keyOf({ name, version }: AzurePatch): string {
  return `${name}\0${version ?? ''}`;
}

/** The first line of the core log that calls each package installed. */
function installedLines(group: RunGroup): ReadonlyMap<string, EvidenceEvent<'azure/patch-state'>> {
  const lines = new Map<string, EvidenceEvent<'azure/patch-state'>>();
  for (const event of ofMember(group.states, primaryCoreLog(group))) {
    const { name, version, state } = event.detail;
    const key = `${name}\0${version}`;
    if (state === 'Installed' && !lines.has(key)) lines.set(key, event);
  }
  return lines;
}

/** Assessments that surely came after the installation: by the order of the log's lines, or by time. */
function laterAssessments(
  group: RunGroup,
  installation: Fact<'azure/summary'>,
  evidence: Evidence,
): readonly Fact<'azure/summary'>[] {
  const own = bestSummary(group, 'assessment');
  const log = primaryCoreLog(group)?.value ?? null;
  const after: Fact<'azure/summary'>[] = [];
  if (own !== null && own.value.copy !== 'service' && own.value.status === 'success') {
    const byLine =
      log !== null &&
      log.assessmentCompleted !== null &&
      (log.assessment?.line ?? 0) > (log.progress?.line ?? log.installation?.line ?? Infinity) &&
      own.value.activityId !== null &&
      own.value.activityId === log.activityId;
    if (byLine || isAfter(own.value.modifiedTime, installation.value.modifiedTime)) after.push(own);
  }
  const machine = machineKey(evidence, group);
  for (const other of groupsOf(evidence)) {
    if (other === group || machineKey(evidence, other) !== machine) continue;
    const summary = bestSummary(other, 'assessment');
    if (summary?.value.status !== 'success' || summary.value.copy === 'service') continue;
    if (isAfter(summary.value.modifiedTime, installation.value.modifiedTime)) after.push(summary);
  }
  return after;
}

function isAfter(a: Moment | null, b: Moment | null): boolean {
  return a !== null && b !== null && order(a, b) === 'after';
}

type Proof =
  | { readonly is: 'proven' }
  | { readonly is: 'missing'; readonly log: Fact<'azure/package-log'> }
  | { readonly is: 'unknown' };

/** What the package manager's logs of a machine say of its packages. */
class PackageProof {
  readonly #logs: readonly Fact<'azure/package-log'>[];
  readonly #packages: ReadonlyMap<string, readonly EvidenceEvent<'azure/package'>[]>;

  constructor(group: RunGroup, evidence: Evidence) {
    const key = evidence.deviceKey(group.device);
    const isOwn = (device: string | null): boolean => evidence.deviceKey(device) === key;
    this.#logs = evidence.facts('azure/package-log').filter(({ device }) => isOwn(device));
    this.#packages = packagesOf(evidence, key);
  }

  of(patch: AzurePatch, at: Moment | null): Proof {
    if (this.#logs.length === 0) return { is: 'unknown' };
    const records = namesOf(patch).flatMap((name) => this.#packages.get(name) ?? []);
    const version = plainVersion(patch.version);
    if (
      records.some(
        ({ detail }) =>
          detail.action === 'installed' && (version === null || plainVersion(detail.version) === version),
      )
    )
      return { is: 'proven' };
    const covering = this.#logs.find(
      ({ value }) =>
        at !== null &&
        value.firstAt !== null &&
        value.lastAt !== null &&
        order(value.firstAt, at) === 'before' &&
        order(value.lastAt, at) === 'after',
    );
    return covering === undefined ? { is: 'unknown' } : { is: 'missing', log: covering };
  }
}

const packageIndexes = new WeakMap<Evidence, Map<string, Map<string, EvidenceEvent<'azure/package'>[]>>>();

function packagesOf(
  evidence: Evidence,
  deviceKey: string,
): ReadonlyMap<string, readonly EvidenceEvent<'azure/package'>[]> {
  let index = packageIndexes.get(evidence);
  if (index === undefined) {
    index = new Map();
    for (const event of evidence.events('azure/package')) {
      const key = evidence.deviceKey(event.device);
      let packages = index.get(key);
      if (packages === undefined) {
        packages = new Map();
        index.set(key, packages);
      }
      for (const name of [event.detail.name, withoutArch(event.detail.name)]) {
        const list = packages.get(name);
        if (list === undefined) packages.set(name, [event]);
        else if (list.at(-1) !== event) list.push(event);
      }
    }
    packageIndexes.set(evidence, index);
  }
  return index.get(deviceKey) ?? new Map<string, EvidenceEvent<'azure/package'>[]>();
}

function namesOf({ name }: AzurePatch): readonly string[] {
  const bare = withoutArch(name);
  return bare === name ? [name] : [name, bare];
}

function withoutArch(name: string): string {
  return name
    .replace(/\.(?:noarch|x86_64|i[3-6]86|aarch64|ppc64le|s390x|src)$/u, '')
    .replace(/:[a-z\d]+$/u, '');
}

/** Without the epoch, which not every log writes. */
function plainVersion(version: string | null): string | null {
  return version === null || version === '' ? null : version.replace(/^\d+:/u, '');
}

/** Installations by somebody else inside the window of an Update Manager run. */
export const wrongOwner = defineRule({
  id: 'azure/wrong-owner',
  kind: 'fault',
  severity: 'medium',
  system: 'azure-update-manager',
  looksAt: 'bundle',
  needs: ['azure/settings', 'azure/package-log', 'windows-update/reporting-events'],
  source: 'S1',
  check: (_bundle, evidence) => groupsOf(evidence).flatMap((group) => judgeOwner(group, evidence)),
});

/** The names under which Update Manager's own parts install (Windows), and how its Linux part calls apt. */
const ownCallers =
  /Azure VM Guest Patching|UpdateManagementActionExec|WindowsPatchExtension|WindowsOsUpdateExtension/iu;
const ownCommand = /--only-upgrade|LinuxPatchExtension|LinuxOsUpdateExtension|azgps/u;
/** Numbers of the client's reporting events for an installation: begun, succeeded, waiting for a restart. */
const installReports: ReadonlySet<number> = new Set([181, 183, 201]);

interface Foreign {
  readonly at: Moment;
  readonly by: string;
  readonly event: EvidenceEvent;
}

function judgeOwner(group: RunGroup, evidence: Evidence): readonly Verdict[] {
  if (operationOf(group) !== 'Installation') return [];
  const foreign = foreignInstalls(group, evidence);
  if (foreign.length === 0) return [];
  const run = runSpan(group);
  if (run === null) return [cannotTell('azure-window', group.device)];
  const inside = foreign.filter(({ at }) => {
    const [start, end] = [order(at, run.start), order(at, run.end)];
    return (start === 'after' || start === 'same') && (end === 'before' || end === 'same');
  });
  const undecided = foreign.some(
    ({ at }) => order(at, run.start) === 'undecidable' || order(at, run.end) === 'undecidable',
  );
  const [first] = inside;
  if (first === undefined) return undecided ? [cannotTell('clock-offset', group.device)] : [consistent];
  return [
    found({
      device: group.device,
      parameters: {
        run: runName(group),
        callers: [...new Set(inside.map(({ by }) => by))],
        count: inside.length,
        startAt: atText(run.start),
        endAt: atText(run.end),
        firstAt: atText(first.at),
      },
      witnesses: inside
        .slice(0, mostCited)
        .map(({ event, at, by }) =>
          place(event.citation, 'azure-foreign-install', { caller: by, toldAt: atText(at) }),
        ),
    }),
  ];
}

/** The window as it was set, else the time in which the run worked. */
function runSpan(group: RunGroup): { readonly start: Moment; readonly end: Moment } | null {
  const settings = group.settings[0]?.value ?? null;
  const log = primaryCoreLog(group)?.value ?? null;
  const start = settings?.startTime ?? log?.requestedStart ?? null;
  const minutes = settings?.minutes ?? log?.windowMinutes ?? null;
  if (start === null || minutes === null) return null;
  return { start, end: { ...start, raw: '', local: start.local + minutes * 60_000 } };
}

function foreignInstalls(group: RunGroup, evidence: Evidence): readonly Foreign[] {
  const key = evidence.deviceKey(group.device);
  const installs: Foreign[] = [];
  for (const event of evidence.events('windows-update/report')) {
    const { caller, report } = event.detail;
    if (event.at === null || caller === null || !installReports.has(report) || ownCallers.test(caller))
      continue;
    if (evidence.deviceKey(event.device) === key) installs.push({ at: event.at, by: caller, event });
  }
  for (const event of evidence.events('azure/package')) {
    const { by, action } = event.detail;
    if (event.at === null || by === null || action !== 'installed' || ownCommand.test(by)) continue;
    if (!/(?:unattended-upgrade|upgrade|install)/u.test(by)) continue;
    if (evidence.deviceKey(event.device) === key) installs.push({ at: event.at, by, event });
  }
  return installs;
}
