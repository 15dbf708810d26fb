import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { ExpectedError } from '../../parsers/domain/errors.ts';
import { numbersFrom } from '../fuzz/random.ts';
import { buildEncryptedZip } from './builders/encrypted-zip.ts';
import { listBytes } from './builders/listing.ts';
import { block, content, endOfTar, pax } from './builders/tar-blocks.ts';
import { buildTar } from './builders/tar.ts';
import { buildXz } from './builders/xz.ts';
import { buildZip } from './builders/zip.ts';

const mutants = 200;
const seed = 20240510;

function mutate(original: Buffer, below: (bound: number) => number): Buffer {
  const bytes = Buffer.from(original);
  const at = below(bytes.length);
  switch (below(5)) {
    case 0:
      return bytes.subarray(0, at);
    case 1: {
      const end = at + below(200);
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)]);
    }
    case 2: {
      const from = below(bytes.length);
      return Buffer.concat([
        bytes.subarray(0, at),
        bytes.subarray(from, from + below(300)),
        bytes.subarray(at),
      ]);
    }
    case 3:
      bytes.fill([0, 0xff, below(256)][below(3)] ?? 0, at, Math.min(bytes.length, at + 1 + below(8)));
      return bytes;
    default:
      for (let count = 1 + below(4); count > 0; count--) {
        const place = below(bytes.length);
        bytes.writeUInt8(bytes.readUInt8(place) ^ (1 << below(8)), place);
      }
      return bytes;
  }
}

const text = Array.from({ length: 300 }, (_, n) => `2024-05-10 09:12:00 line ${n * 7919}\n`).join('');

/** Sparse files in GNU's old form and by extended records, and a long name. */
function sparseTar(): Buffer {
  const octal = (value: number) => `${value.toString(8).padStart(11, '0')}\0`;
  const half = text.length / 2;
  const map = [octal(0), octal(half), octal(9000 + half), octal(text.length - half)].join('');
  const records: [string, string][] = [
    ['GNU.sparse.major', '1'],
    ['GNU.sparse.minor', '0'],
    ['GNU.sparse.realsize', '90000'],
    ['GNU.sparse.name', 'b.log'],
  ];
  const numbers = content(`2\n0\n100\n80000\n${text.length - 100}\n`);
  return Buffer.concat([
    block('a.log', { type: 'S', bytes: text.length, put: { 386: map, 483: octal(9000 + text.length) } }),
    content(text),
    pax(records),
    block('GNUSparseFile.0/b.log', { bytes: numbers.length + text.length }),
    numbers,
    content(text),
    block('././@LongLink', { type: 'L', bytes: 300 }),
    content('n'.repeat(300)),
    block('short', { bytes: text.length }),
    content(text),
    endOfTar,
  ]);
}

async function containers(): Promise<Readonly<Record<string, Buffer>>> {
  const tar = await buildTar([
    { name: 'a.log', data: text },
    { name: 'link', type: 'symlink', linkname: 'a.log' },
    { name: `${'n'.repeat(150)}/日本.log`, data: text },
    { name: 'x.log.gz', data: gzipSync(text) },
  ]);
  const zip = buildZip([
    { name: 'a.log', data: text },
    { name: 'b.log', data: text, descriptor: 'signed' },
    { name: 'c.log', data: text, method: 'stored', zip64: true },
    { name: 'n.zip', data: buildZip([{ name: 'in.log', data: text }]), method: 'stored' },
    { name: 'd.log', data: text, descriptor: 'zip64', zip64: true },
  ]);
  const items = ['a', 'b', 'c'].map((name) => ({ name, data: text, password: 'secret' }));
  return {
    zip,
    zip64: buildZip(
      [
        { name: 'a.log', data: text, zip64: true },
        { name: 'b.log', data: text },
      ],
      { zip64: true },
    ),
    tar,
    'sparse tar': sparseTar(),
    tgz: gzipSync(tar),
    'tar.xz': buildXz(tar),
    gz: gzipSync(text),
    xz: buildXz(text),
    zipcrypto: await buildEncryptedZip(items, 'zipcrypto'),
    aes: await buildEncryptedZip(items, 'aes'),
    nested: buildZip([
      { name: 'logs.tgz', data: gzipSync(tar), method: 'stored' },
      { name: 'logs.tar.xz', data: buildXz(tar), method: 'stored' },
      { name: 'n.zip', data: zip, method: 'stored' },
    ]),
  };
}

const kinds = [
  'zip',
  'zip64',
  'tar',
  'sparse tar',
  'tgz',
  'tar.xz',
  'gz',
  'xz',
  'zipcrypto',
  'aes',
  'nested',
];

test.each(kinds)(
  'mutants of a %s never crash, hang or give an invalid outcome',
  async (kind) => {
    const original = (await containers())[kind];
    if (original === undefined) throw new Error(`no container ${kind}`);
    const below = numbersFrom(seed);
    for (let number = 0; number < mutants; number++) {
      const mutant = mutate(original, below);
      const listing = await listBytes(mutant, { password: 'secret' }).catch((error: unknown) => {
        if (!(error instanceof ExpectedError))
          throw new Error(`mutant ${number} of ${kind}`, { cause: error });
        return null;
      });
      if (listing === null) continue;
      expect(new Set(listing.members.map((member) => member.path)).size).toBe(listing.members.length);
      for (const { role, state, reason, bytes, sha256, text: delivered } of listing.members) {
        expect(state === 'complete').toBe(reason === null);
        const hashed =
          (role === 'file' || role === 'archive') && (state === 'complete' || state === 'damaged');
        if (hashed && sha256 !== null) expect(sha256).toMatch(/^[0-9a-f]{64}$/u);
        if (role === 'file' && state === 'complete') expect(sha256).not.toBeNull();
        if (role === 'file' && sha256 === null && state !== 'refused') expect(bytes).toBe(0);
        expect(typeof delivered).toBe('string');
      }
      expect(listing.identity.bytes).toBe(mutant.length);
    }
  },
  120_000,
);
