/** A log with a line far longer than is indexed as one: seen, chosen, copied and searched. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { launchPatchtrail } from './launch.ts';
import { waitUntilRead } from './window-steps.ts';

const mebi = 1024 * 1024;

/** 200 MiB without a line break between two short lines, with a word of its own at the end of it. */
async function longLog(): Promise<string> {
  const folder = test.info().outputPath('bundle');
  await mkdir(folder, { recursive: true });
  const path = join(folder, 'long.log');
  const stream = createWriteStream(path);
  stream.write('2024-05-10 09:12:00 before\n2024-05-10 09:12:01 ');
  const piece = Buffer.alloc(mebi, 'all in one line ');
  for (let n = 0; n < 200; n++) {
    if (!stream.write(piece)) await once(stream, 'drain');
  }
  stream.end('needle\n2024-05-10 09:12:02 after\n');
  await once(stream, 'finish');
  return path;
}

test('a line of 200 MiB is cut for showing, says how long it is, and is found and copied', async () => {
  const { app, window } = await launchPatchtrail({ args: [await longLog()] });
  await waitUntilRead(window);
  await window.keyboard.press('Control+5');
  const rows = window.getByRole('region', { name: 'Log lines' }).locator('[role="row"]');
  await expect(rows.filter({ hasText: 'before' })).toBeVisible();
  await expect(rows.filter({ hasText: 'after' })).toBeVisible();
  const texts = await rows.allTextContents();
  expect(Math.max(...texts.map(({ length }) => length))).toBeLessThan(9000);

  await rows.filter({ hasText: 'all in one line' }).first().click();
  await expect(window.locator('.witness .line-cut')).toHaveText(
    'Cut here for showing: the line has 16.8 MB. Exports have all of it.',
  );
  await window.keyboard.press('Control+c');
  await expect(window.getByText(/^1 row copied; one of them is a very long line/u)).toBeVisible();
  const copied = await app.evaluate(({ clipboard }) => clipboard.readText());
  expect(copied.length).toBeLessThan(9000);
  expect(copied.trimEnd()).toMatch(/all in one line .*…$/u);

  await window.keyboard.press('Control+f');
  await window.keyboard.insertText('needle');
  const bar = window.getByRole('search', { name: 'Search' });
  await expect(bar.getByRole('status')).toHaveText(/^1 line/u);
  await window.keyboard.press('F3');
  await expect(bar.getByRole('status')).toContainText('1 of 1');
  await app.close();
});
