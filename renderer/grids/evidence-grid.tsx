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
import type { Sort } from '../../preload/contract/shapes.ts';
import { styleNonce } from '../bridge.ts';
import { isCancelled } from '../evidence/evidence-client.ts';
import type { OpenedView } from '../evidence/view-keeper.ts';
import { useLanguage } from '../i18n/language.tsx';
import { isTextKey } from '../i18n/messages.ts';
import { useWindow, useWindowStore } from '../state/window-store.ts';
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
        const width = column.colId === undefined ? undefined : keptWidths[column.colId];
        if (width === undefined) return column;
        const { flex: _flex, ...fixed } = column;
        return { ...fixed, width };
      }),
    [columns, keptWidths],
  );

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

  const suppressKeyboardEvent = useCallback(
    ({ event, api: grid, data }: SuppressKeyboardEventParams<Row>) => {
      if (event.type !== 'keydown') return false;
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
    [focusRow],
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
    <div className="grid-frame" ref={frame}>
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
        {...(rowClassRules === undefined ? {} : { rowClassRules })}
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
