/** Every screen of the window, one after the other, in whichever language it speaks. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect } from '@playwright/test';
import type { ElectronApplication, Locator, Page } from '@playwright/test';
import { eventsCsv, until } from '../formats/deep-security/read-files.ts';
import { writeZip } from '../../scripts/fixtures/zip-writer.ts';
import { buildEncryptedZip } from '../archive/builders/encrypted-zip.ts';
import { waitUntilRead } from './window-steps.ts';

export const languages = ['en', 'ja'] as const;
export type ScreenLanguage = (typeof languages)[number];
export type ScreenTheme = 'light' | 'dark' | 'contrast';

export interface Screen {
  readonly name: string;
  readonly show: (window: Page) => Promise<void>;
  /** Leaves what `show` opened over the others. */
  readonly leave?: (window: Page) => Promise<void>;
}

export const themeTitles: Readonly<Record<ScreenTheme, RegExp>> = {
  light: /^(?:Light|ライト)$/u,
  dark: /^(?:Dark|ダーク)$/u,
  contrast: /^(?:High contrast|ハイコントラスト)$/u,
};

export async function dress(window: Page, language: ScreenLanguage, theme: ScreenTheme): Promise<void> {
  await window.getByRole('radio', { name: language === 'ja' ? '日本語' : 'EN', exact: true }).click();
  await expect(window.locator('html')).toHaveAttribute('lang', language);
  await window.getByRole('radio', { name: themeTitles[theme] }).click();
  await expect(window.locator('html')).toHaveAttribute('data-theme', theme);
}

export function region(window: Page, english: string, japanese: string): Locator {
  return window.getByRole('region', { name: new RegExp(`^(?:${english}|${japanese})$`, 'u') });
}

/** Runs a command of the palette by its id, which is the same in every language. */
export async function runCommand(window: Page, id: string): Promise<void> {
  await window.keyboard.press('Control+k');
  const palette = window.locator('dialog.palette');
  await expect(palette).toBeVisible();
  await window.keyboard.insertText(id);
  await window.keyboard.press('Enter');
  await expect(palette).toHaveCount(0);
}

/** Everything that comes with a choice has been drawn. */
async function rowsStand(pane: Locator): Promise<void> {
  await expect(pane.getByRole('gridcell').first()).toBeVisible();
}

async function closeDialog(window: Page): Promise<void> {
  await window.keyboard.press('Escape');
  await expect(window.locator('dialog')).toHaveCount(0);
}

function dialog(name: string, open: (window: Page) => Promise<void>, selector: string): Screen {
  return {
    name,
    show: async (window) => {
      await open(window);
      await expect(window.locator(selector)).toBeVisible();
    },
    leave: closeDialog,
  };
}

/** Chooses a member among the files; the grid holds only the rows in sight. */
export async function chooseFile(window: Page, name: RegExp): Promise<void> {
  const files = region(window, 'Files', 'ファイル');
  await window.keyboard.press('Control+6');
  await rowsStand(files);
  const cell = files.getByRole('gridcell', { name }).first();
  await files.getByRole('gridcell').first().hover();
  await window.mouse.wheel(0, -20_000);
  // Rows out of sight are not there: the list is walked down until the one that is wanted can be clicked.
  let steps = 0;
  await expect(async () => {
    if (!(await cell.isVisible())) {
      steps += 1;
      await window.mouse.wheel(0, steps % 40 === 0 ? -20_000 : 120);
      await window.waitForTimeout(60);
    }
    await cell.click({ timeout: 400 });
  }).toPass({ timeout: 40_000, intervals: [20] });
}

function caseTab(name: string, command: string): Screen {
  return {
    name,
    show: async (window) => {
      await runCommand(window, command);
      await expect(region(window, 'Case', 'ケース').getByRole('tab', { selected: true })).toBeVisible();
    },
  };
}

/** What the case place and the timeline need to have something to show: a note, a bookmark, a muted rule. */
export async function fillCase(window: Page): Promise<void> {
  await window.keyboard.press('F8');
  const inspector = region(window, 'Inspector', '詳細');
  await inspector.locator('textarea.note').fill('**Asked** the customer for `konea.log`');
  await inspector.getByRole('radio', { name: /^(?:Confirmed|確認済み)$/u }).click();
  await window.keyboard.press('Control+5');
  await region(window, 'Log lines', 'ログ行').locator('.ag-cell[col-id="text"]').nth(4).click();
  await window.keyboard.press('b');
  await window.keyboard.press('F8');
  await inspector.getByRole('button', { name: /^(?:Mute…|除外する…)$/u }).click();
  await inspector.locator('.mute-form input').fill('Known to the customer');
  await window.keyboard.press('Enter');
  await expect(inspector.locator('.muted-notice')).toBeVisible();
  await expect(window.locator('.case-status')).toHaveText(/\d\d:\d\d/u);
}

export const startScreen: Screen = {
  name: 'start',
  show: async (window) => {
    await expect(window.locator('.start')).toBeVisible();
  },
};

/** Of the sample, in this order. */
export const screens: readonly Screen[] = [
  {
    name: 'triage',
    show: async (window) => {
      await window.keyboard.press('Control+1');
      await expect(window.locator('.triage .groups > li').first()).toBeVisible();
    },
  },
  {
    name: 'patches',
    show: async (window) => {
      await window.keyboard.press('Control+2');
      await rowsStand(region(window, 'Patches', 'パッチ'));
      await window.keyboard.press('F8');
      await expect(region(window, 'Inspector', '詳細').getByRole('heading', { level: 1 })).toBeVisible();
    },
  },
  {
    name: 'patches, by device',
    show: (window) => runCommand(window, 'group-device'),
    leave: (window) => runCommand(window, 'group-none'),
  },
  {
    name: 'patches, values of a column',
    show: async (window) => {
      const head = region(window, 'Patches', 'パッチ').locator('.ag-header-cell[col-id="detectionStatus"]');
      await head.getByRole('button').click();
      await expect(window.locator('.set-filter:popover-open input').first()).toBeFocused();
    },
    leave: async (window) => {
      await window.keyboard.press('Escape');
      await expect(window.locator('.set-filter:popover-open')).toHaveCount(0);
    },
  },
  {
    name: 'inspector, rules',
    show: async (window) => {
      await region(window, 'Patches', 'パッチ').locator('[row-index="0"] [col-id="patch"]').click();
      await region(window, 'Inspector', '詳細').getByRole('tab').nth(1).click();
      await expect(
        region(window, 'Inspector', '詳細').getByRole('region', { name: /^(?:Fired|検出)/u }),
      ).toBeVisible();
    },
    leave: async (window) => {
      await region(window, 'Inspector', '詳細').getByRole('tab').first().click();
    },
  },
  {
    name: 'matrix',
    show: async (window) => {
      await window.keyboard.press('Control+3');
      await expect(window.locator('.matrix-cell').first()).toBeVisible();
    },
  },
  {
    name: 'log',
    show: async (window) => {
      await window.keyboard.press('Control+5');
      const lines = region(window, 'Log lines', 'ログ行');
      await rowsStand(lines);
      await lines.locator('.ag-cell[col-id="text"]').nth(4).click();
    },
  },
  {
    name: 'log, folded',
    show: async (window) => {
      const lines = region(window, 'Log lines', 'ログ行');
      await lines.getByRole('button', { name: /^(?:Fold|たたむ)$/u }).click();
      await lines.locator('.row-jump input').fill('1206');
      await window.keyboard.press('Enter');
      await expect(lines.locator('.folded-lines').first()).toBeVisible();
    },
    leave: async (window) => {
      await region(window, 'Log lines', 'ログ行')
        .getByRole('button', { name: /^(?:Fold|たたむ)$/u })
        .click();
    },
  },
  {
    name: 'search',
    show: async (window) => {
      await window.keyboard.press('Control+f');
      await window.getByRole('search').getByRole('textbox').fill('exitcode');
      await expect(window.getByRole('search').getByRole('status')).toHaveText(/\d/u);
      await window.keyboard.press('F3');
    },
    leave: async (window) => {
      await window.getByRole('search').getByRole('textbox').focus();
      await window.keyboard.press('Escape');
      await expect(window.getByRole('search')).toHaveCount(0);
    },
  },
  {
    name: 'file, text',
    show: async (window) => {
      await chooseFile(window, /zaiko-sync\.log/u);
      await rowsStand(region(window, 'File contents', 'ファイルの内容'));
    },
  },
  {
    name: 'file, picture',
    show: async (window) => {
      await chooseFile(window, /展開ステータス\.png/u);
      await expect(window.locator('.picture img')).toBeVisible();
    },
  },
  {
    name: 'file, transcription',
    show: async (window) => {
      await window.getByRole('button', { name: /^(?:Transcribe row…|行を書き写す…)$/u }).click();
      await expect(window.locator('.picture-sheet')).toBeVisible();
    },
    leave: async (window) => {
      await window.locator('.transcription-form .button-row button').last().click();
      await expect(window.locator('.picture-sheet')).toHaveCount(0);
    },
  },
  {
    name: 'file, bytes',
    show: async (window) => {
      await chooseFile(window, /kagent-trace\.etl/u);
      await expect(window.locator('.hex pre')).toBeVisible();
    },
  },
  caseTab('case, notes', 'show-case'),
  caseTab('case, bookmarks', 'show-bookmarks'),
  caseTab('case, muted', 'show-muted'),
  caseTab('case, custody', 'show-custody'),
  dialog('palette', (window) => window.keyboard.press('Control+k'), 'dialog.palette'),
  dialog('shortcuts', (window) => window.keyboard.press('F1'), 'dialog.shortcuts'),
  dialog(
    'report',
    async (window) => {
      await window.keyboard.press('Control+e');
      await expect(
        window.locator('dialog iframe').contentFrame().getByRole('heading', { level: 1 }).first(),
      ).toBeVisible();
    },
    'dialog',
  ),
  dialog('licences', (window) => runCommand(window, 'licences'), 'dialog.licences'),
  dialog('limits', (window) => runCommand(window, 'limits'), 'dialog.limits'),
  dialog('kept data', (window) => runCommand(window, 'remove-kept-data'), 'dialog.kept-data'),
  dialog(
    'export',
    async (window) => {
      await window.getByRole('button', { name: /^(?:Export…|書き出す…)$/u }).click();
    },
    'dialog.export-dialog',
  ),
  dialog(
    'redaction',
    async (window) => {
      await runCommand(window, 'redaction');
      await expect(window.locator('dialog.redaction-dialog table').first()).toBeVisible();
    },
    'dialog.redaction-dialog',
  ),
  dialog('zone', (window) => runCommand(window, 'choose-zone'), 'dialog.zone-dialog'),
  dialog('assumed zone', (window) => runCommand(window, 'assume-zone'), 'dialog.zone-dialog'),
  dialog('event', (window) => runCommand(window, 'add-event'), 'dialog.event-dialog'),
];

/** Of a bundle whose system has runs. */
export const runScreens: readonly Screen[] = [
  {
    name: 'runs',
    show: async (window) => {
      await window.keyboard.press('Control+4');
      const grid = region(window, 'Runs', '実行');
      await rowsStand(grid);
      await grid.locator('[row-index="0"] .ag-cell').first().click();
      await expect(region(window, 'Inspector', '詳細').getByRole('listitem').first()).toBeVisible();
    },
  },
];

/** A folder with events of Deep Security: a relay's run and an agent's that overlaps it. */
export async function writeRuns(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const rows = [
    { at: '10:00:00', id: 1600, target: 'relay01' },
    { at: '10:10:00', id: 273, target: 'pc-0042' },
    { at: '10:20:00', id: 2205, target: 'pc-0042' },
    { at: '10:35:00', id: 1601, target: 'relay01' },
    until('12:00:00'),
  ];
  await writeFile(join(folder, 'events.csv'), eventsCsv(rows));
  return folder;
}

/** Of a folder that was read before with a note, and holds other logs now. */
export const changedScreens: readonly Screen[] = [
  dialog(
    'changed bundle',
    async (window) => {
      await window.locator('.banner .button').first().click();
    },
    'dialog.changed-bundle',
  ),
];

/** Writes a note on the first line of the log, and waits until it is saved. */
export async function noteOnLine(window: Page): Promise<void> {
  await window.keyboard.press('Control+5');
  await region(window, 'Log lines', 'ログ行').getByRole('gridcell').first().click();
  await region(window, 'Inspector', '詳細').locator('textarea.note').fill('noted before');
  await expect(window.locator('.case-status')).toHaveText(/\d\d:\d\d/u);
}

/** While a bundle waits for its password. */
export const passwordScreens: readonly Screen[] = [
  {
    name: 'password',
    show: async (window) => {
      await expect(window.locator('dialog input[type="password"]')).toBeVisible();
    },
  },
  {
    name: 'password, wrong',
    show: async (window) => {
      await window.locator('dialog input[type="password"]').fill('another');
      await window.keyboard.press('Enter');
      await expect(window.locator('dialog p.bad')).toBeVisible();
    },
  },
];

/** A bundle of logs with these texts; with a password, none opens without it. */
export async function writeLogs(
  path: string,
  texts: readonly string[],
  password: string | null = null,
): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  const members = texts.map((text, at) => ({
    path: `${at}.log`,
    bytes: Buffer.from(`2024-05-10 09:12:00 INFO ${text}\n`),
    modified: '2024-05-10 09:12',
  }));
  const made =
    password === null
      ? writeZip(members)
      : await buildEncryptedZip(
          members.map(({ path: name, bytes }) => ({ name, data: bytes.toString('utf8'), password })),
          'aes',
        );
  await writeFile(path, made);
  return path;
}

/** From the start screen to the sample, read to its end. */
export async function openSample(window: Page): Promise<void> {
  await window.getByRole('button', { name: /^(?:Open the sample|サンプルを開く)$/u }).click();
  await waitUntilRead(window);
}

export async function resize(
  app: ElectronApplication,
  window: Page,
  size: { readonly width: number; readonly height: number },
): Promise<void> {
  await app.evaluate(({ BrowserWindow }, { width, height }) => {
    BrowserWindow.getAllWindows()[0]?.setContentSize(width, height);
  }, size);
  await expect
    .poll(() => window.evaluate(() => [innerWidth, innerHeight]))
    .toEqual([size.width, size.height]);
}

/**
 * What is another at each run does not belong into a picture: clocks, durations, the notice that goes by itself.
 * Words are put in their place, so that nothing else moves.
 */
export async function steady(window: Page): Promise<void> {
  await window.evaluate(async () => {
    await document.fonts.ready;
    for (const notice of Array.from(document.querySelectorAll<HTMLElement>('.notice')))
      notice.style.display = 'none';
    // Who wrote a note, and when.
    for (const author of Array.from(document.querySelectorAll('.case-row-about > span:last-child')))
      author.textContent = 'Analyst · 2024-05-14 12:00';
    for (const saved of Array.from(document.querySelectorAll('.case-status')))
      saved.textContent = saved.textContent.replaceAll(/\d/gu, '0');
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node !== null; node = texts.nextNode())
      node.nodeValue = (node.nodeValue ?? '').replace(/read in [\d.]+ s|読み込み [\d.]+ 秒/u, (text) =>
        text.replaceAll(/\d/gu, '0'),
      );
  });
}
