import type { HeadFields, LineHead } from '../../text/line-head.ts';
import type { Probe } from '../define-format.ts';

/** Whether at least so many of a member's first lines start in one of the ways. */
export function startsLike(probe: Probe, heads: readonly LineHead[], least: number): boolean {
  const fields: HeadFields = { local: 0, offset: 0, precision: 'second', level: 'none', body: 0 };
  let count = 0;
  for (const line of probe.lines.slice(0, 100)) {
    const bytes = Buffer.from(line.slice(0, 400), 'utf8');
    if (heads.some((head) => head.read(bytes, 0, bytes.length, fields))) count += 1;
    if (count >= least) return true;
  }
  return false;
}
