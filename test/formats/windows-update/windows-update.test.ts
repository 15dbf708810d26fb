import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatLocal } from '../../../parsers/domain/moment.ts';
import { windowsUpdate } from '../../../parsers/formats/windows-update/index.ts';
import {
  failingCodes,
  isConnectionCode,
  readHexCode,
} from '../../../parsers/formats/windows-update/result-codes.ts';
import { readFile, readHead, shortTime } from '../harvest.ts';
import type { FileReading } from '../harvest.ts';
import { summarise } from './summary.ts';

const fixtures = new URL('../../fixtures/windows-update/', import.meta.url);

function read(path: string, content: string | Uint8Array): FileReading {
  return readFile(windowsUpdate.formats, path, content);
}

const update = '{9A3F6B52-1C2D-4E5F-8A9B-0C1D2E3F4A5B}';

function reportRow(change: Readonly<Record<number, string>> = {}): string {
  const fields = [
    '{5D1F2A60-3C44-4B1E-9A77-0E6B1D2F3C01}',
    '2024-05-10 10:59:40:657+0900',
    '1',
    '182 [AGENT_INSTALLING_FAILED]',
    '101',
    update,
    '200',
    '80242015',
    'UpdateOrchestrator',
    'Failure',
    'Content Install',
    'インストールの失敗 (KB4051033)',
    'opaque',
  ];
  for (const [at, text] of Object.entries(change)) fields[Number(at)] = text;
  return fields.join('\t');
}

function classic(time: string, component: string, text: string): string {
  return `2016-10-19\t${time}\t8904\t1a2c\t${component}\t${text}`;
}

function converted(time: string, component: string, text: string, tid = '3588'): string {
  return `2024/05/10 ${time} 1128  ${tid}  ${component.padEnd(15)} ${text}`;
}

describe('fixtures', () => {
  const names = readdirSync(fixtures, { recursive: true, encoding: 'utf8' }).filter(
    (name) => /\.(?:log|reg|txt)$/u.test(name) && name !== 'NOTICE.txt',
  );

  it.each(names)('%s says what was expected of it', (name) => {
    const expected: unknown = JSON.parse(readFileSync(new URL(`${name}.expected.json`, fixtures), 'utf8'));
    expect(summarise(read(name, readFileSync(new URL(name, fixtures))))).toEqual(expected);
  });
});

describe('samples', () => {
  for (const format of windowsUpdate.formats) {
    if (format.form !== 'lines') continue;
    it.each(format.samples.map((sample) => [sample.line, sample] as const))(
      `${format.id} reads %s`,
      (_, sample) => {
        const head = readHead(format, sample.line);
        const at = head?.at ?? null;
        expect(at === null ? null : formatLocal(at.local, 'millisecond')).toBe(sample.local);
        if (sample.offset !== undefined) expect(at?.offset).toBe(sample.offset);
        if (sample.level !== undefined) expect(head?.level).toBe(sample.level);
      },
    );
  }
});

describe('ReportingEvents.log', () => {
  it('is read as UTF-8 and UTF-16LE, with twelve fields or thirteen, whatever it is called', () => {
    const thirteen = reportRow();
    const twelve = thirteen.split('\t').slice(0, 12).join('\t');
    const texts = [`${thirteen}\r\n`, `${twelve}\n`, `\ufeff${thirteen}`];
    const readings = [
      ...texts.map((text) => read('x.txt', text)),
      read('x.log', Buffer.from(`\ufeff${thirteen}\r\n`, 'utf16le')),
    ];
    for (const { kind, records } of readings) {
      expect(kind).toBe('windows-update/reporting-events');
      expect(records).toMatchObject([
        { kb: 'KB4051033', deployment: { status: 'failed', exitCode: 0x8024_2015, attempts: null } },
      ]);
    }
  });

  it('keeps the stamp as it stands, with its offset', () => {
    const at = read('ReportingEvents.log', reportRow()).events[0]?.at;
    expect(at).toMatchObject({ raw: '2024-05-10 10:59:40:657+0900', offset: 540, offsetSource: 'stated' });
  });

  it('warns of a row that is cut and of an impossible time, and reads on', () => {
    const reading = read(
      'ReportingEvents.log',
      [
        reportRow().split('\t').slice(0, 7).join('\t'),
        reportRow({ 1: '2024-13-40 10:59:40:657+0900' }),
        reportRow({ 0: '{5D1F2A60-3C44-4B1E-9A77-0E6B1D2F3C02}' }),
      ].join('\n'),
    );
    expect(reading.warnings.map(({ line, code }) => [line, code])).toEqual([
      [2, 'bad-date'],
      [1, 'short-row'],
    ]);
    expect(reading.records).toHaveLength(1);
  });

  it('does not take other tables for it', () => {
    expect(read('ReportingEvents.log', 'a\tb\tc\n1\t2\t3\n').kind).toBeNull();
    expect(read('ReportingEvents.log', '').kind).toBeNull();
  });

  it('counts the starts of an update, carries its KB, and knows codes that are none of a failure', () => {
    const rows = [
      reportRow({ 3: '181 [AGENT_INSTALLING_STARTED]', 7: '0', 9: 'Success', 11: 'x' }),
      reportRow({ 3: '181', 7: '0', 9: 'Success', 11: 'KB4051033' }),
      reportRow({ 3: '183 [AGENT_INSTALLING_SUCCEEDED]', 7: '240005', 9: 'Success', 11: 'x' }),
      reportRow({ 3: '161 [AGENT_DOWNLOAD_FAILED]', 7: '8024000b', 11: 'x' }),
      reportRow({ 3: '199 [AGENT_UNINSTALLING_SUCCEEDED]', 7: '0', 9: 'Success', 11: 'x' }),
    ];
    const { records, events } = read('ReportingEvents.log', rows.join('\n'));
    expect(records).toMatchObject([
      {
        kb: 'KB4051033',
        reboot: '240005',
        deployment: { status: 'succeeded', attempts: 2, exitCode: 0x24_0005 },
      },
    ]);
    const types = events.map(({ type, kb }) => `${type} ${String(kb)}`);
    expect(types.filter((type) => !type.includes('/report '))).toEqual([
      'windows-update/install-started KB4051033',
      'windows-update/install-started KB4051033',
      'windows-update/install-pending KB4051033',
      'windows-update/uninstalled KB4051033',
    ]);
  });
});

describe('the classic WindowsUpdate.log', () => {
  it('has its zone from the log itself, and none where its lines disagree', () => {
    const zoneOf = (...lines: string[]): unknown => read('WindowsUpdate.log', lines.join('\r\n')).zones;
    const started = (zone: string): string =>
      classic('14:00:00:001', 'Misc', `=====  Logging initialized (build: 7.9, tz: ${zone})  =====`);
    expect(zoneOf(started('-0330'))).toMatchObject([{ offset: -210, samples: 1 }]);
    expect(zoneOf(started('+0200'), started('+0100'))).toEqual([]);
    const row = reportRow({ 1: '2016-10-19 14:00:05:000+0200' });
    expect(zoneOf(classic('14:00:10:000', 'Report', `REPORT EVENT: ${row}`))).toMatchObject([
      { offset: 120 },
    ]);
    expect(zoneOf(classic('09:00:10:000', 'Report', `REPORT EVENT: ${row}`))).toEqual([]);
  });

  it('states the WSUS server whenever it changes', () => {
    const server = (text: string): string => classic('14:00:00:001', 'Agent', `  * WSUS server: ${text}`);
    const { facts } = read(
      'WindowsUpdate.log',
      [server('<NULL>'), server('<NULL>'), server('http://wsus.example.test:8530')].join('\n'),
    );
    expect(facts.map((fact) => [fact.citation.line, fact.value])).toMatchObject([
      [1, { server: null }],
      [3, { server: 'http://wsus.example.test:8530' }],
    ]);
  });

  it('tells severity by the words with a colon alone', () => {
    const [, log] = windowsUpdate.formats;
    if (log?.form !== 'lines') throw new Error('no log');
    const levelOf = (text: string): unknown => readHead(log, classic('14:00:00:001', 'Agent', text))?.level;
    expect(['  * WARNING: x', 'FATAL: x', 'Error 0x80246008 occurred', 'Warning x'].map(levelOf)).toEqual([
      'warning',
      'fatal',
      'none',
      'none',
    ]);
  });

  it('does not take the log of an Azure extension for it', () => {
    expect(read('WindowsUpdateExtension.log', '2024-05-10T10:00:00.0000000Z [Info] x\n').kind).toBeNull();
    expect(read('WindowsUpdate.log', 'Get-WindowsUpdateLog writes this file.\n').kind).toBeNull();
  });

  it('warns of a quoted row that is cut', () => {
    const { warnings } = read(
      'WindowsUpdate.log',
      classic('14:00:00:001', 'Report', `REPORT EVENT: ${reportRow().slice(0, 90)}`),
    );
    expect(warnings).toMatchObject([{ line: 1, code: 'short-row' }]);
  });
});

describe('the converted WindowsUpdate.log', () => {
  it('is read with either separator of dates', () => {
    const line = converted(
      '09:00:00.1234567',
      'Agent',
      '* END * Finding updates CallerId = X, Id = 5, Exit code = 0x00000000',
    );
    for (const text of [line, line.replaceAll('/', '-')]) {
      const { kind, events } = read('WindowsUpdate.log', text);
      expect([kind, events[0]?.type, shortTime(events[0]?.at ?? null)]).toEqual([
        'windows-update/log',
        'windows-update/found',
        '2024-05-10T09:00:00 millisecond',
      ]);
    }
  });

  it('takes only failures to reach a server for errors', () => {
    const failed = (component: string, code: string): string =>
      converted('09:00:00.0000000', component, `*FAILED* [${code}] Something`);
    const healthy = ['80070032', '8024000C', '8024000E', '80070057', '80248014'].map((code) =>
      failed('ProtocolTalker', code),
    );
    const { facts } = read(
      'WindowsUpdate.log',
      [
        ...healthy,
        failed('Misc', '80072EE2'),
        failed('WebServices', '80072EE2'),
        failed('DownloadManager', '0x80245006'),
        failed('ProtocolTalker', '80240438'),
        converted('09:00:00.0000000', 'Handler', 'WARNING: something 0x80070005'),
      ].join('\n'),
    );
    expect(facts.map((fact) => ('code' in fact.value ? fact.value.code : null))).toEqual([
      0x8007_2ee2, 0x8024_5006, 0x8024_0438,
    ]);
  });

  it('joins titles and ids of one thread only', () => {
    const guid = '9a3f6b52-1c2d-4e5f-8a9b-0c1d2e3f4a5b';
    const history = `LogHistory called, idUpdate=${guid}.1, operation = Install, resultMapped={80070005}`;
    const { events } = read(
      'WindowsUpdate.log',
      [
        converted('09:00:00.0000000', 'Agent', 'Title = First (KB5000001)', '1'),
        converted('09:00:00.0000000', 'Agent', 'Title = Second (KB5000002)', '2'),
        converted('09:00:00.0000000', 'Agent', `UpdateId = {${guid}}.1`, '2'),
        converted('09:00:01.0000000', 'Agent', history, '3'),
      ].join('\n'),
    );
    expect(events).toMatchObject([
      { type: 'windows-update/install-failed', kb: 'KB5000002', detail: { code: 0x8007_0005 } },
    ]);
  });

  it('reads the exit code that stands on the line before the end', () => {
    const { events, facts } = read(
      'WindowsUpdate.log',
      [
        converted('09:00:00.0000000', 'Agent', '* START * Finding updates CallerId = X  Id = 25'),
        converted('09:00:01.0000000', 'Agent', 'Exit code = 0x80070426'),
        converted('09:00:01.0000000', 'Agent', '* END * Finding updates CallerId = X  Id = 25'),
      ].join('\n'),
    );
    expect(events).toMatchObject([{ type: 'windows-update/check-failed', detail: { code: 0x8007_0426 } }]);
    expect(facts).toMatchObject([{ value: { code: 0x8007_0426, count: 1 }, citation: { line: 2 } }]);
  });

  it('takes no search for installed updates for a detection', () => {
    const search = (criteria: string): string =>
      [
        converted('09:00:00.0000000', 'Agent', '* START * Finding updates CallerId = X  Id = 1'),
        converted('09:00:00.0000000', 'Agent', `Criteria = "${criteria}"`),
        converted('09:00:01.0000000', 'Agent', `Added update ${update}.1 to search result`),
      ].join('\n');
    expect(read('WindowsUpdate.log', search('IsInstalled=1')).events).toEqual([]);
    expect(read('WindowsUpdate.log', search('IsInstalled=0')).events).toMatchObject([
      { type: 'windows-update/detected' },
    ]);
  });

  it('keeps what it can of damaged lines', () => {
    const reading = read(
      'WindowsUpdate.log',
      [
        converted('09:00:00.0000000', 'Agent', '* START * Finding updates CallerId = X  Id = 1'),
        '2024/05/10 09:00:00.0000000 no columns, Exit code = 0x80070005',
        converted('09:00:00.0000000', 'Agent', 'LogHistory called, idUpdate=nothing, resultMapped=zz'),
        converted(
          '09:00:01.0000000',
          'Agent',
          '* END * Finding updates CallerId = X, Id = 1, Exit code = 0x',
        ),
      ].join('\n'),
    );
    expect([reading.events, reading.facts]).toEqual([[], []]);
  });
});

describe('CBS.log and DISM.log', () => {
  const line = (level: string, text: string, component = 'CBS'): string =>
    `2016-09-28 04:30:31, ${level.padEnd(21)} ${component.padEnd(6)} ${text}`;

  it('take no line of the level Info for an error', () => {
    const text = [
      line('Info', 'Failed [HRESULT = 0x800f0805 - CBS_E_INVALID_PACKAGE]'),
      line('Warning', 'Failed [HRESULT = 0x800f0805 - CBS_E_INVALID_PACKAGE]'),
      line('Error', 'Done [HRESULT = 0x00000000 - S_OK]'),
      line('Info', 'x'),
    ].join('\n');
    expect(read('CBS.log', text)).toMatchObject({ kind: 'windows-update/cbs-log', facts: [] });
  });

  it('are told apart by name and by component', () => {
    const dism = [1, 2, 3].map(() => line('Info', 'x', 'DISM')).join('\n');
    const cbs = [1, 2, 3].map(() => line('Info', 'x')).join('\n');
    expect([read('dism.log', dism).kind, read('a.log', dism).kind]).toEqual([
      'windows-update/dism-log',
      'windows-update/dism-log',
    ]);
    expect([read('CbsPersist_20160928.log', cbs).kind, read('a.log', cbs).kind]).toEqual([
      'windows-update/cbs-log',
      'windows-update/cbs-log',
    ]);
    expect(read('setup.log', '2016-09-28 04:30:31, something else\n').kind).toBeNull();
  });

  it('infer no zone from a stamp that has nothing to do with its line', () => {
    const stamped = (stamp: string): string => line('Info', `00000001@${stamp} WcpInitialize`, 'CSI');
    expect(read('CBS.log', stamped('2016/9/27:19:30:30.900')).zones).toMatchObject([{ offset: 540 }]);
    expect(read('CBS.log', stamped('2016/9/27:19:37:00.000')).zones).toEqual([]);
    expect(read('CBS.log', stamped('2016/1/1:00:00:00.000')).zones).toEqual([]);
  });
});

describe('the policy in the registry', () => {
  const key = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\Windows\\WindowsUpdate';

  it('is found among other keys, with the name of the computer', () => {
    const { facts, devices } = read(
      'all.reg',
      `Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\ComputerName\\ComputerName]\r\n"ComputerName"="PC-0042"\r\n[${key}]\r\n"WUServer"="http://a"\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Other]\r\n"WUServer"="http://b"\r\n`,
    );
    expect(devices).toMatchObject([{ name: 'PC-0042' }]);
    expect(facts).toMatchObject([
      { value: { wuServer: 'http://a', wuStatusServer: null, useWuServer: null, hasAutoUpdateKey: false } },
    ]);
  });

  it('is none of another export', () => {
    expect(
      read('x.reg', 'Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\X]\r\n').kind,
    ).toBeNull();
    expect(read('x.txt', `see ${key}\n`).kind).toBeNull();
  });

  it('warns of a value that cannot be read', () => {
    const { warnings } = read('x.reg', `REGEDIT4\r\n\r\n[${key}]\r\n"WUServer"=http://a\r\n`);
    expect(warnings).toMatchObject([{ line: 4, code: 'bad-value' }]);
  });
});

describe('codes', () => {
  it.each([
    ['hr=0x800736b3', [0x8007_36b3]],
    ['(8024000c) and {80072EE2}', [0x8024_000c, 0x8007_2ee2]],
    ['cancelled 8024000b', []],
    ['0x00240005 0x0 240006', []],
    ['Size = 83886080', []],
    ['{80240022-1111-2222-3333-444455556666}', []],
    ['error 0xC80003FA', [0xc800_03fa]],
  ])('in %s', (text, codes) => {
    expect(failingCodes(text)).toEqual(codes);
  });

  it('are hexadecimal with and without prefix', () => {
    expect(['240005', '0x240005', '[80072EE2]', '0', 'x', ''].map(readHexCode)).toEqual([
      0x24_0005,
      0x24_0005,
      0x8007_2ee2,
      0,
      null,
      null,
    ]);
  });

  it('of the network and the service', () => {
    const codes = [0x8007_2efe, 0x8024_4019, 0x8024_402f, 0x8024_4030, 0x8024_500c, 0x8024_001e, 0x8024_000c];
    expect(codes.map(isConnectionCode)).toEqual([true, true, true, false, true, true, false]);
  });
});

it('asks for its four logs', () => {
  expect(windowsUpdate.askFor.map(({ item }) => item)).toEqual([
    'windows-update/reporting-events',
    'windows-update/log',
    'windows-update/cbs-log',
    'windows-update/event-log',
  ]);
});
