// Nothing is sent and nothing is asked for, whatever a bundle holds: told by the system, not by the application.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { expect, test } from '@playwright/test';
import { Parser } from 'htmlparser2';
import { hostileBundle, hostileCase } from './hostile-bundle.ts';
import { deliveredExecutable, sandboxSwitches } from './launch.ts';
import { sample } from './window-steps.ts';

if (process.env['PATCHTRAIL_CUT_OFF'] === '1') {
  test('all these tests run without any network interface but their own loopback', () => {
    expect(Object.keys(networkInterfaces()).filter((name) => name !== 'lo')).toEqual([]);
  });
}

/** What the application asked the system for, as strace tells it. */
async function networkCallsOf(log: string, args: readonly string[]): Promise<string> {
  const calls = 'trace=connect,bind,sendto,sendmsg,sendmmsg,getpeername';
  const child = spawn(
    'strace',
    ['-f', '-qq', '-e', calls, '-e', 'signal=none', '-s', '200', '-o', log].concat(
      deliveredExecutable(),
      sandboxSwitches(),
      args,
    ),
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  expect(status, complaint).toBe(0);
  return readFile(log, 'utf8');
}

/** Elements that load or run something, attributes that point elsewhere than into the page, styles that fetch. */
function remoteOf(html: string): string[] {
  const found: string[] = [];
  const pointing = [
    'src',
    'href',
    'xlink:href',
    'action',
    'formaction',
    'data',
    'poster',
    'srcset',
    'background',
  ];
  let inStyle = false;
  const parser = new Parser({
    onopentag: (name, attributes) => {
      inStyle = name === 'style';
      if (/^(?:script|iframe|frame|object|embed|form|link|base)$/u.test(name)) found.push(name);
      for (const [attribute, value] of Object.entries(attributes)) {
        if (attribute.startsWith('on')) found.push(`${name} ${attribute}`);
        if (pointing.includes(attribute) && !/^(?:#|data:(?:image|font)\/)/u.test(value)) {
          found.push(`${name} ${attribute}=${value}`);
        }
        if (attribute === 'style' && /url\(/iu.test(value)) found.push(`${name} style=${value}`);
      }
    },
    ontext: (text) => {
      if (inStyle && /@import|url\(\s*["']?(?!data:)/iu.test(text)) found.push(`style ${text.slice(0, 80)}`);
    },
    onclosetag: () => {
      inStyle = false;
    },
  });
  parser.end(html);
  return found;
}

/** Calls that name an address of the internet, by any of its versions, or resolve a name. */
function reachesOut(calls: string): string[] {
  return calls
    .split('\n')
    .filter((line) => /AF_INET6?\b|sin6?_addr|systemd\/resolve|resolve1|avahi/u.test(line));
}

test('a bundle full of remote references makes the window ask for nothing', async ({}, info) => {
  test.setTimeout(240_000);
  const folder = info.outputPath('bundle');
  await mkdir(folder, { recursive: true });
  const bundle = hostileBundle();
  const path = `${folder}/hostile.zip`;
  await writeFile(path, bundle);
  const sha256 = createHash('sha256').update(bundle).digest('hex');
  await writeFile(`${folder}/hostile.patchtrail`, hostileCase({ sha256, bytes: bundle.length }));

  const calls = await networkCallsOf(`${folder}/window.strace`, [
    `--user-data-dir=${folder}/user-data`,
    `--patchtrail-screenshot=${folder}/window.png`,
    `${folder}/hostile.patchtrail`,
  ]);
  // strace saw something: the window talks to its display over a socket of the file system.
  expect(calls).toMatch(/connect\(.*AF_UNIX/u);
  expect(reachesOut(calls)).toEqual([]);
});

test('reports of such a bundle ask for nothing and refer to nothing', async ({}, info) => {
  test.setTimeout(240_000);
  const folder = info.outputPath('report');
  await mkdir(folder, { recursive: true });
  const bundle = hostileBundle();
  await writeFile(`${folder}/hostile.zip`, bundle);
  const sha256 = createHash('sha256').update(bundle).digest('hex');
  await writeFile(`${folder}/hostile.patchtrail`, hostileCase({ sha256, bytes: bundle.length }));
  const calls = await networkCallsOf(`${folder}/report.strace`, [
    'analyze',
    `${folder}/hostile.zip`,
    ...['--case', `${folder}/hostile.patchtrail`],
    ...['--pdf', `${folder}/report.pdf`, '--html', `${folder}/report.html`],
  ]);
  expect(reachesOut(calls)).toEqual([]);
  const html = await readFile(`${folder}/report.html`, 'utf8');
  expect(remoteOf(html)).toEqual([]);
});

test('an everyday bundle makes it ask for nothing either', async ({}, info) => {
  test.setTimeout(240_000);
  const folder = info.outputPath('everyday');
  await mkdir(folder, { recursive: true });
  const calls = await networkCallsOf(`${folder}/window.strace`, [
    `--user-data-dir=${folder}/user-data`,
    `--patchtrail-screenshot=${folder}/window.png`,
    sample,
  ]);
  expect(calls).toMatch(/connect\(.*AF_UNIX/u);
  expect(reachesOut(calls)).toEqual([]);
});
