/** One grid over a view in the worker: rows are asked for by window as they come into sight. */
import { AgGridReact } from 'ag-grid-react';
import type {
  CellFocusedEvent,
  ColDef,
  ColumnResizedEvent,
  GetRowIdParams,
  GridApi,
  GridReadyEvent,
  IDatasource,
  IGetRowsParams,
  RowClassRules,
  SortChangedEvent,
  SuppressKeyboardEventParams,
  Theme,
} from 'ag-grid-community';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { RefObject } from 'react';
import type { Sort } from '../../preload/contract/shapes.ts';
import { styleNonce } from '../bridge.ts';
import { isCancelled } from '../evidence/evidence-client.ts';
import { asError } from '../evidence/evidence-context.tsx';
import type { OpenedView } from '../evidence/view-keeper.ts';
import { useLanguage } from '../i18n/language.tsx';
import { isTextKey } from '../i18n/messages.ts';
import { useBridge, useWindow, useWindowStore } from '../state/window-store.ts';
import type { CellWords } from './cell-texts.ts';
import { columnChoiceId, hiddenColumns } from './column-choice.tsx';
import { isInRange, rangeEnds, rowsAs } from './copy-rows.ts';
import type { CopyFormat, RowRange } from './copy-rows.ts';
import { useGridDesk } from './grid-desk.ts';
import type { GridHandle } from './grid-desk.ts';
import { rowHeights } from './grid-setup.ts';
import { steadyWheel } from './wheel.ts';

/** Rows per request: a window and a half of a tall screen. */
const blockSize = 200;

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
  readonly headless?: boolean;
  /** Gets the scrolling element once there is one. */
  readonly onViewport?: (viewport: HTMLElement | null) => void;
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
  } = props;
  const { t } = useLanguage();
  const store = useWindowStore();
  const bridge = useBridge();
  const desk = useGridDesk();
  const say = useWindow((state) => state.say);
  const keptHidden = useWindow((state) => state.settings.layout[`hidden.${name}`]);
  const keepLayout = useWindow((state) => state.keepLayout);
  const frame = useRef<HTMLDivElement>(null);
  const [api, setApi] = useState<GridApi<Row> | null>(null);
  // The newest props for callbacks that AG Grid keeps from its start.
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });
  const isMovingItself = useRef(false);

  const [keptWidths] = useState(() => readWidths(store.getState().settings.layout[`columns.${name}`]));
  const widths = useRef(keptWidths);
  const sizedColumns = useMemo(
    () =>
      columns.map((column): ColDef<Row> => {
        const hide = column.colId !== undefined && hiddenColumns(keptHidden).includes(column.colId);
        const width = column.colId === undefined ? undefined : keptWidths[column.colId];
        if (width === undefined) return { ...column, hide };
        const { flex: _flex, ...fixed } = column;
        return { ...fixed, hide, width };
      }),
    [columns, keptWidths, keptHidden],
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
        fetchRows(now.view, params.startRow, to).then(
          (rows) => {
            if (params.api.isDestroyed()) return;
            params.successCallback(rows, now.count);
            applySelection(params.api);
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
    api.ensureIndexVisible(goTo.position, isInSight(frame.current, api, goTo.position) ? null : 'middle');
    applySelection(api);
  }, [api, goTo, count, applySelection]);

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
    const stop = steadyWheel(viewport, rowHeight, () => (latest.current.opened?.count ?? 0) * rowHeight);
    return () => {
      stop();
      onViewport?.(null);
    };
  }, [api, label, rowHeight, onViewport]);

  const focusRow = useCallback((grid: GridApi<Row>, position: number) => {
    const [first] = grid.getAllDisplayedColumns();
    if (first === undefined) return;
    grid.ensureIndexVisible(position);
    grid.setFocusedCell(position, grid.getFocusedCell()?.column ?? first);
  }, []);

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
      say('good', t(isCut ? 'copy.cut' : 'copy.done', { count: rows.length }));
    },
    [api, bridge, marked, say, store, t],
  );
  const handle = useMemo<GridHandle>(
    () => ({
      copy: (format) => {
        copy(format).catch((error: unknown) => {
          if (!isCancelled(error)) say('bad', asError(error).message);
        });
      },
      chooseColumns: () => document.getElementById(columnChoiceId(name))?.showPopover(),
      markedRows: async () => (await marked())?.rows ?? [],
    }),
    [copy, marked, name, say],
  );
  useEffect(() => {
    // A grid that is drawn anew stays the one in use.
    if (frame.current?.contains(document.activeElement) === true) desk.take(handle);
    return () => desk.leave(handle);
  }, [desk, handle]);

  const suppressKeyboardEvent = useCallback(
    ({ event, api: grid, data, node }: SuppressKeyboardEventParams<Row>) => {
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
      if (event.key === 'Enter' && data !== undefined && latest.current.onOpen !== undefined) {
        latest.current.onOpen(data);
        return true;
      }
      if (latest.current.homeIsFirstRow !== true || (event.key !== 'Home' && event.key !== 'End'))
        return false;
      event.preventDefault();
      focusRow(grid, event.key === 'Home' ? 0 : Math.max(0, (latest.current.opened?.count ?? 1) - 1));
      return true;
    },
    [focusRow, handle, range],
  );
  const allRowClassRules = useMemo<RowClassRules<Row>>(
    () => ({ ...rowClassRules, 'in-range': ({ rowIndex }) => isInRange(range.current(), rowIndex) }),
    [rowClassRules, range],
  );
  const defaultColumn = useMemo<ColDef<Row>>(
    () => ({
      resizable: true,
      sortable: props.onSort !== undefined,
      suppressMovable: true,
      suppressHeaderMenuButton: true,
      sortingOrder: ['asc', 'desc', null],
      suppressKeyboardEvent,
    }),
    [props.onSort, suppressKeyboardEvent],
  );

  return (
    <div
      className="grid-frame"
      ref={frame}
      onFocusCapture={() => desk.take(handle)}
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
        maxBlocksInCache={25}
        maxConcurrentDatasourceRequests={3}
        blockLoadDebounceMillis={15}
        cacheOverflowSize={1}
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
    </div>
  );
}

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
