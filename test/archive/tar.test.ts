import { describe, expect, test } from 'vitest';
import { listBytes, summary } from './builders/listing.ts';
import { block, content, endOfTar, pax, type BlockOptions } from './builders/tar-blocks.ts';

const line = '2024-05-10 09:12:00 a line of a log\n';

function file(name: string | Uint8Array, data: string | Uint8Array, options: BlockOptions = {}): Buffer {
  return Buffer.concat([block(name, { bytes: data.length, ...options }), content(data)]);
}

async function list(...parts: readonly Uint8Array[]): ReturnType<typeof listBytes> {
  return listBytes(Buffer.concat(parts), { name: 'x.tar' });
}

describe('a sparse file', () => {
  // Holes before, between and behind: 1,000 zeros, a line, zeros up to 3,000, a line, zeros up to 4,000.
  const whole = Buffer.alloc(4000);
  whole.write(line, 1000);
  whole.write(line, 3000);
  const packed = line + line;
  const map = [
    [1000, line.length],
    [3000, line.length],
    [4000, 0],
  ] as const;
  const octal = (value: number) => `${value.toString(8).padStart(11, '0')}\0`;
  const inHeader = map.map(([offset, bytes]) => octal(offset) + octal(bytes)).join('');

  test.each<[string, Buffer]>([
    ['old GNU', file('s', packed, { type: 'S', put: { 386: inHeader, 483: octal(4000) } })],
    [
      'old GNU, its map continued in a block of its own',
      Buffer.concat([
        block('s', {
          bytes: packed.length,
          type: 'S',
          put: { 386: inHeader.slice(0, 24), 482: '\u0001', 483: octal(4000) },
        }),
        content(inHeader.slice(24)),
        content(packed),
      ]),
    ],
    [
      'pax 0.0',
      Buffer.concat([
        pax([
          ['GNU.sparse.size', '4000'],
          ['GNU.sparse.numblocks', '3'],
          ...map.flatMap(([offset, bytes]): [string, string][] => [
            ['GNU.sparse.offset', String(offset)],
            ['GNU.sparse.numbytes', String(bytes)],
          ]),
        ]),
        file('s', packed),
      ]),
    ],
    [
      'pax 0.1',
      Buffer.concat([
        pax([
          ['GNU.sparse.size', '4000'],
          ['GNU.sparse.name', 's'],
          ['GNU.sparse.map', map.flat().join(',')],
        ]),
        file('GNUSparseFile.1/s', packed),
      ]),
    ],
    [
      'pax 1.0',
      Buffer.concat([
        pax([
          ['GNU.sparse.major', '1'],
          ['GNU.sparse.minor', '0'],
          ['GNU.sparse.realsize', '4000'],
          ['GNU.sparse.name', 's'],
        ]),
        file(
          'GNUSparseFile.1/s',
          Buffer.concat([content(`${[3, ...map.flat()].join('\n')}\n`), Buffer.from(packed)]),
        ),
      ]),
    ],
  ])('of %s is given with its holes, and what follows is found', async (_form, tar) => {
    const listing = await list(tar, file('after', 'x'), endOfTar);
    expect(listing.members.map(({ path, state, bytes }) => [path, state, bytes])).toEqual([
      ['s', 'complete', 4000],
      ['after', 'complete', 1],
    ]);
    expect(listing.members[0]?.text).toBe(whole.toString('latin1'));
    expect(listing.identity.damaged).toBe(false);
  });

  test.each([
    ['runs backwards', '3000,36,1000,36'],
    ['reaches beyond the end', `1000,36,4000,36`],
    ['is no number', '1000,36,x,36'],
    ['leaves bytes over', '1000,36'],
  ])('with a map that %s is damaged, and its bytes are given as they stand', async (_how, numbers) => {
    const records = pax([
      ['GNU.sparse.size', '4000'],
      ['GNU.sparse.map', numbers],
    ]);
    const listing = await list(records, file('s', packed), file('after', 'x'), endOfTar);
    expect(summary(listing)).toEqual(['s: damaged damaged-data', 'after: x']);
    expect(listing.members[0]?.text).toBe(packed);
  });

  test('that is nearly all hole is refused at the ratio, and costs no more', async () => {
    const huge = 3 * 1024 ** 3;
    const records = pax([
      ['GNU.sparse.size', String(huge)],
      ['GNU.sparse.map', `${huge - 4},4`],
    ]);
    const listing = await list(records, file('lastlog', 'tail'), file('after', 'x'), endOfTar);
    expect(summary(listing)).toEqual(['lastlog: refused ratio', 'after: x']);
  });

  test('with a map without line breaks is damaged', async () => {
    const records = pax([
      ['GNU.sparse.major', '1'],
      ['GNU.sparse.realsize', '4000'],
      ['GNU.sparse.name', 's'],
    ]);
    const listing = await list(records, file('s', Buffer.alloc(200_000, '1')), file('after', 'x'), endOfTar);
    expect(summary(listing)).toEqual(['s: damaged damaged-data', 'after: x']);
  });
});

describe('names and times', () => {
  test('of extended headers count, in any encoding, the time with its fraction cut', async () => {
    const japanese = Buffer.from([0x83, 0x8d, 0x83, 0x4f, 0x2e, 0x6c, 0x6f, 0x67]);
    const listing = await list(
      pax([
        ['path', 'フォルダー/長い名前.log'],
        ['mtime', '1715300000.987654321'],
      ]),
      file('short', 'a'),
      pax([
        ['hdrcharset', 'BINARY'],
        ['path', japanese],
      ]),
      file('short', 'b'),
      file('././@LongLink', 'n'.repeat(300) + '\0', { type: 'L' }),
      file('short', 'c'),
      endOfTar,
    );
    expect(summary(listing)).toEqual(['フォルダー/長い名前.log: a', 'ログ.log: b', `${'n'.repeat(300)}: c`]);
    expect(listing.members[0]?.member.modified).toEqual({ local: '2024-05-10T00:13:20', utc: true });
  });

  test('of a global header count for those that say none themselves', async () => {
    const listing = await list(
      pax([['mtime', '1715300000']], 'g'),
      file('a', 'a', { mtime: 0 }),
      pax([['mtime', '1715300060']]),
      file('b', 'b', { mtime: 0 }),
      endOfTar,
    );
    expect(listing.members.map(({ member }) => member.modified?.local)).toEqual([
      '2024-05-10T00:13:20',
      '2024-05-10T00:14:20',
    ]);
  });

  test('are read of V7, with sizes in base 256, and with a checksum of signed bytes', async () => {
    const wide = Buffer.alloc(12);
    wide[0] = 0x80;
    wide[11] = line.length;
    const listing = await list(
      file('v7', line, { magic: '', type: '\0' }),
      block('folder/', { magic: '', type: '\0' }),
      file('wide', line, { put: { 124: wide } }),
      file('ログ', line, { signed: true }),
      endOfTar,
    );
    expect(listing.members.map(({ path, text }) => [path, text])).toEqual([
      ['v7', line],
      ['wide', line],
      ['ログ', line],
    ]);
    const signedFirst = await list(file('ログ', line, { signed: true }), endOfTar);
    expect(signedFirst.members.map(({ path }) => path)).toEqual(['ログ']);
  });
});

describe('links', () => {
  test('that are hard have their bytes where these are repeated', async () => {
    const listing = await list(
      file('a', line),
      block('says its size', { type: '1', link: 'a', bytes: line.length }),
      file('repeats it', line, { type: '1', link: 'a' }),
      block('says none', { type: '1', link: 'a' }),
      file('b', 'b'),
      endOfTar,
    );
    expect(listing.members.map(({ path, role, text }) => [path, role, text])).toEqual([
      ['a', 'file', line],
      ['says its size', 'special', ''],
      ['repeats it', 'file', line],
      ['says none', 'special', ''],
      ['b', 'file', 'b'],
    ]);
    expect(listing.members[1]?.member.linkTarget).toBe('a');
  });
});

describe('damage', () => {
  const headless = Buffer.alloc(512, 'no header');

  test('of a header costs no other file', async () => {
    const changed = Buffer.from(file('bad', line));
    changed.write('x', 100);
    const listing = await list(file('a', 'a'), changed, file('c', 'c'), endOfTar);
    expect(summary(listing)).toEqual(['a: a', 'bad: damaged bad-header', 'c: c']);
    expect(listing.members[1]?.text).toBe(line);
    expect(listing.identity.damaged).toBe(true);
  });

  test('of a header with its size ends where the next one stands', async () => {
    const changed = Buffer.from(file('bad', line));
    changed.write('7', 127);
    const listing = await list(changed, file('c', 'c'), endOfTar);
    // The first header is what tells a tar: as the first of a bundle such a file is none.
    expect(listing.members.map(({ path }) => path)).toEqual(['x.tar']);
    const behind = await list(file('a', 'a'), changed, file('c', 'c'), endOfTar);
    expect(summary(behind)).toEqual(['a: a', 'bad: damaged bad-header', 'c: c']);
  });

  test('between two files is passed over', async () => {
    const listing = await list(file('a', 'a'), headless, headless, file('c', 'c'), endOfTar);
    expect(summary(listing)).toEqual(['a: a', 'c: c']);
    expect(listing.identity.damaged).toBe(true);
  });

  test('of extended records leaves the name of the header', async () => {
    const listing = await list(file('x', '999 path=never\n', { type: 'x' }), file('a', 'a'), endOfTar);
    expect(summary(listing)).toEqual(['a: a']);
    expect(listing.identity.damaged).toBe(true);
  });
});

test('a tar that others follow is read with them; other bytes behind the end are told', async () => {
  const both = await list(file('a', 'a'), endOfTar, file('b', 'b'), endOfTar);
  expect(summary(both)).toEqual(['a: a', 'b: b']);
  expect(both.identity.damaged).toBe(false);
  const trailing = await list(file('a', 'a'), endOfTar, Buffer.from('garbage'), Buffer.alloc(2000, 'more'));
  expect(summary(trailing)).toEqual(['a: a']);
  expect(trailing.identity.damaged).toBe(true);
});

test('the rest of a file that began in another volume is a part', async () => {
  const listing = await list(file('big.log', line, { type: 'M' }), file('a', 'a'), endOfTar);
  expect(summary(listing)).toEqual(['big.log: damaged split-archive', 'a: a']);
  expect(listing.members[0]?.text).toBe(line);
  expect(listing.identity.damaged).toBe(true);
});
