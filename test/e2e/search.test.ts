// What the search finds outside of the grids.
import { expect, test } from '@playwright/test';
import { launchPatchtrail } from './launch.ts';
import { sample, waitUntilRead } from './window-steps.ts';

test('matches beside the timeline are listed by file, and open at the first of each', async ({}, info) => {
  const { app, window } = await launchPatchtrail({
    userDataDir: info.outputPath('profile'),
    args: [sample],
  });
  await waitUntilRead(window);
  await window.keyboard.press('Control+f');
  const search = window.getByRole('search');
  await search.getByRole('textbox').fill('KB50');
  const others = search.getByRole('button', { name: /^[\d,]+ more lines? in \d+ files?$/u });
  await others.click();
  const list = search.getByRole('list', { name: 'Files with matches beside the timeline' });
  await expect(list.getByRole('button').first()).toBeVisible();
  await window.screenshot({ path: info.outputPath('list.png') });
  // Esc closes the list alone.
  await list.getByRole('button').first().focus();
  await window.keyboard.press('Escape');
  await expect(list).toHaveCount(0);
  await expect(others).toBeFocused();
  await window.keyboard.press('Enter');
  const first = list.getByRole('button').first();
  const member = (await first.getAttribute('title')) ?? '';
  await first.click();
  await expect(list).toHaveCount(0);
  await expect(window.getByRole('heading', { name: member.split('/').at(-1) ?? '' })).toBeVisible();
  await expect(window.locator('.ag-row-selected mark').first()).toHaveText(/^KB50$/iu);
  await window.screenshot({ path: info.outputPath('file.png') });
  await app.close();
});
