import type { Citation } from '../../domain/evidence.ts';
import type { Moment } from '../../domain/moment.ts';
import { distance } from '../../domain/moment.ts';
import { readDate } from '../../text/dates.ts';
import { stampHead } from '../../text/stamp.ts';
import { defineLineFormat } from '../define-format.ts';
import type { LineSample, LogReader, LogRecord, MemberContext, Probe } from '../define-format.ts';
import { commandOfDocument, instanceInPath, instanceInText, numberOf, objectOf, textOf } from './values.ts';
import type { Json } from './values.ts';

const headForm =
  /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,4})? (?:TRACE|DEBUG|INFO|WARN|ERROR|CRITICAL)(?: \[[\w.*()$-]+ @ [\w.-]+\.go\.\d+\])? /u;
/** What the agent's own log says and other logs of that shape do not. */
const agentWords =
  /amazon-ssm-agent|ssm-agent-worker|ssm-document-worker|\[(?:MessagingDeliveryService|MessageService|HealthCheck|ssm-[\w-]+|amazon-ssm-agent|MessageGatewayService|LongRunningPluginsManager|LogManager)\]|\.go\.\d+\]|EngineProcessor|SSM Agent|Sending reply \{|aws\.ssm\.|Entering SSM/u;

const landmarks: readonly string[] = [
  'Running plugin ',
  'equested reboot',
  'equested a reboot',
  'Rebooting the machine',
  'amazon-ssm-agent - v',
  'ssm-agent-worker - v',
  'Starting Core Agent',
  'Found in-progress document',
  ' expired',
  'Entering SSM Agent hibernate',
  'Sending reply',
  'SendReply Response',
  'yum lock',
  'nable to upload',
];

/** One reply may be prepared this long before its line is written. */
const mostResidualMinutes = 3;
const zoneStepMinutes = 15;
/** Several lines tell of one start of the agent. */
const oneStartMilliseconds = 60_000;

class AgentReader implements LogReader {
  readonly #context: MemberContext;
  readonly #votes = new Map<number, { count: number; readonly citation: Citation }>();
  #device: string | null;
  #started: Moment | null = null;

  constructor(context: MemberContext) {
    this.#context = context;
    this.#device = instanceInPath(context.path);
    if (this.#device !== null) context.harvest.device(this.#device, [], 'file');
  }

  record(record: LogRecord): void {
    const { text, line, at } = record;
    const cite = (): Citation => this.#context.cite(line, text);
    if (/Sending reply\b|SendReply Response/u.test(text)) {
      this.#reply(record);
      return;
    }
    this.#reboot(text, at, cite);
    if (/(?:amazon-ssm-agent|ssm-agent-worker) - v\d|Starting Core Agent/u.test(text))
      this.#start(text, at, cite);
    const plugin = /Running plugin (?<name>\S+)(?: (?<id>\S+))?/u.exec(text)?.groups;
    if (plugin !== undefined)
      this.#context.harvest.event({
        type: 'aws/plugin-started',
        at,
        citation: cite(),
        detail: { plugin: plugin['name'] ?? '', commandId: commandOfDocument(text) },
      });
    const note = noteIn(text);
    if (note !== null)
      this.#context.harvest.event({ type: 'aws/agent-note', at, citation: cite(), detail: note });
    if (/acquired yum lock/iu.test(text))
      this.#context.harvest.event({
        type: 'aws/package-lock',
        at,
        citation: cite(),
        detail: { text: text.slice(0, 200) },
      });
  }

  #start(text: string, at: Moment | null, cite: () => Citation): void {
    const apart = this.#started === null || at === null ? null : distance(this.#started, at);
    if (apart !== null && apart >= 0 && apart < oneStartMilliseconds) return;
    this.#started = at;
    this.#context.harvest.event({
      type: 'agent-start',
      at,
      citation: cite(),
      detail: {
        agent: /(?:amazon-ssm-agent|ssm-agent-worker) - v[\d.]+/u.exec(text)?.[0] ?? 'amazon-ssm-agent',
      },
    });
  }

  #reboot(text: string, at: Moment | null, cite: () => Citation): void {
    const resumed = text.includes('requested reboot, need to resume');
    if (!resumed && !/successfully requested a reboot|Rebooting the machine in/u.test(text)) return;
    this.#noteDevice(text);
    this.#context.harvest.event({
      type: 'restart-requested',
      at,
      citation: cite(),
      detail: { by: 'amazon-ssm-agent' },
    });
    if (!resumed) return;
    const document = /document (?<id>\S+) requested reboot/u.exec(text)?.groups?.['id'];
    if (document === undefined) return;
    this.#context.harvest.event({
      type: 'aws/reboot-requested',
      at,
      citation: cite(),
      detail: { documentId: document, commandId: commandOfDocument(document) },
    });
  }

  /** `Sending reply {` and the JSON block under it, up to its balanced brace. */
  #reply({ text, line, at, continuation }: LogRecord): void {
    const open = text.indexOf('{');
    if (open === -1) return;
    const block = balanced([text.slice(open), ...continuation].join('\n'));
    if (block === null) return;
    const reply = parse(block);
    if (reply === null) return;
    const payload = payloadOf(reply);
    const info = objectOf(payload['additionalInfo']);
    const stated = textOf(info?.['dateTime']) ?? textOf(payload['dateTime']);
    const statedLine = [text, ...continuation].findIndex((one) => stated !== null && one.includes(stated));
    const number = line + Math.max(statedLine, 0);
    if (stated !== null) this.#vote(at, stated, number, continuation[statedLine - 1] ?? text);
    const status = textOf(payload['documentStatus']);
    const documentId = textOf(reply['messageId']) ?? textOf(payload['documentId']);
    if (documentId !== null) this.#noteDevice(documentId);
    if (status === null) return;
    this.#context.harvest.event({
      type: 'aws/reply',
      at,
      citation: this.#context.cite(line, text),
      detail: {
        documentId,
        commandId:
          textOf(payload['runCommandId']) ?? (documentId === null ? null : commandOfDocument(documentId)),
        status,
        code: codeOf(payload),
      },
    });
  }

  #noteDevice(text: string): void {
    if (this.#device !== null) return;
    this.#device = instanceInText(text);
    if (this.#device !== null) this.#context.harvest.device(this.#device);
  }

  #vote(local: Moment | null, stated: string, line: number, quote: string): void {
    const utc = readDate(stated);
    if (local?.offset !== null || utc === null || utc === 'never' || utc.offset !== 0) return;
    const minutes = (local.local - utc.local) / 60_000;
    const offset = Math.round(minutes / zoneStepMinutes) * zoneStepMinutes;
    if (Math.abs(minutes - offset) > mostResidualMinutes || offset < -720 || offset > 840) return;
    const vote = this.#votes.get(offset);
    if (vote === undefined)
      this.#votes.set(offset, { count: 1, citation: this.#context.cite(line, quote.trim()) });
    else vote.count += 1;
  }

  /** The offset on which most replies agree; a log across a change of summer time has none. */
  end(): void {
    const [best, second] = [...this.#votes].sort((a, b) => b[1].count - a[1].count || a[0] - b[0]);
    if (best === undefined) return;
    if (second !== undefined && second[1].count * 2 >= best[1].count) return;
    this.#context.harvest.zone(best[0], best[1].count, best[1].citation);
  }
}

function noteIn(text: string): {
  readonly note: 'resumed' | 'expired' | 'hibernate';
  readonly documentId: string | null;
} | null {
  const resumed = /Found in-progress document - (?<id>\S+)/u.exec(text)?.groups?.['id'];
  if (resumed !== undefined) return { note: 'resumed', documentId: resumed };
  const expired = /Document (?<id>\S+) expired/u.exec(text)?.groups?.['id'];
  if (expired !== undefined) return { note: 'expired', documentId: expired };
  return text.includes('Entering SSM Agent hibernate') ? { note: 'hibernate', documentId: null } : null;
}

/** The text from its first brace to the one that closes it; null when it is cut. */
function balanced(text: string): string | null {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (inString) {
      if (char === '\\') at += 1;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '{') depth += 1;
    else if (char === '}') {
      depth -= 1;
      if (depth === 0) return text.slice(0, at + 1);
    }
  }
  return null;
}

/** `SendReply Response{` has keys without quotes and is no JSON: it says nothing that the reply does not. */
function parse(block: string): Json | null {
  try {
    return objectOf(JSON.parse(block));
  } catch {
    return null;
  }
}

/** Some versions wrap the reply, as an object or as a text. */
function payloadOf(reply: Json): Json {
  for (const key of ['payload', 'Payload', 'content']) {
    const inner = reply[key];
    const object = typeof inner === 'string' ? parse(inner) : objectOf(inner);
    if (object !== null) return object;
  }
  return reply;
}

function codeOf(payload: Json): number | null {
  const plugins = objectOf(payload['runtimeStatus']);
  if (plugins === null) return null;
  const codes = Object.values(plugins).flatMap((plugin) => numberOf(objectOf(plugin)?.['code']) ?? []);
  return codes.find((code) => code !== 0) ?? codes[0] ?? null;
}

/** Whether it is a log of the agent: by its shape and by what such logs say. */
function isAgentLog({ shape, lines, text, path }: Probe): boolean {
  if (shape !== 'text' && shape !== 'delimited') return false;
  if (!lines.some((line) => headForm.test(line))) return false;
  return (
    agentWords.test(text) ||
    /(?:^|\/)(?:amazon\/ssm|systemsmanager|ssm\/logs)\//u.test(path) ||
    /^(?:amazon-ssm-agent|ssm-agent-worker|ssm-document-worker)/u.test(path.slice(path.lastIndexOf('/') + 1))
  );
}

const samples: readonly LineSample[] = [
  {
    line: '2020-06-23 14:30:48 INFO [MessagingDeliveryService] [EngineProcessor] document aws.ssm.1485d8ae requested reboot, need to resume',
    local: '2020-06-23T14:30:48.000',
    level: 'info',
  },
  {
    line: '2024-05-10 09:12:00.1234 ERROR [HealthCheck @ healthcheck.go.123] error when calling AWS APIs',
    local: '2024-05-10T09:12:00.123',
    level: 'error',
  },
];

/**
 * The agent's logs: `amazon-ssm-agent.log`, `errors.log`, `ssm-agent-worker.log`, `ssm-document-worker.log`. Local
 * time without a zone; each reply to the service carries UTC.
 */
export const agentLog = defineLineFormat({
  id: 'aws/agent-log',
  system: 'aws-ssm',
  clock: 'device',
  recognise: isAgentLog,
  heads: [
    stampHead('YYYY-MM-DD HH:mm:ss.fff ', { name: 'ssm-agent' }),
    stampHead('YYYY-MM-DD HH:mm:ss ', { name: 'ssm-agent' }),
  ],
  landmarks,
  open: (context) => new AgentReader(context),
  samples,
});
