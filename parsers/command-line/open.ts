import { readFile } from 'node:fs/promises';
import { analyse } from '../analyse.ts';
import type { Concluded, ReadBundle } from '../analyse.ts';
import { ExpectedError } from '../domain/errors.ts';
import { limitNames, readLimit } from '../domain/limits.ts';
import type { LimitName, Limits } from '../domain/limits.ts';
import { noPacks } from '../packs/read-packs.ts';
import type { Packs } from '../packs/read-packs.ts';
import type { ParsedWords } from './arguments.ts';
import type { CommandIo } from './io.ts';
import { text } from './sentences.ts';
import type { Locale } from './sentences.ts';

/** Options of every command that reads a bundle. */
export const bundleOptions = {
  timezone: 'value',
  'password-file': 'value',
  limit: 'values',
  locale: 'value',
  quiet: 'switch',
} as const;

/**
 * The limits that were asked for, as `NAME=VALUE`; names as in `Limits`, in kebab case.
 *
 * @throws ExpectedError `usage`
 */
export function limitsOf(limits: readonly string[]): Partial<Limits> {
  return Object.fromEntries(
    limits.map((asked) => {
      const [key = '', ...rest] = asked.split('=');
      const name = limitNames.find((one) => kebab(one) === key);
      const value = name === undefined ? null : readLimit(name, rest.join('='));
      if (name === undefined || value === null)
        throw new ExpectedError('usage', '--limit', { reason: `--limit ${asked}` });
      return [name, value];
    }),
  );
}

function kebab(name: LimitName): string {
  return name.replace(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`);
}

/** @throws ExpectedError `usage` */
export function localeOf(words: ParsedWords, command: string): Locale {
  const locale = words.value('locale') ?? 'en';
  if (locale !== 'en' && locale !== 'ja')
    throw new ExpectedError('usage', command, { reason: `--locale ${locale}` });
  return locale;
}

/** Reads a bundle as the options say, with progress on a terminal. */
export async function openForCommand(
  path: string,
  words: ParsedWords,
  io: CommandIo,
  packs: Packs = noPacks,
  limits: Partial<Limits> = limitsOf(words.values('limit')),
): Promise<{ readonly reading: ReadBundle; readonly concluded: Concluded }> {
  const password = await readPassword(words);
  const showing = io.interactive && !words.has('quiet');
  const locale = words.value('locale') === 'ja' ? 'ja' : 'en';
  let lastShown = -1;
  const opened = await readWithProgress();
  tellState(opened.concluded, locale, io);
  return opened;

  async function readWithProgress(): ReturnType<typeof analyse> {
    try {
      return await analyse(path, {
        limits,
        password,
        zone: words.value('timezone'),
        packs,
        spoolFolder: io.spoolFolder,
        spoolName: 'text',
        signal: io.signal,
        onProgress: ({ bytes, total, members }) => {
          const percent = total === 0 ? 100 : Math.floor((bytes / total) * 100);
          if (!showing || percent === lastShown) return;
          lastShown = percent;
          io.tell(`\r${text(locale, 'progress', { percent, members })}`);
        },
      });
    } finally {
      // Progress leaves no trace on the line that follows.
      if (lastShown !== -1) io.tell('\r\u001b[K');
    }
  }
}

/** What is not as the name promises, in one sentence each: the answer itself stays what it is. */
function tellState({ analysis }: Concluded, locale: Locale, io: CommandIo): void {
  const { bundle, evidence } = analysis;
  const [only] = evidence.members;
  const values = { bundle: bundle.name, members: evidence.members.length };
  if (bundle.damaged) io.tell(`${text(locale, 'bundle-damaged', values)}\n`);
  if (bundle.changed === true) io.tell(`${text(locale, 'bundle-changed-while-read', values)}\n`);
  if (
    evidence.members.length === 1 &&
    only?.path === bundle.name &&
    /\.(?:zip|tar|tgz|t?xz|gz)$/iu.test(bundle.name)
  ) {
    io.tell(`${text(locale, 'bundle-no-archive', values)}\n`);
  }
}

/** The first line of the file that `--password-file` names, UTF-8; null without one. */
export async function readPassword(words: ParsedWords): Promise<string | null> {
  const path = words.value('password-file');
  if (path === null) return null;
  try {
    const content = await readFile(path, 'utf8');
    return content.replace(/^\uFEFF/u, '').split(/\r?\n/u, 1)[0] ?? '';
  } catch (cause) {
    throw new ExpectedError('usage', words.command, { reason: `--password-file ${path}` }, cause);
  }
}
