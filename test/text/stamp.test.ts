import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HeadFields, LineHead } from '../../parsers/text/line-head.ts';
import { chooseHeads } from '../../parsers/text/generic-heads.ts';
import { findLevel } from '../../parsers/text/level.ts';
import { stampHead } from '../../parsers/text/stamp.ts';

function read(head: LineHead, line: string): (HeadFields & { iso: string }) | null {
  const out: HeadFields = {
    local: Number.NaN,
    offset: Number.NaN,
    precision: 'second',
    level: 'none',
    body: 0,
  };
  const bytes = Buffer.from(line, 'utf8');
  if (!head.read(bytes, 0, bytes.length, out)) return null;
  return { ...out, iso: new Date(out.local).toISOString().slice(0, 23) };
}

describe('stampHead', () => {
  it.each([
    ['[YYYY-MM-DD.HH:mm:ss]', '[2024-05-10.09:30:00][agent] text', '2024-05-10T09:30:00.000', NaN],
    ['YYYY-MM-DD.HH:mm:sszz', '2024-05-10.09:30:00+0900|INFO |c|t', '2024-05-10T09:30:00.000', 540],
    ['YYYY-MM-DD HH:mm:ss:fffzz', '2017-12-13 10:59:40:657+0900 x', '2017-12-13T10:59:40.657', 540],
    ['YYYY-MMM-DD HH:mm:ss', '2014-May-28 06:39:41 4467', '2014-05-28T06:39:41.000', NaN],
    ['M/D/YYYY~H:mm:ss~AA', '5/9/2024 12:05:06 AM Event', '2024-05-09T00:05:06.000', NaN],
    ['M/D/YYYY~H:mm:ss~AA', '5/9/2024 12:05:06 PM Event', '2024-05-09T12:05:06.000', NaN],
    ['YYYY年M月D日~H時mm分', '2024年5月9日 8時05分 開始', '2024-05-09T08:05:00.000', NaN],
    ['YYYY-MM-DDTHH:mm:ss.fffzz', '2024-05-10T09:30:00.1234567Z x', '2024-05-10T09:30:00.123', 0],
    ['UUUU', '1715333400.250 x', '2024-05-10T09:30:00.250', 0],
    ['YYYY-MM-DD HH:mm:sszz', '2024-05-10 09:30:00-03:30 x', '2024-05-10T09:30:00.000', -210],
  ])('reads %s', (pattern, line, iso, offset) => {
    const fields = read(stampHead(pattern), line);
    expect(fields?.iso).toBe(iso);
    expect(fields?.offset).toBe(offset);
  });

  it.each([
    ['YYYY-MM-DD HH:mm:ss', '2024-02-30 09:30:00 x'],
    ['YYYY-MM-DD HH:mm:ss', '2024-13-01 09:30:00 x'],
    ['YYYY-MM-DD HH:mm:ss', '2024-05-10 25:30:00 x'],
    ['YYYY-MM-DD HH:mm:ss', '2024-05-10 09:3'],
    ['YYYY-MM-DD HH:mm:ss', ''],
    ['M/D/YYYY~H:mm:ss~AA', '5/9/2024 13:05:06 AM'],
  ])('does not read %s from %j', (pattern, line) => {
    expect(read(stampHead(pattern), line)).toBeNull();
  });

  it('reads back every time that it could have written', () => {
    const head = stampHead('YYYY-MM-DD HH:mm:ss.fff');
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(1970, 0, 1), max: Date.UTC(2099, 11, 31) }), (time) => {
        const text = new Date(time).toISOString().replace('T', ' ').slice(0, 23);
        expect(read(head, `${text} line`)?.local).toBe(time);
      }),
    );
  });

  it('finds a stamp within the line where it may stand later', () => {
    const head = stampHead('YYYY-MM-DD HH:mm:ss', { within: 20 });
    expect(read(head, 'ERROR 2024-05-10 09:30:00 x')).toMatchObject({
      iso: '2024-05-10T09:30:00.000',
      level: 'error',
    });
    expect(read(head, 'v12024-05-10 09:30:00 x')).toBeNull();
  });
});

describe('findLevel', () => {
  it.each([
    [' INFO text', 'info'],
    ['|WARN |konea|x', 'warning'],
    ['[err] Install', 'error'],
    [' <error> x', 'error'],
    [' Fatal: x', 'fatal'],
    [' error: x', 'error'],
    [' an error occurred', 'none'],
    [' INFORMATIONAL', 'none'],
    [' ERRORS: 0', 'none'],
    ['', 'none'],
  ])('of %j', (text, level) => {
    const bytes = Buffer.from(text);
    expect(findLevel(bytes, 0, bytes.length)).toBe(level);
  });
});

describe('chooseHeads', () => {
  it.each([
    ['iso', ['2024-05-10T09:30:00Z a', '2024-05-10T09:30:01Z b', '2024-05-10T09:30:02Z c']],
    ['syslog', ['May 10 09:30:00 host a', 'May 10 09:30:01 host b', 'May 10 09:30:02 host c']],
    [
      'apache',
      [
        '10.0.0.1 - - [10/May/2024:09:30:00 +0900] "GET /"',
        '10.0.0.1 - - [10/May/2024:09:30:01 +0900] "GET /"',
      ],
    ],
    ['japanese', ['2024年5月10日 9時30分05秒 開始', '2024年5月10日 9時31分05秒 終了']],
    ['windows-us', ['5/10/2024 9:30:00 AM a', '5/10/2024 9:31:00 AM b']],
    ['epoch', ['1715333400 a', '1715333401 b', '1715333402 c']],
  ])('chooses %s', (name, lines) => {
    expect(chooseHeads(lines)[0]?.name).toBe(name);
  });

  it('does not take dates in running text for stamps', () => {
    const prose = Array.from({ length: 60 }, (_, index) => `line ${index} of a letter`);
    expect(chooseHeads([...prose, 'we met on 2024-05-10 09:30:00 at the office'])).toEqual([]);
  });

  it.each([
    ['2024-05-10 09:30:00 UTC a', '2024-05-10T09:30:00.000Z', 0],
    ['2024/05/10 09:30:00 +0900 a', '2024-05-10T09:30:00.000Z', 540],
    ['2024/05/10 09:30:00Z a', '2024-05-10T09:30:00.000Z', 0],
    ['2024/05/10 09:30:00:123+0900 a', '2024-05-10T09:30:00.123Z', 540],
    ['2024-05-10 09:30:00 GMT+9 a', '2024-05-10T09:30:00.000Z', 540],
    ['2024-05-10T09:30Z a', '2024-05-10T09:30:00.000Z', 0],
    ['2024-05-10 09:30 a', '2024-05-10T09:30:00.000Z', null],
    ['2024-5-1 9:30:05 a', '2024-05-01T09:30:05.000Z', null],
    ['2024.05.10 09:30:00 a', '2024-05-10T09:30:00.000Z', null],
    ['2024/05/10 午後12:30:00 a', '2024-05-10T12:30:00.000Z', null],
    ['2024/5/10 午前12:30 a', '2024-05-10T00:30:00.000Z', null],
    ['2024年5月10日(金) 午後3時30分 a', '2024-05-10T15:30:00.000Z', null],
    ['2024年05月10日9:30 a', '2024-05-10T09:30:00.000Z', null],
    ['令和6年5月10日 9時30分05秒 a', '2024-05-10T09:30:05.000Z', null],
    ['R6.5.10 9:30:05 a', '2024-05-10T09:30:05.000Z', null],
    ['２０２４／０５／１０　０９：３０：００ a', '2024-05-10T09:30:00.000Z', null],
    ['5/10/2024, 9:30:00 PM a', '2024-05-10T21:30:00.000Z', null],
    ['5/10/2024 9:30 PM a', '2024-05-10T21:30:00.000Z', null],
    ['November 5, 2024 9:30:00 AM a', '2024-11-05T09:30:00.000Z', null],
    ['Fri May 10 09:30:00 JST 2024 a', '2024-05-10T09:30:00.000Z', 540],
    ['Fri, 10 May 2024 09:30:00 GMT a', '2024-05-10T09:30:00.000Z', 0],
    ['10-May-2024 09:30:00 a', '2024-05-10T09:30:00.000Z', null],
    ['20240510093000 a', '2024-05-10T09:30:00.000Z', null],
    ['20240510_093000 a', '2024-05-10T09:30:00.000Z', null],
    ['1715333400123456 a', '2024-05-10T09:30:00.123Z', 0],
    ['{"level":"info","ts":"2024-05-10T09:30:00Z","m":1}', '2024-05-10T09:30:00.000Z', 0],
    ['{"time":1715333400.5,"m":"2020-01-01 00:00:00"}', '2024-05-10T09:30:00.500Z', 0],
  ])('reads the stamp of %j with its zone', (line, local, offset) => {
    const [head] = chooseHeads([line, line]);
    expect(head).toBeDefined();
    const out: HeadFields = { local: 0, offset: 0, precision: 'second', level: 'none', body: 0 };
    const bytes = Buffer.from(line);
    expect(head?.read(bytes, 0, bytes.length, out)).toBe(true);
    expect(new Date(out.local).toISOString()).toBe(local);
    expect(Number.isNaN(out.offset) ? null : out.offset).toBe(offset);
  });

  it('keeps to a compiled form where the line says no more', () => {
    for (const line of [
      '2024-05-10 09:30:00 Zone of the update',
      '2024/05/10 09:30:00 -10 items',
      'May 10 09:30:00 host: since 2024-05-09 10:00',
    ]) {
      expect(chooseHeads([line, line])[0]?.form).toBeDefined();
    }
  });

  it('believes in days before months only where the log itself shows it', () => {
    const first = chooseHeads(['01/05/2024 09:30:00 a', '13/05/2024 09:30:00 b']);
    expect(first.map(({ name }) => name)).toEqual(['day-first']);
    expect(chooseHeads(['01/05/2024 09:30:00 a', '02/05/2024 09:30:00 b'])[0]?.name).toBe('windows-us');
    const mixed = chooseHeads(['05/13/2024 09:30:00 a', '05/14/2024 09:30:00 b', '14/05/2024 09:30:00 c']);
    expect(mixed[0]?.name).toBe('windows-us');
  });
});
