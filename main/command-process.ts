/**
 * Answers the command line from the packaged application. The work is done in a process of its own, since main
 * never reads a bundle; main lends it the terminal and the printer.
 */
import { resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { utilityProcess } from 'electron';
import type { UtilityProcess } from 'electron';
import * as v from 'valibot';
import { ExpectedError } from '../parsers/domain/errors.ts';
import type { PrintJob, Printer } from './print.ts';

const printMessageSchema = v.object({
  type: v.literal('print'),
  id: v.number(),
  html: v.string(),
  header: v.string(),
  footer: v.string(),
  pdfPath: v.string(),
});

/** Status of a command line that did not end by itself. */
const crashed = 70;

/**
 * @param script the command line's built file
 * @param words what follows the application's name
 * @returns the command line's exit status
 */
export async function runCommand(
  script: string,
  words: readonly string[],
  printer: Printer,
): Promise<number> {
  const child = utilityProcess.fork(script, [...words], {
    serviceName: 'Patchtrail command line',
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: process.cwd(),
  });
  child.on('message', (message: unknown) => {
    const parsed = v.safeParse(printMessageSchema, message);
    if (parsed.success) void print(child, printer, parsed.output);
  });
  const ended = new Promise<number>((done) => {
    child.once('exit', (code) => done(code));
  });
  const forwarded = [
    forward(child, child.stdout, process.stdout),
    forward(child, child.stderr, process.stderr),
  ];
  const status = await ended;
  // What the process wrote last is still on its way when it has ended.
  await Promise.all(forwarded);
  return status >= 0 && status <= 3 ? status : crashed;
}

async function print(
  child: UtilityProcess,
  printer: Printer,
  { id, pdfPath, ...job }: v.InferOutput<typeof printMessageSchema>,
): Promise<void> {
  try {
    await printer.printToFile(job, resolve(pdfPath));
    child.postMessage({ type: 'printed', id });
  } catch (error) {
    child.postMessage({ type: 'print-failed', id, code: failureCode(error) });
  }
}

/** Passes everything on as fast as the other end takes it. When that end is gone, so is the reason to go on. */
async function forward(
  child: UtilityProcess,
  from: NodeJS.ReadableStream | null,
  to: Writable,
): Promise<void> {
  if (from === null) return;
  to.on('error', () => child.kill());
  from.pipe(to, { end: false });
  await new Promise<void>((done) => {
    from
      .once('end', done)
      .once('close', done)
      .once('error', () => done());
  });
  if (to.writable) await new Promise<void>((done) => to.write('', () => done()));
}

const printRequestSchema = v.object({
  htmlPath: v.string(),
  header: v.string(),
  footer: v.string(),
  pdfPath: v.string(),
});

/**
 * Prints one document for the command line in plain Node.
 * @param request the JSON text of the request: where the document lies, its header and footer, where the PDF goes
 * @param read reads the document
 * @returns 0, or 3 when the PDF could not be written
 */
export async function runPrintRequest(
  request: string,
  read: (path: string) => Promise<string>,
  printer: Printer,
): Promise<number> {
  try {
    const { htmlPath, pdfPath, header, footer } = v.parse(printRequestSchema, JSON.parse(request));
    const job: PrintJob = { html: await read(htmlPath), header, footer };
    await printer.printToFile(job, resolve(pdfPath));
    return 0;
  } catch (error) {
    // For the command line that asked: it has the sentence.
    process.stderr.write(`${failureCode(error)}\n`);
    return 3;
  }
}

function failureCode(error: unknown): string {
  if (error instanceof ExpectedError) return error.code;
  return error instanceof Error ? error.message : 'unknown';
}
