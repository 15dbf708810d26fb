// What is promised about installers and about where the code comes from, read from the files that settle it.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const read = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../../${name}`, import.meta.url)), 'utf8');

interface Target {
  readonly target: string;
  readonly arch: readonly string[];
}
interface BuilderSettings {
  readonly appId: string;
  readonly publish: unknown;
  readonly asar: unknown;
  readonly npmRebuild: unknown;
  readonly files: readonly string[];
  readonly electronFuses: Readonly<Record<string, boolean>>;
  readonly fileAssociations: readonly { readonly ext: string; readonly mimeType: string }[];
  readonly win: { readonly target: readonly Target[]; readonly requestedExecutionLevel: string };
  readonly nsis: Readonly<Record<string, unknown>>;
  readonly mac: { readonly target: readonly Target[] };
  readonly dmg: Readonly<Record<string, unknown>>;
  readonly linux: { readonly target: readonly Target[]; readonly executableName: string };
}

interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly link?: boolean;
}

const settings = parse(read('electron-builder.yml')) as BuilderSettings;
const manifest = JSON.parse(read('package.json')) as {
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
};
const lock = JSON.parse(read('package-lock.json')) as {
  readonly packages: Readonly<Record<string, LockedPackage>>;
};
const locked = Object.entries(lock.packages).filter(([path]) => path !== '');

const targets = (list: readonly Target[]): Record<string, readonly string[]> =>
  Object.fromEntries(list.map(({ target, arch }) => [target, arch]));

describe('installers', () => {
  it('are made for every system that is promised', () => {
    expect(targets(settings.win.target)).toEqual({ nsis: ['x64', 'arm64'], zip: ['x64', 'arm64'] });
    expect(targets(settings.mac.target)).toEqual({ dmg: ['universal'] });
    expect(Object.keys(targets(settings.linux.target))).toEqual(['AppImage', 'deb', 'rpm', 'tar.gz']);
    for (const arch of Object.values(targets(settings.linux.target))) expect(arch).toContain('x64');
  });

  it('install for one user and never ask for more rights', () => {
    expect(settings.nsis).toMatchObject({
      perMachine: false,
      allowElevation: false,
      packElevateHelper: false,
    });
    expect(settings.win.requestedExecutionLevel).toBe('asInvoker');
  });

  it('keep the cases when the application is removed', () => {
    expect(settings.nsis['deleteAppDataOnUninstall']).toBe(false);
  });

  it('carry no updater and nothing that an updater would read', () => {
    expect(settings.publish).toBeNull();
    expect(settings.nsis['differentialPackage']).toBe(false);
    expect(settings.dmg['writeUpdateInfo']).toBe(false);
    const names = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(names.filter((name) => /updater|squirrel|sentry|telemetry|analytics/iu.test(name))).toEqual([]);
  });

  it('open case files', () => {
    expect(settings.fileAssociations).toEqual([
      expect.objectContaining({ ext: 'patchtrail', mimeType: 'application/x-patchtrail-case' }),
    ]);
  });

  it('carry an archive with the built files and no packages', () => {
    expect(settings.asar).toBe(true);
    expect(settings.npmRebuild).toBe(false);
    expect(settings.files).toContain('!**/node_modules/**');
  });
});

describe('fuses', () => {
  it('are all set', () => {
    expect(settings.electronFuses).toEqual({
      runAsNode: false,
      enableCookieEncryption: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      loadBrowserProcessSpecificV8Snapshot: false,
      grantFileProtocolExtraPrivileges: false,
    });
  });
});

describe('where the code comes from', () => {
  it('has one exact version of everything', () => {
    const versions = Object.values({ ...manifest.dependencies, ...manifest.devDependencies });
    for (const version of versions) expect(version).toMatch(/^\d+\.\d+\.\d+(?:-[\w.]+)?$/u);
  });

  it('is checked against a hash, and names no place to fetch from', () => {
    expect(locked.filter(([, one]) => one.integrity === undefined && one.link !== true)).toEqual([]);
    expect(locked.filter(([, one]) => one.resolved !== undefined)).toEqual([]);
    expect(locked.filter(([, one]) => one.integrity?.startsWith('sha512-') === false)).toEqual([]);
  });

  it('runs no script while it is installed', () => {
    expect(read('.npmrc').split('\n')).toContain('ignore-scripts=true');
    const hooks = Object.keys(manifest.scripts).filter((name) =>
      /^(?:pre|post)?(?:install|prepare)$/u.test(name),
    );
    expect(hooks).toEqual([]);
  });

  it('has only licences that were thought about', () => {
    const allowed = JSON.parse(read('scripts/lib/licence-list.json')) as {
      readonly product: readonly string[];
      readonly development: readonly string[];
    };
    const inDevelopment = [...allowed.product, ...allowed.development];
    const refused = locked.filter(
      ([, { license, dev }]) => !(dev === true ? inDevelopment : allowed.product).includes(license ?? 'none'),
    );
    expect(refused.map(([path, { license }]) => `${path}: ${license ?? 'none'}`)).toEqual([]);
  });
});
