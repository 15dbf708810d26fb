/** The first screen: drop a bundle, open one, reopen one, open the sample. Nothing else. */
import { useCallback, useEffect, useState } from 'react';
import type { Recent } from '../../preload/contract/window.ts';
import { useOpening } from '../app/opening.ts';
import { useLanguage } from '../i18n/language.tsx';
import { useBridge, useWindow } from '../state/window-store.ts';
import type { Problem } from '../state/window-store.ts';
import { problemAdvice, problemText } from './problem-text.ts';

export function Start() {
  const { t } = useLanguage();
  const bridge = useBridge();
  const bundle = useWindow((state) => state.bundle);
  const { openFile, openFolder, openSample, openRecent } = useOpening();
  const [recent, setRecent] = useState<readonly Recent[]>([]);
  useEffect(() => {
    bridge.recent().then(setRecent, (error: unknown) => console.error(error));
  }, [bridge, bundle.phase]);
  const forget = useCallback(
    (id: string) => {
      bridge.forgetRecent(id).then(setRecent, (error: unknown) => console.error(error));
    },
    [bridge],
  );
  const problem = bundle.phase === 'none' ? bundle.problem : null;
  return (
    <main className="start">
      <div className="start-column">
        <h1>Patchtrail</h1>
        <p className="start-claim">{t('start.claim')}</p>
        {problem === null ? null : <ProblemCard problem={problem} />}
        {bundle.phase === 'none' && bundle.cancelled ? (
          <p className="start-notice" role="status">
            {t('start.cancelled')}
          </p>
        ) : null}
        <div className="drop-zone">
          <span className="drop-sign" aria-hidden="true">
            ⤓
          </span>
          <p>{t('start.drop')}</p>
          <div className="button-row">
            <button type="button" className="button primary" onClick={openFile}>
              {t('action.open')}
            </button>
            <button type="button" className="button" onClick={openFolder}>
              {t('action.open-folder')}
            </button>
            <button type="button" className="button" onClick={openSample}>
              {t('action.open-sample')}
            </button>
          </div>
        </div>
        {recent.length === 0 ? null : (
          <section className="recent" aria-label={t('start.recent')}>
            <h2>{t('start.recent')}</h2>
            <ul>
              {recent.map((one) => (
                <li key={one.id}>
                  <button type="button" className="recent-open" onClick={() => openRecent(one.id)}>
                    <span className="recent-name">{one.name}</span>
                    <span className="recent-folder">{one.folder}</span>
                    <time dateTime={one.openedAt}>{one.openedAt.slice(0, 16).replace('T', ' ')}</time>
                  </button>
                  <button
                    type="button"
                    className="recent-forget"
                    aria-label={t('start.forget', { name: one.name })}
                    title={t('start.forget', { name: one.name })}
                    onClick={() => forget(one.id)}
                  >
                    ×
                  </button>
                </li>
              ))}
            </ul>
          </section>
        )}
        <p className="start-promise">{t('start.promise')}</p>
      </div>
    </main>
  );
}

/** What happened, to what, what was kept, what to do. */
function ProblemCard({ problem }: { readonly problem: Problem }) {
  const { t } = useLanguage();
  return (
    <div className="problem" role="alert">
      <strong>{problemText(t, problem)}</strong>
      <p>
        {t('problem.kept')} {problemAdvice(t, problem)}
      </p>
    </div>
  );
}
