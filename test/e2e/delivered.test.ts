// The application as it is delivered: its fuses, what it answers, how big it is, and that two builds are one.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { expect, test } from '@playwright/test';
import { deliveredExecutable, sandboxSwitches } from './launch.ts';
import { sample } from './window-steps.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: { ...process.env, ...env }, cwd: root });
    const out = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (out.stderr += text));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, ...out }));
  });
}

const application = (...args: readonly string[]): Promise<Ended> =>
  start(deliveredExecutable(), [...sandboxSwitches(), ...args]);

test('its fuses are set in the executable itself', async () => {
  const fuses = await getCurrentFuseWire(deliveredExecutable());
  const state = (option: FuseV1Options): string => String.fromCharCode(fuses[option] as number);
  expect({
    runAsNode: state(FuseV1Options.RunAsNode),
    cookieEncryption: state(FuseV1Options.EnableCookieEncryption),
    nodeOptions: state(FuseV1Options.EnableNodeOptionsEnvironmentVariable),
    inspector: state(FuseV1Options.EnableNodeCliInspectArguments),
    asarIntegrity: state(FuseV1Options.EnableEmbeddedAsarIntegrityValidation),
    asarOnly: state(FuseV1Options.OnlyLoadAppFromAsar),
    ownSnapshot: state(FuseV1Options.LoadBrowserProcessSpecificV8Snapshot),
    filePrivileges: state(FuseV1Options.GrantFileProtocolExtraPrivileges),
  }).toEqual({
    runAsNode: '0',
    cookieEncryption: '1',
    nodeOptions: '0',
    inspector: '0',
    asarIntegrity: '1',
    asarOnly: '1',
    ownSnapshot: '0',
    filePrivileges: '0',
  });
});

test('it cannot be made to run code that is not its own', async ({}, info) => {
  const trap = info.outputPath('trap.cjs');
  await mkdir(dirname(trap), { recursive: true });
  await writeFile(trap, "process.stderr.write('TRAP RAN');\n");
  const asNode = await start(deliveredExecutable(), [...sandboxSwitches(), '--version'], {
    ELECTRON_RUN_AS_NODE: '1',
  });
  expect(asNode.stdout).not.toMatch(/^v\d/u);
  const { stdout, stderr } = await start(
    deliveredExecutable(),
    [...sandboxSwitches(), '--inspect=0', '--inspect-brk=0', 'code', '3010'],
    { NODE_OPTIONS: `--require ${trap}` },
  );
  expect(stdout).toContain('3010');
  expect(stderr).not.toContain('TRAP RAN');
  expect(stderr).not.toContain('Debugger listening');
});

test('it answers the command line with the very bytes of the engine in plain Node', async () => {
  const own = await application('analyze', sample, '--json', '-');
  const plain = await start(process.execPath, [
    join(root, 'out', 'main', 'command-line.js'),
    ...['analyze', sample, '--json', '-'],
  ]);
  expect(own.status).toBe(0);
  expect(own.stdout.length).toBeGreaterThan(10_000);
  expect(own.stdout).toBe(plain.stdout);
});

test('it prints the report and shows its window', async ({}, info) => {
  const pdf = info.outputPath('report.pdf');
  const picture = info.outputPath('window.png');
  await mkdir(dirname(pdf), { recursive: true });
  const printed = await application('analyze', sample, '--pdf', pdf);
  expect(printed.status).toBe(0);
  expect((await readFile(pdf)).subarray(0, 5).toString('latin1')).toBe('%PDF-');
  const shown = await application(
    `--user-data-dir=${info.outputPath('user-data')}`,
    `--patchtrail-screenshot=${picture}`,
    sample,
  );
  expect(shown.status).toBe(0);
  expect((await stat(picture)).size).toBeGreaterThan(20_000);
});

test('it adds at most 40 MB to Electron', async () => {
  const folder = join(dirname(deliveredExecutable()), 'resources');
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    files.filter((file) => file.isFile()).map((file) => stat(join(file.parentPath, file.name))),
  );
  const bytes = sizes.reduce((sum, { size }) => sum + size, 0);
  expect(bytes).toBeGreaterThan(1_000_000);
  expect(bytes).toBeLessThanOrEqual(40_000_000);
});

test('its bill of materials and checksums tell what is there', async () => {
  const output = dirname(dirname(deliveredExecutable()));
  const bill = JSON.parse(await readFile(join(output, 'patchtrail.cdx.json'), 'utf8')) as {
    readonly bomFormat: string;
    readonly components: readonly {
      readonly name: string;
      readonly version: string;
      readonly licenses: readonly { readonly license: { readonly id: string } }[];
    }[];
  };
  expect(bill.bomFormat).toBe('CycloneDX');
  const names = bill.components.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['electron', 'react', 'ag-grid-community', '@zip.js/zip.js']));
  expect(names).not.toContain('vitest');
  const licences = await readFile(join(root, 'out', 'licences.txt'), 'utf8');
  for (const { name, version } of bill.components.filter((one) => one.name !== 'electron')) {
    expect(licences).toContain(`${name} ${version} (`);
  }

  const lines = (await readFile(join(output, 'SHA256SUMS'), 'utf8')).trim().split('\n');
  expect(lines.map((line) => line.slice(66))).toEqual(
    expect.arrayContaining(['linux-unpacked/resources/app.asar', 'patchtrail.cdx.json']),
  );
  for (const line of lines) {
    const bytes = await readFile(join(output, line.slice(66)));
    expect(createHash('sha256').update(bytes).digest('hex'), line).toBe(line.slice(0, 64));
  }
});

test('two builds from clean copies are the same application, byte for byte', async () => {
  test.setTimeout(400_000);
  const hashes: string[] = [];
  const built: string[] = [];
  for (const name of ['first', 'second-with-a-longer-name']) {
    const copy = join(root, '.cache', 'reproduce', name);
    await rm(copy, { recursive: true, force: true });
    await copySources(copy);
    const { status, stdout, stderr } = await start(process.execPath, [join(copy, 'scripts', 'package.mjs')]);
    expect(status, `${stdout}\n${stderr}`).toBe(0);
    const asar = await readFile(join(copy, 'dist', 'linux-unpacked', 'resources', 'app.asar'));
    hashes.push(createHash('sha256').update(asar).digest('hex'));
    built.push(await hashesBelow(join(copy, 'out')));
    await rm(copy, { recursive: true, force: true });
  }
  // File by file first, so that a difference says where it is.
  expect(built[0]).toBe(built[1]);
  expect(hashes[0]).toBe(hashes[1]);
  const own = await readFile(join(dirname(deliveredExecutable()), 'resources', 'app.asar'));
  expect(createHash('sha256').update(own).digest('hex')).toBe(hashes[0]);
});

async function hashesBelow(folder: string): Promise<string> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const lines = await Promise.all(
    files
      .filter((file) => file.isFile())
      .map(async (file) => {
        const path = join(file.parentPath, file.name);
        const hash = createHash('sha256')
          .update(await readFile(path))
          .digest('hex');
        return `${path.slice(folder.length)} ${hash}`;
      }),
  );
  return lines.sort().join('\n');
}

/** What a clean clone after `npm ci` has; the packages and Electron itself are linked, not copied. */
async function copySources(target: string): Promise<void> {
  const left = [
    'node_modules',
    '.cache',
    '.git',
    'out',
    'dist',
    'bench-output',
    'demo-output',
    'test-results',
  ];
  await mkdir(target, { recursive: true });
  for (const name of await readdir(root)) {
    if (!left.includes(name)) await cp(join(root, name), join(target, name), { recursive: true });
  }
  const packages = await start('cp', ['-aLl', join(root, 'node_modules'), join(target, 'node_modules')]);
  expect(packages.status, packages.stderr).toBe(0);
  await mkdir(join(target, '.cache'));
  await symlink(join(root, '.cache', 'electron'), join(target, '.cache', 'electron'));
}
