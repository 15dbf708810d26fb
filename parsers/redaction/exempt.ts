/*
 * What looks like a value to take out and is none: names that every machine has, addresses that name no machine,
 * domains of vendors that evidence speaks of.
 */

const accounts: ReadonlySet<string> = new Set([
  'system',
  'root',
  'administrator',
  'administrators',
  'admin',
  'guest',
  'public',
  'default',
  'default user',
  'default.migrated',
  'all users',
  'defaultapppool',
  'defaultaccount',
  'wdagutilityaccount',
  'local service',
  'network service',
  'localservice',
  'networkservice',
  'localsystem',
  'local system',
  'backup operators',
  'cryptographic operators',
  'network configuration operators',
  'power users',
  'print operators',
  'account operators',
  'server operators',
  'remote desktop users',
  'remote management users',
  'replicator',
  'distributed com users',
  'event log readers',
  'guests',
  'iis_iusrs',
  'performance log users',
  'performance monitor users',
  'hyper-v administrators',
  'domain admins',
  'domain users',
  'domain computers',
  'enterprise admins',
  'krbtgt',
  'interactive',
  'network',
  'batch',
  'everyone',
  'anonymous logon',
  'authenticated users',
  'users',
  'trustedinstaller',
  'nobody',
  'daemon',
  'sudo',
  'temp',
  'shared',
  'none',
  'null',
  'nil',
  'true',
  'false',
  'yes',
  'no',
  'not',
  'unknown',
  'undefined',
  'enabled',
  'disabled',
  'empty',
  'default_user',
  'username',
  'user',
  'user name',
  'account',
  'name',
  'owner',
  'value',
  'string',
  'id',
  'password',
  'serial',
  'serial number',
  'status',
  'date',
  'time',
  'domain',
  'computer',
  'host',
  'hostname',
  'device',
  'machine',
  'server',
  'client',
  'agent',
  'localhost',
  'workgroup',
  'mshome',
  'nt authority',
  'builtin',
  'window manager',
  'font driver host',
  'nt service',
  'iis apppool',
  'to be filled by o.e.m.',
  'system serial number',
  'default string',
  'to',
  'the',
  'a',
  'an',
  'is',
  'was',
  'has',
  'ok',
  'n/a',
  'na',
  'os',
  'ip',
  'type',
  'version',
  'session',
  'service',
  'logon',
  'login',
  'failed',
  'success',
  'patch',
  'windows',
  'linux',
  'kace',
  'konea',
  'ユーザー',
  'ユーザー名',
  'ユーザ',
  'ユーザ名',
  '名前',
  '氏名',
  '状態',
  'ステータス',
  '日時',
  '日付',
  '不明',
  'なし',
  '無し',
  '管理者',
  'システム',
  'コンピューター',
  'コンピュータ',
  'ドメイン',
  'シリアル番号',
  'デバイス',
  'サーバー',
  '端末',
  '番号',
  '種類',
  'バージョン',
]);

/** Words that stand in a field without naming anybody. @param folded lower case */
export function isCommonWord(folded: string): boolean {
  return (
    accounts.has(folded) ||
    /^[\d\s.,:/_-]*$/u.test(folded) ||
    /^(?:s-1-5-(?:18|19|20)$|\{?0{8}|0x[0-9a-f]+$)/u.test(folded)
  );
}

const registryRoots =
  /^(?:hk[a-z]{2,3}|hkey_[a-z_]+|software|system|sam|security|hardware|classes|microsoft|windows|winnt|system32|syswow64|program files|programdata|nt authority|builtin|nt service|iis apppool|font driver host|window manager|local|machine|user|users|device|registry|temp|drivers|common|currentcontrolset|policies|wow6432node|root|pci|usb|acpi|hid|swd|storage|scsi|ide|display|bth|sto?r|ms_[a-z]+)$/u;

/** The part before a backslash that is no domain: folders, keys of the registry. @param folded lower case */
export function isNoDomain(folded: string): boolean {
  return registryRoots.test(folded);
}

const vendorDomains =
  /(?:^|\.)(?:microsoft|windowsupdate|windows|azure|microsoftonline|office|office365|live|msftncsi|msftconnecttest|amazonaws|amazon|quest|kace|dell|adobe|google|googleapis|mozilla|oracle|java|sun|ubuntu|canonical|redhat|suse|xmlsoap|trendmicro|digicert|verisign|symantec|globalsign|github|githubusercontent|akamaized|cloudflare|intel|hp|lenovo|nvidia|zoom|vmware)\.com$|(?:^|\.)(?:windows|azure|microsoft|azure-automation|msedge|akamai|akamaiedge|entrust|launchpad|sourceforge|cloudapp|trafficmanager)\.net$|(?:^|\.)(?:w3|mozilla|apache|debian|centos|fedoraproject|opensuse|oasis-open|openxmlformats|iana|ietf|python|schema|letsencrypt|gnu|kernel|zulu|openjdk|7-zip|videolan|libreoffice|notepad-plus-plus|wireshark)\.org$|(?:^|\.)(?:trendmicro|microsoft)\.co\.jp$|(?:^|\.)zoom\.us$|(?:^|\.)aka\.ms$/u;

/** Domains of vendors: what an update was fetched from is evidence and names no customer. @param folded lower case */
export function isVendorDomain(folded: string): boolean {
  return vendorDomains.test(folded);
}

const governed = ['co', 'ne', 'or', 'ac', 'go', 'lg', 'ed', 'gr'];
const internalEnds = ['local', 'localdomain', 'lan', 'corp', 'intra', 'intranet', 'ad'];
const perhapsInternalEnds = ['internal', 'private', 'home', 'test', 'example', 'invalid', 'office', 'site'];
const publicEnds = [
  ...[
    'com',
    'net',
    'org',
    'jp',
    'info',
    'biz',
    'edu',
    'gov',
    'mil',
    'int',
    'eu',
    'uk',
    'de',
    'fr',
    'it',
    'es',
  ],
  ...[
    'nl',
    'be',
    'ch',
    'at',
    'se',
    'no',
    'dk',
    'fi',
    'pl',
    'cz',
    'us',
    'ca',
    'mx',
    'br',
    'au',
    'nz',
    'cn',
    'tw',
  ],
  ...['hk', 'kr', 'sg', 'in', 'io', 'cloud', 'dev', 'app', 'tokyo', 'osaka'],
];

/** The last labels by which {@link judgeDomain} judges. */
export const domainEnds: readonly string[] = [...internalEnds, 'arpa', ...perhapsInternalEnds, ...publicEnds];

const internalEnd = new RegExp(
  String.raw`\.(?:${internalEnds.join('|')}|home\.arpa|(?:${governed.join('|')})\.jp)$|(?:^|\.)(?:[a-z0-9-]+\.)?(?:ec2|compute)\.internal$`,
  'u',
);
const perhapsInternalEnd = new RegExp(String.raw`\.(?:${perhapsInternalEnds.join('|')})$`, 'u');
const publicEnd = new RegExp(String.raw`\.(?:${publicEnds.join('|')})$`, 'u');

/** What a dotted name is by its end alone. @param name as written */
export function judgeDomain(name: string): 'certain' | 'suspected' | null {
  const folded = name.toLowerCase();
  if (isVendorDomain(folded)) return null;
  if (internalEnd.test(folded)) return 'certain';
  if (perhapsInternalEnd.test(folded)) return 'suspected';
  // `System.Net`, `ASP.NET`: names of programs, not of hosts.
  if (/[A-Z]/u.test(name) && name !== name.toUpperCase()) return null;
  return publicEnd.test(folded) ? 'suspected' : null;
}

/** IPv4 addresses that name no machine: any, loopback, masks, broadcast, multicast. */
export function isNobodysAddress(address: string): boolean {
  return /^(?:0\.|127\.|255\.|22[4-9]\.|23\d\.|2[45]\d\.\d)/u.test(address);
}

/** 10/8, 172.16/12, 192.168/16, 169.254/16, 100.64/10. */
export function isPrivateAddress(address: string): boolean {
  return /^(?:10\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/u.test(
    address,
  );
}
