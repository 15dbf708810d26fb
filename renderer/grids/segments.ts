/** Cuts a line of text into plain parts, matches and codes, for highlighting. Pure. */
import type { Filter } from '../../preload/contract/shapes.ts';

export interface Segment {
  readonly kind: 'plain' | 'match' | 'patch' | 'code';
  readonly text: string;
}

/** Longer texts are searched only this far: highlighting is a help, not the search itself. */
const searchedLength = 4_000;
/** Codes as logs write them: hexadecimal results, and numbers named as exit or return codes. */
const codePattern = /0x[0-9A-Fa-f]{8}\b|(?<=(?:exit ?code|return ?code|\brc)\s?[=:]\s?)-?\d{1,10}\b/giu;

/** Turns a search into an expression that finds its matches, or null when it is none. */
export function matcherOf(text: Filter['text'] | null): RegExp | null {
  if (text === null || text === undefined || text.expression === '') return null;
  const source = text.regex ? text.expression : text.expression.replace(/[\\^$.*+?()[\]{}|/-]/gu, '\\$&');
  try {
    return new RegExp(source, text.ignoreCase ? 'giu' : 'gu');
  } catch {
    return null;
  }
}

/** Matches win over the chosen patch, which wins over codes. */
export function segmentsOf(text: string, matcher: RegExp | null, kb: string | null): readonly Segment[] {
  const searched = text.slice(0, searchedLength);
  const found: { from: number; to: number; kind: Segment['kind'] }[] = [];
  const add = (pattern: RegExp, kind: Segment['kind']): void => {
    for (const match of searched.matchAll(pattern)) {
      const from = match.index;
      const to = from + match[0].length;
      if (to > from && !found.some((one) => from < one.to && one.from < to)) found.push({ from, to, kind });
    }
  };
  if (matcher !== null) add(matcher, 'match');
  if (kb !== null) add(new RegExp(`KB[ -]?${kb.slice(2)}(?!\\d)`, 'giu'), 'patch');
  add(codePattern, 'code');
  if (found.length === 0) return [{ kind: 'plain', text }];
  found.sort((a, b) => a.from - b.from);
  const segments: Segment[] = [];
  let at = 0;
  for (const { from, to, kind } of found) {
    if (from > at) segments.push({ kind: 'plain', text: text.slice(at, from) });
    segments.push({ kind, text: text.slice(from, to) });
    at = to;
  }
  if (at < text.length) segments.push({ kind: 'plain', text: text.slice(at) });
  return segments;
}

/** The text without the time that it starts with, as the source writes it, and the signs around that. */
export function textAfterTime(text: string, raw: string): string {
  const at = raw === '' ? -1 : text.indexOf(raw);
  if (at < 0 || at > 2) return text;
  const rest = text.slice(at + raw.length).replace(/^[\]\s|,;:>-]+/u, '');
  return rest === '' ? text : rest;
}
