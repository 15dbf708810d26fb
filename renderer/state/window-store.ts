/** What the window itself knows: where the reader is, what is chosen, filters, drafts. Rows stay in the worker. */
import { createContext, useContext } from 'react';
import { createStore, useStore } from 'zustand';
import type { StoreApi } from 'zustand';
import type { AnnotationTarget } from '../../parsers/domain/annotation.ts';
import type { Transcription } from '../../parsers/domain/transcription.ts';
import type { Reading } from '../../preload/contract/evidence.ts';
import type { Filter, Sort } from '../../preload/contract/shapes.ts';
import type {
  CaseContent,
  CaseStatus,
  PatchtrailBridge,
  Settings,
  WindowEvent,
} from '../../preload/contract/window.ts';
import { annotated, isoWithOffset } from './annotations.ts';
import type { AnnotationChange } from './annotations.ts';
import { changed, noHistory, redone, undone } from './filters.ts';
import type { FilterHistory } from './filters.ts';
import { noLocks, nothingSelected } from './selection.ts';
import { transcribed } from './transcriptions.ts';
import type { TranscriptionDraft } from './transcriptions.ts';
import type { Locks, Pane, Selection, Target } from './selection.ts';

export type Place = 'triage' | 'patches' | 'matrix' | 'runs' | 'log' | 'files';

/** An error as the window words it. */
export type Problem =
  | {
      readonly family: 'expected';
      readonly code: string;
      readonly place: string | null;
      readonly detail: Readonly<Record<string, string | number>>;
    }
  | { readonly family: 'bug'; readonly message: string };

export type BundleState =
  | { readonly phase: 'none'; readonly problem: Problem | null; readonly cancelled: boolean }
  | { readonly phase: 'opening'; readonly name: string }
  | { readonly phase: 'reading'; readonly name: string; readonly reading: Reading }
  | { readonly phase: 'ready'; readonly name: string; readonly reading: Reading };

export type WorkerState =
  { readonly is: 'well' } | { readonly is: 'gone'; readonly reason: string } | { readonly is: 'restarting' };

export type Overlay =
  | 'none'
  | 'palette'
  | 'shortcuts'
  | 'search'
  | 'zone'
  | 'assume-zone'
  | 'report'
  | 'export'
  | 'redaction'
  | 'password'
  | 'password-wrong';

export interface OpenFile {
  readonly member: string;
  readonly line: number | null;
  readonly stamp: number;
}

export type Notice = { readonly tone: 'good' | 'bad'; readonly text: string; readonly stamp: number };

export type ExportPhase = Extract<WindowEvent, { event: 'export-phase' }>['phase'] | 'asking';

export interface CaseState {
  readonly content: CaseContent;
  readonly status: CaseStatus;
  /** Worded by code: `case-damaged`, `case-other-bundle` ... */
  readonly warning: {
    readonly code: string;
    readonly place: string | null;
    readonly detail: Readonly<Record<string, string | number>>;
  } | null;
}

export interface WindowState {
  readonly settings: Settings;
  readonly bundle: BundleState;
  /** Grows when views have to be asked for anew. */
  readonly revision: number;
  readonly worker: WorkerState;
  readonly place: Place;
  /** Where a jump to a file came from. */
  readonly cameFrom: Place | null;
  readonly selection: Selection;
  readonly filters: FilterHistory;
  readonly locks: Locks;
  readonly patchSort: Sort;
  readonly lineSort: Sort;
  readonly memberSort: Sort;
  readonly runSort: Sort;
  readonly overlay: Overlay;
  /** What is typed in the search, highlighted before it filters; null when it is closed or not acceptable. */
  readonly highlight: Filter['text'] | null;
  readonly file: OpenFile | null;
  /** The part of time that the timeline shows; null: all of it. */
  readonly zoom: { readonly from: number; readonly to: number } | null;
  /** The analyst's part; null until the bundle has been read and its case loaded. */
  readonly case: CaseState | null;
  /** The choice whose note wants the focus as soon as the inspector shows it. */
  readonly noteWanted: number | null;
  readonly notice: Notice | null;
  /** How far an export of the report has come; null while there is none. */
  readonly exportPhase: ExportPhase | null;
  /** How far the export is, from 0 to 1; null while nothing can be said. */
  readonly exportDone: number | null;
  /** The transcribed rows before each change, the latest last. */
  readonly transcriptionsBefore: readonly (readonly Transcription[])[];
  /** The row that is being written down, and from which picture: kept while the reader looks elsewhere. */
  readonly transcribing: { readonly member: string; readonly draft: TranscriptionDraft } | null;
}

export interface WindowActions {
  readonly go: (place: Place) => void;
  readonly choose: (target: Target, from: Selection['from']) => void;
  /** Shows a finding among the rows, leaving triage and files. */
  readonly showFinding: (id: string) => void;
  /** Shows a run among the runs. */
  readonly showRun: (id: string) => void;
  /** Shows a record among the patches; back leads to where it was chosen. */
  readonly showRecord: (id: string) => void;
  readonly openFile: (member: string, line: number | null) => void;
  readonly back: () => void;
  readonly filter: (filter: Filter) => void;
  readonly undoFilter: () => void;
  readonly redoFilter: () => void;
  readonly toggleLock: (pane: Pane) => void;
  readonly open: (overlay: Overlay) => void;
  readonly changeSettings: (change: Partial<Settings>) => void;
  readonly keepLayout: (name: string, value: unknown) => void;
  readonly annotate: (target: AnnotationTarget, change: AnnotationChange, quote: string) => void;
  /** @param draft null: no longer */
  readonly draftTranscription: (member: string, draft: TranscriptionDraft | null) => void;
  readonly transcribe: (member: string, draft: TranscriptionDraft) => void;
  readonly removeTranscription: (id: string) => void;
  readonly undoTranscription: () => void;
  readonly focusNote: () => void;
  readonly say: (tone: Notice['tone'], text: string) => void;
}

export type WindowStore = StoreApi<WindowState & WindowActions>;

/** What belongs to one bundle and starts anew with the next. */
export function freshView(): Pick<
  WindowState,
  | 'place'
  | 'cameFrom'
  | 'selection'
  | 'filters'
  | 'file'
  | 'zoom'
  | 'case'
  | 'highlight'
  | 'notice'
  | 'transcriptionsBefore'
  | 'transcribing'
> {
  return {
    place: 'triage',
    cameFrom: null,
    selection: nothingSelected,
    filters: noHistory,
    file: null,
    zoom: null,
    case: null,
    highlight: null,
    notice: null,
    transcriptionsBefore: [],
    transcribing: null,
  };
}

export function createWindowStore(bridge: PatchtrailBridge, settings: Settings): WindowStore {
  let stamps = 0;
  const store: WindowStore = createStore((set, get) => ({
    settings,
    bundle: { phase: 'none', problem: null, cancelled: false },
    revision: 0,
    worker: { is: 'well' },
    locks: noLocks,
    patchSort: [],
    lineSort: [],
    memberSort: [],
    runSort: [],
    overlay: 'none',
    exportDone: null,
    noteWanted: null,
    exportPhase: null,
    ...freshView(),

    go: (place) => set({ place, cameFrom: null }),
    showRun: (id) => {
      get().choose({ on: 'run', id }, 'elsewhere');
      set({ place: 'runs', cameFrom: null });
    },
    showRecord: (id) => {
      const { place } = get();
      get().choose({ on: 'record', id }, 'elsewhere');
      if (place !== 'patches') set({ place: 'patches', cameFrom: place });
    },
    choose: (target, from) => {
      stamps += 1;
      set({ selection: { target, from, stamp: stamps } });
    },
    showFinding: (id) => {
      const { place, choose } = get();
      choose({ on: 'finding', id }, 'elsewhere');
      if (place === 'triage' || place === 'files') set({ place: 'patches', cameFrom: null });
    },
    openFile: (member, line) => {
      stamps += 1;
      const { place } = get();
      set({
        file: { member, line, stamp: stamps },
        place: 'files',
        cameFrom: place === 'files' ? get().cameFrom : place,
      });
    },
    back: () => {
      const { cameFrom } = get();
      if (cameFrom !== null) set({ place: cameFrom, cameFrom: null });
    },
    filter: (filter) => set(({ filters }) => ({ filters: changed(filters, filter) })),
    undoFilter: () => set(({ filters }) => ({ filters: undone(filters) })),
    redoFilter: () => set(({ filters }) => ({ filters: redone(filters) })),
    toggleLock: (pane) => set(({ locks }) => ({ locks: { ...locks, [pane]: !locks[pane] } })),
    open: (overlay) => set({ overlay }),
    changeSettings: (change) => {
      set((state) => ({ settings: { ...state.settings, ...change } }));
      bridge.changeSettings(change).catch((error: unknown) => console.error(error));
    },
    keepLayout: (name, value) => {
      const { settings: now, changeSettings } = get();
      if (JSON.stringify(now.layout[name]) === JSON.stringify(value)) return;
      changeSettings({ layout: { ...now.layout, [name]: value } });
    },
    annotate: (target, change, quote) => {
      const { case: open, settings: now } = get();
      if (open === null) return;
      const annotations = annotated(open.content.annotations, target, change, {
        author: now.author,
        now: isoWithOffset(new Date()),
        id: newId('a'),
        quote,
      });
      set({
        case: {
          ...open,
          content: { ...open.content, annotations: [...annotations] as CaseContent['annotations'] },
        },
      });
    },
    draftTranscription: (member, draft) => set({ transcribing: draft === null ? null : { member, draft } }),
    transcribe: (member, draft) => {
      changeTranscriptions((rows) =>
        transcribed(rows, member, draft, {
          author: get().settings.author,
          now: isoWithOffset(new Date()),
          id: newId('t'),
        }),
      );
    },
    removeTranscription: (id) => {
      changeTranscriptions((rows) => rows.filter((row) => row.id !== id));
    },
    undoTranscription: () => {
      const { transcriptionsBefore: before } = get();
      const last = before.at(-1);
      if (last === undefined) return;
      changeTranscriptions(() => last);
      set({ transcriptionsBefore: before.slice(0, -1) });
    },
    focusNote: () => set(({ selection }) => ({ noteWanted: selection.stamp })),
    say: (tone, text) => {
      stamps += 1;
      set({ notice: { tone, text, stamp: stamps } });
    },
  }));
  /** Changes the rows and keeps what was before, for undoing. */
  function changeTranscriptions(change: (rows: readonly Transcription[]) => readonly Transcription[]): void {
    const { case: open, transcriptionsBefore } = store.getState();
    if (open === null) return;
    const rows = open.content.transcriptions;
    store.setState({
      case: {
        ...open,
        content: {
          ...open.content,
          transcriptions: [...change(rows)] as CaseContent['transcriptions'],
        },
      },
      transcriptionsBefore: [...transcriptionsBefore, rows].slice(-mostSteps),
    });
  }

  return store;
}

/** So many changes of transcribed rows can be undone. */
const mostSteps = 100;

/** 128 random bits in hexadecimal. */
function newId(kind: 'a' | 't'): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `${kind}-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

const StoreContext = createContext<WindowStore | null>(null);
export const WindowStoreProvider = StoreContext.Provider;

export function useWindowStore(): WindowStore {
  const store = useContext(StoreContext);
  if (store === null) throw new Error('useWindowStore outside of WindowStoreProvider');
  return store;
}

export function useWindow<T>(select: (state: WindowState & WindowActions) => T): T {
  return useStore(useWindowStore(), select);
}

const BridgeContext = createContext<PatchtrailBridge | null>(null);
export const BridgeProvider = BridgeContext.Provider;

export function useBridge(): PatchtrailBridge {
  const bridge = useContext(BridgeContext);
  if (bridge === null) throw new Error('useBridge outside of BridgeProvider');
  return bridge;
}
