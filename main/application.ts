/** The window application: its windows, and what they share. */
import { createHash } from 'node:crypto';
import { access, constants, copyFile, mkdir, readFile, readdir, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { basename, dirname, extname, join } from 'node:path';
import {
  BrowserWindow,
  Menu,
  app,
  clipboard,
  dialog,
  nativeImage,
  nativeTheme,
  screen,
  session,
} from 'electron';
import type { OpenDialogOptions, Session } from 'electron';
import { liesInBundle } from '../parsers/case/in-bundle.ts';
import { isoWithOffset } from '../parsers/domain/wall-time.ts';
import { optionsKey } from '../parsers/case/options-key.ts';
import { CancelledError, ExpectedError } from '../parsers/domain/errors.ts';
import type {
  CaseStatus,
  ExportChoice,
  ExportResult,
  KeptKind,
  OpenResult,
  RemovedKept,
  ReportRequest,
  Settings,
  WindowParams,
} from '../preload/contract/window.ts';
import type { BundleIdentityMessage, ReportDocument } from '../preload/contract/worker.ts';
import {
  ReportPreviews,
  previewHandler,
  reportOrigin,
  scheme,
  windowHandler,
  windowOrigin,
} from './app-scheme.ts';
import { systemCode } from './atomic-file.ts';
import { findBundle, firstFile } from './bundle-search.ts';
import { BundleWindow } from './bundle-window.ts';
import type { OpenedCase, RecalledBundle } from './bundle-window.ts';
import { caseExtension, readCase } from './case-files.ts';
import { CaseKeeper, keptContent } from './case-keeper.ts';
import { CasePlaces } from './case-places.ts';
import { earlierCase } from './earlier-case.ts';
import { firstLook } from './first-look.ts';
import { keptData, removeKeptData } from './kept-data.ts';
import { serveWindows } from './ipc.ts';
import type { WindowHandlers } from './ipc.ts';
import { ExportFiles } from './export-files.ts';
import { exportFileKinds } from './export-kinds.ts';
import { buildMenu } from './menu.ts';
import { closeSession } from './no-network.ts';
import { readPackFiles } from './pack-files.ts';
import type { ApplicationPaths } from './paths.ts';
import type { Printer } from './print.ts';
import { RecentFiles } from './recent-files.ts';
import { ReopenCache } from './reopen-cache.ts';
import { sentence } from './sentences.ts';
import type { SentenceId } from './sentences.ts';
import { SettingsStore } from './settings.ts';
import { WindowStateStore, placeWindow, smallest } from './window-state.ts';

/** Behind the page before its first paint: the page's own background, by theme. */
const backgrounds = { light: '#f6f7f9', dark: '#101318' };
/** High contrast is light signs on black: menus and scroll bars of the platform are dark with it. */
function nativeThemeOf(theme: Settings['theme']): typeof nativeTheme.themeSource {
  return theme === 'contrast' ? 'dark' : theme;
}
/** A page that stops again and again is not loaded again and again. */
const mostReloads = 3;

export interface ApplicationOptions {
  readonly paths: ApplicationPaths;
  /** Where settings and cases are kept. */
  readonly userData: string;
  readonly spool: string;
  readonly printer: Printer;
}

export class Application {
  readonly #options: ApplicationOptions;
  readonly #settings: SettingsStore;
  readonly #recent: RecentFiles;
  readonly #places: CasePlaces;
  readonly #reopen: ReopenCache;
  readonly #windowState: WindowStateStore;
  readonly #session: Session;
  readonly #windows = new Map<number, BundleWindow>();
  /** Which window has the case of a bundle, by the bundle's SHA-256. */
  readonly #caseOwners = new Map<string, BundleWindow>();
  /** What a window prints or exports: one thing at a time. */
  readonly #exports = new Map<BundleWindow, AbortController>();
  readonly #previews = new ReportPreviews();
  /** Windows that are gone but whose notes are still on their way to the disk. */
  readonly #closing = new Set<Promise<void>>();

  private constructor(
    options: ApplicationOptions,
    stores: {
      readonly settings: SettingsStore;
      readonly recent: RecentFiles;
      readonly places: CasePlaces;
      readonly reopen: ReopenCache;
      readonly windowState: WindowStateStore;
    },
  ) {
    this.#options = options;
    this.#settings = stores.settings;
    this.#recent = stores.recent;
    this.#places = stores.places;
    this.#reopen = stores.reopen;
    this.#windowState = stores.windowState;
    // No "persist:" in its name: what a customer's bundle shows never reaches Chromium's folders.
    this.#session = session.fromPartition('windows', { cache: false });
    closeSession(this.#session, windowOrigin, reportOrigin);
    const page = windowHandler(options.paths.renderer);
    const preview = previewHandler((path) => this.#previews.html(path), options.paths.renderer);
    this.#session.protocol.handle(scheme, (request) =>
      request.url.startsWith(`${reportOrigin}/`) ? preview(request) : page(request),
    );
  }

  static async start(options: ApplicationOptions): Promise<Application> {
    const cases = join(options.userData, 'cases');
    await mkdir(cases, { recursive: true, mode: 0o700 });
    const [settings, recent, places, reopen, windowState] = await Promise.all([
      SettingsStore.open(join(options.userData, 'settings.json'), {
        languages: app.getPreferredSystemLanguages(),
        zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
        user: userName(),
      }),
      RecentFiles.open(join(options.userData, 'recent.json')),
      CasePlaces.open(cases),
      ReopenCache.open(join(options.userData, 'remembered'), __PATCHTRAIL_VERSION__),
      WindowStateStore.open(join(options.userData, 'window.json')),
    ]);
    const application = new Application(options, { settings, recent, places, reopen, windowState });
    nativeTheme.themeSource = nativeThemeOf(settings.current.theme);
    nativeTheme.on('updated', () => application.#paintBackgrounds());
    application.#showMenu();
    serveWindows(
      (id) => application.#windows.get(id) ?? null,
      application.#handlers(),
      (window) => window.pageReady(),
    );
    return application;
  }

  /** Opens each file in a window; without any, one window to start from. */
  async openFiles(files: readonly string[]): Promise<void> {
    if (files.length === 0 && this.#windows.size === 0) this.newWindow();
    for (const file of files) {
      const window = this.#freeWindow() ?? this.newWindow();
      const result = await this.#open(file, window);
      if (result.outcome === 'failed') {
        const { code, place, detail } = result;
        window.send({ event: 'open-failed', code, place, detail });
      }
    }
  }

  /** Brings the application to the front for a second start that names no file. */
  focus(): void {
    const window = BrowserWindow.getAllWindows().find((one) => this.#windows.has(one.webContents.id));
    if (window === undefined) this.newWindow();
    else bringToFront(window);
  }

  newWindow(size: { readonly width: number; readonly height: number } | null = null): BundleWindow {
    const state = this.#windowState.current;
    const { workArea: primary } = screen.getPrimaryDisplay();
    const others = screen.getAllDisplays().map((display) => display.workArea);
    const window = new BrowserWindow({
      ...placeWindow(state, this.#windows.size, [primary, ...others]),
      ...(size === null ? {} : { ...size, useContentSize: true }),
      minWidth: smallest.width,
      minHeight: smallest.height,
      show: false,
      title: 'Patchtrail',
      backgroundColor: this.#background(),
      ...(process.platform === 'linux' ? { icon: nativeImage.createFromPath(this.#options.paths.icon) } : {}),
      webPreferences: {
        preload: this.#options.paths.bridge,
        session: this.#session,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        nodeIntegrationInWorker: false,
        nodeIntegrationInSubFrames: false,
        webviewTag: false,
        navigateOnDragDrop: false,
        spellcheck: false,
        devTools: !app.isPackaged,
      },
    });
    const contentsId = window.webContents.id;
    const own = new BundleWindow({
      window,
      host: { script: this.#options.paths.worker, spool: this.#options.spool },
      openCase: (owner, bundle, opened, onStatus) => this.#openCase(owner, bundle, opened, onStatus),
      recall: (path, opened) => this.#recall(path, opened),
      answersFile: (sha256) => this.#reopen.fileToKeep(sha256),
      onAnswersKept: (look, sha256, kept) => this.#reopen.kept({ look, sha256, ...kept }),
      onCaseClosed: (owner, sha256) => {
        if (this.#caseOwners.get(sha256) === owner) this.#caseOwners.delete(sha256);
      },
      limits: () => this.#settings.current.limits,
      onBundleRead: (path, bundle) => void this.#places.rememberBundle(bundle.sha256, path),
    });
    this.#windows.set(contentsId, own);
    window.once('ready-to-show', () => {
      if (state.maximized && size === null) window.maximize();
      window.show();
    });
    window.on('page-title-updated', (event) => event.preventDefault());
    window.on('close', () => {
      const kept = { bounds: window.getNormalBounds(), maximized: window.isMaximized() };
      if (size === null) this.#track(this.#windowState.keep(kept));
    });
    window.once('closed', () => {
      this.#windows.delete(contentsId);
      this.#previews.forget(own.window.id);
      this.#exports.get(own)?.abort();
      this.#track(own.close());
    });
    this.#reloadWhenGone(window);
    void window.loadURL(`${windowOrigin}/`);
    return own;
  }

  /** Resolves when every note is on the disk. */
  async settle(): Promise<void> {
    await Promise.all([...this.#windows.values()].map((window) => window.flush()));
    await Promise.all(this.#closing);
  }

  #track(work: Promise<void>): void {
    const tracked = work.finally(() => this.#closing.delete(tracked));
    this.#closing.add(tracked);
  }

  #handlers(): WindowHandlers<BundleWindow> {
    return {
      settings: () => this.#settings.current,
      changeSettings: (window, change) => this.#changeSettings(window, change),
      recent: () => this.#recent.list(),
      forgetRecent: async (_window, id) => {
        await this.#recent.forget(id);
        return this.#recent.list();
      },
      openDialog: (window, kind) => this.#openDialog(window, kind),
      openRecent: (window, id) => {
        const path = this.#recent.pathOf(id);
        return path === null ? failure('not-found', null) : this.#open(path, window);
      },
      openSample: (window) => this.#openSample(window),
      openDropped: (window, path) => this.#open(path, window),
      cancelReading: (window) => {
        window.cancelReading();
        return null;
      },
      closeBundle: async (window) => {
        await window.closeBundle();
        return null;
      },
      restartWorker: (window) => {
        window.restartWorker();
        return null;
      },
      readAgain: async (window) => {
        await window.readAgain();
        return null;
      },
      loadCase: (window) => window.loadCase(),
      rememberedCase: (window) => window.rememberedCase(),
      custodyLog: (window) => window.custodyLog(),
      saveCase: (window, content) => window.saveCase(content),
      saveCaseAs: (window) => this.#saveCaseAs(window),
      exportPdf: (window, request) => this.#exportPdf(window, request),
      exportFile: (window, choice) => this.#exportFile(window, choice),
      cancelExport: (window) => {
        this.#exports.get(window)?.abort();
        return null;
      },
      previewReport: (window, request) => this.#previewReport(window, request),
      keptData: () => keptData(this.#options.userData),
      removeKeptData: (_window, kinds) => this.#removeKeptData(kinds),
      licences: () => readFile(this.#options.paths.licences, 'utf8'),
      copy: async (_window, text) => {
        await clipboard.writeText(text);
        return null;
      },
      password: async (window, password) => {
        await window.givePassword(password);
        return null;
      },
    };
  }

  async #changeSettings(from: BundleWindow, change: WindowParams<'changeSettings'>[0]): Promise<Settings> {
    const settings = await this.#settings.change(change);
    nativeTheme.themeSource = nativeThemeOf(settings.theme);
    this.#paintBackgrounds();
    this.#showMenu();
    for (const window of this.#windows.values()) {
      if (window !== from) window.send({ event: 'settings', settings });
    }
    return settings;
  }

  /** What is kept by itself is stopped first, so that it does not come back behind the removal. */
  async #removeKeptData(kinds: readonly KeptKind[]): Promise<RemovedKept> {
    if (kinds.includes('cache')) await this.#reopen.clear();
    if (kinds.includes('recent')) await Promise.all([this.#recent.clear(), this.#places.clear()]);
    if (kinds.includes('settings')) this.#settings.stopKeeping();
    if (kinds.includes('window')) this.#windowState.stopKeeping();
    return removeKeptData(this.#options.userData, kinds, new Set(this.#caseOwners.keys()));
  }

  async #openDialog(window: BundleWindow, kind: 'file' | 'folder'): Promise<OpenResult> {
    const options: OpenDialogOptions =
      kind === 'folder'
        ? { title: this.#say('dialog.open-folder.title'), properties: ['openDirectory'] }
        : {
            title: this.#say('dialog.open.title'),
            properties: ['openFile'],
            filters: [
              {
                name: this.#say('dialog.filter.bundles'),
                extensions: ['zip', 'tar', 'tgz', 'gz', 'txz', 'xz', 'log', 'html', 'csv', 'patchtrail'],
              },
              { name: this.#say('dialog.filter.all'), extensions: ['*'] },
            ],
          };
    const { filePaths } = await dialog.showOpenDialog(window.window, options);
    const [path] = filePaths;
    return path === undefined ? { outcome: 'cancelled' } : this.#open(path, window);
  }

  async #openSample(window: BundleWindow): Promise<OpenResult> {
    const path = await this.#samplePath();
    return path === null ? failure('not-found', null) : this.#openBundle(path, window, null);
  }

  /** The sample as a plain file: the worker cannot read it in place inside the application's archive. */
  async #samplePath(): Promise<string | null> {
    const { samples } = this.#options.paths;
    const names = await readdir(samples).catch((): string[] => []);
    const name = names.filter((one) => one.endsWith('.zip')).sort()[0];
    if (name === undefined) return null;
    if (!samples.includes('.asar')) return join(samples, name);
    const folder = join(this.#options.spool, 'sample');
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await copyFile(join(samples, name), join(folder, name));
    return join(folder, name);
  }

  async #open(path: string, from: BundleWindow): Promise<OpenResult> {
    try {
      await refuseUnreadable(path);
      if (extname(path).toLowerCase() === caseExtension) return await this.#openCaseFile(path, from);
      const result = this.#openBundle(path, from, null);
      await this.#addRecent('bundle', path);
      return result;
    } catch (error) {
      if (!(error instanceof ExpectedError)) throw error;
      return failure(error.code, error.place, error.detail);
    }
  }

  async #openCaseFile(path: string, from: BundleWindow): Promise<OpenResult> {
    const { file, recovered } = await readCase(path);
    const name = basename(path);
    const place = this.#places.of(file.bundle.sha256);
    const sample = await this.#samplePath();
    const beside = join(dirname(path), basename(file.bundle.name));
    const known = [...place.bundles, beside, ...(sample === null ? [] : [sample])];
    const bundle =
      (await this.#recognise(file.bundle.sha256, known)) ??
      (await findBundle(file.bundle, known)) ??
      (await firstFile([...place.bundles, beside])) ??
      (await this.#askForBundle(name, file.bundle, from));
    if (bundle === null) return { outcome: 'cancelled' };
    const result = this.#openBundle(bundle, from, {
      path,
      zone: file.content.zone,
      warning:
        recovered === null
          ? null
          : { code: 'case-recovered', place: name, detail: { kept: recovered.damaged } },
    });
    await this.#addRecent('case', path);
    return result;
  }

  /** The first path with the bundle as it was read last, by its first look: reading it proves it or tells otherwise. */
  async #recognise(sha256: string, paths: readonly string[]): Promise<string | null> {
    for (const path of new Set(paths)) {
      if ((await this.#reopen.recall(path))?.sha256 === sha256) return path;
    }
    return null;
  }

  async #recall(path: string, opened: OpenedCase | null): Promise<RecalledBundle> {
    const packs = await readPackFiles(this.#options.userData);
    const look = await firstLook(path);
    const recalled = look === null ? null : this.#reopen.byLook(look);
    if (recalled === null) return { look, packs, file: null, content: null };
    const { sha256, key, file } = recalled;
    const content = await keptContent(sha256, this.#places, opened?.path ?? null);
    return optionsKey(content, packs) === key
      ? { look, packs, file, content }
      : { look, packs, file: null, content: null };
  }

  /** Another version of the bundle than the case's is taken as well: what differs is told once it was read. */
  async #askForBundle(
    caseName: string,
    bundle: { readonly name: string; readonly bytes: number; readonly sha256: string },
    from: BundleWindow,
  ): Promise<string | null> {
    const values = { bundle: bundle.name, case: caseName };
    const { filePaths } = await dialog.showOpenDialog(from.window, {
      title: this.#say('dialog.find-bundle.title', values),
      message: this.#say('dialog.find-bundle.message', values),
      properties: ['openFile'],
    });
    const [path] = filePaths;
    if (path === undefined) return null;
    return path;
  }

  #openBundle(path: string, from: BundleWindow, opened: OpenedCase | null): OpenResult {
    const name = basename(path);
    const present = [...this.#windows.values()].find((window) => window.path === path);
    if (present !== undefined) {
      bringToFront(present.window);
      return { outcome: 'elsewhere', name };
    }
    const window = from.path === null ? from : this.newWindow();
    window.open(path, opened);
    return { outcome: window === from ? 'opening' : 'elsewhere', name };
  }

  async #openCase(
    owner: BundleWindow,
    bundle: BundleIdentityMessage,
    opened: OpenedCase | null,
    onStatus: (status: CaseStatus) => void,
  ): Promise<CaseKeeper> {
    const other = this.#caseOwners.get(bundle.sha256);
    const locked = other !== undefined && other !== owner;
    if (!locked) this.#caseOwners.set(bundle.sha256, owner);
    const keeper = await CaseKeeper.open({
      members: bundle.members,
      bundle: { name: bundle.name, bytes: bundle.bytes, sha256: bundle.sha256 },
      places: this.#places,
      opened: opened?.path ?? null,
      openedWarning: opened?.warning ?? null,
      locked,
      version: __PATCHTRAIL_VERSION__,
      author: () => this.#settings.current.author,
      clock: () => new Date(),
      onStatus,
    });
    keeper.earlier = await earlierCase(keeper, bundle, owner.path, opened?.path ?? null, this.#places);
    return keeper;
  }

  async #saveCaseAs(window: BundleWindow): Promise<CaseStatus> {
    if (window.path === null) return window.caseStatus;
    const { filePath } = await dialog.showSaveDialog(window.window, {
      title: this.#say('dialog.save-case.title'),
      defaultPath: join(
        this.#folderFor(window.path),
        this.#say('dialog.save-case.name', { bundle: stem(window.path) }),
      ),
      filters: [{ name: this.#say('dialog.filter.case'), extensions: ['patchtrail'] }],
      properties: ['createDirectory', 'showOverwriteConfirmation'],
    });
    if (filePath === '') return window.caseStatus;
    const path = withExtension(filePath, caseExtension);
    if (await liesInBundle(window.path, path))
      return { ...window.caseStatus, state: 'not-writable', error: 'in-bundle' };
    const status = await window.saveCaseAs(path);
    if (status.error === null) await this.#addRecent('case', path);
    return status;
  }

  /** The report as it would be printed, at an address that this window's frame may load until the next one. */
  async #previewReport(window: BundleWindow, request: ReportRequest): Promise<string | null> {
    try {
      return this.#previews.put(window.window.id, await window.reportPreview(request));
    } catch (error) {
      if (error instanceof ExpectedError) return null;
      throw error;
    }
  }

  #exportPdf(window: BundleWindow, request: ReportRequest): Promise<ExportResult> {
    const { locale, redact } = request;
    return this.#oneExport(window, async (signal) => {
      const path = await this.#askWhere(window, { kind: 'pdf', locale, redact });
      if (path === null) return { outcome: 'cancelled' };
      if (await liesInBundle(window.path ?? '', path)) return failure('in-bundle', basename(path));
      return this.#print(window, { path, signal, redacted: redact, filtered: false }, () =>
        window.report(request),
      );
    });
  }

  #exportFile(window: BundleWindow, choice: ExportChoice): Promise<ExportResult> {
    return this.#oneExport(window, async (signal) => {
      const path = await this.#askWhere(window, choice);
      if (path === null) return { outcome: 'cancelled' };
      if (await liesInBundle(window.path ?? '', path)) return failure('in-bundle', basename(path));
      if (choice.kind !== 'pdf') return this.#writeExport(window, choice, path, signal);
      const how = { path, signal, redacted: choice.redact, filtered: choice.filter !== null };
      return this.#print(window, how, () => window.chosenReport(choice));
    });
  }

  /** One at a time: the window asks for the next when it has the answer to the last. */
  async #oneExport(
    window: BundleWindow,
    make: (signal: AbortSignal) => Promise<ExportResult>,
  ): Promise<ExportResult> {
    if (window.path === null || !window.isRead) return failure('no-bundle', null);
    if (this.#exports.has(window)) return { outcome: 'cancelled' };
    const abort = new AbortController();
    this.#exports.set(window, abort);
    try {
      return await make(abort.signal);
    } catch (error) {
      if (error instanceof CancelledError || abort.signal.aborted) return { outcome: 'cancelled' };
      if (error instanceof ExpectedError) return failure(error.code, error.place, error.detail);
      throw error;
    } finally {
      this.#exports.delete(window);
    }
  }

  async #print(
    window: BundleWindow,
    {
      path,
      signal,
      redacted,
      filtered,
    }: {
      readonly path: string;
      readonly signal: AbortSignal;
      readonly redacted: boolean;
      readonly filtered: boolean;
    },
    make: () => Promise<ReportDocument>,
  ): Promise<ExportResult> {
    const name = basename(path);
    const { tokens, ...report } = await make();
    const pdf = await this.#options.printer.printToFile({ ...report, stamp: null }, path, {
      signal,
      onPhase: (phase) => window.send({ event: 'export-phase', phase }),
    });
    const sha256 = createHash('sha256').update(pdf).digest('hex');
    await window.recordExport({
      format: 'pdf',
      name,
      bytes: pdf.length,
      sha256,
      redacted: redacted ? 1 : 0,
      filtered: filtered ? 1 : 0,
    });
    return { outcome: 'written', name, bytes: pdf.length, ...(tokens === undefined ? {} : { tokens }) };
  }

  async #askWhere(
    window: BundleWindow,
    { kind, locale, redact }: Pick<ExportChoice, 'kind' | 'locale' | 'redact'>,
  ): Promise<string | null> {
    const { extension, name, filter } = exportFileKinds[kind];
    const isRedacted = redact || kind === 'bundle';
    // What is taken out of the content must not stand in the name.
    const bundle = isRedacted ? this.#say('dialog.export.redacted-bundle') : stem(window.path ?? '');
    const { filePath } = await dialog.showSaveDialog(window.window, {
      title: this.#say('dialog.export.title'),
      defaultPath: join(
        this.#folderFor(window.path ?? ''),
        `${sentence(locale, name, { bundle })}${extension}`,
      ),
      ...(filter === null
        ? {}
        : { filters: [{ name: this.#say(filter), extensions: [extension.slice(1)] }] }),
      properties: ['createDirectory', 'showOverwriteConfirmation'],
    });
    if (filePath === '') return null;
    return extension === '' ? filePath : withExtension(filePath, extension);
  }

  async #writeExport(
    window: BundleWindow,
    choice: ExportChoice,
    path: string,
    signal: AbortSignal,
  ): Promise<ExportResult> {
    const name = basename(path);
    const files = await ExportFiles.begin(path, choice.kind === 'csv');
    try {
      const { tokens, leftOut } = await window.export(
        choice,
        (file, bytes) => files.write(file, bytes),
        signal,
      );
      const written = await files.finish();
      const redacted = choice.redact || choice.kind === 'bundle' ? 1 : 0;
      const filtered = choice.filter === null ? 0 : 1;
      await window.recordExport({ format: choice.kind, name, ...written, redacted, filtered });
      return {
        outcome: 'written',
        name,
        bytes: written.bytes,
        ...(tokens === undefined ? {} : { tokens }),
        ...(leftOut === undefined ? {} : { leftOut }),
      };
    } catch (error) {
      await files.discard();
      throw error;
    }
  }

  /** Beside the bundle, unless that is a folder of the application's own. */
  #folderFor(path: string): string {
    const folder = dirname(path);
    return folder.startsWith(this.#options.spool) ? app.getPath('documents') : folder;
  }

  async #addRecent(kind: 'bundle' | 'case', path: string): Promise<void> {
    await this.#recent.add({ kind, path, openedAt: isoWithOffset(new Date()) });
  }

  #freeWindow(): BundleWindow | null {
    return [...this.#windows.values()].find((window) => window.path === null) ?? null;
  }

  #showMenu(): void {
    const menu = buildMenu(
      this.#settings.current.locale,
      {
        command: (command, window) => this.#windowOf(window)?.send({ event: 'command', command }),
        newWindow: () => void this.newWindow(),
        about: (window) => void this.#about(window),
      },
      process.platform,
    );
    Menu.setApplicationMenu(menu);
  }

  #windowOf(window: Electron.BaseWindow | undefined): BundleWindow | null {
    return [...this.#windows.values()].find((one) => one.window.id === window?.id) ?? null;
  }

  async #about(parent: Electron.BaseWindow | undefined): Promise<void> {
    const { electron, chrome } = process.versions;
    const options = {
      type: 'info' as const,
      title: this.#say('menu.about'),
      message: this.#say('about.message', { version: __PATCHTRAIL_VERSION__ }),
      detail: this.#say('about.detail', { electron, chromium: chrome }),
      buttons: [this.#say('about.close'), this.#say('about.licences')],
      cancelId: 0,
      icon: nativeImage.createFromPath(this.#options.paths.icon).resize({ width: 96, height: 96 }),
    };
    const window = this.#windowOf(parent)?.window;
    const { response } = await (window === undefined
      ? dialog.showMessageBox(options)
      : dialog.showMessageBox(window, options));
    if (response === 1)
      (this.#windowOf(parent) ?? this.newWindow()).send({ event: 'command', command: 'licences' });
  }

  #reloadWhenGone(window: BrowserWindow): void {
    let reloads = 0;
    window.webContents.on('render-process-gone', (_event, { reason }) => {
      if (reason === 'clean-exit' || window.isDestroyed() || reloads >= mostReloads) return;
      reloads += 1;
      window.webContents.reload();
      void dialog.showMessageBox(window, {
        type: 'warning',
        message: this.#say('page-gone.message'),
        detail: this.#say('page-gone.detail'),
        buttons: [this.#say('about.close')],
      });
    });
  }

  #paintBackgrounds(): void {
    for (const { window } of this.#windows.values()) {
      if (!window.isDestroyed()) window.setBackgroundColor(this.#background());
    }
  }

  #background(): string {
    return nativeTheme.shouldUseDarkColors ? backgrounds.dark : backgrounds.light;
  }

  #say(id: SentenceId, values: Readonly<Record<string, string | number>> = {}): string {
    return sentence(this.#settings.current.locale, id, values);
  }
}

declare const __PATCHTRAIL_VERSION__: string;

/** @throws ExpectedError `not-found`, `not-readable` */
async function refuseUnreadable(path: string): Promise<void> {
  try {
    await stat(path);
    await access(path, constants.R_OK);
  } catch (error) {
    const code = systemCode(error);
    if (code === null) throw error;
    const gone = code === 'ENOENT' || code === 'ENOTDIR';
    throw new ExpectedError(gone ? 'not-found' : 'not-readable', basename(path), { reason: code }, error);
  }
}

function failure(
  code: string,
  place: string | null,
  detail: Readonly<Record<string, string | number>> = {},
): { outcome: 'failed'; code: string; place: string | null; detail: Record<string, string | number> } {
  return { outcome: 'failed', code, place, detail: { ...detail } };
}

function bringToFront(window: Electron.BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}

function stem(path: string): string {
  return basename(path).replace(/(?:\.tar)?\.[^.]+$/u, '');
}

function withExtension(path: string, extension: string): string {
  return extname(path).toLowerCase() === extension ? path : `${path}${extension}`;
}

/** The account's name; a machine may have none. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
}
