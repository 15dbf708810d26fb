/** Everything that can be done, once: the keyboard, the palette, the menu and the shortcut list read it here. */
import { useMemo } from 'react';
import { useGridDesk } from '../grids/grid-desk.ts';
import { useLanguage } from '../i18n/language.tsx';
import type { TextKey } from '../i18n/messages.ts';
import { useStepFinding } from '../panes/step-finding.ts';
import { noFilter } from '../state/filters.ts';
import { noLocks } from '../state/selection.ts';
import { useOverview } from '../state/overview.tsx';
import { freshView, useBridge, useWindowStore } from '../state/window-store.ts';
import type { Place, WindowState } from '../state/window-store.ts';
import { useOpening } from './opening.ts';

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
  | 'next-finding'
  | 'previous-finding'
  | 'palette'
  | 'shortcuts'
  | 'note'
  | 'undo-filter'
  | 'redo-filter'
  | 'clear-filter'
  | 'only-findings'
  | 'back'
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
  | 'theme-system';

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
  'next-finding': ['F8'],
  'previous-finding': ['Shift+F8'],
  palette: ['Ctrl+K'],
  shortcuts: ['?', 'F1'],
  note: ['N'],
  'undo-filter': ['Ctrl+Z'],
  'redo-filter': ['Ctrl+Y', 'Ctrl+Shift+Z'],
  back: ['Alt+ArrowLeft'],
  'show-triage': ['Ctrl+1'],
  'show-patches': ['Ctrl+2'],
  'show-matrix': ['Ctrl+3'],
  'show-runs': ['Ctrl+4'],
  'show-log': ['Ctrl+5'],
  'show-files': ['Ctrl+6'],
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
export function useCommands(state: Pick<WindowState, 'bundle' | 'cameFrom' | 'case'>): readonly Command[] {
  const { t } = useLanguage();
  const bridge = useBridge();
  const store = useWindowStore();
  const step = useStepFinding();
  const desk = useGridDesk();
  const opening = useOpening();
  const { bundle, cameFrom, case: openCase } = state;
  const hasBundle = bundle.phase === 'ready' || bundle.phase === 'reading';
  const isRead = bundle.phase === 'ready' && openCase !== null;
  const canGoBack = cameFrom !== null;
  const hasRuns = (useOverview()?.runs ?? 0) > 0;
  return useMemo(() => {
    const { go, open, filter, undoFilter, redoFilter, changeSettings, say, back, focusNote } =
      store.getState();
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
      command(
        'note',
        () => {
          const { place, selection } = store.getState();
          if (selection.target.on === 'nothing') return;
          if (place === 'triage' || place === 'files') go('patches');
          focusNote();
        },
        isRead,
      ),
      command('export-pdf', () => open('report'), isRead),
      command('export', () => open('export'), isRead),
      command('redaction', () => open('redaction'), isRead),
      ...places.map(([id, place]) =>
        command(id, () => go(place), hasBundle && (place !== 'runs' || hasRuns)),
      ),
      command('back', back, canGoBack),
      command('undo-filter', undoFilter, hasBundle),
      command('redo-filter', redoFilter, hasBundle),
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
      command('open', opening.openFile),
      command('open-folder', opening.openFolder),
      command('open-sample', opening.openSample),
      command('save-case-as', () => settle(bridge.saveCaseAs()), isRead),
      command('close-bundle', () => settle(closeBundle()), bundle.phase !== 'none'),
      command('palette', () => open('palette')),
      command('shortcuts', () => open('shortcuts')),
    ];
  }, [t, bridge, store, step, desk, opening, hasBundle, isRead, canGoBack, hasRuns, bundle.phase]);
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
  const shown = chord.replace('ArrowLeft', '←').replaceAll('+', ' ');
  return platform === 'darwin' ? shown.replace('Ctrl', '⌘').replace('Shift', '⇧').replace('Alt', '⌥') : shown;
}
