/** What was set aside in this case, and why. */
import type { Mute } from '../../parsers/domain/mute.ts';
import type { FindingRow } from '../../preload/contract/shapes.ts';
import { useAnswer } from '../evidence/evidence-context.tsx';
import { useLanguage } from '../i18n/language.tsx';
import { useMutes } from '../state/case-content.ts';
import { useWindow } from '../state/window-store.ts';
import { Empty } from './pane.tsx';
import { KindSign } from './severity.tsx';
import { stampText } from './target-text.ts';

/** Muted findings that are shown; a rule may have thousands. */
const mostFindings = 500;

export function MutedList() {
  const { t, locale } = useLanguage();
  const mutes = useMutes();
  const revision = useWindow((state) => state.revision);
  const asked = mutes.length === 0 ? null : { locale, from: 0, to: mostFindings };
  const { last } = useAnswer('mutedFindings', asked, revision);
  if (mutes.length === 0) return <Empty>{t('muted.none')}</Empty>;
  return (
    <ul className="case-list" aria-label={t('case-tab.muted')}>
      {mutes.map((mute) => (
        <MuteRow
          key={mute.id}
          mute={mute}
          findings={(last?.rows ?? []).flatMap((row) => (row.mute === mute.id ? [row.finding] : []))}
        />
      ))}
    </ul>
  );
}

function MuteRow({ mute, findings }: { readonly mute: Mute; readonly findings: readonly FindingRow[] }) {
  const { t } = useLanguage();
  const isOpen = useWindow((state) => state.case !== null);
  const unmute = useWindow((state) => state.unmute);
  const sayDone = useWindow((state) => state.sayDone);
  const showFinding = useWindow((state) => state.showFinding);
  const { on, reason, author, createdAt } = mute;
  const name = on.what === 'rule' ? on.rule : (findings[0]?.title ?? on.finding);
  return (
    <li className="case-row">
      <span className="verdict-sign" aria-hidden="true">
        ⊘
      </span>
      <div className="case-row-main">
        <strong>{on.what === 'rule' ? t('muted.rule', { rule: name }) : name}</strong>
        <p className="case-row-text">{reason}</p>
        {findings.length === 0 ? (
          <p className="hint">{t('muted.nothing-now')}</p>
        ) : (
          <ul className="muted-findings">
            {findings.map((finding) => (
              <li key={finding.id}>
                <button type="button" onClick={() => showFinding(finding.id)}>
                  <KindSign kind={finding.kind} severity={finding.severity} />
                  <span className="finding-title">{finding.title}</span>
                  <span className="finding-about">
                    {[finding.device, finding.patch].filter((part) => part !== null).join(' · ')}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        )}
        <p className="case-row-about">
          {[author, stampText(createdAt)].filter((part) => part !== '').join(' · ')}
        </p>
      </div>
      <button
        type="button"
        className="button"
        disabled={!isOpen}
        aria-label={t('mute.undo-named', { what: name })}
        onClick={() => {
          unmute(mute.id);
          sayDone(t('mute.undone'));
        }}
      >
        {t('mute.undo')}
      </button>
    </li>
  );
}
