/** The bundle's members and, beside them, the one that is open. */
import type { ColDef } from 'ag-grid-community';
import type { CustomCellRendererProps } from 'ag-grid-react';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { Panel } from 'react-resizable-panels';
import type { MemberRow } from '../../preload/contract/shapes.ts';
import { Divider, Split } from '../app/split.tsx';
import { isCancelled } from '../evidence/evidence-client.ts';
import { useEvidence } from '../evidence/evidence-context.tsx';
import { memberCell } from '../grids/cell-texts.ts';
import { ColumnChoice } from '../grids/column-choice.tsx';
import { EvidenceGrid } from '../grids/evidence-grid.tsx';
import type { GoTo } from '../grids/evidence-grid.tsx';
import { rowHeights, tableTheme } from '../grids/grid-setup.ts';
import { useCellDescription } from '../grids/cells.tsx';
import { useView } from '../grids/use-view.ts';
import { useLanguage } from '../i18n/language.tsx';
import { wordCode } from '../i18n/messages.ts';
import type { Translate } from '../i18n/messages.ts';
import { useOverview } from '../state/overview.tsx';
import { useWindow, useWindowStore } from '../state/window-store.ts';
import { Chips } from './chips.tsx';
import { baseName } from './citation.tsx';
import { FilePreview } from './file-preview.tsx';
import { MemberState, reasonText, sizeText } from './member-words.tsx';
import { Empty, Pane } from './pane.tsx';
import { problemOf, problemText } from './problem-text.ts';

export function Files() {
  const { t, number, locale } = useLanguage();
  const client = useEvidence();
  const store = useWindowStore();
  const filter = useWindow((state) => state.filters.present);
  const sort = useWindow((state) => state.memberSort);
  const file = useWindow((state) => state.file);
  const openFile = useWindow((state) => state.openFile);
  const overview = useOverview();
  // Devices, times and texts say nothing of a file as a whole: here only the members' own parts count.
  const ownFilter = useMemo(
    () => ({
      ...(filter.members === undefined ? {} : { members: filter.members }),
      ...(filter.systems === undefined ? {} : { systems: filter.systems }),
    }),
    [filter.members, filter.systems],
  );
  const view = useView('members', ownFilter, sort);
  const columns = useMemo(() => columnsOfMembers(t, locale), [t, locale]);
  const fetchRows = useCallback(
    (name: string, from: number, to: number) => client.request('memberRows', { view: name, from, to }),
    [client],
  );
  const onSort = useCallback((memberSort: typeof sort) => store.setState({ memberSort }), [store]);
  const [goTo, setGoTo] = useState<GoTo | null>(null);
  const viewName = view.opened?.view ?? null;
  useEffect(() => {
    if (file === null || viewName === null) return undefined;
    const control = new AbortController();
    client.request('locateMember', { view: viewName, member: file.member }, control.signal).then(
      (position) => setGoTo(position === null ? null : { position, stamp: String(file.stamp) }),
      (error: unknown) => {
        if (!isCancelled(error)) console.error(error);
      },
    );
    return () => control.abort();
  }, [client, file, viewName]);
  const count = view.opened?.count ?? 0;
  return (
    <Split name="files" orientation="horizontal">
      <Panel id="members" defaultSize="46%" minSize="20%">
        <Pane
          title={t('region.files')}
          about={
            <>
              <small>
                {t('files.about', { shown: number(count), count })}
                {overview === null || overview.warnings === 0
                  ? ''
                  : ` · ${t('members.warnings', { count: overview.warnings })}`}
              </small>
              <Chips tone="of-pane" parts={['members', 'systems']} />
            </>
          }
          tools={<ColumnChoice name="members" columns={columns} />}
        >
          {view.error === null ? (
            <EvidenceGrid<MemberRow>
              name="members"
              label={t('region.files')}
              columns={columns}
              theme={tableTheme}
              rowHeight={rowHeights.table}
              opened={view.opened}
              fetchRows={fetchRows}
              rowId={memberId}
              cellText={memberCell}
              selectedId={file?.member ?? null}
              onChoose={(row) => {
                if (store.getState().file?.member !== row.path) openFile(row.path, null);
              }}
              onSort={onSort}
              goTo={goTo}
            />
          ) : (
            <Empty>{problemText(t, problemOf(view.error))}</Empty>
          )}
        </Pane>
      </Panel>
      <Divider orientation="vertical" />
      <Panel id="preview" minSize="25%">
        {file === null ? (
          <section className="pane" aria-label={t('region.file')}>
            <Empty>{t('files.choose')}</Empty>
          </section>
        ) : (
          <FilePreview file={file} />
        )}
      </Panel>
    </Split>
  );
}

function memberId(row: MemberRow): string {
  return row.path;
}

function PathCell({ data, eGridCell }: CustomCellRendererProps<MemberRow>) {
  useCellDescription(eGridCell, data?.path ?? null);
  if (data === undefined) return null;
  const name = baseName(data.path);
  return (
    <span className="member-path">
      <span className="folder">{data.path.slice(0, data.path.length - name.length)}</span>
      <span>{name}</span>
    </span>
  );
}

function StateCell({ data, eGridCell }: CustomCellRendererProps<MemberRow>) {
  const { t } = useLanguage();
  useCellDescription(
    eGridCell,
    data === undefined || data.reason === null ? null : reasonText(t, data.reason),
  );
  return data === undefined ? null : <MemberState member={data} />;
}

function HashCell({ data, eGridCell }: CustomCellRendererProps<MemberRow>) {
  useCellDescription(eGridCell, data?.sha256 ?? null);
  return data === undefined || data.sha256 === null ? (
    <span className="absent">–</span>
  ) : (
    <span className="hash-cell">{data.sha256.slice(0, 12)}</span>
  );
}

function DeviceCell({ data, eGridCell }: CustomCellRendererProps<MemberRow>) {
  const { t } = useLanguage();
  useCellDescription(
    eGridCell,
    data === undefined || data.deviceReason === null
      ? null
      : wordCode(t, 'device-reason', data.deviceReason, data.deviceReason),
  );
  return data?.device ?? <span className="absent">–</span>;
}

function columnsOfMembers(t: Translate, locale: string): ColDef<MemberRow>[] {
  const count = (value: number | null | undefined): string =>
    value === null || value === undefined || value === 0 ? '–' : value.toLocaleString(locale);
  return [
    { colId: 'path', headerName: t('column.path'), flex: 1, minWidth: 280, cellRenderer: PathCell },
    { colId: 'state', headerName: t('column.state'), width: 112, cellRenderer: StateCell },
    {
      colId: 'lines',
      headerName: t('column.lines'),
      width: 70,
      type: 'rightAligned',
      valueGetter: ({ data }) => count(data?.lines),
    },
    {
      colId: 'bytes',
      headerName: t('column.bytes'),
      width: 82,
      type: 'rightAligned',
      valueGetter: ({ data }) => (data === undefined ? '' : sizeText(data.bytes, locale)),
    },
    {
      colId: 'kind',
      headerName: t('column.kind'),
      width: 150,
      cellClass: 'line-place',
      valueGetter: ({ data }) => data?.kind ?? data?.timeRule ?? '–',
    },
    { colId: 'device', headerName: t('column.device'), width: 110, cellRenderer: DeviceCell },
    {
      colId: 'warnings',
      headerName: t('column.warnings'),
      width: 84,
      type: 'rightAligned',
      valueGetter: ({ data }) => count(data?.warnings),
    },
    {
      colId: 'encoding',
      headerName: t('column.encoding'),
      width: 96,
      valueGetter: ({ data }) => data?.encoding ?? '–',
    },
    { colId: 'sha256', headerName: 'SHA-256', width: 124, sortable: false, cellRenderer: HashCell },
  ];
}
