import { mkdir, mkdtemp } from 'node:fs/promises';
import { _electron, test } from '@playwright/test';
import type { ElectronApplication, Page } from '@playwright/test';
import { environment } from '../environment.ts';

export interface LaunchOptions {
  /** What follows the application's name on its command line: a bundle, switches. */
  readonly args?: readonly string[];
  /** A folder to keep between two launches. Default: a new one among the test's results. */
  readonly userDataDir?: string;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A start takes a second, on a busy machine two or three, in milliseconds. */
const launchTimeLimit = 30_000;

export interface Launched {
  readonly app: ElectronApplication;
  /** The first window, its page loaded. */
  readonly window: Page;
}

/** Starts the packaged application that scripts/e2e.mjs has made. */
export async function launchPatchtrail(options: LaunchOptions = {}): Promise<Launched> {
  const userDataDir = options.userDataDir ?? (await newUserDataDir());
  const app = await _electron.launch({
    executablePath: packagedExecutable(),
    args: [...sandboxSwitches(), `--user-data-dir=${userDataDir}`, ...(options.args ?? [])],
    // The page comes when Playwright is there for it (held/start.mjs).
    env: { ...environment(), PATCHTRAIL_HOLD_START: '1', ...options.env },
    timeout: launchTimeLimit,
  });
  const window = await app.firstWindow();
  await window.waitForLoadState('domcontentloaded');
  return { app, window };
}

/** Below the test's own results, which Playwright removes when it passed (`preserveOutput`). */
async function newUserDataDir(): Promise<string> {
  const results = test.info().outputPath();
  await mkdir(results, { recursive: true });
  return mkdtemp(`${results}/user-data-`);
}

/** The application as it goes out, with production fuses: nothing attaches to it. */
export function deliveredExecutable(): string {
  const executable = process.env['PATCHTRAIL_DELIVERED_EXECUTABLE'];
  if (executable === undefined) throw new Error('No application to test: start the tests with npm run e2e.');
  return executable;
}

function packagedExecutable(): string {
  const executable = process.env['PATCHTRAIL_EXECUTABLE'];
  if (executable === undefined) throw new Error('No application to test: start the tests with npm run e2e.');
  return executable;
}

/** Chromium refuses to start as root inside its sandbox; the product itself never carries this switch. */
export function sandboxSwitches(): string[] {
  return process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
}
