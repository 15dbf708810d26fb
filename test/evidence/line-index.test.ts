import { describe, expect, it } from 'vitest';
import { LineIndex } from '../../parsers/evidence/line-index.ts';
import { loadText, scanLines } from '../../parsers/text/line-scanner.ts';
import { StampedLines, statedOffset } from '../../parsers/text/stamped-lines.ts';
import { stampHead } from '../../parsers/text/stamp.ts';

describe('LineIndex', () => {
  it('knows where very long lines start, beyond four gigabytes in one page', () => {
    const index = new LineIndex();
    const lineBytes = 200_000;
    const count = 70_000;
    for (let line = 0; line < count; line += 1) index.add(line * lineBytes, true, line, Number.NaN, 'info');
    index.finish(count * lineBytes);
    for (const line of [0, 255, 256, 21_000, 21_475, 30_000, 65_535, 65_536, 69_999]) {
      expect(index.start(line)).toBe(line * lineBytes);
      expect(index.end(line)).toBe((line + 1) * lineBytes);
      expect(index.local(line)).toBe(line);
    }
    expect(index.memory / count).toBeLessThan(24);
  });

  it('takes stamped lines at once as it takes them one by one', () => {
    const heads = [stampHead('YYYY-MM-DD HH:mm:sszz'), stampHead('YYYY-MM-DD HH:mm:ss')];
    const lines = Array.from({ length: 4_000 }, (_, nth) => {
      const second = String((nth * 7) % 60).padStart(2, '0');
      const offset = ['', '+0900', '-0330'][Math.floor(nth / 50) % 3] ?? '';
      return `2024-05-10 09:${String(Math.floor(nth / 70)).padStart(2, '0')}:${second}${offset} ERROR ${nth}\n`;
    });
    const [atOnce, oneByOne] = [new LineIndex(), new LineIndex()];
    const scanned = scanLines(loadText(Buffer.from(lines.join(''))), null);
    const batch = StampedLines.of(heads)?.read(scanned, 0, lines.length, 0);
    if (batch === undefined) throw new Error('no heads');
    const base = 12_345;
    let start = base;
    lines.forEach((line, nth) => {
      oneByOne.add(start, true, batch.local[nth] ?? NaN, statedOffset(batch.offsets[nth] ?? 0), 'error');
      start += line.length;
    });
    const parts = [0, 1, 300, 4_000];
    parts.slice(1).forEach((to, part) => {
      const from = parts[part] ?? 0;
      const first = from === 0 ? base : base + (scanned.ends[from - 1] ?? 0) + 1;
      atOnce.addStamped(batch, from, to, first, scanned.ends, from, base);
    });
    for (const index of [atOnce, oneByOne]) index.finish(start);
    const said = (index: LineIndex): unknown => ({
      lines: lines.map((_, line) => [
        index.start(line),
        index.local(line),
        index.offset(line),
        index.level(line),
        index.isOutOfOrder(line),
        index.isHead(line) && index.isTimed(line),
      ]),
      whole: [index.count, index.timed, index.outOfOrder, index.earliest, index.latest, index.offsetTable],
    });
    expect(atOnce.outOfOrder).toBeGreaterThan(100);
    expect(said(atOnce)).toEqual(said(oneByOne));
  });
});
