/**
 * Prints the report: a hidden page that runs no script, in a session of its own that serves exactly this document
 * and the bundled fonts, and refuses everything else.
 */
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { BrowserWindow, session } from 'electron';
import type { Session } from 'electron';
import { reportFonts, reportHandler, reportOrigin, scheme } from './app-scheme.ts';
import { writeAtomically } from './atomic-file.ts';
import { inlineFonts, readFontSlices, runningSlicesFor } from './header-fonts.ts';
import type { FontSlice } from './header-fonts.ts';
import { closeSession } from './no-network.ts';
import { finishPdf } from './pdf-finish.ts';
import { CancelledError, throwIfCancelled } from '../parsers/domain/errors.ts';
import { pageMargins, paperSizes } from '../parsers/domain/report-choice.ts';
import type { ReportDocument } from '../preload/contract/worker.ts';

/** A report on its way to paper. */
export interface PrintJob extends ReportDocument {
  /** ISO 8601: the PDF's dates; null: the time of printing. */
  readonly stamp: string | null;
}

/** What a printing tells of itself, and how it is stopped. */
export interface PrintControl {
  readonly signal?: AbortSignal;
  readonly onPhase?: (phase: PrintPhase) => void;
}

/** Waiting for another document; loading and laying out; making pages; writing the file. */
export type PrintPhase = 'waiting' | 'laying-out' | 'printing' | 'writing';

const millimetresPerInch = 25.4;
const inches = (millimetres: number): number => millimetres / millimetresPerInch;
const margins = {
  top: inches(pageMargins.top),
  bottom: inches(pageMargins.bottom),
  left: inches(pageMargins.left),
  right: inches(pageMargins.right),
};
/** How long the fonts of one document may take to load, in milliseconds. They come from the local disk. */
const fontTimeLimit = 30_000;
/** World in which the page is asked for its fonts: apart from the document's own, where no script runs. */
const isolatedWorld = 1;

export class Printer {
  readonly #folder: string;
  #session: Session | null = null;
  #slices: Promise<readonly FontSlice[]> | null = null;
  #queue: Promise<unknown> = Promise.resolve();

  /** @param folder where the fonts' style sheet lies: the window's built files */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Prints to a file, which appears as a whole or not at all.
   * @returns the file's bytes
   * @throws ExpectedError `not-writable`
   * @throws CancelledError
   */
  async printToFile(job: PrintJob, path: string, control: PrintControl = {}): Promise<Buffer> {
    const pdf = await this.print(job, control);
    control.onPhase?.('writing');
    await writeAtomically(path, pdf, { mode: 0o644 });
    return pdf;
  }

  /** One document at a time: they share the session. */
  print(job: PrintJob, control: PrintControl = {}): Promise<Buffer> {
    control.onPhase?.('waiting');
    const printed = this.#queue.then(() => this.#printNow(job, control));
    this.#queue = printed.catch(() => undefined);
    return printed;
  }

  async #printNow(job: PrintJob, { signal, onPhase }: PrintControl): Promise<Buffer> {
    throwIfCancelled(signal);
    onPhase?.('laying-out');
    const fonts = await this.#runningFonts(`${job.header}${job.footer}`);
    const own = this.#ownSession();
    own.protocol.handle(scheme, reportHandler(withPrimer(job, fonts), this.#folder));
    const window = new BrowserWindow({
      show: false,
      webPreferences: {
        session: own,
        javascript: false,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        spellcheck: false,
        webgl: false,
        devTools: false,
      },
    });
    try {
      const { width, height } = paperSizes[job.paper];
      await unlessCancelled(signal, window.loadURL(`${reportOrigin}/`));
      await unlessCancelled(signal, fontsLoaded(window));
      onPhase?.('printing');
      const printing = window.webContents.printToPDF({
        pageSize: { width: inches(width), height: inches(height) },
        printBackground: true,
        displayHeaderFooter: true,
        headerTemplate: `<style>${fonts}</style>${job.header}`,
        footerTemplate: `<style>${fonts}</style>${job.footer}`,
        margins,
        generateDocumentOutline: true,
        generateTaggedPDF: true,
      });
      return finishPdf(await unlessCancelled(signal, printing), job);
    } finally {
      window.destroy();
      own.protocol.unhandle(scheme);
    }
  }

  #ownSession(): Session {
    if (this.#session === null) {
      // No "persist:" in its name: it lives in memory only.
      this.#session = session.fromPartition('report', { cache: false });
      closeSession(this.#session, reportOrigin);
    }
    return this.#session;
  }

  /** The slices of the fonts that the running header and footer need, as a style sheet that carries them. */
  async #runningFonts(text: string): Promise<string> {
    const path = join(this.#folder, reportFonts);
    this.#slices ??= readFile(path, 'utf8').then(readFontSlices);
    const shown = text.replaceAll(/<[^>]*>/gu, ' ');
    const needed = runningSlicesFor(`${shown}0123456789`, await this.#slices);
    return inlineFonts(
      await Promise.all(
        needed.map(async (slice) => ({ slice, bytes: await readFile(resolve(dirname(path), slice.file)) })),
      ),
    );
  }
}

/** The answer, unless it is given up before: the printer cannot be stopped, but its window goes and takes it along. */
function unlessCancelled<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  if (signal === undefined) return work;
  work.catch(() => undefined);
  return new Promise((resolve_, reject) => {
    const onAbort = (): void => reject(new CancelledError());
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve_, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/**
 * The printer draws the running header without waiting for fonts. It gets them at once only when the document has
 * loaded the very same ones before, so the document holds the header's text a second time, unseen.
 */
function withPrimer({ html, header, footer }: PrintJob, fonts: string): string {
  const families = [
    ...new Set([...fonts.matchAll(/font-family:'(?<name>[^']+)'/gu)].map(([, name]) => name)),
  ];
  if (families.length === 0) return html;
  const primed = fonts.replaceAll(/font-family:'(?<name>[^']+)'/gu, "font-family:'Running $<name>'");
  const text = `${header} ${footer} 0123456789`.replaceAll(/<[^>]*>/gu, ' ').replaceAll(/[<>]/gu, ' ');
  const unseen =
    'position:absolute;top:0;left:0;width:1px;height:1px;overflow:hidden;visibility:hidden;font-size:8px';
  const lines = families.map((name) => `<span style="font-family:'Running ${name ?? ''}'">${text}</span>`);
  const primer = `<style>${primed}</style><div aria-hidden="true" style="${unseen}">${lines.join('')}</div>`;
  const body = /<body[^>]*>/iu.exec(html);
  if (body === null) return primer + html;
  const end = body.index + body[0].length;
  return html.slice(0, end) + primer + html.slice(end);
}

/** Waits until every font that the document uses is there: the printer would leave blanks for those that are not. */
async function fontsLoaded(window: BrowserWindow): Promise<void> {
  const loaded = window.webContents.executeJavaScriptInIsolatedWorld(isolatedWorld, [
    // Asking for a size lays the document out, which is when it learns which fonts it needs.
    { code: 'void document.body.offsetHeight; document.fonts.ready.then(() => true)' },
  ]);
  const limit = new Promise<never>((_resolve, reject) => {
    setTimeout(() => reject(new Error('The fonts of the report did not load.')), fontTimeLimit).unref();
  });
  await Promise.race([loaded, limit]);
}
