import iconv from 'iconv-lite';
import { describe, expect, test } from 'vitest';
import { buildEncryptedZip } from './builders/encrypted-zip.ts';
import { listBytes, shortened, summary } from './builders/listing.ts';
import { buildZip } from './builders/zip.ts';

const long = 'a line of a log, again and again\n'.repeat(20_000);

describe.each(['zipcrypto', 'aes'] as const)('a zip locked with %s', (scheme) => {
  const mixed = [
    { name: 'locked.log', data: long, password: 'secret' },
    { name: 'open.log', data: 'open', password: null },
    { name: 'small.log', data: 'small', password: 'secret' },
  ];

  test('is read with its password', async () => {
    const zip = await buildEncryptedZip(mixed, scheme);
    const listing = await listBytes(zip, { password: 'secret' });
    expect(summary(listing)).toEqual([
      `locked.log: ${shortened(long)}`,
      'open.log: open',
      'small.log: small',
    ]);
  });

  test('lists its locked members without one', async () => {
    const listing = await listBytes(await buildEncryptedZip(mixed, scheme));
    expect(summary(listing)).toEqual([
      'locked.log: encrypted password-needed',
      'open.log: open',
      'small.log: encrypted password-needed',
    ]);
    expect(listing.members[0]).toMatchObject({ bytes: 0, sha256: null });
  });

  test('tells a wrong password, every time', async () => {
    const zip = await buildEncryptedZip(mixed, scheme);
    // One of 256 wrong passwords passes the check of ZipCrypto.
    for (let n = 0; n < (scheme === 'aes' ? 3 : 300); n++) {
      await expect(listBytes(zip, { password: `wrong${n}` })).rejects.toMatchObject({
        code: 'password-wrong',
      });
    }
  }, 60_000);

  test('asks for a password when all members are locked', async () => {
    const zip = await buildEncryptedZip([{ name: 'a', data: 'a', password: 'x' }], scheme);
    await expect(listBytes(zip)).rejects.toMatchObject({ code: 'password-needed' });
  });

  test('is refused with any locked member for someone who can be asked, and listed for someone who has none', async () => {
    const some = await buildEncryptedZip(mixed, scheme);
    await expect(listBytes(some, { locked: 'refuse' })).rejects.toMatchObject({ code: 'password-needed' });
    expect(summary(await listBytes(some, { locked: 'refuse', password: 'secret' }))[1]).toBe(
      'open.log: open',
    );
    const all = await buildEncryptedZip([{ name: 'a', data: 'a', password: 'x' }], scheme);
    expect(summary(await listBytes(all, { locked: 'list' }))).toEqual(['a: encrypted password-needed']);
    const none = buildZip([{ name: 'a', data: 'a' }]);
    expect(summary(await listBytes(none, { locked: 'refuse' }))).toEqual(['a: a']);
  });

  test('takes a Japanese password as Windows or as others encode it', async () => {
    for (const password of [Buffer.from('パスワード'), iconv.encode('パスワード', 'cp932')]) {
      const zip = await buildEncryptedZip([{ name: 'a', data: 'text', password }], scheme);
      expect(summary(await listBytes(zip, { password: 'パスワード' }))).toEqual(['a: text']);
    }
  });

  test('is read with the same password when it is nested', async () => {
    const inner = await buildEncryptedZip(mixed, scheme);
    const zip = buildZip([{ name: 'n.zip', data: inner, method: 'stored' }]);
    const listing = await listBytes(zip, { password: 'secret' });
    expect(summary(listing)).toEqual([
      'n.zip: archive',
      `n.zip!/locked.log: ${shortened(long)}`,
      'n.zip!/open.log: open',
      'n.zip!/small.log: small',
    ]);
    const wrong = await listBytes(zip, { password: 'other' });
    expect(summary(wrong)[1]).toBe('n.zip!/locked.log: encrypted password-wrong');
    const without = await listBytes(zip);
    expect(summary(without)[1]).toBe('n.zip!/locked.log: encrypted password-needed');
  });

  test('is read without its directory', async () => {
    const zip = await buildEncryptedZip(mixed, scheme);
    const listing = await listBytes(zip.subarray(0, zip.indexOf('PK\u0001\u0002', 0, 'latin1')), {
      password: 'secret',
    });
    expect(summary(listing)).toEqual([
      `locked.log: ${shortened(long)}`,
      'open.log: open',
      'small.log: small',
    ]);
    expect(listing.identity.damaged).toBe(true);
  });

  test('is damaged where it was changed and nowhere else', async () => {
    const zip = await buildEncryptedZip(mixed, scheme);
    zip.fill(0xff, 600, 640);
    const listing = await listBytes(zip, { password: 'secret' });
    expect(listing.members[0]?.state).toBe('damaged');
    // AES tells at its end that it was changed, and a short one gives nothing then.
    if (scheme === 'zipcrypto') expect(listing.members[0]?.bytes).toBeGreaterThan(1000);
    expect(summary(listing).slice(1)).toEqual(['open.log: open', 'small.log: small']);
  });

  test('with two passwords opens what each of them fits, whichever has more entries', async () => {
    const many = Array.from({ length: 40 }, (_, n) => ({ name: `${n}.log`, data: 'small', password: 'one' }));
    const zip = await buildEncryptedZip([...many, { name: 'z.log', data: long, password: 'two' }], scheme);
    const two = await listBytes(zip, { password: 'two' });
    expect(two.members.at(-1)?.text).toBe(long);
    expect(two.members.slice(0, -1).every(({ state }) => state !== 'complete')).toBe(true);
    const one = await listBytes(zip, { password: 'one' });
    expect(one.members.slice(0, -1).every(({ text }) => text === 'small')).toBe(true);
    expect(one.members.at(-1)?.state).not.toBe('complete');
  });
});
