/** The log of the case: what was done, when, and whether the chain of its entries is whole. */
import { useEffect, useState } from 'react';
import type { CustodyLog } from '../../preload/contract/window.ts';
import { useLanguage } from '../i18n/language.tsx';
import { isTextKey } from '../i18n/messages.ts';
import type { Translate } from '../i18n/messages.ts';
import { useBridge, useWindow } from '../state/window-store.ts';
import { Empty } from './pane.tsx';

export function CustodyList() {
  const { t, number } = useLanguage();
  const bridge = useBridge();
  // What was written is asked for anew whenever the case says that it was saved.
  const status = useWindow((state) => state.case?.status ?? null);
  const [log, setLog] = useState<CustodyLog | null>(null);
  useEffect(() => {
    let isCurrent = true;
    bridge.custodyLog().then(
      (answer) => {
        if (isCurrent) setLog(answer);
      },
      (error: unknown) => console.error(error),
    );
    return () => {
      isCurrent = false;
    };
  }, [bridge, status]);
  if (log === null) return <Empty>{t('custody.none')}</Empty>;
  return (
    <>
      <p className={`custody-state ${log.broken === null ? 'good' : 'bad'}`} role="status">
        {log.broken === null
          ? t('custody.whole', { count: log.entries.length })
          : t('custody.broken', { entry: number(log.broken + 1) })}
      </p>
      <div className="custody-scroll" tabIndex={0} role="group" aria-label={t('case-tab.custody')}>
        <table className="custody">
          <thead>
            <tr>
              <th scope="col">{t('custody.number')}</th>
              <th scope="col">{t('custody.at')}</th>
              <th scope="col">{t('custody.what')}</th>
              <th scope="col">{t('custody.detail')}</th>
              <th scope="col">{t('custody.hash')}</th>
            </tr>
          </thead>
          <tbody>
            {log.entries.map((entry, index) => (
              <tr key={entry.hash} className={log.broken !== null && index >= log.broken ? 'bad' : ''}>
                <td>{number(index + 1)}</td>
                <td>
                  <time dateTime={entry.at}>{entry.at.replace('T', ' ')}</time>
                </td>
                <td>{t(`custody-what.${entry.what}`)}</td>
                <td className="custody-detail">{detailText(t, entry.detail)}</td>
                <td className="mono" title={entry.hash}>
                  {entry.hash.slice(0, 12)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function detailText(t: Translate, detail: CustodyLog['entries'][number]['detail']): string {
  return Object.entries(detail)
    .map(([name, value]) => {
      const key = `custody-detail.${name}`;
      return `${isTextKey(key) ? t(key) : name}: ${value === null ? t('custody.nothing') : String(value)}`;
    })
    .join(' · ');
}
