import { describe, expect, it } from 'vitest';
import type { Level } from '../../parsers/domain/evidence.ts';
import type { Moment } from '../../parsers/domain/moment.ts';
import { relatedLines } from '../../parsers/report/related-lines.ts';
import type { RelatedTo, TimelineLines } from '../../parsers/report/related-lines.ts';
import { moment } from './made-analysis.ts';

interface Line {
  readonly time: string;
  readonly text: string;
  readonly level?: Level;
  readonly device?: string;
  readonly continues?: boolean;
}

const clock = {
  clock: 'device',
  clockOf: 'pc',
  offset: 540,
  offsetSource: 'stated',
  precision: 'second',
} as const;

function timeline(lines: readonly Line[], more: Partial<Moment> = {}): TimelineLines {
  const moments = lines.map(({ time }) => moment(`2024-05-10 ${time}`, { ...clock, ...more }));
  const scaleOf = (at: Moment): number => at.local - (at.offset ?? 540) * 60_000;
  return {
    placementOffset: 0,
    placed: lines.length,
    idAt: (position) => position,
    scaleOfMoment: scaleOf,
    lowerBound: (scale) => {
      const position = moments.findIndex((at) => scaleOf(at) >= scale);
      return position < 0 ? lines.length : position;
    },
    deviceKeyOf: (id) => lines[id]?.device ?? 'pc',
    continues: (id) => lines[id]?.continues === true,
    momentOf: (id) => moments[id] ?? null,
    levelOf: (id) => lines[id]?.level ?? 'info',
    pathOf: () => 'konea.log',
    placeOf: (id) => ({ line: id }),
    textOf: (id) => ({ text: lines[id]?.text ?? '' }),
  };
}

const to: RelatedTo = {
  moments: [moment('2024-05-10 09:30', { ...clock, precision: 'minute' })],
  deviceKey: 'pc',
  names: ['KB5037771'],
  quoted: new Set(),
};

function texts(
  lines: readonly Line[],
  more: Partial<RelatedTo> = {},
  of: Partial<Moment> = {},
): readonly string[] {
  return relatedLines(timeline(lines, of), { ...to, ...more }).map(({ text }) => text);
}

describe('relatedLines', () => {
  it('takes lines that name the patch, and warnings, within three minutes', () => {
    expect(
      texts([
        { time: '09:26:59', text: 'too early KB5037771' },
        { time: '09:28:51', text: 'DEPLOY begin kb5037771' },
        { time: '09:29:00', text: 'nothing of interest' },
        { time: '09:29:46', text: 'needToRebootLater=1', level: 'warning' },
        { time: '09:33:01', text: 'too late KB5037771' },
      ]),
    ).toEqual(['DEPLOY begin kb5037771', 'needToRebootLater=1']);
  });

  it('prefers those that name the patch, then the worse, then the nearer, and keeps their order', () => {
    const lines = [
      ...Array.from({ length: 6 }, (_, index): Line => ({
        time: `09:28:0${index}`,
        text: `warn ${index}`,
        level: 'warning',
      })),
      { time: '09:29:00', text: 'error', level: 'error' as const },
      { time: '09:31:00', text: 'ExitCode KB5037771' },
    ];
    expect(texts(lines)).toEqual(['warn 4', 'warn 5', 'error', 'ExitCode KB5037771']);
  });

  it('leaves out other devices, continuations and what the finding quotes already', () => {
    const lines: readonly Line[] = [
      { time: '09:29:00', text: 'a KB5037771', device: 'other' },
      { time: '09:29:01', text: 'b KB5037771', continues: true },
      { time: '09:29:02', text: 'c KB5037771' },
      { time: '09:29:03', text: 'd KB5037771' },
    ];
    expect(texts(lines, { quoted: new Set(['konea.log:3']) })).toEqual(['d KB5037771']);
  });

  it('finds no neighbours across clocks of unknown zone', () => {
    const lines = [{ time: '09:29:00', text: 'KB5037771' }];
    expect(texts(lines, { moments: [moment('2024-05-10 09:30')] })).toEqual([]);
    expect(texts(lines, {}, { offset: null, clockOf: 'another' })).toEqual([]);
  });
});
