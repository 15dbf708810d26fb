/** The patch grid and the attempts grid: two sights of one view, rows in step. */
import type { ColDef } from 'ag-grid-community';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { Panel } from 'react-resizable-panels';
import type { CellMark, PatchRow } from '../../preload/contract/shapes.ts';
import { useEvidence } from '../evidence/evidence-context.tsx';
import { Divider, Split } from '../app/split.tsx';
import {
  AttemptsCell,
  DeployedAtCell,
  DeploymentCell,
  DetectedAtCell,
  DetectionCell,
  DeviceCell,
  ExitCodeCell,
  LastResultCell,
  PatchNameCell,
  RebootCell,
  SourceCell,
  clashClass,
  marksOf,
} from '../grids/cells.tsx';
import { patchCell } from '../grids/cell-texts.ts';
import type { CellWords } from '../grids/cell-texts.ts';
import { ColumnChoice } from '../grids/column-choice.tsx';
import { EvidenceGrid } from '../grids/evidence-grid.tsx';
import { HighlightContext } from '../grids/highlight.tsx';
import { matcherOf } from '../grids/segments.ts';
import { rowHeights, tableTheme } from '../grids/grid-setup.ts';
import { useView } from '../grids/use-view.ts';
import { useLanguage } from '../i18n/language.tsx';
import type { Translate } from '../i18n/messages.ts';
import { useMatchMarks } from '../state/matches.tsx';
import { useOverview } from '../state/overview.tsx';
import type { Pane as PaneName } from '../state/selection.ts';
import { useFollowedRow } from '../state/use-followed-row.ts';
import { useWindow, useWindowStore } from '../state/window-store.ts';
import { Chips } from './chips.tsx';
import { useFilterByCell } from './filter-by-cell.ts';
import { GroupChoice, HeadingRow, headingRow, headingText, isHeading, useGrouping } from './grouping.tsx';
import type { PatchGridRow } from './grouping.tsx';
import { baseName } from './citation.tsx';
import { Empty, NothingShown, Pane } from './pane.tsx';
import { problemOf, problemText } from './problem-text.ts';
import { StandingNote } from './standing-note.tsx';

const patchFilters = {
  detectionStatus: 'detections',
  deploymentStatus: 'deployments',
  exitCode: 'exitCodes',
} as const;
const attemptFilters = { lastResult: 'results' } as const;
/** What of the filter is told in the head of a pane that shows records. */
export const recordChips = [
  'devices',
  'patches',
  'detections',
  'deployments',
  'results',
  'exitCodes',
  'rules',
  'severities',
  'kinds',
  'onlyFindings',
] as const;
const headings = { is: isHeading, Row: HeadingRow };

/** One patch on one device. */
export interface Pair {
  readonly device: string;
  readonly patch: string;
  readonly name: string;
}

/** @param only the pair whose rows alone are shown; null: none is chosen yet. Absent: all rows. */
export function Patches({ only }: { readonly only?: Pair | null } = {}) {
  const { t, number } = useLanguage();
  const common = useWindow((state) => state.filters.present);
  const device = only?.device ?? null;
  const patch = only?.patch ?? null;
  const filter = useMemo(
    () => (device === null || patch === null ? common : { ...common, devices: [device], patches: [patch] }),
    [common, device, patch],
  );
  const sort = useWindow((state) => state.patchSort);
  const store = useWindowStore();
  const overview = useOverview();
  const choose = useWindow((state) => state.choose);
  const openFile = useWindow((state) => state.openFile);
  const isReading = useWindow((state) => state.bundle.phase === 'reading');
  const client = useEvidence();
  const { locale } = useLanguage();
  const { group, fold } = useGrouping(only === undefined);
  const view = useView('patches', filter, sort, group);
  const marks = useMatchMarks(view.opened?.view ?? null);
  const filterByCell = useFilterByCell();
  const place = useFollowedRow('patches', view.opened);
  const link = useScrollLink();
  const heads = useEvenHeads();
  const draft = useWindow((state) => state.highlight);
  const text = draft ?? filter.text ?? null;
  const isMarked = text !== null;
  const patchColumns = useMemo(() => columnsOfPatches(t, isMarked), [t, isMarked]);
  const attemptColumns = useMemo(() => columnsOfAttempts(t), [t]);

  const highlight = useMemo(() => ({ matcher: matcherOf(text), kb: null }), [text]);

  const fetchRows = useCallback(
    async (name: string, from: number, to: number): Promise<PatchGridRow[]> => {
      const params = { view: name, from, to, locale };
      if (group === null) return client.request('patchRows', params);
      return (await client.request('groupedRows', params)).map((row) =>
        'group' in row ? headingRow(row) : row,
      );
    },
    [client, locale, group],
  );
  const onSort = useCallback((patchSort: typeof sort) => store.setState({ patchSort }), [store]);
  const onFold = useCallback(
    ({ heading }: PatchGridRow, wanted: 'open' | 'closed' | 'other') => {
      if (heading === undefined) return false;
      if (wanted === 'other' || heading.isOpen !== (wanted === 'open')) fold(heading.group);
      return true;
    },
    [fold],
  );
  const chooseFrom = (pane: PaneName) => (row: PatchGridRow, column: string) => {
    if (row.heading !== undefined) return;
    const { target } = store.getState().selection;
    const [mark] = markFieldsOf(column).flatMap((field) => marksOf(row, field));
    const next =
      mark === undefined
        ? ({ on: 'record', id: row.id } as const)
        : ({ on: 'finding', id: mark.finding } as const);
    if (target.on === next.on && target.id === next.id) return;
    choose(next, pane);
  };

  const count = view.opened?.count ?? 0;
  const rows = view.opened?.records ?? count;
  const withFindings = overview?.recordsWithFindings ?? 0;
  const about = (
    <>
      <small>
        {only === undefined || only === null ? '' : `${only.name} · `}
        {only === null ? '' : t('patches.about', { rows: number(rows), count: rows })}
        {withFindings > 0 && only === undefined
          ? ` · ${t('patches.with-findings', { count: withFindings })}`
          : ''}
      </small>
      {only === undefined ? <Chips tone="of-pane" parts={recordChips} /> : null}
    </>
  );
  const body = (name: 'patches' | 'attempts') => {
    if (only === null) return <Empty>{name === 'patches' ? t('matrix.choose') : ''}</Empty>;
    if (view.error !== null) return <Empty>{problemText(t, problemOf(view.error))}</Empty>;
    if (view.opened !== null && count === 0) {
      if (name !== 'patches') return <Empty>{''}</Empty>;
      if (isReading) return <Empty>{t('patches.none-yet')}</Empty>;
      return <NothingShown byFilter={t('patches.none')} without={t('patches.none-at-all')} />;
    }
    return (
      <EvidenceGrid<PatchGridRow>
        name={name}
        label={t(name === 'patches' ? 'region.patches' : 'region.attempts')}
        columns={name === 'patches' ? patchColumns : attemptColumns}
        theme={tableTheme}
        rowHeight={rowHeights.table}
        opened={view.opened}
        fetchRows={fetchRows}
        rowId={rowId}
        cellText={gridCell}
        selectedId={place.id}
        onChoose={chooseFrom(name)}
        onOpen={({ citation, heading }) => {
          if (heading === undefined) openFile(citation.member, citation.line);
        }}
        headings={headings}
        onFold={onFold}
        onFilterByCell={filterByCell}
        setFilters={name === 'patches' ? patchFilters : attemptFilters}
        {...(name === 'patches' ? { onSort, marks } : {})}
        goTo={place.goTo}
        onViewport={name === 'patches' ? link.first : link.second}
      />
    );
  };
  return (
    <HighlightContext value={highlight}>
      <Split name="tables" orientation="horizontal">
        <Panel id="patches" minSize="30%">
          <Pane
            title={t('region.patches')}
            about={about}
            lock="patches"
            onHead={heads.first}
            tools={
              <>
                {only === null ? null : <StandingNote place={place} hidden={t('patches.hidden')} />}
                {only === undefined ? <GroupChoice /> : null}
                <ColumnChoice name="patches" columns={patchColumns} />
              </>
            }
          >
            {body('patches')}
          </Pane>
        </Panel>
        <Divider orientation="vertical" />
        <Panel
          id="attempts"
          defaultSize={236}
          minSize={120}
          collapsible
          groupResizeBehavior="preserve-pixel-size"
        >
          <Pane
            title={t('region.attempts')}
            about={<small>{t('attempts.about')}</small>}
            lock="attempts"
            onHead={heads.second}
          >
            {body('attempts')}
          </Pane>
        </Panel>
      </Split>
    </HighlightContext>
  );
}

function rowId(row: PatchGridRow): string {
  return row.id;
}

function gridCell(row: PatchGridRow, column: string, words: CellWords): string {
  if (row.heading === undefined) return patchCell(row, column, words);
  return column === 'device' || column === 'attempts' ? headingText(row.heading, words.t) : '';
}

/** Keeps two scrolled elements at one height, unless the attempts are locked. */
function useScrollLink() {
  const isLocked = useWindow((state) => state.locks.attempts);
  const [first, setFirst] = useState<HTMLElement | null>(null);
  const [second, setSecond] = useState<HTMLElement | null>(null);
  useEffect(() => {
    if (first === null || second === null || isLocked) return undefined;
    const follow = (from: HTMLElement, to: HTMLElement) => () => {
      if (Math.abs(to.scrollTop - from.scrollTop) > 1) to.scrollTop = from.scrollTop;
    };
    const [down, up] = [follow(first, second), follow(second, first)];
    // Before the grid draws its rows: after that the place of either would cost a layout of all of them.
    const early = { passive: true, capture: true };
    first.addEventListener('scroll', down, early);
    second.addEventListener('scroll', up, early);
    down();
    return () => {
      first.removeEventListener('scroll', down, early);
      second.removeEventListener('scroll', up, early);
    };
  }, [first, second, isLocked]);
  return { first: setFirst, second: setSecond };
}

/** In a narrow window the first head line takes two rows: the second is as high, so that the rows stay in line. */
function useEvenHeads() {
  const [first, setFirst] = useState<HTMLElement | null>(null);
  const [second, setSecond] = useState<HTMLElement | null>(null);
  useEffect(() => {
    if (first === null || second === null) return undefined;
    const observer = new ResizeObserver(() => {
      second.style.minHeight = `${first.offsetHeight}px`;
    });
    observer.observe(first);
    return () => observer.disconnect();
  }, [first, second]);
  return { first: setFirst, second: setSecond };
}

/** The fields whose marks a column shows. */
function markFieldsOf(column: string): readonly CellMark['field'][] {
  switch (column) {
    case 'patch':
    case 'reboot':
      return [column];
    case 'detectionStatus':
      return ['detection.status'];
    case 'detectedAt':
      return ['detection.at'];
    case 'deploymentStatus':
      return ['deployment.status'];
    case 'deployedAt':
      return ['deployment.at'];
    case 'exitCode':
      return ['deployment.exitCode'];
    case 'attempts':
      return ['deployment.attempts'];
    default:
      return [];
  }
}

function clash(field: CellMark['field']): Pick<ColDef<PatchRow>, 'cellClass'> {
  return { cellClass: ({ data }) => clashClass(data, field) };
}

/** @param isMarked whether something is looked for; cells of plain text cost less */
function columnsOfPatches(t: Translate, isMarked: boolean): ColDef<PatchRow>[] {
  return [
    {
      colId: 'device',
      headerName: t('column.device'),
      width: 88,
      valueGetter: ({ data }) => (data === undefined ? '' : (data.device ?? t('device.unknown'))),
      cellClass: ({ data }) => (data?.device === null ? 'absent' : ''),
      ...(isMarked ? { cellRenderer: DeviceCell } : {}),
    },
    {
      colId: 'patch',
      headerName: t('column.patch'),
      flex: 1,
      minWidth: 100,
      cellRenderer: PatchNameCell,
      ...clash('patch'),
    },
    {
      colId: 'detectionStatus',
      headerName: t('column.detection'),
      width: 132,
      cellRenderer: DetectionCell,
      ...clash('detection.status'),
    },
    {
      colId: 'detectedAt',
      headerName: t('column.detected'),
      width: 150,
      cellRenderer: DetectedAtCell,
      ...clash('detection.at'),
    },
    {
      colId: 'deploymentStatus',
      headerName: t('column.deployment'),
      width: 124,
      cellRenderer: DeploymentCell,
      ...clash('deployment.status'),
    },
    {
      colId: 'deployedAt',
      headerName: t('column.deployed'),
      width: 150,
      cellRenderer: DeployedAtCell,
      ...clash('deployment.at'),
    },
    {
      colId: 'exitCode',
      headerName: t('column.exit'),
      width: 80,
      cellRenderer: ExitCodeCell,
      ...clash('deployment.exitCode'),
    },
    {
      colId: 'reboot',
      headerName: t('column.reboot'),
      width: 84,
      cellRenderer: RebootCell,
      ...clash('reboot'),
    },
    {
      colId: 'source',
      headerName: t('column.source'),
      width: 150,
      cellClass: 'line-place',
      valueGetter: ({ data }) =>
        data === undefined
          ? ''
          : `${baseName(data.citation.member)}:${data.citation.line ?? data.citation.row ?? ''}`,
      ...(isMarked ? { cellRenderer: SourceCell } : {}),
    },
  ];
}

function columnsOfAttempts(t: Translate): ColDef<PatchRow>[] {
  return [
    {
      colId: 'attempts',
      headerName: t('column.count'),
      width: 86,
      cellRenderer: AttemptsCell,
      ...clash('deployment.attempts'),
    },
    {
      colId: 'lastResult',
      headerName: t('column.last-result'),
      flex: 1,
      minWidth: 74,
      cellRenderer: LastResultCell,
    },
    {
      colId: 'exitCode',
      headerName: t('column.exit'),
      width: 56,
      // The letter of a contradiction stands beside the same code among the patches: here the digits have the room.
      cellRenderer: ExitCodeCell,
      cellRendererParams: { isPlain: true },
      ...clash('deployment.exitCode'),
    },
  ];
}
