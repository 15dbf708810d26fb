import type { DeploymentStatus, DetectionStatus } from '../domain/evidence.ts';
import type { Evidence } from '../evidence/evidence.ts';

/** A status that occurs, with the words by which the sources say it. */
export type ReportStatus = StatusSpellings &
  (
    | { readonly of: 'detection'; readonly status: DetectionStatus }
    | { readonly of: 'deployment'; readonly status: DeploymentStatus }
  );

interface StatusSpellings {
  /** Records and runs with it. */
  readonly count: number;
  /** As the sources write it, the most frequent first. */
  readonly spellings: readonly string[];
}

const detectionOrder: readonly DetectionStatus[] = [
  'patched',
  'not-patched',
  'pending-reboot',
  'not-applicable',
  'error',
  'unknown',
];
const deploymentOrder: readonly DeploymentStatus[] = [
  'succeeded',
  'failed',
  'pending-reboot',
  'in-progress',
  'not-attempted',
  'skipped',
  'unknown',
];

interface Tally {
  count: number;
  readonly spellings: Map<string, number>;
}

/** The statuses that occur in records and runs, in a fixed order. */
export function statusesThatOccur({
  records,
  runs,
}: Pick<Evidence, 'records' | 'runs'>): readonly ReportStatus[] {
  const detections = new Map<DetectionStatus, Tally>();
  const deployments = new Map<DeploymentStatus, Tally>();
  for (const { detection, deployment } of records) {
    if (detection.status !== null) count(detections, detection.status, detection.raw);
    if (deployment.status !== null) count(deployments, deployment.status, deployment.raw);
  }
  for (const { outcome } of runs) if (outcome !== null) count(deployments, outcome, null);
  return [
    ...detectionOrder.flatMap((status) =>
      ofTally(detections.get(status)).map((tally) => ({ of: 'detection' as const, status, ...tally })),
    ),
    ...deploymentOrder.flatMap((status) =>
      ofTally(deployments.get(status)).map((tally) => ({ of: 'deployment' as const, status, ...tally })),
    ),
  ];
}

function count<Status>(tallies: Map<Status, Tally>, status: Status, raw: string | null): void {
  let tally = tallies.get(status);
  if (tally === undefined) {
    tally = { count: 0, spellings: new Map() };
    tallies.set(status, tally);
  }
  tally.count += 1;
  if (raw === null || raw.trim() === '') return;
  tally.spellings.set(raw, (tally.spellings.get(raw) ?? 0) + 1);
}

function ofTally(tally: Tally | undefined): readonly StatusSpellings[] {
  if (tally === undefined) return [];
  const spellings = [...tally.spellings]
    .sort(([a, more], [b, fewer]) => fewer - more || (a < b ? -1 : 1))
    .map(([raw]) => raw);
  return [{ count: tally.count, spellings }];
}
