// A locked bundle: its password is asked for once, said to be wrong when it is, and written nowhere.
import { mkdir, mkdtemp, readFile, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from '@playwright/test';
import type { Locator, Page } from '@playwright/test';
import { buildEncryptedZip } from '../archive/builders/encrypted-zip.ts';
import { launchPatchtrail } from './launch.ts';
import { waitUntilRead } from './window-steps.ts';

const password = 'Kirschkern-7731-夜桜';
const secret = 'known only behind the password';
const log = (text: string): string =>
  Array.from({ length: 50 }, (_, at) => `2024-05-10 09:${10 + at}:00 +0900 [info] ${text} ${at}\n`).join('');

async function writeLocked(path: string, scheme: 'zipcrypto' | 'aes', openLog: string | null): Promise<void> {
  const items = [{ name: 'logs/locked.log', data: log(secret), password: Buffer.from(password) }];
  const open = openLog === null ? [] : [{ name: 'logs/open.log', data: log(openLog), password: null }];
  await writeFile(path, await buildEncryptedZip([...items, ...open], scheme));
}

function dialogOf(window: Page): Locator {
  return window.getByRole('dialog', { name: 'Password of the bundle' });
}

async function answer(window: Page, typed: string): Promise<void> {
  const dialog = dialogOf(window);
  await dialog.getByLabel('Password of the bundle').fill(typed);
  await dialog.getByRole('button', { name: 'Open' }).click();
}

async function expectLine(window: Page, text: string): Promise<void> {
  await window.keyboard.press('Control+5');
  await expect(window.getByRole('region', { name: 'Log lines' }).getByText(text).first()).toBeVisible();
}

/** Every file below the folders in which the password stands, in any of the forms in which text is written. */
async function filesWith(folders: readonly string[], text: string): Promise<readonly string[]> {
  const forms = [
    Buffer.from(text),
    Buffer.from(text, 'utf16le'),
    Buffer.from(Buffer.from(text).toString('base64').replace(/=+$/u, '')),
    Buffer.from(JSON.stringify(text).slice(1, -1)),
    Buffer.from(encodeURIComponent(text)),
    Buffer.from(text.replace(/[^\u0000-\u007f]/gu, (sign) => `\\u${sign.charCodeAt(0).toString(16)}`)),
    // What stands in it that needs no encoding.
    Buffer.from('Kirschkern-7731'),
  ];
  const found: string[] = [];
  for (const folder of folders) {
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      const bytes = await readFile(path);
      const plain = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
      if (forms.some((form) => bytes.includes(form) || plain.includes(form))) found.push(path);
    }
  }
  return found;
}

for (const scheme of ['zipcrypto', 'aes'] as const) {
  test(`a bundle locked with ${scheme} asks for its password once and writes it nowhere`, async ({}, info) => {
    const folder = info.outputPath('locked');
    const userDataDir = info.outputPath('profile');
    await mkdir(folder, { recursive: true });
    const temporary = await mkdtemp(join(tmpdir(), 'pt-'));
    const bundle = join(folder, 'locked.zip');
    await writeLocked(bundle, scheme, null);
    const heard: string[] = [];
    const { app, window } = await launchPatchtrail({
      args: [bundle],
      userDataDir,
      env: { TMPDIR: temporary },
    });
    app.process().stdout?.on('data', (piece: Buffer) => heard.push(piece.toString()));
    app.process().stderr?.on('data', (piece: Buffer) => heard.push(piece.toString()));
    window.on('console', (message) => heard.push(message.text()));

    await expect(dialogOf(window)).toContainText('encrypted');
    await answer(window, 'not it');
    await expect(dialogOf(window)).toContainText('does not fit');
    await answer(window, password);
    await waitUntilRead(window);
    await expect(dialogOf(window)).toHaveCount(0);
    await expectLine(window, `${secret} 0`);

    // A case is kept of it, which names the bundle.
    await window.getByRole('region', { name: 'Log lines' }).getByText(`${secret} 0`).first().click();
    await window.keyboard.press('n');
    const note = window.getByRole('region', { name: 'Inspector' }).getByRole('textbox', { name: 'Note' });
    await expect(note.first()).toBeFocused();
    await window.keyboard.insertText('a note on it');
    await expect(window.locator('.case-status')).toHaveText(/^saved/u);

    // Read again by another process: not asked again.
    const pid = await app.evaluate(({ app: electron }) => {
      const worker = electron
        .getAppMetrics()
        .find(({ type, serviceName }) => type === 'Utility' && serviceName === 'node.mojom.NodeService');
      return worker?.pid ?? 0;
    });
    process.kill(pid, 'SIGKILL');
    const banner = window.getByRole('alert').filter({ hasText: 'has stopped' });
    await banner.getByRole('button', { name: 'Restart' }).click();
    await expect(banner).toHaveCount(0);
    await window.keyboard.press('Control+1');
    await waitUntilRead(window);
    await expect(dialogOf(window)).toHaveCount(0);
    await expectLine(window, `${secret} 0`);
    // What the window shows first is kept a few seconds after the last change; of a locked bundle it is not.
    await window.waitForTimeout(4_000);
    const searched = [userDataDir, temporary, folder];
    expect(await filesWith(searched, password)).toEqual([]);
    await app.close();
    expect(await filesWith(searched, password)).toEqual([]);
    expect(heard.join('\n')).not.toContain('Kirschkern');
    const names = await readdir(userDataDir, { recursive: true });
    expect(names.filter((name) => /\.(?:gz|answers)$/u.test(name))).toEqual([]);

    // Opened anew it is asked for anew, and nothing of it is shown before.
    const again = await launchPatchtrail({ args: [bundle], userDataDir });
    await expect(dialogOf(again.window)).toBeVisible();
    await expect(again.window.getByText(secret)).toHaveCount(0);
    await again.app.close();
  });

  test(`without its password the rest of a bundle locked with ${scheme} is read`, async ({}, info) => {
    const folder = info.outputPath('mixed');
    await mkdir(folder, { recursive: true });
    const bundle = join(folder, 'mixed.zip');
    await writeLocked(bundle, scheme, 'in the open');
    const { app, window } = await launchPatchtrail({ args: [bundle] });
    await dialogOf(window).getByRole('button', { name: 'Cancel' }).click();
    await waitUntilRead(window);
    await expect(window.getByRole('region', { name: 'Triage' })).toContainText(/1 .*encrypted/u);
    await expectLine(window, 'in the open 0');
    await window.keyboard.press('Control+6');
    const files = window.getByRole('region', { name: 'Files' });
    await expect(files.getByText('locked.log').first()).toBeVisible();
    await expect(files.getByText('encrypted').first()).toBeVisible();

    // Changed my mind: cancelled once more nothing changes, and then it is given.
    await files.getByText('locked.log').first().click();
    const give = window.getByRole('button', { name: 'Enter the password…' }).first();
    await give.click();
    await dialogOf(window).getByRole('button', { name: 'Cancel' }).click();
    await expectLine(window, 'in the open 0');
    await window.keyboard.press('Control+6');
    await give.click();
    await answer(window, 'not it');
    await expect(dialogOf(window)).toContainText('does not fit');
    await answer(window, password);
    await expect(dialogOf(window)).toHaveCount(0);
    await expect(files.getByRole('row', { name: /locked\.log Text/u })).toBeVisible();
    await expectLine(window, `${secret} 0`);
    await app.close();
  });
}

test('a bundle that is locked as a whole lists its files when there is no password', async ({}, info) => {
  const folder = info.outputPath('whole');
  await mkdir(folder, { recursive: true });
  const bundle = join(folder, 'whole.zip');
  await writeLocked(bundle, 'aes', null);
  const { app, window } = await launchPatchtrail({ args: [bundle] });
  await expect(dialogOf(window)).toBeVisible();
  await window.keyboard.press('Escape');
  await waitUntilRead(window);
  const triage = window.getByRole('region', { name: 'Triage' });
  await expect(triage).toContainText('locked.log');
  await expect(triage).toContainText('password needed');
  await expect(triage).toContainText(/could be read as evidence/u);
  await app.close();
});
