import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBundle } from '../../../parsers/archive/bundle.ts';
import { defaultLimits } from '../../../parsers/domain/limits.ts';
import { buildEvidence } from '../../../parsers/evidence/build-evidence.ts';
import type { Evidence } from '../../../parsers/evidence/evidence.ts';
import { ingestMember } from '../../../parsers/evidence/ingest.ts';
import type { MemberDraft } from '../../../parsers/evidence/member-draft.ts';
import { TextStore } from '../../../parsers/evidence/text-store.ts';
import { deepSecurity } from '../../../parsers/formats/deep-security/index.ts';
import { deepSecurityRules } from '../../../parsers/rules/deep-security/index.ts';
import { runRules } from '../../../parsers/rules/run-rules.ts';
import { buildZip } from '../../archive/builders/zip.ts';
import { eventsCsv, until } from '../../formats/deep-security/read-files.ts';
import type { Files, Row } from '../../formats/deep-security/read-files.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'deep-security-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function readZip(name: string, files: Files): Promise<Evidence> {
  const path = join(folder, name);
  writeFileSync(path, buildZip(Object.entries(files).map(([member, data]) => ({ name: member, data }))));
  const store = new TextStore(64 * 1024 * 1024, { folder, name: `${name}.spool` });
  const drafts: MemberDraft[] = [];
  const bundle = await openBundle(path, { limits: defaultLimits, spoolFolder: folder, password: null });
  try {
    for await (const member of bundle.members()) {
      await ingestMember(member, {
        store,
        limits: defaultLimits,
        formats: deepSecurity.formats,
        onDraft: (draft) => {
          drafts.push(draft);
        },
      });
    }
    return buildEvidence(drafts, [deepSecurity], null).evidence;
  } finally {
    await bundle.close();
    store.close();
  }
}

const stamp = (index: number): string =>
  `10:${String(Math.floor(index / 60) % 60).padStart(2, '0')}:${String(index % 60).padStart(2, '0')}`;
const noise = [
  'dat3_fci_close exception may cause problem',
  'FNFCIOPEN result = 2',
  'lib = C ,1',
  'dat3_get_temp_file psz',
];

/** An update that succeeds, with the thousands of `Err` lines that it writes. */
function successfulUpdate(): string {
  const lines = [`Inf 20250513 ${stamp(0)} 5088 1196 HttpsConnection: Successful: HTTP 200 OK`];
  lines.push(`${' '.repeat(31)}Date: Tue, 13 May 2025 08:00:00 GMT`);
  for (let index = 0; index < 8_000; index += 1) {
    lines.push(`Err 20250513 ${stamp(index % 3_000)} 5088 1196 ${noise[index % noise.length] ?? ''}`);
  }
  lines.push(`Inf 20250513 ${stamp(3_001)} 5088 1196 TmDownloader: Succeeded getting the file`);
  lines.push(`Inf 20250513 ${stamp(3_002)} 5088 1196 RTPatchApply32: ret: 0`);
  lines.push(`Inf 20250513 ${stamp(3_003)} 5088 1196 Connection return code: 0`);
  return lines.map((line) => `${line}\r\r\n`).join('');
}

const healthy: Row[] = [
  { at: '10:00:00', id: 1600, target: 'relay01' },
  { at: '10:00:00', id: 273, target: 'pc-1' },
  { at: '10:20:00', id: 1601, target: 'relay01' },
  { at: '10:25:00', id: 276, target: 'pc-1' },
  { at: '10:30:00', id: 2204, target: 'pc-1' },
  until('12:00:00'),
];

describe('a diagnostic package (version 20)', () => {
  it('with a successful update and thousands of Err lines says nothing', async () => {
    const evidence = await readZip('healthy.zip', {
      'diagnostic1/Agent/plugins.txt': 'Windows;10;0;20348;;x86_64;272;2;7 20.0.1.23340\n',
      'diagnostic1/Agent/timestamp.txt': '2025-05-13 12:14:16.104893 [+0200]\n',
      'diagnostic1/Agent/AgentStatus.xml': '<AgentStatus hostname="pc-1" managerVersion="20.0.844"/>',
      'diagnostic1/Agent/iAU/TmuDump.txt': successfulUpdate(),
      'diagnostic1/Agent/AMSP_7/TmuDump.txt': successfulUpdate()
        .replaceAll('20250513', '2025-05-13')
        .replaceAll(/(?<seconds>:\d\d:\d)\d /gu, '$<seconds> '),
      'diagnostic1/Manager/hostevents.csv': eventsCsv(healthy),
    });
    const results = runRules(evidence, deepSecurityRules);
    expect(results.findings).toEqual([]);
    expect(results.undecided).toEqual([]);
    expect(evidence.members.every((member) => member.state === 'parsed' && member.warnings === 0)).toBe(true);
    expect(
      evidence.events('deep-security/connection').length + evidence.events('deep-security/step').length,
    ).toBeLessThan(20);
    expect(evidence.members.find((member) => member.path.endsWith('AMSP_7/TmuDump.txt'))?.device?.name).toBe(
      'pc-1',
    );
  });

  it('that ends in the middle of an update cannot tell, and the runs say until when it looked', async () => {
    const evidence = await readZip('cut.zip', {
      'diagnostic1/Manager/hostevents.csv': eventsCsv([...healthy.slice(0, 2), until('10:10:00')]),
    });
    const results = runRules(evidence, deepSecurityRules);
    expect(results.findings).toEqual([]);
    expect(results.undecided.filter((entry) => entry.missing === 'ds-later-events')).toMatchObject([
      { rule: 'deep-security/agent-update-unfinished', device: 'pc-1' },
      { rule: 'deep-security/relay-and-agent-overlap', device: 'pc-1' },
      { rule: 'deep-security/relay-update-unfinished', device: 'relay01' },
    ]);
    expect(evidence.runs.map((run) => run.detail['lookedUntil'])).toEqual([
      '2025-05-13 10:10:00',
      '2025-05-13 10:10:00',
    ]);
  });
});

describe('a collection made by hand (versions 9 to 12)', () => {
  it('finds the file that was left behind, the relay that never finished and the gap', async () => {
    const evidence = await readZip('collection.zip', {
      'events.csv': eventsCsv([
        { at: 'May 28, 2014 06:30:00', id: 1600, target: 'dsr01' },
        { at: 'May 28, 2014 06:45:00', id: 2205, target: 'dsva01', description: 'IAU_STATUS_FILE_EXISTS' },
        { at: 'May 28, 2014 09:00:00', id: 700, event: 'Heartbeat' },
      ]),
      'dsva01/iaulogs/iau.log':
        '[2014-May-28 06:39:41 4467|1085278544] [err] Install [src/common/src/remote_package.cpp(199)]\n' +
        'Dynamic exception type: N3iau9ExceptionE\nIAU_STATUS_FILE_EXISTS[-1073610747(3,2,5)]\nPath1: /a/x.ptn\nPath2: /b/y.ptn\n',
      'dsva01/iaulogs/TmuDump.txt':
        'Err 20140528 06:39:39 2272 1592 TmDownloader: Service is under maintainence\r\r\n',
    });
    const results = runRules(evidence, deepSecurityRules);
    expect(results.findings.map((finding) => [finding.rule, finding.severity, finding.device])).toEqual([
      ['deep-security/file-exists', 'critical', 'dsva01'],
      ['deep-security/relay-update-unfinished', 'critical', 'dsr01'],
    ]);
    expect(results.findings[0]?.witnesses).toHaveLength(2);
    expect(evidence.coverage.filter((item) => item.state === 'missing').map((item) => item.item)).toContain(
      'deep-security/iaurelay-log',
    );
  });

  it('gives the same answer twice', async () => {
    const files: Files = {
      'events.csv': eventsCsv(healthy.slice(0, 3)),
      'pc-1/TmuDump.txt': successfulUpdate(),
    };
    const [one, two] = [await readZip('a.zip', files), await readZip('b.zip', files)];
    expect(runRules(two, deepSecurityRules)).toEqual(runRules(one, deepSecurityRules));
    expect(two.runs).toEqual(one.runs);
  });
});
