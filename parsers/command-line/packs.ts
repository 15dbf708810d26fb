import { open } from 'node:fs/promises';
import { setDictionary } from '../codes/decode-code.ts';
import { packLimits } from '../domain/pack.ts';
import type { PackFile, PackKind } from '../domain/pack.ts';
import { readPacks } from '../packs/read-packs.ts';
import type { Packs } from '../packs/read-packs.ts';
import { ExpectedError } from '../domain/errors.ts';
import type { ParsedWords } from './arguments.ts';
import type { CommandIo } from './io.ts';
import { packSentence } from './sentences.ts';
import type { Locale } from './sentences.ts';

/** Warnings about one command's dictionaries that are told one by one. */
const mostTold = 50;

/**
 * Reads the files of `--codes` and `--rules`, and puts the dictionaries in force for this command. A dictionary that
 * is not taken is told, and the rest goes on. A rule pack that is not taken ends the command: whoever asked for other
 * rules must not get an answer by the usual ones.
 *
 * @throws ExpectedError `bad-pack`
 */
export async function packsOf(parsed: ParsedWords, locale: Locale, io: CommandIo): Promise<Packs> {
  const files: PackFile[] = [];
  for (const kind of ['codes', 'rules'] as const)
    for (const path of parsed.values(kind)) files.push(await readPackFile(kind, path));
  const packs = readPacks(files);
  const fatal = packs.problems.find(({ kind }) => kind === 'rules');
  if (fatal !== undefined)
    throw new ExpectedError('bad-pack', fatal.file, { reason: packSentence(locale, fatal, false) });
  for (const problem of packs.problems.slice(0, mostTold)) io.tell(`${packSentence(locale, problem)}\n`);
  setDictionary(packs.dictionary);
  return packs;
}

async function readPackFile(kind: PackKind, path: string): Promise<PackFile> {
  const file = path.replace(/^.*[/\\]/u, '');
  try {
    const handle = await open(path, 'r');
    try {
      // One byte more than may be: a pipe has no size to ask for.
      const most = packLimits.bytes[kind] + 1;
      const content = new Uint8Array(most);
      let length = 0;
      while (length < most) {
        const { bytesRead } = await handle.read(content, length, most - length, null);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      return length === most
        ? { kind, file, content: null, trouble: 'too-large' }
        : { kind, file, content: content.slice(0, length) };
    } finally {
      await handle.close();
    }
  } catch {
    return { kind, file, content: null, trouble: 'unreadable' };
  }
}
