/** Ties the window's state to main and to the evidence worker: what they tell comes in here, notes go out. */
import type { Reading } from '../../preload/contract/evidence.ts';
import type {
  CaseContent,
  OpenResult,
  PatchtrailBridge,
  WindowEvent,
} from '../../preload/contract/window.ts';
import { PortClient, listenForPorts } from '../evidence/evidence-client.ts';
import type { EvidenceClient } from '../evidence/evidence-client.ts';
import { freshView } from '../state/window-store.ts';
import type { BundleState, Problem, WindowStore } from '../state/window-store.ts';

/** While a bundle is read the panes ask anew at most this often, in milliseconds. */
const refreshEvery = 900;
/** Quiet time after the last change before a case is handed to main, in milliseconds. */
const saveAfter = 500;

export interface Session {
  readonly client: EvidenceClient;
  readonly stop: () => void;
  readonly restartWorker: () => Promise<void>;
}

export function startSession(
  bridge: PatchtrailBridge,
  store: WindowStore,
  onCommand: (command: string) => void,
): Session {
  const refresh = throttle(refreshEvery, () =>
    store.setState(({ revision }) => ({ revision: revision + 1 })),
  );
  /** The worker's own count, which starts anew with every worker. */
  let seen: number | null = null;
  const client = new PortClient((reading) => receiveReading(reading));
  const saver = keepCase(bridge, store);

  function receiveReading(reading: Reading): void {
    const { bundle } = store.getState();
    const next = bundleAfter(bundle, reading);
    if (next !== bundle) store.setState({ bundle: next });
    if (
      reading.remembered === 'shown' &&
      (bundle.phase !== 'reading' || bundle.reading.remembered !== 'shown')
    ) {
      recall().catch((error: unknown) => console.error(error));
    }
    const isNew = reading.revision !== seen;
    seen = reading.revision;
    if (next.phase === 'ready') {
      const isEnd = bundle.phase !== 'ready';
      // The end is shown at once, whatever was shown a moment before.
      if (isEnd || isNew) refresh.now();
      if (isEnd) loadCase().catch((error: unknown) => console.error(error));
    } else if (isNew) {
      refresh.soon();
    }
  }

  async function loadCase(): Promise<void> {
    const open = store.getState().case;
    // After a restart of the worker the notes at hand are newer than those on disk.
    if (open !== null) {
      await sendTranscriptions(open.content);
      await client.request('mute', { mutes: open.content.mutes });
      return;
    }
    const loaded = await bridge.loadCase();
    if (loaded === null) {
      store.setState({ remembered: null });
      return;
    }
    store.setState({ case: loaded, remembered: null });
  }

  /** Notes of the last time, to be read while the bundle is read again. */
  async function recall(): Promise<void> {
    const content = await bridge.rememberedCase();
    if (store.getState().case === null) store.setState({ remembered: content });
  }

  /** The worker takes rows of pictures as records. */
  async function sendTranscriptions({ transcriptions }: CaseContent): Promise<void> {
    await client.request('transcribe', { transcriptions });
  }

  // What the case says of the evidence goes to the worker as soon as it is said, undone or loaded.
  const stopContent = store.subscribe((state, before) => {
    const now = state.case?.content;
    if (now === undefined) return;
    const then = before.case?.content ?? noContent;
    const work: Promise<unknown>[] = [];
    if (!same(now.transcriptions, then.transcriptions)) work.push(sendTranscriptions(now));
    if (!same(now.mutes, then.mutes)) work.push(client.request('mute', { mutes: now.mutes }));
    if (now.zone !== then.zone) work.push(client.request('assumeZone', { zone: now.zone }));
    Promise.all(work).catch((error: unknown) => console.error(error));
  });

  function receiveEvent(event: WindowEvent): void {
    switch (event.event) {
      case 'command':
        onCommand(event.command);
        return;
      case 'settings':
        store.setState({ settings: event.settings });
        return;
      case 'case-status': {
        const { case: open } = store.getState();
        if (open !== null) store.setState({ case: { ...open, status: event.status } });
        return;
      }
      case 'export-progress':
        store.setState({ exportDone: event.done });
        return;
      case 'worker-gone':
        saver.flush();
        client.disconnect();
        store.setState({ worker: { is: 'gone', reason: event.reason } });
        return;
      case 'export-phase':
        // What comes after the end has been told is of no use any more.
        if (store.getState().exportPhase !== null) store.setState({ exportPhase: event.phase });
        return;
      case 'worker-started':
        store.setState({ worker: { is: 'well' } });
        return;
      case 'opening':
        receiveOpening(event.name);
        return;
      case 'open-failed':
        showProblem({ family: 'expected', code: event.code, place: event.place, detail: event.detail });
        return;
      case 'password-needed':
        store.setState({ overlay: event.wrong ? 'password-wrong' : 'password' });
        return;
    }
  }

  function receiveOpening(name: string): void {
    const { bundle, worker } = store.getState();
    const isSameAgain = worker.is !== 'well' && bundle.phase !== 'none' && bundle.name === name;
    if (isSameAgain) {
      store.setState({ bundle: { phase: 'opening', name } });
      return;
    }
    saver.flush();
    store.setState({ ...freshView(), bundle: { phase: 'opening', name }, revision: 0, overlay: 'none' });
  }

  function showProblem(problem: Problem): void {
    store.setState({ bundle: { phase: 'none', problem, cancelled: false }, overlay: 'none' });
  }

  const stopPorts = listenForPorts((port) => {
    client.connect(port);
    store.setState(({ revision }) => ({ worker: { is: 'well' }, revision: revision + 1 }));
  });
  const stopEvents = bridge.onEvent(receiveEvent);
  return {
    client,
    stop: () => {
      stopPorts();
      stopContent();
      stopEvents();
      saver.stop();
      client.disconnect();
    },
    restartWorker: async () => {
      store.setState({ worker: { is: 'restarting' } });
      await bridge.restartWorker();
    },
  };
}

const noContent: Pick<CaseContent, 'transcriptions' | 'mutes' | 'zone'> = {
  transcriptions: [],
  mutes: [],
  zone: null,
};

function same(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a === b || (a.length === 0 && b.length === 0);
}

function bundleAfter(bundle: BundleState, reading: Reading): BundleState {
  const name = reading.bundle ?? ('name' in bundle ? bundle.name : '');
  switch (reading.phase) {
    case 'idle':
      return bundle.phase === 'ready' ? { phase: 'none', problem: null, cancelled: false } : bundle;
    case 'reading':
    case 'checking':
      return { phase: 'reading', name, reading };
    case 'ready':
      return { phase: 'ready', name, reading };
    case 'cancelled':
      return { phase: 'none', problem: null, cancelled: true };
    case 'failed':
      // The password is asked for, and then it goes on.
      if (asksPassword(reading.error)) return { phase: 'opening', name };
      return { phase: 'none', problem: problemOfWire(reading.error), cancelled: false };
  }
}

function asksPassword(error: Reading['error']): boolean {
  return error?.family === 'expected' && ['password-needed', 'password-wrong'].includes(error.code);
}

function problemOfWire(error: Reading['error']): Problem | null {
  if (error === null || error.family === 'cancelled') return null;
  if (error.family === 'bug') return { family: 'bug', message: error.message };
  return error;
}

/** What an open request came to, when it did not start reading. */
export function problemOfOpening(result: OpenResult): Problem | null {
  if (result.outcome !== 'failed') return null;
  return { family: 'expected', code: result.code, place: result.place, detail: result.detail };
}

/** Hands the case to main a moment after each change, and at once when asked. */
function keepCase(bridge: PatchtrailBridge, store: WindowStore): { flush: () => void; stop: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let unsaved: CaseContent | null = null;

  const save = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (unsaved === null) return;
    const content = unsaved;
    unsaved = null;
    bridge.saveCase(content).then(
      (status) => setStatus(status),
      (error: unknown) => {
        setStatus({ name: null, state: 'not-writable', savedAt: null, error: String(error) });
      },
    );
  };
  const setStatus = (status: NonNullable<ReturnType<WindowStore['getState']>['case']>['status']): void => {
    const { case: open } = store.getState();
    if (open !== null) store.setState({ case: { ...open, status } });
  };
  const unsubscribe = store.subscribe((state, before) => {
    const [now, then] = [state.case?.content, before.case?.content];
    if (now === undefined || then === undefined || now === then) return;
    unsaved = now;
    clearTimeout(timer);
    timer = setTimeout(save, saveAfter);
  });
  const onLeave = (): void => save();
  window.addEventListener('pagehide', onLeave);
  window.addEventListener('blur', onLeave);
  return {
    flush: save,
    stop: () => {
      save();
      unsubscribe();
      window.removeEventListener('pagehide', onLeave);
      window.removeEventListener('blur', onLeave);
    },
  };
}

/** `soon` runs at most once in so many milliseconds, the last call never lost; `now` runs at once. */
function throttle(every: number, run: () => void): { soon: () => void; now: () => void } {
  let last = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const now = (): void => {
    clearTimeout(timer);
    timer = undefined;
    last = performance.now();
    run();
  };
  return {
    now,
    soon: () => {
      const wait = last + every - performance.now();
      if (wait <= 0) now();
      else timer ??= setTimeout(now, wait);
    },
  };
}
