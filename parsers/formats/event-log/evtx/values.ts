import { filetimeText } from './filetime.ts';
import { EvtxDamage } from './model.ts';

/** Value types of binary XML (MS-EVEN6 2.2.12); with {@link arrayFlag} an array of them. */
export const valueType = {
  null: 0x00,
  string: 0x01,
  ansiString: 0x02,
  int8: 0x03,
  uint8: 0x04,
  int16: 0x05,
  uint16: 0x06,
  int32: 0x07,
  uint32: 0x08,
  int64: 0x09,
  uint64: 0x0a,
  real32: 0x0b,
  real64: 0x0c,
  boolean: 0x0d,
  binary: 0x0e,
  guid: 0x0f,
  size: 0x10,
  filetime: 0x11,
  systemTime: 0x12,
  sid: 0x13,
  hex32: 0x14,
  hex64: 0x15,
  handle: 0x20,
  binaryXml: 0x21,
  xml: 0x23,
} as const;

export const arrayFlag = 0x80;

/** Bytes of one item of an array; 0 for those that end with a NUL, null where no array exists. */
const itemBytes: Readonly<Record<number, number>> = {
  [valueType.string]: 0,
  [valueType.ansiString]: 0,
  [valueType.int8]: 1,
  [valueType.uint8]: 1,
  [valueType.int16]: 2,
  [valueType.uint16]: 2,
  [valueType.int32]: 4,
  [valueType.uint32]: 4,
  [valueType.int64]: 8,
  [valueType.uint64]: 8,
  [valueType.real32]: 4,
  [valueType.real64]: 8,
  [valueType.boolean]: 4,
  [valueType.guid]: 16,
  [valueType.filetime]: 8,
  [valueType.systemTime]: 16,
  [valueType.hex32]: 4,
  [valueType.hex64]: 8,
};

/** A value as Windows writes it into XML. A value shorter than its type needs is damage. */
export function valueText(bytes: Buffer, type: number, at: number, size: number): string {
  switch (type) {
    case valueType.null:
      return '';
    case valueType.string:
    case valueType.xml:
      return wideText(bytes, at, size);
    case valueType.ansiString:
      return withoutNul(bytes.toString('latin1', at, at + size));
    case valueType.int8:
      return String(bytes.readInt8(need(at, size, 1)));
    case valueType.uint8:
      return String(bytes.readUInt8(need(at, size, 1)));
    case valueType.int16:
      return String(bytes.readInt16LE(need(at, size, 2)));
    case valueType.uint16:
      return String(bytes.readUInt16LE(need(at, size, 2)));
    case valueType.int32:
      return String(bytes.readInt32LE(need(at, size, 4)));
    case valueType.uint32:
      return String(bytes.readUInt32LE(need(at, size, 4)));
    case valueType.int64:
      return String(bytes.readBigInt64LE(need(at, size, 8)));
    case valueType.uint64:
      return String(bytes.readBigUInt64LE(need(at, size, 8)));
    case valueType.real32:
      return String(bytes.readFloatLE(need(at, size, 4)));
    case valueType.real64:
      return String(bytes.readDoubleLE(need(at, size, 8)));
    case valueType.boolean:
      return size >= 4
        ? String(bytes.readUInt32LE(at) !== 0)
        : String(bytes.readUInt8(need(at, size, 1)) !== 0);
    case valueType.binary:
      return bytes.toString('hex', at, at + size).toUpperCase();
    case valueType.guid:
      return guidText(bytes, need(at, size, 16));
    case valueType.size:
    case valueType.handle:
      return size >= 8 ? hex64(bytes, at) : hex32(bytes, need(at, size, 4));
    case valueType.filetime:
      return filetimeText(bytes.readUInt32LE(need(at, size, 8)), bytes.readUInt32LE(at + 4));
    case valueType.systemTime:
      return systemTimeText(bytes, need(at, size, 16));
    case valueType.sid:
      return sidText(bytes, at, size);
    case valueType.hex32:
      return hex32(bytes, need(at, size, 4));
    case valueType.hex64:
      return hex64(bytes, need(at, size, 8));
    default:
      // A type that no source describes: its bytes, so that nothing is lost.
      return bytes.toString('hex', at, at + size).toUpperCase();
  }
}

/** The items of an array value. */
export function arrayTexts(bytes: Buffer, type: number, at: number, size: number): string[] {
  const item = type & ~arrayFlag;
  const step = itemBytes[item];
  if (step === undefined) return [valueText(bytes, item, at, size)];
  if (step === 0) {
    const text =
      item === valueType.string
        ? bytes.toString('utf16le', at, at + (size & ~1))
        : bytes.toString('latin1', at, at + size);
    const items = text.split('\0');
    if (items.at(-1) === '') items.pop();
    return items;
  }
  const texts: string[] = [];
  for (let from = 0; from + step <= size; from += step) texts.push(valueText(bytes, item, at + from, step));
  return texts;
}

/** UTF-16LE, cut at a NUL that ends it. */
function wideText(bytes: Buffer, at: number, size: number): string {
  return withoutNul(bytes.toString('utf16le', at, at + (size & ~1)));
}

function withoutNul(text: string): string {
  const nul = text.indexOf('\0');
  return nul === -1 ? text : text.slice(0, nul);
}

function need(at: number, size: number, least: number): number {
  if (size < least) throw new EvtxDamage(`value of ${size} bytes needs ${least}`);
  return at;
}

function hex32(bytes: Buffer, at: number): string {
  return `0x${bytes.readUInt32LE(at).toString(16)}`;
}

function hex64(bytes: Buffer, at: number): string {
  const high = bytes.readUInt32LE(at + 4);
  const low = bytes.readUInt32LE(at);
  return high === 0 ? `0x${low.toString(16)}` : `0x${high.toString(16)}${low.toString(16).padStart(8, '0')}`;
}

/** `{6A1F2B00-6A90-4C38-95A5-5CAB3B056778}`: three little-endian parts, eight bytes as they are. */
function guidText(bytes: Buffer, at: number): string {
  const part = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
  const text = [
    part(bytes.readUInt32LE(at), 8),
    part(bytes.readUInt16LE(at + 4), 4),
    part(bytes.readUInt16LE(at + 6), 4),
    bytes.toString('hex', at + 8, at + 10),
    bytes.toString('hex', at + 10, at + 16),
  ];
  return `{${text.join('-').toUpperCase()}}`;
}

/** `S-1-5-21-…` (MS-DTYP 2.4.2). */
function sidText(bytes: Buffer, at: number, size: number): string {
  need(at, size, 8);
  const count = bytes.readUInt8(at + 1);
  need(at, size, 8 + count * 4);
  const authority = bytes.readUIntBE(at + 2, 6);
  const parts = ['S', bytes.readUInt8(at), authority >= 2 ** 32 ? `0x${authority.toString(16)}` : authority];
  for (let index = 0; index < count; index += 1) parts.push(bytes.readUInt32LE(at + 8 + index * 4));
  return parts.join('-');
}

/** SYSTEMTIME: year, month, weekday, day, hour, minute, second, millisecond as 16-bit numbers. */
function systemTimeText(bytes: Buffer, at: number): string {
  const field = (index: number, digits = 2): string =>
    String(bytes.readUInt16LE(at + index * 2)).padStart(digits, '0');
  return `${field(0, 4)}-${field(1)}-${field(3)}T${field(4)}:${field(5)}:${field(6)}.${field(7, 3)}Z`;
}
