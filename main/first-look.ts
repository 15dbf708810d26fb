/** What a bundle looks like at first sight: cheap, and not proof. Its SHA-256 is known only when all of it was read. */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';

const headBytes = 64 * 1024;
const tailBytes = 1024 * 1024;
/** A directory beyond this is no longer a first look. */
const largestDirectory = 32 * 1024 * 1024;
/** End of central directory: signature, fixed size, longest comment (APPNOTE 4.3.16). */
const endSignature = Buffer.from('PK\x05\x06', 'latin1');
const endBytes = 22;
const longestComment = 0xffff;

/**
 * A text that is the same for a file that was not touched: over its size, its time of change, its first and its last
 * bytes, and the directory of a zip. Null for a folder and for what cannot be read.
 */
export async function firstLook(path: string): Promise<string | null> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch {
    return null;
  }
  try {
    const { size, mtimeMs, isFile } = await about(file);
    if (!isFile) return null;
    const hash = createHash('sha256').update(`${size} ${mtimeMs}\n`);
    hash.update(await readAt(file, 0, Math.min(size, headBytes)));
    const tailAt = Math.max(0, size - tailBytes);
    const tail = await readAt(file, tailAt, size - tailAt);
    hash.update(tail);
    const directory = directoryOf(tail);
    if (directory !== null && directory.at < tailAt && directory.at + directory.bytes <= size) {
      hash.update(await readAt(file, directory.at, Math.min(directory.bytes, largestDirectory)));
    }
    return hash.digest('hex');
  } catch {
    return null;
  } finally {
    await file.close().catch(() => undefined);
  }
}

async function about(file: FileHandle): Promise<{ size: number; mtimeMs: number; isFile: boolean }> {
  const stat = await file.stat();
  return { size: stat.size, mtimeMs: stat.mtimeMs, isFile: stat.isFile() };
}

/** Where the directory of a zip lies by what its end says; the end may say anything. */
function directoryOf(tail: Buffer): { readonly at: number; readonly bytes: number } | null {
  const from = Math.max(0, tail.length - endBytes - longestComment);
  const end = tail.lastIndexOf(endSignature);
  if (end < from || end + endBytes > tail.length) return null;
  return { bytes: tail.readUInt32LE(end + 12), at: tail.readUInt32LE(end + 16) };
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}
