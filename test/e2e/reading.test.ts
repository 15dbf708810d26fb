/** What a reader does all day: next match, groups, the tree of files, a text, a picture. */
import { expect, test } from '@playwright/test';
import { launchPatchtrail } from './launch.ts';
import { sample, waitUntilRead } from './window-steps.ts';

test('F3 walks the matches, which are marked on the scroll bar and the timeline', async () => {
  const { app, window } = await launchPatchtrail({ args: [sample] });
  await waitUntilRead(window);
  await window.keyboard.press('Control+5');
  await window.keyboard.press('Control+f');
  await window.keyboard.insertText('exitcode');
  const bar = window.getByRole('search', { name: 'Search' });
  await expect(bar.getByRole('status')).toHaveText(/^18 lines/u);
  const lines = window.getByRole('region', { name: 'Log lines' });
  const chosen = lines.locator('[role="row"][aria-selected="true"]');
  await window.keyboard.press('F3');
  await expect(bar.getByRole('status')).toContainText('1 of 18');
  await expect(chosen).toBeInViewport();
  const first = await chosen.innerText();
  expect(first).toMatch(/exitcode/iu);
  await window.keyboard.press('F3');
  await expect(bar.getByRole('status')).toContainText('2 of 18');
  await expect(chosen).not.toHaveText(first);
  await window.keyboard.press('Shift+F3');
  await expect(bar.getByRole('status')).toContainText('1 of 18');
  await window.keyboard.press('Shift+F3');
  await expect(bar.getByRole('status')).toContainText('18 of 18');
  await expect(lines.locator('.scroll-marks')).toHaveCount(1);
  const timeline = window.getByRole('region', { name: 'Timeline' });
  await timeline.getByRole('group', { name: 'Matches' }).getByRole('button').focus();
  await window.keyboard.press('Enter');
  await expect(bar.getByRole('status')).toContainText('1 of 18');
  await window.keyboard.press('Escape');
  await expect(bar).toHaveCount(0);
  await expect(lines.locator('.scroll-marks')).toHaveCount(0);
  await app.close();
});

test('patches stand under headings that fold, and what is chosen is still found', async () => {
  const { app, window } = await launchPatchtrail({ args: [sample] });
  await waitUntilRead(window);
  await window.keyboard.press('Control+2');
  const patches = window.getByRole('region', { name: 'Patches' });
  await patches.getByRole('radio', { name: 'By device' }).click();
  const heading = patches.locator('.group-heading').first();
  await expect(heading).toHaveAttribute('aria-expanded', 'true');
  await heading.click();
  await expect(heading).toHaveAttribute('aria-expanded', 'false');
  await window.keyboard.press('F8');
  await expect(patches.locator('[role="row"][aria-selected="true"]')).toBeInViewport();
  await patches.getByRole('radio', { name: 'Rows' }).click();
  await expect(patches.locator('.group-heading')).toHaveCount(0);
  await app.close();
});

test('text is found in one column, and a column is held at the edge', async () => {
  const { app, window } = await launchPatchtrail({ args: [sample] });
  await waitUntilRead(window);
  await window.keyboard.press('Control+2');
  const patches = window.getByRole('region', { name: 'Patches' });
  await patches.locator('[row-index="0"] [col-id="patch"]').click();
  await window.keyboard.press('Control+Shift+F');
  const find = patches.getByRole('search', { name: 'Find in “Patch”' });
  await expect(find.getByRole('textbox')).toBeFocused();
  await window.keyboard.insertText('zoom workplace');
  await window.keyboard.press('Enter');
  const chosen = patches.locator('[role="row"][aria-selected="true"]');
  await expect(chosen).toContainText('Zoom');
  await window.keyboard.press('Escape');
  await patches.getByRole('button', { name: 'Columns' }).click();
  await window.getByRole('button', { name: 'Hold “Patch” at the left edge' }).click();
  await expect(window.getByRole('button', { name: 'Let “Patch” go from the left edge' })).toBeVisible();
  await expect(patches.getByRole('columnheader').first()).toHaveText('Patch');
  await app.close();
});

test('files are a tree; a text folds and wraps; one key leads to the place of what is chosen', async () => {
  const { app, window } = await launchPatchtrail({ args: [sample] });
  await waitUntilRead(window);
  await window.keyboard.press('Control+5');
  const lines = window.getByRole('region', { name: 'Log lines' });
  await lines.locator('[row-index="3"] [col-id="text"]').click();
  const file = window.getByRole('region', { name: 'File contents' });
  const row = file.locator('[role="row"][aria-selected="true"]');
  // The key is for what the inspector shows, which follows the click.
  await expect(async () => {
    await window.keyboard.press('o');
    await expect(row).toBeInViewport({ timeout: 1_500 });
  }).toPass();
  const line = await row.locator('[col-id="line"]').innerText();
  await file.getByRole('button', { name: 'Wrap' }).click();
  await expect(row.locator('[col-id="line"]')).toHaveText(line);
  await expect(row).toBeInViewport();
  await file.getByRole('button', { name: 'Fold' }).click();
  await expect(file.getByRole('row').first()).toBeVisible();

  const files = window.getByRole('region', { name: 'Files' });
  await files.getByRole('button', { name: 'Fold all' }).click();
  const archive = files.getByRole('row').filter({ hasText: 'server-logs.tgz' });
  const folding = archive.locator('[aria-expanded]');
  await expect(folding).toHaveAttribute('aria-expanded', 'false');
  await archive.locator('.fold-sign').click();
  await expect(folding).toHaveAttribute('aria-expanded', 'true');
  await files.getByRole('radio', { name: 'List' }).click();
  // A list has whole paths and nothing that folds.
  await expect(files.locator('[role="gridcell"][aria-expanded]')).toHaveCount(0);
  await expect(
    files.getByRole('row').filter({ hasText: 'PC-0042/デバイスの詳細.html' }).first(),
  ).toBeVisible();
  await app.close();
});

test('high contrast is a theme of its own', async () => {
  const { app, window } = await launchPatchtrail({ args: [sample] });
  await waitUntilRead(window);
  await window.getByRole('radio', { name: 'High contrast' }).click();
  await expect(window.locator('html')).toHaveAttribute('data-theme', 'contrast');
  await expect(window.locator('body')).toHaveCSS('background-color', 'rgb(0, 0, 0)');
  await app.close();
});
