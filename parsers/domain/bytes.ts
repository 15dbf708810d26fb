/**
 * Finds one byte. Buffers have these methods too, but with a fast path for numbers that Node 20 offers V8, and from
 * which V8 13.0 (Electron 33) can end in a trap: it takes the way to the slow path for one without return. So
 * typed arrays' own methods are asked, whatever kind of bytes it is.
 */

// eslint-disable-next-line @typescript-eslint/unbound-method -- away from the subclass that overrides them; called on the bytes
const { indexOf, lastIndexOf, includes } = Uint8Array.prototype;

/** Where a byte stands first, at or behind a place; -1 nowhere. */
export function indexOfByte(bytes: Uint8Array, byte: number, from = 0): number {
  return indexOf.call(bytes, byte, from);
}

/** Where a byte stands last, at or before a place (negative: from the end); -1 nowhere. */
export function lastIndexOfByte(bytes: Uint8Array, byte: number, from = bytes.length - 1): number {
  return lastIndexOf.call(bytes, byte, from);
}

export function hasByte(bytes: Uint8Array, byte: number): boolean {
  return includes.call(bytes, byte);
}
