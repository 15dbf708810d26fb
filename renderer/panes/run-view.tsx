/** A run in the inspector: its steps in order, each with what tells of it or that nothing does. */
import type { MomentView, RunDetail, RunStepView } from '../../preload/contract/shapes.ts';
import { At, Status, codeText } from '../grids/cells.tsx';
import { useLanguage } from '../i18n/language.tsx';
import { wordCode } from '../i18n/messages.ts';
import type { Translate } from '../i18n/messages.ts';
import { distanceOf } from '../state/follow.ts';
import { useWindow } from '../state/window-store.ts';
import { spanText } from '../time/span-text.ts';
import { AnnotationEditor } from './annotation-editor.tsx';
import { CitationButton } from './citation.tsx';
import { Field } from './field.tsx';
import { operationText } from './runs.tsx';

export function RunView({ run }: { readonly run: RunDetail }) {
  const { t } = useLanguage();
  const { member, line, row, pointer, quote } = run.citation;
  return (
    <>
      <div>
        <span className="severity-badge plain">{t('inspector.run')}</span>{' '}
        <span className="rule-id">
          {[t(`system.${run.system}`), run.operation].filter((part) => part !== null).join(' · ')}
        </span>
      </div>
      <h1>{run.operation === null ? run.name : operationText(t, run.operation)}</h1>
      <p className="inspector-about">
        {[run.device ?? t('inspector.no-device'), run.operation === null ? null : run.name]
          .filter((part) => part !== null)
          .join(' · ')}
      </p>
      {run.overlaps ? <p className="overlap-note">{t('runs.overlaps')}</p> : null}
      <Steps steps={run.stepList} />
      <Values run={run} />
      <Records run={run} />
      <article className="witness">
        <blockquote tabIndex={0}>{quote}</blockquote>
        <footer>
          <CitationButton citation={run.citation} />
        </footer>
      </article>
      <AnnotationEditor key={run.id} target={{ on: 'record', member, line, row, pointer }} quote={quote} />
    </>
  );
}

type StepState = 'succeeded' | 'failed' | 'told' | 'untold';

function stateOf(step: RunStepView): StepState {
  // What no log tells of has no outcome, whatever is written beside it.
  if (!step.evidenced) return 'untold';
  return step.outcome === 'succeeded' || step.outcome === 'failed' ? step.outcome : 'told';
}

const stepSigns: Readonly<Record<StepState, string>> = {
  succeeded: '✓',
  failed: '!',
  told: '•',
  untold: '',
};

function Steps({ steps }: { readonly steps: readonly RunStepView[] }) {
  const { t } = useLanguage();
  if (steps.length === 0) return null;
  return (
    <div className="inspector-section">
      <h3>{t('runs.steps')}</h3>
      <ol className="run-steps" aria-label={t('runs.steps')}>
        {steps.map((step, index) => {
          const state = stateOf(step);
          return (
            <li key={index} className={state}>
              <i aria-hidden="true">{stepSigns[state]}</i>
              <span className="step-name">{wordCode(t, 'run-step', step.name, step.name)}</span>
              <span className="step-outcome">{t(`step-outcome.${state}`)}</span>
              {step.at === null && step.citation === null ? null : (
                <span className="step-place">
                  {step.at === null ? null : <At at={step.at} />}
                  {step.citation === null ? null : <CitationButton citation={step.citation} isShort />}
                </span>
              )}
            </li>
          );
        })}
      </ol>
    </div>
  );
}

function Values({ run }: { readonly run: RunDetail }) {
  const { t } = useLanguage();
  const duration =
    run.startedAt === null || run.endedAt === null ? null : distanceOf(run.startedAt, run.endedAt, true);
  return (
    <dl className="fields">
      <Field name={t('column.outcome')} raw={null}>
        <Status status={run.outcome} />
      </Field>
      <Field name={t('column.started')} raw={run.startedAt?.raw ?? null}>
        <At at={run.startedAt} />
      </Field>
      <Field name={t('column.ended')} raw={run.endedAt?.raw ?? null}>
        {run.endedAt === null ? t('runs.end-untold') : <At at={run.endedAt} />}
        {duration === null ? null : <span className="raw">{spanText(t, Math.abs(duration))}</span>}
      </Field>
      {run.window === null ? null : (
        <Field name={t('runs.window')} raw={null}>
          <WindowText window={run.window} />
        </Field>
      )}
      {run.attempts === null ? null : (
        <Field name={t('column.attempts')} raw={null}>
          {run.attempts}
        </Field>
      )}
      {run.exitCode === null ? null : (
        <Field name={t('column.exit')} raw={null}>
          {codeText(run.exitCode)}
        </Field>
      )}
      {run.reboot === null ? null : (
        <Field name={t('column.reboot')} raw={null}>
          {run.reboot}
        </Field>
      )}
      {run.detail.map(({ name, value }) => (
        <Field key={name} name={wordCode(t, 'run-detail', name, name)} raw={null}>
          {valueText(t, value)}
        </Field>
      ))}
    </dl>
  );
}

function WindowText({ window }: { readonly window: NonNullable<RunDetail['window']> }) {
  const { t } = useLanguage();
  const { start, minutes } = window;
  const end: MomentView | null =
    start === null || minutes === null ? null : { ...start, local: start.local + minutes * 60_000 };
  return (
    <>
      <At at={start} />
      {end === null ? null : (
        <>
          {' – '}
          <At at={end} />
        </>
      )}
      {minutes === null ? null : <span className="raw">{spanText(t, minutes * 60_000)}</span>}
      {end === null || window.cutoffs === undefined
        ? null
        : window.cutoffs.map(({ name, minutes: before }) => (
            <div key={name} className="raw">
              <At at={{ ...end, local: end.local - before * 60_000 }} /> {wordCode(t, 'cutoff', name, name)}
            </div>
          ))}
    </>
  );
}

function valueText(t: Translate, value: RunDetail['detail'][number]['value']): string {
  if (value === null) return '–';
  return typeof value === 'boolean' ? t(value ? 'value.yes' : 'value.no') : String(value);
}

function Records({ run }: { readonly run: RunDetail }) {
  const { t } = useLanguage();
  const showRecord = useWindow((state) => state.showRecord);
  if (run.records.length === 0) return null;
  return (
    <div className="inspector-section">
      <h3>{t('runs.records', { count: run.recordCount })}</h3>
      <ul className="run-records">
        {run.records.map((record) => (
          <li key={record.id}>
            <button type="button" onClick={() => showRecord(record.id)}>
              <span className="finding-title">{record.patch ?? t('inspector.no-patch')}</span>
              <Status status={record.deploymentStatus ?? record.detectionStatus} />
            </button>
          </li>
        ))}
      </ul>
      {run.recordCount > run.records.length ? (
        <p className="hint">{t('runs.more-records', { count: run.recordCount - run.records.length })}</p>
      ) : null}
    </div>
  );
}
