import type { Member } from '../../domain/evidence.ts';
import type { EvidenceListItem } from '../define-format.ts';
import { defineSystem } from '../define-format.ts';
import { agentLog } from './agent-log.ts';
import { agentStatus } from './agent-status.ts';
import { collectorLog } from './collector-log.ts';
import { coreLog } from './core-log.ts';
import { deriveRecords } from './derive-records.ts';
import { extensionLog } from './extension-log.ts';
import { packageLogs } from './package-log.ts';
import { resourceGraph } from './resource-graph.ts';
import { assembleRuns } from './runs.ts';
import { settingsFile } from './settings.ts';
import { stateFile } from './state-files.ts';
import { statusFile } from './status-file.ts';
import { windowsAgentLog, windowsExtensionLog } from './windows-logs.ts';

/**
 * Azure Update Manager on Linux, Windows and Arc: settings, status and logs of the patch extension, the guest
 * agent's words, package manager logs, exports of Resource Graph.
 *
 * @param windowsUpdateList what the Windows Update client is asked for: the extension leans on it on Windows
 */
export function azureSystem(windowsUpdateList: readonly EvidenceListItem[]) {
  return defineSystem({
    id: 'azure-update-manager',
    formats: [
      statusFile,
      settingsFile,
      agentStatus,
      stateFile,
      resourceGraph,
      extensionLog,
      coreLog,
      agentLog,
      ...packageLogs,
      windowsExtensionLog,
      windowsAgentLog,
      collectorLog,
    ],
    askFor: [
      { item: 'azure/status', servedBy: [statusFile.id] },
      { item: 'azure/settings', servedBy: [settingsFile.id] },
      { item: 'azure/agent-log', servedBy: [agentLog.id, windowsAgentLog.id] },
      { item: 'azure/agent-status', servedBy: [agentStatus.id] },
      { item: 'azure/core-log', servedBy: [coreLog.id], isNeeded: hasLinux },
      { item: 'azure/extension-log', servedBy: [extensionLog.id], isNeeded: hasLinux },
      { item: 'azure/package-log', servedBy: packageLogs.map(({ id }) => id), isNeeded: hasLinux },
      { item: 'azure/windows-extension-log', servedBy: [windowsExtensionLog.id], isNeeded: hasWindows },
      ...windowsUpdateList.map((item): EvidenceListItem => ({
        ...item,
        isNeeded: (members, facts, events) =>
          hasWindows(members) && item.isNeeded?.(members, facts, events) !== false,
      })),
    ],
    deriveRecords,
    assembleRuns,
  });
}

const linuxKinds: ReadonlySet<string> = new Set([
  coreLog.id,
  extensionLog.id,
  agentLog.id,
  ...packageLogs.map(({ id }) => id),
]);

/** Files that only one of the platforms has, or paths that name it. */
function hasLinux(members: readonly Member[]): boolean {
  const own = members.filter(({ system }) => system === 'azure-update-manager');
  return own.some(
    ({ kind, path }) =>
      (kind !== null && linuxKinds.has(kind)) ||
      /Linux(?:Patch|OsUpdate)Extension|(?:^|[/!])var\/lib\/waagent/iu.test(path),
  );
}

function hasWindows(members: readonly Member[]): boolean {
  const own = members.filter(({ system }) => system === 'azure-update-manager');
  return own.some(
    ({ kind, path }) =>
      kind === windowsExtensionLog.id ||
      kind === windowsAgentLog.id ||
      /Windows(?:Patch|OsUpdate)Extension|WindowsAzure[/\\]/iu.test(path),
  );
}
