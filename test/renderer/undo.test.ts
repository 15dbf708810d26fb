import { describe, expect, it } from 'vitest';
import { noSteps, stepped, steppedBack, steppedForward } from '../../renderer/state/undo.ts';
import type { Step, Steps } from '../../renderer/state/undo.ts';

function step(change: Partial<Step>): Step {
  return { kind: 'filter', about: '', at: 0, before: {}, after: {}, ...change };
}

function zones(steps: Steps): readonly unknown[] {
  return steps.past.map(({ before, after }) => [before.zone, after.zone]);
}

describe('steps', () => {
  it('go back and forth, and a step after going back starts anew from there', () => {
    const first = step({ before: { zone: null }, after: { zone: 'UTC' } });
    const second = step({ before: { zone: 'UTC' }, after: { zone: 'Asia/Tokyo' } });
    const both = stepped(stepped(noSteps, first), second);
    const back = steppedBack(both);
    expect(back?.step).toBe(second);
    expect(steppedForward(back!.steps)).toEqual({ step: second, steps: both });
    const anew = stepped(back!.steps, step({ before: { zone: 'UTC' }, after: { zone: null } }));
    expect(anew.future).toEqual([]);
    expect(zones(anew)).toEqual([
      [null, 'UTC'],
      ['UTC', null],
    ]);
  });

  it('of one burst of typing are one, those after a pause or elsewhere are not', () => {
    const typed = (about: string, at: number, from: string | null, to: string): Step =>
      step({ kind: 'note', about, at, before: { zone: from }, after: { zone: to } });
    let steps = stepped(noSteps, typed('line:a:1', 0, null, 'r'));
    steps = stepped(steps, typed('line:a:1', 2_900, 'r', 're'));
    steps = stepped(steps, typed('line:a:1', 5_800, 're', 'res'));
    expect(zones(steps)).toEqual([[null, 'res']]);
    steps = stepped(steps, typed('line:a:1', 9_000, 'res', 'rest'));
    steps = stepped(steps, typed('line:a:2', 9_001, 'rest', 'x'));
    expect(steps.past).toHaveLength(3);
  });

  it('are none at the ends', () => {
    expect(steppedBack(noSteps)).toBeNull();
    expect(steppedForward(noSteps)).toBeNull();
  });
});
