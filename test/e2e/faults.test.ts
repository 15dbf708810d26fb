// What goes wrong on real machines: killed workers, full disks, vanished files, folders that cannot be written.
import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, readdir, rename, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import type { ElectronApplication, Page } from '@playwright/test';
import { writeBigBundle } from './big-bundle.ts';
import { launchPatchtrail } from './launch.ts';
import { sample, waitUntilRead } from './window-steps.ts';

async function workerPid(app: ElectronApplication): Promise<number> {
  return app.evaluate(({ app: electron }) => {
    const worker = electron
      .getAppMetrics()
      .find(({ type, serviceName }) => type === 'Utility' && serviceName === 'node.mojom.NodeService');
    return worker?.pid ?? 0;
  });
}

async function writeNote(window: Page, text: string): Promise<void> {
  await window.keyboard.press('F8');
  const inspector = window.getByRole('region', { name: 'Inspector' });
  await expect(inspector.getByRole('heading', { level: 1 })).toBeVisible();
  await window.keyboard.press('n');
  await expect(inspector.getByRole('textbox', { name: 'Note' })).toBeFocused();
  await window.keyboard.insertText(text);
}

/** Chromium puts a socket into the folder for temporary files, whose path may not be long. */
function shortFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'pt-'));
}

/** Numbers that look random and are the same in every run. */
function* unlikely(seed: number): Generator<number> {
  let state = seed;
  for (;;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}

test('a worker that is killed at fifty moments leaves nothing behind and loses nothing', async ({}, info) => {
  test.setTimeout(400_000);
  const folder = info.outputPath('kills');
  await mkdir(folder, { recursive: true });
  const temporary = await shortFolder();
  await writeBigBundle(join(folder, 'big.zip'), 180);
  const { app, window } = await launchPatchtrail({
    args: [join(folder, 'big.zip')],
    env: { TMPDIR: temporary },
  });
  await waitUntilRead(window);
  const moments = unlikely(50);
  let last = 0;
  for (let killed = 0; killed < 50; killed += 1) {
    // A killed process stays in the list for a moment.
    await expect.poll(async () => ![0, last].includes(await workerPid(app))).toBe(true);
    last = await workerPid(app);
    await window.waitForTimeout(Math.floor((moments.next().value as number) * 700));
    process.kill(last, 'SIGKILL');
    const banner = window.getByRole('alert').filter({ hasText: 'has stopped' });
    await expect(banner).toBeVisible();
    await banner.getByRole('button', { name: 'Restart' }).click();
    await expect(banner).toHaveCount(0);
  }
  await waitUntilRead(window);
  await window.keyboard.press('Control+5');
  await expect(
    window.getByRole('region', { name: 'Log lines' }).getByText('came to its end as planned').first(),
  ).toBeVisible();
  await app.close();
  expect(
    await readdir(temporary).then((names) => names.filter((name) => name.startsWith('patchtrail'))),
  ).toEqual([]);
});

test('a worker that is killed while it searches: the notes stay, and the search is made again', async ({}, info) => {
  test.setTimeout(300_000);
  const folder = info.outputPath('searching');
  await mkdir(folder, { recursive: true });
  const temporary = await shortFolder();
  const spooled = async (): Promise<readonly string[]> => {
    const entries = await readdir(temporary, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && !/[/\\]chromium(?:[/\\]|$)/u.test(entry.parentPath))
      .map((entry) => join(entry.parentPath, entry.name));
  };
  await writeBigBundle(join(folder, 'big.zip'), 180);
  const { app, window } = await launchPatchtrail({
    args: [join(folder, 'big.zip')],
    env: { TMPDIR: temporary },
  });
  await expect(window.getByRole('button', { name: 'Export PDF…' })).toBeEnabled({ timeout: 90_000 });
  await waitUntilRead(window);
  await window.keyboard.press('Control+5');
  const lines = window.getByRole('region', { name: 'Log lines' });
  await lines.getByText('came to its end as planned').first().click();
  await window.keyboard.press('n');
  const note = window
    .getByRole('region', { name: 'Inspector' })
    .getByRole('textbox', { name: 'Note' })
    .first();
  await expect(note).toBeFocused();
  await window.keyboard.insertText('written before the search');
  await expect(window.locator('.case-status')).toHaveText(/^saved/u);

  await window.keyboard.press('Escape');
  await window.keyboard.press('Control+f');
  const search = window.getByRole('search', { name: 'Search' });
  await search.getByRole('button', { name: 'Regular expression' }).click();
  const field = search.getByRole('textbox');
  // On every line it goes on from every character to the end: a minute of work over all of them.
  await field.fill('[a-z ]*[a-z:]*.*no such end');
  const status = search.getByRole('status');
  await expect(status).toHaveText('counting…');
  await window.waitForTimeout(1_500);
  await expect(status).toHaveText('counting…');
  const pid = await workerPid(app);
  process.kill(pid, 'SIGKILL');
  const banner = window.getByRole('alert').filter({ hasText: 'has stopped' });
  await expect(banner).toBeVisible();
  expect(await spooled()).toEqual([]);

  await banner.getByRole('button', { name: 'Restart' }).click();
  await expect(banner).toHaveCount(0);
  await field.fill('step 9999 of the (?:patch|other) run');
  expect([0, pid]).not.toContain(await workerPid(app));
  await expect(status).toHaveText(/^[1-9]\d*[\d,]* lines? · 0 records$/u, { timeout: 60_000 });
  await search.getByRole('button', { name: 'Show only matches' }).click();
  await expect(lines.getByText('step 9999 of the patch run').first()).toBeVisible();
  await window.keyboard.press('Control+7');
  await expect(window.getByText('written before the search').first()).toBeVisible();
  await app.close();
  expect(
    await readdir(temporary).then((names) => names.filter((name) => name.startsWith('patchtrail'))),
  ).toEqual([]);
});

test('a second start hands its bundle to the first and ends', async ({}, info) => {
  const userDataDir = info.outputPath('profile');
  const bundle = info.outputPath('second.zip');
  await mkdir(userDataDir, { recursive: true });
  await copyFile(sample, bundle);
  const first = await launchPatchtrail({ userDataDir, args: [sample] });
  await waitUntilRead(first.window);
  const opened = first.app.waitForEvent('window');
  const executable = process.env['PATCHTRAIL_EXECUTABLE'] ?? '';
  const switches = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  execFileSync(executable, [...switches, `--user-data-dir=${userDataDir}`, bundle], { stdio: 'ignore' });
  const window = await opened;
  await waitUntilRead(window);
  await expect(window.getByText('second.zip').first()).toBeVisible();
  // The same bytes, so the same case: it is shown in both windows and written from the first alone.
  await expect(window.getByText(/another window/iu).first()).toBeVisible();
  await first.app.close();
});

test('a bundle that is removed while it is open stays readable as far as it was read', async ({}, info) => {
  const bundle = info.outputPath('moving.zip');
  await mkdir(info.outputPath('.'), { recursive: true });
  await copyFile(sample, bundle);
  const { app, window } = await launchPatchtrail({ args: [bundle] });
  await waitUntilRead(window);
  await rename(bundle, `${bundle}.away`);
  await window.keyboard.press('Control+5');
  const lines = window.getByRole('region', { name: 'Log lines' });
  await expect(lines.getByRole('gridcell').first()).toBeVisible();
  await writeNote(window, 'written after the bundle went away');
  await expect(window.locator('.case-status')).toHaveText(/^saved/u);
  await window.keyboard.press('Control+6');
  await window.getByRole('region', { name: 'Files' }).getByText(/\.png/u).first().click();
  await expect(window.getByText(/moving\.zip/u).first()).toBeVisible();
  await app.close();
});

// A disk of a few megabytes is a file system in memory, which only root may mount.
if (process.platform === 'linux' && process.getuid?.() === 0) {
  const disks: string[] = [];

  const smallDisk = async (path: string, megabytes: number): Promise<string> => {
    await mkdir(path, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path]);
    disks.push(path);
    return path;
  };

  /** Leaves this many bytes on a disk. */
  const fill = async (path: string, left: number): Promise<void> => {
    const { bavail, bsize } = await statfs(path);
    await writeFile(join(path, 'ballast'), Buffer.alloc(Math.max(0, bavail * bsize - left)));
  };

  test.afterEach(() => {
    for (const disk of disks.splice(0)) execFileSync('umount', ['--lazy', disk]);
  });

  test('a disk that is full while text is spooled costs that text, not the rest', async ({}, info) => {
    test.setTimeout(200_000);
    const folder = info.outputPath('spool');
    await mkdir(folder, { recursive: true });
    const temporary = await smallDisk(await shortFolder(), 16);
    await writeBigBundle(join(folder, 'big.zip'), 220);
    const { app, window } = await launchPatchtrail({
      args: [join(folder, 'big.zip')],
      env: { TMPDIR: temporary },
    });
    await expect(window.getByText(/disk|no space|temporary/iu).first()).toBeVisible({ timeout: 90_000 });
    await app.close();
    const left = await readdir(temporary);
    expect(left.filter((name) => name.startsWith('patchtrail'))).toEqual([]);
  });

  test('a disk that is full when notes are saved is said, and they are saved when there is room', async ({}, info) => {
    const folder = info.outputPath('notes');
    const disk = await smallDisk(join(folder, 'disk'), 24);
    const bundle = join(disk, 'case.zip');
    await copyFile(sample, bundle);
    const home = join(disk, 'home.patchtrail');
    const { app, window } = await launchPatchtrail({ args: [bundle], userDataDir: join(folder, 'profile') });
    await waitUntilRead(window);
    await writeNote(window, 'first');
    await expect(window.locator('.case-status')).toHaveText(/^saved/u);
    await app.evaluate(({ dialog }, filePath) => {
      dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
    }, home);
    await window.keyboard.press('Escape');
    await window.keyboard.press('Control+Shift+s');
    await expect(window.locator('.case-status')).toHaveAttribute('title', 'home.patchtrail');
    await fill(disk, 0);
    await writeNote(window, 'while the disk is full');
    await expect(window.locator('.case-status')).toHaveText(/not|cannot/u, { timeout: 30_000 });
    execFileSync('rm', [join(disk, 'ballast')]);
    await expect(window.locator('.case-status')).toHaveText(/^saved/u, { timeout: 30_000 });
    await app.close();
    expect(await readFile(home, 'utf8')).toContain('while the disk is full');
    expect((await readdir(disk)).filter((name) => /tmp|\.part/u.test(name))).toEqual([]);
  });

  test('a disk that is full when the report is written is said, and no half report stays', async ({}, info) => {
    const folder = info.outputPath('report');
    const disk = await smallDisk(join(folder, 'disk'), 8);
    await fill(disk, 64 * 1024);
    const { app, window } = await launchPatchtrail({ args: [sample] });
    await waitUntilRead(window);
    await app.evaluate(
      ({ dialog }, filePath) => {
        dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
      },
      join(disk, 'report.pdf'),
    );
    await exportPdf(window);
    await expect(window.getByRole('alert').filter({ hasText: 'report.pdf' })).toBeVisible({
      timeout: 90_000,
    });
    expect(await readdir(disk)).toEqual(['ballast']);
    await app.close();
  });

  test('a case in a folder that cannot be written is kept elsewhere, and said so', async ({}, info) => {
    const folder = info.outputPath('read-only');
    const disk = await smallDisk(join(folder, 'disk'), 8);
    const bundle = join(disk, 'case.zip');
    await copyFile(sample, bundle);
    const home = join(disk, 'home.patchtrail');
    const userDataDir = join(folder, 'profile');
    const { app, window } = await launchPatchtrail({ args: [bundle], userDataDir });
    await waitUntilRead(window);
    await writeNote(window, 'before');
    await app.evaluate(({ dialog }, filePath) => {
      dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
    }, home);
    await window.keyboard.press('Escape');
    await window.keyboard.press('Control+Shift+s');
    await expect(window.locator('.case-status')).toHaveAttribute('title', 'home.patchtrail');
    execFileSync('mount', ['-o', 'remount,ro', disk]);
    await writeNote(window, 'kept all the same');
    await expect(window.locator('.case-status')).toHaveText(/not|cannot/u, { timeout: 30_000 });
    await app.close();
    const names = await readdir(join(userDataDir, 'cases'));
    const texts = await Promise.all(names.map((name) => readFile(join(userDataDir, 'cases', name), 'utf8')));
    expect(texts.some((text) => text.includes('kept all the same'))).toBe(true);
  });
}

async function exportPdf(window: Page): Promise<void> {
  await window.getByRole('button', { name: 'Export PDF…' }).click();
  await window.getByRole('button', { name: 'Save PDF…' }).click();
}
