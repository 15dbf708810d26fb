import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { stateOf } from '../../parsers/archive/reasons.ts';
import type { ReasonCode } from '../../parsers/archive/reasons.ts';
import type { Limits } from '../../parsers/domain/limits.ts';
import { lockedBundle, password } from '../fuzz/seeds.ts';
import { listBytes } from './builders/listing.ts';
import { buildXz } from './builders/xz.ts';
import { buildTar } from './builders/tar.ts';
import { buildZip } from './builders/zip.ts';
import type { ZipItem } from './builders/zip.ts';

interface Hostile {
  readonly bytes: Buffer | Promise<Buffer>;
  readonly limits?: Partial<Limits>;
  readonly password?: string;
  readonly name?: string;
}

const fine: ZipItem = { name: 'fine.log', data: 'fine' };
const zip = (...items: readonly ZipItem[]): Buffer => buildZip([...items, fine]);
const zeros = Buffer.alloc(256 * 1024);

/** The third entry stands in the directory where the second one does. */
function overlapping(): Buffer {
  const first = buildZip([fine], { withoutDirectory: true }).length;
  return buildZip([fine, { name: 'bad', data: 'aa' }, { name: 'bad', data: 'aa', offset: first }]);
}

/** A bundle for every reason that needs no failing disk, with one member beside it that is read. */
const hostile: Readonly<Record<Exclude<ReasonCode, 'not-readable' | 'bad-header'>, Hostile>> = {
  'bad-crc': { bytes: zip({ name: 'bad', data: 'text', crc32: 1 }) },
  'bad-size': { bytes: zip({ name: 'bad', data: 'some text', bytes: 4 }) },
  'header-mismatch': { bytes: zip({ name: 'bad', data: 'text', local: { crc32: 1 } }) },
  'damaged-data': { bytes: zip({ name: 'bad', data: Buffer.alloc(40, 0xff), rawMethod: 8, bytes: 99 }) },
  'overlapping-entry': { bytes: overlapping() },
  truncated: {
    bytes: zip({ name: 'bad.gz', data: gzipSync('text '.repeat(900)).subarray(0, 30), method: 'stored' }),
  },
  'unsupported-method': { bytes: zip({ name: 'bad', data: 'text', rawMethod: 97 }) },
  ratio: { bytes: zip({ name: 'bad', data: zeros }), limits: { ratio: 10, ratioFromBytes: 1024 } },
  'too-deep': {
    bytes: zip({ name: 'n.zip', data: buildZip([{ name: 'n.tar.xz', data: buildXz(buildZip([fine])) }]) }),
    limits: { depth: 1 },
  },
  'too-large': { bytes: zip({ name: 'bad', data: zeros }), limits: { memberBytes: 1024 } },
  'too-many-members': { bytes: buildZip([fine, { name: 'bad', data: 'x' }]), limits: { members: 1 } },
  'total-too-large': {
    bytes: buildTar([fine, { name: 'bad', data: zeros }] as { name: string; data: string }[]),
    limits: { totalBytes: 1024 },
    name: 'b.tar',
  },
  'password-needed': { bytes: lockedBundle('aes') },
  'password-wrong': {
    bytes: zip({ name: 'locked.zip', data: lockedBundle('aes'), method: 'stored' }),
    password: `${password}!`,
  },
};

test.each(Object.entries(hostile) as [ReasonCode, Hostile][])(
  '%s is the reason, and the rest is read',
  async (reason, { bytes, ...options }) => {
    const listing = await listBytes(await bytes, options);
    const found = listing.members.filter((member) => member.reason !== null);
    expect(new Set(found.map((member) => `${member.state} ${member.reason ?? ''}`))).toEqual(
      new Set([`${stateOf(reason)} ${reason}`]),
    );
    expect(listing.members.some(({ role, state }) => role === 'file' && state === 'complete')).toBe(true);
  },
);
