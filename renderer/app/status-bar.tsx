import { useAnswer } from '../evidence/evidence-context.tsx';
import { useLanguage } from '../i18n/language.tsx';
import type { Translate } from '../i18n/messages.ts';
import { Chips } from '../panes/chips.tsx';
import { useOverview } from '../state/overview.tsx';
import { useBridge, useWindow } from '../state/window-store.ts';
import type { CaseState } from '../state/window-store.ts';
import type { Step } from '../state/undo.ts';
import { chordText } from './commands.ts';
import type { Command } from './commands.ts';

export function StatusBar({ commands }: { readonly commands: readonly Command[] }) {
  const { t, number } = useLanguage();
  const { platform } = useBridge();
  const overview = useOverview();
  const openCase = useWindow((state) => state.case);
  const notice = useWindow((state) => state.notice);
  const run = (id: Command['id']) => (): void => commands.find((one) => one.id === id)?.run();
  return (
    <footer className="status-bar">
      <div className="status-chips">
        <Chips />
      </div>
      {notice === null ? null : (
        <span
          key={notice.stamp}
          className={`notice ${notice.tone}`}
          role={notice.tone === 'bad' ? 'alert' : 'status'}
        >
          {notice.text} {notice.step === undefined ? null : <UndoButton step={notice.step} />}
        </span>
      )}
      <FindingCount />
      <button type="button" aria-label={t('findings.next')} onClick={run('next-finding')}>
        <kbd>F8</kbd> {t('status.next')}
      </button>
      <button type="button" aria-label={t('command.note')} onClick={run('note')}>
        <kbd>N</kbd> {t('status.note')}
      </button>
      <button type="button" aria-label={t('command.palette')} onClick={run('palette')}>
        <kbd>{chordText('Ctrl+K', platform)}</kbd> {t('status.commands')}
      </button>
      {overview === null ? null : (
        <span className="line-count">
          {t('status.lines', { count: overview.lines.total, shown: number(overview.lines.total) })}
        </span>
      )}
      <span
        className="case-status"
        role="status"
        title={openCase?.status.error ?? openCase?.status.name ?? ''}
      >
        {caseText(t, openCase)}
      </span>
    </footer>
  );
}

/** Undoes what the notice tells of, as long as it is the latest step. */
function UndoButton({ step }: { readonly step: Step }) {
  const { t } = useLanguage();
  const isLatest = useWindow((state) => state.steps.past.at(-1) === step);
  const undo = useWindow((state) => state.undo);
  if (!isLatest) return null;
  return (
    <button type="button" className="link" onClick={undo}>
      {t('action.undo')}
    </button>
  );
}

function FindingCount() {
  const { t, number, locale } = useLanguage();
  const filter = useWindow((state) => state.filters.present);
  const target = useWindow((state) => state.selection.target);
  const revision = useWindow((state) => state.revision);
  const chosen = target.on === 'finding' ? target.id : null;
  const { last } = useAnswer(
    'findings',
    { locale, filter, from: 0, to: chosen === null ? 0 : 2_000 },
    revision,
  );
  if (last === null) return null;
  const position = chosen === null ? -1 : last.rows.findIndex(({ id }) => id === chosen);
  return (
    <span className="finding-count">
      {position < 0
        ? t('findings.total', { total: number(last.total), count: last.total })
        : t('findings.of-all', { position: number(position + 1), total: number(last.total) })}
    </span>
  );
}

function caseText(t: Translate, open: CaseState | null): string {
  if (open === null) return '';
  const { state, savedAt, error } = open.status;
  switch (state) {
    case 'none':
      return '';
    case 'unsaved':
      return t('case.unsaved');
    case 'saving':
      return t('case.saving');
    case 'saved':
      return savedAt === null ? t('case.saved') : t('case.saved-at', { time: savedAt });
    case 'not-writable':
      return t('case.not-writable', { reason: error ?? '' });
  }
}
