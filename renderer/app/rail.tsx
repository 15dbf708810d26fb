import { useLanguage } from '../i18n/language.tsx';
import { useOverview } from '../state/overview.tsx';
import { useWindow } from '../state/window-store.ts';
import type { Place } from '../state/window-store.ts';

const entries: readonly { readonly place: Place; readonly sign: string }[] = [
  { place: 'triage', sign: '◧' },
  { place: 'patches', sign: '≣' },
  { place: 'log', sign: '⋮' },
  { place: 'files', sign: '▤' },
];

export function Rail() {
  const { t, number } = useLanguage();
  const place = useWindow((state) => state.place);
  const go = useWindow((state) => state.go);
  const contradictions = useOverview()?.findings.contradictions ?? 0;
  return (
    <nav className="rail" aria-label={t('rail.title')}>
      {entries.map((entry, index) => (
        <button
          key={entry.place}
          type="button"
          aria-current={entry.place === place ? 'page' : undefined}
          title={`${t(`place.${entry.place}`)} (Ctrl+${index + 1})`}
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
