import type { HeadFields, LineHead } from './line-head.ts';
import { datedHeads, dayFirstHead, jsonTimeHead } from './dated-heads.ts';
import { stampHead } from './stamp.ts';

/**
 * The timestamp finder for logs of no known format. A member is timed by the forms that its own
 * first lines show, never by a mixture of guesses line by line.
 */
export const genericHeads: readonly LineHead[] = [
  stampHead('YYYY-MM-DDTHH:mm:ss.fffzz', { name: 'iso', within: 40 }),
  stampHead('YYYY-MM-DDTHH:mm:sszz', { name: 'iso', within: 40 }),
  stampHead('YYYY-MM-DDTHH:mm:ss,fffzz', { name: 'iso', within: 40 }),
  stampHead('YYYY-MM-DDTHH:mm:ss.fff', { name: 'iso', within: 40 }),
  stampHead('YYYY-MM-DDTHH:mm:ss', { name: 'iso', within: 40 }),
  stampHead('YYYY-MM-DD HH:mm:ss.fffzz', { name: 'iso-blank', within: 40 }),
  stampHead('YYYY-MM-DD HH:mm:ss.fff zz', { name: 'iso-blank', within: 40 }),
  stampHead('YYYY-MM-DD HH:mm:ss,fffzz', { name: 'iso-blank', within: 40 }),
  stampHead('YYYY-MM-DD HH:mm:ss:fffzz', { name: 'iso-blank', within: 40 }),
  stampHead('YYYY-MM-DD HH:mm:sszz', { name: 'iso-blank', within: 40 }),
  stampHead('YYYY-MM-DD HH:mm:ss zz', { name: 'iso-blank', within: 40 }),
  stampHead("YYYY-MM-DD HH:mm:ss 'UTC'", { name: 'iso-blank', within: 40, offset: 0, followedBy: ' ' }),
  stampHead("YYYY-MM-DD HH:mm:ss.fff 'UTC'", { name: 'iso-blank', within: 40, offset: 0, followedBy: ' ' }),
  stampHead('YYYY-MM-DD HH:mm:ss.fff', { name: 'iso-blank', within: 40 }),
  stampHead('YYYY-MM-DD HH:mm:ss,fff', { name: 'iso-blank', within: 40 }),
  stampHead('YYYY-MM-DD HH:mm:ss:fff', { name: 'iso-blank', within: 40 }),
  stampHead('YYYY-MM-DD.HH:mm:sszz', { name: 'kace-dotted', within: 8 }),
  stampHead('YYYY-MM-DD.HH:mm:ss', { name: 'kace-dotted', within: 8 }),
  stampHead('YYYY-MM-DD~H:mm:ss', { name: 'iso-blank', within: 40 }),
  stampHead('YYYY/M/D~H:mm:ss.fffzz', { name: 'slashes', within: 40 }),
  stampHead('YYYY/M/D~H:mm:sszz', { name: 'slashes', within: 40 }),
  stampHead('YYYY/M/D~H:mm:ss.fff', { name: 'slashes', within: 40 }),
  stampHead('YYYY/M/D~H:mm:ss,fff', { name: 'slashes', within: 40 }),
  stampHead('YYYY/M/D~H:mm:ss', { name: 'slashes', within: 40 }),
  stampHead('YYYY/M/D~H:mm', { name: 'slashes', within: 40 }),
  stampHead('DD/MMM/YYYY:HH:mm:ss~zz', { name: 'apache', within: 120 }),
  stampHead('DD/MMM/YYYY:HH:mm:ss', { name: 'apache', within: 120 }),
  stampHead('EEE~MMM~D~HH:mm:ss.fff~YYYY', { name: 'apache-error', within: 8 }),
  stampHead('EEE~MMM~D~HH:mm:ss~YYYY', { name: 'ctime', within: 8 }),
  stampHead('YYYY-MMM-DD HH:mm:ss.fff', { name: 'month-name', within: 8 }),
  stampHead('YYYY-MMM-DD HH:mm:ss', { name: 'month-name', within: 8 }),
  stampHead('MMM~D,~YYYY~H:mm:ss~AA', { name: 'windows-us', within: 8 }),
  stampHead('MMM~D,~YYYY~H:mm:ss', { name: 'windows-us', within: 8 }),
  stampHead('D~MMM~YYYY~HH:mm:ss,fff', { name: 'day-month-name', within: 8 }),
  stampHead('D~MMM~YYYY~HH:mm:ss', { name: 'day-month-name', within: 8 }),
  stampHead('M/D/YYYY~H:mm:ss~AA', { name: 'windows-us', within: 40 }),
  stampHead('M/D/YYYY~H:mm:ss.fff', { name: 'windows-us', within: 40 }),
  stampHead('M/D/YYYY~H:mm:ss', { name: 'windows-us', within: 40 }),
  stampHead('YYYY年M月D日~H時mm分ss秒', { name: 'japanese', within: 40 }),
  stampHead('YYYY年M月D日H時mm分ss秒', { name: 'japanese', within: 40 }),
  stampHead('YYYY年M月D日~H時mm分', { name: 'japanese', within: 40 }),
  stampHead('YYYY年M月D日~H:mm:ss', { name: 'japanese', within: 40 }),
  stampHead('YYYYMMDD~HH:mm:ss.fff', { name: 'compact', within: 16 }),
  stampHead('YYYYMMDD~HH:mm:ss', { name: 'compact', within: 16 }),
  stampHead('YYYYMMDDTHHmmsszz', { name: 'compact', within: 16 }),
  stampHead('YYYYMMDDTHHmmss', { name: 'compact', within: 16 }),
  stampHead('MMM~D~HH:mm:ss.fff', { name: 'syslog', within: 8 }),
  stampHead('MMM~D~HH:mm:ss', { name: 'syslog', within: 8 }),
  stampHead('UUUU', { name: 'epoch', within: 1 }),
];

/** How many first lines decide. */
const probeLines = 400;

/** What is left of a stamp behind a compiled form: a zone or a fraction that the form does not know. */
const furtherStamp = /^(?: ?(?:UTC|GMT|JST|[Zz](?!\w)|[+-]\d{2}:?\d{2}(?!\d))|:\d{1,9}(?!\d))/u;
/** Bytes behind the compiled stamp that can belong to it: ` UTC+09:00`, ` JST 2024`; too few for a date of its own. */
const furtherBytes = 12;

/**
 * Chooses the heads by which an unknown log is timed: those that read at least one of its first
 * lines, the most exact first. Empty when fewer than a tenth of the lines (and fewer than three)
 * carry a time: dates in running text are not stamps.
 *
 * A compiled form counts unless a free one reads more of the same stamp: its zone, or its year.
 */
export function chooseHeads(lines: readonly string[]): readonly LineHead[] {
  const exact = new Set<LineHead>();
  const compiled = new Set<LineHead>();
  const free = new Set<LineHead>();
  const months: Uint8Array[] = [];
  const isJson = looksLikeJsonLines(lines);
  let seen = 0;
  let timed = 0;
  for (const line of lines.slice(0, probeLines)) {
    if (line.trim() === '') continue;
    seen += 1;
    const bytes = Buffer.from(line.slice(0, 400), 'utf8');
    const chosen = isJson ? readBy(jsonTimeHead, bytes) : headOf(bytes);
    if (chosen === null) continue;
    timed += 1;
    (chosen.form !== undefined ? compiled : chosen.beats ? exact : free).add(chosen.head);
    if (chosen.head.name === monthFirst || chosen.head === dayFirstHead) months.push(bytes);
  }
  if (timed === 0 || (timed < 3 && timed * 2 < seen) || timed * 20 < seen) return [];
  // The list goes from the most to the least specific form: a form without fraction must not shadow one with.
  const heads = [
    ...[...datedHeads, jsonTimeHead].filter((head) => exact.has(head)),
    ...genericHeads.filter((head) => compiled.has(head)),
    ...[...datedHeads, jsonTimeHead].filter((head) => free.has(head)),
  ];
  if (!free.has(dayFirstHead)) return heads;
  const agree = months.every((bytes) => readBy(dayFirstHead, bytes) !== null);
  return agree ? [dayFirstHead, ...heads.filter((head) => head.name !== monthFirst)] : heads;
}

const monthFirst = 'windows-us';

interface Chosen {
  readonly head: LineHead;
  /** Of a compiled head. */
  readonly form: LineHead['form'];
  /** Whether it was taken although a compiled one reads the line as well. */
  readonly beats: boolean;
}

const fields: HeadFields = { local: 0, offset: 0, precision: 'second', level: 'none', body: 0 };

function readBy(head: LineHead, bytes: Uint8Array): Chosen | null {
  return head.read(bytes, 0, bytes.length, fields) ? { head, form: head.form, beats: false } : null;
}

function headOf(bytes: Buffer): Chosen | null {
  const head = genericHeads.find((candidate) => candidate.read(bytes, 0, bytes.length, fields));
  if (head === undefined) {
    const free = [...datedHeads, dayFirstHead].find((candidate) =>
      candidate.read(bytes, 0, bytes.length, fields),
    );
    return free === undefined ? null : { head: free, form: undefined, beats: false };
  }
  const further = bytes.subarray(fields.body, fields.body + furtherBytes);
  const isUnfinished = Number.isNaN(fields.offset) && furtherStamp.test(further.toString('latin1'));
  if (isUnfinished || head.yearless) {
    const stamp = bytes.subarray(0, fields.body + furtherBytes);
    const more = datedHeads.find((candidate) => candidate.read(stamp, 0, stamp.length, fields));
    if (more !== undefined) return { head: more, form: undefined, beats: true };
  }
  return { head, form: head.form, beats: false };
}

/** Whether the first lines are JSON objects, one a line. */
export function looksLikeJsonLines(lines: readonly string[]): boolean {
  const [first, second] = lines.filter((line) => line.trim() !== '');
  return (
    [first, second].every((line) => line === undefined || /^\s*\{\s*".*\}\s*,?\s*$/u.test(line)) &&
    first !== undefined
  );
}
