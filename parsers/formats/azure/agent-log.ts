import type { Level } from '../../domain/evidence.ts';
import type { LevelReader } from '../../text/line-head.ts';
import { stampHead } from '../../text/stamp.ts';
import { defineLineFormat } from '../define-format.ts';
import type { LogReader, LogRecord, MemberContext, Probe } from '../define-format.ts';
import type { AzureAgentStep } from './facts.ts';
import { isText, patchExtension, scopeOf } from './paths.ts';

const levelWords: readonly (readonly [string, Level])[] = [
  ['VERBOSE', 'trace'],
  ['INFO', 'info'],
  ['WARNING', 'warning'],
  ['ERROR', 'error'],
];

/** ` INFO ExtHandler …`: the first word behind the stamp; without one the line is one of an extension's own. */
const wordLevel: LevelReader = (bytes, from, end) => {
  let at = from;
  while (at < end && bytes[at] === 0x20) at += 1;
  for (const [word, level] of levelWords) {
    let same = 0;
    while (same < word.length && bytes[at + same] === word.charCodeAt(same)) same += 1;
    if (same === word.length && at + same < end) return level;
  }
  return 'none';
};

/** The newer form states UTC; the older one, with slashes, has no zone and is taken as UTC. */
const heads = [
  stampHead("YYYY-MM-DDTHH:mm:ss.fff'Z'", { name: 'waagent', offset: 0, level: wordLevel }),
  stampHead("YYYY-MM-DDTHH:mm:ss'Z'", { name: 'waagent', offset: 0, level: wordLevel }),
  stampHead('YYYY/MM/DD HH:mm:ss.fff', { name: 'waagent-older', offset: 0, level: wordLevel }),
  stampHead('YYYY/MM/DD HH:mm:ss', { name: 'waagent-older', offset: 0, level: wordLevel }),
];

const lineForm =
  /^\d{4}(?:-\d\d-\d\dT|\/\d\d\/\d\d )[\d:.]+Z?\s+(?:(?:VERBOSE|INFO|WARNING|ERROR)\s|\[\S+\])/u;

function isAgentLog(probe: Probe): boolean {
  if (!isText(probe)) return false;
  const named = /(?:^|[/_])waagent(?:_[^/]*)?\.log(?:\.\d+)?$/u.test(probe.path);
  const form = probe.lines.filter((line) => lineForm.test(line)).length;
  return named
    ? form > 0
    : form >= 3 && /\b(?:ExtHandler|WALinuxAgent|Azure Linux Agent)\b/u.test(probe.text);
}

/** `waagent.log`: the guest agent's own log, of which the lines about the patch extension count. */
export const agentLog = defineLineFormat({
  id: 'azure/agent-log',
  system: 'azure-update-manager',
  clock: 'device',
  recognise: isAgentLog,
  heads,
  landmarks: [
    'PatchExtension',
    'OsUpdateExtension',
    'MsftLinuxPatch',
    'Agent Version',
    'is running as the goal state agent',
  ],
  open: (context) => new AgentReader(context),
  samples: [
    {
      line: '2023-04-14T14:49:44.625061Z INFO ExtHandler [Microsoft.CPlat.Core.LinuxPatchExtension-1.6.59] Target handler state: enabled [incarnation_2]',
      local: '2023-04-14T14:49:44.625',
      offset: 0,
      level: 'info',
    },
    {
      line: '2021/03/30 19:45:31.412000 INFO ExtHandler Wire server endpoint:168.63.129.16',
      local: '2021-03-30T19:45:31.412',
      offset: 0,
      level: 'info',
    },
  ],
});

class AgentReader implements LogReader {
  readonly #context: MemberContext;
  readonly #scope: string;
  #older = false;
  /** The settings that the agent wrote last: what it enables next. */
  #sequence: number | null = null;

  constructor(context: MemberContext) {
    this.#context = context;
    this.#scope = scopeOf(context.path);
  }

  record(record: LogRecord): void {
    const text = [record.body, ...record.continuation].join('\n');
    if (record.at?.raw.includes('/') === true) this.#older = true;
    const citation = this.#context.cite(record.line, record.text.slice(0, 1_000));
    // An agent that starts evidences a restart that was asked for before.
    if (/Agent Version:? ?\d|is running as the goal state agent/u.test(text)) {
      this.#context.harvest.event({
        type: 'agent-start',
        at: record.at,
        citation,
        detail: { agent: 'waagent' },
      });
      return;
    }
    if (!patchExtension.test(text) && !text.includes('MsftLinuxPatch')) return;
    const step = stepOf(text);
    if (step === null) return;
    this.#sequence = step.sequence ?? this.#sequence;
    this.#context.harvest.event({
      type: 'azure/agent-step',
      at: record.at,
      citation,
      detail: { ...step, sequence: this.#sequence, activityId: null, scope: this.#scope },
    });
  }

  end(): void {
    // The older form is taken as UTC; nothing in it says so.
    if (this.#older) this.#context.harvest.warning(null, 'assumed-utc', 'yyyy/MM/dd HH:mm:ss.ffffff');
  }
}

function stepOf(text: string): Pick<AzureAgentStep, 'step' | 'sequence' | 'code'> | null {
  const settings = /Update settings file: (?<sequence>\d{1,9})\.settings/u.exec(text)?.groups?.['sequence'];
  if (settings !== undefined) return { step: 'settings', sequence: Number(settings), code: null };
  const code = /Non-zero exit code: (?<code>-?\d{1,6})/u.exec(text)?.groups?.['code'];
  if (code !== undefined) return { step: 'exit', sequence: null, code: Number(code) };
  if (/Enable extension: ?\[|Command: .{0,200}-e(?:nable)?\b/u.test(text))
    return { step: 'enable', sequence: null, code: null };
  return null;
}
