/**
 * One window: a page, a worker, at most one bundle, and that bundle's case. What the window shows survives the
 * worker; what the analyst wrote survives both.
 */
import { basename } from 'node:path';
import type { BrowserWindow } from 'electron';
import { CancelledError, ExpectedError } from '../parsers/domain/errors.ts';
import type { Limits } from '../parsers/domain/limits.ts';
import type { PackFile } from '../parsers/domain/pack.ts';
import type { Reading } from '../preload/contract/evidence.ts';
import { wholeReport } from '../parsers/domain/report-choice.ts';
import type {
  CaseContent,
  CaseStatus,
  CustodyLog,
  ExportChoice,
  ReportRequest,
  WindowEvent,
  WindowResult,
} from '../preload/contract/window.ts';
import type { BundleIdentityMessage, ReportDocument } from '../preload/contract/worker.ts';
import type { CaseKeeper, CaseWarning } from './case-keeper.ts';
import { WorkerHost } from './worker-host.ts';
import { after } from './after.ts';

/** The case file that led to a bundle. */
export interface OpenedCase {
  readonly path: string;
  readonly zone: string | null;
  /** How it was found, when that was not as it should be. */
  readonly warning: CaseWarning | null;
}

export interface BundleWindowOptions {
  readonly window: BrowserWindow;
  readonly host: { readonly script: string; readonly spool: string };
  /** Opens the case of a bundle that was read; `null` when another window took over. */
  readonly openCase: (
    owner: BundleWindow,
    bundle: BundleIdentityMessage,
    opened: OpenedCase | null,
    onStatus: (status: CaseStatus) => void,
  ) => Promise<CaseKeeper>;
  /** The window has let go of the case of this bundle. */
  readonly onCaseClosed: (owner: BundleWindow, sha256: string) => void;
  /** Limits of reading, as they are set now. */
  readonly limits: () => Partial<Limits>;
  readonly onBundleRead: (path: string, bundle: BundleIdentityMessage) => void;
  /** What was kept of the bundle at a path when it was read last, with what its case holds. */
  readonly recall: (path: string, opened: OpenedCase | null) => Promise<RecalledBundle>;
  /** Where to keep what the window shows first of a bundle, and what came of it. */
  readonly answersFile: (sha256: string) => string | null;
  readonly onAnswersKept: (look: string, sha256: string, kept: KeptAnswers) => Promise<void>;
}

export interface RecalledBundle {
  /** The bundle at first sight, before it is read; null when it has none. */
  readonly look: string | null;
  /** Of the site, as they are now. */
  readonly packs: readonly PackFile[];
  readonly file: string | null;
  readonly content: CaseContent | null;
}

export interface KeptAnswers {
  readonly key: string;
  readonly bytes: number;
}

/** After the last change, until what the window shows is kept for the next time, in milliseconds. */
const keepDelay = 2_500;
/** How long closing waits for that, in milliseconds. */
const keepTimeLimit = 2_000;

interface OpenBundle {
  readonly path: string;
  readonly name: string;
  readonly opened: OpenedCase | null;
  password: string | null;
  /** The analyst has none: locked members are listed, and the rest is read. */
  hasNoPassword: boolean;
  /** The bundle waits for a password; whether one was given that is wrong. */
  asksPassword: { readonly wrong: boolean } | null;
  identity: BundleIdentityMessage | null;
  keeper: CaseKeeper | null;
  /** What is known of it from the last time; its answer comes before reading starts. */
  recalled: RecalledBundle | null;
  keepTimer: NodeJS.Timeout | null;
  /** How often it was begun to read it: what an earlier reading ends with is no news. */
  readings: number;
  /** Resolves with the case once the bundle has been read; with null when it never was. */
  ready: Promise<CaseKeeper | null>;
}

const noCase: CaseStatus = { name: null, state: 'none', savedAt: null, error: null };

export class BundleWindow {
  readonly window: BrowserWindow;
  readonly #options: BundleWindowOptions;
  readonly #host: WorkerHost;
  readonly #phaseListeners = new Set<(phase: Reading['phase']) => void>();
  #bundle: OpenBundle | null = null;
  /** Whether the page listens; until then events wait. */
  #pageReady = false;
  #waiting: WindowEvent[] = [];
  #closed = false;
  #hasStarted = false;
  #isPainted = false;

  constructor(options: BundleWindowOptions) {
    this.window = options.window;
    this.#options = options;
    this.#host = new WorkerHost({
      ...options.host,
      name: `window-${options.window.id}`,
      onReading: (reading) => {
        for (const listener of [...this.#phaseListeners]) listener(reading.phase);
      },
      onGone: (reason) => this.send({ event: 'worker-gone', reason }),
    });
    options.window.once('ready-to-show', () => {
      this.#isPainted = true;
      if (this.#pageReady) this.#startHost();
    });
    // A page that was loaded again starts anew. (One that only tries to leave is refused, and stays.)
    options.window.webContents.on('did-navigate', () => {
      this.#pageReady = false;
    });
  }

  /** The path of the bundle that is open here, or null. */
  get path(): string | null {
    return this.#bundle?.path ?? null;
  }

  get bundleName(): string | null {
    return this.#bundle?.name ?? null;
  }

  get isRead(): boolean {
    return this.#bundle !== null && this.#bundle.identity !== null;
  }

  /** The page listens: it gets its line to the worker, and what it missed. */
  pageReady(): void {
    this.#pageReady = true;
    if (this.#hasStarted) this.#host.connect(this.window.webContents);
    else if (this.#isPainted) this.#startHost();
    const missed = this.#waiting;
    this.#waiting = [];
    const bundle = this.#bundle;
    if (bundle !== null && !missed.some(({ event }) => event === 'opening')) {
      this.send({ event: 'opening', name: bundle.name });
      if (bundle.asksPassword !== null) this.send({ event: 'password-needed', ...bundle.asksPassword });
    }
    for (const event of missed) this.send(event);
    if (this.#hasStarted && !this.#host.isRunning) {
      this.send({ event: 'worker-gone', reason: 'not running' });
    }
  }

  send(event: WindowEvent): void {
    if (this.#closed || this.window.isDestroyed()) return;
    if (this.#pageReady) this.window.webContents.send('patchtrail:event', event);
    else this.#waiting.push(event);
  }

  /** The first worker starts when it is needed or the page has been painted, which it would hold up. */
  #startHost(): void {
    if (this.#hasStarted || this.#closed) return;
    this.#hasStarted = true;
    this.#host.start();
    if (this.#pageReady) this.#host.connect(this.window.webContents);
  }

  /** Starts to read a bundle; the window must be without one. */
  open(path: string, opened: OpenedCase | null, name: string = basename(path)): void {
    this.#startHost();
    const bundle: OpenBundle = {
      path,
      name,
      opened,
      password: null,
      hasNoPassword: false,
      asksPassword: null,
      identity: null,
      keeper: null,
      recalled: null,
      keepTimer: null,
      readings: 0,
      ready: Promise.resolve(null),
    };
    this.#bundle = bundle;
    this.window.setTitle(`${name} – Patchtrail`);
    this.send({ event: 'opening', name });
    this.#read(bundle);
  }

  cancelReading(): void {
    this.#host.cancelReading();
  }

  /** Lets the bundle go and gives the window a fresh worker: nothing of the bundle stays in memory. */
  async closeBundle(): Promise<void> {
    await this.#letGo();
    if (this.#closed) return;
    this.window.setTitle('Patchtrail');
    await this.#host.stop();
    this.#hasStarted = true;
    this.#host.start();
    if (this.#pageReady) this.#host.connect(this.window.webContents);
  }

  /** Starts a worker in place of one that died, and reads the same bundle again. */
  restartWorker(): void {
    if (this.#host.isRunning) return;
    this.#host.start();
    if (this.#pageReady) this.#host.connect(this.window.webContents);
    this.send({ event: 'worker-started' });
    if (this.#bundle !== null) this.#read(this.#bundle);
  }

  /** Reads the same bundle anew, with the settings as they are now. */
  async readAgain(): Promise<void> {
    const bundle = this.#bundle;
    if (bundle === null) return;
    bundle.readings += 1;
    await bundle.keeper?.flush();
    await this.#host.stop();
    if (this.#bundle !== bundle || this.#closed) return;
    this.restartWorker();
  }

  /** @param password null: there is none, and what is not locked is read without it */
  async givePassword(password: string | null): Promise<void> {
    const bundle = this.#bundle;
    if (bundle === null) return;
    bundle.password = password;
    bundle.hasNoPassword = password === null;
    bundle.asksPassword = null;
    if (bundle.identity === null) this.#read(bundle);
    else await this.readAgain();
  }

  async loadCase(): Promise<WindowResult<'loadCase'>> {
    const keeper = await this.#bundle?.ready;
    if (keeper === null || keeper === undefined) return null;
    // What differs says more than that it does.
    const isTold = keeper.earlier !== null && keeper.warning?.code === 'case-other-bundle';
    const warning = isTold ? null : keeper.warning;
    return {
      content: keeper.content,
      status: keeper.status,
      warning: warning === null ? null : { ...warning, detail: { ...warning.detail } },
      earlier: keeper.earlier,
    };
  }

  /** What the case held when it was open last, as long as the bundle is being read. */
  rememberedCase(): CaseContent | null {
    return this.#bundle?.recalled?.content ?? null;
  }

  custodyLog(): CustodyLog | null {
    return this.#bundle?.keeper?.custodyLog ?? null;
  }

  async saveCase(content: CaseContent): Promise<CaseStatus> {
    const bundle = this.#bundle;
    const status = (await bundle?.ready)?.change(content) ?? noCase;
    if (bundle !== null) this.#keepAnswersLater(bundle);
    return status;
  }

  async saveCaseAs(path: string): Promise<CaseStatus> {
    return (await this.#bundle?.ready)?.saveAs(path) ?? noCase;
  }

  /** State of the case at this moment. */
  get caseStatus(): CaseStatus {
    return this.#bundle?.keeper?.status ?? noCase;
  }

  /** @throws ExpectedError `no-bundle`, `worker-gone` */
  async report(request: ReportRequest): Promise<ReportDocument> {
    return this.#host.report(this.#reportOf(request));
  }

  /** @throws ExpectedError `no-bundle`, `worker-gone` */
  async reportPreview(request: ReportRequest): Promise<string> {
    return this.#host.reportPreview(this.#reportOf(request));
  }

  /**
   * The report as the case chose it, of what an export is to hold.
   * @throws ExpectedError `no-bundle`, `worker-gone`
   */
  async chosenReport(choice: ExportChoice): Promise<ReportDocument> {
    const { locale } = choice;
    const { content, ...given } = this.#given();
    const { content: held, chosen, sections, paper } = content.report ?? wholeReport;
    return this.#host.report({
      ...given,
      content,
      locale,
      reportChoice: { content: held, chosen: [...chosen], sections: [...sections], paper },
      exportChoice: choice,
    });
  }

  #reportOf({ locale, choice, redact }: ReportRequest): Parameters<WorkerHost['report']>[0] {
    return {
      ...this.#given(),
      locale,
      reportChoice: choice,
      exportChoice: redact
        ? { kind: 'pdf', locale, redact: true, filter: null, keepUnsearched: false }
        : null,
    };
  }

  /** What every output takes of the case. @throws ExpectedError `no-bundle` */
  #given(): Pick<Parameters<WorkerHost['report']>[0], 'content' | 'caseName' | 'custody'> {
    const keeper = this.#bundle?.keeper;
    if (keeper === undefined || keeper === null) throw new ExpectedError('no-bundle');
    return { content: keeper.content, caseName: keeper.status.name, custody: keeper.custodyLog };
  }

  /**
   * Has an export made; `take` gets its pieces in order.
   * @throws ExpectedError `no-bundle`, `worker-gone`, those of the export; CancelledError
   */
  async export(
    choice: ExportChoice,
    take: (file: string, bytes: Uint8Array) => Promise<void>,
    signal: AbortSignal,
  ): Promise<{
    readonly tokens?: Record<string, string> | undefined;
    readonly leftOut?: number | undefined;
  }> {
    return this.#host.export(
      { ...this.#given(), choice },
      take,
      (done) => this.send({ event: 'export-progress', done }),
      signal,
    );
  }

  async recordExport(detail: Readonly<Record<string, string | number>>): Promise<void> {
    await this.#bundle?.keeper?.record({ what: 'exported', detail: { ...detail } });
  }

  /** Resolves when reading has come to an end of whichever kind. */
  readingEnded(): Promise<'ready' | 'failed' | 'cancelled'> {
    return new Promise((resolve) => {
      const listener = (phase: Reading['phase']): void => {
        if (phase !== 'ready' && phase !== 'failed' && phase !== 'cancelled') return;
        this.#phaseListeners.delete(listener);
        resolve(phase);
      };
      this.#phaseListeners.add(listener);
    });
  }

  /** The window is gone: keeps what the analyst wrote and ends the worker. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#letGo();
    await this.#host.stop();
  }

  async flush(): Promise<void> {
    await this.#bundle?.keeper?.flush();
  }

  async #letGo(): Promise<void> {
    const bundle = this.#bundle;
    this.#bundle = null;
    if (!bundle?.keeper) return;
    await bundle.keeper.close();
    // What changed a moment ago is kept as well, unless that takes long.
    if (bundle.keepTimer !== null) {
      await Promise.race([this.#keepAnswers(bundle), after(keepTimeLimit)]);
    }
    if (bundle.identity !== null) this.#options.onCaseClosed(this, bundle.identity.sha256);
  }

  #keepAnswersLater(bundle: OpenBundle): void {
    if (bundle.keepTimer !== null) clearTimeout(bundle.keepTimer);
    bundle.keepTimer = setTimeout(() => void this.#keepAnswers(bundle), keepDelay);
  }

  /** Has the worker write down what the window shows first. A convenience: a failure is no news. */
  async #keepAnswers(bundle: OpenBundle): Promise<void> {
    if (bundle.keepTimer !== null) clearTimeout(bundle.keepTimer);
    bundle.keepTimer = null;
    const look = bundle.recalled?.look ?? null;
    const { identity } = bundle;
    if (look === null || identity === null || !this.#host.isRunning) return;
    try {
      const file = this.#options.answersFile(identity.sha256);
      if (file === null) return;
      const kept = await this.#host.keepAnswers(file);
      if (kept !== null) await this.#options.onAnswersKept(look, identity.sha256, kept);
    } catch (error) {
      if (!(error instanceof ExpectedError)) console.error(error);
    }
  }

  #read(bundle: OpenBundle): void {
    bundle.readings += 1;
    bundle.ready = this.#readToEnd(bundle, bundle.readings).catch((error: unknown) => {
      console.error(error);
      return null;
    });
  }

  async #readToEnd(bundle: OpenBundle, reading: number): Promise<CaseKeeper | null> {
    bundle.recalled = await this.#options.recall(bundle.path, bundle.opened);
    if (this.#bundle !== bundle) return null;
    const { file, content, packs } = bundle.recalled;
    const zone = (bundle.keeper?.content ?? content)?.zone ?? bundle.opened?.zone ?? null;
    let identity: BundleIdentityMessage;
    try {
      identity = await this.#host.open({
        path: bundle.path,
        password: bundle.password,
        locked: bundle.hasNoPassword ? 'list' : 'refuse',
        zone,
        limits: this.#options.limits(),
        remembered: bundle.keeper === null ? file : null,
        packs,
      });
    } catch (error) {
      if (this.#bundle === bundle && bundle.readings === reading) this.#openFailed(bundle, error);
      return bundle.keeper;
    }
    if (this.#bundle !== bundle) return null;
    if (bundle.keeper !== null && bundle.identity?.sha256 === identity.sha256) return bundle.keeper;
    // The file was replaced between two readings: another bundle, another case.
    if (bundle.keeper !== null) {
      await bundle.keeper.close();
      if (bundle.identity !== null) this.#options.onCaseClosed(this, bundle.identity.sha256);
    }
    const opened = await this.#options.openCase(this, identity, bundle.opened, (status) => {
      if (this.#bundle === bundle) this.send({ event: 'case-status', status });
    });
    if (this.#bundle !== bundle) {
      await opened.close();
      this.#options.onCaseClosed(this, identity.sha256);
      return null;
    }
    bundle.identity = identity;
    bundle.keeper = opened;
    this.#options.onBundleRead(bundle.path, identity);
    this.#keepAnswersLater(bundle);
    return opened;
  }

  #openFailed(bundle: OpenBundle, error: unknown): void {
    if (error instanceof CancelledError) {
      this.#bundle = null;
      this.window.setTitle('Patchtrail');
      return;
    }
    if (!(error instanceof ExpectedError)) {
      console.error(error);
      this.#bundle = null;
      this.send({ event: 'open-failed', code: 'not-readable', place: bundle.name, detail: {} });
      return;
    }
    switch (error.code) {
      case 'worker-gone':
        // The window was told already; the bundle is read again when the worker is back.
        return;
      case 'password-needed':
      case 'password-wrong':
        bundle.asksPassword = { wrong: error.code === 'password-wrong' };
        this.send({ event: 'password-needed', ...bundle.asksPassword });
        return;
      default:
        this.#bundle = null;
        this.window.setTitle('Patchtrail');
        this.send({
          event: 'open-failed',
          code: error.code,
          place: error.place ?? bundle.name,
          detail: { ...error.detail },
        });
    }
  }
}
