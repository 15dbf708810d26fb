/**
 * Checks mutants one after the other and tells the parent on its standard output, before each its number and after
 * each what became of it; written at once, so that the last line names the mutant that ended the process.
 *
 * node --import tsx child.ts SEED FROM COUNT FOLDER
 */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { schemaValidator } from '../report/schemas.ts';
import { checkMutant } from './check.ts';
import { mutant } from './mutants.ts';
import { seedMembers } from './seeds.ts';

const [seed = 0, from = 0, count = 0] = process.argv.slice(2, 5).map(Number);
const folder = process.argv[5] ?? '';
const validate = schemaValidator('analysis');
const members = seedMembers();
for (let number = from; number < from + count; number += 1) {
  writeSync(1, `start ${number}\n`);
  const answer = await checkMutant(
    await mutant(seed, number, members),
    join(folder, String(number)),
    validate,
  );
  writeSync(1, `end ${JSON.stringify(answer)}\n`);
}
writeSync(1, 'done\n');
