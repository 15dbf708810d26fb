/** Looks for text in one column of a grid, row by row as the cells are shown. */
import { useEffect, useRef, useState } from 'react';
import { isCancelled } from '../evidence/evidence-client.ts';
import { useLanguage } from '../i18n/language.tsx';

export interface FindInColumnProps {
  /** As its heading has it. */
  readonly column: string;
  /** Looks for the text and goes there. @returns whether there is any */
  readonly find: (typed: string, step: 1 | -1, signal: AbortSignal) => Promise<boolean>;
  /** What is looked for, as it is typed. */
  readonly onType: (typed: string) => void;
  readonly onClose: () => void;
}

export function FindInColumn({ column, find, onType, onClose }: FindInColumnProps) {
  const { t } = useLanguage();
  const [typed, setTyped] = useState('');
  const [answer, setAnswer] = useState<'nothing' | 'looking' | 'found' | 'none'>('nothing');
  const field = useRef<HTMLInputElement>(null);
  const running = useRef<AbortController | null>(null);
  useEffect(() => {
    field.current?.focus();
    return () => running.current?.abort();
  }, []);
  const go = (step: 1 | -1): void => {
    running.current?.abort();
    if (typed === '') return;
    const control = new AbortController();
    running.current = control;
    setAnswer('looking');
    find(typed, step, control.signal).then(
      (isFound) => {
        if (!control.signal.aborted) setAnswer(isFound ? 'found' : 'none');
      },
      (error: unknown) => {
        if (control.signal.aborted || isCancelled(error)) return;
        console.error(error);
        setAnswer('none');
      },
    );
  };
  const label = t('find.in-column', { column });
  return (
    <div
      className="find-in-column"
      role="search"
      aria-label={label}
      onKeyDown={(event) => {
        if (event.key === 'Escape') {
          event.preventDefault();
          event.stopPropagation();
          onClose();
        } else if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
          event.preventDefault();
          event.stopPropagation();
          go(event.shiftKey ? -1 : 1);
        }
      }}
    >
      <input
        ref={field}
        type="text"
        value={typed}
        placeholder={label}
        aria-label={label}
        spellCheck={false}
        onChange={({ currentTarget }) => {
          setTyped(currentTarget.value);
          onType(currentTarget.value);
          setAnswer('nothing');
        }}
      />
      <span role="status">
        {answer === 'looking' ? t('find.looking') : answer === 'none' ? t('find.none') : ''}
      </span>
      <button type="button" aria-label={t('find.previous')} title={t('find.previous')} onClick={() => go(-1)}>
        ‹
      </button>
      <button type="button" aria-label={t('find.next')} title={t('find.next')} onClick={() => go(1)}>
        ›
      </button>
      <button type="button" aria-label={t('action.close')} title={t('action.close')} onClick={onClose}>
        ×
      </button>
    </div>
  );
}
