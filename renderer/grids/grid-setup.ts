import {
  CellApiModule,
  CellStyleModule,
  ColumnApiModule,
  InfiniteRowModelModule,
  LocaleModule,
  ModuleRegistry,
  RenderApiModule,
  RowApiModule,
  RowSelectionModule,
  RowStyleModule,
  ScrollApiModule,
  createTheme,
} from 'ag-grid-community';

/** Only what the grids use: each module costs start time. */
export function registerGridModules(): void {
  ModuleRegistry.registerModules([
    InfiniteRowModelModule,
    CellApiModule,
    CellStyleModule,
    ColumnApiModule,
    LocaleModule,
    RenderApiModule,
    RowApiModule,
    RowSelectionModule,
    RowStyleModule,
    ScrollApiModule,
  ]);
}

/** Heights that CSS and the grids share, in pixels. */
export const rowHeights = { table: 26, log: 22, header: 25 } as const;

/** The grids wear the window's tokens, so that light and dark need nothing of their own. */
const base = createTheme().withParams({
  backgroundColor: 'var(--panel)',
  foregroundColor: 'var(--ink)',
  cellTextColor: 'var(--ink)',
  headerTextColor: 'var(--ink-3)',
  headerBackgroundColor: 'var(--panel)',
  headerFontSize: 11,
  headerFontWeight: 550,
  headerHeight: rowHeights.header,
  headerRowBorder: { color: 'var(--line)' },
  headerColumnResizeHandleColor: 'transparent',
  headerCellHoverBackgroundColor: 'var(--hover)',
  rowHoverColor: 'var(--hover)',
  selectedRowBackgroundColor: 'var(--select)',
  rangeSelectionBorderColor: 'var(--select-line)',
  borderColor: 'var(--line)',
  wrapperBorder: false,
  wrapperBorderRadius: 0,
  cellHorizontalPadding: 7,
  spacing: 4,
  fontFamily: 'inherit',
  fontSize: 12,
  accentColor: 'var(--accent)',
  iconSize: 10,
});

export const tableTheme = base.withParams({
  rowHeight: rowHeights.table,
  rowBorder: { color: 'var(--line)' },
});
export const logTheme = base.withParams({
  rowHeight: rowHeights.log,
  rowBorder: false,
  cellFontFamily: 'var(--mono)',
  cellFontSize: 11.5,
});
