// The import directions of the design, as data and two small checks over it. Nothing here reads a disk: a
// source is a path and its text, so that the checker itself can be tested with made-up sources.
import { posix } from 'node:path';
import ts from 'typescript';

export interface Source {
  /** Relative to the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

export interface Import {
  readonly from: string;
  /** A path inside the repository, or a package's name as it is written. */
  readonly to: string;
  readonly inside: boolean;
}

/**
 * The engine's layers, lowest first. A layer imports itself and every layer below; folders of one layer may
 * import each other, as long as no circle comes of it.
 */
const engineLayers: readonly (readonly string[])[] = [
  ['domain'],
  ['archive', 'text', 'codes', 'case'],
  ['formats'],
  ['evidence'],
  ['rules', 'report', 'redaction'],
  ['packs'],
  ['version'],
  ['analyse'],
  ['serve', 'command-line'],
  ['worker'],
];

/** What serves windows and reads case files speaks the contract: one contract, both sides typed from it. */
const speakContract = ['case', 'serve', 'command-line', 'worker'];

/** Folders below formats/ that hold a kind of file which several systems read: Windows event records. */
const sharedFormats = ['event-log'];

/** Shared helpers below formats/ or rules/ that other systems' folders may import: `folder/of-system/file.ts`. */
const sharedHelpers: readonly string[] = [];

/** Folders below rules/ that belong to no system, since looking across systems is what they are for. */
const acrossSystems = ['cross-system', 'coverage'];

/** Folders of the engine that hold no sentence: their wording lives in the locales. */
const wordless = [
  ...['domain', 'archive', 'text', 'codes', 'formats', 'evidence', 'rules'],
  ...['redaction', 'packs'],
];

const windowPackages = /^(?:electron|react|react-dom|zustand|ag-grid-[a-z]+|@fontsource[a-z-]*)(?:\/|$)/u;

/** Every import of the sources, type-only and dynamic ones included. */
export function importsOf(sources: readonly Source[]): Import[] {
  return sources.flatMap(({ path, text }) =>
    ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => {
      const name = fileName.replace(/\?.*$/u, '');
      const inside = name.startsWith('.');
      return { from: path, to: inside ? posix.join(posix.dirname(path), name) : name, inside };
    }),
  );
}

/** One sentence for each import that goes against the design. */
export function violations(imports: readonly Import[]): string[] {
  return imports.flatMap((one) => {
    const reason = one.inside ? insideReason(one.from, one.to) : packageReason(one.from, one.to);
    return reason === undefined ? [] : [`${one.from} imports ${one.to}: ${reason}`];
  });
}

/** The circles among files, each as the path that leads back to its start. */
export function fileCycles(imports: readonly Import[]): string[] {
  return cycles(imports.filter((one) => one.inside).map((one) => [one.from, one.to]));
}

/** The circles among the engine's folders, which files alone would not show. */
export function folderCycles(imports: readonly Import[]): string[] {
  const edges: [string, string][] = [];
  for (const { from, to, inside } of imports) {
    if (!inside || !from.startsWith('parsers/') || !to.startsWith('parsers/')) continue;
    const [importer, imported] = [enginePart(from), enginePart(to)];
    if (importer !== imported) edges.push([importer, imported]);
  }
  return cycles(edges);
}

function insideReason(from: string, to: string): string | undefined {
  if (to.startsWith('resources/')) return resourceReason(from, to);
  switch (topFolder(from)) {
    case 'parsers':
      if (to.startsWith('preload/contract/') && speakContract.includes(enginePart(from))) return undefined;
      return to.startsWith('parsers/') ? engineReason(from, to) : 'the engine imports nothing but itself';
    case 'preload':
      return anyOf(to, 'preload/', 'parsers/domain/') ? undefined : 'preload imports parsers/domain only';
    case 'renderer':
      return anyOf(to, 'renderer/', 'preload/contract', 'parsers/domain/')
        ? undefined
        : 'the window knows the contract and parsers/domain only';
    case 'main':
      if (anyOf(to, 'main/', 'preload/contract', 'parsers/domain/', 'parsers/case/')) return undefined;
      if (from.startsWith('main/command-line') && to.startsWith('parsers/command-line/')) return undefined;
      return 'main knows the contract, parsers/domain and parsers/case only, and starts the worker by its path';
    default:
      return undefined;
  }
}

function engineReason(from: string, to: string): string | undefined {
  const [importer, imported] = [enginePart(from), enginePart(to)];
  const [high, low] = [layerOf(importer), layerOf(imported)];
  if (high < 0) return `parsers/${importer} has no layer: give it one in test/architecture/import-rules.ts`;
  if (low < 0) return `parsers/${imported} has no layer: give it one in test/architecture/import-rules.ts`;
  if (low > high) return `${importer} lies below ${imported}`;
  return systemReason(from, to);
}

/** One system never leans on another: a system can be added or taken away by its folders alone. */
function systemReason(from: string, to: string): string | undefined {
  const [importer, imported] = [systemOf(from), systemOf(to)];
  if (importer === undefined || imported === undefined || importer === imported) return undefined;
  if (acrossSystems.includes(importer) || sharedFormats.includes(imported)) return undefined;
  return sharedHelpers.includes(to.slice('parsers/'.length)) ? undefined : `${importer} leans on ${imported}`;
}

function packageReason(from: string, name: string): string | undefined {
  const isNode = name.startsWith('node:');
  switch (topFolder(from)) {
    case 'parsers':
      if (windowPackages.test(name)) return 'the engine runs without a window';
      return isNode && from.startsWith('parsers/domain/') ? 'the window shares parsers/domain' : undefined;
    case 'preload':
      if (from.startsWith('preload/contract')) {
        return isNode || windowPackages.test(name) ? 'every process shares the contract' : undefined;
      }
      return undefined;
    case 'renderer':
      return isNode || /^electron(?:\/|$)/u.test(name) ? 'the window is sandboxed' : undefined;
    case 'main':
      return from.startsWith('main/command-line') && windowPackages.test(name)
        ? 'the command line runs in plain Node'
        : undefined;
    default:
      return undefined;
  }
}

function resourceReason(from: string, to: string): string | undefined {
  const ofWordless = from.startsWith('parsers/') && wordless.includes(enginePart(from));
  return ofWordless && to.startsWith('resources/locales/') ? 'no sentence belongs here' : undefined;
}

/** `parsers/formats/kace/x.ts` -> `formats`; `parsers/worker.ts`, `parsers/worker-views.ts` -> `worker`. */
function enginePart(path: string): string {
  const [, part = ''] = path.split('/');
  const name = part.replace(/\.ts$/u, '');
  const known = engineLayers.flat().find((layer) => name === layer || name.startsWith(`${layer}-`));
  return known ?? name;
}

function layerOf(part: string): number {
  return engineLayers.findIndex((layer) => layer.includes(part));
}

/** The system whose folder below formats/ or rules/ holds a file; none for the shared files beside them. */
function systemOf(path: string): string | undefined {
  const [, part, system, file] = path.split('/');
  return (part === 'formats' || part === 'rules') && file !== undefined ? system : undefined;
}

function topFolder(path: string): string {
  return path.slice(0, path.indexOf('/'));
}

function anyOf(path: string, ...prefixes: readonly string[]): boolean {
  return prefixes.some((prefix) => path.startsWith(prefix));
}

function cycles(edges: readonly (readonly [string, string])[]): string[] {
  const next = new Map<string, Set<string>>();
  for (const [from, to] of edges) next.set(from, (next.get(from) ?? new Set()).add(to));
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (node: string, trail: readonly string[]): void => {
    const seenAt = trail.indexOf(node);
    if (seenAt >= 0) {
      found.push([...trail.slice(seenAt), node].join(' -> '));
      return;
    }
    if (done.has(node)) return;
    for (const target of next.get(node) ?? []) visit(target, [...trail, node]);
    done.add(node);
  };
  for (const node of [...next.keys()].sort()) visit(node, []);
  return found;
}
