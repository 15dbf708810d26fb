import type { Finding } from '../../../parsers/domain/finding.ts';
import { createWording, messagesOf } from '../../../parsers/report/wording.ts';
import { rules } from '../../../parsers/rules/registry.ts';
import { runRules } from '../../../parsers/rules/run-rules.ts';
import { readFiles } from '../../formats/aws-ssm/read-files.ts';
import type { Files } from '../../formats/aws-ssm/read-files.ts';

export interface Says {
  readonly findings: readonly Finding[];
  readonly missing: readonly string[];
  /** Ids of every rule of this system that found something. */
  readonly all: readonly string[];
  /** The only finding; fails the test when there is another number of them. */
  readonly finding: Finding;
}

const wordings = [createWording('en'), createWording('ja')];

/** What one rule says of a bundle of files. Whatever any rule found is put into words on the way. */
export async function ruleSays(rule: string, files: Files): Promise<Says> {
  const { evidence } = await readFiles(files);
  const results = runRules(evidence, rules);
  for (const finding of results.findings) checkWording(finding);
  for (const { missing } of results.undecided) {
    if (!messagesOf('en').has(`missing.${missing}`))
      throw new Error(`no wording for what was missing: ${missing}`);
  }
  const findings = results.findings.filter((finding) => finding.rule === `aws/${rule}`);
  return {
    findings,
    missing: results.undecided.filter((entry) => entry.rule === `aws/${rule}`).map((entry) => entry.missing),
    all: [...new Set(results.findings.map((finding) => finding.rule))].filter((id) => id.startsWith('aws/')),
    get finding() {
      const [first] = findings;
      if (first === undefined || findings.length > 1)
        throw new Error(`${rule} made ${findings.length} findings, not one`);
      return first;
    },
  };
}

/** Every finding cites something, a contradiction two things, and reads well in both languages. */
function checkWording(finding: Finding): void {
  if (finding.witnesses.length === 0) throw new Error(`${finding.rule} cites nothing`);
  if (finding.kind === 'contradiction' && finding.witnesses.length < 2)
    throw new Error(`${finding.rule}: one witness`);
  for (const wording of wordings) {
    const { title, explanation, advice } = wording.finding(finding);
    for (const text of [
      title,
      explanation,
      advice,
      ...finding.witnesses.map((one) => wording.witness(one)),
    ]) {
      if (text === '' || /[{}]|undefined|NaN|\bnull\b|text of| {2}|\.\.|。。|^aws-/u.test(text))
        throw new Error(`${finding.rule} reads badly in ${wording.locale}: ${text}`);
    }
  }
}

export const instance = 'i-0123456789abcdef0';
export const commandId = 'd539b6c3-70e8-4853-80e5-0ce4f0123456';

/** A row of describe-instance-patch-states; by default a clean scan of 4 August 2021. */
export function patchState(fields: Readonly<Record<string, unknown>> = {}): object {
  return {
    InstancePatchStates: [
      {
        InstanceId: instance,
        PatchGroup: 'Production',
        BaselineId: 'pb-0123456789abcdef0',
        SnapshotId: 'a3f5ff34-9bc4-4d2c-a665-4d1c10123456',
        InstalledCount: 32,
        InstalledOtherCount: 1,
        InstalledPendingRebootCount: 0,
        InstalledRejectedCount: 0,
        MissingCount: 0,
        FailedCount: 0,
        NotApplicableCount: 400,
        OperationStartTime: '2021-08-04T11:03:50.590000-07:00',
        OperationEndTime: '2021-08-04T11:04:21.555000-07:00',
        Operation: 'Scan',
        RebootOption: 'NoReboot',
        ...fields,
      },
    ],
  };
}

/** A patch command on the node; by default one that installed with success an hour after {@link patchState}. */
export function invocation(fields: Readonly<Record<string, unknown>> = {}, code = 0): object {
  return {
    CommandInvocations: [
      {
        CommandId: commandId,
        InstanceId: instance,
        DocumentName: 'AWS-RunPatchBaseline',
        RequestedDateTime: '2021-08-04T12:00:00.000000-07:00',
        Status: 'Success',
        StatusDetails: 'Success',
        CommandPlugins: [
          {
            Name: 'PatchLinux',
            Status: 'Success',
            ResponseCode: code,
            ResponseStartDateTime: '2021-08-04T12:00:02.000000-07:00',
            ResponseFinishDateTime: '2021-08-04T12:05:00.000000-07:00',
            Output: '',
          },
        ],
        ...fields,
      },
    ],
  };
}

/** The command as it was sent. */
export function command(
  parameters: Readonly<Record<string, readonly string[]>>,
  fields: object = {},
): object {
  return {
    Commands: [
      {
        CommandId: commandId,
        DocumentName: 'AWS-RunPatchBaseline',
        Parameters: parameters,
        InstanceIds: [instance],
        Targets: [],
        RequestedDateTime: '2021-08-04T12:00:00.000000-07:00',
        Status: 'Success',
        StatusDetails: 'Success',
        ...fields,
      },
    ],
  };
}

/** A patch of describe-instance-patches. */
export function patch(state: string, kb = 'KB5005030', installed = '1970-01-01T00:00:00+00:00'): object {
  return {
    Title: `2021-08 Cumulative Update for Windows Server 2019 (1809) for x64-based Systems (${kb})`,
    KBId: kb,
    Classification: 'SecurityUpdates',
    Severity: 'Critical',
    State: state,
    InstalledTime: installed,
  };
}

export function agentLog(...lines: readonly string[]): string {
  return ['2021-08-04 11:00:00 INFO [amazon-ssm-agent] Starting Core Agent', ...lines, ''].join('\n');
}

/** A reply of the agent: UTC inside, local time at its head. */
export function reply(local: string, utc: string): string {
  return `${local} INFO [MessagingDeliveryService] Sending reply {\n  "additionalInfo": {\n    "dateTime": "${utc}"\n  },\n  "documentStatus": "InProgress"\n}`;
}
