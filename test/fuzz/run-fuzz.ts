/** Runs mutants in processes of their own, so that one that ends or stalls its process is known by its number. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { mutant, writeMutant } from './mutants.ts';
import { seedMembers } from './seeds.ts';

export interface FuzzOptions {
  readonly seed: number;
  readonly from: number;
  readonly count: number;
  /** Mutants per process. */
  readonly batch: number;
  /** Where mutants that found a fault are kept; null keeps none. */
  readonly keep: string | null;
  readonly onProgress?: (done: number, faults: number) => void;
}

export interface Fault {
  readonly number: number;
  readonly what: string;
}

export interface FuzzResult {
  readonly done: number;
  /** How many ended how: `read`, or the code of an expected error. */
  readonly answers: ReadonlyMap<string, number>;
  readonly faults: readonly Fault[];
}

/** A mutant that takes longer is tried once more, alone ... */
const hangMilliseconds = 10_000;
/** ... and hangs when it takes even longer than this: the first time it may have met a busy machine. */
const hangAloneMilliseconds = 60_000;
/** In memory where the system has such a folder: most of a mutant's time would go into making and removing files. */
const scratchParent = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

export async function runFuzz(options: FuzzOptions): Promise<FuzzResult> {
  const answers = new Map<string, number>();
  const faults: Fault[] = [];
  const scratch = mkdtempSync(join(scratchParent, 'patchtrail-fuzz-'));
  const end = options.from + options.count;
  let next = options.from;
  const take = async (number: number, answer: string): Promise<void> => {
    if (answer.startsWith('fault: ')) {
      faults.push({ number, what: answer.slice(7) });
      if (options.keep !== null) await keep(options.seed, number, options.keep);
    } else answers.set(answer, (answers.get(answer) ?? 0) + 1);
  };
  try {
    while (next < end) {
      const count = Math.min(options.batch, end - next);
      const batch = await runBatch(options.seed, next, count, hangMilliseconds, scratch, take);
      next = batch.next;
      if (batch.ended !== null) {
        const again =
          batch.ended === 'hang'
            ? await runBatch(options.seed, next, 1, hangAloneMilliseconds, scratch, take)
            : batch;
        if (again.ended !== null) await take(next, `fault: ${again.ended}`);
        next += 1;
      }
      options.onProgress?.(next - options.from, faults.length);
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return { done: options.count, answers, faults };
}

/** @returns the first mutant without an answer, and how the process ended on it; null when it did all of them */
async function runBatch(
  seed: number,
  from: number,
  count: number,
  patience: number,
  scratch: string,
  take: (number: number, answer: string) => Promise<void>,
): Promise<{ readonly next: number; readonly ended: string | null }> {
  const script = fileURLToPath(new URL('child.ts', import.meta.url));
  const words = ['--import', 'tsx', script, String(seed), String(from), String(count), scratch];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<string>((resolve) => {
    child.once('close', (code, signal) => resolve(signal ?? `exit ${code ?? 0}`));
    child.once('error', (error) => resolve(error.message));
  });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString('utf8')).slice(-4000);
  });
  const state = { hangs: false };
  let isDone = false;
  let timer: NodeJS.Timeout | undefined;
  let next = from;
  for await (const line of createInterface({ input: child.stdout })) {
    clearTimeout(timer);
    if (line.startsWith('end ')) {
      const number = next;
      next += 1;
      await take(number, JSON.parse(line.slice(4)) as string);
    } else if (line === 'done') isDone = true;
    else {
      timer = setTimeout(() => {
        state.hangs = true;
        child.kill('SIGKILL');
      }, patience);
    }
  }
  clearTimeout(timer);
  const how = await ended;
  return { next, ended: isDone ? null : state.hangs ? 'hang' : `${how} ${complaint}`.trim() };
}

async function keep(seed: number, number: number, folder: string): Promise<void> {
  const place = join(folder, `${seed}-${number}`);
  mkdirSync(place, { recursive: true });
  await writeMutant(await mutant(seed, number, seedMembers()), place);
}
