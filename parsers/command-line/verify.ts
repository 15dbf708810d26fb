import type { Annotation } from '../domain/annotation.ts';
import type { Concluded } from '../analyse.ts';
import { visibleText } from '../report/visible-text.ts';
import { parseWords } from './arguments.ts';
import type { CommandIo } from './io.ts';
import { bundleOptions, localeOf, openForCommand } from './open.ts';
import { readCaseFile } from './read-case.ts';
import { text } from './sentences.ts';

/**
 * `verify <case> <bundle>`: whether the case's log is what was written, whether the bundle is the one that the
 * case was made of, and how much of what the analyst wrote still has its place in it.
 */
export async function verify(words: readonly string[], io: CommandIo): Promise<number> {
  const parsed = parseWords('verify', words, bundleOptions, 2);
  const locale = localeOf(parsed, 'verify');
  const [casePath = '', bundle = ''] = parsed.positionals;
  const file = await readCaseFile(casePath);
  const { reading, concluded } = await openForCommand(bundle, parsed, io);
  try {
    const { analysis } = concluded;
    const tell = (key: Parameters<typeof text>[1], values: Parameters<typeof text>[2]): void => {
      io.write(`${text(locale, key, values)}\n`);
    };
    const { count, broken } = file.log;
    const isWhole = count > 0 && broken === null;
    if (count === 0) tell('verify-log-none', { case: file.name });
    else if (broken === null) tell('verify-log-whole', { case: file.name, entries: count });
    else tell('verify-log-broken', { case: file.name, entry: broken + 1, entries: count });
    const isSame = file.bundle.sha256 === analysis.bundle.sha256;
    tell(isSame ? 'verify-bundle-same' : 'verify-bundle-other', {
      bundle: visibleText(analysis.bundle.name),
      sha256: analysis.bundle.sha256,
      expected: file.bundle.sha256,
    });
    const { annotations, transcriptions } = file.content;
    const placed = annotations.filter((annotation) => hasPlace(annotation, concluded)).length;
    tell('verify-notes', { count: annotations.length, placed });
    const pictures = transcriptions.filter(
      ({ member }) => analysis.evidence.member(member)?.state === 'image',
    );
    if (transcriptions.length > 0) {
      tell('verify-transcriptions', { count: transcriptions.length, placed: pictures.length });
    }
    tell('verify-unchecked', {});
    return isWhole && isSame ? 0 : 1;
  } finally {
    reading.store.close();
  }
}

/** Whether what a note is about is in the bundle, with the text that it was written about. */
function hasPlace({ target, quote }: Annotation, { analysis, lines }: Concluded): boolean {
  const { evidence } = analysis;
  const hasText = (member: string, from: number, to: number): boolean => {
    const position = evidence.member(member)?.index;
    const ids = [from, to].map((line) => (position === undefined ? null : lines.idOf(position, line - 1)));
    const [first = null] = ids;
    if (first === null || ids.includes(null)) return false;
    const line = lines.textOf(first).text;
    const quoted = (quote.split('\n')[0] ?? '').replace(/…$/u, '');
    return quote === '' || line === quote || line.startsWith(quoted);
  };
  switch (target.on) {
    case 'finding':
      return analysis.findings.some((finding) => finding.id === target.finding);
    case 'record':
    case 'cell':
      return [...evidence.records, ...evidence.runs].some(
        ({ citation }) =>
          citation.member === target.member &&
          citation.line === target.line &&
          citation.row === target.row &&
          citation.pointer === target.pointer,
      );
    case 'line':
      return hasText(target.member, target.line, target.line);
    case 'lines':
      return hasText(target.member, target.from, target.to);
    case 'member':
      return evidence.member(target.member) !== undefined;
    // An event of the analyst's own stands for itself.
    case 'moment':
      return true;
  }
}
