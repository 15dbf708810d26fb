import iconv from 'iconv-lite';
import type { Random } from '../../scripts/fixtures/random.ts';

/*
 * Logs of other forms than the agent's of the appliance: what opening costs must not depend on who wrote a log.
 */

/** A kind of log of which the bench makes members. */
export interface LogKind {
  /** Path of a member, by the device. */
  readonly path: (device: string) => string;
  readonly line: (at: Date, random: Random, sequence: number) => string;
  /** Absent: UTF-8. */
  readonly encode?: (text: string) => Buffer;
}

const two = (value: number): string => String(value).padStart(2, '0');
const date = (at: Date, mark = '-'): string =>
  `${at.getUTCFullYear()}${mark}${two(at.getUTCMonth() + 1)}${mark}${two(at.getUTCDate())}`;
const time = (at: Date): string =>
  `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
/** Behind the second; one line in a thousand is some milliseconds late, as threads write them. */
const fraction = (at: Date, sequence: number, digits: number): string => {
  const milliseconds = Math.max(0, at.getUTCMilliseconds() - (sequence % 1000 === 999 ? 137 : 0));
  return `${String(milliseconds).padStart(3, '0')}${String((sequence * 7919) % 10_000).padStart(4, '0')}`.slice(
    0,
    digits,
  );
};

/** Ordinary English of a service, some 110 characters. */
function words(random: Random, sequence: number): string {
  const number = random.below(9000);
  switch (random.below(5)) {
    case 0:
      return `heartbeat sent to update.sakura.example:443 seq=${sequence} rtt=${number % 90}ms queue=${number % 7} state=connected proto=wss/2 idle=${number}`;
    case 1:
      return `compared C:\\ProgramData\\Vendor\\cache\\${number}.dat with the copy of the service: unchanged, size=${number * 17} age=${number % 61} min`;
    case 2:
      return `step ${number % 212} of 212 finished in ${number} ms, rows=${number % 611}, file=/var/lib/vendor/state/${number}.json, checkpoint=${sequence}`;
    case 3:
      return `task ${number} rescheduled in ${number % 3600} s, waiting=${number % 12} running=${number % 3}, last run took ${number} ms, owner=SYSTEM`;
    default:
      return `working set ${28_000 + number} KB, handles ${310 + (number % 110)}, threads ${14 + (number % 9)}, uptime ${sequence} s, mode=service`;
  }
}

const severities = ['Info', 'Info', 'Info', 'Info', 'Info', 'Info', 'Info', 'Info', 'Info', 'Warning'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const japanese = (random: Random, sequence: number): string =>
  `更新プログラムの検出を実行しました。 番号=${sequence} 所要時間=${random.below(9000)} ミリ秒 サーバー=配布サーバー01 状態=接続済み 次回=${random.below(3600)} 秒後`;

export const logKinds = {
  'windows-update-converted': {
    path: (device) => `${device}/Windows/WindowsUpdate.log`,
    line: (at, random, sequence) =>
      `${date(at, '/')} ${time(at)}.${fraction(at, sequence, 7)} 1128  ${3000 + random.below(90)}  Agent           ${words(random, sequence)}`,
  },
  'windows-update-classic': {
    path: (device) => `${device}/Windows/WindowsUpdate.log`,
    line: (at, random, sequence) =>
      `${date(at)}\t${time(at)}:${fraction(at, sequence, 3)}\t 912\tb${10 + random.below(80)}\tAgent\t${words(random, sequence)}`,
  },
  'reporting-events': {
    path: (device) => `${device}/Windows/SoftwareDistribution/ReportingEvents.log`,
    line: (at, random, sequence) =>
      `{${random.hex(8)}-0000-4000-8000-${random.hex(12)}}\t${date(at)} ${time(at)}:${fraction(at, sequence, 3)}+0900\t1\t189 [AGENT_INSTALLING_STARTED]\t101\t{${random.hex(8)}-0000-4000-8000-${random.hex(12)}}\t200\t0\tAutomaticUpdates\tSuccess\tContent Install\t${words(random, sequence)}`,
    encode: (text) => Buffer.from(text, 'utf16le'),
  },
  cbs: {
    path: (device) => `${device}/Windows/Logs/CBS/CBS.log`,
    line: (at, random, sequence) =>
      `${date(at)} ${time(at)}, ${random.pick(severities).padEnd(21)} CBS    ${words(random, sequence)}`,
  },
  dism: {
    path: (device) => `${device}/Windows/Logs/DISM/dism.log`,
    line: (at, random, sequence) =>
      `${date(at)} ${time(at)}, ${random.pick(severities).padEnd(21)} DISM   DISM Package Manager: PID=${random.below(9000)} ${words(random, sequence)}`,
  },
  'ds-agent': {
    path: (device) => `${device}/ds_agent.log`,
    line: (at, random, sequence) =>
      `${date(at)} ${time(at)}.${fraction(at, sequence, 6)} [+0900]: [${random.pick(severities)}/5] | ${words(random, sequence)} | dsa/Agent.cpp:${random.below(900)}:run | ${random.hex(6)}:${random.hex(8)}:MainThread`,
  },
  waagent: {
    path: (device) => `${device}/var/log/waagent.log`,
    line: (at, random, sequence) =>
      `${date(at)}T${time(at)}.${fraction(at, sequence, 6)}Z INFO ExtHandler ExtHandler ${words(random, sequence)}`,
  },
  'azure-core': {
    path: (device) =>
      `${device}/var/log/azure/Microsoft.CPlat.Core.LinuxPatchExtension/${device.replace(/\D/gu, '')}.core.log`,
    line: (at, random, sequence) =>
      random.below(4) === 0
        ? `\tDEBUG: ${words(random, sequence)}`
        : `${date(at)}T${time(at)}Z> ${words(random, sequence)}`,
  },
  'ssm-agent': {
    path: (device) => `${device}/var/log/amazon/ssm/amazon-ssm-agent.log`,
    line: (at, random, sequence) =>
      `${date(at)} ${time(at)}.${fraction(at, sequence, 4)} INFO [ssm-agent-worker] [MessageService] [MDSInteractor] ${words(random, sequence)}`,
  },
  syslog: {
    path: (device) => `${device}/var/log/messages`,
    line: (at, random, sequence) =>
      `${months[at.getUTCMonth()] ?? ''} ${String(at.getUTCDate()).padStart(2)} ${time(at)} web01 vendord[${random.below(9000)}]: ${words(random, sequence)}`,
  },
  'stamped-text': {
    path: (device) => `${device}/app/service.log`,
    line: (at, random, sequence) =>
      `${date(at)}T${time(at)}.${fraction(at, sequence, 3)}+09:00 ${random.pick(severities)} ${words(random, sequence)}`,
  },
  'unstamped-text': {
    path: (device) => `${device}/app/output.txt`,
    line: (_at, random, sequence) => words(random, sequence),
  },
  'japanese-cp932': {
    path: (device) => `${device}/app/nihongo.log`,
    line: (at, random, sequence) => `${date(at, '/')} ${time(at)} ${japanese(random, sequence)}`,
    encode: (text) => iconv.encode(text, 'cp932'),
  },
  'japanese-utf16': {
    path: (device) => `${device}/app/nihongo16.log`,
    line: (at, random, sequence) => `${date(at, '/')} ${time(at)} ${japanese(random, sequence)}`,
    encode: (text) => Buffer.from(text, 'utf16le'),
  },
} as const satisfies Record<string, LogKind>;

export type LogKindName = keyof typeof logKinds;

/** Yields the text of one log of a kind in chunks of about a megabyte; the same on every run. */
export function* textOfKind(
  kind: LogKind,
  random: Random,
  lines: number,
  from: number,
  span: number,
): Generator<Buffer> {
  const encode = kind.encode ?? ((text: string) => Buffer.from(text, 'utf8'));
  let text = '';
  for (let line = 0; line < lines; line += 1) {
    text += `${kind.line(new Date(from + Math.floor((span * line) / lines)), random, line)}\r\n`;
    if (text.length >= 1 << 20) {
      yield encode(text);
      text = '';
    }
  }
  if (text !== '') yield encode(text);
}
