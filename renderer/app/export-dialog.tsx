/** Chooses what goes out and how, and shows how far it is. */
import { useId, useState } from 'react';
import type { ExportKind, ExportResult } from '../../preload/contract/window.ts';
import { useLanguage } from '../i18n/language.tsx';
import { Chips } from '../panes/chips.tsx';
import { problemAdvice, problemText } from '../panes/problem-text.ts';
import { chipsOf } from '../state/filters.ts';
import { withTokens } from '../state/redaction.ts';
import { useBridge, useWindow, useWindowStore } from '../state/window-store.ts';
import type { Problem } from '../state/window-store.ts';
import { Modal, headingOf } from './modal.tsx';

const kinds: readonly ExportKind[] = [
  'pdf',
  'html',
  'csv',
  'json',
  'ndjson',
  'timesketch',
  'markdown',
  'bundle',
];

type Course =
  | { readonly is: 'choosing'; readonly problem: Problem | null; readonly cancelled: boolean }
  | { readonly is: 'running'; readonly cancelling: boolean }
  | { readonly is: 'done'; readonly name: string; readonly leftOut: number | null };

export function ExportDialog() {
  const { t, locale: windowLocale, number } = useLanguage();
  const bridge = useBridge();
  const store = useWindowStore();
  const open = useWindow((state) => state.open);
  const filter = useWindow((state) => state.filters.present);
  const done = useWindow((state) => state.exportDone);
  const [kind, setKind] = useState<ExportKind>('html');
  const [locale, setLocale] = useState(windowLocale);
  const [redact, setRedact] = useState(false);
  const [isShown, setShown] = useState(true);
  const [keepUnsearched, setKeepUnsearched] = useState(false);
  const [course, setCourse] = useState<Course>({ is: 'choosing', problem: null, cancelled: false });
  const name = useId();
  const isBundle = kind === 'bundle';
  const hasFilter = chipsOf(filter).length > 0;
  const isRunning = course.is === 'running';

  const run = async (): Promise<void> => {
    setCourse({ is: 'running', cancelling: false });
    store.setState({ exportDone: null });
    // What was just chosen and written must be what is exported.
    const { case: openCase } = store.getState();
    if (openCase !== null) await bridge.saveCase(openCase.content);
    const result = await bridge.exportFile({
      kind,
      locale,
      redact: redact || isBundle,
      filter: hasFilter && isShown && !isBundle ? filter : null,
      keepUnsearched,
    });
    setCourse(courseAfter(result));
    if (result.outcome !== 'written' || result.tokens === undefined) return;
    const { case: now } = store.getState();
    if (now !== null) {
      store.setState({ case: { ...now, content: withTokens(now.content, result.tokens) } });
    }
  };
  const start = (): void => {
    run().catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      setCourse({ is: 'choosing', problem: { family: 'bug', message }, cancelled: false });
    });
  };
  const cancel = (): void => {
    setCourse({ is: 'running', cancelling: true });
    bridge.cancelExport().catch((error: unknown) => console.error(error));
  };

  return (
    <Modal
      label={t('command.export')}
      className="export-dialog"
      onClose={() => {
        if (!isRunning) open('none');
      }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          start();
        }}
      >
        <h2>{headingOf(t('command.export'))}</h2>
        <fieldset disabled={isRunning} className="export-kinds">
          <legend>{t('export.kind')}</legend>
          {kinds.map((one) => (
            <label key={one}>
              <input
                type="radio"
                name={name}
                value={one}
                checked={kind === one}
                autoFocus={one === kind}
                onChange={() => setKind(one)}
              />
              <span>
                <b>{t(`export.kind.${one}`)}</b>
                <span className="hint">{t(`export.about.${one}`)}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <fieldset disabled={isRunning} className="export-options">
          <legend>{t('export.options')}</legend>
          <label>
            <span>{t('language.title')}</span>
            <select
              value={locale}
              onChange={({ currentTarget }) => setLocale(currentTarget.value === 'ja' ? 'ja' : 'en')}
            >
              <option value="en">English</option>
              <option value="ja">日本語</option>
            </select>
          </label>
          {hasFilter && !isBundle ? (
            <>
              <label>
                <input
                  type="checkbox"
                  checked={isShown}
                  onChange={({ currentTarget }) => setShown(currentTarget.checked)}
                />
                <span>{t('export.only-shown')}</span>
              </label>
              {isShown ? (
                <span className="export-filter">
                  <Chips />
                </span>
              ) : null}
            </>
          ) : null}
          <label>
            <input
              type="checkbox"
              checked={redact || isBundle}
              disabled={isBundle}
              onChange={({ currentTarget }) => setRedact(currentTarget.checked)}
            />
            <span>{t('export.redact')}</span>
          </label>
          {redact || isBundle ? (
            <button type="button" className="button" onClick={() => open('redaction')}>
              {t('command.redaction')}
            </button>
          ) : null}
          {isBundle ? (
            <label>
              <input
                type="checkbox"
                checked={keepUnsearched}
                onChange={({ currentTarget }) => setKeepUnsearched(currentTarget.checked)}
              />
              <span>
                {t('export.keep-unsearched')}
                <span className="hint">{t('export.keep-unsearched-why')}</span>
              </span>
            </label>
          ) : null}
        </fieldset>
        <div role="status" className="export-course">
          {course.is === 'running' ? (
            <>
              <progress
                {...(done === null ? {} : { value: done })}
                max={1}
                aria-label={t('export.running')}
              />
              <span>{t(course.cancelling ? 'export.cancelling' : 'export.running')}</span>
            </>
          ) : null}
          {course.is === 'choosing' && course.cancelled ? (
            <p className="hint">{t('export.cancelled')}</p>
          ) : null}
          {course.is === 'choosing' && course.problem !== null ? (
            <p className="bad">
              {problemText(t, course.problem)} {problemAdvice(t, course.problem)} {t('export.nothing-left')}
            </p>
          ) : null}
          {course.is === 'done' ? (
            <p>
              {t('export.done', { name: course.name })}
              {course.leftOut === null || course.leftOut === 0
                ? null
                : ` ${t('export.left-out', { count: course.leftOut, shown: number(course.leftOut) })}`}
            </p>
          ) : null}
        </div>
        <div className="button-row">
          <button type="submit" className="button primary" disabled={isRunning}>
            {t('export.start')}
          </button>
          {isRunning ? (
            <button type="button" className="button" disabled={course.cancelling} onClick={cancel}>
              {t('action.cancel')}
            </button>
          ) : (
            <button type="button" className="button" onClick={() => open('none')}>
              {t('action.close')}
            </button>
          )}
        </div>
      </form>
    </Modal>
  );
}

function courseAfter(result: ExportResult): Course {
  switch (result.outcome) {
    case 'written':
      return { is: 'done', name: result.name, leftOut: result.leftOut ?? null };
    case 'cancelled':
      return { is: 'choosing', problem: null, cancelled: true };
    case 'failed': {
      const { code, place, detail } = result;
      return { is: 'choosing', problem: { family: 'expected', code, place, detail }, cancelled: false };
    }
  }
}
