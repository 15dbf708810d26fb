/**
 * The evidence worker's entry: an Electron utility process that reads bundles and answers windows.
 * Main names the bundle and passes the ports; everything that comes in is checked.
 */
import * as v from 'valibot';
import { exportTakenSchema, workerRequestSchema } from '../preload/contract/worker.ts';
import type { BundleIdentityMessage, WorkerMessage, WorkerRequest } from '../preload/contract/worker.ts';
import { memberLines } from './case/member-list.ts';
import { CancelledError, toWireError } from './domain/errors.ts';
import { exportBundle } from './serve/exports.ts';
import { writeRemembered } from './serve/keep-answers.ts';
import { answerReport } from './serve/report.ts';
import { servePort } from './serve/serve-port.ts';
import type { Port } from './serve/serve-port.ts';
import { Session } from './serve/session.ts';

/** The end of a channel as Electron hands it over (`MessagePortMain`). */
interface ElectronPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): void;
  on(event: 'close', listener: () => void): void;
  start(): void;
}

interface ParentPort {
  postMessage(message: unknown): void;
  on(
    event: 'message',
    listener: (event: { readonly data: unknown; readonly ports: readonly ElectronPort[] }) => void,
  ): void;
}

const { parentPort } = process as unknown as { readonly parentPort: ParentPort | undefined };
if (parentPort === undefined) throw new Error('the evidence worker runs as a utility process');
serve(parentPort);

function serve(parent: ParentPort): void {
  const exporting = new Map<number, AbortController>();
  let windows: readonly ReturnType<typeof servePort>[] = [];
  const send = (message: WorkerMessage): void => {
    parent.postMessage(message);
  };
  const session = new Session((reading) => {
    send({ type: 'reading', reading });
    windows = windows.filter((window) => !window.closed());
    for (const window of windows) window.tell();
  });

  parent.on('message', ({ data, ports }) => {
    const request = v.safeParse(workerRequestSchema, data);
    if (!request.success) return;
    if (request.output.type === 'port') {
      const [port] = ports;
      if (port === undefined) return;
      const window = servePort(portOf(port), session);
      windows = [...windows, window];
      window.tell();
      return;
    }
    if (request.output.type === 'cancel-export') {
      exporting.get(request.output.id)?.abort();
      return;
    }
    if (request.output.type === 'export') {
      const [port] = ports;
      if (port === undefined) return;
      const abort = new AbortController();
      const { id } = request.output;
      exporting.set(id, abort);
      void answerExport(request.output, session, send, port, abort).finally(() => {
        exporting.delete(id);
      });
      return;
    }
    void answer(request.output, session, send);
  });
}

/** So many bytes of an export may be on their way to main at a time. */
const mostOnTheWay = 8 * 1024 * 1024;

/** Sends an export piece by piece, no faster than main takes it. */
async function answerExport(
  request: Extract<WorkerRequest, { type: 'export' }>,
  session: Session,
  send: (message: WorkerMessage) => void,
  port: ElectronPort,
  abort: AbortController,
): Promise<void> {
  const { id } = request;
  let onTheWay = 0;
  let wake: () => void = () => undefined;
  port.on('message', ({ data }) => {
    const taken = v.safeParse(exportTakenSchema, data);
    if (taken.success) onTheWay -= taken.output.taken;
    wake();
  });
  port.on('close', () => {
    abort.abort();
    wake();
  });
  abort.signal.addEventListener('abort', () => {
    wake();
  });
  port.start();
  const room = async (most: number): Promise<void> => {
    while (onTheWay > most && !abort.signal.aborted) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    if (abort.signal.aborted) throw new CancelledError();
  };
  let told = 0;
  try {
    const { tokens, leftOut } = await exportBundle(
      session,
      request,
      async (file, bytes) => {
        await room(mostOnTheWay);
        onTheWay += bytes.length;
        port.postMessage({ type: 'piece', file, bytes });
      },
      {
        signal: abort.signal,
        onProgress: (done) => {
          const now = performance.now();
          if (now - told < 100) return;
          told = now;
          port.postMessage({ type: 'progress', done });
        },
      },
    );
    // The last piece is on the disk before the export is said to be done.
    await room(0);
    send({
      type: 'exported',
      id,
      ...(tokens === null ? {} : { tokens: { ...tokens } }),
      ...(leftOut === null ? {} : { leftOut }),
    });
  } catch (error) {
    sendError(id, error, send);
  }
}

async function answer(
  request: Exclude<WorkerRequest, { type: 'port' | 'export' | 'cancel-export' }>,
  session: Session,
  send: (message: WorkerMessage) => void,
): Promise<void> {
  try {
    switch (request.type) {
      case 'open':
        send({ type: 'opened', id: request.id, bundle: await opened(session, request) });
        return;
      case 'keep-answers':
        send({
          type: 'answers-kept',
          id: request.id,
          kept: await writeRemembered(session, request.path),
        });
        return;
      case 'cancel-reading':
        session.cancel();
        return;
      case 'close':
        session.close();
        send({ type: 'closed', id: request.id });
        return;
      case 'report':
        send(await answerReport(session, request));
        return;
    }
  } catch (error) {
    sendError('id' in request ? request.id : 0, error, send);
  }
}

async function opened(
  session: Session,
  request: Extract<WorkerRequest, { type: 'open' }>,
): Promise<BundleIdentityMessage> {
  const identity = await session.open(request);
  const members = session.snapshot?.analysis.evidence.members ?? [];
  return { ...identity, members: memberLines(members) };
}

function sendError(id: number, error: unknown, send: (message: WorkerMessage) => void): void {
  const wire = toWireError(error);
  send({
    type: 'error',
    id,
    error: wire.family === 'expected' ? { ...wire, detail: { ...wire.detail } } : wire,
  });
}

function portOf(port: ElectronPort): Port {
  return {
    send: (message) => {
      port.postMessage(message);
    },
    listen: (onMessage, onClose) => {
      port.on('message', (event) => {
        onMessage(event.data);
      });
      port.on('close', onClose);
      port.start();
    },
  };
}
