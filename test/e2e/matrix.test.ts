import { expect, test } from '@playwright/test';
import { launchPatchtrail } from './launch.ts';
import { sample, waitUntilRead } from './window-steps.ts';

test('the matrix shows devices by patches, and a cell opens its rows', async () => {
  const { app, window } = await launchPatchtrail({ args: [sample] });
  await waitUntilRead(window);
  await window.getByRole('navigation').getByRole('button', { name: 'Matrix' }).click();
  const region = window.getByRole('region', { name: 'Matrix' });
  const grid = region.getByRole('grid', { name: 'Matrix' });
  await expect(grid.getByRole('rowheader', { name: 'PC-0042' })).toBeVisible();

  // Contradicting cells say so, with the title of the rule.
  const clash = grid.locator('.matrix-cell.clash').first();
  await expect(clash).toHaveAccessibleDescription(/Contradiction: \S/u);
  await clash.click();
  const patches = window.getByRole('region', { name: 'Patches' });
  await expect(patches.locator('[role="row"][aria-selected="true"]')).toHaveCount(1);
  const inspector = window.getByRole('region', { name: 'Inspector' });
  await expect(inspector.getByText(/^≠ Contradiction/u)).toBeVisible();

  // The keyboard walks the cells; Enter leads to the patches with the record chosen.
  await grid.focus();
  const before = await grid.getAttribute('aria-activedescendant');
  await window.keyboard.press('ArrowDown');
  await expect(grid).not.toHaveAttribute('aria-activedescendant', before ?? '');
  await expect(grid.locator('[aria-selected="true"]')).toHaveCount(1);
  await window.keyboard.press('ArrowUp');
  await window.keyboard.press('Enter');
  await expect(region).toHaveCount(0);
  await expect(patches.locator('[role="row"][aria-selected="true"]')).toBeInViewport();

  // A finding that is stepped to brings its cell along.
  await window.keyboard.press('Control+3');
  await window.keyboard.press('F8');
  await expect(grid.locator('[role="gridcell"][aria-selected="true"]')).toBeInViewport();
  await app.close();
});

test('the matrix speaks Japanese', async () => {
  const { app, window } = await launchPatchtrail({ args: [sample] });
  await waitUntilRead(window);
  await window.getByRole('radio', { name: '日本語' }).click();
  await window.getByRole('navigation').getByRole('button', { name: 'マトリクス' }).click();
  const region = window.getByRole('region', { name: 'マトリクス' });
  await expect(region.getByRole('gridcell', { name: /適用済み/u }).first()).toBeVisible();
  await region.getByRole('radio', { name: '名前順' }).click();
  await expect(region.getByRole('rowheader').first()).toHaveText(/^EIGYO-NB22/u);
  await app.close();
});
