import type { Locale, RunDetail, RunRow } from '../../preload/contract/shapes.ts';
import type { Run } from '../domain/evidence.ts';
import { citationView, codeView, momentView } from './rows.ts';
import { roleOf } from './run-spans.ts';
import type { Snapshot } from './session.ts';

export function runRow(run: Run, snapshot: Snapshot, locale: Locale): RunRow {
  const { evidence } = snapshot.analysis;
  return {
    id: run.id,
    system: run.system,
    device: run.device,
    deviceKey: evidence.deviceKey(run.device),
    name: run.name,
    operation: run.operation,
    role: roleOf(run),
    outcome: run.outcome,
    startedAt: run.startedAt === null ? null : momentView(run.startedAt),
    endedAt: run.endedAt === null ? null : momentView(run.endedAt),
    window:
      run.window === null
        ? null
        : {
            start: run.window.start === null ? null : momentView(run.window.start),
            minutes: run.window.minutes,
            ...(run.window.cutoffs === undefined ? {} : { cutoffs: [...run.window.cutoffs] }),
          },
    attempts: run.attempts,
    exitCode: run.exitCode === null ? null : codeView(run.exitCode, run.system, locale),
    reboot: run.reboot,
    steps: { told: run.steps.filter((step) => step.evidenced).length, total: run.steps.length },
    overlaps: snapshot.overlapping.has(run.id),
    citation: citationView(run.citation),
  };
}

/** Records of a run that are sent along; the rest is found by the run's device and time. */
const sentRecords = 200;
/** Values that place a run in the strip and are shown as such, not as values. */
const placing: ReadonlySet<string> = new Set(['lane', 'role', 'overlap']);

export function runDetail(run: Run, snapshot: Snapshot, locale: Locale): RunDetail {
  const { evidence } = snapshot.analysis;
  return {
    ...runRow(run, snapshot, locale),
    stepList: run.steps.map((step) => ({
      name: step.name,
      evidenced: step.evidenced,
      outcome: step.outcome,
      at: step.at === null ? null : momentView(step.at),
      citation: step.citation === null ? null : citationView(step.citation),
    })),
    detail: Object.entries(run.detail).flatMap(([name, value]) =>
      placing.has(name) ? [] : [{ name, value }],
    ),
    records: run.records.slice(0, sentRecords).flatMap((id) => {
      const record = evidence.record(id);
      return record === undefined
        ? []
        : [
            {
              id,
              device: record.device,
              patch: record.patch ?? record.kb,
              detectionStatus: record.detection.status,
              deploymentStatus: record.deployment.status,
            },
          ];
    }),
    recordCount: run.records.length,
  };
}
