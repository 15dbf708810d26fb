/** Every note, verdict and tag of the case, with filters and a search. */
import { useState } from 'react';
import type { AnalystVerdict, Annotation, AnnotationTarget } from '../../parsers/domain/annotation.ts';
import { useLanguage } from '../i18n/language.tsx';
import { filterNotes, noteRest, noteTitle } from '../state/annotations.ts';
import type { NoteFilter } from '../state/annotations.ts';
import { useAnnotations } from '../state/case-content.ts';
import { useWindow } from '../state/window-store.ts';
import { useGoToTarget } from './go-to-target.ts';
import { Empty } from './pane.tsx';
import { stampText, targetText } from './target-text.ts';

const verdicts: readonly AnalystVerdict[] = ['open', 'confirmed', 'refuted'];
const kinds: readonly AnnotationTarget['on'][] = [
  'finding',
  'record',
  'cell',
  'line',
  'lines',
  'member',
  'moment',
];
const everything: NoteFilter = { text: '', verdict: null, tag: null, on: null, author: null };

export function NotesList() {
  const { t } = useLanguage();
  const annotations = useAnnotations();
  const open = useWindow((state) => state.open);
  const isOpen = useWindow((state) => state.case !== null);
  const [filter, setFilter] = useState(everything);
  const shown = filterNotes(annotations, filter);
  const tags = distinct(annotations.flatMap((one) => one.tags));
  const authors = distinct(annotations.map(({ author }) => author));
  const targets = kinds.filter((kind) => annotations.some(({ target }) => target.on === kind));
  return (
    <>
      <div className="list-bar" role="search" aria-label={t('notes.filter')}>
        <input
          type="search"
          aria-label={t('notes.search')}
          placeholder={t('notes.search')}
          value={filter.text}
          onChange={({ currentTarget }) => setFilter({ ...filter, text: currentTarget.value })}
        />
        <Choice
          label={t('notes.by-verdict')}
          value={filter.verdict}
          values={verdicts}
          text={(verdict) => t(`verdict.${verdict}`)}
          onChange={(verdict) => setFilter({ ...filter, verdict })}
        />
        <Choice
          label={t('notes.by-kind')}
          value={filter.on}
          values={targets}
          text={(kind) => t(`notes.on-${kind}`)}
          onChange={(on) => setFilter({ ...filter, on })}
        />
        <Choice
          label={t('notes.by-tag')}
          value={filter.tag}
          values={tags}
          text={(tag) => tag}
          onChange={(tag) => setFilter({ ...filter, tag })}
        />
        {authors.length > 1 ? (
          <Choice
            label={t('notes.by-author')}
            value={filter.author}
            values={authors}
            text={(author) => author}
            onChange={(author) => setFilter({ ...filter, author })}
          />
        ) : null}
        <span className="list-count" role="status">
          {t('notes.count', { shown: shown.length, count: annotations.length })}
        </span>
        <button type="button" className="button" disabled={!isOpen} onClick={() => open('add-event')}>
          {t('command.add-event')}
        </button>
      </div>
      {shown.length === 0 ? (
        <Empty>{t(annotations.length === 0 ? 'notes.none' : 'notes.none-match')}</Empty>
      ) : (
        <ul className="case-list" aria-label={t('case-tab.notes')}>
          {shown.map((annotation) => (
            <NoteRow key={annotation.id} annotation={annotation} isLocked={!isOpen} />
          ))}
        </ul>
      )}
    </>
  );
}

function Choice<T extends string>({
  label,
  value,
  values,
  text,
  onChange,
}: {
  readonly label: string;
  readonly value: T | null;
  readonly values: readonly T[];
  readonly text: (value: T) => string;
  readonly onChange: (value: T | null) => void;
}) {
  return (
    <select
      aria-label={label}
      value={value ?? ''}
      disabled={values.length === 0}
      onChange={({ currentTarget }) => {
        onChange(values.find((one) => one === currentTarget.value) ?? null);
      }}
    >
      <option value="">{label}</option>
      {values.map((one) => (
        <option key={one} value={one}>
          {text(one)}
        </option>
      ))}
    </select>
  );
}

/** One note: what it says, of what, by whom; a click leads there. */
export function NoteRow({
  annotation,
  isLocked,
  isPlain = false,
}: {
  readonly annotation: Annotation;
  readonly isLocked: boolean;
  /** Its place may not be in this bundle: nothing to go to. */
  readonly isPlain?: boolean;
}) {
  const { t } = useLanguage();
  const goTo = useGoToTarget();
  const remove = useWindow((state) => state.removeAnnotation);
  const sayDone = useWindow((state) => state.sayDone);
  const { target, verdict, tags, author, changedAt, quote } = annotation;
  const title = noteTitle(annotation) || t('notes.no-words');
  const rest = noteRest(annotation);
  return (
    <li className="case-row">
      <span className={`verdict-sign ${verdict}`} title={t(`verdict.${verdict}`)}>
        <span aria-hidden="true">{verdict === 'confirmed' ? '✓' : verdict === 'refuted' ? '✗' : '·'}</span>
        <span className="visually-hidden">{t(`verdict.${verdict}`)}</span>
      </span>
      <div className="case-row-main">
        {isPlain ? (
          <strong>{title}</strong>
        ) : (
          <button type="button" className="case-row-open" onClick={() => goTo(target)}>
            {title}
          </button>
        )}
        {rest === '' ? null : <p className="case-row-text">{rest}</p>}
        {quote === '' ? null : <blockquote>{quote}</blockquote>}
        <p className="case-row-about">
          <span>{t(`notes.on-${target.on}`)}</span>
          <span className="path">{targetText(t, target)}</span>
          {tags.map((tag) => (
            <span key={tag} className="tag">
              {tag}
            </span>
          ))}
          <span>{[author, stampText(changedAt)].filter((part) => part !== '').join(' · ')}</span>
        </p>
      </div>
      {isLocked ? null : (
        <button
          type="button"
          className="quiet"
          aria-label={t('notes.remove-named', { note: title })}
          onClick={() => {
            remove(annotation.id);
            sayDone(t('notes.removed'));
          }}
        >
          {t('action.remove')}
        </button>
      )}
    </li>
  );
}

function distinct(values: readonly string[]): readonly string[] {
  return [...new Set(values)].filter((value) => value !== '').sort();
}
