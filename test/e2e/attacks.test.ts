// A bundle that attacks the window, and a page that attacks the rest of the application.
import { createHash } from 'node:crypto';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { executedMark, hostileBundle, hostileCase } from './hostile-bundle.ts';
import { launchPatchtrail } from './launch.ts';
import { sample, waitUntilRead } from './window-steps.ts';

/** Nothing of the bundle ran, nothing of it became an element, and the page kept its size. */
async function expectUnharmed(window: Page): Promise<void> {
  const state = await window.evaluate((mark) => {
    const own = document.documentElement;
    return {
      ran: mark in globalThis,
      title: document.title.includes(mark),
      frames: window.frames.length,
      elements: document.querySelectorAll(
        'iframe, object, embed, form[action], base, meta[http-equiv=refresh]',
      ).length,
      scripts: Array.from(document.scripts).filter((script) => !script.src.startsWith(location.origin))
        .length,
      remote: Array.from(document.querySelectorAll('[src], [href]')).filter((element) =>
        /^(?:https?|ftp|wss?|file|javascript):/iu.test(
          element.getAttribute('src') ?? element.getAttribute('href') ?? '',
        ),
      ).length,
      handlers: Array.from(document.querySelectorAll('*')).filter((element) =>
        element.getAttributeNames().some((name) => name.startsWith('on')),
      ).length,
      tooWide: own.scrollWidth - own.clientWidth,
      tooHigh: own.scrollHeight - own.clientHeight,
    };
  }, executedMark);
  expect(state).toEqual({
    ran: false,
    title: false,
    frames: 0,
    elements: 0,
    scripts: 0,
    remote: 0,
    handlers: 0,
    tooWide: 0,
    tooHigh: 0,
  });
}

test('a hostile bundle is read and shown, runs nothing and breaks nothing', async ({}, info) => {
  const folder = info.outputPath('hostile');
  await mkdir(folder, { recursive: true });
  const bundle = hostileBundle();
  await writeFile(`${folder}/hostile.zip`, bundle);
  const sha256 = createHash('sha256').update(bundle).digest('hex');
  await writeFile(`${folder}/hostile.patchtrail`, hostileCase({ sha256, bytes: bundle.length }));
  const { app, window } = await launchPatchtrail({ args: [`${folder}/hostile.patchtrail`] });
  const requests: string[] = [];
  const dialogs: string[] = [];
  window.on('request', (request) => requests.push(request.url()));
  window.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  await waitUntilRead(window);
  await expectUnharmed(window);

  for (const place of ['Control+1', 'Control+2', 'Control+3', 'Control+5', 'Control+6']) {
    await window.keyboard.press(place);
    await window.waitForTimeout(400);
    await expectUnharmed(window);
  }
  // Every file is opened in turn: pages as text, the false picture, the drawing, the long line.
  const files = window.getByRole('region', { name: 'Files' });
  await files.getByRole('gridcell').first().click();
  for (let at = 0; at < 16; at += 1) {
    await window.keyboard.press('ArrowDown');
    await window.waitForTimeout(150);
    await expectUnharmed(window);
  }
  // The analyst's file carries hostile notes: shown, walked through, and nothing of them runs.
  await window.keyboard.press('Control+2');
  for (let step = 0; step < 8; step += 1) {
    await window.keyboard.press('F8');
    await window.waitForTimeout(100);
    await expectUnharmed(window);
  }
  expect(dialogs).toEqual([]);
  expect(requests.filter((url) => !/^(?:app|blob):/u.test(url))).toEqual([]);
  await app.close();
});

test('what could deceive the reader is visible', async ({}, info) => {
  const folder = info.outputPath('deceit');
  await mkdir(folder, { recursive: true });
  await writeFile(`${folder}/hostile.zip`, hostileBundle());
  const { app, window } = await launchPatchtrail({ args: [`${folder}/hostile.zip`] });
  await waitUntilRead(window);
  await window.keyboard.press('Control+6');
  const files = window.getByRole('region', { name: 'Files' });
  // A name that turns its reading direction does not turn what stands around it, and shows that it does so.
  await expect(files.getByText(/gol\.exe\.txt/u).first()).toBeVisible();
  const shown = await files.innerText();
  expect(shown).not.toContain('\u202E');
  expect(shown).toContain('escape.txt');
  await app.close();
});

test('a page that misuses the bridge gets no file and writes none', async ({}, info) => {
  const userDataDir = info.outputPath('profile');
  const { app, window } = await launchPatchtrail({ userDataDir });
  await app.evaluate(({ dialog }) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: true, filePaths: [] });
    dialog.showSaveDialog = () => Promise.resolve({ canceled: true, filePath: '' });
  });
  const before = await filesBelow(info.outputPath('.'));
  const outcomes = await window.evaluate(async () => {
    const bridge = (globalThis as unknown as { patchtrail: Record<string, unknown> }).patchtrail;
    const values: unknown[] = [
      undefined,
      null,
      0,
      -1,
      Number.NaN,
      '',
      '/etc/passwd',
      '../../../../etc/passwd',
      'file:///etc/passwd',
      'x'.repeat(1_000_000),
      [],
      {},
      { path: '/etc/passwd' },
      { locale: '../../../etc/passwd' },
      { __proto__: { locale: 'en' } },
      { toString: '/etc/passwd' },
      new File(['made up'], '/etc/passwd'),
      new Uint8Array(16),
    ];
    const answers: string[] = [];
    for (const [name, method] of Object.entries(bridge)) {
      if (typeof method !== 'function' || name === 'onEvent' || name === 'openSample') continue;
      for (const value of values) {
        for (const args of [[value], [value, value], []]) {
          try {
            const answer: unknown = await Promise.race([
              (method as (...given: unknown[]) => Promise<unknown>)(...args),
              new Promise((resolve) => setTimeout(() => resolve('waits'), 300)),
            ]);
            answers.push(`${name} ${JSON.stringify(answer)}`);
          } catch (error) {
            answers.push(`${name} refused ${String(error).slice(0, 80)}`);
          }
        }
      }
    }
    return answers;
  });
  expect(outcomes.filter((outcome) => outcome.includes('root:'))).toEqual([]);
  expect(outcomes.filter((outcome) => /"outcome":"(?:opening|elsewhere|written)"/u.test(outcome))).toEqual(
    [],
  );
  expect(outcomes.filter((outcome) => outcome.includes('refused')).length).toBeGreaterThan(100);
  // It cannot be changed or taken over either.
  const isFrozen = await window.evaluate(() => {
    const bridge = (globalThis as unknown as { patchtrail: object }).patchtrail;
    const reach = globalThis as unknown as Record<string, unknown>;
    return {
      frozen: Object.isFrozen(bridge),
      node: ['require', 'process', 'Buffer', 'ipcRenderer', 'electron'].filter((name) => name in reach),
    };
  });
  expect(isFrozen).toEqual({ frozen: true, node: [] });
  // Its own settings are all that came to be written.
  const after = await filesBelow(info.outputPath('.'));
  expect(after.filter((path) => !before.includes(path) && !path.includes('profile'))).toEqual([]);
  await app.close();
});

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => `${entry.parentPath}/${entry.name}`);
}

test('a page that misuses the port to the evidence gets errors, and the worker lives on', async () => {
  const { app, window } = await launchPatchtrail({ args: [sample] });
  await waitUntilRead(window);
  await window.addInitScript(() => {
    const reach = globalThis as unknown as { stolenPort?: MessagePort };
    globalThis.addEventListener('message', (event: MessageEvent<unknown>) => {
      if (event.data === 'evidence-port' && event.ports[0] !== undefined) reach.stolenPort = event.ports[0];
    });
  });
  await window.reload();
  await waitUntilRead(window);
  const answers = await window.evaluate(async () => {
    const port = (globalThis as unknown as { stolenPort?: MessagePort }).stolenPort;
    if (port === undefined) return null;
    const heard: string[] = [];
    port.addEventListener('message', ({ data }: MessageEvent<unknown>) => heard.push(JSON.stringify(data)));
    const methods = [
      'fileLines',
      'bytes',
      'tree',
      'record',
      'openView',
      'lineRows',
      'constructor',
      '__proto__',
    ];
    const params: unknown[] = [
      null,
      '/etc/passwd',
      { member: '/etc/passwd', from: 0, to: 100 },
      { member: '../../../../../../etc/passwd', from: 1, count: 10, offset: 0, length: 100 },
      { view: 'x', from: -5, to: 1e308 },
      { member: { length: 1e9 } },
    ];
    let id = 900_000;
    for (const method of methods) {
      for (const given of params) port.postMessage({ type: 'request', id: (id += 1), method, params: given });
    }
    for (const odd of [
      null,
      1,
      'open',
      [],
      { type: 'open', id: 1, path: '/etc/passwd' },
      { type: 'cancel' },
    ]) {
      port.postMessage(odd);
    }
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    return heard;
  });
  expect(answers).not.toBeNull();
  expect(answers?.filter((answer) => answer.includes('root:'))).toEqual([]);
  // The worker still answers what is asked properly.
  await window.keyboard.press('Control+2');
  await window.keyboard.press('F8');
  await expect(
    window.getByRole('region', { name: 'Inspector' }).getByRole('heading', { level: 1 }),
  ).toBeVisible();
  await app.close();
});
