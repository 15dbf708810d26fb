/*
 * Finds the line ends of a text and the lines that hold one of many literals, sixteen bytes at a time.
 *
 * The search is that of Hyperscan's "Teddy": for each of four neighbouring bytes, tables by its low and its
 * high half tell in which of eight buckets it can stand; where all of them agree, the literals of the bucket are
 * compared. See parsers/text/line-scanner.ts, which lays out the memory.
 */

/** Eight tables of sixteen bytes: low and high half of each of the four bytes; behind them room for one block. */
const tables: usize = 1024;
/** By bucket: index of its first literal; the ninth is the end. */
const buckets: usize = 1184;
/** By literal, 32 bytes: its first eight bytes, their mask, place of the rest, its length, place of the fingerprint's last byte in it, marks. */
const literals: usize = 2048;

/** Compares the literals of the buckets with the text whose fingerprint ends at `at`. @returns the marks of those that stand there */
function verify(at: usize, wanted: u32): u32 {
  let marks: u32 = 0;
  while (wanted != 0) {
    const bucket = <usize>ctz(wanted);
    wanted &= wanted - 1;
    const end = literals + ((<usize>load<u32>(buckets + (bucket << 2), 4)) << 5);
    for (
      let literal = literals + ((<usize>load<u32>(buckets + (bucket << 2))) << 5);
      literal < end;
      literal += 32
    ) {
      const start = at - <usize>load<u16>(literal, 22);
      if ((load<u64>(start) & load<u64>(literal, 8)) != load<u64>(literal)) continue;
      const length = <usize>load<u16>(literal, 20);
      if (length > 8 && !isSame(start + 8, <usize>load<u32>(literal, 16), length - 8)) continue;
      marks |= load<u32>(literal, 24);
    }
  }
  return marks;
}

function isSame(a: usize, b: usize, length: usize): bool {
  for (let at: usize = 0; at < length; at++) if (load<u8>(a + at) != load<u8>(b + at)) return false;
  return true;
}

/**
 * Writes the place of every line feed (relative to `text`, four bytes each) and the marks of the literals on its
 * line (one byte each). Behind them stand the marks of what follows the last line feed.
 *
 * @param text with 256 readable bytes before it and 64 zeros behind it
 * @param every marks beyond which a line needs no further comparing
 * @returns the number of line feeds
 */
export function scanLines(text: usize, length: usize, ends: usize, marks: usize, every: u32): u32 {
  const low0 = v128.load(tables, 0);
  const high0 = v128.load(tables, 16);
  const low1 = v128.load(tables, 32);
  const high1 = v128.load(tables, 48);
  const low2 = v128.load(tables, 64);
  const high2 = v128.load(tables, 80);
  const low3 = v128.load(tables, 96);
  const high3 = v128.load(tables, 112);
  const half = i8x16.splat(0x0f);
  const feed = i8x16.splat(0x0a);
  const zero = i8x16.splat(0);
  const stop = text + length;
  let mark: u32 = 0;
  let count: usize = 0;
  // What the block before has at each place; before the text anything may stand, and is compared.
  let before0 = i8x16.splat(-1);
  let before1 = before0;
  let before2 = before0;
  for (let at = text; at < stop; at += 16) {
    const block = v128.load(at);
    const low = v128.and(block, half);
    const high = i8x16.shr_u(block, 4);
    const has0 = v128.and(i8x16.swizzle(low0, low), i8x16.swizzle(high0, high));
    const has1 = v128.and(i8x16.swizzle(low1, low), i8x16.swizzle(high1, high));
    const has2 = v128.and(i8x16.swizzle(low2, low), i8x16.swizzle(high2, high));
    const has3 = v128.and(i8x16.swizzle(low3, low), i8x16.swizzle(high3, high));
    const hits = v128.and(
      v128.and(
        v128.shuffle<u8>(before0, has0, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28),
        v128.shuffle<u8>(before1, has1, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29),
      ),
      v128.and(
        v128.shuffle<u8>(before2, has2, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30),
        has3,
      ),
    );
    before0 = has0;
    before1 = has1;
    before2 = has2;
    const isFeed = i8x16.eq(block, feed);
    if (!v128.any_true(v128.or(hits, isFeed))) continue;
    let feeds = <u32>i8x16.bitmask(isFeed);
    let candidates = <u32>i8x16.bitmask(i8x16.ne(hits, zero));
    if (at + 16 > stop) {
      const inside = ((<u32>1) << u32(stop - at)) - 1;
      feeds &= inside;
      candidates &= inside;
    }
    if (mark == every) candidates &= feeds == 0 ? 0 : ~(((<u32>1) << ctz(feeds)) - 1);
    if (candidates != 0) v128.store(tables, hits, 128);
    let places = feeds | candidates;
    while (places != 0) {
      const place = <usize>ctz(places);
      places &= places - 1;
      if ((feeds >> (<u32>place)) & 1) {
        store<u32>(ends + (count << 2), <u32>(at - text + place));
        store<u8>(marks + count, <u8>mark);
        count++;
        mark = 0;
      } else if (mark != every) {
        mark |= verify(at + place, <u32>load<u8>(tables + place, 128));
      }
    }
  }
  store<u8>(marks + count, <u8>mark);
  return <u32>count;
}

/** The same without literals: only the line feeds. */
export function findLines(text: usize, length: usize, ends: usize): u32 {
  const feed = i8x16.splat(0x0a);
  const stop = text + length;
  let count: usize = 0;
  for (let at = text; at < stop; at += 16) {
    let feeds = <u32>i8x16.bitmask(i8x16.eq(v128.load(at), feed));
    if (feeds == 0) continue;
    if (at + 16 > stop) feeds &= ((<u32>1) << u32(stop - at)) - 1;
    while (feeds != 0) {
      store<u32>(ends + (count << 2), <u32>(at - text) + ctz(feeds));
      feeds &= feeds - 1;
      count++;
    }
  }
  return <u32>count;
}

/**
 * Writes where the lines start that hold a literal (relative to `text`, four bytes each).
 *
 * @param text whole lines, with 64 readable bytes behind
 * @param first place in the literal of a byte that other texts hold least, `second` of the next of these
 * @returns the number of lines
 */
export function findText(
  text: usize,
  length: usize,
  literal: usize,
  literalBytes: usize,
  first: usize,
  second: usize,
  starts: usize,
): u32 {
  const a = i8x16.splat(load<i8>(literal + first));
  const b = i8x16.splat(load<i8>(literal + second));
  if (length < literalBytes) return 0;
  const stop = text + length - literalBytes + 1;
  let count: usize = 0;
  for (let at = text; at < stop; at += 16) {
    let hits = <u32>(
      i8x16.bitmask(v128.and(i8x16.eq(v128.load(at + first), a), i8x16.eq(v128.load(at + second), b)))
    );
    while (hits != 0) {
      const place = at + <usize>ctz(hits);
      hits &= hits - 1;
      if (place >= stop) break;
      if (!isSame(place, literal, literalBytes)) continue;
      let start = place;
      while (start > text && load<u8>(start - 1) != 0x0a) start--;
      store<u32>(starts + (count << 2), <u32>(start - text));
      count++;
      // The rest of the line says nothing more.
      let end = place;
      while (end < text + length && load<u8>(end) != 0x0a) end++;
      at = end + 1 - 16;
      break;
    }
  }
  return <u32>count;
}
