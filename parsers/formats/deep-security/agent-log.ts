import { stampHead } from '../../text/stamp.ts';
import { defineLineFormat } from '../define-format.ts';
import type { LineSample, LogReader, LogRecord, MemberContext, Probe } from '../define-format.ts';
import { LogHarvest, wholeText, withMoment } from './log-harvest.ts';
import { findConnectionFailure, findHost, findStep, mayTell, roleOf } from './messages.ts';

const headForm = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{1,9} \[[+-]\d{4}\]: \[[\w ]+\/\d+\] \| /u;

const heads = [stampHead("YYYY-MM-DD HH:mm:ss.fff '['zz']:'", { name: 'ds-agent' })];

const landmarks: readonly string[] = [
  'Received command',
  'pdate',
  'usy with',
  'icense',
  'icence',
  '_STATUS_',
  'li_copy',
  'ould not ',
  'nable to ',
  'ailed to ',
  'maint',
];

/** Commands of the manager that ask for a component update; names differ between builds. */
const updateCommand =
  /Received command (?:\w*(?:Security|Component|Pattern)\w*Update|\w*Update\w*(?:Security|Component|Pattern|Start)|iAUUpdate)\w*/iu;

function isAgentLog({ shape, lines }: Probe): boolean {
  return (shape === 'text' || shape === 'delimited') && lines.some((line) => headForm.test(line));
}

/** Debug logging is on: `[Debug/7]`, or a file that says so in its name. */
function isDebugLog({ name, lines }: Probe): boolean {
  return (
    name.includes('debug') ||
    lines.some((line) => /\]: \[(?:Debug|Trace|Verbose)[\w ]*\/\d+\] \| /iu.test(line))
  );
}

class AgentReader implements LogReader {
  readonly #harvest: LogHarvest;

  constructor(context: MemberContext) {
    this.#harvest = new LogHarvest(context);
  }

  record(raw: LogRecord): void {
    if (!mayTell(wholeText(raw))) return;
    const record = withMoment(
      raw,
      raw.at === null ? null : { ...raw.at, raw: raw.at.raw.replace(/:$/u, '') },
    );
    const place = { at: record.at, line: record.line, text: record.text };
    const text = [record.body, ...record.continuation].join('\n');
    this.#harvest.texts(record);
    if (updateCommand.test(text)) {
      this.#harvest.step({ step: 'request', outcome: 'unknown', of: 'agent', count: 1 }, place);
      return;
    }
    const failure = findConnectionFailure(text);
    if (failure !== null) {
      // The agent also talks to its manager; only what names a relay or the update server is ours.
      if (failure.role !== null) this.#harvest.connection(failure, place);
      return;
    }
    const host = findHost(text);
    const role = host === null ? null : roleOf(host.host, host.port, '');
    if (host !== null && role !== null && /succe|HTTP(?:\/1\.\d)? 2\d\d/iu.test(text)) {
      this.#harvest.connection(
        { ...host, role, outcome: 'succeeded', reached: true, raw: 'OK', count: 1 },
        place,
      );
    }
    if (!/update|アップデート/iu.test(text)) return;
    const step = findStep(text, 'agent');
    if (step !== null) this.#harvest.step(step, place);
  }

  end(): void {
    this.#harvest.end();
  }
}

const samples: readonly LineSample[] = [
  {
    line: '2025-07-26 14:34:47.505346 [+0100]: [Cmd/5] | Received command GetEvents | dsa/ConnectionHandler.lua:1577:LogDsmCommand | 480C:27DC:x',
    local: '2025-07-26T14:34:47.505',
    offset: 60,
  },
];

/** ds_agent.log of version 20: every stamp states its offset. */
export const agentLog = defineLineFormat({
  id: 'deep-security/agent-log',
  system: 'deep-security',
  clock: 'device',
  recognise: (probe) => isAgentLog(probe) && !isDebugLog(probe),
  heads,
  landmarks,
  open: (context) => new AgentReader(context),
  samples,
});

/** The same with debug logging switched on. */
export const debugLog = defineLineFormat({
  id: 'deep-security/debug-log',
  system: 'deep-security',
  clock: 'device',
  recognise: (probe) => isAgentLog(probe) && isDebugLog(probe),
  heads,
  landmarks,
  open: (context) => new AgentReader(context),
  samples,
});
