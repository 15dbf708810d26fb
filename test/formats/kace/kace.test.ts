import { readdirSync, readFileSync } from 'node:fs';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { formatLocal } from '../../../parsers/domain/moment.ts';
import type { Moment } from '../../../parsers/domain/moment.ts';
import { kace } from '../../../parsers/formats/kace/index.ts';
import { chosenTab, deviceOfFileName, subjectOf } from '../../../parsers/formats/kace/subject.ts';
import { exitCodeOf } from '../../../parsers/formats/kace/read-rows.ts';
import { deploymentWords, detectionWords } from '../../../parsers/formats/kace/words.ts';
import { readPage } from '../../../parsers/text/page.ts';
import { readFile, readHead, shortTime } from '../harvest.ts';
import type { FileReading } from '../harvest.ts';
import { summarise } from './summary.ts';

const fixtures = new URL('../../fixtures/kace/', import.meta.url);

function read(path: string, content: string | Uint8Array, modified: Moment | null = null): FileReading {
  return readFile(kace.formats, path, content, { modified });
}

describe('fixtures', () => {
  const names = readdirSync(fixtures).filter((name) => !name.endsWith('.json'));

  it.each(names)('%s says what was expected of it', (name) => {
    const expected: unknown = JSON.parse(readFileSync(new URL(`${name}.expected.json`, fixtures), 'utf8'));
    expect(summarise(read(name, readFileSync(new URL(name, fixtures))))).toEqual(expected);
  });
});

describe('samples', () => {
  for (const format of kace.formats) {
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

const headers = [
  'パッチ名',
  '検出ステータス',
  '検出日',
  'デプロイのステータス',
  '展開の終了コード',
  '展開日',
  '展開の試行回数',
];

function devicePage(
  rows: readonly (readonly string[])[],
  names: readonly string[] = headers,
  title = 'デバイスの詳細: PC-1',
): string {
  const write = (cells: readonly string[], tag: string): string =>
    `<tr>${cells.map((cell) => `<${tag}>${cell}</${tag}>`).join('')}</tr>\n`;
  return `<html><head><title>${title}</title></head><body><table>\n${write(names, 'th')}${rows.map((row) => write(row, 'td')).join('')}</table></body></html>`;
}

const row = [
  'Update (KB5037771)',
  'パッチ未適用',
  '2024/05/10 09:12:00',
  '正常終了',
  '3010, 0xBC2',
  '2024-05-10 09:30:00',
  '1',
];

describe('device pages', () => {
  it('do not mind the order of columns and headers of either language', () => {
    const order = [3, 0, 6, 2, 5, 1, 4];
    const english = [
      'Title',
      'Detection Status',
      'Date Detected',
      'Deployment Status',
      'Exit Code',
      'Deployed',
      'Tries',
    ];
    const plain = read('p.html', devicePage([row])).records.map(({ citation: _, ...rest }) => rest);
    const moved = read(
      'p.html',
      devicePage(
        [[...order.map((at) => row[at] ?? ''), 'extra']],
        [...order.map((at) => english[at] ?? ''), 'Severity'],
      ),
    ).records.map(({ citation: _, ...rest }) => rest);
    expect(plain).toHaveLength(1);
    expect(moved).toEqual(plain);
  });

  it('cite the line of the row and its cells', () => {
    expect(read('a/p.html', devicePage([row])).records[0]?.citation).toEqual({
      member: 'a/p.html',
      line: 3,
      row: 1,
      pointer: null,
      quote: row.join(' | '),
    });
  });

  it('are read without a title where the table says enough', () => {
    const reading = read('exports/PC-0042.html', devicePage([row], headers, ''));
    expect(reading.kind).toBe('kace/device-page');
    expect(reading.devices).toEqual([{ name: 'PC-0042', aliases: [] }]);
    expect(reading.records[0]?.device).toBeNull();
  });

  it('tell of a table that nobody understands', () => {
    const reading = read('p.html', devicePage([['a', 'b', 'c']], ['Nom', 'État', 'Jour']));
    expect(reading.kind).toBe('kace/device-page');
    expect(reading.records).toEqual([]);
    expect(reading.warnings).toEqual([{ line: 2, code: 'unknown-table', text: 'Nom | État | Jour' }]);
  });

  it('leave other pages alone', () => {
    for (const html of [
      devicePage([['a', 'b', 'c']], ['Name', 'Status', 'Date'], 'Something'),
      '<html><title>x</title><table><tr><td>Status</td><td>Active</td></tr></table></html>',
      '<html></html>',
      '<!DOCTYPE html><title>デバイスの詳細: PC-1</title>',
    ]) {
      expect(read('p.html', html).kind).toBeNull();
    }
  });

  it.each([
    ['0000-00-00 00:00', '正常終了', '1', 'never'],
    ['', '', '', 'never'],
    ['', '正常終了', '0', 'never'],
    ['NULL', 'NULL', '', 'never'],
    ['', '未スケジュール', '', 'never'],
    ['', '正常終了', '1', null],
    ['-', '失敗', '', null],
    ['未展開', '正常終了', '2', 'never'],
    ['Never', 'Success', '1', 'never'],
    ['2024-05-10 09:30:00', '', '0', '2024-05-10T09:30 minute'],
    ['2024-05-10 9:30', '成功', '', '2024-05-10T09:30 minute'],
    ['2024-05-10', '成功', '', '2024-05-10 day'],
  ])('deployed at %j with status %j and %j attempts is %j', (date, status, attempts, expected) => {
    const reading = read(
      'p.html',
      devicePage([['x', 'パッチ未適用', '2024/05/10 09:12:00', status, '', date, attempts]]),
    );
    expect(shortTime(reading.records[0]?.deployment.at ?? null)).toBe(expected);
    expect(reading.warnings).toEqual([]);
  });

  it('have minutes, unless a second other than :00 is written somewhere in the column', () => {
    const other = row.map((cell) => cell.replace('09:12:00', '09:13:07'));
    const [first] = read('p.html', devicePage([row, other])).records;
    expect(shortTime(first?.detection.at ?? null)).toBe('2024-05-10T09:12:00 second');
    expect(shortTime(first?.deployment.at ?? null)).toBe('2024-05-10T09:30 minute');
  });

  it('were captured when they say so, else when the file was changed', () => {
    const modified: Moment = {
      raw: 'm',
      local: Date.UTC(2024, 4, 15),
      offset: null,
      offsetSource: 'unknown',
      precision: 'second',
      clock: 'device',
      clockOf: '',
    };
    const [plain] = read('p.html', devicePage([row]), modified).records;
    expect(plain?.capturedAt).toMatchObject({ raw: 'm', clock: 'exporter' });
    const dated = devicePage([row]).replace('<table>', '<p>Printed on 2024-05-14 10:05</p><table>');
    const [stated] = read('p.html', dated, modified).records;
    expect(stated?.capturedAt).toMatchObject({
      raw: '2024-05-14 10:05',
      clock: 'exporter',
      precision: 'minute',
    });
  });
});

describe('device pages, however saved,', () => {
  it.each([
    ['デバイスの詳細: PC-0042', ''],
    ['PC-0042 - Device Detail', ''],
    [
      'デバイスの詳細',
      '<table><tr><td>システム名:</td><td>PC-0042</td></tr><tr><td>OS</td><td>x</td></tr></table>',
    ],
    ['Device Detail', '<dl><dt>Name</dt><dd>PC-0042</dd></dl>'],
    ['KACE SMA', '<h1>PC-0042</h1>'],
  ])('are about PC-0042: %s %s', (title, above) => {
    const html = devicePage([row], headers, title).replace('<table>', `${above}<table>`);
    const reading = read('page.html', html);
    expect([reading.kind, reading.records[0]?.device]).toEqual(['kace/device-page', 'PC-0042']);
  });

  it('take no sentence and no other page for a device', () => {
    const pair = '<dl><dt>Name</dt><dd>All devices of the branch</dd></dl><h1>PC-1</h1><h2>PC-2</h2>';
    const reading = read(
      'page.html',
      devicePage([row], headers, 'Device Detail').replace('<table>', `${pair}<table>`),
    );
    expect(reading.records[0]?.device).toBeNull();
    const patches = '<html><title>PC-0042 - Device Detail</title><p>Nothing here</p></html>';
    expect(read('page.html', patches).kind).toBeNull();
  });

  it('are read where the names of the columns stand in a table of their own', () => {
    const split = devicePage([row, row]).replace('</tr>\n<tr><td>', '</tr></table>\n<table><tr><td>');
    expect(split.match(/<table>/gu)).toHaveLength(2);
    const reading = read('page.html', split);
    expect(reading.records.map(({ patch, citation }) => [patch, citation.row, citation.line])).toEqual([
      ['Update (KB5037771)', 1, 3],
      ['Update (KB5037771)', 2, 4],
    ]);
    expect(reading.warnings).toEqual([]);
    // A table of another matter below one that is still empty is not its rows.
    const other = `${devicePage([])}<table><tr>${headers.map(() => '<td>x</td>').join('')}</tr></table>`;
    expect(read('page.html', other).records).toEqual([]);
  });

  it.each([
    ['読み込み中...', ['still-loading']],
    ['Loading…', ['still-loading']],
    ['データがありません', []],
    ['No records found.', []],
  ])('have no row that says "%s"', (text, warnings) => {
    const blank = headers.map((_, at) => (at === 0 ? text : ''));
    const reading = read('page.html', devicePage([blank, row]));
    expect(reading.records.map((record) => record.patch)).toEqual(['Update (KB5037771)']);
    expect(reading.warnings.map((warning) => warning.code)).toEqual(warnings);
  });
});

describe('statuses with a reason', () => {
  it.each([
    ['Error (handshake failed)', 'failed'],
    ['エラー：タイムアウト', 'failed'],
    ['完了（再起動待ち）', 'pending-reboot'],
    ['Success (2 files)', 'succeeded'],
    ['\\N', 'not-attempted'],
    ['謎（エラー）', 'unknown'],
    ['no error: x', 'unknown'],
  ])('deployment %s is %s', (word, expected) => {
    const reading = read('p.html', devicePage([row.map((cell, at) => (at === 3 ? word : cell))]));
    expect(reading.records[0]?.deployment.status).toBe(expected);
    expect(reading.warnings.map(({ code }) => code)).toEqual(
      expected === 'unknown' ? ['unknown-status'] : [],
    );
  });

  it.each([
    ['Error: 0x80072EE2', 'error'],
    ['Not Patched (1)', 'not-patched'],
    ['\\N', null],
  ])('detection %s is %s', (word, expected) => {
    const reading = read('p.html', devicePage([row.map((cell, at) => (at === 1 ? word : cell))]));
    expect(reading.records[0]?.detection.status).toBe(expected);
    expect(reading.warnings).toEqual([]);
  });
});

describe('attempts', () => {
  it.each([
    ['2', 2, null],
    ['２回', 2, null],
    ['2回目', 2, null],
    ['2 attempt(s)', 2, null],
    ['2.0', 2, null],
    ['2/3', 2, 3],
    ['２／３', 2, 3],
    ['2 of 3', 2, 3],
    ['2 out of 3', 2, 3],
    ['2回 / 3回', 2, 3],
    ['3回中2回', 2, 3],
    ['2 (max 3)', 2, 3],
    ['2（最大3回）', 2, 3],
  ])('%s are %j of %j', (cell, attempts, maxAttempts) => {
    const reading = read('p.html', devicePage([row.map((text, at) => (at === 6 ? cell : text))]));
    expect(reading.records[0]?.deployment).toMatchObject({ attempts, maxAttempts });
    expect(reading.warnings).toEqual([]);
  });

  it('that are none are told of', () => {
    const reading = read('p.html', devicePage([row.map((text, at) => (at === 6 ? '2 or 3' : text))]));
    expect(reading.records[0]?.deployment.attempts).toBeNull();
    expect(reading.warnings).toMatchObject([{ code: 'bad-number', text: '2 or 3' }]);
  });
});

describe('words and codes', () => {
  it.each([
    ['3010, 0xBC2', 3010],
    ['3010、0xBC2', 3010],
    ['３０１０，　０ｘＢＣ２', 3010],
    ['0xBC2', 3010],
    ['0xBC2 (3010)', 3010],
    ['0, 0x0', 0],
    ['-2145107924, 0x8024402C', 0x8024402c],
    ['2149859372', 0x8024402c],
    ['8001', 8001],
    ['3010, 0xFFF', 3010],
    ['3,010', 3010],
    ['-2,145,107,924', 0x8024402c],
    ['\u22122145107924', 0x8024402c],
    ['0xFFFFFFFF8024402C', 0x8024402c],
    ['0,3010', 0],
    ['', null],
    ['none', null],
  ])('exit code %j is %j', (text, expected) => {
    expect(exitCodeOf(text)).toBe(expected);
  });

  it.each([
    ['PATCHED', 'patched'],
    ['パッチが適用されました', 'patched'],
    ['NotPatched', 'not-patched'],
    ['パッチ 未適用', 'not-patched'],
    ['不在', 'not-patched'],
    ['NA', 'not-applicable'],
    ['表示なし', 'not-applicable'],
    ['FAIL', 'error'],
    ['エラー', 'error'],
    ['再起動待ち', 'pending-reboot'],
    ['ｴﾗｰ', 'error'],
  ])('detection %s is %s', (word, expected) => {
    expect(detectionWords.read(word)).toBe(expected);
  });

  it.each([
    ['SUCCESS', 'succeeded'],
    ['正常終了', 'succeeded'],
    ['完了', 'succeeded'],
    ['FAIL', 'failed'],
    ['エラー', 'failed'],
    ['NULL', 'not-attempted'],
    ['Not Scheduled', 'not-attempted'],
    ['空', 'not-attempted'],
    ['再起動保留中', 'pending-reboot'],
    ['In Progress', 'in-progress'],
    ['進行中', 'in-progress'],
  ])('deployment %s is %s', (word, expected) => {
    expect(deploymentWords.read(word)).toBe(expected);
  });
});

describe('subjects', () => {
  it.each([
    ['デバイスの詳細: PC-0042', 'device', 'PC-0042'],
    ['デバイスの詳細：PC-0042', 'device', 'PC-0042'],
    ['Device Detail » PC-0042', 'device', 'PC-0042'],
    ['Device Detail - PC-0042 | Quest KACE SMA', 'device', 'PC-0042'],
    ['KACE SMA - Device Detail: pc.example.local', 'device', 'pc.example.local'],
    ['インベントリ » デバイス » PC-0042', 'device', 'PC-0042'],
    ['パッチの詳細: 2024-05 Update: x (KB1)', 'patch', '2024-05 Update: x (KB1)'],
    ['Patch Detail', 'patch', null],
    ['Devices', 'device', null],
    ['パッチスケジュール: 月例', 'schedule', '月例'],
  ] as const)('%s is about a %s: %s', (title, kind, expected) => {
    expect(subjectOf(title, kind)).toBe(expected);
  });

  it.each([
    ['x/PC-0042.html', 'PC-0042'],
    ['bundle.zip!/srv01.example.local.csv', 'srv01.example.local'],
    ['デバイスの詳細_ PC-0042.mht', 'PC-0042'],
    ['PC-0042_patches.csv', 'PC-0042'],
    ['PC-0042-device.html', 'PC-0042'],
    ['device-page.html', null],
    ['patches-2024.csv', null],
    ['KB5037771.html', null],
    ['export.csv', null],
    ['PC-1 PC-2.csv', null],
  ])('the name %s states %s', (path, expected) => {
    expect(deviceOfFileName(path)).toBe(expected);
  });
});

describe('tabs', () => {
  it.each([
    ['<ul><li class=active>すべて<li>不在</ul>', 'all'],
    ['<ul><li>All<li class=current>Missing (3)</ul>', 'missing'],
    ['<ul><li>All<li>Missing<li class=selected>Error</ul>', 'other'],
    ['<ul><li>All<li>Missing</ul>', null],
    ['<ul><li class=active>インベントリ<li>レポート</ul>', null],
    ['<select><option selected>All devices</select><ul><li class=active>不在<li>すべて</ul>', 'missing'],
    ['<select><option selected>All<option>x</select><ul><li>すべて<li class=active>不在</ul>', 'missing'],
    ['<a aria-selected="true">すべて (6)</a><a aria-selected="false">不在</a>', 'all'],
  ])('%s shows %s', (html, expected) => {
    expect(chosenTab(readPage(html))?.canonical ?? null).toBe(expected);
  });
});

describe('lists', () => {
  it('are read from a workbook, dates and all', () => {
    const columns = [
      'Machine Name',
      'Patch Name',
      'Detect Status',
      'Detect Date',
      'Deploy Status',
      'Deploy Date',
    ];
    const cell = (text: string, index: number, line: number): string =>
      `<c r="${String.fromCharCode(65 + index)}${line}" t="inlineStr"><is><t>${text}</t></is></c>`;
    const sheet = `<worksheet><sheetData><row r="3">${columns.map((text, index) => cell(text, index, 3)).join('')}</row><row r="5">${['PC-1', 'Update (KB5037771)', 'Patched'].map((text, index) => cell(text, index, 5)).join('')}<c r="D5" s="0"><v>45422.3833333333</v></c>${cell('Success', 4, 5)}${cell('0000-00-00 00:00', 5, 5)}</row></sheetData></worksheet>`;
    const bytes = zipSync({
      'xl/workbook.xml': strToU8('<workbook/>'),
      'xl/styles.xml': strToU8('<styleSheet><cellXfs><xf numFmtId="22"/></cellXfs></styleSheet>'),
      'xl/worksheets/sheet1.xml': strToU8(sheet),
    });
    const reading = read('list.xlsx', bytes);
    expect(reading.kind).toBe('kace/list-export');
    expect(reading.records).toHaveLength(1);
    const [record] = reading.records;
    expect([
      record?.device,
      record?.citation.line,
      shortTime(record?.detection.at ?? null),
      record?.deployment.at,
    ]).toEqual(['PC-1', 5, '2024-05-10T09:12 minute', 'never']);
  });

  it('with a Status of Active or Disabled speak of the patch', () => {
    const reading = read(
      'x.csv',
      'Patch Name,Status,Labels,Superseded By,Detect Status,Machine\nA,Active,"x, y",,Patched,PC-1\nB,Disabled,,C,Patched,PC-1\n',
    );
    expect(reading.facts.map((fact) => [fact.patch, fact.value])).toEqual([
      ['A', { status: 'active', statusRaw: 'Active', labels: ['x', 'y'], files: null, supersededBy: null }],
      ['B', { status: 'disabled', statusRaw: 'Disabled', labels: [], files: null, supersededBy: 'C' }],
    ]);
    const catalogue = read('x.csv', 'Patch Name,Status,Labels,Superseded By\nA,Inactive,x,\n');
    expect(catalogue.kind).toBe('kace/list-export');
    expect(catalogue.records).toEqual([]);
    expect(catalogue.facts[0]?.value).toMatchObject({ status: 'inactive' });
  });

  it('of nobody knows what are told of in a folder of the appliance, and left alone elsewhere', () => {
    const text = 'un,deux,trois,quatre\n1,2,3,4\n1,2,3,4\n';
    expect(read('kace/list.csv', text)).toMatchObject({
      kind: 'kace/list-export',
      warnings: [{ line: 1, code: 'unknown-table', text: 'un | deux | trois | quatre' }],
    });
    expect(read('list.csv', text).kind).toBeNull();
  });

  it('are known by headers with line breaks, in two rows, and cell below cell', () => {
    const cells = ['PC-1', ...row];
    const line = (texts: readonly string[]): string => `${texts.map((text) => `"${text}"`).join(',')}\n`;
    const broken = line([
      'マシン名',
      ...headers.map((header) => header.replace(/(?=ステータス|日$)/u, '\n')),
    ]);
    const two = `${line(['マシン名', 'パッチ名', '検出', '', '展開', '', '', ''])}${line(['', '', 'ステータス', '日', 'ステータス', '終了コード', '日', '試行回数'])}`;
    const names = ['マシン名', ...headers];
    const below = `${'*'.repeat(27)} 1. row ${'*'.repeat(27)}\n${names.map((name, at) => `${name}: ${cells[at] ?? ''}\n`).join('')}`;
    // Columns as wide as what is in them, one blank between them.
    const width = (text: string): number => text.replace(/[\u2e80-\uffff]/gu, '--').length;
    const fill = (texts: readonly string[]): string =>
      `${texts
        .map((text, at) => {
          const widest = Math.max(width(names[at] ?? ''), width(cells[at] ?? ''));
          return /^-+$/u.test(text) ? '-'.repeat(widest) : text + ' '.repeat(widest - width(text));
        })
        .join(' ')}\n`;
    const [expected] = read('x.csv', line(names) + line(cells)).records;
    for (const [path, text] of [
      ['x.csv', broken + line(cells)],
      ['x.csv', two + line(cells)],
      ['x.txt', below],
      ['x.txt', [names, names.map((name) => '-'.repeat(name.length * 2)), cells].map(fill).join('')],
    ] as const) {
      const reading = read(path, text);
      expect(reading.kind).toBe('kace/list-export');
      expect(reading.records.map((record) => ({ ...record, citation: null }))).toEqual([
        { ...expected, citation: null },
      ]);
      expect(reading.warnings).toEqual([]);
    }
  });

  it('of one device are its page when file, sheet or title names it, and lists otherwise', () => {
    const line = (texts: readonly string[]): string => `${texts.map((text) => `"${text}"`).join(',')}\n`;
    const text = line(headers) + line(row);
    const page = read('PC-0042.csv', text);
    expect([page.kind, page.rows, page.records[0]?.source]).toEqual(['kace/device-page', 1, 'device-page']);
    expect(page.facts).toMatchObject([
      { type: 'kace/page', value: { kind: 'device-page', tab: null, subject: 'PC-0042' } },
    ]);
    const titled = read('x.csv', `デバイスの詳細: PC-0042\n\n${text}`);
    expect([titled.kind, titled.records[0]?.device]).toEqual(['kace/device-page', 'PC-0042']);
    expect(read('x.csv', text).kind).toBe('kace/list-export');
    const named = line(['マシン名', ...headers]) + line(['PC-1', ...row]);
    expect(read('PC-0042.csv', named).kind).toBe('kace/list-export');
    const database =
      'TITLE,STATUS,STATUS_DT,DEPLOY_STATUS,DEPLOY_STATUS_DT\nUpdate (KB5037771),NOTPATCHED,2024-05-10 09:12:00,NULL,NULL\n';
    expect(read('PC-0042.csv', database).kind).toBe('kace/sql-export');
  });

  it('take the patch from the name of the file where nothing in it tells', () => {
    const text = `マシン名,検出ステータス,検出日,デプロイのステータス,展開日\nPC-1,${row.slice(1, 4).join(',')},\n`;
    const patches = [
      'KB5037771.csv',
      'a/パッチの詳細_ Java 8.csv',
      'KB5037771 KB5031234.csv',
      'list.csv',
    ].map((path) => read(path, text).records[0]?.patch);
    expect(patches).toEqual(['KB5037771', 'Java 8', null, null]);
  });

  it('under the names of a query are exports of the database', () => {
    const text =
      'm.NAME,p.TITLE,ps.STATUS,ps.STATUS_DT,ps.DEPLOY_STATUS,ps.DEPLOY_STATUS_DT\nPC-1,Update (KB5037771),NOTPATCHED,2024-05-10 09:12:00,NULL,NULL\n';
    const reading = read('q.csv', text);
    expect(reading.kind).toBe('kace/sql-export');
    expect(reading.records[0]).toMatchObject({
      device: 'PC-1',
      detection: { status: 'not-patched' },
      deployment: { status: 'not-attempted', at: 'never' },
    });
  });

  it('in UTF-16 and CP932 read the same', () => {
    const text = `${headers.join(',')}\r\n${row.map((cell) => `"${cell}"`).join(',')}\r\n`;
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
    const expected = read('x.csv', text).records;
    expect(expected).toHaveLength(1);
    expect(read('x.csv', utf16).records).toEqual(expected);
  });
});

describe('logs', () => {
  it.each([
    ['PC-1/ProgramData/Quest/KACE/konea.log', 'kace/agent-log'],
    ['PC-1\\ProgramData\\Quest\\KACE\\user\\KAgent.log', 'kace/agent-log'],
    ['ProgramData/Dell/KACE/AMPAgent.log.1', 'kace/agent-log'],
    ['ProgramData/Quest/KACE/Patches/deploy.txt', 'kace/agent-log'],
    ['k1000_logs.tgz!/var/quest/kace/log/server.log', 'kace/server-log'],
    ['kace_logs_20240510.tgz!/messages', 'kace/server-log'],
    ['other/app.log', null],
  ])('%s is %s', (path, kind) => {
    expect(read(path, '2024-05-10 09:30:00 INFO one\n2024-05-10 09:30:01 INFO two\n').kind).toBe(kind);
  });

  it('claim nothing but what a line states', () => {
    const lines = [
      'no reboot required',
      'reboot required: false',
      'needToRebootNow=0',
      'restarting agent service',
      'will deploy patch KB5037771',
      'ExitCode: 1603',
      'deploy finished: 0 failed',
      'agent not started',
      'waiting until system was rebooted',
      'if deployment failed then retry',
    ];
    const text = lines
      .map((line, index) => `[2024-05-10.09:30:${String(index).padStart(2, '0')}][konea] ${line}\n`)
      .join('');
    expect(read('konea.log', text).events).toEqual([]);
  });

  it.each([
    ['needToRebootNow=true', 'restart-requested'],
    ['Reboot required by patch', 'restart-requested'],
    ['system has been rebooted', 'restart-stated'],
    ['再起動しました', 'restart-stated'],
    ['KACE Agent 13.2.27 started', 'agent-start'],
    ['Starting AMPAgent', 'agent-start'],
  ])('understand "%s" as %s', (line, type) => {
    expect(
      read('konea.log', `[2024-05-10.09:30:00][konea] ${line}\n`).events.map((event) => event.type),
    ).toEqual([type]);
  });

  it('give a code to the patch that the same part named before, and to no other', () => {
    const text = [
      '[2024-05-10.09:30:00][KPatch] DeployPatch "Update A (KB5037771)"',
      '[2024-05-10.09:30:01][Other] DeployPatch "Update B (KB5031234)"',
      '[2024-05-10.09:30:02][KPatch] ExitCode: 0x8024402C',
      '[2024-05-10.09:30:03][KPatch] phase DETECT',
      '[2024-05-10.09:30:04][KPatch] ExitCode: 0',
      '[2024-05-10.23:30:04][Other] ExitCode: 0',
    ].join('\n');
    const results = read('konea.log', text).events.filter((event) => event.type === 'kace/agent-result');
    expect(results.map((event) => [event.citation.line, event.kb ?? null])).toEqual([
      [3, 'KB5037771'],
      [5, null],
    ]);
  });
});
