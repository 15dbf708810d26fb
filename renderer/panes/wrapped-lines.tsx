/**
 * Lines of any height: a stretch of the file is laid out as the browser does it, and another one takes its
 * place when the reader comes near its end. What is in sight stays where it is meanwhile.
 */
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { KeyboardEvent } from 'react';
import { isCancelled } from '../evidence/evidence-client.ts';
import type { OpenedView } from '../evidence/view-keeper.ts';
import type { GoTo } from '../grids/evidence-grid.tsx';
import { useGridDesk } from '../grids/grid-desk.ts';
import type { GridHandle } from '../grids/grid-desk.ts';
import { rowsAs } from '../grids/copy-rows.ts';
import { useLanguage } from '../i18n/language.tsx';
import { lineKey } from '../state/follow.ts';
import { useBridge, useWindow } from '../state/window-store.ts';
import { FileText } from './file-text.tsx';
import type { FileRow } from './file-text.tsx';

/** Lines that are laid out at once, and how many of them are left when others are asked for. */
const laidOut = 300;
const leftOver = 60;

export function WrappedLines({
  name,
  opened: { view, count },
  fetchRows,
  selectedId,
  goTo,
  onChoose,
  stepMatch,
}: {
  readonly name: string;
  readonly opened: OpenedView;
  readonly fetchRows: (view: string, from: number, to: number) => Promise<FileRow[]>;
  readonly selectedId: string | null;
  readonly goTo: GoTo | null;
  readonly onChoose: (row: FileRow) => void;
  readonly stepMatch: (step: 1 | -1) => void;
}) {
  const { t } = useLanguage();
  const bridge = useBridge();
  const say = useWindow((state) => state.say);
  const desk = useGridDesk();
  const frame = useRef<HTMLDivElement>(null);
  const [from, setFrom] = useState(goTo === null ? 0 : startFor(goTo.position, count));
  const [shown, setShown] = useState<{ readonly from: number; readonly rows: readonly FileRow[] }>({
    from: 0,
    rows: [],
  });
  const [asked, setAsked] = useState(goTo?.stamp ?? '');
  if (goTo !== null && goTo.stamp !== asked) {
    setAsked(goTo.stamp);
    if (goTo.position < from || goTo.position >= from + laidOut) setFrom(startFor(goTo.position, count));
  }
  /** What is to be where once the next stretch is laid out. */
  const kept = useRef<{ readonly key: string; readonly top: number | null } | null>(null);
  const gone = useRef('');

  useEffect(() => {
    let isCurrent = true;
    fetchRows(view, from, Math.min(count, from + laidOut)).then(
      (rows) => {
        if (isCurrent) setShown({ from, rows });
      },
      (error: unknown) => {
        if (!isCancelled(error)) console.error(error);
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [fetchRows, view, count, from]);

  useEffect(() => {
    if (goTo === null || gone.current === goTo.stamp) return;
    const { position } = goTo;
    if (position < shown.from || position >= shown.from + shown.rows.length) return;
    gone.current = goTo.stamp;
    frame.current?.querySelector(`[data-position="${position}"]`)?.scrollIntoView({ block: 'center' });
  }, [goTo, shown]);

  useLayoutEffect(() => {
    const { current: element } = frame;
    const { current: anchor } = kept;
    kept.current = null;
    if (element === null || anchor === null) return;
    const row = element.querySelector<HTMLElement>(`[data-key="${CSS.escape(anchor.key)}"]`);
    if (row !== null && anchor.top !== null) element.scrollTop = row.offsetTop - anchor.top;
  }, [shown]);

  const handle = useMemo<GridHandle>(
    () => ({
      name: 'file',
      view: () => view,
      position: () => null,
      stepMatch,
      chooseColumns: () => undefined,
      findInColumn: () => undefined,
      pinColumn: () => undefined,
      filterByCell: () => undefined,
      filterColumn: () => undefined,
      markedRows: () => Promise.resolve(shown.rows.filter((one) => lineKey(one) === selectedId)),
      copy: (format) => {
        const row = shown.rows.find((one) => lineKey(one) === selectedId);
        if (row === undefined) return;
        const header = [t('column.line'), t('column.text')];
        bridge.copy(rowsAs(format, header, [[String(row.line), row.text]])).then(
          () => say('good', t('copy.done', { count: 1 })),
          (error: unknown) => console.error(error),
        );
      },
    }),
    [view, stepMatch, shown, selectedId, bridge, say, t],
  );
  useEffect(() => {
    desk.join(handle);
    return () => desk.leave(handle);
  }, [desk, handle]);

  const onScroll = (): void => {
    const { current: element } = frame;
    if (element === null || shown.from !== from) return;
    const rows = [...element.querySelectorAll<HTMLElement>('[data-position]')];
    const first = rows.findIndex((row) => row.offsetTop + row.offsetHeight > element.scrollTop);
    const anchor = rows[first];
    if (anchor === undefined) return;
    const position = shown.from + first;
    const isAtStart = shown.from > 0 && first < leftOver;
    const last = shown.from + shown.rows.length;
    const isAtEnd =
      last < count &&
      (rows[rows.length - leftOver]?.offsetTop ?? 0) < element.scrollTop + element.clientHeight;
    if (!isAtStart && !isAtEnd) return;
    const start = startFor(position, count);
    if (start === from) return;
    kept.current = { key: anchor.dataset['key'] ?? '', top: anchor.offsetTop - element.scrollTop };
    setFrom(start);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    const at = shown.rows.findIndex((row) => lineKey(row) === selectedId);
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0 && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      const row = shown.rows[at === -1 ? 0 : at + step];
      if (row === undefined) return;
      onChoose(row);
      frame.current
        ?.querySelector(`[data-key="${CSS.escape(lineKey(row))}"]`)
        ?.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Home' || event.key === 'End') {
      event.preventDefault();
      const start = event.key === 'Home' ? 0 : startFor(count, count);
      const { current: element } = frame;
      if (element === null) return;
      if (start === from) element.scrollTop = event.key === 'Home' ? 0 : element.scrollHeight;
      else {
        gone.current = goTo?.stamp ?? '';
        setFrom(start);
      }
    } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'c') {
      // Marked text is copied by the platform.
      if (document.getSelection()?.isCollapsed === true) handle.copy('text');
    }
  };
  return (
    <div
      ref={frame}
      className="wrapped-lines"
      role="grid"
      aria-label={name}
      aria-rowcount={count}
      tabIndex={0}
      onScroll={onScroll}
      onKeyDown={onKeyDown}
      onFocus={() => desk.take(handle)}
    >
      {shown.rows.map((row, index) => {
        const key = lineKey(row);
        return (
          <div
            key={key}
            role="row"
            aria-rowindex={shown.from + index + 1}
            aria-selected={key === selectedId}
            data-position={shown.from + index}
            data-key={key}
            className={row.findings.length > 0 ? 'cited' : ''}
            onClick={() => {
              // Text that is being marked is not a choice of the line.
              if (document.getSelection()?.isCollapsed !== false) onChoose(row);
            }}
          >
            <span role="gridcell" col-id="line" className="line-number">
              {row.line}
            </span>
            <span role="gridcell" col-id="text" className={`level-text ${row.continues ? '' : row.level}`}>
              <FileText row={row} />
            </span>
          </div>
        );
      })}
    </div>
  );
}

/** Where a stretch starts that has a position in its middle. */
function startFor(position: number, count: number): number {
  return Math.max(0, Math.min(position - laidOut / 2, count - laidOut));
}
