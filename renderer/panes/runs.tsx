/** The runs of the bundle: one row for each pass of a patching operation. */
import type { ColDef } from 'ag-grid-community';
import type { CustomCellRendererProps } from 'ag-grid-react';
import { useCallback, useMemo } from 'react';
import type { MomentView, RunRow } from '../../preload/contract/shapes.ts';
import { useEvidence } from '../evidence/evidence-context.tsx';
import { At, Status, codeText, useAtText, useCellDescription } from '../grids/cells.tsx';
import { runCell } from '../grids/cell-texts.ts';
import { ColumnChoice } from '../grids/column-choice.tsx';
import { EvidenceGrid } from '../grids/evidence-grid.tsx';
import { rowHeights, tableTheme } from '../grids/grid-setup.ts';
import { useView } from '../grids/use-view.ts';
import { useLanguage } from '../i18n/language.tsx';
import { wordCode } from '../i18n/messages.ts';
import type { Translate } from '../i18n/messages.ts';
import { useFollowedRow } from '../state/use-followed-row.ts';
import { useWindow, useWindowStore } from '../state/window-store.ts';
import { Chips } from './chips.tsx';
import { useFilterByCell } from './filter-by-cell.ts';
import { Empty, NothingShown, Pane } from './pane.tsx';
import { problemOf, problemText } from './problem-text.ts';
import { StandingNote } from './standing-note.tsx';

const setFilters = { operation: 'operations', outcome: 'outcomes' } as const;

export function Runs() {
  const { t, number, locale } = useLanguage();
  const client = useEvidence();
  const store = useWindowStore();
  const filter = useWindow((state) => state.filters.present);
  const sort = useWindow((state) => state.runSort);
  const choose = useWindow((state) => state.choose);
  const openFile = useWindow((state) => state.openFile);
  const isReading = useWindow((state) => state.bundle.phase === 'reading');
  const view = useView('runs', filter, sort);
  const place = useFollowedRow('runs', view.opened);
  const filterByCell = useFilterByCell();
  const columns = useMemo(() => columnsOfRuns(t), [t]);
  const fetchRows = useCallback(
    (name: string, from: number, to: number) => client.request('runRows', { view: name, from, to, locale }),
    [client, locale],
  );
  const onSort = useCallback((runSort: typeof sort) => store.setState({ runSort }), [store]);
  const count = view.opened?.count ?? 0;
  const about = (
    <>
      <small>{t('runs.about', { shown: number(count), count })}</small>
      <Chips
        tone="of-pane"
        parts={['devices', 'patches', 'systems', 'operations', 'outcomes', 'time', 'onlyFindings']}
      />
    </>
  );
  const tools = (
    <>
      <StandingNote place={place} hidden={t('runs.hidden')} />
      <ColumnChoice name="runs" columns={columns} />
    </>
  );
  return (
    <Pane title={t('region.runs')} about={about} tools={tools} lock="runs" className="runs">
      {view.error !== null ? (
        <Empty>{problemText(t, problemOf(view.error))}</Empty>
      ) : view.opened !== null && count === 0 ? (
        isReading ? (
          <Empty>{t('runs.none-yet')}</Empty>
        ) : (
          <NothingShown byFilter={t('runs.none')} without={t('runs.none')} />
        )
      ) : (
        <EvidenceGrid<RunRow>
          name="runs"
          label={t('region.runs')}
          columns={columns}
          theme={tableTheme}
          rowHeight={rowHeights.table}
          opened={view.opened}
          fetchRows={fetchRows}
          rowId={runId}
          cellText={runCell}
          selectedId={place.id}
          onChoose={(row) => {
            const { target } = store.getState().selection;
            if (target.on !== 'run' || target.id !== row.id) choose({ on: 'run', id: row.id }, 'runs');
          }}
          onOpen={({ citation }) => openFile(citation.member, citation.line)}
          onSort={onSort}
          onFilterByCell={filterByCell}
          setFilters={setFilters}
          goTo={place.goTo}
        />
      )}
    </Pane>
  );
}

function runId(row: RunRow): string {
  return row.id;
}

/** The operation of a run in words: a system's own code where there is no wording for it. */
export function operationText(t: Translate, operation: string | null): string {
  return operation === null ? '–' : wordCode(t, 'run-operation', operation, operation);
}

function TimeCell({ at, cell }: { readonly at: MomentView | null; readonly cell: HTMLElement }) {
  useCellDescription(cell, useAtText(at));
  return <At at={at} />;
}

function StartedCell({ data, eGridCell }: CustomCellRendererProps<RunRow>) {
  return data === undefined ? null : <TimeCell at={data.startedAt} cell={eGridCell} />;
}

function EndedCell({ data, eGridCell }: CustomCellRendererProps<RunRow>) {
  return data === undefined ? null : <TimeCell at={data.endedAt} cell={eGridCell} />;
}

function OutcomeCell({ data, eGridCell }: CustomCellRendererProps<RunRow>) {
  const { t } = useLanguage();
  useCellDescription(eGridCell, data?.overlaps === true ? t('runs.overlaps') : null);
  if (data === undefined) return null;
  return (
    <>
      <Status status={data.outcome} />
      {data.overlaps ? <span className="overlap-sign" aria-hidden="true" /> : null}
    </>
  );
}

function ExitCell({ data, eGridCell }: CustomCellRendererProps<RunRow>) {
  const code = data?.exitCode ?? null;
  useCellDescription(eGridCell, code === null ? null : codeText(code));
  if (code === null) return <span className="absent">–</span>;
  return code.meaning !== null && code.code !== 0 ? <code className="exit">{code.shown}</code> : code.shown;
}

/** How many of the steps something tells of: the rest is not evidenced, which is not the same as failed. */
function StepsCell({ data, eGridCell }: CustomCellRendererProps<RunRow>) {
  const { t } = useLanguage();
  const steps = data?.steps ?? null;
  useCellDescription(eGridCell, steps === null || steps.total === 0 ? null : t('runs.steps-told', steps));
  if (steps === null || steps.total === 0) return <span className="absent">–</span>;
  return (
    <>
      <span className="step-dots" aria-hidden="true">
        {Array.from({ length: Math.min(steps.total, 10) }, (_, index) => (
          <i key={index} className={index < steps.told ? 'told' : ''} />
        ))}
      </span>
      {steps.told}/{steps.total}
    </>
  );
}

function OrNothing({ value }: { readonly value: string | number | null }) {
  return value === null || value === '' ? <span className="absent">–</span> : <>{value}</>;
}

function columnsOfRuns(t: Translate): ColDef<RunRow>[] {
  return [
    {
      colId: 'system',
      headerName: t('column.system'),
      width: 108,
      valueGetter: ({ data }) => (data === undefined ? '' : t(`system.${data.system}`)),
    },
    {
      colId: 'device',
      headerName: t('column.device'),
      width: 110,
      cellRenderer: ({ data }: CustomCellRendererProps<RunRow>) =>
        data === undefined ? null : <OrNothing value={data.device} />,
    },
    {
      colId: 'name',
      headerName: t('column.run'),
      flex: 1,
      minWidth: 110,
      valueGetter: ({ data }) => data?.name ?? '',
    },
    {
      colId: 'operation',
      headerName: t('column.operation'),
      width: 156,
      valueGetter: ({ data }) => (data === undefined ? '' : operationText(t, data.operation)),
    },
    { colId: 'startedAt', headerName: t('column.started'), width: 152, cellRenderer: StartedCell },
    { colId: 'endedAt', headerName: t('column.ended'), width: 152, cellRenderer: EndedCell },
    { colId: 'outcome', headerName: t('column.outcome'), width: 124, cellRenderer: OutcomeCell },
    { colId: 'steps', headerName: t('column.steps'), width: 104, cellRenderer: StepsCell },
    {
      colId: 'attempts',
      headerName: t('column.attempts'),
      width: 78,
      cellRenderer: ({ data }: CustomCellRendererProps<RunRow>) =>
        data === undefined ? null : <OrNothing value={data.attempts} />,
    },
    { colId: 'exitCode', headerName: t('column.exit'), width: 84, cellRenderer: ExitCell },
    {
      colId: 'reboot',
      headerName: t('column.reboot'),
      width: 92,
      cellRenderer: ({ data }: CustomCellRendererProps<RunRow>) =>
        data === undefined ? null : <OrNothing value={data.reboot} />,
    },
  ];
}
