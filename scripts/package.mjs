// npm run package: the unpacked application of this platform into dist/.
// With --for-tests it goes to dist/for-tests/ and lets Playwright attach.
import { relative } from 'node:path';
import { buildApplication } from './lib/build.mjs';
import { packageApplication } from './lib/package.mjs';
import { root } from './lib/paths.mjs';
import { runScript } from './lib/problem.mjs';

await runScript(async () => {
  await buildApplication();
  const executable = await packageApplication({ forTests: process.argv.includes('--for-tests') });
  console.log(`Packaged: ${relative(root, executable)}`);
});
