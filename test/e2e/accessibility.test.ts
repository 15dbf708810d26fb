/**
 * WCAG 2.2 AA by axe, on every screen, in both languages and all three themes: each screen by every rule in one theme,
 * and in the others by the rules that a theme can break.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import type Axe from 'axe-core';
import { launchPatchtrail } from './launch.ts';
import {
  changedScreens,
  dress,
  fillCase,
  noteOnLine,
  openSample,
  passwordScreens,
  runScreens,
  screens,
  startScreen,
  themeTitles,
  writeLogs,
  writeRuns,
} from './screens.ts';
import type { Screen, ScreenLanguage, ScreenTheme } from './screens.ts';
import { waitUntilRead } from './window-steps.ts';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa'];

/**
 * Marks stand where their time is: moved or made larger they would say something else. For such targets the
 * standard makes an exception of its rule on sizes (2.5.8, "essential"), as for pins on a map.
 */
const placedByTime = '.timeline-track';

/** What depends on colours, borders and sizes; names, roles and structure are the same in every theme. */
const rulesOfThemes = ['color-contrast', 'link-in-text-block', 'target-size'];

/** What axe finds on the screen that is shown, a line for each element: rule, element, and what is wrong with it. */
async function violations(
  window: Page,
  screen: string,
  runOnly: { readonly type: 'tag' | 'rule'; readonly values: string[] },
): Promise<string[]> {
  // The page lets no script in; DevTools, through which this goes, are not bound by its policy.
  if (!(await window.evaluate(() => 'axe' in globalThis))) await window.evaluate(axe);
  const found = await window.evaluate(
    async ({ runOnly, exempt }) => {
      const { axe } = globalThis as unknown as { axe: typeof Axe };
      const { violations } = await axe.run(document, {
        runOnly,
        resultTypes: ['violations'],
        iframes: false,
        elementRef: true,
      });
      return violations.flatMap(({ id, nodes }) =>
        nodes
          .filter(({ element }) => id !== 'target-size' || element?.closest(exempt) === null)
          .map(({ html, failureSummary }) => ({ id, html, why: failureSummary ?? '' })),
      );
    },
    { runOnly, exempt: placedByTime },
  );
  return found.map(({ id, html, why }) => {
    const reason = why.split('\n').slice(1).join(' ').trim();
    return `${screen}: ${id}: ${html.slice(0, 160)}: ${reason.slice(0, 240)}`;
  });
}

/** Chooses a theme over whatever stands open: its button is out of reach of the mouse there, not of a script. */
async function changeTheme(window: Page, theme: ScreenTheme): Promise<void> {
  await window.getByRole('radio', { name: themeTitles[theme], includeHidden: true }).evaluate((radio) => {
    (radio as HTMLElement).click();
  });
  await expect(window.locator('html')).toHaveAttribute('data-theme', theme);
  // A colour on its way to another is neither.
  await window.evaluate(async () => {
    await new Promise(requestAnimationFrame);
    await Promise.allSettled(document.getAnimations().map((animation) => animation.finished));
  });
}

/** Looks at the screens of a tour; the window is in the first of the themes, and is in it again at the end. */
async function walk(
  window: Page,
  tour: readonly Screen[],
  [whole, ...others]: readonly [ScreenTheme, ...ScreenTheme[]],
): Promise<string[]> {
  const found: string[] = [];
  for (const screen of tour) {
    await screen.show(window);
    found.push(...(await violations(window, `${screen.name}, ${whole}`, { type: 'tag', values: standards })));
    for (const theme of others) {
      await changeTheme(window, theme);
      found.push(
        ...(await violations(window, `${screen.name}, ${theme}`, { type: 'rule', values: rulesOfThemes })),
      );
    }
    await changeTheme(window, whole);
    await screen.leave?.(window);
  }
  return found;
}

const passes: readonly {
  readonly language: ScreenLanguage;
  readonly looks: readonly [ScreenTheme, ...ScreenTheme[]];
}[] = [
  { language: 'en', looks: ['light', 'dark', 'contrast'] },
  { language: 'ja', looks: ['dark', 'contrast', 'light'] },
];

for (const { language, looks } of passes) {
  const [theme] = looks;
  test(`every screen keeps to WCAG 2.2 AA: ${language}`, async ({}, info) => {
    test.setTimeout(400_000);
    const { app, window } = await launchPatchtrail();
    await dress(window, language, theme);
    const found = await walk(window, [startScreen], looks);
    await openSample(window);
    await fillCase(window);
    found.push(...(await walk(window, screens, looks)));
    await app.close();

    const second = await launchPatchtrail({ args: [await writeRuns(info.outputPath('updates'))] });
    await waitUntilRead(second.window);
    await dress(second.window, language, theme);
    found.push(...(await walk(second.window, runScreens, looks)));
    await second.app.close();

    const userDataDir = info.outputPath('profile');
    const bundle = await writeLogs(info.outputPath('logs.zip'), ['one', 'two']);
    const before = await launchPatchtrail({ userDataDir, args: [bundle] });
    await waitUntilRead(before.window);
    await dress(before.window, language, theme);
    await noteOnLine(before.window);
    await before.app.close();
    await writeLogs(bundle, ['one', 'changed', 'new']);
    const changed = await launchPatchtrail({ userDataDir, args: [bundle] });
    await waitUntilRead(changed.window);
    found.push(...(await walk(changed.window, changedScreens, looks)));
    await changed.app.close();

    const locked = await writeLogs(info.outputPath('locked.zip'), ['one'], 'a password');
    const asking = await launchPatchtrail({ userDataDir, args: [locked] });
    found.push(...(await walk(asking.window, passwordScreens, looks)));
    await asking.app.close();
    expect([...new Set(found)]).toEqual([]);
  });
}
