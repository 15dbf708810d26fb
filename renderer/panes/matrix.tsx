/** Device by patch: the state of every pair at a glance, its rows one choice away. */
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
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
import { Segments } from '../app/segments.tsx';
import { Divider, Split } from '../app/split.tsx';
import { isCancelled } from '../evidence/evidence-client.ts';
import { useAnswer, useEvidence } from '../evidence/evidence-context.tsx';
import { useLanguage } from '../i18n/language.tsx';
import type { Translate } from '../i18n/messages.ts';
import { withOnly } from '../state/filters.ts';
import { useFocus } from '../state/focus.tsx';
import { recordStep } from '../state/follow.ts';
import { useWindow, useWindowStore } from '../state/window-store.ts';
import { Chips } from './chips.tsx';
import { cellAfterKey, scrollFor, stretchInSight } from './matrix-window.ts';
import type { Cell } from './matrix-window.ts';
import { Empty, Pane } from './pane.tsx';
import { Patches } from './patches.tsx';
import type { Pair } from './patches.tsx';
import { problemOf, problemText } from './problem-text.ts';
import { kindGlyph } from './severity.tsx';

type Sort = 'trouble' | 'name';
type Size = 'roomy' | 'dense';

const sizes: Readonly<Record<Size, { readonly width: number; readonly height: number }>> = {
  roomy: { width: 28, height: 24 },
  dense: { width: 16, height: 16 },
};
/** Width of the device names, height of the patch names. */
const side = { width: 148, height: 108 };

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

function Matrix({ onPair }: { readonly onPair: (pair: Pair | null) => void }) {
  const { t, locale, number } = useLanguage();
  const client = useEvidence();
  const filter = useWindow((state) => state.filters.present);
  const revision = useWindow((state) => state.revision);
  const isReading = useWindow((state) => state.bundle.phase === 'reading');
  const layout = useWindow((state) => state.settings.layout);
  const keepLayout = useWindow((state) => state.keepLayout);
  const sort: Sort = layout['matrix.sort'] === 'name' ? 'name' : 'trouble';
  const size: Size = layout['matrix.size'] === 'dense' ? 'dense' : 'roomy';
  const { last: matrix, ...answer } = useAnswer('matrix', { filter, sort, locale }, revision);
  const view = matrix?.view ?? null;
  useEffect(() => {
    if (view === null) return undefined;
    return () => {
      client.request('closeView', { view }).catch((error: unknown) => {
        if (!isCancelled(error)) console.error(error);
      });
    };
  }, [client, view]);
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
      <Chips tone="of-pane" parts={['devices', 'patches', 'rules', 'onlyFindings', 'time', 'text']} />
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
      <Segments
        label={t('matrix.size')}
        value={size}
        choices={(['roomy', 'dense'] as const).map((value) => ({ value, label: t(`matrix.${value}`) }))}
        onChange={(value) => keepLayout('matrix.size', value)}
      />
    </>
  );
  return (
    <Pane title={t('region.matrix')} about={about} tools={tools} lock="matrix" className="matrix">
      {answer.state === 'failed' && 'error' in answer ? (
        <Empty>{problemText(t, problemOf(answer.error))}</Empty>
      ) : isEmpty ? (
        <Empty>{t(isReading ? 'patches.none-yet' : 'patches.none')}</Empty>
      ) : matrix === null ? null : (
        <CellGrid matrix={matrix} size={size} onPair={onPair} />
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
  onPair,
}: {
  readonly matrix: MatrixAnswer;
  readonly size: Size;
  readonly onPair: (pair: Pair | null) => void;
}) {
  const { t, locale, number } = useLanguage();
  const client = useEvidence();
  const store = useWindowStore();
  const choose = useWindow((state) => state.choose);
  const go = useWindow((state) => state.go);
  const frame = useRef<HTMLDivElement>(null);
  const sight = useSight(frame);
  const cell = sizes[size];
  const rows = stretchInSight(sight.top, sight.height - side.height, cell.height, matrix.devices.length);
  const columns = stretchInSight(sight.left, sight.width - side.width, cell.width, matrix.patches.length);
  const hasSight = sight.width > 0;
  const { last } = useAnswer(
    'matrixCells',
    hasSight ? { view: matrix.view, rows, columns, locale } : null,
    0,
  );
  const known = last?.view === matrix.view ? last : null;
  const marks = useMemo(() => markMap(known), [known]);
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

  const cellAt = (event: MouseEvent): Cell | null => {
    const target = (event.target as HTMLElement).closest<HTMLElement>('[data-cell]');
    const [row, column] = (target?.dataset['cell'] ?? '').split(' ').map(Number);
    return row === undefined || column === undefined || Number.isNaN(column) ? null : { row, column };
  };
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    if (event.key === 'Enter' && active !== null) {
      event.preventDefault();
      go('patches');
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
    chooseCell(next);
  };
  const narrow = (part: 'devices' | 'patches', key: string): void => {
    const { filters, filter } = store.getState();
    if (key !== '') filter(withOnly(filters.present, part, [key]));
  };

  return (
    <div
      ref={frame}
      className={`matrix-grid ${size}`}
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
                className={`matrix-patch ${active?.column === column ? 'active' : ''}`}
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
                matrix={matrix}
                row={row}
                columns={columns}
                known={known}
                marks={marks}
                width={cell.width}
                activeColumn={active?.row === row ? active.column : null}
              />
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** The cells of one row that are in sight. */
function Cells({
  matrix,
  row,
  columns,
  known,
  marks,
  width,
  activeColumn,
}: {
  readonly matrix: MatrixAnswer;
  readonly row: number;
  readonly columns: { readonly from: number; readonly to: number };
  readonly known: MatrixCells | null;
  readonly marks: ReadonlyMap<string, MatrixMark>;
  readonly width: number;
  readonly activeColumn: number | null;
}) {
  const { t } = useLanguage();
  const device = matrix.devices[row];
  return matrix.patches.slice(columns.from, columns.to).map((patch, index) => {
    const column = columns.from + index;
    const state = stateAt(known, row, column);
    if (device === undefined || state === null) return null;
    const mark = marks.get(`${row} ${column}`);
    const isClash = mark?.kind === 'contradiction';
    const name = t('matrix.cell', { pair: pairName(t, device, patch), state: t(`matrix-state.${state}`) });
    const description = mark === undefined ? undefined : markText(t, mark);
    const isActive = activeColumn === column;
    return (
      <span
        key={patch.key}
        id={isActive ? cellId({ row, column }) : undefined}
        className={`matrix-cell ${state} ${isClash ? `clash ${mark.severity}` : ''} ${mark !== undefined && !isClash ? 'cited' : ''}`}
        role="gridcell"
        data-cell={`${row} ${column}`}
        aria-colindex={column + 2}
        aria-selected={isActive}
        aria-label={name}
        aria-description={description}
        title={description === undefined ? name : `${name}\n${description}`}
        style={{ left: side.width + column * width, width: width - 1 }}
      >
        {signs[state]}
        {isClash ? <sup aria-hidden="true">≠</sup> : null}
      </span>
    );
  });
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
  const first = `${kindGlyph(kind)} ${t('mark.other', { kind: t(`kind.${kind}`), title })}`;
  return count > 1 ? `${first}\n${t('timeline.more', { count: count - 1 })}` : first;
}

function stateAt(known: MatrixCells | null, row: number, column: number): MatrixState | null {
  if (known === null) return null;
  const { rows, columns, states } = known;
  if (row < rows.from || row >= rows.to || column < columns.from || column >= columns.to) return null;
  const code = states[(row - rows.from) * (columns.to - columns.from) + column - columns.from];
  return code === undefined ? null : (matrixStates[code] ?? null);
}

function markMap(known: MatrixCells | null): ReadonlyMap<string, MatrixMark> {
  return new Map((known?.marks ?? []).map((mark) => [`${mark.row} ${mark.column}`, mark]));
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
    if (isOwn || step.to !== 'record') return undefined;
    const control = new AbortController();
    client.request('locateCell', { view, record: step.record }, control.signal).then(
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
