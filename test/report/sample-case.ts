// A case as an analyst would have it on the desk: five devices, Japanese pages, notes, gaps.
import type { Annotation } from '../../parsers/domain/annotation.ts';
import type { Finding } from '../../parsers/domain/finding.ts';
import type { Analysis } from '../../parsers/report/analysis.ts';
import type { ReportContext } from '../../parsers/report/report-model.ts';
import {
  analysis,
  cellsOf,
  citation,
  finding,
  hashOf,
  member,
  moment,
  record,
  witness,
} from './made-analysis.ts';

const page = 'PC-0042/デバイスの詳細.html';
const schedule = 'スケジュール詳細.html';

const first = record('r1');
const second = record('r2', {
  patch: 'Acrobat Reader DC 24.002.20759',
  kb: null,
  detection: { status: 'not-patched', raw: 'パッチ未適用', at: moment('2024-05-11 07:40') },
  deployment: {
    status: 'succeeded',
    raw: '正常終了',
    at: moment('2024-05-10 21:12'),
    exitCode: 0,
    attempts: 2,
    maxAttempts: null,
  },
  exitCodeRaw: '0, 0x0',
  citation: citation(
    page,
    431,
    'Acrobat Reader DC 24.002.20759 | パッチ未適用 | 2024-05-11 07:40 | 正常終了 | 0, 0x0 | 2024-05-10 21:12 | 2',
    3,
  ),
});
const third = record('r3', {
  patch: 'Microsoft Edge 124.0.2478.97',
  kb: null,
  detection: { status: 'not-patched', raw: 'パッチ未適用', at: moment('2024-05-11 07:40') },
  deployment: {
    status: 'failed',
    raw: 'エラー',
    at: moment('2024-05-10 21:33'),
    exitCode: 1603,
    attempts: 3,
    maxAttempts: 3,
  },
  exitCodeRaw: '1603, 0x643',
  citation: citation(
    page,
    444,
    'Microsoft Edge 124.0.2478.97 | パッチ未適用 | 2024-05-11 07:40 | エラー | 1603, 0x643 | 2024-05-10 21:33 | 3',
    4,
  ),
});
const fourth = record('r4', {
  device: 'KEIRI-PC07',
  deployment: {
    status: 'failed',
    raw: 'エラー',
    at: moment('2024-05-10 22:41'),
    exitCode: 8003,
    attempts: 2,
    maxAttempts: 3,
  },
  detection: { status: 'not-patched', raw: 'パッチ未適用', at: moment('2024-05-11 08:02') },
  exitCodeRaw: '8003, 0x1F43',
  citation: citation(
    'KEIRI-PC07/デバイスの詳細.html',
    402,
    '2024-05 累積更新プログラム (KB5037771) | パッチ未適用 | 2024-05-11 08:02 | エラー | 8003, 0x1F43 | 2024-05-10 22:41 | 2',
    1,
  ),
});

const findings: readonly Finding[] = [
  finding(1, {
    rule: 'kace/still-missing-after-deployment',
    severity: 'critical',
    patch: second.patch,
    parameters: {
      exitCode: 0,
      detectedAt: '2024-05-11 07:40',
      deployedAt: '2024-05-10 21:12',
      apartMinutes: 628,
      restartAt: null,
    },
    witnesses: [
      witness({
        citation: second.citation,
        record: 'r2',
        field: 'deployment.status',
        says: 'deployed-at',
        parameters: { deploymentStatus: 'succeeded', deployedAt: '2024-05-10 21:12' },
      }),
      witness({
        citation: second.citation,
        record: 'r2',
        field: 'detection.status',
        says: 'detected-at',
        parameters: { detectionStatus: 'not-patched', detectedAt: '2024-05-11 07:40' },
      }),
    ],
  }),
  finding(2, {
    rule: 'kace/attempts-exhausted',
    kind: 'fault',
    severity: 'critical',
    patch: third.patch,
    parameters: { attempts: 3, maximum: 3, exitCode: 1603 },
    witnesses: [
      witness({
        citation: third.citation,
        record: 'r3',
        field: 'deployment.attempts',
        says: 'attempts-used',
        parameters: { attempts: 3 },
      }),
      witness({
        citation: citation(schedule, 96, '最大試行回数 | 3', null),
        says: 'maximum-attempts',
        parameters: { maximum: 3 },
      }),
      witness({
        citation: citation(
          'PC-0042/konea.log',
          18302,
          '[2024-05-10.21:33:12][agent] handshake failed: connection to appliance timed out after 30000 ms',
        ),
        says: 'log-line',
      }),
    ],
  }),
  finding(3, { witnesses: cellsOf(first) }),
  finding(4, {
    rule: 'kace/deployment-failed',
    kind: 'fault',
    device: 'KEIRI-PC07',
    parameters: { exitCode: 8003, deployedAt: '2024-05-10 22:41', deploymentStatus: 'failed', attempts: 2 },
    witnesses: [
      witness({
        citation: fourth.citation,
        record: 'r4',
        field: 'deployment.exitCode',
        says: 'exit-code',
        parameters: { exitCode: 8003 },
      }),
    ],
  }),
  finding(5, {
    rule: 'coverage/missing-evidence',
    kind: 'gap',
    severity: 'medium',
    device: null,
    patch: null,
    parameters: { item: 'kace/server-log', system: 'kace-sma' },
    witnesses: [
      witness({
        citation: citation(page, null, ''),
        says: 'system-present',
        parameters: { system: 'kace-sma' },
      }),
    ],
  }),
  finding(6, {
    rule: 'kace/scale',
    kind: 'note',
    severity: 'info',
    device: null,
    patch: null,
    parameters: { devices: 5, targeted: 5, ran: 5, succeeded: 3, failed: 2, targetedFrom: 'schedule' },
    witnesses: [
      witness({
        citation: citation(schedule, 112, 'マシン名 | フェーズ'),
        says: 'schedule-devices',
        parameters: { schedule: '月例パッチ 14', devices: 5 },
      }),
    ],
  }),
];

export const sampleAnalysis: Analysis = analysis({
  systems: ['kace-sma', 'windows-update'],
  devices: ['PC-0042', 'EIGYO-NB22', 'EIGYO-NB23', 'KEIRI-PC07', 'SOUMU-DT01'],
  records: [first, second, third, fourth],
  members: [
    member(page, { kind: 'kace/device-page', system: 'kace-sma', rows: 20, lines: 812, bytes: 96_331 }),
    member('KEIRI-PC07/デバイスの詳細.html', {
      kind: 'kace/device-page',
      system: 'kace-sma',
      rows: 18,
      lines: 790,
      encoding: 'cp932',
      warnings: 1,
    }),
    member(schedule, { kind: 'kace/schedule-page', system: 'kace-sma', rows: 5, lines: 240 }),
    member('PC-0042/konea.log', {
      kind: 'kace/agent-log',
      system: 'kace-sma',
      lines: 19_977,
      bytes: 2_301_884,
    }),
    member('スクリーンショット/展開結果.png', {
      state: 'image',
      reason: null,
      encoding: null,
      lines: null,
      bytes: 220_114,
    }),
    member('backup/old.bin', { state: 'opaque', reason: 'unknown-format', encoding: null, lines: null }),
    member('logs.tgz!/var/log/broken.log', { state: 'damaged', reason: 'bad-crc', sha256: null }),
  ],
  coverage: [
    {
      system: 'kace-sma',
      item: 'kace/device-page',
      state: 'present',
      members: [page, 'KEIRI-PC07/デバイスの詳細.html'],
    },
    { system: 'kace-sma', item: 'kace/patch-page', state: 'missing', members: [] },
    { system: 'kace-sma', item: 'kace/schedule-page', state: 'partial', members: [schedule] },
    { system: 'kace-sma', item: 'kace/server-log', state: 'missing', members: [] },
  ],
  findings,
  undecided: [
    {
      rule: 'kace/log-contradicts-table',
      device: 'PC-0042',
      patch: 'Acrobat Reader DC 24.002.20759',
      missing: 'appliance-offset',
    },
    { rule: 'kace/log-contradicts-table', device: 'KEIRI-PC07', patch: null, missing: 'appliance-offset' },
    { rule: 'kace/pages-disagree', device: null, patch: null, missing: 'capture-time' },
  ],
  counts: { devices: 5, targeted: 5, deploymentRan: 5, deploymentSucceeded: 3, deploymentFailed: 2 },
  scale: [
    {
      patch: '2024-05 累積更新プログラム (KB5037771)',
      targeted: 5,
      ran: 4,
      succeeded: 3,
      failed: 1,
      source: 'evidence',
    },
    {
      patch: 'Microsoft Edge 124.0.2478.97',
      targeted: 5,
      ran: 2,
      succeeded: 1,
      failed: 1,
      source: 'evidence',
    },
  ],
  lines: { total: 2_304_118, timed: 2_301_002, outOfOrder: 3 },
  warnings: [
    { member: 'KEIRI-PC07/デバイスの詳細.html', line: 377, code: 'bad-date', text: '2024/13/45 99:00:00' },
  ],
});

function annotation(id: string, more: Partial<Annotation> & Pick<Annotation, 'target'>): Annotation {
  return {
    id,
    note: '',
    tags: [],
    verdict: 'open',
    author: 'analyst-1',
    createdAt: '2024-06-11T09:40:00+09:00',
    changedAt: '2024-06-11T09:41:00+09:00',
    quote: '',
    links: [],
    ...more,
  };
}

export const sampleContext: ReportContext = {
  caseName: '2024-0611',
  zone: null,
  annotations: [
    annotation('a1', {
      target: { on: 'finding', finding: 'f-0000000000000003' },
      verdict: 'confirmed',
      tags: ['restart', 'schedule-14'],
      note: '再起動後の再検出結果を依頼済み。**適用自体は成功**と判断する。\n\n- 再起動: 担当者に依頼\n- 参照: [手順書](https://example.invalid/手順)',
    }),
    annotation('a2', {
      target: { on: 'line', member: 'PC-0042/konea.log', line: 18240 },
      verdict: 'open',
      note: 'この行以降、応答なし。',
      quote: 'ParsePatchOutput ExitCode=3010 (restart required)',
    }),
    annotation('a3', {
      target: { on: 'finding', finding: 'f-gone' },
      verdict: 'refuted',
      note: 'An older version said so.',
      quote: 'Deployment failed: exit code 1618',
    }),
  ],
  lineMoment: (path, line) =>
    path === 'PC-0042/konea.log' && line === 18302
      ? moment('2024-05-10 21:33:12', {
          precision: 'second',
          clock: 'device',
          clockOf: 'pc-0042',
          offset: 540,
          offsetSource: 'stated',
        })
      : null,
};

export const sampleHash = hashOf('sakura-2024-05.zip');
