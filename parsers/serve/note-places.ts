import type { EvidenceParams, EvidenceResult } from '../../preload/contract/evidence.ts';
import type { Citation, PatchRecord, Run } from '../domain/evidence.ts';
import { isMoment } from '../domain/moment.ts';
import type { Moment } from '../domain/moment.ts';
import { runSpan } from '../evidence/run-view.ts';
import { witnessMoment } from './rows.ts';
import type { Snapshot } from './session.ts';

type NoteTarget = EvidenceParams<'notePlaces'>['targets'][number];
type NotePlace = EvidenceResult<'notePlaces'>[number];

/** Where what notes are written to stands in time; null where it has no time, or is not in the bundle. */
export function notePlaces(snapshot: Snapshot, targets: readonly NoteTarget[]): NotePlace[] {
  const places = citedPlaces(snapshot, targets);
  return targets.map((target) => {
    switch (target.on) {
      case 'finding':
        return ofFinding(snapshot, target.finding);
      case 'line':
        return ofLine(snapshot, target.member, target.line);
      case 'lines':
        return ofLine(snapshot, target.member, target.from);
      case 'member':
        return null;
      case 'moment':
        return ofMoment(snapshot, target);
      case 'cell':
      case 'record': {
        const cited = places.get(placeKey(target));
        return cited === undefined ? null : ofCited(snapshot, cited);
      }
    }
  });
}

type FoundTarget = EvidenceResult<'findTargets'>[number];

/**
 * What things that notes are written to are called in the window: a record by its id, a line of the merged timeline
 * by `member:line`, any other line by its member.
 */
export function findTargets(snapshot: Snapshot, targets: readonly NoteTarget[]): FoundTarget[] {
  const places = citedPlaces(snapshot, targets);
  const { evidence } = snapshot.analysis;
  const line = (member: string, at: number): FoundTarget => {
    const about = evidence.member(member);
    if (about === undefined || at < 1 || at > (about.lines ?? 0)) return null;
    // Lines of a page stand in its file only.
    const isMerged = snapshot.drafts.at(about.index)?.timeline !== 'none';
    return isMerged ? { on: 'line', id: `${member}:${at}` } : { on: 'member', id: member };
  };
  return targets.map((target): FoundTarget => {
    switch (target.on) {
      case 'finding':
        return snapshot.findingById.has(target.finding) ? { on: 'finding', id: target.finding } : null;
      case 'line':
        return line(target.member, target.line);
      case 'lines':
        return line(target.member, target.from);
      case 'member':
        return evidence.member(target.member) === undefined ? null : { on: 'member', id: target.member };
      case 'moment':
        return null;
      case 'cell':
      case 'record': {
        const cited = places.get(placeKey(target));
        if (cited !== undefined) {
          return 'run' in cited ? { on: 'run', id: cited.run.id } : { on: 'record', id: cited.record.id };
        }
        return target.line === null ? null : line(target.member, target.line);
      }
    }
  });
}

/** An event added by hand stands where its reading stands; without an offset where readings of unknown zone are placed. */
function ofMoment(snapshot: Snapshot, { local, offset }: Extract<NoteTarget, { on: 'moment' }>): NotePlace {
  const reading = Date.parse(`${local}Z`);
  if (Number.isNaN(reading)) return null;
  const east = offset === null ? snapshot.lines.placementOffset : offsetMinutes(offset);
  return { at: reading - east * 60_000, target: { on: 'moment', id: `${local}${offset ?? ''}` } };
}

function offsetMinutes(offset: string): number {
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4, 6));
  return offset.startsWith('-') ? -minutes : minutes;
}

function ofFinding(snapshot: Snapshot, id: string): NotePlace {
  const moment = snapshot.findingById
    .get(id)
    ?.witnesses.map((witness) => witnessMoment(witness, snapshot))
    .find((at) => at !== null);
  return placed(snapshot, moment ?? null, { on: 'finding', id });
}

function ofLine({ analysis, lines }: Snapshot, member: string, line: number): NotePlace {
  const position = analysis.evidence.member(member)?.index;
  const id = position === undefined ? null : lines.idOf(position, line - 1);
  const scale = id === null ? Number.NaN : lines.scaleOf(id);
  return Number.isNaN(scale) ? null : { at: scale, target: { on: 'line', id: `${member}:${line}` } };
}

type Cited = { readonly record: PatchRecord } | { readonly run: Run };

function ofCited(snapshot: Snapshot, cited: Cited): NotePlace {
  if ('run' in cited) {
    const span = runSpan(cited.run, snapshot.lines);
    return span === null ? null : { at: span.from, target: { on: 'run', id: cited.run.id } };
  }
  const { id, deployment, detection } = cited.record;
  const at = [deployment.at, detection.at].find((one) => isMoment(one)) ?? null;
  return placed(snapshot, isMoment(at) ? at : null, { on: 'record', id });
}

function placed(
  snapshot: Snapshot,
  moment: Moment | null,
  target: NonNullable<NotePlace>['target'],
): NotePlace {
  return moment === null ? null : { at: snapshot.lines.scaleOfMoment(moment), target };
}

/** The records and runs that are cited by a place that a note is written to. */
function citedPlaces({ analysis }: Snapshot, targets: readonly NoteTarget[]): ReadonlyMap<string, Cited> {
  const wanted = new Set(
    targets.flatMap((target) => (target.on === 'record' || target.on === 'cell' ? [placeKey(target)] : [])),
  );
  const found = new Map<string, Cited>();
  if (wanted.size === 0) return found;
  for (const run of analysis.evidence.runs) {
    const key = placeKey(run.citation);
    if (wanted.has(key) && !found.has(key)) found.set(key, { run });
  }
  // Where a record and a run cite one place, the note was written to the record more likely than not.
  for (const record of analysis.evidence.records) {
    const key = placeKey(record.citation);
    if (wanted.has(key)) found.set(key, { record });
  }
  return found;
}

function placeKey({ member, line, row, pointer }: Omit<Citation, 'quote'>): string {
  return `${member}\n${String(line)}\n${String(row)}\n${String(pointer)}`;
}
