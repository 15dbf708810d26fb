import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileCycles, folderCycles, importsOf, violations } from './import-rules.ts';
import type { Source } from './import-rules.ts';

const root = join(import.meta.dirname, '..', '..');

describe('the import directions of the design', () => {
  const imports = importsOf(['main', 'preload', 'renderer', 'parsers'].flatMap(sourcesIn));

  it('reads the sources at all', () => {
    expect(imports.length).toBeGreaterThan(20);
  });

  it('hold everywhere', () => {
    expect(violations(imports)).toEqual([]);
  });

  it('leave no circle among files', () => {
    expect(fileCycles(imports)).toEqual([]);
  });

  it('leave no circle among the folders of the engine', () => {
    expect(folderCycles(imports)).toEqual([]);
  });

  it('lead to files that exist', () => {
    const lost = imports.filter((one) => one.inside && !existsSync(join(root, one.to)));
    expect(lost).toEqual([]);
  });
});

describe('the checker', () => {
  const refused: readonly (readonly [string, string, string])[] = [
    ['a lower layer', 'parsers/domain/moment.ts', '../text/dates.ts'],
    ['formats under evidence', 'parsers/formats/registry.ts', '../evidence/store.ts'],
    ['rules under the pipeline', 'parsers/rules/registry.ts', '../analyse.ts'],
    ['the pipeline under the worker', 'parsers/analyse.ts', './worker.ts'],
    ['a folder without a layer', 'parsers/misc/helper.ts', '../domain/moment.ts'],
    ['a system on another', 'parsers/formats/kace/page.ts', '../nap/event.ts'],
    ['a rule of a system on another', 'parsers/rules/kace/x.ts', '../aws-ssm/y.ts'],
    ['a system on what looks across systems', 'parsers/rules/kace/x.ts', '../cross-system/y.ts'],
    ['a sentence in a rule', 'parsers/rules/kace/x.ts', '../../../resources/locales/en.json'],
    ['Electron in the engine', 'parsers/archive/zip.ts', 'electron'],
    ['React in the engine', 'parsers/report/html.ts', 'react-dom/server'],
    ['Node in what the window shares', 'parsers/domain/moment.ts', 'node:fs'],
    ['Node in the contract', 'preload/contract/rows.ts', 'node:path'],
    ['the contract in the engine', 'parsers/worker.ts', '../preload/contract.ts'],
    ['the engine in the window', 'renderer/app.tsx', '../parsers/text/dates.ts'],
    ['the bridge in the window', 'renderer/app.tsx', '../preload/bridge.ts'],
    ['main in the window', 'renderer/app.tsx', '../main/menu.ts'],
    ['Electron in the window', 'renderer/app.tsx', 'electron'],
    ['the engine in main', 'main/main.ts', '../parsers/analyse.ts'],
    ['the command line in main', 'main/menu.ts', '../parsers/command-line/run.ts'],
    ['Electron in the command line', 'main/command-line.ts', 'electron'],
  ];

  it.each(refused)('refuses %s', (_what, path, name) => {
    expect(violations(importsOf([{ path, text: `import { x } from '${name}';` }]))).toHaveLength(1);
  });

  const allowed: readonly (readonly [string, string])[] = [
    ['parsers/worker.ts', './analyse.ts'],
    ['parsers/analyse.ts', './rules/registry.ts'],
    ['parsers/rules/kace/x.ts', '../define-rule.ts'],
    ['parsers/rules/registry.ts', './kace/x.ts'],
    ['parsers/rules/kace/x.ts', '../../formats/kace/facts.ts'],
    ['parsers/rules/cross-system/x.ts', '../../formats/kace/facts.ts'],
    ['parsers/report/html.ts', '../../resources/locales/en.json'],
    ['parsers/archive/zip.ts', '../text/encoding.ts'],
    ['renderer/app.tsx', '../preload/contract.ts'],
    ['renderer/app.tsx', '../parsers/domain/moment.ts'],
    ['main/command-line.ts', '../parsers/command-line/run.ts'],
    ['main/main.ts', 'electron'],
  ];

  it.each(allowed)('allows %s to import %s', (path, name) => {
    expect(violations(importsOf([{ path, text: `import { x } from '${name}';` }]))).toEqual([]);
  });

  it('sees every way to import', () => {
    const text = [
      `import type { A } from './a.ts';`,
      `export { b } from './b.ts';`,
      `const c = await import('./c.ts');`,
      `import './d.css?inline';`,
    ].join('\n');
    const seen = importsOf([{ path: 'renderer/x.ts', text }]).map((one) => one.to);
    expect(seen.sort()).toEqual(['renderer/a.ts', 'renderer/b.ts', 'renderer/c.ts', 'renderer/d.css']);
  });

  it('finds circles among files and among folders', () => {
    const files = importsOf([
      { path: 'parsers/text/a.ts', text: `import '../archive/b.ts';` },
      { path: 'parsers/archive/b.ts', text: `import '../text/a.ts';` },
    ]);
    expect(fileCycles(files)).toEqual(['parsers/archive/b.ts -> parsers/text/a.ts -> parsers/archive/b.ts']);
    const folders = importsOf([
      { path: 'parsers/text/a.ts', text: `import '../archive/b.ts';` },
      { path: 'parsers/archive/c.ts', text: `import '../text/d.ts';` },
    ]);
    expect(fileCycles(folders)).toEqual([]);
    expect(folderCycles(folders)).toEqual(['archive -> text -> archive']);
  });
});

function sourcesIn(folder: string): Source[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .filter((path) => /\.tsx?$/u.test(path))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}
