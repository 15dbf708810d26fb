import { groupBy } from '../../domain/group-by.ts';
import type { EvidenceEvent, Fact } from '../../domain/evidence.ts';
import type { Witness } from '../../domain/finding.ts';
import { order } from '../../domain/moment.ts';
import type { Moment } from '../../domain/moment.ts';
import { OrderedMoments } from '../../domain/ordered-moments.ts';
import type { MomentTest } from '../../domain/ordered-moments.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import type { AzurePatch } from '../../formats/azure/facts.ts';
import { cannotTell, consistent, defineRule, found, notApplicable, place } from '../define-rule.ts';
import type { Verdict } from '../define-rule.ts';
import { atText } from '../parameters.ts';
import {
  bestSummary,
  eachInstallation,
  groupsOf,
  mostCited,
  ofMember,
  oncePerRuns,
  operationOf,
  platformOf,
  primaryCoreLog,
  runName,
  runsBeside,
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
        const list = byPackage.get(name);
        if (list === undefined) byPackage.set(name, [trouble]);
        else list.push(trouble);
      }
      const succeeded = ofMember(group.commands, primaryCoreLog(group)).filter(
        ({ detail }) => detail.code === 0,
      );
      const commands = commandsOfPackages(succeeded, byPackage.keys());
      return [...byPackage].map(([name, lines]) =>
        found({
          device: group.device,
          patch: name === '' ? null : name,
          parameters: { run: runName(group), count: lines.length, toldAt: atText(lines[0]?.at ?? null) },
          witnesses: [
            ...lines
              .slice(0, mostCited)
              .map(({ citation, at }) => place(citation, 'azure-not-installed', { toldAt: atText(at) })),
            ...commandWitnesses(commands.get(name) ?? [], lines[0]),
          ],
        }),
      );
    }),
});

type InstallCommand = EvidenceEvent<'azure/install-command'>;

/** Of each package the first commands that contain it: a word of theirs is its name, or starts with it. */
function commandsOfPackages(
  commands: readonly InstallCommand[],
  names: Iterable<string>,
): ReadonlyMap<string, readonly InstallCommand[]> {
  const found = new Map<string, InstallCommand[]>();
  for (const name of names) found.set(name, []);
  const lengths = [...new Set([...found.keys()].map(({ length }) => length))];
  for (const command of commands) {
    for (const word of new Set(command.detail.packages)) {
      for (const length of lengths) {
        const known = length > word.length ? undefined : found.get(word.slice(0, length));
        if (known !== undefined && known.length < mostCited && known.at(-1) !== command) known.push(command);
      }
    }
  }
  return found;
}

/** The install commands that ended well and contain the package; without one, the line's own words. */
function commandWitnesses(
  commands: readonly InstallCommand[],
  line: EvidenceEvent<'azure/trouble'> | undefined,
): readonly Witness[] {
  if (commands.length === 0 && line !== undefined)
    return [place(line.citation, 'azure-install-of', { packages: 1, code: 0 })];
  return commands.map(({ citation, detail }) =>
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
  const proof = new PackageProof(group, evidence);
  const lines = installedLines(group);
  return installed.map((patch): Verdict => {
    const state = lines.get(keyOf(patch));
    const told: Witness = place(
      state?.citation ?? { ...installation.citation, quote: patch.quote },
      'azure-said-installed',
      { toldAt: atText(state?.at ?? installation.value.modifiedTime) },
    );
    const again = waits ? undefined : later.listing(patch);
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
    if (answer.is === 'proven' || later.any || platformOf(group) === 'windows') return consistent;
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
): LaterAssessments {
  const own = bestSummary(group, 'assessment');
  const log = primaryCoreLog(group)?.value ?? null;
  let isOwnLater = false;
  if (own !== null && own.value.copy !== 'service' && own.value.status === 'success') {
    const byLine =
      log !== null &&
      log.assessmentCompleted !== null &&
      (log.assessment?.line ?? 0) > (log.progress?.line ?? log.installation?.line ?? Infinity) &&
      own.value.activityId !== null &&
      own.value.activityId === log.activityId;
    isOwnLater = byLine || isAfter(own.value.modifiedTime, installation.value.modifiedTime);
  }
  const ownListings = new Map<string, AzurePatch>();
  if (isOwnLater && own !== null && own.value.rebootPending !== true) {
    for (const patch of own.value.patches) {
      const key = keyOf(patch);
      if (!ownListings.has(key)) ownListings.set(key, patch);
    }
  }
  const runs = runsBeside(evidence, group);
  const beside = assessmentsOf(runs);
  const since = installation.value.modifiedTime;
  /** The first run but this one with an assessment after the installation. */
  const firstOther = (times: OrderedMoments | undefined): number | undefined =>
    since === null
      ? undefined
      : times?.firstFew(2, { at: since, is: ['after'] }).find((place) => runs[place] !== group);
  return {
    any: isOwnLater || firstOther(beside.times) !== undefined,
    listing(patch) {
      const key = keyOf(patch);
      const listed = ownListings.get(key);
      if (listed !== undefined && own !== null) return { summary: own, patch: listed };
      const lists = beside.byPatch.get(key);
      const other = firstOther(lists?.times);
      return other === undefined ? undefined : lists?.listings.get(other);
    },
  };
}

interface LaterAssessments {
  readonly any: boolean;
  /** The first of them that still lists a patch. */
  readonly listing: (patch: AzurePatch) => Listing | undefined;
}

interface ListingsOfPatch {
  /** By the place of the run. */
  readonly listings: ReadonlyMap<number, Listing>;
  readonly times: OrderedMoments;
}

/** When the runs of a machine were assessed, and where each patch is listed. */
const assessmentsOf = oncePerRuns((runs) => {
  const best = runs.map((run) => {
    const summary = bestSummary(run, 'assessment');
    return summary?.value.status === 'success' && summary.value.copy !== 'service' ? summary : null;
  });
  const listings = new Map<string, Map<number, Listing>>();
  best.forEach((summary, place) => {
    if (summary === null || summary.value.rebootPending === true) return;
    for (const patch of summary.value.patches) {
      const key = keyOf(patch);
      const known = listings.get(key);
      if (known === undefined) listings.set(key, new Map([[place, { summary, patch }]]));
      else if (!known.has(place)) known.set(place, { summary, patch });
    }
  });
  return {
    times: new OrderedMoments(best.map((summary) => summary?.value.modifiedTime ?? null)),
    byPatch: new Map(
      [...listings].map(([key, byRun]): [string, ListingsOfPatch] => {
        const times: (Moment | null)[] = [];
        for (const [place, { summary }] of byRun) {
          while (times.length < place) times.push(null);
          times.push(summary.value.modifiedTime);
        }
        return [key, { listings: byRun, times: new OrderedMoments(times) }];
      }),
    ),
  };
});

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
  readonly #packages: ReadonlyMap<string, ReadonlySet<string | null>>;

  constructor(group: RunGroup, evidence: Evidence) {
    const key = evidence.deviceKey(group.device);
    const isOwn = (device: string | null): boolean => evidence.deviceKey(device) === key;
    this.#logs = evidence.facts('azure/package-log').filter(({ device }) => isOwn(device));
    this.#packages = packagesOf(evidence, key);
  }

  of(patch: AzurePatch, at: Moment | null): Proof {
    if (this.#logs.length === 0) return { is: 'unknown' };
    const version = plainVersion(patch.version);
    const isInstalled = namesOf(patch).some((name) => {
      const versions = this.#packages.get(name);
      return versions !== undefined && (version === null || versions.has(version));
    });
    if (isInstalled) return { is: 'proven' };
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

type InstalledVersions = ReadonlyMap<string, ReadonlySet<string | null>>;

const packageIndexes = new WeakMap<Evidence, ReadonlyMap<string, InstalledVersions>>();

/** The versions of each package that the logs of a machine call installed. */
function packagesOf(evidence: Evidence, deviceKey: string): InstalledVersions {
  let index = packageIndexes.get(evidence);
  if (index === undefined) {
    const devices = new Map<string, Map<string, Set<string | null>>>();
    for (const { device, detail } of evidence.events('azure/package')) {
      if (detail.action !== 'installed') continue;
      const key = evidence.deviceKey(device);
      let packages = devices.get(key);
      if (packages === undefined) {
        packages = new Map();
        devices.set(key, packages);
      }
      const version = plainVersion(detail.version);
      for (const name of [detail.name, withoutArch(detail.name)]) {
        const versions = packages.get(name);
        if (versions === undefined) packages.set(name, new Set([version]));
        else versions.add(version);
      }
    }
    index = devices;
    packageIndexes.set(evidence, index);
  }
  return index.get(deviceKey) ?? new Map<string, ReadonlySet<string | null>>();
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
  if (foreign.installs.length === 0) return [];
  const run = runSpan(group);
  if (run === null) return [cannotTell('azure-window', group.device)];
  const during: readonly MomentTest[] = [
    { at: run.start, is: ['after', 'same'] },
    { at: run.end, is: ['before', 'same'] },
  ];
  const inside = foreign.times
    .firstFew(mostNamed, ...during)
    .flatMap((place_) => foreign.installs[place_] ?? []);
  const undecided = [run.start, run.end].some((at) => foreign.times.has({ at, is: ['undecidable'] }));
  const [first] = inside;
  if (first === undefined) return undecided ? [cannotTell('clock-offset', group.device)] : [consistent];
  return [
    found({
      device: group.device,
      parameters: {
        run: runName(group),
        callers: [...new Set(inside.map(({ by }) => by))],
        count: foreign.times.count(...during),
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

interface ForeignInstalls {
  readonly installs: readonly Foreign[];
  readonly times: OrderedMoments;
}

/** Of so many foreign installations in a window the callers are named. */
const mostNamed = 200;
const foreignByDevice = new WeakMap<Evidence, ReadonlyMap<string, ForeignInstalls>>();
const noForeign: ForeignInstalls = { installs: [], times: new OrderedMoments([]) };

/** What others installed on the machine of a run. */
function foreignInstalls(group: RunGroup, evidence: Evidence): ForeignInstalls {
  let known = foreignByDevice.get(evidence);
  if (known === undefined) {
    known = new Map(
      [...groupBy(allForeign(evidence), ({ event }) => evidence.deviceKey(event.device))].map(
        ([key, installs]) => [key, { installs, times: new OrderedMoments(installs.map(({ at }) => at)) }],
      ),
    );
    foreignByDevice.set(evidence, known);
  }
  return known.get(evidence.deviceKey(group.device)) ?? noForeign;
}

function allForeign(evidence: Evidence): readonly Foreign[] {
  const installs: Foreign[] = [];
  for (const event of evidence.events('windows-update/report')) {
    const { caller, report } = event.detail;
    if (event.at === null || caller === null || !installReports.has(report) || ownCallers.test(caller))
      continue;
    installs.push({ at: event.at, by: caller, event });
  }
  for (const event of evidence.events('azure/package')) {
    const { by, action } = event.detail;
    if (event.at === null || by === null || action !== 'installed' || ownCommand.test(by)) continue;
    if (!/(?:unattended-upgrade|upgrade|install)/u.test(by)) continue;
    installs.push({ at: event.at, by, event });
  }
  return installs;
}
