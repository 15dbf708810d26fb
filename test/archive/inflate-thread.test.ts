import { createHash } from 'node:crypto';
import { crc32, deflateRawSync, constants } from 'node:zlib';
import { expect, test } from 'vitest';
import type { ByteStream } from '../../parsers/archive/byte-stream.ts';
import { inflate } from '../../parsers/archive/inflate.ts';
import { inflateOnThread, isInflateThreadFree } from '../../parsers/archive/inflate-thread.ts';

/** Numbers below 1, the same for the same seed (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function pieces(bytes: Buffer, length: number): ByteStream {
  let at = 0;
  return {
    fault: null,
    get packedBytes() {
      return at;
    },
    next() {
      const piece = bytes.subarray(at, at + length);
      at += piece.length;
      return Promise.resolve(piece.length === 0 ? null : piece);
    },
    close: () => Promise.resolve(),
  };
}

/** Reads to the end; what was lent is copied at once, and looked at again before the next piece. */
async function readAll(stream: ByteStream): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (let piece = await stream.next(); piece !== null; piece = await stream.next()) {
    const copy = Buffer.from(piece);
    await new Promise((resolve) => setImmediate(resolve));
    expect(copy.equals(piece)).toBe(true);
    parts.push(copy);
  }
  await stream.close();
  return Buffer.concat(parts);
}

const random = numbers(11);
const words = Array.from({ length: 500 }, () => Math.floor(random() * 1e9).toString(36));
function logText(bytes: number): Buffer {
  let text = '';
  while (text.length < bytes)
    text += `2024-05-10 09:12:00 ${words[Math.floor(random() * 500)]} ${random()}\n`;
  return Buffer.from(text.slice(0, bytes));
}

const contents: Readonly<Record<string, Buffer>> = {
  'a log of several pieces': logText(5_300_000),
  'exactly one piece': logText(1024 * 1024),
  'one byte more than a piece': logText(1024 * 1024 + 1),
  'one byte': Buffer.from('x'),
  nothing: Buffer.alloc(0),
  'one byte over and over': Buffer.alloc(3_000_000, 'y'),
  'a short pattern over and over': Buffer.alloc(2_000_003, 'abcdefghijk'),
  'what cannot be packed': Buffer.from(Array.from({ length: 1_300_000 }, () => Math.floor(random() * 256))),
};

for (const [name, content] of Object.entries(contents)) {
  test(`inflates ${name} as zlib does, with its digests`, async () => {
    for (const options of [
      { level: 1 },
      { level: 9 },
      { level: 0 },
      { level: 6, strategy: constants.Z_FIXED },
      { level: 6, strategy: constants.Z_HUFFMAN_ONLY },
      { level: 6, strategy: constants.Z_RLE, memLevel: 1 },
    ]) {
      const packed = deflateRawSync(content, options);
      for (const length of [1 << 20, 1000, packed.length < 200 ? 1 : 77_777]) {
        expect(isInflateThreadFree()).toBe(true);
        const run = inflateOnThread(pieces(packed, length));
        run.lend?.();
        const unpacked = await readAll(run);
        expect(unpacked.equals(content)).toBe(true);
        expect(run.digests).toEqual({
          sha256: createHash('sha256').update(content).digest('hex'),
          crc32: crc32(content),
        });
      }
    }
  });
}

test('a stream that is given up leaves the thread to the next one', async () => {
  const content = logText(4_000_000);
  const packed = deflateRawSync(content);
  for (let round = 0; round < 5; round += 1) {
    const given = inflateOnThread(pieces(packed, 10_000));
    for (let read = 0; read < round; read += 1) await given.next();
    expect(isInflateThreadFree()).toBe(false);
    await given.close();
    expect((await readAll(inflateOnThread(pieces(packed, 50_000)))).equals(content)).toBe(true);
  }
});

test('what the thread does not accept is read by zlib, with every byte before the damage', async () => {
  const content = logText(3_000_000);
  const packed = deflateRawSync(content);
  const next = numbers(5);
  for (let round = 0; round < 40; round += 1) {
    const damaged = Buffer.from(
      packed.subarray(0, round % 3 === 0 ? Math.floor(next() * packed.length) : undefined),
    );
    if (round % 3 !== 0) {
      const at = Math.floor(next() * damaged.length);
      damaged[at] = (damaged[at] ?? 0) ^ (1 << Math.floor(next() * 8));
    }
    const open = (): ByteStream => pieces(damaged, 100_000);
    const onThread = inflate('deflate', open(), open);
    onThread.lend?.();
    const bytes = await readAll(onThread);
    // While another stream holds the thread, zlib reads alone.
    const holding = inflateOnThread(pieces(packed, 100));
    const alone = inflate('deflate', open(), open);
    const expected = await readAll(alone);
    await holding.close();
    expect(bytes.equals(expected)).toBe(true);
    expect(onThread.fault).toBe(alone.fault);
    expect(alone.digests).toBeUndefined();
    expect(onThread.digests).toEqual({
      sha256: createHash('sha256').update(expected).digest('hex'),
      crc32: crc32(expected),
    });
  }
});

test('a failure of the input reaches the reader, and the thread is free again', async () => {
  const packed = deflateRawSync(logText(2_000_000));
  const source = pieces(packed, 1000);
  let given = 0;
  const failing: ByteStream = {
    fault: null,
    packedBytes: 0,
    next: () => ((given += 1) > 3 ? Promise.reject(new Error('gone')) : source.next()),
    close: () => Promise.resolve(),
  };
  const run = inflateOnThread(failing);
  await expect(readAll(run)).rejects.toThrow('gone');
  await run.close();
  expect(isInflateThreadFree()).toBe(true);
});
