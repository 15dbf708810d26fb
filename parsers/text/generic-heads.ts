import type { HeadFields, LineHead } from './line-head.ts';
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
  stampHead('YYYY-MM-DD HH:mm:ss.fff', { name: 'iso-blank', within: 40 }),
  stampHead('YYYY-MM-DD HH:mm:ss,fff', { name: 'iso-blank', within: 40 }),
  stampHead('YYYY-MM-DD HH:mm:ss:fff', { name: 'iso-blank', within: 40 }),
  stampHead('YYYY-MM-DD.HH:mm:sszz', { name: 'kace-dotted', within: 8 }),
  stampHead('YYYY-MM-DD.HH:mm:ss', { name: 'kace-dotted', within: 8 }),
  stampHead('YYYY-MM-DD~H:mm:ss', { name: 'iso-blank', within: 40 }),
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

/**
 * Chooses the heads by which an unknown log is timed: those that read at least one of its first
 * lines, the most frequent first. Empty when fewer than a tenth of the lines (and fewer than three)
 * carry a time: dates in running text are not stamps.
 */
export function chooseHeads(lines: readonly string[]): readonly LineHead[] {
  const fields: HeadFields = { local: 0, offset: 0, precision: 'second', level: 'none', body: 0 };
  const counts = new Map<LineHead, number>();
  let seen = 0;
  let timed = 0;
  for (const line of lines.slice(0, probeLines)) {
    if (line.trim() === '') continue;
    seen += 1;
    const bytes = Buffer.from(line.slice(0, 400), 'utf8');
    const head = genericHeads.find((candidate) => candidate.read(bytes, 0, bytes.length, fields));
    if (head === undefined) continue;
    timed += 1;
    counts.set(head, (counts.get(head) ?? 0) + 1);
  }
  if (timed === 0 || (timed < 3 && timed * 2 < seen) || timed * 20 < seen) return [];
  // The list goes from the most to the least specific form: a form without fraction must not shadow one with.
  return genericHeads.filter((head) => counts.has(head));
}
