import { useLanguage } from '../i18n/language.tsx';
import { useOverview } from '../state/overview.tsx';
import { useWindow } from '../state/window-store.ts';
import type { Place } from '../state/window-store.ts';

const entries: readonly { readonly place: Place; readonly sign: string; readonly key: number }[] = [
  { place: 'triage', sign: '◧', key: 1 },
  { place: 'patches', sign: '≣', key: 2 },
  { place: 'matrix', sign: '▦', key: 3 },
  { place: 'runs', sign: '⇥', key: 4 },
  { place: 'log', sign: '⋮', key: 5 },
  { place: 'files', sign: '▤', key: 6 },
  { place: 'case', sign: '✎', key: 7 },
];

export function Rail() {
  const { t, number } = useLanguage();
  const place = useWindow((state) => state.place);
  const go = useWindow((state) => state.go);
  const overview = useOverview();
  const contradictions = overview?.findings.contradictions ?? 0;
  // Only some systems have runs: without any there is nothing to go to.
  const shown = entries.filter((entry) => entry.place !== 'runs' || (overview?.runs ?? 0) > 0);
  return (
    <nav className="rail" aria-label={t('rail.title')}>
      {shown.map((entry) => (
        <button
          key={entry.place}
          type="button"
          aria-current={entry.place === place ? 'page' : undefined}
          title={`${t(`place.${entry.place}`)} (Ctrl+${entry.key})`}
          onClick={() => go(entry.place)}
        >
          <i aria-hidden="true">{entry.sign}</i>
          {t(`place.${entry.place}`)}
          {entry.place === 'patches' && contradictions > 0 ? (
            <em title={t('rail.contradictions', { count: contradictions })}>
              <span aria-hidden="true">{contradictions > 999 ? '999+' : number(contradictions)}</span>
              <span className="visually-hidden"> {t('rail.contradictions', { count: contradictions })}</span>
            </em>
          ) : null}
        </button>
      ))}
    </nav>
  );
}
