/** How long the page is held up while somebody works in it: told as figures, which differ from machine to machine. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { writeBigBundle } from './big-bundle.ts';
import { launchPatchtrail } from './launch.ts';
import { longestTask, watchLongTasks } from './long-tasks.ts';
import { sample, waitUntilRead } from './window-steps.ts';

test('tasks of the page are recorded while it reads, scrolls, filters and changes places', async () => {
  const info = test.info();
  const bundle = info.outputPath('sample-and-log.zip');
  await writeBigBundle(bundle, 30, { 'sample.zip': readFileSync(sample) });
  const { app, window } = await launchPatchtrail({ args: [bundle] });
  await watchLongTasks(window);
  const longest: Record<string, number> = {};
  const step = async (name: string, act: () => Promise<void>): Promise<void> => {
    await act();
    longest[name] = Math.round(await longestTask(window));
  };
  const lines = window.getByRole('region', { name: 'Log lines' });
  const about = lines.locator('.pane-head small').first();
  const viewport = lines.locator('.ag-grid-viewport');
  const rowsAt = (part: number): Promise<void> =>
    viewport.evaluate((element, share) => {
      element.scrollTop = (element.scrollHeight - element.clientHeight) * share;
    }, part);

  await step('reading', () => waitUntilRead(window));
  await step('log', async () => {
    await window.keyboard.press('Control+5');
    await expect(lines.getByRole('gridcell').first()).toBeVisible();
  });
  await step('scroll bar', async () => {
    for (let at = 0; at <= 20; at += 1) await rowsAt(at / 20);
    const count = Number(/^[\d,]+/u.exec(await about.innerText())?.[0].replaceAll(',', ''));
    const last = lines.locator(`.ag-row[row-index="${count - 1}"]`);
    await expect(last).toBeInViewport();
    await expect(last.locator('[col-id="text"]')).not.toBeEmpty();
  });
  await step('filter', async () => {
    const all = await about.innerText();
    await lines.getByRole('button', { name: 'ERR', exact: true }).click();
    await expect(about).not.toHaveText(all);
    await lines.getByRole('button', { name: 'ERR', exact: true }).click();
    await expect(about).toHaveText(all);
  });
  await step('patches', async () => {
    await window.keyboard.press('Control+2');
    await expect(window.getByRole('region', { name: 'Patches' }).getByRole('gridcell').first()).toBeVisible();
  });
  await step('findings', async () => {
    const chosen = window.getByRole('region', { name: 'Findings' }).locator('[aria-current="true"]');
    for (let time = 0; time < 3; time += 1) await window.keyboard.press('F8');
    await expect(chosen).toBeVisible();
  });

  const text = Object.entries(longest)
    .map(([name, milliseconds]) => `${name} ${milliseconds === 0 ? 'under 50' : milliseconds} ms`)
    .join(', ');
  info.annotations.push({ type: 'longest tasks', description: text });
  console.log(`Longest tasks: ${text}`);

  // The record is a record: a page that is held up on purpose stands in it.
  await window.evaluate(() => {
    setTimeout(() => {
      const end = performance.now() + 120;
      while (performance.now() < end);
    });
  });
  await expect.poll(() => longestTask(window)).toBeGreaterThanOrEqual(100);
  await app.close();
});
