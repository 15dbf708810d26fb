import { createHash } from 'node:crypto';
import * as v from 'valibot';

/** An entry of a case's log, as far as its chain needs it. The writer is `main/custody-log.ts`. */
const entrySchema = v.object({
  at: v.string(),
  what: v.string(),
  detail: v.record(v.string(), v.union([v.string(), v.number(), v.null()])),
  previous: v.string(),
  hash: v.string(),
});

export type ChainState =
  | { readonly state: 'whole'; readonly entries: number }
  /** The entry (1-based) that is not what it was when it was written, or does not follow the one before. */
  | { readonly state: 'broken'; readonly entries: number; readonly entry: number }
  | { readonly state: 'none' };

/** Checks that each entry is sealed over itself and over the entry before. */
export function checkChain(log: unknown): ChainState {
  if (!Array.isArray(log) || log.length === 0) return { state: 'none' };
  let previous = '0'.repeat(64);
  for (const [index, raw] of log.entries()) {
    const parsed = v.safeParse(entrySchema, raw);
    const broken = { state: 'broken', entries: log.length, entry: index + 1 } as const;
    if (!parsed.success) return broken;
    const { at, what, detail, hash } = parsed.output;
    const sorted = Object.entries(detail).sort(([a], [b]) => (a < b ? -1 : 1));
    const sealed = JSON.stringify([previous, at, what, sorted]);
    const expected = createHash('sha256').update(sealed, 'utf8').digest('hex');
    if (parsed.output.previous !== previous || hash !== expected) return broken;
    previous = hash;
  }
  return { state: 'whole', entries: log.length };
}
