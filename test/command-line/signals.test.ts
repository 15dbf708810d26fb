import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'patchtrail-signals-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const bundle = join(folder, 'big.log');
// Enough lines that the command is still reading when it is told to stop.
const line = '2024-05-10 09:12:00 INFO heartbeat sent to update.example:443 state=connected\n';
writeFileSync(bundle, line.repeat(6_000_000));

it.each(['SIGTERM', 'SIGINT'] as const)(
  'ends on %s with its status, and takes its private files along',
  async (signal) => {
    const own = join(folder, signal);
    mkdirSync(own);
    const words = ['--import', 'tsx', join(root, 'main/command-line.ts'), 'analyze', bundle, '--json', '-'];
    const child = spawn(process.execPath, words, {
      cwd: root,
      env: { ...process.env, TMPDIR: own, TMP: own, TEMP: own },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8');
    });
    const closed = new Promise<readonly [number | null, NodeJS.Signals | null]>((done) => {
      child.on('close', (status, by) => {
        done([status, by]);
      });
    });
    // Its private folder is there: it has begun, and listens.
    while (!readdirSync(own).some((name) => name.startsWith('patchtrail-command-')))
      await new Promise((done) => setTimeout(done, 20));
    await new Promise((done) => setTimeout(done, 200));
    child.kill(signal);
    expect(await closed).toEqual([128 + constants.signals[signal], null]);
    expect(said).toBe('');
    expect(readdirSync(own).filter((name) => name.startsWith('patchtrail-'))).toEqual([]);
  },
  60_000,
);
