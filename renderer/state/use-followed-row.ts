/** Follows the selection among the rows of a view: one hook for every pane of rows. */
import { useEffect, useRef, useState } from 'react';
import { isCancelled } from '../evidence/evidence-client.ts';
import type { EvidenceClient } from '../evidence/evidence-client.ts';
import { useEvidence } from '../evidence/evidence-context.tsx';
import type { OpenedView } from '../evidence/view-keeper.ts';
import type { GoTo } from '../grids/evidence-grid.tsx';
import { useFocus } from './focus.tsx';
import type { Focus } from './focus.tsx';
import { noRow, recordStep, rowFound, rowStays, runStep } from './follow.ts';
import type { RowPlace, RowStep } from './follow.ts';
import { useWindow } from './window-store.ts';

export interface FollowedRow extends RowPlace {
  readonly goTo: GoTo | null;
}

const nowhere: FollowedRow = { ...noRow, goTo: null };

/** What differs between records and runs. */
const ways = {
  patches: {
    step: recordStep,
    /** The row of what was chosen in the pane itself. */
    own: ({ subject, anchor }: Focus): string | null =>
      subject.on === 'record' ? subject.record.id : (anchor?.record ?? null),
    locate: (client: EvidenceClient, view: string, record: string, signal: AbortSignal) =>
      client.request('locateRecord', { view, record }, signal),
  },
  runs: {
    step: runStep,
    own: ({ anchor }: Focus): string | null => anchor?.run ?? null,
    locate: (client: EvidenceClient, view: string, run: string, signal: AbortSignal) =>
      client.request('locateRun', { view, run }, signal),
  },
} as const;

export function useFollowedRow(grid: 'patches' | 'runs', opened: OpenedView | null): FollowedRow {
  const client = useEvidence();
  const focus = useFocus();
  const isLocked = useWindow((state) => state.locks[grid]);
  const [place, setPlace] = useState<FollowedRow>(nowhere);
  const handled = useRef(0);
  const view = opened?.view ?? null;
  const sight = opened?.sight ?? '';
  useEffect(() => {
    const { anchor, stamp } = focus;
    if (anchor === null || view === null) return undefined;
    const isNew = handled.current !== stamp;
    const way = ways[grid];
    const step = way.step(anchor, isNew ? focus.from : 'elsewhere', isLocked);
    const control = new AbortController();
    const { signal } = control;
    const find = async (): Promise<FollowedRow | null> => {
      if (step.to === 'stay') {
        const stays = rowStays(step.why, way.own(focus));
        return stays === null ? null : { ...stays, goTo: null };
      }
      const found = await rowOf(client, grid, view, step, signal);
      const position = found === null ? null : await way.locate(client, view, found.id, signal);
      const goTo = position === null ? null : { position, stamp: `${stamp} ${sight}` };
      return { ...rowFound(step, found, position), goTo };
    };
    find().then(
      (found) => {
        if (signal.aborted) return;
        handled.current = stamp;
        if (found !== null) setPlace(found);
      },
      (error: unknown) => {
        if (!isCancelled(error)) console.error(error);
      },
    );
    return () => control.abort();
  }, [client, grid, focus, view, sight, isLocked]);
  return focus.anchor === null ? nowhere : place;
}

async function rowOf(
  client: EvidenceClient,
  grid: 'patches' | 'runs',
  view: string,
  step: Exclude<RowStep, { to: 'stay' }>,
  signal: AbortSignal,
): Promise<{ readonly id: string; readonly distance: number | null } | null> {
  if (step.to === 'row') return { id: step.id, distance: 0 };
  const { deviceKey, kb, at } = step;
  return client.request('nearestRow', { view, grid, deviceKey, kb, at }, signal);
}
