import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { expect, test } from '@playwright/test';
import type { ElectronApplication } from '@playwright/test';
import { launchPatchtrail } from './launch.ts';
import { sample, waitUntilRead } from './window-steps.ts';

async function saveTo(app: ElectronApplication, filePath: string): Promise<void> {
  await app.evaluate(({ dialog }, path) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: path });
  }, filePath);
}

test('what is shown goes out as CSV, and a redacted copy names nobody', async ({}, info) => {
  const { app, window } = await launchPatchtrail({ args: [sample] });
  await waitUntilRead(window);
  await window.keyboard.press('Control+f');
  await window.keyboard.insertText('KB5037771');
  await window.keyboard.press('Enter');
  await window.keyboard.press('Escape');

  await window.getByRole('banner').getByRole('button', { name: 'Export…' }).click();
  const dialog = window.getByRole('dialog', { name: 'Export…' });
  await dialog.getByRole('radio', { name: /CSV folder/u }).check();
  await expect(dialog.getByRole('checkbox', { name: /Only what is shown/u })).toBeChecked();
  const folder = info.outputPath('tables');
  await saveTo(app, folder);
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  await expect(dialog.getByText('Written: tables')).toBeVisible();
  const lines = readFileSync(join(folder, 'lines.csv'), 'utf8').trimEnd().split('\r\n');
  expect(lines[0]).toBe('\uFEFFtime,offset_source,member,line,device,level,continues,text');
  expect(lines.length).toBeGreaterThan(10);
  expect(lines.slice(1).every((line) => line.includes('KB5037771'))).toBe(true);
  expect(readFileSync(join(folder, 'about.csv'), 'utf8')).toContain('text “KB5037771”');

  // A target that holds something already is left as it is, and that is said.
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  await expect(dialog.getByText('tables cannot be written.')).toBeVisible();
  expect(readdirSync(info.outputPath('.')).filter((name) => name.endsWith('.tmp'))).toEqual([]);

  await dialog.getByRole('radio', { name: /Copy of the bundle/u }).check();
  await dialog.getByRole('button', { name: 'Redaction…' }).click();
  const redaction = window.getByRole('dialog', { name: 'Redaction…' });
  await redaction.getByRole('textbox', { name: /Own words/u }).fill('Zaiko');
  await expect(redaction.getByRole('row', { name: /pc-0042 HOST-\d+/iu })).toBeVisible();
  await expect(redaction.getByRole('row', { name: /Zaiko WORD-01/iu })).toBeVisible();
  await redaction.getByRole('button', { name: 'Export…' }).click();

  await dialog.getByRole('radio', { name: /Copy of the bundle/u }).check();
  const copy = info.outputPath('copy.zip');
  await saveTo(app, copy);
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  await expect(dialog.getByText(/Written: copy\.zip .*left out/u)).toBeVisible();
  const members = Object.entries(unzipSync(readFileSync(copy)));
  expect(members.length).toBeGreaterThan(30);
  for (const [name, bytes] of members) {
    const text = `${name}\n${Buffer.from(bytes).toString('latin1')}`;
    expect([name, /PC-0042|EIGYO-NB22|KEIRI-PC07|zaiko/iu.test(text)]).toEqual([name, false]);
  }
  expect(members.map(([name]) => name)).toContain('patchtrail-redaction.json');
  await app.close();
});
