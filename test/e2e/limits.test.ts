// The limits of reading in the window: shown, checked, kept, applied to the open bundle, and set back.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import type { Locator, Page } from '@playwright/test';
import { strToU8, zipSync } from 'fflate';
import { launchPatchtrail } from './launch.ts';
import { waitUntilRead } from './window-steps.ts';

const heads =
  'MACHINE_NAME,TITLE,DETECT_STATUS,DETECT_DATE,DEPLOY_STATUS,DEPLOY_DATE,DEPLOY_ATTEMPTS,EXIT_CODE';
const row = 'PC-0042,KB5037771,PATCHED,2024-05-10 09:12:00,,,0,';

async function openLimits(window: Page): Promise<Locator> {
  await window.keyboard.press('Control+k');
  await window.getByRole('combobox').fill('limits');
  await window.keyboard.press('Enter');
  const dialog = window.getByRole('dialog', { name: /Limits of reading/u });
  await expect(dialog).toBeVisible();
  return dialog;
}

test('a limit is changed, the bundle is read again by it, and it is set back', async ({}, info) => {
  const folder = info.outputPath('limits');
  const userDataDir = info.outputPath('profile');
  await mkdir(folder, { recursive: true });
  const bundle = join(folder, 'wide.zip');
  // Far below the header, which is looked for in the first rows.
  const wide = `${heads}\n${`${row}\n`.repeat(30)}${row}${',x'.repeat(20)}\n`;
  await writeFile(
    bundle,
    zipSync({ 'lists/wide.csv': strToU8(wide), 'lists/fine.csv': strToU8(`${heads}\n${row}\n`) }),
  );
  const { app, window } = await launchPatchtrail({ args: [bundle], userDataDir });
  await waitUntilRead(window);

  let dialog = await openLimits(window);
  const cells = dialog.getByLabel('Cells of a table row');
  await expect(cells).toHaveValue('10000');
  await expect(dialog.getByLabel('Cells of the tables of a file')).toHaveValue('20000000');
  await expect(dialog.getByLabel('Unpacked size of all files')).toHaveValue('64 GiB');
  const again = dialog.getByRole('button', { name: 'Read again with these limits' });
  for (const bad of ['15', '100001', 'many', '']) {
    await cells.fill(bad);
    await expect(cells).toHaveAttribute('aria-invalid', 'true');
    await expect(again).toBeDisabled();
  }
  await cells.fill('16');
  await expect(cells).toHaveAttribute('aria-invalid', 'false');
  await again.click();
  await expect(dialog).toHaveCount(0);
  await waitUntilRead(window);
  const triage = window.getByRole('region', { name: 'Triage' });
  await expect(triage).toContainText('table row too wide');
  await window.keyboard.press('Control+6');
  const files = window.getByRole('region', { name: 'Files' });
  await files.getByText('wide.csv').first().click();
  await expect(window.getByText('Cells of a table row').first()).toBeVisible();
  await expect(files.getByRole('row', { name: /fine\.csv/u })).not.toContainText('Refused');
  // Its text is there all the same.
  await expect(window.getByText('MACHINE_NAME,TITLE').first()).toBeVisible();

  // Kept with the settings, for the next bundle as well.
  expect(JSON.parse(await readFile(join(userDataDir, 'settings.json'), 'utf8'))).toMatchObject({
    limits: { rowCells: 16 },
  });
  await window
    .getByRole('button', { name: /Limits of reading/u })
    .first()
    .click();
  dialog = window.getByRole('dialog', { name: /Limits of reading/u });
  await expect(dialog.getByLabel('Cells of a table row')).toHaveValue('16');
  await dialog.getByRole('button', { name: 'Reset to default' }).click();
  await expect(dialog.getByLabel('Cells of a table row')).toHaveValue('10000');
  await dialog.getByRole('button', { name: 'Read again with these limits' }).click();
  await expect(files.getByRole('row', { name: /wide\.csv/u })).toContainText('Parsed');
  await window.keyboard.press('Control+1');
  await waitUntilRead(window);
  await expect(triage).not.toContainText('table row too wide');
  await app.close();
});
