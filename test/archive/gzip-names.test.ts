import { gzipSync } from 'node:zlib';
import iconv from 'iconv-lite';
import { expect, test } from 'vitest';
import { listBytes } from './builders/listing.ts';

/** With the name of the packed file in its header (RFC 1952, 2.3). */
function named(name: Uint8Array): Buffer {
  const plain = gzipSync('text');
  const header = Buffer.from(plain.subarray(0, 10));
  header[3] = 8;
  return Buffer.concat([header, name, Buffer.of(0), plain.subarray(10)]);
}

test.each([
  ['UTF-8', Buffer.from('ログ.log'), 'ログ.log'],
  ['CP932', iconv.encode('ログ.log', 'cp932'), 'ログ.log'],
  ['Latin-1', iconv.encode('über-café.log', 'latin1'), 'über-café.log'],
])(
  'the name within a gzip file without a telling name of its own may be %s',
  async (_encoding, raw, name) => {
    const listing = await listBytes(named(raw), { name: 'packed' });
    expect(listing.members.map(({ path, text }) => [path, text])).toEqual([[`packed!/${name}`, 'text']]);
  },
);
