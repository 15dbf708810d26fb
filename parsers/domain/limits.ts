/** What the engine takes in before it refuses; the analyst can change every one of them. */
export interface Limits {
  /** Unpacked bytes of the whole bundle. */
  readonly totalBytes: number;
  /** Unpacked bytes of one member. */
  readonly memberBytes: number;
  /** A member is refused above this ratio of unpacked to packed bytes ... */
  readonly ratio: number;
  /** ... once it has unpacked more than this many bytes. */
  readonly ratioFromBytes: number;
  /** Members of the bundle, nested ones included. */
  readonly members: number;
  /** Archives within archives. */
  readonly depth: number;
  /** Bytes of a line; a longer one is split, with a warning. */
  readonly lineBytes: number;
  /** Cells of one table row; a member with a longer one is refused. */
  readonly rowCells: number;
  /** Cells that the tables of one page, workbook or text keep in memory; a member with more is refused. */
  readonly tableCells: number;
  /**
   * Bytes of a member that is held as a whole (a page, a workbook, a JSON text): reading one takes up to ten times as
   * much memory. What can be read piece by piece (delimited tables, event lists) may be of any size.
   */
  readonly documentBytes: number;
}

const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;

export const defaultLimits: Limits = {
  totalBytes: 64 * GiB,
  memberBytes: 16 * GiB,
  ratio: 500,
  ratioFromBytes: 64 * MiB,
  members: 1_000_000,
  depth: 8,
  lineBytes: 16 * MiB,
  rowCells: 10_000,
  tableCells: 20_000_000,
  documentBytes: 16 * MiB,
};

/** Bytes that the parts of a workbook may have unpacked: its XML is some ten times as long as what is kept of it. */
export function workbookBytes({ documentBytes }: Pick<Limits, 'documentBytes'>): number {
  return Math.min(documentBytes * 2, limitRanges.documentBytes.most);
}

export type LimitName = keyof Limits;

/**
 * The least and the most that each limit may be set to, both included. Below, ordinary bundles would be refused;
 * above, the engine's own structures end: 4 GiB of lines a page of the index, an array's length, the stack, the
 * characters of a text (a few fewer than 512 Mi).
 */
export const limitRanges: Readonly<Record<LimitName, { readonly least: number; readonly most: number }>> = {
  totalBytes: { least: MiB, most: 1024 * GiB },
  memberBytes: { least: MiB, most: 1024 * GiB },
  ratio: { least: 10, most: 1_000_000 },
  ratioFromBytes: { least: MiB, most: 1024 * GiB },
  members: { least: 1, most: 5_000_000 },
  depth: { least: 1, most: 32 },
  lineBytes: { least: 64 * KiB, most: 256 * MiB },
  rowCells: { least: 16, most: 100_000 },
  tableCells: { least: 1000, most: 200_000_000 },
  documentBytes: { least: MiB, most: 512 * MiB },
};

/** In the order in which they are shown. */
export const limitNames = Object.keys(limitRanges) as readonly LimitName[];

/** Limits that count bytes. */
export function countsBytes(name: LimitName): boolean {
  return name.endsWith('Bytes');
}

/** Whether a limit may be set to this value. */
export function isLimit(name: LimitName, value: number): boolean {
  const { least, most } = limitRanges[name];
  return Number.isSafeInteger(value) && value >= least && value <= most;
}

const written = /^(?<count>\d{1,16}(?:\.\d{1,6})?)\s*(?<unit>[KMGT])?(?:i?B)?$/iu;
const units: Readonly<Record<string, number>> = { K: KiB, M: MiB, G: GiB, T: 1024 * GiB };

/**
 * Reads a value as people write it: `1000`, `64G`, `1.5 GiB`; units are powers of 1024 and only of bytes.
 *
 * @returns null when it is none, or not within the limit's range
 */
export function readLimit(name: LimitName, text: string): number | null {
  const groups = written.exec(text.trim())?.groups;
  if (groups === undefined) return null;
  const unit = groups['unit']?.toUpperCase();
  if (unit !== undefined && !countsBytes(name)) return null;
  const value = Number(groups['count']) * (unit === undefined ? 1 : (units[unit] ?? 1));
  return isLimit(name, value) ? value : null;
}

/** The value as {@link readLimit} takes it, in the largest unit that holds it whole. */
export function writeLimit(name: LimitName, value: number): string {
  if (!countsBytes(name)) return String(value);
  for (const [unit, bytes] of Object.entries(units).reverse()) {
    if (value >= bytes && value % bytes === 0) return `${value / bytes} ${unit}iB`;
  }
  return String(value);
}

/** The limit for which a member was refused, by its reason code; null for other reasons. */
export function limitOfReason(reason: string): LimitName | null {
  switch (reason) {
    case 'ratio':
      return 'ratio';
    case 'too-deep':
      return 'depth';
    case 'too-large':
      return 'memberBytes';
    case 'document-too-large':
      return 'documentBytes';
    case 'row-too-wide':
      return 'rowCells';
    case 'table-too-large':
      return 'tableCells';
    case 'too-many-members':
      return 'members';
    case 'total-too-large':
      return 'totalBytes';
    default:
      return null;
  }
}
