/**
 * The command line's entry: plain Node in the repository, a utility process in the packaged
 * application. The engine does the work; here are only the process's own things.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CommandIo, PrintJob } from '../parsers/command-line/io.ts';
import { runCommandLine } from '../parsers/command-line/run.ts';
import { ExpectedError } from '../parsers/domain/errors.ts';
import type { ErrorCode } from '../parsers/domain/errors.ts';

const spoolFolder = mkdtempSync(join(tmpdir(), 'patchtrail-command-'));
/** Milliseconds for a command to end by itself after the first signal. */
const patience = 1000;
const abort = new AbortController();
/** The status of a process that a signal ended, as shells count it: 128 and the signal's number. */
const interrupted: { status: number | null } = { status: null };
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    const status = 128 + constants.signals[signal];
    if (interrupted.status !== null) process.exit(status);
    interrupted.status = status;
    abort.abort();
    // Whatever does not look at the signal in time is left where it is; the exit takes the private files along.
    setTimeout(() => {
      process.exit(status);
    }, patience).unref();
  });
}
process.on('exit', () => {
  rmSync(spoolFolder, { recursive: true, force: true });
});

const io: CommandIo = {
  write: (text) => {
    writeFully(1, text);
  },
  tell: (text) => {
    writeFully(2, text);
  },
  interactive: process.stderr.isTTY,
  print: printInMain() ?? printInElectron,
  spoolFolder,
  signal: abort.signal,
};

const answered = await runCommandLine(process.argv.slice(2), io).catch(tellBug);
// A command that was done before it noticed is done.
process.exit(answered === 0 ? answered : (interrupted.status ?? answered));

/** A status of its own: 1 to 3 mean something else. */
function tellBug(error: unknown): number {
  writeFully(2, `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return 70;
}

/** Writes all of a text at once: big answers must not pile up in memory while a pipe is slow. */
function writeFully(stream: 1 | 2, text: string): void {
  const bytes = Buffer.from(text, 'utf8');
  let at = 0;
  while (at < bytes.length) {
    try {
      at += writeSync(stream, bytes, at);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : null;
      // The reader went away (`| head`): there is nobody left to answer.
      if (code === 'EPIPE') process.exit(0);
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

/** In the packaged application main prints. */
function printInMain(): ((job: PrintJob) => Promise<void>) | null {
  const { parentPort } = process as unknown as { readonly parentPort: ParentPort | undefined };
  if (parentPort === undefined) return null;
  return (job) =>
    new Promise((done, fail) => {
      parentPort.on('message', ({ data }) => {
        if (isAnswer(data, 'printed')) done();
        else if (isAnswer(data, 'print-failed'))
          fail(new ExpectedError(printCode(data['code']), job.pdfPath));
      });
      parentPort.postMessage({ type: 'print', id: 1, ...job, pdfPath: resolve(job.pdfPath) });
    });
}

function isAnswer(data: unknown, type: string): data is Record<string, unknown> {
  return typeof data === 'object' && data !== null && 'type' in data && data.type === type;
}

/** In the repository the development Electron prints; it brings a virtual display where there is none. */
async function printInElectron(job: PrintJob): Promise<void> {
  const htmlPath = join(spoolFolder, 'report.html');
  const request = join(spoolFolder, 'print.json');
  await writeFile(htmlPath, job.html);
  const { html: _html, ...facts } = job;
  await writeFile(request, JSON.stringify({ ...facts, htmlPath, pdfPath: resolve(job.pdfPath) }));
  const script = fileURLToPath(new URL('../../scripts/electron.mjs', import.meta.url));
  const words = [script, `--user-data-dir=${join(spoolFolder, 'electron')}`, `--patchtrail-print=${request}`];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString('utf8');
  });
  const status = await new Promise<number | null>((done, fail) => {
    child.on('error', fail);
    child.on('close', done);
  });
  if (status === 0) return;
  if (said.includes('not-writable')) throw new ExpectedError('not-writable', job.pdfPath);
  throw new Error(`the report could not be printed:\n${said}`);
}

function printCode(code: unknown): ErrorCode {
  return code === 'not-writable' ? 'not-writable' : 'not-yet-available';
}
