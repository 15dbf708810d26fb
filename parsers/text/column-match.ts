import { foldWord } from './vocabulary.ts';

/** How the header of a canonical column may read. */
export interface ColumnWords {
  /** Whole headers, in any language. One of two or more words (or three or more Japanese characters) may also stand inside a longer header. */
  readonly names: readonly string[];
  /**
   * Headers that mean this column only when nothing better does, e.g. `Status`: tried last, whole
   * headers only, in the order in which the columns are given.
   */
  readonly weak?: readonly string[];
}

/** Canonical columns with their headers. */
export type ColumnLists<C extends string> = Readonly<Record<C, ColumnWords>>;

/** Which column of a table is which. */
export interface ColumnMatch<C extends string> {
  /** Position of a canonical column, or -1. */
  at(column: C): number;
  has(column: C): boolean;
  /** How many canonical columns were found. */
  readonly count: number;
  /** Headers that no synonym fits. */
  readonly unknown: readonly string[];
  /**
   * The cell of a canonical column; null when the table has no such column, or the row ends before it.
   * Where one header spans several columns it is the first of them that is not blank.
   */
  cell(cells: readonly string[], column: C): string | null;
  /** The same for one column of many rows: found once, asked for each row. */
  reader(column: C): (cells: readonly string[]) => string | null;
}

export interface MatchOptions {
  /** Least number of canonical columns for a match; 4 unless the format knows the page by other means. */
  readonly least?: number;
}

/** Finds canonical columns by their headers. */
export interface ColumnMatcher<C extends string> {
  readonly columns: readonly C[];
  match(headers: readonly string[], options?: MatchOptions): ColumnMatch<C> | null;
}

interface Candidate<C> {
  readonly column: C;
  readonly header: number;
  /** Higher wins: an exact header before a contained one, a longer synonym before a shorter one. */
  readonly score: number;
}

const exactScore = 1_000_000;
const longestHeader = 200;
const qualified = /^\s*(?:["'`[]?[A-Za-z_]\w*["'`\]]?\.){0,2}["'`[]?(?<column>[A-Za-z_]\w*)["'`\]]?\s*$/u;

/**
 * Makes a matcher. Headers are compared without regard to width, case, blanks and punctuation;
 * order and further columns do not matter; no header serves two columns and no column two headers.
 */
export function compileColumns<C extends string>(lists: ColumnLists<C>): ColumnMatcher<C> {
  const columns = Object.keys(lists) as C[];
  const exact = new Map<string, C[]>();
  const contained = new ContainedWords<C>();
  const weak: { readonly column: C; readonly words: ReadonlySet<string> }[] = [];
  for (const column of columns) {
    const words = lists[column];
    for (const name of words.names) {
      const folded = foldWord(name);
      const known = exact.get(folded);
      if (known === undefined) exact.set(folded, [column]);
      else if (!known.includes(column)) known.push(column);
      if (isTelling(name)) contained.add(folded, column);
    }
    if (words.weak !== undefined) weak.push({ column, words: new Set(words.weak.map(foldWord)) });
  }

  const anyWeak = new Set(weak.flatMap(({ words }) => [...words]));

  const isWord = (folded: string): boolean => exact.has(folded) || anyWeak.has(folded);

  /** A header that is nobody's word may be one behind the name of a database table: `ps.STATUS_DT`. */
  function foldHeader(header: string): string {
    const whole = foldWord(header);
    if (isWord(whole) || !header.includes('.')) return whole;
    const column = qualified.exec(header)?.groups?.['column'];
    const bare = column === undefined ? whole : foldWord(column);
    return isWord(bare) ? bare : whole;
  }

  /** @returns whether the header may be a column by its own words */
  function addCandidates(candidates: Candidate<C>[], header: string, position: number): boolean {
    if (header === '') return false;
    const whole = exact.get(header);
    if (whole === undefined) {
      const before = candidates.length;
      contained.find(header, (column, score) => candidates.push({ column, header: position, score }));
      return candidates.length > before;
    }
    for (const column of whole)
      candidates.push({ column, header: position, score: exactScore + header.length });
    return true;
  }

  function match(headers: readonly string[], options: MatchOptions = {}): ColumnMatch<C> | null {
    const least = options.least ?? 4;
    const folded: string[] = [];
    const candidates: Candidate<C>[] = [];
    // No header serves two columns: once too few are left that may be one, there is nothing to look for.
    let possible = headers.length;
    for (const [position, text] of headers.entries()) {
      const header = text.length > longestHeader ? '' : foldHeader(text);
      folded.push(header);
      if (!addCandidates(candidates, header, position) && !anyWeak.has(header)) possible -= 1;
      if (possible < least) return null;
    }
    candidates.sort(
      (a, b) =>
        b.score - a.score || a.header - b.header || columns.indexOf(a.column) - columns.indexOf(b.column),
    );
    const positions = new Map<C, number[]>();
    const taken = new Set<number>();
    for (const { column, header } of candidates) {
      if (taken.has(header) || positions.has(column)) continue;
      const span = spanOf(folded, header);
      if (span.some((position) => taken.has(position))) continue;
      positions.set(column, span);
      for (const position of span) taken.add(position);
    }
    for (const { column, words } of weak) {
      if (positions.has(column)) continue;
      const header = folded.findIndex((word, position) => !taken.has(position) && words.has(word));
      if (header === -1) continue;
      positions.set(column, [header]);
      taken.add(header);
    }
    if (positions.size < least) return null;
    return new Match(
      positions,
      headers.filter((header, position) => header !== '' && !taken.has(position)),
    );
  }

  return { columns, match };
}

/** Words looked for inside headers: told apart by how they begin, so that a header is read once. */
class ContainedWords<C> {
  readonly #words = new Map<number, { readonly column: C; readonly folded: string }[]>();
  /** A bit for each way in which a word begins, folded into 4,096: most places of most headers begin none. */
  readonly #starts = new Uint8Array(4096);

  add(folded: string, column: C): void {
    const start = startAt(folded, 0);
    this.#starts[start & 4095] = 1;
    const known = this.#words.get(start);
    if (known === undefined) this.#words.set(start, [{ column, folded }]);
    else known.push({ column, folded });
  }

  /** Tells each word that stands in a header, as often as it stands there. */
  find(header: string, tell: (column: C, length: number) => void): void {
    for (let at = 0; at + 1 < header.length; at += 1) {
      const start = startAt(header, at);
      if (this.#starts[start & 4095] === 0) continue;
      for (const { column, folded } of this.#words.get(start) ?? []) {
        if (header.startsWith(folded, at)) tell(column, folded.length);
      }
    }
  }
}

function startAt(text: string, at: number): number {
  return text.charCodeAt(at) * 64 + text.charCodeAt(at + 1);
}

/** Neighbouring columns under one and the same header: a header cell that spans them. */
function spanOf(folded: readonly string[], from: number): number[] {
  const span = [from];
  for (let at = from + 1; at < folded.length && folded[at] === folded[from]; at += 1) span.push(at);
  return span;
}

/** Whether a synonym says enough to be recognised inside a longer header: `Patch` in "Patch Severity" does not. */
function isTelling(name: string): boolean {
  const folded = name.normalize('NFKC').trim();
  if (/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]/u.test(folded)) return foldWord(folded).length >= 3;
  return /[\s_-]/u.test(folded);
}

class Match<C extends string> implements ColumnMatch<C> {
  readonly count: number;
  readonly unknown: readonly string[];
  readonly #positions: ReadonlyMap<C, readonly number[]>;

  constructor(positions: ReadonlyMap<C, readonly number[]>, unknown: readonly string[]) {
    this.#positions = positions;
    this.count = positions.size;
    this.unknown = unknown;
  }

  at(column: C): number {
    return this.#positions.get(column)?.[0] ?? -1;
  }

  has(column: C): boolean {
    return this.#positions.has(column);
  }

  reader(column: C): (cells: readonly string[]) => string | null {
    const positions = this.#positions.get(column);
    const [only] = positions ?? [];
    if (only === undefined) return () => null;
    if (positions?.length === 1) return (cells) => cells[only] ?? null;
    return (cells) => this.cell(cells, column);
  }

  cell(cells: readonly string[], column: C): string | null {
    const positions = this.#positions.get(column);
    if (positions === undefined) return null;
    for (const position of positions) {
      const cell = cells[position];
      if (cell !== undefined && cell !== '') return cell;
    }
    return cells[positions[0] ?? -1] ?? null;
  }
}
