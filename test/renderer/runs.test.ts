import { describe, expect, it } from 'vitest';
import type { MomentView, RunBar, RunDetail } from '../../preload/contract/shapes.ts';
import { placeBars } from '../../renderer/panes/timeline-marks.ts';
import { anchorOfRun, logStep, recordStep, runStep } from '../../renderer/state/follow.ts';

const minute = 60_000;

function moment(minutes: number, change: Partial<MomentView> = {}): MomentView {
  return {
    raw: `${minutes}`,
    local: minutes * minute,
    offset: 0,
    offsetSource: 'stated',
    precision: 'second',
    clock: 'manager',
    ...change,
  };
}

function run(id: string, start: number | null, end: number | null): RunDetail {
  return {
    id,
    system: 'deep-security',
    device: 'PC-1',
    deviceKey: 'pc-1',
    name: id,
    operation: null,
    role: null,
    outcome: null,
    startedAt: start === null ? null : moment(start),
    endedAt: end === null ? null : moment(end),
    window: null,
    attempts: null,
    exitCode: null,
    reboot: null,
    steps: { told: 0, total: 0 },
    overlaps: false,
    citation: { member: 'events.csv', line: 7, row: 6, pointer: null, quote: '' },
    stepList: [],
    detail: [],
    records: [],
    recordCount: 0,
  };
}

describe('the panes and a run', () => {
  it('go to its start, or to its first dated step', () => {
    expect(anchorOfRun(run('a', 5, 9)).at).toEqual(moment(5));
    const step = { name: 's', evidenced: true, outcome: null, citation: null } as const;
    const stepList = [
      { ...step, at: null },
      { ...step, at: moment(7) },
    ];
    expect(anchorOfRun({ ...run('a', null, 9), stepList }).at).toEqual(moment(7));
    expect(anchorOfRun(run('a', null, null)).at).toBeNull();
  });

  it('find its line, and its time where that line is not shown', () => {
    const step = logStep(anchorOfRun(run('a', 5, 9)), 'runs', false);
    expect(step).toMatchObject({ to: 'line', member: 'events.csv', line: 7, otherwise: { at: moment(5) } });
  });

  it('go to its record when it has one, else to the nearest of its device', () => {
    const records = [
      { id: 'r4', device: 'PC-1', patch: null, detectionStatus: null, deploymentStatus: null },
    ];
    expect(recordStep(anchorOfRun({ ...run('a', 5, 9), records }), 'runs', false)).toEqual({
      to: 'row',
      id: 'r4',
    });
    expect(recordStep(anchorOfRun(run('a', 5, 9)), 'runs', false)).toMatchObject({ to: 'nearest' });
  });

  it('stay in the pane it was chosen in, and in one that is locked', () => {
    const anchor = anchorOfRun(run('a', 5, 9));
    expect(runStep(anchor, 'runs', false)).toEqual({ to: 'stay', why: 'own' });
    expect(runStep(anchor, 'timeline', true)).toEqual({ to: 'stay', why: 'locked' });
    expect(runStep(anchor, 'timeline', false)).toEqual({ to: 'row', id: 'a' });
    expect(runStep({ ...anchor, run: null, deviceKey: null }, 'lines', false)).toMatchObject({ to: 'stay' });
  });
});

function bar(id: string, from: number, to: number, change: Partial<RunBar> = {}): RunBar {
  return { from, to, isOpen: false, outcome: 'succeeded', overlaps: false, run: id, label: id, ...change };
}

describe('bars', () => {
  const same = (at: number): number => at;

  it('that share time lie on tracks of their own', () => {
    const { bars, tracks } = placeBars([bar('a', 0, 50), bar('b', 10, 30), bar('c', 60, 90)], same, 100);
    expect(bars.map(({ run: id, track }) => [id, track])).toEqual([
      ['a', 0],
      ['b', 1],
      ['c', 0],
    ]);
    expect(tracks).toBe(2);
  });

  it('that find no track join another, which then tells of the failure', () => {
    const many = ['a', 'b', 'c', 'd'].map((id) => bar(id, 0, 50));
    const failed = many.with(3, bar('d', 0, 80, { outcome: 'failed', overlaps: true }));
    const { bars, tracks } = placeBars(failed, same, 100);
    expect(tracks).toBe(3);
    expect(bars).toHaveLength(3);
    expect(bars.find(({ count }) => count === 2)).toMatchObject({
      run: 'd',
      outcome: 'failed',
      overlaps: true,
      width: 80,
    });
  });

  it('are wide enough to be hit, and left out where they are out of sight', () => {
    const { bars } = placeBars([bar('a', 10, 10), bar('b', 500, 900), bar('c', -90, -50)], same, 100);
    expect(bars.map(({ run: id, width }) => [id, width])).toEqual([['a', 6]]);
  });

  it('leave one empty track where there is nothing', () => {
    expect(placeBars([], same, 100)).toEqual({ bars: [], tracks: 1 });
  });
});
