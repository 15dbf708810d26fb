import { expect, test } from '@playwright/test';
import { launchPatchtrail } from './launch.ts';
import { sample, waitUntilRead } from './window-steps.ts';

test('a row of a picture becomes a record that the rules judge', async () => {
  const { app, window } = await launchPatchtrail({ args: [sample] });
  await waitUntilRead(window);
  const files = window.getByRole('region', { name: 'Files' });
  await window.keyboard.press('Control+6');
  // The grid holds only the rows in sight.
  const picture = files.getByRole('gridcell', { name: /展開ステータス\.png/u });
  await files.getByRole('gridcell').first().hover();
  await expect(async () => {
    await window.mouse.wheel(0, 400);
    await expect(picture).toBeVisible({ timeout: 500 });
  }).toPass();
  await picture.click();
  await window.getByRole('button', { name: 'Transcribe row…' }).click();

  const form = window.getByRole('form', { name: 'Transcribe row…' });
  await form.getByRole('button', { name: 'Save row' }).click();
  await expect(form.getByRole('alert')).toHaveText('Mark the row in the picture first.');

  const sheet = window.locator('.picture-sheet');
  const box = await sheet.boundingBox();
  if (box === null) throw new Error('the picture is not there');
  await window.mouse.move(box.x + 10, box.y + 12);
  await window.mouse.down();
  await window.mouse.move(box.x + 60, box.y + 30, { steps: 4 });
  await window.mouse.up();
  await expect(form.getByRole('spinbutton', { name: 'Left' })).toHaveValue('10');
  await form.getByRole('spinbutton', { name: 'Width' }).fill('300');

  await form.getByRole('textbox', { name: 'Device' }).fill('PC-9999');
  await form.getByRole('textbox', { name: 'Patch' }).fill('Security Update (KB5999999)');
  await form.getByRole('textbox', { name: 'Detection status' }).fill('パッチ未適用');
  await form.getByRole('textbox', { name: 'Detection date' }).fill('2024/05/10 09:12:00');
  await form.getByRole('textbox', { name: 'Deploy status' }).fill('正常終了');
  await form.getByRole('textbox', { name: 'Deploy date' }).fill('2024-05-10 09:30:00');
  await form.getByRole('textbox', { name: 'Exit code' }).fill('3010');
  await window.keyboard.press('Enter');
  const rows = window.getByRole('region', { name: 'Transcribed rows' });
  await expect(rows.getByRole('listitem')).toHaveCount(1);
  await expect(window.locator('.case-status')).toHaveText(/^saved \d\d:\d\d$/u);

  await window.keyboard.press('Escape');
  await window.keyboard.press('Control+2');
  const patches = window.getByRole('region', { name: 'Patches' });
  await window.keyboard.press('Control+f');
  await window.keyboard.insertText('PC-9999');
  await window.keyboard.press('Enter');
  await expect(patches.getByRole('gridcell', { name: 'PC-9999' })).toBeVisible();

  await window.keyboard.press('Control+6');
  await rows.getByRole('button', { name: /^Delete PC-9999/u }).click();
  await expect(rows.getByRole('listitem')).toHaveCount(0);
  await rows.getByRole('button', { name: 'Undo' }).click();
  await expect(rows.getByRole('listitem')).toHaveCount(1);
  await app.close();
});
