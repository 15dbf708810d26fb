import type { DeploymentStatus, DetectionStatus, PatchRecord } from './evidence.ts';
import { restartCodes } from './numbers.ts';

/** What can be said of one patch on one device. */
export const patchStates = [
  'none',
  'patched',
  'deployed',
  'not-patched',
  'failed',
  'pending-reboot',
  'in-progress',
  'not-applicable',
  'unknown',
  'mixed',
] as const;
export type PatchState = (typeof patchStates)[number];

/** What the last attempt came to: an exit code that asks for a restart outranks the status. */
export function lastResult(status: string | null, exitCode: number | null): string | null {
  return exitCode !== null && restartCodes.has(exitCode) ? 'pending-reboot' : status;
}

/** What one record says of its patch on its device. A detection outranks a deployment: it is what was looked at. */
export function stateOfRecord(record: Pick<PatchRecord, 'detection' | 'deployment'>): PatchState {
  const { status: detection } = record.detection;
  const { status: deployment } = record.deployment;
  const byDetection = detection === null ? null : stateOfDetection(detection, deployment);
  return byDetection ?? stateOfDeployment(deployment);
}

function stateOfDetection(
  detection: DetectionStatus,
  deployment: DeploymentStatus | null,
): PatchState | null {
  switch (detection) {
    case 'patched':
    case 'not-applicable':
    case 'pending-reboot':
      return detection;
    case 'not-patched':
      return deployment === 'failed' || deployment === 'pending-reboot' || deployment === 'in-progress'
        ? deployment
        : 'not-patched';
    case 'error':
      return 'failed';
    case 'unknown':
      return null;
  }
}

function stateOfDeployment(deployment: DeploymentStatus | null): PatchState {
  switch (deployment) {
    case 'succeeded':
      return 'deployed';
    case 'failed':
    case 'pending-reboot':
    case 'in-progress':
      return deployment;
    case 'not-attempted':
    case 'skipped':
    case 'unknown':
    case null:
      return 'unknown';
  }
}

/** Two records of one cell: what differs is told as such, never merged into one of the two. */
export function joinStates(a: PatchState, b: PatchState): PatchState {
  if (a === b || b === 'none' || b === 'unknown') return a === 'none' ? b : a;
  if (a === 'none' || a === 'unknown') return b;
  // A deployment that succeeded and a detection that finds the patch say the same.
  const pair = new Set([a, b]);
  if (pair.has('patched') && pair.has('deployed')) return 'patched';
  return 'mixed';
}
