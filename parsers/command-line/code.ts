import { decodeCodes } from '../codes/decode-code.ts';
import { ExpectedError } from '../domain/errors.ts';
import { formatCode } from '../domain/numbers.ts';
import { parseWords } from './arguments.ts';
import type { CommandIo } from './io.ts';
import { localeOf } from './open.ts';
import { packsOf } from './packs.ts';
import { text } from './sentences.ts';

/** `code <number>`: what an exit code or HRESULT means, in any of its forms. */
export async function code(words: readonly string[], io: CommandIo): Promise<number> {
  // A negative number is a code, not an option: it goes behind the options.
  const negative = words.filter((word) => /^-\d+$/u.test(word));
  const others = words.filter((word) => !negative.includes(word));
  const parsed = parseWords(
    'code',
    negative.length === 0 ? others : [...others, '--', ...negative],
    { locale: 'value', codes: 'values' },
    1,
  );
  const locale = localeOf(parsed, 'code');
  await packsOf(parsed, locale, io);
  const [input = ''] = parsed.positionals;
  const entries = decodeCodes(input);
  if (entries.length === 0) {
    if (!/^(?:[+-]?\d+|(?:0x)?[0-9a-f]+|[A-Z][A-Z0-9_]+)$/iu.test(input))
      throw new ExpectedError('usage', 'code', { reason: input });
    io.write(`${text(locale, 'code-unknown', { code: input })}\n`);
    return 0;
  }
  for (const entry of entries) {
    const { meaning, advice } = entry[locale];
    const head = [formatCode(entry.code), entry.symbol, `(${entry.source})`]
      .filter((part) => part !== null)
      .join(' ');
    io.write([head, `  ${meaning}`, ...(advice === '' ? [] : [`  ${advice}`]), ''].join('\n'));
  }
  return 0;
}
