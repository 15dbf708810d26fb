import { readFile, writeFile } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import { launchPatchtrail } from './launch.ts';
import { sample, waitUntilRead } from './window-steps.ts';

test('an empty file gets one clear sentence and a way on', async ({}, info) => {
  const path = info.outputPath('empty.zip');
  await writeFile(path, '');
  const { app, window } = await launchPatchtrail({ args: [path] });
  const alert = window.getByRole('alert');
  await expect(alert).toContainText('empty.zip is empty');
  await expect(alert).toContainText('was not changed');
  await expect(window.getByRole('button', { name: 'Open bundle…' }).first()).toBeEnabled();
  await app.close();
});

test('a file that is no archive is never shown as health', async ({}, info) => {
  const path = info.outputPath('notes.zip');
  await writeFile(path, 'This is a letter, not an archive.\n');
  const { app, window } = await launchPatchtrail({ args: [path] });
  await expect(
    window.getByText(/is not an archive|could be read as evidence of patching/u).first(),
  ).toBeVisible();
  await app.close();
});

test('of a truncated archive what can be read is read, and the damage is said', async ({}, info) => {
  const path = info.outputPath('cut.zip');
  const whole = await readFile(sample);
  await writeFile(path, whole.subarray(0, Math.floor(whole.length / 2)));
  const { app, window } = await launchPatchtrail({ args: [path] });
  await waitUntilRead(window);
  await expect(window.getByText('damaged archive')).toBeVisible();
  await expect(
    window
      .getByRole('region', { name: 'Triage' })
      .getByText(/damaged/u)
      .first(),
  ).toBeVisible();
  await app.close();
});

test('when the worker dies the notes stay and reading can be started again', async () => {
  const { app, window } = await launchPatchtrail({ args: [sample] });
  await waitUntilRead(window);
  const inspector = window.getByRole('region', { name: 'Inspector' });
  await window.keyboard.press('F8');
  await expect(inspector.getByRole('heading', { level: 1 })).toBeVisible();
  await window.keyboard.press('n');
  const field = inspector.getByRole('textbox', { name: 'Note' });
  await expect(field).toBeFocused();
  await window.keyboard.insertText('残すメモ');
  await expect(window.locator('.case-status')).toHaveText(/^saved/u);

  const pid = await app.evaluate(({ app: electron }) => {
    const worker = electron
      .getAppMetrics()
      .find(({ type, serviceName }) => type === 'Utility' && serviceName === 'node.mojom.NodeService');
    return worker?.pid ?? 0;
  });
  expect(pid).toBeGreaterThan(0);
  process.kill(pid, 'SIGKILL');
  const banner = window.getByRole('alert').filter({ hasText: 'has stopped' });
  await expect(banner).toBeVisible();
  await expect(field).toHaveValue('残すメモ');

  await banner.getByRole('button', { name: 'Restart' }).click();
  await expect(banner).toHaveCount(0);
  await expect(
    window.getByRole('region', { name: 'Patches' }).locator('[role="row"][aria-selected="true"]'),
  ).toHaveCount(1);
  await expect(field).toHaveValue('残すメモ');
  await app.close();
});

test('a PDF that cannot be written is said, and nothing is lost', async ({}, info) => {
  const { app, window } = await launchPatchtrail({ args: [sample] });
  await waitUntilRead(window);
  const missing = info.outputPath('no', 'such', 'folder', 'report.pdf');
  await app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
  }, missing);
  await window.getByRole('button', { name: 'Export PDF…' }).click();
  await window.getByRole('button', { name: 'Save PDF…' }).click();
  await expect(window.getByRole('alert').filter({ hasText: 'report.pdf cannot be written' })).toBeVisible({
    timeout: 60_000,
  });
  await expect(window.getByRole('region', { name: 'Triage' })).toBeVisible();
  await app.close();
});
