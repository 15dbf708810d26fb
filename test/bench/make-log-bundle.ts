import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { devicePage } from '../../scripts/fixtures/device-page.ts';
import { japaneseWords } from '../../scripts/fixtures/kace-words.ts';
import { createRandom, type Random } from '../../scripts/fixtures/random.ts';
import { pc0042 } from '../../scripts/fixtures/sakura-devices.ts';
import { agentStamp, wallTime } from '../../scripts/fixtures/wall-time.ts';
import { logKinds, textOfKind } from './log-kinds.ts';
import type { LogKindName } from './log-kinds.ts';
import { ZipFile } from '../../scripts/fixtures/zip-file.ts';

/*
 * Makes the bundle that the bench reads: agent logs of millions of lines, written as they are made, so
 * that memory does not grow with the bundle. The lines are the same on every run; the packed bytes
 * depend on Node's zlib.
 */

export interface LogBundleOptions {
  /** Where to write; the folder is made when it is missing. */
  readonly path: string;
  /** Lines over all logs; 5,100,000 are about 800 MB. */
  readonly lines?: number;
  /** Number of logs, each of another device over the same two weeks; 40 of 5,100,000 lines are 20 MB each. */
  readonly members?: number;
  /** Kinds of the logs, in turn; `konea` is the appliance's agent, which all are when nothing is said. */
  readonly kinds?: readonly (LogKindName | 'konea')[];
}

export interface LogMember {
  readonly path: string;
  readonly lines: number;
  readonly bytes: number;
}

export interface LogBundle {
  readonly path: string;
  /** Of the zip. */
  readonly bytes: number;
  readonly lines: number;
  readonly logBytes: number;
  readonly logs: readonly LogMember[];
  /** What a search has to count, over all logs. */
  readonly counts: LineCounts;
}

export interface LineCounts {
  /** Lines that continue the record above. */
  readonly continuation: number;
  /** Lines that hold `ExitCode=`. */
  readonly exitCode: number;
  /** Records of level ERROR. */
  readonly error: number;
}

type MutableCounts = { -readonly [Key in keyof LineCounts]: number };

export const defaultLines = 5_100_000;

const from = wallTime('2024-05-01 00:00');
const span = 14 * 24 * 3_600_000;
const chunkCharacters = 1 << 20;
/** Above this estimate a member gets 64-bit sizes. */
const zip64From = 3_500_000_000;
const estimatedLineBytes = 160;

/** Ready-made pieces: making each of them anew for every line would take longer than packing them. */
interface Pieces {
  readonly tokens: readonly string[];
  readonly files: readonly string[];
  readonly stackLines: readonly string[];
}

function makePieces(random: Random): Pieces {
  const tokens = Array.from({ length: 4096 }, () => random.hex(12));
  const folders = ['Patches', 'packages', 'inventory', 'scripts', 'user', 'cache\\replication'];
  const files = Array.from(
    { length: 1024 },
    () =>
      `C:\\ProgramData\\Quest\\KACE\\${random.pick(folders)}\\${random.hex(8)}.${random.pick(['dat', 'xml', 'tmp', 'msu'])}`,
  );
  const stackLines = Array.from(
    { length: 64 },
    () =>
      `        konea/${random.pick(['amp', 'link', 'patch', 'inventory'])}.(*${random.pick(['Link', 'Runner', 'Store'])}).run(0x${random.hex(10)}) link.go:${random.between(20, 900)} +0x${random.hex(3)}`,
  );
  return { tokens, files, stackLines };
}

/** The text behind the stamp of an ordinary record. */
function ordinaryText(random: Random, pieces: Pieces, sequence: number): string {
  const token = random.pick(pieces.tokens);
  const number = random.below(9000);
  switch (random.below(10)) {
    case 0:
      return `INFO |konea       |heartbeat sent to kbox.sakura.example:443 seq=${sequence} rtt=${number % 90}ms session=${token} queue=${number % 7} state=connected proto=wss/2`;
    case 1:
      return `DEBUG|kfile       |replication compared ${random.pick(pieces.files)} with kbox.sakura.example: unchanged, sum=${token}${random.pick(pieces.tokens)}`;
    case 2:
      return `INFO |kinventory  |step ${number % 212} of 212 finished in ${number} ms, rows=${number % 611}, file=${random.pick(pieces.files)}, checkpoint=${token}`;
    case 3:
      return `DEBUG|ktimer      |task ${token} rescheduled in ${number % 3600} s, waiting=${number % 12} running=${number % 3}, last run took ${number} ms, owner=SYSTEM`;
    case 4:
      return `INFO |kpatch      |DETECT signature ${token} Applicable ${number % 3 === 0 ? 'Yes' : 'No'} patchscheduleid=14 evaluated in ${number % 450} ms by engine 9.7.${number % 40}`;
    case 5:
      return `DEBUG|konea       |websocket frame ${sequence} opcode=2 length=${number} masked=1 session=${token} answered in ${number % 120} ms by kbox.sakura.example`;
    case 6:
      return `INFO |runkbot     |script ${480 + (number % 60)} exited, RC=0, elapsed ${number} ms, output=${random.pick(pieces.files)}, session=${token}`;
    case 7:
      return `DEBUG|kcopy       |GET https://kbox.sakura.example/service/kbot_upload.php?machineId=${token}&checksum=${random.pick(pieces.tokens)} 304 in ${number % 800} ms`;
    case 8:
      return `DEBUG|kagent      |working set ${28_000 + number} KB, handles ${310 + (number % 110)}, threads ${14 + (number % 9)}, queue ${token}, uptime ${sequence} s, mode=service`;
    default:
      return `INFO |kinventory  |registry value read from HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\{${token}} in ${number % 90} ms, ${number} bytes`;
  }
}

/** Yields the text of one log in chunks of about a megabyte. */
function* logText(
  seed: number,
  lines: number,
  counts: MutableCounts,
  shared: Pieces | null,
): Generator<Buffer> {
  const random = createRandom(seed);
  const pieces = shared ?? makePieces(random);
  const patches = ['KB5037771', 'KB5038352', 'KB5037591', 'KB890830', 'KB5002587'];
  const codes = [0, 0, 0, 0, 3010, 3010, 1603, 1618];
  let text = '';
  let stampedSecond = -1;
  let stamp = '';
  let continuing = 0;
  for (let line = 0; line < lines; line += 1) {
    if (continuing > 0) {
      continuing -= 1;
      counts.continuation += 1;
      text += `${random.pick(pieces.stackLines)}\n`;
    } else {
      const second = Math.floor((from + (span * line) / lines) / 1000);
      if (second !== stampedSecond) {
        stampedSecond = second;
        stamp = `${agentStamp(second * 1000)}+0900|`;
      }
      const kind = random.below(100_000);
      if (kind < 20) {
        const code = random.pick(codes);
        counts.exitCode += 1;
        text += `${stamp}INFO |kpatch      |ParsePatchOutput ExitCode=${code} patch=${random.pick(patches)} patchscheduleid=14 package=${random.pick(pieces.files)}\n`;
      } else if (kind < 220) {
        counts.error += 1;
        text += `${stamp}ERROR|konea       |handshake failed: connection to appliance timed out after 30000 ms, session=${random.pick(pieces.tokens)}, retry in ${random.below(300)} s\n`;
      } else if (kind < 1100) {
        text += `${stamp}WARN |konea       |slow answer from kbox.sakura.example: ${2000 + random.below(4000)} ms, session=${random.pick(pieces.tokens)}, path=${random.pick(pieces.files)}\n`;
      } else if (kind < 1500) {
        // Two or three lines each: one line in a hundred continues another.
        continuing = 2 + (kind & 1);
        text += `${stamp}WARN |kagent      |task ${random.pick(pieces.tokens)} did not answer in time, its state follows\n`;
      } else {
        text += `${stamp}${ordinaryText(random, pieces, line)}\n`;
      }
    }
    if (text.length >= chunkCharacters) {
      yield Buffer.from(text, 'latin1');
      text = '';
    }
  }
  if (text !== '') yield Buffer.from(text, 'latin1');
}

function smallDevicePage(): Buffer {
  const html = devicePage({
    device: pc0042.name,
    language: 'ja',
    charset: 'utf-8',
    filesFolder: 'デバイスの詳細_files',
    tab: { shown: 'all', form: 'class' },
    words: japaneseWords,
    fullWidthEvery: null,
    footRow: false,
    columns: [
      ['patch', 'パッチ名'],
      ['detection', '検出ステータス'],
      ['detectedAt', '検出日'],
      ['deployment', 'デプロイのステータス'],
      ['exitCode', '展開の終了コード'],
      ['deployedAt', '展開日'],
      ['attempts', '展開の試行回数'],
    ],
    rows: pc0042.rows,
  });
  return Buffer.from(html, 'utf8');
}

/** Makes a bundle of logs. An unfinished one is removed. */
export async function makeLogBundle(options: LogBundleOptions): Promise<LogBundle> {
  const lines = options.lines ?? defaultLines;
  const members = options.members ?? 1;
  if (!Number.isSafeInteger(lines) || !Number.isSafeInteger(members) || members < 1 || lines < members) {
    throw new RangeError(`cannot make ${lines} lines in ${members} logs`);
  }
  const path = resolve(options.path);
  const unfinished = `${path}.part`;
  mkdirSync(dirname(path), { recursive: true });
  const zip = new ZipFile(unfinished);
  const counts: MutableCounts = { continuation: 0, exitCode: 0, error: 0 };
  const logs: LogMember[] = [];
  try {
    await zip.add('PC-0042/デバイスの詳細.html', '2024-05-13 10:04', [smallDevicePage()], false);
    // Pieces for each of very many small logs would take longer than the logs.
    const shared = members > 1000 ? makePieces(createRandom(0x0be0)) : null;
    for (let index = 0; index < members; index += 1) {
      const device = index === 0 ? 'PC-0042' : `PC-${1000 + index}`;
      const name = options.kinds?.[index % options.kinds.length] ?? 'konea';
      const kind = name === 'konea' ? null : logKinds[name];
      const logPath = kind?.path(device) ?? `${device}/ProgramData/Quest/KACE/konea.log`;
      const share = Math.floor(lines / members) + (index < lines % members ? 1 : 0);
      const zip64 = share * estimatedLineBytes >= zip64From;
      const text =
        kind === null
          ? logText(0x0be0 + index, share, counts, shared)
          : textOfKind(kind, createRandom(0x0be0 + index), share, from, span);
      const bytes = await zip.add(logPath, '2024-05-15 00:02', text, zip64);
      logs.push({ path: logPath, lines: share, bytes });
    }
    const bytes = zip.finish();
    zip.close();
    renameSync(unfinished, path);
    const logBytes = logs.reduce((total, log) => total + log.bytes, 0);
    return { path, bytes, lines, logBytes, logs, counts };
  } catch (error) {
    zip.close();
    rmSync(unfinished, { force: true });
    throw error;
  }
}

const usage = `tsx test/bench/make-log-bundle.ts --out FILE [--lines ${defaultLines}] [--members 1] [--kind KIND ...]\n  KIND  konea, ${Object.keys(logKinds).join(', ')}\n`;

function kindNamed(name: string): LogKindName | 'konea' {
  const known = (['konea', ...Object.keys(logKinds)] as (LogKindName | 'konea')[]).find(
    (kind) => kind === name,
  );
  if (known === undefined) throw new RangeError(`no kind of log: ${name}`);
  return known;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      out: { type: 'string' },
      lines: { type: 'string' },
      members: { type: 'string' },
      kind: { type: 'string', multiple: true },
    },
  });
  if (values.out === undefined) {
    process.stderr.write(usage);
    process.exitCode = 2;
    return;
  }
  const bundle = await makeLogBundle({
    path: values.out,
    lines: Number(values.lines ?? defaultLines),
    members: Number(values.members ?? 1),
    ...(values.kind === undefined ? {} : { kinds: values.kind.map(kindNamed) }),
  });
  process.stdout.write(
    `${bundle.path}: ${bundle.bytes} bytes, ${bundle.logs.length} logs of ${bundle.logBytes} bytes and ${bundle.lines} lines in all\n`,
  );
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url))
  await main();
