/** Verdict, note and tags of one finding, record or line. */
import { useEffect, useRef, useState } from 'react';
import Markdown from 'react-markdown';
import type { AnalystVerdict, AnnotationTarget } from '../../parsers/domain/annotation.ts';
import { Segments } from '../app/segments.tsx';
import { useLanguage } from '../i18n/language.tsx';
import { annotationOf, noteTitle } from '../state/annotations.ts';
import { useAnnotations } from '../state/case-content.ts';
import { useFocus } from '../state/focus.tsx';
import { useWindow, useWindowStore } from '../state/window-store.ts';
import { useGoToTarget } from './go-to-target.ts';
import { NoteLinks } from './note-links.tsx';
import { targetText } from './target-text.ts';

const verdicts: readonly AnalystVerdict[] = ['open', 'confirmed', 'refuted'];

export function AnnotationEditor({
  target,
  quote,
}: {
  readonly target: AnnotationTarget;
  readonly quote: string;
}) {
  const { t } = useLanguage();
  const annotations = useAnnotations();
  const isOpen = useWindow((state) => state.case !== null);
  const annotate = useWindow((state) => state.annotate);
  const store = useWindowStore();
  const { stamp } = useFocus();
  const isWanted = useWindow((state) => state.noteWanted === stamp);
  const [isPreview, setPreview] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  if (isWanted && isPreview) setPreview(false);
  useEffect(() => {
    if (!isWanted || !isOpen) return;
    field.current?.focus();
    store.setState({ noteWanted: null });
  }, [isWanted, isOpen, store]);
  const annotation = annotationOf(annotations, target);
  const note = annotation?.note ?? '';
  const tags = annotation?.tags ?? [];
  return (
    <>
      <div className="inspector-section">
        <h3>{t('verdict.title')}</h3>
        <Segments
          label={t('verdict.title')}
          value={annotation?.verdict ?? 'open'}
          choices={verdicts.map((verdict) => ({ value: verdict, label: t(`verdict.${verdict}`) }))}
          isDisabled={!isOpen}
          onChange={(verdict) => annotate(target, { verdict }, quote)}
        />
      </div>
      <div className="inspector-section">
        <div className="note-head">
          <h3>{t('note.title')}</h3>
          {note === '' ? null : (
            <button
              type="button"
              className="quiet"
              aria-pressed={isPreview}
              onClick={() => setPreview(!isPreview)}
            >
              {t(isPreview ? 'note.write' : 'note.preview')}
            </button>
          )}
        </div>
        {isPreview && note !== '' ? (
          <div className="note-preview">
            <Markdown components={markdownParts}>{note}</Markdown>
          </div>
        ) : (
          <textarea
            ref={field}
            className="note"
            aria-label={t('note.title')}
            placeholder={t(isOpen ? 'note.placeholder' : 'note.not-yet')}
            disabled={!isOpen}
            value={note}
            spellCheck={false}
            onChange={({ currentTarget }) => annotate(target, { note: currentTarget.value }, quote)}
          />
        )}
        <Tags
          tags={tags}
          isDisabled={!isOpen}
          onChange={(changed) => annotate(target, { tags: changed }, quote)}
        />
        <NoteLinks
          links={annotation?.links ?? []}
          own={[annotation?.id ?? null, target.on === 'finding' ? target.finding : null]}
          isDisabled={!isOpen}
          onChange={(links) => annotate(target, { links }, quote)}
        />
        <LinkedFrom own={[annotation?.id ?? null, target.on === 'finding' ? target.finding : null]} />
      </div>
    </>
  );
}

/** Notes that speak of this one, or of the finding that it is written to. */
function LinkedFrom({ own }: { readonly own: readonly (string | null)[] }) {
  const { t } = useLanguage();
  const annotations = useAnnotations();
  const goTo = useGoToTarget();
  const from = annotations.filter(({ links }) => links.some((link) => own.includes(link)));
  if (from.length === 0) return null;
  return (
    <p className="linked-from">
      {t('links.from')}{' '}
      {from.map((note) => (
        <button key={note.id} type="button" className="link" onClick={() => goTo(note.target)}>
          {noteTitle(note) || targetText(t, note.target)}
        </button>
      ))}
    </p>
  );
}

/** A note can come from somebody else's case: its links are text, its images are their words. */
const markdownParts = {
  a: ({ children, href }: { children?: React.ReactNode; href?: string | undefined }) => (
    <span className="link-text">
      {children}
      {href === undefined ? null : ` (${href})`}
    </span>
  ),
  img: ({ alt }: { alt?: string | undefined }) => <span>{alt}</span>,
};

function Tags({
  tags,
  isDisabled,
  onChange,
}: {
  readonly tags: readonly string[];
  readonly isDisabled: boolean;
  readonly onChange: (tags: readonly string[]) => void;
}) {
  const { t } = useLanguage();
  const [draft, setDraft] = useState('');
  const add = (): void => {
    const tag = draft.trim();
    setDraft('');
    if (tag !== '' && !tags.includes(tag)) onChange([...tags, tag]);
  };
  return (
    <div className="tags" role="group" aria-label={t('tags.title')}>
      {tags.map((tag) => (
        <span key={tag} className="tag">
          {tag}
          <button
            type="button"
            aria-label={t('tags.remove', { tag })}
            onClick={() => onChange(tags.filter((one) => one !== tag))}
          >
            ×
          </button>
        </span>
      ))}
      <input
        className="tag-input"
        value={draft}
        disabled={isDisabled}
        placeholder={t('tags.add')}
        aria-label={t('tags.add-label')}
        onChange={({ currentTarget }) => setDraft(currentTarget.value)}
        onBlur={add}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && !event.nativeEvent.isComposing) add();
        }}
      />
    </div>
  );
}
