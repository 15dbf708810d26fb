/** The bundle's members and, beside them, the one that is open. */
import type { ColDef } from 'ag-grid-community';
import type { CustomCellRendererProps } from 'ag-grid-react';
import { createContext, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import { Panel } from 'react-resizable-panels';
import { misnamedExtension } from '../../parsers/domain/misnamed.ts';
import type { Fold, MemberRow, TreeRow, ViewGroup } from '../../preload/contract/shapes.ts';
import { Segments } from '../app/segments.tsx';
import { Divider, Split } from '../app/split.tsx';
import { isCancelled } from '../evidence/evidence-client.ts';
import { useEvidence } from '../evidence/evidence-context.tsx';
import { memberCell } from '../grids/cell-texts.ts';
import type { CellWords } from '../grids/cell-texts.ts';
import { ColumnChoice } from '../grids/column-choice.tsx';
import { EvidenceGrid } from '../grids/evidence-grid.tsx';
import type { GoTo } from '../grids/evidence-grid.tsx';
import { rowHeights, tableTheme } from '../grids/grid-setup.ts';
import { useCellDescription } from '../grids/cells.tsx';
import { useView } from '../grids/use-view.ts';
import { useLanguage } from '../i18n/language.tsx';
import { wordCode } from '../i18n/messages.ts';
import type { Translate } from '../i18n/messages.ts';
import { allFolded, allOpen, openedTo, toggledFold } from '../state/fold.ts';
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
  const isTree = useWindow((state) => state.settings.layout['files.arrange'] !== 'list');
  const keepLayout = useWindow((state) => state.keepLayout);
  const total = overview?.members.total ?? 0;
  const [chosenFold, setFold] = useState<Fold | null>(null);
  const folded = chosenFold ?? (total > openAtFirst ? allFolded : allOpen);
  const group = useMemo<ViewGroup | null>(() => (isTree ? { by: 'folder', folded } : null), [isTree, folded]);
  const view = useView('members', ownFilter, sort, group);
  const columns = useMemo(() => columnsOfMembers(t, locale), [t, locale]);
  const fetchRows = useCallback(
    async (name: string, from: number, to: number): Promise<TreeRow[]> =>
      isTree
        ? client.request('treeRows', { view: name, from, to })
        : (await client.request('memberRows', { view: name, from, to })).map((member) => listed(member)),
    [client, isTree],
  );
  const onFold = useCallback(
    ({ path, isOpen }: TreeRow, wanted: 'open' | 'closed' | 'other') => {
      if (isOpen === null || (wanted !== 'other' && isOpen === (wanted === 'open'))) return false;
      setFold(toggledFold(folded, path));
      return true;
    },
    [folded],
  );
  const toggle = useCallback((path: string) => setFold((now) => toggledFold(now ?? folded, path)), [folded]);
  // What is opened elsewhere is to be seen in the tree: the way to it opens.
  const shownMember = file?.member ?? null;
  const [ledTo, setLedTo] = useState<string | null>(null);
  if (isTree && shownMember !== null && shownMember !== ledTo) {
    setLedTo(shownMember);
    setFold(openedTo(folded, shownMember));
  }

  const onSort = useCallback((memberSort: typeof sort) => store.setState({ memberSort }), [store]);
  const [goTo, setGoTo] = useState<GoTo | null>(null);
  const viewName = view.opened?.view ?? null;
  useEffect(() => {
    if (file === null || viewName === null) return undefined;
    const control = new AbortController();
    client.request('locateMember', { view: viewName, member: file.member }, control.signal).then(
      (position) => {
        if (position !== null) setGoTo({ position, stamp: String(file.stamp) });
      },
      (error: unknown) => {
        if (!isCancelled(error)) console.error(error);
      },
    );
    return () => control.abort();
  }, [client, file, viewName]);
  const count = isTree ? total : (view.opened?.count ?? 0);
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
          tools={
            <>
              {isTree ? (
                <>
                  <button
                    type="button"
                    className="lock-toggle"
                    aria-label={t('files.open-all')}
                    title={t('files.open-all')}
                    onClick={() => setFold(allOpen)}
                  >
                    ⊞
                  </button>
                  <button
                    type="button"
                    className="lock-toggle"
                    aria-label={t('files.fold-all')}
                    title={t('files.fold-all')}
                    onClick={() => setFold(allFolded)}
                  >
                    ⊟
                  </button>
                </>
              ) : null}
              <Segments
                label={t('files.arrange')}
                value={isTree ? 'tree' : 'list'}
                choices={(['tree', 'list'] as const).map((value) => ({ value, label: t(`files.${value}`) }))}
                onChange={(value) => keepLayout('files.arrange', value)}
              />
              <ColumnChoice name="members" columns={columns} />
            </>
          }
        >
          {view.error === null ? (
            <FoldContext value={toggle}>
              <EvidenceGrid<TreeRow>
                name="members"
                label={t('region.files')}
                columns={columns}
                theme={tableTheme}
                rowHeight={rowHeights.table}
                opened={view.opened}
                fetchRows={fetchRows}
                rowId={memberId}
                cellText={treeCell}
                selectedId={file?.member ?? null}
                onChoose={({ member }) => {
                  if (member !== null && store.getState().file?.member !== member.path)
                    openFile(member.path, null);
                }}
                onOpen={(row) => {
                  if (row.isOpen !== null) toggle(row.path);
                }}
                onFold={onFold}
                onSort={onSort}
                goTo={goTo}
              />
            </FoldContext>
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

/** Bundles with more members than these show their top at first. */
const openAtFirst = 300;

/** What folds or opens a folder, for its cell. */
const FoldContext = createContext<(path: string) => void>(() => undefined);

/** A member of the flat list as a row of the tree. */
function listed(member: MemberRow): TreeRow {
  const below = { members: 0, trouble: 0, warnings: 0, bytes: 0 };
  return { path: member.path, name: member.path, level: 1, isOpen: null, below, member };
}

function memberId({ path, member }: TreeRow): string {
  return member?.path ?? `${path}/`;
}

function treeCell({ path, member }: TreeRow, column: string, words: CellWords): string {
  if (member !== null) return memberCell(member, column, words);
  return column === 'path' ? path : '';
}

function PathCell({ data, eGridCell }: CustomCellRendererProps<TreeRow>) {
  const { t, number } = useLanguage();
  const toggle = useContext(FoldContext);
  // The whole path tells the place in the tree: rows of a grid have no level.
  useCellDescription(eGridCell, data?.path ?? null);
  const isOpen = data?.isOpen ?? null;
  const level = data?.level ?? 1;
  useEffect(() => {
    if (isOpen === null) eGridCell.removeAttribute('aria-expanded');
    else eGridCell.setAttribute('aria-expanded', String(isOpen));
  }, [eGridCell, isOpen]);
  if (data === undefined) return null;
  const { path, name, below } = data;
  const isListed = path === name;
  const shown = isListed ? baseName(path) : name;
  return (
    <span className="member-path" style={{ paddingLeft: (level - 1) * 14 }}>
      {isOpen === null ? (
        <i className="fold-sign" aria-hidden="true" />
      ) : (
        <button
          type="button"
          className="fold-sign"
          tabIndex={-1}
          aria-hidden="true"
          onClick={(event) => {
            event.stopPropagation();
            toggle(path);
          }}
        >
          {isOpen ? '▾' : '▸'}
        </button>
      )}
      {isListed ? <span className="folder">{path.slice(0, path.length - shown.length)}</span> : null}
      <span className={isOpen === null ? '' : 'folder-name'}>{shown}</span>
      {isOpen === null ? null : (
        <small>
          {t('files.below', { count: below.members, shown: number(below.members) })}
          {below.trouble > 0 ? (
            <span className="bad">
              {' · ✗ '}
              {t('files.trouble', { count: below.trouble, shown: number(below.trouble) })}
            </span>
          ) : null}
        </small>
      )}
    </span>
  );
}

function StateCell({ data, eGridCell }: CustomCellRendererProps<TreeRow>) {
  const { t } = useLanguage();
  const member = data?.member ?? null;
  const reason = member?.reason ?? null;
  const misnamed = member === null ? null : misnamedExtension(member.path, member);
  const said = [
    ...(reason === null ? [] : [reasonText(t, reason)]),
    ...(misnamed === null ? [] : [t('members.not-as-named', { extension: misnamed })]),
  ];
  useCellDescription(eGridCell, said.length === 0 ? null : said.join(' · '));
  return member === null ? null : <MemberState member={member} />;
}

function HashCell({ data, eGridCell }: CustomCellRendererProps<TreeRow>) {
  const hash = data?.member?.sha256 ?? null;
  useCellDescription(eGridCell, hash);
  if (data === undefined || data.member === null) return null;
  return hash === null ? (
    <span className="absent">–</span>
  ) : (
    <span className="hash-cell">{hash.slice(0, 12)}</span>
  );
}

function DeviceCell({ data, eGridCell }: CustomCellRendererProps<TreeRow>) {
  const { t } = useLanguage();
  const member = data?.member ?? null;
  const reason = member?.deviceReason ?? null;
  useCellDescription(eGridCell, reason === null ? null : wordCode(t, 'device-reason', reason, reason));
  if (member === null) return null;
  return member.device ?? <span className="absent">–</span>;
}

/** Its kind, else that its name says another, else how its times are written. */
function kindText(t: Translate, member: MemberRow | undefined): string {
  if (member === undefined) return '–';
  const misnamed = member.kind === null ? misnamedExtension(member.path, member) : null;
  if (misnamed !== null) return t('members.not-this-kind', { extension: misnamed });
  return member.kind ?? member.timeRule ?? '–';
}

function columnsOfMembers(t: Translate, locale: string): ColDef<TreeRow>[] {
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
      valueGetter: ({ data }) => (data?.member === null ? '' : count(data?.member?.lines)),
    },
    {
      colId: 'bytes',
      headerName: t('column.bytes'),
      width: 82,
      type: 'rightAligned',
      valueGetter: ({ data }) =>
        data === undefined ? '' : sizeText(data.member?.bytes ?? data.below.bytes, locale),
    },
    {
      colId: 'kind',
      headerName: t('column.kind'),
      width: 150,
      cellClass: 'line-place',
      valueGetter: ({ data }) => (data?.member === null ? '' : kindText(t, data?.member)),
    },
    { colId: 'device', headerName: t('column.device'), width: 110, cellRenderer: DeviceCell },
    {
      colId: 'warnings',
      headerName: t('column.warnings'),
      width: 84,
      type: 'rightAligned',
      valueGetter: ({ data }) => count(data?.member?.warnings ?? data?.below.warnings),
    },
    {
      colId: 'encoding',
      headerName: t('column.encoding'),
      width: 96,
      valueGetter: ({ data }) => (data?.member === null ? '' : (data?.member?.encoding ?? '–')),
    },
    { colId: 'sha256', headerName: 'SHA-256', width: 124, sortable: false, cellRenderer: HashCell },
  ];
}
