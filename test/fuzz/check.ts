/** Reads one mutant as a bundle and says what is wrong with the answer. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import { analyse } from '../../parsers/analyse.ts';
import { ExpectedError } from '../../parsers/domain/errors.ts';
import { writeAnalysisJson } from '../../parsers/report/analysis-json.ts';
import { createWording } from '../../parsers/report/wording.ts';
import { complaints } from '../report/schemas.ts';
import { writeMutant } from './mutants.ts';
import type { Mutant } from './mutants.ts';
import { password } from './seeds.ts';

const wording = createWording('en');

/**
 * Never throws.
 *
 * @param folder an empty folder of its own, empty again afterwards
 * @returns `read`, the code of an expected error, or `fault:` and what is wrong
 */
export async function checkMutant(
  mutant: Mutant,
  folder: string,
  validate: ValidateFunction,
): Promise<string> {
  const spoolFolder = join(folder, 'spool');
  try {
    mkdirSync(spoolFolder, { recursive: true });
    const path = await writeMutant(mutant, folder);
    const { reading, concluded } = await analyse(path, {
      spoolFolder,
      spoolName: 'fuzz',
      password: mutant.number % 5 === 0 ? null : password,
    });
    try {
      let json = '';
      writeAnalysisJson(concluded.analysis, wording, (chunk) => {
        json += chunk;
      });
      const [first] = complaints(validate, JSON.parse(json));
      if (first !== undefined) return `fault: schema ${first}`;
    } finally {
      reading.store.close();
    }
    return left(spoolFolder) ?? 'read';
  } catch (error) {
    if (error instanceof ExpectedError) return left(spoolFolder) ?? error.code;
    return `fault: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function left(folder: string): string | null {
  const names = readdirSync(folder);
  return names.length === 0 ? null : `fault: left behind ${names.join(' ')}`;
}
