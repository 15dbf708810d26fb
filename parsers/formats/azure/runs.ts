import type { Citation, DeploymentStatus, Fact, RunStep, RunWindow } from '../../domain/evidence.ts';
import { laterOf, order } from '../../domain/moment.ts';
import type { Moment } from '../../domain/moment.ts';
import type { RunDraft, RunMaterial } from '../define-format.ts';
import type { AzureCoreLog, AzureSettings, AzureSummary } from './facts.ts';
import { windowsExtension } from './paths.ts';
import { bestSummary, ofMember, primaryCoreLog, runGroups } from './run-groups.ts';
import type { RunGroup } from './run-groups.ts';

/** Minutes before the end of a maintenance window from which work is no longer begun. */
export const cutoffs = {
  /** Source of the Linux extension: expected time of one package. */
  linuxPackage: 5,
  /** The same: for each further package of a batch, and with zypper. */
  linuxFurtherPackage: 1.5,
  linuxFurtherPackageZypper: 4,
  /** The same: kept free for a restart unless the setting is Never. */
  linuxReboot: 15,
  /** S1: an update with its restart. */
  update: 25,
  /** S1: a Windows service pack with its restart. */
  servicePack: 30,
} as const;

export type Platform = 'linux' | 'windows' | null;

export function platformOf(group: RunGroup): Platform {
  if (group.coreLogs.length > 0) return 'linux';
  const members = [...group.settings, ...group.summaries, ...group.statuses].map(
    ({ citation }) => citation.member,
  );
  if (members.some((member) => windowsExtension.test(member))) return 'windows';
  return members.some((member) => /LinuxPatchExtension|LinuxOsUpdateExtension/iu.test(member))
    ? 'linux'
    : null;
}

/** The window in which a run may install, with the platform's cut-offs; null for runs that have none. */
export function windowOf(group: RunGroup): RunWindow | null {
  const settings = settingsOf(group)?.value ?? null;
  const log = primaryCoreLog(group)?.value ?? null;
  const installation = bestSummary(group, 'installation')?.value ?? null;
  if (operationOf(group) !== 'Installation') return null;
  const start = settings?.startTime ?? log?.requestedStart ?? installation?.startTime ?? null;
  const minutes = settings?.minutes ?? log?.windowMinutes ?? null;
  if (start === null && minutes === null) return null;
  return { start, minutes, cutoffs: cutoffsOf(platformOf(group), settings?.rebootSetting ?? null) };
}

function cutoffsOf(platform: Platform, rebootSetting: string | null): NonNullable<RunWindow['cutoffs']> {
  const reserved = rebootSetting === 'Never' ? 0 : cutoffs.linuxReboot;
  switch (platform) {
    case 'linux':
      return [
        { name: 'package', minutes: cutoffs.linuxPackage + reserved },
        ...(reserved === 0 ? [] : [{ name: 'reboot', minutes: reserved }]),
      ];
    case 'windows':
      return [
        { name: 'service-pack', minutes: cutoffs.servicePack },
        { name: 'package', minutes: cutoffs.update },
      ];
    case null:
      return [];
  }
}

export function settingsOf(group: RunGroup): Fact<'azure/settings'> | null {
  return group.settings.find(({ value }) => value.from === 'file') ?? group.settings[0] ?? null;
}

/** `Installation`, `Assessment`, `NoOperation` ... as the first source that names it does. */
export function operationOf(group: RunGroup): string | null {
  const log = primaryCoreLog(group)?.value ?? null;
  if (log?.auto === true) return 'AutoAssessment';
  return (
    settingsOf(group)?.value.operation ??
    group.statuses.map(({ value }) => value.operation).find((operation) => operation !== '') ??
    group.calls.map(({ value }) => value.operation).find((operation) => operation !== null) ??
    (log?.installation !== null && log !== null
      ? 'Installation'
      : log?.assessment !== null && log !== null
        ? 'Assessment'
        : bestSummary(group, 'installation') !== null
          ? 'Installation'
          : bestSummary(group, 'assessment') !== null
            ? 'Assessment'
            : null)
  );
}

/** The runs of the bundle: one for each sequence number and activity. */
export function assembleRuns(material: RunMaterial): readonly RunDraft[] {
  const records = recordsByPlace(material);
  return runGroups(material).flatMap((group) => {
    const citation = citationOf(group);
    return citation === null ? [] : [runOf(group, citation, records)];
  });
}

/** The file that says most of a run comes first. */
function citationOf(group: RunGroup): Citation | null {
  return (
    bestSummary(group, 'installation')?.citation ??
    primaryCoreLog(group)?.citation ??
    bestSummary(group, 'assessment')?.citation ??
    group.statuses[0]?.citation ??
    settingsOf(group)?.citation ??
    group.calls[0]?.citation ??
    group.summaries[0]?.citation ??
    group.steps[0]?.citation ??
    null
  );
}

type RecordsByPlace = ReadonlyMap<string, readonly string[]>;

/** Joined records cite the summary that lists them, or the line of the core log. */
function recordsByPlace({ records }: RunMaterial): RecordsByPlace {
  const byPlace = new Map<string, string[]>();
  for (const { id, system, citation } of records) {
    if (system !== 'azure-update-manager') continue;
    const key = placeKey(citation);
    const list = byPlace.get(key);
    if (list === undefined) byPlace.set(key, [id]);
    else list.push(id);
  }
  return byPlace;
}

function placeKey({ member, pointer, line }: Citation): string {
  return `${member}\0${pointer ?? `:${String(line)}`}`;
}

function runOf(group: RunGroup, citation: Citation, records: RecordsByPlace): RunDraft {
  const log = primaryCoreLog(group);
  const settings = settingsOf(group)?.value ?? null;
  const installation = bestSummary(group, 'installation')?.value ?? null;
  const assessment = bestSummary(group, 'assessment')?.value ?? null;
  const operation = operationOf(group);
  const places = new Set(
    [...group.summaries, ...ofMember(group.states, log)].map(({ citation: place }) => placeKey(place)),
  );
  return {
    system: 'azure-update-manager',
    device: group.device,
    name: group.sequence === null ? (group.activityId ?? '') : String(group.sequence),
    operation,
    outcome: outcomeOf(group),
    startedAt: startedAt(group),
    endedAt: endedAt(group),
    window: windowOf(group),
    attempts: log?.value.progress?.attempted ?? null,
    exitCode: exitCodeOf(group),
    reboot: installation?.rebootStatus ?? null,
    detail: detailOf(group, settings, installation, assessment, log?.value ?? null),
    steps: stepsOf(group),
    records: [...places].flatMap((place) => records.get(place) ?? []),
    citation,
  };
}

function statusWord(summary: AzureSummary | null): DeploymentStatus | null {
  switch (summary?.status) {
    case 'success':
    case 'warning':
      return 'succeeded';
    case 'error':
      return 'failed';
    case 'transitioning':
      return 'in-progress';
    default:
      return null;
  }
}

/** The substatus of what was asked for; the top status only where the handler wrote it alone. */
export function outcomeOf(group: RunGroup): DeploymentStatus | null {
  const installation = bestSummary(group, 'installation')?.value ?? null;
  const word =
    statusWord(installation) ??
    assessmentWord(group) ??
    statusWord(bestSummary(group, 'no-operation')?.value ?? null) ??
    // Of a run that was to do more it says nothing.
    (operationOf(group) === 'ConfigurePatching'
      ? statusWord(bestSummary(group, 'configure')?.value ?? null)
      : null);
  if (word === 'succeeded' && /^(?:Required|Started)$/u.test(installation?.rebootStatus ?? ''))
    return 'pending-reboot';
  if (word !== null) return word;
  const told = outcomeByLog(group);
  if (told !== null) return told;
  if (group.statuses.some(({ value }) => value.status === 'error') || (exitCodeOf(group) ?? 0) !== 0)
    return 'failed';
  return 'unknown';
}

/** An assessment that went well does not say how the installation beside it ended. */
function assessmentWord(group: RunGroup): DeploymentStatus | null {
  const word = statusWord(bestSummary(group, 'assessment')?.value ?? null);
  return word === 'succeeded' && operationOf(group) === 'Installation' ? null : word;
}

/** Without a summary: what the core's performance line and the last states of the packages say. */
function outcomeByLog(group: RunGroup): DeploymentStatus | null {
  const fact = primaryCoreLog(group);
  if (fact === null) return null;
  const { performance, outOfTime, closed } = fact.value;
  if (outOfTime !== null || performance?.exceeded === true || performance?.taskStatus === 'failed')
    return 'failed';
  const last = new Map<string, string>();
  for (const { detail } of ofMember(group.states, fact))
    last.set(`${detail.name}\0${detail.version}`, detail.state);
  if ([...last.values()].includes('Failed')) return 'failed';
  return performance !== null && closed ? 'succeeded' : null;
}

/** The handler's exit code: from a status that it wrote itself, or as the agent's log tells. */
export function exitCodeOf(group: RunGroup): number | null {
  const codes = [
    ...group.calls.map(({ value }) => value.code),
    ...group.steps.map(({ detail }) => detail.code),
    ...group.statuses.map(({ value }) => value.code),
  ];
  return codes.find((code) => code !== null && code !== 0) ?? codes.find((code) => code !== null) ?? null;
}

/** When work on it really began: the core's first stamp, else the call that enabled it. */
export function startedAt(group: RunGroup): Moment | null {
  return (
    primaryCoreLog(group)?.value.startedAt ??
    group.calls.find(({ value }) => value.command === 'Enable')?.value.at ??
    group.steps.find(({ detail }) => detail.step === 'enable')?.at ??
    bestSummary(group, 'installation')?.value.startTime ??
    bestSummary(group, 'assessment')?.value.startTime ??
    null
  );
}

function endedAt(group: RunGroup): Moment | null {
  const ends = [
    ...(['installation', 'assessment', 'no-operation'] as const).flatMap((kind) => {
      const summary = bestSummary(group, kind)?.value ?? null;
      const isOpen = summary?.status === 'transitioning';
      return summary?.modifiedTime === null || summary === null || isOpen ? [] : [summary.modifiedTime];
    }),
    ...closedAt(group),
  ];
  const [first, ...rest] = ends;
  return first === undefined ? null : rest.reduce((last, one) => laterOf(last, one), first);
}

/** The last stamp of a core log that was closed in order. */
function closedAt(group: RunGroup): readonly Moment[] {
  const log = primaryCoreLog(group);
  const at = log?.value.lastAt ?? null;
  return log === null || at === null || !log.value.closed ? [] : [at];
}

function detailOf(
  group: RunGroup,
  settings: AzureSettings | null,
  installation: AzureSummary | null,
  assessment: AzureSummary | null,
  log: AzureCoreLog | null,
): RunDraft['detail'] {
  const progress = log?.progress ?? null;
  const list = (items: readonly string[] | undefined): string | null =>
    items === undefined || items.length === 0 ? null : items.join(', ');
  const all: Record<string, string | number | boolean | null> = {
    activityId: group.activityId,
    rebootSetting: settings?.rebootSetting ?? null,
    classifications: list(settings?.classifications),
    patchesToInclude: list(settings?.include),
    patchesToExclude: list(settings?.exclude),
    maintenanceRunId: settings?.maintenanceRunId ?? installation?.maintenanceRunId ?? null,
    patchMode: settings?.patchMode ?? null,
    assessmentMode: settings?.assessmentMode ?? null,
    startedBy: assessment?.startedBy ?? null,
    packageManager: log?.packageManager ?? null,
    topStatus: group.statuses[0]?.value.status ?? null,
    assessmentStatus: assessment?.status ?? null,
    installationStatus: installation?.status ?? null,
    windowExceeded: installation?.exceeded ?? log?.performance?.exceeded ?? null,
    remainingMinutes:
      log?.outOfTime === null || log === null ? null : rounded(log.outOfTime.remainingMinutes),
    cutoffMinutes: log?.outOfTime === null || log === null ? null : rounded(log.outOfTime.cutoffMinutes),
    packagesAttempted: progress?.attempted ?? null,
    packagesSucceeded: progress?.succeeded ?? null,
    packagesFailed: progress?.failed ?? null,
    dependencies: progress?.dependencies ?? null,
    installCommands: log === null ? null : ofMember(group.commands, primaryCoreLog(group)).length,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null && value !== ''));
}

function rounded(minutes: number): number {
  return Math.round(minutes * 100) / 100;
}

function stepsOf(group: RunGroup): readonly RunStep[] {
  const log = primaryCoreLog(group)?.value ?? null;
  const member = primaryCoreLog(group)?.citation.member ?? '';
  const settings = settingsOf(group);
  const operation = operationOf(group);
  const installs = operation === 'Installation';
  const works = installs || /assess/iu.test(operation ?? '');
  const assessment = bestSummary(group, 'assessment');
  const installation = bestSummary(group, 'installation');
  const inLog = (
    place: { readonly line: number; readonly quote: string } | null | undefined,
  ): Citation | null =>
    place === null || place === undefined
      ? null
      : { member, line: place.line, row: null, pointer: null, quote: place.quote };
  const step = (
    name: string,
    citation: Citation | null,
    outcome: RunStep['outcome'],
    at: Moment | null,
  ): RunStep =>
    citation === null
      ? { name, evidenced: false, outcome: null, at: null, citation: null }
      : { name, evidenced: true, outcome, at, citation };
  const steps = [
    step('request', settings?.citation ?? null, 'succeeded', settings?.value.startTime ?? null),
    enableStep(group, step),
  ];
  if (!works && assessment === null && log === null) return steps;
  steps.push(
    step(
      'assess',
      inLog(log?.assessment) ?? assessment?.citation ?? null,
      stepOutcome(assessment?.value ?? null, log !== null && log.assessmentCompleted !== null),
      log?.assessmentAt ?? assessment?.value.modifiedTime ?? null,
    ),
  );
  if (!installs) return steps;
  steps.push(
    step(
      'install',
      inLog(log?.installation) ?? installation?.citation ?? null,
      stepOutcome(installation?.value ?? null, false),
      log?.installationAt ?? installation?.value.modifiedTime ?? null,
    ),
  );
  const reboot = installation?.value.rebootStatus ?? null;
  if (reboot !== null && reboot !== 'NotNeeded') {
    steps.push(
      step(
        'reboot',
        installation?.citation ?? null,
        reboot === 'Completed' ? 'succeeded' : reboot === 'Failed' ? 'failed' : 'unknown',
        group.troubles.find(({ detail }) => detail.trouble === 'reboot-started')?.at ?? null,
      ),
    );
  }
  return inOrder(steps);
}

function stepOutcome(summary: AzureSummary | null, completed: boolean): RunStep['outcome'] {
  if (summary?.status === 'error') return 'failed';
  if (summary?.status === 'success' || summary?.status === 'warning' || completed) return 'succeeded';
  return 'unknown';
}

function enableStep(
  group: RunGroup,
  step: (name: string, citation: Citation | null, outcome: RunStep['outcome'], at: Moment | null) => RunStep,
): RunStep {
  const call = group.calls.find(({ value }) => value.command === 'Enable') ?? null;
  const told = group.steps.find(({ detail }) => detail.step === 'enable') ?? null;
  const code = exitCodeOf(group);
  const outcome = code !== null && code !== 0 ? 'failed' : call === null ? 'unknown' : 'succeeded';
  return step(
    'enable',
    call?.citation ?? told?.citation ?? null,
    outcome,
    call?.value.at ?? told?.at ?? null,
  );
}

/** The assessment that counts is the last one, which follows the installation. */
function inOrder(steps: readonly RunStep[]): readonly RunStep[] {
  const assess = steps.find(({ name }) => name === 'assess');
  const install = steps.find(({ name }) => name === 'install');
  if (assess === undefined || install === undefined) return steps;
  const isLater =
    (assess.at !== null && install.at !== null && order(assess.at, install.at) === 'after') ||
    (assess.citation?.member === install.citation?.member &&
      (assess.citation?.line ?? 0) > (install.citation?.line ?? 0));
  if (!isLater) return steps;
  const rest = steps.filter((one) => one !== assess);
  const position = rest.indexOf(install);
  return [...rest.slice(0, position + 1), assess, ...rest.slice(position + 1)];
}
