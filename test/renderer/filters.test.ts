import { describe, expect, it } from 'vitest';
import type { Filter } from '../../preload/contract/shapes.ts';
import { chipKey, chipsOf, toggled, withOnly, withoutChip } from '../../renderer/state/filters.ts';

const filter: Filter = {
  devices: ['pc-0042', 'keiri-pc07'],
  levels: ['error'],
  time: { from: 1, to: 2 },
  text: { expression: 'KB', regex: false, ignoreCase: true, ignoreWidth: true },
  onlyFindings: true,
};

describe('chips', () => {
  it('has one for every part and every value, with keys of their own', () => {
    const chips = chipsOf(filter);
    expect(chips).toHaveLength(6);
    expect(new Set(chips.map(chipKey)).size).toBe(6);
  });

  it('takes away what it stands for and nothing else', () => {
    let rest = filter;
    for (const chip of chipsOf(filter)) rest = withoutChip(rest, chip);
    expect(rest).toEqual({});
    expect(withoutChip(filter, { part: 'devices', value: 'pc-0042' }).devices).toEqual(['keiri-pc07']);
  });

  it('adds and takes away a value of a list', () => {
    expect(toggled({}, 'levels', 'error')).toEqual({ levels: ['error'] });
    expect(toggled({ levels: ['error'] }, 'levels', 'error')).toEqual({});
    expect(withOnly(filter, 'devices', []).devices).toBeUndefined();
  });
});
