import { onAnyDisplay } from './display.mjs';
import { withoutNetwork } from './no-network.mjs';
import { packageApplication } from './package.mjs';
import { inRoot } from './paths.mjs';
import { run } from './run.mjs';

/**
 * Packages the application twice, as it is delivered and with a way in for Playwright, and runs the end-to-end
 * tests on both, cut off from every network where the system allows that.
 * @param {readonly string[]} [args] passed on to Playwright
 * @returns {Promise<number>} Playwright's exit status
 */
export async function runEndToEndTests(args = []) {
  const delivered = await packageApplication({ forTests: false });
  const executable = await packageApplication({ forTests: true });
  const playwright = inRoot('node_modules', '@playwright', 'test', 'cli.js');
  const shown = onAnyDisplay(process.execPath, [playwright, 'test', ...args]);
  const program = await withoutNetwork(shown.command, shown.args);
  const env = {
    PATCHTRAIL_EXECUTABLE: executable,
    PATCHTRAIL_DELIVERED_EXECUTABLE: delivered,
    ...(program.isCutOff ? { PATCHTRAIL_CUT_OFF: '1' } : {}),
  };
  const { status } = await run(program.command, program.args, { env });
  return status;
}
