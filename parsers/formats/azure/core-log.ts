import type { Citation } from '../../domain/evidence.ts';
import type { Moment } from '../../domain/moment.ts';
import { defineLineFormat } from '../define-format.ts';
import type { LogReader, LogRecord, MemberContext, Probe } from '../define-format.ts';
import { coreHeads } from './core-heads.ts';
import type { AzureCoreLog, CoreLine, CoreProgress } from './facts.ts';
import { isText, nameOf, scopeOf, sequenceOf, stateDeviceOfPath } from './paths.ts';
import { findTrouble } from './troubles.ts';
import { bracketFields, guidOf, readDuration, readPythonList, readStamp } from './values.ts';

const nameForm = /(?:^|_)\d{1,9}\.(?:aa\.)?core(?:\.\w+)?\.log(?:\.\d+)?$/u;
const lineForm = /^(?:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ>|\t(?:DEBUG|VERBOSE): )/u;

function isCoreLog(probe: Probe): boolean {
  return isText(probe) && nameForm.test(probe.name) && probe.lines.some((line) => lineForm.test(line));
}

/**
 * What counts in a core log. While no installation is under way, the commands of the package manager do
 * not matter: listings make up most of the log.
 */
const quietLandmarks: readonly string[] = [
  'Z> ERROR:',
  'Z> WARNING:',
  'Starting patch ',
  'Starting configure',
  'Machine Id: ',
  'Activity Id: ',
  'Operation request time',
  'Package install status summary [',
  '[Time available: ',
  'Out of time!',
  '[Task=Installation]',
  'task=Installation]',
  'UPDATING PACKAGE',
  'Packages including dependencies are',
  'atch assessment completed',
  'udo status check',
  'not been installed',
  'machine reboot.',
  'is set to reboot',
  'schedule a required reboot',
  'time to schedule a reboot',
  'oal state has changed',
  'calculating time remaining',
  'ShutdownOrUnresponsive',
  'MsftLinuxPatchAutoAssess',
  'Not assessed',
  '<End of output>',
  'Log file was closed',
];

const landmarks = [...quietLandmarks, 'Invoked package manager. ', 'PackageInstallOutput>'];

/** `<seq>.core.log`, `<seq>.aa.core.log` (auto-assessment): what the extension's core did, step by step. */
export const coreLog = defineLineFormat({
  id: 'azure/core-log',
  system: 'azure-update-manager',
  clock: 'device',
  recognise: isCoreLog,
  heads: coreHeads,
  bracketContinues: true,
  landmarks,
  quietLandmarks,
  open: (context) => new CoreReader(context),
  samples: [
    {
      line: '2026-11-22T07:44:23Z> WARNING:Time Remaining: 0:16:58, Cutoff time: 0:20:00 [Out of time!]',
      local: '2026-11-22T07:44:23.000',
      offset: 0,
      level: 'warning',
    },
    {
      line: '2026-11-22T07:44:21Z> ERROR:Error occurred while sanitizing credentials from message: [Error=TypeError()]',
      local: '2026-11-22T07:44:21.000',
      offset: 0,
      level: 'debug',
    },
    { line: '\tDEBUG: Getting available updates...', local: null, level: 'debug' },
  ],
});

/** The repetition of a message by the module that hides secrets: everything in it stands once more below. */
const repetition = '\tVERBOSE: Message was sanitized';

type Open<T> = { -readonly [K in keyof T]: T[K] };

interface Pass extends Open<AzureCoreLog> {
  first: Citation | null;
}

class CoreReader implements LogReader {
  readonly #context: MemberContext;
  readonly #sequence: number | null;
  readonly #scope: string;
  readonly #auto: boolean;
  #pass: Pass;
  /** Packages of the install command whose exit code the log is about to tell. */
  #pending: {
    readonly packages: readonly string[];
    readonly at: Moment | null;
    readonly citation: Citation;
  } | null = null;
  #parents: ReadonlySet<string> = new Set();
  readonly #dependencies = new Set<string>();
  readonly #passes: Pass[] = [];

  constructor(context: MemberContext) {
    const name = nameOf(context.path);
    this.#context = context;
    this.#sequence = sequenceOf(name);
    this.#scope = scopeOf(context.path);
    this.#auto = /\.aa\.core/iu.test(name);
    this.#pass = this.#newPass();
    stateDeviceOfPath(context);
  }

  isQuiet(): boolean {
    return this.#pending === null;
  }

  record(record: LogRecord): void {
    if (record.text.startsWith(repetition)) return;
    const pass = this.#pass;
    if (record.at !== null) {
      pass.startedAt ??= record.at;
      pass.lastAt = record.at;
    }
    pass.first ??= this.#cite(record);
    const lines = [bodyOf(record), ...record.continuation];
    // The words are the head of the line: nothing stands behind it.
    if (record.text.startsWith('<End of output>') || record.text.startsWith('<Log file was closed')) {
      pass.closed = true;
      return;
    }
    const text = lines.join('\n').trim();
    // The log's own trouble with a message.
    if (text.startsWith('ERROR:Error occurred while sanitizing')) return;
    this.#starts(record, text);
    if (text.startsWith('Package install status summary [')) this.#states(record, text);
    else if (text.startsWith('[Time available: ')) this.#progress(record, text);
    else if (text.startsWith('UPDATING PACKAGE')) this.#command(record, text);
    else if (text.startsWith('Packages including dependencies are')) this.#dependenciesOf(text);
    else if (text.includes('Invoked package manager. ')) this.#answer(text);
    else if (text.startsWith('Stopwatch details')) this.#performance(record, text);
    else if (text.includes('Out of time!')) this.#outOfTime(record, text);
    else if (text.includes('Patch assessment completed')) this.#pass.assessmentCompleted = lineOf(record);
    this.#trouble(record, text);
  }

  end(): void {
    this.#flushCommand(null);
    this.#passes.push(this.#pass);
    for (const { first, ...value } of this.#passes) {
      this.#context.harvest.fact({
        type: 'azure/core-log',
        value,
        citation:
          (value.installation ?? value.assessment) === null
            ? (first ?? this.#context.cite(1, ''))
            : this.#context.cite(
                (value.installation ?? value.assessment)?.line ?? 1,
                (value.installation ?? value.assessment)?.quote ?? '',
              ),
      });
    }
  }

  /** The lines with which an operation begins; the older form writes its values on lines of their own. */
  #starts(record: LogRecord, text: string): void {
    const form = /^(?:\[\w+\] )?Starting (?<what>patch (?:installation|assessment)|configure patching)/u.exec(
      text,
    );
    if (form !== null) {
      const fields = bracketFields(text);
      const activityId = guidOf(fields.get('ActivityId'));
      if (activityId !== null && this.#pass.activityId !== null && this.#pass.activityId !== activityId)
        this.#nextPass(record);
      const pass = this.#pass;
      // The core took the log up again, after a restart.
      pass.closed = false;
      pass.activityId ??= activityId;
      pass.machine ??= fields.get('MachineId') ?? null;
      pass.requestedStart ??= readStamp(fields.get('StartTime'));
      pass.windowMinutes ??= readDuration(fields.get('MaintenanceWindowDuration'));
      const what = form.groups?.['what'];
      if (what === 'patch installation') {
        pass.installation ??= lineOf(record);
        pass.installationAt ??= record.at;
      } else if (what === 'patch assessment') {
        pass.assessment = lineOf(record);
        pass.assessmentAt = record.at;
        pass.assessmentCompleted = null;
      }
      return;
    }
    const pass = this.#pass;
    const groups =
      /^(?:Machine Id: (?<machine>\S+)|Activity Id: (?<activity>\S+)|Operation request time: (?<start>\S+?),?(?:\s+Maintenance Window Duration: (?<window>[\d:]+))?$)/u.exec(
        text,
      )?.groups;
    if (groups === undefined) return;
    pass.machine ??= groups['machine'] ?? null;
    pass.activityId ??= guidOf(groups['activity']);
    pass.requestedStart ??= readStamp(groups['start']);
    pass.windowMinutes ??= readDuration(groups['window']);
  }

  #nextPass(record: LogRecord): void {
    this.#flushCommand(null);
    this.#passes.push(this.#pass);
    this.#pass = this.#newPass();
    this.#pass.startedAt = record.at;
    this.#pass.lastAt = record.at;
    this.#pass.first = this.#cite(record);
  }

  #states(record: LogRecord, text: string): void {
    const form = /^Package install status summary \[Status= ?(?<state>\w+)\] ?: ?(?<list>[\s\S]*)$/u.exec(
      text,
    );
    const state = form?.groups?.['state'];
    if (state === undefined) return;
    const citation = this.#cite(record);
    for (const match of (form?.groups?.['list'] ?? '').matchAll(
      /\[P=(?<name>[^,\]]{1,300}),V=(?<version>[^,\]]{0,200})\]/gu,
    )) {
      const name = match.groups?.['name'] ?? '';
      this.#context.harvest.event({
        type: 'azure/patch-state',
        patch: name,
        at: record.at,
        citation,
        detail: { ...this.#join(), name, version: match.groups?.['version'] ?? '', state },
      });
    }
  }

  #progress(record: LogRecord, text: string): void {
    const groups = /\| A: (?<a>\d+), S: (?<s>\d+), F: (?<f>\d+) \| D: (?<d>\d+)\]/u.exec(text)?.groups;
    if (groups === undefined) return;
    const progress: CoreProgress = {
      ...lineOf(record),
      attempted: Number(groups['a']),
      succeeded: Number(groups['s']),
      failed: Number(groups['f']),
      dependencies: Number(groups['d']),
    };
    this.#pass.progress = progress;
    const list = /Processing packages: (?<list>\[[^\]]*\])/u.exec(text)?.groups?.['list'];
    if (list !== undefined) this.#parents = new Set(readPythonList(list));
  }

  #dependenciesOf(text: string): void {
    for (const name of readPythonList(text)) if (!this.#parents.has(name)) this.#dependencies.add(name);
    this.#pass.dependencyPackages = this.#dependencies.size;
  }

  #command(record: LogRecord, text: string): void {
    this.#flushCommand(null);
    const command = text.slice(text.indexOf('COMMAND:') + 'COMMAND:'.length).trim();
    this.#pending = { packages: packagesOf(command), at: record.at, citation: this.#cite(record) };
  }

  #answer(text: string): void {
    if (this.#pending === null) return;
    // The output may be long: the command and its code stand before it.
    const groups = /\[Command=(?<command>[\s\S]*?)\]\[Code=(?<code>-?\d{1,6})\]/u.exec(text)?.groups;
    const code = groups?.['code'];
    const [first] = this.#pending.packages;
    if (first !== undefined && groups !== undefined && groups['command']?.includes(first) !== true) return;
    this.#flushCommand(code === undefined ? null : Number(code));
  }

  #flushCommand(code: number | null): void {
    const pending = this.#pending;
    this.#pending = null;
    if (pending === null || pending.packages.length === 0) return;
    this.#context.harvest.event({
      type: 'azure/install-command',
      at: pending.at,
      citation: pending.citation,
      detail: { ...this.#join(), packages: pending.packages, code },
    });
  }

  #performance(record: LogRecord, text: string): void {
    const fields = bracketFields(text);
    const of = (name: string, older: string): string => fields.get(name) ?? fields.get(older) ?? '';
    if (of('Task', 'task') !== 'Installation') return;
    this.#pass.packageManager = of('PackageManager', 'package_manager') || null;
    this.#pass.performance = {
      ...lineOf(record),
      taskStatus: of('TaskStatus', 'task_status').toLowerCase(),
      exceeded: /^true$/iu.test(of('MaintenanceWindowExceeded', 'maintenance_window_exceeded')),
    };
  }

  #outOfTime(record: LogRecord, text: string): void {
    const groups = /Time Remaining: (?<remaining>[\d:.]+), Cutoff time: (?<cutoff>[\d:.]+)/u.exec(
      text,
    )?.groups;
    const remainingMinutes = readDuration(groups?.['remaining']);
    const cutoffMinutes = readDuration(groups?.['cutoff']);
    if (remainingMinutes === null || cutoffMinutes === null) return;
    this.#pass.outOfTime = { ...lineOf(record), remainingMinutes, cutoffMinutes };
    this.#pass.outOfTimeAt = record.at;
  }

  #trouble(record: LogRecord, text: string): void {
    const isError = record.level === 'error' || record.level === 'warning';
    const found = findTrouble(text, isError);
    if (found === null) return;
    this.#context.harvest.event({
      type: 'azure/trouble',
      patch: found.package,
      at: record.at,
      citation: this.#cite(record),
      detail: { ...this.#join(), ...found },
    });
    if (found.trouble === 'reboot-started')
      this.#context.harvest.event({
        type: 'restart-requested',
        at: record.at,
        citation: this.#cite(record),
        detail: { by: 'azure-update-manager' },
      });
  }

  #join(): Pick<AzureCoreLog, 'sequence' | 'activityId' | 'scope'> {
    return { sequence: this.#sequence, activityId: this.#pass.activityId, scope: this.#scope };
  }

  #cite(record: LogRecord): Citation {
    const { line, quote } = lineOf(record);
    return this.#context.cite(line, quote);
  }

  #newPass(): Pass {
    return {
      sequence: this.#sequence,
      activityId: null,
      scope: this.#scope,
      auto: this.#auto,
      machine: null,
      startedAt: null,
      lastAt: null,
      requestedStart: null,
      windowMinutes: null,
      packageManager: null,
      closed: false,
      progress: null,
      performance: null,
      outOfTime: null,
      outOfTimeAt: null,
      installation: null,
      installationAt: null,
      assessment: null,
      assessmentAt: null,
      assessmentCompleted: null,
      dependencyPackages: 0,
      first: null,
    };
  }
}

/** What stands behind the stamp and its `>`. */
function bodyOf({ body }: LogRecord): string {
  return body.startsWith('>') ? body.slice(1) : body;
}

/** The line of a record that tells: a message that starts with a line break stands on the next one. */
function lineOf(record: LogRecord): CoreLine {
  const blank = bodyOf(record).trim() === '';
  const next = record.continuation.findIndex((line) => line.trim() !== '');
  if (!blank || next === -1) return { line: record.line, quote: record.text.slice(0, 1_000) };
  return { line: record.line + 1 + next, quote: (record.continuation[next] ?? '').slice(0, 1_000) };
}

/** Options and words of an install command that name no package. */
const verbs = new Set(['install', 'upgrade', 'update', 'dist-upgrade', 'true', 'false', 'noninteractive']);

/**
 * The packages of an install command: what stands behind `install`, `upgrade` or `update`. Versions are cut
 * off as apt (`name=1.2`) writes them; those of yum (`name-1.2-3.x86_64`) stay, and are matched as a prefix.
 */
export function packagesOf(command: string): readonly string[] {
  const words = command.split(/\s+/u);
  const start = words.findLastIndex((word) => /^(?:install|upgrade|update|dist-upgrade)$/u.test(word));
  if (start === -1) return [];
  return words.slice(start + 1).flatMap((word) => {
    if (word === '' || word.startsWith('-') || verbs.has(word) || /^[&|;<>]/u.test(word)) return [];
    return [word.replace(/=.*$/u, '')];
  });
}
