import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBundle } from '../../parsers/archive/bundle.ts';
import type { ByteStream } from '../../parsers/archive/byte-stream.ts';
import { FileStream, isForFileStream } from '../../parsers/archive/file-stream.ts';
import { defaultLimits } from '../../parsers/domain/limits.ts';

const content = Buffer.from(
  Array.from({ length: 90_000 }, (_, line) => `2024-05-10 09:00:00 line ${line} of the log\n`).join(''),
);
const sha256 = digestOf(content);
let folder: string;
let path: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'patchtrail-test-'));
  path = join(folder, 'agent.log');
  writeFileSync(path, content);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function digestOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function readAll(stream: ByteStream): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (let piece = await stream.next(); piece !== null; piece = await stream.next())
    parts.push(Buffer.from(piece));
  await stream.close();
  return Buffer.concat(parts);
}

describe('FileStream', () => {
  it.each([false, true])('gives a file and its digest (lent: %s)', async (lends) => {
    const handle = await open(path);
    expect(isForFileStream(content.length)).toBe(true);
    const stream = new FileStream(handle, content.length);
    if (lends) stream.lend();
    expect((await readAll(stream)).equals(content)).toBe(true);
    expect(stream).toMatchObject({ fault: null, digests: { sha256 }, packedBytes: content.length });
    await handle.close();
  });

  it('ends with what a file has that was cut since it was opened', async () => {
    const cut = join(folder, 'cut.log');
    writeFileSync(cut, content);
    const handle = await open(cut);
    truncateSync(cut, 2_500_000);
    const stream = new FileStream(handle, content.length);
    const read = await readAll(stream);
    expect(read.equals(content.subarray(0, 2_500_000))).toBe(true);
    expect(stream.fault).toBe('truncated');
    expect(stream.digests?.sha256).toBe(digestOf(read));
    await handle.close();
  });

  it('reads on by itself where the thread cannot', async () => {
    const handle = await open(path);
    // The thread gets a descriptor that is none.
    const elsewhere = { fd: 1_000_000, read: handle.read.bind(handle) } as unknown as FileHandle;
    const stream = new FileStream(elsewhere, content.length);
    expect((await readAll(stream)).equals(content)).toBe(true);
    expect(stream).toMatchObject({ fault: null, digests: { sha256 } });
    await handle.close();
  });

  it('says that a file cannot be read', async () => {
    const gone = { fd: 1_000_000, read: () => Promise.reject(new Error('gone')) } as unknown as FileHandle;
    const stream = new FileStream(gone, content.length);
    expect(await readAll(stream)).toHaveLength(0);
    expect(stream.fault).toBe('not-readable');
  });

  it('frees the thread when it is closed early', async () => {
    const handle = await open(path);
    const stream = new FileStream(handle, content.length);
    await stream.next();
    expect(isForFileStream(content.length)).toBe(false);
    await stream.close();
    expect(await stream.next()).toBeNull();
    expect(isForFileStream(content.length)).toBe(true);
    await handle.close();
  });
});

describe('a bundle of large files', () => {
  async function membersOf(bundle: string): Promise<{ members: unknown[]; sha256: string; reached: number }> {
    let reached = 0;
    const opened = await openBundle(bundle, {
      limits: defaultLimits,
      spoolFolder: folder,
      onProgress: ({ bytes }) => (reached = Math.max(reached, bytes)),
    });
    const members: unknown[] = [];
    for await (const member of opened.members()) {
      let bytes = 0;
      for await (const chunk of member.chunks(true)) bytes += chunk.length;
      members.push([member.path, bytes, member.outcome().state, member.outcome().sha256]);
    }
    const identity = await opened.identity();
    await opened.close();
    return { members, sha256: identity.sha256, reached };
  }

  it('has one digest for a file and its only member', async () => {
    const read = await membersOf(path);
    expect(read).toEqual({
      members: [['agent.log', content.length, 'complete', sha256]],
      sha256,
      reached: content.length,
    });
  });

  it('has the digests of all files of a folder', async () => {
    const logs = join(folder, 'logs');
    mkdirSync(logs);
    writeFileSync(join(logs, 'a.log'), content);
    writeFileSync(join(logs, 'b.log'), 'short\n');
    writeFileSync(join(logs, 'c.log'), content.subarray(0, 3_000_000));
    const [c, b] = [digestOf(content.subarray(0, 3_000_000)), digestOf(Buffer.from('short\n'))];
    const read = await membersOf(logs);
    expect(read.members).toEqual([
      ['a.log', content.length, 'complete', sha256],
      ['b.log', 6, 'complete', b],
      ['c.log', 3_000_000, 'complete', c],
    ]);
    expect(read.sha256).toBe(digestOf(Buffer.from(`${sha256}  a.log\n${b}  b.log\n${c}  c.log\n`)));
  });

  it('closes while a file is being read', async () => {
    const opened = await openBundle(path, { limits: defaultLimits, spoolFolder: folder });
    const first = await opened.members().next();
    if (first.done === true) throw new Error('no member');
    await first.value.head();
    await opened.close();
    expect(isForFileStream(content.length)).toBe(true);
  });
});
