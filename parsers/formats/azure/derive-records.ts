/** Records of the runs: what status files, logs and settings say of each patch, in one row. */
import type { Citation, Deployment, Detection, EvidenceEvent, Fact } from '../../domain/evidence.ts';
import type { At, Moment } from '../../domain/moment.ts';
import type { RecordDraft, RecordMaterial } from '../define-format.ts';
import type { AzurePatch, AzureSummary } from './facts.ts';
import { deploymentOf, patchIdOf } from './resource-graph.ts';
import { bestSummary, ofMember, primaryCoreLog, runGroups } from './run-groups.ts';
import type { RunGroup } from './run-groups.ts';

/** A patch's name and version: one record each. */
function keyOf(name: string, version: string | null): string {
  return `${name}\0${version ?? ''}`;
}

interface Entry {
  readonly patch: AzurePatch;
  assessed: boolean;
  installed: AzurePatch | null;
  readonly citation: Citation;
  readonly source: string;
}

export function deriveRecords(material: RecordMaterial): readonly RecordDraft[] {
  return runGroups(material).flatMap((group) => recordsOf(group));
}

const sources: Readonly<Record<AzureSummary['copy'], string>> = {
  file: 'azure-status',
  complete: 'azure-status',
  agent: 'azure-agent-status',
  service: 'azure-graph-installation',
};

function recordsOf(group: RunGroup): readonly RecordDraft[] {
  const assessment = notOfService(bestSummary(group, 'assessment'));
  const installation = notOfService(bestSummary(group, 'installation'));
  const log = primaryCoreLog(group);
  const history = new History(group, log);
  const entries = new Map<string, Entry>();
  for (const patch of installation?.value.patches ?? []) {
    if (installation === null) break;
    entries.set(keyOf(patch.name, patch.version), {
      patch,
      assessed: false,
      installed: patch,
      citation: quoting(installation.citation, patch),
      source: sources[installation.value.copy],
    });
  }
  for (const patch of assessment?.value.patches ?? []) {
    if (assessment === null) break;
    const key = keyOf(patch.name, patch.version);
    const known = entries.get(key);
    if (known !== undefined) known.assessed = true;
    else
      entries.set(key, {
        patch,
        assessed: true,
        installed: null,
        citation: quoting(assessment.citation, patch),
        source: sources[assessment.value.copy],
      });
  }
  // What a cut or missing status lacks, the log may still tell.
  if (installation === null || installation.value.cut || installation.value.truncated) {
    for (const event of history.lastStates()) {
      const { name, version, state } = event.detail;
      const key = keyOf(name, version);
      const known = entries.get(key);
      if (known !== undefined && known.installed !== null) continue;
      const patch: AzurePatch = {
        patchId: known?.patch.patchId ?? null,
        kbId: null,
        name,
        version,
        classifications: known?.patch.classifications ?? [],
        state,
        quote: event.citation.quote,
      };
      entries.set(key, {
        patch,
        assessed: known?.assessed ?? false,
        installed: patch,
        citation: event.citation,
        source: 'azure-core-log',
      });
    }
  }
  return [...entries.values()].map((entry) =>
    recordOf(group, entry, assessment?.value ?? null, installation?.value ?? null, history),
  );
}

/** The service's rows for single patches are records of their own. */
function notOfService(summary: Fact<'azure/summary'> | null): Fact<'azure/summary'> | null {
  return summary === null || summary.value.copy === 'service' ? null : summary;
}

function quoting(citation: Citation, patch: AzurePatch): Citation {
  return { ...citation, quote: patch.quote };
}

function recordOf(
  group: RunGroup,
  { patch, assessed, installed, citation, source }: Entry,
  assessment: AzureSummary | null,
  installation: AzureSummary | null,
  history: History,
): RecordDraft {
  const { kbId } = patch;
  const deployment = deploymentFor(installed, history);
  return {
    device: group.device,
    patch: patch.name,
    ...(kbId === null || kbId === '' ? {} : { kb: `KB${kbId}` }),
    updateId: patchIdOf(patch),
    detection: detectionFor(patch, assessed, installed, assessment, installation),
    deployment,
    exitCodeRaw: deployment.exitCode === null ? null : String(deployment.exitCode),
    reboot: installed === null ? null : (installation?.rebootStatus ?? null),
    source,
    capturedAt: installation?.modifiedTime ?? assessment?.modifiedTime ?? null,
    citation,
  };
}

function detectionFor(
  patch: AzurePatch,
  assessed: boolean,
  installed: AzurePatch | null,
  assessment: AzureSummary | null,
  installation: AzureSummary | null,
): Detection {
  const raw = patch.classifications.join(', ') || null;
  if (assessed) return { status: 'not-patched', raw, at: assessment?.modifiedTime ?? null };
  // The assessment that ends a run no longer lists what the run installed.
  const confirms =
    installed?.state === 'Installed' &&
    assessment !== null &&
    assessment.status === 'success' &&
    assessment.activityId !== null &&
    assessment.activityId === installation?.activityId &&
    !assessment.truncated &&
    !assessment.cut;
  return { status: confirms ? 'patched' : null, raw, at: confirms ? assessment.modifiedTime : null };
}

function deploymentFor(installed: AzurePatch | null, history: History): Deployment {
  if (installed === null)
    return { status: null, raw: null, at: null, exitCode: null, attempts: null, maxAttempts: null };
  const state = installed.state ?? '';
  const status = deploymentOf[state.toLowerCase()] ?? 'unknown';
  const { name, version } = installed;
  const attempts = history.attempts(name, version);
  const at: At =
    status === 'succeeded' || status === 'failed'
      ? history.timeOf(name, version, state)
      : attempts === 0
        ? 'never'
        : null;
  return {
    status,
    raw: installed.state,
    at,
    exitCode: status === 'failed' ? history.lastCode(name, version) : null,
    attempts,
    maxAttempts: null,
  };
}

type State = EvidenceEvent<'azure/patch-state'>;

/** What the core log of a run says of its packages. */
class History {
  readonly #states = new Map<string, State[]>();
  readonly #attempts = new Map<string, { count: number; code: number | null }>();
  readonly #hasInstallation: boolean;

  constructor(group: RunGroup, log: Fact<'azure/core-log'> | null) {
    this.#hasInstallation = log !== null && log.value.installation !== null;
    for (const event of ofMember(group.states, log)) {
      const key = keyOf(event.detail.name, event.detail.version);
      const list = this.#states.get(key);
      if (list === undefined) this.#states.set(key, [event]);
      else list.push(event);
    }
    for (const { detail } of ofMember(group.commands, log)) {
      for (const word of new Set(detail.packages)) {
        const known = this.#attempts.get(word);
        if (known === undefined) this.#attempts.set(word, { count: 1, code: detail.code });
        else {
          known.count += 1;
          known.code = detail.code ?? known.code;
        }
      }
    }
  }

  /** The last state of each package, in the order of the log. */
  lastStates(): readonly State[] {
    return [...this.#states.values()].flatMap((events) => events.at(-1) ?? []);
  }

  timeOf(name: string, version: string | null, state: string): Moment | null {
    const events = this.#states.get(keyOf(name, version)) ?? [];
    const told = events.filter(({ detail }) => detail.state === state);
    // Installed is told once more by every reconciliation; a failure counts as of the last time.
    const event = state === 'Installed' ? told[0] : told.at(-1);
    return event?.at ?? null;
  }

  /** Install commands that contain the package; null where no core log of the installation is there. */
  attempts(name: string, version: string | null): number | null {
    if (!this.#hasInstallation) return null;
    return this.#of(name, version)?.count ?? 0;
  }

  lastCode(name: string, version: string | null): number | null {
    return this.#of(name, version)?.code ?? null;
  }

  #of(name: string, version: string | null): { count: number; code: number | null } | undefined {
    for (const word of commandWords(name, version)) {
      const known = this.#attempts.get(word);
      if (known !== undefined) return known;
    }
    return undefined;
  }
}

/** How a package may stand in an install command: apt and zypper by name, yum with its version. */
export function commandWords(name: string, version: string | null): readonly string[] {
  const dot = name.lastIndexOf('.');
  const [base, arch] = dot === -1 ? [name, null] : [name.slice(0, dot), name.slice(dot + 1)];
  const plain = version?.replace(/^\d+:/u, '') ?? null;
  const withArch = (text: string): string => (arch === null ? text : `${text}.${arch}`);
  return [
    name,
    ...(version === null ? [] : [withArch(`${base}-${version}`)]),
    ...(plain === null || plain === version ? [] : [withArch(`${base}-${plain}`)]),
    ...(arch === null ? [] : [base]),
  ];
}
