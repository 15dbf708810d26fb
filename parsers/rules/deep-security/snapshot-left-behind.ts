import { groupBy } from '../../domain/group-by.ts';
import type { Member } from '../../domain/evidence.ts';
import { laterOf, order } from '../../domain/moment.ts';
import type { Moment } from '../../domain/moment.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import {
  cannotTell,
  consistent,
  defineRule,
  found,
  notApplicable,
  place,
  type Verdict,
} from '../define-rule.ts';
import { timeText } from '../parameters.ts';
import {
  assumed,
  deepSecurityView,
  goesOnFor,
  mostCited,
  type DeepSecurityView,
  type TimedEvent,
} from './view.ts';
import { agentWindow } from './unfinished.ts';

const snapshotFolder = /^(?<folder>.*(?:^|[/\\!])li_copy)[/\\]/iu;

/**
 * Before components are replaced a copy of them is kept under `li_copy` and removed afterwards. What still
 * lies there without an update that runs, or a success since, belongs to one that broke off (S3).
 */
export const snapshotLeftBehind = defineRule({
  id: 'deep-security/snapshot-left-behind',
  kind: 'fault',
  severity: 'medium',
  system: 'deep-security',
  looksAt: 'bundle',
  needs: ['deep-security/system-events'],
  source: 'S3',
  check(_bundle, evidence) {
    const files = evidence.members.filter(({ path }) => snapshotFolder.test(path));
    if (files.length === 0) return notApplicable;
    const groups = groupBy(files, ({ path }) => snapshotFolder.exec(path)?.groups?.['folder'] ?? '');
    return [...groups].map(([folder, group]) => judge(folder, group, evidence));
  },
});

function judge(folder: string, files: readonly Member[], evidence: Evidence): Verdict {
  const view = deepSecurityView(evidence);
  const device = files[0]?.device?.name ?? null;
  if (!view.hasEvents) return cannotTell('ds-system-events', device);
  if (isRunning(view, evidence)) return consistent;
  const newest = files.reduce<Moment | null>(
    (latest, { modified }) =>
      modified === null ? latest : latest === null ? modified : laterOf(latest, modified),
    null,
  );
  const successes = successesOf(view, evidence, evidence.deviceKey(device));
  if (successes.length > 0) {
    if (newest === null) return cannotTell('ds-file-times', device);
    const relations = successes.map((event) => order(event.at, newest));
    if (relations.includes('after')) return consistent;
    if (!relations.every((relation) => relation === 'before')) return cannotTell('clock-offset', device);
  }
  return found({
    device,
    parameters: {
      folder,
      files: files.length,
      newestAt: newest === null ? null : timeText(newest),
    },
    witnesses: files
      .slice(0, mostCited)
      .map(({ path }) =>
        place({ member: path, line: null, row: null, pointer: null, quote: path }, 'ds-snapshot-file'),
      ),
  });
}

function successesOf(view: DeepSecurityView, evidence: Evidence, key: string): readonly TimedEvent[] {
  const agents = view.updates
    .of('update-succeeded')
    .filter((event) => key === '' || evidence.deviceKey(event.device) === key);
  const isRelay = key === '' || view.relayKeys.has(key);
  return isRelay ? [...agents, ...view.updates.of('relay-update-succeeded')] : agents;
}

/** A request whose time is not over when the bundle ends. */
function isRunning(view: DeepSecurityView, evidence: Evidence): boolean {
  return (
    view.updates.relays.some(
      ({ request, result }) => result === null && goesOnFor(evidence, request, assumed.relayMinutes) !== true,
    ) ||
    view.updates.agents.some(
      (update) =>
        update.request !== null &&
        update.result === null &&
        goesOnFor(evidence, update.request, agentWindow(update)) !== true,
    )
  );
}
