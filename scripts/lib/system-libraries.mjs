// The Debian packages that a window, a display without a screen, and the tests need. They are looked for
// before Electron is started, since its own complaint names only the first missing shared object.
import { existsSync } from 'node:fs';
import { Problem } from './problem.mjs';
import { mustRun, run } from './run.mjs';

/**
 * What each purpose needs. An inner list names one library under the names that it has had: Debian 13 and
 * Ubuntu 24.04 renamed some when they moved to a 64-bit time.
 * @type {Readonly<Record<'window' | 'virtual-display' | 'tests', readonly (readonly string[])[]>>}
 */
const packagesFor = {
  window: [
    ['libgtk-3-0', 'libgtk-3-0t64'],
    ['libnss3'],
    ['libasound2', 'libasound2t64'],
    ['libgbm1'],
    ['libxss1'],
    ['libxtst6'],
    ['libatk-bridge2.0-0', 'libatk-bridge2.0-0t64'],
    ['libdrm2'],
    ['libnotify4'],
  ],
  'virtual-display': [['xvfb'], ['xauth']],
  // pdftotext and pdffonts read the report back; unzip is what the bench measures against; the tests run in a
  // network namespace that ip makes ready, and strace tells of every attempt to connect.
  tests: [['poppler-utils'], ['unzip'], ['iproute2'], ['strace']],
};

/**
 * Makes sure of the system libraries: installs what is missing where it may, else says how and stops.
 * @param {readonly (keyof typeof packagesFor)[]} purposes
 */
export async function ensureSystemLibraries(purposes) {
  if (process.platform !== 'linux') return;
  const wanted = purposes.flatMap((purpose) => packagesFor[purpose]);
  if (!existsSync('/usr/bin/dpkg-query')) {
    const names = wanted.map(([name]) => name).join(' ');
    console.log(`This is not a Debian system, so its libraries are not looked for. Debian's names: ${names}`);
    return;
  }

  const missing = missingFrom(wanted, await installedPackages());
  if (missing.length === 0) return;

  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    const names = missing.map(([name]) => name).join(' ');
    throw new Problem(
      `System libraries are missing. Install them, then start again:\n\n  sudo apt-get update && sudo apt-get install -y ${names}\n`,
    );
  }

  console.log(`Installing system libraries: ${missing.map(([name]) => name).join(' ')}`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await mustRun('apt-get', ['update', '-q'], { env, quiet: true });
  const names = await Promise.all(missing.map(availableName));
  await mustRun('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...names], {
    env,
    quiet: true,
  });

  const still = missingFrom(wanted, await installedPackages());
  if (still.length > 0) {
    throw new Problem(
      `apt-get ended well, yet these are still missing: ${still.map(([name]) => name).join(' ')}`,
    );
  }
}

/**
 * @param {readonly (readonly string[])[]} wanted
 * @param {ReadonlySet<string>} installed
 */
function missingFrom(wanted, installed) {
  return wanted.filter((names) => !names.some((name) => installed.has(name)));
}

async function installedPackages() {
  const { output } = await run('dpkg-query', ['-W', '-f', '${db:Status-Status} ${Package}\n'], {
    quiet: true,
  });
  const lines = output.split('\n').filter((line) => line.startsWith('installed '));
  return new Set(lines.map((line) => line.slice('installed '.length)));
}

/**
 * @param {readonly string[]} names one library's names, this release's among them
 * @returns {Promise<string>}
 */
async function availableName(names) {
  for (const name of names) {
    const { status, output } = await run('apt-cache', ['policy', name], { quiet: true });
    if (status === 0 && /Candidate: (?!\(none\))/u.test(output)) return name;
  }
  throw new Problem(`No package source of this machine offers ${names.join(' or ')}.`);
}
