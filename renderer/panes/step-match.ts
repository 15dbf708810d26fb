import { useCallback, useRef } from 'react';
import { isCancelled } from '../evidence/evidence-client.ts';
import { useEvidence } from '../evidence/evidence-context.tsx';
import { useGridDesk } from '../grids/grid-desk.ts';
import { useMatchStore } from '../state/matches.tsx';
import { useWindowStore } from '../state/window-store.ts';

/** How long a grid may take to stand on the match that it was sent to, in milliseconds. */
const settleTimeLimit = 500;
/** Presses of a held key beyond so many are let go. */
const mostWaiting = 3;

/** Resolves once the grid stands elsewhere than before: the next step starts from there. */
function moved(positionOf: () => number | null, before: number | null): Promise<void> {
  const until = performance.now() + settleTimeLimit;
  return new Promise((resolve) => {
    const look = (): void => {
      if (positionOf() !== before || performance.now() > until) resolve();
      else requestAnimationFrame(look);
    };
    look();
  });
}

/**
 * Goes to the next or the previous match: in the file that is open, else among the rows of the grid that was
 * used last (records when it shows those and some match, else lines), wrapping round.
 */
export function useStepMatch(): (step: 1 | -1) => void {
  const client = useEvidence();
  const store = useWindowStore();
  const matches = useMatchStore();
  const desk = useGridDesk();
  const waiting = useRef<{ count: number; last: Promise<void> }>({ count: 0, last: Promise.resolve() });
  const stepOnce = useCallback(
    async (step: 1 | -1): Promise<void> => {
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
      const from = grid?.position() ?? null;
      const next = await client.request('stepMatch', {
        matches: found.matches,
        among,
        view: grid?.view() ?? null,
        from,
        time: null,
        step,
      });
      if (next === null) return;
      const { index, total, target } = next;
      matches.setState({ at: { index, total } });
      const shown = isAmongRecords
        ? place === 'patches' || place === 'matrix'
        : place !== 'triage' && place !== 'files' && place !== 'matrix';
      if (!shown) go(isAmongRecords ? 'patches' : 'log');
      choose(target, 'elsewhere');
      if (grid !== null) await moved(() => grid.position(), from);
    },
    [client, store, matches, desk],
  );
  return useCallback(
    (step) => {
      const { current } = waiting;
      if (current.count >= mostWaiting) return;
      current.count += 1;
      current.last = current.last
        .then(() => stepOnce(step))
        .catch((error: unknown) => {
          if (!isCancelled(error)) console.error(error);
        })
        .finally(() => {
          current.count -= 1;
        });
    },
    [stepOnce],
  );
}
