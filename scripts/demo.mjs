// npm run demo: reads the sample bundle, prints what contradicts itself in it, and leaves an annotated PDF and a
// picture of the window in demo-output/. With a display the window stays open.
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { buildApplication } from './lib/build.mjs';
import { hasDisplay, onAnyDisplay, machineSwitches, windowNeeds } from './lib/display.mjs';
import { developmentExecutable, ensureElectron } from './lib/electron-runtime.mjs';
import { inRoot, root } from './lib/paths.mjs';
import { Problem, runScript } from './lib/problem.mjs';
import { mustRun, run } from './lib/run.mjs';
import { ensureSystemLibraries } from './lib/system-libraries.mjs';

/** How long the window may take to read the sample and to paint it, in milliseconds. */
const windowTimeLimit = 120_000;

await runScript(async () => {
  await ensureSystemLibraries(windowNeeds);
  const electron = await developmentExecutable(await ensureElectron());
  await buildApplication();

  const output = inRoot('demo-output');
  await rm(output, { recursive: true, force: true });
  await mkdir(output);
  const sample = await onlySample();
  const pdf = join(output, 'report.pdf');
  const screenshot = join(output, 'window.png');

  console.log(`\nReading ${relative(root, sample)}\n`);
  const commandLine = inRoot('out', 'main', 'command-line.js');
  // The case beside the sample holds an analyst's notes: the report is an annotated one.
  const notes = sample.replace(/\.zip$/u, '.patchtrail');
  await mustRun(process.execPath, [commandLine, 'analyze', sample, '--case', notes, '--pdf', pdf, '--quiet']);

  const userData = inRoot('.cache', 'demo-user-data');
  await rm(userData, { recursive: true, force: true });
  const words = [root, ...machineSwitches, `--user-data-dir=${userData}`];
  const window = onAnyDisplay(electron, [...words, `--patchtrail-screenshot=${screenshot}`, sample]);
  // Chromium's own remarks about a machine without a desktop bus are noise here: shown only on failure.
  const { status, output: said } = await run(window.command, window.args, {
    quiet: true,
    timeLimit: windowTimeLimit,
  });
  for (const file of [pdf, screenshot]) {
    if (!existsSync(file)) {
      throw new Problem(
        `${relative(root, file)} was not written (the window ended with status ${status}).\n${said}`,
      );
    }
  }

  console.log(`\nReport of the findings:   ${relative(root, pdf)}`);
  console.log(`Picture of the window:    ${relative(root, screenshot)}`);
  if (!hasDisplay) return 0;
  console.log('The window stays open: close it to end the demo.');
  return (await run(electron, [...words, sample])).status;
});

async function onlySample() {
  const folder = inRoot('resources', 'samples');
  const zips = (await readdir(folder)).filter((name) => name.endsWith('.zip'));
  const [name] = zips;
  if (name === undefined || zips.length > 1) {
    throw new Problem(`The demo expects one zip in resources/samples and finds ${zips.length}.`);
  }
  return join(folder, name);
}
