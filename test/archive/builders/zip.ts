import { crc32, deflateRawSync } from 'node:zlib';

/** An entry to be written by hand, so that every field can be wrong. */
export interface ZipItem {
  readonly name: string | Uint8Array;
  readonly data?: Uint8Array | string;
  readonly method?: 'stored' | 'deflate';
  /** Method number to state, with `data` taken as it is. */
  readonly rawMethod?: number;
  readonly utf8Flag?: boolean;
  /** Sizes and CRC behind the data; `bare` leaves its signature out. */
  readonly descriptor?: 'signed' | 'bare' | 'zip64';
  readonly zip64?: boolean;
  readonly crc32?: number;
  readonly bytes?: number;
  readonly packedBytes?: number;
  readonly dosTime?: number;
  readonly localExtra?: Uint8Array;
  readonly centralExtra?: Uint8Array;
  readonly unixMode?: number;
  /** Fields of the local header that differ from the directory's. */
  readonly local?: { readonly crc32?: number; readonly bytes?: number; readonly method?: number };
  /** Place to state in the directory. */
  readonly offset?: number;
}

export interface ZipLayout {
  readonly prefix?: Uint8Array;
  readonly comment?: string;
  readonly zip64?: boolean;
  readonly withoutDirectory?: boolean;
  /** Entries that the end record counts. */
  readonly count?: number;
  /** Number of the file that the directory lies in, of a zip in several. */
  readonly disk?: number;
}

/** 2024-05-10 09:12:00 */
export const someDosTime = (((2024 - 1980) << 25) | (5 << 21) | (10 << 16) | (9 << 11) | (12 << 5)) >>> 0;

/** Writes a zip byte by byte. */
export function buildZip(items: readonly ZipItem[], layout: ZipLayout = {}): Buffer {
  const parts: Buffer[] = [Buffer.from(layout.prefix ?? [])];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const item of items) {
    const entry = writeEntry(item, offset);
    parts.push(entry.local);
    directory.push(entry.central);
    offset += entry.local.length;
  }
  if (layout.withoutDirectory === true) return Buffer.concat(parts);
  const central = Buffer.concat(directory);
  parts.push(central);
  if (layout.zip64 === true) parts.push(zip64End(items.length, central.length, offset));
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(layout.zip64 === true ? 0xffff : items.length, 8);
  end.writeUInt16LE(layout.zip64 === true ? 0xffff : items.length, 10);
  end.writeUInt32LE(layout.zip64 === true ? 0xffffffff : central.length, 12);
  end.writeUInt32LE(layout.zip64 === true ? 0xffffffff : offset, 16);
  if (layout.count !== undefined) {
    end.writeUInt16LE(layout.count, 8);
    end.writeUInt16LE(layout.count, 10);
  }
  end.writeUInt16LE(layout.disk ?? 0, 4);
  end.writeUInt16LE(layout.disk ?? 0, 6);
  const comment = Buffer.from(layout.comment ?? '');
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([...parts, end, comment]);
}

function writeEntry(item: ZipItem, offset: number): { readonly local: Buffer; readonly central: Buffer } {
  const name = Buffer.from(item.name as string);
  const data = Buffer.from((item.data ?? '') as string);
  const deflate = item.rawMethod === undefined && item.method !== 'stored';
  const packed = deflate ? deflateRawSync(data) : data;
  const method = item.rawMethod ?? (deflate ? 8 : 0);
  const crc = item.crc32 ?? crc32(data);
  const bytes = item.bytes ?? data.length;
  const packedBytes = item.packedBytes ?? packed.length;
  const flags = (item.utf8Flag === true ? 0x0800 : 0) | (item.descriptor === undefined ? 0 : 0x0008);

  const wide = item.zip64 === true ? zip64Extra(bytes, packedBytes) : Buffer.alloc(0);
  const localExtra = Buffer.concat([wide, Buffer.from(item.localExtra ?? [])]);
  const later = item.descriptor !== undefined;
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(item.zip64 === true ? 45 : 20, 4);
  local.writeUInt16LE(flags, 6);
  local.writeUInt16LE(item.local?.method ?? method, 8);
  local.writeUInt32LE(item.dosTime ?? someDosTime, 10);
  local.writeUInt32LE(later ? 0 : (item.local?.crc32 ?? crc), 14);
  local.writeUInt32LE(later ? 0 : item.zip64 === true ? 0xffffffff : packedBytes, 18);
  local.writeUInt32LE(later ? 0 : item.zip64 === true ? 0xffffffff : (item.local?.bytes ?? bytes), 22);
  local.writeUInt16LE(name.length, 26);
  local.writeUInt16LE(localExtra.length, 28);

  const centralExtra = Buffer.concat([wide, Buffer.from(item.centralExtra ?? [])]);
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50, 0);
  central.writeUInt16LE(item.unixMode === undefined ? 20 : 0x0314, 4);
  central.writeUInt16LE(item.zip64 === true ? 45 : 20, 6);
  central.writeUInt16LE(flags, 8);
  central.writeUInt16LE(method, 10);
  central.writeUInt32LE(item.dosTime ?? someDosTime, 12);
  central.writeUInt32LE(crc, 16);
  central.writeUInt32LE(item.zip64 === true ? 0xffffffff : packedBytes, 20);
  central.writeUInt32LE(item.zip64 === true ? 0xffffffff : bytes, 24);
  central.writeUInt16LE(name.length, 28);
  central.writeUInt16LE(centralExtra.length, 30);
  central.writeUInt32LE(((item.unixMode ?? 0) << 16) >>> 0, 38);
  central.writeUInt32LE(item.offset ?? offset, 42);
  const descriptor = writeDescriptor(item.descriptor, crc, packedBytes, bytes);
  return {
    local: Buffer.concat([local, name, localExtra, packed, descriptor]),
    central: Buffer.concat([central, name, centralExtra]),
  };
}

function writeDescriptor(
  kind: ZipItem['descriptor'],
  crc: number,
  packedBytes: number,
  bytes: number,
): Buffer {
  if (kind === undefined) return Buffer.alloc(0);
  const body = Buffer.alloc(kind === 'zip64' ? 20 : 12);
  body.writeUInt32LE(crc, 0);
  if (kind === 'zip64') {
    body.writeBigUInt64LE(BigInt(packedBytes), 4);
    body.writeBigUInt64LE(BigInt(bytes), 12);
  } else {
    body.writeUInt32LE(packedBytes, 4);
    body.writeUInt32LE(bytes, 8);
  }
  return kind === 'bare' ? body : Buffer.concat([Buffer.from('PK\u0007\u0008', 'latin1'), body]);
}

function zip64Extra(bytes: number, packedBytes: number): Buffer {
  const extra = Buffer.alloc(20);
  extra.writeUInt16LE(0x0001, 0);
  extra.writeUInt16LE(16, 2);
  extra.writeBigUInt64LE(BigInt(bytes), 4);
  extra.writeBigUInt64LE(BigInt(packedBytes), 12);
  return extra;
}

function zip64End(count: number, centralBytes: number, offset: number): Buffer {
  const end = Buffer.alloc(76);
  end.writeUInt32LE(0x06064b50, 0);
  end.writeBigUInt64LE(44n, 4);
  end.writeUInt16LE(45, 12);
  end.writeUInt16LE(45, 14);
  end.writeBigUInt64LE(BigInt(count), 24);
  end.writeBigUInt64LE(BigInt(count), 32);
  end.writeBigUInt64LE(BigInt(centralBytes), 40);
  end.writeBigUInt64LE(BigInt(offset), 48);
  end.writeUInt32LE(0x07064b50, 56);
  end.writeBigUInt64LE(BigInt(offset + centralBytes), 64);
  end.writeUInt32LE(1, 72);
  return end;
}

/** One extra field. */
export function extraField(id: number, data: Uint8Array): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(id, 0);
  head.writeUInt16LE(data.length, 2);
  return Buffer.concat([head, data]);
}
