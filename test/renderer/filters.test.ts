import { describe, expect, it } from 'vitest';
import type { Filter } from '../../preload/contract/shapes.ts';
import { toggledValue, valueText } from '../../renderer/grids/value-words.ts';
import { translator } from '../../renderer/i18n/messages.ts';
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

  it('has one for all the values that are chosen of a column', () => {
    const chosen: Filter = { detections: ['patched', ''], exitCodes: ['3010'] };
    const chips = chipsOf(chosen);
    expect(chips).toEqual([
      { part: 'detections', values: ['patched', ''] },
      { part: 'exitCodes', values: ['3010'] },
    ]);
    const [first] = chips;
    expect(first === undefined ? null : withoutChip(chosen, first)).toEqual({ exitCodes: ['3010'] });
  });
});

describe('a list of values', () => {
  const listed = ['a', 'b', 'c'];

  it('begins with all of them, takes one out and takes it in again', () => {
    expect(toggledValue(undefined, listed, 'b')).toEqual(['a', 'c']);
    expect(toggledValue(['a', 'c'], listed, 'c')).toEqual(['a']);
    expect(toggledValue(['a'], listed, 'c')).toEqual(['a', 'c']);
  });

  it('with all of them is no filter, and none of them is no choice', () => {
    expect(toggledValue(['a', 'c'], listed, 'b')).toBeUndefined();
    expect(toggledValue(['a'], listed, 'a')).toBeNull();
  });

  it('is in the words of the cells', () => {
    const t = translator('en');
    expect(valueText(t, 'detections', 'not-patched')).toBe('Not patched');
    expect(valueText(t, 'exitCodes', '2149859372')).toBe('0x8024402C');
    expect(valueText(t, 'levels', 'error')).toBe('ERR');
    expect(valueText(t, 'outcomes', '')).toBe('(not told)');
    expect(valueText(t, 'operations', 'of-its-own')).toBe('of-its-own');
  });
});
