/** A bundle of several systems, and what each pane says where it has less to show than another. */
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { eventsCsv, until } from '../formats/deep-security/read-files.ts';
import { launchPatchtrail } from './launch.ts';
import { sample, waitUntilRead, walkToRule } from './window-steps.ts';

const answers = fileURLToPath(new URL('../fixtures/aws-ssm/aws-cli/', import.meta.url));

async function writeBundle(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const answer = 'describe-instance-patch-states.1.json';
  await copyFile(join(answers, answer), join(folder, answer));
  const rows = [
    { at: '10:00:00', id: 1600, target: 'relay01' },
    { at: '10:10:00', id: 273, target: 'pc-0042' },
    { at: '10:20:00', id: 2205, target: 'pc-0042' },
    { at: '10:12:00', id: 273, target: 'pc-0043' },
    { at: '10:22:00', id: 2205, target: 'pc-0043' },
    { at: '10:35:00', id: 1601, target: 'relay01' },
    until('12:00:00'),
  ];
  await writeFile(join(folder, 'events.csv'), eventsCsv(rows));
  return folder;
}

async function isInside(window: Page, selector: string): Promise<boolean> {
  const box = await window.locator(selector).boundingBox();
  const width = await window.evaluate(() => document.documentElement.clientWidth);
  return box !== null && box.x >= 0 && box.x + box.width <= width;
}

test('triage names rules in words, says what to do, and what is missing of each system', async ({}, info) => {
  const { app, window } = await launchPatchtrail({ args: [await writeBundle(info.outputPath('two'))] });
  await waitUntilRead(window);
  const triage = window.getByRole('region', { name: 'Triage' });
  // Two findings of one rule: the values of one of them are not those of both.
  await expect(triage.getByText('An agent updated while the relay was updating')).toBeVisible();
  expect(await triage.innerText()).not.toMatch(/[{}]/u);
  const entry = triage.locator('.group').filter({ hasText: 'An agent updated while' });
  await expect(entry.locator('.group-next')).toHaveText(/What to do: .{10}/u);
  const evidence = triage.getByRole('region', { name: 'Evidence' });
  await expect(evidence.getByRole('heading', { name: 'AWS Systems Manager' })).toBeVisible();
  const events = evidence.getByText('system events of the manager');
  await expect(events).toBeHidden();
  await evidence.getByText('1 kind of evidence is there').last().click();
  await expect(events).toBeVisible();

  // A record of JSON begins with a bracket: the log shows what stands in it.
  await window.keyboard.press('Control+5');
  const lines = window.getByRole('region', { name: 'Log lines' });
  await expect(lines.getByRole('gridcell', { name: /^\s*\{ "InstanceId"/u }).first()).toBeVisible();
  await app.close();
});

test('panes tell what they do not have, and a list of values stays inside the window', async () => {
  const { app, window } = await launchPatchtrail({ args: [sample] });
  await waitUntilRead(window);
  // The first finding is of a device whose logs nobody sent.
  const inspector = await walkToRule(window, 'kace/attempts-exhausted');
  const lines = window.getByRole('region', { name: 'Log lines' });
  await expect(lines.locator('.nearness')).toHaveText(/^no line of this device · /u);
  const findings = window.getByRole('region', { name: 'Findings' });
  await findings.getByRole('button', { name: /A disabled patch is in the deploy label/u }).click();
  await expect(lines.locator('.nearness')).toHaveText('what is cited is no log line and has no time');

  await inspector.getByRole('radio', { name: 'Confirmed' }).click();
  await expect(findings.locator('[aria-current="true"] .finding-verdict')).toHaveText(/Confirmed/u);

  await findings.getByRole('button', { name: /Severity/u }).click();
  await expect(window.locator('.set-filter:popover-open').getByText('Contradiction')).toBeVisible();
  await expect.poll(() => isInside(window, '.set-filter:popover-open')).toBe(true);
  const only = window.locator('.set-filter:popover-open').getByRole('button', { name: /critical/u });
  await only.click();
  await window.keyboard.press('Escape');

  // No dead end: what a filter hides can be shown again from where it is missed.
  await window.keyboard.press('Control+f');
  await window.getByRole('search').getByRole('textbox').fill('nothing holds this text');
  await expect(window.getByRole('search').getByRole('status')).toHaveText(/0/u);
  await window.keyboard.press('Enter');
  await expect(lines.getByText('No log lines for this filter.')).toBeVisible();
  await lines.getByRole('button', { name: 'Clear all filters' }).click();
  await expect(lines.getByRole('gridcell').first()).toBeVisible();
  await app.close();
});
