/** `.patchtrail` files on the disk: what is in them is the business of `parsers/case`. */
import { access, readFile, rename } from 'node:fs/promises';
import { basename } from 'node:path';
import { parseCase, versionedJson, writeCaseText } from '../parsers/case/case-file.ts';
import type { CaseFile } from '../parsers/case/case-file.ts';
import { caseVersion } from '../parsers/case/case-migrations.ts';
import { ExpectedError } from '../parsers/domain/errors.ts';
import { systemCode, writeAtomically } from './atomic-file.ts';

export const caseExtension = '.patchtrail';

export interface ReadCase {
  readonly file: CaseFile;
  /** Version of the schema that was found on the disk. */
  readonly version: number;
  /** Set when the file was damaged and the version before it was taken: where the damaged one was kept. */
  readonly recovered: { readonly damaged: string } | null;
}

/**
 * Reads a case. A damaged one is kept aside as `.damaged` and the version before it is taken when that is whole.
 * @throws ExpectedError `not-found`, `not-readable`, `case-newer`, `case-damaged`
 */
export async function readCase(path: string): Promise<ReadCase> {
  const name = basename(path);
  const text = await readText(path);
  try {
    const file = parseCase(text, name);
    return { file, version: versionedJson(text, name).version, recovered: null };
  } catch (error) {
    if (!(error instanceof ExpectedError) || error.code !== 'case-damaged') throw error;
    const before = await readBackup(path);
    const damaged = await keepDamaged(path);
    if (before === null) {
      throw new ExpectedError('case-damaged', name, damaged === null ? {} : { kept: basename(damaged) });
    }
    // The version before it takes its place, so that the next reader finds a whole file.
    if (damaged !== null) await writeAtomically(path, writeCaseText(before)).catch(() => undefined);
    return { file: before, version: caseVersion, recovered: { damaged: basename(damaged ?? path) } };
  }
}

/**
 * Replaces the file as a whole and keeps the version before it as `.bak`.
 * @throws ExpectedError `not-writable`
 */
export async function writeCase(path: string, file: CaseFile): Promise<void> {
  await writeAtomically(path, writeCaseText(file), { backup: backupOf(path) });
}

export function backupOf(path: string): string {
  return `${path}.bak`;
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = systemCode(error);
    if (code === null) throw error;
    throw new ExpectedError(code === 'ENOENT' ? 'not-found' : 'not-readable', basename(path), {}, error);
  }
}

async function readBackup(path: string): Promise<CaseFile | null> {
  try {
    return parseCase(await readFile(backupOf(path), 'utf8'), basename(path));
  } catch {
    return null;
  }
}

/** @returns where the damaged file is now; null when its folder cannot be written, and it stayed where it was */
async function keepDamaged(path: string): Promise<string | null> {
  for (let number = 1; number < 1000; number += 1) {
    const kept = number === 1 ? `${path}.damaged` : `${path}.damaged-${number}`;
    const taken = await access(kept).then(
      () => true,
      () => false,
    );
    if (taken) continue;
    return rename(path, kept).then(
      () => kept,
      () => null,
    );
  }
  return null;
}
