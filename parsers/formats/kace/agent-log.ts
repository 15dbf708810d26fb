import { findKb, foldGuid } from '../../domain/names.ts';
import { parseCode } from '../../domain/numbers.ts';
import { defineLineFormat } from '../define-format.ts';
import type { LogReader, LogRecord, MemberContext, Probe } from '../define-format.ts';
import type { KaceAgentPhase } from './facts.ts';
import { agentHeads, kaceHeads } from './log-heads.ts';
import { startsLike } from './log-probe.ts';

/** Words that a public collection of agent logs shows, and those that state a start or a restart. */
const landmarks: readonly string[] = [
  'ExitCode',
  'exitCode',
  'exitcode',
  'Exit Code',
  'Exit code',
  'exit code',
  'Return code',
  'return code',
  'deployResult',
  'DeployPatch',
  'DownloadAndRunPatches',
  'PROCESSREBOOTFLAGS',
  'needToReboot',
  'DETECT',
  'DEPLOY',
  'STAGE',
  'ROLLBACK',
  ' RC=',
  ' RC:',
  ' RC =',
  '|RC=',
  ']RC=',
  '(RC=',
  ',RC=',
  'FAILED',
  'eboot',
  'REBOOT',
  'estart',
  'tarted',
  'tarting',
  '再起動',
  '開始',
  'Deploy',
  'deploy',
  ' Install',
  ' install',
  '|Install',
  '|install',
  'Installing',
  'Installation',
  'ostname',
  'omputer name',
  'achine name',
];

/**
 * While no patch was named there is nothing that a detection could end or a bare return code belong to.
 * Both are everyday lines, so that is most of the time.
 */
const quietLandmarks = landmarks.filter((word) => !/^(?:DETECT|.RC ?[=:])$/u.test(word));

/** konea.log, KAgent.log, AMPAgent.log (v6), and what the patching of an agent writes under `Patches`. */
export const agentLog = defineLineFormat({
  id: 'kace/agent-log',
  system: 'kace-sma',
  clock: 'device',
  unverified: true,
  recognise(probe) {
    if (probe.shape !== 'text' && probe.shape !== 'delimited') return false;
    if (/^(?:konea|kagent|ampagent|kpatch|kdeploy|kinventory)\b[\w.-]*$/u.test(probe.name)) {
      return /\.(?:log|txt|old|bak|\d+)$/u.test(probe.name);
    }
    if (/(?:^|[/!])(?:quest|dell)\/kace\//u.test(probe.path) && !isServerPath(probe.path)) {
      return (
        /\.(?:log|txt|old|\d+)$/u.test(probe.name) &&
        (probe.lines.length < 2 || startsLike(probe, agentHeads, 1))
      );
    }
    if (/(?:^|[/!])kace\/(?:patches|user)\//u.test(probe.path)) return startsLike(probe, agentHeads, 1);
    return !isServerPath(probe.path) && startsLike(probe, kaceHeads, 3);
  },
  heads: agentHeads,
  landmarks,
  quietLandmarks,
  open: (context) => new AgentLogReader(context),
  samples: [
    { line: '[2024-05-10.09:30:00][KPatch] DeployPatch KB5037771', local: '2024-05-10T09:30:00.000' },
    {
      line: '2024-05-10.09:30:00+0900|INFO |konea|connected to server',
      local: '2024-05-10T09:30:00.000',
      offset: 540,
      level: 'info',
    },
    {
      line: '[2024-05-10.09:30:00][KPatch:ERROR] ExitCode: 1603',
      local: '2024-05-10T09:30:00.000',
      level: 'error',
    },
  ],
});

/** Paths of the appliance itself. */
export function isServerPath(path: string): boolean {
  return /(?:^|[/!])(?:var\/quest\/kace|kbox|k1000)(?:\/|$)/u.test(path);
}

export function isLogText(probe: Probe): boolean {
  return probe.shape === 'text' || probe.shape === 'delimited';
}

/** The patch that the lines of a component speak of, until another is named. */
interface Named {
  readonly patch: string | null;
  readonly kb: string | null;
  readonly updateId: string | null;
  readonly line: number;
}

/** A deployment's lines stand close together; one that is further away is another's. */
const mostLinesBetween = 2000;
/** What a line states stands at its start; behind it there may be megabytes of output. */
const longestStatement = 8192;
/** The agent waits for no installer longer than this. */
const mostMillisecondsBetween = 6 * 3_600_000;

class AgentLogReader implements LogReader {
  readonly #context: MemberContext;
  readonly #agent: string;
  readonly #named = new Map<string, Named & { readonly at: number | null }>();

  constructor(context: MemberContext) {
    this.#context = context;
    this.#agent =
      /(?<name>[^/\\!.]+)[^/\\!]*$/u.exec(context.path)?.groups?.['name']?.toLowerCase() ?? 'kace-agent';
  }

  isQuiet(): boolean {
    return this.#named.size === 0;
  }

  record(record: LogRecord): void {
    const { text, continuation } = record;
    const component = componentOf(record.body);
    this.#readLine(record, record.body, text, record.line, component);
    continuation.forEach((line, index) => {
      this.#readLine(record, line, line, record.line + index + 1, component);
    });
  }

  #readLine(record: LogRecord, whole: string, text: string, line: number, component: string): void {
    const { harvest } = this.#context;
    const body = whole.slice(0, longestStatement).replace(componentForm, '');
    const phase = phaseOf(body);
    // Detection looks at every patch: what its lines end with is no deployment's, and an event for each
    // would say nothing and fill the memory.
    if (phase === 'detect') {
      this.#named.delete(component);
      return;
    }
    // Looking for the words themselves first spares most lines all of the expressions below.
    const topics = topicsOf(body);
    if (!topics.any && phase === null) return;
    const { at } = record;
    const citation = this.#context.cite(line, text);
    const host = topics.host ? hostLine.exec(body)?.groups?.['name'] : undefined;
    if (host !== undefined) harvest.device(host);

    const speaksOfDeployment = topics.deployment && deployWords.test(body);
    if (speaksOfDeployment && !intent.test(body)) this.#name(component, body, line, at?.local ?? null);
    if (phase !== null) {
      harvest.event({ type: 'kace/agent-phase', at, citation, detail: { phase } });
    }
    const result =
      topics.result && this.#mayMatter(body, component, topics.deployment) ? resultOf(body, component) : null;
    if (result !== null) {
      const named = nameIn(body, line) ?? this.#nameFor(component, line, at?.local ?? null);
      // A code that belongs to no patch and no deployment is another process's.
      if (named !== null || result.ofDeployment) {
        harvest.event({
          type: 'kace/agent-result',
          patch: named?.patch ?? null,
          kb: named?.kb ?? null,
          updateId: named?.updateId ?? null,
          at,
          citation,
          detail: { exitCode: result.exitCode, result: result.result, raw: result.raw },
        });
      }
    }
    if (topics.restart && isRestartStated(body)) {
      harvest.event({ type: 'restart-stated', at, citation, detail: { by: this.#agent } });
    } else if (topics.restart && isRestartRequested(body)) {
      harvest.event({ type: 'restart-requested', at, citation, detail: { by: this.#agent } });
    }
    if (topics.start && isAgentStart(body)) {
      this.#named.clear();
      harvest.event({ type: 'agent-start', at, citation, detail: { agent: this.#agent } });
    }
  }

  /** Whether a result could be one of a deployment at all: scripts and checks end with codes all day. */
  #mayMatter(body: string, component: string, deployment: boolean): boolean {
    return (
      deployment ||
      this.#named.has(component) ||
      /patch|deploy/u.test(component) ||
      /kb\d{6}|deployresult|-[0-9a-f]{12}/iu.test(body)
    );
  }

  #name(component: string, body: string, line: number, at: number | null): void {
    const named = nameIn(body, line);
    if (named !== null) this.#named.set(component, { ...named, at });
    // A deployment of something that the line does not name ends what was said of the one before.
    else if (/\bDeployPatch\b|\bDownloadAndRunPatches\b/u.test(body) && !/[=:]/u.test(body))
      this.#named.delete(component);
  }

  #nameFor(component: string, line: number, at: number | null): Named | null {
    const named = this.#named.get(component);
    if (named === undefined || line - named.line > mostLinesBetween) return null;
    if (at !== null && named.at !== null && Math.abs(at - named.at) > mostMillisecondsBetween) return null;
    return named;
  }
}

/** Of what a line may speak, by the words in it. */
function topicsOf(body: string): {
  readonly host: boolean;
  readonly deployment: boolean;
  readonly result: boolean;
  readonly restart: boolean;
  readonly start: boolean;
  readonly any: boolean;
} {
  const folded = body.toLowerCase();
  const host = folded.includes('host') || folded.includes('name');
  const deployment =
    folded.includes('deploy') || folded.includes('install') || /patch(?:name|title)?\s*[=:]/u.test(folded);
  const restart = folded.includes('reboot') || folded.includes('restart') || body.includes('再起動');
  const start = folded.includes('start') || folded.includes('initializing') || /開始|起動/u.test(body);
  const result =
    folded.includes('code') ||
    /\bRC\b/u.test(body) ||
    folded.includes('deployresult') ||
    (deployment && (folded.includes('success') || folded.includes('succeed') || folded.includes('fail')));
  // A patch's mere name is not enough to read a line for.
  const any =
    result || restart || start || (host && /name|host ?name/u.test(folded)) || /deploy|install/u.test(folded);
  return { host, deployment, result, restart, start, any };
}

const componentForm = /^\s*(?:\[(?<bracket>[^\]:]{1,80})(?::[^\]]*)?\]|\|[^|]{0,20}\|(?<bar>[^|]{1,80})\|)/u;

/** `[KPatch] …`, `[KPatch:ERROR] …`, `|INFO |konea|…`. */
function componentOf(body: string): string {
  const groups = componentForm.exec(body)?.groups;
  return (groups?.['bracket'] ?? groups?.['bar'] ?? '').trim().toLowerCase();
}

const hostLine =
  /\b(?:hostname|host name|machine name|computer name)\s*[:=]\s*["']?(?<name>[A-Za-z0-9][A-Za-z0-9._-]{0,62})/iu;
const deployWords =
  /\bDeployPatch\b|\bDownloadAndRunPatches\b|\b(?:deploy|install)(?:ing|ed|s|ment)?\b|\bDEPLOY\b|\bpatch(?:name|title)?\s*[=:]/iu;

/** What is only meant to happen names no deployment. */
const intent = /\b(?:will|would|if|skip\w*|not)\b/iu;

function phaseOf(body: string): KaceAgentPhase | null {
  if (body.includes('PROCESSREBOOTFLAGS')) return 'reboot';
  if (/\bDETECT\b/u.test(body)) return 'detect';
  if (/\bDownloadAndRunPatches\b/u.test(body)) return 'download';
  if (/\bDeployPatch\b|\bDEPLOY\b/u.test(body)) return 'deploy';
  if (/\bSTAGE\b/u.test(body)) return 'stage';
  return /\bROLLBACK\b/u.test(body) ? 'rollback' : null;
}

const titleForms: readonly RegExp[] = [
  /\b(?:patch ?name|patch ?title|title|name|patch)\s*[=:]\s*"(?<name>[^"]{3,300})"/iu,
  /\b(?:patch ?name|patch ?title|title)\s*[=:]\s*(?<name>[^,;|"\]]{3,300})/iu,
  /\b(?:DeployPatch|deploying(?: patch)?|installing(?: patch)?)\b\s*[:=]?\s*["'](?<name>[^"']{3,300})["']/iu,
  /\b(?:DeployPatch|deploying patch|installing patch)\b\s*[:=]?\s+(?<name>[^"'[(,;|=:]*\(KB\d{6,7}\))/iu,
];
const guidInside = /\{?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}?/iu;

/** The patch that a line names by title, KB number or update id; null when it names none. */
function nameIn(body: string, line: number): Named | null {
  const kb = findKb(body);
  const guid = guidInside.exec(body)?.[0];
  let patch: string | null = null;
  for (const form of titleForms) {
    const name = form.exec(body)?.groups?.['name']?.trim();
    if (name === undefined || name === '' || /^(?:0x)?\d+$/u.test(name)) continue;
    patch = name;
    break;
  }
  const updateId = guid === undefined ? null : foldGuid(guid);
  return kb === null && updateId === null && patch === null ? null : { patch, kb, updateId, line };
}

interface Stated {
  readonly exitCode: number | null;
  readonly result: 'succeeded' | 'failed' | null;
  readonly raw: string;
  /** The line itself says that it speaks of a deployment. */
  readonly ofDeployment: boolean;
}

const exitCode =
  /\b(?:exit[ _]?code|return[ _]?code)\b["']?\s*(?:is|was|of|=|:|\[|\()?\s*["']?(?<code>0x[0-9a-f]{1,8}|-?\d{1,10})(?![\w.])/iu;
/** Short, so only as written, with a sign behind it. */
const returnCode = /\bRC\s*[=:]\s*["']?(?<code>0x[0-9a-fA-F]{1,8}|-?\d{1,10})(?![\w.])/u;
const deployResult = /\bdeployResult\b["']?\s*[=:]\s*["']?(?<word>0x[0-9a-f]{1,8}|-?\d{1,10}|[A-Za-z]+)/iu;
const sentence =
  /\b(?:deploy|install|DeployPatch)[a-z]*\b.{0,400}?\b(?<word>succeeded|successfully|success|failed|FAILED|failure)\b/iu;
const denial = /\b(?:0 failed|failed\s*[=:]\s*0|no failures?|not failed|if|retry|will|would)\b/iu;

/** What a line states of how a deployment ended; null when it states nothing. */
function resultOf(body: string, component: string): Stated | null {
  const code = exitCode.exec(body) ?? returnCode.exec(body);
  const result = deployResult.exec(body);
  const word = result?.groups?.['word'];
  const wordCode = word !== undefined && /^(?:0x|-?\d)/iu.test(word) ? parseCode(word) : null;
  const codeText = code?.groups?.['code'];
  const value = codeText === undefined ? wordCode : parseCode(codeText);
  const told = denial.test(body) ? undefined : sentence.exec(body)?.groups?.['word'];
  const outcome = outcomeOf(word) ?? outcomeOf(told);
  if (value === null && outcome === null) return null;
  return {
    exitCode: value,
    result: outcome,
    raw: (result?.[0] ?? code?.[0] ?? told ?? '').trim(),
    ofDeployment: result !== null || deployWords.test(body) || /patch|deploy/u.test(component),
  };
}

function outcomeOf(word: string | undefined): 'succeeded' | 'failed' | null {
  if (word === undefined) return null;
  if (/^(?:success|succeeded|successful|successfully|ok|passed)$/iu.test(word)) return 'succeeded';
  return /^(?:fail|failed|failure|error)$/iu.test(word) ? 'failed' : null;
}

const rebootFlags = /\bneedToReboot(?:Now|Later)\b["']?\s*(?:is|=|:)?\s*["']?(?<value>\w+)?/giu;
const falseValue = /^(?:false|no|0|off|none|not|null)$/iu;
const requested =
  /\b(?:reboot|restart)(?: of the (?:system|machine|computer))? (?:is |was )?(?:required|requested|needed|pending|scheduled)\b|\b(?:request(?:ing|ed)|initiat(?:ing|ed)|schedul(?:ing|ed)|forcing|needs?|requires?) (?:a |the )?(?:system )?(?:reboot|restart)\b|\brebooting (?:now|the (?:system|machine|computer)|system|machine|computer)\b|再起動が必要|再起動を(?:要求|開始)/iu;
const notRequested =
  /\b(?:no|not|without|never|n't|suppress\w*|skip\w*)\b[^.]{0,40}\b(?:reboot|restart)|\b(?:reboot|restart)\b[^.]{0,40}(?:\bnot\b|n't\b|[=:]\s*["']?(?:false|no|0)\b)|再起動は不要|再起動しない|必要ありません/iu;

function isRestartRequested(body: string): boolean {
  const flags = [...body.matchAll(rebootFlags)];
  if (flags.length > 0) return flags.some((flag) => !falseValue.test(flag.groups?.['value'] ?? ''));
  return requested.test(body) && !notRequested.test(body) && !ofService.test(body);
}

/** A restart of the agent or a service is none of the machine. */
const ofService = /\b(?:agent|service|daemon|konea|process|connection|plugin|session)\b/iu;
const stated =
  /\b(?:system|machine|computer|device) (?:was|has been|had been|is back after (?:a )?) ?(?:rebooted|restarted|reboot|restart)\b|\b(?:reboot|restart) (?:was |has )?(?:completed|complete|finished|detected)\b|\b(?:resum\w+|continu\w+|started|running) after (?:the |a )?(?:system )?(?:reboot|restart)\b|再起動しました|再起動が完了|再起動後に再開/iu;

function isRestartStated(body: string): boolean {
  return stated.test(body) && !/\b(?:not|if|until|when|waiting)\b/iu.test(body);
}

const agentStart =
  /\b(?:konea|AMP ?Agent|KACE ?Agent|KAgent|Quest KACE Agent|agent)(?:\s+(?:service|daemon|process))?(?:\s+(?:version|v)?\.?\s*\d[\w.]*)?\s+(?:has |is |was )?(?:started|starting|start[- ]?up|initializing)\b|\b(?:started|starting)(?:\s+up)?\s+(?:the\s+)?(?:konea|AMP ?Agent|KACE ?Agent|KAgent|agent)\b(?!\s+(?:inventory|patch|update|upgrade|install))|エージェント(?:サービス)?(?:を|が)(?:開始|起動)/iu;

function isAgentStart(body: string): boolean {
  return agentStart.test(body) && !/\b(?:not|failed|unable|cannot|could|will|restart\w*)\b/iu.test(body);
}
