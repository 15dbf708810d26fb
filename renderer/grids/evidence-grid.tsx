/** One grid over a view in the worker: rows are asked for by window as they come into sight. */
import { AgGridReact } from 'ag-grid-react';
import type { CustomCellRendererProps } from 'ag-grid-react';
import type {
  CellFocusedEvent,
  ColDef,
  ColumnResizedEvent,
  GetRowIdParams,
  GridApi,
  GridReadyEvent,
  IsFullWidthRowParams,
  IDatasource,
  IGetRowsParams,
  RowClassRules,
  SortChangedEvent,
  SuppressKeyboardEventParams,
  Theme,
} from 'ag-grid-community';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { ComponentType, RefObject } from 'react';
import type { Sort } from '../../preload/contract/shapes.ts';
import { styleNonce } from '../bridge.ts';
import { isCancelled } from '../evidence/evidence-client.ts';
import { asError } from '../evidence/evidence-context.tsx';
import type { OpenedView } from '../evidence/view-keeper.ts';
import { useLanguage } from '../i18n/language.tsx';
import { isTextKey } from '../i18n/messages.ts';
import { useBridge, useWindow, useWindowStore } from '../state/window-store.ts';
import type { CellWords } from './cell-texts.ts';
import { columnChoiceId, keptColumns } from './column-choice.tsx';
import { FindInColumn } from './find-in-column.tsx';
import { FoundInColumnContext } from './highlight.tsx';
import { FilteredHead, SetFilter, setFilterId } from './set-filter.tsx';
import type { SetFilterPart } from './value-words.ts';
import { findRow } from './find-row.ts';
import { ScrollMarks } from './scroll-marks.tsx';
import { isInRange, rangeEnds, rowsAs } from './copy-rows.ts';
import type { CopyFormat, RowRange } from './copy-rows.ts';
import { useGridDesk } from './grid-desk.ts';
import type { GridHandle } from './grid-desk.ts';
import { rowHeights } from './grid-setup.ts';
import { settledScroll } from './settled-scroll.ts';
import type { SettledScroll } from './settled-scroll.ts';
import { useTurn } from './turn.ts';
import { scaleOfScroll, steadyWheel } from './wheel.ts';

/** Rows per request: a tall screen full. A jump waits for one or two of them, so they are no larger. */
const blockSize = 100;

/** A row to bring into sight; the grid moves once for each stamp. */
export interface GoTo {
  readonly position: number;
  readonly stamp: string;
}

export interface EvidenceGridProps<Row extends object> {
  /** Name for layout memory and the accessible name's key. */
  readonly name: string;
  readonly label: string;
  readonly columns: ColDef<Row>[];
  readonly theme: Theme;
  readonly rowHeight: number;
  readonly opened: OpenedView | null;
  readonly fetchRows: (view: string, from: number, to: number) => Promise<Row[]>;
  readonly rowId: (row: Row) => string;
  /** A cell as plain text, for the clipboard. */
  readonly cellText: (row: Row, column: string, words: CellWords) => string;
  readonly selectedId: string | null;
  readonly onChoose: (row: Row, column: string) => void;
  /** Enter or a double click. */
  readonly onOpen?: (row: Row) => void;
  readonly onSort?: (sort: Sort) => void;
  readonly goTo: GoTo | null;
  readonly rowClassRules?: RowClassRules<Row>;
  /** Raised when row classes or cells have to be drawn anew. */
  readonly redrawStamp?: string;
  /** Home and End go to the first and last row instead of the first and last cell. */
  readonly homeIsFirstRow?: boolean;
  /** Where the grid goes to, the keyboard goes too when what had the focus is gone, as a place that was left. */
  readonly takesLostFocus?: boolean;
  readonly headless?: boolean;
  /** Gets the scrolling element once there is one. */
  readonly onViewport?: (viewport: HTMLElement | null) => void;
  /** Marks beside the scroll bar: a stretch of the rows each. */
  readonly marks?: Uint8Array | null;
  /** Headings among the rows: what they are, how they look over the whole width, and what folds them. */
  readonly headings?: {
    readonly is: (row: Row) => boolean;
    readonly Row: ComponentType<CustomCellRendererProps<Row>>;
  };
  /** Folds or opens a row: by the arrow keys in the first column, and by Enter on a heading. @returns whether it did */
  readonly onFold?: (row: Row, wanted: 'open' | 'closed' | 'other') => boolean;
  /** Narrows the filter to what a cell has. */
  readonly onFilterByCell?: (row: Row, column: string) => void;
  /** Columns with few values, by their ids, and the part of the filter that a list of these values changes. */
  readonly setFilters?: Readonly<Record<string, SetFilterPart>>;
  readonly stepMatch?: (step: 1 | -1) => void;
}

export function EvidenceGrid<Row extends object>(props: EvidenceGridProps<Row>) {
  const {
    name,
    label,
    columns,
    theme,
    rowHeight,
    opened,
    rowId,
    selectedId,
    goTo,
    rowClassRules,
    redrawStamp,
    setFilters,
  } = props;
  const { t } = useLanguage();
  const store = useWindowStore();
  const bridge = useBridge();
  const desk = useGridDesk();
  const say = useWindow((state) => state.say);
  const keptHidden = useWindow((state) => state.settings.layout[`hidden.${name}`]);
  const keptPinned = useWindow((state) => state.settings.layout[`pinned.${name}`]);
  const keepLayout = useWindow((state) => state.keepLayout);
  const frame = useRef<HTMLDivElement>(null);
  const [api, setApi] = useState<GridApi<Row> | null>(null);
  // The newest props for callbacks that AG Grid keeps from its start.
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });
  const isMovingItself = useRef(false);
  const isDue = useTurn();
  const settled = useRef<SettledScroll | null>(null);

  const [keptWidths] = useState(() => readWidths(store.getState().settings.layout[`columns.${name}`]));
  const widths = useRef(keptWidths);
  const sizedColumns = useMemo(
    () =>
      columns.map((given): ColDef<Row> => {
        const part = setFilters?.[given.colId ?? ''];
        const column =
          part === undefined
            ? given
            : {
                ...given,
                headerComponentParams: {
                  innerHeaderComponent: FilteredHead,
                  innerHeaderComponentParams: { grid: name, part },
                },
              };
        const hide = column.colId !== undefined && keptColumns(keptHidden).includes(column.colId);
        const isPinned = column.colId !== undefined && keptColumns(keptPinned).includes(column.colId);
        const pinned = isPinned ? ('left' as const) : null;
        const width = column.colId === undefined ? undefined : keptWidths[column.colId];
        if (width === undefined && !isPinned) return { ...column, hide, pinned };
        const { flex: _flex, ...fixed } = column;
        return { ...fixed, hide, pinned, width: width ?? column.width ?? defaultPinnedWidth };
      }),
    [columns, keptWidths, keptHidden, keptPinned, name, setFilters],
  );
  const [finding, setFinding] = useState<{ readonly column: string; readonly title: string } | null>(null);
  const [typed, setTyped] = useState('');
  const foundIn = useMemo(
    () => (finding === null ? null : { column: finding.column, typed }),
    [finding, typed],
  );
  const range = useRowRange(frame);

  const applySelection = useCallback((grid: GridApi<Row>) => {
    // An answer may come when the grid has gone with its pane.
    if (grid.isDestroyed()) return;
    const { selectedId: wanted } = latest.current;
    const chosen = grid.getSelectedNodes();
    if (wanted === null) {
      if (chosen.length > 0) grid.deselectAll();
      return;
    }
    const node = grid.getRowNode(wanted);
    if (node === undefined) {
      if (chosen.length > 0) grid.deselectAll();
    } else if (node.isSelected() !== true) {
      node.setSelected(true, true);
    }
  }, []);

  /** The block that a jump leads to, asked for before the grid has scrolled there. */
  const ahead = useRef<{ readonly key: string; readonly rows: Promise<Row[]> } | null>(null);
  const datasource = useMemo<IDatasource>(
    () => ({
      getRows(params: IGetRowsParams<Row>) {
        const { opened: now, fetchRows } = latest.current;
        if (now === null) {
          params.failCallback();
          return;
        }
        const to = Math.min(params.endRow, now.count);
        if (params.startRow >= to) {
          params.successCallback([], now.count);
          return;
        }
        const prefetched = ahead.current;
        const isAhead = prefetched?.key === `${now.view} ${params.startRow}`;
        if (isAhead) ahead.current = null;
        (isAhead ? prefetched.rows : fetchRows(now.view, params.startRow, to)).then(
          (rows) => {
            if (params.api.isDestroyed()) return;
            params.successCallback(rows, now.count);
            applySelection(params.api);
            settled.current?.arrived();
          },
          (error: unknown) => {
            if (!isCancelled(error)) console.error(error);
            if (!params.api.isDestroyed()) params.failCallback();
          },
        );
      },
    }),
    [applySelection],
  );

  // A new view: the rows in sight are replaced when the new ones are here, so that nothing blinks.
  const view = opened?.view ?? null;
  const count = opened?.count ?? 0;
  const hasSource = useRef(false);
  const gone = useRef('');
  useEffect(() => {
    if (api === null || view === null) return;
    if (hasSource.current) {
      api.setRowCount(count, true);
      api.refreshInfiniteCache();
    } else {
      hasSource.current = true;
      api.setGridOption('datasource', datasource);
      api.setRowCount(count, true);
    }
  }, [api, view, count, datasource]);

  useEffect(() => {
    if (api !== null) applySelection(api);
  }, [api, selectedId, applySelection]);

  useEffect(() => {
    if (api === null || goTo === null || goTo.position >= count || gone.current === goTo.stamp) return;
    gone.current = goTo.stamp;
    if (view !== null && api.getDisplayedRowAtIndex(goTo.position)?.data === undefined) {
      const start = Math.floor(goTo.position / blockSize) * blockSize;
      const rows = latest.current.fetchRows(view, start, Math.min(start + blockSize, count));
      // Whoever takes it hears of its failure; nobody may.
      rows.catch(() => undefined);
      ahead.current = { key: `${view} ${start}`, rows };
    }
    api.ensureIndexVisible(goTo.position, isInSight(frame.current, api, goTo.position) ? null : 'middle');
    applySelection(api);
    if (latest.current.takesLostFocus !== true) return;
    // The row may not be drawn yet; a grid that has gone, or another jump, ends the wait.
    const takeFocus = (frames: number): void => {
      if (frames === 0 || api.isDestroyed() || gone.current !== goTo.stamp) return;
      const [first] = api.getAllDisplayedColumns();
      const cell = frame.current?.querySelector(`[row-index="${goTo.position}"] [col-id]`) ?? null;
      if (first === undefined || cell === null) {
        requestAnimationFrame(() => takeFocus(frames - 1));
        return;
      }
      if (document.activeElement !== document.body) return;
      isMovingItself.current = true;
      api.setFocusedCell(goTo.position, first);
    };
    takeFocus(60);
  }, [api, goTo, view, count, applySelection]);

  useEffect(() => {
    if (api !== null && redrawStamp !== undefined) api.redrawRows();
  }, [api, redrawStamp]);

  const { onViewport } = props;
  useEffect(() => {
    if (api === null || frame.current === null) return undefined;
    const root = frame.current.querySelector('[role="grid"], [role="treegrid"]');
    root?.setAttribute('aria-label', label);
    const viewport = frame.current.querySelector<HTMLElement>('.ag-grid-viewport');
    if (viewport === null) return undefined;
    onViewport?.(viewport);
    const rowCount = (): number => latest.current.opened?.count ?? 0;
    const drawnRows = viewport.querySelector<HTMLElement>('.ag-grid-scrolling-rows');
    const stop = steadyWheel(viewport, rowHeight, () => rowCount() * rowHeight);
    const scroll = settledScroll(frame.current, viewport, {
      rowHeight,
      count: rowCount,
      drawn: () => [api.getFirstDisplayedRowIndex(), api.getLastDisplayedRowIndex()],
      isHere: (position) => api.getDisplayedRowAtIndex(position)?.data !== undefined,
      hold: (pixels) => {
        if (drawnRows !== null) drawnRows.style.translate = pixels === 0 ? '' : `0 ${pixels}px`;
      },
    });
    settled.current = scroll;
    return () => {
      stop();
      scroll.stop();
      settled.current = null;
      onViewport?.(null);
    };
  }, [api, label, rowHeight, onViewport]);

  const focusRow = useCallback((grid: GridApi<Row>, position: number) => {
    const [first] = grid.getAllDisplayedColumns();
    if (first === undefined) return;
    grid.ensureIndexVisible(position);
    grid.setFocusedCell(position, grid.getFocusedCell()?.column ?? first);
  }, []);

  /** Where the pages that were asked for lead; the focus goes there once its rows are drawn. */
  const paging = useRef<number | null>(null);
  /** A page on: its rows are drawn in one task and the focus follows in another, so that neither holds the window up. */
  const pageBy = useCallback(
    (grid: GridApi<Row>, from: number, step: 1 | -1) => {
      const viewport = frame.current?.querySelector<HTMLElement>('.ag-grid-viewport');
      if (viewport === null || viewport === undefined) return;
      const { opened: now, headless } = latest.current;
      const rowsInAll = now?.count ?? 0;
      const { scrollHeight, clientHeight } = viewport;
      const seen = clientHeight - (headless === true ? 0 : rowHeights.header);
      const page = Math.max(1, Math.floor(seen / rowHeight) - 1);
      const isFirst = paging.current === null;
      const start = paging.current ?? from;
      const target = Math.min(Math.max(start + step * page, 0), Math.max(0, rowsInAll - 1));
      paging.current = target;
      const travelled = (target - start) * rowHeight;
      viewport.scrollTop +=
        travelled / scaleOfScroll({ modelHeight: rowsInAll * rowHeight, scrollHeight, clientHeight });
      if (!isFirst) return;
      // The grid hears of the scrolling at the beginning of the next frame, before this.
      requestAnimationFrame(() => {
        setTimeout(() => {
          const at = paging.current;
          paging.current = null;
          if (at !== null && !grid.isDestroyed()) focusRow(grid, at);
        });
      });
    },
    [focusRow, rowHeight],
  );

  const marked = useCallback(async (): Promise<{ readonly rows: Row[]; readonly isCut: boolean } | null> => {
    const { opened: now, fetchRows } = latest.current;
    if (api === null || api.isDestroyed() || now === null) return null;
    const row = api.getFocusedCell()?.rowIndex ?? api.getSelectedNodes()[0]?.rowIndex ?? null;
    const ends =
      range.current() === null
        ? row === null
          ? null
          : { from: row, to: row + 1 }
        : rangeEnds(range.current() ?? { anchor: 0, head: 0 });
    if (ends === null) return null;
    const to = Math.min(ends.to, now.count, ends.from + mostCopied);
    const rows: Row[] = [];
    for (let at = ends.from; at < to; at += copiedAtOnce) {
      rows.push(...(await fetchRows(now.view, at, Math.min(at + copiedAtOnce, to))));
    }
    return { rows, isCut: to < Math.min(ends.to, now.count) };
  }, [api, range]);
  const copy = useCallback(
    async (format: CopyFormat): Promise<void> => {
      const found = await marked();
      if (api === null || found === null) return;
      const { rows, isCut } = found;
      const { cellText } = latest.current;
      const shown = api.getAllDisplayedColumns();
      const { settings } = store.getState();
      const words = { t, setting: { mode: settings.times, zone: settings.zone } };
      const header = shown.map((column) => column.getColDef().headerName ?? column.getColId());
      const cells = rows.map((one) => shown.map((column) => cellText(one, column.getColId(), words)));
      await bridge.copy(rowsAs(format, header, cells));
      const shortened = rows.filter((row) => 'cut' in row && row.cut === true).length;
      if (shortened > 0 && !isCut) say('good', t('copy.cut-lines', { count: rows.length, shortened }));
      else say('good', t(isCut ? 'copy.cut' : 'copy.done', { count: rows.length }));
    },
    [api, bridge, marked, say, store, t],
  );
  const position = useCallback(
    (): number | null =>
      api === null || api.isDestroyed()
        ? null
        : // What is chosen may have moved on without the focus: by a key of the window, from another pane.
          (api.getSelectedNodes()[0]?.rowIndex ?? api.getFocusedCell()?.rowIndex ?? null),
    [api],
  );
  const columnAtHand = useCallback((): { readonly column: string; readonly title: string } | null => {
    if (api === null || api.isDestroyed()) return null;
    const column = api.getFocusedCell()?.column ?? api.getAllDisplayedColumns()[0];
    if (column === undefined) return null;
    return { column: column.getColId(), title: column.getColDef().headerName ?? column.getColId() };
  }, [api]);
  const find = useCallback(
    async (typed: string, step: 1 | -1, signal: AbortSignal): Promise<boolean> => {
      const { opened: now, fetchRows, cellText } = latest.current;
      if (api === null || api.isDestroyed() || now === null || finding === null) return false;
      const { settings } = store.getState();
      const words = { t, setting: { mode: settings.times, zone: settings.zone } };
      const { column } = finding;
      const textsOf = async (from: number, to: number): Promise<readonly string[]> =>
        (await fetchRows(now.view, from, to)).map((row) => cellText(row, column, words));
      const start = position() ?? (step === 1 ? -1 : now.count);
      const at = await findRow(textsOf, now.count, typed, start, step, signal);
      if (at === null || api.isDestroyed()) return false;
      const [row] = await fetchRows(now.view, at, at + 1);
      signal.throwIfAborted();
      api.ensureIndexVisible(at, 'middle');
      if (row !== undefined) {
        // The field keeps the keys; the grid learns where the next search starts.
        const before = document.activeElement;
        isMovingItself.current = true;
        api.setFocusedCell(at, column);
        if (before instanceof HTMLElement) before.focus();
        latest.current.onChoose(row, '');
      }
      return true;
    },
    [api, finding, position, store, t],
  );
  const { stepMatch } = props;
  const handle = useMemo<GridHandle>(
    () => ({
      name,
      position,
      view: () => latest.current.opened?.view ?? null,
      ...(stepMatch === undefined ? {} : { stepMatch }),
      findInColumn: () => setFinding(columnAtHand()),
      pinColumn: () => {
        const chosen = columnAtHand();
        if (chosen === null) return;
        const pinned = keptColumns(store.getState().settings.layout[`pinned.${name}`]);
        keepLayout(
          `pinned.${name}`,
          pinned.includes(chosen.column)
            ? pinned.filter((one) => one !== chosen.column)
            : [...pinned, chosen.column],
        );
      },
      filterByCell: () => {
        const at = position();
        const chosen = columnAtHand();
        const row = at === null ? undefined : api?.getDisplayedRowAtIndex(at)?.data;
        if (row !== undefined && chosen !== null) latest.current.onFilterByCell?.(row, chosen.column);
      },
      filterColumn: () => {
        // In the head of the grid no cell has the focus.
        const head = document.activeElement?.closest('.ag-header-cell')?.getAttribute('col-id');
        const column = head ?? columnAtHand()?.column ?? '';
        const part = latest.current.setFilters?.[column];
        if (part === undefined) {
          say('good', t('set-filter.no-list'));
          return;
        }
        api?.ensureColumnVisible(column);
        document.getElementById(setFilterId(name, part))?.showPopover();
      },
      copy: (format) => {
        copy(format).catch((error: unknown) => {
          if (!isCancelled(error)) say('bad', asError(error).message);
        });
      },
      chooseColumns: () => document.getElementById(columnChoiceId(name))?.showPopover(),
      markedRows: async () => (await marked())?.rows ?? [],
    }),
    [api, columnAtHand, copy, keepLayout, marked, name, position, say, stepMatch, store, t],
  );
  useEffect(() => {
    desk.join(handle);
    // A grid that is drawn anew stays the one in use.
    if (frame.current?.contains(document.activeElement) === true) desk.take(handle);
    return () => desk.leave(handle);
  }, [desk, handle]);

  const suppressKeyboardEvent = useCallback(
    ({ event, api: grid, data, node, column }: SuppressKeyboardEventParams<Row>) => {
      if (event.type !== 'keydown') return false;
      const isCtrl = event.ctrlKey || event.metaKey;
      if (isCtrl && event.key.toLowerCase() === 'c' && document.getSelection()?.isCollapsed !== false) {
        event.preventDefault();
        handle.copy('text');
        return true;
      }
      const last = Math.max(0, (latest.current.opened?.count ?? 1) - 1);
      if (isCtrl && event.key.toLowerCase() === 'a') {
        event.preventDefault();
        range.set({ anchor: 0, head: last });
        return true;
      }
      const step = event.shiftKey && !isCtrl ? rangeSteps[event.key] : undefined;
      if (step !== undefined) {
        event.preventDefault();
        const at = node.rowIndex ?? 0;
        const before = range.current() ?? { anchor: at, head: at };
        const head = Math.min(Math.max(before.head + step, 0), last);
        range.set({ anchor: before.anchor, head });
        grid.ensureIndexVisible(head);
        return true;
      }
      if (event.key === 'Escape' && range.current() !== null) {
        range.set(null);
        return true;
      }
      if ((event.key === 'PageDown' || event.key === 'PageUp') && !isCtrl && !event.altKey) {
        event.preventDefault();
        pageBy(grid, node.rowIndex ?? 0, event.key === 'PageDown' ? 1 : -1);
        return true;
      }
      // Commands of the window: back, forward, the list of the column's values.
      if (event.altKey && event.key.startsWith('Arrow')) return true;
      const isFirstColumn = column === grid.getAllDisplayedColumns()[0];
      const fold = isFirstColumn && !isCtrl && !event.altKey ? foldKeys[event.key] : undefined;
      if (fold !== undefined && data !== undefined && latest.current.onFold?.(data, fold) === true) {
        event.preventDefault();
        return true;
      }
      if (event.key === 'Enter' && data !== undefined && latest.current.onOpen !== undefined) {
        latest.current.onOpen(data);
        return true;
      }
      if ((event.key !== 'Home' && event.key !== 'End') || event.altKey) return false;
      event.preventDefault();
      const isHome = event.key === 'Home';
      const wanted = isHome ? 0 : last;
      if (event.shiftKey && (isCtrl || latest.current.homeIsFirstRow === true)) {
        range.set({ anchor: range.current()?.anchor ?? node.rowIndex ?? 0, head: wanted });
        grid.ensureIndexVisible(wanted);
        return true;
      }
      const cells = grid.getAllDisplayedColumns();
      const cell = isHome ? cells[0] : cells.at(-1);
      if (latest.current.homeIsFirstRow === true || cell === undefined) {
        focusRow(grid, wanted);
        return true;
      }
      const row = isCtrl ? wanted : (node.rowIndex ?? 0);
      grid.ensureIndexVisible(row);
      grid.ensureColumnVisible(cell);
      grid.setFocusedCell(row, cell);
      return true;
    },
    [focusRow, handle, pageBy, range],
  );
  const allRowClassRules = useMemo<RowClassRules<Row>>(
    () => ({ ...rowClassRules, 'in-range': ({ rowIndex }) => isInRange(range.current(), rowIndex) }),
    [rowClassRules, range],
  );
  const { headings } = props;
  const isFullWidthRow = useCallback(
    ({ rowNode }: IsFullWidthRowParams<Row>) =>
      rowNode.data !== undefined && headings?.is(rowNode.data) === true,
    [headings],
  );
  const defaultColumn = useMemo<ColDef<Row>>(
    () => ({
      resizable: true,
      sortable: props.onSort !== undefined,
      suppressMovable: true,
      suppressHeaderMenuButton: true,
      sortingOrder: ['asc', 'desc', null],
      suppressKeyboardEvent,
      suppressHeaderKeyboardEvent: ({ event }) => event.altKey && event.key.startsWith('Arrow'),
    }),
    [props.onSort, suppressKeyboardEvent],
  );

  return (
    <div
      className="grid-frame"
      ref={frame}
      onFocusCapture={() => desk.take(handle)}
      onKeyDownCapture={(event) => {
        // A heading is one cell over the whole width, whose keys AG Grid leaves alone.
        const element = (event.target as HTMLElement).closest('.ag-full-width-row');
        const at = element === null ? null : rowOf(element);
        const wanted = event.key === 'Enter' || event.key === ' ' ? 'other' : foldKeys[event.key];
        const row = at === null ? undefined : api?.getDisplayedRowAtIndex(at)?.data;
        if (wanted === undefined || row === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        latest.current.onFold?.(row, wanted);
      }}
      onPointerDownCapture={(event) => {
        if (event.shiftKey && rowOf(event.target) !== null) event.stopPropagation();
      }}
      onMouseDownCapture={(event) => {
        const row = event.shiftKey && event.button === 0 ? rowOf(event.target) : null;
        if (row === null) return;
        // The choice stays where it is: only the rows up to here are marked with it.
        event.preventDefault();
        event.stopPropagation();
        const anchor = range.current()?.anchor ?? api?.getFocusedCell()?.rowIndex ?? row;
        range.set({ anchor, head: row });
        desk.take(handle);
      }}
      onClickCapture={(event) => {
        if (event.shiftKey && rowOf(event.target) !== null) event.stopPropagation();
      }}
    >
      <FoundInColumnContext value={foundIn}>
        {isDue ? (
          <AgGridReact<Row>
            theme={theme}
            styleNonce={styleNonce()}
            loadThemeGoogleFonts={false}
            rowModelType="infinite"
            columnDefs={sizedColumns}
            defaultColDef={defaultColumn}
            headerHeight={props.headless === true ? 0 : rowHeights.header}
            rowHeight={rowHeight}
            getRowId={({ data }: GetRowIdParams<Row>) => rowId(data)}
            rowSelection={singleRow}
            cacheBlockSize={blockSize}
            maxBlocksInCache={20}
            maxConcurrentDatasourceRequests={2}
            blockLoadDebounceMillis={0}
            suppressAnimationFrame
            cacheOverflowSize={1}
            // Rows out of sight are drawn with each jump as well: half of the work at AG Grid's own ten on each side.
            rowBuffer={3}
            suppressOverlays={allOverlays}
            animateRows={false}
            suppressRowHoverHighlight={false}
            suppressScrollOnNewData
            suppressColumnMoveAnimation
            enableCellTextSelection={false}
            alwaysShowVerticalScroll
            suppressMultiSort
            debounceVerticalScrollbar={false}
            rowClassRules={allRowClassRules}
            {...(headings === undefined
              ? {}
              : { isFullWidthRow, fullWidthCellRenderer: headings.Row, embedFullWidthRows: false })}
            getLocaleText={({ key, defaultValue }) => {
              const wording = `grid.${key}`;
              return isTextKey(wording) ? t(wording) : defaultValue;
            }}
            focusGridInnerElement={({ api: grid }) => {
              const node = selectedId === null ? undefined : grid.getRowNode(selectedId);
              const [first] = grid.getAllDisplayedColumns();
              if (node === undefined || node.rowIndex === null || first === undefined) return false;
              isMovingItself.current = true;
              grid.setFocusedCell(node.rowIndex, first);
              return true;
            }}
            onGridReady={(event: GridReadyEvent<Row>) => setApi(event.api)}
            onCellFocused={(event: CellFocusedEvent<Row>) => {
              const { rowIndex, column } = event;
              if (isMovingItself.current) {
                isMovingItself.current = false;
                return;
              }
              range.set(null);
              if (rowIndex === null || column === null) return;
              const row = event.api.getDisplayedRowAtIndex(rowIndex)?.data;
              if (row !== undefined) {
                latest.current.onChoose(row, typeof column === 'string' ? column : column.getColId());
              }
            }}
            onCellDoubleClicked={({ data }) => {
              if (data !== undefined) latest.current.onOpen?.(data);
            }}
            onSortChanged={(event: SortChangedEvent<Row>) => {
              const sorted = event.api
                .getColumnState()
                .filter(({ sort }) => sort === 'asc' || sort === 'desc')
                .map(({ colId, sort }) => ({ column: colId, descending: sort === 'desc' }));
              latest.current.onSort?.(sorted);
            }}
            onColumnResized={(event: ColumnResizedEvent<Row>) => {
              const id = event.column?.getColId();
              if (!event.finished || event.source !== 'uiColumnResized' || id === undefined) return;
              widths.current = { ...widths.current, [id]: Math.round(event.column?.getActualWidth() ?? 80) };
              keepLayout(`columns.${name}`, widths.current);
            }}
          />
        ) : null}
      </FoundInColumnContext>
      {props.marks === undefined || props.marks === null ? null : <ScrollMarks marks={props.marks} />}
      {columns.map(({ colId = '', headerName = '' }) => {
        const part = props.headless === true ? undefined : setFilters?.[colId];
        return part === undefined ? null : (
          <SetFilter key={colId} id={setFilterId(name, part)} columns={[{ part, title: headerName }]} />
        );
      })}
      {finding === null ? null : (
        <FindInColumn
          key={finding.column}
          column={finding.title}
          find={find}
          onType={setTyped}
          onClose={() => {
            setFinding(null);
            setTyped('');
            const at = position();
            if (api !== null && at !== null) api.setFocusedCell(at, finding.column);
          }}
        />
      )}
    </div>
  );
}

/** Width of a column that is pinned before it was ever sized by hand. */
const defaultPinnedWidth = 180;
const foldKeys: Readonly<Record<string, 'open' | 'closed'>> = { ArrowRight: 'open', ArrowLeft: 'closed' };
/** Rows that are copied at most, and how many are asked for at once. */
const mostCopied = 10_000;
const copiedAtOnce = 2_000;
const rangeSteps: Readonly<Record<string, number>> = {
  ArrowUp: -1,
  ArrowDown: 1,
  PageUp: -20,
  PageDown: 20,
};

function rowOf(target: EventTarget): number | null {
  const row = target instanceof Element ? target.closest('[row-index]')?.getAttribute('row-index') : null;
  return row === null || row === undefined ? null : Number(row);
}

interface RangeKeeper {
  readonly current: () => RowRange | null;
  readonly set: (range: RowRange | null) => void;
}

/** The marked rows; rows that are laid out already change their look at once, others when they come into sight. */
function useRowRange(frame: RefObject<HTMLDivElement | null>): RangeKeeper {
  const range = useRef<RowRange | null>(null);
  return useMemo(
    () => ({
      current: () => range.current,
      set: (next) => {
        if (range.current === null && next === null) return;
        range.current = next;
        for (const row of frame.current?.querySelectorAll('[row-index]') ?? []) {
          row.classList.toggle('in-range', isInRange(next, Number(row.getAttribute('row-index'))));
        }
      },
    }),
    [frame],
  );
}

const singleRow = { mode: 'singleRow', checkboxes: false, enableClickSelection: false } as const;
const allOverlays: ('loading' | 'noRows' | 'noMatchingRows' | 'exporting')[] = [
  'loading',
  'noRows',
  'noMatchingRows',
  'exporting',
];

/** Whether a row is laid out well inside the frame: then the grid does not move for it. */
function isInSight<Row>(frame: HTMLElement | null, api: GridApi<Row>, position: number): boolean {
  if (frame === null) return false;
  const first = api.getFirstDisplayedRowIndex();
  const last = api.getLastDisplayedRowIndex();
  const viewport = frame.querySelector('.ag-grid-viewport')?.getBoundingClientRect();
  const row = frame.querySelector(`[row-index="${position}"]`)?.getBoundingClientRect();
  if (viewport === undefined || row === undefined || position < first || position > last) return false;
  return row.top >= viewport.top + rowHeights.header && row.bottom <= viewport.bottom;
}

function readWidths(kept: unknown): Readonly<Record<string, number>> {
  if (typeof kept !== 'object' || kept === null) return {};
  return Object.fromEntries(
    Object.entries(kept).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  );
}
