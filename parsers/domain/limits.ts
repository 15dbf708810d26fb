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
  /** Cells of one table row; further ones are dropped, with a warning. */
  readonly rowCells: number;
  /** Bytes of a member that is read as one document (a page, a spreadsheet, a JSON text). */
  readonly documentBytes: number;
}

const MiB = 1024 * 1024;
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
  documentBytes: 512 * MiB,
};
