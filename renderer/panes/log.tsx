/** The merged log lines. */
import type { ColDef, RowClassRules } from 'ag-grid-community';
import type { CustomCellRendererProps } from 'ag-grid-react';
import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState } from 'react';
import { foldDeviceName } from '../../parsers/domain/names.ts';
import type { LineRow } from '../../preload/contract/shapes.ts';
import { isCancelled } from '../evidence/evidence-client.ts';
import type { EvidenceClient } from '../evidence/evidence-client.ts';
import { useEvidence } from '../evidence/evidence-context.tsx';
import type { LineFold, OpenedView } from '../evidence/view-keeper.ts';
import { At, LevelCell, SegmentText } from '../grids/cells.tsx';
import { lineCell } from '../grids/cell-texts.ts';
import { ColumnChoice } from '../grids/column-choice.tsx';
import { EvidenceGrid } from '../grids/evidence-grid.tsx';
import { HighlightContext, useMatcher } from '../grids/highlight.tsx';
import { LineMarks } from '../grids/evidence-marks.tsx';
import type { GoTo } from '../grids/evidence-grid.tsx';
import { logTheme, rowHeights } from '../grids/grid-setup.ts';
import { SetFilter, SetFilterButton, setFilterId } from '../grids/set-filter.tsx';
import { matcherOf, segmentsOf, textAfterTime } from '../grids/segments.ts';
import { useView } from '../grids/use-view.ts';
import { useLanguage } from '../i18n/language.tsx';
import { wordCode } from '../i18n/messages.ts';
import type { Translate } from '../i18n/messages.ts';
import { chipsOf, toggled } from '../state/filters.ts';
import { useFocus } from '../state/focus.tsx';
import { lineKey, logStep, placeNearest } from '../state/follow.ts';
import type { LinePlace, LogStep, MomentStep, Nearness } from '../state/follow.ts';
import { useMatchMarks } from '../state/matches.tsx';
import { useOverview } from '../state/overview.tsx';
import { useWindow, useWindowStore } from '../state/window-store.ts';
import { spanText } from '../time/span-text.ts';
import { Chips } from './chips.tsx';
import { baseName } from './citation.tsx';
import { useFilterByCell } from './filter-by-cell.ts';
import { sizeText } from './member-words.tsx';
import { Empty, NothingShown, Pane } from './pane.tsx';
import { problemOf, problemText } from './problem-text.ts';

const setFilters = { level: 'levels' } as const;
const levelsId = setFilterId('lines', 'levels');

export function LogLines() {
  const { t, number, locale } = useLanguage();
  const client = useEvidence();
  const store = useWindowStore();
  const filter = useWindow((state) => state.filters.present);
  const draft = useWindow((state) => state.highlight);
  const sort = useWindow((state) => state.lineSort);
  const choose = useWindow((state) => state.choose);
  const openFile = useWindow((state) => state.openFile);
  const isReading = useWindow((state) => state.bundle.phase === 'reading');
  const overview = useOverview();
  const focus = useFocus();
  const { fold, isFolded, toggleFold, openRecord, closeRecord } = useFold();
  const view = useView('lines', filter, sort, null, fold);
  const [place, setJump] = useLinePlace(view.opened, isFolded ? openRecord : null);
  const marks = useMatchMarks(view.opened?.view ?? null);
  const filterByCell = useFilterByCell();

  const fetchRows = useCallback(
    (name: string, from: number, to: number) => client.request('lineRows', { view: name, from, to, locale }),
    [client, locale],
  );
  const columns = useMemo(() => columnsOfLines(t), [t]);
  const highlight = useMemo(
    () => ({ matcher: matcherOf(draft ?? filter.text ?? null), kb: focus.anchor?.kb ?? null }),
    [draft, filter.text, focus.anchor?.kb],
  );
  const around = useRef(place.around);
  useEffect(() => {
    around.current = place.around;
  });
  const rowClassRules = useMemo<RowClassRules<LineRow>>(
    () => ({
      continues: ({ data }) => data?.continues === true,
      cited: ({ data }) => (data?.findings.length ?? 0) > 0,
      'out-of-order': ({ data }) => data?.outOfOrder === true,
      'near-before': ({ data }) =>
        data !== undefined && around.current.after !== null && around.current.before === lineKey(data),
    }),
    [],
  );
  const count = view.opened?.count ?? 0;
  const about = (
    <>
      <small>
        {t('log.about', { lines: number(count), count })}
        {overview === null || overview.lines.total === count
          ? ''
          : ` · ${t('log.of', { total: number(overview.lines.total) })}`}
      </small>
      <Chips tone="of-pane" parts={['devices', 'levels', 'members', 'time', 'text']} />
    </>
  );
  const levelColumns = [{ part: 'levels', title: t('column.level') }] as const;
  const isAbsent = place.nearness.is === 'hidden' && chipsOf(filter).length === 0;
  const distances = isAbsent ? t('near.no-line') : nearnessText(t, place.nearness);
  const nearness = place.ofOthers === true ? t('near.others', { nearest: distances }) : distances;
  const tools = (
    <>
      <span className="nearness" role="status" title={nearness}>
        {nearness}
      </span>
      <span className="level-choice">
        <LevelToggles />
        <SetFilterButton id={levelsId} columns={levelColumns} sign="▾" />
        <SetFilter id={levelsId} columns={levelColumns} />
      </span>
      <button
        type="button"
        className="toggle-button"
        aria-pressed={isFolded}
        title={t('log.fold-title')}
        onClick={toggleFold}
      >
        {t('log.fold')}
      </button>
      <RowJump count={count} onJump={setJump} />
      <ColumnChoice name="lines" columns={columns} />
    </>
  );
  return (
    <Pane title={t('region.lines')} about={about} tools={tools} lock="lines" className="log">
      {view.error !== null ? (
        <Empty>{problemText(t, problemOf(view.error))}</Empty>
      ) : view.opened !== null && count === 0 ? (
        isReading ? (
          <Empty>{t('log.none-yet')}</Empty>
        ) : (
          <NothingShown byFilter={t('log.none')} without={t('log.none-at-all')} />
        )
      ) : (
        <HighlightContext value={highlight}>
          <OpenFoldedContext value={openRecord}>
            <EvidenceGrid<LineRow>
              name="lines"
              label={t('region.lines')}
              columns={columns}
              theme={logTheme}
              rowHeight={rowHeights.log}
              headless
              opened={view.opened}
              fetchRows={fetchRows}
              rowId={lineKey}
              cellText={lineCell}
              selectedId={place.key}
              onChoose={(row) => {
                const { target } = store.getState().selection;
                if (target.on === 'line' && target.member === row.member && target.line === row.line) return;
                choose({ on: 'line', member: row.member, line: row.line }, 'lines');
              }}
              onOpen={(row) => openFile(row.member, row.line)}
              onFold={(row, wanted) => {
                if (wanted === 'open' && row.more !== undefined) openRecord(row);
                else return wanted === 'closed' && closeRecord(row);
                return true;
              }}
              goTo={place.goTo}
              marks={marks}
              onFilterByCell={(row, column) =>
                filterByCell(row, column, row.device === null ? null : foldDeviceName(row.device))
              }
              setFilters={setFilters}
              rowClassRules={rowClassRules}
              redrawStamp={`${place.around.before ?? ''}|${place.around.after ?? ''}`}
              homeIsFirstRow
            />
          </OpenFoldedContext>
        </HighlightContext>
      )}
    </Pane>
  );
}

/** The line by which the record of a shown line was opened: its own, or of one that continues the nearest above it. */
function openedAt(
  open: readonly PlaceOfLine[],
  { member, line, continues }: Pick<LineRow, 'member' | 'line' | 'continues'>,
): number | null {
  const above = open.filter((one) => one.member === member && one.line <= line).map((one) => one.line);
  const nearest = above.length === 0 ? null : Math.max(...above);
  return nearest === line || continues ? nearest : null;
}

interface PlaceOfLine {
  readonly member: string;
  readonly line: number;
}

const OpenFoldedContext = createContext<(line: PlaceOfLine) => void>(() => undefined);
/** Records that stay open at once; the first ones close. */
const mostOpen = 500;

/** Whether records are folded to their first lines, remembered, and which of them are open. */
function useFold(): {
  readonly fold: LineFold | null;
  readonly isFolded: boolean;
  readonly toggleFold: () => void;
  readonly openRecord: (line: PlaceOfLine) => void;
  /** @returns whether the record of the line was open */
  readonly closeRecord: (line: Pick<LineRow, 'member' | 'line' | 'continues'>) => boolean;
} {
  const isFolded = useWindow((state) => state.settings.layout['lines.fold'] === true);
  const keepLayout = useWindow((state) => state.keepLayout);
  const [open, setOpen] = useState<readonly PlaceOfLine[]>([]);
  const openRecord = useCallback(({ member, line }: PlaceOfLine) => {
    setOpen((before) => [...before, { member, line }].slice(-mostOpen));
  }, []);
  return {
    fold: useMemo(() => (isFolded ? { open } : null), [isFolded, open]),
    isFolded,
    toggleFold: () => {
      setOpen([]);
      keepLayout('lines.fold', !isFolded);
    },
    openRecord,
    closeRecord: (row) => {
      const line = openedAt(open, row);
      if (line === null) return false;
      setOpen(open.filter((one) => one.member !== row.member || one.line !== line));
      return true;
    },
  };
}

/** The distance of the selection to the nearest lines, in words. */
export function nearnessText(t: Translate, nearness: Nearness): string {
  switch (nearness.is) {
    case 'nothing':
      return '';
    case 'exact':
      return t('near.exact');
    case 'hidden':
      return t('near.hidden');
    case 'near':
      return distancesText(t, nearness.before, nearness.after);
    case 'undecidable': {
      const reason = wordCode(t, 'near-reason', nearness.why, nearness.why);
      const nearest = distancesText(t, nearness.before, nearness.after);
      return nearest === ''
        ? t('near.undecidable', { reason })
        : t('near.undecidable-readings', { reason, nearest });
    }
    case 'stay':
      return wordCode(t, 'near-stay', nearness.why, '');
  }
}

function distancesText(t: Translate, toBefore: number | null, toAfter: number | null): string {
  const before = toBefore === null ? null : spanText(t, toBefore);
  const after = toAfter === null ? null : spanText(t, toAfter);
  if (before !== null && after !== null) return t('near.both', { before, after });
  if (before !== null) return t('near.before', { before });
  return after === null ? '' : t('near.after', { after });
}

interface ShownPlace {
  readonly nearness: Nearness;
  readonly key: string | null;
  readonly around: LinePlace['around'];
  readonly ofOthers?: boolean;
  readonly goTo: GoTo | null;
}

const noAround = { before: null, after: null };
const noPlace: ShownPlace = { nearness: { is: 'nothing' }, key: null, around: noAround, goTo: null };

/** Follows the selection among the lines; the second part jumps to a row by its number. */
function useLinePlace(
  opened: OpenedView | null,
  openRecord: ((line: PlaceOfLine) => void) | null,
): readonly [ShownPlace, (position: number) => void] {
  const client = useEvidence();
  const focus = useFocus();
  const isLocked = useWindow((state) => state.locks.lines);
  const [place, setPlace] = useState<ShownPlace>(noPlace);
  const handled = useRef(0);
  const jumps = useRef(0);
  const view = opened?.view ?? null;
  const sight = opened?.sight ?? '';
  useEffect(() => {
    const { anchor, stamp, subject } = focus;
    if (anchor === null || view === null) return undefined;
    const isNew = handled.current !== stamp;
    const step = logStep(anchor, isNew ? focus.from : 'elsewhere', isLocked);
    const control = new AbortController();
    const find = async (): Promise<ShownPlace> => {
      if (step.to === 'stay') {
        const isOwn = step.why === 'own';
        const key = isOwn && subject.on === 'line' ? lineKey(subject.line) : null;
        const nearness: Nearness = isOwn ? { is: 'nothing' } : { is: 'stay', why: step.why };
        return { nearness, key, around: noAround, goTo: null };
      }
      const { position, ...rest } = await placeOf(client, view, step, control.signal);
      const isThere = step.to === 'line' && position !== null && rest.key === lineKey(step);
      const above =
        openRecord !== null && isNew && isThere
          ? await foldedBelow(client, view, position, step, control.signal)
          : null;
      if (above !== null) {
        // The view with its record open is asked for the line's place anew, and goes there.
        openRecord?.(above);
        return { ...rest, goTo: null };
      }
      return { ...rest, goTo: position === null ? null : { position, stamp: `${stamp} ${sight}` } };
    };
    find().then(
      (found) => {
        if (control.signal.aborted) return;
        handled.current = stamp;
        setPlace(found);
      },
      (error: unknown) => {
        if (!isCancelled(error)) console.error(error);
      },
    );
    return () => control.abort();
  }, [client, focus, view, sight, isLocked, openRecord]);
  const jump = useCallback((position: number) => {
    jumps.current += 1;
    const stamp = `jump ${jumps.current}`;
    setPlace((before) => ({ ...before, goTo: { position, stamp } }));
  }, []);
  return [focus.anchor === null ? { ...noPlace, goTo: place.goTo } : place, jump];
}

/** The line below which one is folded; null when that stands at its position itself. */
async function foldedBelow(
  client: EvidenceClient,
  view: string,
  position: number,
  { member, line }: PlaceOfLine,
  signal: AbortSignal,
): Promise<PlaceOfLine | null> {
  const params = { view, from: position, to: position + 1, locale: 'en' } as const;
  const [row] = await client.request('lineRows', params, signal);
  return row === undefined || (row.member === member && row.line === line) ? null : row;
}

async function placeOf(
  client: EvidenceClient,
  view: string,
  step: Exclude<LogStep, { to: 'stay' }>,
  signal: AbortSignal,
): Promise<LinePlace> {
  if (step.to === 'line') {
    const { member, line, otherwise } = step;
    const position = await client.request('locateLine', { view, member, line }, signal);
    if (position !== null) {
      return { nearness: { is: 'exact' }, position, key: lineKey(step), around: noAround };
    }
    if (otherwise === null)
      return { nearness: { is: 'hidden' }, position: null, key: null, around: noAround };
    return nearest(client, view, otherwise, signal);
  }
  return nearest(client, view, step, signal);
}

async function nearest(
  client: EvidenceClient,
  view: string,
  { at, deviceKey, kb }: MomentStep,
  signal: AbortSignal,
): Promise<LinePlace> {
  return placeNearest(await client.request('nearestLine', { view, at, deviceKey, kb }, signal));
}

const levelChoices = ['error', 'warning', 'info'] as const;

function LevelToggles() {
  const { t } = useLanguage();
  const filter = useWindow((state) => state.filters.present);
  const setFilter = useWindow((state) => state.filter);
  return (
    <span className="level-toggles" role="group" aria-label={t('log.levels')}>
      {levelChoices.map((level) => (
        <button
          key={level}
          type="button"
          className={`level ${level}`}
          aria-pressed={filter.levels?.includes(level) === true}
          title={t('log.level-title', { level: t(`level.${level}`) })}
          onClick={() => setFilter(toggled(filter, 'levels', level))}
        >
          {t(`level.${level}`)}
        </button>
      ))}
    </span>
  );
}

/** Goes to a row by its number. */
function RowJump({ count, onJump }: { readonly count: number; readonly onJump: (position: number) => void }) {
  const { t } = useLanguage();
  return (
    <form
      className="row-jump"
      onSubmit={(event) => {
        event.preventDefault();
        const typed = new FormData(event.currentTarget).get('row');
        const row = Number(typeof typed === 'string' ? typed.replaceAll(/[\s,.]/gu, '') : Number.NaN);
        if (Number.isFinite(row) && count > 0) onJump(Math.min(Math.max(Math.round(row), 1), count) - 1);
      }}
    >
      <input
        name="row"
        inputMode="numeric"
        placeholder={t('log.row')}
        aria-label={t('log.go-to-row')}
        title={t('log.go-to-row')}
      />
    </form>
  );
}

function TimeCell({ data, node }: CustomCellRendererProps<LineRow>) {
  const { number } = useLanguage();
  // Until a row has come its place is told: whoever drags the scroll bar sees where he is.
  if (data === undefined)
    return node.rowIndex === null ? null : <span className="row-place">{number(node.rowIndex + 1)} …</span>;
  if (data.at === null || data.continues) return null;
  return <At at={data.at} />;
}

/** The time has a column of its own, and a continuation its arrow: what follows is the text. */
function shownText({ text, at, continues }: LineRow): string {
  return continues ? text.trimStart() : at === null ? text : textAfterTime(text, at.raw);
}

/** Where a line ends only for showing: how long it is. */
function CutMark({ bytes }: { readonly bytes: number }) {
  const { t, locale } = useLanguage();
  const size = sizeText(bytes, locale);
  return (
    <span className="line-cut" title={t('log.cut', { size })}>
      {' … '}
      {size}
    </span>
  );
}

export function TextCell({ data }: { readonly data?: LineRow | undefined }) {
  const { kb } = useContext(HighlightContext);
  const matcher = useMatcher('text');
  if (data === undefined) return null;
  return (
    <span className="line-text">
      <LineMarks member={data.member} line={data.line} />
      {data.continues ? '↳ ' : ''}
      <SegmentText segments={segmentsOf(shownText(data), matcher, kb)} />
      {data.cut ? <CutMark bytes={data.bytes ?? 0} /> : null}
    </span>
  );
}

/** How many lines are folded below a line, and what shows them. */
export function FoldedLines({ more, onOpen }: { readonly more: number; readonly onOpen: () => void }) {
  const { t, number } = useLanguage();
  return (
    <button
      type="button"
      className="folded-lines"
      tabIndex={-1}
      onClick={(event) => {
        event.stopPropagation();
        onOpen();
      }}
    >
      ▸ {t('files.continued', { count: more, shown: number(more) })}
    </button>
  );
}

function LogTextCell({ data }: CustomCellRendererProps<LineRow>) {
  const openRecord = useContext(OpenFoldedContext);
  if (data === undefined) return null;
  return (
    <>
      <TextCell data={data} />
      {data.within === undefined ? null : <span className="within"> {data.within}</span>}
      {data.more === undefined ? null : (
        <FoldedLines more={data.more} onOpen={() => openRecord({ member: data.member, line: data.line })} />
      )}
    </>
  );
}

function columnsOfLines(t: Translate): ColDef<LineRow>[] {
  return [
    { colId: 'time', headerName: t('column.time'), width: 188, cellRenderer: TimeCell },
    {
      colId: 'device',
      headerName: t('column.device'),
      width: 100,
      cellClass: 'line-place',
      valueGetter: ({ data }) => (data === undefined || data.continues ? '' : (data.device ?? '')),
    },
    {
      colId: 'place',
      headerName: t('column.place'),
      width: 170,
      cellClass: 'line-place',
      valueGetter: ({ data }) =>
        data === undefined ? '' : `${baseName(data.member)}:${data.line.toLocaleString('en')}`,
    },
    { colId: 'level', headerName: t('column.level'), width: 56, cellRenderer: LevelCell },
    { colId: 'text', headerName: t('column.text'), flex: 1, minWidth: 240, cellRenderer: LogTextCell },
  ];
}
