import { closeSync, openSync, writeSync } from 'node:fs';
import { mkdir, readdir, realpath, rename, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { liesInBundle } from '../case/in-bundle.ts';
import { CancelledError, ExpectedError } from '../domain/errors.ts';

/** Where a file's content goes. */
export interface OpenOutput {
  write(chunk: string | Uint8Array): void;
}

/**
 * Writes a file that appears as a whole or not at all; a device or a pipe is written as it is.
 * @throws ExpectedError `not-writable`, and what `produce` throws of its own
 */
export async function writeWhole(
  path: string,
  produce: (output: OpenOutput) => Promise<void> | void,
): Promise<void> {
  const isSpecial = await stat(path).then(
    (target) => !target.isFile(),
    () => false,
  );
  // A link keeps pointing where it does: what it points to is replaced.
  const target = isSpecial ? path : await realpath(path).catch(() => path);
  const part = isSpecial ? target : `${target}.part`;
  try {
    const file = openSync(part, 'w');
    try {
      await produce({ write: (chunk) => writeFully(file, chunk) });
    } finally {
      closeSync(file);
    }
    if (!isSpecial) await rename(part, target);
  } catch (cause) {
    if (!isSpecial) await rm(part, { force: true });
    throw asExpected(cause, path);
  }
}

/**
 * Writes the files of a folder, which appears as a whole or not at all.
 * @throws ExpectedError `not-writable`, also when there is something in the folder already
 */
export async function writeFolder(
  path: string,
  pieces: AsyncIterable<{ readonly file: string; readonly text: string }>,
): Promise<void> {
  const present = await readdir(path).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw new ExpectedError('not-writable', path, {}, error);
  });
  if (present !== null && present.length > 0) throw new ExpectedError('not-writable', path);
  const part = `${path.replace(/[/\\]+$/u, '')}.part`;
  const files = new Map<string, number>();
  try {
    await mkdir(part);
    for await (const { file, text } of pieces) {
      let open = files.get(file);
      if (open === undefined) {
        open = openSync(join(part, file), 'wx');
        files.set(file, open);
      }
      writeFully(open, text);
    }
    for (const file of files.values()) closeSync(file);
    files.clear();
    if (present !== null) await rmdir(path);
    await rename(part, path);
  } catch (cause) {
    for (const file of files.values()) closeSync(file);
    await rm(part, { recursive: true, force: true });
    throw asExpected(cause, path);
  }
}

/**
 * The bundle is never written: neither as the file that an answer goes to nor by one within its folder.
 * @throws ExpectedError `in-bundle`
 */
export async function refuseInPlace(bundle: string, out: string): Promise<void> {
  if (await liesInBundle(bundle, out)) throw new ExpectedError('in-bundle', out);
}

function writeFully(file: number, chunk: string | Uint8Array): void {
  const bytes = typeof chunk === 'string' ? Buffer.from(chunk, 'utf8') : chunk;
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
}

function asExpected(cause: unknown, path: string): unknown {
  if (cause instanceof ExpectedError || cause instanceof CancelledError) return cause;
  const isSystem = cause instanceof Error && 'code' in cause && 'syscall' in cause;
  return isSystem ? new ExpectedError('not-writable', path, {}, cause) : cause;
}
