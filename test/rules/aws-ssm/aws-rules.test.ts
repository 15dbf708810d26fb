import { describe, expect, it } from 'vitest';
import {
  agentLog,
  command,
  commandId,
  instance,
  invocation,
  patch,
  patchState,
  reply,
  ruleSays,
} from './verdicts.ts';

const list = `${instance}-instance-patches.json`;
const states = 'instance-patch-states.json';
const log = `${instance}/var/log/amazon/ssm/amazon-ssm-agent.log`;
const stdout = `${instance}/document/orchestration/${commandId}/awsrunShellScript/PatchLinux/stdout`;

/** The output of the payload on Linux; times are the node's own, whose offset its agent's log tells. */
function linuxOutput(lines: readonly string[], failed = 0): string {
  const stamp = '08/04/2021 19:04:00 root [INFO]: ';
  return [
    `${stamp}Running with snapshot id = s1 and operation = Install`,
    ...lines.map((line) => `${stamp}${line}`),
    `08/04/2021 19:05:00 root [INFO]: Installed count: 3, Installed Other count: 1, Failed count: ${failed}, Not Applicable count: 7, Missing count: 0, Installed Rejected count: 0`,
    '',
  ].join('\n');
}
const zoned = agentLog(reply('2021-08-04 19:00:00', '2021-08-04T19:00:00.100Z'));

describe('aws/scanned-never-installed', () => {
  it('fires when the last operation is a scan with missing patches', async () => {
    const { finding } = await ruleSays('scanned-never-installed', {
      [states]: patchState({ MissingCount: 2 }),
      [list]: { Patches: [patch('Missing'), patch('Installed', 'KB5004424', '2021-07-01T00:00:00+00:00')] },
    });
    expect(finding).toMatchObject({ device: instance, parameters: { missing: 2 } });
    expect(finding.witnesses.map((one) => `${one.citation.member}:${String(one.citation.line)}`)).toEqual([
      `${states}:3`,
      `${list}:3`,
    ]);
  });

  it('is silent about a later installation, however it ended', async () => {
    const says = await ruleSays('scanned-never-installed', {
      [states]: patchState({ MissingCount: 2 }),
      'commands.json': command({ Operation: ['Install'] }, { Status: 'Failed' }),
    });
    expect(says.findings).toEqual([]);
  });

  it('cannot tell of a list without an operation or a node', async () => {
    expect(
      (await ruleSays('scanned-never-installed', { [list]: { Patches: [patch('Missing')] } })).missing,
    ).toEqual(['aws-last-operation']);
    const two = {
      'account-a/instance-patches.json': { Patches: [patch('Missing')] },
      'account-b/instance-patches.json': { Patches: [patch('Missing')] },
    };
    expect((await ruleSays('scanned-never-installed', two)).missing).toEqual(['aws-instance']);
  });
});

describe('aws/missing-but-not-approved-yet', () => {
  const effective = (status: string, approved: number): object => ({
    EffectivePatches: [
      {
        Patch: { Title: 'x (KB5005030)', KbNumber: 'KB5005030' },
        PatchStatus: { DeploymentStatus: status, ApprovalDate: approved },
      },
    ],
  });
  const files = { [states]: patchState({ MissingCount: 1 }), [list]: { Patches: [patch('Missing')] } };

  it('fires for an approval after the scan, and for one that is pending', async () => {
    const later = await ruleSays('missing-but-not-approved-yet', {
      ...files,
      'effective.json': effective('APPROVED', 1_629_000_000),
    });
    expect(later.finding.parameters).toMatchObject({ pending: false, approvedAt: '2021-08-15 04:00:00' });
    expect(
      (
        await ruleSays('missing-but-not-approved-yet', {
          ...files,
          'effective.json': effective('PENDING_APPROVAL', 0),
        })
      ).findings,
    ).toHaveLength(1);
  });

  it('is silent about an approval before the scan', async () => {
    expect(
      (
        await ruleSays('missing-but-not-approved-yet', {
          ...files,
          'effective.json': effective('APPROVED', 1_620_000_000),
        })
      ).findings,
    ).toEqual([]);
  });

  it('cannot tell without the time of the scan', async () => {
    const says = await ruleSays('missing-but-not-approved-yet', {
      [list]: files[list],
      'effective.json': effective('APPROVED', 1_629_000_000),
    });
    expect(says.missing).toEqual(['aws-scan-time']);
  });
});

describe('aws/patch-failed', () => {
  it('fires for each failed patch and cites list and log', async () => {
    const { finding } = await ruleSays('patch-failed', {
      [list]: { Patches: [{ ...patch('Failed'), Title: 'kernel.x86_64', KBId: 'kernel.x86_64' }] },
      [stdout]: linuxOutput(
        ["Running command ['yum','install','-y','kernel']", 'Failed to install package: kernel'],
        1,
      ),
    });
    expect(finding.patch).toBe('kernel.x86_64');
    expect(finding.witnesses.map((one) => one.says)).toEqual([
      'aws-patch-listed',
      'aws-state-output',
      'aws-package-failed',
    ]);
  });

  it('is silent when nothing failed', async () => {
    expect((await ruleSays('patch-failed', { [states]: patchState() })).findings).toEqual([]);
  });

  it('cannot tell from an output that was cut', async () => {
    const says = await ruleSays('patch-failed', {
      'invocation.json': invocation({
        CommandPlugins: [
          {
            Name: 'PatchLinux',
            ResponseCode: 0,
            Output: `${linuxOutput([]).split('\n')[0] ?? ''}\n---Output truncated---`,
          },
        ],
      }),
    });
    expect([says.findings, says.missing]).toEqual([[], ['aws-whole-output']]);
  });
});

describe('pending restarts', () => {
  const pending = { InstalledPendingRebootCount: 2 };
  const bootLog = agentLog(
    reply('2021-08-04 18:00:00', '2021-08-04T18:00:00Z'),
    '2021-08-04 18:30:00 INFO [EngineProcessor] document aws.ssm.x requested reboot, need to resume',
    '2021-08-04 18:40:00 INFO [amazon-ssm-agent] Starting Core Agent',
  );

  it('fires with NoReboot, and is silent when the option is another', async () => {
    const files = { [states]: patchState({ ...pending, Operation: 'Install', RebootOption: 'NoReboot' }) };
    const says = await ruleSays('pending-reboot-with-noreboot', files);
    expect(says.finding.parameters).toMatchObject({ count: 2 });
    expect(says.all).toEqual(['aws/pending-reboot-with-noreboot']);
    const other = await ruleSays('pending-reboot-with-noreboot', {
      [states]: patchState({ ...pending, Operation: 'Install', RebootOption: 'RebootIfNeeded' }),
    });
    expect(other.findings).toEqual([]);
  });

  it('fires as of unknown option, and says that the option is missing', async () => {
    const files = { [states]: patchState(pending) };
    expect((await ruleSays('pending-reboot', files)).findings).toHaveLength(1);
    expect((await ruleSays('pending-reboot-with-noreboot', files)).missing).toEqual(['aws-reboot-option']);
    expect((await ruleSays('pending-reboot', { [states]: patchState() })).findings).toEqual([]);
  });

  it('fires when the node was restarted since, and is silent after a later scan', async () => {
    const files = { [states]: patchState(pending), [log]: bootLog };
    const says = await ruleSays('pending-reboot-but-rebooted', files);
    expect(says.finding.parameters).toMatchObject({ rebootedAt: '2021-08-04 18:40:00' });
    expect(says.all).toEqual(['aws/pending-reboot-but-rebooted']);
    const scanned = {
      ...files,
      'b.json': patchState({
        SnapshotId: 'other',
        OperationStartTime: '2021-08-04T19:00:00Z',
        OperationEndTime: '2021-08-04T19:01:00Z',
      }),
    };
    expect((await ruleSays('pending-reboot-but-rebooted', scanned)).findings).toEqual([]);
    expect(
      (
        await ruleSays('pending-reboot-but-rebooted', {
          [states]: patchState({ ...pending, OperationEndTime: '2021-13-04', OperationStartTime: '' }),
        })
      ).missing,
    ).toEqual(['aws-operation-time']);
  });

  it('fires when the agent asked for the restart and did not start again', async () => {
    const option = patchState({ ...pending, Operation: 'Install', RebootOption: 'RebootIfNeeded' });
    const asked = agentLog(
      reply('2021-08-04 18:00:00', '2021-08-04T18:00:00Z'),
      '2021-08-04 18:05:00 INFO [EngineProcessor] document aws.ssm.x requested reboot, need to resume',
    );
    expect(
      (await ruleSays('reboot-did-not-happen', { [states]: option, [log]: asked })).finding.parameters,
    ).toMatchObject({ requestedAt: '2021-08-04 18:05:00' });
    expect((await ruleSays('reboot-did-not-happen', { [states]: option, [log]: bootLog })).findings).toEqual(
      [],
    );
    expect((await ruleSays('reboot-did-not-happen', { [states]: option })).missing).toEqual([
      'aws-agent-log',
    ]);
  });
});

describe('rejected patches', () => {
  const rejected = { [states]: patchState({ InstalledRejectedCount: 1 }) };
  const baseline = (action: string): object => ({
    BaselineId: 'arn:aws:ssm:us-east-1:123456789012:patchbaseline/pb-0123456789abcdef0',
    Name: 'x',
    ApprovalRules: { PatchRules: [] },
    RejectedPatchesAction: action,
  });

  it('fire, and are silent without any', async () => {
    expect((await ruleSays('rejected-installed', rejected)).finding.parameters).toMatchObject({ count: 1 });
    expect((await ruleSays('rejected-installed', { [states]: patchState() })).findings).toEqual([]);
  });

  it('contradict a baseline that allows dependencies', async () => {
    expect(
      (await ruleSays('rejected-despite-allow', { ...rejected, 'b.json': baseline('ALLOW_AS_DEPENDENCY') }))
        .findings,
    ).toHaveLength(1);
    expect(
      (await ruleSays('rejected-despite-allow', { ...rejected, 'b.json': baseline('BLOCK') })).findings,
    ).toEqual([]);
    expect((await ruleSays('rejected-despite-allow', rejected)).missing).toEqual(['aws-baseline']);
  });
});

describe('failed commands', () => {
  const failed = invocation({ Status: 'Failed', StatusDetails: 'Failed' }, 1);

  it('leave an old compliance behind', async () => {
    const says = await ruleSays('command-failed-compliance-stale', {
      [states]: patchState(),
      'i.json': failed,
    });
    expect(says.finding.parameters).toMatchObject({ commandId, exitCode: 1, status: 'Failed' });
    const during = patchState({
      OperationStartTime: '2021-08-04T12:01:00-07:00',
      OperationEndTime: '2021-08-04T12:04:00-07:00',
    });
    expect(
      (await ruleSays('command-failed-compliance-stale', { [states]: during, 'i.json': failed })).findings,
    ).toEqual([]);
    expect((await ruleSays('command-failed-compliance-stale', { 'i.json': failed })).missing).toEqual([
      'aws-patch-states',
    ]);
  });

  it('contradict a clean scan after them', async () => {
    const later = {
      SnapshotId: 'n',
      OperationStartTime: '2021-08-04T13:00:00-07:00',
      OperationEndTime: '2021-08-04T13:01:00-07:00',
    };
    expect(
      (await ruleSays('failed-but-clean', { [states]: patchState(later), 'i.json': failed })).findings,
    ).toHaveLength(1);
    expect(
      (await ruleSays('failed-but-clean', { [states]: patchState(), 'i.json': failed })).findings,
    ).toEqual([]);
    const untimed = invocation({ Status: 'Failed', RequestedDateTime: null, CommandPlugins: [] });
    expect(
      (await ruleSays('failed-but-clean', { [states]: patchState(later), 'i.json': untimed })).missing,
    ).toEqual(['aws-command-time']);
  });
});

describe('aws/result-not-uploaded', () => {
  const said = linuxOutput(['Unable to upload compliance report.']);

  it('fires for a line that says so, and for a node that knows more than the service', async () => {
    expect(
      (await ruleSays('result-not-uploaded', { [stdout]: said, [states]: patchState(), [log]: zoned }))
        .finding.parameters,
    ).toMatchObject({ by: 'line' });
    const times = await ruleSays('result-not-uploaded', {
      [stdout]: linuxOutput([]),
      [states]: patchState(),
      [log]: zoned,
    });
    expect(times.finding.parameters).toMatchObject({ by: 'times', localAt: '2021-08-04 19:05:00' });
  });

  it('is silent about a later success, a partial upload and an override', async () => {
    const fresh = patchState({ OperationEndTime: '2021-08-04T12:05:01-07:00' });
    const partial = linuxOutput([
      'Report is unchanged, attempting partial upload',
      'Report upload successful.',
    ]);
    expect(
      (await ruleSays('result-not-uploaded', { [stdout]: partial, [states]: fresh, [log]: zoned })).findings,
    ).toEqual([]);
    const override = linuxOutput(['Install Override List: https://s3.amazonaws.com/x.yaml']);
    expect(
      (await ruleSays('result-not-uploaded', { [stdout]: override, [states]: patchState(), [log]: zoned }))
        .findings,
    ).toEqual([]);
  });

  it('cannot tell without the offset of the node, or without the service', async () => {
    expect(
      (await ruleSays('result-not-uploaded', { [stdout]: linuxOutput([]), [states]: patchState() })).missing,
    ).toEqual(['device-offset']);
    expect((await ruleSays('result-not-uploaded', { [stdout]: linuxOutput([]) })).missing).toEqual([
      'aws-patch-states',
    ]);
  });
});

describe('aws/success-hides-failed', () => {
  it('fires for a result of the same command', async () => {
    const says = await ruleSays('success-hides-failed', {
      'i.json': invocation(),
      [stdout]: linuxOutput([], 2),
    });
    expect(says.finding.parameters).toEqual({ commandId, failed: 2 });
  });

  it('is silent when none failed, and cannot tell without a result', async () => {
    expect(
      (await ruleSays('success-hides-failed', { 'i.json': invocation(), [stdout]: linuxOutput([]) }))
        .findings,
    ).toEqual([]);
    expect((await ruleSays('success-hides-failed', { 'i.json': invocation() })).missing).toEqual([
      'aws-result-of-command',
    ]);
  });
});

describe('an output of the service that was cut', () => {
  const begun = linuxOutput([]).split('Failed count')[0] ?? '';
  const listed = (output: string): object =>
    invocation({ CommandPlugins: [{ Name: 'PatchLinux', ResponseCode: 0, Output: output }] });
  const padded = `${linuxOutput([])}${'08/04/2021 19:06:00 root [INFO]: x\n'.repeat(100)}`;

  it.each([
    ['by its length', padded.slice(0, 2_500)],
    ['with a word of it', `${begun}\n---Output truncated---`],
    ['with a word of its errors', `${begun}\n---Error truncated----`],
  ])('shows no success: %s', async (_name, output) => {
    const says = await ruleSays('success-hides-failed', { 'i.json': listed(output) });
    expect([says.findings, says.missing]).toEqual([[], ['aws-whole-output']]);
  });

  it('shows one when it is whole', async () => {
    const says = await ruleSays('success-hides-failed', { 'i.json': listed(padded.slice(0, 2_000)) });
    expect([says.findings, says.missing]).toEqual([[], []]);
  });
});

describe('aws/overlapping-runs', () => {
  const other = (requested: string, document = 'AWS-RunPatchBaseline'): object =>
    invocation({
      CommandId: 'aaaaaaaa-03b6-4e15-83f2-0123456789ab',
      DocumentName: document,
      RequestedDateTime: requested,
      CommandPlugins: [],
    });

  it('fires for two patch commands within two minutes, and for a lock', async () => {
    const says = await ruleSays('overlapping-runs', {
      'a.json': invocation(),
      'b.json': other('2021-08-04T12:01:30-07:00'),
    });
    expect(says.finding.parameters).toMatchObject({
      commands: [commandId, 'aaaaaaaa-03b6-4e15-83f2-0123456789ab'],
      overlapMinutes: 2,
    });
    const locked = await ruleSays('overlapping-runs', {
      [stdout]: linuxOutput(['another process has acquired yum lock']),
    });
    expect(locked.finding.parameters).toMatchObject({ commands: [], locks: 1 });
  });

  it('is silent about commands apart and about those that do not patch', async () => {
    expect(
      (
        await ruleSays('overlapping-runs', {
          'a.json': invocation(),
          'b.json': other('2021-08-04T12:30:00-07:00'),
        })
      ).findings,
    ).toEqual([]);
    expect(
      (
        await ruleSays('overlapping-runs', {
          'a.json': invocation(),
          'b.json': other('2021-08-04T12:01:30-07:00', 'AWS-UpdateSSMAgent'),
        })
      ).findings,
    ).toEqual([]);
    expect(
      (await ruleSays('overlapping-runs', { 'a.json': invocation(), 'b.json': other('') })).missing,
    ).toEqual(['aws-command-time']);
  });
});

describe('aws/baseline-differs', () => {
  const group = (system: string): object => ({
    Mappings: [
      {
        PatchGroup: 'Production',
        BaselineIdentity: { BaselineId: 'pb-0ffffffffffffffff', OperatingSystem: system },
      },
    ],
  });
  const information = (platform: string): object => ({
    InstanceInformationList: [
      {
        InstanceId: instance,
        PlatformType: platform,
        PlatformName: platform === 'Windows' ? 'Microsoft Windows Server 2019' : 'Amazon Linux',
        PingStatus: 'Online',
      },
    ],
  });

  it('fires for a group of the node’s own operating system, and for the log of the operation', async () => {
    const says = await ruleSays('baseline-differs', {
      [states]: patchState(),
      'g.json': group('WINDOWS'),
      'n.json': information('Windows'),
    });
    expect(says.finding.parameters).toMatchObject({
      serviceBaseline: 'pb-0123456789abcdef0',
      groupBaseline: 'pb-0ffffffffffffffff',
    });
    const logged = linuxOutput([
      "Patch Baseline: {u'baselineId': u'pb-0aaaaaaaaaaaaaaaa', 'name': 'x'}",
    ]).replace('s1', 'a3f5ff34-9bc4-4d2c-a665-4d1c10123456');
    expect(
      (await ruleSays('baseline-differs', { [states]: patchState(), [stdout]: logged })).finding.parameters,
    ).toMatchObject({ logBaseline: 'pb-0aaaaaaaaaaaaaaaa' });
  });

  it('is silent about the ARN of the same baseline and about another operating system', async () => {
    const logged = linuxOutput([
      "Patch Baseline: {'baselineId': 'arn:aws:ssm:us-east-1:1:patchbaseline/pb-0123456789abcdef0'}",
    ]).replace('s1', 'a3f5ff34-9bc4-4d2c-a665-4d1c10123456');
    expect(
      (await ruleSays('baseline-differs', { [states]: patchState(), [stdout]: logged })).findings,
    ).toEqual([]);
    expect(
      (
        await ruleSays('baseline-differs', {
          [states]: patchState(),
          'g.json': group('WINDOWS'),
          'n.json': information('Linux'),
        })
      ).findings,
    ).toEqual([]);
  });

  it('cannot tell without the operating system of the node', async () => {
    expect(
      (await ruleSays('baseline-differs', { [states]: patchState(), 'g.json': group('WINDOWS') })).missing,
    ).toEqual(['aws-operating-system']);
  });
});

describe('aws/no-data', () => {
  it('fires for counts of -1 and for times of 1970, and not for a patch that is not installed', async () => {
    expect(
      (await ruleSays('no-data', { [states]: patchState({ InstalledCount: -1 }) })).findings,
    ).toHaveLength(1);
    expect(
      (await ruleSays('no-data', { [states]: patchState({ OperationEndTime: 0 }) })).findings,
    ).toHaveLength(1);
    expect(
      (
        await ruleSays('no-data', {
          [states]: patchState({ LastNoRebootInstallOperationTime: '1970-01-01T00:00:00Z' }),
          [list]: { Patches: [patch('Missing')] },
        })
      ).findings,
    ).toEqual([]);
  });
});

describe('aws/no-data beside counts', () => {
  it('is silent where only what is not applicable was not counted', async () => {
    const uncounted = { [states]: patchState({ NotApplicableCount: -1 }) };
    expect((await ruleSays('no-data', uncounted)).findings).toEqual([]);
    const nothing = {
      [states]: patchState({ NotApplicableCount: -1, MissingCount: -1, InstalledCount: -1 }),
    };
    expect((await ruleSays('no-data', nothing)).findings).toHaveLength(1);
  });
});

describe('compliance items', () => {
  const association = '8dfe3659-4309-493a-8755-0123456789ab';
  const items = (...items_: readonly object[]): object => ({
    ComplianceItems: items_.map((item) => ({
      ResourceId: instance,
      ResourceType: 'ManagedInstance',
      Severity: 'UNSPECIFIED',
      Title: '',
      ...item,
    })),
  });
  const open = items({
    ComplianceType: 'Association',
    Id: association,
    Status: 'NON_COMPLIANT',
    ExecutionSummary: { ExecutionTime: 1_550_408_470 },
    Details: { DocumentName: 'AWS-GatherSoftwareInventory' },
  });
  const ran = (...statuses: readonly string[]): object => ({
    InstanceAssociationStatusInfos: statuses.map((status, index) => ({
      AssociationId: association,
      InstanceId: instance,
      Name: 'AWS-GatherSoftwareInventory',
      ExecutionDate: 1_550_400_000 + index,
      Status: status,
    })),
  });

  it('of an association: its newest execution decides', async () => {
    expect(
      (
        await ruleSays('association-noncompliant-but-succeeded', {
          'c.json': open,
          'a.json': ran('Failed', 'Success'),
        })
      ).all,
    ).toEqual(['aws/association-noncompliant-but-succeeded']);
    expect(
      (await ruleSays('association-noncompliant', { 'c.json': open, 'a.json': ran('Success', 'Failed') }))
        .finding.parameters,
    ).toMatchObject({ status: 'Failed' });
    expect((await ruleSays('association-noncompliant', { 'c.json': open })).finding.parameters).toMatchObject(
      { status: null },
    );
    const fine = items({ ComplianceType: 'Association', Id: association, Status: 'COMPLIANT' });
    expect((await ruleSays('association-noncompliant', { 'c.json': fine })).all).toEqual([]);
  });

  it('of a custom type', async () => {
    const custom = (status: string): object =>
      items({
        ComplianceType: 'Custom:AVCheck',
        Id: 'AV-1',
        Title: 'Antivirus',
        Status: status,
        Severity: 'HIGH',
      });
    expect(
      (await ruleSays('custom-noncompliant', { 'c.json': custom('NON_COMPLIANT') })).finding.parameters,
    ).toMatchObject({ complianceType: 'Custom:AVCheck', title: 'Antivirus' });
    expect((await ruleSays('custom-noncompliant', { 'c.json': custom('COMPLIANT') })).findings).toEqual([]);
  });
});

describe('aws/reboot-loop', () => {
  const state = (count: number): object => ({
    DocumentInformation: {
      DocumentID: `aws.ssm.${commandId}.${instance}`,
      CommandID: commandId,
      InstanceID: instance,
      DocumentName: 'AWS-RunPatchBaseline',
      RunCount: count,
      DocumentStatus: 'InProgress',
    },
    InstancePluginsInformation: [],
  });
  const asks = (at: string, document = commandId): string =>
    `2021-08-04 ${at} INFO [EngineProcessor] document aws.ssm.${document}.${instance} requested reboot, need to resume`;

  it('fires for three resumes, and for two requests of one document', async () => {
    const path = `${instance}/document/state/current/aws.ssm.${commandId}`;
    expect((await ruleSays('reboot-loop', { [path]: state(3) })).finding.parameters).toMatchObject({
      times: 3,
    });
    expect((await ruleSays('reboot-loop', { [path]: state(2) })).findings).toEqual([]);
    expect(
      (await ruleSays('reboot-loop', { [log]: agentLog(asks('12:00:00'), asks('12:10:00')) })).finding
        .parameters,
    ).toMatchObject({ times: 2, by: 'requests' });
    const gaveUp = linuxOutput(['The instance failed to reboot 4x in a row. Exiting.']);
    expect((await ruleSays('reboot-loop', { [stdout]: gaveUp })).finding).toMatchObject({
      device: instance,
      parameters: { times: 4, by: 'output' },
    });
    expect((await ruleSays('reboot-loop', { [stdout]: linuxOutput([]) })).findings).toEqual([]);
    const apart = agentLog(asks('12:00:00'), asks('12:10:00', 'aaaaaaaa-03b6-4e15-83f2-0123456789ab'));
    expect((await ruleSays('reboot-loop', { [log]: apart })).findings).toEqual([]);
  });
});

describe('aws/counts-disagree', () => {
  const counted = patchState({
    InstalledCount: 1,
    InstalledOtherCount: 0,
    MissingCount: 2,
    NotApplicableCount: 77,
  });
  const listed = {
    Patches: [patch('Missing'), patch('Installed', 'KB5004424', '2021-07-01T00:00:00+00:00')],
  };

  it('fires for a whole list of the same node', async () => {
    expect(
      (await ruleSays('counts-disagree', { [states]: counted, [list]: listed })).finding.parameters,
    ).toMatchObject({ differences: ['Missing 2 / 1'] });
  });

  it('is silent when they agree, and never counts what is not applicable', async () => {
    const agreeing = patchState({
      InstalledCount: 1,
      InstalledOtherCount: 0,
      MissingCount: 1,
      NotApplicableCount: 77,
    });
    expect((await ruleSays('counts-disagree', { [states]: agreeing, [list]: listed })).findings).toEqual([]);
  });

  it('cannot tell from a list that was asked for by state', async () => {
    const many = patchState({ InstalledCount: 40, InstalledOtherCount: 3, MissingCount: 1 });
    const missing = { Patches: [patch('Missing')] };
    expect((await ruleSays('counts-disagree', { [states]: many, [list]: missing })).missing).toEqual([
      'aws-unfiltered-list',
    ]);
    const others = { Patches: [patch('Missing'), patch('Missing', 'KB1111111')] };
    expect(
      (await ruleSays('counts-disagree', { [states]: many, [list]: others })).finding.parameters,
    ).toMatchObject({ rows: 2 });
  });

  it('cannot tell from a list that goes on', async () => {
    expect(
      (await ruleSays('counts-disagree', { [states]: counted, [list]: { ...listed, NextToken: 'x' } }))
        .missing,
    ).toEqual(['aws-whole-list']);
  });
});

describe('aws/hotfix-contradicts-state', () => {
  const inventory = (kb: string, installed: string): object => ({
    TypeName: 'AWS:WindowsUpdate',
    InstanceId: instance,
    SchemaVersion: '1.0',
    CaptureTime: '2021-08-05T00:00:00Z',
    Entries: [{ HotFixId: kb, InstalledTime: installed, Description: 'Security Update' }],
  });
  const missing = { [states]: patchState({ MissingCount: 1 }), [list]: { Patches: [patch('Missing')] } };

  it('fires for a missing patch that is installed, and the reverse', async () => {
    expect(
      (
        await ruleSays('hotfix-contradicts-state', {
          ...missing,
          'h.json': inventory('KB5005030', '2021-08-01T00:00:00Z'),
        })
      ).finding.parameters,
    ).toMatchObject({ side: 'listed' });
    const installed = {
      [states]: patchState(),
      [list]: { Patches: [patch('Installed', 'KB5005030', '2021-08-02T00:00:00Z')] },
    };
    expect(
      (
        await ruleSays('hotfix-contradicts-state', {
          ...installed,
          'h.json': inventory('KB5004000', '2021-07-01T00:00:00Z'),
        })
      ).finding.parameters,
    ).toMatchObject({ side: 'absent' });
  });

  it('is silent about one installed after the scan, and about one that was superseded', async () => {
    expect(
      (
        await ruleSays('hotfix-contradicts-state', {
          ...missing,
          'h.json': inventory('KB5005030', '2021-08-06T00:00:00Z'),
        })
      ).findings,
    ).toEqual([]);
    const old = {
      [states]: patchState(),
      [list]: { Patches: [patch('Installed', 'KB5005030', '2021-06-02T00:00:00Z')] },
    };
    expect(
      (
        await ruleSays('hotfix-contradicts-state', {
          ...old,
          'h.json': inventory('KB5004000', '2021-07-01T00:00:00Z'),
        })
      ).findings,
    ).toEqual([]);
  });

  it('cannot tell without the time of the scan', async () => {
    expect(
      (
        await ruleSays('hotfix-contradicts-state', {
          [list]: { Patches: [patch('Missing')] },
          'h.json': inventory('KB5005030', '2021-08-01T00:00:00Z'),
        })
      ).missing,
    ).toEqual(['aws-scan-time']);
  });
});

describe('aws/node-unreachable', () => {
  const information = (status: string): object => ({
    InstanceInformationList: [
      {
        InstanceId: instance,
        PingStatus: status,
        LastPingDateTime: 1_628_000_000.5,
        ComputerName: 'web-01.example.com',
      },
    ],
  });

  it('fires for a lost connection, and for a command that was not delivered', async () => {
    expect(
      (await ruleSays('node-unreachable', { 'n.json': information('ConnectionLost') })).findings,
    ).toHaveLength(1);
    const undelivered = invocation({
      Status: 'TimedOut',
      StatusDetails: 'DeliveryTimedOut',
      CommandPlugins: [],
    });
    expect(
      (await ruleSays('node-unreachable', { 'n.json': information('Online'), 'i.json': undelivered })).finding
        .parameters,
    ).toMatchObject({ pingBefore: true });
    expect(
      (await ruleSays('node-unreachable', { 'i.json': invocation({ Status: 'Failed' }, -1) })).findings,
    ).toHaveLength(1);
  });

  it('is silent about a node that is online and about a command that runs', async () => {
    expect(
      (
        await ruleSays('node-unreachable', {
          'n.json': information('Online'),
          'i.json': invocation({ Status: 'InProgress' }, -1),
        })
      ).findings,
    ).toEqual([]);
  });
});
