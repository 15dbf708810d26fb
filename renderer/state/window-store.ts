/** What the window itself knows: where the reader is, what is chosen, filters, drafts. Rows stay in the worker. */
import { createContext, useContext } from 'react';
import { createStore, useStore } from 'zustand';
import type { StoreApi } from 'zustand';
import { targetKey } from '../../parsers/domain/annotation.ts';
import type { Annotation, AnnotationTarget } from '../../parsers/domain/annotation.ts';
import type { MuteSubject } from '../../parsers/domain/mute.ts';
import type { Transcription } from '../../parsers/domain/transcription.ts';
import type { Reading } from '../../preload/contract/evidence.ts';
import type { Filter, Sort } from '../../preload/contract/shapes.ts';
import type {
  CaseContent,
  CaseStatus,
  EarlierCase,
  PatchtrailBridge,
  Settings,
  WindowEvent,
} from '../../preload/contract/window.ts';
import { isoWithOffset } from '../../parsers/domain/wall-time.ts';
import { annotated, withoutAnnotation } from './annotations.ts';
import type { AnnotationChange } from './annotations.ts';
import { bookmarkAt, bookmarkLabelled, bookmarkToggled } from './bookmarks.ts';
import type { BookmarkPlace } from './bookmarks.ts';
import { noFilter } from './filters.ts';
import { noLocks, nothingSelected } from './selection.ts';
import { transcribed } from './transcriptions.ts';
import type { TranscriptionDraft } from './transcriptions.ts';
import type { CaseTab, Locks, Pane, Place, Selection, Target } from './selection.ts';
import { noSteps, stepped, steppedBack, steppedForward } from './undo.ts';
import type { Step, StepKind, Steps, Undoable } from './undo.ts';
import { back, forward, left, noVisits } from './visits.ts';
import type { Visit, Visits } from './visits.ts';

export type { CaseTab, Place } from './selection.ts';

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
  | 'licences'
  | 'limits'
  | 'kept-data'
  | 'search'
  | 'zone'
  | 'assume-zone'
  | 'report'
  | 'export'
  | 'redaction'
  | 'password'
  | 'password-wrong'
  | 'add-event'
  | 'changed-bundle';

export interface OpenFile {
  readonly member: string;
  readonly line: number | null;
  readonly stamp: number;
}

export type Notice = {
  readonly tone: 'good' | 'bad';
  readonly text: string;
  readonly stamp: number;
  /** The step that it tells of, which can be undone from there. */
  readonly step?: Step;
};

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
  /** A case of another version of the bundle; null: none, or put away. */
  readonly earlier: EarlierCase | null;
}

export interface WindowState {
  readonly settings: Settings;
  readonly bundle: BundleState;
  /** Grows when views have to be asked for anew. */
  readonly revision: number;
  readonly worker: WorkerState;
  readonly place: Place;
  readonly caseTab: CaseTab;
  /** Where the reader has been. */
  readonly visits: Visits;
  /** Where a jump to a file came from. */
  readonly cameFrom: Place | null;
  readonly selection: Selection;
  readonly filters: { readonly present: Filter };
  readonly steps: Steps;
  readonly locks: Locks;
  readonly patchSort: Sort;
  readonly lineSort: Sort;
  readonly memberSort: Sort;
  readonly runSort: Sort;
  readonly overlay: Overlay;
  /** What stood there when it was opened. */
  readonly overlayBefore: Overlay;
  /** What is typed in the search, highlighted before it filters; null when it is closed or not acceptable. */
  readonly highlight: Filter['text'] | null;
  readonly file: OpenFile | null;
  /** The part of time that the timeline shows; null: all of it. */
  readonly zoom: { readonly from: number; readonly to: number } | null;
  /** The analyst's part; null until the bundle has been read and its case loaded. */
  readonly case: CaseState | null;
  /** What the case held when it was open last, while the bundle is read again; null when nothing is known. */
  readonly remembered: CaseContent | null;
  /** The choice whose note wants the focus as soon as the inspector shows it. */
  readonly noteWanted: number | null;
  readonly notice: Notice | null;
  /** How far an export of the report has come; null while there is none. */
  readonly exportPhase: ExportPhase | null;
  /** How far the export is, from 0 to 1; null while nothing can be said. */
  readonly exportDone: number | null;
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
  readonly forward: () => void;
  readonly showCase: (tab: CaseTab) => void;
  /** Shows what is chosen among the rows of a place. */
  readonly jump: (target: Target, place: Place) => void;
  readonly filter: (filter: Filter) => void;
  /** Takes the latest change of filters or of the case back. */
  readonly undo: () => void;
  readonly redo: () => void;
  readonly toggleLock: (pane: Pane) => void;
  readonly open: (overlay: Overlay) => void;
  readonly changeSettings: (change: Partial<Settings>) => void;
  readonly keepLayout: (name: string, value: unknown) => void;
  readonly annotate: (target: AnnotationTarget, change: AnnotationChange, quote: string) => void;
  readonly removeAnnotation: (id: string) => void;
  /** Notes, bookmarks and mutes of another case that this one has not. */
  readonly takeOver: (content: CaseContent) => void;
  /** Adds or removes a bookmark. @returns whether there is one now */
  readonly toggleBookmark: (place: BookmarkPlace, label: string) => boolean;
  readonly labelBookmark: (place: BookmarkPlace, label: string) => void;
  /** @param reason not empty */
  readonly mute: (on: MuteSubject, reason: string) => void;
  readonly unmute: (id: string) => void;
  readonly assumeZone: (zone: string | null) => void;
  /** @param draft null: no longer */
  readonly draftTranscription: (member: string, draft: TranscriptionDraft | null) => void;
  readonly transcribe: (member: string, draft: TranscriptionDraft) => void;
  readonly removeTranscription: (id: string) => void;
  readonly focusNote: () => void;
  readonly say: (tone: Notice['tone'], text: string) => void;
  /** Tells of the latest step, with a way to undo it. */
  readonly sayDone: (text: string) => void;
}

export type WindowStore = StoreApi<WindowState & WindowActions>;

/** What belongs to one bundle and starts anew with the next. */
export function freshView(): Pick<
  WindowState,
  | 'place'
  | 'caseTab'
  | 'visits'
  | 'steps'
  | 'cameFrom'
  | 'selection'
  | 'filters'
  | 'file'
  | 'zoom'
  | 'case'
  | 'remembered'
  | 'highlight'
  | 'notice'
  | 'transcribing'
> {
  return {
    place: 'triage',
    caseTab: 'notes',
    visits: noVisits,
    steps: noSteps,
    cameFrom: null,
    selection: nothingSelected,
    filters: { present: noFilter },
    file: null,
    zoom: null,
    case: null,
    remembered: null,
    highlight: null,
    notice: null,
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
    overlayBefore: 'none',
    exportDone: null,
    noteWanted: null,
    exportPhase: null,
    ...freshView(),

    go: (place) => {
      if (get().place !== place) leave();
      set({ place, cameFrom: null });
    },
    showCase: (caseTab) => {
      const { place, caseTab: now } = get();
      if (place !== 'case' || now !== caseTab) leave();
      set({ place: 'case', caseTab, cameFrom: null });
    },
    jump: (target, place) => {
      leave();
      get().choose(target, 'elsewhere');
      set({ place, cameFrom: null });
    },
    showRun: (id) => get().jump({ on: 'run', id }, 'runs'),
    showRecord: (id) => {
      const { place } = get();
      leave();
      get().choose({ on: 'record', id }, 'elsewhere');
      if (place !== 'patches') set({ place: 'patches', cameFrom: place });
    },
    choose: (target, from) => {
      stamps += 1;
      set({ selection: { target, from, stamp: stamps } });
    },
    showFinding: (id) => {
      const { place } = get();
      const isAside = place === 'triage' || place === 'files' || place === 'case';
      get().jump({ on: 'finding', id }, isAside ? 'patches' : place);
    },
    openFile: (member, line) => {
      leave();
      stamps += 1;
      const { place } = get();
      set({
        file: { member, line, stamp: stamps },
        place: 'files',
        cameFrom: place === 'files' ? get().cameFrom : place,
      });
    },
    back: () => {
      const { visits } = get();
      const step = back(visits, hereNow());
      if (step !== null) visit(step.to, step.visits);
    },
    forward: () => {
      const { visits } = get();
      const step = forward(visits, hereNow());
      if (step !== null) visit(step.to, step.visits);
    },
    filter: (filter) => change('filter', '', { filter }),
    undo: () => {
      const step = steppedBack(get().steps);
      if (step === null) return;
      put(step.step.before);
      set({ steps: step.steps, notice: null });
    },
    redo: () => {
      const step = steppedForward(get().steps);
      if (step === null) return;
      put(step.step.after);
      set({ steps: step.steps, notice: null });
    },
    toggleLock: (pane) => set(({ locks }) => ({ locks: { ...locks, [pane]: !locks[pane] } })),
    open: (overlay) => set(({ overlay: overlayBefore }) => ({ overlay, overlayBefore })),
    changeSettings: (change) => {
      set((state) => ({ settings: { ...state.settings, ...change } }));
      bridge.changeSettings(change).catch((error: unknown) => console.error(error));
    },
    keepLayout: (name, value) => {
      const { settings: now, changeSettings } = get();
      if (JSON.stringify(now.layout[name]) === JSON.stringify(value)) return;
      changeSettings({ layout: { ...now.layout, [name]: value } });
    },
    annotate: (target, wanted, quote) => {
      const { case: open, settings: now } = get();
      if (open === null) return;
      const annotations = annotated(open.content.annotations, target, wanted, {
        author: now.author,
        now: isoWithOffset(new Date()),
        id: newId('a'),
        quote,
      });
      // Words come letter by letter; a verdict, a tag or a link is a step of its own.
      const about = wanted.note === undefined ? newId('a') : targetKey(target);
      change('note', about, { annotations: mutable(annotations) });
    },
    removeAnnotation: (id) => {
      const { case: open } = get();
      if (open === null) return;
      change('note-removed', id, { annotations: mutable(withoutAnnotation(open.content.annotations, id)) });
    },
    takeOver: (from) => {
      const { case: open } = get();
      if (open === null) return;
      const { annotations, bookmarks, mutes } = open.content;
      const known = new Set([...annotations, ...mutes].map(({ id }) => id));
      change('notes-taken-over', '', {
        annotations: [...annotations, ...from.annotations.filter(({ id }) => !known.has(id))],
        bookmarks: [...bookmarks, ...from.bookmarks.filter((one) => bookmarkAt(bookmarks, one) === null)],
        mutes: [...mutes, ...from.mutes.filter(({ id }) => !known.has(id))],
      });
    },
    toggleBookmark: (place, label) => {
      const { case: open } = get();
      if (open === null) return false;
      const { bookmarks } = open.content;
      const isThere = bookmarkAt(bookmarks, place) !== null;
      change(isThere ? 'bookmark-removed' : 'bookmark', '', {
        bookmarks: [...bookmarkToggled(bookmarks, place, label)],
      });
      return !isThere;
    },
    labelBookmark: (place, label) => {
      const { case: open } = get();
      if (open === null) return;
      change('bookmark', '', { bookmarks: [...bookmarkLabelled(open.content.bookmarks, place, label)] });
    },
    mute: (on, reason) => {
      const { case: open, settings: now } = get();
      if (open === null || reason.trim() === '') return;
      const createdAt = isoWithOffset(new Date());
      const mute = { id: newId('m'), on, reason: reason.trim(), author: now.author, createdAt };
      change('muted', '', { mutes: [...open.content.mutes, mute] });
    },
    unmute: (id) => {
      const { case: open } = get();
      if (open === null) return;
      change('unmuted', '', { mutes: open.content.mutes.filter((one) => one.id !== id) });
    },
    assumeZone: (zone) => change('zone', '', { zone }),
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
    focusNote: () => set(({ selection }) => ({ noteWanted: selection.stamp })),
    say: (tone, text) => {
      stamps += 1;
      set({ notice: { tone, text, stamp: stamps } });
    },
    sayDone: (text) => {
      stamps += 1;
      const step = get().steps.past.at(-1);
      set({ notice: { tone: 'good', text, stamp: stamps, ...(step === undefined ? {} : { step }) } });
    },
  }));
  /** Changes parts of the state that can be undone, and remembers the step. */
  function change(kind: StepKind, about: string, after: Partial<Undoable>): void {
    const now = undoableNow();
    const keys = (Object.keys(after) as (keyof Undoable)[]).filter(
      (key) => JSON.stringify(now[key]) !== JSON.stringify(after[key]),
    );
    if (keys.length === 0) return;
    const part = (from: Partial<Undoable>): Partial<Undoable> =>
      Object.fromEntries(keys.map((key) => [key, from[key]]));
    const step: Step = { kind, about, at: performance.now(), before: part(now), after: part(after) };
    put(step.after);
    store.setState(({ steps }) => ({ steps: stepped(steps, step) }));
  }

  function undoableNow(): Partial<Undoable> {
    const { filters, case: open } = store.getState();
    if (open === null) return { filter: filters.present };
    const { annotations, bookmarks, mutes, transcriptions, zone } = open.content;
    return { filter: filters.present, annotations, bookmarks, mutes, transcriptions, zone };
  }

  function put({ filter, ...content }: Partial<Undoable>): void {
    if (filter !== undefined) store.setState({ filters: { present: filter } });
    const { case: open } = store.getState();
    if (open === null || Object.keys(content).length === 0) return;
    store.setState({ case: { ...open, content: { ...open.content, ...content } } });
  }

  function changeTranscriptions(to: (rows: readonly Transcription[]) => readonly Transcription[]): void {
    const { case: open } = store.getState();
    if (open === null) return;
    const rows = to(open.content.transcriptions);
    change('transcription', '', { transcriptions: [...rows] as CaseContent['transcriptions'] });
  }

  function hereNow(): Visit {
    const { place, caseTab, selection, file, cameFrom } = store.getState();
    const shown = file === null ? null : { member: file.member, line: file.line };
    return { place, tab: caseTab, target: selection.target, file: shown, cameFrom };
  }

  /** Remembers where the reader is, before going elsewhere. */
  function leave(): void {
    store.setState(({ visits }) => ({ visits: left(visits, hereNow()) }));
  }

  function visit(to: Visit, visits: Visits): void {
    stamps += 1;
    store.setState({
      visits,
      place: to.place,
      caseTab: to.tab,
      cameFrom: to.cameFrom,
      selection: { target: to.target, from: 'elsewhere', stamp: stamps },
      file: to.file === null ? null : { ...to.file, stamp: stamps },
    });
  }

  return store;
}

function mutable(annotations: readonly Annotation[]): CaseContent['annotations'] {
  return [...annotations] as CaseContent['annotations'];
}

/** 128 random bits in hexadecimal. */
function newId(kind: 'a' | 'm' | 't'): string {
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
