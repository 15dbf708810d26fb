import type { BundleMember } from '../../parsers/archive/member.ts';

/** A whole member out of bytes at hand, as an archive would give it, in pieces of so many bytes. */
export function memberOf(
  index: number,
  path: string,
  bytes: Uint8Array,
  modified: string | null,
  pieceLength = 4096,
): BundleMember {
  return {
    index,
    path,
    plainPath: path,
    depth: 0,
    role: 'file',
    linkTarget: null,
    declaredBytes: bytes.length,
    modified: modified === null ? null : { local: modified, utc: false },
    head: () => Promise.resolve(bytes.subarray(0, 64 * 1024)),
    async *chunks() {
      await Promise.resolve();
      // Small pieces: lines and records lie across their borders.
      for (let at = 0; at < bytes.length; at += pieceLength) yield bytes.subarray(at, at + pieceLength);
    },
    outcome: () => ({ state: 'complete', reason: null, bytes: bytes.length, sha256: '0'.repeat(64) }),
  };
}
