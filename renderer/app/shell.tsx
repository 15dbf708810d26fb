/** The window as a whole. */
import { Suspense, lazy, useEffect, useMemo, useRef, useState } from 'react';
import type { ComponentType, DragEvent } from 'react';
import { LettersProvider } from '../grids/letters-context.tsx';
import { useLanguage } from '../i18n/language.tsx';
import { wordCode } from '../i18n/messages.ts';
import { problemText } from '../panes/problem-text.ts';
import { ReadingStrip } from '../panes/reading.tsx';
import { Start } from '../panes/start.tsx';
import { LetterBook } from '../state/letters.ts';
import { useWindow, useWindowStore } from '../state/window-store.ts';
import type { ShownTheme } from '../theme/theme.ts';
import { chordOf, useCommands } from './commands.ts';
import type { Command } from './commands.ts';
import { Overlays } from './dialogs.tsx';
import { Header } from './header.tsx';
import { useOpening } from './opening.ts';
import { Rail } from './rail.tsx';
import { SearchBar } from './search-bar.tsx';
import { StatusBar } from './status-bar.tsx';
import { isTextField } from './text-field.ts';

/** What shows a bundle, grids above all, is more than half of the page's program: the first screen needs none of it. */
const PlaceView = lazy(loadPlaces);

/** Loads what shows a bundle, if that has not been done. */
export async function loadPlaces(): Promise<{ readonly default: ComponentType }> {
  return { default: (await import('./places.tsx')).PlaceView };
}

export interface ShellProps {
  readonly theme: ShownTheme;
  readonly restartWorker: () => Promise<void>;
  /** Takes commands that come from main's menu. */
  readonly onCommands: (run: (command: string) => void) => void;
}

export function Shell({ theme, restartWorker, onCommands }: ShellProps) {
  const bundle = useWindow((state) => state.bundle);
  const openCase = useWindow((state) => state.case);
  const overlay = useWindow((state) => state.overlay);
  const visits = useWindow((state) => state.visits);
  const steps = useWindow((state) => state.steps);
  const commands = useCommands({ bundle, visits, steps, case: openCase });
  useKeyboard(commands);
  useEffect(() => {
    onCommands((wanted) => {
      const command = commands.find(({ id }) => id === wanted);
      if (command?.isEnabled === true) command.run();
    });
  }, [onCommands, commands]);
  const isOpen = bundle.phase === 'reading' || bundle.phase === 'ready';
  const drop = useDrop();
  // Letters tie cells while one bundle is open, and start anew when it has been read to its end.
  const bookKey = bundle.phase === 'none' ? '' : `${bundle.name} ${bundle.phase}`;
  const letters = useMemo(() => ({ key: bookKey, book: new LetterBook() }), [bookKey]).book;
  return (
    <LettersProvider value={letters}>
      <div
        className="window"
        onDragEnter={drop.onDragEnter}
        onDragOver={drop.onDragOver}
        onDragLeave={drop.onDragLeave}
        onDrop={drop.onDrop}
      >
        <Header commands={commands} theme={theme} />
        <div className="banners">
          <WorkerBanner restartWorker={restartWorker} />
          <CaseBanner />
          <ChangedBundleBanner />
          <RememberedBanner />
          <PackBanner />
          {isOpen && overlay === 'search' ? <SearchBar /> : null}
        </div>
        {isOpen ? (
          <div className="window-body">
            <Rail />
            <main className="window-main">
              <Suspense fallback={null}>
                <PlaceView />
              </Suspense>
            </main>
          </div>
        ) : (
          <Start />
        )}
        {bundle.phase === 'ready' ? <StatusBar commands={commands} /> : <ReadingStrip />}
        <Overlays commands={commands} />
        {drop.isOver ? <DropVeil /> : null}
      </div>
    </LettersProvider>
  );
}

function WorkerBanner({ restartWorker }: { readonly restartWorker: () => Promise<void> }) {
  const { t } = useLanguage();
  const worker = useWindow((state) => state.worker);
  const say = useWindow((state) => state.say);
  if (worker.is === 'well') return null;
  const isRestarting = worker.is === 'restarting';
  return (
    <div className="banner bad" role="alert">
      <strong>{t('errors.worker-gone')}</strong>
      <span>{t('worker.kept')}</span>
      <button
        type="button"
        className="button"
        disabled={isRestarting}
        onClick={() => {
          restartWorker().catch((error: unknown) => say('bad', String(error)));
        }}
      >
        {t(isRestarting ? 'worker.restarting' : 'worker.restart')}
      </button>
    </div>
  );
}

/** A case that was not found as it should be: told once, until it is put away. */
function CaseBanner() {
  const { t } = useLanguage();
  const store = useWindowStore();
  const warning = useWindow((state) => state.case?.warning ?? null);
  if (warning === null) return null;
  return (
    <div className="banner" role="alert">
      <strong>
        {problemText(t, {
          family: 'expected',
          code: warning.code,
          place: warning.place,
          detail: warning.detail,
        })}
      </strong>
      <span>{wordCode(t, 'errors-advice', warning.code, '')}</span>
      <button
        type="button"
        className="button"
        onClick={() => {
          const { case: open } = store.getState();
          if (open !== null) store.setState({ case: { ...open, warning: null } });
        }}
      >
        {t('action.close')}
      </button>
    </div>
  );
}

/** The bundle is another version of one that has a case: what differs is a click away, and so are the notes. */
function ChangedBundleBanner() {
  const { t } = useLanguage();
  const store = useWindowStore();
  const open = useWindow((state) => state.open);
  const earlier = useWindow((state) => state.case?.earlier ?? null);
  if (earlier === null) return null;
  const { difference } = earlier;
  return (
    <div className="banner" role="alert">
      <strong>{t('changed-bundle.title')}</strong>
      <span>
        {difference === null
          ? t('changed-bundle.unknown')
          : t('changed-bundle.summary', {
              changed: difference.changed.length,
              added: difference.added.length,
              removed: difference.removed.length,
            })}
      </span>
      <button type="button" className="button" onClick={() => open('changed-bundle')}>
        {t('changed-bundle.show', { count: earlier.content.annotations.length })}
      </button>
      <button
        type="button"
        className="button"
        onClick={() => {
          const { case: now } = store.getState();
          if (now !== null) store.setState({ case: { ...now, earlier: null } });
        }}
      >
        {t('action.close')}
      </button>
    </div>
  );
}

/** What is shown is from the last reading, until the bundle has been read again. */
function RememberedBanner() {
  const { t } = useLanguage();
  const state = useWindow(({ bundle }) =>
    bundle.phase === 'reading' || bundle.phase === 'ready' ? bundle.reading.remembered : 'none',
  );
  const [isAway, setAway] = useState(false);
  if (state === 'none' || state === 'confirmed' || (state === 'differs' && isAway)) return null;
  return (
    <div className="banner remembered" role="status">
      <strong>{t(state === 'shown' ? 'remembered.shown' : 'remembered.differs')}</strong>
      <span>{t(state === 'shown' ? 'remembered.shown-about' : 'remembered.differs-about')}</span>
      {state === 'shown' ? null : (
        <button type="button" className="button" onClick={() => setAway(true)}>
          {t('action.close')}
        </button>
      )}
    </div>
  );
}

const shownPackProblems = 4;

/** Packs of the site that were not taken, with file and reason, until it is put away. */
function PackBanner() {
  const { t } = useLanguage();
  const problems = useWindow(({ bundle }) =>
    bundle.phase === 'reading' || bundle.phase === 'ready' ? bundle.reading.packProblems : undefined,
  );
  const key = JSON.stringify(problems ?? []);
  const [away, setAway] = useState('');
  if (problems === undefined || problems.length === 0 || away === key) return null;
  const refused = problems.filter(({ isWarning }) => !isWarning);
  const shown = [...refused, ...problems.filter(({ isWarning }) => isWarning)];
  return (
    <div className="banner" role="alert">
      <strong>
        {refused.length === 0 ? t('packs.title-warning') : t('packs.title', { count: refused.length })}
      </strong>
      <span>
        {shown
          .slice(0, shownPackProblems)
          .map(({ kind, file, code, at, value, isWarning }) =>
            t(isWarning ? 'packs.warning' : 'packs.left-out', {
              file: `${kind}/${file}`,
              reason: t(`pack-problem.${code}`, { at: at ?? '', value: value ?? '' }),
            }),
          )
          .join(' ')}
        {shown.length > shownPackProblems
          ? ` ${t('packs.more', { count: shown.length - shownPackProblems })}`
          : ''}
      </span>
      <button type="button" className="button" onClick={() => setAway(key)}>
        {t('action.close')}
      </button>
    </div>
  );
}

function DropVeil() {
  const { t } = useLanguage();
  return (
    <div className="drop-veil" aria-hidden="true">
      <p>{t('start.drop-now')}</p>
    </div>
  );
}

/** A file may be dropped anywhere on the window. */
function useDrop() {
  const { openDropped } = useOpening();
  const [depth, setDepth] = useState(0);
  const hasFiles = (event: DragEvent): boolean => event.dataTransfer.types.includes('Files');
  return {
    isOver: depth > 0,
    onDragEnter: (event: DragEvent) => {
      if (hasFiles(event)) setDepth((now) => now + 1);
    },
    onDragLeave: (event: DragEvent) => {
      if (hasFiles(event)) setDepth((now) => Math.max(0, now - 1));
    },
    onDragOver: (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = 'copy';
    },
    onDrop: (event: DragEvent) => {
      event.preventDefault();
      setDepth(0);
      for (const file of event.dataTransfer.files) openDropped(file);
    },
  };
}

/** Keys work wherever the focus is; those of one letter not while something is typed. */
function useKeyboard(commands: readonly Command[]): void {
  const store = useWindowStore();
  const latest = useRef(commands);
  useEffect(() => {
    latest.current = commands;
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing) return;
      const chord = chordOf(event);
      const isTyping = isTextField(event.target);
      const { overlay, open } = store.getState();
      if (chord === 'Escape') {
        if (overlay === 'search') open('none');
        else if (isTyping && event.target instanceof HTMLElement) event.target.blur();
        return;
      }
      if (overlay !== 'none' && overlay !== 'search') return;
      // What is typed into a field has its own undo, and its letters are letters.
      if (
        isTyping &&
        (chord.length === 1 || chord === 'Ctrl+Z' || chord === 'Ctrl+Y' || chord === 'Ctrl+Shift+Z')
      )
        return;
      const command = latest.current.find(({ keys }) => keys.includes(chord));
      if (command === undefined) return;
      event.preventDefault();
      if (command.isEnabled) command.run();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [store]);
}
