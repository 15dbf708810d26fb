// Files of the shapes that the patch extension, its agent and the service write, in the fewest words.

export const activity = '0b1c2d3e-4f50-4617-8293-a4b5c6d7e8f9';
export const otherActivity = '7a7b7c7d-1111-4222-8333-944445555666';

const extension = 'Microsoft.CPlat.Core.LinuxPatchExtension';
/** The folders of a Linux machine as the guest agent's collector writes them. */
export const linux = {
  status: `var/lib/waagent/${extension}-1.6.59/status`,
  config: `var/lib/waagent/${extension}-1.6.59/config`,
  log: `var/log/azure/${extension}`,
} as const;

export const windows = {
  status: 'Packages/Plugins/Microsoft.CPlat.Core.WindowsPatchExtension/1.5.68/Status',
  settings: 'Packages/Plugins/Microsoft.CPlat.Core.WindowsPatchExtension/1.5.68/RuntimeSettings',
  log: 'WindowsAzure/Logs/Plugins/Microsoft.CPlat.Core.WindowsPatchExtension/1.5.68',
} as const;

export interface MadeSettings {
  readonly operation?: string;
  readonly activityId?: string;
  readonly startTime?: string;
  readonly maximumDuration?: string;
  readonly rebootSetting?: string;
  readonly maintenanceRunId?: string | null;
  readonly patchMode?: string | null;
  readonly assessmentMode?: string | null;
  readonly maximumAssessmentInterval?: string | null;
}

export function publicSettings(made: MadeSettings = {}) {
  return {
    cloudType: 'Azure',
    operation: 'Installation',
    activityId: activity,
    startTime: '2026-03-01T10:00:00.1234567Z',
    maximumDuration: 'PT2H',
    rebootSetting: 'IfRequired',
    classificationsToInclude: ['Critical', 'Security'],
    patchesToInclude: [],
    patchesToExclude: [],
    maintenanceRunId: null,
    patchMode: null,
    assessmentMode: null,
    maximumAssessmentInterval: 'PT3H',
    ...made,
  };
}

export function settingsFile(made: MadeSettings = {}): string {
  const handlerSettings = {
    protectedSettingsCertThumbprint: null,
    protectedSettings: null,
    publicSettings: publicSettings(made),
  };
  return JSON.stringify({ runtimeSettings: [{ handlerSettings }] }, null, 2);
}

export interface MadePatch {
  readonly name: string;
  readonly version?: string;
  readonly state?: string;
  readonly classification?: string;
  readonly kbId?: string;
  readonly patchId?: string;
}

function patchJson({
  name,
  version = '1.0-1',
  state,
  classification = 'Security',
  kbId,
  patchId,
}: MadePatch) {
  return {
    patchId: patchId ?? `${name}_${version}_Ubuntu_22.04`,
    name,
    version,
    classifications: [classification],
    ...(kbId === undefined ? {} : { kbId }),
    ...(state === undefined ? {} : { patchInstallationState: state }),
  };
}

export interface MadeErrors {
  readonly code?: number;
  readonly details?: readonly { readonly code: string; readonly message: string }[];
}

function errorsJson({ code, details = [] }: MadeErrors = {}) {
  return {
    code: code ?? (details.length > 0 ? 1 : 0),
    details,
    message: `${details.length} error/s reported.`,
  };
}

export interface MadeSummary extends MadeErrors {
  readonly status?: string;
  readonly activityId?: string;
  readonly startTime?: string;
  readonly at?: string;
  readonly patches?: readonly MadePatch[];
  readonly more?: Readonly<Record<string, unknown>>;
}

function substatus(name: string, status: string, inner: object) {
  return { name, status, code: 0, formattedMessage: { lang: 'en-US', message: JSON.stringify(inner) } };
}

const start = '2026-03-01T10:00:00.1234567Z';

export function assessment(made: MadeSummary = {}) {
  const patches = made.patches ?? [];
  return substatus('PatchAssessmentSummary', made.status ?? 'success', {
    assessmentActivityId: made.activityId ?? activity,
    rebootPending: false,
    criticalAndSecurityPatchCount: patches.length,
    otherPatchCount: 0,
    patches: patches.map(patchJson),
    startTime: made.startTime ?? start,
    lastModifiedTime: made.at ?? '2026-03-01T10:20:00Z',
    startedBy: 'User',
    errors: errorsJson(made),
    ...made.more,
  });
}

export function installation(made: MadeSummary = {}) {
  const patches = made.patches ?? [];
  const count = (state: string): number => patches.filter((patch) => patch.state === state).length;
  return substatus('PatchInstallationSummary', made.status ?? 'success', {
    installationActivityId: made.activityId ?? activity,
    rebootStatus: 'NotNeeded',
    maintenanceWindowExceeded: false,
    notSelectedPatchCount: count('NotSelected'),
    excludedPatchCount: count('Excluded'),
    pendingPatchCount: count('Pending'),
    installedPatchCount: count('Installed'),
    failedPatchCount: count('Failed'),
    patches: patches.map(patchJson),
    startTime: made.startTime ?? start,
    lastModifiedTime: made.at ?? '2026-03-01T10:15:00Z',
    maintenanceRunId: '',
    errors: errorsJson(made),
    ...made.more,
  });
}

export function configuration(autoAssessmentState: string, at = '2026-03-01T10:01:00Z') {
  return substatus('ConfigurePatchingSummary', 'success', {
    activityId: activity,
    startTime: start,
    lastModifiedTime: at,
    automaticOSPatchState: 'Disabled',
    autoAssessmentStatus: { autoAssessmentState, errors: errorsJson() },
    errors: errorsJson(),
  });
}

export interface MadeStatus {
  readonly operation?: string;
  readonly status?: string;
  readonly code?: number;
  readonly message?: string;
  readonly at?: string;
}

export function statusFile(substatuses: readonly object[], made: MadeStatus = {}): string {
  return JSON.stringify([
    {
      version: 1.0,
      timestampUTC: made.at ?? '2026-03-01T10:20:00Z',
      status: {
        name: 'Azure Patch Management',
        operation: made.operation ?? 'Installation',
        status: made.status ?? 'success',
        code: made.code ?? 0,
        formattedMessage: { lang: 'en-US', message: made.message ?? '' },
        substatus: substatuses,
      },
    },
  ]);
}

/**
 * A core log: each text is a line; those that begin with `DEBUG: ` or `VERBOSE: ` have no stamp, others one
 * second more than the one above. `sanitized` repeats each message above it as the newer versions do.
 */
export function coreLog(
  lines: readonly string[],
  options: { readonly from?: string; readonly sanitized?: boolean; readonly open?: boolean } = {},
): string {
  let at = Date.parse(options.from ?? '2026-03-01T10:00:02Z');
  const out = [
    '',
    '\tVERBOSE: Message was sanitized to remove sensitive information. [InputMessage=Started][SanitizedMessage=Started]',
  ];
  for (const line of lines) {
    if (options.sanitized === true)
      out.push(
        `\tVERBOSE: Message was sanitized to remove sensitive information. [InputMessage=${line}][SanitizedMessage=${line}]`,
      );
    if (/^(?:DEBUG|VERBOSE): /u.test(line)) {
      out.push(`\t${line}`);
      continue;
    }
    out.push(`${new Date(at).toISOString().slice(0, 19)}Z> ${line}`);
    at += 1_000;
  }
  if (options.open !== true) out.push('<End of output>');
  return `${out.join('\n')}\n`;
}

export function began(what: 'installation' | 'assessment', id = activity): string {
  const window = what === 'installation' ? '[MaintenanceWindowDuration: 2:00:00]' : '';
  return `Starting patch ${what}... [MachineId: host][ActivityId: ${id}][StartTime: 2026-03-01T10:00:00.123456Z]${window}`;
}

export function stateLine(state: string, patches: readonly MadePatch[]): string {
  const list = patches.map(({ name, version = '1.0-1' }) => `[P=${name},V=${version}]`).join(' ');
  return `DEBUG: Package install status summary [Status= ${state}] : ${list}`;
}

/** An install command as the core logs it, with the answer of the package manager. */
export function installCommand(patches: readonly MadePatch[], code = 0): readonly string[] {
  const words = patches.map(({ name, version = '1.0-1' }) => `${name}=${version}`).join(' ');
  const command = `sudo DEBIAN_FRONTEND=noninteractive LANG=en_US.UTF8  apt-get -y --only-upgrade true install ${words}`;
  return [
    `DEBUG: UPDATING PACKAGE (WITH DEPENDENCIES) USING COMMAND: ${command}`,
    `VERBOSE: [APM] Invoking package manager. [Command=${command}]`,
    `DEBUG: [APM] Invoked package manager. [Command=${command}][Code=${code}][Output=[nothing]]`,
  ];
}

export function progress(
  a: number,
  s: number,
  f: number,
  d = 0,
  text = 'Completed processing packages!',
): string {
  return `[Time available: 1:40:00.450918 | A: ${a}, S: ${s}, F: ${f} | D: ${d}]\t ${text}`;
}

export function performance(status: string, exceeded: boolean): string {
  return `Stopwatch details: [Message=[Task=Installation][TaskStatus=${status}][ErrorMsg=][PackageManager=apt][PatchOperationSuccessful=True][InstalledPatchCount=0][RetryCount=1][MaintenanceWindow=2:00:00][MaintenanceWindowUsedPercent=85.8][MaintenanceWindowExceeded=${exceeded ? 'True' : 'False'}][MachineInfo=[PlatformName=Debian][DiskType=Unknown]]][TimeTakenInSecs=0.1][StartTime=2026-03-01 10:00:02.1][EndTime=2026-03-01 10:00:09.1]`;
}

/** A run that installs two packages with one command, and the assessment that ends it. */
export const two: readonly MadePatch[] = [
  { name: 'libalpha', version: '1:2.0-1ubuntu1' },
  { name: 'libbeta', version: '3.4+dfsg-2' },
];

export function healthyLog(options: Parameters<typeof coreLog>[1] = {}): string {
  return coreLog(
    [
      '[BST] Performing sudo status check... This should complete within 10 seconds.',
      'DEBUG: [BST] Sudo status check completed successfully. [Attempt(s)=1][MaxAttempt(s)=6]',
      began('assessment'),
      'Patch assessment completed.',
      began('installation'),
      stateLine('NotSelected', []),
      stateLine('Pending', two),
      "[Time available: 1:50:00 | A: 0, S: 0, F: 0 | D: 0]\t Processing batch index: 0, Number of packages: 2\nProcessing packages: ['libalpha', 'libbeta']",
      "Packages including dependencies are: ['libalpha', 'libbeta']",
      ...installCommand(two),
      ...two.map((patch) => stateLine('Installed', [patch])),
      "ERROR:Error occurred while sanitizing credentials from message: [Error=TypeError('x')]",
      progress(2, 2, 0),
      performance('succeeded', false),
      began('assessment'),
      'Patch assessment completed.',
    ],
    options,
  );
}

export function agentStatus(
  computer: string,
  made: {
    readonly agent?: string;
    readonly handlers?: readonly object[];
    readonly at?: string;
  } = {},
): string {
  return JSON.stringify({
    version: '1.1',
    timestampUTC: made.at ?? '2026-03-01T10:30:00Z',
    aggregateStatus: {
      guestAgentStatus: {
        version: '2.15.0.1',
        status: made.agent ?? 'Ready',
        formattedMessage: { lang: 'en-US', message: 'Guest Agent is running' },
      },
      handlerAggregateStatus: made.handlers ?? [handler()],
    },
    guestOSInfo: { computerName: computer, osName: 'ubuntu', osVersion: '22.04' },
  });
}

export function handler(
  made: { readonly name?: string; readonly status?: string; readonly runtime?: object } = {},
) {
  return {
    handlerVersion: '1.6.59',
    handlerName: made.name ?? extension,
    status: made.status ?? 'Ready',
    code: 0,
    formattedMessage: { lang: 'en-US', message: 'Plugin enabled' },
    ...(made.runtime === undefined ? {} : { runtimeSettingsStatus: made.runtime }),
  };
}

/** `<date>_<time>_<command>.ext.log` of a call that enables a sequence. */
export function enableLog(
  sequence: number,
  made: { readonly operation?: string; readonly launched?: boolean; readonly code?: number } = {},
): string {
  const { operation = 'Installation', launched = true, code } = made;
  const command = Buffer.from(JSON.stringify(publicSettings({ operation }))).toString('base64');
  return [
    '',
    "2026-03-01 10:00:00> '--------\\n'",
    'DEBUG: Sudo status check: True',
    'Enable triggered on extension',
    `Sequence number set in environment variable. [Sequence No=${sequence}]`,
    `Writing JSON file. [File=ExtState.json] [Content={'extensionSequence': {'number': '${sequence}', 'achieveEnableBy': '2026-03-01T10:03:00Z', 'operation': '${operation}'}}]`,
    "WARNING: Trial 1: Could not read file. [File=CoreState.json] [Exception=FileNotFoundError(2, 'No such file')]",
    ...(code === undefined
      ? []
      : [
          `Writing JSON file. [File=${sequence}.status] [Content=[{'version': 1.0, 'timestampUTC': '2026-03-01T10:00:01Z', 'status': {'name': 'Azure Patch Management', 'operation': '${operation}', 'status': 'error', 'code': ${code}, 'formattedMessage': {'lang': 'en-US', 'message': 'x'}, 'substatus': []}}]]`,
        ]),
    ...(launched && code === undefined
      ? [`Launching process. [Command=python3 core -sequenceNumber ${sequence} -configSettings ${command}]`]
      : []),
    'exiting extension handler',
  ].join('\n');
}
