import { describe, expect, it } from 'vitest';
import { eventHeader, eventsCsv, japaneseHeader, readFiles, until } from './read-files.ts';
import type { Row } from './read-files.ts';

const nested = [
  'Anti-Malware Component Update succeeded',
  '',
  'Agent/Appliance Event(s):',
  '',
  'Time: May 13, 2025 10:09:59',
  'Level: Info',
  'Event ID: 9016',
  'Event: Anti-Malware Component Update Successful',
  'Description: said "done"',
].join('\n');
const success: Row = {
  at: '10:10:05',
  id: 710,
  event: 'Events Retrieved',
  target: 'pc-1',
  description: nested,
};

describe('system events', () => {
  it('reads the rows oldest first, with their lines and the manager’s clock', async () => {
    const rows: Row[] = [
      { at: '10:00:00', id: 273, target: 'pc-1' },
      { at: '10:10:05', id: 2204, target: 'pc-1' },
    ];
    const { draft, evidence } = await readFiles({ 'diagnostic1/Manager/hostevents.csv': eventsCsv(rows) });
    expect(draft('diagnostic1/Manager/hostevents.csv')).toMatchObject({
      kind: 'deep-security/system-events',
      rows: 2,
      timeline: 'dated',
    });
    expect(evidence.events('deep-security/system-event')).toMatchObject([
      {
        device: 'pc-1',
        detail: { meaning: 'update-requested' },
        citation: { line: 3, row: 2 },
        at: { clock: 'manager', offset: null },
      },
      { detail: { meaning: 'update-succeeded', eventId: 2204 }, citation: { line: 2, row: 1 } },
    ]);
    expect(evidence.members[0]?.device).toEqual({ name: 'pc-1', reason: 'stated' });
  });

  it('takes nested events as events of their own, cited by their own lines', async () => {
    const { evidence } = await readFiles({ 'events.csv': eventsCsv([success]) });
    expect(evidence.events('deep-security/system-event')).toMatchObject([
      {
        device: 'pc-1',
        at: { raw: 'May 13, 2025 10:09:59' },
        citation: { line: 8, quote: 'Event ID: 9016' },
        detail: { eventId: 9016, meaning: 'update-succeeded', nested: true, parentId: 710 },
      },
    ]);
  });

  it('reads Japanese headers and names, AM and PM, and files without known headers by position', async () => {
    const row: Row = {
      at: 'May 13, 2025 1:00:00 PM',
      id: '',
      event: 'セキュリティアップデート: Agent/Applianceでのパターンファイルのアップデート失敗',
      level: 'エラー',
      target: 'pc-1',
    };
    const wild = 'A,B,C,D,E,F,G,H,I,J';
    for (const header of [japaneseHeader, eventHeader, wild, null]) {
      const file = eventsCsv([{ ...row, id: 2205 }, until('14:00:00')], header);
      const { evidence, draft } = await readFiles({ 'hostevents.csv': file });
      expect(draft('hostevents.csv').rows).toBe(2);
      expect(evidence.events('deep-security/system-event')[0]).toMatchObject({
        detail: { meaning: 'update-failed' },
        at: { local: Date.UTC(2025, 4, 13, 13) },
      });
    }
    const { evidence } = await readFiles({ 'hostevents.csv': eventsCsv([row], japaneseHeader) });
    expect(evidence.events('deep-security/system-event')[0]?.detail.meaning).toBe('update-failed');
  });

  it('keeps the other rows when a description’s quotes are broken', async () => {
    const good = eventsCsv([
      { at: '10:00:00', id: 273, target: 'pc-1' },
      { at: '10:10:05', id: 2204, target: 'pc-1' },
    ]);
    const [header, ...rows] = good.trimEnd().split('\n');
    const broken = `May 13, 2025 10:20:00,Error,2205,Security Update: Pattern Update Failed,,Agent,pc-1,System,dsm01,"it said "no" and`;
    const { draft, evidence } = await readFiles({
      'hostevents.csv': [header, broken, 'went on', ...rows, ''].join('\n'),
    });
    expect(draft('hostevents.csv').warnings.map((warning) => warning.code)).toContain('broken-quote');
    expect(evidence.events('deep-security/system-event').map((event) => event.detail.meaning)).toEqual([
      'update-requested',
      'update-succeeded',
      'update-failed',
    ]);
  });

  it('counts a bad date and reads on', async () => {
    const file = eventsCsv([
      { at: 'May 33, 2025 10:00:00', id: 273 },
      { at: '10:10:05', id: 2204 },
    ]);
    const { draft, evidence } = await readFiles({ 'hostevents.csv': file });
    expect(draft('hostevents.csv').warnings).toMatchObject([{ code: 'bad-date', line: 3 }]);
    expect(evidence.events('deep-security/system-event')).toHaveLength(2);
  });

  it('rejects other tables, and events about rules and software', async () => {
    const { draft, evidence } = await readFiles({
      'a.csv': 'Time,Level,Source,Message\n2025-05-13 10:00:00,Info,x,security update\n',
      'hostevents.csv': eventsCsv([
        { at: '10:00:00', id: 2300, event: 'Software Update Failed' },
        { at: '10:01:00', id: 2301, event: 'Security Update: Rollback Successful' },
      ]),
    });
    expect(draft('a.csv').state).toBe('text');
    expect(evidence.events('deep-security/system-event')).toEqual([]);
  });
});

describe('CEF syslog', () => {
  const cef = (id: number, extension: string): string =>
    `CEF:0|Trend Micro|Deep Security Manager|20.0.844|${id}|Relay Group \\| Update|3|${extension}`;

  it('reads events, the manager’s version, and stamps without a year', async () => {
    const { draft, evidence } = await readFiles(
      {
        'syslog.log': `<134>May 13 10:10:05 dsm01 ${cef(1600, 'suser=admin target=relay01 msg=a\\=b')}\n2025-05-13T10:20:05+02:00 dsm01 ${cef(1601, 'target=relay01')}\n`,
      },
      { modified: '2025-06-01T00:00:00' },
    );
    expect(draft('syslog.log').kind).toBe('deep-security/cef-syslog');
    expect(evidence.events('deep-security/system-event')).toMatchObject([
      {
        detail: { eventId: 1600, target: 'relay01', name: 'Relay Group | Update' },
        at: { local: Date.UTC(2025, 4, 13, 10, 10, 5) },
      },
      { detail: { eventId: 1601 }, at: { offset: 120 } },
    ]);
    expect(evidence.facts('deep-security/version')).toMatchObject([
      { value: { component: 'manager', version: '20.0.844' } },
    ]);
  });

  it('counts a damaged line and rejects other products', async () => {
    const { draft } = await readFiles({
      'syslog.log': `May 13 10:10:05 dsm01 ${cef(1600, '')}\nMay 13 10:10:06 dsm01 CEF:0|Trend Micro|Deep Security Manager|20\n`,
      'other.log': 'May 13 10:10:05 fw CEF:0|Vendor|Firewall|1|1|x|3|a=b\n',
    });
    expect(draft('syslog.log').warnings).toMatchObject([{ line: 2, code: 'bad-cef' }]);
    expect(draft('other.log').state).toBe('text');
  });
});

describe('a diagnostic package', () => {
  const files = {
    'diagnostic1/Agent/plugins.txt': 'Windows;10;0;20348;;x86_64;272;2;7 20.0.1-23340\nFeature-AM\n',
    'diagnostic1/Agent/timestamp.txt': '2025-05-13 10:14:16.104893 [+0200]\n',
    'diagnostic1/Agent/guids.xml':
      '<guids><agentGUID>0A1B2C3D-0000-1111-2222-333344445555</agentGUID></guids>',
    'diagnostic1/Agent/AgentStatus.xml':
      '<AgentStatus hostname="pc-1.example.test" agentVersion="20.0.1-23340"/>',
    'diagnostic1/Manager/host42.xml':
      '<host>\n<hostname>PC-1</hostname>\n<displayName>Accounting 1</displayName>\n<managerVersion>20.0.844</managerVersion>\n<relayVersion>20.0.1.23340</relayVersion>\n</host>',
    'diagnostic1/Agent/AMSP_7/component_update_result_20250513101416.xml':
      '<results>\n<component name="Virus Pattern" oldVersion="17.001.00" newVersion="17.003.00" result="0"/>\n<component><name>Engine</name><oldVersion>22.1</oldVersion><newVersion>22.2</newVersion><result>-5</result></component>\n</results>',
  };

  it('tells the device of all its files, its versions and its offset', async () => {
    const { evidence, draft } = await readFiles(files);
    expect(evidence.members.map((member) => member.device?.name)).toEqual(Array(6).fill('pc-1.example.test'));
    expect(evidence.devices).toMatchObject([{ key: 'pc-1', aliases: ['PC-1', 'Accounting 1'] }]);
    expect(draft('diagnostic1/Agent/timestamp.txt').zone).toMatchObject({ offset: 120 });
    expect(
      evidence.facts('deep-security/version').map((fact) => `${fact.value.component} ${fact.value.version}`),
    ).toEqual(['agent 20.0.1.23340', 'agent 20.0.1.23340', 'manager 20.0.844', 'relay 20.0.1.23340']);
    expect(evidence.facts('deep-security/guid')[0]?.value.guid).toBe('0a1b2c3d-0000-1111-2222-333344445555');
  });

  it('makes records of component versions', async () => {
    const { evidence, draft } = await readFiles(files);
    expect(evidence.records).toMatchObject([
      {
        device: 'pc-1.example.test',
        patch: 'Virus Pattern',
        deployment: {
          status: 'succeeded',
          at: { local: Date.UTC(2025, 4, 13, 10, 14, 16), offset: 120, offsetSource: 'inferred' },
        },
        citation: { line: 2 },
      },
      { patch: 'Engine', deployment: { status: 'failed' }, citation: { line: 3 } },
    ]);
    expect(evidence.facts('deep-security/component-version')[0]?.value).toMatchObject({
      before: '17.001.00',
      after: '17.003.00',
    });
    expect(draft('diagnostic1/Agent/AMSP_7/component_update_result_20250513101416.xml')).toMatchObject({
      unverified: true,
      rows: 2,
    });
  });

  it('asks for what is missing, the relay’s log and the Windows logs only where they are needed', async () => {
    const { evidence } = await readFiles(files);
    const state = new Map(evidence.coverage.map((item) => [item.item, item.state]));
    expect(Object.fromEntries(state)).toEqual({
      'deep-security/system-events': 'missing',
      'deep-security/tmudump': 'missing',
      'deep-security/iau-log': 'missing',
      'deep-security/agent-log': 'missing',
      'deep-security/versions': 'present',
      'deep-security/amsp-logs': 'present',
    });
    const failing = await readFiles({
      'events.csv': eventsCsv([
        { at: '10:00:00', id: 1600 },
        { at: '11:00:00', id: 2205, target: 'pc-1' },
      ]),
    });
    const asked = failing.evidence.coverage.map((item) => item.item);
    expect(asked).toContain('deep-security/iaurelay-log');
    expect(asked).toContain('deep-security/debug-log');
    expect(asked).not.toContain('deep-security/amsp-logs');
  });

  it('counts damaged XML and rejects files of the same name that are something else', async () => {
    const { draft } = await readFiles({
      'Agent/AgentStatus.xml': 'x < y',
      'Agent/plugins.txt': 'one\ntwo\n',
      'timestamp.txt': 'yesterday\n',
      'host1.xml': '<other/>',
    });
    expect(draft('Agent/AgentStatus.xml').warnings).toMatchObject([{ code: 'bad-xml' }]);
    expect(draft('Agent/plugins.txt').kind).toBeNull();
    expect(draft('timestamp.txt').kind).toBeNull();
    expect(draft('host1.xml').kind).toBeNull();
  });

  it('reads component versions from texts', async () => {
    const { evidence } = await readFiles({
      'events.csv': eventsCsv([
        {
          at: '10:00:00',
          id: 2204,
          target: 'pc-1',
          description: 'ok\nVirus Pattern: 17.001.00 -> 17.003.00',
        },
      ]),
    });
    expect(evidence.records).toMatchObject([
      { device: 'pc-1', patch: 'Virus Pattern', citation: { line: 3 } },
    ]);
  });
});
