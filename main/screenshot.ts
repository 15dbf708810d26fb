/** A picture of a window, for the demonstration: taken when the bundle has been read and nothing moves any more. */
import { setTimeout as pause } from 'node:timers/promises';
import type { BrowserWindow } from 'electron';
import { writeAtomically } from './atomic-file.ts';

/** Time between two looks at the window, in milliseconds. */
const lookEvery = 300;
/** How many equal looks in a row count as rest. */
const restingLooks = 4;
/** After this the window is taken as it is, in milliseconds. */
const restTimeLimit = 20_000;

export async function takeScreenshot(window: BrowserWindow, path: string): Promise<void> {
  let before: Buffer = Buffer.alloc(0);
  let equal = 0;
  for (let waited = 0; waited < restTimeLimit && equal < restingLooks; waited += lookEvery) {
    await pause(lookEvery);
    const now = (await window.webContents.capturePage()).toPNG();
    equal = now.length > 0 && now.equals(before) ? equal + 1 : 0;
    before = now;
  }
  await writeAtomically(path, before, { mode: 0o644 });
}
