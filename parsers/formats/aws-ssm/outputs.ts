import { placeReading, readDate } from '../../text/dates.ts';
import { stampHead } from '../../text/stamp.ts';
import type { Citation } from '../../domain/evidence.ts';
import type { Moment } from '../../domain/moment.ts';
import { defineLineFormat } from '../define-format.ts';
import type { LineSample, LogReader, LogRecord, MemberContext, Probe } from '../define-format.ts';
import { PayloadReader } from './payload.ts';
import { commandInPath, instanceInPath } from './values.ts';

const linuxHead = /^\d\d\/\d\d\/\d{4} \d\d:\d\d:\d\d [\w.]+ \[(?:DEBUG|INFO|WARNING|ERROR|CRITICAL)\]: /u;
const windowsSummary = /^\s*Patch Summary for\s+\S/iu;
const operationsHead =
  /^(?:\d\d\/\d\d\/\d{4} \d\d:\d\d:\d\d UTC )?\| (?:Info|Warning|Error|Debug|Verbose)\s*\| /u;
const orchestrationPath =
  /(?:^|\/)(?:orchestration\/[^/]+\/.*|[0-9a-z]{8}(?:-[0-9a-z]{4}){3}-[0-9a-z]{12}\/(?:.*\/)?(?:\d+\.)?aws[a-z]+\/(?:.*\/)?)(?:stdout|stderr)(?:\.\w{1,4})?$/u;

function isText({ shape }: Probe): boolean {
  return shape === 'text' || shape === 'delimited' || shape === 'json' || shape === 'xml';
}

/** The patch payload's own words: an output of something else has none of them. */
function isLinuxOutput(probe: Probe): boolean {
  return (
    isText(probe) &&
    probe.lines.some((line) => linuxHead.test(line)) &&
    /Running with snapshot id|Patch Baseline:|Operation type:|Installed count:|patch_common|common_startup|RunPatchBaseline|PatchLinux/iu.test(
      `${probe.path}\n${probe.text}`,
    )
  );
}

/** Reads an output as the payload wrote it: each record's lines one by one. */
class OutputReader implements LogReader {
  readonly #context: MemberContext;
  readonly #payload: PayloadReader;
  readonly #operations: boolean;
  #stated: string | null;
  #last: Moment | null = null;

  constructor(context: MemberContext, operations = false) {
    this.#context = context;
    this.#operations = operations;
    this.#stated = instanceInPath(context.path);
    if (this.#stated !== null) context.harvest.device(this.#stated);
    this.#payload = new PayloadReader(context, {
      commandId: commandInPath(context.path),
      device: this.#stated,
    });
  }

  record({ line, text, body, at, continuation }: LogRecord): void {
    const own = this.#operations ? utc(at) : at;
    this.#last = own ?? this.#last;
    // The pipe and the level stand before what is said.
    const said = this.#operations
      ? body.replace(/^\s*\| \w+\s*\| /u, '')
      : body.replace(/^[\w.]+ \[\w+\]:\s?/u, '');
    this.#payload.line(said, own, () => this.#context.cite(line, text));
    continuation.forEach((next, index) => {
      this.#payload.line(next, own, () => this.#context.cite(line + index + 1, next));
    });
    if (this.#stated === null && this.#payload.device !== null) {
      this.#stated = this.#payload.device;
      this.#context.harvest.device(this.#stated);
    }
  }

  end(): void {
    this.#payload.end(this.#last);
    if (this.#stated === null && this.#payload.device !== null)
      this.#context.harvest.device(this.#payload.device);
    const commandId = commandInPath(this.#context.path);
    if (commandId === null) return;
    const stream = /stderr/iu.test(this.#context.path.slice(this.#context.path.lastIndexOf('/') + 1))
      ? 'stderr'
      : 'stdout';
    this.#context.harvest.fact({
      type: 'aws/orchestration',
      device: this.#stated,
      value: { commandId, stream },
      citation: this.#context.cite(1, ''),
    });
  }
}

/** The log says UTC, or leaves it out where it continues a line that did. */
function utc(at: Moment | null): Moment | null {
  if (at === null) return null;
  const stamp = /^\d\d\/\d\d\/\d{4} \d\d:\d\d:\d\d/u.exec(at.raw)?.[0] ?? at.raw;
  return { ...at, raw: stamp, offset: 0, offsetSource: 'stated' };
}

const linuxSamples: readonly LineSample[] = [
  {
    line: '12/02/2023 21:05:53 root [INFO]: Installed count: 379, Installed Other count: 675, Failed count: 0',
    local: '2023-12-02T21:05:53.000',
    level: 'info',
  },
];

/** The output of AWS-RunPatchBaseline on Linux: month first, the host's own time without a zone. */
export const linuxOutput = defineLineFormat({
  id: 'aws/linux-output',
  system: 'aws-ssm',
  clock: 'device',
  recognise: isLinuxOutput,
  heads: [stampHead('MM/DD/YYYY HH:mm:ss ', { name: 'ssm-patch-output' })],
  open: (context) => new OutputReader(context),
  samples: linuxSamples,
});

/** The output of AWS-RunPatchBaseline on Windows: a summary of keys and values, times in UTC. */
export const windowsOutput = defineLineFormat({
  id: 'aws/windows-output',
  system: 'aws-ssm',
  clock: 'device',
  recognise: (probe) => isText(probe) && probe.lines.some((line) => windowsSummary.test(line)),
  heads: [],
  open: (context) => new WindowsReader(context),
  samples: [],
});

/** Every line stands on its own here. */
class WindowsReader extends OutputReader {
  readonly #own: MemberContext;
  #told = false;

  constructor(context: MemberContext) {
    super(context);
    this.#own = context;
  }

  override record(record: LogRecord): void {
    if (!this.#told) {
      this.#told = true;
      this.#own.harvest.fact({
        type: 'aws/windows-node',
        value: { sign: 'windows-output' },
        citation: this.#own.cite(record.line, record.text),
      });
    }
    super.record(record);
  }
}

const operationsSamples: readonly LineSample[] = [
  {
    line: '06/23/2020 11:30:48 UTC | Info    | Scanning for updates',
    local: '2020-06-23T11:30:48.000',
    offset: 0,
    level: 'info',
  },
];

const operationsLandmarks: readonly string[] = [
  'pload',
  'reboot',
  'Reboot',
  'nstance',
  'napshot',
  'aseline',
  'peration',
  'Count',
  'Patch Summary',
  'ailed',
];

/** `PatchBaselineOperations\Logs\Install-PatchBaselineOperation-*`: month first, UTC. */
export const operationsLog = defineLineFormat({
  id: 'aws/patch-baseline-operations',
  system: 'aws-ssm',
  clock: 'device',
  recognise: (probe) =>
    isText(probe) &&
    (probe.lines.some((line) => operationsHead.test(line)) ||
      /(?:install|scan)-patchbaselineoperation/u.test(probe.name)),
  heads: [
    stampHead("MM/DD/YYYY HH:mm:ss 'UTC'", { name: 'ssm-patch-operations', offset: 0 }),
    stampHead('MM/DD/YYYY HH:mm:ss ', { name: 'ssm-patch-operations', offset: 0 }),
  ],
  landmarks: operationsLandmarks,
  open: (context) => new OperationsReader(context),
  samples: operationsSamples,
});

class OperationsReader extends OutputReader {
  readonly #own: MemberContext;
  #told = false;

  constructor(context: MemberContext) {
    super(context, true);
    this.#own = context;
  }

  override record(record: LogRecord): void {
    if (!this.#told) {
      this.#told = true;
      this.#own.harvest.fact({
        type: 'aws/windows-node',
        value: { sign: 'patch-baseline-operations' },
        citation: this.#own.cite(record.line, record.text),
      });
    }
    super.record(record);
  }
}

/** Any other output in a command's folder: shown and searched, and read for what the payload may have said. */
export const orchestrationOutput = defineLineFormat({
  id: 'aws/orchestration-output',
  system: 'aws-ssm',
  clock: 'device',
  recognise: (probe) => isText(probe) && orchestrationPath.test(probe.path),
  heads: [stampHead('MM/DD/YYYY HH:mm:ss ', { name: 'ssm-patch-output' })],
  open: (context) => new OutputReader(context),
  samples: linuxSamples,
});

/** The output that the service hands out with a command, read line by line. */
export function readApiOutput(
  output: string,
  payload: PayloadReader,
  cite: (line: string) => Citation,
): boolean {
  let last: Moment | null = null;
  for (const line of output.split('\n')) {
    const head = linuxHead.exec(line)?.[0];
    const reading = head === undefined ? null : readDate(head.slice(0, 19));
    const at =
      reading === null || reading === 'never'
        ? null
        : placeReading(reading, head?.slice(0, 19) ?? '', 'device');
    last = at ?? last;
    payload.line(head === undefined ? line : line.slice(head.length), at ?? last, () => cite(line.trim()));
  }
  payload.end(last);
  return payload.isPatching;
}
