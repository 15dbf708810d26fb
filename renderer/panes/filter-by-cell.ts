import { useCallback } from 'react';
import type { Filter, LineRow, PatchRow, RunRow } from '../../preload/contract/shapes.ts';
import { lastResult } from '../../parsers/domain/patch-state.ts';
import { withOnly } from '../state/filters.ts';
import { useWindowStore } from '../state/window-store.ts';

type AnyRow = Partial<
  Pick<PatchRow, 'deviceKey' | 'patchKey' | 'citation' | 'system' | 'detectionStatus' | 'deploymentStatus'> &
    Pick<RunRow, 'outcome' | 'operation'> &
    Pick<LineRow, 'member' | 'level'> & { readonly exitCode: { readonly code: number } | null }
>;

/** The filter with what the cell of a row has and nothing else of its kind; null where a column has no filter. */
export function filterByCell(
  filter: Filter,
  row: AnyRow,
  column: string,
  deviceKey: string | null,
): Filter | null {
  const narrowed = (
    part: 'devices' | 'patches' | 'members' | 'systems' | 'levels',
    value: string | undefined | null,
  ): Filter | null =>
    value === undefined || value === null || value === '' ? null : withOnly(filter, part, [value]);
  switch (column) {
    case 'device':
      return narrowed('devices', row.deviceKey ?? deviceKey);
    case 'patch':
      return narrowed('patches', row.patchKey);
    case 'source':
    case 'place':
      return narrowed('members', row.member ?? row.citation?.member);
    case 'system':
      return narrowed('systems', row.system);
    case 'level':
      return narrowed('levels', row.level);
    case 'detectionStatus':
      return withOnly(filter, 'detections', [row.detectionStatus ?? '']);
    case 'deploymentStatus':
      return withOnly(filter, 'deployments', [row.deploymentStatus ?? '']);
    case 'lastResult':
      return withOnly(filter, 'results', [
        lastResult(row.deploymentStatus ?? null, row.exitCode?.code ?? null) ?? '',
      ]);
    case 'exitCode':
      // Runs have a code of their own, which no part of the filter stands for.
      return row.patchKey === undefined
        ? null
        : withOnly(filter, 'exitCodes', [String(row.exitCode?.code ?? '')]);
    case 'outcome':
      return withOnly(filter, 'outcomes', [row.outcome ?? '']);
    case 'operation':
      return withOnly(filter, 'operations', [row.operation ?? '']);
    default:
      return null;
  }
}

/** Narrows the filter of all panes to what a cell has. */
export function useFilterByCell(): (row: AnyRow, column: string, deviceKey?: string | null) => void {
  const store = useWindowStore();
  return useCallback(
    (row, column, deviceKey = null) => {
      const { filters, filter } = store.getState();
      const narrowed = filterByCell(filters.present, row, column, deviceKey);
      if (narrowed !== null) filter(narrowed);
    },
    [store],
  );
}
