// Runs the built application in Electron with the words given, on the display or, where there is none, on a
// virtual one. The command line in plain Node hands over to it what only Chromium can do: print a PDF.
import { existsSync } from 'node:fs';
import { onAnyDisplay, machineSwitches, windowNeeds } from './lib/display.mjs';
import { developmentExecutable, ensureElectron } from './lib/electron-runtime.mjs';
import { inRoot, root } from './lib/paths.mjs';
import { Problem, runScript } from './lib/problem.mjs';
import { run } from './lib/run.mjs';
import { ensureSystemLibraries } from './lib/system-libraries.mjs';

await runScript(async () => {
  // Standard output belongs to the application's answer alone.
  console.log = console.error;
  if (!existsSync(inRoot('out', 'main', 'main.js'))) throw new Problem('Not built yet: npm run build');
  await ensureSystemLibraries(windowNeeds);
  const executable = await developmentExecutable(await ensureElectron());
  const program = onAnyDisplay(executable, [root, ...machineSwitches, ...process.argv.slice(2)]);
  const { status } = await run(program.command, program.args, { cwd: process.cwd() });
  return status;
});
