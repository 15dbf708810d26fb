import type { isAscii } from 'node:buffer';
import type * as threads from 'node:worker_threads';
import { Worker } from 'node:worker_threads';
import { CancelledError, ExpectedError, throwIfCancelled } from '../domain/errors.ts';

/** How long one batch may take; an ordinary expression needs some milliseconds. */
const batchMilliseconds = 5000;

/** A compiled expression as it crosses to the thread. */
interface Expression {
  readonly source: string;
  readonly flags: string;
  readonly ignoreWidth: boolean;
}

type ToThread =
  | { readonly type: 'lines'; readonly bytes: Uint8Array; readonly expression: Expression }
  | { readonly type: 'rows'; readonly rows: readonly (readonly string[])[]; readonly expression: Expression };

/** Starts of the matching lines as byte offsets, or by row 1 where a cell matches; null when the search itself failed. */
type FromThread = Uint32Array | Uint8Array | null;

/**
 * The lines of a piece of whole lines in UTF-8 on which an expression matches. Each line is searched as it is shown: by
 * itself, without its line end. Handed to the thread as text: it may use nothing from outside of it but its arguments.
 *
 * @param expression global and multi-line
 * @param areAscii `isAscii` of `node:buffer`
 * @returns the byte offset of the start of each, ascending
 */
export function findLines(
  bytes: Uint8Array,
  expression: RegExp,
  ignoreWidth: boolean,
  areAscii: (bytes: Uint8Array) => boolean,
): number[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const ascii = areAscii(bytes);
  const plain = ascii ? buffer.toString('latin1') : buffer.toString('utf8');
  // Whatever a character becomes, line feeds stay as they are and as many.
  const text = ascii || !ignoreWidth ? plain : plain.normalize('NFKC');
  // What looks around itself would see the lines beside its own.
  const looksAround = /\(\?<?[=!]/u.test(expression.source);
  const starts: number[] = [];
  /** Start of the line by characters and by bytes up to which lines were counted. */
  let countedText = 0;
  let countedBytes = 0;
  let from = 0;
  while (from < text.length) {
    let at = from;
    let behind = Number.POSITIVE_INFINITY;
    if (!looksAround) {
      expression.lastIndex = from;
      const match = expression.exec(text);
      // Behind the last line feed there is no line.
      if (match === null || (match.index >= text.length && text.endsWith('\n'))) break;
      at = match.index;
      behind = at + match[0].length;
    }
    const lineStart = at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1;
    const feed = text.indexOf('\n', at);
    const end = feed === -1 ? text.length : feed;
    let shownEnd = end;
    while (shownEnd > lineStart && text.charCodeAt(shownEnd - 1) === 0x0d) shownEnd -= 1;
    let matches = true;
    if (behind > shownEnd) {
      // It takes a line end in: it counts only if the line matches by itself.
      expression.lastIndex = 0;
      matches = expression.test(text.slice(lineStart, shownEnd));
    }
    if (matches && ascii) starts.push(lineStart);
    else if (matches) {
      while (countedText < lineStart) {
        countedText = text.indexOf('\n', countedText) + 1;
        // Not by its number: see `text/find-byte`. This goes to the thread as text and imports nothing.
        countedBytes = buffer.indexOf('\n', countedBytes, 'latin1') + 1;
      }
      starts.push(countedBytes);
    }
    from = end + 1;
  }
  return starts;
}

/** Whether a text of one cell matches; handed to the thread as text as well. */
export function matchesText(expression: RegExp, text: string, ignoreWidth: boolean): boolean {
  expression.lastIndex = 0;
  return expression.test(ignoreWidth ? text.normalize('NFKC') : text);
}

/** Shorter starts are no help. */
const shortestStart = 3;

/** The text that every match of an expression starts with; '' when there is none, or it cannot be told at a glance. */
export function startOf({ source, flags }: RegExp): string {
  if (flags.includes('i') || source.includes('|')) return '';
  const [run = ''] = /^[\w =:;,<>"'%@#&~-]*/u.exec(source) ?? [];
  // The last character may be there several times, or not at all.
  const start = /^[*+?{]/u.test(source.slice(run.length)) ? run.slice(0, -1) : run;
  return start.length < shortestStart ? '' : start;
}

/** The thread's program; what it calls comes as arguments. */
function runThread(
  { parentPort }: typeof threads,
  areAscii: typeof isAscii,
  find: typeof findLines,
  matches: typeof matchesText,
): void {
  const port = parentPort;
  if (port === null) return;
  port.on('message', (message: ToThread) => {
    const { source, flags, ignoreWidth } = message.expression;
    let answer: FromThread = null;
    try {
      const expression = new RegExp(source, flags);
      answer =
        message.type === 'lines'
          ? Uint32Array.from(find(message.bytes, expression, ignoreWidth, areAscii))
          : Uint8Array.from(message.rows, (cells) =>
              cells.some((cell) => matches(expression, cell, ignoreWidth)) ? 1 : 0,
            );
    } catch {
      // The expression needs more stack than there is.
    }
    port.postMessage(answer);
  });
}

/** A thread that waits for the next search; starting one takes longer than most searches. */
let idleWorker: Worker | null = null;

function takeWorker(): Worker {
  const idle = idleWorker;
  idleWorker = null;
  if (idle !== null) return idle;
  // Development loaders keep the names of functions by a call of this name.
  const program = `const __name = (value) => value; (${runThread.toString()})(require('node:worker_threads'), require('node:buffer').isAscii, ${findLines.toString()}, ${matchesText.toString()});`;
  const worker = new Worker(program, { eval: true, execArgv: [] });
  worker.unref();
  worker.on('exit', () => {
    if (idleWorker === worker) idleWorker = null;
  });
  // Whoever searches hears of it as well; without any listener an error would end the process.
  worker.on('error', () => undefined);
  return worker;
}

/**
 * Runs one expression on a thread of its own, where it can be stopped: some expressions take longer than anyone
 * lives on a text of a hundred characters. One batch at a time.
 */
export class ExpressionThread {
  readonly #worker: Worker;
  readonly #shown: string;
  readonly #expression: Expression;
  readonly #signal: AbortSignal | undefined;
  readonly #patience: number;
  #settle: ((answer: FromThread | Error) => void) | null = null;
  #closed = false;
  readonly #onMessage = (answer: FromThread): void => {
    this.#settle?.(answer ?? this.#tooSlow());
  };
  readonly #onError = (error: Error): void => {
    this.#settle?.(error);
  };

  /**
   * @param shown the expression as the analyst wrote it, for messages
   * @param patience milliseconds that one batch may take
   */
  constructor(
    expression: RegExp,
    ignoreWidth: boolean,
    shown: string,
    signal: AbortSignal | undefined,
    patience = batchMilliseconds,
  ) {
    this.#expression = {
      source: expression.source,
      flags: expression.flags,
      ignoreWidth,
    };
    this.#shown = shown;
    this.#signal = signal;
    this.#patience = patience;
    this.#worker = takeWorker();
    this.#worker.on('message', this.#onMessage);
    this.#worker.on('error', this.#onError);
  }

  /**
   * Starts of the lines that match, as byte offsets.
   *
   * @param bytes whole lines in UTF-8, best in shared memory; not changed until the answer is there
   * @throws ExpectedError `expression-too-slow`, CancelledError
   */
  async lines(bytes: Uint8Array): Promise<Uint32Array> {
    return (await this.#ask({ type: 'lines', bytes, expression: this.#expression })) as Uint32Array;
  }

  /** By row, 1 where a cell matches. Throws the same. */
  async rows(rows: readonly (readonly string[])[]): Promise<Uint8Array> {
    return (await this.#ask({ type: 'rows', rows, expression: this.#expression })) as Uint8Array;
  }

  /** Gives the thread back, or ends it when it is still at something. */
  close(): void {
    // What it is at is given up, and ends with it.
    this.#settle?.(new CancelledError());
    this.#end(false);
  }

  #end(isBusy: boolean): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#worker.off('message', this.#onMessage);
    this.#worker.off('error', this.#onError);
    if (!isBusy && idleWorker === null) idleWorker = this.#worker;
    else void this.#worker.terminate();
  }

  async #ask(message: ToThread): Promise<FromThread> {
    throwIfCancelled(this.#signal);
    const answer = await new Promise<FromThread | Error>((resolve) => {
      const cancel = (): void => {
        this.#settle?.(new CancelledError());
      };
      const timer = setTimeout(() => {
        this.#settle?.(this.#tooSlow());
      }, this.#patience);
      this.#settle = (settled) => {
        this.#settle = null;
        clearTimeout(timer);
        this.#signal?.removeEventListener('abort', cancel);
        this.#worker.unref();
        if (settled instanceof Error) this.#end(true);
        resolve(settled);
      };
      this.#signal?.addEventListener('abort', cancel);
      this.#worker.ref();
      this.#worker.postMessage(message);
    });
    if (answer instanceof Error) throw answer;
    return answer;
  }

  #tooSlow(): ExpectedError {
    return new ExpectedError('expression-too-slow', this.#shown);
  }
}
