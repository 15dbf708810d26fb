import { describe, expect, it } from 'vitest';
import type { MomentView } from '../../preload/contract/shapes.ts';
import type { Moment } from '../../parsers/domain/moment.ts';
import { momentOf, nearestRecord, nearestRun } from '../../parsers/serve/nearest-row.ts';

const noon = Date.UTC(2024, 4, 10, 12);
const minute = 60_000;

function view(minutes: number, offset: number | null = 0, clock: MomentView['clock'] = 'sma'): MomentView {
  const local = noon + minutes * minute;
  const offsetSource = offset === null ? 'unknown' : 'stated';
  return { raw: String(minutes), local, offset, offsetSource, precision: 'minute', clock };
}

function at(minutes: number, offset: number | null = 0, clock: MomentView['clock'] = 'sma'): Moment {
  return momentOf(view(minutes, offset, clock), 'pc-1');
}

function record(id: string, deployed: Moment | null, kb: string | null = null) {
  return {
    id,
    kb,
    detection: { status: null, raw: null, at: null },
    deployment: {
      status: null,
      raw: null,
      at: deployed,
      exitCode: null,
      attempts: null,
      maxAttempts: null,
    },
  };
}

function run(id: string, start: number | null, end: number | null) {
  return {
    id,
    startedAt: start === null ? null : at(start),
    endedAt: end === null ? null : at(end),
  };
}

describe('the record nearest to a moment', () => {
  const early = record('early', at(-150));
  const near = record('near', at(1));

  it('is one of its patch before one that is nearer in time', () => {
    const same = record('same', at(-500), 'KB5037771');
    expect(nearestRecord([near, same], 'KB5037771', at(0))?.id).toBe('same');
    expect(nearestRecord([early, near], 'KB9999999', at(0))).toEqual({ id: 'near', distance: minute });
    expect(nearestRecord([early], null, at(0))).toEqual({ id: 'early', distance: -150 * minute });
  });

  it('counts distances across zones by instants', () => {
    // 21:00 at +09:00 is 12:00 UTC.
    const tokyo = record('tokyo', at(9 * 60, 9 * 60));
    expect(nearestRecord([early, tokyo], null, at(0))).toEqual({ id: 'tokyo', distance: 0 });
  });

  it('has no distance where the zones do not allow one', () => {
    const unknown = [record('first', at(0, null)), record('second', at(5, null))];
    expect(nearestRecord(unknown, null, at(5, 540, 'device'))).toEqual({ id: 'first', distance: null });
    // One that can be compared wins over those that cannot.
    expect(nearestRecord([...unknown, near], null, at(5, 540, 'device'))?.id).toBe('near');
  });

  it('is the first without a time, and none of none', () => {
    expect(nearestRecord([early, near], null, null)).toEqual({ id: 'early', distance: null });
    expect(nearestRecord([record('untimed', null)], null, at(0))).toEqual({ id: 'untimed', distance: null });
    expect(nearestRecord([], null, null)).toBeNull();
  });
});

describe('the run nearest to a moment', () => {
  const runs = [run('early', 0, 10), run('around', 20, 60), run('late', 70, 80)];

  it('is the one around it, else the one that starts or ends nearest', () => {
    expect(nearestRun(runs, at(30))).toEqual({ id: 'around', distance: 0 });
    expect(nearestRun(runs, at(68))).toEqual({ id: 'late', distance: 2 * minute });
    expect(nearestRun(runs, at(61))).toEqual({ id: 'around', distance: -minute });
  });

  it('is the first where nothing can be compared', () => {
    expect(nearestRun(runs, null)?.id).toBe('early');
    expect(nearestRun(runs, at(68, null))).toEqual({ id: 'early', distance: null });
    expect(nearestRun([], at(1))).toBeNull();
  });
});
