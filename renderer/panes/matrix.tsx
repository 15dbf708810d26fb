/** Device by patch: the state of every pair at a glance, its rows one choice away. */
import { memo, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { KeyboardEvent, MouseEvent } from 'react';
import { Panel } from 'react-resizable-panels';
import { matrixStates } from '../../preload/contract/shapes.ts';
import type {
  MatrixAnswer,
  MatrixCells,
  MatrixMark,
  MatrixSide,
  MatrixState,
} from '../../preload/contract/shapes.ts';
import { kindSigns } from '../../parsers/domain/finding.ts';
import { Segments } from '../app/segments.tsx';
import { Divider, Split } from '../app/split.tsx';
import { isCancelled } from '../evidence/evidence-client.ts';
import { useAnswer, useEvidence } from '../evidence/evidence-context.tsx';
import { useLanguage } from '../i18n/language.tsx';
import type { Translate } from '../i18n/messages.ts';
import { withOnly } from '../state/filters.ts';
import { useFocus } from '../state/focus.tsx';
import { recordStep } from '../state/follow.ts';
import { useOverview } from '../state/overview.tsx';
import { useWindow, useWindowStore } from '../state/window-store.ts';
import { Chips } from './chips.tsx';
import {
  cellAfterKey,
  cellHeight,
  cellSizeOf,
  nextCellSize,
  scrollFor,
  stretchInSight,
} from './matrix-window.ts';
import type { Cell } from './matrix-window.ts';
import { Empty, NothingShown, Pane } from './pane.tsx';
import { Patches, recordChips } from './patches.tsx';
import type { Pair } from './patches.tsx';
import { problemOf, problemText } from './problem-text.ts';

type Sort = 'trouble' | 'name';
/** Width of the device names, height of the patch names. */
const side = { width: 148, height: 108 };

/** Milliseconds on one cell after which it counts as chosen by the keyboard. */
const restAfter = 90;

/** The matrix with the rows of the chosen cell below it. */
export function MatrixPlace() {
  const [pair, setPair] = useState<Pair | null>(null);
  return (
    <Split name="matrix" orientation="vertical">
      <Panel id="matrix" defaultSize="64%" minSize={140}>
        <Matrix onPair={setPair} />
      </Panel>
      <Divider orientation="horizontal" />
      <Panel id="pair" minSize={80} collapsible>
        <Patches only={pair} />
      </Panel>
    </Split>
  );
}

/** What of the filter is told in the head of the pane. */
const chipsShown = [...recordChips, 'time', 'text'] as const;

function Matrix({ onPair }: { readonly onPair: (pair: Pair | null) => void }) {
  const { t, locale, number } = useLanguage();
  const client = useEvidence();
  const store = useWindowStore();
  const filter = useWindow((state) => state.filters.present);
  const revision = useWindow((state) => state.revision);
  const isReading = useWindow((state) => state.bundle.phase === 'reading');
  const layout = useWindow((state) => state.settings.layout);
  const keepLayout = useWindow((state) => state.keepLayout);
  const sort: Sort = layout['matrix.sort'] === 'name' ? 'name' : 'trouble';
  const bySystem = layout['matrix.by-system'] === true;
  const size = cellSizeOf(layout['matrix.size']);
  const zoom = useCallback(
    (step: 1 | -1) => {
      const now = cellSizeOf(store.getState().settings.layout['matrix.size']);
      keepLayout('matrix.size', nextCellSize(now, step));
    },
    [store, keepLayout],
  );
  const { last: matrix, ...answer } = useAnswer('matrix', { filter, sort, bySystem, locale }, revision);
  const view = matrix?.view ?? null;
  useEffect(() => {
    if (view === null) return undefined;
    return () => {
      client.request('closeView', { view }).catch((error: unknown) => {
        if (!isCancelled(error)) console.error(error);
      });
    };
  }, [client, view]);
  const systems = useOverview()?.systems.length ?? 0;
  const isEmpty = matrix !== null && (matrix.devices.length === 0 || matrix.patches.length === 0);
  const about = (
    <>
      <small>
        {matrix === null
          ? ''
          : t('matrix.about', {
              devices: number(matrix.devices.length),
              patches: number(matrix.patches.length),
            })}
        {matrix !== null && matrix.hidden.devices + matrix.hidden.patches > 0
          ? ` · ${t('matrix.hidden', {
              devices: number(matrix.hidden.devices),
              patches: number(matrix.hidden.patches),
            })}`
          : ''}
      </small>
      <Chips tone="of-pane" parts={chipsShown} />
    </>
  );
  const tools = (
    <>
      <Legend />
      <Segments
        label={t('matrix.order')}
        value={sort}
        choices={(['trouble', 'name'] as const).map((value) => ({ value, label: t(`matrix.by-${value}`) }))}
        onChange={(value) => keepLayout('matrix.sort', value)}
      />
      {systems > 1 ? (
        <button
          type="button"
          className="toggle-button"
          aria-pressed={bySystem}
          title={t('matrix.by-system-title')}
          onClick={() => keepLayout('matrix.by-system', !bySystem)}
        >
          {t('matrix.by-system')}
        </button>
      ) : null}
      <span className="zoom-buttons" role="group" aria-label={t('matrix.size')}>
        {([-1, 1] as const).map((step) => {
          const label = t(step === 1 ? 'matrix.zoom-in' : 'matrix.zoom-out');
          return (
            <button
              key={step}
              type="button"
              aria-label={label}
              title={label}
              disabled={nextCellSize(size, step) === size}
              onClick={() => zoom(step)}
            >
              {step === 1 ? '+' : '−'}
            </button>
          );
        })}
      </span>
    </>
  );
  return (
    <Pane title={t('region.matrix')} about={about} tools={tools} lock="matrix" className="matrix">
      {answer.state === 'failed' && 'error' in answer ? (
        <Empty>{problemText(t, problemOf(answer.error))}</Empty>
      ) : isEmpty ? (
        isReading ? (
          <Empty>{t('patches.none-yet')}</Empty>
        ) : (
          <NothingShown byFilter={t('patches.none')} without={t('patches.none-at-all')} />
        )
      ) : matrix === null ? null : (
        <CellGrid matrix={matrix} size={size} bySystem={bySystem} onZoom={zoom} onPair={onPair} />
      )}
    </Pane>
  );
}

/** What the signs stand for. */
function Legend() {
  const { t } = useLanguage();
  return (
    <ul className="matrix-legend" aria-label={t('matrix.legend')}>
      {(['patched', 'not-patched', 'failed', 'pending-reboot', 'mixed'] as const).map((state) => (
        <li key={state}>
          <i className={`cell-sign ${state}`} aria-hidden="true">
            {signs[state]}
          </i>
          {t(`matrix-state.${state}`)}
        </li>
      ))}
      <li>
        <i className="cell-sign clash" aria-hidden="true">
          ≠
        </i>
        {t('kind.contradiction')}
      </li>
    </ul>
  );
}

const signs: Readonly<Record<MatrixState, string>> = {
  none: '',
  patched: '✓',
  deployed: '↓',
  'not-patched': '!',
  failed: '✗',
  'pending-reboot': '↻',
  'in-progress': '…',
  'not-applicable': '–',
  unknown: '?',
  mixed: '±',
};

interface Sight {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

function CellGrid({
  matrix,
  size,
  bySystem,
  onZoom,
  onPair,
}: {
  readonly matrix: MatrixAnswer;
  /** Width of a cell in pixels. */
  readonly size: number;
  readonly bySystem: boolean;
  readonly onZoom: (step: 1 | -1) => void;
  readonly onPair: (pair: Pair | null) => void;
}) {
  const { t, locale, number } = useLanguage();
  const client = useEvidence();
  const store = useWindowStore();
  const choose = useWindow((state) => state.choose);
  const go = useWindow((state) => state.go);
  const frame = useRef<HTMLDivElement>(null);
  const sight = useSight(frame);
  const cell = useMemo(() => ({ width: size, height: cellHeight(size) }), [size]);
  const states = useMemo(() => matrixStates.map((state) => t(`matrix-state.${state}`)), [t]);
  const rows = stretchInSight(sight.top, sight.height - side.height, cell.height, matrix.devices.length);
  const columns = stretchInSight(sight.left, sight.width - side.width, cell.width, matrix.patches.length);
  const hasSight = sight.width > 0;
  const { last } = useAnswer(
    'matrixCells',
    hasSight ? { view: matrix.view, rows, columns, locale } : null,
    0,
  );
  const known = last?.view === matrix.view ? last : null;
  const marks = useMemo(() => marksByRow(known), [known]);
  const [active, setActive] = useState<Cell | null>(null);
  const { view } = matrix;

  const bring = useCallback(
    ({ row, column }: Cell) => {
      const element = frame.current;
      if (element === null) return;
      const seenHeight = element.clientHeight - side.height;
      const seenWidth = element.clientWidth - side.width;
      element.scrollTop = scrollFor(row, cell.height, element.scrollTop, seenHeight);
      element.scrollLeft = scrollFor(column, cell.width, element.scrollLeft, seenWidth);
    },
    [cell],
  );
  const show = useCallback(
    ({ row, column }: Cell) => {
      const [device, patch] = [matrix.devices[row], matrix.patches[column]];
      if (device === undefined || patch === undefined) return;
      setActive({ row, column });
      onPair({ device: device.key, patch: patch.key, name: pairName(t, device, patch) });
    },
    [matrix, onPair, t],
  );
  const chooseCell = (chosen: Cell): void => {
    show(chosen);
    bring(chosen);
    client.request('matrixCell', { view, ...chosen }).then(
      ({ records, finding }) => {
        const [record] = records;
        if (finding !== null) choose({ on: 'finding', id: finding }, 'matrix');
        else if (record !== undefined) choose({ on: 'record', id: record }, 'matrix');
      },
      (error: unknown) => {
        if (!isCancelled(error)) console.error(error);
      },
    );
  };
  useFollowedCell(view, show, bring);
  // While a key is held the cells are walked; what they stand for is asked for where it rests.
  const resting = useRef<{ readonly timer: ReturnType<typeof setTimeout>; readonly cell: Cell } | null>(null);
  const walkTo = (next: Cell): void => {
    setActive(next);
    bring(next);
    if (resting.current !== null) clearTimeout(resting.current.timer);
    const timer = setTimeout(() => {
      resting.current = null;
      chooseCell(next);
    }, restAfter);
    resting.current = { timer, cell: next };
  };
  useEffect(
    () => () => {
      if (resting.current !== null) clearTimeout(resting.current.timer);
    },
    [],
  );

  const cellAt = (event: MouseEvent): Cell | null => {
    const target = (event.target as HTMLElement).closest<HTMLElement>('[data-cell]');
    const [row, column] = (target?.dataset['cell'] ?? '').split(' ').map(Number);
    return row === undefined || column === undefined || Number.isNaN(column) ? null : { row, column };
  };
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    if (event.key === 'Enter' && active !== null) {
      event.preventDefault();
      const { current } = resting;
      if (current !== null) {
        clearTimeout(current.timer);
        resting.current = null;
        chooseCell(current.cell);
      }
      go('patches');
      return;
    }
    if ((event.key === '+' || event.key === '-') && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      onZoom(event.key === '+' ? 1 : -1);
      return;
    }
    const page = Math.max(1, Math.floor((sight.height - side.height) / cell.height) - 1);
    const extent = { rows: matrix.devices.length, columns: matrix.patches.length, page };
    const next =
      active === null && event.key.startsWith('Arrow')
        ? { row: rows.from, column: columns.from }
        : cellAfterKey(active ?? { row: 0, column: 0 }, event, extent);
    if (next === null) return;
    event.preventDefault();
    walkTo(next);
  };
  const startsSystem = (column: number): boolean =>
    bySystem && (column === 0 || matrix.patches[column - 1]?.system !== matrix.patches[column]?.system);
  const narrow = (part: 'devices' | 'patches', key: string): void => {
    const { filters, filter } = store.getState();
    if (key !== '') filter(withOnly(filters.present, part, [key]));
  };

  return (
    <div
      ref={frame}
      className={`matrix-grid ${size < 20 ? 'dense' : 'roomy'} ${size < 12 ? 'tiny' : ''}`}
      role="grid"
      tabIndex={0}
      aria-label={t('region.matrix')}
      aria-rowcount={matrix.devices.length + 1}
      aria-colcount={matrix.patches.length + 1}
      aria-activedescendant={active === null ? undefined : cellId(active)}
      onKeyDown={onKeyDown}
      onClick={(event) => {
        const chosen = cellAt(event);
        if (chosen !== null) chooseCell(chosen);
      }}
      onDoubleClick={(event) => {
        if (cellAt(event) !== null) go('patches');
      }}
      onMouseOver={(event) => {
        // A tooltip is written when it is looked for: thousands of cells need none.
        const target = (event.target as HTMLElement).closest<HTMLElement>('[data-cell]');
        if (target === null) return;
        const { ariaLabel, ariaDescription } = target;
        target.title = [ariaLabel, ariaDescription].filter((part) => part !== null && part !== '').join('\n');
      }}
    >
      <div
        className="matrix-sheet"
        role="presentation"
        style={{
          width: side.width + matrix.patches.length * cell.width + 24,
          height: side.height + matrix.devices.length * cell.height,
        }}
      >
        <div className="matrix-head" role="row" aria-rowindex={1} style={{ height: side.height }}>
          <span className="matrix-corner" role="columnheader" aria-colindex={1} style={{ width: side.width }}>
            {t('column.device')}
          </span>
          {matrix.patches.slice(columns.from, columns.to).map((patch, index) => {
            const column = columns.from + index;
            return (
              <span
                key={patch.key}
                className={`matrix-patch ${active?.column === column ? 'active' : ''} ${startsSystem(column) ? 'starts' : ''}`}
                role="columnheader"
                aria-colindex={column + 2}
                title={sideText(t, patch)}
                style={{ left: side.width + column * cell.width, width: cell.width }}
                onDoubleClick={() => narrow('patches', patch.key)}
              >
                <span>{patch.name === '' ? '–' : patch.name}</span>
              </span>
            );
          })}
          {matrix.patches.slice(columns.from, columns.to).map((patch, index) => {
            const column = columns.from + index;
            return startsSystem(column) ? (
              <span
                key={`system ${patch.key}`}
                className="matrix-system"
                style={{ left: side.width + column * cell.width }}
              >
                {patch.system === null ? t('matrix.several-systems') : t(`system.${patch.system}`)}
              </span>
            ) : null;
          })}
        </div>
        {matrix.devices.slice(rows.from, rows.to).map((device, index) => {
          const row = rows.from + index;
          return (
            <div
              key={device.key}
              className={`matrix-row ${active?.row === row ? 'active' : ''}`}
              role="row"
              aria-rowindex={row + 2}
              style={{ top: side.height + row * cell.height, height: cell.height }}
            >
              <span
                className="matrix-device"
                role="rowheader"
                aria-colindex={1}
                title={sideText(t, device)}
                style={{ width: side.width }}
                onDoubleClick={() => narrow('devices', device.key)}
              >
                <span>{device.name === '' ? t('inspector.no-device') : device.name}</span>
                {device.contradictions === 0 ? null : (
                  <em className={device.worst ?? ''} aria-hidden="true">
                    ≠{number(device.contradictions)}
                  </em>
                )}
              </span>
              <Cells
                device={device.name === '' ? t('inspector.no-device') : device.name}
                patches={matrix.patches}
                row={row}
                from={columns.from}
                codes={codesOf(known, row, columns.from, columns.to)}
                marks={marks.get(row) ?? ''}
                width={cell.width}
                states={states}
                activeColumn={active?.row === row ? active.column : null}
              />
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** The cells of one row that are in sight; drawn anew only when something of this very row changes. */
const Cells = memo(function Cells({
  device,
  patches,
  row,
  from,
  codes,
  marks,
  width,
  states,
  activeColumn,
}: {
  readonly device: string;
  readonly patches: MatrixAnswer['patches'];
  readonly row: number;
  readonly from: number;
  /** A sign for each cell from `from` on, blank where it is not known yet. */
  readonly codes: string;
  /** The row's marks as JSON: equal marks are equal text. */
  readonly marks: string;
  readonly width: number;
  /** The words of the states, by their codes. */
  readonly states: readonly string[];
  readonly activeColumn: number | null;
}) {
  const { t } = useLanguage();
  const byColumn = useMemo(
    () =>
      new Map(
        marks === '' ? [] : (JSON.parse(marks) as MatrixMark[]).map((mark) => [mark.column, mark] as const),
      ),
    [marks],
  );
  return Array.from(codes, (code, index) => {
    const column = from + index;
    const stateCode = code.charCodeAt(0) - firstCode;
    const state = matrixStates[stateCode];
    const patch = patches[column];
    if (state === undefined || patch === undefined) return null;
    const mark = byColumn.get(column);
    const isClash = mark?.kind === 'contradiction';
    const name = `${device} · ${patch.name}: ${states[stateCode] ?? ''}`;
    const description = mark === undefined ? undefined : markText(t, mark);
    const isActive = activeColumn === column;
    return (
      <span
        key={column}
        id={isActive ? cellId({ row, column }) : undefined}
        className={`matrix-cell ${state} ${isClash ? `clash ${mark.severity}` : ''} ${mark !== undefined && !isClash ? 'cited' : ''}`}
        role="gridcell"
        data-cell={`${row} ${column}`}
        aria-colindex={column + 2}
        aria-selected={isActive}
        aria-label={name}
        aria-description={description}
        style={{ left: side.width + column * width, width: width - 1 }}
      >
        {signs[state]}
        {isClash ? <sup aria-hidden="true">≠</sup> : null}
      </span>
    );
  });
});

/** States as text, one sign a cell, so that two rows are compared at once. */
const firstCode = 'a'.charCodeAt(0);

function codesOf(known: MatrixCells | null, row: number, from: number, to: number): string {
  if (known === null || row < known.rows.from || row >= known.rows.to) return '';
  const { rows, columns, states } = known;
  const start = (row - rows.from) * (columns.to - columns.from) - columns.from;
  let codes = '';
  for (let column = from; column < to; column += 1) {
    const code = column < columns.from || column >= columns.to ? undefined : states[start + column];
    codes += code === undefined ? ' ' : String.fromCharCode(firstCode + code);
  }
  return codes;
}

function cellId({ row, column }: Cell): string {
  return `matrix-${row}-${column}`;
}

function pairName(t: Translate, device: MatrixSide, patch: MatrixSide): string {
  return `${device.name === '' ? t('inspector.no-device') : device.name} · ${patch.name}`;
}

function sideText(t: Translate, { name, contradictions }: MatrixSide): string {
  return contradictions === 0 ? name : `${name}\n${t('rail.contradictions', { count: contradictions })}`;
}

function markText(t: Translate, { kind, title, count }: MatrixMark): string {
  const first = `${kindSigns[kind]} ${t('mark.other', { kind: t(`kind.${kind}`), title })}`;
  return count > 1 ? `${first}\n${t('timeline.more', { count: count - 1 })}` : first;
}

/** The marks of each row as JSON. */
function marksByRow(known: MatrixCells | null): ReadonlyMap<number, string> {
  const rows = new Map<number, MatrixMark[]>();
  for (const mark of known?.marks ?? []) {
    const list = rows.get(mark.row);
    if (list === undefined) rows.set(mark.row, [mark]);
    else list.push(mark);
  }
  return new Map([...rows].map(([row, list]) => [row, JSON.stringify(list)]));
}

/** What of the sheet is in sight; told once a frame at most. */
function useSight(frame: React.RefObject<HTMLDivElement | null>): Sight {
  const [sight, setSight] = useState<Sight>({ left: 0, top: 0, width: 0, height: 0 });
  useEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    let wanted = 0;
    const measure = (): void => {
      wanted = 0;
      const { scrollLeft: left, scrollTop: top, clientWidth: width, clientHeight: height } = element;
      setSight((before) =>
        before.left === left && before.top === top && before.width === width && before.height === height
          ? before
          : { left, top, width, height },
      );
    };
    const soon = (): void => {
      if (wanted === 0) wanted = requestAnimationFrame(measure);
    };
    const observer = new ResizeObserver(soon);
    observer.observe(element);
    element.addEventListener('scroll', soon, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', soon);
      if (wanted !== 0) cancelAnimationFrame(wanted);
    };
  }, [frame]);
  return sight;
}

/** Follows the selection among the cells: to the cell of the record that is chosen or spoken of. */
function useFollowedCell(view: string, show: (cell: Cell) => void, bring: (cell: Cell) => void): void {
  const client = useEvidence();
  const focus = useFocus();
  const isLocked = useWindow((state) => state.locks.matrix);
  const latest = useRef({ show, bring });
  useEffect(() => {
    latest.current = { show, bring };
  });
  const handled = useRef('');
  useEffect(() => {
    const { anchor, stamp, from } = focus;
    const key = `${stamp} ${view}`;
    if (anchor === null || handled.current === key) return undefined;
    const isOwn = from === 'matrix' && handled.current.endsWith(` ${view}`);
    handled.current = key;
    const step = recordStep(anchor, 'elsewhere', isLocked);
    if (isOwn || step.to !== 'row') return undefined;
    const control = new AbortController();
    client.request('locateCell', { view, record: step.id }, control.signal).then(
      (cell) => {
        if (cell === null) return;
        latest.current.show(cell);
        latest.current.bring(cell);
      },
      (error: unknown) => {
        if (!isCancelled(error)) console.error(error);
      },
    );
    return () => control.abort();
  }, [client, focus, view, isLocked]);
}
