import type { DsConnection, DsStep, DsSymptomKind } from './facts.ts';

/**
 * What free text of any Deep Security file says. The texts of an expired licence and of an unreachable
 * relay name are not verified: they are matched tolerantly.
 */

const busy = /busy with exis[it]+ing update/iu;
const maintenance = /\bmaint(?:ain|en)[ae]nce\b|メンテナンス中/iu;
const licenceExpired =
  /licen[cs]e\b.{0,60}\bexpired|expired.{0,30}\blicen[cs]e|ライセンス.{0,20}(?:期限切れ|期限が切れ)/iu;
const licenceNotYet =
  /will expire|about to expire|not (?:yet )?expired|expires? (?:in|on|soon)|まもなく|近づいて/iu;

/** Words without one of which a text names no trouble, in lower case. */
const symptomWords = ['busy with', 'mainta', 'mainte', 'メンテナンス中', 'licen', 'ライセンス'];
const symptomHint = hintOf(symptomWords);
const noSymptoms: readonly DsSymptomKind[] = [];

/** The troubles that a text names. */
export function findSymptoms(text: string): readonly DsSymptomKind[] {
  if (!symptomHint.test(text)) return noSymptoms;
  const found: DsSymptomKind[] = [];
  if (busy.test(text)) found.push('busy');
  if (maintenance.test(text)) found.push('maintenance');
  if (licenceExpired.test(text) && !licenceNotYet.test(text)) found.push('licence-expired');
  return found;
}

const hostName = '(?<host>[A-Za-z0-9](?:[\\w-]|\\.(?=[A-Za-z0-9]))*)';
const url = new RegExp(`\\bhttps?://${hostName}(?::(?<port>\\d{1,5}))?`, 'iu');
const failure = new RegExp(
  [
    `(?:could not|couldn'?t|cannot|can'?t|unable to|failed to|failure to) (?:resolve|connect)(?: the)?(?: to)?(?: the)?(?: relay\\b(?![\\w.-]))?(?: (?:host|server)(?: ?name)?)?[\\s:'"\\[(]*${hostName}(?::(?<port>\\d{1,5}))?`,
    `(?:name|host) (?:resolution|lookup) (?:failed|error)[\\s:'"\\[(]*(?:for )?${hostName.replace('host', 'host2')}`,
    `[「"']?${hostName.replace('host', 'host3')}(?::(?<port3>\\d{1,5}))?[」"']?\\s*(?:に接続できません|への接続に失敗|の名前(?:を)?解決(?:でき|に失敗))`,
  ].join('|'),
  'iu',
);
const failureWords =
  /(?:could not|couldn'?t|cannot|can'?t|unable to|failed to|failure to) (?:resolve|connect)|(?:name|host) (?:resolution|lookup) (?:failed|error)|接続できません|接続に失敗|名前(?:を)?解決(?:でき|に失敗)/iu;

/** Words that a log puts where the pattern expects a name. */
const noHost = /^(?:host|server|relay|to|the|resolve|https?|error|failed|proxy|peer|remote|address|name)$/iu;

/** Words of which one stands in every text that tells of a failure, in lower case; found sooner than the whole form. */
const failureHints = [
  'could',
  'cannot',
  "can't",
  'cant ',
  'unable to',
  'fail',
  'error',
  'できません',
  'に失敗',
  '解決でき',
];
const failureHint = hintOf(failureHints);

/** A URL's host, as written. */
export function findHost(text: string): { readonly host: string; readonly port: number | null } | null {
  if (!text.includes('://')) return null;
  const groups = url.exec(text)?.groups;
  const host = groups?.['host'];
  return host === undefined ? null : { host, port: portOf(groups?.['port']) };
}

/** An attempt to resolve or to reach a host that failed; null when the text tells of none. */
export function findConnectionFailure(text: string): DsConnection | null {
  if (!failureHint.test(text) || !failureWords.test(text)) return null;
  const groups = failure.exec(text)?.groups ?? {};
  const named = groups['host'] ?? groups['host2'] ?? groups['host3'];
  const byUrl = findHost(text);
  const host = byUrl?.host ?? (named === undefined || noHost.test(named) ? null : named);
  const port = byUrl?.port ?? portOf(groups['port'] ?? groups['port3']);
  return {
    host,
    port,
    role: roleOf(host, port, text),
    outcome: 'failed',
    reached: false,
    raw: text.trim().slice(0, 200),
    count: 1,
  };
}

/** The relay's web server listens on 4122 (Help Center, "Port numbers"). */
const relayPort = 4122;

/** Whether a host is a relay or the vendor's update server, as far as its name, its port and the text tell. */
export function roleOf(host: string | null, port: number | null, text: string): DsConnection['role'] {
  if (
    host !== null &&
    /(?:^|\.)(?:trendmicro\.\w+(?:\.\w+)?|activeupdate\.\S+)$|^iau|activeupdate/iu.test(host)
  )
    return 'server';
  if (port === relayPort || (host !== null && /relay|\bdsr/iu.test(host)) || /\brelay\b|リレー/iu.test(text))
    return 'relay';
  return /update server|アップデートサーバ/iu.test(text) ? 'server' : null;
}

function portOf(text: string | undefined): number | null {
  return text === undefined ? null : Number(text);
}

const failWords = /fail|error|invalid|expired|could not|unable|exception|失敗|無効|期限切れ/iu;
const goodWords = /succe|\bok\b|valid|complete|done|finished|成功|完了|有効/iu;

/** The step of an update that a line of the update module's logs tells of; null for none. */
export function findStep(text: string, of: DsStep['of']): DsStep | null {
  const step = stepOf(text);
  if (step === null) return null;
  const outcome = failWords.test(text) ? 'failed' : goodWords.test(text) ? 'succeeded' : 'unknown';
  return { step, outcome, of, count: 1 };
}

/** Words without one of which a text tells of no step, in lower case. */
const stepWords = [
  'licen',
  'ライセンス',
  'li_copy',
  'snap',
  'スナップショット',
  'relay',
  'rtpatchapply',
  'swap',
  'replac',
  'switch',
  '入れ替え',
  'download',
  'getting the file',
  'ダウンロード',
];
const stepHint = hintOf(stepWords);

function stepOf(text: string): DsStep['step'] | null {
  if (!stepHint.test(text)) return null;
  if (/licen[cs]e|ライセンス/iu.test(text)) return 'licence-check';
  if (/li_copy|\bsnap-?shot|スナップショット/iu.test(text)) return 'snapshot';
  if (
    /relay ?web ?server.{0,20}disabled|RTPatchApply|\bswap(?:ped|ping)?\b|\b(?:replac(?:e|ed|ing)|switch(?:ed|ing)?(?: to)?) (?:the )?(?:\w+ )?components?\b|入れ替え/iu.test(
      text,
    )
  ) {
    return 'swap';
  }
  return /\bdownload(?:ed|ing)?\b|getting the file|ダウンロード/iu.test(text) ? 'download' : null;
}

/** Words without one of which, and without a change of versions, {@link mayTell} nothing, in lower case. */
const tellingWords = ['_status_', 'received command', ...symptomWords, ...failureHints, ...stepWords];
const tellingHint = hintOf(tellingWords);

/**
 * Whether a record of the agent's own log may tell of updates: most that name one are about something else, and that is
 * seen sooner than what each of them tells.
 */
export function mayTell(text: string): boolean {
  return tellingHint.test(text) || text.includes('://') || versionAfter.test(text);
}

/** Finds one of several words, which hold nothing that an expression reads otherwise; case does not count. */
function hintOf(words: readonly string[]): RegExp {
  // Without "u", which takes three times as long.
  return new RegExp(words.join('|'), 'i');
}

/** A component and its versions before and after, where a text tells both. */
export interface VersionChange {
  readonly component: string;
  readonly before: string;
  readonly after: string;
}

const version = '\\d+(?:\\.\\d+){1,4}';
const versionChange = new RegExp(
  `(?<component>[\\p{L}][\\p{L}\\p{N} ()/_-]{2,60}?)[\\s:：(（,]*(?:from |version |バージョン\\s*)?(?<before>${version})\\s*(?:->|=>|→|\\bto\\b|から)\\s*(?<after>${version})`,
  'iu',
);

/** What a version change has in any case, found at once where the whole form takes long to rule out. */
const versionAfter = /\.\d+\s*(?:->|=>|→|[Tt][Oo]\b|から)\s*\d/u;

/** `Virus Pattern: 17.001.00 -> 17.003.00`, `Virus Pattern from 17.001.00 to 17.003.00`. */
export function findVersionChange(text: string): VersionChange | null {
  if (text.length > 2_000 || !versionAfter.test(text)) return null;
  const groups = versionChange.exec(text)?.groups;
  const [component, before, after] = [groups?.['component'], groups?.['before'], groups?.['after']];
  if (component === undefined || before === undefined || after === undefined) return null;
  const name = component
    .replace(
      /^(?:successfully )?(?:updat(?:ed|ing)|upgrad(?:ed|ing)|component|コンポーネント)\b[\s:：]*/iu,
      '',
    )
    .trim();
  return name === '' ? null : { component: name, before, after };
}
