import { describe, expect, it } from 'vitest';
import { back, forward, left, noVisits } from '../../renderer/state/visits.ts';
import type { Visit } from '../../renderer/state/visits.ts';

function visit(place: Visit['place'], id = ''): Visit {
  const target = id === '' ? ({ on: 'nothing' } as const) : ({ on: 'record', id } as const);
  return { place, tab: 'notes', target, file: null, cameFrom: null };
}

describe('places visited', () => {
  it('are gone back to and forward from', () => {
    const visits = left(left(noVisits, visit('triage')), visit('patches', 'r1'));
    const first = back(visits, visit('log'));
    expect(first?.to).toEqual(visit('patches', 'r1'));
    const second = back(first!.visits, first!.to);
    expect(second?.to).toEqual(visit('triage'));
    expect(back(second!.visits, second!.to)).toBeNull();
    const again = forward(second!.visits, second!.to);
    expect(again?.to).toEqual(visit('patches', 'r1'));
    expect(forward(again!.visits, again!.to)?.to).toEqual(visit('log'));
  });

  it('have no way forward once the reader went elsewhere', () => {
    const went = back(left(noVisits, visit('triage')), visit('log'));
    expect(forward(left(went!.visits, went!.to), visit('files'))).toBeNull();
  });

  it('are not counted twice when nothing changed', () => {
    const visits = left(noVisits, visit('triage'));
    expect(left(visits, visit('triage')).past).toHaveLength(1);
  });
});
