import * as v from 'valibot';
import { evidenceMethods, evidenceRequestSchema } from '../../preload/contract/evidence.ts';
import type { EvidenceMethod } from '../../preload/contract/evidence.ts';
import { ExpectedError, toWireError } from '../domain/errors.ts';
import { handlers } from './requests.ts';
import type { RequestContext } from './requests.ts';
import type { Session } from './session.ts';
import { Views } from './views.ts';

/** The end of a message channel, in Electron's or in Node's form. */
export interface Port {
  send(message: unknown): void;
  listen(onMessage: (message: unknown) => void, onClose: () => void): void;
}

/** Answers one window's requests over its port until the window goes. @returns tells the window how far reading is */
export function servePort(
  port: Port,
  session: Session,
): { readonly tell: () => void; readonly closed: () => boolean } {
  const context: RequestContext = { session, views: new Views() };
  const running = new Map<number, AbortController>();
  let closed = false;

  port.listen(
    (message) => {
      const request = v.safeParse(evidenceRequestSchema, message);
      // A message that is no request has no id to answer to.
      if (!request.success) return;
      if (request.output.type === 'cancel') {
        running.get(request.output.id)?.abort();
        return;
      }
      const { id, method, params } = request.output;
      const abort = new AbortController();
      running.set(id, abort);
      answer(method, params, context, abort.signal)
        .then(
          (result) => {
            if (!closed) port.send({ type: 'answer', id, result });
          },
          (error: unknown) => {
            if (!closed) port.send({ type: 'error', id, error: toWireError(error) });
          },
        )
        .finally(() => {
          running.delete(id);
        });
    },
    () => {
      closed = true;
      for (const abort of running.values()) abort.abort();
      context.views.clear();
    },
  );

  return {
    tell: () => {
      if (!closed) port.send({ type: 'reading', reading: session.reading });
    },
    closed: () => closed,
  };
}

/** Checks the parameters and asks the handler; a request that does not fit its schema is a usage error, not a crash. */
async function answer(
  method: EvidenceMethod,
  params: unknown,
  context: RequestContext,
  signal: AbortSignal,
): Promise<unknown> {
  const checked = v.safeParse(evidenceMethods[method].params, params);
  if (!checked.success) throw new ExpectedError('usage', method, { issues: checked.issues.length });
  // The schema of this very method accepted the parameters; the compiler cannot follow the pairing.
  const handler = handlers[method] as (
    params: unknown,
    context: RequestContext,
    signal: AbortSignal,
  ) => unknown;
  return await handler(checked.output, context, signal);
}
