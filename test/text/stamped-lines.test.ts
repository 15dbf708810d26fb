import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { levels } from '../../parsers/domain/evidence.ts';
import { formats } from '../../parsers/formats/registry.ts';
import { genericHeads } from '../../parsers/text/generic-heads.ts';
import type { HeadFields, LineHead, StampStep } from '../../parsers/text/line-head.ts';
import { Landmarks, loadText, scanLines } from '../../parsers/text/line-scanner.ts';
import { batchLines, StampedLines, statedOffset } from '../../parsers/text/stamped-lines.ts';
import { stampHead } from '../../parsers/text/stamp.ts';

/** What a head says of a line: its place from 1 on, then time, offset, level, where the text behind the stamp starts. */
type Said = readonly [head: number, local: number, offset: number, level: string, body: number] | null;

/** One head after the other, one line after the other. */
function oneByOne(heads: readonly LineHead[], lines: readonly string[]): readonly Said[] {
  return lines.map((line) => {
    const bytes = Buffer.from(`${line}\n`, 'utf8');
    let end = bytes.length - 1;
    while (end > 0 && bytes[end - 1] === 0x0d) end -= 1;
    const out: HeadFields = { local: NaN, offset: NaN, precision: 'second', level: 'none', body: 0 };
    const found = heads.findIndex((head) => head.read(bytes, 0, end, out));
    return found === -1 ? null : [found + 1, out.local, out.offset, out.level, out.body];
  });
}

function atOnce(heads: readonly LineHead[], lines: readonly string[]): readonly Said[] {
  const stamped = StampedLines.of(heads);
  if (stamped === null) throw new Error('no head is data');
  const levelMarks = heads.flatMap(({ form }) => form?.levelMarks ?? []);
  const scanned = scanLines(
    loadText(Buffer.from(lines.map((line) => `${line}\n`).join(''), 'utf8')),
    levelMarks.length === 0 ? null : new Landmarks([[], levelMarks]),
  );
  const said: Said[] = [];
  for (let from = 0; from < scanned.count; from += batchLines) {
    const to = Math.min(scanned.count, from + batchLines);
    const batch = stamped.read(scanned, from, to, levelMarks.length === 0 ? 0 : 0b10);
    for (let line = from; line < to; line += 1) {
      const nth = line - from;
      const start = line === 0 ? 0 : (scanned.ends[line - 1] ?? 0) + 1;
      const head = batch.heads[nth] ?? 0;
      said.push(
        head === 0
          ? null
          : [
              head,
              batch.local[nth] ?? NaN,
              statedOffset(batch.offsets[nth] ?? 0),
              levels[batch.levels[nth] ?? 0] ?? '',
              (batch.bodies[nth] ?? 0) - start,
            ],
      );
    }
  }
  return said;
}

/** All lists of heads that are data from the first to the last. */
const lists: readonly (readonly [name: string, heads: readonly LineHead[]])[] = [
  ['generic', genericHeads],
  ...formats.flatMap((format) =>
    format.form === 'lines' && StampedLines.of(format.heads)?.isWhole === true
      ? [[format.id, format.heads] as const]
      : [],
  ),
];

const part = fc.oneof(
  fc.constantFrom(
    ...[
      '2024',
      '05',
      '5',
      '13',
      '29',
      '30',
      '31',
      '00',
      '1',
      '23',
      '24',
      '59',
      '60',
      '61',
      '1715333400',
      '0999',
    ],
    ...[
      '-',
      '/',
      '.',
      ':',
      ' ',
      'T',
      ',',
      '[',
      ']',
      '\t',
      '  ',
      '>',
      '|',
      '年',
      '月',
      '日',
      '時',
      '分',
      '秒',
    ],
    ...[
      'Z',
      '+0900',
      '-03:30',
      '+9',
      '+15',
      'AM',
      'pm',
      'May',
      'feb',
      'Thu',
      'Start-Date: ',
      'UTC',
      '\r',
      '_',
      'WARNING:',
      '*FAILED*',
    ],
    ...[
      'INFO',
      'error',
      'Error:',
      'WARNING',
      '[warn]',
      'Information',
      'ERRORS',
      'x',
      'no error',
      'crit|',
      'Alert',
    ],
  ),
  fc.string({ maxLength: 6 }),
);

/** By the kind of a step what may stand there; of digits more or fewer than fit, too. */
function written({ kind, value, least, most }: StampStep): fc.Arbitrary<string> {
  switch (kind) {
    case 0:
      return fc.constant(String.fromCharCode(value));
    case 1: {
      const [first, last] = value === 0 ? [990, 2200] : [0, [0, 13, 32, 24, 60, 61][value] ?? 99];
      return fc
        .tuple(fc.integer({ min: first, max: last }), fc.integer({ min: least, max: most }))
        .map(([number, digits]) => String(number).padStart(digits, '0'));
    }
    case 2:
      return fc.stringMatching(/^\d{1,10}$/u);
    case 3:
      return fc.constantFrom('Z', 'z', '+0900', '-03:30', '+09', '+1500', '-0199', '+5');
    case 4:
      return fc.constantFrom(
        'Jan',
        'feb',
        'MAR',
        'Apr',
        'May',
        'Jun',
        'Jul',
        'Aug',
        'Sep',
        'Oct',
        'Nov',
        'Dec',
        'Mai',
      );
    case 5:
      return fc.constantFrom(' ', '  ', '\t');
    case 6:
      return fc.constantFrom('Mon', 'thu', 'So.');
    case 7:
      return fc.constantFrom('AM', 'pm', 'Am', 'xm');
    default:
      return fc.constantFrom('1715333400', '1715333400.25', '1715333400123', '17153334001234', '1715333400.');
  }
}

/** A line that one of the heads may read: with its stamp, one time in four changed in one place. */
function lineOf(heads: readonly LineHead[]): fc.Arbitrary<string> {
  const stamps = heads.flatMap(({ form }) =>
    form === undefined
      ? []
      : [
          fc
            .tuple(...form.steps.map(written))
            // Literals of more than ASCII are steps of one byte each.
            .map((parts) => Buffer.from(parts.join(''), 'latin1').toString('utf8'))
            .map((text) => text + (form.followedBy === 0 ? '' : String.fromCharCode(form.followedBy))),
        ],
  );
  const changed = fc
    .tuple(fc.oneof(...stamps), fc.option(fc.nat({ max: 30 }), { freq: 3 }), part)
    .map(([text, at, put]) => (at === null ? text : text.slice(0, at) + put + text.slice(at + 1)));
  return fc
    .tuple(
      fc.oneof(
        { weight: 3, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: fc.array(part, { maxLength: 3 }) },
      ),
      fc.oneof({ weight: 9, arbitrary: changed }, { weight: 1, arbitrary: fc.constant('') }),
      fc.array(part, { maxLength: 8 }),
    )
    .map(([before, stamp, behind]) => [...before, stamp, ...behind].join('').replaceAll('\n', ' '));
}

describe('StampedLines', () => {
  it('has most formats to read', () => {
    expect(lists.length).toBeGreaterThan(12);
  });

  it.each(lists)('says of lines what the heads of %s say one by one', (_, heads) => {
    let read = 0;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(lineOf(heads), fc.boolean()), { minLength: 20, maxLength: 40 }),
        (drawn) => {
          // A line that comes again has the minute that is remembered.
          const lines = drawn.flatMap(([text, again]) => (again ? [text, `${text} again`] : [text]));
          const expected = oneByOne(heads, lines);
          read += expected.filter((said) => said !== null).length;
          expect(atOnce(heads, lines)).toEqual(expected);
        },
      ),
      { numRuns: 200 },
    );
    expect(read).toBeGreaterThan(500);
  });

  it('reads more lines than a batch holds', () => {
    const heads = [stampHead('YYYY-MM-DD HH:mm:ss')];
    const lines = Array.from(
      { length: batchLines * 2 + 5 },
      (_, nth) => `2024-05-10 09:${String(nth % 60).padStart(2, '0')}:07 ${nth % 7 === 0 ? 'ERROR' : 'x'}`,
    );
    expect(atOnce(heads, lines)).toEqual(oneByOne(heads, lines));
  });

  it('stops at the first head that is no data', () => {
    const own: LineHead = { name: 'own', yearless: false, read: () => false };
    const first = stampHead('YYYY-MM-DD');
    expect(StampedLines.of([own, first])).toBeNull();
    const stamped = StampedLines.of([first, own]);
    expect(stamped?.isWhole).toBe(false);
    expect(stamped?.heads).toEqual([first]);
  });
});
