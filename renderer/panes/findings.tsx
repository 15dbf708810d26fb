/** The list of findings beside the inspector. */
import { useEffect, useMemo, useRef } from 'react';
import type { AnalystVerdict } from '../../parsers/domain/annotation.ts';
import { useAnswer } from '../evidence/evidence-context.tsx';
import { SetFilter, SetFilterButton, setFilterId } from '../grids/set-filter.tsx';
import { useLanguage } from '../i18n/language.tsx';
import { verdictsOfFindings } from '../state/annotations.ts';
import { useAnnotations } from '../state/case-content.ts';
import { useFocus } from '../state/focus.tsx';
import { useWindow } from '../state/window-store.ts';
import { NothingShown, Pane } from './pane.tsx';
import { KindSign } from './severity.tsx';
import { useStepFinding } from './step-finding.ts';

/** Findings are few beside lines; beyond this many the filter is the way. */
const shownAtMost = 500;
const listId = setFilterId('findings', 'severities');

export function Findings() {
  const { t, locale, number } = useLanguage();
  const filter = useWindow((state) => state.filters.present);
  const revision = useWindow((state) => state.revision);
  const showFinding = useWindow((state) => state.showFinding);
  const { subject } = useFocus();
  const step = useStepFinding();
  const { last } = useAnswer('findings', { locale, filter, from: 0, to: shownAtMost }, revision);
  const chosen = subject.on === 'finding' ? subject.finding.id : null;
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.querySelector('[aria-current="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  const annotations = useAnnotations();
  const verdicts = useMemo(() => verdictsOfFindings(annotations), [annotations]);
  const position = last?.rows.findIndex(({ id }) => id === chosen) ?? -1;
  const columns = [
    { part: 'severities', title: t('findings.severity') },
    { part: 'kinds', title: t('column.kind') },
  ] as const;
  const tools = (
    <>
      <SetFilterButton id={listId} columns={columns} sign={`${t('findings.filter')} ▾`} />
      <SetFilter id={listId} columns={columns} />
      <span className="step-buttons">
        <button
          type="button"
          aria-label={t('findings.previous')}
          title={`${t('findings.previous')} (Shift+F8)`}
          onClick={() => step(-1)}
        >
          ‹
        </button>
        <button
          type="button"
          aria-label={t('findings.next')}
          title={`${t('findings.next')} (F8)`}
          onClick={() => step(1)}
        >
          ›
        </button>
      </span>
    </>
  );
  const about = (
    <small>
      {last === null
        ? ''
        : position >= 0
          ? t('findings.of', { position: number(position + 1), total: number(last.total) })
          : t('findings.total', { total: number(last.total), count: last.total })}
    </small>
  );
  return (
    <Pane title={t('region.findings')} about={about} tools={tools} className="findings">
      {last !== null && last.rows.length === 0 ? (
        <NothingShown byFilter={t('findings.none')} without={t('findings.none-at-all')} />
      ) : null}
      <ul ref={list} className="finding-list">
        {last?.rows.map((finding) => (
          <li key={finding.id}>
            <button
              type="button"
              aria-current={finding.id === chosen}
              onClick={() => showFinding(finding.id)}
              title={finding.explanation}
            >
              <KindSign kind={finding.kind} severity={finding.severity} />
              <span className="finding-title">{finding.title}</span>
              <FindingVerdict verdict={verdicts.get(finding.id)} />
              <span className="finding-about">
                {[finding.device, finding.patch].filter((part) => part !== null).join(' · ')}
              </span>
              <span className="visually-hidden">
                {t(`kind.${finding.kind}`)}, {t(`severity.${finding.severity}`)}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </Pane>
  );
}

/** What the analyst decided: a sign in the list, so that what is open stands out from what is done. */
function FindingVerdict({ verdict }: { readonly verdict: AnalystVerdict | undefined }) {
  const { t } = useLanguage();
  if (verdict === undefined || verdict === 'open') return null;
  return (
    <span className={`finding-verdict ${verdict}`} title={t(`verdict.${verdict}`)}>
      <span aria-hidden="true">{verdict === 'confirmed' ? '✓' : '✗'}</span>
      <span className="visually-hidden">{t(`verdict.${verdict}`)}</span>
    </span>
  );
}
