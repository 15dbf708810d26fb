import type * as crypto from 'node:crypto';
import type * as fs from 'node:fs';
import type * as threads from 'node:worker_threads';
import { Worker } from 'node:worker_threads';
import { crc32 } from 'node:zlib';
import type { ByteStream, Digests } from './byte-stream.ts';
import { kernelBytes } from './inflate-kernel.ts';
import type { ReasonCode } from './reasons.ts';
import type { DecodeRun } from './salvage.ts';

/*
 * One thread inflates and hashes beside the thread that reads what came out: kernels/inflate.ts in a memory that
 * both share. A piece that came out is looked at where it lies. The same thread reads and hashes files that are not
 * packed.
 */

const pages = 80;
/** Places for packed bytes, so that one can be filled while the other is read ... */
const inputPlaces = 2;
const inputBytes = 256 * 1024;
/** ... with room before each for what was left of the one before, and for zeros behind. */
const inputRoom = 1024;
const inputStart = 64 * 1024;
const inputStride = inputRoom + inputBytes + 1024;
/** Places for unpacked bytes: one is looked at, one is ready, one is written, and one to spare. */
const outputPlaces = 4;
const outputBytes = 1024 * 1024;
/** The first piece of a stream is given sooner, so that its reader need not wait for much: as much as a head has. */
const firstBytes = 64 * 1024;
/** Room for the bytes that copies reach back to, and for what is written beyond the end. */
const historyBytes = 32 * 1024;
const outputSlack = 1024;
const outputStart = inputStart + inputPlaces * inputStride;
const outputStride = historyBytes + outputBytes + outputSlack;

/*
 * At the start of the memory, as numbers of 32 bits: whether the thread waits for an output place, then by place
 * whether it is full. Giving a place back so costs no message, which would wake the thread for each of them.
 */
const waitingWord = 0;
const fullWords = 1;
const wordCount = fullWords + outputPlaces;

/** What the thread is given when it starts. */
interface ThreadData {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly layout: {
    readonly inputPlaces: number;
    readonly inputStart: number;
    readonly inputRoom: number;
    readonly inputStride: number;
    readonly outputPlaces: number;
    readonly outputStart: number;
    readonly outputBytes: number;
    readonly firstBytes: number;
    readonly outputStride: number;
    readonly historyBytes: number;
    readonly waitingWord: number;
    readonly fullWords: number;
    readonly wordCount: number;
  };
}

type ToThread =
  | { readonly type: 'start' }
  /** Instead of packed bytes: an open file from its start on. */
  | { readonly type: 'file'; readonly descriptor: number; readonly bytes: number }
  /** Packed bytes stand in a place; after the last of them nothing follows. */
  | { readonly type: 'input'; readonly place: number; readonly bytes: number; readonly isLast: boolean }
  /** There is a free place for output; sent only while the thread waits for one. */
  | { readonly type: 'wake' }
  | { readonly type: 'stop' };

type FromThread =
  /** A place for packed bytes was read. */
  | { readonly type: 'taken'; readonly place: number }
  /** `packed` bytes had been begun by then. */
  | { readonly type: 'piece'; readonly place: number; readonly bytes: number; readonly packed: number }
  | { readonly type: 'done'; readonly sha256: string }
  /** The file could not be read on. */
  | { readonly type: 'unreadable' }
  /** What was unpacked since the last piece is lost. */
  | { readonly type: 'damaged' }
  | { readonly type: 'stopped' };

interface Kernel {
  start(): void;
  inflate(
    input: number,
    inputEnd: number,
    isAll: number,
    output: number,
    outputEnd: number,
    history: number,
  ): number;
  readonly inputAt: WebAssembly.Global;
  readonly outputAt: WebAssembly.Global;
}

/**
 * The thread's whole program. It is handed over as text, so that it runs from sources, bundled and out of a
 * packed application alike: it may use nothing from outside of it but its arguments.
 */
function runThread(
  { parentPort, workerData }: typeof threads,
  { createHash }: typeof crypto,
  { readSync }: typeof fs,
): void {
  const port = parentPort;
  if (port === null) return;
  const { module, memory, layout } = workerData as ThreadData;
  const bytes = new Uint8Array(memory.buffer);
  const words = new Int32Array(memory.buffer, 0, layout.wordCount);
  const kernel = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernel;
  const needsInput = 1;
  const isFull = 2;
  const isDone = 3;
  let running = false;
  let inputs: { place: number; bytes: number; isLast: boolean }[] = [];
  let nextPlace = 0;
  /** The place that is read, from where to where. */
  let input = { place: -1, at: 0, end: 0, isLast: false };
  /** The place that is written: where it starts, where the next byte goes, what copies may reach back to. */
  let output = { place: -1, start: 0, at: 0, history: 0 };
  /** Behind the last place written: what the next has to begin with. */
  let ended = { end: 0, at: 0, history: 0 };
  let packed = 0;
  let hash = createHash('sha256');
  /** The stream has ended, but some of it waits for a place. */
  let pendingEnd = false;
  /** Nothing of the stream was given yet. */
  let isFirst = true;
  /** The file that is read instead of packed bytes; `packed` tells how far. */
  let file: { readonly descriptor: number; readonly bytes: number } | null = null;

  const send = (message: FromThread): void => {
    port.postMessage(message);
  };

  function begin(): void {
    running = true;
    inputs = [];
    nextPlace = 0;
    input = { place: -1, at: 0, end: 0, isLast: false };
    output = { place: -1, start: 0, at: 0, history: 0 };
    ended = { end: 0, at: 0, history: 0 };
    packed = 0;
    hash = createHash('sha256');
    pendingEnd = false;
    isFirst = true;
    file = null;
    kernel.start();
  }

  /** Goes on with the next place of packed bytes, before which goes what is left of the one before. */
  function nextInput(): boolean {
    const next = inputs.shift();
    if (next === undefined) return false;
    const start = layout.inputStart + next.place * layout.inputStride + layout.inputRoom;
    const left = input.end - input.at;
    bytes.copyWithin(start - left, input.at, input.end);
    if (input.place !== -1) send({ type: 'taken', place: input.place });
    input = { place: next.place, at: start - left, end: start + next.bytes, isLast: next.isLast };
    packed += next.bytes;
    if (next.isLast) bytes.fill(0, input.end, input.end + 64);
    return true;
  }

  function nextOutput(): boolean {
    const place = nextPlace;
    const word = layout.fullWords + place;
    if (Atomics.load(words, word) === 1) {
      Atomics.store(words, layout.waitingWord, 1);
      // It may have been given back since.
      if (Atomics.load(words, word) === 1) return false;
      Atomics.store(words, layout.waitingWord, 0);
    }
    Atomics.store(words, word, 1);
    nextPlace = (place + 1) % layout.outputPlaces;
    const start = layout.outputStart + place * layout.outputStride + layout.historyBytes;
    // What copies may reach back to, and what was written beyond the end.
    const from = Math.max(ended.history, ended.end - layout.historyBytes);
    bytes.copyWithin(start - (ended.end - from), from, ended.at);
    output = { place, start, at: start + (ended.at - ended.end), history: start - (ended.end - from) };
    return true;
  }

  function give(end: number): void {
    const piece = bytes.subarray(output.start, end);
    if (piece.length > 0) {
      hash.update(piece);
      send({ type: 'piece', place: output.place, bytes: piece.length, packed });
    }
    ended = { end, at: output.at, history: output.history };
    output.place = -1;
  }

  /** A file that ends before its size is given as far as it goes. */
  function workFile({
    descriptor,
    bytes: size,
  }: {
    readonly descriptor: number;
    readonly bytes: number;
  }): void {
    while (running) {
      const wanted = Math.min(isFirst ? layout.firstBytes : layout.outputBytes, size - packed);
      if (wanted > 0 && output.place === -1 && !nextOutput()) return;
      let read = 0;
      try {
        if (wanted > 0) read = readSync(descriptor, bytes, output.start, wanted, packed);
      } catch {
        running = false;
        send({ type: 'unreadable' });
        return;
      }
      if (read === 0) {
        running = false;
        send({ type: 'done', sha256: hash.digest('hex') });
        return;
      }
      packed += read;
      isFirst = false;
      output.at = output.start + read;
      give(output.at);
    }
  }

  function work(): void {
    if (file !== null) {
      workFile(file);
      return;
    }
    while (running) {
      if (output.place === -1 && !nextOutput()) return;
      if (input.place === -1 && !nextInput()) return;
      const outputEnd = output.start + (isFirst ? layout.firstBytes : layout.outputBytes);
      const result = kernel.inflate(
        input.at,
        input.end,
        input.isLast ? 1 : 0,
        output.at,
        outputEnd,
        output.history,
      );
      input.at = kernel.inputAt.value as number;
      output.at = kernel.outputAt.value as number;
      if (result === needsInput) {
        if (!nextInput()) return;
      } else if (result === isFull) {
        give(outputEnd);
        isFirst = false;
      } else if (result === isDone) {
        // More may have been written than a place holds.
        if (output.at > outputEnd) {
          give(outputEnd);
          pendingEnd = true;
        }
        finish();
        return;
      } else {
        running = false;
        send({ type: 'damaged' });
      }
    }
  }

  function finish(): void {
    if (pendingEnd && !nextOutput()) return;
    pendingEnd = false;
    running = false;
    give(output.at);
    send({ type: 'done', sha256: hash.digest('hex') });
  }

  port.on('message', (message: ToThread) => {
    switch (message.type) {
      case 'start':
        begin();
        return;
      case 'file':
        file = message;
        break;
      case 'input':
        inputs.push(message);
        break;
      case 'wake':
        break;
      case 'stop':
        running = false;
        send({ type: 'stopped' });
        return;
    }
    if (!running) return;
    if (pendingEnd) finish();
    else work();
  });
}

/** The thread as this side sees it; serves one stream at a time. */
class InflateThread {
  readonly #worker: Worker;
  readonly #bytes: Uint8Array;
  readonly #words: Int32Array;
  readonly #onBroken: () => void;
  #run: ThreadRun | null = null;

  constructor(onBroken: () => void) {
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    const data: ThreadData = {
      module: new WebAssembly.Module(Buffer.from(kernelBytes, 'base64')),
      memory,
      layout: {
        inputPlaces,
        inputStart,
        inputRoom,
        inputStride,
        outputPlaces,
        outputStart,
        outputBytes,
        firstBytes,
        outputStride,
        historyBytes,
        waitingWord,
        fullWords,
        wordCount,
      },
    };
    this.#bytes = new Uint8Array(memory.buffer);
    this.#words = new Int32Array(memory.buffer, 0, wordCount);
    this.#onBroken = onBroken;
    // Development loaders keep the names of functions by a call of this name.
    const program = `const __name = (value) => value; (${runThread.toString()})(require('node:worker_threads'), require('node:crypto'), require('node:fs'));`;
    this.#worker = new Worker(program, { eval: true, workerData: data, execArgv: [] });
    this.#worker.unref();
    this.#worker.on('message', (message: FromThread) => {
      this.#run?.take(message);
    });
    this.#worker.on('error', () => {
      this.#break();
    });
    this.#worker.on('exit', () => {
      this.#break();
    });
  }

  get isBusy(): boolean {
    return this.#run !== null;
  }

  begin(run: ThreadRun): void {
    this.#run = run;
    this.#words.fill(0);
    this.#worker.ref();
    this.send({ type: 'start' });
  }

  end(): void {
    this.#run = null;
    this.#worker.unref();
  }

  send(message: ToThread): void {
    this.#worker.postMessage(message);
  }

  /**
   * Gives a place for unpacked bytes back.
   *
   * @param left pieces that are ready: with several of them the thread may sleep on, to be woken once for more places
   */
  free(place: number, left: number): void {
    Atomics.store(this.#words, fullWords + place, 0);
    if (left > 1 || Atomics.load(this.#words, waitingWord) === 0) return;
    Atomics.store(this.#words, waitingWord, 0);
    this.send({ type: 'wake' });
  }

  /** Puts packed bytes into their place. */
  put(place: number, bytes: Uint8Array): void {
    this.#bytes.set(bytes, inputStart + place * inputStride + inputRoom);
  }

  /** Unpacked bytes where they lie. */
  view(place: number, length: number): Uint8Array {
    const start = outputStart + place * outputStride + historyBytes;
    return this.#bytes.subarray(start, start + length);
  }

  #break(): void {
    const run = this.#run;
    this.end();
    this.#onBroken();
    run?.take({ type: 'damaged' });
    run?.take({ type: 'stopped' });
  }
}

/** `null` until it is needed; `broken` when it cannot be had, and zlib has to do. */
let thread: InflateThread | 'broken' | null = null;

/** Whether {@link inflateOnThread} may be called: it serves one stream at a time. */
export function isInflateThreadFree(): boolean {
  if (thread === null) {
    try {
      thread = new InflateThread(() => {
        thread = 'broken';
      });
    } catch {
      thread = 'broken';
    }
  }
  return thread !== 'broken' && !thread.isBusy;
}

/**
 * Inflates and hashes on the thread, which must be free. What it does not accept ends it as failed, and has to be
 * read again by zlib.
 */
export function inflateOnThread(input: ByteStream): DecodeRun {
  if (thread === null || thread === 'broken') throw new Error('there is no thread to inflate on');
  return new ThreadRun(thread, input);
}

/**
 * Reads and hashes an open file from its start on, on the thread, which must be free. The file has to stay open until
 * the run is closed. Where it ends before `bytes` the run ends there; where it cannot be read, the run has failed.
 */
export function readOnThread(descriptor: number, bytes: number): DecodeRun {
  if (thread === null || thread === 'broken') throw new Error('there is no thread to read on');
  return new ThreadRun(thread, { descriptor, bytes });
}

class ThreadRun implements DecodeRun {
  fault: ReasonCode | null = null;
  failed = false;
  packedBytes = 0;
  readonly taken = 0;
  #sha256: string | null = null;
  #crc32 = 0;
  readonly #thread: InflateThread;
  readonly #input: ByteStream | null;
  readonly #pumping: Promise<void>;
  readonly #pieces: { readonly place: number; readonly bytes: number; readonly packed: number }[] = [];
  readonly #freeInputs = Array.from({ length: inputPlaces }, (_, place) => place);
  #lends = false;
  /** The place of the piece that is looked at. */
  #lent: number | null = null;
  #ended = false;
  #closing: Promise<void> | null = null;
  #crash: { readonly error: unknown } | null = null;
  #wakeConsumer: (() => void) | null = null;
  #wakePump: (() => void) | null = null;
  #wakeClose: (() => void) | null = null;

  constructor(inflating: InflateThread, input: ByteStream | { descriptor: number; bytes: number }) {
    this.#thread = inflating;
    inflating.begin(this);
    if ('descriptor' in input) {
      this.#input = null;
      this.#pumping = Promise.resolve();
      inflating.send({ type: 'file', ...input });
    } else {
      this.#input = input;
      this.#pumping = this.#pump(input);
    }
  }

  /** Known once all pieces were taken. */
  get digests(): Digests | null {
    if (this.#sha256 === null || this.#pieces.length > 0) return null;
    return { sha256: this.#sha256, crc32: this.#crc32 };
  }

  lend(): void {
    this.#lends = true;
  }

  async next(): Promise<Uint8Array | null> {
    this.#giveBack();
    for (;;) {
      const piece = this.#pieces.shift();
      if (piece !== undefined) {
        this.packedBytes = piece.packed;
        const view = this.#thread.view(piece.place, piece.bytes);
        this.#lent = piece.place;
        // The thread has more to do than its reader. A file that is not packed has no check sum.
        if (this.#input !== null) this.#crc32 = crc32(view, this.#crc32);
        if (this.#lends) return view;
        const copy = Buffer.from(view);
        this.#giveBack();
        return copy;
      }
      if (this.#crash !== null) throw this.#crash.error;
      if (this.#ended) return null;
      await new Promise<void>((resolve) => {
        this.#wakeConsumer = resolve;
      });
    }
  }

  /** Waits for the piece of input that is under way, so that others can read the input on. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#pieces.length = 0;
    if (!this.#ended) {
      const stopping = new Promise<void>((resolve) => {
        this.#wakeClose = resolve;
      });
      this.#end();
      this.#thread.send({ type: 'stop' });
      await stopping;
    }
    this.#thread.end();
    await this.#pumping;
    await this.#input?.close();
  }

  /** A message of the thread. */
  take(message: FromThread): void {
    switch (message.type) {
      case 'taken':
        this.#freeInputs.push(message.place);
        this.#wakePump?.();
        return;
      case 'piece':
        this.#pieces.push(message);
        this.#wakeConsumer?.();
        return;
      case 'done':
        this.#sha256 = message.sha256;
        this.#end();
        return;
      case 'damaged':
        this.failed = true;
        this.fault = 'damaged-data';
        this.#end();
        return;
      case 'unreadable':
        this.failed = true;
        this.fault = 'not-readable';
        this.#end();
        return;
      case 'stopped':
        this.#wakeClose?.();
        return;
    }
  }

  #giveBack(): void {
    if (this.#lent === null) return;
    if (!this.#ended) this.#thread.free(this.#lent, this.#pieces.length);
    this.#lent = null;
  }

  #end(): void {
    this.#ended = true;
    this.#wakeConsumer?.();
    this.#wakePump?.();
  }

  /** Fills the places of packed bytes as they come free. Never rejects: what went wrong is for the consumer. */
  async #pump(input: ByteStream): Promise<void> {
    try {
      for (let piece = await input.next(); !this.#ended; piece = await input.next()) {
        let at = 0;
        do {
          const place = await this.#freeInput();
          if (place === null) return;
          const part = piece === null ? nothing : piece.subarray(at, at + inputBytes);
          at += part.length;
          this.#thread.put(place, part);
          this.#thread.send({ type: 'input', place, bytes: part.length, isLast: piece === null });
        } while (piece !== null && at < piece.length);
        if (piece === null) return;
      }
    } catch (error) {
      this.#crash ??= { error };
      this.#wakeConsumer?.();
    }
  }

  async #freeInput(): Promise<number | null> {
    for (;;) {
      if (this.#ended) return null;
      const place = this.#freeInputs.shift();
      if (place !== undefined) return place;
      await new Promise<void>((resolve) => {
        this.#wakePump = resolve;
      });
    }
  }
}

const nothing = new Uint8Array(0);
