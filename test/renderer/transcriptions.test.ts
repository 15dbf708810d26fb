import { describe, expect, it } from 'vitest';
import { emptyDraft, flawOf, regionBetween, transcribed } from '../../renderer/state/transcriptions.ts';

const stamp = { author: 'ana', now: '2024-05-12T09:00:00+09:00', id: 't-1' };
const draft = {
  id: null,
  region: { x: 1, y: 2, width: 3, height: 4 },
  cells: { ...emptyDraft.cells, device: 'PC-1', patch: 'Zoom' },
};

describe('rows written down from pictures', () => {
  it('are marked in whole pixels inside the picture, whichever way the pointer went', () => {
    const size = { width: 200, height: 100 };
    expect(regionBetween({ x: 150.4, y: 80 }, { x: -20, y: 20.6 }, size)).toEqual({
      x: 0,
      y: 21,
      width: 150,
      height: 59,
    });
    expect(regionBetween({ x: 10, y: 10 }, { x: 900, y: 900 }, size)).toEqual({
      x: 10,
      y: 10,
      width: 190,
      height: 90,
    });
  });

  it('need a region, a device and a patch', () => {
    expect(flawOf(emptyDraft)).toBe('needs-region');
    expect(flawOf({ ...draft, cells: { ...draft.cells, patch: ' ' } })).toBe('needs-patch');
    expect(flawOf(draft)).toBeNull();
  });

  it('are added at the end and changed in their place', () => {
    const one = transcribed([], 'a.png', draft, stamp);
    const two = transcribed(one, 'a.png', draft, { ...stamp, id: 't-2' });
    expect(two.map(({ id }) => id)).toEqual(['t-1', 't-2']);
    const edited = transcribed(
      two,
      'a.png',
      { ...draft, id: 't-1', region: { x: 9, y: 9, width: 9, height: 9 } },
      { author: 'ben', now: 'later', id: 't-3' },
    );
    expect(edited[0]).toMatchObject({
      id: 't-1',
      region: { x: 9 },
      author: 'ben',
      createdAt: stamp.now,
      changedAt: 'later',
    });
    expect(edited[1]).toBe(two[1]);
  });
});
