import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import {
  napClientEventFormats,
  napServerEventFormats,
  windowsEventFormats,
} from '../../../parsers/formats/event-log/index.ts';
import type { EventDetails } from '../../../parsers/domain/evidence.ts';
import type { EventDraft } from '../../../parsers/formats/define-format.ts';
import { readFile, shortTime } from '../harvest.ts';
import type { FileReading } from '../harvest.ts';
import { buildEvtx, filetime, textField } from './evtx-builder.ts';
import type { BuiltEvent } from './evtx-builder.ts';

const formats = [...napClientEventFormats, ...napServerEventFormats, ...windowsEventFormats];

function read(path: string, content: string | Uint8Array): FileReading {
  return readFile(formats, path, content);
}

const title = '2024-05 Cumulative Update for Windows 10 (KB5037768)';
const guid = '1d3a7c1e-0c11-4b5e-9a63-5b1f0c7d8e21';

function eventXml(
  eventId: number,
  data: string,
  provider = 'Microsoft-Windows-WindowsUpdateClient',
  id = 7,
): string {
  return (
    `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='${provider}'/>` +
    `<EventID>${eventId}</EventID><Level>4</Level><TimeCreated SystemTime='2024-05-10T00:12:00.1234567Z'/>` +
    `<EventRecordID>${id}</EventRecordID><Channel>System</Channel><Computer>PC-0042.example.local</Computer></System>` +
    `<EventData>${data}</EventData></Event>`
  );
}

const eventsOf = (reading: FileReading): unknown[] =>
  reading.events.map(({ type, detail }) => [type, detail]);

describe('event-log/xml', () => {
  it('reads events with and without a root element', () => {
    const one = eventXml(
      19,
      `<Data Name='updateTitle'>${title}</Data><Data Name='updateGuid'>{${guid.toUpperCase()}}</Data>`,
    );
    for (const text of [
      `${one}\n${eventXml(6005, '', 'EventLog', 8)}`,
      `<?xml version="1.0"?>\n<Events>${one}\n${eventXml(6005, '', 'EventLog', 8)}</Events>`,
    ]) {
      const reading = read('logs/System.xml', text);
      expect(reading.kind).toBe('event-log/xml');
      expect(reading.rows).toBe(2);
      expect(reading.devices).toEqual([{ name: 'PC-0042.example.local', aliases: [] }]);
      expect(eventsOf(reading)).toEqual([
        ['windows-update/installed', { updateId: guid, title, kb: 'KB5037768' }],
        ['boot', { reason: 'event log started' }],
      ]);
      expect(reading.events[0]?.at).toMatchObject({ offset: 0, offsetSource: 'stated', clock: 'device' });
      expect(reading.timeline.map((line) => shortTime(line.at))).toHaveLength(2);
    }
  });

  it('counts lines from where each event starts', () => {
    const text = `<Events>\r\n${eventXml(6005, '\n', 'EventLog', 1)}\r\n\r\n${eventXml(6006, '', 'EventLog', 2)}\r\n</Events>`;
    expect(read('a.xml', text).events.map((event) => event.citation.line)).toEqual([2, 5]);
  });

  it('takes the rendered text where there is one', () => {
    const rendered = eventXml(20, '').replace(
      '</Event>',
      `<RenderingInfo Culture='en-US'><Message>Installation Failure: Windows failed to install the following update with error 0x80070643: ${title}.</Message></RenderingInfo></Event>`,
    );
    expect(eventsOf(read('a.xml', rendered))).toEqual([
      ['windows-update/install-failed', { updateId: null, title, kb: 'KB5037768', code: 0x8007_0643 }],
    ]);
  });

  it('loses only the event that is damaged', () => {
    const text = `<Events>${eventXml(6005, '', 'EventLog', 1)}\n<Event><System><EventID>x</EventID></System></Event>\n<Event><System>\n${eventXml(6006, '', 'EventLog', 3)}</Events>`;
    const reading = read('a.xml', text);
    expect(reading.events.map((event) => event.type)).toEqual(['boot', 'shutdown']);
    expect(reading.warnings.map(({ line, code }) => [line, code])).toEqual([
      [2, 'bad-record'],
      [3, 'bad-record'],
    ]);
  });

  it('leaves other XML alone', () => {
    expect(
      read('a.xml', '<?xml version="1.0"?><Events><Event name="x">party</Event></Events>').kind,
    ).toBeNull();
  });

  it('reads the log events among WMI objects', () => {
    const text = [
      '<HostMetaData host="PC-0042" type="wmi">',
      '<INSTANCE CLASSNAME="Win32_NTLogEvent">',
      '<PROPERTY NAME="EventCode" TYPE="uint16"><VALUE>6008</VALUE></PROPERTY>',
      '<PROPERTY NAME="SourceName"><VALUE>EventLog</VALUE></PROPERTY>',
      '<PROPERTY NAME="ComputerName"><VALUE>PC-0042</VALUE></PROPERTY>',
      '<PROPERTY NAME="EventType"><VALUE>1</VALUE></PROPERTY>',
      '<PROPERTY NAME="TimeGenerated"><VALUE>20240510091200.000000+540</VALUE></PROPERTY>',
      '</INSTANCE>',
      '</HostMetaData>',
    ].join('\n');
    const reading = read('wmi.xml', text);
    expect(reading.events.map(({ type, citation }) => [type, citation.line])).toEqual([['shutdown', 2]]);
    expect(reading.timeline).toMatchObject([{ line: 2, level: 'error', at: { offset: 540 } }]);
  });
});

describe('event-log/csv', () => {
  const ja = [
    '\uFEFFレベル,日付と時刻,ソース,イベント ID,タスクのカテゴリ',
    `情報,2024/5/10 9:12:00,Microsoft-Windows-WindowsUpdateClient,19,Windows Update エージェント,インストールの成功: 次の更新プログラムが正常にインストールされました: ${title}`,
    'エラー,2024/5/10 9:10:05,Microsoft-Windows-WindowsUpdateClient,25,Windows Update エージェント,"Windows Update は、エラー 0x80072EE2 で更新プログラムを確認できませんでした。',
    '',
    '詳細は ""イベント"" を参照, してください。"',
    '情報,2024/5/10 8:00:00,EventLog,6005,なし,イベント ログ サービスが開始されました。',
  ].join('\r\n');

  it('reads five names and six fields, the last over several lines (Japanese)', () => {
    const reading = read('System.csv', ja);
    expect(reading.kind).toBe('event-log/csv');
    expect(reading.rows).toBe(3);
    expect(reading.warnings).toEqual([]);
    expect(eventsOf(reading)).toEqual([
      ['windows-update/installed', { updateId: null, title, kb: 'KB5037768' }],
      ['windows-update/check-failed', { code: 0x8007_2ee2 }],
      ['boot', { reason: 'event log started' }],
    ]);
    expect(reading.timeline.map(({ line, level }) => [line, level])).toEqual([
      [2, 'info'],
      [3, 'error'],
      [6, 'info'],
    ]);
    expect(reading.timeline[0]?.at).toMatchObject({
      raw: '2024/5/10 9:12:00',
      offset: null,
      precision: 'second',
    });
  });

  it('reads the English one and the keywords of the security log', () => {
    const text =
      'Keywords,Date and Time,Source,Event ID,Task Category\n' +
      'Audit Success,5/10/2024 9:12:00 AM,Microsoft-Windows-WindowsUpdateClient,20,Windows Update Agent,"Installation Failure: Windows failed to install the following update with error 0x80070643: ' +
      `${title}."\n`;
    expect(eventsOf(read('System.csv', text))).toEqual([
      ['windows-update/install-failed', { updateId: null, title, kb: 'KB5037768', code: 0x8007_0643 }],
    ]);
  });

  it('reads CP932, as Excel saves it again, and tabs', () => {
    const tabs = ja.replace('\uFEFF', '').split('\r\n').slice(0, 2).join('\n').replaceAll(',', '\t');
    expect(read('System.txt', tabs).events.map((event) => event.type)).toEqual(['windows-update/installed']);
  });

  it('keeps what it cannot read as warnings', () => {
    const text =
      'Level,Date and Time,Source,Event ID,Task Category\nInformation,never,EventLog,6005,None,x\nInformation,5/10/2024 9:12:00 AM,EventLog,abc,None,x\n';
    const reading = read('System.csv', text);
    expect(reading.warnings.map(({ line, code }) => [line, code])).toEqual([
      [2, 'bad-date'],
      [3, 'bad-number'],
    ]);
    expect(reading.events).toMatchObject([{ type: 'boot', at: null }]);
  });

  it('leaves other tables alone', () => {
    expect(read('a.csv', 'Level,Date,Source,Name\nInformation,2024-05-10,x,y\n').kind).toBeNull();
  });
});

describe('event-log/text', () => {
  it('reads wevtutil', () => {
    const text = [
      'Event[0]:',
      '  Log Name: System',
      '  Source: Microsoft-Windows-WindowsUpdateClient',
      '  Date: 2024-05-10T09:12:00.123',
      '  Event ID: 19',
      '  Task: Windows Update Agent',
      '  Level: Information',
      '  Computer: PC-0042',
      '  Description: ',
      `Installation Successful: Windows successfully installed the following update: ${title}`,
      '',
      'Event[1]:',
      '  ログの名前: System',
      '  ソース: EventLog',
      '  日付: 2024-05-10T09:00:00.000',
      '  イベント ID: 6005',
      '  レベル: 情報',
      '  説明: ',
      'イベント ログ サービスが開始されました。',
    ].join('\r\n');
    const reading = read('system.txt', text);
    expect(reading.kind).toBe('event-log/text');
    expect(reading.rows).toBe(2);
    expect(eventsOf(reading)).toEqual([
      ['windows-update/installed', { updateId: null, title, kb: 'KB5037768' }],
      ['boot', { reason: 'event log started' }],
    ]);
    expect(reading.events.map((event) => event.citation.line)).toEqual([1, 12]);
  });

  it('reads lists of Get-WinEvent', () => {
    const text = [
      '',
      'TimeCreated  : 2024/05/10 9:12:00',
      'ProviderName : Microsoft-Windows-WindowsUpdateClient',
      'Id           : 21',
      'Message      : 再起動が必要: 次の更新プログラムのインストールを完了するには再起動が必要です:',
      `               - ${title}`,
      '',
      'TimeCreated  : 2024/05/10 9:13:00',
      'ProviderName : Microsoft-Windows-WindowsUpdateClient',
      'Id           : 26',
      'Message      : Windows Update successfully found 3 updates.',
    ].join('\n');
    expect(eventsOf(read('events.txt', text))).toEqual([
      ['windows-update/restart-required', { titles: [title] }],
      ['windows-update/found', { count: 3 }],
    ]);
  });

  it('takes from a sentence of another language the number of the update and nothing else', () => {
    const text = [
      'TimeCreated  : 2024/05/10 9:12:00',
      'ProviderName : Microsoft-Windows-WindowsUpdateClient',
      'Id           : 19',
      'Message      : Installation erfolgreich: Das folgende Update wurde installiert. Update (KB5037768)',
    ].join('\n');
    expect(eventsOf(read('events.txt', text))).toEqual([
      ['windows-update/installed', { updateId: null, title: null, kb: 'KB5037768' }],
    ]);
  });

  it('reads tables of Get-WinEvent', () => {
    const text = [
      '   ProviderName: Microsoft-Windows-Kernel-General',
      '',
      'TimeCreated                     Id LevelDisplayName Message',
      '-----------                     -- ---------------- -------',
      '2024/05/10 9:12:00              12 情報             オペレーティング システムは、システム時刻 ...',
      '5/10/2024 9:10:00 AM            13 Information      The operating system is shutting down ...',
    ].join('\n');
    const reading = read('events.txt', text);
    expect(reading.events.map(({ type, citation }) => [type, citation.line])).toEqual([
      ['boot', 5],
      ['shutdown', 6],
    ]);
  });

  it('leaves other texts alone', () => {
    expect(read('a.txt', 'Name : x\nId : 3\nMessage : hello\n').kind).toBeNull();
  });
});

describe('event-log/evtx', () => {
  const log = buildEvtx([
    [
      {
        id: 1,
        time: filetime('2024-05-10T00:00:00Z'),
        provider: 'EventLog',
        eventId: 6011,
        computer: 'OLD-NAME',
        fields: [textField('', 'OLD-NAME'), textField('', 'PC-0042')],
      },
      {
        id: 2,
        time: filetime('2024-05-10T00:10:00Z'),
        provider: 'User32',
        eventId: 1074,
        fields: [
          'C:\\Windows\\svchost.exe (PC-0042)',
          'PC-0042',
          'Operating System: Service pack (Planned)',
          '0x80020010',
          'restart',
          '',
          'SYSTEM',
        ].map((text, index) => textField(`param${index + 1}`, text)),
      },
      {
        id: 3,
        time: filetime('2024-05-10T00:20:00Z'),
        provider: 'Microsoft-Windows-WindowsUpdateClient',
        eventId: 20,
        level: 2,
        fields: [
          { name: 'errorCode', type: 0x14, bytes: Buffer.from([0x43, 0x06, 0x07, 0x80]) },
          textField('updateTitle', title),
          textField('updateGuid', `{${guid}}`),
        ],
      },
      {
        id: 4,
        time: 0n,
        provider: 'EventLog',
        eventId: 6008,
        fields: [textField('', '\u200e9:12:00'), textField('', '\u200e2024/\u200e05/\u200e10')],
      },
    ],
  ]);

  it('states events, the machine under both of its names, and the file', () => {
    const reading = read('logs/System.evtx', log);
    expect(reading.kind).toBe('event-log/evtx');
    expect(reading.rows).toBe(4);
    expect(reading.devices).toEqual([{ name: 'PC-0042', aliases: ['OLD-NAME'] }]);
    expect(eventsOf(reading)).toEqual([
      ['restart-requested', { by: 'C:\\Windows\\svchost.exe (PC-0042)' }],
      ['shutdown', { reason: 'Operating System: Service pack (Planned)' }],
      ['windows-update/install-failed', { updateId: guid, title, kb: 'KB5037768', code: 0x8007_0643 }],
      ['shutdown', { reason: 'unexpected' }],
    ]);
    expect(reading.events.at(-1)?.at).toMatchObject({ raw: '2024/05/10 9:12:00', offset: null });
    expect(reading.events[2]?.citation).toMatchObject({
      row: 3,
      quote: `2024-05-10T00:20:00.0000000Z error Microsoft-Windows-WindowsUpdateClient 20 #3 PC-0042 Installation Failure: Windows failed to install the following update with error 0x80070643: ${title}.`,
    });
    expect(reading.facts).toMatchObject([
      {
        type: 'event-log/file',
        value: { channel: 'System', records: 4, firstId: 1, lastId: 4, missingRecords: 0, dirty: false },
      },
    ]);
    expect(reading.warnings.map(({ code }) => code)).toEqual(['implausible-time']);
  });

  it('states installed and failed updates as records', () => {
    expect(read('System.evtx', log).records).toMatchObject([
      {
        patch: title,
        kb: 'KB5037768',
        updateId: guid,
        source: 'event-log',
        deployment: { status: 'failed', exitCode: 0x8007_0643 },
      },
    ]);
  });

  it('counts a log of a health agent for NAP', () => {
    const nap = buildEvtx([
      [
        {
          id: 1,
          time: filetime('2024-05-10T00:00:00Z'),
          provider: 'Microsoft-Windows-NetworkAccessProtection',
          eventId: 28,
          fields: [textField('CorrelationId', '{1}'), textField('ComponentId', '79617')],
        },
      ],
    ]);
    expect(read('nap.evtx', nap).kind).toBe('nap/client-events-evtx');
  });

  it('tells of records of several machines instead of naming one', () => {
    const from = (id: number, computer: string): BuiltEvent => {
      return { id, time: filetime('2024-05-10T00:00:00Z'), provider: 'EventLog', eventId: 6005, computer };
    };
    const forwarded = buildEvtx([[from(1, 'A'), from(2, 'B'), from(3, 'A')]]);
    const reading = read('ForwardedEvents.evtx', forwarded);
    expect(reading.devices).toEqual([]);
    expect(reading.events.map((event) => event.device)).toEqual(['A', 'B', 'A']);
  });

  it('names the machine that a set-up renamed, and keeps the earlier name apart', () => {
    const setUp = buildEvtx([
      [
        {
          id: 1,
          time: filetime('2024-05-10T00:00:00Z'),
          provider: 'EventLog',
          eventId: 6005,
          computer: 'IMAGE',
        },
        {
          id: 2,
          time: filetime('2024-05-10T01:00:00Z'),
          provider: 'EventLog',
          eventId: 6005,
          computer: 'PC-0042',
        },
      ],
    ]);
    expect(read('System.evtx', setUp).devices).toEqual([{ name: 'PC-0042', aliases: [] }]);
  });

  it('reads a log that was cleared', () => {
    const reading = read('System.evtx', Buffer.concat([buildEvtx([]), Buffer.alloc(65_536)]));
    expect([reading.kind, reading.rows, reading.warnings]).toEqual(['event-log/evtx', 0, []]);
  });

  it('leaves other binaries alone', () => {
    expect(read('a.evtx', Buffer.from([1, 0, 2, 0, 3, 0, 0, 0, 1, 1, 1])).kind).toBeNull();
  });
});

function decisionOf(event: EventDraft | undefined): EventDetails['nap/decision'] {
  if (event?.type !== 'nap/decision') throw new Error('no decision');
  return event.detail as EventDetails['nap/decision'];
}

describe('network policy events', () => {
  const result =
    'Windows Security Health Validator NonCompliant No Data None (0x0 - ) (0x0 - ) (0x0 - ) (0x0 - ) (0x0 - ) (0x0 - ) (0xc0ff0007 - install updates) (0x0 - ) (0x00014000 - )';

  it('name the nine validators and the machine', () => {
    const data = `<Data Name='FullyQualifiedSubjectMachineName'>EXAMPLE\\PC-0042$</Data><Data Name='QuarantineState'>Quarantined</Data><Data Name='QuarantineSystemHealthResult'>${result}</Data>`;
    const reading = read('Security.xml', eventXml(6276, data, 'Microsoft-Windows-Security-Auditing'));
    expect(reading.kind).toBe('nap/policy-server-events-xml');
    const [event] = reading.events;
    expect(event).toMatchObject({
      type: 'nap/decision',
      device: 'EXAMPLE\\PC-0042',
      at: { clock: 'policy-server' },
    });
    expect(event?.detail).toMatchObject({ decision: 'quarantined', result: 'Quarantined' });
    const codes = decisionOf(event).validators;
    expect(codes.map(({ validator }) => validator)).toEqual([
      'firewall',
      'antivirus',
      'antivirus-current',
      'antispyware',
      'antispyware-current',
      'automatic-updates',
      'security-compliance',
      'security-severity',
      'security-source',
    ]);
    expect(codes.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0, 0, 0xc0ff_0007, 0, 0x1_4000]);
  });

  it('are read from the description of a CSV as well', () => {
    const text = `Keywords,Date and Time,Source,Event ID,Task Category\nAudit Success,5/10/2024 9:12:00 AM,Microsoft-Windows-Security-Auditing,6278,Network Policy Server,"Network Policy Server granted full access to a user because the host met the defined health policy.\n\nUser:\n\tAccount Name:\t\tEXAMPLE\\user\nClient Machine:\n\tAccount Name:\t\tEXAMPLE\\PC-0042$\nQuarantine Information:\n\tResult:\t\t\tFull Access\n\tSystem Health Validator Result(s):\t${result}"\n`;
    const [event] = read('Security.csv', text).events;
    expect(event).toMatchObject({
      device: 'EXAMPLE\\PC-0042',
      detail: { decision: 'full-access', result: 'Full Access' },
    });
    expect(decisionOf(event).validators).toHaveLength(9);
  });
});

describe('health agent events', () => {
  it.each([
    [1005, 'online-scan', true],
    [1006, 'online-scan', false],
    [1007, 'offline-scan', true],
    [1010, 'download', false],
    [1012, 'install', false],
    [1015, 'remediation', true],
  ])('%i', (eventId, step, succeeded) => {
    const data = succeeded ? '' : "<Data Name='FailureCode'>0x80244019</Data>";
    const reading = read('nap.xml', eventXml(eventId, data, 'Microsoft-Windows-SystemHealthAgent'));
    expect(eventsOf(reading)).toEqual([
      ['nap/agent-step', { step, succeeded, code: succeeded ? null : 0x8024_4019 }],
    ]);
  });

  it('tell of a change of isolation', () => {
    const data = ['1', 'Unrestricted', '', '', '2', 'Restricted']
      .map((text) => `<Data>${text}</Data>`)
      .join('');
    const reading = read('nap.xml', eventXml(18, data, 'Microsoft-Windows-NetworkAccessProtection'));
    expect(eventsOf(reading)).toEqual([['nap/isolation-changed', { from: '1', to: '2' }]]);
  });
});
