// npm run e2e -- [Playwright's own arguments]: the end-to-end tests on the packaged application.
import { buildApplication } from './lib/build.mjs';
import { windowNeeds } from './lib/display.mjs';
import { runEndToEndTests } from './lib/e2e.mjs';
import { runScript } from './lib/problem.mjs';
import { ensureSystemLibraries } from './lib/system-libraries.mjs';

await runScript(async () => {
  await ensureSystemLibraries([...windowNeeds, 'tests']);
  await buildApplication();
  return runEndToEndTests(process.argv.slice(2));
});
