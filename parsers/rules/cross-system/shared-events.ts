import type { Citation } from '../../domain/evidence.ts';
import type { Moment } from '../../domain/moment.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { updatesOnDevices } from '../windows-update/installs.ts';
import type { InstallSighting, InstallStep } from '../windows-update/installs.ts';

/** One source's time of an event. */
export interface Stamping {
  readonly at: Moment;
  readonly citation: Citation;
}

/** An event that two files tell of, known to be one and the same. */
export interface SharedEvent {
  readonly device: string | null;
  readonly patch: string | null;
  /** At least two, of different files, in bundle order. */
  readonly stampings: readonly Stamping[];
}

/** How an installation ended; the start of one may be told twice, a waiting one is told again and again. */
const ends: readonly InstallStep[] = ['installed', 'failed'];

/**
 * Events that are the same one in two files: a reporting event by its GUID; the end of an installation
 * where each file tells of exactly one for that update on that device.
 */
export function sharedEvents(evidence: Evidence): readonly SharedEvent[] {
  return [...reportingEvents(evidence), ...installEnds(evidence)];
}

function reportingEvents(evidence: Evidence): readonly SharedEvent[] {
  const byId = new Map<
    string,
    { readonly device: string | null; readonly patch: string | null; readonly stampings: Stamping[] }
  >();
  for (const { detail, at, citation, device, patch } of evidence.events('windows-update/report')) {
    if (detail.reportId === null || at === null) continue;
    const entry = byId.get(detail.reportId) ?? { device, patch, stampings: [] };
    if (entry.stampings.every((stamping) => stamping.citation.member !== citation.member)) {
      entry.stampings.push({ at, citation });
    }
    byId.set(detail.reportId, entry);
  }
  return [...byId.values()].filter(({ stampings }) => stampings.length > 1);
}

function installEnds(evidence: Evidence): readonly SharedEvent[] {
  return updatesOnDevices(evidence).flatMap((update): SharedEvent[] => {
    if (update.deviceKey === '') return [];
    return ends.flatMap((step): SharedEvent[] => {
      const stampings = onlyOnes(update.sightings.filter((sighting) => sighting.step === step));
      return stampings.length > 1 ? [{ device: update.device, patch: update.patch, stampings }] : [];
    });
  });
}

/** The statements of files that make exactly one. */
function onlyOnes(sightings: readonly InstallSighting[]): readonly Stamping[] {
  const byMember = new Map<string, InstallSighting[]>();
  for (const sighting of sightings) {
    const { member } = sighting.citation;
    const list = byMember.get(member);
    if (list === undefined) byMember.set(member, [sighting]);
    else list.push(sighting);
  }
  return [...byMember.values()].flatMap(([only, ...others]): Stamping[] =>
    only?.at === undefined || only.at === null || others.length > 0
      ? []
      : [{ at: only.at, citation: only.citation }],
  );
}
