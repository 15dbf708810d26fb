/** The patch grid and the attempts grid: two sights of one view, rows in step. */
import type { ColDef } from 'ag-grid-community';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { Panel } from 'react-resizable-panels';
import type { CellMark, PatchRow } from '../../preload/contract/shapes.ts';
import { isCancelled } from '../evidence/evidence-client.ts';
import type { EvidenceClient } from '../evidence/evidence-client.ts';
import { useEvidence } from '../evidence/evidence-context.tsx';
import type { OpenedView } from '../evidence/view-keeper.ts';
import { Divider, Split } from '../app/split.tsx';
import {
  AttemptsCell,
  DeployedAtCell,
  DeploymentCell,
  DetectedAtCell,
  DetectionCell,
  ExitCodeCell,
  LastResultCell,
  PatchNameCell,
  RebootCell,
  clashClass,
  marksOf,
} from '../grids/cells.tsx';
import { patchCell } from '../grids/cell-texts.ts';
import { ColumnChoice } from '../grids/column-choice.tsx';
import { EvidenceGrid } from '../grids/evidence-grid.tsx';
import type { GoTo } from '../grids/evidence-grid.tsx';
import { rowHeights, tableTheme } from '../grids/grid-setup.ts';
import { useView } from '../grids/use-view.ts';
import { useLanguage } from '../i18n/language.tsx';
import type { Translate } from '../i18n/messages.ts';
import { useFocus } from '../state/focus.tsx';
import type { Focus } from '../state/focus.tsx';
import { nearestRecord, recordStep } from '../state/follow.ts';
import type { RecordStep, Stay } from '../state/follow.ts';
import { useOverview } from '../state/overview.tsx';
import type { Pane as PaneName } from '../state/selection.ts';
import { useWindow, useWindowStore } from '../state/window-store.ts';
import { Chips } from './chips.tsx';
import { baseName } from './citation.tsx';
import { Empty, Pane } from './pane.tsx';
import { problemOf, problemText } from './problem-text.ts';

/** Rows of one device that are looked through for the nearest. */
const nearestAmong = 1_000;

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
  const view = useView('patches', filter, sort);
  const place = useRecordPlace(view.opened);
  const link = useScrollLink();
  const patchColumns = useMemo(() => columnsOfPatches(t), [t]);
  const attemptColumns = useMemo(() => columnsOfAttempts(t), [t]);

  const fetchRows = useCallback(
    (name: string, from: number, to: number) => client.request('patchRows', { view: name, from, to, locale }),
    [client, locale],
  );
  const onSort = useCallback((patchSort: typeof sort) => store.setState({ patchSort }), [store]);
  const chooseFrom = (pane: PaneName) => (row: PatchRow, column: string) => {
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
  const withFindings = overview?.recordsWithFindings ?? 0;
  const about = (
    <>
      <small>
        {only === undefined || only === null ? '' : `${only.name} · `}
        {only === null ? '' : t('patches.about', { rows: number(count), count })}
        {withFindings > 0 && only === undefined
          ? ` · ${t('patches.with-findings', { count: withFindings })}`
          : ''}
      </small>
      {only === undefined ? (
        <Chips tone="of-pane" parts={['devices', 'patches', 'rules', 'onlyFindings']} />
      ) : null}
    </>
  );
  const body = (name: 'patches' | 'attempts') => {
    if (only === null) return <Empty>{name === 'patches' ? t('matrix.choose') : ''}</Empty>;
    if (view.error !== null) return <Empty>{problemText(t, problemOf(view.error))}</Empty>;
    if (view.opened !== null && count === 0) {
      return <Empty>{name === 'patches' ? t(isReading ? 'patches.none-yet' : 'patches.none') : ''}</Empty>;
    }
    return (
      <EvidenceGrid<PatchRow>
        name={name}
        label={t(name === 'patches' ? 'region.patches' : 'region.attempts')}
        columns={name === 'patches' ? patchColumns : attemptColumns}
        theme={tableTheme}
        rowHeight={rowHeights.table}
        opened={view.opened}
        fetchRows={fetchRows}
        rowId={rowId}
        cellText={patchCell}
        selectedId={place.record}
        onChoose={chooseFrom(name)}
        onOpen={({ citation }) => openFile(citation.member, citation.line)}
        {...(name === 'patches' ? { onSort } : {})}
        goTo={place.goTo}
        onViewport={name === 'patches' ? link.first : link.second}
      />
    );
  };
  return (
    <Split name="tables" orientation="horizontal">
      <Panel id="patches" minSize="30%">
        <Pane
          title={t('region.patches')}
          about={about}
          lock="patches"
          tools={
            <>
              <PlaceNote place={place} />
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
        defaultSize={222}
        minSize={120}
        collapsible
        groupResizeBehavior="preserve-pixel-size"
      >
        <Pane title={t('region.attempts')} about={<small>{t('attempts.about')}</small>} lock="attempts">
          {body('attempts')}
        </Pane>
      </Panel>
    </Split>
  );
}

function rowId(row: PatchRow): string {
  return row.id;
}

function PlaceNote({ place }: { readonly place: RecordPlace }) {
  const { t } = useLanguage();
  return place.isHidden ? <span className="place-note">{t('patches.hidden')}</span> : null;
}

interface RecordPlace {
  readonly record: string | null;
  readonly goTo: GoTo | null;
  /** The record exists, but the filter does not let it through. */
  readonly isHidden: boolean;
}

const noPlace: RecordPlace = { record: null, goTo: null, isHidden: false };

/** Follows the selection among the records. */
function useRecordPlace(opened: OpenedView | null): RecordPlace {
  const client = useEvidence();
  const { locale } = useLanguage();
  const focus = useFocus();
  const isLocked = useWindow((state) => state.locks.patches);
  const [place, setPlace] = useState<RecordPlace>(noPlace);
  const handled = useRef(0);
  const view = opened?.view ?? null;
  const sight = opened?.sight ?? '';
  useEffect(() => {
    const { anchor, stamp } = focus;
    if (anchor === null || view === null) return undefined;
    const isNew = handled.current !== stamp;
    const step = recordStep(anchor, isNew ? focus.from : 'elsewhere', isLocked);
    const control = new AbortController();
    const find = async (): Promise<RecordPlace | null> => {
      if (step.to === 'stay') return stayPlace(step.why, focus);
      const record = await findRecord(client, step, locale, control.signal);
      if (record === null) return noPlace;
      const position = await client.request('locateRecord', { view, record }, control.signal);
      const goTo = position === null ? null : { position, stamp: `${stamp} ${sight}` };
      return { record, goTo, isHidden: position === null };
    };
    find().then(
      (found) => {
        if (control.signal.aborted) return;
        handled.current = stamp;
        if (found !== null) setPlace(found);
      },
      (error: unknown) => {
        if (!isCancelled(error)) console.error(error);
      },
    );
    return () => control.abort();
  }, [client, locale, focus, view, sight, isLocked]);
  return focus.anchor === null ? noPlace : place;
}

/** What a pane that does not move shows as chosen; null leaves it as it is. */
function stayPlace(why: Stay, focus: Focus): RecordPlace | null {
  if (why === 'own') return { record: recordOf(focus), goTo: null, isHidden: false };
  return why === 'no-record' ? noPlace : null;
}

function recordOf({ subject, anchor }: Focus): string | null {
  return subject.on === 'record' ? subject.record.id : (anchor?.record ?? null);
}

async function findRecord(
  client: EvidenceClient,
  step: Exclude<RecordStep, { to: 'stay' }>,
  locale: 'en' | 'ja',
  signal: AbortSignal,
): Promise<string | null> {
  if (step.to === 'record') return step.record;
  const filter = { devices: [step.deviceKey] };
  const { view, count } = await client.request(
    'openView',
    { grid: 'patches', filter, sort: [], locale },
    signal,
  );
  try {
    const to = Math.min(count, nearestAmong);
    const rows = await client.request('patchRows', { view, from: 0, to, locale }, signal);
    return nearestRecord(rows, step.kb, step.at)?.id ?? null;
  } finally {
    client.request('closeView', { view }).catch((error: unknown) => {
      if (!isCancelled(error)) console.error(error);
    });
  }
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
    first.addEventListener('scroll', down, { passive: true });
    second.addEventListener('scroll', up, { passive: true });
    down();
    return () => {
      first.removeEventListener('scroll', down);
      second.removeEventListener('scroll', up);
    };
  }, [first, second, isLocked]);
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

function columnsOfPatches(t: Translate): ColDef<PatchRow>[] {
  return [
    {
      colId: 'device',
      headerName: t('column.device'),
      width: 92,
      valueGetter: ({ data }) => data?.device ?? '',
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
      width: 130,
      cellRenderer: DetectionCell,
      ...clash('detection.status'),
    },
    {
      colId: 'detectedAt',
      headerName: t('column.detected'),
      width: 156,
      cellRenderer: DetectedAtCell,
      ...clash('detection.at'),
    },
    {
      colId: 'deploymentStatus',
      headerName: t('column.deployment'),
      width: 128,
      cellRenderer: DeploymentCell,
      ...clash('deployment.status'),
    },
    {
      colId: 'deployedAt',
      headerName: t('column.deployed'),
      width: 156,
      cellRenderer: DeployedAtCell,
      ...clash('deployment.at'),
    },
    {
      colId: 'exitCode',
      headerName: t('column.exit'),
      width: 72,
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
    },
  ];
}

function columnsOfAttempts(t: Translate): ColDef<PatchRow>[] {
  return [
    {
      colId: 'attempts',
      headerName: t('column.count'),
      width: 92,
      cellRenderer: AttemptsCell,
      ...clash('deployment.attempts'),
    },
    {
      colId: 'lastResult',
      headerName: t('column.last-result'),
      flex: 1,
      minWidth: 80,
      cellRenderer: LastResultCell,
    },
    {
      colId: 'exitCode',
      headerName: t('column.exit'),
      width: 62,
      cellRenderer: ExitCodeCell,
      ...clash('deployment.exitCode'),
    },
  ];
}
