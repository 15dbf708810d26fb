import { createContext, useContext, useEffect, useRef, useState } from 'react';
import type { EvidenceMethod, EvidenceParams, EvidenceResult } from '../../preload/contract/evidence.ts';
import { isCancelled } from './evidence-client.ts';
import type { EvidenceClient } from './evidence-client.ts';

const EvidenceContext = createContext<EvidenceClient | null>(null);
export const EvidenceProvider = EvidenceContext.Provider;

export function useEvidence(): EvidenceClient {
  const client = useContext(EvidenceContext);
  if (client === null) throw new Error('useEvidence outside of EvidenceProvider');
  return client;
}

/** An answer that is being waited for keeps the one before it, so that nothing blinks; `asked` is what `last` answers. */
export type Answer<T, P> =
  | { readonly state: 'waiting'; readonly last: null; readonly asked: null }
  | { readonly state: 'here'; readonly last: T; readonly asked: P }
  | { readonly state: 'failed'; readonly last: T | null; readonly asked: P | null; readonly error: Error };

/**
 * Asks the worker whenever `params` or `revision` change; the question before is cancelled. With
 * `params` null nothing is asked.
 */
export function useAnswer<M extends EvidenceMethod>(
  method: M,
  params: EvidenceParams<M> | null,
  revision: number,
): Answer<EvidenceResult<M>, EvidenceParams<M>> {
  const client = useEvidence();
  const [answer, setAnswer] = useState<Answer<EvidenceResult<M>, EvidenceParams<M>>>({
    state: 'waiting',
    last: null,
    asked: null,
  });
  const key = JSON.stringify(params);
  const latest = useRef(params);
  useEffect(() => {
    latest.current = params;
  });
  useEffect(() => {
    const asked = latest.current;
    if (asked === null) return undefined;
    const control = new AbortController();
    client.request(method, asked, control.signal).then(
      (last) => setAnswer({ state: 'here', last, asked }),
      (error: unknown) => {
        if (isCancelled(error)) return;
        setAnswer(({ last, asked: before }) => ({
          state: 'failed',
          last,
          asked: before,
          error: asError(error),
        }));
      },
    );
    return () => control.abort();
  }, [client, method, key, revision]);
  return answer;
}

export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
