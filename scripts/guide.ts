/**
 * npm run guide: the pictures of the user guide, in both languages, taken from the application itself with the sample
 * open. Written to docs/pictures.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { benchExecutable, openWindow } from '../test/bench/window-harness.ts';
import { reducePictures } from './reduce-pictures.ts';
import {
  dress,
  fillCase,
  languages,
  openSample,
  region,
  resize,
  screens,
  steady,
} from '../test/e2e/screens.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const folder = join(root, 'docs/pictures');
const shown = ['triage', 'patches', 'matrix', 'search', 'file, picture', 'case, notes', 'report'];

const hasDisplay = process.platform !== 'linux' || (process.env['DISPLAY'] ?? '') !== '';
// The application is packaged first: the pictures are of the sources as they are.
if (!process.argv.includes('--packaged')) {
  const words = [join(root, 'scripts/package.mjs'), '--for-tests'];
  const packaged = spawnSync(process.execPath, words, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  if (packaged.status !== 0) process.exit(packaged.status ?? 1);
}
if (hasDisplay) await takePictures();
else {
  const display = ['-a', '-s', '-screen 0 1600x1000x24', process.execPath, '--import', 'tsx'];
  const { status } = spawnSync('xvfb-run', [...display, fileURLToPath(import.meta.url), '--packaged'], {
    cwd: root,
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
}

async function takePictures(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const language of languages) {
    const { app, page, close } = await openWindow(benchExecutable, []);
    await resize(app, page, { width: 1280, height: 800 });
    await dress(page, language, 'light');
    await openSample(page);
    await fillCase(page);
    for (const screen of screens.filter(({ name }) => shown.includes(name))) {
      await screen.show(page);
      if (screen.name === 'patches') {
        const rows = region(page, 'Patches', 'パッチ').getByRole('row', { selected: true });
        await rows.first().waitFor();
      }
      await page.mouse.move(0, 0);
      await steady(page);
      const name = screen.name.replaceAll(', ', '-');
      await page.screenshot({
        path: join(folder, `${name}-${language}.png`),
        animations: 'disabled',
        caret: 'hide',
      });
      await screen.leave?.(page);
    }
    await close();
  }
  reducePictures(folder);
}
