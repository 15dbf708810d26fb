import { describe, expect, it } from 'vitest';
import { RowMemory, numberOfSecond } from '../../../parsers/formats/kace/row-memory.ts';

describe('the number of a second', () => {
  it('stands for one text alone', () => {
    const texts = [
      '2024-05-10 09:12:00',
      '2024/05/10 09:12:00',
      '2024-05-10 09:12:01',
      '2024-05-10 09:13:00',
      '2024-05-10 10:12:00',
      '2024-05-11 09:12:00',
      '2024-06-10 09:12:00',
      '2025-05-10 09:12:00',
      '1990-01-01 00:00:00',
      '2040-12-31 23:59:59',
      '2040/12/31 23:59:59',
    ];
    const numbers = texts.map(numberOfSecond);
    expect(numbers).not.toContain(null);
    expect(new Set(numbers).size).toBe(texts.length);
  });

  it.each([
    '2024-05-10T09:12:00',
    '2024-05/10 09:12:00',
    '2024-05-10 09.12.00',
    '2024-05-10 09:12:0x',
    '2024-13-10 09:12:00',
    '2024-05-10 24:12:00',
    '2024-05-10 09:60:00',
    '1889-05-10 09:12:00',
    '0000-00-00 00:00:00',
    '2024-05-10 09:12',
    '２０２４-05-10 09:12:0',
    '',
  ])('is none of %j', (text) => {
    expect(numberOfSecond(text)).toBeNull();
  });
});

describe('the memory of rows', () => {
  const cells = { raw: '正常終了', exitCode: '0', attempts: '1', maximum: null, reboot: null };

  it('reads a form once, whatever else comes between', () => {
    const memory = new RowMemory();
    const reads: string[] = [];
    const formOf = (exitCode: string) =>
      memory.deployment({ ...cells, exitCode }, (own) => {
        reads.push(own.exitCode ?? '');
        return {
          cells: own,
          status: 'succeeded',
          exitCode: Number(own.exitCode),
          attempts: 1,
          maxAttempts: null,
          reboot: null,
          badAttempts: null,
          badMaximum: null,
          badExitCode: null,
          bySecond: new Map(),
          never: null,
          untimed: null,
        };
      });
    const codes = Array.from({ length: 40 }, (_, code) => String(code));
    const first = codes.map(formOf);
    const again = codes.map(formOf);
    expect(again.every((form, at) => form === first[at])).toBe(true);
    expect(reads).toEqual(codes);
  });

  it('keeps what is absent apart from what is blank', () => {
    const memory = new RowMemory();
    const blank = memory.detection('', () => null);
    const absent = memory.detection(null, () => null);
    expect(blank).not.toBe(absent);
    expect([blank.raw, absent.raw]).toEqual(['', null]);
  });
});
