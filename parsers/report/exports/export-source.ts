import { placeOfTarget } from '../../domain/annotation.ts';
import type { Annotation, AnnotationTarget } from '../../domain/annotation.ts';
import { throwIfCancelled } from '../../domain/errors.ts';
import { isMoment, formatLocal, formatOffset } from '../../domain/moment.ts';
import type { At, Moment } from '../../domain/moment.ts';
import type { BundleLines } from '../../evidence/lines.ts';
import { nextTurn } from '../../evidence/steps.ts';
import type { Analysis } from '../analysis.ts';
import type { ReportWords } from '../report-words.ts';

/** What takes out of texts what must not leave; see parsers/redaction. */
export interface TextRedaction {
  /** What is taken out: `host`, `user` ... */
  readonly kinds: readonly string[];
  text(text: string): string;
  /** For lines that follow each other: as many come back. */
  lines(lines: readonly string[]): readonly string[];
  value<T>(value: T, keep?: ReadonlySet<string>): T;
}

/** What an export is made of. */
export interface ExportSource {
  /** What goes out: the whole analysis, or `narrowed` to what is shown. */
  readonly analysis: Analysis;
  /** The analysis of all of the bundle. */
  readonly whole: Analysis;
  readonly lines: BundleLines;
  /** The lines that go out, in merged order. */
  readonly view: { readonly count: number; idAt(position: number): number };
  readonly words: ReportWords;
  /** The filters in words; empty when everything goes out. */
  readonly filter: readonly string[];
  readonly redaction: TextRedaction | null;
  readonly annotations: readonly Annotation[];
}

export interface ExportOptions {
  readonly signal?: AbortSignal | undefined;
  /** From 0 to 1. */
  readonly onProgress?: ((done: number) => void) | undefined;
}

/** A piece of one of the files that an export writes; the pieces of a file come one after the other. */
export interface ExportPiece {
  /** Name of the file in the export's folder; '' where the export is one file. */
  readonly file: string;
  readonly text: string;
}

/** Texts as they leave: redacted where that was asked for. */
export function textOf(source: Pick<ExportSource, 'redaction'>, text: string): string {
  return source.redaction === null ? text : source.redaction.text(text);
}

/** What a note is about: a finding's id, a place, a time. */
export function targetText(target: AnnotationTarget): string {
  switch (target.on) {
    case 'finding':
      return target.finding;
    case 'moment':
      return `${target.local}${target.offset ?? ''}`;
    case 'record':
    case 'cell':
    case 'line':
    case 'lines':
    case 'member':
      return placeOfTarget(target) ?? '';
  }
}

/** A line that goes out. */
export interface ExportedLine {
  readonly id: number;
  readonly member: string;
  /** 1-based. */
  readonly line: number;
  readonly at: Moment | null;
  readonly level: string;
  readonly device: string | null;
  /** Whether it continues the record above it. */
  readonly continues: boolean;
  readonly text: string;
}

const batchLines = 2_000;

/** The lines that go out, in batches; between two of them others are served and a cancellation is noticed. */
export async function* exportedLines(
  source: ExportSource,
  options: ExportOptions,
): AsyncGenerator<readonly ExportedLine[], void, undefined> {
  const { lines, view, redaction } = source;
  const { members } = source.whole.evidence;
  for (let from = 0; from < view.count; from += batchLines) {
    const ids = Array.from({ length: Math.min(batchLines, view.count - from) }, (_, at) =>
      view.idAt(from + at),
    );
    const texts = ids.map((id) => lines.textOf(id, Number.MAX_SAFE_INTEGER).text);
    const shown = redaction === null ? texts : redaction.lines(texts);
    const moments = ids.map((id) => lines.momentOf(id));
    const raws = moments.map((at) => at?.raw ?? '');
    const shownRaws = redaction === null ? raws : redaction.lines(raws);
    yield ids.map((id, at) => {
      const place = lines.placeOf(id);
      const device = members[place.position]?.device?.name ?? null;
      const continues = lines.continues(id);
      return {
        id,
        member: textOf(source, lines.pathOf(id)),
        line: place.line + 1,
        at: momentWith(moments[at] ?? null, shownRaws[at] ?? ''),
        level: continues ? 'none' : lines.levelOf(id),
        device: device === null ? null : textOf(source, device),
        continues,
        text: shown[at] ?? '',
      };
    });
    options.onProgress?.((from + ids.length) / view.count);
    throwIfCancelled(options.signal);
    await nextTurn();
    throwIfCancelled(options.signal);
  }
}

function momentWith(at: Moment | null, raw: string): Moment | null {
  return at === null || at.raw === raw ? at : { ...at, raw };
}

/** `2024-05-10T09:12:00+09:00`, without an offset where none is known; `never`; '' where there is no time. */
export function timeText(at: At): string {
  if (at === null) return '';
  if (!isMoment(at)) return at;
  return `${formatLocal(at.local, at.precision)}${at.offset === null ? '' : formatOffset(at.offset)}`;
}
