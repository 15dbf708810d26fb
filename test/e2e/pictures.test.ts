/** The main screens as pictures: what moved, changed its colour or fell out of the window is seen here. */
import { expect, test } from '@playwright/test';
import { launchPatchtrail } from './launch.ts';
import { dress, fillCase, openSample, resize, screens, startScreen, steady } from './screens.ts';
import type { ScreenLanguage, ScreenTheme } from './screens.ts';

const size = { width: 1280, height: 800 };
const tours: readonly {
  readonly language: ScreenLanguage;
  readonly theme: ScreenTheme;
  readonly names: readonly string[];
}[] = [
  { language: 'en', theme: 'light', names: ['start', 'triage', 'patches', 'matrix', 'log'] },
  { language: 'ja', theme: 'dark', names: ['triage', 'patches', 'file, text', 'file, bytes', 'case, notes'] },
];

for (const { language, theme, names } of tours) {
  test(`the screens look as they did: ${language}, ${theme}`, async () => {
    const { app, window } = await launchPatchtrail();
    await resize(app, window, size);
    await dress(window, language, theme);
    const look = async (name: string): Promise<void> => {
      if (!names.includes(name)) return;
      // Where the mouse rests, a row is tinted.
      await window.mouse.move(0, 0);
      await steady(window);
      await expect(window).toHaveScreenshot(`${name.replaceAll(', ', '-')}-${language}-${theme}.png`, {
        maxDiffPixelRatio: 0.01,
      });
    };
    await startScreen.show(window);
    await look('start');
    await openSample(window);
    await fillCase(window);
    for (const screen of screens.filter(({ name }) => names.includes(name))) {
      await screen.show(window);
      await look(screen.name);
      await screen.leave?.(window);
    }
    await app.close();
  });
}
