/**
 * Runs the evidence worker of one window as a process of its own, speaks with it, and notices when it dies. The
 * window's requests go straight to the worker over a port; only what names files on the disk goes through here.
 */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { MessageChannelMain, utilityProcess } from 'electron';
import type { UtilityProcess, WebContents } from 'electron';
import * as v from 'valibot';
import { ExpectedError, fromWireError } from '../parsers/domain/errors.ts';
import type { Limits } from '../parsers/domain/limits.ts';
import type { WireError } from '../parsers/domain/errors.ts';
import type { PackFile } from '../parsers/domain/pack.ts';
import type { Reading } from '../preload/contract/evidence.ts';
import { exportPieceSchema, workerMessageSchema } from '../preload/contract/worker.ts';
import type {
  BundleIdentityMessage,
  ReportCustodyMessage,
  ReportDocument,
  WorkerMessage,
  WorkerRequest,
} from '../preload/contract/worker.ts';
import type { CaseContent, CaseReport, ExportChoice } from '../preload/contract/window.ts';
import type { Locale } from '../preload/contract/shapes.ts';
import { after } from './after.ts';

export interface WorkerHostOptions {
  /** The worker's built file. */
  readonly script: string;
  /** Names the worker's own folder below the spool; no two hosts share one. */
  readonly name: string;
  /** Private folder of this run of the application. */
  readonly spool: string;
  readonly onReading: (reading: Reading) => void;
  /** The worker ended without being asked to. */
  readonly onGone: (reason: string) => void;
}

export interface OpenOptions {
  readonly path: string;
  readonly password: string | null;
  /** Without a password: whether a bundle with locked members is refused, or read with them listed. */
  readonly locked: 'refuse' | 'list';
  readonly zone: string | null;
  /** Those that differ from the defaults. */
  readonly limits: Partial<Limits>;
  /** File of answers that were kept of the bundle. */
  readonly remembered: string | null;
  /** Code dictionaries and rule packs of the site. */
  readonly packs: readonly PackFile[];
}

/** What a report is made from besides the bundle. */
export interface ReportRequest {
  readonly locale: Locale;
  readonly content: CaseContent;
  readonly caseName: string | null;
  readonly reportChoice: CaseReport;
  /** By what it is limited; null by nothing. */
  readonly exportChoice: ExportChoice | null;
  readonly custody: ReportCustodyMessage;
}

interface Waiting {
  readonly resolve: (answer: WorkerMessage) => void;
  readonly reject: (error: Error) => void;
}

interface Running {
  readonly child: UtilityProcess;
  readonly spool: string;
  readonly ended: Promise<void>;
  readonly waiting: Map<number, Waiting>;
  stopping: boolean;
}

/** How long a worker may take to close its files before it is ended, in milliseconds. */
const closeTimeLimit = 2_000;

export class WorkerHost {
  readonly #options: WorkerHostOptions;
  #running: Running | null = null;
  #lastId = 0;
  #started = 0;

  constructor(options: WorkerHostOptions) {
    this.#options = options;
  }

  get isRunning(): boolean {
    return this.#running !== null && !this.#running.stopping;
  }

  /** Starts a worker where none runs. */
  start(): void {
    if (this.isRunning) return;
    this.#started += 1;
    const spool = join(this.#options.spool, `${this.#options.name}-${this.#started}`);
    const child = utilityProcess.fork(this.#options.script, [], {
      serviceName: 'Patchtrail evidence worker',
      stdio: ['ignore', 'ignore', 'inherit'],
      env: workerEnvironment(),
    });
    const waiting = new Map<number, Waiting>();
    const ended = new Promise<void>((resolve) => {
      child.once('exit', (code) => {
        this.#ended(running, code);
        void rm(spool, { recursive: true, force: true, maxRetries: 3 })
          .catch(() => undefined)
          .then(() => resolve());
      });
    });
    const running: Running = { child, spool, ended, waiting, stopping: false };
    child.on('message', (message: unknown) => this.#receive(running, message));
    this.#running = running;
  }

  /** Gives a window its own line to the worker. */
  connect(contents: WebContents): void {
    const running = this.#running;
    if (running === null || running.stopping) return;
    const { port1, port2 } = new MessageChannelMain();
    post(running, { type: 'port' }, [port1]);
    contents.postMessage('evidence-port', null, [port2]);
  }

  /** Resolves when the bundle has been read to its end. */
  async open({
    path,
    password,
    locked,
    zone,
    limits,
    remembered,
    packs,
  }: OpenOptions): Promise<BundleIdentityMessage> {
    const running = this.#present();
    await mkdir(running.spool, { recursive: true, mode: 0o700 });
    const answer = await this.#ask(running, (id) => ({
      type: 'open',
      id,
      path,
      password,
      locked,
      zone,
      limits,
      spoolFolder: running.spool,
      remembered,
      packs: [...packs],
    }));
    if (answer.type !== 'opened') throw unexpected(answer);
    return answer.bundle;
  }

  cancelReading(): void {
    if (this.#running !== null) post(this.#running, { type: 'cancel-reading' });
  }

  /** Has the worker write what its window sees first; null when there is nothing whole to keep. */
  async keepAnswers(path: string): Promise<{ readonly key: string; readonly bytes: number } | null> {
    const answer = await this.#ask(this.#present(), (id) => ({ type: 'keep-answers', id, path }));
    if (answer.type !== 'answers-kept') throw unexpected(answer);
    return answer.kept;
  }

  async report(options: ReportRequest): Promise<ReportDocument> {
    const answer = await this.#ask(this.#present(), (id) => ({
      type: 'report',
      id,
      ...options,
      form: 'pages',
    }));
    if (answer.type !== 'report') throw unexpected(answer);
    return answer.report;
  }

  /** The same document laid out for a screen. */
  async reportPreview(options: ReportRequest): Promise<string> {
    const answer = await this.#ask(this.#present(), (id) => ({
      type: 'report',
      id,
      ...options,
      form: 'preview',
    }));
    if (answer.type !== 'preview') throw unexpected(answer);
    return answer.html;
  }

  /**
   * Has an export made. Its pieces come one at a time, in order, no faster than `take` resolves.
   * @throws ExpectedError, CancelledError; whatever `take` throws ends the export
   */
  async export(
    options: {
      readonly choice: ExportChoice;
      readonly content: CaseContent;
      readonly caseName: string | null;
      readonly custody: ReportCustodyMessage;
    },
    take: (file: string, bytes: Uint8Array) => Promise<void>,
    onProgress: (done: number | null) => void,
    signal: AbortSignal,
  ): Promise<Extract<WorkerMessage, { type: 'exported' }>> {
    const running = this.#present();
    const { port1, port2 } = new MessageChannelMain();
    let taking: Promise<void> = Promise.resolve();
    let failed: unknown;
    let cancel: () => void = () => undefined;
    port1.on('message', ({ data }) => {
      const parsed = v.safeParse(exportPieceSchema, data);
      if (!parsed.success) return;
      if (parsed.output.type === 'progress') {
        onProgress(parsed.output.done);
        return;
      }
      const { file, bytes } = parsed.output;
      taking = taking.then(async () => {
        if (failed !== undefined || signal.aborted) return;
        try {
          await take(file, bytes);
          port1.postMessage({ taken: bytes.length });
        } catch (error) {
          failed = error;
          cancel();
        }
      });
    });
    port1.start();
    try {
      const answer = await this.#ask(
        running,
        (id) => {
          cancel = () => post(running, { type: 'cancel-export', id });
          return { type: 'export', id, ...options };
        },
        [port2],
        () => signal.addEventListener('abort', () => cancel(), { once: true }),
      );
      if (answer.type !== 'exported') throw unexpected(answer);
      await taking;
      return answer;
    } catch (error) {
      await taking;
      throw failed ?? error;
    } finally {
      port1.close();
    }
  }

  /** Lets the worker close its files, then ends it. */
  async stop(): Promise<void> {
    const running = this.#running;
    if (running === null) return;
    const closed = running.stopping
      ? Promise.resolve()
      : this.#ask(running, (id) => ({ type: 'close', id })).catch(() => undefined);
    running.stopping = true;
    await Promise.race([closed, after(closeTimeLimit)]);
    // One that has not begun yet cannot be ended, only when it has.
    if (!running.child.kill()) running.child.once('spawn', () => running.child.kill());
    await Promise.race([running.ended, after(closeTimeLimit)]);
  }

  #present(): Running {
    if (this.#running === null || this.#running.stopping) throw new ExpectedError('worker-gone');
    return this.#running;
  }

  #ask(
    running: Running,
    request: (id: number) => WorkerRequest,
    ports: Electron.MessagePortMain[] = [],
    onSent: () => void = () => undefined,
  ): Promise<WorkerMessage> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      running.waiting.set(id, { resolve, reject });
      post(running, request(id), ports);
      onSent();
    });
  }

  #receive(running: Running, message: unknown): void {
    const parsed = v.safeParse(workerMessageSchema, message);
    // A message that is not of the contract is no reason to stop: whoever waits for it is told on exit.
    if (!parsed.success) {
      console.error('The evidence worker sent something that is not of the contract.');
      return;
    }
    const received = parsed.output;
    if (received.type === 'reading') {
      if (running === this.#running) this.#options.onReading(received.reading);
      return;
    }
    const waiting = running.waiting.get(received.id);
    running.waiting.delete(received.id);
    if (received.type === 'error') waiting?.reject(fromWireError(received.error as WireError));
    else waiting?.resolve(received);
  }

  #ended(running: Running, code: number): void {
    const expected = running.stopping;
    if (this.#running === running) this.#running = null;
    for (const { reject } of running.waiting.values()) reject(new ExpectedError('worker-gone'));
    running.waiting.clear();
    if (!expected) this.#options.onGone(`exit ${code}`);
  }
}

function post(running: Running, request: WorkerRequest, ports: Electron.MessagePortMain[] = []): void {
  running.child.postMessage(request, ports);
}

/** The worker needs nothing of the environment that could change how its process starts. */
function workerEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(?:NODE_|ELECTRON_)/u.test(name)),
  );
}

function unexpected(answer: WorkerMessage): Error {
  return new Error(`The evidence worker answered with "${answer.type}".`);
}
