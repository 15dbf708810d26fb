import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { writeZip } from '../../scripts/fixtures/zip-writer.ts';
import { buildTar } from '../archive/builders/tar.ts';
import { launchPatchtrail } from './launch.ts';
import { sample, waitUntilRead, walkToRule } from './window-steps.ts';

/** Of the members of made bundles. */
const modified = '2024-05-10 09:12';
const saved = /^saved \d\d:\d\d$/u;

async function firstLogLine(window: Page) {
  await window.keyboard.press('Control+5');
  const lines = window.getByRole('region', { name: 'Log lines' });
  await lines.getByRole('gridcell').first().click();
  await expect(lines.locator('.ag-row-selected')).toBeVisible();
  return lines;
}

test('a note is written on a range of lines, undone, done again, listed and found', async () => {
  const { app, window } = await launchPatchtrail({ args: [sample] });
  await waitUntilRead(window);
  await firstLogLine(window);
  const inspector = window.getByRole('region', { name: 'Inspector' });
  const place = await inspector.locator('.witness .path').innerText();
  const from = Number(place.slice(place.lastIndexOf(':') + 1));
  await inspector.getByRole('spinbutton', { name: /^Note on lines/u }).fill(String(from + 2));
  await inspector.getByRole('button', { name: 'Note on range' }).click();
  await expect(inspector.getByText('3 lines')).toBeVisible();
  await inspector.getByRole('textbox', { name: 'Note', exact: true }).fill('この三行は **再起動** の前');
  await inspector.getByRole('radio', { name: 'Confirmed' }).click();
  await expect(window.locator('.case-status')).toHaveText(saved);
  await expect(
    window.getByRole('region', { name: 'Log lines' }).locator('.evidence-marks').first(),
  ).toBeVisible();

  // Undo: the verdict first, then the words; and the other way round.
  await window.getByRole('region', { name: 'Log lines' }).getByRole('gridcell').first().focus();
  const note = inspector.getByRole('textbox', { name: 'Note', exact: true });
  await window.keyboard.press('Control+z');
  await expect(inspector.getByRole('radio', { name: 'Open' })).toBeChecked();
  await window.keyboard.press('Control+z');
  await expect(note).toHaveValue('');
  await window.keyboard.press('Control+Shift+z');
  await expect(note).toHaveValue('この三行は **再起動** の前');

  await window.keyboard.press('Control+7');
  const list = window.getByRole('region', { name: 'Case' });
  await expect(list.getByRole('button', { name: 'この三行は 再起動 の前', exact: true })).toBeVisible();
  await list.getByRole('searchbox', { name: 'Search notes' }).fill('nothing like it');
  await expect(list.getByText('No note matches.')).toBeVisible();
  await list.getByRole('searchbox', { name: 'Search notes' }).fill('再起動');
  await list.getByRole('button', { name: /^Remove the note/u }).click();
  await expect(list.getByText('No notes yet.', { exact: false })).toBeVisible();
  await window.getByRole('contentinfo').getByRole('button', { name: 'Undo' }).click();
  await list.getByRole('button', { name: 'この三行は 再起動 の前', exact: true }).click();
  await expect(inspector.getByText('3 lines')).toBeVisible();
  await window.keyboard.press('Alt+ArrowLeft');
  await expect(list).toBeVisible();
  await window.keyboard.press('Alt+ArrowRight');
  await expect(inspector.getByText('3 lines')).toBeVisible();
  await app.close();
});

test('a rule is muted with a reason, leaves the counts, and is unmuted', async () => {
  const { app, window } = await launchPatchtrail({ args: [sample] });
  await waitUntilRead(window);
  const rule = 'kace/detection-older-than-deployment';
  const inspector = await walkToRule(window, rule);
  const count = window.locator('.finding-count');
  const total = Number(/of (?<total>\d+)/u.exec(await count.innerText())?.groups?.['total']);
  const title = await inspector.getByRole('heading', { level: 1 }).innerText();
  await inspector.getByRole('button', { name: 'Mute…' }).click();
  await inspector.getByRole('radio', { name: 'All of the rule' }).click();
  await expect(inspector.getByRole('button', { name: 'Mute', exact: true })).toBeDisabled();
  await inspector.getByRole('textbox', { name: 'Reason' }).fill('Pages saved before the restart');
  await inspector.getByRole('button', { name: 'Mute', exact: true }).click();
  await expect(inspector.getByText('Pages saved before the restart')).toBeVisible();
  await expect(count).not.toContainText(String(total));
  const findings = window.getByRole('region', { name: 'Findings' });
  await expect(findings.getByRole('button', { name: title })).toHaveCount(0);

  // What the rules answered is told for a row, the muted rule included.
  await inspector.getByRole('tab', { name: 'Rules' }).click();
  await expect(inspector.getByRole('region', { name: 'Fired' })).toContainText(rule);

  await window.keyboard.press('Control+7');
  const place = window.getByRole('region', { name: 'Case' });
  // What is done and undone before it was ever saved is in no log: the mute is on the disk first.
  await place.getByRole('tab', { name: 'Custody log' }).click();
  await expect(place.getByRole('cell', { name: 'Muted', exact: true })).toBeVisible();
  await place.getByRole('tab', { name: /^Muted/u }).click();
  await expect(place.getByText('Pages saved before the restart')).toBeVisible();
  await place.getByRole('button', { name: /^Unmute/u }).click();
  await window.keyboard.press('Control+2');
  await expect(count).toContainText(String(total));

  await window.keyboard.press('Control+7');
  await place.getByRole('tab', { name: 'Custody log' }).click();
  await expect(place.getByText('The chain is whole', { exact: false })).toBeVisible();
  await expect(place.getByRole('cell', { name: 'Muted', exact: true })).toBeVisible();
  await expect(place.getByRole('cell', { name: 'Unmuted', exact: true })).toBeVisible();
  await app.close();
});

test('a bookmark is set by key, named, and leads back', async () => {
  const { app, window } = await launchPatchtrail({ args: [sample] });
  await waitUntilRead(window);
  const lines = await firstLogLine(window);
  await window.keyboard.press('b');
  await expect(window.getByRole('status').filter({ hasText: 'Bookmark set.' })).toBeVisible();
  await expect(lines.getByText('⚑').first()).toBeVisible();
  await window.keyboard.press('Control+1');
  await window.keyboard.press('Control+7');
  const place = window.getByRole('region', { name: 'Case' });
  await place.getByRole('tab', { name: /^Bookmarks/u }).click();
  await place.getByRole('textbox', { name: /^Label of the bookmark/u }).fill('here it begins');
  await window.keyboard.press('Enter');
  await place.locator('.case-row-open').click();
  await expect(lines.locator('.ag-row-selected')).toBeVisible();
  await expect(window.locator('.case-status')).toHaveText(saved);
  await app.close();
});

test('a bundle that was read before shows its findings and notes at once, verified later', async ({}, info) => {
  // Long enough that reading takes a while.
  const lines = Array.from(
    { length: 1_500_000 },
    (_, line) => `2024-05-10 09:12:00 INFO line ${line} of many`,
  );
  const bundle = info.outputPath('case-4712.tar');
  const tar = await buildTar([
    { name: 'sakura.zip', data: await readFile(sample) },
    { name: 'long.log', data: `${lines.join('\n')}\n` },
  ]);
  await mkdir(dirname(bundle), { recursive: true });
  await writeFile(bundle, tar);
  const userDataDir = info.outputPath('profile');
  const first = await launchPatchtrail({ userDataDir, args: [bundle] });
  await waitUntilRead(first.window);
  await walkToRule(first.window, 'kace/detection-older-than-deployment');
  await first.window.getByRole('textbox', { name: 'Note', exact: true }).fill('asked the customer');
  await expect(first.window.locator('.case-status')).toHaveText(saved);
  await first.app.close();

  const second = await launchPatchtrail({ userDataDir });
  const { window } = second;
  // The answers of the last time are told apart from those of this one, however short the moment is.
  const seen = window.evaluate(
    () =>
      new Promise<string[]>((resolve) => {
        const states: string[] = [];
        const look = (): void => {
          const text = document.querySelector('.banner.remembered')?.textContent ?? '';
          const groups = document.querySelectorAll('.groups > li').length;
          if (text !== '' && groups > 0 && !states.includes(text)) states.push(text);
          if (document.querySelector('.status-bar') !== null) resolve(states);
        };
        new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
      }),
  );
  await window.getByRole('button', { name: /^case-4712\.tar/u }).click();
  expect(await seen).toEqual([expect.stringContaining('From the last reading.')]);
  await waitUntilRead(window);
  await expect(window.locator('.banner.remembered')).toHaveCount(0);
  await window.keyboard.press('Control+7');
  await expect(window.getByRole('button', { name: 'asked the customer', exact: true })).toBeVisible();
  await second.app.close();
});

test('a bundle that changed is told with what differs, and its notes stay readable', async ({}, info) => {
  const folder = await mkdtemp(join(tmpdir(), 'patchtrail-e2e-'));
  const bundle = join(folder, 'logs.zip');
  const log = (text: string): Buffer => Buffer.from(`2024-05-10 09:12:00 INFO ${text}\n`);
  await writeFile(
    bundle,
    writeZip([
      { path: 'a.log', bytes: log('one'), modified },
      { path: 'b.log', bytes: log('two'), modified },
    ]),
  );
  const userDataDir = info.outputPath('profile');
  const first = await launchPatchtrail({ userDataDir, args: [bundle] });
  await waitUntilRead(first.window);
  await firstLogLine(first.window);
  await first.window.getByRole('textbox', { name: 'Note', exact: true }).fill('noted before');
  await expect(first.window.locator('.case-status')).toHaveText(saved);
  await first.app.close();

  await writeFile(
    bundle,
    writeZip([
      { path: 'a.log', bytes: log('one'), modified },
      { path: 'b.log', bytes: log('changed'), modified },
      { path: 'c.log', bytes: log('new'), modified },
    ]),
  );
  const second = await launchPatchtrail({ userDataDir, args: [bundle] });
  const { window } = second;
  await waitUntilRead(window);
  await expect(window.getByText('Files: 1 changed, 1 new, 0 gone.')).toBeVisible();
  await window.getByRole('button', { name: 'Show what differs and 1 note…' }).click();
  const dialog = window.getByRole('dialog');
  await expect(dialog.getByText('b.log', { exact: true })).toBeVisible();
  await expect(dialog.getByText('c.log', { exact: true })).toBeVisible();
  await expect(dialog.getByText('noted before')).toBeVisible();
  await dialog.getByRole('button', { name: 'Take the notes over' }).click();
  await window.keyboard.press('Control+7');
  await expect(window.getByRole('button', { name: 'noted before', exact: true })).toBeVisible();
  await second.app.close();
});
