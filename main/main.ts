/** The application's entry: decides what a start asks for, and does only that. */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { app, dialog, protocol } from 'electron';
import * as v from 'valibot';
import { Application } from './application.ts';
import { scheme } from './app-scheme.ts';
import { systemCode } from './atomic-file.ts';
import { runCommand, runPrintRequest } from './command-process.ts';
import { closeEverything, switchServicesOff } from './no-network.ts';
import { applicationPaths } from './paths.ts';
import { Printer } from './print.ts';
import { takeScreenshot } from './screenshot.ts';
import { sentence } from './sentences.ts';
import { createSpool, removeSpool, sweepSpools } from './spool.ts';
import { readStartRequest } from './start-request.ts';
import type { Screenshot, StartRequest } from './start-request.ts';

/** What a second start tells the first. */
const secondStartSchema = v.object({ files: v.array(v.string()) });

/** How long reading and painting may take before the picture is given up, in milliseconds. */
const screenshotTimeLimit = 110_000;

const request = readStartRequest(process.argv.slice(process.defaultApp ? 2 : 1), process.cwd());

switchServicesOff();
protocol.registerSchemesAsPrivileged([{ scheme, privileges: { standard: true, secure: true } }]);
closeEverything();
// As root Chromium starts only without its sandbox, and then a page that asks for one does not start at all.
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();

const givenUserData = app.commandLine.getSwitchValue('user-data-dir');
if (givenUserData !== '') app.setPath('userData', resolve(givenUserData));

if (request.mode === 'window') startWindows(request);
else void startWithoutWindow(request);

/**
 * Rows that were scrolled past are collected when a page has doubled, not when it has grown by its size several times over:
 * that was a hundred megabytes after one drag of the scroll bar. (Collected still earlier, they held up the drawing.)
 * Holds for pages, not for the workers.
 */
function collectPagesEarly(): void {
  const given = app.commandLine.getSwitchValue('js-flags');
  app.commandLine.appendSwitch('js-flags', `--heap-growing-percent=100 ${given}`.trim());
}

/** Answers the command line, or prints for it. Leaves nothing behind and disturbs no running application. */
async function startWithoutWindow(asked: Exclude<StartRequest, { mode: 'window' }>): Promise<void> {
  app.disableHardwareAcceleration();
  // Standard error is the command line's: Chromium's remarks about the desktop have no place there.
  app.commandLine.appendSwitch('disable-logging');
  app.commandLine.appendSwitch('log-level', '3');
  app.setPath('userData', privateFolder());
  // Closing the printer's window must not end the application.
  app.on('window-all-closed', () => undefined);
  await app.whenReady();
  const paths = applicationPaths(app.getAppPath());
  const printer = new Printer(paths.renderer);
  const status =
    asked.mode === 'command'
      ? await runCommand(paths.commandLine, asked.words, printer)
      : await runPrintRequest(asked.request, printer);
  app.exit(status);
}

function startWindows(asked: Extract<StartRequest, { mode: 'window' }>): void {
  collectPagesEarly();
  const files: string[] = [...asked.files];
  let application: Application | null = null;
  // The desktop's own way to hand over a file on macOS, which may come before the application is ready.
  app.on('open-file', (event, path) => {
    event.preventDefault();
    if (application === null) files.push(path);
    else void application.openFiles([path]);
  });

  try {
    mkdirSync(app.getPath('userData'), { recursive: true, mode: 0o700 });
  } catch (error) {
    failToStart(error);
    return;
  }
  // One application per settings folder; a picture is taken apart from whatever runs.
  if (asked.screenshot === null && !app.requestSingleInstanceLock({ files: asked.files })) {
    app.exit(0);
    return;
  }
  const spool = privateFolder();
  app.on('second-instance', (_event, _words, _folder, data) => {
    const second = v.safeParse(secondStartSchema, data);
    if (application === null || !second.success) return;
    if (second.output.files.length === 0) application.focus();
    else void application.openFiles(second.output.files);
  });

  let settled = false;
  // Ended before there was a window: none opens any more, and nothing asks to be read.
  let isEnding = false;
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  app.on('activate', () => application?.focus());
  app.on('will-quit', (event) => {
    isEnding = true;
    if (settled || application === null) return;
    event.preventDefault();
    void application
      .settle()
      .catch((error: unknown) => console.error(error))
      .then(() => {
        settled = true;
        app.quit();
      });
  });

  void app
    .whenReady()
    .then(async () => {
      const paths = applicationPaths(app.getAppPath());
      const printer = new Printer(paths.renderer);
      void sweepSpools(app.getPath('temp'));
      application = await Application.start({ paths, userData: app.getPath('userData'), spool, printer });
      if (isEnding) return;
      if (asked.screenshot !== null) await showAndPicture(application, files, asked.screenshot);
      else await application.openFiles(files);
    })
    .catch((error: unknown) => {
      if (!isEnding) failToStart(error);
    });
}

/** Opens a bundle, waits until its window has come to rest, writes a picture of it and ends. */
async function showAndPicture(
  application: Application,
  [file]: readonly string[],
  { path, size }: Screenshot,
): Promise<void> {
  setTimeout(() => app.exit(1), screenshotTimeLimit);
  const window = application.newWindow(size);
  const ended = file === undefined ? Promise.resolve('ready') : window.readingEnded();
  if (file !== undefined) await application.openFiles([file]);
  await ended;
  await takeScreenshot(window.window, path);
  await application.settle();
  app.exit(0);
}

/**
 * This run's own folder, gone with it. Chromium keeps its profile there too, which the application has no use
 * for: nothing of a bundle that a window showed stays on the disk.
 */
function privateFolder(): string {
  const folder = createSpool(app.getPath('temp'));
  app.setPath('sessionData', join(folder, 'chromium'));
  app.setPath('crashDumps', join(folder, 'crashes'));
  process.once('exit', () => removeSpool(folder));
  return folder;
}

/** Before there is a window, a native dialog is the only way to say something. */
function failToStart(error: unknown): void {
  const locale = app.getPreferredSystemLanguages()[0]?.startsWith('ja') === true ? 'ja' : 'en';
  const reason = systemCode(error) ?? (error instanceof Error ? error.message : String(error));
  console.error(error);
  dialog.showErrorBox(
    sentence(locale, 'start-failed.title'),
    sentence(locale, 'start-failed.message', { path: app.getPath('userData'), reason }),
  );
  app.exit(1);
}
