/** Rows as text for the clipboard. Pure. */

export type CopyFormat = 'text' | 'csv' | 'markdown';

/** @param rows cells in the order of the header */
export function rowsAs(
  format: CopyFormat,
  header: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  switch (format) {
    case 'text':
      // One row needs no heading; of several the columns would be anybody's guess.
      return [...(rows.length > 1 ? [header] : []), ...rows]
        .map((cells) => cells.map((cell) => oneLine(cell)).join('\t'))
        .join('\n');
    case 'csv':
      return [header, ...rows].map((cells) => `${cells.map((cell) => csvCell(cell)).join(',')}\r\n`).join('');
    case 'markdown':
      return [header, header.map(() => '---'), ...rows]
        .map((cells) => `| ${cells.map((cell) => markdownCell(cell)).join(' | ')} |\n`)
        .join('');
  }
}

function oneLine(cell: string): string {
  return cell.replaceAll(/\s*[\r\n\t]+\s*/gu, ' ');
}

/** What a spreadsheet would take for a formula comes from the customer's bundle: it is kept from being one. */
function csvCell(cell: string): string {
  const isNumber = /^[+-]?\d+(?:[.,]\d+)?$/u.test(cell);
  const safe = !isNumber && /^[=+\-@\t\r]/u.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function markdownCell(cell: string): string {
  return oneLine(cell).replaceAll(/[\\|`*_<>[\]]/gu, String.raw`\$&`);
}

/** Rows that are marked together: from where marking began to where it went. */
export interface RowRange {
  readonly anchor: number;
  readonly head: number;
}

export function rangeEnds({ anchor, head }: RowRange): { readonly from: number; readonly to: number } {
  return { from: Math.min(anchor, head), to: Math.max(anchor, head) + 1 };
}

export function isInRange(range: RowRange | null, row: number): boolean {
  if (range === null) return false;
  const { from, to } = rangeEnds(range);
  return row >= from && row < to;
}
