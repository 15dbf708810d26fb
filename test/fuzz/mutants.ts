/** Mutants of valid bundles: number and seed say which, on every machine. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { numbersFrom, oneOf } from './random.ts';
import type { Below } from './random.ts';
import { buildBundle, kinds } from './seeds.ts';
import type { Kind, SeedMember } from './seeds.ts';

export interface Mutant {
  readonly number: number;
  readonly kind: Kind;
  readonly name: string;
  /** One file, or the members of a folder. */
  readonly content: Buffer | readonly SeedMember[];
}

/** Sizes and counts at which readers go wrong. */
const edges: readonly number[] = [
  0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff,
];
/** What parsers give meaning to. */
const signs: readonly string[] = [
  'PK\u0003\u0004', 'PK\u0001\u0002', 'PK\u0005\u0006', 'PK\u0007\u0008', '\u001f\u008b\u0008', 'ustar', '\0\0\0\0',
  '<', '>', '</table>', '<!--', ']]>', '&#x110000;', '"', '\\u', '{', '}', '[', ',', '\t', '\r', '\n', '\u00ff\u00fe', '\u00ef\u00bb\u00bf',
  '../', '0000-00-00 00:00:00', '9999-12-31 24:60:61', '-1', '1e999', '2024-02-30', '=', '--b', '%00',
]; // prettier-ignore

export async function mutant(seed: number, number: number, members: readonly SeedMember[]): Promise<Mutant> {
  const below = numbersFrom(Math.imul(seed, 0x9e37_79b1) ^ Math.imul(number + 1, 0x85eb_ca6b));
  const kind = oneOf(kinds, below);
  const chosen = Array.from({ length: 1 + below(4) }, () => pick(members, below));
  const distinct = chosen.filter((one, at) => chosen.findIndex(({ name }) => name === one.name) === at);
  // Half of the mutants are broken inside their members, in a container that is whole: what breaks a container
  // seldom reaches the formats.
  const inside = kind === 'folder' || kind === 'single' || below(2) === 0;
  const used = inside
    ? distinct.map((one) => ({ ...one, data: mutated(one.data, pick(members, below).data, below) }))
    : distinct;
  if (kind === 'folder') return { number, kind, name: 'folder', content: used };
  const { name, bytes } = await buildBundle(kind, used, below);
  const asIs = inside && kind !== 'zipcrypto' && kind !== 'aes';
  const content = asIs ? bytes : mutated(bytes, pick(members, below).data, below);
  return { number, kind, name, content };
}

/** Event logs are large: they come up less often. */
function pick(members: readonly SeedMember[], below: Below): SeedMember {
  const one = oneOf(members, below);
  return one.name.endsWith('.evtx') && below(4) !== 0 ? oneOf(members, below) : one;
}

function mutated(bytes: Buffer, other: Buffer, below: Below): Buffer {
  let now = bytes;
  for (let times = 1 + below(3); times > 0; times -= 1) now = once(now, other, below);
  return now;
}

function once(original: Buffer, other: Buffer, below: Below): Buffer {
  const bytes = Buffer.from(original);
  const at = below(bytes.length + 1);
  const put = (piece: Uint8Array, instead: number): Buffer =>
    Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(Math.min(bytes.length, at + instead))]);
  switch (below(9)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      return put(Buffer.alloc(0), below(200));
    case 2: {
      const from = below(bytes.length + 1);
      return put(bytes.subarray(from, from + below(300)), 0);
    }
    case 3: {
      const from = below(other.length + 1);
      return put(other.subarray(from, from + below(300)), below(300));
    }
    case 4:
      bytes.fill(oneOf([0, 0xff, below(256)], below), at, Math.min(bytes.length, at + 1 + below(8)));
      return bytes;
    case 5: {
      const piece = Buffer.alloc(8);
      const width = oneOf([1, 2, 4, 8], below);
      const value = oneOf(edges, below);
      if (below(2) === 0) piece.writeUInt32LE(value);
      else piece.writeUInt32BE(value, Math.max(0, width - 4));
      return put(piece.subarray(0, width), width);
    }
    case 6: {
      const sign = Buffer.from(oneOf(signs, below), 'latin1');
      return put(sign, below(2) === 0 ? 0 : sign.length);
    }
    case 7: {
      // The same again and again: long lines, many members, many rows.
      const piece = bytes.subarray(at, at + 1 + below(60));
      return put(Buffer.concat(Array.from({ length: 1 + below(80) }, () => piece)), piece.length);
    }
    default:
      if (bytes.length === 0) return bytes;
      for (let count = 1 + below(4); count > 0; count -= 1) {
        const place = below(bytes.length);
        bytes.writeUInt8(bytes.readUInt8(place) ^ (1 << below(8)), place);
      }
      return bytes;
  }
}

/** Puts a mutant on the disk. @returns the path to open */
export async function writeMutant({ name, content }: Mutant, folder: string): Promise<string> {
  const path = join(folder, name);
  if (Buffer.isBuffer(content)) {
    await writeFile(path, content);
    return path;
  }
  for (const member of content) {
    await mkdir(dirname(join(path, member.name)), { recursive: true });
    await writeFile(join(path, member.name), member.data);
  }
  return path;
}
