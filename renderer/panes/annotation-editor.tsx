/** Verdict, note and tags of one finding, record or line. */
import { useEffect, useRef, useState } from 'react';
import Markdown from 'react-markdown';
import type { AnalystVerdict, Annotation, AnnotationTarget } from '../../parsers/domain/annotation.ts';
import { Segments } from '../app/segments.tsx';
import { useLanguage } from '../i18n/language.tsx';
import { annotationOf } from '../state/annotations.ts';
import { useFocus } from '../state/focus.tsx';
import { useWindow, useWindowStore } from '../state/window-store.ts';

const verdicts: readonly AnalystVerdict[] = ['open', 'confirmed', 'refuted'];
const none: readonly Annotation[] = [];

export function AnnotationEditor({
  target,
  quote,
}: {
  readonly target: AnnotationTarget;
  readonly quote: string;
}) {
  const { t } = useLanguage();
  const annotations = useWindow<readonly Annotation[]>((state) => state.case?.content.annotations ?? none);
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
      </div>
    </>
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
