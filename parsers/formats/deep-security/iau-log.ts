import type { Level } from '../../domain/evidence.ts';
import type { Moment } from '../../domain/moment.ts';
import type { LevelReader } from '../../text/line-head.ts';
import { stampHead } from '../../text/stamp.ts';
import { defineLineFormat } from '../define-format.ts';
import type { LineSample, LogReader, LogRecord, MemberContext, Probe } from '../define-format.ts';
import type { DsStep } from './facts.ts';
import { LogHarvest, withMoment } from './log-harvest.ts';
import { findConnectionFailure, findHost, findStep, roleOf } from './messages.ts';

const headForm = /^\[\d{4}-[A-Z][a-z]{2}-\d{1,2} \d{1,2}:\d\d:\d\d -?\d+\|-?\d+\] \[(?:err|app|dbg|vbs)\]/u;

const levelWords: Readonly<Record<string, Level>> = { err: 'error', app: 'info', dbg: 'debug', vbs: 'trace' };

/** `… pid|tid] [err] function`: the level is in the second bracket; function names may hold level words too. */
const bracketLevel: LevelReader = (bytes, from, end) => {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + from, Math.min(end - from, 64)).toString(
    'latin1',
  );
  return levelWords[/\] \[(?<word>\w{3})\]/u.exec(text)?.groups?.['word'] ?? ''] ?? 'none';
};

const heads = [stampHead('[YYYY-MMM-DD~H:mm:ss', { name: 'iau', level: bracketLevel })];

const landmarks: readonly string[] = [
  '_STATUS_',
  'icense',
  'icence',
  'ライセンス',
  'li_copy',
  'napshot',
  'ownload',
  'getting the file',
  'eplac',
  'swap',
  'Swap',
  'witch',
  'omponent',
  'usy with',
  'ould not ',
  'nable to ',
  'ailed to ',
  '://',
  'maint',
  'web server',
  'Web server',
  'Web Server',
  'Path1',
];

function isIau({ shape, name, path, lines }: Probe, names: RegExp): boolean {
  if (shape !== 'text' && shape !== 'delimited') return false;
  if (!lines.some((line) => headForm.test(line))) return false;
  return names.test(name) || (names === agentNames && !relayNames.test(name) && path.includes('iaulogs/'));
}

const agentNames = /^iau(?!relay)[^/]*$/u;
const relayNames = /^iaurelay[^/]*$/u;

/** What the update module says of each step: the message lines up to the next head belong to it. */
class IauReader implements LogReader {
  readonly #harvest: LogHarvest;
  readonly #of: DsStep['of'];

  constructor(context: MemberContext, of: DsStep['of']) {
    this.#of = of;
    this.#harvest = new LogHarvest(context);
    if (of === 'relay') markRelay(context, isRelayFolder(context) ? 'path' : 'log');
  }

  record(raw: LogRecord): void {
    const record = withMoment(raw, cleaned(raw.at));
    const place = { at: record.at, line: record.line, text: record.text };
    const text = [record.body, ...record.continuation].join('\n');
    this.#harvest.texts(record);
    const failure = findConnectionFailure(text);
    if (failure !== null) {
      this.#harvest.connection(failure, place);
      return;
    }
    const host = findHost(text);
    if (host !== null && /succe|HTTP(?:\/1\.\d)? 2\d\d|\bok\b/iu.test(text)) {
      this.#harvest.connection(
        {
          ...host,
          role: roleOf(host.host, host.port, ''),
          outcome: 'succeeded',
          reached: true,
          raw: 'OK',
          count: 1,
        },
        place,
      );
    }
    const step = findStep(text, this.#of);
    if (step !== null) this.#harvest.step(step, place);
  }

  end(): void {
    this.#harvest.end();
  }
}

/** `…/Deep Security Relay/lib/iaulogs/`: the folder of a relay of the older versions. */
function isRelayFolder({ path }: MemberContext): boolean {
  return /deep security relay/iu.test(path);
}

/** The stamp without its opening bracket. */
function cleaned(at: Moment | null): Moment | null {
  return at === null ? null : { ...at, raw: at.raw.replace(/^\[/u, '') };
}

function markRelay(context: MemberContext, sign: 'log' | 'path'): void {
  context.harvest.fact({
    type: 'deep-security/relay',
    value: { sign },
    citation: context.cite(1, context.path.slice(context.path.lastIndexOf('/') + 1)),
  });
}

const samples: readonly LineSample[] = [
  {
    line: '[2014-May-28 06:39:41 4467|1085278544] [err] Install [src/common/src/remote_package.cpp(199)]',
    local: '2014-05-28T06:39:41.000',
    level: 'error',
  },
];

/** iau.log: the update module of an agent, or of the relay under its own folder (S3). */
export const iauLog = defineLineFormat({
  id: 'deep-security/iau-log',
  system: 'deep-security',
  clock: 'device',
  recognise: (probe) => isIau(probe, agentNames),
  heads,
  landmarks,
  open: (context) => new IauReader(context, isRelayFolder(context) ? 'relay' : 'either'),
  samples,
});

/** iaurelay.log: only relays have it. */
export const iaurelayLog = defineLineFormat({
  id: 'deep-security/iaurelay-log',
  system: 'deep-security',
  clock: 'device',
  recognise: (probe) => isIau(probe, relayNames),
  heads,
  landmarks,
  open: (context) => new IauReader(context, 'relay'),
  samples,
});
