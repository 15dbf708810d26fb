/** What the report is to hold, beside a preview of it: the same document, sheet by sheet, in a frame without script. */
import { useEffect, useId, useRef, useState } from 'react';
import { paperSizes, reportChoice, reportSections, wholeReport } from '../../parsers/domain/report-choice.ts';
import type { Paper, ReportChoice, ReportContent } from '../../parsers/domain/report-choice.ts';
import type { FindingRow, Locale } from '../../preload/contract/shapes.ts';
import type { CaseReport, ReportRequest } from '../../preload/contract/window.ts';
import { useEvidence } from '../evidence/evidence-context.tsx';
import { useLanguage } from '../i18n/language.tsx';
import { problemText } from '../panes/problem-text.ts';
import { withTokens } from '../state/redaction.ts';
import { useBridge, useWindow, useWindowStore } from '../state/window-store.ts';
import { Modal } from './modal.tsx';
import { Segments } from './segments.tsx';

const contents: readonly ReportContent[] = ['all', 'annotated', 'chosen'];
const papers: readonly Paper[] = ['A4', 'Letter'];

export function ReportDialog() {
  const { t, locale: windowLocale } = useLanguage();
  const bridge = useBridge();
  const store = useWindowStore();
  const open = useWindow((state) => state.open);
  const say = useWindow((state) => state.say);
  const phase = useWindow((state) => state.exportPhase);
  const kept = useWindow((state) => state.case?.content.report);
  const [locale, setLocale] = useState<Locale>(windowLocale);
  const [choice, setChoice] = useState<ReportChoice>(() =>
    kept === undefined ? wholeReport : reportChoice(kept),
  );
  const [redact, setRedact] = useState(false);
  const request: ReportRequest = { locale, choice: keepable(choice), redact };
  const isWorking = phase !== null;

  /** A choice belongs to the case: the next report of it starts from there. */
  const change = (next: Partial<ReportChoice>): void => {
    const chosen = { ...choice, ...next };
    setChoice(chosen);
    const { case: now } = store.getState();
    if (now !== null)
      store.setState({ case: { ...now, content: { ...now.content, report: keepable(chosen) } } });
  };
  const keepTokens = (tokens: Readonly<Record<string, string>>): void => {
    const { case: now } = store.getState();
    if (now !== null) store.setState({ case: { ...now, content: withTokens(now.content, tokens) } });
  };
  const write = async (): Promise<void> => {
    store.setState({ exportPhase: 'asking' });
    try {
      const { case: now } = store.getState();
      // Main prints the case as it has it: what was typed a moment ago belongs to it.
      if (now !== null) await bridge.saveCase(now.content);
      const result = await bridge.exportPdf(request);
      switch (result.outcome) {
        case 'written':
          if (result.tokens !== undefined) keepTokens(result.tokens);
          open('none');
          say('good', t('export.written', { name: result.name }));
          return;
        case 'cancelled':
          return;
        case 'failed': {
          const { code, place, detail } = result;
          say('bad', problemText(t, { family: 'expected', code, place, detail }));
        }
      }
    } finally {
      store.setState({ exportPhase: null });
    }
  };
  const close = (): void => {
    if (!isWorking) open('none');
  };
  return (
    <Modal label={t('report-dialog.title')} className="report-dialog" onClose={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!isWorking) write().catch((error: unknown) => say('bad', String(error)));
        }}
      >
        <h2>{t('report-dialog.title')}</h2>
        <div className="report-choices">
          <fieldset disabled={isWorking}>
            <legend>{t('report-dialog.content')}</legend>
            {contents.map((content) => (
              <label key={content}>
                <input
                  type="radio"
                  name="content"
                  checked={choice.content === content}
                  onChange={() => change({ content })}
                />
                {t(`report-dialog.content.${content}`)}
              </label>
            ))}
            {choice.content === 'chosen' ? (
              <ChosenFindings chosen={choice.chosen} onChange={(chosen) => change({ chosen })} />
            ) : null}
          </fieldset>
          <fieldset disabled={isWorking}>
            <legend>{t('report-dialog.sections')}</legend>
            <div className="report-sections">
              {reportSections.map((section) => (
                <label key={section}>
                  <input
                    type="checkbox"
                    checked={choice.sections.includes(section)}
                    onChange={({ currentTarget }) =>
                      change({
                        sections: reportSections.filter((one) =>
                          one === section ? currentTarget.checked : choice.sections.includes(one),
                        ),
                      })
                    }
                  />
                  {t(`report-section.${section}`)}
                </label>
              ))}
            </div>
          </fieldset>
          <div className="report-row">
            <span>{t('report-dialog.paper')}</span>
            <Segments
              label={t('report-dialog.paper')}
              value={choice.paper}
              choices={papers.map((value) => ({ value, label: value }))}
              isDisabled={isWorking}
              onChange={(paper) => change({ paper })}
            />
          </div>
          <div className="report-row">
            <span>{t('report-dialog.language')}</span>
            <Segments
              label={t('report-dialog.language')}
              value={locale}
              choices={[
                { value: 'en', label: 'English', lang: 'en' },
                { value: 'ja', label: '日本語', lang: 'ja' },
              ]}
              isDisabled={isWorking}
              onChange={setLocale}
            />
          </div>
          <fieldset disabled={isWorking}>
            <legend>{t('report-dialog.redaction')}</legend>
            <label>
              <input
                type="checkbox"
                checked={redact}
                onChange={({ currentTarget }) => setRedact(currentTarget.checked)}
              />
              {t('export.redact')}
            </label>
            {redact ? (
              <button type="button" className="button" onClick={() => open('redaction')}>
                {t('command.redaction')}
              </button>
            ) : null}
          </fieldset>
          <div className="report-foot">
            <p className="hint" role="status">
              {isWorking ? t(`export.phase.${phase}`) : t('report-dialog.printed')}
            </p>
            {isWorking ? <progress aria-label={t('export.working')} /> : null}
            <div className="button-row">
              <button type="submit" className="button primary" autoFocus disabled={isWorking}>
                {t('report-dialog.write')}
              </button>
              <button
                type="button"
                className="button"
                onClick={() => {
                  if (!isWorking) open('none');
                  else bridge.cancelExport().catch((error: unknown) => say('bad', String(error)));
                }}
              >
                {t('action.cancel')}
              </button>
            </div>
          </div>
        </div>
        <Preview request={request} />
      </form>
    </Modal>
  );
}

function keepable({ content, chosen, sections, paper }: ReportChoice): CaseReport {
  return { content, chosen: [...chosen], sections: [...sections], paper };
}

/** More findings than these are chosen by annotating them, not from a list. */
const listed = 2_000;

function ChosenFindings({
  chosen,
  onChange,
}: {
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}) {
  const { t, locale } = useLanguage();
  const client = useEvidence();
  const revision = useWindow((state) => state.revision);
  const [rows, setRows] = useState<readonly FindingRow[]>([]);
  const [typed, setTyped] = useState('');
  useEffect(() => {
    let isCurrent = true;
    client.request('findings', { locale, filter: {}, from: 0, to: listed }).then(
      (answer) => {
        if (isCurrent) setRows(answer.rows);
      },
      (error: unknown) => console.error(error),
    );
    return () => {
      isCurrent = false;
    };
  }, [client, locale, revision]);
  const set = new Set(chosen);
  const words = typed.toLowerCase().split(/\s+/u);
  const shown = rows.filter(({ title, device, patch, rule }) => {
    const text = [title, device, patch, rule].join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const put = (ids: readonly string[], isChosen: boolean): void => {
    const next = new Set(chosen);
    for (const id of ids) {
      if (isChosen) next.add(id);
      else next.delete(id);
    }
    onChange(rows.filter(({ id }) => next.has(id)).map(({ id }) => id));
  };
  return (
    <div className="report-chosen">
      <div className="report-row">
        <input
          type="search"
          value={typed}
          aria-label={t('report-dialog.find')}
          placeholder={t('report-dialog.find')}
          spellCheck={false}
          onChange={({ currentTarget }) => setTyped(currentTarget.value)}
        />
        <button
          type="button"
          className="button"
          onClick={() =>
            put(
              shown.map(({ id }) => id),
              true,
            )
          }
        >
          {t('report-dialog.take')}
        </button>
        <button
          type="button"
          className="button"
          onClick={() =>
            put(
              shown.map(({ id }) => id),
              false,
            )
          }
        >
          {t('report-dialog.leave')}
        </button>
      </div>
      <p className="hint">
        {t('report-dialog.chosen', {
          count: rows.filter(({ id }) => set.has(id)).length,
          total: rows.length,
        })}
      </p>
      <ul>
        {shown.map(({ id, title, device, patch, severity }) => (
          <li key={id}>
            <label>
              <input
                type="checkbox"
                checked={set.has(id)}
                onChange={({ currentTarget }) => put([id], currentTarget.checked)}
              />
              <span>
                {title}
                <small>
                  {[t(`severity.${severity}`), device, patch].filter((part) => part !== null).join(' · ')}
                </small>
              </span>
            </label>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Quiet time after the last change before the preview is asked for, in milliseconds. */
const settle = 350;
const pixelsOfMillimetre = 96 / 25.4;
/** Around a sheet in the preview, in millimetres. */
const around = 8;

/**
 * The frame is of another origin and has a process of its own: laying out a long report does not hold up the
 * window. It can neither run script nor be reached by any.
 */
function Preview({ request }: { readonly request: ReportRequest }) {
  const { t } = useLanguage();
  const bridge = useBridge();
  const store = useWindowStore();
  const [shown, setShown] = useState<{ readonly address: string | null; readonly asked: string } | null>(
    null,
  );
  const [section, setSection] = useState('');
  const box = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState<{ readonly width: number; readonly height: number } | null>(null);
  const selectId = useId();
  const asked = JSON.stringify(request);
  const address = shown?.address ?? null;
  const isStale = shown?.asked !== asked;
  useEffect(() => {
    let isCurrent = true;
    const timer = setTimeout(() => {
      const ask = async (): Promise<void> => {
        const { case: now } = store.getState();
        if (now !== null) await bridge.saveCase(now.content);
        const next = await bridge.previewReport(JSON.parse(asked) as ReportRequest);
        if (isCurrent) setShown({ address: next, asked });
      };
      ask().catch((error: unknown) => console.error(error));
    }, settle);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [bridge, store, asked]);
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry === undefined) return;
      const { width, height } = entry.contentRect;
      setSize({ width, height });
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const height = (paperSizes[request.choice.paper].height + 2 * around) * pixelsOfMillimetre + scrollBar;
  const scale = size === null ? 1 : size.height / height;
  const shownSections = reportSections.filter((one) => request.choice.sections.includes(one));
  const hash = section === '' || !shownSections.some((one) => one === section) ? '' : `#part-${section}`;
  return (
    <section className="report-preview" aria-label={t('report-dialog.preview')}>
      <div className="report-row">
        <label htmlFor={selectId}>{t('report-dialog.go-to')}</label>
        <select
          id={selectId}
          value={section}
          onChange={({ currentTarget }) => setSection(currentTarget.value)}
        >
          <option value="">{t('report-dialog.cover')}</option>
          {shownSections.map((one) => (
            <option key={one} value={one}>
              {t(`report-section.${one}`)}
            </option>
          ))}
        </select>
        <span className="hint" role="status">
          {isStale ? t('report-dialog.updating') : ''}
        </span>
      </div>
      <div ref={box} className="report-sheets" aria-busy={isStale}>
        {address === null || size === null ? null : (
          <iframe
            title={t('report-dialog.preview')}
            sandbox="allow-same-origin"
            src={`${address}${hash === '' ? '#top' : hash}`}
            style={{ width: size.width / scale, height, transform: `scale(${scale})` }}
          />
        )}
      </div>
    </section>
  );
}

/** Room for the frame's own scroll bar, in pixels before scaling. */
const scrollBar = 18;
