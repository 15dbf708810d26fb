import { onAnyDisplay } from './display.mjs';
import { inRoot } from './paths.mjs';
import { run } from './run.mjs';

/**
 * Runs the end-to-end tests on a packaged application.
 * @param {string} executable made with `packageApplication({ forTests: true })`
 * @param {readonly string[]} [args] passed on to Playwright
 * @returns {Promise<number>} Playwright's exit status
 */
export async function runEndToEndTests(executable, args = []) {
  const playwright = inRoot('node_modules', '@playwright', 'test', 'cli.js');
  const program = onAnyDisplay(process.execPath, [playwright, 'test', ...args]);
  const { status } = await run(program.command, program.args, { env: { PATCHTRAIL_EXECUTABLE: executable } });
  return status;
}
