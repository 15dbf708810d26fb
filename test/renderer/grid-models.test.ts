import { describe, expect, it } from 'vitest';
import { matcherOf, segmentsOf, textAfterTime } from '../../renderer/grids/segments.ts';
import { scaleOfScroll, wheelPixels } from '../../renderer/grids/wheel.ts';
import { hexRows } from '../../renderer/panes/hex.ts';
import { densityPath, placeMarks } from '../../renderer/panes/timeline-marks.ts';
import { LetterBook, letterAt } from '../../renderer/state/letters.ts';

describe('highlighting', () => {
  const plain = { expression: 'a.b', regex: false, ignoreCase: true, ignoreWidth: true };

  it('takes plain text by the letter and expressions as such', () => {
    expect('xA.By'.match(matcherOf(plain) ?? /$^/u)).not.toBeNull();
    expect('xAxBy'.match(matcherOf(plain) ?? /$^/u)).toBeNull();
    expect('xAxBy'.match(matcherOf({ ...plain, regex: true }) ?? /$^/u)).not.toBeNull();
    expect(matcherOf({ ...plain, expression: '([', regex: true })).toBeNull();
    expect(matcherOf(null)).toBeNull();
  });

  it('cuts matches, the chosen patch and codes apart without losing a sign', () => {
    const text = 'patch=KB5037771 ExitCode=3010 0x8024402C done';
    const segments = segmentsOf(text, /done/gu, 'KB5037771');
    expect(segments.map(({ kind }) => kind)).toEqual([
      'plain',
      'patch',
      'plain',
      'code',
      'plain',
      'code',
      'plain',
      'match',
    ]);
    expect(segments.map((segment) => segment.text).join('')).toBe(text);
  });

  it('leaves out only a time that stands at the start', () => {
    expect(textAfterTime('[2024-05-10 09:12] begin', '2024-05-10 09:12')).toBe('begin');
    expect(textAfterTime('begin 2024-05-10 09:12', '2024-05-10 09:12')).toBe('begin 2024-05-10 09:12');
    expect(textAfterTime('2024-05-10 09:12', '2024-05-10 09:12')).toBe('2024-05-10 09:12');
  });
});

describe('the wheel', () => {
  it('moves the same number of rows at ten million as at a thousand', () => {
    const small = { modelHeight: 1_000 * 22, scrollHeight: 1_000 * 22, clientHeight: 600 };
    const large = { modelHeight: 10_000_000 * 22, scrollHeight: 33_554_400, clientHeight: 600 };
    expect(scaleOfScroll(small)).toBe(1);
    const scale = scaleOfScroll(large);
    expect(scale).toBeGreaterThan(6);
    const rowsOfNotch = ((wheelPixels(100, 0, 22, 600) / scale) * scale) / 22;
    expect(rowsOfNotch).toBeCloseTo(100 / 22);
  });

  it('reads line and page units', () => {
    expect(wheelPixels(3, 1, 22, 600)).toBe(66);
    expect(wheelPixels(-1, 2, 22, 600)).toBe(-600);
  });
});

describe('marks of the timeline', () => {
  const mark = (from: number, severity: 'critical' | 'info' | null, id: string) =>
    ({ from, to: from, count: 1, severity, target: { on: 'record', id }, label: id }) as const;

  it('joins marks that would cover each other and leads to the gravest', () => {
    const placed = placeMarks(
      [mark(10, 'info', 'a'), mark(12, 'critical', 'b'), mark(90, null, 'c')],
      (at) => at,
      100,
      5,
    );
    expect(placed).toHaveLength(2);
    expect(placed[0]).toMatchObject({ count: 2, severity: 'critical', target: { id: 'b' } });
  });

  it('keeps a dense run apart in marks of their own and leaves out what is not in sight', () => {
    const many = Array.from({ length: 100 }, (_, index) => mark(index - 20, null, String(index)));
    const placed = placeMarks(many, (at) => at, 60, 5);
    expect(placed.length).toBeGreaterThan(5);
    placed.slice(1).forEach((one, index) => {
      const before = placed[index];
      expect(one.left).toBeGreaterThan((before?.left ?? 0) + (before?.width ?? 0) - 0.01);
    });
  });

  it('draws nothing of nothing', () => {
    expect(densityPath([], 0, 100, 13)).toBe('');
    expect(densityPath([0, 4], 4, 100, 13)).toContain('L100.0 0.0');
  });
});

describe('letters', () => {
  it('runs from A to Z and on, and stays with its finding', () => {
    expect([0, 25, 26, 27, 701, 702].map(letterAt)).toEqual(['A', 'Z', 'AA', 'AB', 'ZZ', 'AAA']);
    const book = new LetterBook();
    expect([book.letterOf('f-1'), book.letterOf('f-2'), book.letterOf('f-1')]).toEqual(['A', 'B', 'A']);
  });
});

describe('bytes', () => {
  it('stands in rows of sixteen', () => {
    const [first, second] = hexRows(
      new Uint8Array([0x50, 0x4b, 3, 4, ...Array.from({ length: 13 }, () => 0x41)]),
      16,
    );
    expect(first).toBe('00000010  50 4b 03 04 41 41 41 41  41 41 41 41 41 41 41 41  PK..AAAAAAAAAAAA');
    expect(second?.startsWith('00000020  41')).toBe(true);
  });
});
