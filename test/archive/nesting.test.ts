import { createHash, randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { listBytes, shortened, summary } from './builders/listing.ts';
import { buildTar } from './builders/tar.ts';
import { buildXz } from './builders/xz.ts';
import { buildZip } from './builders/zip.ts';

const compressedXz = Buffer.from(
  '/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4ADHABRdADgYSu7FMC1v0ZMBCl4BqMbvmPIAAHfRmBR3NlBOAAEwyAEAAAAPF/amscRn+wIAAAAABFla',
  'base64',
);

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

describe('bundles of each kind', () => {
  test('tar', async () => {
    const tar = await buildTar([
      { name: 'var/log/', type: 'directory' },
      { name: 'var/log/x.log', data: 'hello' },
      { name: 'var/log/current', type: 'symlink', linkname: 'x.log' },
      { name: 'var/log/hard', type: 'link', linkname: 'var/log/x.log' },
      { name: 'dev/pipe', type: 'fifo' },
      { name: `long/${'n'.repeat(200)}/日本.log`, data: 'pax' },
    ]);
    const listing = await listBytes(tar, { name: 'x.tar' });
    expect(summary(listing)).toEqual([
      'var/log/x.log: hello',
      'var/log/current: symlink',
      'var/log/hard: special',
      'dev/pipe: special',
      `long/${'n'.repeat(200)}/日本.log: pax`,
    ]);
    expect(listing.members.map((member) => member.member.linkTarget)).toEqual([
      null,
      'x.log',
      'var/log/x.log',
      null,
      null,
    ]);
    expect(listing.members[0]?.member.modified).toEqual({ local: '2024-05-10T00:12:00', utc: true });
    expect(listing.identity).toEqual({
      name: 'x.tar',
      bytes: tar.length,
      sha256: sha256(tar),
      damaged: false,
      changed: false,
    });
  });

  test.each<[string, (tar: Buffer) => Buffer]>([
    ['tgz', gzipSync],
    ['tar.xz', buildXz],
  ])('%s, whose tar is no level of its own', async (suffix, packIt) => {
    const packed = packIt(await buildTar([{ name: 'x.log', data: 'hello' }]));
    const listing = await listBytes(packed, { name: `logs.${suffix}` });
    expect(summary(listing)).toEqual(['x.log: hello']);
    expect(listing.identity).toMatchObject({ sha256: sha256(packed), damaged: false });
  });

  test('gzip and xz of one file', async () => {
    expect(summary(await listBytes(gzipSync('text'), { name: 'x.log.gz' }))).toEqual([
      'x.log.gz!/x.log: text',
    ]);
    expect(summary(await listBytes(buildXz('text'), { name: 'x.log.xz' }))).toEqual([
      'x.log.xz!/x.log: text',
    ]);
    const two = Buffer.concat([gzipSync('one '), gzipSync('two')]);
    expect(summary(await listBytes(two, { name: 'plain' }))).toEqual(['plain!/plain: one two']);
  });

  test('xz as the xz tool packs it, and several streams in a row', async () => {
    const text = 'patchtrail '.repeat(18) + 'xz';
    expect(summary(await listBytes(compressedXz, { name: 'a.xz' }))).toEqual([`a.xz!/a: ${shortened(text)}`]);
    const row = Buffer.concat([compressedXz, Buffer.alloc(8), buildXz('!'), buildXz('?')]);
    expect(summary(await listBytes(row, { name: 'a.xz' }))).toEqual([`a.xz!/a: ${shortened(`${text}!?`)}`]);
    const big = randomBytes(200_000);
    const pair = await listBytes(Buffer.concat([buildXz(big), buildXz(big)]), { name: 'a.xz' });
    expect(pair.members[0]?.sha256).toBe(sha256(Buffer.concat([big, big])));
    const trailing = Buffer.concat([buildXz('text'), Buffer.from('and more')]);
    expect(summary(await listBytes(trailing, { name: 'a.xz' }))).toEqual(['a.xz!/a: damaged truncated']);
  });

  test('a file that is no archive', async () => {
    expect(summary(await listBytes(Buffer.from('text'), { name: 'x.log' }))).toEqual(['x.log: text']);
    const xlsx = buildZip([{ name: '[Content_Types].xml', data: '<x/>' }, { name: 'xl/workbook.xml' }]);
    const listing = await listBytes(xlsx, { name: 'schedule.xlsx' });
    expect(listing.members).toMatchObject([{ path: 'schedule.xlsx', role: 'file', bytes: xlsx.length }]);
    const named = await listBytes(buildZip([{ name: 'META-INF/x.log', data: 'text' }]), { name: 'case.zip' });
    expect(summary(named)).toEqual(['META-INF/x.log: text']);
  });

  test('a gzip header gives a time, and a name where the file has none', async () => {
    const packed = gzipSync('text');
    packed.writeUInt32LE(1_715_300_000, 4);
    packed[3] = 8;
    const named = Buffer.concat([packed.subarray(0, 10), Buffer.from('messages\0'), packed.subarray(10)]);
    const [member] = (await listBytes(named, { name: 'download' })).members;
    expect(member?.path).toBe('download!/messages');
    expect(member?.member.modified).toEqual({ local: '2024-05-10T00:13:20', utc: true });
  });
});

describe('nested archives', () => {
  test('are walked in any mixture, each directly followed by its members', async () => {
    const tar = await buildTar([
      { name: 'x.log', data: 'in tar' },
      { name: 'old.log.gz', data: gzipSync('in gz') },
      { name: 'old.log.xz', data: buildXz('in xz') },
      { name: 'history/1.zip', data: buildZip([{ name: 'z.log', data: 'in zip' }]) },
    ]);
    const zip = buildZip([
      { name: 'first.log', data: '1' },
      { name: 'logs.tgz', data: gzipSync(tar), method: 'stored' },
      { name: 'logs.tar.xz', data: buildXz(tar) },
      { name: 'last.log', data: '2' },
    ]);
    const inner = (name: string) => [
      `${name}: archive`,
      `${name}!/x.log: in tar`,
      `${name}!/old.log.gz: archive`,
      `${name}!/old.log.gz!/old.log: in gz`,
      `${name}!/old.log.xz: archive`,
      `${name}!/old.log.xz!/old.log: in xz`,
      `${name}!/history/1.zip: archive`,
      `${name}!/history/1.zip!/z.log: in zip`,
    ];
    const listing = await listBytes(gzipSync(zip), { name: 'case.zip.gz' });
    expect(summary(listing)).toEqual(
      [
        'case.zip: archive',
        'case.zip!/first.log: 1',
        ...inner('case.zip!/logs.tgz'),
        ...inner('case.zip!/logs.tar.xz'),
        'case.zip!/last.log: 2',
      ].map((line) => `case.zip.gz!/${line}`),
    );
    const archive = listing.members.find((member) => member.path.endsWith('logs.tgz'));
    expect(archive?.sha256).toBe(sha256(gzipSync(tar)));
    expect(listing.members.map((member) => member.member.index)).toEqual(listing.members.map((_, n) => n));
  });

  test('are told by content; documents and other containers are files', async () => {
    const listing = await listBytes(
      buildZip([
        { name: 'hidden.dat', data: buildZip([{ name: 'in', data: 'zip' }]) },
        { name: 'book.xlsx', data: buildZip([{ name: '[Content_Types].xml' }, { name: 'a' }]) },
        { name: 'text.odt', data: buildZip([{ name: 'mimetype', data: 'x', method: 'stored' }]) },
        { name: 'agent.jar', data: buildZip([{ name: 'META-INF/MANIFEST.MF' }]) },
        { name: 'logs.cab', data: 'MSCF' },
        { name: 'x.zip', data: 'no zip at all' },
        {
          name: 'setup.zip',
          data: buildZip([{ name: 'in', data: 'prefixed' }], { prefix: Buffer.from('MZ..') }),
        },
        { name: 'empty.zip', data: buildZip([]) },
      ]),
    );
    expect(listing.members.map((member) => `${member.role} ${member.path}`)).toEqual([
      'archive hidden.dat',
      'file hidden.dat!/in',
      'file book.xlsx',
      'file text.odt',
      'file agent.jar',
      'file logs.cab',
      'file x.zip',
      'archive setup.zip',
      'file setup.zip!/in',
      'archive empty.zip',
    ]);
    expect(listing.members[6]?.text).toBe('no zip at all');
  });

  test('a zip too big for memory is spooled', async () => {
    const noise = randomBytes(33 * 1024 * 1024);
    const big = buildZip([
      { name: 'one', data: noise, method: 'stored' },
      { name: 'two', data: noise, method: 'stored' },
      {
        name: 'in.zip',
        data: buildZip([{ name: 'three', data: noise, method: 'stored' }]),
        method: 'stored',
      },
    ]);
    const zip = buildZip([
      { name: 'big.zip', data: big, method: 'stored' },
      { name: 'after', data: 'x' },
    ]);
    const listing = await listBytes(zip);
    expect(listing.members.map((member) => [member.path, member.sha256])).toEqual([
      ['big.zip', sha256(big)],
      ['big.zip!/one', sha256(noise)],
      ['big.zip!/two', sha256(noise)],
      ['big.zip!/in.zip', expect.any(String)],
      ['big.zip!/in.zip!/three', sha256(noise)],
      ['after', sha256('x')],
    ]);
  }, 30_000);

  test('that are damaged keep what comes before, and leave the rest', async () => {
    const noise = Array.from({ length: 4000 }, (_, n) => `line ${n * n} of a log\n`).join('');
    const tar = await buildTar([
      { name: 'a', data: 'whole' },
      { name: 'b', data: noise },
      { name: 'c', data: 'lost' },
    ]);
    const brokenTar = Buffer.from(tar);
    // Its name, mode and owner are gone; how long it is, and its bytes, are not.
    brokenTar.fill(0xff, tar.indexOf('lost') - 512, tar.indexOf('lost') - 400);
    const unreadable = '\u00a0'.repeat(100);
    const listing = await listBytes(
      buildZip([
        { name: 'header.tar', data: brokenTar },
        { name: 'cut.tgz', data: gzipSync(tar).subarray(0, 10_000) },
        { name: 'cut.tar.xz', data: buildXz(tar).subarray(0, 10_000) },
        {
          name: 'check.gz',
          data: Buffer.concat([
            gzipSync('text').subarray(0, -8),
            Buffer.alloc(4, 0xff),
            gzipSync('text').subarray(-4),
          ]),
        },
        { name: 'z', data: 'after' },
      ]),
    );
    expect(summary(listing)).toEqual([
      'header.tar: damaged damaged-data',
      'header.tar!/a: whole',
      `header.tar!/b: ${shortened(noise)}`,
      `header.tar!/${unreadable}: damaged bad-header`,
      'cut.tgz: damaged truncated',
      'cut.tgz!/a: whole',
      'cut.tgz!/b: damaged truncated',
      'cut.tar.xz: damaged truncated',
      'cut.tar.xz!/a: whole',
      'cut.tar.xz!/b: damaged truncated',
      'check.gz: damaged bad-crc',
      'check.gz!/check: damaged bad-crc',
      'z: after',
    ]);
    expect(listing.members.find(({ path }) => path.endsWith(unreadable))?.text).toBe('lost');
    expect(listing.members.at(-2)?.text).toBe('text');
    const cut = listing.members.find((member) => member.path === 'cut.tgz!/b');
    expect(cut?.bytes).toBeGreaterThan(10_000);
    expect(noise.startsWith(cut?.text ?? '?')).toBe(true);
    expect(listing.identity.damaged).toBe(false);
  });

  test('a damaged tgz bundle says so itself', async () => {
    const packed = gzipSync(
      await buildTar([
        { name: 'a', data: 'whole' },
        { name: 'b', data: randomBytes(9000) },
      ]),
    );
    const listing = await listBytes(packed.subarray(0, 5000), { name: 'x.tgz' });
    expect(summary(listing)).toEqual(['a: whole', 'b: damaged truncated']);
    expect(listing.identity).toMatchObject({ damaged: true, sha256: sha256(packed.subarray(0, 5000)) });
  });
});
