/** What a line of the extension's own logs says went wrong. */
import type { AzureTroubleKind, RepositoryCause } from './facts.ts';

export interface FoundTrouble {
  readonly trouble: AzureTroubleKind;
  readonly cause: RepositoryCause | null;
  readonly package: string | null;
}

/**
 * The causes that an output of a package manager names. They are looked for in sentences of failing, never in
 * bare words: packages are called haproxy, ca-certificates and systemd-resolved.
 */
const causes: readonly (readonly [RepositoryCause, RegExp])[] = [
  [
    'certificate',
    /certificate (?:has expired|verif\w+ failed|is not (?:yet )?(?:valid|trusted)|expired)|expired certificate|sslcertverif|ssl_error|peer's certificate|certificate verification failed|release file .{0,200}is (?:not valid yet|expired)|server certificate|err\w* 58\b|curl#58|curl#60/iu,
  ],
  [
    'proxy',
    /could not resolve proxy|proxy (?:connect|tunnel|authentication|error|server)|http\/\d\.\d 407|407 proxy|from proxy after connect|unable to connect to proxy|via proxy .{0,80}(?:fail|refus)/iu,
  ],
  [
    'name-resolution',
    /(?:could not|couldn't|cannot|unable to|failed to) resolve|temporary failure (?:in name )?resol|name or service not known|name resolution|curl#6\b/iu,
  ],
  [
    'time-out',
    /timed[ -]out|time-?out (?:was )?(?:reached|expired|on)|connection timeout|operation too slow|curl#28|curl#7\b|connection refused|network is unreachable|no route to host|could not connect|failed to connect|cannot initiate the connection/iu,
  ],
  ['unhealthy', /dpkg --configure -a|not healthy|not in a healthy state|dpkg was interrupted/iu],
];

export function repositoryCause(text: string): RepositoryCause | null {
  return causes.find(([, form]) => form.test(text))?.[0] ?? null;
}

const tooOldTls =
  /\b(?:tls|ssl)\b.{0,80}(?:too old|below|lower than|older than|not supported|unsupported|at least|minimum|required)|(?:tlsv?1(?:\.[01])?|unsupported protocol).{0,60}(?:alert|not supported|unsupported|deprecated)|unsupported protocol|wrong version number|tls 1\.2.{0,40}(?:not|isn't) (?:enabled|available|supported)/iu;
const noHttps =
  /https\b.{0,60}(?:is )?(?:not available|unavailable|blocked|not allowed|not supported)|(?:the method|method) driver \/usr\/lib\/apt\/methods\/https could not be found|protocol "?https"? not supported/iu;

/** Whether a line names transport security as what stands in the way. */
export function transportTrouble(text: string): 'tls' | 'https' | null {
  if (noHttps.test(text)) return 'https';
  return tooOldTls.test(text) ? 'tls' : null;
}

/** A package manager that answered with a code that the extension did not expect. */
export const unexpectedCode =
  /Package Manager ERROR|nexpected return code|Customer environment error: Investigate|package manager (?:on (?:this )?machine )?is not (?:in a )?healthy|Return code from package manager: [1-9]/iu;

/** What follows the sudo check; six attempts are made. */
const sudoFailed =
  /sudo (?:status )?check failed|\(sudo failure\)|Unable to invoke sudo successfully|Unexpected sudo check result|Sudo status check: False/iu;
const sudoSucceeded = /Sudo status check completed successfully|Sudo status check: True/u;

const forms: readonly (readonly [AzureTroubleKind, RegExp])[] = [
  ['sudo-failed', sudoFailed],
  ['sudo-succeeded', sudoSucceeded],
  ['superseded', /NEWER_OPERATION_SUPERSEDED|[Gg]oal state has changed/u],
  ['bad-start-time', /Error calculating time remaining/u],
  ['reboot-no-time', /Insufficient time to schedule a required reboot|not enough time to schedule a reboot/u],
  ['reboot-waiting', /Waiting for machine reboot/u],
  ['reboot-started', /The machine is set to reboot|Reboot is being scheduled/u],
  ['unresponsive', /ShutdownOrUnresponsive/u],
  [
    'auto-service',
    /MsftLinuxPatchAutoAssess.{0,120}(?:not running|inactive|(?:is )?dead|failed to start|could not be started|not loaded|not active)|(?:not running|inactive|failed to start|could not start).{0,80}MsftLinuxPatchAutoAssess/iu,
  ],
  ['not-assessed', /\bNot assessed\b/u],
];

const notInstalled = /appears to have not been installed(?:: (?<package>\S+) \((?<version>[^)]*)\))?/u;

/** The trouble that a record of the extension's own logs tells of; its whole text, without the stamp. */
export function findTrouble(text: string, isErrorLine: boolean): FoundTrouble | null {
  const missing = notInstalled.exec(text);
  if (missing !== null) {
    const code = /[Rr]eturn code: (?<code>-?\d+)/u.exec(text)?.groups?.['code'];
    if (code !== undefined && code !== '0') return null;
    return {
      trouble: 'not-installed-code-zero',
      cause: null,
      package: missing.groups?.['package'] ?? null,
    };
  }
  for (const [trouble, form] of forms) if (form.test(text)) return { trouble, cause: null, package: null };
  if (!isErrorLine) return null;
  const transport = transportTrouble(text);
  if (transport !== null) return { trouble: transport, cause: null, package: null };
  if (!unexpectedCode.test(text)) return null;
  return { trouble: 'repository', cause: repositoryCause(text), package: null };
}
