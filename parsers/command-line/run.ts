import { setDictionary } from '../codes/decode-code.ts';
import { CancelledError, ExpectedError } from '../domain/errors.ts';
import { toolVersion } from '../version.ts';
import { analyze } from './analyze.ts';
import { code } from './code.ts';
import type { CommandIo } from './io.ts';
import { lines } from './lines.ts';
import { members } from './members.ts';
import { redact } from './redact.ts';
import { listRules } from './rules.ts';
import { sentence, text } from './sentences.ts';
import { verify } from './verify.ts';

/** Exit statuses of the contract (`docs/command-line.md`). */
export const status = { done: 0, findings: 1, usage: 2, notOpened: 3 } as const;

type Command = (words: readonly string[], io: CommandIo) => Promise<number>;

const commands: Readonly<Record<string, Command>> = {
  analyze,
  lines,
  members,
  rules: listRules,
  code,
  redact,
  verify,
};

/** Commands of the contract that this build does not have. */
const later: ReadonlySet<string> = new Set(['diff', 'fleet']);

/**
 * Runs one command.
 *
 * @param argv the words behind the program's name
 * @returns the exit status
 */
export async function runCommandLine(argv: readonly string[], io: CommandIo): Promise<number> {
  const [name, ...words] = argv;
  const locale = localeAmong(words);
  if (name === '--version') {
    io.write(`${toolVersion}\n`);
    return status.done;
  }
  if (name === '--help' || words.includes('--help')) {
    io.write(text(locale, 'help'));
    return status.done;
  }
  if (name === undefined) {
    io.tell(text(locale, 'help'));
    return status.usage;
  }
  // What an earlier command of this process read has no say here.
  setDictionary([]);
  try {
    if (later.has(name)) throw new ExpectedError('not-yet-available', name);
    const command = commands[name];
    if (command === undefined) throw new ExpectedError('usage', name);
    return await command(words, io);
  } catch (error) {
    if (error instanceof CancelledError) {
      io.tell(`${text(locale, 'cancelled')}\n`);
      return status.notOpened;
    }
    if (!(error instanceof ExpectedError)) throw error;
    io.tell(`${sentence(locale, error)}\n`);
    return statusOf(error);
  }
}

function statusOf(error: ExpectedError): number {
  switch (error.code) {
    case 'usage':
    case 'bad-pack':
    case 'not-yet-available':
    case 'unknown-time-zone':
    case 'bad-expression':
    case 'expression-too-slow':
    case 'not-writable':
    case 'in-bundle':
    case 'case-damaged':
    case 'case-newer':
    case 'case-other-bundle':
    case 'case-locked':
    case 'no-bundle':
      return status.usage;
    case 'not-found':
    case 'not-readable':
    case 'empty-file':
    case 'no-members':
    case 'damaged-archive':
    case 'unsupported-archive':
    case 'password-needed':
    case 'password-wrong':
    case 'spool-failed':
    case 'bundle-changed':
    case 'worker-gone':
      return status.notOpened;
  }
}

/** The language is known before the words are parsed, so that a usage error can be said in it. */
function localeAmong(words: readonly string[]): 'en' | 'ja' {
  const at = words.indexOf('--locale');
  return words[at + 1] === 'ja' && at !== -1 ? 'ja' : words.includes('--locale=ja') ? 'ja' : 'en';
}
