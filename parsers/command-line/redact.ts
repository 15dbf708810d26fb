import { basename } from 'node:path';
import { ExpectedError } from '../domain/errors.ts';
import { defaultLimits } from '../domain/limits.ts';
import { redactBundle } from '../redaction/redact-bundle.ts';
import type { RedactionManifest } from '../redaction/redact-bundle.ts';
import { visibleText } from '../report/visible-text.ts';
import { toolVersion } from '../version.ts';
import { parseWords } from './arguments.ts';
import type { CommandIo } from './io.ts';
import { bundleOptions, localeOf, openForCommand, readPassword } from './open.ts';
import { readCase } from './read-case.ts';
import { previewForCommand, redactionOptions, surveyForCommand } from './redaction-words.ts';
import { text } from './sentences.ts';
import type { Locale } from './sentences.ts';
import { refuseInPlace, writeWhole } from './write-whole.ts';

const options = {
  ...bundleOptions,
  ...redactionOptions,
  out: 'value',
  preview: 'switch',
  'keep-unsearched': 'switch',
} as const;

/** `redact <bundle> --out FILE`: a redacted copy with a manifest; `--preview` tells what would change. */
export async function redact(words: readonly string[], io: CommandIo): Promise<number> {
  const parsed = parseWords('redact', words, options, 1);
  const locale = localeOf(parsed, 'redact');
  const [bundle = ''] = parsed.positionals;
  const out = parsed.value('out');
  const isPreview = parsed.has('preview');
  if (out === null && !isPreview) throw new ExpectedError('usage', 'redact', { reason: '--out FILE' });
  if (out !== null) await refuseInPlace(bundle, out);
  const { reading, concluded } = await openForCommand(bundle, parsed, io);
  try {
    const casePath = parsed.value('case');
    const content = casePath === null ? null : await readCase(casePath, concluded.analysis.bundle);
    const surveyed = await surveyForCommand(parsed, concluded, content, io);
    if (isPreview) {
      const { replaced, suspected } = await previewForCommand(surveyed, io);
      for (const { token, kind, count, value } of [...replaced, ...suspected]) {
        io.write(`${token ?? '-'}\t${kind}\t${count}\t${visibleText(value)}\n`);
      }
      return 0;
    }
    const target = out ?? '';
    const manifests: RedactionManifest[] = [];
    const password = await readPassword(parsed);
    await writeWhole(target, async (output) => {
      const manifest = await redactBundle(
        bundle,
        (bytes) => {
          output.write(bytes);
          return Promise.resolve();
        },
        {
          redactor: surveyed.survey.redactor,
          limits: defaultLimits,
          password,
          spoolFolder: io.spoolFolder,
          version: toolVersion,
          keepUnsearched: parsed.has('keep-unsearched'),
          sha256: concluded.analysis.bundle.sha256,
          signal: io.signal,
        },
      );
      manifests.push(manifest);
    });
    for (const manifest of manifests) tellManifest(manifest, basename(target), locale, io);
    return 0;
  } finally {
    reading.store.close();
  }
}

function tellManifest(
  { counts, members }: RedactionManifest,
  name: string,
  locale: Locale,
  io: CommandIo,
): void {
  io.write(`${text(locale, 'redacted', { out: name, ...counts })}\n`);
  for (const { path, fate, reason } of members) {
    if (fate === 'left-out' || fate === 'included-unsearched') {
      io.write(`${fate}\t${reason ?? '-'}\t${visibleText(path)}\n`);
    }
  }
}
