/** Search over every line and cell: counts while typing, one key turns it into a filter. */
import { useEffect, useRef, useState } from 'react';
import { isCancelled } from '../evidence/evidence-client.ts';
import { asError, useEvidence } from '../evidence/evidence-context.tsx';
import { useLanguage } from '../i18n/language.tsx';
import { problemOf, problemText } from '../panes/problem-text.ts';
import { withoutPart } from '../state/filters.ts';
import { useWindow, useWindowStore } from '../state/window-store.ts';

const typingPause = 160;

type Counted =
  | { readonly is: 'nothing' }
  | { readonly is: 'counting' }
  | { readonly is: 'counted'; readonly lines: number; readonly records: number }
  | { readonly is: 'failed'; readonly error: Error };

export function SearchBar() {
  const { t, number } = useLanguage();
  const client = useEvidence();
  const store = useWindowStore();
  const filter = useWindow((state) => state.filters.present);
  const setFilter = useWindow((state) => state.filter);
  const open = useWindow((state) => state.open);
  const [expression, setExpression] = useState(filter.text?.expression ?? '');
  const [isRegex, setRegex] = useState(filter.text?.regex ?? false);
  const [isCaseSensitive, setCaseSensitive] = useState(
    filter.text === undefined ? false : !filter.text.ignoreCase,
  );
  const [answer, setCounted] = useState<Counted>({ is: 'nothing' });
  const counted: Counted = expression === '' ? { is: 'nothing' } : answer;
  const field = useRef<HTMLInputElement>(null);
  const rest = JSON.stringify(withoutPart(filter, 'text'));

  useEffect(() => field.current?.select(), []);
  useEffect(() => {
    if (expression === '') {
      store.setState({ highlight: null });
      return undefined;
    }
    const control = new AbortController();
    const text = { expression, regex: isRegex, ignoreCase: !isCaseSensitive, ignoreWidth: true };
    const timer = setTimeout(() => {
      setCounted({ is: 'counting' });
      client.request('search', { filter: { ...(JSON.parse(rest) as object), text } }, control.signal).then(
        (found) => {
          setCounted({ is: 'counted', ...found });
          store.setState({ highlight: text });
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
    };
  }, [client, store, expression, isRegex, isCaseSensitive, rest]);
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
        if (event.key !== 'Escape') return;
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
        {counted.is === 'counted'
          ? t('search.counted', {
              lines: number(counted.lines),
              lineCount: counted.lines,
              records: number(counted.records),
              recordCount: counted.records,
            })
          : ''}
        {counted.is === 'failed' ? problemText(t, problemOf(counted.error)) : ''}
      </span>
      {counted.is === 'counting' ? (
        <button type="button" className="button" onClick={() => setExpression('')}>
          {t('search.stop')}
        </button>
      ) : null}
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
