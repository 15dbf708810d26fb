import { describe, expect, it } from 'vitest';
import { defaultLimits, isLimit, limitNames, readLimit, writeLimit } from '../../parsers/domain/limits.ts';

describe('limits', () => {
  it('have defaults within their ranges, which are read as they are written', () => {
    expect([...limitNames].sort()).toEqual(Object.keys(defaultLimits).sort());
    for (const name of limitNames) {
      expect(isLimit(name, defaultLimits[name])).toBe(true);
      expect(readLimit(name, writeLimit(name, defaultLimits[name]))).toBe(defaultLimits[name]);
    }
    expect(writeLimit('totalBytes', defaultLimits.totalBytes)).toBe('64 GiB');
    expect(writeLimit('lineBytes', 70_001)).toBe('70001');
  });

  it('take units for bytes alone, and nothing beyond their ranges', () => {
    expect(readLimit('memberBytes', ' 1.5 g ')).toBe(1.5 * 2 ** 30);
    expect(readLimit('memberBytes', '2MB')).toBe(2 ** 21);
    for (const [name, text] of [
      ['members', '5K'],
      ['members', '0'],
      ['members', '-1'],
      ['members', '1e3'],
      ['depth', '1000'],
      ['lineBytes', '1'],
      ['rowCells', '15'],
      ['documentBytes', '1G'],
      ['rowCells', '10K'],
      ['tableCells', '999'],
      ['memberBytes', '99999T'],
      ['memberBytes', ''],
      ['ratio', '10.5'],
    ] as const)
      expect(readLimit(name, text)).toBeNull();
  });
});
