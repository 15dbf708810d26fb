import * as v from 'valibot';
import { expect } from 'vitest';
import { evidenceMethods } from '../../preload/contract/evidence.ts';
import type { EvidenceMethod, EvidenceParams, EvidenceResult } from '../../preload/contract/evidence.ts';
import { servePort } from '../../parsers/serve/serve-port.ts';
import type { Session } from '../../parsers/serve/session.ts';

/** The window's end of the port: what it gets is checked against the contract, as the window does. */
export class Window {
  #deliver: (message: unknown) => void = () => undefined;
  #close: () => void = () => undefined;
  #next = 1;
  readonly #waiting = new Map<number, { done: (result: unknown) => void; fail: (error: unknown) => void }>();

  constructor(of: Session) {
    servePort(
      {
        send: (message) => {
          const answer = structuredClone(message) as {
            type: string;
            id: number;
            result?: unknown;
            error?: unknown;
          };
          if (answer.type === 'answer') this.#waiting.get(answer.id)?.done(answer.result);
          if (answer.type === 'error') this.#waiting.get(answer.id)?.fail(answer.error);
        },
        listen: (onMessage, onClose) => {
          this.#deliver = onMessage;
          this.#close = onClose;
        },
      },
      of,
    );
  }

  raw(message: unknown): void {
    this.#deliver(message);
  }

  close(): void {
    this.#close();
  }

  ask<M extends EvidenceMethod>(method: M, params: EvidenceParams<M>): Promise<EvidenceResult<M>> {
    const id = this.#next;
    this.#next += 1;
    const answered = new Promise((done, fail) => {
      this.#waiting.set(id, { done, fail });
    });
    this.#deliver({ type: 'request', id, method, params });
    return answered.then((result) => {
      const checked = v.safeParse(evidenceMethods[method].result, result);
      expect(checked.issues).toBeUndefined();
      return checked.output as EvidenceResult<M>;
    });
  }

  cancelled(method: EvidenceMethod, params: unknown): Promise<unknown> {
    const id = this.#next;
    this.#next += 1;
    const answered = new Promise((done, fail) => {
      this.#waiting.set(id, { done, fail });
    });
    this.#deliver({ type: 'request', id, method, params });
    this.#deliver({ type: 'cancel', id });
    return answered;
  }
}
