/**
 * Answers the command line from the packaged application. The work is done in a process of its own, since main
 * never reads a bundle; main lends it the terminal and the printer.
 */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { utilityProcess } from 'electron';
import type { UtilityProcess } from 'electron';
import * as v from 'valibot';
import { ExpectedError } from '../parsers/domain/errors.ts';
import { reportDocumentSchema } from '../preload/contract/worker.ts';
import type { PrintJob, Printer } from './print.ts';

const stamp = v.nullable(v.string());

const printMessageSchema = v.object({
  type: v.literal('print'),
  id: v.number(),
  ...reportDocumentSchema.entries,
  stamp,
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
    // The process writes to the terminal, the file or the pipe itself: its reader sets the pace, and nothing that
    // it wrote last can be lost on the way through here.
    stdio: ['ignore', 'inherit', 'inherit'],
    cwd: process.cwd(),
  });
  child.on('message', (message: unknown) => {
    const parsed = v.safeParse(printMessageSchema, message);
    if (parsed.success) void print(child, printer, parsed.output);
  });
  const status = await new Promise<number>((done) => {
    child.once('exit', (code) => done(code));
  });
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

const { html: _html, ...pageFacts } = reportDocumentSchema.entries;

const printRequestSchema = v.object({
  htmlPath: v.string(),
  ...pageFacts,
  stamp,
  pdfPath: v.string(),
});

/**
 * Prints one document for the command line in plain Node.
 * @param path of the request, a JSON file: where the document lies, its header and footer, where the PDF goes
 * @returns 0, or 3 when the PDF could not be written
 */
export async function runPrintRequest(path: string, printer: Printer): Promise<number> {
  try {
    const { htmlPath, pdfPath, ...facts } = v.parse(
      printRequestSchema,
      JSON.parse(await readFile(path, 'utf8')),
    );
    const job: PrintJob = { html: await readFile(htmlPath, 'utf8'), ...facts };
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
