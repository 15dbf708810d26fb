import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { localTime, momentFrom, readDate, readDateWithoutYear } from '../../parsers/text/dates.ts';

function iso(text: string): string | null {
  const reading = readDate(text);
  if (reading === null || reading === 'never') return reading;
  const shown = new Date(reading.local).toISOString().slice(0, 23);
  return `${shown} ${String(reading.offset)} ${reading.precision}`;
}

describe('readDate', () => {
  it.each([
    ['2024/05/10 09:12:00', '2024-05-10T09:12:00.000 null second'],
    ['2024-05-10 09:30', '2024-05-10T09:30:00.000 null minute'],
    ['2024/5/1 9:05', '2024-05-01T09:05:00.000 null minute'],
    ['2024-05-10', '2024-05-10T00:00:00.000 null day'],
    ['2024年5月10日 9時12分', '2024-05-10T09:12:00.000 null minute'],
    ['2024年5月10日(金) 9時12分05秒', '2024-05-10T09:12:05.000 null second'],
    ['２０２４年５月１０日　午後３時０５分', '2024-05-10T15:05:00.000 null minute'],
    ['2024年5月10日 午前12時00分', '2024-05-10T00:00:00.000 null minute'],
    ['2024年5月10日 午後12時00分', '2024-05-10T12:00:00.000 null minute'],
    ['2024/05/10 午後3:12', '2024-05-10T15:12:00.000 null minute'],
    ['May 10, 2024 09:12:00 PM', '2024-05-10T21:12:00.000 null second'],
    ['May 10, 2024 21:12:00', '2024-05-10T21:12:00.000 null second'],
    ['May 10, 2024 12:12:00 AM', '2024-05-10T00:12:00.000 null second'],
    ['20240510 09:12:00', '2024-05-10T09:12:00.000 null second'],
    ['2024-May-10 09:12:00', '2024-05-10T09:12:00.000 null second'],
    ['2017-12-13 10:59:40:657+0900', '2017-12-13T10:59:40.657 540 millisecond'],
    ['2024-05-10T09:12:00.1234567Z', '2024-05-10T09:12:00.123 0 millisecond'],
    ['2024-05-10T09:12:00Z', '2024-05-10T09:12:00.000 0 second'],
    ['2024-05-10T09:12:00+09:00', '2024-05-10T09:12:00.000 540 second'],
    ['2024-05-10T09:12:00 +09:00', '2024-05-10T09:12:00.000 540 second'],
    ['2024-05-10 09:12:00 -0330', '2024-05-10T09:12:00.000 -210 second'],
    ['05/10/2024 09:12:00', '2024-05-10T09:12:00.000 null second'],
    ['5/10/2024 9:12:00 PM', '2024-05-10T21:12:00.000 null second'],
    ['1715301000.512', '2024-05-10T00:30:00.512 0 millisecond'],
    ['1715301000', '2024-05-10T00:30:00.000 0 second'],
    ['2024-05-10.09:30:00', '2024-05-10T09:30:00.000 null second'],
    ['Tue, 14 May 2024 10:05:00 +0900', '2024-05-14T10:05:00.000 540 second'],
    ['Tue May 14 2024 10:05:00 GMT+0900 (日本標準時)', '2024-05-14T10:05:00.000 540 second'],
    ['20240510091200.000000+540', '2024-05-10T09:12:00.000 540 millisecond'],
    [' 2024/05/10 09:12:00 ', '2024-05-10T09:12:00.000 null second'],
    ['令和6年5月10日 9時12分', '2024-05-10T09:12:00.000 null minute'],
    ['令和元年５月１日（水）午後３時０５分', '2019-05-01T15:05:00.000 null minute'],
    ['平成31年4月30日', '2019-04-30T00:00:00.000 null day'],
    ['R6.5.10 9:12', '2024-05-10T09:12:00.000 null minute'],
    ['R06/05/10', '2024-05-10T00:00:00.000 null day'],
    ['R6.5.1', '2024-05-01T00:00:00.000 null day'],
    ['2024-02-29', '2024-02-29T00:00:00.000 null day'],
  ])('reads %s', (text, expected) => {
    expect(iso(text)).toBe(expected);
  });

  it.each([
    '0000-00-00 00:00',
    '0000-00-00 00:00:00',
    '0000/00/00 00:00',
    '0000-00-00',
    '００００－００－００　００：００',
  ])('reads %s as never', (text) => {
    expect(readDate(text)).toBe('never');
  });

  it.each([
    '',
    ' ',
    'never',
    '2024-02-30 00:00:00',
    '2023-02-29',
    '2024-13-01',
    '2024-05-10 25:00:00',
    '2024-05-10 24:00:00',
    '2024-05-10 09:60:00',
    '2024年5月10日 午後13時00分',
    '2024-05-10 13:12 PM',
    '13/10/2024 09:12:00',
    '2024-05-10T09:12:00+15:00',
    '0000-00-00 09:12:00',
    '2024-05-10 09:12:00 and more',
    'KB5037771',
    '12345',
  ])('refuses %s', (text) => {
    expect(readDate(text)).toBeNull();
  });

  it('reads back what it is given, in every common form', () => {
    const moment = fc
      .integer({ min: Date.UTC(1990, 0, 1), max: Date.UTC(2099, 11, 31) })
      .map((ms) => ms - (ms % 1000));
    const pad = (value: number, width = 2): string => String(value).padStart(width, '0');
    fc.assert(
      fc.property(
        moment,
        fc.integer({ min: -840, max: 840 }),
        fc.integer({ min: 0, max: 7 }),
        (local, offset, form) => {
          const date = new Date(local);
          const [y, mo, d] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
          const [h, mi, s] = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()];
          const time = `${pad(h)}:${pad(mi)}:${pad(s)}`;
          const zone = `${offset < 0 ? '-' : '+'}${pad(Math.trunc(Math.abs(offset) / 60))}:${pad(Math.abs(offset) % 60)}`;
          const half = h < 12 ? '午前' : '午後';
          const texts = [
            `${y}-${pad(mo)}-${pad(d)} ${time}`,
            `${y}/${mo}/${d} ${h}:${pad(mi)}:${pad(s)}`,
            `${y}年${mo}月${d}日 ${h}時${pad(mi)}分${pad(s)}秒`,
            `${y}年${mo}月${d}日 ${half}${h % 12}時${pad(mi)}分${pad(s)}秒`,
            `${mo}/${d}/${y} ${h % 12 === 0 ? 12 : h % 12}:${pad(mi)}:${pad(s)} ${h < 12 ? 'AM' : 'PM'}`,
            `${y}${pad(mo)}${pad(d)} ${time}`,
            `${y}-${pad(mo)}-${pad(d)}T${time}${zone}`,
            `${y}-${pad(mo)}-${pad(d)}T${time}.250${zone}`,
          ];
          const reading = readDate(texts[form] ?? '');
          expect(reading).toEqual({
            local: local + (form === 7 ? 250 : 0),
            offset: form >= 6 ? (offset === 0 ? 0 : offset) : null,
            precision: form === 7 ? 'millisecond' : 'second',
          });
        },
      ),
    );
  });

  it('does not care about width', () => {
    const wide = (text: string): string =>
      Array.from(text, (c) => (c === ' ' ? '\u3000' : String.fromCharCode(c.charCodeAt(0) + 0xfee0))).join(
        '',
      );
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1990-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }),
        (date) => {
          const text = date.toISOString().slice(0, 19).replace('T', ' ');
          expect(readDate(wide(text))).toEqual(readDate(text));
        },
      ),
    );
  });

  it('never throws and stays quick on anything', () => {
    fc.assert(fc.property(fc.string({ maxLength: 60 }), (text) => void readDate(text)));
    for (const text of ['1'.repeat(1e6), '2024-'.repeat(1e5), ' '.repeat(1e6), '2024年'.repeat(1e5)]) {
      expect(readDate(text)).toBeNull();
    }
  });
});

describe('localTime', () => {
  it('agrees with the calendar', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1900, max: 2200 }),
        fc.integer({ min: 0, max: 13 }),
        fc.integer({ min: 0, max: 32 }),
        (y, m, d) => {
          const date = new Date(Date.UTC(y, m - 1, d));
          const exists = date.getUTCMonth() === m - 1 && date.getUTCDate() === d && m >= 1;
          expect(localTime(y, m, d)).toBe(exists ? date.getTime() : null);
        },
      ),
    );
  });
});

describe('readDateWithoutYear', () => {
  it('takes the year it is told', () => {
    expect(readDateWithoutYear('May  3 09:12:00', 2024)?.local).toBe(Date.UTC(2024, 4, 3, 9, 12));
    expect(readDateWithoutYear('Feb 29 00:00:00', 2023)).toBeNull();
    expect(readDateWithoutYear('2024-05-03', 2024)).toBeNull();
  });
});

describe('momentFrom', () => {
  it('places a reading on a clock and keeps the raw text', () => {
    expect(momentFrom(' 2024/05/10 09:12:00 ', 'sma', { precision: 'minute' })).toEqual({
      raw: '2024/05/10 09:12:00',
      local: Date.UTC(2024, 4, 10, 9, 12),
      offset: null,
      offsetSource: 'unknown',
      precision: 'minute',
      clock: 'sma',
      clockOf: '',
    });
    expect(momentFrom('2024-05-10T09:12:00Z', 'device', { clockOf: 'pc' })).toMatchObject({
      offset: 0,
      offsetSource: 'stated',
      clockOf: 'pc',
    });
  });

  it('passes on never and nothing', () => {
    expect(momentFrom('0000-00-00 00:00', 'sma')).toBe('never');
    expect(momentFrom('soon', 'sma')).toBeNull();
  });
});
