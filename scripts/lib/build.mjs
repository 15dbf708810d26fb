import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { basename, dirname, join } from 'node:path';
import react from '@vitejs/plugin-react';
import { build } from 'vite';
import { nodeEntries, rendererSource, rendererTarget, styleSheets } from './build-entries.mjs';
import { CarriedPackages, licencesText } from './licences.mjs';
import { cache, inRoot, root } from './paths.mjs';
import { Problem } from './problem.mjs';

/** Everything whose change makes the built files old. */
const inputs = [
  'main',
  'preload',
  'parsers',
  'renderer',
  'resources',
  'scripts/lib',
  'package-lock.json',
  'package.json',
];
/** Outside out/, since all of out/ goes into the packaged application. */
const stamp = join(cache, 'built');
/** What the last build took from npm, with licences: the bill of materials is made of it. */
export const carriedPackagesFile = join(cache, 'carried-packages.json');

/** Builds the application into out/: the same bytes wherever it is called. */
export async function buildApplication() {
  // The bundler writes names of modules into what it makes, relative to the folder that it is started in.
  const before = process.cwd();
  process.chdir(root);
  try {
    await buildEverything();
  } finally {
    process.chdir(before);
  }
}

async function buildEverything() {
  const missing = [...nodeEntries.map((entry) => entry.source), `${rendererSource}/index.html`].filter(
    (source) => !existsSync(inRoot(source)),
  );
  if (missing.length > 0) throw new Problem(`Cannot build: missing ${missing.join(', ')}`);

  const started = new Date();
  const define = { __PATCHTRAIL_VERSION__: JSON.stringify(await version()) };
  await rm(stamp, { force: true });
  await rm(inRoot('out'), { recursive: true, force: true });
  const carried = new CarriedPackages();
  for (const entry of nodeEntries) await build(nodeConfiguration(entry, define, carried));
  await build(rendererConfiguration(define, carried));
  const packages = await carried.list();
  await writeFile(inRoot('out', 'licences.txt'), licencesText(packages));
  await mkdir(cache, { recursive: true });
  await writeFile(carriedPackagesFile, `${JSON.stringify(packages, null, 2)}\n`);
  await writeFile(stamp, `${started.toISOString()}\n`);
}

/** Builds only when a source is newer than what was built. */
export async function buildIfNeeded() {
  const built = existsSync(stamp) ? Date.parse((await readFile(stamp, 'utf8')).trim()) : 0;
  for (const input of inputs) {
    if ((await newest(inRoot(input))) >= built) {
      await buildApplication();
      return;
    }
  }
}

/**
 * @param {string} path
 * @returns {Promise<number>} the latest change at or below a path, in milliseconds
 */
async function newest(path) {
  const about = await stat(path);
  if (!about.isDirectory()) return about.mtimeMs;
  const below = await Promise.all((await readdir(path)).map((name) => newest(join(path, name))));
  return Math.max(about.mtimeMs, ...below);
}

async function version() {
  /** @type {unknown} */
  const manifest = JSON.parse(await readFile(inRoot('package.json'), 'utf8'));
  return /** @type {{ version: string }} */ (manifest).version;
}

/**
 * @param {import('./build-entries.mjs').NodeEntry} entry
 * @param {Record<string, string>} define
 * @param {CarriedPackages} carried
 * @returns {import('vite').InlineConfig}
 */
function nodeConfiguration(entry, define, carried) {
  return {
    ...shared(define),
    plugins: [carried.plugin()],
    // "node:" modules and Electron's are there at run time; everything else goes into the file.
    ssr: { noExternal: true, target: 'node' },
    build: {
      ssr: inRoot(entry.source),
      outDir: inRoot(dirname(entry.target)),
      target: 'node20',
      // Two entries share a folder, which was emptied as a whole before.
      emptyOutDir: false,
      copyPublicDir: false,
      // Readable stack traces are worth more than the bytes.
      minify: false,
      reportCompressedSize: false,
      rolldownOptions: {
        external: ['electron', /^node:/u, ...builtinModules],
        output: {
          format: entry.format,
          entryFileNames: basename(entry.target),
          codeSplitting: false,
        },
      },
    },
  };
}

/**
 * Every Chromium that the product runs on reads WOFF2; the older format beside it would double the fonts.
 * @type {import('vite').Plugin}
 */
const woff2Only = {
  name: 'woff2-only',
  generateBundle(_options, bundle) {
    for (const [name, file] of Object.entries(bundle)) {
      if (name.endsWith('.woff')) delete bundle[name];
      else if (name.endsWith('.css') && file.type === 'asset' && typeof file.source === 'string') {
        file.source = file.source.replace(/,\s*url\([^)]*\.woff\)\s*format\(['"]?woff['"]?\)/gu, '');
      }
    }
  },
};

/**
 * @param {Record<string, string>} define
 * @param {CarriedPackages} carried
 * @returns {import('vite').InlineConfig}
 */
function rendererConfiguration(define, carried) {
  return {
    ...shared(define),
    root: inRoot(rendererSource),
    base: './',
    plugins: [react(), woff2Only, carried.plugin()],
    build: {
      outDir: inRoot(rendererTarget),
      emptyOutDir: true,
      // The oldest Chromium that the product runs on is that of Electron 33.
      target: 'chrome130',
      // The page's policy allows files of the application only: no data: fonts, no inline scripts.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      chunkSizeWarningLimit: 4_000,
      rolldownOptions: {
        input: { index: inRoot(rendererSource, 'index.html'), ...windowStyleSheets() },
        output: {
          // The grids' library is apart from the panes that use it, for the page compiles each file in one go.
          codeSplitting: {
            groups: [
              { name: 'react', test: /node_modules\/(?:react|react-dom|scheduler)\//u, priority: 2 },
              { name: 'grid', test: /node_modules\/ag-grid-/u, priority: 1 },
            ],
          },
          // A style sheet that main serves by its name keeps it; whatever the page names may carry a hash.
          assetFileNames: ({ names }) =>
            names.some((name) => styleSheets.some((sheet) => `${sheet.name}.css` === name))
              ? '[name][extname]'
              : 'assets/[name]-[hash][extname]',
        },
      },
    },
  };
}

function windowStyleSheets() {
  return Object.fromEntries(styleSheets.map(({ name, source }) => [name, inRoot(source)]));
}

/**
 * @param {Record<string, string>} define
 * @returns {import('vite').InlineConfig}
 */
function shared(define) {
  return {
    root,
    configFile: false,
    envDir: false,
    publicDir: false,
    logLevel: 'warn',
    mode: 'production',
    define,
  };
}
