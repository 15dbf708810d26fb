import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import {
  openBundle,
  type BundleIdentity,
  type BundleMember,
  type MemberOutcome,
  type OpenBundleOptions,
} from '../../../parsers/archive/bundle.ts';
import { defaultLimits, type Limits } from '../../../parsers/domain/limits.ts';

/** A member as a test looks at it. */
export interface Listed extends MemberOutcome {
  readonly path: string;
  readonly role: BundleMember['role'];
  readonly text: string;
  readonly member: BundleMember;
}

export interface Listing {
  readonly members: readonly Listed[];
  readonly identity: BundleIdentity;
}

export interface ListOptions extends Partial<Omit<OpenBundleOptions, 'limits' | 'spoolFolder'>> {
  readonly limits?: Partial<Limits>;
  readonly name?: string;
}

/** A folder that is removed when the test is over. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'patchtrail-archive-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes a bundle to a file and reads all of it. */
export async function listBytes(bytes: Uint8Array, options: ListOptions = {}): Promise<Listing> {
  const folder = await temporaryFolder();
  const path = join(folder, options.name ?? 'bundle.zip');
  await writeFile(path, bytes);
  return listPath(path, options);
}

/** Reads all of a bundle; afterwards no spool file may be left. */
export async function listPath(path: string, options: ListOptions = {}): Promise<Listing> {
  const spoolFolder = await temporaryFolder();
  const { name: _name, limits, ...rest } = options;
  const bundle = await openBundle(path, { ...rest, limits: { ...defaultLimits, ...limits }, spoolFolder });
  const found: { member: BundleMember; text: string }[] = [];
  try {
    for await (const member of bundle.members()) {
      const pieces: Uint8Array[] = [];
      for await (const piece of member.chunks()) pieces.push(piece);
      found.push({ member, text: Buffer.concat(pieces).toString('utf8') });
    }
    const members = found.map(({ member, text }) => ({
      ...member.outcome(),
      path: member.path,
      role: member.role,
      text,
      member,
    }));
    return { members, identity: await bundle.identity() };
  } finally {
    await bundle.close();
    expect(await readdir(spoolFolder)).toEqual([]);
  }
}

/** `path: text` of the whole members, `path: state reason` of the others. */
export function summary(listing: Listing): readonly string[] {
  return listing.members.map((member) =>
    member.state === 'complete'
      ? `${member.path}: ${member.role === 'file' ? shortened(member.text) : member.role}`
      : `${member.path}: ${member.state} ${member.reason ?? ''}`,
  );
}

/** A long text as its length and hash, so that a test that fails can be read. */
export function shortened(text: string): string {
  if (text.length <= 60) return text;
  return `${text.length} bytes, SHA-256 ${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
}
