/**
 * Opens and closes a bundle many times in one window, and prints what is left of it afterwards as JSON:
 * `{ "megabytes": growth, "handles": growth, "rounds": N }`. Needs a display (or xvfb-run) and the application
 * packaged for tests.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { benchExecutable, handlesOf, megabytesOf, openWindow, untilRead } from './window-harness.ts';

/** What is filled once and stays (caches, fonts, compiled code) is there after so many rounds. */
const warmUp = 10;
const rounds = Number(process.argv[2] ?? 200);

const { app, page, close } = await openWindow(benchExecutable, []);

async function round(): Promise<void> {
  await page.getByRole('button', { name: 'Open the sample' }).click();
  await untilRead(page);
  await page.keyboard.press('Control+2');
  await page.keyboard.press('F8');
  await page.keyboard.press('Control+Shift+W');
  await page.getByRole('button', { name: 'Open the sample' }).waitFor();
}

/** At rest, with everything collected that can be. */
async function atRest(): Promise<{ readonly megabytes: number; readonly handles: number }> {
  const devtools = await page.context().newCDPSession(page);
  for (let time = 0; time < 3; time += 1) {
    await devtools.send('HeapProfiler.collectGarbage');
    await pause(1_000);
  }
  await devtools.detach();
  return { megabytes: await megabytesOf(app), handles: handlesOf(app) };
}

for (let time = 0; time < warmUp; time += 1) await round();
const before = await atRest();
for (let time = 0; time < rounds; time += 1) await round();
const after = await atRest();
await close();
process.stdout.write(
  `${JSON.stringify({
    megabytes: after.megabytes - before.megabytes,
    handles: after.handles - before.handles,
    rounds,
  })}\n`,
);
