import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { MemorySource } from '../../parsers/archive/random-source.ts';
import { readForeignDirectory } from '../../parsers/archive/zip-directory.ts';
import { readPlainDirectory } from '../../parsers/archive/zip-plain-directory.ts';
import type { ZipDirectory, ZipRecord } from '../../parsers/archive/zip-records.ts';
import { numbersFrom } from '../fuzz/random.ts';
import { buildEncryptedZip } from './builders/encrypted-zip.ts';
import { listBytes } from './builders/listing.ts';
import { buildZip, extraField, type ZipItem } from './builders/zip.ts';

const most = 512 * 1024 * 1024;

async function recordsOf(directory: ZipDirectory): Promise<readonly (ZipRecord | null)[]> {
  const { records } = directory;
  const all: (ZipRecord | null)[] = [];
  for (let index = 0; index < records.count; index += 1) {
    const record = await records.at(index);
    expect(record?.headerOffset).toBe(records.place(index));
    all.push(record);
  }
  return all;
}

/** @returns whether the directory is one that is read in place; then the library reads the same of it */
async function isReadAlike(zip: Buffer): Promise<boolean> {
  const source = new MemorySource([zip]);
  const plain = await readPlainDirectory(source, most);
  if (plain === null) return false;
  const foreign = await readForeignDirectory(source);
  expect(foreign.whole).toBe(true);
  expect(plain.firstOffset).toBe(foreign.firstOffset);
  expect(plain.records.encrypted).toBe(foreign.records.encrypted);
  expect(await recordsOf(plain)).toEqual(await recordsOf(foreign));
  return true;
}

const stamp = Buffer.from([1, 0x20, 0x64, 0x3d, 0x66]);
const items: readonly ZipItem[] = [
  { name: 'a.log', data: 'one' },
  { name: 'dir/' },
  { name: 'dir\\' },
  { name: 'dir/b.log', data: 'two', descriptor: 'signed' },
  { name: 'full/', data: 'hidden' },
  { name: '日本語.log', data: 'three', utf8Flag: true, centralExtra: extraField(0x5455, stamp) },
  { name: Buffer.from([0x93, 0xfa, 0x96, 0x7b]), data: 'four', method: 'stored', zip64: true },
  { name: 'link', data: 'a.log', unixMode: 0o120777 },
  { name: 'folder', unixMode: 0o040755 },
  { name: 'deflate64', data: 'x', rawMethod: 9 },
  { name: 'n'.repeat(60_000), data: 'long' },
];

describe('a directory as it should be', () => {
  test.each<[string, Buffer]>([
    ['of many kinds of entries', buildZip(items)],
    ['with Zip64', buildZip(items, { zip64: true })],
    ['with a comment', buildZip(items, { comment: 'made by the collector' })],
    ['of one empty file', buildZip([{ name: 'a', data: '' }])],
  ])('%s is read as the library reads it', async (_, zip) => {
    expect(await isReadAlike(zip)).toBe(true);
  });

  test.each(['aes', 'zipcrypto'] as const)('is read with what %s locked', async (scheme) => {
    const entries = ['a', 'b'].map((name) => ({ name, data: 'secret', password: 'secret' }));
    const zip = await buildEncryptedZip(entries, scheme);
    expect(await isReadAlike(zip)).toBe(true);
  });

  test('is put in the order of the bytes', async () => {
    const many = Array.from({ length: 300 }, (_, nth) => ({ name: `m${nth}`, data: `${nth}` }));
    const straight = buildZip(many);
    const end = straight.length - 22;
    const start = straight.readUInt32LE(end + 16);
    const headers: Buffer[] = [];
    for (let at = start; at < end;) {
      const length = 46 + straight.readUInt16LE(at + 28);
      headers.unshift(straight.subarray(at, at + length));
      at += length;
    }
    const reversed = Buffer.concat([straight.subarray(0, start), ...headers, straight.subarray(end)]);
    expect(await isReadAlike(reversed)).toBe(true);
    const { members } = await listBytes(reversed);
    expect(members.map(({ member }) => member.path)).toEqual(many.map(({ name }) => name));
  });

  test('of more than one window is read to its end', async () => {
    const many = Array.from({ length: 400 }, (_, nth) => ({ name: `${nth}-${'n'.repeat(9000)}`, data: 'x' }));
    const zip = buildZip(many);
    expect(await isReadAlike(zip)).toBe(true);
    const { members } = await listBytes(zip);
    expect(members).toHaveLength(400);
    expect(members.every(({ state }) => state === 'complete')).toBe(true);
  });
});

describe('left to the library is a directory', () => {
  const zip = buildZip([{ name: 'a', data: 'one' }]);
  test.each<[string, Buffer]>([
    ['behind other bytes', buildZip([{ name: 'a', data: 'one' }], { prefix: Buffer.alloc(70, 'MZ') })],
    ['before other bytes', Buffer.concat([zip, Buffer.alloc(20)])],
    [
      'with an end record in its comment',
      buildZip([{ name: 'a' }], { comment: `PK\u0005\u0006${'\0'.repeat(18)}` }),
    ],
    ['without entries', buildZip([])],
    [
      'without sizes that are too large',
      buildZip([{ name: 'a', bytes: 0xffff_ffff, data: deflateRawSync('') }]),
    ],
    ['that is none', Buffer.from('no zip at all')],
  ])('%s', async (_, bytes) => {
    expect(await readPlainDirectory(new MemorySource([bytes]), most)).toBeNull();
  });

  test('above the limit', async () => {
    expect(await readPlainDirectory(new MemorySource([zip]), 40)).toBeNull();
  });
});

test('a damaged directory is read as the library reads it, or left to it', async () => {
  const below = numbersFrom(20240511);
  const original = buildZip(items.slice(0, -1), { zip64: true });
  const start = original.indexOf(Buffer.from('PK\u0001\u0002', 'latin1'));
  let alike = 0;
  for (let mutant = 0; mutant < 400; mutant += 1) {
    const bytes = Buffer.from(original);
    for (let changes = 1 + below(2); changes > 0; changes -= 1) {
      const place = start + below(bytes.length - start);
      bytes.writeUInt8(bytes.readUInt8(place) ^ (1 << below(8)), place);
    }
    if (await isReadAlike(bytes)) alike += 1;
  }
  expect(alike).toBeGreaterThan(100);
});
