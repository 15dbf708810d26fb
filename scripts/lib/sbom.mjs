// The bill of materials of the built application, as CycloneDX JSON: what the bundler took, and Electron.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { inRoot } from './paths.mjs';

/**
 * Deterministic: no time, no random serial number; the serial number follows from the content.
 * @param {readonly import('./licences.mjs').CarriedPackage[]} packages
 * @param {{ electron: string }} runtime the version of Electron that the application is packed with
 * @returns {Promise<string>} CycloneDX 1.6
 */
export async function sbomText(packages, { electron }) {
  const manifest = await readJson('package.json');
  const lock = await readJson('package-lock.json');
  const root = `pkg:npm/${manifest.name}@${manifest.version}`;
  const components = [
    {
      type: 'framework',
      'bom-ref': `pkg:npm/electron@${electron}`,
      name: 'electron',
      version: electron,
      purl: `pkg:npm/electron@${electron}`,
      licenses: [{ license: { id: 'MIT' } }],
    },
    ...packages.map(({ name, version, licence }) => {
      const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
      return {
        type: 'library',
        'bom-ref': purl,
        name,
        version,
        purl,
        licenses: [{ license: { id: licence } }],
        ...hashesOf(lock, name, version),
      };
    }),
  ];
  const body = {
    metadata: {
      component: {
        type: 'application',
        'bom-ref': root,
        name: manifest.name,
        version: manifest.version,
        purl: root,
        licenses: [{ license: { id: manifest.license } }],
      },
    },
    components,
    dependencies: [{ ref: root, dependsOn: components.map((one) => one['bom-ref']) }],
  };
  const document = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(JSON.stringify(body))}`,
    version: 1,
    ...body,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/**
 * The SHA-512 of the package as the registry gave it, from the lock file.
 * @param {any} lock
 * @param {string} name
 * @param {string} version
 */
function hashesOf(lock, name, version) {
  const entry = Object.entries(lock.packages).find(
    ([path, one]) => path.endsWith(`node_modules/${name}`) && one.version === version,
  );
  const integrity = /^sha512-(?<base64>.+)$/u.exec(entry?.[1].integrity ?? '')?.groups?.['base64'];
  if (integrity === undefined) return {};
  return { hashes: [{ alg: 'SHA-512', content: Buffer.from(integrity, 'base64').toString('hex') }] };
}

/**
 * A version 8 UUID (RFC 9562: bits of the maker's own) made of a hash.
 * @param {string} text
 */
function uuidOf(text) {
  const hex = createHash('sha256').update(text, 'utf8').digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

/**
 * @param {string} name
 * @returns {Promise<any>}
 */
async function readJson(name) {
  return JSON.parse(await readFile(inRoot(name), 'utf8'));
}
