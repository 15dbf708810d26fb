import type { RedactionKind } from '../domain/redaction.ts';
import { once } from '../domain/once.ts';
import { Sieve, matchesIn } from './sieve.ts';
import type { Trace, Windows } from './sieve.ts';
import { isToken } from './token-table.ts';
import {
  domainEnds,
  isCommonWord,
  isNoDomain,
  isNobodysAddress,
  isPrivateAddress,
  isVendorDomain,
  judgeDomain,
} from './exempt.ts';

/** A value that a pattern found. */
export interface PatternHit {
  readonly kind: RedactionKind;
  readonly start: number;
  readonly end: number;
  readonly value: string;
  /** Whether it is what it looks like; a suspected one is shown, not taken out. */
  readonly certain: boolean;
  /** Whether the same value is to be found elsewhere too, where nothing around it tells what it is. */
  readonly spreads: boolean;
}

type Tell = (hit: PatternHit) => void;

/** What may stand between the name of a field and its value: `:`, `=`, the end of a tag, the next cell of a row. */
const separator = String.raw`["']?[^\S\n]{0,8}(?:[:=：＝]\s{0,8}|>\s{0,4}|(?:<\/?[a-z][^<>]{0,200}>\s{0,40}){1,6}[:：]?\s{0,8})["']?`;
const valueEnd = String.raw`(?=[^\S\n]{0,16}\r?$|["'<,;)\]|&}]|\\"|[^\S\n]{2}|\t|[^\S\n]+[\w.-]{1,40}[=:]|[、。）」])`;

function field(names: string, value: string): RegExp {
  return new RegExp(`(?<![A-Za-z])(?:${names})${separator}(?<value>${value})${valueEnd}`, 'gimu');
}

const email = /(?<![\w.%+-])[\w.%+-]{1,200}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![\w-])/gu;
const noEmail = /@\dx\.|\.(?:png|jpe?g|gif|svg|css|js|dll|exe|log|service|socket)$/iu;

const ipv4 = /(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?!\d|\.\d)/gu;
const versionBefore = /(?:version|vers?\.?|build|release|revision|rev\.?|バージョン|ビルド)["']?\W{0,4}$/iu;
const ipv6 =
  /(?<![\w:.])(?:[0-9A-Fa-f]{1,4}:|:){2,7}(?:[0-9A-Fa-f]{1,4}|:)?(?:(?<=:)\d{1,3}(?:\.\d{1,3}){3})?(?:%\w{1,20})?(?![\w:])/gu;

const mac =
  /(?<![0-9A-Za-z:])(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}(?![0-9A-Za-z:])|(?<![0-9A-Za-z-])(?:[0-9A-Fa-f]{2}-){5}[0-9A-Fa-f]{2}(?![0-9A-Za-z-])|(?<![0-9A-Za-z.])(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}(?![0-9A-Za-z.])/gu;
const macNames = String.raw`mac(?:[ _-]?addr(?:ess)?)?|physical[ _]address|hwaddr|物理アドレス|MAC ?アドレス`;
const macField = field(macNames, String.raw`[0-9A-Fa-f]{12}`);

const instance =
  /(?<![\w-])m?i-(?:[0-9a-f]{17}|[0-9a-f]{8})(?![\w-])|(?<=\/subscriptions\/)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=arn:aws[a-z-]{0,10}:[a-z0-9-]{0,30}:[a-z0-9-]{0,30}:)\d{12}(?!\d)/giu;
const instanceNames = String.raw`vm[ _-]?id|subscription[ _-]?id|tenant[ _-]?id|machine[ _-]?(?:gu)?id|instance[ _-]?id|client[ _-]?id|account[ _-]?id|kuid|susclientid|device[ _-]?id|インスタンス ?ID`;
const instanceField = field(
  instanceNames,
  String.raw`\{?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?|\d{12}`,
);

const sid = /(?<![\w-])S-1-5-21(?:-\d{1,10}){3,4}(?![\w-])/gu;
const profile =
  /(?:^|[\\/!:"'])(?:Users|Documents and Settings|home|ユーザー)[\\/]{1,4}(?<value>[^\\/:*?"<>|\r\n\t]{1,64}?)(?=[\\/"'<>|\r\n\t]|$)/gimu;
const userNames = String.raw`(?:(?:subject|target|caller|last|current|primary|logged[ _-]?(?:on|in)|display)[ _-]?)?(?:user|logon|login|account)(?:[ _.-]?(?:name|id|upn))?|owner(?:[ _]?name)?|(?:dc:)?creator|(?:cp:)?lastmodifiedby|author|run[ _-]?as(?:[ _-]?user)?|samaccountname|(?:最終)?(?:ログ[オイ]ン)?ユーザー?名?|ログ[オイ]ン名|利用者名?|使用者名?|所有者名?|アカウント名?|担当者名?|氏名`;
const userField = field(userNames, String.raw`[\p{L}\p{N}][\p{L}\p{N}._\\@ \u3000・$-]{0,60}?[\p{L}\p{N}$]`);
const domainUser =
  /(?<![\w\\/:.%-])(?<domain>[A-Za-z][A-Za-z0-9-]{0,14})\\(?<value>[\p{L}\p{N}][\p{L}\p{N}._-]{1,63})(?![\p{L}\p{N}\\$])/gu;
const credentials = /:\/\/(?<value>[^\s/@"'<>]{1,200})(?=@)/gu;

const serialNames = String.raw`(?:(?:bios|chassis|system|device|machine)[ _]?)?serial[ _.-]?(?:number|num|no\.?|nr\.?)?|service[ _-]?tag|asset[ _-]?(?:tag|number)|(?:BIOS ?)?シリアル ?(?:番号|ナンバー|No\.?)?|製造番号|サービス ?タグ|資産番号|機番`;
const serialField = field(serialNames, String.raw`[A-Z0-9][A-Z0-9/-]{3,39}`);

const uncHost = /(?<![\\\w:])\\\\(?<value>[A-Za-z0-9][A-Za-z0-9._-]{0,252})\\(?!\\)/gu;
const noUncHost =
  /^(?:localhost|device|systemroot|registry|windows|globalroot|volume\{?.*|pipe|physicaldrive\d+)$/iu;
const urlHost = /:\/\/(?:[^\s/@"'<>]{1,200}@)?(?<value>[A-Za-z0-9][A-Za-z0-9.-]{0,252})/gu;
const hostNames = String.raw`(?:computer|machine|host|device|node|workstation|netbios|server|agent|system)[ _-]?name|hostname|コンピューター?名|ホスト名|マシン名|端末名|デバイス名|機器名|サーバー?名|PC ?名`;
const hostField = field(hostNames, String.raw`[A-Za-z0-9][A-Za-z0-9._-]{1,62}`);
const amazonHost = /(?<![\w-])ip-\d{1,3}(?:-\d{1,3}){3}(?![\w-])/gu;
const domainNames = String.raw`(?:user|ad|dns|windows|nt|primary|active directory)?[ _-]?domain(?:[ _]?name)?|ドメイン名?|ワークグループ名?`;
const domainField = field(domainNames, String.raw`[A-Za-z0-9][A-Za-z0-9.-]{1,100}`);
const dotted =
  /(?<![\w.@\\/%-])(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}[A-Za-z]{2,24}(?![\w-]|\.\w)/gu;

/** Names before the dot that say what a server does and not whose it is. */
const servingLabel = /^(?:www\d*|mail|smtp|ftp|download|update|updates|api|cdn|ntp|time|dns)$/iu;

/** A field's name up to where its value may begin: a tag may hold much before that. */
function fieldTrace(names: string): Trace {
  return {
    of: String.raw`(?:${names})["']?\h*[:=：＝<>]`,
    reach: (last) => (last === 0x3c ? 2_000 : 240),
  };
}

/** What each expression cannot match without. */
const traces = {
  email: { of: '@' },
  ipv4: { of: String.raw`\d\.\d{1,3}\.\d{1,3}\.\d` },
  ipv6: { of: '::|[0-9a-f]:(?:[0-9a-f]{1,4}:){3}[0-9a-f]' },
  mac: {
    of: String.raw`[0-9a-f]:(?:[0-9a-f]{2}:){4}[0-9a-f]|[0-9a-f]-(?:[0-9a-f]{2}-){4}[0-9a-f]|[0-9a-f]\.[0-9a-f]{4}\.[0-9a-f]`,
  },
  macField: fieldTrace(macNames),
  sid: { of: 's-1-5-21' },
  profile: { of: String.raw`(?:users|settings|home|ユーザー)[\\/]` },
  userField: fieldTrace(userNames),
  domainUser: { of: String.raw`[a-z0-9-]\\` },
  uncHost: { of: String.raw`\\\\` },
  urlHost: { of: '://' },
  hostField: fieldTrace(hostNames),
  amazonHost: { of: String.raw`ip-\d` },
  domainField: fieldTrace(domainNames),
  dotted: {
    of: String.raw`\.(?:${domainEnds.join('|')})`,
    followed: (next) => !/[\w-]/u.test(String.fromCharCode(next)),
  },
  instance: { of: 'i-[0-9a-f]{8}|/subscriptions/|arn:aws' },
  instanceField: fieldTrace(instanceNames),
  serialField: fieldTrace(serialNames),
} as const satisfies Readonly<Record<string, Trace>>;

type TraceName = keyof typeof traces;
type Found = Readonly<Record<TraceName, Windows>>;

const traceNames = Object.keys(traces) as TraceName[];
/** Made when it is first needed: that takes longer than starting the rest of the engine. */
const sieve = once(() => new Sieve(Object.values(traces)));

/** Tells everything in a text that its own shape or the field around it shows to be of a kind. */
export function findByPattern(text: string, tell: Tell): void {
  const windows = sieve().windows(text);
  if (windows === null) return;
  const found = Object.fromEntries(traceNames.map((name, index) => [name, windows[index] ?? []])) as Found;
  findEmails(text, found, tell);
  findAddresses(text, found, tell);
  findUsers(text, found, tell);
  findHosts(text, found, tell);
  for (const match of matchesIn(text, found.instance, instance)) put('instance', match.index, match[0], tell);
  for (const match of matchesIn(text, found.instanceField, instanceField)) putValue('instance', match, tell);
  for (const match of matchesIn(text, found.serialField, serialField)) {
    const value = match.groups?.['value'] ?? '';
    if (/\d/u.test(value) && !isCommonWord(value.toLowerCase())) putValue('serial', match, tell);
  }
}

function findEmails(text: string, found: Found, tell: Tell): void {
  for (const match of matchesIn(text, found.email, email)) {
    if (noEmail.test(match[0])) continue;
    put('email', match.index, match[0], tell);
    const at = match[0].lastIndexOf('@') + 1;
    const domain = match[0].slice(at);
    // The part behind the sign is the customer's domain: it is looked for on its own as well.
    if (!isVendorDomain(domain.toLowerCase())) tellDomain(domain, match.index + at, true, tell);
  }
}

function findAddresses(text: string, found: Found, tell: Tell): void {
  for (const match of matchesIn(text, found.ipv4, ipv4)) {
    const [address] = match;
    if (isNobodysAddress(address)) continue;
    const before = text.slice(Math.max(0, match.index - 24), match.index);
    const isVersion = versionBefore.test(before) || /[A-Za-z_-]$/u.test(before);
    const certain = !isVersion || (isPrivateAddress(address) && !versionBefore.test(before));
    put('ip', match.index, address, tell, certain);
  }
  for (const match of matchesIn(text, found.ipv6, ipv6)) {
    const address = match[0].replace(/%.*$/u, '');
    if (!isIpv6(address) || !/[0-9A-Fa-f]{3}/u.test(address) || !/\d/u.test(address)) continue;
    put('ip', match.index, match[0], tell);
  }
  for (const match of matchesIn(text, found.mac, mac)) {
    const [address] = match;
    const digits = address.replace(/[^0-9A-Fa-f]/gu, '');
    if (/^(?:0{12}|f{12})$/iu.test(digits)) continue;
    // Six numbers with hyphens are more often a date and a time.
    put('mac', match.index, address, tell, address.includes(':') || /[a-f]/iu.test(digits));
  }
  for (const match of matchesIn(text, found.macField, macField)) putValue('mac', match, tell);
}

function findUsers(text: string, found: Found, tell: Tell): void {
  for (const match of matchesIn(text, found.sid, sid)) put('user', match.index, match[0], tell);
  for (const match of matchesIn(text, found.profile, profile)) putUser(match, tell);
  for (const match of matchesIn(text, found.userField, userField)) {
    const value = match.groups?.['value'] ?? '';
    const slash = value.lastIndexOf('\\');
    if (slash === -1) {
      putUser(match, tell);
      continue;
    }
    const start = match.index + match[0].length - value.length;
    const domain = value.slice(0, slash).replace(/\\+$/u, '');
    if (isNoDomain(domain.toLowerCase())) continue;
    if (!isCommonWord(domain.toLowerCase())) put('domain', start, domain, tell);
    putName(value.slice(slash + 1), start + slash + 1, tell);
  }
  for (const match of matchesIn(text, found.domainUser, domainUser)) {
    const { domain = '', value = '' } = match.groups ?? {};
    if (isNoDomain(domain.toLowerCase()) || /\.[a-z]{2,4}$/iu.test(value)) continue;
    if (isCommonWord(value.toLowerCase())) continue;
    const isUpper = domain === domain.toUpperCase() && value !== value.toUpperCase();
    if (isUpper) put('user', match.index + domain.length + 1, value, tell, false);
  }
  // A password may stand behind the name: both go.
  for (const match of matchesIn(text, found.email, credentials)) {
    put('user', match.index + 3, match[0].slice(3), tell, true, false);
  }
}

function putUser(match: RegExpMatchArray, tell: Tell): void {
  const value = match.groups?.['value'] ?? '';
  putName(value, (match.index ?? 0) + match[0].length - value.length, tell);
}

function putName(value: string, start: number, tell: Tell): void {
  const folded = value.toLowerCase();
  if (isCommonWord(folded) || folded.endsWith('$')) return;
  if (/^\{?[0-9a-f]{8}-[0-9a-f]{4}/u.test(folded) || /\.(?:exe|dll|log|html?|xml|txt|msi|csv)$/u.test(folded))
    return;
  if (value.includes('@')) return;
  put('user', start, value, tell, true, value.length >= 3 || /[^\u0000-\u007F]{2}/u.test(value));
}

function findHosts(text: string, found: Found, tell: Tell): void {
  for (const match of matchesIn(text, found.uncHost, uncHost)) {
    const value = match.groups?.['value'] ?? '';
    if (!noUncHost.test(value)) tellHost(value, match.index + 2, tell);
  }
  for (const match of matchesIn(text, found.urlHost, urlHost)) {
    const value = (match.groups?.['value'] ?? '').replace(/[.-]+$/u, '');
    const start = match.index + match[0].length - (match.groups?.['value'] ?? '').length;
    if (!/^localhost$/iu.test(value)) tellHost(value, start, tell);
  }
  for (const match of matchesIn(text, found.hostField, hostField)) {
    const value = match.groups?.['value'] ?? '';
    if (isCommonWord(value.toLowerCase()) || /\.(?:exe|dll|log|html?|xml|txt|msi|csv)$/iu.test(value))
      continue;
    tellHost(value, match.index + match[0].length - value.length, tell);
  }
  for (const match of matchesIn(text, found.amazonHost, amazonHost)) put('host', match.index, match[0], tell);
  for (const match of matchesIn(text, found.domainField, domainField)) {
    const value = (match.groups?.['value'] ?? '').replace(/[.-]+$/u, '');
    if (isCommonWord(value.toLowerCase()) || isVendorDomain(value.toLowerCase()) || value.length < 3)
      continue;
    const start = match.index + match[0].length - (match.groups?.['value'] ?? '').length;
    tellDomain(value, start, true, tell);
  }
  for (const match of matchesIn(text, found.dotted, dotted)) {
    const [name] = match;
    const judged = judgeDomain(name);
    if (judged === 'certain') tellHost(name, match.index, tell);
    else if (judged === 'suspected') put('domain', match.index, name, tell, false);
  }
}

/** A host by its name: the first label is the machine, the rest its domain. */
function tellHost(name: string, start: number, tell: Tell): void {
  if (/^[\d.]+$/u.test(name)) return;
  if (isVendorDomain(name.toLowerCase())) return;
  const dot = name.indexOf('.');
  if (dot === -1) {
    if (name.length > 1) put('host', start, name, tell, true, name.length >= 3);
    return;
  }
  const labels = name.split('.');
  const isBare = labels.length === 2 || registeredLabels(labels) >= labels.length;
  if (isBare) {
    tellDomain(name, start, true, tell);
    return;
  }
  const first = labels[0] ?? '';
  if (!servingLabel.test(first)) put('host', start, first, tell, true, first.length >= 3);
  tellDomain(name.slice(dot + 1), start + dot + 1, true, tell);
}

/** The domain, and the one that was registered, of which it is a part. */
function tellDomain(name: string, start: number, certain: boolean, tell: Tell): void {
  put('domain', start, name, tell, certain);
  const labels = name.split('.');
  const kept = registeredLabels(labels);
  if (labels.length <= kept) return;
  const registered = labels.slice(-kept).join('.');
  put('domain', start + name.length - registered.length, registered, tell, certain);
}

function registeredLabels(labels: readonly string[]): number {
  const [second = '', top = ''] = labels.slice(-2);
  return top.length === 2 && /^(?:co|ne|or|ac|go|lg|ed|gr|com|net|org|gov|edu)$/iu.test(second) ? 3 : 2;
}

function putValue(kind: RedactionKind, match: RegExpMatchArray, tell: Tell): void {
  const value = match.groups?.['value'] ?? '';
  put(kind, (match.index ?? 0) + match[0].length - value.length, value, tell);
}

function put(
  kind: RedactionKind,
  start: number,
  value: string,
  tell: Tell,
  certain = true,
  spreads = true,
): void {
  if (!isToken(value)) tell({ kind, start, end: start + value.length, value, certain, spreads });
}

/** RFC 4291, 2.2: eight groups, or fewer with one `::`; the last two may be written as an IPv4 address. */
function isIpv6(text: string): boolean {
  const halves = text.replace(/\d{1,3}(?:\.\d{1,3}){3}$/u, '0:0').split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  if (!groups.every((group) => /^[0-9A-Fa-f]{1,4}$/u.test(group))) return false;
  return halves.length === 2 ? groups.length < 8 : groups.length === 8;
}
