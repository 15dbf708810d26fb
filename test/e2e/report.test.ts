import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import type { ElectronApplication, Page } from '@playwright/test';
import { launchPatchtrail } from './launch.ts';
import { sample, waitUntilRead, walkToRule } from './window-steps.ts';

const rule = 'kace/detection-older-than-deployment';

test('the preview is the document, and what is chosen is what is written', async ({}, info) => {
  const { app, window } = await launchPatchtrail({ args: [sample] });
  await waitUntilRead(window);
  const inspector = await walkToRule(window, rule);
  const title = await inspector.getByRole('heading', { level: 1 }).innerText();
  await inspector.getByRole('radio', { name: 'Confirmed' }).click();
  await window.getByRole('button', { name: 'Export PDF…' }).click();
  const dialog = window.getByRole('dialog', { name: 'Export report' });
  const preview = dialog.frameLocator('iframe');
  await expect(preview.getByRole('heading', { level: 1, name: 'sakura-2024-05.zip' })).toBeVisible();
  await expect(preview.getByText('All 69 findings.')).toBeAttached();

  // Neither the frame's own attributes nor its policy let a script run.
  expect(await dialog.locator('iframe').getAttribute('sandbox')).toBe('allow-same-origin');

  await dialog.getByRole('radio', { name: 'Only those with a note or verdict' }).check();
  await dialog.getByRole('checkbox', { name: 'Matrix' }).uncheck();
  await dialog.getByRole('radio', { name: 'Letter' }).click();
  await expect(
    preview.getByText('Only findings with a note or verdict of the analyst: 1 of 69.'),
  ).toBeAttached();
  await expect(preview.getByText('Parts left out by choice: Matrix: devices and patches.')).toBeAttached();
  await expect(preview.locator('section.finding')).toHaveCount(1);
  await expect(preview.locator('section.finding h2')).toHaveText(title);

  const pdf = info.outputPath('chosen.pdf');
  await answerSaveDialog(app, pdf);
  await dialog.getByRole('button', { name: 'Save PDF…' }).click();
  await expect(window.getByText('Report written: chosen.pdf')).toBeVisible({ timeout: 60_000 });
  await expect(dialog).toHaveCount(0);
  const facts = execFileSync('pdfinfo', [pdf], { encoding: 'utf8' });
  expect(facts).toMatch(/Tagged:\s+yes/u);
  expect(facts).toMatch(/Page size:\s+612 x 792 pts/u);
  const text = execFileSync('pdftotext', [pdf, '-'], { encoding: 'utf8' }).replaceAll(/\s+/gu, ' ');
  expect(text).toContain('1 of 69');
  expect(text).not.toContain('Matrix: devices and patches Pairs');

  // The case remembers the choice.
  await window.keyboard.press('Control+e');
  await expect(dialog.getByRole('radio', { name: 'Only those with a note or verdict' })).toBeChecked();
  await expect(dialog.getByRole('checkbox', { name: 'Matrix' })).not.toBeChecked();
  await app.close();
});

test('a redacted report is redacted in its preview and on paper', async ({}, info) => {
  const { app, window } = await launchPatchtrail({ args: [sample] });
  await waitUntilRead(window);
  await openDialog(window);
  const dialog = window.getByRole('dialog', { name: 'Export report' });
  const preview = dialog.frameLocator('iframe');
  await expect(preview.getByText('PC-0042').first()).toBeAttached();
  await dialog.getByRole('checkbox', { name: /^Redact/u }).check();
  await expect(preview.getByText(/^Redacted \(host, /u)).toBeVisible();
  await expect(preview.getByText('PC-0042')).toHaveCount(0);
  await expect(preview.getByText('HOST-01').first()).toBeAttached();

  const pdf = info.outputPath('redacted.pdf');
  await answerSaveDialog(app, pdf);
  await dialog.getByRole('button', { name: 'Save PDF…' }).click();
  await expect(window.getByText('Report written: redacted.pdf')).toBeVisible({ timeout: 60_000 });
  const text = execFileSync('pdftotext', [pdf, '-'], { encoding: 'utf8' });
  expect(text).toContain('HOST-01');
  expect(text).not.toMatch(/PC-0042|EIGYO-NB22/iu);
  await app.close();
});

test('an export can be cancelled, and leaves no file', async ({}, info) => {
  const { app, window } = await launchPatchtrail({ args: [sample] });
  await waitUntilRead(window);
  const pdf = info.outputPath('cancelled.pdf');
  await answerSaveDialog(app, pdf);
  await openDialog(window);
  const dialog = window.getByRole('dialog', { name: 'Export report' });
  await dialog.getByRole('button', { name: 'Save PDF…' }).click();
  await expect(dialog.getByText(/Laying out the pages…|Making the PDF…/u)).toBeVisible();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(dialog.getByRole('button', { name: 'Save PDF…' })).toBeEnabled();
  expect(existsSync(pdf)).toBe(false);
  await app.close();
});

async function openDialog(window: Page): Promise<void> {
  await window.getByRole('button', { name: 'Export PDF…' }).click();
  await expect(window.getByRole('dialog', { name: 'Export report' })).toBeVisible();
}

async function answerSaveDialog(app: ElectronApplication, filePath: string): Promise<void> {
  await app.evaluate(({ dialog }, path) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: path });
  }, filePath);
}
