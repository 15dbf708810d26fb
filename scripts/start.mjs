// npm start -- [bundle.zip]: opens the application from out/, built first when a source is newer.
// With --xvfb the window opens on a virtual display.
import { buildIfNeeded } from './lib/build.mjs';
import { hasDisplay, onVirtualDisplay, machineSwitches } from './lib/display.mjs';
import { developmentExecutable, ensureElectron } from './lib/electron-runtime.mjs';
import { root } from './lib/paths.mjs';
import { Problem, runScript } from './lib/problem.mjs';
import { run } from './lib/run.mjs';
import { ensureSystemLibraries } from './lib/system-libraries.mjs';

await runScript(async () => {
  const given = process.argv.slice(2);
  const virtual = given.includes('--xvfb');
  if (!virtual && !hasDisplay) {
    throw new Problem('There is no display to open a window on. For a virtual one: npm start -- --xvfb');
  }
  await ensureSystemLibraries(virtual ? ['window', 'virtual-display'] : ['window']);
  await buildIfNeeded();
  const executable = await developmentExecutable(await ensureElectron());
  // The folder comes first: the application takes what follows it as its own words.
  const args = [root, ...machineSwitches, ...given.filter((word) => word !== '--xvfb')];
  const program = virtual ? onVirtualDisplay(executable, args) : { command: executable, args };
  const { status } = await run(program.command, program.args, {
    cwd: process.env['INIT_CWD'] ?? process.cwd(),
  });
  return status;
});
