import { useEffect, useMemo, useState } from 'react';
import type { Filter, Sort, ViewGroup } from '../../preload/contract/shapes.ts';
import { isCancelled } from '../evidence/evidence-client.ts';
import { asError, useEvidence } from '../evidence/evidence-context.tsx';
import { ViewKeeper } from '../evidence/view-keeper.ts';
import type { GridName, LineFold, OpenedView } from '../evidence/view-keeper.ts';
import { useLanguage } from '../i18n/language.tsx';
import { useWindow } from '../state/window-store.ts';

export interface GridView {
  /** Null until the first view is open. */
  readonly opened: OpenedView | null;
  readonly error: Error | null;
}

/** Opens a view for the filter in force and keeps it in step with filter, sort, language and reading. */
export function useView(
  grid: GridName,
  filter: Filter,
  sort: Sort,
  group: ViewGroup | null = null,
  fold: LineFold | null = null,
): GridView {
  const client = useEvidence();
  const { locale } = useLanguage();
  const revision = useWindow((state) => state.revision);
  const keeper = useMemo(() => new ViewKeeper(client, grid), [client, grid]);
  const [view, setView] = useState<GridView>({ opened: null, error: null });
  const filterKey = JSON.stringify(filter);
  const sortKey = JSON.stringify(sort);
  const groupKey = JSON.stringify(group);
  const foldKey = JSON.stringify(fold);
  useEffect(() => {
    let isCurrent = true;
    const question = {
      filter: JSON.parse(filterKey) as Filter,
      sort: JSON.parse(sortKey) as Sort,
      locale,
      revision,
      ...(groupKey === 'null' ? {} : { group: JSON.parse(groupKey) as ViewGroup }),
      ...(foldKey === 'null' ? {} : { fold: JSON.parse(foldKey) as LineFold }),
    };
    keeper.open(question).then(
      (opened) => {
        if (isCurrent) setView({ opened, error: null });
      },
      (error: unknown) => {
        if (isCurrent && !isCancelled(error)) setView(({ opened }) => ({ opened, error: asError(error) }));
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [keeper, filterKey, sortKey, groupKey, foldKey, locale, revision]);
  useEffect(() => () => keeper.reset(), [keeper]);
  return view;
}
