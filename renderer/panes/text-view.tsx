/** The text of a member: line numbers, levels, matches; records fold, long lines wrap. */
import type { ColDef, RowClassRules } from 'ag-grid-community';
import type { CustomCellRendererProps } from 'ag-grid-react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { MemberRow } from '../../preload/contract/shapes.ts';
import { isCancelled } from '../evidence/evidence-client.ts';
import { useAnswer, useEvidence } from '../evidence/evidence-context.tsx';
import { LevelCell } from '../grids/cells.tsx';
import { lineCell } from '../grids/cell-texts.ts';
import { EvidenceGrid } from '../grids/evidence-grid.tsx';
import type { GoTo } from '../grids/evidence-grid.tsx';
import { logTheme, rowHeights } from '../grids/grid-setup.ts';
import { HighlightContext } from '../grids/highlight.tsx';
import { matcherOf } from '../grids/segments.ts';
import { useLanguage } from '../i18n/language.tsx';
import type { Translate } from '../i18n/messages.ts';
import { useFocus } from '../state/focus.tsx';
import { lineKey } from '../state/follow.ts';
import { marksOfLines, nextOf } from '../state/match-lines.ts';
import { scrollBuckets, useMatchStore, useMatches } from '../state/matches.tsx';
import { useWindow } from '../state/window-store.ts';
import type { OpenFile } from '../state/window-store.ts';
import { baseName } from './citation.tsx';
import { FileText, OpenRecordContext } from './file-text.tsx';
import type { FileRow } from './file-text.tsx';
import { WrappedLines } from './wrapped-lines.tsx';

const none: readonly number[] = [];

export function TextView({ member, file }: { readonly member: MemberRow; readonly file: OpenFile }) {
  const { t, locale } = useLanguage();
  const client = useEvidence();
  const matchStore = useMatchStore();
  const choose = useWindow((state) => state.choose);
  const layout = useWindow((state) => state.settings.layout);
  const keepLayout = useWindow((state) => state.keepLayout);
  const filtered = useWindow((state) => state.filters.present.text ?? null);
  const isSearching = useWindow((state) => state.overlay === 'search');
  const looked = useMatches((state) => state.query);
  const query = looked ?? filtered;
  const { subject } = useFocus();
  const isFolded = layout['file.fold'] === true;
  const isWrapped = layout['file.wrap'] === true;
  const [open, setOpen] = useState<readonly number[]>(none);
  const revision = useWindow((state) => state.revision);
  const { last: folded } = useAnswer(
    'foldFile',
    isFolded ? { member: member.path, open: [...open] } : null,
    revision,
  );
  const foldedView = isFolded ? (folded?.view ?? null) : null;
  useEffect(() => {
    if (foldedView === null) return undefined;
    return () => {
      client.request('closeView', { view: foldedView }).catch((error: unknown) => {
        if (!isCancelled(error)) console.error(error);
      });
    };
  }, [client, foldedView]);
  const count = isFolded ? (folded?.count ?? 0) : (member.lines ?? 0);
  const view = isFolded ? foldedView : member.path;
  const opened = useMemo(
    () => (view === null ? null : { key: view, sight: member.path, view, count }),
    [view, member.path, count],
  );
  const fetchRows = useCallback(
    async (name: string, from: number, to: number): Promise<FileRow[]> => {
      if (!isFolded) {
        return (await client.request('fileLines', { member: name, from, to, locale })).rows;
      }
      const { rows, more } = await client.request('foldedLines', { view: name, from, to });
      return rows.map((row, index) => ({ ...row, more: more[index] ?? 0 }));
    },
    [client, locale, isFolded],
  );

  const { last: matching } = useAnswer(
    'fileMatches',
    query === null ? null : { member: member.path, text: query },
    revision,
  );
  const lines = query === null ? none : (matching?.lines ?? none);
  const marks = useMemo(
    () => (lines.length === 0 ? null : marksOfLines(lines, member.lines ?? 0, scrollBuckets)),
    [lines, member.lines],
  );
  const shownQuery = isSearching || filtered !== null ? query : null;
  const highlight = useMemo(() => ({ matcher: matcherOf(shownQuery), kb: null }), [shownQuery]);

  const [wanted, setWanted] = useState<{ readonly line: number; readonly stamp: string } | null>(null);
  const [answered, setAnswered] = useState(0);
  if (file.line !== null && answered !== file.stamp) {
    setAnswered(file.stamp);
    setWanted({ line: file.line, stamp: String(file.stamp) });
  }
  const goTo = usePosition(foldedView, isFolded, wanted);
  const chosen = subject.on === 'line' && subject.line.member === member.path ? subject.line.line : null;
  const [wasChosen, setChosen] = useState(false);
  const atHand = wasChosen ? chosen : (file.line ?? chosen);
  const selectedId = atHand === null ? null : lineKey({ member: member.path, line: atHand });

  /** The line that was gone to last: the choice that follows from it comes a moment later. */
  const steppedTo = useRef<number | null>(null);
  useEffect(() => {
    steppedTo.current = atHand;
  }, [atHand]);
  const stepMatch = useCallback(
    (step: 1 | -1) => {
      const index = nextOf(lines, steppedTo.current, step);
      const line = index === null ? undefined : lines[index];
      if (index === null || line === undefined) return;
      steppedTo.current = line;
      matchStore.setState({ at: { index, total: lines.length } });
      setChosen(true);
      // What is folded opens for the match in it.
      if (isFolded) setOpen((before) => (before.includes(line) ? before : [...before, line]));
      setWanted({ line, stamp: `match ${line} ${Date.now()}` });
      choose({ on: 'line', member: member.path, line }, 'elsewhere');
    },
    [lines, matchStore, isFolded, choose, member.path],
  );
  const onChoose = (row: FileRow): void => {
    setChosen(true);
    choose({ on: 'line', member: row.member, line: row.line }, 'elsewhere');
  };
  const openRecord = useCallback((line: number) => setOpen((before) => [...before, line]), []);
  const columns = useMemo(() => columnsOfFile(t, member.lines ?? 0), [t, member.lines]);
  return (
    <HighlightContext value={highlight}>
      <OpenRecordContext value={openRecord}>
        <div className="file-tools" role="group" aria-label={t('region.file')}>
          {(['wrap', 'fold'] as const).map((what) => (
            <button
              key={what}
              type="button"
              className="toggle-button"
              aria-pressed={layout[`file.${what}`] === true}
              title={t(`files.${what}-title`)}
              onClick={() => {
                keepLayout(`file.${what}`, layout[`file.${what}`] !== true);
                setOpen(none);
              }}
            >
              {t(`files.${what}`)}
            </button>
          ))}
        </div>
        {opened === null ? null : isWrapped ? (
          <WrappedLines
            key={opened.view}
            name={baseName(member.path)}
            opened={opened}
            fetchRows={fetchRows}
            selectedId={selectedId}
            goTo={goTo}
            onChoose={onChoose}
            stepMatch={stepMatch}
          />
        ) : (
          <EvidenceGrid<FileRow>
            name="file"
            label={baseName(member.path)}
            columns={columns}
            theme={logTheme}
            rowHeight={rowHeights.log}
            headless
            homeIsFirstRow
            takesLostFocus
            opened={opened}
            fetchRows={fetchRows}
            rowId={lineKey}
            cellText={lineCell}
            selectedId={selectedId}
            onChoose={onChoose}
            onFold={({ line, more }, way) => {
              if (way !== 'open' || more === undefined || more === 0) return false;
              openRecord(line);
              return true;
            }}
            goTo={goTo}
            marks={isFolded ? null : marks}
            stepMatch={stepMatch}
            rowClassRules={fileRowClasses}
          />
        )}
      </OpenRecordContext>
    </HighlightContext>
  );
}

/** Where a line stands: in a folded file the worker tells. */
function usePosition(
  view: string | null,
  isFolded: boolean,
  wanted: { readonly line: number; readonly stamp: string } | null,
): GoTo | null {
  const client = useEvidence();
  const [found, setFound] = useState<GoTo | null>(null);
  const line = wanted?.line ?? null;
  const stamp = wanted?.stamp ?? '';
  useEffect(() => {
    if (view === null || line === null) return undefined;
    const control = new AbortController();
    client.request('locateFolded', { view, line }, control.signal).then(
      (position) => setFound(position === null ? null : { position, stamp: `${stamp} ${view}` }),
      (error: unknown) => {
        if (!isCancelled(error)) console.error(error);
      },
    );
    return () => control.abort();
  }, [client, view, line, stamp]);
  return useMemo(() => {
    if (isFolded) return found;
    return line === null ? null : { position: line - 1, stamp };
  }, [isFolded, found, line, stamp]);
}

const fileRowClasses: RowClassRules<FileRow> = {
  cited: ({ data }) => (data?.findings.length ?? 0) > 0,
};

function FileTextCell({ data }: CustomCellRendererProps<FileRow>) {
  return data === undefined ? null : <FileText row={data} />;
}

function columnsOfFile(t: Translate, lines: number): ColDef<FileRow>[] {
  return [
    {
      colId: 'line',
      headerName: t('column.line'),
      width: Math.max(48, 22 + String(lines).length * 8),
      type: 'rightAligned',
      cellClass: 'line-number',
      valueGetter: ({ data }) => data?.line ?? '',
    },
    { colId: 'level', headerName: t('column.level'), width: 56, cellRenderer: LevelCell },
    { colId: 'text', headerName: t('column.text'), flex: 1, minWidth: 300, cellRenderer: FileTextCell },
  ];
}
