/**
 * npm run bench [-- --json FILE] [--only ID ...] [--runs N]
 *
 * Makes its own data, runs Patchtrail and the peers that are installed beside it, prints a table and,
 * when asked, writes JSON. Every figure is the median of its runs; ours are whole processes, start
 * included, as the peers' are.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { literalQuery, ripgrepQuery } from './engine-probe.ts';
import type { ProbeFigures } from './engine-probe.ts';
import { makeAwsBundle } from '../../scripts/make-aws-bundle.ts';
import { makeKaceBundle } from '../../scripts/make-kace-bundle.ts';
import { makeLogBundle } from './make-log-bundle.ts';
import { ZipFile } from '../../scripts/fixtures/zip-file.ts';

interface Metric {
  readonly id: string;
  readonly value: number | null;
  readonly unit: string;
  readonly limit: number;
  readonly runs: number;
  /** What it was measured against; null when against nothing, or when the peer is not installed. */
  readonly peer: string | null;
}

/** Figures that must not fall below their limit; all others must not exceed it. */
const atLeast: ReadonlySet<string> = new Set(['evtx.records-per-s']);

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = join(root, 'bench-output');
const commandLine = join(root, 'out/main/command-line.js');
const { values, positionals } = parseArgs({
  options: {
    json: { type: 'string' },
    only: { type: 'string', multiple: true },
    runs: { type: 'string', default: '3' },
  },
  allowPositionals: true,
});
const runs = Math.max(1, Number(values.runs));
/** The ids asked for: `--only A B` and `--only A --only B` say the same. Undefined when all are. */
const only = values.only === undefined ? undefined : [...values.only, ...positionals];
const wanted = (id: string): boolean => only === undefined || only.includes(id);

// What is measured is what the sources say now.
const built = spawnSync(process.execPath, [join(root, 'scripts/build.mjs')], {
  stdio: ['ignore', 'ignore', 'inherit'],
});
if (built.status !== 0) process.exit(2);
mkdirSync(folder, { recursive: true });
/** What the forty logs are, in turn: a customer's bundle is never of one product alone. */
const fortyKinds = [
  'konea',
  'windows-update-converted',
  'cbs',
  'azure-core',
  'ssm-agent',
  'ds-agent',
] as const;

const metrics: Metric[] = [];
let isPackaged = false;

await measureOpening('open.single.vs-unzip', 'single.zip', 1, 0.8);
await measureAgainstLnav();
await measureOpening('open.forty.vs-unzip', 'forty-kinds.zip', 40, 1.2);
await measureMembers();
await measureScale();
await measureEngine();
await measureRecords();
await measureReport();
await measureAnswers();
measureEvents();
await measureReopening();
await measureWindow();
measureSoak();
report();

/** Reads and times a bundle to its end, against `unzip -p | wc -l`, the runs of both taken in turn. */
async function measureOpening(id: string, name: string, members: number, limit: number): Promise<void> {
  if (!wanted(id)) return;
  const bundle = await data(name, members);
  const ours: number[] = [];
  const theirs: number[] = [];
  const hasUnzip = installed('unzip');
  for (let run = 0; run < runs; run += 1) {
    ours.push(timed(process.execPath, [commandLine, 'lines', bundle, '--count', '--quiet']));
    if (hasUnzip) theirs.push(timed('sh', ['-c', 'unzip -p "$1" | wc -l', 'sh', bundle]));
  }
  const seconds = median(ours);
  say(
    `${id}: ${seconds.toFixed(2)} s${hasUnzip ? `, unzip -p | wc -l ${median(theirs).toFixed(2)} s` : ' (unzip is not installed)'}`,
  );
  metrics.push({
    id,
    value: hasUnzip ? seconds / median(theirs) : null,
    unit: 'ratio',
    limit,
    runs,
    peer: hasUnzip ? 'unzip -p | wc -l' : null,
  });
}

/** The same bundle against lnav, which loads the log that was unzipped beforehand. */
async function measureAgainstLnav(): Promise<void> {
  const id = 'open.single.vs-lnav';
  if (!wanted(id)) return;
  const bundle = await data('single.zip', 1);
  const hasLnav = installed('lnav') && installed('unzip');
  const text = hasLnav ? unpacked(bundle) : '';
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let run = 0; run < runs && hasLnav; run += 1) {
    ours.push(timed(process.execPath, [commandLine, 'lines', bundle, '--count', '--quiet']));
    theirs.push(timed('lnav', ['-n', '-c', ';select count(*) from all_logs', text]));
  }
  const value = hasLnav ? median(ours) / median(theirs) : null;
  metrics.push({ id, value, unit: 'ratio', limit: 0.75, runs, peer: hasLnav ? 'lnav' : null });
}

/** A hundred thousand members of some lines each. */
async function measureMembers(): Promise<void> {
  const [seconds, megabytes] = ['open.members-100k.s', 'open.members-100k.peak.mb'];
  if (!wanted(seconds) && !wanted(megabytes)) return;
  const bundle = await data('members-100k.zip', 100_000, 1_000_000);
  const runsOf = Array.from({ length: runs }, () => measured(['lines', bundle, '--count', '--quiet']));
  if (wanted(seconds)) {
    const value = median(runsOf.map((run) => run.seconds));
    metrics.push({ id: seconds, value, unit: 's', limit: 30, runs, peer: null });
  }
  if (wanted(megabytes)) {
    const value = median(runsOf.map((run) => run.megabytes));
    // 350 MB, and 24 bytes for each of a million lines.
    metrics.push({ id: megabytes, value, unit: 'MB', limit: 373, runs, peer: null });
  }
}

/**
 * How time and memory grow from one to eight times the data: the exponent of the power that fits best. 1 is
 * linear; up to 1.07 eight times the data take less than 15 % more than eight times as much.
 */
async function measureScale(): Promise<void> {
  const [time, memory] = ['scale.open.exponent', 'scale.memory.exponent'];
  if (!wanted(time) && !wanted(memory)) return;
  const points: { readonly lines: number; readonly seconds: number; readonly megabytes: number }[] = [];
  for (const times of [1, 2, 4, 8]) {
    const lines = times * 637_500;
    const bundle = await data(`scale-${times}.zip`, 1, lines);
    const runsOf = Array.from({ length: runs }, () => measured(['lines', bundle, '--count', '--quiet']));
    points.push({
      lines,
      seconds: median(runsOf.map((run) => run.seconds)),
      megabytes: median(runsOf.map((run) => run.megabytes)),
    });
  }
  const add = (id: string, values: readonly number[]): void => {
    if (!wanted(id)) return;
    const value = exponent(
      points.map((point) => point.lines),
      values,
    );
    metrics.push({ id, value, unit: '', limit: 1.07, runs, peer: null });
  };
  add(
    time,
    points.map((point) => point.seconds),
  );
  add(
    memory,
    points.map((point) => point.megabytes),
  );
}

/** Least squares on the logarithms. */
function exponent(sizes: readonly number[], measures: readonly number[]): number {
  const x = sizes.map((size) => Math.log(size));
  const y = measures.map((measure) => Math.log(measure));
  const mean = (of: readonly number[]): number => of.reduce((sum, value) => sum + value, 0) / of.length;
  const [meanX, meanY] = [mean(x), mean(y)];
  const both = x.reduce((sum, value, at) => sum + (value - meanX) * ((y[at] ?? 0) - meanY), 0);
  return both / x.reduce((sum, value) => sum + (value - meanX) ** 2, 0);
}

/** Figures of the open bundle: memory, searching, windows of rows, filters. */
async function measureEngine(): Promise<void> {
  const ids = [
    'memory.peak.mb',
    'memory.bytes-per-line',
    'search.regex.vs-rg',
    'search.literal.vs-rg',
    'rows.window.p95.ms',
    'filter.level-time.ms',
    'nearest.ms',
  ];
  if (!ids.some(wanted)) return;
  const bundle = await data('single.zip', 1);
  const figures = Array.from({ length: runs }, () => probe(bundle));
  const of = (pick: (figure: ProbeFigures) => number): number => median(figures.map(pick));
  const add = (
    id: string,
    value: number | null,
    unit: string,
    limit: number,
    peer: string | null = null,
  ): void => {
    if (wanted(id)) metrics.push({ id, value, unit, limit, runs, peer });
  };
  say(
    `worker: ${of((figure) => figure.openSeconds).toFixed(2)} s to open ${of((figure) => figure.lines)} lines`,
  );
  if (wanted('memory.peak.mb')) {
    const peaks = Array.from({ length: runs }, () => workerPeak(bundle));
    // 350 MB, and 24 bytes for each line.
    add('memory.peak.mb', median(peaks), 'MB', 350 + (24 * of((figure) => figure.lines)) / 1e6);
  }
  add(
    'memory.bytes-per-line',
    of((figure) => figure.bytesPerLine),
    'bytes',
    24,
  );
  add(
    'rows.window.p95.ms',
    of((figure) => figure.windowP95Milliseconds),
    'ms',
    10,
  );
  add(
    'filter.level-time.ms',
    of((figure) => figure.filterMilliseconds),
    'ms',
    150,
  );
  add(
    'nearest.ms',
    of((figure) => figure.nearestMilliseconds),
    'ms',
    1,
  );
  if (!wanted('search.regex.vs-rg') && !wanted('search.literal.vs-rg')) return;
  const text = installed('rg') ? unpacked(bundle) : null;
  const ripgrep = (words: readonly string[]): number | null =>
    text === null
      ? null
      : median(
          Array.from({ length: runs }, () => timed('rg', ['--count', '--no-config', ...words, text], [0, 1])),
        );
  const regex = ripgrep(['-e', ripgrepQuery]);
  const literal = ripgrep(['--fixed-strings', '-e', literalQuery]);
  if (text === null) say('search: ripgrep is not installed, so there is nothing to compare with');
  add(
    'search.regex.vs-rg',
    regex === null ? null : of((figure) => figure.regexSeconds) / regex,
    'ratio',
    2,
    text === null ? null : 'rg --count',
  );
  add(
    'search.literal.vs-rg',
    literal === null ? null : of((figure) => figure.literalSeconds) / literal,
    'ratio',
    2,
    text === null ? null : 'rg --count',
  );
}

/**
 * A million records and more, from opening to the last rule: 1,900 devices of 500 patches in nineteen SQL
 * exports, 100 more as saved device pages (a page each, some 380 KB), and ten patch pages with a row of
 * all 2,000 devices: 1,020,000 records, 231 MB. Nobody saves a thousand pages by hand, so the exports are
 * the most of it. One row of a hundred has something to find.
 */
async function measureRecords(): Promise<void> {
  const [seconds, megabytes] = ['kace.million-records.s', 'kace.million-records.peak.mb'];
  if (!wanted(seconds) && !wanted(megabytes)) return;
  const path = join(folder, 'kace-million.zip');
  if (!existsSync(path)) {
    say('making kace-million.zip ...');
    await makeKaceBundle({ path, devices: 2000, patches: 500, pages: 100, patchPages: 10 });
  }
  const runsOf = Array.from({ length: runs }, () => measured(['analyze', path, '--quiet']));
  const add = (id: string, value: number, unit: string, limit: number): void => {
    if (wanted(id)) metrics.push({ id, value, unit, limit, runs, peer: null });
  };
  add(seconds, median(runsOf.map((run) => run.seconds)), 's', 8);
  add(megabytes, median(runsOf.map((run) => run.megabytes)), 'MB', 1000);
}

/** The report of a bundle with 500 findings and more as PDF, from the command to the finished file. */
async function measureReport(): Promise<void> {
  const id = 'report.500-findings.s';
  if (!wanted(id)) return;
  const path = join(folder, 'kace-report.zip');
  if (!existsSync(path)) {
    say('making kace-report.zip ...');
    await makeKaceBundle({ path, devices: 100, patches: 40, pages: 40, oddPerMille: 66 });
  }
  const json = spawnSync(process.execPath, [commandLine, 'analyze', path, '--quiet', '--json', '-'], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const { findings } = JSON.parse(json.stdout) as { findings: readonly unknown[] };
  if (findings.length < 500) throw new Error(`the bundle has ${findings.length} findings only`);
  const pdf = join(folder, 'kace-report.pdf');
  const seconds = Array.from({ length: runs }, () =>
    timed(process.execPath, [commandLine, 'analyze', path, '--quiet', '--pdf', pdf]),
  );
  say(`${id}: ${findings.length} findings, ${statSync(pdf).size} bytes`);
  metrics.push({ id, value: median(seconds), unit: 's', limit: 10, runs, peer: null });
}

/**
 * A million patches of 2,000 instances as JSON, from opening to the last rule: 1,800 lists of patches (a file
 * each) and 200 instances in one file of compliance items, with the patch states of all: 430 MB.
 */
async function measureAnswers(): Promise<void> {
  const [seconds, megabytes] = ['aws.million-json.s', 'aws.million-json.peak.mb'];
  if (!wanted(seconds) && !wanted(megabytes)) return;
  const path = join(folder, 'aws-million.zip');
  if (!existsSync(path)) {
    say('making aws-million.zip ...');
    await makeAwsBundle({ path, instances: 2000, patches: 500, lists: 1800 });
  }
  const runsOf = Array.from({ length: runs }, () => measured(['analyze', path, '--quiet']));
  const add = (id: string, value: number, unit: string, limit: number): void => {
    if (wanted(id)) metrics.push({ id, value, unit, limit, runs, peer: null });
  };
  add(seconds, median(runsOf.map((run) => run.seconds)), 's', 12);
  add(megabytes, median(runsOf.map((run) => run.megabytes)), 'MB', 1200);
}

/** Runs the command line to its end; its largest resident memory is told by the process itself. */
function measured(words: readonly string[]): { readonly seconds: number; readonly megabytes: number } {
  const tell = `process.on('exit', () => process.stderr.write('\\npeak ' + process.resourceUsage().maxRSS));`;
  const started = performance.now();
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(tell)}`, commandLine, ...words],
    { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const seconds = (performance.now() - started) / 1000;
  const kilobytes = /\npeak (?<kilobytes>\d+)$/u.exec(stderr)?.groups?.['kilobytes'];
  if (status !== 0 || kilobytes === undefined)
    throw new Error(`analyze ended with ${String(status)}: ${stderr}`);
  return { seconds, megabytes: Number(kilobytes) / 1024 };
}

/**
 * Reopening a bundle that was read before, in the real window: seconds until its findings stand in triage and its note
 * in the list, while its lines are still being read.
 */
async function measureReopening(): Promise<void> {
  const id = 'case.reopen-800mb.s';
  if (!wanted(id)) return;
  const bundle = await data('single.zip', 1);
  const figures = Array.from({ length: runs }, () => {
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      [join(root, 'scripts/bench-reopen.mjs'), bundle],
      { encoding: 'utf8', cwd: root },
    );
    if (status !== 0) throw new Error(`the reopening probe failed: ${stderr}`);
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as {
      readonly triageSeconds: number;
      readonly noteSeconds: number;
      readonly wasReading: boolean;
    };
  });
  if (!figures.every(({ wasReading }) => wasReading)) say(`${id}: reading was over before the note was seen`);
  say(`${id}: triage ${median(figures.map((one) => one.triageSeconds)).toFixed(2)} s`);
  metrics.push({
    id,
    value: median(figures.map((one) => one.noteSeconds)),
    unit: 's',
    limit: 1,
    runs,
    peer: null,
  });
}

/** The window itself, in the application packaged for tests; each figure in a process of its own. */
async function measureWindow(): Promise<void> {
  const ids = {
    paint: 'window.first-paint.ratio',
    sync: 'window.sync.p95.ms',
    jump: 'window.jump.p95.ms',
    wheel: 'window.wheel.rows-ratio',
    task: 'window.long-task.max.ms',
    memory: 'window.renderer.peak.mb',
  };
  if (!Object.values(ids).some(wanted)) return;
  packageForTests();
  const add = (id: string, value: number, unit: string, limit: number, peer: string | null = null): void => {
    if (wanted(id)) metrics.push({ id, value, unit, limit, runs, peer });
  };
  const medianOf = (name: string, words: readonly string[]): number =>
    median(Array.from({ length: runs }, () => inWindow(words)[name] ?? Number.NaN));
  if (wanted(ids.paint)) {
    const ratios = Array.from({ length: runs }, () => {
      const { milliseconds = Number.NaN, emptyMilliseconds = Number.NaN } = inWindow([
        '--what',
        'paint',
        '--electron',
        plainElectron(),
      ]);
      say(`${ids.paint}: ${milliseconds.toFixed(0)} ms, empty ${emptyMilliseconds.toFixed(0)} ms`);
      return milliseconds / emptyMilliseconds;
    });
    add(ids.paint, median(ratios), 'ratio', 1.5, 'an empty window');
  }
  if (wanted(ids.sync)) {
    const words = ['--what', 'sync', '--bundle', await windowData(1)];
    add(ids.sync, medianOf('p95', words), 'ms', 100);
  }
  if (wanted(ids.jump)) {
    const words = ['--what', 'jump', '--bundle', await windowData(2)];
    add(ids.jump, medianOf('p95', words), 'ms', 100);
  }
  if (wanted(ids.wheel)) {
    const few = await data('thousand.zip', 1, 1_000);
    const [rows, rowsOfFew] = [await windowData(2), few].map((path) =>
      medianOf('rows', ['--what', 'wheel', '--bundle', path]),
    );
    say(`${ids.wheel}: ${rows ?? 0} rows, ${rowsOfFew ?? 0} of a thousand`);
    const ratio = (rows ?? Number.NaN) / (rowsOfFew ?? Number.NaN);
    // Too few rows are as wrong as too many.
    add(ids.wheel, Math.max(ratio, 1 / ratio), 'ratio', 1);
  }
  if (wanted(ids.task) || wanted(ids.memory)) {
    const words = ['--what', 'work', '--bundle', await windowData(1)];
    const runsOf = Array.from({ length: runs }, () => inWindow(words));
    add(ids.task, median(runsOf.map((run) => run['longestTask'] ?? Number.NaN)), 'ms', 50);
    add(ids.memory, median(runsOf.map((run) => run['megabytes'] ?? Number.NaN)), 'MB', 350);
  }
}

/** Two hundred times opened and closed: what is left of it. Once is long enough, whatever `--runs` says. */
function measureSoak(): void {
  const [megabytes, handles] = ['soak.megabytes', 'soak.handles'];
  if (!wanted(megabytes) && !wanted(handles)) return;
  packageForTests();
  const left = JSON.parse(onDisplay(['test/bench/soak.ts'])) as { megabytes: number; handles: number };
  if (wanted(megabytes))
    metrics.push({ id: megabytes, value: left.megabytes, unit: 'MB', limit: 50, runs: 1, peer: null });
  if (wanted(handles))
    metrics.push({ id: handles, value: left.handles, unit: 'handles', limit: 0, runs: 1, peer: null });
}

/** So many times the log of 5,100,000 lines, and a small bundle with records of the same days, in one zip. */
async function windowData(times: number): Promise<string> {
  const path = join(folder, `window-${times}.zip`);
  if (existsSync(path)) return path;
  const single = await data('single.zip', 1);
  const records = join(folder, 'window-records.zip');
  say(`making window-${times}.zip ...`);
  await makeKaceBundle({ path: records, devices: 20, patches: 40, pages: 4, oddPerMille: 60 });
  const unfinished = `${path}.part`;
  const zip = new ZipFile(unfinished);
  await zip.add('records.zip', '2024-06-10 09:30', [readFileSync(records)], false);
  for (let copy = 1; copy <= times; copy += 1)
    await zip.add(`agent-${copy}.zip`, '2024-06-10 09:30', [readFileSync(single)], false);
  zip.finish();
  zip.close();
  renameSync(unfinished, path);
  return path;
}

function packageForTests(): void {
  if (isPackaged) return;
  const words = [join(root, 'scripts/package.mjs'), '--for-tests'];
  const { status, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8', cwd: root });
  if (status !== 0) throw new Error(`packaging failed: ${stderr}`);
  isPackaged = true;
}

/** The Electron of this machine, as it goes into the package. */
function plainElectron(): string {
  const ask = `const { ensureElectron } = await import('./scripts/lib/electron-runtime.mjs');
    console.log((await ensureElectron()).executable);`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', ask], {
    encoding: 'utf8',
    cwd: root,
  });
  return stdout.trim().split('\n').at(-1) ?? '';
}

function inWindow(words: readonly string[]): Readonly<Record<string, number>> {
  const answer = JSON.parse(onDisplay(['test/bench/window-bench.ts', ...words])) as {
    readonly figures: Readonly<Record<string, number>>;
  };
  return answer.figures;
}

/** Runs a script on the display, or on a virtual one; the last line it prints. */
function onDisplay(words: readonly string[]): string {
  const hasDisplay = process.platform !== 'linux' || (process.env['DISPLAY'] ?? '') !== '';
  const node = [process.execPath, '--import', 'tsx', ...words];
  const [command = '', ...rest] = hasDisplay
    ? node
    : ['xvfb-run', '-a', '-s', '-screen 0 1600x1000x24', ...node];
  const { stdout, stderr, status } = spawnSync(command, rest, { encoding: 'utf8', cwd: root });
  process.stderr.write(stderr);
  if (status !== 0) throw new Error(`${words.join(' ')} ended with ${String(status)}`);
  return stdout.trim().split('\n').at(-1) ?? '';
}

/** Largest resident memory, in MB, of the worker as it was built, on plain Node: what Electron hands it is stood in for. */
function workerPeak(bundle: string): number {
  const spoolFolder = join(folder, 'spool');
  const open = {
    type: 'open',
    id: 1,
    path: bundle,
    password: null,
    zone: null,
    limits: {},
    spoolFolder,
    remembered: null,
    locked: 'refuse-alone',
  };
  const parent = `process.parentPort = {
    on: (_, listener) => setImmediate(() => listener({ data: ${JSON.stringify(open)}, ports: [] })),
    postMessage: (message) => {
      if (message.type === 'reading') return;
      process.stdout.write(message.type + ' ' + process.resourceUsage().maxRSS);
      process.exitCode = 0;
    },
  };`;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(parent)}`, join(root, 'out/worker/worker.js')],
    { encoding: 'utf8' },
  );
  const kilobytes = /^opened (?<kilobytes>\d+)$/u.exec(stdout)?.groups?.['kilobytes'];
  if (kilobytes === undefined) throw new Error(`the worker failed: ${stdout}${stderr}`);
  return Number(kilobytes) / 1024;
}

async function data(name: string, members: number, lines?: number): Promise<string> {
  const path = join(folder, name);
  if (!existsSync(path)) {
    say(`making ${name} ...`);
    await makeLogBundle({
      path,
      members,
      ...(lines === undefined ? {} : { lines }),
      ...(members === 40 ? { kinds: fortyKinds } : {}),
    });
  }
  say(`${name}: ${(statSync(path).size / 1e6).toFixed(0)} MB`);
  return path;
}

function unpacked(bundle: string): string {
  const path = join(folder, 'single.log');
  if (!existsSync(path)) spawnSync('sh', ['-c', 'unzip -p "$1" "*.log" > "$2"', 'sh', bundle, path]);
  return path;
}

function probe(bundle: string): ProbeFigures {
  const script = fileURLToPath(new URL('./engine-probe.ts', import.meta.url));
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--import', 'tsx', script, bundle], {
    encoding: 'utf8',
    cwd: root,
  });
  if (status !== 0) throw new Error(`the probe failed: ${stderr}`);
  return JSON.parse(stdout) as ProbeFigures;
}

/** Seconds of a whole process. */
function timed(command: string, words: readonly string[], statuses: readonly number[] = [0]): number {
  const started = performance.now();
  const { status, stderr } = spawnSync(command, [...words], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status === null || !statuses.includes(status))
    throw new Error(`${command} ended with ${String(status)}: ${stderr}`);
  return (performance.now() - started) / 1000;
}

function installed(command: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
}

function median(values_: readonly number[]): number {
  const sorted = [...values_].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Event records a second, read from an event log file with all their fields. */
function measureEvents(): void {
  if (!wanted('evtx.records-per-s')) return;
  const script = fileURLToPath(new URL('./evtx-bench.ts', import.meta.url));
  const rates = Array.from({ length: runs }, () => {
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--import', 'tsx', script], {
      encoding: 'utf8',
      cwd: root,
    });
    if (status !== 0) throw new Error(`the event bench failed: ${stderr}`);
    return (JSON.parse(stdout) as { value: number }).value;
  });
  metrics.push({
    id: 'evtx.records-per-s',
    value: median(rates),
    unit: 'records/s',
    limit: 60_000,
    runs,
    peer: null,
  });
}

function report(): void {
  const version = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string })
    .version;
  process.stdout.write(`\nPatchtrail ${version}, Node ${process.version}\n\n`);
  process.stdout.write('| id | value | limit | |\n|---|---|---|---|\n');
  for (const { id, value, unit, limit, peer } of metrics) {
    const shown = value === null ? 'peer not installed' : `${value.toFixed(value < 10 ? 2 : 0)} ${unit}`;
    const holds = value !== null && (atLeast.has(id) ? value >= limit : value <= limit);
    const within = value === null ? '' : holds ? 'within' : 'OUTSIDE';
    process.stdout.write(
      `| ${id} | ${shown} | ${limit} ${unit} | ${within}${peer === null ? '' : ` (against ${peer})`} |\n`,
    );
  }
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ metrics }, null, 2)}\n`);
  const unknown = (only ?? []).filter((id) => metrics.every((metric) => metric.id !== id));
  if (unknown.length === 0) return;
  process.stderr.write(`not a figure of this benchmark: ${unknown.join(', ')}\n`);
  process.exitCode = 2;
}
