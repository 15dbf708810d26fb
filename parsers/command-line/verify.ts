import type { Annotation } from '../domain/annotation.ts';
import type { Concluded } from '../analyse.ts';
import { visibleText } from '../report/visible-text.ts';
import { parseWords } from './arguments.ts';
import { checkChain } from './custody-chain.ts';
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
    const chain = checkChain(file.log);
    switch (chain.state) {
      case 'whole':
        tell('verify-log-whole', { case: file.name, entries: chain.entries });
        break;
      case 'broken':
        tell('verify-log-broken', { case: file.name, entry: chain.entry, entries: chain.entries });
        break;
      case 'none':
        tell('verify-log-none', { case: file.name });
        break;
    }
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
    return chain.state === 'whole' && isSame ? 0 : 1;
  } finally {
    reading.store.close();
  }
}

/** Whether what a note is about is in the bundle, with the text that it was written about. */
function hasPlace({ target, quote }: Annotation, { analysis, lines }: Concluded): boolean {
  if (target.on === 'finding') return analysis.findings.some((finding) => finding.id === target.finding);
  const member = analysis.evidence.member(target.member);
  if (member === undefined) return false;
  if (target.on === 'record') {
    return analysis.evidence.records.some(
      ({ citation }) =>
        citation.member === target.member &&
        citation.line === target.line &&
        citation.row === target.row &&
        citation.pointer === target.pointer,
    );
  }
  const id = lines.idOf(member.index, target.line - 1);
  if (id === null) return false;
  const line = lines.textOf(id).text;
  return quote === '' || line === quote || line.startsWith(quote.replace(/…$/u, ''));
}
