import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { eventsCsv, until } from '../formats/deep-security/read-files.ts';
import { launchPatchtrail } from './launch.ts';
import { sample, waitUntilRead } from './window-steps.ts';

test('runs of relays and agents: a step that nothing tells of is not shown as failed', async ({}, info) => {
  const bundle = info.outputPath('updates');
  await mkdir(bundle, { recursive: true });
  const rows = [
    { at: '10:00:00', id: 1600, target: 'relay01' },
    { at: '10:10:00', id: 273, target: 'pc-0042' },
    { at: '10:20:00', id: 2205, target: 'pc-0042' },
    { at: '10:35:00', id: 1601, target: 'relay01' },
    until('12:00:00'),
  ];
  await writeFile(join(bundle, 'events.csv'), eventsCsv(rows));
  const { app, window } = await launchPatchtrail({ args: [bundle] });
  await waitUntilRead(window);
  await window.getByRole('navigation').getByRole('button', { name: 'Runs' }).click();
  const runs = window.getByRole('region', { name: 'Runs' });
  const grid = runs.getByRole('grid', { name: 'Runs' });
  await grid.getByRole('gridcell', { name: 'Agent update' }).click();

  const inspector = window.getByRole('region', { name: 'Inspector' });
  const steps = inspector.getByRole('list', { name: 'Steps' }).getByRole('listitem');
  await expect(steps).toHaveCount(6);
  await expect(steps.filter({ hasText: 'Snapshot' })).toHaveText(/not evidenced/u);
  await expect(steps.filter({ hasText: 'Snapshot' })).not.toHaveText(/failed/u);
  await expect(steps.filter({ hasText: 'Result' })).toHaveText(/failed.*events\.csv:\d+/su);
  await expect(inspector.getByText('Overlaps another run')).toBeVisible();

  // The bar on the timeline is the same run, and leads back to it.
  const timeline = window.getByRole('region', { name: 'Timeline' });
  await expect(timeline.getByRole('group', { name: 'Agent runs' }).getByRole('button')).toHaveAttribute(
    'aria-current',
    'true',
  );
  await timeline.getByRole('group', { name: 'Relay runs' }).getByRole('button').click();
  await expect(inspector.getByRole('heading', { level: 1 })).toHaveText('Relay update');
  await expect(grid.locator('[role="row"][aria-selected="true"]')).toContainText('relay01');

  await steps.first().getByRole('button').click();
  await expect(
    window.getByRole('region', { name: 'File contents' }).locator('[role="row"][aria-selected="true"]'),
  ).toContainText('1600');
  await app.close();
});

test('a bundle without runs has no place for them', async () => {
  const { app, window } = await launchPatchtrail({ args: [sample] });
  await waitUntilRead(window);
  await expect(
    window.getByRole('navigation').getByRole('button', { name: 'Log', exact: true }),
  ).toBeVisible();
  await expect(window.getByRole('navigation').getByRole('button', { name: 'Runs' })).toHaveCount(0);
  await app.close();
});
