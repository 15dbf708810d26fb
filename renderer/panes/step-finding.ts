import { useCallback } from 'react';
import { isCancelled } from '../evidence/evidence-client.ts';
import { useEvidence } from '../evidence/evidence-context.tsx';
import { useWindowStore } from '../state/window-store.ts';

/** Goes to the next or the previous finding that the filter lets through, wrapping round. */
export function useStepFinding(): (step: 1 | -1) => void {
  const client = useEvidence();
  const store = useWindowStore();
  return useCallback(
    (step) => {
      const { selection, filters, bundle } = store.getState();
      if (bundle.phase !== 'ready' && bundle.phase !== 'reading') return;
      const from = selection.target.on === 'finding' ? selection.target.id : null;
      client.request('stepFinding', { from, step, filter: filters.present }).then(
        (next) => {
          if (next !== null) store.getState().showFinding(next.id);
        },
        (error: unknown) => {
          if (!isCancelled(error)) console.error(error);
        },
      );
    },
    [client, store],
  );
}
