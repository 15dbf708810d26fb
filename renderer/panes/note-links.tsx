/** What a note speaks of: other notes, and findings. */
import { useId } from 'react';
import type { Annotation } from '../../parsers/domain/annotation.ts';
import { useAnswer } from '../evidence/evidence-context.tsx';
import { useLanguage } from '../i18n/language.tsx';
import { noFilter } from '../state/filters.ts';
import { noteTitle } from '../state/annotations.ts';
import { useAnnotations } from '../state/case-content.ts';
import { useWindow } from '../state/window-store.ts';
import { useGoToTarget } from './go-to-target.ts';
import { targetText } from './target-text.ts';

/** Findings that are offered to be linked; the gravest come first. */
const offeredFindings = 200;

export function NoteLinks({
  links,
  own,
  isDisabled,
  onChange,
}: {
  readonly links: readonly string[];
  /** The annotation itself, or the finding that it is written to. */
  readonly own: readonly (string | null)[];
  readonly isDisabled: boolean;
  readonly onChange: (links: readonly string[]) => void;
}) {
  const { t, locale } = useLanguage();
  const annotations = useAnnotations();
  const revision = useWindow((state) => state.revision);
  const id = useId();
  const asked = isDisabled ? null : { locale, filter: noFilter, from: 0, to: offeredFindings };
  const { last } = useAnswer('findings', asked, revision);
  const isFree = (one: string): boolean => !links.includes(one) && !own.includes(one);
  const notes = annotations.filter((one) => isFree(one.id));
  const findings = (last?.rows ?? []).filter((one) => isFree(one.id));
  return (
    <div className="note-links" role="group" aria-label={t('links.title')}>
      {links.map((link) => (
        <Link
          key={link}
          link={link}
          annotation={annotations.find((one) => one.id === link) ?? null}
          isDisabled={isDisabled}
          onRemove={() => onChange(links.filter((one) => one !== link))}
        />
      ))}
      <label className="visually-hidden" htmlFor={id}>
        {t('links.add-label')}
      </label>
      <select
        id={id}
        value=""
        disabled={isDisabled || (notes.length === 0 && findings.length === 0)}
        onChange={({ currentTarget }) => {
          if (currentTarget.value !== '') onChange([...links, currentTarget.value]);
        }}
      >
        <option value="">{t('links.add')}</option>
        {notes.length === 0 ? null : (
          <optgroup label={t('links.notes')}>
            {notes.map((note) => (
              <option key={note.id} value={note.id}>
                {noteTitle(note) || targetText(t, note.target)}
              </option>
            ))}
          </optgroup>
        )}
        {findings.length === 0 ? null : (
          <optgroup label={t('links.findings')}>
            {findings.map((finding) => (
              <option key={finding.id} value={finding.id}>
                {[finding.title, finding.device].filter((part) => part !== null).join(' · ')}
              </option>
            ))}
          </optgroup>
        )}
      </select>
    </div>
  );
}

function Link({
  link,
  annotation,
  isDisabled,
  onRemove,
}: {
  readonly link: string;
  readonly annotation: Annotation | null;
  readonly isDisabled: boolean;
  readonly onRemove: () => void;
}) {
  const { t, locale } = useLanguage();
  const goTo = useGoToTarget();
  const revision = useWindow((state) => state.revision);
  const isFinding = annotation === null && link.startsWith('f-');
  const { last } = useAnswer('finding', isFinding ? { locale, id: link } : null, revision);
  const text =
    annotation !== null
      ? noteTitle(annotation) || targetText(t, annotation.target)
      : isFinding && last?.id === link
        ? last.title
        : t('links.gone', { id: link });
  return (
    <span className="tag link-chip">
      <button
        type="button"
        className="link"
        onClick={() => goTo(annotation?.target ?? { on: 'finding', finding: link })}
      >
        {text}
      </button>
      <button
        type="button"
        disabled={isDisabled}
        aria-label={t('links.remove', { link: text })}
        onClick={onRemove}
      >
        ×
      </button>
    </span>
  );
}
