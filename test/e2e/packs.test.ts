import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { launchPatchtrail } from './launch.ts';
import { sample, waitUntilRead } from './window-steps.ts';

const meaning = 'The wrapper of this site found the disk locked.';

test('codes, assumptions and rules of the site come in as files of the profile', async ({}, info) => {
  const userDataDir = info.outputPath('profile');
  for (const folder of ['codes', 'rules']) await mkdir(join(userDataDir, folder), { recursive: true });
  await writeFile(
    join(userDataDir, 'codes', 'site.json'),
    JSON.stringify({
      schema: 'patchtrail.codes/1',
      source: { id: 'site', title: 'Codes of the site' },
      codes: [{ code: 987_654, family: 'kace', symbol: 'SITE_LOCKED', en: meaning }],
    }),
  );
  await writeFile(join(userDataDir, 'codes', 'broken.json'), '{');
  await writeFile(
    join(userDataDir, 'rules', 'site.json'),
    JSON.stringify({
      schema: 'patchtrail.rules/1',
      name: 'Rules of the site',
      off: [{ rule: 'kace/last-attempt', reason: 'Told by the service desk.' }],
    }),
  );
  const bundle = info.outputPath('device PC-0042.html');
  await writeFile(
    bundle,
    `<!doctype html><html><head><meta charset="utf-8"><title>Device Detail: PC-0042</title></head><body><h1>PC-0042</h1>
<table><tr><th>Patch</th><th>Detect Status</th><th>Detect Date</th><th>Deploy Status</th><th>Deploy Date</th><th>Exit Code</th></tr>
<tr><td>2024-05 Cumulative Update (KB5037771)</td><td>Not Patched</td><td>2024/05/12 09:12:00</td><td>Failed</td><td>2024/05/11 09:12:00</td><td>987654</td></tr>
</table></body></html>`,
  );
  const { app, window } = await launchPatchtrail({ userDataDir, args: [bundle] });
  await waitUntilRead(window);
  await expect(window.getByRole('alert')).toContainText('codes/broken.json');
  await expect(window.getByText(/^Rules off by pack Rules of the site: /u)).toBeVisible();
  await window.keyboard.press('Control+2');
  await window
    .getByRole('gridcell', { name: /KB5037771/u })
    .first()
    .click();
  const inspector = window.getByRole('region', { name: 'Inspector' });
  await expect(inspector.getByText(meaning).first()).toBeVisible();
  await app.close();
});

test('what is kept on the machine is removed, and does not come back', async ({}, info) => {
  const userDataDir = info.outputPath('profile');
  const { app, window } = await launchPatchtrail({ userDataDir, args: [sample] });
  await waitUntilRead(window);
  await expect
    .poll(
      async () => (await readdir(join(userDataDir, 'remembered'))).filter((name) => name.endsWith('.gz')),
      {
        timeout: 60_000,
      },
    )
    .toHaveLength(1);
  await window.keyboard.press('Control+K');
  await window.getByRole('combobox').fill('kept data');
  await window.keyboard.press('Enter');
  const dialog = window.getByRole('dialog', { name: 'Remove kept data' });
  await expect(dialog.getByRole('checkbox', { name: /^Cases/u })).not.toBeChecked();
  await dialog.getByRole('button', { name: 'Remove…' }).click();
  await dialog.getByRole('button', { name: 'Remove for good' }).click();
  await expect(dialog.getByRole('status')).toContainText('removed');
  expect(await readdir(join(userDataDir, 'remembered'))).toEqual([]);
  await dialog.getByRole('button', { name: 'Close' }).click();
  await app.close();
  const left = await readdir(userDataDir);
  expect(left.filter((name) => /^(?:recent|settings|window)\.json/u.test(name))).toEqual([]);
  expect(await readdir(join(userDataDir, 'remembered'))).toEqual([]);
  await expect(readFile(join(userDataDir, 'cases', 'places.json'))).rejects.toThrow();
});
