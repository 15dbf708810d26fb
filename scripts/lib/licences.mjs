// The licences of what the built application carries. Which packages those are is told by the bundler: every
// module that it took from node_modules belongs to one. Fonts come in through style sheets and are added by name.
import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { inRoot } from './paths.mjs';
import { Problem } from './problem.mjs';

/**
 * Licences by their SPDX names: `product` may be part of the application, `development` beyond those may be
 * under tools that leave nothing in it.
 * @type {{ product: readonly string[], development: readonly string[] }}
 */
const allowed = JSON.parse(await readFile(inRoot('scripts', 'lib', 'licence-list.json'), 'utf8'));

/**
 * @typedef {object} CarriedPackage
 * @property {string} name
 * @property {string} version
 * @property {string} licence SPDX
 * @property {string} text the package's own licence file; "" when it has none
 */

/** Collects the packages of every build that it is a plugin of. */
export class CarriedPackages {
  /** @type {Set<string>} */
  #folders = new Set();

  /** @returns {import('vite').Plugin} */
  plugin() {
    const folders = this.#folders;
    return {
      name: 'carried-packages',
      buildEnd() {
        for (const id of this.getModuleIds()) {
          const folder = packageFolder(id);
          if (folder !== null) folders.add(folder);
        }
      },
    };
  }

  /** @returns {Promise<CarriedPackage[]>} by name and version */
  async list() {
    const fonts = Object.keys((await manifestOf(inRoot())).dependencies ?? {}).filter((name) =>
      name.startsWith('@fontsource'),
    );
    const folders = new Set([...this.#folders, ...fonts.map((name) => inRoot('node_modules', name))]);
    const found = await Promise.all([...folders].map(readPackage));
    // One package may lie in several folders.
    const packages = [...new Map(found.map((one) => [`${one.name}@${one.version}`, one])).values()];
    return packages.sort((a, b) => compare(a.name, b.name) || compare(a.version, b.version));
  }
}

/**
 * One text for the reader: a heading for each licence text, with the packages that come under it.
 * @param {readonly CarriedPackage[]} packages
 */
export function licencesText(packages) {
  /** @type {Map<string, CarriedPackage[]>} */
  const byText = new Map();
  for (const one of packages) {
    const key = one.text === '' ? `Licence: ${one.licence}` : one.text;
    byText.set(key, [...(byText.get(key) ?? []), one]);
  }
  const parts = [...byText].map(([text, under]) => {
    const names = under.map(({ name, version, licence }) => `${name} ${version} (${licence})`).join('\n');
    return `${names}\n\n${text}`;
  });
  const rule = `\n\n${'-'.repeat(78)}\n\n`;
  const head = `${packages.length} packages are part of this application. Electron, Chromium and Node.js come with their own\nlicences in the files LICENSE.electron.txt and LICENSES.chromium.html beside the executable.`;
  return `${[head, ...parts].join(rule)}\n`;
}

/**
 * @param {string} id a module's id as the bundler has it
 * @returns {string | null} the folder of the package that it is of; null for the project's own
 */
function packageFolder(id) {
  const path = id.replace(/^\0+/u, '').replace(/[?#].*$/u, '');
  const marker = `${sep}node_modules${sep}`;
  const at = path.lastIndexOf(marker);
  if (at < 0) return null;
  const inside = path.slice(at + marker.length).split(sep);
  const name = inside.slice(0, inside[0]?.startsWith('@') ? 2 : 1).join(sep);
  return path.slice(0, at + marker.length) + name;
}

/** @param {string} folder */
async function readPackage(folder) {
  const { name, version, license } = await manifestOf(folder);
  if (typeof license !== 'string') throw new Problem(`${name} names no licence.`);
  if (!allowed.product.includes(license)) {
    throw new Problem(`${name} ${version} is under ${license}, which the product does not carry.`);
  }
  return { name, version, licence: license, text: await licenceFile(folder) };
}

/** @param {string} folder */
async function licenceFile(folder) {
  const names = (await readdir(folder))
    .filter((name) => /^(?:licen[cs]e|copying)(?:[.-].*)?$/iu.test(name))
    .sort();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return texts.map((text) => text.replaceAll('\r\n', '\n').trim()).join('\n\n');
}

/**
 * @param {string} folder
 * @returns {Promise<{ name: string, version: string, license?: unknown, dependencies?: Record<string, string> }>}
 */
async function manifestOf(folder) {
  const path = join(folder, 'package.json');
  if (!existsSync(path)) throw new Problem(`No package.json in ${folder}`);
  return JSON.parse(await readFile(path, 'utf8'));
}

/**
 * By code unit: the same order on every machine.
 * @param {string} a
 * @param {string} b
 */
function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}
