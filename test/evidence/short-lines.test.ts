import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { levels } from '../../parsers/domain/evidence.ts';
import { LineIndex } from '../../parsers/evidence/line-index.ts';
import { MemberDraft } from '../../parsers/evidence/member-draft.ts';
import { mergeLines } from '../../parsers/evidence/merge-lines.ts';
import { shortLines } from '../../parsers/evidence/short-lines.ts';
import { atOnce } from '../../parsers/evidence/steps.ts';
import type { LineTable } from '../../parsers/evidence/short-lines.ts';

interface Line {
  readonly head: boolean;
  /** Milliseconds; null without a time. */
  readonly local: number | null;
  readonly offset: number | null;
  readonly level: number;
  readonly bytes: number;
}

const day = Date.UTC(2024, 4, 13);
const someLine: fc.Arbitrary<Line> = fc.record({
  head: fc.boolean(),
  local: fc.option(
    fc.oneof(
      fc.integer({ min: 0, max: 20 }).map((second) => day + second * 1000),
      fc.constant(Date.UTC(1601, 0, 1)),
    ),
  ),
  offset: fc.option(fc.constantFrom(0, 540, -300)),
  level: fc.integer({ min: 0, max: levels.length - 1 }),
  bytes: fc.integer({ min: 1, max: 300 }),
});

function indexOf(lines: readonly Line[], start: number): LineIndex {
  const index = new LineIndex();
  let at = start;
  for (const { head, local, offset, level, bytes } of lines) {
    index.add(at, head, local ?? Number.NaN, offset ?? Number.NaN, levels[level] ?? 'none');
    at += bytes;
  }
  index.finish(at);
  return index;
}

function everything(table: LineTable): unknown {
  return {
    count: table.count,
    finished: table.finished,
    timed: table.timed,
    outOfOrder: table.outOfOrder,
    offsets: [...table.offsetTable],
    earliest: table.earliest,
    latest: table.latest,
    split: table.nextSplit(0),
    lines: Array.from({ length: table.count }, (_, line) => [
      table.start(line),
      table.end(line),
      table.local(line),
      table.offset(line),
      table.level(line),
      table.levelCode(line),
      table.isTimed(line),
      table.isHead(line),
      table.isOutOfOrder(line),
      table.recordOf(line),
    ]),
  };
}

describe('the lines of a member that was read', () => {
  it('say the same as while it was read, beside those of other members', () => {
    const logs = fc.array(fc.array(someLine, { maxLength: 40 }), { maxLength: 6 });
    fc.assert(
      fc.property(logs, (members) => {
        const indices = members.map((lines, nth) => indexOf(lines, nth * 100_000));
        const before = indices.map(everything);
        const tables = indices.map(shortLines);
        expect(tables.map(everything)).toEqual(before);
        expect(tables.map(({ memory }) => memory)).toEqual(members.map(({ length }) => length * 14));
      }),
    );
  });

  it('take more than one array of those that members share', () => {
    const lines = Array.from({ length: 250 }, (_, nth) => ({
      head: true,
      local: day + nth * 1000,
      offset: null,
      level: 3,
      bytes: 10,
    }));
    const tables = Array.from({ length: 200 }, (_, nth) => shortLines(indexOf(lines, nth * 2500)));
    for (const [nth, table] of tables.entries()) {
      expect(table).not.toBeInstanceOf(LineIndex);
      expect([table.start(0), table.local(249), table.end(249)]).toEqual([
        nth * 2500,
        day + 249_000,
        nth * 2500 + 2500,
      ]);
    }
  });

  it('stay as they are when they are many, or parts of a longer line', () => {
    const many = indexOf(
      Array.from({ length: 300 }, () => ({ head: true, local: day, offset: null, level: 0, bytes: 5 })),
      0,
    );
    expect(shortLines(many)).toBe(many);
    const split = new LineIndex();
    split.add(0, true, day, Number.NaN, 'info');
    split.markSplit();
    split.add(10, true, Number.NaN, Number.NaN, 'info');
    split.finish(20);
    expect(shortLines(split)).toBe(split);
    const unfinished = new LineIndex();
    unfinished.add(0, true, day, Number.NaN, 'info');
    expect(shortLines(unfinished)).toBe(unfinished);
  });

  it('have no line before the first and behind the last', () => {
    const table = shortLines(indexOf([{ head: true, local: day, offset: null, level: 0, bytes: 5 }], 70));
    for (const line of [-1, 1]) {
      expect(() => table.start(line)).toThrow(RangeError);
      expect(() => table.local(line)).toThrow(RangeError);
    }
  });

  it('a settled member takes nothing more', () => {
    const [first, second] = [0, 1].map((index) => new MemberDraft(index, `${index}.log`, null));
    first?.warn(1, 'bad-date', 'x');
    first?.settle();
    second?.settle();
    expect(first?.warnings).toHaveLength(1);
    expect(second?.warnings).toEqual([]);
    expect(() => second?.warn(1, 'bad-date', 'x')).toThrow(TypeError);
    expect(() => {
      second?.records.push();
    }).toThrow('after its end');
  });
});

describe('the merged order', () => {
  interface MergedMember {
    readonly index: LineTable;
    readonly count: number;
    readonly base: number;
    readonly onlyDated: boolean;
  }

  function merge(
    members: readonly MergedMember[],
    order: Uint32Array,
  ): { readonly placed: number; readonly total: number } {
    const at = (member: number): MergedMember => {
      const found = members[member];
      if (found === undefined) throw new RangeError(`member ${member}`);
      return found;
    };
    return atOnce(
      mergeLines(
        {
          index: (member) => at(member).index,
          count: (member) => at(member).count,
          base: (member) => at(member).base,
          isOnlyDated: (member) => at(member).onlyDated,
          keyOf: (_, __, local) => local,
        },
        Uint32Array.from(members.keys()),
        order,
      ),
    );
  }

  /** Sorted the slow way: units by place in time, member and place in the file. */
  function sorted(members: readonly MergedMember[], dated: boolean): number[] {
    const units: {
      readonly key: number;
      readonly nth: number;
      readonly line: number;
      readonly ids: number[];
    }[] = [];
    const untimed: number[] = [];
    members.forEach(({ index, count, base }, nth) => {
      const timed = (line: number): boolean => index.isTimed(line);
      const all = Array.from({ length: count }, (_, line) => line);
      if (index.timed === 0) {
        untimed.push(...all.map((line) => base + line));
        return;
      }
      const starts = all.filter((line) => timed(line) || (line === 0 && !dated));
      for (const [at, line] of starts.entries()) {
        const from = all.slice(line).find(timed);
        const end = dated ? line + 1 : (starts[at + 1] ?? count);
        const key = from === undefined ? Number.POSITIVE_INFINITY : index.local(from);
        units.push({ key, nth, line, ids: all.slice(line, end).map((one) => base + one) });
      }
    });
    units.sort((a, b) => a.key - b.key || a.nth - b.nth || a.line - b.line);
    return [...units.flatMap(({ ids }) => ids), ...untimed];
  }

  it('is that of places in time, then of members, then of lines', () => {
    const logs = fc.array(fc.array(someLine, { minLength: 1, maxLength: 12 }), { maxLength: 9 });
    fc.assert(
      fc.property(logs, fc.boolean(), (members, onlyDated) => {
        let base = 0;
        const merged = members.map((lines): MergedMember => {
          // Readings of which only one has an offset cannot be told to be out of order: here none has.
          const index = indexOf(
            lines.map((line) => ({ ...line, offset: null })),
            0,
          );
          const member = { index: shortLines(index), count: index.count, base, onlyDated };
          base += index.count;
          return member;
        });
        const order = new Uint32Array(base);
        const { placed, total } = merge(merged, order);
        const expected = sorted(merged, onlyDated);
        expect([...order.subarray(0, total)]).toEqual(expected);
        const timed = merged.filter(({ index }) => index.timed > 0);
        expect(total - placed).toBe(
          merged.reduce((sum, member) => sum + (timed.includes(member) ? 0 : member.count), 0),
        );
      }),
    );
  });

  it('leaves out a member whose lines with a time do not count yet', () => {
    const index = indexOf(
      [
        { head: true, local: null, offset: null, level: 0, bytes: 5 },
        { head: true, local: day, offset: null, level: 0, bytes: 5 },
      ],
      0,
    );
    const order = new Uint32Array(3);
    const member = { index, base: 0, onlyDated: false };
    const result = merge([{ ...member, count: 1 }], order);
    expect(result).toEqual({ placed: 0, total: 0 });
  });
});
