// node scripts/bench-reopen.mjs BUNDLE, for the bench: opens a bundle in the real window, writes a note, closes it, and
// opens it again. Prints as JSON the seconds from the click on the recent bundle until triage stood with its findings
// (triageSeconds) and until the note was seen in the case's list, the way there included (noteSeconds), and whether the
// lines were still being read then (wasReading): else nothing was gained.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { _electron } from '@playwright/test';
import { hasDisplay, machineSwitches, onVirtualDisplay } from './lib/display.mjs';
import { packageApplication } from './lib/package.mjs';
import { Problem, runScript } from './lib/problem.mjs';
import { run } from './lib/run.mjs';

/** How long a large bundle may take to be read, in milliseconds. */
const patience = 180_000;

await runScript(async () => {
  // Standard output belongs to the figures alone.
  console.log = console.error;
  const [bundle] = process.argv.slice(2);
  if (bundle === undefined) throw new Problem('Which bundle? node scripts/bench-reopen.mjs BUNDLE');
  if (!hasDisplay) {
    const program = onVirtualDisplay(process.execPath, [fileURLToPath(import.meta.url), bundle]);
    return (await run(program.command, program.args)).status;
  }
  const userData = await mkdtemp(join(tmpdir(), 'patchtrail-reopen-'));
  try {
    const executable = await packageApplication({ forTests: true });
    // On a line of its own: packaging speaks as well.
    const figures = await measure(executable, bundle, userData);
    process.stdout.write(`\n${JSON.stringify(figures)}\n`);
  } finally {
    await rm(userData, { recursive: true, force: true });
  }
  return 0;
});

/**
 * @param {string} executable
 * @param {string} bundle
 * @param {string} userData
 */
async function measure(executable, bundle, userData) {
  const first = await launch(executable, userData, [bundle]);
  await first.window.locator('.status-bar').waitFor();
  await first.window.keyboard.press('F8');
  await first.window.locator('textarea.note:enabled').fill('bench');
  await first.window.locator('.case-status', { hasText: /\d\d:\d\d/u }).waitFor();
  await first.app.close();

  const { app, window } = await launch(executable, userData, []);
  const recent = window.locator('.recent-open', { hasText: basename(bundle) });
  await recent.waitFor();
  const started = performance.now();
  await recent.click();
  await window.locator('.triage .groups > li').first().waitFor();
  const triageSeconds = (performance.now() - started) / 1000;
  await window.keyboard.press('Control+7');
  await window.locator('.case-row-open', { hasText: 'bench' }).waitFor();
  const noteSeconds = (performance.now() - started) / 1000;
  const wasReading = (await window.locator('.banner.remembered').count()) > 0;
  await window.locator('.status-bar').waitFor();
  await app.close();
  return { triageSeconds, noteSeconds, wasReading };
}

/**
 * @param {string} executable
 * @param {string} userData
 * @param {readonly string[]} words
 */
async function launch(executable, userData, words) {
  const app = await _electron.launch({
    executablePath: executable,
    args: [...machineSwitches, `--user-data-dir=${userData}`, ...words],
  });
  const window = await app.firstWindow();
  window.setDefaultTimeout(patience);
  await window.waitForLoadState('domcontentloaded');
  return { app, window };
}
