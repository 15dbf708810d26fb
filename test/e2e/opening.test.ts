import { copyFile, rename } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import { launchPatchtrail } from './launch.ts';
import { sample, waitUntilRead } from './window-steps.ts';

test('a bundle that is dropped on the window is opened', async () => {
  const { app, window } = await launchPatchtrail();
  await expect(window.getByText('Drop a support bundle here')).toBeVisible();
  const devtools = await window.context().newCDPSession(window);
  const drag = { items: [], files: [sample], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await devtools.send('Input.dispatchDragEvent', { type, x: 400, y: 300, data: drag });
  }
  await waitUntilRead(window);
  await expect(window.getByText('sakura-2024-05.zip').first()).toBeVisible();
  await app.close();
});

test('a bundle is chosen in the dialog, and later in the list of recent ones', async ({}, info) => {
  const bundle = info.outputPath('case-4711.zip');
  await copyFile(sample, bundle);
  const userDataDir = info.outputPath('profile');
  const first = await launchPatchtrail({ userDataDir });
  await first.app.evaluate(({ dialog }, path) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [path] });
  }, bundle);
  await first.window.getByRole('button', { name: 'Open bundle…' }).first().click();
  await waitUntilRead(first.window);
  await first.app.close();

  const second = await launchPatchtrail({ userDataDir });
  await second.window.getByRole('button', { name: /^case-4711\.zip/u }).click();
  await waitUntilRead(second.window);
  await second.app.close();

  // A bundle that is gone is said to be gone; the list stays.
  await rename(bundle, `${bundle}.away`);
  const third = await launchPatchtrail({ userDataDir });
  await third.window.getByRole('button', { name: /^case-4711\.zip/u }).click();
  await expect(third.window.getByRole('alert')).toContainText('case-4711.zip');
  await third.app.close();
});

test('the sample is one click away', async () => {
  const { app, window } = await launchPatchtrail();
  await window.getByRole('button', { name: 'Open the sample' }).click();
  await waitUntilRead(window);
  await app.close();
});
