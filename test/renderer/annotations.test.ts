import { isoWithOffset } from '../../parsers/domain/wall-time.ts';
import { describe, expect, it } from 'vitest';
import { annotated, annotationOf, verdictsOfFindings } from '../../renderer/state/annotations.ts';

const target = { on: 'finding', finding: 'f-1' } as const;
const stamp = { author: 'ana', now: '2024-05-12T09:00:00+09:00', id: 'a-1', quote: 'row' };

describe('annotations', () => {
  it('begins with the first word and keeps what was there', () => {
    const first = annotated([], target, { note: '再起動後に再検出' }, stamp);
    const second = annotated(
      first,
      target,
      { verdict: 'confirmed' },
      { ...stamp, id: 'a-2', now: 'later', quote: 'other' },
    );
    expect(second).toEqual([
      {
        id: 'a-1',
        target,
        note: '再起動後に再検出',
        tags: [],
        verdict: 'confirmed',
        author: 'ana',
        createdAt: stamp.now,
        changedAt: 'later',
        quote: 'row',
        links: [],
      },
    ]);
    expect(annotationOf(second, target)?.verdict).toBe('confirmed');
    expect([...verdictsOfFindings(second)]).toEqual([['f-1', 'confirmed']]);
  });

  it('is not changed before it was made when the clock is set back', () => {
    const first = annotated([], target, { note: 'x' }, stamp);
    const back = annotated(first, target, { note: 'y' }, { ...stamp, now: '2019-01-01T00:00:00+09:00' });
    expect(back).toMatchObject([{ note: 'y', createdAt: stamp.now, changedAt: stamp.now }]);
  });

  it('goes with its last word', () => {
    const noted = annotated([], target, { note: 'x' }, stamp);
    expect(annotated(noted, target, { note: '' }, stamp)).toEqual([]);
    expect(annotated([], target, { verdict: 'open' }, stamp)).toEqual([]);
  });

  it('dates with the offset of the machine', () => {
    expect(isoWithOffset(new Date(0))).toMatch(/^19(?:69|70)-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/u);
  });
});
