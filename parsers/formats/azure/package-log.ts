import type { Citation } from '../../domain/evidence.ts';
import { laterOf, order } from '../../domain/moment.ts';
import type { Moment } from '../../domain/moment.ts';
import { stampHead } from '../../text/stamp.ts';
import type { LineHead } from '../../text/line-head.ts';
import { defineLineFormat } from '../define-format.ts';
import type { LineSample, LogReader, LogRecord, MemberContext, Probe } from '../define-format.ts';
import type { AzurePackage, AzurePackageLog } from './facts.ts';
import { isText, stateDeviceOfPath } from './paths.ts';

/** What a line of a package manager's log says was done; several packages for a line of apt. */
type ReadLine = (body: string, at: Moment | null) => readonly AzurePackage[];

interface Kind {
  readonly manager: AzurePackageLog['manager'];
  readonly name: RegExp;
  /** A line that only this log has. */
  readonly line: RegExp;
  readonly heads: readonly LineHead[];
  readonly landmarks: readonly string[];
  readonly read: ReadLine;
  readonly samples: readonly LineSample[];
}

class PackageReader implements LogReader {
  readonly #context: MemberContext;
  readonly #kind: Kind;
  #first: Moment | null = null;
  #last: Moment | null = null;
  #entries = 0;
  #place: Citation | null = null;

  constructor(context: MemberContext, kind: Kind) {
    this.#context = context;
    this.#kind = kind;
    stateDeviceOfPath(context);
  }

  record(record: LogRecord): void {
    const { at } = record;
    if (at !== null) {
      this.#first = this.#first === null || order(at, this.#first) === 'before' ? at : this.#first;
      this.#last = this.#last === null ? at : laterOf(this.#last, at);
    }
    this.#place ??= this.#context.cite(record.line, record.text.slice(0, 500));
    const packages = this.#kind.read([record.body, ...record.continuation].join('\n'), at);
    if (packages.length === 0) return;
    const citation = this.#context.cite(record.line, record.text.slice(0, 1_000));
    for (const detail of packages) {
      this.#entries += 1;
      this.#context.harvest.event({ type: 'azure/package', patch: detail.name, at, citation, detail });
    }
  }

  end(): void {
    this.#context.harvest.rows(this.#entries);
    this.#context.harvest.fact({
      type: 'azure/package-log',
      value: {
        manager: this.#kind.manager,
        firstAt: this.#first,
        lastAt: this.#last,
        entries: this.#entries,
      },
      citation: this.#place ?? this.#context.cite(1, ''),
    });
  }
}

function packageLog(kind: Kind) {
  return defineLineFormat({
    id: `azure/package-log-${kind.manager}`,
    system: 'azure-update-manager',
    clock: 'device',
    recognise: (probe: Probe) =>
      isText(probe) && kind.name.test(probe.path) && probe.lines.some((line) => kind.line.test(line)),
    heads: kind.heads,
    landmarks: kind.landmarks,
    open: (context) => new PackageReader(context, kind),
    samples: kind.samples,
  });
}

const dpkg: Kind = {
  manager: 'dpkg',
  name: /(?:^|[/_])dpkg\.log(?:\.\d+)?$/u,
  line: /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d (?:startup|status|install|upgrade|configure|trigproc|remove|purge)\b/u,
  heads: [stampHead('YYYY-MM-DD HH:mm:ss', { name: 'dpkg', level: 'info' })],
  // What is unpacked and half configured on the way does not matter.
  landmarks: [' status installed ', ' status not-installed ', ' startup '],
  read(body) {
    const groups =
      /^ status (?<state>installed|not-installed) (?<name>[^\s:]+)(?::\S+)? (?<version>\S+)/u.exec(
        body,
      )?.groups;
    if (groups === undefined) return [];
    return [
      {
        name: groups['name'] ?? '',
        version: groups['version'] ?? '',
        action: groups['state'] === 'installed' ? 'installed' : 'removed',
        by: null,
      },
    ];
  },
  samples: [
    {
      line: '2026-11-22 07:44:21 status installed samba-libs:amd64 2:4.4.5+dfsg-2ubuntu5.4',
      local: '2026-11-22T07:44:21.000',
      level: 'info',
    },
  ],
};

/** Blocks of apt's history: a head of their own for the line that starts one. */
const apt: Kind = {
  manager: 'apt',
  name: /(?:^|[/_])apt[/_]history\.log(?:\.\d+)?$|(?:^|\/)history\.log$/u,
  line: /^Start-Date: \d{4}-\d\d-\d\d {1,2}\d\d:\d\d:\d\d/u,
  heads: [stampHead("'Start-Date: 'YYYY-MM-DD~HH:mm:ss", { name: 'apt-history', level: 'info' })],
  landmarks: ['Start-Date: '],
  read(body) {
    const command = /^Commandline: (?<command>.*)$/mu.exec(body)?.groups?.['command'] ?? null;
    const failed = /^Error: /mu.test(body);
    return [
      ...body.matchAll(/^(?<action>Install|Upgrade|Remove|Purge|Reinstall|Downgrade): (?<list>.*)$/gmu),
    ].flatMap(({ groups }) => {
      const removed = groups?.['action'] === 'Remove' || groups?.['action'] === 'Purge';
      if (failed && !removed) return [];
      return [...(groups?.['list'] ?? '').matchAll(/(?<name>[^\s:,()]+):\w+ \((?<versions>[^)]*)\)/gu)].map(
        (match): AzurePackage => {
          const versions = (match.groups?.['versions'] ?? '')
            .split(', ')
            .filter((one) => one !== 'automatic');
          return {
            name: match.groups?.['name'] ?? '',
            version: versions.at(-1) ?? '',
            action: removed ? 'removed' : 'installed',
            by: command,
          };
        },
      );
    });
  },
  samples: [{ line: 'Start-Date: 2026-11-22  07:44:20', local: '2026-11-22T07:44:20.000', level: 'info' }],
};

/** `bash-4.2.46-35.el7_9.x86_64`, `12:dhcp-libs-…`, `1:openssl-…`, `openssl-1:1.0.2k-…`. */
function rpmOf(text: string, action: AzurePackage['action']): readonly AzurePackage[] {
  const groups =
    /^(?:(?<epoch>\d+):)?(?<name>[\w.+-]+?)-(?<version>(?:\d+:)?[\w.+~^]+-[\w.+~^]+?)\.(?<arch>noarch|x86_64|i[3-6]86|aarch64|ppc64le|s390x|src)$/u.exec(
      text.trim(),
    )?.groups;
  if (groups === undefined) return [];
  return [
    {
      name: `${groups['name'] ?? ''}.${groups['arch'] ?? ''}`,
      version: groups['version'] ?? '',
      action,
      by: null,
    },
  ];
}

const yumForm = /^ ?(?<action>Installed|Updated|Erased|Dep-Installed|Obsoleted): (?<package>\S+)/u;

const yum: Kind = {
  manager: 'yum',
  name: /(?:^|[/_])yum\.log(?:[.-]\d+)?$/u,
  line: /^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d (?:Installed|Updated|Erased|Dep-Installed|Obsoleted): /u,
  heads: [stampHead('MMM~D~HH:mm:ss', { name: 'yum', level: 'info' })],
  landmarks: ['nstalled: ', 'Updated: ', 'Erased: '],
  read(body) {
    const groups = yumForm.exec(body)?.groups;
    if (groups === undefined) return [];
    return rpmOf(groups['package'] ?? '', groups['action'] === 'Erased' ? 'removed' : 'installed');
  },
  samples: [
    {
      line: 'Nov 22 07:44:23 Updated: selinux-policy-3.13.1-102.el7_3.16.noarch',
      local: '1972-11-22T07:44:23.000',
      level: 'info',
    },
  ],
};

const dnf: Kind = {
  manager: 'dnf',
  name: /(?:^|[/_])dnf\.rpm\.log(?:\.\d+)?$/u,
  line: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S* (?:INFO|SUBDEBUG|DEBUG|WARNING|ERROR)/u,
  heads: [
    stampHead('YYYY-MM-DDTHH:mm:sszz', { name: 'dnf' }),
    stampHead('YYYY-MM-DDTHH:mm:ss', { name: 'dnf' }),
  ],
  landmarks: ['nstalled: ', 'pgrade: ', 'pgraded: ', 'Erased: ', 'Removed: ', 'DNF ', 'logging initialized'],
  read(body) {
    const groups =
      /^\s*\w+ (?<action>Installed|Upgrade|Reinstalled|Erase|Erased|Removed): (?<package>\S+)/u.exec(
        body,
      )?.groups;
    if (groups === undefined) return [];
    const removed = /^(?:Erase|Erased|Removed)$/u.test(groups['action'] ?? '');
    return rpmOf(groups['package'] ?? '', removed ? 'removed' : 'installed');
  },
  samples: [
    {
      line: '2026-11-22T07:44:23+0000 SUBDEBUG Upgrade: bash-4.4.20-5.el8.x86_64',
      local: '2026-11-22T07:44:23.000',
      offset: 0,
      level: 'none',
    },
  ],
};

const zypper: Kind = {
  manager: 'zypper',
  name: /(?:^|[/_])zypp[/_]history(?:[.-]\d+)?$/u,
  line: /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\|/u,
  heads: [stampHead('YYYY-MM-DD HH:mm:ss', { name: 'zypp-history', level: 'info' })],
  landmarks: ['|install|', '|remove |', '|remove|', '|command|'],
  read(body) {
    const [, action = '', name = '', version = '', arch = ''] = body.split('|');
    const done = action.trim();
    if ((done !== 'install' && done !== 'remove') || name === '') return [];
    return [
      {
        name: arch === '' ? name : `${name}.${arch}`,
        version,
        action: done === 'install' ? 'installed' : 'removed',
        by: null,
      },
    ];
  },
  samples: [
    {
      line: '2026-11-22 07:44:23|install|bash|4.4-9.14.1|x86_64|root@host|SLES12-Updates|abc|',
      local: '2026-11-22T07:44:23.000',
      level: 'info',
    },
  ],
};

/** `dpkg.log`, `apt/history.log`, `yum.log`, `dnf.rpm.log`, `zypp/history`: the proof of an installation. */
export const packageLogs = [dpkg, apt, yum, dnf, zypper].map((kind) => packageLog(kind));
