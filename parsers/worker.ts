/**
 * The evidence worker's entry: an Electron utility process that reads bundles and answers windows.
 * Main names the bundle and passes the ports; everything that comes in is checked.
 */
import * as v from 'valibot';
import { workerRequestSchema } from '../preload/contract/worker.ts';
import type { BundleIdentityMessage, WorkerMessage, WorkerRequest } from '../preload/contract/worker.ts';
import { memberLines } from './case/member-list.ts';
import { toWireError } from './domain/errors.ts';
import { writeRemembered } from './serve/keep-answers.ts';
import { reportDocument } from './serve/report.ts';
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
    void answer(request.output, session, send);
  });
}

async function answer(
  request: Exclude<WorkerRequest, { type: 'port' }>,
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
        if (request.form === 'pages')
          send({ type: 'report', id: request.id, report: reportDocument(session, request).pages() });
        else send({ type: 'preview', id: request.id, html: reportDocument(session, request).previewHtml() });
        return;
    }
  } catch (error) {
    const wire = toWireError(error);
    const id = 'id' in request ? request.id : 0;
    send({
      type: 'error',
      id,
      error: wire.family === 'expected' ? { ...wire, detail: { ...wire.detail } } : wire,
    });
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
