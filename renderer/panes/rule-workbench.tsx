/** For what is chosen: which rules looked at it, and what each of them answered. */
import type { EvidenceParams } from '../../preload/contract/evidence.ts';
import type { ExplanationView } from '../../preload/contract/shapes.ts';
import { muteOf } from '../../parsers/domain/mute.ts';
import { useAnswer } from '../evidence/evidence-context.tsx';
import { useLanguage } from '../i18n/language.tsx';
import { useMutes } from '../state/case-content.ts';
import { useFocus } from '../state/focus.tsx';
import type { Focus } from '../state/focus.tsx';
import { useWindow } from '../state/window-store.ts';
import { MuteRule } from './mute-form.tsx';
import { problemOf, problemText } from './problem-text.ts';
import { KindSign } from './severity.tsx';

type Asked = EvidenceParams<'explain'>['subject'];
type RuleAnswer = ExplanationView['rules'][number];

const outcomes = ['found', 'cannot-tell', 'consistent'] as const;

export function RuleWorkbench() {
  const { t, locale, number } = useLanguage();
  const revision = useWindow((state) => state.revision);
  const focus = useFocus();
  const subject = askedOf(focus);
  const answer = useAnswer('explain', subject === null ? null : { locale, subject }, revision);
  if (subject === null)
    return (
      <p className="hint">
        {t(focus.subject.on === 'finding' ? 'workbench.whole-bundle' : 'workbench.nothing')}
      </p>
    );
  if (answer.state === 'failed') return <p className="hint">{problemText(t, problemOf(answer.error))}</p>;
  const { last } = answer;
  if (last === null) return null;
  return (
    <div className="workbench-rules">
      <p className="hint">{t(`workbench.about-${subject.on}`)}</p>
      {outcomes.map((outcome) => {
        const rules = last.rules.filter((rule) => rule.outcome === outcome);
        return rules.length === 0 ? null : (
          <section key={outcome} aria-label={t(`workbench.${outcome}`)}>
            <h3>
              {t(`workbench.${outcome}`)} <small>{number(rules.length)}</small>
            </h3>
            <ul className="rule-answers">
              {rules.map((rule) => (
                <Answer key={rule.rule} rule={rule} />
              ))}
            </ul>
          </section>
        );
      })}
      <p className="hint">{t('workbench.not-applicable', { count: last.notApplicable })}</p>
    </div>
  );
}

function Answer({ rule }: { readonly rule: RuleAnswer }) {
  const { t } = useLanguage();
  const showFinding = useWindow((state) => state.showFinding);
  const mutes = useMutes();
  return (
    <li className={rule.outcome}>
      {rule.outcome === 'found' ? (
        <KindSign kind={rule.kind} severity={rule.severity} />
      ) : (
        <span className={`answer-sign ${rule.outcome}`} aria-hidden="true">
          {rule.outcome === 'consistent' ? '✓' : '?'}
        </span>
      )}
      <div>
        <p>
          {rule.title} <span className="rule-id">{rule.rule}</span>
        </p>
        {rule.findings.map(({ id, title }) => (
          <button key={id} type="button" className="link" onClick={() => showFinding(id)}>
            {title}
            {muteOf({ id, rule: rule.rule }, mutes) === null ? '' : ` (${t('mute.is-short')})`}
          </button>
        ))}
        {rule.missing.map((missing) => (
          <p key={missing} className="hint">
            {missing}
          </p>
        ))}
        {rule.outcome === 'consistent' ? null : <MuteRule rule={rule.rule} title={rule.title} />}
      </div>
    </li>
  );
}

/** Rules look at records and runs; of anything else they have something to say where it names a device. */
function askedOf({ subject, anchor }: Focus): Asked | null {
  switch (subject.on) {
    case 'record':
      return { on: 'record', id: subject.record.id };
    case 'run':
      return { on: 'run', id: subject.run.id };
    case 'finding':
    case 'line':
    case 'lines': {
      if (anchor === null) return null;
      if (anchor.record !== null) return { on: 'record', id: anchor.record };
      return anchor.deviceKey === null ? null : { on: 'device', key: anchor.deviceKey };
    }
    case 'moment':
    case 'nothing':
    case 'missing':
      return null;
  }
}
