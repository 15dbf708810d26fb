import { parseCode, unsigned32 } from '../../domain/numbers.ts';
import { defineDocumentFormat } from '../define-format.ts';
import { loweredText } from '../probe-memory.ts';
import type { NapAgentState } from './facts.ts';

type Label = 'id' | 'name' | 'restriction' | 'remediation' | 'failure' | 'fixup' | 'compliance';

/** Labels of `netsh nap client show state`, English and Japanese, folded. */
const labels: Readonly<Record<string, Label>> = {
  id: 'id',
  name: 'name',
  名前: 'name',
  'restriction state': 'restriction',
  制限状態: 'restriction',
  制限の状態: 'restriction',
  'remediation state': 'remediation',
  修復状態: 'remediation',
  修復の状態: 'remediation',
  'failure category': 'failure',
  エラーのカテゴリ: 'failure',
  障害カテゴリ: 'failure',
  'fixup message': 'fixup',
  修正メッセージ: 'fixup',
  修復メッセージ: 'fixup',
  'compliance results': 'compliance',
  準拠の結果: 'compliance',
};

const agentSection = /System health agent|\bSHA\b|システム正常性エージェント/iu;
/** A line that is no section: `Key = Value`, or more codes of the value above. */
const pair = /^(?<key>[^=]{1,60}?)\s*=\s?(?<value>.*)$/u;
const code = /^\s*\(?(?<code>0x[0-9a-f]{1,8}|\d{6,10})\)?/iu;

/** The heading of the state, in lower case. */
const saysState = ['network access protection client', 'ネットワーク アクセス保護クライアント'];

/**
 * The text of `netsh nap client show state`. Collectors append it to a file that PowerShell began in
 * UTF-16LE, so its encoding may change in the middle.
 */
export const clientStateFormat = defineDocumentFormat({
  id: 'nap/client-state',
  system: 'nap',
  recognise: (probe) =>
    probe.shape !== 'binary' &&
    (saysState.some((words) => loweredText(probe).includes(words)) ||
      (probe.text.includes('79744') &&
        /^\s*Id\s*=\s*79744\s*$/imu.test(probe.text) &&
        /Fixup Message|修正メッセージ|修復メッセージ/iu.test(probe.text))),
  read(document) {
    const agents: Open[] = [];
    let restriction: string | null = null;
    let inAgents = false;
    let agent: Open | null = null;
    let last: Label | null = null;
    let pairs = 0;
    document
      .text()
      .split('\n')
      .forEach((raw, index) => {
        const line = raw.replace(/\r+$/u, '');
        const groups = pair.exec(line)?.groups;
        if (groups === undefined) {
          if (/[:：]\s*$/u.test(line)) inAgents = agentSection.test(line);
          else if (last === 'compliance') agent?.complianceCodes.push(...codesOf(line));
          return;
        }
        pairs += 1;
        const value = (groups['value'] ?? '').trim();
        last = labels[(groups['key'] ?? '').normalize('NFKC').trim().toLowerCase()] ?? null;
        if (last === 'restriction') restriction ??= value;
        if (last === 'id') {
          const id = Number(value);
          // An agent is known by its section, and the one of Windows by its number wherever it stands.
          agent = Number.isInteger(id) && (inAgents || id === 79_744) ? open(id, index + 1) : null;
          if (agent !== null) agents.push(agent);
        }
        if (agent !== null) readInto(agent, last, value);
      });
    if (pairs === 0) return false;
    const [first] = agents;
    document.harvest.fact({
      type: 'nap/client-state',
      value: { restrictionState: restriction, agents },
      citation: document.cite(first?.line ?? 1, first?.name ?? ''),
    });
    return true;
  },
});

/** An agent while its lines are read. */
type Open = { -readonly [K in keyof Omit<NapAgentState, 'complianceCodes'>]: NapAgentState[K] } & {
  complianceCodes: number[];
};

function open(id: number, line: number): Open {
  return {
    id,
    name: null,
    remediationState: null,
    failureCategory: null,
    fixupCode: null,
    complianceCodes: [],
    line,
  };
}

function readInto(agent: Open, label: Label | null, value: string): void {
  switch (label) {
    case 'name':
      agent.name = value;
      break;
    case 'remediation':
      agent.remediationState = value;
      break;
    case 'failure':
      agent.failureCategory = value;
      break;
    case 'fixup':
      agent.fixupCode = codesOf(value)[0] ?? null;
      break;
    case 'compliance':
      agent.complianceCodes.push(...codesOf(value));
      break;
    case 'id':
    case 'restriction':
    case null:
      break;
  }
}

/** `(3237937214) - The Windows Security Health Agent …`: the code in decimal or hexadecimal. */
function codesOf(text: string): number[] {
  const stated = code.exec(text)?.groups?.['code'];
  const value = stated === undefined ? null : parseCode(stated);
  return value === null ? [] : [unsigned32(value)];
}
