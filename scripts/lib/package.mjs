import { existsSync } from 'node:fs';
import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Platform, build } from 'electron-builder';
import { carriedPackagesFile } from './build.mjs';
import { checksumsText } from './checksums.mjs';
import { ensureElectron } from './electron-runtime.mjs';
import { inRoot, root } from './paths.mjs';
import { Problem } from './problem.mjs';
import { sbomText } from './sbom.mjs';

/** Starts the product's own entry, once a test that wants to has attached. */
const testEntry = 'test/e2e/held/start.mjs';

/**
 * Packs out/ with Electron into the unpacked application of this platform.
 * @param {{ forTests: boolean }} options `forTests`: a debugger may attach, which is how Playwright drives the
 *   window, and the start can be held until it has. Such an application goes to a folder of its own, so that nobody takes it for a release.
 * @returns {Promise<string>} the application's executable
 */
export async function packageApplication({ forTests }) {
  const electron = await ensureElectron();
  const output = forTests ? inRoot('dist', 'for-tests') : inRoot('dist');
  await rm(join(output, unpackedFolder()), { recursive: true, force: true });
  // Nothing is signed with a certificate that happens to lie about, and nothing is ever published from here.
  process.env['CSC_IDENTITY_AUTO_DISCOVERY'] = 'false';
  await build({
    projectDir: root,
    targets: Platform.current().createTarget('dir'),
    publish: 'never',
    config: {
      extends: inRoot('electron-builder.yml'),
      directories: { output },
      // The runtime at hand, so that electron-builder has nothing to download.
      electronDist: electron.dist,
      electronVersion: electron.version,
      ...(forTests
        ? {
            electronFuses: { enableNodeCliInspectArguments: true },
            files: [testEntry],
            extraMetadata: { main: testEntry },
          }
        : {}),
    },
  });
  if (!forTests) await writePapers(output, electron.version);
  return executableIn(join(output, unpackedFolder()));
}

/**
 * Puts the bill of materials and the checksums of everything that goes out beside it.
 * @param {string} output the folder of installers and unpacked applications
 * @param {string} electronVersion
 */
export async function writePapers(output, electronVersion) {
  const packages = JSON.parse(await readFile(carriedPackagesFile, 'utf8'));
  await writeFile(join(output, sbomName), await sbomText(packages, { electron: electronVersion }));
  const left = [checksumsName, 'builder-debug.yml', 'builder-effective-config.yaml'];
  const isForTests = (/** @type {string} */ path) => path.startsWith('for-tests/');
  const text = await checksumsText(output, (path) => !left.includes(path) && !isForTests(path));
  await writeFile(join(output, checksumsName), text);
}

/** The CycloneDX bill of materials among what is delivered. */
export const sbomName = 'patchtrail.cdx.json';
/** Read by `sha256sum --check`, inside the folder of what is delivered. */
export const checksumsName = 'SHA256SUMS';

/** The folder name that electron-builder gives to the unpacked application of this machine. */
function unpackedFolder() {
  const suffix = process.arch === 'x64' ? '' : `-${process.arch}`;
  if (process.platform === 'darwin') return `mac${suffix}`;
  return `${process.platform === 'win32' ? 'win' : 'linux'}${suffix}-unpacked`;
}

/** @param {string} folder */
async function executableIn(folder) {
  const candidates = ['patchtrail', 'Patchtrail.exe', 'Patchtrail.app/Contents/MacOS/Patchtrail'];
  const found = candidates.map((name) => join(folder, name)).find((path) => existsSync(path));
  if (found === undefined) {
    throw new Problem(`No application in ${folder}, only: ${(await readdir(folder)).join(', ')}`);
  }
  return found;
}
