/*
 * Inflates raw deflate data (RFC 1951) within one linear memory, piece by piece. The layout of the decoding
 * tables follows libdeflate's: one 32-bit entry tells a symbol's value and all of its bits, and eight bytes of
 * input are taken at once. It is strict where zlib is strict; whatever it does not accept is left to zlib, which
 * finds out how far damaged data goes. See parsers/archive/inflate-thread.ts, which lays out the memory.
 *
 * Entries of the tables, by their bits: 31 a literal, whose byte is in 16-23; else 15 an exception: with 14 the
 * place of a further table (16-31, its index bits in 8-11), with 13 the end of the block, with 12 no symbol; else
 * a length or distance, its base in 16-31. In all of them 0-7 are the bits to drop; of a length or distance
 * 8-11 are those of its code alone, behind which stand the bits to be added to the base.
 */

const literalFlag: u32 = 0x8000_0000;
const exceptionFlag: u32 = 0x8000;
const furtherFlags: u32 = 0xc000;
const blockEndFlag: u32 = 0x2000;
const noSymbol: u32 = 0x9000;

/** Index bits of the first tables. */
const lengthBits: u32 = 11;
const distanceBits: u32 = 9;
const codeBits: u32 = 7;

/** Entries that tables with further tables take at most (zlib's examples/enough.c): 2342 of 288 symbols, 594 of 32. */
const lengthTable: usize = 1024;
const distanceTable: usize = lengthTable + 2400 * 4;
const codeTable: usize = distanceTable + 640 * 4;
/** Code lengths of all symbols, one byte each. */
const codeLengths: usize = codeTable + 128 * 4;
/** Symbols in the order of their codes, two bytes each. */
const sortedSymbols: usize = codeLengths + 512;
const counts: usize = sortedSymbols + 640;
const places: usize = counts + 64;
/** By symbol: base in the upper half, number of bits to be added in the lower. */
const lengthBases: usize = places + 64;
const distanceBases: usize = lengthBases + 128;
const codeOrder: usize = distanceBases + 128;

/** What {@link inflate} ends with. */
const needsInput: i32 = 1;
const isFull: i32 = 2;
const isDone: i32 = 3;
const isDamaged: i32 = 4;

const atHeader: i32 = 0;
const inStored: i32 = 1;
const inCodes: i32 = 2;

/** A block's header is not begun with fewer bytes at hand: the longest takes 286. */
const headerBytes: usize = 512;
/** A symbol with its distance takes six bytes; eight are loaded at once, twice. */
const symbolBytes: usize = 32;

let bitBuffer: u64 = 0;
let bitCount: u32 = 0;
let state: i32 = atHeader;
let isLastBlock: bool = false;
let storedLeft: u32 = 0;
/** Where the input was read to, and the output written to. */
export let inputAt: usize = 0;
export let outputAt: usize = 0;

/** Starts a new stream. */
export function start(): void {
  bitBuffer = 0;
  bitCount = 0;
  state = atHeader;
  isLastBlock = false;
  // Lengths 3-10 one by one, then four of each number of added bits; 258 by itself.
  let base: u32 = 3;
  for (let symbol: u32 = 0; symbol < 28; symbol++) {
    const added: u32 = symbol < 8 ? 0 : (symbol >> 2) - 1;
    store<u32>(lengthBases + ((<usize>symbol) << 2), (base << 16) | added);
    base += 1 << added;
  }
  store<u32>(lengthBases + (28 << 2), 258 << 16);
  base = 1;
  for (let symbol: u32 = 0; symbol < 30; symbol++) {
    const added: u32 = symbol < 4 ? 0 : (symbol >> 1) - 1;
    store<u32>(distanceBases + ((<usize>symbol) << 2), (base << 16) | added);
    base += 1 << added;
  }
  // 16 17 18 0 8 7 9 6 10 5 11 4 12 3 13 2 14 1 15
  store<u64>(codeOrder, 0x06_09_07_08_00_12_11_10);
  store<u64>(codeOrder, 0x02_0d_03_0c_04_0b_05_0a, 8);
  store<u32>(codeOrder, 0x0f_01_0e, 16);
}

function refill(): void {
  bitBuffer |= load<u64>(inputAt) << bitCount;
  inputAt += (63 - bitCount) >> 3;
  bitCount |= 56;
}

function take(bits: u32): u32 {
  const value = <u32>(bitBuffer & (((<u64>1) << bits) - 1));
  bitBuffer >>= bits;
  bitCount -= bits;
  return value;
}

/** Whether more was taken than there was. */
function isOver(inputEnd: usize): bool {
  return inputAt - (bitCount >> 3) > inputEnd;
}

function lengthEntry(symbol: u32, bits: u32): u32 {
  if (symbol < 256) return literalFlag | (symbol << 16) | bits;
  if (symbol == 256) return exceptionFlag | blockEndFlag | bits;
  if (symbol > 285) return noSymbol | bits;
  return baseEntry(load<u32>(lengthBases + ((<usize>(symbol - 257)) << 2)), bits);
}

function distanceEntry(symbol: u32, bits: u32): u32 {
  if (symbol > 29) return noSymbol | bits;
  return baseEntry(load<u32>(distanceBases + ((<usize>symbol) << 2)), bits);
}

function baseEntry(base: u32, bits: u32): u32 {
  return (base & 0xffff_0000) | (bits << 8) | ((base & 0xff) + bits);
}

function entryOf(table: usize, symbol: u32, bits: u32): u32 {
  if (table == lengthTable) return lengthEntry(symbol, bits);
  return table == distanceTable ? distanceEntry(symbol, bits) : (symbol << 16) | bits;
}

function reversed(code: u32, bits: u32): u32 {
  let result: u32 = 0;
  for (let bit: u32 = 0; bit < bits; bit++) result |= ((code >> bit) & 1) << (bits - 1 - bit);
  return result;
}

/** Makes a decoding table of code lengths. @returns false when they make no code that zlib would take */
function makeTable(table: usize, indexBits: u32, lengths: usize, symbols: u32): bool {
  memory.fill(counts, 0, 64);
  for (let symbol: u32 = 0; symbol < symbols; symbol++) {
    const count = counts + ((<usize>load<u8>(lengths + symbol)) << 2);
    store<u32>(count, load<u32>(count) + 1);
  }
  let left: i32 = 1;
  let place: u32 = 0;
  let longest: u32 = 0;
  for (let bits: u32 = 1; bits < 16; bits++) {
    const count = load<u32>(counts + ((<usize>bits) << 2));
    left = (left << 1) - <i32>count;
    if (left < 0) return false;
    store<u32>(places + ((<usize>bits) << 2), place);
    place += count;
    if (count > 0) longest = bits;
  }
  if (left > 0) {
    // A code may be incomplete when it has one symbol only, or none.
    if (table == codeTable || longest > 1) return false;
    for (let at: usize = 0; at < (<usize>1) << indexBits; at++) store<u32>(table + (at << 2), noSymbol | 1);
  }
  for (let symbol: u32 = 0; symbol < symbols; symbol++) {
    const bits = <usize>load<u8>(lengths + symbol);
    if (bits == 0) continue;
    const next = load<u32>(places + (bits << 2));
    store<u16>(sortedSymbols + ((<usize>next) << 1), <u16>symbol);
    store<u32>(places + (bits << 2), next + 1);
  }
  let code: u32 = 0;
  let sorted: usize = 0;
  let free: u32 = 1 << indexBits;
  let prefix: u32 = u32.MAX_VALUE;
  let further: u32 = 0;
  let furtherBits: u32 = 0;
  for (let bits: u32 = 1; bits <= longest; bits++) {
    const count = load<u32>(counts + ((<usize>bits) << 2));
    for (let nth: u32 = 0; nth < count; nth++) {
      const symbol = <u32>load<u16>(sortedSymbols + (sorted << 1));
      const index = reversed(code, bits);
      if (bits <= indexBits) {
        const entry = entryOf(table, symbol, bits);
        for (let at = index; at < (<u32>1) << indexBits; at += 1 << bits) {
          store<u32>(table + ((<usize>at) << 2), entry);
        }
      } else {
        const first = index & ((1 << indexBits) - 1);
        if (first != prefix) {
          prefix = first;
          furtherBits = bits - indexBits;
          let room = (1 << furtherBits) - <i32>(count - nth);
          for (let longer = bits + 1; room > 0 && longer <= longest; longer++) {
            furtherBits++;
            room = (room << 1) - <i32>load<u32>(counts + ((<usize>longer) << 2));
          }
          further = free;
          free += 1 << furtherBits;
          store<u32>(
            table + ((<usize>first) << 2),
            (further << 16) | furtherFlags | (furtherBits << 8) | indexBits,
          );
        }
        const entry = entryOf(table, symbol, bits - indexBits);
        for (let at = index >> indexBits; at < (<u32>1) << furtherBits; at += 1 << (bits - indexBits)) {
          store<u32>(table + ((<usize>(further + at)) << 2), entry);
        }
      }
      code++;
      sorted++;
    }
    code <<= 1;
  }
  return true;
}

/** Reads a block's header. @returns false when it is none */
function readHeader(inputEnd: usize): bool {
  refill();
  isLastBlock = take(1) == 1;
  const kind = take(2);
  if (kind == 0) return readStoredHeader(inputEnd);
  if (kind == 3) return false;
  const isRead = kind == 1 ? makeFixedTables() : readTables(inputEnd);
  state = inCodes;
  return isRead && !isOver(inputEnd);
}

function readStoredHeader(inputEnd: usize): bool {
  take(bitCount & 7);
  inputAt -= bitCount >> 3;
  bitBuffer = 0;
  bitCount = 0;
  if (inputAt + 4 > inputEnd) return false;
  const length = <u32>load<u16>(inputAt);
  if ((length ^ 0xffff) != <u32>load<u16>(inputAt, 2)) return false;
  inputAt += 4;
  storedLeft = length;
  state = inStored;
  return true;
}

function makeFixedTables(): bool {
  memory.fill(codeLengths, 8, 144);
  memory.fill(codeLengths + 144, 9, 112);
  memory.fill(codeLengths + 256, 7, 24);
  memory.fill(codeLengths + 280, 8, 8);
  memory.fill(codeLengths + 288, 5, 32);
  return (
    makeTable(lengthTable, lengthBits, codeLengths, 288) &&
    makeTable(distanceTable, distanceBits, codeLengths + 288, 32)
  );
}

function readTables(inputEnd: usize): bool {
  const lengthSymbols = take(5) + 257;
  const distanceSymbols = take(5) + 1;
  const codeSymbols = take(4) + 4;
  if (lengthSymbols > 286 || distanceSymbols > 30) return false;
  memory.fill(codeLengths, 0, 19);
  for (let nth: u32 = 0; nth < codeSymbols; nth++) {
    refill();
    store<u8>(codeLengths + <usize>load<u8>(codeOrder + nth), <u8>take(3));
  }
  if (!makeTable(codeTable, codeBits, codeLengths, 19)) return false;
  const all = lengthSymbols + distanceSymbols;
  let at: u32 = 0;
  while (at < all) {
    refill();
    const entry = load<u32>(codeTable + ((<usize>(bitBuffer & 127)) << 2));
    take(entry & 0xff);
    const symbol = entry >> 16;
    if (symbol < 16) {
      store<u8>(codeLengths + at, <u8>symbol);
      at++;
      continue;
    }
    if (symbol == 16 && at == 0) return false;
    const value: u8 = symbol == 16 ? load<u8>(codeLengths + at - 1) : 0;
    const times = symbol == 16 ? 3 + take(2) : symbol == 17 ? 3 + take(3) : 11 + take(7);
    if (at + times > all) return false;
    memory.fill(codeLengths + at, value, times);
    at += times;
  }
  // Without a code for its end a block would have none.
  if (isOver(inputEnd) || load<u8>(codeLengths, 256) == 0) return false;
  return (
    makeTable(distanceTable, distanceBits, codeLengths + lengthSymbols, distanceSymbols) &&
    makeTable(lengthTable, lengthBits, codeLengths, lengthSymbols)
  );
}

/**
 * Inflates until the input or the room ends.
 *
 * @param input where the input not yet taken begins; {@link inputAt} of the call before, moved with its bytes
 * @param isAll whether no input follows; 64 zeros must stand behind it then
 * @param output where to write; as far as 300 bytes past `outputEnd` may be written
 * @param history the first byte of the output that is still there, for the copies of up to 32 KiB before
 * @returns {@link needsInput}, {@link isFull}, {@link isDone} or {@link isDamaged}
 */
export function inflate(
  input: usize,
  inputEnd: usize,
  isAll: bool,
  output: usize,
  outputEnd: usize,
  history: usize,
): i32 {
  inputAt = input;
  outputAt = output;
  let result: i32 = 0;
  while (result == 0) {
    if (state == atHeader) {
      if (outputAt >= outputEnd) result = isFull;
      else if (!isAll && inputAt + headerBytes > inputEnd) result = needsInput;
      else if (!readHeader(inputEnd)) result = isDamaged;
    } else {
      result =
        state == inStored
          ? copyStored(inputEnd, isAll, outputEnd)
          : decode(inputEnd, isAll, outputEnd, history);
      if (result == 0) {
        state = atHeader;
        if (isLastBlock) result = isDone;
      }
    }
  }
  return result;
}

/** @returns 0 at the end of the block */
function copyStored(inputEnd: usize, isAll: bool, outputEnd: usize): i32 {
  const room = outputAt < outputEnd ? outputEnd - outputAt : 0;
  const bytes = min<usize>(min<usize>(storedLeft, inputEnd - inputAt), room);
  memory.copy(outputAt, inputAt, bytes);
  outputAt += bytes;
  inputAt += bytes;
  storedLeft -= <u32>bytes;
  if (storedLeft == 0) return 0;
  if (outputAt >= outputEnd) return isFull;
  return isAll ? isDamaged : needsInput;
}

/** @returns 0 at the end of the block */
function decode(inputEnd: usize, isAll: bool, outputEnd: usize, history: usize): i32 {
  let buffer = bitBuffer;
  let count = bitCount;
  let input = inputAt;
  let output = outputAt;
  const inputStop: usize = isAll ? usize.MAX_VALUE : inputEnd > symbolBytes ? inputEnd - symbolBytes : 0;
  let result: i32 = 0;
  for (;;) {
    if (output >= outputEnd) {
      result = isFull;
      break;
    }
    if (input >= inputStop) {
      result = needsInput;
      break;
    }
    if (isAll && input - (count >> 3) > inputEnd) {
      result = isDamaged;
      break;
    }
    buffer |= load<u64>(input) << count;
    input += (63 - count) >> 3;
    count |= 56;
    let entry = load<u32>(lengthTable + ((<usize>(buffer & ((1 << lengthBits) - 1))) << 2));
    if (entry & literalFlag) {
      // Three literals of eleven bits, and 23 bits are left: too few for a length with its distance.
      buffer >>= entry & 0xff;
      count -= entry & 0xff;
      store<u8>(output++, <u8>(entry >> 16));
      entry = load<u32>(lengthTable + ((<usize>(buffer & ((1 << lengthBits) - 1))) << 2));
      if (entry & literalFlag) {
        buffer >>= entry & 0xff;
        count -= entry & 0xff;
        store<u8>(output++, <u8>(entry >> 16));
        entry = load<u32>(lengthTable + ((<usize>(buffer & ((1 << lengthBits) - 1))) << 2));
        if (entry & literalFlag) {
          buffer >>= entry & 0xff;
          count -= entry & 0xff;
          store<u8>(output++, <u8>(entry >> 16));
          continue;
        }
      }
      buffer |= load<u64>(input) << count;
      input += (63 - count) >> 3;
      count |= 56;
    }
    if (entry & exceptionFlag) {
      if ((entry & furtherFlags) == furtherFlags) {
        buffer >>= entry & 0xff;
        count -= entry & 0xff;
        const index = (entry >> 16) + ((<u32>buffer) & ((1 << ((entry >> 8) & 0xf)) - 1));
        entry = load<u32>(lengthTable + ((<usize>index) << 2));
        if (entry & literalFlag) {
          buffer >>= entry & 0xff;
          count -= entry & 0xff;
          store<u8>(output++, <u8>(entry >> 16));
          continue;
        }
      }
      if (entry & exceptionFlag) {
        buffer >>= entry & 0xff;
        count -= entry & 0xff;
        if (!(entry & blockEndFlag) || (isAll && input - (count >> 3) > inputEnd)) result = isDamaged;
        break;
      }
    }
    const lengthCode = buffer & (((<u64>1) << (entry & 0xff)) - 1);
    buffer >>= entry & 0xff;
    count -= entry & 0xff;
    const length = <usize>((entry >> 16) + <u32>(lengthCode >> ((entry >> 8) & 0xf)));
    entry = load<u32>(distanceTable + ((<usize>(buffer & ((1 << distanceBits) - 1))) << 2));
    if (entry & exceptionFlag) {
      if ((entry & furtherFlags) == furtherFlags) {
        buffer >>= entry & 0xff;
        count -= entry & 0xff;
        const index = (entry >> 16) + ((<u32>buffer) & ((1 << ((entry >> 8) & 0xf)) - 1));
        entry = load<u32>(distanceTable + ((<usize>index) << 2));
      }
      if (entry & exceptionFlag) {
        result = isDamaged;
        break;
      }
    }
    const distanceCode = buffer & (((<u64>1) << (entry & 0xff)) - 1);
    buffer >>= entry & 0xff;
    count -= entry & 0xff;
    const distance = <usize>((entry >> 16) + <u32>(distanceCode >> ((entry >> 8) & 0xf)));
    if (distance > output - history) {
      result = isDamaged;
      break;
    }
    copyBack(output, distance, length);
    output += length;
  }
  bitBuffer = buffer & (((<u64>1) << count) - 1);
  bitCount = count;
  inputAt = input;
  outputAt = output;
  if (result == 0 && isLastBlock) inputAt -= count >> 3;
  return result;
}

/** Repeats what stands `distance` bytes before; may write up to 31 bytes more. */
function copyBack(output: usize, distance: usize, length: usize): void {
  let from = output - distance;
  const end = output + length;
  if (distance >= 16) {
    v128.store(output, v128.load(from));
    if (length > 16) {
      v128.store(output, v128.load(from, 16), 16);
      output += 32;
      from += 32;
      while (output < end) {
        v128.store(output, v128.load(from));
        output += 16;
        from += 16;
      }
    }
  } else if (distance >= 8) {
    do {
      store<u64>(output, load<u64>(from));
      output += 8;
      from += 8;
    } while (output < end);
  } else if (distance == 1) {
    const repeated = i8x16.splat(load<i8>(from));
    do {
      v128.store(output, repeated);
      output += 16;
    } while (output < end);
  } else {
    do {
      store<u8>(output++, load<u8>(from++));
    } while (output < end);
  }
}
