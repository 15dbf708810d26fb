// npm test: everything that has to hold, from lint to the packaged application, stopping at the first failure.
// The very last line is "N passed, N failed"; a skipped test counts as a failure.
import { rm } from 'node:fs/promises';
import { buildApplication } from './lib/build.mjs';
import { windowNeeds } from './lib/display.mjs';
import { runEndToEndTests } from './lib/e2e.mjs';
import { inRoot } from './lib/paths.mjs';
import { Problem, runScript } from './lib/problem.mjs';
import { run } from './lib/run.mjs';
import { ensureSystemLibraries } from './lib/system-libraries.mjs';
import { playwrightCounts, reports, vitestCounts } from './lib/test-counts.mjs';

const total = { passed: 0, failed: 0 };

await runScript(async () => {
  for (const report of Object.values(reports)) await rm(report, { force: true });
  try {
    await step('System libraries', () => ensureSystemLibraries([...windowNeeds, 'tests']));
    await step('Lint', () => tool('eslint/bin/eslint.js', '.', '--max-warnings', '0'));
    await step('Format', () => tool('prettier/bin/prettier.cjs', '--check', '.', '--log-level', 'warn'));
    await step('Types', () => tool('typescript/bin/tsc', '--build', 'tsconfig.json', 'scripts'));
    await step('Unit tests', async () => {
      const output = `--outputFile.json=${reports.vitest}`;
      const status = await toolStatus(
        'vitest/vitest.mjs',
        'run',
        '--reporter=default',
        '--reporter=json',
        output,
      );
      count(await vitestCounts(), status);
    });
    await step('Build', buildApplication);
    await step('End-to-end tests', async () => {
      const status = await runEndToEndTests();
      count(await playwrightCounts(), status);
    });
  } catch (error) {
    // Whatever stopped the run is a failure, also where no test got to say so.
    total.failed = Math.max(total.failed, 1);
    console.error(error instanceof Problem ? `\n${error.message}` : error);
  }
  console.log(`\n${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0 ? 0 : 1;
});

/**
 * @template T
 * @param {string} title
 * @param {() => Promise<T>} body
 * @returns {Promise<T>}
 */
async function step(title, body) {
  const started = performance.now();
  console.log(`\n=== ${title}`);
  try {
    const answer = await body();
    console.log(`=== ${title}: ${since(started)}`);
    return answer;
  } catch (error) {
    console.error(`\n=== ${title}: failed after ${since(started)}`);
    throw error;
  }
}

/** @param {number} started */
function since(started) {
  return `${((performance.now() - started) / 1000).toFixed(1)} s`;
}

/**
 * Adds what a test runner counted and insists that all of it passed.
 * @param {import('./lib/test-counts.mjs').Counts} counts
 * @param {number} status the runner's own verdict
 */
function count({ passed, failed, skipped }, status) {
  total.passed += passed;
  total.failed += failed + skipped;
  if (skipped > 0) throw new Problem(`${skipped} tests were skipped: each one has to run or go.`);
  if (status !== 0 || failed > 0) throw new Problem(`${failed} tests failed (status ${status}).`);
  if (passed === 0) throw new Problem('No test ran.');
}

/**
 * @param {string} program a script inside node_modules
 * @param {...string} args
 */
async function toolStatus(program, ...args) {
  const { status } = await run(process.execPath, [inRoot('node_modules', program), ...args]);
  return status;
}

/**
 * @param {string} program
 * @param {...string} args
 */
async function tool(program, ...args) {
  const status = await toolStatus(program, ...args);
  if (status !== 0) throw new Problem(`${program} ended with status ${status}.`);
}
