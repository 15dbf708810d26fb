import { createHash, randomBytes } from 'node:crypto';
import { chmod, mkdir, readdir, readlink, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { openBundle, type BundleProgress } from '../../parsers/archive/bundle.ts';
import { CancelledError } from '../../parsers/domain/errors.ts';
import { defaultLimits } from '../../parsers/domain/limits.ts';
import { listBytes, listPath, summary, temporaryFolder } from './builders/listing.ts';
import { buildTar } from './builders/tar.ts';
import { buildZip } from './builders/zip.ts';

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** Files that this process has open, where the system tells. */
async function openFiles(folder: string): Promise<readonly string[]> {
  const descriptors = await readdir('/proc/self/fd').catch(() => []);
  const targets = await Promise.all(descriptors.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
  return targets.filter((target) => target.startsWith(folder));
}

describe('what cannot be opened', () => {
  test.each<[string, Uint8Array | null, string]>([
    ['is missing', null, 'not-found'],
    ['is empty', new Uint8Array(0), 'empty-file'],
    ['is a zip of nothing', buildZip([]), 'no-members'],
    ['is a zip of folders', buildZip([{ name: 'a/' }, { name: 'a/b/' }]), 'no-members'],
    [
      'is a gzip of nothing readable',
      Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xff, 0xff]),
      'damaged-archive',
    ],
  ])('a file that %s', async (_, bytes, code) => {
    const folder = await temporaryFolder();
    const path = join(folder, 'bundle.zip');
    if (bytes !== null) await writeFile(path, bytes);
    await expect(listPath(path)).rejects.toMatchObject({ name: 'ExpectedError', code, place: 'bundle.zip' });
    expect(await openFiles(folder)).toEqual([]);
  });

  test('a tar of folders, an empty folder, a device', async () => {
    const tar = await buildTar([{ name: 'a/', type: 'directory' }]);
    await expect(listBytes(Buffer.alloc(10_240), { name: 'x.tar' })).rejects.toMatchObject({
      code: 'no-members',
    });
    await expect(listBytes(tar, { name: 'x.tar' })).rejects.toMatchObject({ code: 'no-members' });
    await expect(listBytes(gzipSync(tar), { name: 'x.tgz' })).rejects.toMatchObject({ code: 'no-members' });
    await expect(listPath(await temporaryFolder())).rejects.toMatchObject({ code: 'no-members' });
    await expect(listPath('/dev/null')).rejects.toMatchObject({ code: 'not-readable' });
  });

  test('a file without permission', async () => {
    const path = join(await temporaryFolder(), 'x.zip');
    await writeFile(path, buildZip([{ name: 'a' }]));
    await chmod(path, 0);
    // Permissions do not bind root: for it the file opens like any other.
    if (process.getuid?.() === 0) expect(await listPath(path)).toBeDefined();
    else await expect(listPath(path)).rejects.toMatchObject({ code: 'not-readable' });
  });
});

describe('a folder', () => {
  test('is walked in the order of its paths, archives included, symlinks only listed', async () => {
    const folder = join(await temporaryFolder(), 'case');
    await mkdir(join(folder, 'b'), { recursive: true });
    await writeFile(join(folder, 'b', 'x.log'), 'x');
    await writeFile(join(folder, 'b.log'), 'b');
    await writeFile(join(folder, 'a.zip'), buildZip([{ name: 'in', data: 'zipped' }]));
    await symlink('../outside', join(folder, 'b', 'link'));
    await symlink('.', join(folder, 'loop'));
    const listing = await listPath(folder);
    expect(summary(listing)).toEqual([
      'a.zip: archive',
      'a.zip!/in: zipped',
      'b.log: b',
      'b/link: symlink',
      'b/x.log: x',
      'loop: symlink',
    ]);
    expect(listing.members[3]?.member.linkTarget).toBe('../outside');
    const archive = listing.members[0];
    const lines = [
      `${archive?.sha256 ?? ''}  a.zip\n`,
      `${sha256('b')}  b.log\n`,
      '-  b/link\n',
      `${sha256('x')}  b/x.log\n`,
      '-  loop\n',
    ];
    expect(listing.identity).toEqual({
      name: 'case',
      bytes: (archive?.bytes ?? 0) + 2,
      sha256: sha256(lines.join('')),
      damaged: false,
      changed: false,
    });
  });

  test('whose file goes away or shrinks while it is read gives damaged members', async () => {
    const folder = join(await temporaryFolder(), 'case');
    await mkdir(folder);
    await writeFile(join(folder, '1.log'), 'first');
    await writeFile(join(folder, '2.log'), 'second');
    const bundle = await openBundle(folder, { limits: defaultLimits, spoolFolder: folder });
    const states: unknown[] = [];
    for await (const member of bundle.members()) {
      if (member.path === '1.log') await truncate(join(folder, '2.log'), 3);
      for await (const _ of member.chunks());
      const { state, reason, bytes } = member.outcome();
      states.push([state, reason, bytes]);
    }
    await bundle.close();
    expect(states).toEqual([
      ['complete', null, 5],
      ['damaged', 'truncated', 3],
    ]);
  });
});

describe('a walk', () => {
  const noise = randomBytes(3_000_000);
  const zip = buildZip([
    { name: 'a', data: noise },
    { name: 'n.zip', data: buildZip([{ name: 'b', data: noise }]) },
    { name: 'n.tgz', data: gzipSync('c') },
    { name: 'd', data: 'd' },
  ]);

  async function openZip(signal?: AbortSignal) {
    const folder = await temporaryFolder();
    const path = join(folder, 'bundle.zip');
    await writeFile(path, zip);
    const spoolFolder = await temporaryFolder();
    const told: BundleProgress[] = [];
    const bundle = await openBundle(path, {
      limits: defaultLimits,
      spoolFolder,
      ...(signal === undefined ? {} : { signal }),
      onProgress: (progress) => told.push(progress),
    });
    return { bundle, folder, path, told };
  }

  test('reads past what the consumer leaves, and still hashes it', async () => {
    const { bundle, told } = await openZip();
    const members = [];
    for await (const member of bundle.members()) {
      members.push(member);
      if (member.path === 'a') {
        expect((await member.head()).length).toBe(64 * 1024);
        const first = await member.chunks()[Symbol.asyncIterator]().next();
        expect(first.done).toBe(false);
      }
    }
    expect(members.map((member) => member.path)).toEqual([
      'a',
      'n.zip',
      'n.zip!/b',
      'n.tgz',
      'n.tgz!/n.tar',
      'd',
    ]);
    expect(members[0]?.outcome()).toMatchObject({
      bytes: noise.length,
      sha256: sha256(noise),
      state: 'complete',
    });
    expect(members[2]?.outcome().sha256).toBe(sha256(noise));
    expect((await bundle.identity()).sha256).toBe(sha256(zip));
    await bundle.close();
    const bytes = told.map((progress) => progress.bytes);
    expect(bytes).toEqual(bytes.toSorted((a, b) => a - b));
    expect(told.at(-1)).toMatchObject({ bytes: zip.length, total: zip.length });
  });

  test('tells of an outcome only when it is known, and gives its members once', async () => {
    const { bundle } = await openZip();
    const walk = bundle.members();
    const first = await walk.next();
    expect(() => first.value?.outcome()).toThrow('too early');
    await expect(bundle.members().next()).rejects.toThrow('once');
    await expect(bundle.identity()).rejects.toThrow('after');
    await walk.return();
    await bundle.close();
  });

  test.each(['a', 'n.zip', 'n.zip!/b', 'd'])('is cancelled at %s and leaves nothing open', async (at) => {
    const abort = new AbortController();
    const { bundle, folder } = await openZip(abort.signal);
    const reading = (async () => {
      for await (const member of bundle.members()) {
        for await (const _ of member.chunks()) {
          if (member.path === at) abort.abort();
        }
        if (member.path === at) abort.abort();
      }
    })();
    await expect(reading).rejects.toBeInstanceOf(CancelledError);
    expect(await openFiles(folder)).toEqual([]);
    await bundle.close();
  });

  test('is over when the bundle is closed', async () => {
    const { bundle, folder } = await openZip();
    const reading = (async () => {
      for await (const member of bundle.members()) {
        for await (const _ of member.chunks()) if (member.path === 'a') await bundle.close();
      }
    })();
    await expect(reading).rejects.toBeInstanceOf(CancelledError);
    expect(await openFiles(folder)).toEqual([]);
  });

  test('of a file that shrinks gives damaged members', async () => {
    const { bundle, path } = await openZip();
    const states: Record<string, unknown> = {};
    for await (const member of bundle.members()) {
      if (member.index === 0) await truncate(path, 2_500_000);
      for await (const _ of member.chunks());
      if (member.role === 'file') states[member.path] = member.outcome().state;
    }
    expect(states).toMatchObject({ a: 'damaged', d: 'damaged' });
    expect((await bundle.identity()).damaged).toBe(true);
    await bundle.close();
  });

  test('does not start when it is cancelled before', async () => {
    await expect(openZip(AbortSignal.abort())).rejects.toBeInstanceOf(CancelledError);
  });
});
