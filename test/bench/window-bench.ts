/**
 * What the window does, measured in the packaged application. Needs a display (or xvfb-run):
 *
 *   tsx test/bench/window-bench.ts --what sync --bundle FILE
 *   tsx test/bench/window-bench.ts --what paint --electron EXECUTABLE
 *
 * Prints one line of JSON, `{ "figures": { … } }`; milliseconds, rows and megabytes as the names say.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { ElectronApplication, Locator, Page } from '@playwright/test';
import { longestTask, watchLongTasks } from '../e2e/long-tasks.ts';
import { benchExecutable, openWindow, untilRead } from './window-harness.ts';

const { values } = parseArgs({
  options: { what: { type: 'string' }, bundle: { type: 'string' }, electron: { type: 'string' } },
});

type Figures = Record<string, number>;

const measures: Readonly<Record<string, () => Promise<Figures>>> = { paint, sync, jump, wheel, work };

const measure = measures[values.what ?? ''];
if (measure === undefined) throw new Error(`What? One of ${Object.keys(measures).join(', ')}`);
process.stdout.write(`\n${JSON.stringify({ figures: await measure() })}\n`);

function bundle(): string {
  if (values.bundle === undefined) throw new Error('Which bundle? --bundle FILE');
  return values.bundle;
}

/** From the start of the process to the first paint of its page, ours and that of an empty window, in turn. */
async function paint(): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), 'pt-empty-'));
  try {
    const emptyExecutable = emptyApplication(folder, values.electron ?? '');
    const [ours, empty]: [number[], number[]] = [[], []];
    for (let time = 0; time < 8; time += 1) {
      const figures = [await firstPaint(benchExecutable), await firstPaint(emptyExecutable)] as const;
      // The first of each fills the disk's cache.
      if (time === 0) continue;
      ours.push(figures[0]);
      empty.push(figures[1]);
    }
    return { milliseconds: median(ours), emptyMilliseconds: median(empty) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * An application that shows an empty page and nothing else, in an Electron of its own: started as ours is, by its
 * executable alone. A folder named on the command line would not do, for where it stands among the switches differs.
 * @returns its executable
 */
function emptyApplication(folder: string, electron: string): string {
  const runtime = join(folder, 'electron');
  cpSync(dirname(electron), runtime, { recursive: true });
  const application = join(runtime, 'resources', 'app');
  rmSync(application, { recursive: true, force: true });
  mkdirSync(application, { recursive: true });
  writeFileSync(join(application, 'package.json'), '{"name":"empty","version":"1.0.0","main":"main.cjs"}');
  writeFileSync(join(application, 'index.html'), '<!doctype html><title>Empty</title><p>Empty');
  writeFileSync(
    join(application, 'main.cjs'),
    `const { app, BrowserWindow } = require('electron');
app.whenReady().then(() => new BrowserWindow({ width: 1440, height: 900 }).loadFile(__dirname + '/index.html'));
`,
  );
  return join(runtime, basename(electron));
}

async function firstPaint(executable: string): Promise<number> {
  const { page, startedAt, close } = await openWindow(executable, [], { isHeld: false });
  const paintedAt = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        new PerformanceObserver((list, observer) => {
          const [entry] = list.getEntriesByName('first-contentful-paint');
          if (entry === undefined) return;
          observer.disconnect();
          resolve(performance.timeOrigin + entry.startTime);
        }).observe({ type: 'paint', buffered: true });
      }),
  );
  await close();
  return paintedAt - startedAt;
}

/** From a click on a patch to the last change of the log, the inspector and the timeline, painted. */
async function sync(): Promise<Figures> {
  const { page, close } = await openWindow(benchExecutable, [bundle()]);
  await untilRead(page);
  await page.keyboard.press('Control+2');
  const patches = page.getByRole('region', { name: 'Patches' });
  await patches.getByRole('gridcell').first().waitFor();
  await pause(2_000);
  const taken: number[] = [];
  for (let click = 0; click < 40; click += 1) {
    const milliseconds = await page.evaluate(async (turn) => {
      const others = ['Log lines', 'Inspector', 'Timeline'].map((name) =>
        document.querySelector(`[aria-label="${name}"]`),
      );
      const cells = Array.from(
        document.querySelectorAll('[aria-label="Patches"] .ag-row [col-id="patch"].ag-cell'),
      );
      const cell = cells[(turn * 7) % cells.length];
      if (cell === undefined || others.includes(null)) throw new Error('a pane is missing');
      let paintedAt = 0;
      let isDue = false;
      const observer = new MutationObserver(() => {
        if (isDue) return;
        isDue = true;
        requestAnimationFrame(() => {
          // After the frame that shows the change has been drawn.
          setTimeout(() => {
            isDue = false;
            paintedAt = performance.now();
          });
        });
      });
      for (const other of others)
        if (other !== null)
          observer.observe(other, { subtree: true, childList: true, attributes: true, characterData: true });
      const started = performance.now();
      for (const type of ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click'])
        cell.dispatchEvent(
          new (type.startsWith('pointer') ? PointerEvent : MouseEvent)(type, { bubbles: true, button: 0 }),
        );
      await new Promise((resolve) => setTimeout(resolve, 900));
      observer.disconnect();
      return paintedAt === 0 ? null : paintedAt - started;
    }, click);
    if (milliseconds !== null) taken.push(milliseconds);
  }
  await close();
  if (taken.length < 30) throw new Error(`only ${taken.length} clicks changed another pane`);
  return { p50: percentile(taken, 50), p95: percentile(taken, 95), clicks: taken.length };
}

/** From a move of the scroll bar to any place of the log until its lines stand there, painted. */
async function jump(): Promise<Figures> {
  const { page, close } = await openWindow(benchExecutable, [bundle()]);
  await untilRead(page);
  await showLog(page);
  const taken: number[] = [];
  for (let turn = 1; turn <= 40; turn += 1) {
    taken.push(
      await page.evaluate(
        async (part) => {
          const viewport = document.querySelector<HTMLElement>('[aria-label="Log lines"] .ag-grid-viewport');
          if (viewport === null) throw new Error('no log');
          // What is drawn stays in sight until the rows of the new place are: those do not count.
          const before = new Set(
            Array.from(document.querySelectorAll('[aria-label="Log lines"] .ag-row'), (row) =>
              row.getAttribute('row-index'),
            ),
          );
          const started = performance.now();
          viewport.scrollTop = (viewport.scrollHeight - viewport.clientHeight) * part;
          for (;;) {
            await new Promise((resolve) => requestAnimationFrame(resolve));
            const box = viewport.getBoundingClientRect();
            const inSight = Array.from(document.querySelectorAll('[aria-label="Log lines"] .ag-row')).filter(
              (row) => {
                const { top, bottom } = row.getBoundingClientRect();
                return top >= box.top && bottom <= box.bottom;
              },
            );
            const isNew = inSight.every((row) => !before.has(row.getAttribute('row-index')));
            const isFull =
              inSight.length > 5 &&
              inSight.every((row) => (row.querySelector('[col-id="text"]')?.textContent ?? '') !== '');
            if (isNew && isFull) break;
            if (performance.now() - started > 10_000) throw new Error('the rows never came');
          }
          await new Promise((resolve) => setTimeout(resolve));
          const milliseconds = performance.now() - started;
          await new Promise((resolve) => setTimeout(resolve, 250));
          return milliseconds;
        },
        // Spread over the log, no two after each other near to each other.
        (turn * 0.618_034) % 1,
      ),
    );
  }
  await close();
  return { p50: percentile(taken, 50), p95: percentile(taken, 95) };
}

/** Rows that ten notches of the wheel move the log, from its middle; a notch asks for ten rows. */
async function wheel(): Promise<Figures> {
  const { page, close } = await openWindow(benchExecutable, [bundle()]);
  await untilRead(page);
  const lines = await showLog(page);
  await lines.getByRole('gridcell').first().hover();
  const viewport = lines.locator('.ag-grid-viewport');
  await viewport.evaluate((element) => {
    element.scrollTop = (element.scrollHeight - element.clientHeight) / 2;
  });
  await pause(1_500);
  const before = await topRow(lines);
  for (let notch = 0; notch < 10; notch += 1) {
    await page.mouse.wheel(0, 220);
    await pause(400);
  }
  await pause(1_000);
  const rows = Math.round((await topRow(lines)) - before);
  await close();
  return { rows };
}

/** Index of the row at the upper edge, with the part of it that is out of sight. */
async function topRow(lines: Locator): Promise<number> {
  return lines.evaluate((pane) => {
    const viewport = pane.querySelector('.ag-grid-viewport');
    // What is laid out above the rows: the header sticks to the upper edge.
    const edge = viewport?.getBoundingClientRect().top ?? 0;
    const [first] = Array.from(pane.querySelectorAll('.ag-row'))
      .map((row) => ({ index: Number(row.getAttribute('row-index')), box: row.getBoundingClientRect() }))
      .filter(({ box }) => box.height > 0 && box.bottom > edge)
      .sort((a, b) => a.box.top - b.box.top);
    if (first === undefined) throw new Error('no row in sight');
    return first.index + (edge - first.box.top) / first.box.height;
  });
}

/** The longest task of the page, and its largest memory, while somebody works in the bundle. */
async function work(): Promise<Figures> {
  const { app, page, close } = await openWindow(benchExecutable, [bundle()]);
  await watchLongTasks(page);
  const longest: Figures = {};
  const step = async (name: string, act: () => Promise<unknown>): Promise<void> => {
    await act();
    await pause(1_500);
    // A task counts from 50 ms on: where there is none, nothing was longer.
    longest[name] = await longestTask(page);
  };
  await step('reading', () => untilRead(page));
  await step('log', () => showLog(page));
  await step('scroll bar', () =>
    page.evaluate(async () => {
      const viewport = document.querySelector<HTMLElement>('[aria-label="Log lines"] .ag-grid-viewport');
      if (viewport === null) throw new Error('no log');
      for (let at = 0; at <= 90; at += 1) {
        viewport.scrollTop = ((viewport.scrollHeight - viewport.clientHeight) * at) / 90;
        await new Promise((resolve) => requestAnimationFrame(resolve));
      }
    }),
  );
  await step('patches', () => page.keyboard.press('Control+2'));
  await step('findings', async () => {
    for (let time = 0; time < 6; time += 1) {
      await page.keyboard.press('F8');
      await pause(300);
    }
  });
  await step('matrix', () => page.keyboard.press('Control+3'));
  await step('files', () => page.keyboard.press('Control+6'));
  await step('triage', () => page.keyboard.press('Control+1'));
  await step('patches again', () => page.keyboard.press('Control+2'));
  await step('search', async () => {
    await page.keyboard.press('Control+f');
    await page.keyboard.insertText('did not answer in time');
    await page
      .getByRole('search')
      .getByText(/\d lines/u)
      .waitFor({ timeout: 120_000 });
    await page.keyboard.press('F3');
  });
  const megabytes = await rendererPeak(app);
  await close();
  for (const [name, milliseconds] of Object.entries(longest))
    process.stderr.write(`longest task, ${name}: ${milliseconds.toFixed(0)} ms\n`);
  return { longestTask: Math.max(...Object.values(longest)), megabytes };
}

/** Largest resident memory of the page's process since it started, as Linux counts it. */
async function rendererPeak(app: ElectronApplication): Promise<number> {
  const pid = await app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId(),
  );
  const status = readFileSync(`/proc/${pid ?? 0}/status`, 'utf8');
  return Number(/^VmHWM:\s+(?<kilobytes>\d+)/mu.exec(status)?.groups?.['kilobytes']) / 1024;
}

async function showLog(page: Page): Promise<Locator> {
  await page.keyboard.press('Control+5');
  const lines = page.getByRole('region', { name: 'Log lines' });
  await lines.getByRole('gridcell').first().waitFor();
  return lines;
}

function percentile(of: readonly number[], part: number): number {
  const sorted = [...of].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil((sorted.length * part) / 100) - 1)] ?? Number.NaN;
}

function median(of: readonly number[]): number {
  return percentile(of, 50);
}
