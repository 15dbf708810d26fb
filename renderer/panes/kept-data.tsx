/** What the application keeps on this machine, each kind with its size, and taking it away. */
import { useEffect, useState } from 'react';
import type { KeptItem, KeptKind, RemovedKept } from '../../preload/contract/window.ts';
import { Modal } from '../app/modal.tsx';
import { useLanguage } from '../i18n/language.tsx';
import { useBridge, useWindow } from '../state/window-store.ts';

type Stage =
  | { readonly is: 'choosing' | 'asking' | 'removing' }
  | { readonly is: 'done'; readonly answer: RemovedKept }
  | { readonly is: 'failed'; readonly reason: string };

export function KeptData() {
  const { t, number } = useLanguage();
  const bridge = useBridge();
  const open = useWindow((state) => state.open);
  const [items, setItems] = useState<readonly KeptItem[]>([]);
  const [chosen, setChosen] = useState<ReadonlySet<KeptKind>>(
    new Set(['cache', 'recent', 'settings', 'window']),
  );
  const [stage, setStage] = useState<Stage>({ is: 'choosing' });
  useEffect(() => {
    let isShown = true;
    bridge.keptData().then(
      (kept) => {
        if (isShown) setItems(kept);
      },
      (error: unknown) => {
        if (isShown) setStage({ is: 'failed', reason: String(error) });
      },
    );
    return () => {
      isShown = false;
    };
  }, [bridge]);
  const files = items.reduce((sum, item) => sum + (chosen.has(item.what) ? item.files : 0), 0);
  const remove = (): void => {
    setStage({ is: 'removing' });
    bridge.removeKeptData([...chosen]).then(
      (answer) => setStage({ is: 'done', answer }),
      (error: unknown) => setStage({ is: 'failed', reason: String(error) }),
    );
  };
  const close = (
    <button type="button" className="button" onClick={() => open('none')}>
      {t(stage.is === 'done' || stage.is === 'failed' ? 'action.close' : 'action.cancel')}
    </button>
  );
  return (
    <Modal label={t('kept-data.title')} className="kept-data">
      <h2>{t('kept-data.title')}</h2>
      {stage.is === 'done' ? (
        <div role="status">
          <ul className="plain">
            {stage.answer.removed.map((one) => (
              <li key={one.what}>
                {t(`kept-data.${one.what}`)}: {t('kept-data.removed', { count: one.files })}
              </li>
            ))}
          </ul>
          {stage.answer.failed.length === 0 ? null : (
            <>
              <p className="bad">{t('kept-data.not-removed')}</p>
              <ul className="plain">
                {stage.answer.failed.map(({ file, reason }) => (
                  <li key={file}>
                    <span className="path">{file}</span>{' '}
                    {reason === 'open' ? t('kept-data.case-open') : reason}
                  </li>
                ))}
              </ul>
            </>
          )}
          <p className="hint">{t('kept-data.rest-of-run')}</p>
        </div>
      ) : stage.is === 'failed' ? (
        <p className="bad" role="alert">
          {stage.reason}
        </p>
      ) : (
        <>
          <p className="hint">{t('kept-data.about')}</p>
          <fieldset disabled={stage.is !== 'choosing'}>
            {items.map((item) => (
              <label key={item.what} className="check">
                <input
                  type="checkbox"
                  checked={chosen.has(item.what)}
                  onChange={({ currentTarget }) => {
                    const next = new Set(chosen);
                    if (currentTarget.checked) next.add(item.what);
                    else next.delete(item.what);
                    setChosen(next);
                  }}
                />{' '}
                {t(`kept-data.${item.what}`)}{' '}
                <em className="hint">
                  {t('kept-data.size', {
                    count: item.files,
                    kilobytes: number(Math.ceil(item.bytes / 1024)),
                  })}
                </em>
              </label>
            ))}
          </fieldset>
          {chosen.has('cases') ? <p className="bad">{t('kept-data.cases-about')}</p> : null}
          {stage.is === 'choosing' ? null : <p role="alert">{t('kept-data.sure', { count: files })}</p>}
        </>
      )}
      <div className="button-row">
        {stage.is === 'choosing' ? (
          <button
            type="button"
            className="button primary"
            disabled={chosen.size === 0 || files === 0}
            onClick={() => setStage({ is: 'asking' })}
          >
            {t('kept-data.remove')}
          </button>
        ) : stage.is === 'asking' ? (
          <button type="button" className="button primary" autoFocus onClick={remove}>
            {t('kept-data.yes')}
          </button>
        ) : null}
        {close}
      </div>
    </Modal>
  );
}
