import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cache } from './paths.mjs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/** Where the two test runners leave their results; playwright.config.ts names the second one too. */
export const reports = {
  vitest: join(cache, 'reports', 'vitest.json'),
  playwright: join(cache, 'reports', 'playwright.json'),
};

/** @returns {Promise<Counts>} */
export async function vitestCounts() {
  const report = await readReport(reports.vitest);
  return {
    passed: number(report['numPassedTests']),
    // A test file that does not even load has no failed test, but it is a failure.
    failed: Math.max(number(report['numFailedTests']), number(report['numFailedTestSuites']) > 0 ? 1 : 0),
    skipped: number(report['numPendingTests']) + number(report['numTodoTests']),
  };
}

/** @returns {Promise<Counts>} */
export async function playwrightCounts() {
  const report = await readReport(reports.playwright);
  const stats = /** @type {Record<string, unknown>} */ (report['stats'] ?? {});
  return {
    // "flaky" passed on its second try: it counts, and the runner lists it by name.
    passed: number(stats['expected']) + number(stats['flaky']),
    failed: number(stats['unexpected']),
    skipped: number(stats['skipped']),
  };
}

/**
 * @param {string} path
 * @returns {Promise<Record<string, unknown>>}
 */
async function readReport(path) {
  return existsSync(path) ? JSON.parse(await readFile(path, 'utf8')) : {};
}

/** @param {unknown} value */
function number(value) {
  return typeof value === 'number' ? value : 0;
}
