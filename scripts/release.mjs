// npm run release [-- --win --mac --linux]: the installers into dist/, with bill of materials and checksums.
// Needs the release site for Electron and electron-builder's tools; docs/release.md tells the whole way.
import { parseArgs } from 'node:util';
import { Platform, build } from 'electron-builder';
import { buildApplication } from './lib/build.mjs';
import { ensureElectron } from './lib/electron-runtime.mjs';
import { checksumsName, sbomName, writePapers } from './lib/package.mjs';
import { inRoot, root } from './lib/paths.mjs';
import { Problem, runScript } from './lib/problem.mjs';

const { values } = parseArgs({
  options: { win: { type: 'boolean' }, mac: { type: 'boolean' }, linux: { type: 'boolean' } },
});

await runScript(async () => {
  const electron = await ensureElectron();
  if (electron.source !== 'official') {
    throw new Problem(
      'A release needs the official Electron, which this machine cannot get. `npm run package` makes the unpacked application for a trial.',
    );
  }
  const chosen = [
    ...(values.win ? [Platform.WINDOWS] : []),
    ...(values.mac ? [Platform.MAC] : []),
    ...(values.linux ? [Platform.LINUX] : []),
  ];
  await buildApplication();
  for (const platform of chosen.length > 0 ? chosen : [Platform.current()]) {
    // Targets and processors are those of electron-builder.yml.
    await build({
      projectDir: root,
      targets: platform.createTarget(),
      publish: 'never',
      config: { extends: inRoot('electron-builder.yml'), electronVersion: electron.version },
    });
  }
  await writePapers(inRoot('dist'), electron.version);
  console.log(`dist/ holds the installers, ${sbomName} and ${checksumsName}.`);
});
