import { constants } from 'node:buffer';
import { anyCells, CellCounter } from './cell-limits.ts';
import type { CellLimits } from './cell-limits.ts';

/** What the elements of a table are called, by the role that says so of another element (WAI-ARIA). */
const elementOf: Readonly<Record<string, string>> = {
  table: 'table',
  grid: 'table',
  treegrid: 'table',
  rowgroup: 'tbody',
  row: 'tr',
  columnheader: 'th',
  rowheader: 'th',
  cell: 'td',
  gridcell: 'td',
};

const roleOf = /\srole\s*=\s*["']?(?<role>[a-z]+)/iu;
const gridInDivs = /<(?:div|span)\s[^<>]{0,400}?role\s*=\s*["']?(?:row|cell|gridcell|columnheader)\b/iu;
/** A tag longer than this holds data, not a role. */
const longestTag = 4000;

/**
 * The text of a page in which grids of `div` and `span` with the roles of a table are tables by name, so
 * that they are read as such. Lines stay where they are; without such roles it is the text itself.
 *
 * @throws TooManyCells `table-too-large`
 */
export function tablesOfRoles(text: string, limits: CellLimits = anyCells): string {
  if (!text.includes('role') || !gridInDivs.test(text)) return text;
  const pieces: string[] = [];
  // For every open element of a name what it was renamed to; null for one that keeps its name.
  const open = { div: [] as (string | null)[], span: [] as (string | null)[] };
  const counter = new CellCounter(limits);
  let taken = 0;
  for (let at = text.indexOf('<'); at !== -1; at = text.indexOf('<', at)) {
    const opaque = endOfOpaque(text, at);
    if (opaque !== null) {
      if (opaque === -1) break;
      at = opaque;
      continue;
    }
    const tag = /^<(?<slash>\/?)(?<name>div|span)(?=[\s/>])/iu.exec(text.slice(at, at + 8))?.groups;
    const end = tag === undefined ? -1 : text.slice(at, at + longestTag).indexOf('>');
    if (tag === undefined || end === -1) {
      at += 1;
      continue;
    }
    const name = (tag['name'] ?? '').toLowerCase() as keyof typeof open;
    const head = 1 + (tag['slash'] ?? '').length;
    const nameEnd = at + head + name.length;
    let renamed: string | null;
    if (tag['slash'] === '/') {
      renamed = open[name].pop() ?? null;
    } else {
      const role = roleOf.exec(text.slice(nameEnd, at + end))?.groups?.['role']?.toLowerCase();
      renamed = role === undefined ? null : (elementOf[role] ?? null);
      open[name].push(renamed);
      // A renamed one costs two pieces of the text, and each a place until it ends.
      counter.add(renamed === null ? 1 : 4, null);
    }
    if (renamed !== null) {
      pieces.push(text.slice(taken, at + head), renamed);
      taken = nameEnd;
    }
    at += end + 1;
  }
  pieces.push(text.slice(taken));
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  // Longer names may make more of it than a text can hold.
  return length > constants.MAX_STRING_LENGTH ? text : pieces.join('');
}

/** Where a comment, script or style ends that starts here; null when none does, -1 when it never ends. */
function endOfOpaque(text: string, at: number): number | null {
  if (text.startsWith('<!--', at)) return behind(text, '-->', at + 4);
  const name = /^<(?<name>script|style)(?=[\s>])/iu.exec(text.slice(at, at + 8))?.groups?.['name'];
  if (name === undefined) return null;
  const close = new RegExp(`</${name}`, 'giu');
  close.lastIndex = at;
  const found = close.exec(text);
  return found === null ? -1 : found.index + found[0].length;
}

function behind(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  return found === -1 ? -1 : found + mark.length;
}
