/** WCAG 2.2 AA by axe, on every screen, in both languages and all three themes. */
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
  languages,
  noteOnLine,
  openSample,
  passwordScreens,
  runScreens,
  screens,
  startScreen,
  themes,
  writeLogs,
  writeRuns,
} from './screens.ts';
import type { Screen } from './screens.ts';
import { waitUntilRead } from './window-steps.ts';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa'];

/**
 * Marks stand where their time is: moved or made larger they would say something else. For such targets the
 * standard makes an exception of its rule on sizes (2.5.8, "essential"), as for pins on a map.
 */
const placedByTime = '.timeline-track';

/** What axe finds on the screen that is shown, a line for each element: rule, element, and what is wrong with it. */
async function violations(window: Page, screen: string): Promise<string[]> {
  // The page lets no script in; DevTools, through which this goes, are not bound by its policy.
  await window.evaluate(axe);
  const found = await window.evaluate(
    async ({ values, exempt }) => {
      const { axe } = globalThis as unknown as { axe: typeof Axe };
      const { violations } = await axe.run(document, {
        runOnly: { type: 'tag', values },
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
    { values: standards, exempt: placedByTime },
  );
  return found.map(({ id, html, why }) => {
    const reason = why.split('\n').slice(1).join(' ').trim();
    return `${screen}: ${id}: ${html.slice(0, 160)}: ${reason.slice(0, 240)}`;
  });
}

async function walk(window: Page, tour: readonly Screen[]): Promise<string[]> {
  const found: string[] = [];
  for (const screen of tour) {
    await screen.show(window);
    found.push(...(await violations(window, screen.name)));
    await screen.leave?.(window);
  }
  return found;
}

for (const language of languages) {
  for (const theme of themes) {
    test(`every screen keeps to WCAG 2.2 AA: ${language}, ${theme}`, async ({}, info) => {
      test.setTimeout(400_000);
      const { app, window } = await launchPatchtrail();
      await dress(window, language, theme);
      const found = await walk(window, [startScreen]);
      await openSample(window);
      await fillCase(window);
      found.push(...(await walk(window, screens)));
      await app.close();

      const second = await launchPatchtrail({ args: [await writeRuns(info.outputPath('updates'))] });
      await waitUntilRead(second.window);
      await dress(second.window, language, theme);
      found.push(...(await walk(second.window, runScreens)));
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
      found.push(...(await walk(changed.window, changedScreens)));
      await changed.app.close();

      const locked = await writeLogs(info.outputPath('locked.zip'), ['one'], 'a password');
      const asking = await launchPatchtrail({ userDataDir, args: [locked] });
      found.push(...(await walk(asking.window, passwordScreens)));
      await asking.app.close();
      expect([...new Set(found)]).toEqual([]);
    });
  }
}
