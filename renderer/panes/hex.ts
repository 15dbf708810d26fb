/** Bytes as `00000010  50 4b 03 04 …  PK..`, sixteen to a row. */
export function hexRows(bytes: Uint8Array, offset: number): readonly string[] {
  const rows: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const part = Array.from(bytes.subarray(at, at + 16));
    const hex = part.map((byte) => byte.toString(16).padStart(2, '0'));
    const shown = part
      .map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.'))
      .join('');
    const left = hex.slice(0, 8).join(' ').padEnd(23);
    const right = hex.slice(8).join(' ').padEnd(23);
    rows.push(`${(offset + at).toString(16).padStart(8, '0')}  ${left}  ${right}  ${shown}`);
  }
  return rows;
}

export interface HexRow {
  readonly address: string;
  readonly cells: readonly { readonly at: number; readonly hex: string; readonly sign: string }[];
}

/** The same rows byte by byte, for bytes that are to be lit or chosen. */
export function hexCells(bytes: Uint8Array, offset: number): readonly HexRow[] {
  const rows: HexRow[] = [];
  for (let start = 0; start < bytes.length; start += 16) {
    rows.push({
      address: (offset + start).toString(16).padStart(8, '0'),
      cells: Array.from(bytes.subarray(start, start + 16), (byte, index) => ({
        at: offset + start + index,
        hex: byte.toString(16).padStart(2, '0'),
        sign: byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.',
      })),
    });
  }
  return rows;
}
