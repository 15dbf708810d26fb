import { useCallback } from 'react';
import type { Filter, LineRow, PatchRow } from '../../preload/contract/shapes.ts';
import { withOnly } from '../state/filters.ts';
import { useWindowStore } from '../state/window-store.ts';

type AnyRow = Partial<
  Pick<PatchRow, 'deviceKey' | 'patchKey' | 'citation' | 'system'> & Pick<LineRow, 'member' | 'level'>
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
