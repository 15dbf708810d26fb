import { parseArgs } from 'node:util';
import { ExpectedError } from '../domain/errors.ts';

/** Options that a command knows: with a value, with a value each time that they are given, or a switch. */
export type OptionTable = Readonly<Record<string, 'value' | 'values' | 'switch'>>;

export interface ParsedWords {
  readonly positionals: readonly string[];
  value(name: string): string | null;
  /** In the order in which they were given. */
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
    values: Record<string, string | boolean | readonly (string | boolean)[] | undefined>;
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
    positionals: parsed.positionals,
    value: (name) => {
      const value = parsed.values[name];
      return typeof value === 'string' ? value : null;
    },
    values: (name) => {
      const values = parsed.values[name];
      return Array.isArray(values)
        ? (values as readonly unknown[]).filter((value): value is string => typeof value === 'string')
        : [];
    },
    has: (name) => parsed.values[name] === true,
  };
}

function firstSentence(message: string): string {
  return message.replace(/\. .*$/su, '.');
}
