import { expect, test } from '@playwright/test';
import { launchPatchtrail } from './launch.ts';
import { sample, waitUntilRead } from './window-steps.ts';

test('marked rows are copied as text, CSV and Markdown', async () => {
  const { app, window } = await launchPatchtrail({ args: [sample] });
  await waitUntilRead(window);
  await window.keyboard.press('Control+2');
  const clipboard = (): Promise<string> => app.evaluate(({ clipboard: board }) => board.readText());
  const patches = window.getByRole('region', { name: 'Patches' });
  await patches.locator('[row-index="0"] [col-id="device"]').click();
  await window.keyboard.press('Control+c');
  await expect(window.getByText('1 row copied')).toBeVisible();
  expect((await clipboard()).split('\n')).toHaveLength(1);

  await window.keyboard.press('Shift+ArrowDown');
  await window.keyboard.press('Shift+ArrowDown');
  await expect(patches.locator('.ag-row.in-range')).toHaveCount(3);
  await window.keyboard.press('Control+c');
  await expect(window.getByText('3 rows copied')).toBeVisible();
  const lines = (await clipboard()).split('\n');
  expect(lines).toHaveLength(4);
  expect(lines[0]).toMatch(/^Device\tPatch\tDetection\t/u);

  await patches.locator('[row-index="5"] [col-id="device"]').click({ modifiers: ['Shift'] });
  await expect(patches.locator('.ag-row.in-range')).toHaveCount(6);
  await window.keyboard.press('Control+k');
  await window.keyboard.insertText('markdown');
  await window.keyboard.press('Enter');
  await expect(window.getByText('6 rows copied')).toBeVisible();
  expect(await clipboard()).toMatch(/^\| Device \| Patch \|.*\n\| --- \|/u);
  await app.close();
});

test('columns are hidden and stay hidden', async ({}, info) => {
  const userDataDir = info.outputPath('user-data');
  const first = await launchPatchtrail({ args: [sample], userDataDir });
  await waitUntilRead(first.window);
  await first.window.keyboard.press('Control+2');
  const header = (window: typeof first.window) =>
    window.getByRole('region', { name: 'Patches' }).getByRole('columnheader', { name: 'Restart' });
  await expect(header(first.window)).toHaveCount(1);
  await first.window
    .getByRole('region', { name: 'Patches' })
    .getByRole('button', { name: 'Columns' })
    .click();
  await first.window.getByRole('checkbox', { name: 'Restart' }).uncheck();
  await expect(header(first.window)).toHaveCount(0);
  await first.app.close();

  const second = await launchPatchtrail({ args: [sample], userDataDir });
  await waitUntilRead(second.window);
  await second.window.keyboard.press('Control+2');
  await expect(
    second.window.getByRole('region', { name: 'Patches' }).getByRole('columnheader', { name: 'Patch' }),
  ).toBeVisible();
  await expect(header(second.window)).toHaveCount(0);
  await second.app.close();
});

test('a column is filtered by the values that it has, and each change can be undone', async () => {
  const { app, window } = await launchPatchtrail({ args: [sample] });
  await waitUntilRead(window);
  await window.keyboard.press('Control+2');
  const patches = window.getByRole('region', { name: 'Patches' });
  const rows = async (): Promise<number> =>
    Number(/^(\d+) rows?/u.exec(await patches.locator('.pane-head small').innerText())?.[1] ?? Number.NaN);
  const all = await rows();
  await patches.getByRole('columnheader', { name: 'Detection', exact: true }).getByRole('button').click();
  const list = window.getByRole('group', { name: 'Filter by Detection', exact: true });
  const count = async (name: string): Promise<number> =>
    Number(await list.locator('.set-filter-value').filter({ hasText: name }).locator('small').innerText());
  await expect(list.getByRole('checkbox', { name: /^Not patched/u })).toBeChecked();
  const [patched, notPatched] = [await count('✓'), await count('Not patched')];
  await list.getByRole('checkbox', { name: /^Patched/u }).uncheck();
  await expect.poll(rows).toBe(all - patched);
  await list.getByRole('button', { name: 'Only “Not patched”' }).click();
  await expect.poll(rows).toBe(notPatched);
  // The last value cannot be taken out as well.
  await expect(list.getByRole('checkbox', { name: /^Not patched/u })).toBeDisabled();
  await window.keyboard.press('Escape');
  await expect(list).toBeHidden();
  await expect(patches.getByText('detection = Not patched')).toBeVisible();

  // From a cell by the keyboard, in another column of the same rows.
  await patches.locator('[row-index="0"] [col-id="exitCode"]').click();
  await window.keyboard.press('Alt+ArrowDown');
  const codes = window.getByRole('group', { name: 'Filter by Exit', exact: true });
  await expect(codes.getByRole('checkbox').first()).toBeFocused();
  const listed = await codes.locator('.set-filter-value small').allInnerTexts();
  expect(listed.reduce((sum, one) => sum + Number(one), 0)).toBe(notPatched);
  await window.keyboard.press('Space');
  await expect.poll(rows).toBe(notPatched - Number(listed[0]));
  await window.keyboard.press('Escape');
  await expect(patches.locator('.ag-cell-focus')).toHaveCount(1);
  for (const left of [notPatched, all - patched, all]) {
    await window.keyboard.press('Control+z');
    await expect.poll(rows).toBe(left);
  }
  await expect(patches.locator('.chip')).toHaveCount(0);
  await app.close();
});

test('records of the log fold, and what leads to a folded line opens its record', async () => {
  const { app, window } = await launchPatchtrail({ args: [sample] });
  await waitUntilRead(window);
  await window.keyboard.press('Control+5');
  const log = window.getByRole('region', { name: 'Log lines' });
  const second = log.getByText('see C:\\ProgramData\\Quest\\KACE\\Patches\\install.log').first();
  const jump = async (row: number): Promise<void> => {
    await log.getByRole('textbox', { name: 'Go to row' }).fill(String(row));
    await window.keyboard.press('Enter');
  };
  await jump(1_210);
  await expect(second).toBeVisible();
  await log.getByRole('button', { name: 'Fold', exact: true }).click();
  await expect(second).toBeHidden();
  await jump(1_206);
  const more = log.getByRole('button', { name: '▸ 2 more lines' });
  await more.first().click();
  await expect(second).toBeVisible();
  // The arrow keys in the first column close it and open it.
  const row = log.getByRole('row').filter({ hasText: 'konea.log:1,000' });
  await row.locator('[col-id="time"]').click();
  await window.keyboard.press('ArrowLeft');
  await expect(second).toBeHidden();
  await log.getByRole('row').filter({ hasText: 'konea.log:998' }).locator('[col-id="time"]').click();
  await window.keyboard.press('ArrowRight');
  await expect(second).toBeVisible();

  // A match in a folded line is gone to, and shown.
  await window.keyboard.press('Control+f');
  await window.getByRole('search').getByRole('textbox').fill('Return value 3');
  await expect(window.getByRole('search').getByRole('status')).toHaveText(/^[2-9]\d* lines/u);
  const chosen = log.getByRole('row', { selected: true });
  for (const wanted of [/Return value 3/u, /Return value 3/u]) {
    const before = await chosen.allInnerTexts();
    await window.keyboard.press('F3');
    await expect(chosen).toContainText(wanted);
    await expect(chosen).toContainText('↳');
    await expect.poll(() => chosen.allInnerTexts()).not.toEqual(before);
  }
  await app.close();
});

test('a note stands on the timeline, and its mark leads to what it is about', async () => {
  const { app, window } = await launchPatchtrail({ args: [sample] });
  await waitUntilRead(window);
  await window.keyboard.press('F8');
  const inspector = window.getByRole('region', { name: 'Inspector' });
  const title = await inspector.getByRole('heading', { level: 1 }).innerText();
  await inspector.getByRole('textbox', { name: 'Note' }).fill('ask for the agent log');
  const lane = window.getByRole('region', { name: 'Timeline' }).getByRole('group', { name: 'Notes' });
  const mark = lane.getByRole('button', { name: /ask for the agent log/u });
  await expect(mark).toBeVisible();
  await window.getByRole('region', { name: 'Findings' }).getByText('A disabled patch is in').first().click();
  await expect(inspector.getByRole('heading', { level: 1 })).not.toHaveText(title);
  await mark.click();
  await expect(inspector.getByRole('textbox', { name: 'Note' })).toHaveValue('ask for the agent log');
  await app.close();
});

test('the keys of a spreadsheet move among the cells, and Enter takes the keyboard along to the file', async () => {
  const { app, window } = await launchPatchtrail({ args: [sample] });
  await waitUntilRead(window);
  await window.keyboard.press('Control+2');
  const patches = window.getByRole('region', { name: 'Patches' });
  const focused = (): Promise<string> =>
    window.evaluate(() => {
      const cell = document.activeElement;
      return `${cell?.closest('[row-index]')?.getAttribute('row-index') ?? ''} ${cell?.getAttribute('col-id') ?? ''}`;
    });
  await patches.locator('[row-index="3"] [col-id="patch"]').click();
  for (const [key, cell] of [
    ['ArrowDown', '4 patch'],
    ['Home', '4 device'],
    ['End', '4 source'],
    ['Control+End', '216 source'],
    ['Control+Home', '0 device'],
    ['ArrowRight', '0 patch'],
  ] as const) {
    await window.keyboard.press(key);
    await expect.poll(focused, key).toBe(cell);
  }
  await window.keyboard.press('Control+Shift+End');
  await window.keyboard.press('Control+c');
  await expect(window.getByText('217 rows copied')).toBeVisible();
  await window.keyboard.press('Escape');

  await window.keyboard.press('Control+Home');
  await window.keyboard.press('Enter');
  const file = window.getByRole('region', { name: 'File contents' });
  const chosen = file.locator('[role="row"][aria-selected="true"]');
  await expect(chosen).toBeVisible();
  const line = Number(await chosen.getAttribute('row-index'));
  await expect.poll(async () => (await focused()).split(' ')[0]).toBe(String(line));
  await window.keyboard.press('ArrowDown');
  await expect.poll(async () => (await focused()).split(' ')[0]).toBe(String(line + 1));
  await app.close();
});
