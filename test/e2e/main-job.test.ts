import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { launchPatchtrail } from './launch.ts';
import { sample, waitUntilRead, walkToRule } from './window-steps.ts';

const rule = 'kace/detection-older-than-deployment';
const note = '再起動後の再検出結果を依頼済み。Customer restarts tonight.';

test('from a bundle on the command line to a PDF that can be checked', async ({}, info) => {
  const { app, window } = await launchPatchtrail({ args: [sample] });
  await waitUntilRead(window);
  await expect(
    window.getByRole('region', { name: 'Triage' }).getByRole('heading', { level: 1 }),
  ).toContainText('contradictions');

  const inspector = await walkToRule(window, rule);
  const title = await inspector.getByRole('heading', { level: 1 }).innerText();

  // Both cells of the pair are marked, tied by one letter, and say why.
  const row = window.getByRole('region', { name: 'Patches' }).locator('[role="row"][aria-selected="true"]');
  await expect(row).toHaveCount(1);
  const letters: string[] = [];
  for (const column of ['detectedAt', 'deployedAt']) {
    const cell = row.locator(`[col-id="${column}"]`);
    await expect(cell).toHaveAccessibleDescription(new RegExp(escape(title), 'u'));
    letters.push((await cell.locator('.pair').innerText()).replace(/\s|\+/gu, ''));
  }
  expect(letters[0]).toMatch(/^≠[A-Z]+$/u);
  expect(letters[1]).toBe(letters[0]);

  // The same row of the attempts, and the nearest line with its distance.
  const attempts = window.getByRole('region', { name: 'Attempts' });
  await expect(attempts.locator('[role="row"][aria-selected="true"]')).toHaveCount(1);
  const lines = window.getByRole('region', { name: 'Log lines' });
  await expect(lines.locator('[role="row"][aria-selected="true"]')).toBeInViewport();
  await expect(lines.getByRole('status')).toHaveText(/nearest line .*(?:before|after)/u);

  await window.keyboard.press('n');
  const field = inspector.getByRole('textbox', { name: 'Note' });
  await expect(field).toBeFocused();
  await window.keyboard.insertText(note);
  await expect(field).toHaveValue(note);
  await inspector.getByRole('radio', { name: 'Confirmed' }).click();
  await expect(window.locator('.case-status')).toHaveText(/^saved \d\d:\d\d$/u);

  const quote = (await inspector.locator('blockquote').first().innerText()).trim();
  const pdf = info.outputPath('report.pdf');
  await app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
  }, pdf);
  await window.keyboard.press('Escape');
  await window.keyboard.press('Control+e');
  await window
    .getByRole('dialog', { name: 'Export report' })
    .getByRole('button', { name: 'Save PDF…' })
    .click();
  await expect(window.getByText('Report written: report.pdf')).toBeVisible({ timeout: 60_000 });

  const text = squeezed(
    execFileSync('pdftotext', ['-layout', pdf, '-'], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }),
  );
  expect(text).toContain(squeezed(title));
  expect(text).toContain(squeezed(note));
  for (const part of quote
    .split('|')
    .map((one) => squeezed(one))
    .filter((one) => one !== '')) {
    expect(text).toContain(part);
  }
  expect(text).toContain(createHash('sha256').update(readFileSync(sample)).digest('hex'));
  await app.close();
});

test('a line leads to its device, and a lock keeps a pane where it is', async () => {
  const { app, window } = await launchPatchtrail({ args: [sample] });
  await waitUntilRead(window);
  await window.keyboard.press('Control+2');
  const patches = window.getByRole('region', { name: 'Patches' });
  const lines = window.getByRole('region', { name: 'Log lines' });
  const chosen = lines.locator('[role="row"][aria-selected="true"]');
  const status = lines.getByRole('status');
  await patches.locator('[row-index="0"] [col-id="device"]').click();
  await expect(chosen).toHaveCount(1);
  await expect(status).toHaveText(/nearest line/u);

  await lines.getByRole('button', { name: 'follows' }).click();
  await patches.locator('[row-index="5"] [col-id="device"]').click();
  await expect(status).toHaveText('this pane is locked');
  await lines.getByRole('button', { name: 'follows' }).click();
  await expect(status).toHaveText(/nearest line/u);
  await expect(chosen).toBeInViewport();

  await lines
    .getByRole('gridcell', { name: /deployResult|DEPLOY begin/u })
    .first()
    .click();
  await expect(window.getByRole('region', { name: 'Inspector' }).getByText('Log line')).toBeVisible();
  await expect(patches.locator('[role="row"][aria-selected="true"]')).toHaveCount(1);
  await app.close();
});

test('search counts at once, explains a bad expression and becomes a chip that can be undone', async () => {
  const { app, window } = await launchPatchtrail({ args: [sample] });
  await waitUntilRead(window);
  await window.keyboard.press('Control+2');
  await window.keyboard.press('Control+f');
  const bar = window.getByRole('search');
  await window.keyboard.insertText('KB5037771');
  await expect(bar.getByRole('status')).toHaveText(/^[\d,]+ lines? · \d+ records?$/u);
  await bar.getByRole('button', { name: 'Regular expression' }).click();
  await bar.getByRole('textbox').fill('KB(');
  await expect(bar.getByRole('status')).toContainText('not a valid expression');
  await bar.getByRole('textbox').fill('KB503\\d{4}');
  await expect(bar.getByRole('status')).toHaveText(/lines? ·/u);
  await window.keyboard.press('Enter');
  const remove = window.getByRole('contentinfo').getByRole('button', { name: 'Remove filter /KB503\\d{4}/' });
  await expect(remove).toBeVisible();
  await window.keyboard.press('Escape');
  await expect(bar).toHaveCount(0);
  await window.keyboard.press('Control+z');
  await expect(remove).toHaveCount(0);
  await app.close();
});

test('speaks Japanese and wears dark without a restart', async () => {
  const { app, window } = await launchPatchtrail({ args: [sample] });
  await waitUntilRead(window);
  await window.getByRole('radio', { name: '日本語' }).click();
  await expect(
    window.getByRole('region', { name: 'トリアージ' }).getByRole('heading', { level: 1 }),
  ).toContainText('矛盾');
  await window.getByRole('radio', { name: 'ダーク' }).click();
  await expect(window.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expect(window.locator('html')).toHaveAttribute('lang', 'ja');
  await window.keyboard.press('F8');
  for (const name of ['所見', 'パッチ', '試行回数', 'ログ行', 'タイムライン', '詳細']) {
    await expect(window.getByRole('region', { name, exact: true })).toBeVisible();
  }
  await expect(window.getByRole('button', { name: 'バンドルを開く…' })).toBeVisible();
  await expect(window.getByRole('button', { name: '次の所見' }).first()).toBeVisible();
  await app.close();
});

test('a citation opens its line in its file, and back leads back', async () => {
  const { app, window } = await launchPatchtrail({ args: [sample] });
  await waitUntilRead(window);
  const inspector = await walkToRule(window, rule);
  const place = inspector.locator('button.path').first();
  const line = /:(?<line>\d+)$/u.exec(await place.innerText())?.groups?.['line'] ?? '';
  await place.click();
  const file = window.getByRole('region', { name: 'File contents' });
  const row = file.locator('[role="row"][aria-selected="true"]');
  await expect(row).toBeInViewport();
  await expect(row.locator('[col-id="line"]')).toHaveText(line);
  await window.keyboard.press('Alt+ArrowLeft');
  await expect(window.getByRole('region', { name: 'Patches' })).toBeVisible();
  await app.close();
});

/** Line breaks and runs of blanks are the printer's. */
function squeezed(text: string): string {
  return text.replace(/\s+/gu, '');
}

function escape(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/gu, '\\$&');
}
