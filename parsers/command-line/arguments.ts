import { parseArgs } from 'node:util';
import { ExpectedError } from '../domain/errors.ts';

/** Options that a command knows: with a value, with one as often as wanted, or a switch. */
export type OptionTable = Readonly<Record<string, 'value' | 'values' | 'switch'>>;

export interface ParsedWords {
  readonly command: string;
  readonly positionals: readonly string[];
  value(name: string): string | null;
  /** Of an option that may be repeated, in order. */
  values(name: string): readonly string[];
  has(name: string): boolean;
}

/**
 * Reads the words behind a command.
 *
 * @throws ExpectedError `usage`
 */
export function parseWords(
  command: string,
  words: readonly string[],
  options: OptionTable,
  positionals: number,
): ParsedWords {
  let parsed: {
    values: Record<string, string | boolean | (string | boolean)[] | undefined>;
    positionals: string[];
  };
  try {
    parsed = parseArgs({
      args: [...words],
      options: Object.fromEntries(
        Object.entries(options).map(([name, kind]) => [
          name,
          {
            type: kind === 'switch' ? ('boolean' as const) : ('string' as const),
            multiple: kind === 'values',
          },
        ]),
      ),
      allowPositionals: true,
      strict: true,
    });
  } catch (cause) {
    throw new ExpectedError(
      'usage',
      command,
      { reason: cause instanceof Error ? firstSentence(cause.message) : '' },
      cause,
    );
  }
  if (parsed.positionals.length !== positionals) {
    throw new ExpectedError('usage', command, { reason: '' });
  }
  return {
    command,
    positionals: parsed.positionals,
    value: (name) => {
      const value = parsed.values[name];
      return typeof value === 'string' ? value : null;
    },
    values: (name) => {
      const values = parsed.values[name];
      return Array.isArray(values) ? values.filter((value) => typeof value === 'string') : [];
    },
    has: (name) => parsed.values[name] === true,
  };
}

function firstSentence(message: string): string {
  return message.replace(/\. .*$/su, '.');
}
