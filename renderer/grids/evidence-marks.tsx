/** The signs of notes and bookmarks in the grids. */
import { targetKey } from '../../parsers/domain/annotation.ts';
import type { Annotation } from '../../parsers/domain/annotation.ts';
import type { CitationView } from '../../preload/contract/shapes.ts';
import { useLanguage } from '../i18n/language.tsx';
import { noteTitle } from '../state/annotations.ts';
import { bookmarkKey } from '../state/bookmarks.ts';
import { bookmarkKeys, noteIndex, notesOfLine, useAnnotations, useBookmarks } from '../state/case-content.ts';

export function LineMarks({ member, line }: { readonly member: string; readonly line: number }) {
  const annotations = useAnnotations();
  const bookmarks = useBookmarks();
  if (annotations.length === 0 && bookmarks.length === 0) return null;
  const key = bookmarkKey({ member, line, row: null, pointer: null });
  return (
    <Signs
      notes={notesOfLine(noteIndex(annotations), member, line)}
      isBookmarked={bookmarkKeys(bookmarks).has(key)}
    />
  );
}

/** Of a record and of its cells. */
export function RecordMarks({ citation }: { readonly citation: CitationView }) {
  const annotations = useAnnotations();
  const bookmarks = useBookmarks();
  if (annotations.length === 0 && bookmarks.length === 0) return null;
  const { member, line, row, pointer } = citation;
  const key = targetKey({ on: 'record', member, line, row, pointer });
  return (
    <Signs
      notes={noteIndex(annotations).ofRecord.get(key) ?? []}
      isBookmarked={bookmarkKeys(bookmarks).has(bookmarkKey(citation))}
    />
  );
}

function Signs({
  notes,
  isBookmarked,
}: {
  readonly notes: readonly Annotation[];
  readonly isBookmarked: boolean;
}) {
  const { t } = useLanguage();
  if (notes.length === 0 && !isBookmarked) return null;
  const about = notes.map((note) => noteTitle(note) || t(`verdict.${note.verdict}`)).join('\n');
  return (
    <span className="evidence-marks">
      {notes.length === 0 ? null : (
        <span title={about}>
          <span aria-hidden="true">✎{notes.length > 1 ? notes.length : ''}</span>
          <span className="visually-hidden"> {t('marks.notes', { count: notes.length })}</span>
        </span>
      )}
      {isBookmarked ? (
        <span title={t('marks.bookmark')}>
          <span aria-hidden="true">⚑</span>
          <span className="visually-hidden"> {t('marks.bookmark')}</span>
        </span>
      ) : null}
    </span>
  );
}
