import { describe, expect, it } from 'vitest';
import type { LineRow, PatchRow } from '../../preload/contract/shapes.ts';
import { lineCell, patchCell } from '../../renderer/grids/cell-texts.ts';
import { isInRange, rangeEnds, rowsAs } from '../../renderer/grids/copy-rows.ts';
import { translator } from '../../renderer/i18n/messages.ts';

describe('rows as text', () => {
  const header = ['Device', 'Text'];

  it('are lines of tabs, with a heading from two rows on', () => {
    expect(rowsAs('text', header, [['PC-1', 'a\tb\r\nc']])).toBe('PC-1\ta b c');
    expect(
      rowsAs('text', header, [
        ['PC-1', 'a'],
        ['PC-2', 'b'],
      ]),
    ).toBe('Device\tText\nPC-1\ta\nPC-2\tb');
  });

  it('are CSV that says what the cells say', () => {
    expect(rowsAs('csv', header, [['PC-1', 'say "hi", now\nthen']])).toBe(
      'Device,Text\r\nPC-1,"say ""hi"", now\nthen"\r\n',
    );
  });

  it('are CSV in which nothing is a formula, and numbers stay numbers', () => {
    const cells = ['=HYPERLINK("x")', '+cmd', '@x', '-a', '-2147023293', '+1', '\tx'];
    expect(
      rowsAs(
        'csv',
        ['x'],
        cells.map((cell) => [cell]),
      )
        .split('\r\n')
        .slice(1, -1),
    ).toEqual([`"'=HYPERLINK(""x"")"`, `'+cmd`, `'@x`, `'-a`, '-2147023293', '+1', `'\tx`]);
  });

  it('are a Markdown table whose cells are no Markdown', () => {
    expect(rowsAs('markdown', header, [['PC|1', '<b>*x*\n`y`']])).toBe(
      '| Device | Text |\n| --- | --- |\n| PC\\|1 | \\<b\\>\\*x\\* \\`y\\` |\n',
    );
  });
});

describe('marked rows', () => {
  it('reach from either end to the other', () => {
    expect(rangeEnds({ anchor: 7, head: 3 })).toEqual({ from: 3, to: 8 });
    expect([2, 3, 7, 8].map((row) => isInRange({ anchor: 7, head: 3 }, row))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(isInRange(null, 0)).toBe(false);
  });
});

describe('cells as text', () => {
  const words = { t: translator('ja'), setting: { mode: 'written', zone: 'UTC' } } as const;
  const at = {
    raw: 'x',
    local: Date.UTC(2024, 4, 10, 9, 12),
    offset: 540,
    offsetSource: 'stated',
    precision: 'minute',
    clock: 'sma',
  } as const;

  it('carry the offset of a time, and words in the language of the window', () => {
    const row = {
      detectionStatus: 'not-patched',
      detectedAt: at,
      deployedAt: 'never',
      deploymentStatus: null,
      attempts: 2,
      maxAttempts: null,
    } as PatchRow;
    const text = (column: string): string => patchCell(row, column, words);
    expect(text('detectedAt')).toBe('2024-05-10 09:12 +09:00');
    expect(text('detectionStatus')).toBe('未適用');
    expect(text('deployedAt')).toBe('なし');
    expect(text('deploymentStatus')).toBe('');
    expect(text('attempts')).toBe('2/?');
    expect(text('nonsense')).toBe('');
  });

  it('keep a line of a log as it is', () => {
    const row = { member: 'a/b.log', line: 7, at, text: '[09:12] x', continues: false } as LineRow;
    expect(lineCell(row, 'text', words)).toBe('[09:12] x');
    expect(lineCell(row, 'place', words)).toBe('a/b.log:7');
  });
});
