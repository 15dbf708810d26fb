import type { Fact, Member } from '../../domain/evidence.ts';
import { defineSystem } from '../define-format.ts';
import { agentLog, debugLog } from './agent-log.ts';
import { cefSyslog } from './cef-syslog.ts';
import { componentResult } from './component-result.ts';
import { iauLog, iaurelayLog } from './iau-log.ts';
import { assembleRuns } from './runs.ts';
import { systemEvents } from './system-events.ts';
import { amspLog, tmudump } from './tmudump.ts';
import { agentStatus, guidsFile, hostFile, pluginsList, timestampFile, versionNotes } from './versions.ts';

/**
 * Trend Micro Deep Security, versions 9 to 20: component updates from request to result. The list of what
 * to ask for follows S3, the vendor's guide to failing security updates.
 */
export const deepSecurity = defineSystem({
  id: 'deep-security',
  formats: [
    systemEvents,
    cefSyslog,
    tmudump,
    amspLog,
    iauLog,
    iaurelayLog,
    agentLog,
    debugLog,
    componentResult,
    pluginsList,
    agentStatus,
    guidsFile,
    hostFile,
    timestampFile,
    versionNotes,
  ],
  askFor: [
    { item: 'deep-security/system-events', servedBy: [systemEvents.id, cefSyslog.id] },
    { item: 'deep-security/tmudump', servedBy: [tmudump.id] },
    { item: 'deep-security/iau-log', servedBy: [iauLog.id] },
    { item: 'deep-security/iaurelay-log', servedBy: [iaurelayLog.id], isNeeded: hasRelay },
    { item: 'deep-security/agent-log', servedBy: [agentLog.id, debugLog.id] },
    {
      item: 'deep-security/versions',
      servedBy: [pluginsList.id, agentStatus.id, hostFile.id, versionNotes.id, cefSyslog.id],
      isComplete: tellsAllVersions,
    },
    { item: 'deep-security/amsp-logs', servedBy: [amspLog.id, componentResult.id], isNeeded: hasWindows },
    { item: 'deep-security/debug-log', servedBy: [debugLog.id], isNeeded: stillFails },
  ],
  assembleRuns,
});

function hasRelay(_members: readonly Member[], facts: readonly Fact[]): boolean {
  return facts.some((fact) => fact.type === 'deep-security/relay');
}

/** A platform that is stated, or paths that only Windows has. */
function hasWindows(members: readonly Member[], facts: readonly Fact[]): boolean {
  const platforms = facts.filter(
    (fact): fact is Fact<'deep-security/platform'> => fact.type === 'deep-security/platform',
  );
  if (platforms.length > 0) return platforms.some((fact) => fact.value.windows);
  return members.some(
    ({ path, system }) =>
      system === 'deep-security' && /(?:^|[/\\!])(?:amsp[^/\\]*|programdata|program files)[/\\]/iu.test(path),
  );
}

function tellsAllVersions(facts: readonly Fact[]): boolean {
  const told = new Set(
    facts.flatMap((fact) =>
      fact.type === 'deep-security/version' ? [(fact as Fact<'deep-security/version'>).value.component] : [],
    ),
  );
  return told.has('agent') && told.has('relay') && told.has('manager');
}

/** The newest outcome of an agent is a failure: the next step is a debug log. */
function stillFails(_members: readonly Member[], facts: readonly Fact[]): boolean {
  return facts.some((fact) => fact.type === 'deep-security/last-outcome-failed');
}
