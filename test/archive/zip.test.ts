import { createHash } from 'node:crypto';
import { crc32, deflateRawSync } from 'node:zlib';
import iconv from 'iconv-lite';
import { describe, expect, test } from 'vitest';
import { listBytes, shortened, summary } from './builders/listing.ts';
import { buildZip, extraField, type ZipItem } from './builders/zip.ts';

const lines = Array.from({ length: 20_000 }, (_, n) => `2024-05-10 09:12:00 line ${n * 7919}\n`).join('');

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

describe('a whole zip', () => {
  test('gives stored and deflated members with hashes and times, and its own hash', async () => {
    const zip = buildZip([
      { name: 'a.log', data: 'stored', method: 'stored' },
      { name: 'dir/' },
      { name: 'dir/b.log', data: lines },
      { name: 'empty.log', data: '' },
    ]);
    const listing = await listBytes(zip);
    expect(summary(listing)).toEqual(['a.log: stored', `dir/b.log: ${shortened(lines)}`, 'empty.log: ']);
    expect(listing.members.map((member) => member.sha256)).toEqual([
      sha256('stored'),
      sha256(lines),
      sha256(''),
    ]);
    expect(listing.members[0]?.member.modified).toEqual({ local: '2024-05-10T09:12:00', utc: false });
    expect(listing.identity).toEqual({
      name: 'bundle.zip',
      bytes: zip.length,
      sha256: sha256(zip),
      damaged: false,
      changed: false,
    });
  });

  test.each<[string, readonly ZipItem[], Parameters<typeof buildZip>[1]]>([
    ['Zip64', [{ name: 'a', data: 'one', zip64: true }], { zip64: true }],
    ['descriptors', [{ name: 'a', data: 'one', descriptor: 'signed' }], {}],
    ['bare descriptors', [{ name: 'a', data: 'one', descriptor: 'bare' }], {}],
    ['Zip64 descriptors', [{ name: 'a', data: 'one', descriptor: 'zip64', zip64: true }], {}],
    ['a comment', [{ name: 'a', data: 'one' }], { comment: 'made by the collector PK\u0005\u0006' }],
    ['bytes before', [{ name: 'a', data: 'one' }], { prefix: Buffer.alloc(70_000, 'MZ') }],
  ])('is read with %s', async (_, items, layout) => {
    const zip = buildZip([...items, { name: 'b', data: 'two' }], layout);
    const listing = await listBytes(zip);
    expect(summary(listing)).toEqual(['a: one', 'b: two']);
    expect(listing.identity).toMatchObject({ damaged: false, sha256: sha256(zip) });
  });

  test('is hashed right when its directory is in another order than its bytes', async () => {
    const big = Buffer.alloc(3_000_000, 'x');
    const plain = buildZip([
      { name: 'a', data: big, method: 'stored' },
      { name: 'b', data: 'two' },
    ]);
    const listing = await listBytes(plain);
    expect(listing.identity.sha256).toBe(sha256(plain));
    expect(listing.members.map((member) => member.bytes)).toEqual([3_000_000, 3]);
  });

  test('prefers the UTC time of an extra field', async () => {
    const seconds = Buffer.alloc(5);
    seconds[0] = 1;
    seconds.writeInt32LE(1_715_300_000, 1);
    const ticks = Buffer.alloc(32);
    ticks.writeUInt16LE(1, 4);
    ticks.writeUInt16LE(24, 6);
    ticks.writeBigUInt64LE((1_715_300_000n + 11_644_473_600n) * 10_000_000n, 8);
    const listing = await listBytes(
      buildZip([
        { name: 'unix', centralExtra: extraField(0x5455, seconds) },
        { name: 'ntfs', centralExtra: extraField(0x000a, ticks) },
        { name: 'none', dosTime: 0 },
      ]),
    );
    const utc = { local: '2024-05-10T00:13:20', utc: true };
    expect(listing.members.map((member) => member.member.modified)).toEqual([utc, utc, null]);
  });

  test('shows symlinks with their target and does not follow them', async () => {
    const listing = await listBytes(
      buildZip([{ name: 'current', data: '../../etc/passwd', method: 'stored', unixMode: 0o120777 }]),
    );
    expect(summary(listing)).toEqual(['current: symlink']);
    expect(listing.members[0]?.member.linkTarget).toBe('../../etc/passwd');
  });

  test('gives the bytes that a name hides behind a slash', async () => {
    expect(summary(await listBytes(buildZip([{ name: 'dir/', data: 'hidden' }])))).toEqual(['dir/: hidden']);
  });

  test('is read when it is packed with deflate64', async () => {
    const packed = deflateRawSync(lines, { level: 0 });
    const entry = { name: 'a', data: packed, rawMethod: 9, bytes: lines.length, crc32: crc32(lines) };
    expect(summary(await listBytes(buildZip([entry])))).toEqual([`a: ${shortened(lines)}`]);
    const bad = await listBytes(buildZip([{ ...entry, crc32: 1 }]));
    expect(summary(bad)).toEqual(['a: damaged bad-crc']);
  });

  test('lists a member packed by another method as damaged', async () => {
    const listing = await listBytes(
      buildZip([
        { name: 'a', data: 'abc', rawMethod: 93 },
        { name: 'b', data: 'b' },
      ]),
    );
    expect(summary(listing)).toEqual(['a: damaged unsupported-method', 'b: b']);
  });
});

describe('names', () => {
  test('are UTF-8, CP932 or CP437, and hostile ones are only shown', async () => {
    const unicode = Buffer.concat([Buffer.from([1]), Buffer.alloc(4), Buffer.from('本当の名.log')]);
    unicode.writeUInt32LE(crc32('honto.log'), 1);
    const listing = await listBytes(
      buildZip([
        { name: '更新.log', utf8Flag: true },
        { name: '更新2.log' },
        { name: iconv.encode('表示\\ソフト.log', 'cp932') },
        { name: Buffer.from([0x81, 0xff, 0x2e, 0x74]) },
        { name: Buffer.from([0x66, 0xff, 0x6f]), utf8Flag: true },
        { name: 'honto.log', centralExtra: extraField(0x7075, unicode) },
        { name: 'honto2.log', centralExtra: extraField(0x7075, unicode) },
        { name: '../../etc/passwd' },
        { name: '/etc/shadow' },
        { name: 'C:\\Windows\\CON' },
        { name: 'a/b\\c' },
        { name: 'nul\0\n\u202Egol.exe' },
        { name: 'a.zip!/b' },
        { name: '' },
      ]),
    );
    expect(listing.members.map((member) => member.path)).toEqual([
      '更新.log',
      '更新2.log',
      '表示/ソフト.log',
      'ü\u00A0.t',
      'f\u00A0o',
      '本当の名.log',
      'honto2.log',
      '../../etc/passwd',
      '/etc/shadow',
      'C:/Windows/CON',
      'a/b\\c',
      'nul␀␊<U+202E>gol.exe',
      'a.zip!<U+002F>b',
      '<no name>',
    ]);
  });

  test('that repeat are told apart, before the suffix', async () => {
    const names = ['x/a.log', 'x/a.log', 'x/a (2).log', 'x/a.log', 'x.y/a', 'x.y/a', '.rc', '.rc'];
    const listing = await listBytes(buildZip(names.map((name) => ({ name }))));
    expect(listing.members.map((member) => member.path)).toEqual([
      'x/a.log',
      'x/a (2).log',
      'x/a (2) (2).log',
      'x/a (3).log',
      'x.y/a',
      'x.y/a (2)',
      '.rc',
      '.rc (2)',
    ]);
    expect(listing.members.map((member) => member.member.plainPath)).toEqual(names);
  });
});

describe('a damaged member', () => {
  test('with a bad CRC is delivered whole', async () => {
    const listing = await listBytes(
      buildZip([
        { name: 'small', data: 'abc', crc32: 1, local: { crc32: 1 } },
        { name: 'big', data: lines, crc32: 1, method: 'stored' },
        { name: 'next', data: 'fine' },
      ]),
    );
    expect(summary(listing)).toEqual(['small: damaged bad-crc', 'big: damaged bad-crc', 'next: fine']);
    expect(listing.members.map((member) => member.text.length)).toEqual([3, lines.length, 4]);
    expect(listing.members[1]?.sha256).toBe(sha256(lines));
  });

  test.each([1000, 40_000, 80_000])('keeps every byte before damage at packed byte %i', async (place) => {
    const packed = deflateRawSync(lines);
    packed.fill(0xff, place, place + 40);
    const zip = buildZip([
      { name: 'a', data: packed, rawMethod: 8, bytes: lines.length, crc32: crc32(lines) },
      { name: 'b', data: 'fine' },
    ]);
    const listing = await listBytes(zip);
    const [damaged, fine] = listing.members;
    expect(damaged?.state).toBe('damaged');
    const text = damaged?.text ?? '';
    let same = 0;
    while (same < text.length && text[same] === lines[same]) same += 1;
    // Some garbage may be decoded from the damage itself.
    expect(same / lines.length).toBeGreaterThan((place / packed.length) * 0.9);
    expect(fine?.text).toBe('fine');
  });

  test('with a deflate stream that breaks off keeps what was there', async () => {
    const packed = deflateRawSync(lines).subarray(0, 20_000);
    const zip = buildZip([
      { name: 'a', data: packed, rawMethod: 8, bytes: lines.length, crc32: crc32(lines) },
    ]);
    const [member] = (await listBytes(zip)).members;
    expect(member).toMatchObject({ state: 'damaged', reason: 'truncated' });
    expect(member?.bytes).toBeGreaterThan(10_000);
    expect(lines.startsWith(member?.text ?? '?')).toBe(true);
  });

  test('with another size than stated is told so', async () => {
    const listing = await listBytes(
      buildZip([
        { name: 'more', data: 'abcdef', bytes: 3 },
        { name: 'less', data: 'abc', bytes: 30 },
      ]),
    );
    expect(summary(listing)).toEqual(['more: damaged bad-size', 'less: damaged bad-size']);
    expect(listing.members.map((member) => member.text)).toEqual(['abcdef', 'abc']);
  });

  test('whose local header disagrees with the directory is told so', async () => {
    const listing = await listBytes(
      buildZip([
        { name: 'crc', data: 'abc', local: { crc32: 7 } },
        { name: 'size', data: 'abc', local: { bytes: 7 } },
        { name: 'method', data: 'abc', local: { method: 0 } },
      ]),
    );
    expect(summary(listing)).toEqual([
      'crc: damaged header-mismatch',
      'size: damaged header-mismatch',
      'method: damaged header-mismatch',
    ]);
    expect(listing.members.every((member) => member.text === 'abc')).toBe(true);
  });

  test('that overlaps the next one gets only its own bytes', async () => {
    const zip = buildZip([
      { name: 'a', data: 'aaaa', method: 'stored', packedBytes: 60, bytes: 60 },
      { name: 'b', data: 'bbbb', method: 'stored' },
      { name: 'again', data: 'cccc', method: 'stored', offset: 0 },
    ]);
    const listing = await listBytes(zip);
    expect(summary(listing)).toEqual([
      'a: damaged overlapping-entry',
      'again: damaged overlapping-entry',
      'b: bbbb',
    ]);
    expect(listing.members.map((member) => member.text)).toEqual(['aaaa', '', 'bbbb']);
  });
});

describe('a damaged zip', () => {
  const items: readonly ZipItem[] = [
    { name: 'a.log', data: lines },
    { name: 'dir/' },
    { name: 'b.log', data: 'stored', method: 'stored' },
    { name: 'c.log', data: lines, descriptor: 'signed' },
    { name: 'd.log', data: 'bare', descriptor: 'bare' },
    { name: 'e.log', data: 'wide', descriptor: 'zip64', zip64: true },
    { name: 'n.zip', data: buildZip([{ name: 'in', data: 'inner' }]), method: 'stored' },
    { name: 'z.log', data: lines },
  ];
  const whole = buildZip(items);
  const expected = [
    `a.log: ${shortened(lines)}`,
    'b.log: stored',
    `c.log: ${shortened(lines)}`,
    'd.log: bare',
    'e.log: wide',
    'n.zip: archive',
    'n.zip!/in: inner',
    `z.log: ${shortened(lines)}`,
  ];

  test('without a directory is read from its local headers', async () => {
    const zip = buildZip(items, { withoutDirectory: true });
    const listing = await listBytes(zip);
    expect(summary(listing)).toEqual(expected);
    expect(listing.identity).toMatchObject({ damaged: true, sha256: sha256(zip) });
  });

  test('whose last entry is stored without its sizes ends with its descriptor', async () => {
    const log = 'stored lines\n'.repeat(40);
    for (const descriptor of ['signed', 'bare', 'zip64'] as const) {
      const zip = buildZip(
        [{ name: 'x.log', data: log, method: 'stored', descriptor, zip64: descriptor === 'zip64' }],
        { withoutDirectory: true },
      );
      const [member] = (await listBytes(zip)).members;
      expect(member).toMatchObject({ state: 'complete', text: log });
      const [cut] = (await listBytes(zip.subarray(0, zip.length - 14))).members;
      expect(cut).toMatchObject({ state: 'damaged' });
    }
  });

  const directory = whole.readUInt32LE(whole.length - 22 + 16);

  test('that lost its end record, or part of the directory, still gives everything', async () => {
    for (const cut of [whole.length - 1, whole.length - 22, directory + 120, directory + 1]) {
      const listing = await listBytes(whole.subarray(0, cut));
      expect(summary(listing)).toEqual(expected);
      expect(listing.identity.damaged).toBe(true);
    }
  });

  test('whose directory breaks in the middle still gives everything', async () => {
    const zip = Buffer.from(whole);
    const second = zip.indexOf('PK\u0001\u0002', directory + 1, 'latin1');
    const third = zip.indexOf('PK\u0001\u0002', second + 1, 'latin1');
    zip.fill(0, third, third + 4);
    const listing = await listBytes(zip);
    expect(summary(listing)).toEqual(expected);
    expect(listing.identity.damaged).toBe(true);
  });

  test('cut within its last member gives that one as far as it goes', async () => {
    const start = whole.lastIndexOf('PK\u0003\u0004', undefined, 'latin1');
    const listing = await listBytes(whole.subarray(0, start + 30_000));
    expect(summary(listing).slice(0, -1)).toEqual(expected.slice(0, -1));
    const last = listing.members.at(-1);
    expect(last).toMatchObject({ path: 'z.log', state: 'damaged', reason: 'truncated' });
    expect(last?.bytes).toBeGreaterThan(10_000);
    expect(lines.startsWith(last?.text ?? '?')).toBe(true);
  });

  test('cut within a stored zip is not mistaken for that one', async () => {
    const inner = buildZip([
      { name: 'in', data: lines },
      { name: 'in2', data: lines },
    ]);
    const zip = buildZip([
      { name: 'a', data: 'outer' },
      { name: 'n.zip', data: inner, method: 'stored' },
    ]);
    const end = zip.indexOf('PK\u0005\u0006', 0, 'latin1') + 22;
    const listing = await listBytes(zip.subarray(0, end));
    expect(listing.members.map((member) => member.path)).toEqual(['a', 'n.zip', 'n.zip!/in', 'n.zip!/in2']);
    expect(listing.identity.damaged).toBe(true);
  });

  test('that lost a piece from its middle gives what is left', async () => {
    const b = whole.indexOf('b.log') - 30;
    const zip = Buffer.concat([whole.subarray(0, 1000), whole.subarray(b)]);
    const listing = await listBytes(zip);
    expect(summary(listing).slice(1)).toEqual(expected.slice(1));
    expect(listing.members[0]).toMatchObject({ path: 'a.log', state: 'damaged' });
  });

  test('with nothing readable is refused', async () => {
    const garbage = Buffer.concat([Buffer.from('PK\u0003\u0004', 'latin1'), Buffer.alloc(500, 0xee)]);
    await expect(listBytes(garbage)).rejects.toMatchObject({ code: 'damaged-archive' });
  });
});

describe('a zip in parts', () => {
  const part = buildZip([
    { name: 'a', data: 'one' },
    { name: 'b', data: 'two' },
  ]);
  /** Within the bytes of the second. */
  const cut = part.indexOf('PK\u0003\u0004', 4, 'latin1') + 33;

  test.each([
    ['PK\u0007\u0008', 'of which one part was enough'],
    ['PK00', 'that was made as one and fit into one part'],
  ])('is read with the mark %j before its first header', async (mark) => {
    const listing = await listBytes(buildZip([{ name: 'a', data: 'one' }], { prefix: Buffer.from(mark) }));
    expect(summary(listing)).toEqual(['a: one']);
    expect(listing.identity.damaged).toBe(false);
  });

  test('gives what its first and its last part hold, and is damaged', async () => {
    const first = Buffer.concat([Buffer.from('PK\u0007\u0008', 'latin1'), part.subarray(0, cut)]);
    const last = Buffer.concat([
      Buffer.from('rest of an entry'),
      buildZip([{ name: 'b', data: 'two' }], { disk: 3 }),
    ]);
    const members = [
      { name: 'x.z01', data: first },
      { name: 'x.z02', data: 'bytes of the middle' },
      { name: 'x.zip', data: last },
    ] as const;
    expect(summary(await listBytes(buildZip(members)))).toEqual([
      'x.z01: damaged split-archive',
      'x.z01!/a: one',
      expect.stringMatching(/^x\.z01!\/b: damaged /u),
      'x.z02: damaged split-archive',
      'x.zip: damaged split-archive',
      'x.zip!/b: two',
    ]);
    const listing = await listBytes(last, { name: 'x.zip' });
    expect(summary(listing)).toEqual(['b: two']);
    expect(listing.identity.damaged).toBe(true);
  });

  test('cut by its bytes is told by the names of its parts', async () => {
    const listing = await listBytes(
      buildZip([
        { name: 'x.zip.001', data: part.subarray(0, cut) },
        { name: 'x.zip.002', data: part.subarray(cut) },
      ]),
    );
    expect(listing.members.map(({ path, reason }) => `${path}: ${reason ?? 'whole'}`)).toEqual([
      'x.zip.001: split-archive',
      'x.zip.001!/a: whole',
      'x.zip.001!/b: truncated',
      'x.zip.002: split-archive',
    ]);
  });
});

test('a zip whose end counts fewer entries than its directory has gives them all, and is damaged', async () => {
  const items = ['a', 'b', 'c'].map((name) => ({ name, data: name }));
  const listing = await listBytes(buildZip(items, { count: 1 }));
  expect(summary(listing)).toEqual(['a: a', 'b: b', 'c: c']);
  expect(listing.identity.damaged).toBe(true);
});
