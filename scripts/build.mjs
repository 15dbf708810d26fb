// npm run build: the whole application into out/.
import { buildApplication } from './lib/build.mjs';
import { runScript } from './lib/problem.mjs';

await runScript(async () => {
  const started = performance.now();
  await buildApplication();
  console.log(`Built out/ in ${((performance.now() - started) / 1000).toFixed(1)} s.`);
});
