/**
 * npm run fuzz [-- --count N --seed N --from N]
 *
 * Flips, cuts and splices valid bundles of every container and format and has each read to its analysis. Faults
 * (a crash, a hang, an answer that the schema does not accept, a file left behind) are kept in `fuzz-output/`,
 * each under its seed and number, and the status is 1.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { runFuzz } from './run-fuzz.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '20240510' },
    from: { type: 'string', default: '0' },
  },
});
const [count, seed, from] = [values.count, values.seed, values.from].map((value) => {
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < 0) throw new Error(`not a count: ${value}`);
  return number;
}) as [number, number, number];
const keep = join(fileURLToPath(new URL('../../', import.meta.url)), 'fuzz-output');
const started = performance.now();
const result = await runFuzz({
  seed,
  from,
  count,
  batch: 2500,
  keep,
  onProgress: (done, faults) => {
    const seconds = (performance.now() - started) / 1000;
    console.log(`${done} of ${count} mutants, ${faults} faults, ${(done / seconds).toFixed(0)} a second`);
  },
});
for (const { number, what } of result.faults) console.log(`\nmutant ${number}: ${what}`);
const answers = [...result.answers].sort(([, a], [, b]) => b - a).map(([code, times]) => `${code} ${times}`);
console.log(
  `\n${result.done} mutants (seed ${seed}, from ${from}): ${answers.join(', ')}; ${result.faults.length} faults`,
);
process.exitCode = result.faults.length === 0 ? 0 : 1;
