import type { Citation, SystemId, PatchRecord } from '../../domain/evidence.ts';
import { isMoment, type Moment } from '../../domain/moment.ts';
import { restartCodes, unsigned32 } from '../../domain/numbers.ts';
import type { Evidence, PatchName, PatchOnDevice } from '../../evidence/evidence.ts';
import { ByUpdate, homelessSightings, sightingsOf } from '../windows-update/installs.ts';
import type { InstallSighting } from '../windows-update/installs.ts';
import { Happenings } from '../windows-update/relation.ts';
import { oncePerKey } from '../../domain/once.ts';

/** An installation that a source calls successful. */
export interface InstallSuccess {
  readonly system: SystemId;
  readonly at: Moment | null;
  readonly citation: Citation;
  readonly code: number | null;
  /** 3010, 0x240005 and their like, or a source that lists the patch among those that wait for the restart. */
  readonly asksForRestart: boolean;
}

/** The source of records that are lists of installed hotfixes (an inventory, Get-HotFix, systeminfo). */
const hotfixSource = 'hotfix';

/** AGENT_INSTALLING_PENDING */
const pendingReport = 201;

/**
 * What other sources than the pair's own say of its installation: success events of the Windows Update
 * client (183, event 19, LogHistory; pending ones ask for a restart) and lists of installed hotfixes.
 */
export function successesOf(evidence: Evidence, pair: PatchOnDevice): readonly InstallSuccess[] {
  if (pair.deviceKey === '') return [];
  const sightings =
    pair.system === 'windows-update' ? [] : sightingsOf(evidence, pair.deviceKey, namesOf(pair));
  const restarts = new Happenings(
    sightings.filter(({ step }) => step === 'restart-required'),
    evidence,
  );
  return [...sightings.flatMap((sighting) => successOf(sighting, restarts)), ...hotfixesOf(evidence, pair)];
}

/** Successes of logs whose device is not known. */
export function homelessSuccesses(evidence: Evidence, pair: PatchOnDevice): readonly InstallSighting[] {
  if (pair.system === 'windows-update') return [];
  return homelessSightings(evidence, namesOf(pair)).filter(isSuccess);
}

/** Statements that the patch was removed, or is about to be. */
export function removalsOf(evidence: Evidence, pair: PatchOnDevice): readonly InstallSighting[] {
  return sightingsOf(evidence, pair.deviceKey, namesOf(pair)).filter(({ step }) => step === 'uninstalled');
}

/** The names under which a pair's records know the patch, each once. */
export function namesOf(pair: PatchOnDevice): readonly PatchName[] {
  const [first] = pair.records;
  if (pair.records.length === 1 && first !== undefined) return [first];
  const names = new Map<string, PatchName>();
  for (const { patch, kb, updateId } of pair.records) {
    names.set(JSON.stringify([patch, kb, updateId]), { patch, kb, updateId });
  }
  return [...names.values()];
}

/** An end with 0x240005 is a success that asks for a restart; 201 is no end, whatever its code. */
function isSuccess({ step, report }: InstallSighting): boolean {
  return step === 'installed' || (step === 'pending' && report !== pendingReport);
}

function successOf(
  sighting: InstallSighting,
  restarts: Happenings<InstallSighting>,
): readonly InstallSuccess[] {
  if (!isSuccess(sighting)) return [];
  const asksForRestart =
    sighting.step === 'pending' ||
    (sighting.code !== null && restartCodes.has(unsigned32(sighting.code))) ||
    // The client lists it among what waits for the restart, at the success or behind it.
    restarts.anyAfter(sighting) ||
    restarts.missingFor(sighting) !== null;
  const { at, citation, code } = sighting;
  return [{ system: 'windows-update', at, citation, code, asksForRestart }];
}

function hotfixesOf(evidence: Evidence, pair: PatchOnDevice): readonly InstallSuccess[] {
  const hotfixes = hotfixRecordsOf(evidence, pair.deviceKey);
  if (hotfixes === null) return [];
  return hotfixes.of(namesOf(pair)).flatMap((record): InstallSuccess[] => {
    const { deployment, citation, system } = record;
    if (system === pair.system) return [];
    if (!isMoment(deployment.at) || deployment.status !== 'succeeded') return [];
    const code = deployment.exitCode;
    const asksForRestart = code !== null && restartCodes.has(unsigned32(code));
    return [{ system, at: deployment.at, citation, code, asksForRestart }];
  });
}

/** Looked for once for each device: it has a pair for every one of its patches. */
const hotfixRecordsOf = oncePerKey((evidence: Evidence, deviceKey: string): ByUpdate<PatchRecord> | null => {
  const hotfixes = evidence
    .recordsOfDevice(deviceKey)
    .filter((record) => record.source.includes(hotfixSource));
  return hotfixes.length === 0 ? null : new ByUpdate(evidence, hotfixes);
});
