import type { Run } from '../domain/evidence.ts';
import type { Evidence } from './evidence.ts';
import type { BundleLines } from './lines.ts';
import { OrderedView, comparisonBy } from './ordered-view.ts';
import { passesValues } from './record-view.ts';
import type { RecordFilter } from './record-view.ts';
import { matchingRows } from './search.ts';

/** Where a run stands in time, on the timeline's scale. */
export interface RunSpan {
  readonly from: number;
  readonly to: number;
  /** No source tells its end: `to` is the last that is known of it. */
  readonly isOpen: boolean;
}

/** From its start (else its first dated step) to its end (else its last dated step); null without any time. */
export function runSpan(run: Run, lines: BundleLines): RunSpan | null {
  const steps = run.steps.flatMap(({ at }) => (at === null ? [] : [lines.scaleOfMoment(at)]));
  const start = run.startedAt === null ? null : lines.scaleOfMoment(run.startedAt);
  const end = run.endedAt === null ? null : lines.scaleOfMoment(run.endedAt);
  const known = [start, end, ...steps].filter((scale) => scale !== null);
  if (known.length === 0) return null;
  const from = start ?? Math.min(...known);
  return { from, to: Math.max(from, end ?? Math.max(...known)), isOpen: end === null };
}

export interface RunFilter extends RecordFilter {
  /** Values of their own columns; an empty text where a run tells nothing. */
  readonly outcomes?: readonly string[] | undefined;
  readonly operations?: readonly string[] | undefined;
}

/** Runs that pass a filter, in an order. */
export type RunView = OrderedView<Run>;

export async function openRunView(
  evidence: Evidence,
  lines: BundleLines,
  filter: RunFilter,
  sort: readonly { readonly column: string; readonly descending: boolean }[],
  signal?: AbortSignal,
): Promise<RunView> {
  const passing = evidence.runs.filter(runPredicate(evidence, lines, filter));
  const chosen =
    filter.text === undefined ? passing : await matchingRows(passing, filter.text, runCells, signal);
  if (sort.length > 0) chosen.sort(comparisonBy(sort, (run: Run, column) => sortValue(lines, run, column)));
  return new OrderedView(chosen);
}

/** The words of a run in which a search looks. */
function runCells(run: Run): readonly string[] {
  return [
    run.device ?? '',
    run.name,
    run.operation ?? '',
    run.reboot ?? '',
    run.startedAt?.raw ?? '',
    run.endedAt?.raw ?? '',
    run.citation.quote,
    ...run.steps.map((step) => step.citation?.quote ?? ''),
  ];
}

function runPredicate(
  evidence: Evidence,
  lines: BundleLines,
  { devices, patches, systems, members, time, among, values, outcomes, operations }: RunFilter,
): (run: Run) => boolean {
  const deviceSet = devices === undefined ? null : new Set(devices);
  const patchSet = patches === undefined ? null : new Set(patches);
  const hasValues = values === undefined ? null : passesValues(values);
  return (run) => {
    if (outcomes?.includes(run.outcome ?? '') === false) return false;
    if (operations?.includes(run.operation ?? '') === false) return false;
    if (deviceSet?.has(evidence.deviceKey(run.device)) === false) return false;
    if (systems?.includes(run.system) === false) return false;
    if (
      members !== undefined &&
      ![run.citation, ...run.steps.map((step) => step.citation)].some(
        (citation) => citation !== null && members.includes(citation.member),
      )
    ) {
      return false;
    }
    // A run without records says nothing of patches: a filter for some leaves it out.
    if (patchSet !== null && !run.records.some((id) => isOfPatch(evidence, id, patchSet))) return false;
    if (
      hasValues !== null &&
      !run.records.some((id) => {
        const record = evidence.record(id);
        return record !== undefined && hasValues(record);
      })
    ) {
      return false;
    }
    if (among !== undefined && !run.records.some((id) => among.has(id))) return false;
    if (time !== undefined) {
      const span = runSpan(run, lines);
      if (span === null || span.to < time.from || span.from > time.to) return false;
    }
    return true;
  };
}

function isOfPatch(evidence: Evidence, id: string, patches: ReadonlySet<string>): boolean {
  const record = evidence.record(id);
  return record !== undefined && patches.has(evidence.patchKey(record.system, record));
}

function sortValue(lines: BundleLines, run: Run, column: string): number | string | null {
  switch (column) {
    case 'system':
      return run.system;
    case 'device':
      return run.device;
    case 'name':
      return run.name;
    case 'operation':
      return run.operation;
    case 'startedAt':
      return run.startedAt === null ? null : lines.scaleOfMoment(run.startedAt);
    case 'endedAt':
      return run.endedAt === null ? null : lines.scaleOfMoment(run.endedAt);
    case 'outcome':
      return run.outcome;
    case 'attempts':
      return run.attempts;
    case 'exitCode':
      return run.exitCode;
    case 'reboot':
      return run.reboot;
    case 'steps':
      return run.steps.filter((step) => step.evidenced).length;
    default:
      return null;
  }
}
