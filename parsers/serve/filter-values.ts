/** The values of a column with few of them, counted over the rows that pass the rest of a filter. */
import type { EvidenceParams, EvidenceResult } from '../../preload/contract/evidence.ts';
import type { Filter } from '../../preload/contract/shapes.ts';
import { throwIfCancelled } from '../domain/errors.ts';
import { levels } from '../domain/evidence.ts';
import { severities } from '../domain/finding.ts';
import type { Finding } from '../domain/finding.ts';
import { openLineView } from '../evidence/line-view.ts';
import { openRecordView, valueOfRecord } from '../evidence/record-view.ts';
import { openRunView } from '../evidence/run-view.ts';
import { nextTurn } from '../evidence/steps.ts';
import { filterFindings, lineFilter, recordFilter, runFilter } from './filters.ts';
import type { Snapshot } from './session.ts';

type Part = EvidenceParams<'filterValues'>['part'];

/** Rows that are counted before others have their turn. */
const stepRows = 200_000;
/** Values beyond this many are no list to choose from. */
const mostValues = 500;

const kinds: readonly Finding['kind'][] = ['contradiction', 'fault', 'gap', 'note'];

/**
 * In the order of the domain for levels, severities and kinds; exit codes by number; the rest by how many rows have
 * them. What tells nothing stands last.
 *
 * @throws ExpectedError `bad-expression`, `expression-too-slow`; CancelledError
 */
export async function filterValues(
  snapshot: Snapshot,
  part: Part,
  filter: Filter,
  signal: AbortSignal,
): Promise<EvidenceResult<'filterValues'>> {
  const { [part]: chosen, ...rest } = filter;
  const counts = await countsOf(snapshot, part, rest, signal);
  for (const value of chosen ?? []) if (!counts.has(value)) counts.set(value, 0);
  const order = orderOf(part);
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort(
      (a, b) =>
        Number(a.value === '') - Number(b.value === '') ||
        order(a.value) - order(b.value) ||
        b.count - a.count ||
        (a.value < b.value ? -1 : 1),
    )
    .slice(0, mostValues);
}

async function countsOf(
  snapshot: Snapshot,
  part: Part,
  filter: Filter,
  signal: AbortSignal,
): Promise<Map<string, number>> {
  const { analysis, lines } = snapshot;
  const { evidence } = analysis;
  switch (part) {
    case 'detections':
    case 'deployments':
    case 'results':
    case 'exitCodes': {
      const view = await openRecordView(evidence, lines, recordFilter(snapshot, filter), [], signal);
      return counted(view.count, signal, (from, to) =>
        view.window(from, to).map((record) => valueOfRecord(record, part)),
      );
    }
    case 'outcomes':
    case 'operations': {
      const view = await openRunView(evidence, lines, runFilter(snapshot, filter), [], signal);
      return counted(view.count, signal, (from, to) =>
        view
          .window(from, to)
          .map(({ outcome, operation }) => (part === 'outcomes' ? outcome : operation) ?? ''),
      );
    }
    case 'levels': {
      const view = await openLineView(lines, lineFilter(filter), signal);
      const found = new Uint32Array(levels.length);
      for (let from = 0; from < view.count; from += stepRows) {
        const to = Math.min(view.count, from + stepRows);
        for (let at = from; at < to; at += 1) {
          const code = lines.levelCodeOf(view.idAt(at));
          found[code] = (found[code] ?? 0) + 1;
        }
        await nextTurn();
        throwIfCancelled(signal);
      }
      return new Map(
        levels.flatMap((level, code) => {
          const count = found[code] ?? 0;
          return count === 0 ? [] : [[level, count]];
        }),
      );
    }
    case 'severities':
    case 'kinds': {
      const findings = await filterFindings(snapshot, filter, signal);
      return counted(findings.length, signal, (from, to) =>
        findings.slice(from, to).map(({ severity, kind }) => (part === 'severities' ? severity : kind)),
      );
    }
  }
}

async function counted(
  count: number,
  signal: AbortSignal,
  valuesOf: (from: number, to: number) => readonly string[],
): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (let from = 0; from < count; from += stepRows) {
    for (const value of valuesOf(from, Math.min(count, from + stepRows))) {
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    await nextTurn();
    throwIfCancelled(signal);
  }
  return counts;
}

/** Where a value stands by its meaning; the same for all where only their counts order them. */
function orderOf(part: Part): (value: string) => number {
  switch (part) {
    case 'levels':
      return (value) => -levels.findIndex((level) => level === value);
    case 'severities':
      return (value) => severities.findIndex((severity) => severity === value);
    case 'kinds':
      return (value) => kinds.findIndex((kind) => kind === value);
    case 'exitCodes':
      return Number;
    case 'detections':
    case 'deployments':
    case 'results':
    case 'outcomes':
    case 'operations':
      return () => 0;
  }
}
