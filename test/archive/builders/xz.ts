import { crc32 } from 'node:zlib';

/** Writes xz (format 1.1.0) with LZMA2 chunks that are stored, not compressed; the check is CRC-32. */
export function buildXz(data: Uint8Array | string): Buffer {
  const bytes = Buffer.from(data as string);
  const flags = Buffer.from([0x00, 0x01]);
  const header = Buffer.concat([
    Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]),
    flags,
    little32(crc32(flags)),
  ]);

  // Size of 12 bytes, one filter without sizes: LZMA2, one property byte, a dictionary of 64 KiB.
  const blockStart = Buffer.from([0x02, 0x00, 0x21, 0x01, 0x08, 0x00, 0x00, 0x00]);
  const blockHeader = Buffer.concat([blockStart, little32(crc32(blockStart))]);
  const packed = lzma2Chunks(bytes);
  const padding = Buffer.alloc((4 - (packed.length % 4)) % 4);
  const block = Buffer.concat([blockHeader, packed, padding, little32(crc32(bytes))]);

  const unpadded = blockHeader.length + packed.length + 4;
  const records = Buffer.concat([Buffer.from([0x00, 0x01]), varint(unpadded), varint(bytes.length)]);
  const indexBody = Buffer.concat([records, Buffer.alloc((4 - (records.length % 4)) % 4)]);
  const index = Buffer.concat([indexBody, little32(crc32(indexBody))]);
  const tail = Buffer.concat([little32(index.length / 4 - 1), flags]);
  const footer = Buffer.concat([little32(crc32(tail)), tail, Buffer.from('YZ')]);
  return Buffer.concat([header, block, index, footer]);
}

function lzma2Chunks(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += 0x10000) {
    const piece = bytes.subarray(at, at + 0x10000);
    const size = piece.length - 1;
    parts.push(Buffer.from([at === 0 ? 0x01 : 0x02, size >>> 8, size & 0xff]), piece);
  }
  return Buffer.concat([...parts, Buffer.from([0x00])]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return Buffer.from([...bytes, left]);
    bytes.push((left % 128) | 0x80);
  }
}

function little32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}
