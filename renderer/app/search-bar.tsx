/** Search over every line and cell: counts while typing, one key turns it into a filter. */
import { useEffect, useRef, useState } from 'react';
import type { EvidenceResult } from '../../preload/contract/evidence.ts';
import { isCancelled } from '../evidence/evidence-client.ts';
import { asError, useEvidence } from '../evidence/evidence-context.tsx';
import { useLanguage } from '../i18n/language.tsx';
import { baseName } from '../panes/citation.tsx';
import { problemOf, problemText } from '../panes/problem-text.ts';
import { useStepMatch } from '../panes/step-match.ts';
import { withoutPart } from '../state/filters.ts';
import { useMatches, useMatchStore } from '../state/matches.tsx';
import { useWindow, useWindowStore } from '../state/window-store.ts';

const typingPause = 160;

type Found = EvidenceResult<'search'>;

type Counted =
  | { readonly is: 'nothing' }
  | { readonly is: 'counting' }
  | { readonly is: 'stopped' }
  | ({ readonly is: 'counted' } & Found)
  | { readonly is: 'failed'; readonly error: Error };

export function SearchBar() {
  const { t, number } = useLanguage();
  const client = useEvidence();
  const store = useWindowStore();
  const filter = useWindow((state) => state.filters.present);
  const setFilter = useWindow((state) => state.filter);
  const open = useWindow((state) => state.open);
  const matches = useMatchStore();
  const at = useMatches((state) => state.at);
  const revision = useWindow((state) => state.revision);
  const step = useStepMatch();
  // What was looked for last is there again, to be gone on with or typed over.
  const [last] = useState(() => filter.text ?? matches.getState().typed);
  const [expression, setExpression] = useState(last?.expression ?? '');
  const [isRegex, setRegex] = useState(last?.regex ?? false);
  const [isCaseSensitive, setCaseSensitive] = useState(last === null ? false : !last.ignoreCase);
  const running = useRef<AbortController | null>(null);
  const [answer, setCounted] = useState<Counted>({ is: 'nothing' });
  const counted: Counted = expression === '' ? { is: 'nothing' } : answer;
  const field = useRef<HTMLInputElement>(null);
  const rest = JSON.stringify(withoutPart(filter, 'text'));

  useEffect(() => field.current?.select(), []);
  useEffect(() => {
    if (expression === '') {
      store.setState({ highlight: null });
      matches.setState({ typed: null, query: null });
      return undefined;
    }
    const control = new AbortController();
    running.current = control;
    let name: string | null = null;
    const text = { expression, regex: isRegex, ignoreCase: !isCaseSensitive, ignoreWidth: true };
    matches.setState({ typed: text });
    const timer = setTimeout(() => {
      setCounted({ is: 'counting' });
      client.request('search', { filter: { ...(JSON.parse(rest) as object), text } }, control.signal).then(
        (found) => {
          name = found.matches;
          if (control.signal.aborted) return;
          setCounted({ is: 'counted', ...found });
          store.setState({ highlight: text });
          matches.setState({ query: text, found, at: null });
        },
        (error: unknown) => {
          if (isCancelled(error)) return;
          setCounted({ is: 'failed', error: asError(error) });
          store.setState({ highlight: null });
        },
      );
    }, typingPause);
    return () => {
      clearTimeout(timer);
      control.abort();
      matches.setState({ found: null, at: null });
      if (name === null) return;
      client.request('closeView', { view: name }).catch((error: unknown) => {
        if (!isCancelled(error)) console.error(error);
      });
    };
  }, [client, store, matches, expression, isRegex, isCaseSensitive, rest, revision]);
  useEffect(() => () => store.setState({ highlight: null }), [store]);

  const close = (): void => open('none');
  const apply = (): void => {
    if (expression === '') setFilter(withoutPart(filter, 'text'));
    else if (counted.is !== 'failed') {
      setFilter({
        ...filter,
        text: { expression, regex: isRegex, ignoreCase: !isCaseSensitive, ignoreWidth: true },
      });
    }
  };
  return (
    <form
      className="search-bar"
      role="search"
      aria-label={t('command.search')}
      onSubmit={(event) => {
        event.preventDefault();
        apply();
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.nativeEvent.isComposing) return;
        event.stopPropagation();
        close();
      }}
    >
      <input
        ref={field}
        type="text"
        className={counted.is === 'failed' ? 'invalid' : ''}
        value={expression}
        placeholder={t('search.placeholder')}
        aria-label={t('search.placeholder')}
        aria-invalid={counted.is === 'failed'}
        spellCheck={false}
        onChange={({ currentTarget }) => {
          // An answer to what stood here before says nothing of what stands here now.
          setCounted({ is: 'counting' });
          setExpression(currentTarget.value);
        }}
      />
      <button
        type="button"
        className="toggle"
        aria-pressed={isRegex}
        aria-label={t('search.regex')}
        title={t('search.regex')}
        onClick={() => setRegex(!isRegex)}
      >
        .*
      </button>
      <button
        type="button"
        className="toggle"
        aria-pressed={isCaseSensitive}
        aria-label={t('search.case')}
        title={t('search.case')}
        onClick={() => setCaseSensitive(!isCaseSensitive)}
      >
        Aa
      </button>
      <span className={`search-count ${counted.is === 'failed' ? 'bad' : ''}`} role="status">
        {counted.is === 'counting' ? t('search.counting') : ''}
        {counted.is === 'stopped' ? t('search.stopped') : ''}
        {counted.is === 'counted'
          ? t('search.counted', {
              lines: number(counted.lines),
              lineCount: counted.lines,
              records: number(counted.records),
              recordCount: counted.records,
            })
          : ''}
        {counted.is === 'counted' && at !== null
          ? ` · ${t('search.at', { index: number(at.index + 1), total: number(at.total) })}`
          : ''}
        {counted.is === 'failed' ? problemText(t, problemOf(counted.error)) : ''}
      </span>
      {counted.is === 'counting' ? (
        <button
          type="button"
          className="button"
          onClick={() => {
            running.current?.abort();
            setCounted({ is: 'stopped' });
          }}
        >
          {t('search.stop')}
        </button>
      ) : null}
      {counted.is === 'counted' && counted.elsewhere.files > 0 ? (
        <Elsewhere found={counted.elsewhere} />
      ) : null}
      {([-1, 1] as const).map((way) => {
        const label = t(way === 1 ? 'search.next-match' : 'search.previous-match');
        return (
          <button
            key={way}
            type="button"
            className="toggle"
            aria-label={label}
            title={`${label} (${way === 1 ? 'F3' : 'Shift+F3'})`}
            disabled={counted.is !== 'counted' || counted.lines + counted.records === 0}
            onClick={() => step(way)}
          >
            <span aria-hidden="true">{way === 1 ? '↓' : '↑'}</span>
          </button>
        );
      })}
      <button type="submit" className="button" disabled={counted.is === 'failed'}>
        {t('search.filter')} <kbd>Enter</kbd>
      </button>
      <button
        type="button"
        className="close"
        aria-label={t('action.close')}
        title={`${t('action.close')} (Esc)`}
        onClick={close}
      >
        ×
      </button>
    </form>
  );
}

/** Lines found in files beside the timeline: a list of these, each opened at its first match. */
function Elsewhere({ found: { lines, files, first } }: { readonly found: Found['elsewhere'] }) {
  const { t, number } = useLanguage();
  const openFile = useWindow((state) => state.openFile);
  const [isOpen, setOpen] = useState(false);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!isOpen) return undefined;
    const closeOutside = ({ target }: Event): void => {
      if (!(target instanceof Node) || list.current?.contains(target) !== true) setOpen(false);
    };
    document.addEventListener('pointerdown', closeOutside);
    document.addEventListener('focusin', closeOutside);
    return () => {
      document.removeEventListener('pointerdown', closeOutside);
      document.removeEventListener('focusin', closeOutside);
    };
  }, [isOpen]);
  return (
    <div
      ref={list}
      className="search-elsewhere"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !isOpen) return;
        event.stopPropagation();
        setOpen(false);
        list.current?.querySelector('button')?.focus();
      }}
    >
      <button type="button" className="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {t('search.elsewhere', {
          lines: number(lines),
          lineCount: lines,
          files: number(files),
          fileCount: files,
        })}
      </button>
      {isOpen ? (
        <ul aria-label={t('search.elsewhere-files')}>
          {first.map((file) => (
            <li key={file.member}>
              <button
                type="button"
                title={file.member}
                onClick={() => {
                  openFile(file.member, file.line);
                  setOpen(false);
                }}
              >
                <span className="path">{baseName(file.member)}</span>
                <span className="count">{number(file.lines)}</span>
                <small>{file.member}</small>
              </button>
            </li>
          ))}
          {files > first.length ? (
            <li className="more">
              {t('search.elsewhere-more', {
                shown: number(files - first.length),
                count: files - first.length,
              })}
            </li>
          ) : null}
        </ul>
      ) : null}
    </div>
  );
}
