/** What the filter of the panes means for the rows of each: records, runs, lines, findings. */
import type { Filter } from '../../preload/contract/shapes.ts';
import type { PatchRecord } from '../domain/evidence.ts';
import type { Finding } from '../domain/finding.ts';
import type { openLineView } from '../evidence/line-view.ts';
import { passesValues } from '../evidence/record-view.ts';
import type { RecordFilter } from '../evidence/record-view.ts';
import type { RunFilter } from '../evidence/run-view.ts';
import { matchingRows } from '../evidence/search.ts';
import type { Snapshot } from './session.ts';

export function recordFilter(snapshot: Snapshot, filter: Filter): RecordFilter {
  const among =
    filter.onlyFindings === true ||
    filter.rules !== undefined ||
    filter.severities !== undefined ||
    filter.kinds !== undefined
      ? new Set(
          [...snapshot.findingsOfRecord].flatMap(([record, findings]) =>
            findings.some((finding) => isOfKind(filter, finding)) ? [record] : [],
          ),
        )
      : undefined;
  const { detections, deployments, results, exitCodes } = filter;
  const values = {
    ...(detections === undefined ? {} : { detections }),
    ...(deployments === undefined ? {} : { deployments }),
    ...(results === undefined ? {} : { results }),
    ...(exitCodes === undefined ? {} : { exitCodes }),
  };
  return {
    devices: filter.devices,
    patches: filter.patches,
    systems: filter.systems,
    members: filter.members,
    time: filter.time,
    text: filter.text,
    among,
    values: Object.keys(values).length === 0 ? undefined : values,
  };
}

export function runFilter(snapshot: Snapshot, filter: Filter): RunFilter {
  const { outcomes, operations } = filter;
  return { ...recordFilter(snapshot, filter), outcomes, operations };
}

/** Whether a finding is one of the rules, severities and kinds that a filter names. */
export function isOfKind(
  { rules, severities, kinds }: Filter,
  finding: Pick<Finding, 'rule' | 'severity' | 'kind'>,
): boolean {
  if (rules?.includes(finding.rule) === false) return false;
  if (severities?.includes(finding.severity) === false) return false;
  return kinds?.includes(finding.kind) !== false;
}

/** Which parts of the common filter say something of log lines: a patch or a rule does not. */
export function lineFilter(filter: Filter): Parameters<typeof openLineView>[1] {
  return {
    devices: filter.devices,
    members: filter.members,
    levels: filter.levels,
    time: filter.time,
    text: filter.text,
  };
}

export async function filterFindings(
  snapshot: Snapshot,
  filter: Filter,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { analysis, lines } = snapshot;
  const { evidence, findings } = analysis;
  const devices = filter.devices === undefined ? null : new Set(filter.devices);
  const patches = filter.patches === undefined ? null : new Set(filter.patches);
  const records = filter.time === undefined ? null : recordsWithin(snapshot, filter.time);
  const { values } = recordFilter(snapshot, filter);
  const hasValues = values === undefined ? null : passesValues(values);
  const chosen = findings.filter((finding) => {
    if (devices?.has(evidence.deviceKey(finding.device)) === false) return false;
    if (filter.systems !== undefined && (finding.system === null || !filter.systems.includes(finding.system)))
      return false;
    if (!isOfKind(filter, finding)) return false;
    if (hasValues !== null && !citesRecord(snapshot, finding, hasValues)) return false;
    if (patches !== null && !concernsPatch(snapshot, finding, patches)) return false;
    if (
      filter.members !== undefined &&
      !finding.witnesses.some((witness) => filter.members?.includes(witness.citation.member))
    ) {
      return false;
    }
    if (
      records !== null &&
      !finding.witnesses.some((witness) => witness.record !== null && records.has(witness.record))
    ) {
      const { time } = filter;
      const inside = finding.witnesses.some(({ citation }) => {
        const position = evidence.member(citation.member)?.index;
        if (position === undefined || citation.line === null || time === undefined) return false;
        const id = lines.idOf(position, citation.line - 1);
        const scale = id === null ? Number.NaN : lines.scaleOf(id);
        return scale >= time.from && scale <= time.to;
      });
      if (!inside) return false;
    }
    return true;
  });
  return filter.text === undefined ? chosen : matchingRows(chosen, filter.text, findingCells, signal);
}

/** The words of a finding in which a search looks. */
function findingCells({ device, patch, rule, witnesses }: Finding): readonly string[] {
  return [device ?? '', patch ?? '', rule, ...witnesses.map((witness) => witness.citation.quote)];
}

function recordsWithin(
  snapshot: Snapshot,
  time: { readonly from: number; readonly to: number },
): ReadonlySet<string> {
  const { analysis, lines } = snapshot;
  const inside = new Set<string>();
  for (const record of analysis.evidence.records) {
    for (const at of [record.detection.at, record.deployment.at]) {
      if (at === null || at === 'never') continue;
      const scale = lines.scaleOfMoment(at);
      if (scale >= time.from && scale <= time.to) inside.add(record.id);
    }
  }
  return inside;
}

function concernsPatch(snapshot: Snapshot, finding: Finding, patches: ReadonlySet<string>): boolean {
  const { evidence } = snapshot.analysis;
  return citesRecord(snapshot, finding, (record) => patches.has(evidence.patchKey(record.system, record)));
}

function citesRecord(
  snapshot: Snapshot,
  finding: Finding,
  isWanted: (record: PatchRecord) => boolean,
): boolean {
  const { evidence } = snapshot.analysis;
  return finding.witnesses.some((witness) => {
    const record = witness.record === null ? undefined : evidence.record(witness.record);
    return record !== undefined && isWanted(record);
  });
}
