/** Everything that can be done, once: the keyboard, the palette, the menu and the shortcut list read it here. */
import { useMemo } from 'react';
import { useGridDesk } from '../grids/grid-desk.ts';
import { useLanguage } from '../i18n/language.tsx';
import type { TextKey } from '../i18n/messages.ts';
import { useStepFinding } from '../panes/step-finding.ts';
import { useNoteLines, useToggleBookmark } from '../panes/mark-evidence.ts';
import { useOpenPlace } from '../panes/open-place.ts';
import { useStepMatch } from '../panes/step-match.ts';
import { noFilter } from '../state/filters.ts';
import { noLocks } from '../state/selection.ts';
import { useOverview } from '../state/overview.tsx';
import { freshView, useBridge, useWindowStore } from '../state/window-store.ts';
import type { Place, WindowState } from '../state/window-store.ts';
import { useOpening } from './opening.ts';
import { isTextField } from './text-field.ts';

export type CommandId =
  | 'open'
  | 'open-folder'
  | 'open-sample'
  | 'close-bundle'
  | 'save-case-as'
  | 'export-pdf'
  | 'export'
  | 'redaction'
  | 'search'
  | 'next-match'
  | 'previous-match'
  | 'next-finding'
  | 'previous-finding'
  | 'palette'
  | 'shortcuts'
  | 'licences'
  | 'limits'
  | 'remove-kept-data'
  | 'note'
  | 'undo'
  | 'redo'
  | 'note-lines'
  | 'bookmark'
  | 'add-event'
  | 'clear-filter'
  | 'only-findings'
  | 'back'
  | 'forward'
  | 'show-case'
  | 'show-bookmarks'
  | 'show-muted'
  | 'show-custody'
  | 'show-triage'
  | 'show-patches'
  | 'show-matrix'
  | 'show-runs'
  | 'show-log'
  | 'show-files'
  | 'copy-text'
  | 'copy-csv'
  | 'copy-markdown'
  | 'choose-columns'
  | 'find-in-column'
  | 'pin-column'
  | 'filter-by-cell'
  | 'filter-column'
  | 'group-device'
  | 'group-patch'
  | 'group-none'
  | 'open-place'
  | 'follow-all'
  | 'zoom-time'
  | 'all-time'
  | 'times-written'
  | 'times-utc'
  | 'times-zone'
  | 'choose-zone'
  | 'assume-zone'
  | 'language'
  | 'theme'
  | 'theme-system'
  | 'theme-contrast';

export interface Command {
  readonly id: CommandId;
  readonly title: string;
  /** As they are pressed: `Ctrl+Shift+F8`; the first is shown. */
  readonly keys: readonly string[];
  readonly isEnabled: boolean;
  readonly run: () => void;
}

const keysOf: Partial<Record<CommandId, readonly string[]>> = {
  open: ['Ctrl+O'],
  'open-folder': ['Ctrl+Shift+O'],
  'close-bundle': ['Ctrl+Shift+W'],
  'save-case-as': ['Ctrl+Shift+S'],
  'export-pdf': ['Ctrl+E', 'Ctrl+Shift+E'],
  search: ['Ctrl+F'],
  'next-match': ['F3'],
  'previous-match': ['Shift+F3'],
  'next-finding': ['F8'],
  'previous-finding': ['Shift+F8'],
  palette: ['Ctrl+K'],
  shortcuts: ['?', 'F1'],
  note: ['N'],
  'note-lines': ['L'],
  bookmark: ['B', 'Ctrl+B'],
  undo: ['Ctrl+Z'],
  redo: ['Ctrl+Shift+Z', 'Ctrl+Y'],
  'open-place': ['O'],
  'find-in-column': ['Ctrl+Shift+F'],
  'filter-by-cell': ['='],
  'filter-column': ['Alt+ArrowDown'],
  back: ['Alt+ArrowLeft'],
  forward: ['Alt+ArrowRight'],
  'show-triage': ['Ctrl+1'],
  'show-patches': ['Ctrl+2'],
  'show-matrix': ['Ctrl+3'],
  'show-runs': ['Ctrl+4'],
  'show-log': ['Ctrl+5'],
  'show-files': ['Ctrl+6'],
  'show-case': ['Ctrl+7'],
};

const places: readonly (readonly [CommandId, Place])[] = [
  ['show-triage', 'triage'],
  ['show-patches', 'patches'],
  ['show-matrix', 'matrix'],
  ['show-runs', 'runs'],
  ['show-log', 'log'],
  ['show-files', 'files'],
];

/** The commands in the order of the palette. */
export function useCommands(
  state: Pick<WindowState, 'bundle' | 'visits' | 'steps' | 'case'>,
): readonly Command[] {
  const { t } = useLanguage();
  const bridge = useBridge();
  const store = useWindowStore();
  const step = useStepFinding();
  const stepMatch = useStepMatch();
  const { hasPlace, openPlace } = useOpenPlace();
  const desk = useGridDesk();
  const opening = useOpening();
  const { bundle, visits, steps, case: openCase } = state;
  const hasBundle = bundle.phase === 'ready' || bundle.phase === 'reading';
  const isRead = bundle.phase === 'ready' && openCase !== null;
  const [canGoBack, canGoForward] = [visits.past.length > 0, visits.future.length > 0];
  const [canUndo, canRedo] = [steps.past.length > 0, steps.future.length > 0];
  const bookmark = useToggleBookmark();
  const noteLines = useNoteLines();
  const hasRuns = (useOverview()?.runs ?? 0) > 0;
  return useMemo(() => {
    const { go, open, filter, undo, redo, changeSettings, say, back, forward, focusNote, showCase } =
      store.getState();
    // Words in a field have a history of their own.
    const inField = (own: 'undo' | 'redo', run: () => void) => (): void => {
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- a field's own history has no other handle
      if (isTextField(document.activeElement)) document.execCommand(own);
      else run();
    };
    const settle = (work: Promise<unknown>): void => {
      work.catch((error: unknown) => say('bad', error instanceof Error ? error.message : String(error)));
    };
    const command = (id: CommandId, run: () => void, isEnabled = true): Command => ({
      id,
      title: t(`command.${id}` satisfies TextKey),
      keys: keysOf[id] ?? [],
      isEnabled,
      run,
    });
    const closeBundle = async (): Promise<void> => {
      await bridge.closeBundle();
      store.setState({ ...freshView(), bundle: { phase: 'none', problem: null, cancelled: false } });
    };
    return [
      command('next-finding', () => step(1), hasBundle),
      command('previous-finding', () => step(-1), hasBundle),
      command('search', () => open('search'), hasBundle),
      command('next-match', () => stepMatch(1), hasBundle),
      command('previous-match', () => stepMatch(-1), hasBundle),
      command(
        'note',
        () => {
          const { place, selection } = store.getState();
          if (selection.target.on === 'nothing') return;
          if (place === 'triage' || place === 'files' || place === 'case') go('patches');
          focusNote();
        },
        isRead,
      ),
      command('note-lines', noteLines, isRead),
      command('bookmark', bookmark, isRead),
      command('add-event', () => open('add-event'), isRead),
      command('undo', inField('undo', undo), canUndo),
      command('redo', inField('redo', redo), canRedo),
      command('export-pdf', () => open('report'), isRead),
      command('export', () => open('export'), isRead),
      command('redaction', () => open('redaction'), isRead),
      ...places.map(([id, place]) =>
        command(id, () => go(place), hasBundle && (place !== 'runs' || hasRuns)),
      ),
      command('show-case', () => showCase('notes'), hasBundle),
      command('show-bookmarks', () => showCase('bookmarks'), hasBundle),
      command('show-muted', () => showCase('muted'), hasBundle),
      command('show-custody', () => showCase('custody'), isRead),
      command('back', back, canGoBack),
      command('forward', forward, canGoForward),
      command('clear-filter', () => filter(noFilter), hasBundle),
      command(
        'only-findings',
        () => {
          const { onlyFindings, ...rest } = store.getState().filters.present;
          filter(onlyFindings === true ? rest : { ...rest, onlyFindings: true });
        },
        hasBundle,
      ),
      command('copy-text', () => desk.active?.copy('text'), hasBundle),
      command('copy-csv', () => desk.active?.copy('csv'), hasBundle),
      command('copy-markdown', () => desk.active?.copy('markdown'), hasBundle),
      command('choose-columns', () => desk.active?.chooseColumns(), hasBundle),
      command('find-in-column', () => desk.active?.findInColumn(), hasBundle),
      command('pin-column', () => desk.active?.pinColumn(), hasBundle),
      command('filter-by-cell', () => desk.active?.filterByCell(), hasBundle),
      command('filter-column', () => desk.active?.filterColumn(), hasBundle),
      ...(['device', 'patch', 'none'] as const).map((by) =>
        command(
          `group-${by}`,
          () => {
            const { place, keepLayout } = store.getState();
            keepLayout('group.patches', by);
            if (place !== 'patches') go('patches');
          },
          hasBundle,
        ),
      ),
      command('open-place', openPlace, hasBundle && hasPlace),
      command('follow-all', () => store.setState({ locks: noLocks }), hasBundle),
      command(
        'zoom-time',
        () => store.setState({ zoom: store.getState().filters.present.time ?? null }),
        hasBundle,
      ),
      command('all-time', () => store.setState({ zoom: null }), hasBundle),
      command('times-written', () => changeSettings({ times: 'written' })),
      command('times-utc', () => changeSettings({ times: 'utc' })),
      command('times-zone', () => changeSettings({ times: 'zone' })),
      command('choose-zone', () => open('zone')),
      command('assume-zone', () => open('assume-zone'), isRead),
      command('language', () =>
        changeSettings({ locale: store.getState().settings.locale === 'en' ? 'ja' : 'en' }),
      ),
      command('theme', () =>
        changeSettings({ theme: document.documentElement.dataset['theme'] === 'dark' ? 'light' : 'dark' }),
      ),
      command('theme-system', () => changeSettings({ theme: 'system' })),
      command('theme-contrast', () => changeSettings({ theme: 'contrast' })),
      command('open', opening.openFile),
      command('open-folder', opening.openFolder),
      command('open-sample', opening.openSample),
      command('save-case-as', () => settle(bridge.saveCaseAs()), isRead),
      command('close-bundle', () => settle(closeBundle()), bundle.phase !== 'none'),
      command('palette', () => open('palette')),
      command('shortcuts', () => open('shortcuts')),
      command('licences', () => open('licences')),
      command('limits', () => open('limits')),
      command('remove-kept-data', () => open('kept-data')),
    ];
  }, [
    t,
    bridge,
    store,
    step,
    stepMatch,
    hasPlace,
    openPlace,
    desk,
    opening,
    bookmark,
    noteLines,
    hasBundle,
    isRead,
    canGoBack,
    canGoForward,
    canUndo,
    canRedo,
    hasRuns,
    bundle.phase,
  ]);
}

/** A key press as it is written in {@link keysOf}; the command key of a Mac counts as Ctrl. */
export function chordOf(
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>,
): string {
  const isLetter = event.key.length === 1;
  const key = isLetter ? event.key.toUpperCase() : event.key;
  const isCtrl = event.ctrlKey || event.metaKey;
  // Shift is part of a sign like "?", but not of a letter with Ctrl.
  const isShift = event.shiftKey && (!isLetter || isCtrl);
  return [isCtrl ? 'Ctrl' : '', event.altKey ? 'Alt' : '', isShift ? 'Shift' : '', key]
    .filter((part) => part !== '')
    .join('+');
}

/** The chord as it is shown: `Ctrl K`. */
export function chordText(chord: string, platform: string): string {
  const shown = chord
    .replace('ArrowLeft', '←')
    .replace('ArrowRight', '→')
    .replace('ArrowDown', '↓')
    .replaceAll('+', ' ');
  return platform === 'darwin' ? shown.replace('Ctrl', '⌘').replace('Shift', '⇧').replace('Alt', '⌥') : shown;
}
