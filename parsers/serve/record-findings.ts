import type { PatchRecord } from '../domain/evidence.ts';
import type { Finding } from '../domain/finding.ts';
import { JoinedRecord } from '../evidence/joined-record.ts';
import type { Snapshot } from './session.ts';

const none: readonly Finding[] = [];
const flags = new WeakMap<Snapshot['findingsOfRecord'], Uint8Array>();

/**
 * The findings that cite a record. Of a million records few are cited: a byte tells most of them apart
 * without their ids being written out.
 */
export function findingsOf(snapshot: Snapshot, record: PatchRecord): readonly Finding[] {
  const { findingsOfRecord } = snapshot;
  if (record instanceof JoinedRecord) {
    let cited = flags.get(findingsOfRecord);
    if (cited === undefined) {
      const { evidence } = snapshot.analysis;
      cited = new Uint8Array(evidence.records.length);
      for (const id of findingsOfRecord.keys()) {
        const of = evidence.record(id);
        if (of instanceof JoinedRecord) cited[of.position] = 1;
      }
      flags.set(findingsOfRecord, cited);
    }
    if (cited[record.position] === 0) return none;
  }
  return findingsOfRecord.get(record.id) ?? none;
}
