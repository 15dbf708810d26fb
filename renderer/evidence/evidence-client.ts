/** The window's end of the port to the evidence worker: typed requests, checked answers, cancelling. */
import * as v from 'valibot';
import { CancelledError, ExpectedError } from '../../parsers/domain/errors.ts';
import type { ErrorCode } from '../../parsers/domain/errors.ts';
import { evidenceMessageSchema, evidenceMethods } from '../../preload/contract/evidence.ts';
import type {
  EvidenceMethod,
  EvidenceParams,
  EvidenceResult,
  Reading,
} from '../../preload/contract/evidence.ts';

export interface EvidenceClient {
  /** Asks the worker. Rejects with a CancelledError when the signal fires or the port is replaced. */
  request<M extends EvidenceMethod>(
    method: M,
    params: EvidenceParams<M>,
    signal?: AbortSignal,
  ): Promise<EvidenceResult<M>>;
}

interface Waiting {
  readonly accept: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

type WireErrorMessage = Extract<v.InferOutput<typeof evidenceMessageSchema>, { type: 'error' }>['error'];

/**
 * A client whose port can be exchanged: the worker may die and a new one take its place. Requests
 * that are made without a port wait for one.
 */
export class PortClient implements EvidenceClient {
  #port: MessagePort | null = null;
  #next = 1;
  readonly #waiting = new Map<number, Waiting>();
  readonly #queued = new Map<number, unknown>();
  readonly #onReading: (reading: Reading) => void;

  constructor(onReading: (reading: Reading) => void) {
    this.#onReading = onReading;
  }

  /** Takes a port into use; requests that the old port left open are cancelled. */
  connect(port: MessagePort): void {
    this.disconnect();
    this.#port = port;
    port.addEventListener('message', (message) => this.#receive(message.data));
    port.start();
    for (const message of this.#queued.values()) port.postMessage(message);
    this.#queued.clear();
  }

  /** The worker is gone: nobody will answer what was asked. */
  disconnect(): void {
    this.#port?.close();
    this.#port = null;
    for (const [id, waiting] of this.#waiting) {
      if (this.#queued.has(id)) continue;
      this.#waiting.delete(id);
      waiting.reject(new CancelledError());
    }
  }

  request<M extends EvidenceMethod>(
    method: M,
    params: EvidenceParams<M>,
    signal?: AbortSignal,
  ): Promise<EvidenceResult<M>> {
    if (signal?.aborted === true) return Promise.reject(new CancelledError());
    const id = this.#next++;
    const { result: schema } = evidenceMethods[method];
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.#waiting.delete(id);
        if (!this.#queued.delete(id)) this.#port?.postMessage({ type: 'cancel', id });
        reject(new CancelledError());
      };
      const settle = (): void => {
        signal?.removeEventListener('abort', onAbort);
      };
      this.#waiting.set(id, {
        accept: (result) => {
          settle();
          const checked = v.safeParse(schema, result);
          if (checked.success) resolve(checked.output);
          else reject(new Error(`${method}: ${v.summarize(checked.issues)}`));
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      });
      signal?.addEventListener('abort', onAbort);
      const message = { type: 'request', id, method, params };
      if (this.#port === null) this.#queued.set(id, message);
      else this.#port.postMessage(message);
    });
  }

  #receive(data: unknown): void {
    const parsed = v.safeParse(evidenceMessageSchema, data);
    if (!parsed.success) {
      console.error('A message of the evidence worker has an unknown shape:', v.summarize(parsed.issues));
      return;
    }
    const message = parsed.output;
    switch (message.type) {
      case 'reading':
        this.#onReading(message.reading);
        return;
      case 'answer':
        this.#take(message.id)?.accept(message.result);
        return;
      case 'error':
        this.#take(message.id)?.reject(errorOf(message.error));
        return;
    }
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }
}

/** The three families as they are thrown in the window. */
export function errorOf(wire: WireErrorMessage): Error {
  switch (wire.family) {
    case 'cancelled':
      return new CancelledError();
    case 'expected':
      return new ExpectedError(wire.code as ErrorCode, wire.place, wire.detail);
    case 'bug': {
      const error = new Error(wire.message);
      if (wire.stack !== null) error.stack = wire.stack;
      return error;
    }
  }
}

/** Hands every port that the bridge sends to `take`. @returns a function that ends it */
export function listenForPorts(take: (port: MessagePort) => void): () => void {
  const onMessage = (event: MessageEvent): void => {
    const [port] = event.ports;
    if (event.source === window && event.data === 'evidence-port' && port !== undefined) take(port);
  };
  window.addEventListener('message', onMessage);
  return () => window.removeEventListener('message', onMessage);
}

export function isCancelled(error: unknown): boolean {
  return error instanceof CancelledError;
}
