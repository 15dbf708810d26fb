import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { listBytes, summary } from './builders/listing.ts';
import { buildTar } from './builders/tar.ts';
import { buildXz } from './builders/xz.ts';
import { buildZip } from './builders/zip.ts';

const MiB = 1024 * 1024;

describe('a member beyond a limit is refused and the rest goes on', () => {
  test('its size', async () => {
    const zip = buildZip([
      { name: 'says so', data: 'x'.repeat(2000) },
      { name: 'lies', data: 'x'.repeat(2000), bytes: 10 },
      { name: 'x.gz', data: gzipSync('x'.repeat(2000)) },
      { name: 'fine', data: 'x' },
    ]);
    const listing = await listBytes(zip, { limits: { memberBytes: 1000 } });
    expect(summary(listing)).toEqual([
      'says so: refused too-large',
      'lies: refused too-large',
      'x.gz: archive',
      'x.gz!/x: refused too-large',
      'fine: x',
    ]);
    expect(listing.members[1]).toMatchObject({ bytes: 0, sha256: null });
  });

  test('its ratio, once enough is unpacked', async () => {
    const zeros = Buffer.alloc(4 * MiB);
    const limits = { ratio: 500, ratioFromBytes: 2 * MiB };
    const listing = await listBytes(
      buildZip([
        { name: 'zeros', data: zeros },
        { name: 'lies', data: zeros, bytes: 10 },
        { name: 'boasts', data: 'little', bytes: 4_000_000_000 },
        { name: 'zeros.gz', data: gzipSync(zeros), method: 'stored' },
        {
          name: 'zeros.tgz',
          data: gzipSync(
            await buildTar([
              { name: 'a', data: 'a' },
              { name: 'z', data: zeros },
            ]),
          ),
        },
        { name: 'small', data: zeros.subarray(0, MiB) },
        { name: 'stored', data: zeros, method: 'stored' },
      ]),
      { limits },
    );
    expect(listing.members.map((member) => [member.path, member.reason])).toEqual([
      ['zeros', 'ratio'],
      ['lies', 'ratio'],
      ['boasts', 'bad-size'],
      ['zeros.gz', null],
      ['zeros.gz!/zeros', 'ratio'],
      ['zeros.tgz', 'ratio'],
      ['zeros.tgz!/a', null],
      ['zeros.tgz!/z', 'ratio'],
      ['small', null],
      ['stored', null],
    ]);
  });

  test('the bytes of all', async () => {
    const items = ['a', 'b', 'c', 'd'].map((name) => ({ name, data: 'x'.repeat(40) }));
    const listing = await listBytes(buildZip(items), { limits: { totalBytes: 100 } });
    expect(listing.members.map((member) => member.reason)).toEqual([
      null,
      null,
      'total-too-large',
      'total-too-large',
    ]);
  });

  test('the number of members: the first beyond is refused and ends the list', async () => {
    const inner = buildZip(['1', '2', '3', '4'].map((name) => ({ name, data: name })));
    const zip = buildZip([
      { name: 'a', data: 'a' },
      { name: 'n.zip', data: inner },
      { name: 'z', data: 'z' },
    ]);
    const listing = await listBytes(zip, { limits: { members: 4 } });
    expect(summary(listing)).toEqual([
      'a: a',
      'n.zip: archive',
      'n.zip!/1: 1',
      'n.zip!/2: 2',
      'n.zip!/3: refused too-many-members',
    ]);
  });

  test('the depth', async () => {
    let nested: Buffer = buildZip([{ name: 'core', data: 'core' }]);
    for (let level = 0; level < 3; level++)
      nested = buildZip([
        { name: 'n.zip', data: nested },
        { name: 'f', data: 'f' },
      ]);
    const listing = await listBytes(nested, { limits: { depth: 2 } });
    expect(summary(listing)).toEqual([
      'n.zip: archive',
      'n.zip!/n.zip: archive',
      'n.zip!/n.zip!/n.zip: refused too-deep',
      'n.zip!/n.zip!/f: f',
      'n.zip!/f: f',
      'f: f',
    ]);
    expect(listing.members[2]?.role).toBe('archive');
  });
});

test('eight levels of every kind are walked with the default limits', async () => {
  let nested: Buffer = Buffer.from('core');
  let name = 'core.log';
  for (const kind of ['gz', 'xz', 'zip', 'tgz', 'tar', 'zip', 'xz', 'gz', 'zip']) {
    if (kind === 'zip') nested = buildZip([{ name, data: nested }]);
    else if (kind === 'tar') nested = await buildTar([{ name, data: nested }]);
    else if (kind === 'tgz') nested = gzipSync(await buildTar([{ name, data: nested }]));
    else nested = kind === 'gz' ? gzipSync(nested) : buildXz(nested);
    name = kind === 'gz' || kind === 'xz' ? `${name}.${kind}` : `${name.slice(0, 4)}.${kind}`;
  }
  const listing = await listBytes(nested);
  expect(listing.members.at(-1)).toMatchObject({ role: 'file', text: 'core' });
  expect(listing.members.at(-1)?.member.depth).toBe(8);
});
