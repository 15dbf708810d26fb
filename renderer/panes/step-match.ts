import { useCallback } from 'react';
import { isCancelled } from '../evidence/evidence-client.ts';
import { useEvidence } from '../evidence/evidence-context.tsx';
import { useGridDesk } from '../grids/grid-desk.ts';
import { useMatchStore } from '../state/matches.tsx';
import { useWindowStore } from '../state/window-store.ts';

/**
 * Goes to the next or the previous match: in the file that is open, else among the rows of the grid that was
 * used last (records when it shows those and some match, else lines), wrapping round.
 */
export function useStepMatch(): (step: 1 | -1) => void {
  const client = useEvidence();
  const store = useWindowStore();
  const matches = useMatchStore();
  const desk = useGridDesk();
  return useCallback(
    (step) => {
      const { place, choose, go, open, overlay } = store.getState();
      const { found, query } = matches.getState();
      const file = place === 'files' ? desk.named('file') : null;
      if (file?.stepMatch !== undefined && query !== null) {
        file.stepMatch(step);
        return;
      }
      if (found === null) {
        if (overlay !== 'search') open('search');
        return;
      }
      const isAmongRecords =
        found.records > 0 &&
        (found.lines === 0 || desk.active?.name === 'patches' || desk.active?.name === 'attempts');
      const among = isAmongRecords ? 'patches' : 'lines';
      const grid = desk.named(among);
      client
        .request('stepMatch', {
          matches: found.matches,
          among,
          view: grid?.view() ?? null,
          from: grid?.position() ?? null,
          time: null,
          step,
        })
        .then(
          (next) => {
            if (next === null) return;
            const { index, total, target } = next;
            matches.setState({ at: { index, total } });
            const shown = isAmongRecords
              ? place === 'patches' || place === 'matrix'
              : place !== 'triage' && place !== 'files' && place !== 'matrix';
            if (!shown) go(isAmongRecords ? 'patches' : 'log');
            choose(target, 'elsewhere');
          },
          (error: unknown) => {
            if (!isCancelled(error)) console.error(error);
          },
        );
    },
    [client, store, matches, desk],
  );
}
