// What becomes a file of its own in out/. Each entry is bundled alone with everything that it imports from
// npm, so that the packaged application carries no node_modules and `import.meta.url` is the entry's own.

/**
 * @typedef {object} NodeEntry
 * @property {string} source
 * @property {string} target
 * @property {'es' | 'cjs'} format
 */

/** @type {readonly NodeEntry[]} */
export const nodeEntries = [
  { source: 'main/main.ts', target: 'out/main/main.js', format: 'es' },
  { source: 'main/command-line.ts', target: 'out/main/command-line.js', format: 'es' },
  // A sandboxed preload script is not a module: Electron takes only CommonJS there.
  { source: 'preload/bridge.ts', target: 'out/preload/bridge.cjs', format: 'cjs' },
  { source: 'parsers/worker.ts', target: 'out/worker/worker.js', format: 'es' },
];

export const rendererSource = 'renderer';
export const rendererTarget = 'out/renderer';

/**
 * Style sheets beside the window's page, which share its font files: `out/renderer/<name>.css`.
 * @type {readonly { name: string, source: string }[]}
 */
export const styleSheets = [{ name: 'report-fonts', source: 'main/report-fonts/fonts.css' }];
