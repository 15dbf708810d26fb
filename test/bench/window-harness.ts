/** The packaged application in a real window, driven from a benchmark: apart from any test runner. */
import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { _electron, expect } from '@playwright/test';
import type { ElectronApplication, Page } from '@playwright/test';
import { environment } from '../environment.ts';

export interface BenchWindow {
  readonly app: ElectronApplication;
  readonly page: Page;
  /** Milliseconds since the epoch at which the process was started. */
  readonly startedAt: number;
  readonly close: () => Promise<void>;
}

/** The application that `scripts/package.mjs --for-tests` has made, on this platform. */
export const benchExecutable = fileURLToPath(
  new URL('../../dist/for-tests/linux-unpacked/patchtrail', import.meta.url),
);

/** As root Chromium refuses to start inside its sandbox. */
const machineSwitches = process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];

/**
 * Starts an Electron application in a window of 1440 x 900, with settings of its own that go with it. It waits for the
 * benchmark to have attached before it opens its window, unless the start itself is measured.
 */
export async function openWindow(
  executable: string,
  words: readonly string[],
  { isHeld = true }: { readonly isHeld?: boolean } = {},
): Promise<BenchWindow> {
  const folder = mkdtempSync(join(tmpdir(), 'pt-bench-'));
  const startedAt = Date.now();
  const app = await _electron.launch({
    executablePath: executable,
    args: [...machineSwitches, `--user-data-dir=${folder}`, ...words],
    timeout: 120_000,
    ...(isHeld ? { env: { ...environment(), PATCHTRAIL_HOLD_START: '1' } } : {}),
  });
  const page = await app.firstWindow();
  await page.waitForLoadState('domcontentloaded');
  const close = async (): Promise<void> => {
    await app.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { app, page, startedAt, close };
}

/** The bundle has been read to its end and its case is there. */
export async function untilRead(page: Page, milliseconds = 300_000): Promise<void> {
  const button = page.getByRole('button', { name: 'Export PDF…' }).first();
  await expect(button).toBeEnabled({ timeout: milliseconds });
}

/** Resident megabytes of all processes of an application. */
export async function megabytesOf(app: ElectronApplication): Promise<number> {
  const kilobytes = await app.evaluate(({ app: electron }) =>
    electron.getAppMetrics().reduce((sum, { memory }) => sum + memory.workingSetSize, 0),
  );
  return kilobytes / 1024;
}

/**
 * Open files, sockets and pipes of the main process, but for the null device: Electron 33 leaves one handle to it
 * open in main for every utility process that it ever started, whatever that process was told to do with its
 * input and output. No code of an application reaches it.
 */
export function handlesOf(app: ElectronApplication): number {
  const folder = `/proc/${app.process().pid ?? 0}/fd`;
  const targets = readdirSync(folder).map((name) => {
    try {
      return readlinkSync(join(folder, name));
    } catch {
      // Closed between the two looks.
      return '/dev/null';
    }
  });
  return targets.filter((target) => target !== '/dev/null').length;
}
