/** The strip of lanes above the grids: marks to choose, a brush to filter, the time of the selection. */
import { scaleUtc } from 'd3-scale';
import { memo, useEffect, useMemo, useRef, useState } from 'react';
import type { KeyboardEvent, PointerEvent, ReactNode, RefObject, WheelEvent } from 'react';
import type { MomentView, TimelineAnswer } from '../../preload/contract/shapes.ts';
import { isCancelled } from '../evidence/evidence-client.ts';
import { useAnswer, useEvidence } from '../evidence/evidence-context.tsx';
import { useLanguage } from '../i18n/language.tsx';
import { wordCode } from '../i18n/messages.ts';
import { withoutPart } from '../state/filters.ts';
import { useAnnotations } from '../state/case-content.ts';
import { useFocus } from '../state/focus.tsx';
import { timelineStep } from '../state/follow.ts';
import { useMatchStore, useMatches } from '../state/matches.tsx';
import type { Target } from '../state/selection.ts';
import { useWindow, useWindowStore } from '../state/window-store.ts';
import { momentText, scaleOf, scaleText } from '../time/show-moment.ts';
import { usePlacementOffset } from '../state/placement-offset.ts';
import type { ScaleSetting } from '../time/show-moment.ts';
import { LockToggle } from './pane.tsx';
import { densityPath, placeBars, placeMarks } from './timeline-marks.ts';
import { keptWithin, moved, zoomed } from './timeline-zoom.ts';
import type { Extent } from './timeline-zoom.ts';
import type { PlacedBar, PlacedMark } from './timeline-marks.ts';

type MarkLane = TimelineAnswer['lanes'][number]['lane'];
type LaneName = MarkLane | 'runs' | 'density' | 'notes' | 'matches';
const lanes: readonly LaneName[] = [
  'detections',
  'deployments',
  'runs',
  'reboots',
  'errors',
  'density',
  'findings',
  'notes',
  'matches',
];
/** Lanes that are there even when nothing is on them: an empty one tells something. */
const alwaysShown: ReadonlySet<LaneName> = new Set([
  'detections',
  'deployments',
  'reboots',
  'density',
  'findings',
]);
const laneHeight = 13;
/** Height of a bar where several lie below each other. */
const trackHeight = 8;

/** A row of the strip: its name, its height and what is drawn in it. */
interface StripRow {
  readonly key: string;
  readonly lane: LaneName;
  readonly label: string;
  readonly height: number;
  readonly body: ReactNode;
}

export function Timeline() {
  const { t, locale } = useLanguage();
  const store = useWindowStore();
  const filter = useWindow((state) => state.filters.present);
  const setFilter = useWindow((state) => state.filter);
  const zoom = useWindow((state) => state.zoom);
  const revision = useWindow((state) => state.revision);
  const settings = useWindow((state) => state.settings);
  const placementOffset = usePlacementOffset();
  const setting = useMemo<ScaleSetting>(
    () => ({ mode: settings.times, zone: settings.zone, placementOffset }),
    [settings.times, settings.zone, placementOffset],
  );
  const [track, width] = useWidth();
  const [brush, setBrush] = useState<Extent | null>(null);
  const anchorX = useRef<number | null>(null);
  const cursorAt = useRef<number | null>(null);

  // A bucket is three pixels wide, device pixels on a fine screen.
  const fineness = Math.max(1, window.devicePixelRatio);
  const buckets = Math.max(1, Math.min(4096, Math.floor((width * fineness) / 3)));
  const params = width === 0 ? null : { filter: withoutPart(filter, 'time'), range: zoom, buckets, locale };
  const { last, asked } = useAnswer('timeline', params, revision);
  const shown = useMemo(() => zoom ?? widened(last?.extent ?? null), [zoom, last]);
  const scale = useMemo(
    () =>
      scaleUtc()
        .domain(shown === null ? [0, 1] : [shown.from, shown.to])
        .range([0, width]),
    [shown, width],
  );
  const timeAt = (x: number): number => scale.invert(Math.min(Math.max(x, 0), width)).getTime();
  const notes = useNoteMarks();
  const zoomTo = (wanted: Extent): void => {
    const all = widened(last?.extent ?? null);
    store.setState({ zoom: all === null ? wanted : keptWithin(wanted, all) });
  };
  const zoomBy = (factor: number, at?: number): void => {
    if (shown !== null) zoomTo(zoomed(shown, at ?? cursorIn(cursorAt.current, shown), factor));
  };
  const matches = useMatches(({ found }) =>
    found === null || found.lines + found.records === 0 ? null : found.matches,
  );
  // The counts of the lines lie between these, also while those of another stretch are waited for.
  const counted = asked?.range ?? last?.extent ?? null;
  // What is chosen, brushed or pointed at changes nothing of the lanes: they are drawn when their answer or scale changes.
  const rows = useMemo(() => {
    const marksOf = (lane: MarkLane | 'notes'): readonly PlacedMark[] =>
      placeMarks(
        lane === 'notes' ? notes : (last?.lanes.find((one) => one.lane === lane)?.marks ?? []),
        (at) => scale(at),
        width,
        lane === 'findings' || lane === 'notes' ? 8 : 5,
      );
    const rowsOf = (lane: LaneName): readonly StripRow[] => {
      const row = { lane, height: laneHeight, label: t(`lane.${lane}`) };
      switch (lane) {
        case 'density': {
          const body =
            last === null || counted === null ? null : (
              <Density
                density={last.density}
                left={scale(counted.from)}
                right={scale(counted.to)}
                width={width}
              />
            );
          return [{ ...row, key: lane, body }];
        }
        case 'matches':
          return matches !== null && shown !== null
            ? [
                {
                  ...row,
                  key: lane,
                  body: <MatchTicks matches={matches} range={shown} width={width} setting={setting} />,
                },
              ]
            : [];
        case 'runs':
          return (last?.runs ?? []).map(({ role, bars }) => {
            const placed = placeBars(bars, (at) => scale(at), width);
            const height = placed.tracks === 1 ? laneHeight : placed.tracks * (trackHeight + 1) + 2;
            const label = role === null ? row.label : t(`lane.runs-${role}`);
            const body = <RunBars placed={placed} setting={setting} />;
            return { key: `runs-${role ?? ''}`, lane, height, label, body };
          });
        case 'detections':
        case 'deployments':
        case 'reboots':
        case 'errors':
        case 'findings':
        case 'notes': {
          const marks = marksOf(lane);
          if (marks.length === 0 && !alwaysShown.has(lane)) return [];
          const body = marks.map((mark, index) => (
            <Mark
              key={`${mark.from}-${mark.left}`}
              mark={mark}
              isFirst={index === 0}
              text={markText(mark, setting, t('timeline.more', { count: mark.count - 1 }))}
            />
          ));
          return [{ ...row, key: lane, body }];
        }
      }
    };
    return lanes.flatMap((lane) => rowsOf(lane));
  }, [last, counted, shown, scale, width, notes, matches, setting, t]);
  const windows = useMemo(
    () =>
      last?.windows.map((one) => (
        <MaintenanceWindow
          key={`${one.from} ${one.to}`}
          window={one}
          left={scale(one.from)}
          right={scale(one.to)}
          scale={scale}
          width={width}
          setting={setting}
        />
      )),
    [last, scale, width, setting],
  );

  const onPointerDown = (event: PointerEvent<HTMLDivElement>): void => {
    if (event.button !== 0 || shown === null || (event.target as HTMLElement).closest('button') !== null)
      return;
    event.currentTarget.setPointerCapture(event.pointerId);
    anchorX.current = xOf(event);
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>): void => {
    if (anchorX.current === null) return;
    const [from, to] = [anchorX.current, xOf(event)].sort((a, b) => a - b);
    setBrush(
      from !== undefined && to !== undefined && to - from > 3 ? { from: timeAt(from), to: timeAt(to) } : null,
    );
  };
  const onPointerUp = (): void => {
    anchorX.current = null;
    if (brush !== null)
      setFilter({ ...filter, time: { from: Math.round(brush.from), to: Math.round(brush.to) } });
    setBrush(null);
  };
  const onWheel = (event: WheelEvent<HTMLDivElement>): void => {
    if (!event.ctrlKey || shown === null) return;
    zoomBy(event.deltaY > 0 ? 1.25 : 0.8, timeAt(xOf(event)));
  };
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    const isFar = event.ctrlKey || event.metaKey || event.altKey;
    if (!isFar && (event.key === '+' || event.key === '-')) {
      event.preventDefault();
      zoomBy(event.key === '+' ? 0.5 : 2);
    } else if (event.shiftKey && (event.key === 'ArrowLeft' || event.key === 'ArrowRight')) {
      event.preventDefault();
      if (shown !== null) zoomTo(moved(shown, event.key === 'ArrowLeft' ? -0.25 : 0.25));
    } else moveAmongMarks(event);
  };

  const range = brush ?? filter.time ?? null;
  return (
    <section className="timeline" aria-label={t('region.timeline')}>
      <div className="timeline-labels" aria-hidden="true">
        {rows.map(({ key, label, height }) => (
          <span key={key} style={{ height }}>
            {label}
          </span>
        ))}
      </div>
      <div
        className="timeline-track"
        ref={track}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onWheel={onWheel}
        onKeyDown={onKeyDown}
        tabIndex={-1}
      >
        {shown === null || width === 0 ? (
          <p className="timeline-empty">{last === null ? '' : t('timeline.empty')}</p>
        ) : (
          <>
            {range === null ? null : (
              <div
                className="timeline-brush"
                style={{ left: scale(range.from), width: Math.max(2, scale(range.to) - scale(range.from)) }}
              />
            )}
            {windows}
            {rows.map(({ key, lane, label, height, body }) => (
              <div key={key} className={`lane ${lane}`} role="group" aria-label={label} style={{ height }}>
                {body}
              </div>
            ))}
            <Axis scale={scale} setting={setting} shown={shown} />
            <TimelineCursor scale={scale} shown={shown} atRef={cursorAt} />
          </>
        )}
      </div>
      <div className="timeline-tools">
        <LockToggle pane="timeline" isShort />
        <span className="zoom-buttons">
          {(['out', 'in'] as const).map((way) => (
            <button
              key={way}
              type="button"
              aria-label={t(`timeline.${way}`)}
              title={`${t(`timeline.${way}`)}\n${t('timeline.keys')}`}
              disabled={shown === null}
              onKeyDown={(event) => {
                if (event.key !== '+' && event.key !== '-') return;
                event.preventDefault();
                zoomBy(event.key === '+' ? 0.5 : 2);
              }}
              onClick={() => zoomBy(way === 'in' ? 0.5 : 2)}
            >
              {way === 'in' ? '+' : '−'}
            </button>
          ))}
        </span>
        {filter.time !== undefined && zoom === null ? (
          <button
            type="button"
            onClick={() => store.setState({ zoom: filter.time ?? null })}
            title={t('timeline.zoom-title')}
          >
            {t('timeline.zoom')}
          </button>
        ) : null}
        {zoom === null ? null : (
          <button
            type="button"
            onClick={() => store.setState({ zoom: null })}
            title={t('timeline.all-title')}
          >
            {t('timeline.all')}
          </button>
        )}
      </div>
    </section>
  );
}

function markText(mark: PlacedMark, setting: ScaleSetting, more: string): string {
  return [scaleText(mark.from, setting, 'second'), mark.label, mark.count > 1 ? more : '']
    .filter((part) => part !== '')
    .join(' · ');
}

function Mark({
  mark,
  isFirst,
  text,
}: {
  readonly mark: PlacedMark;
  readonly isFirst: boolean;
  readonly text: string;
}) {
  const choose = useWindow((state) => state.choose);
  const { target } = mark;
  return (
    <button
      type="button"
      className={`lane-mark ${mark.severity ?? ''}`}
      style={{ left: mark.left, width: mark.width }}
      tabIndex={isFirst ? 0 : -1}
      title={text}
      aria-label={text}
      disabled={target === null}
      onClick={() => {
        const chosen = target === null ? null : targetOf(target);
        if (chosen !== null) choose(chosen, 'timeline');
      }}
    />
  );
}

/** Runs as bars: the colour tells the outcome, a sign repeats it where there is room, stripes mark an overlap. */
function RunBars({
  placed,
  setting,
}: {
  readonly placed: { readonly bars: readonly PlacedBar[]; readonly tracks: number };
  readonly setting: ScaleSetting;
}) {
  const { t } = useLanguage();
  const choose = useWindow((state) => state.choose);
  const chosen = useWindow(({ selection: { target } }) => (target.on === 'run' ? target.id : null));
  const isSingle = placed.tracks === 1;
  return placed.bars.map((bar, index) => {
    const outcome = bar.outcome ?? 'unknown';
    const text = [
      `${scaleText(bar.from, setting, 'second')} – ${bar.isOpen ? '?' : scaleText(bar.to, setting, 'second')}`,
      bar.label,
      t(`status.${outcome}`),
      bar.isOpen ? t('runs.end-untold') : '',
      bar.overlaps ? t('runs.overlaps') : '',
      bar.count > 1 ? t('timeline.more', { count: bar.count - 1 }) : '',
    ]
      .filter((part) => part !== '')
      .join(' · ');
    return (
      <button
        key={bar.run}
        type="button"
        className={`lane-mark run-bar ${outcome} ${bar.overlaps ? 'overlaps' : ''} ${bar.isOpen ? 'open' : ''}`}
        style={{
          left: bar.left,
          width: bar.width,
          ...(isSingle ? {} : { top: 1 + bar.track * (trackHeight + 1), height: trackHeight }),
        }}
        tabIndex={index === 0 ? 0 : -1}
        title={text}
        aria-label={text}
        aria-current={chosen === bar.run}
        onClick={() => choose({ on: 'run', id: bar.run }, 'timeline')}
      >
        {bar.width >= 16 && isSingle ? <span aria-hidden="true">{barSigns[outcome]}</span> : null}
      </button>
    );
  });
}

const barSigns: Readonly<Record<NonNullable<PlacedBar['outcome']>, string>> = {
  succeeded: '✓',
  failed: '!',
  'in-progress': '…',
  'pending-reboot': '↻',
  'not-attempted': '–',
  skipped: '–',
  unknown: '?',
};

/**
 * A maintenance window as a pale band behind the lanes; a line marks where it ends, thinner ones from where
 * certain things are no longer begun.
 */
function MaintenanceWindow({
  window: { from, to, label, cutoffs = [] },
  left,
  right,
  scale,
  width,
  setting,
}: {
  readonly window: TimelineAnswer['windows'][number];
  readonly left: number;
  readonly right: number;
  readonly scale: (time: number) => number;
  readonly width: number;
  readonly setting: ScaleSetting;
}) {
  const { t } = useLanguage();
  if (right < 0 || left > width) return null;
  const start = Math.max(left, 0);
  const end = Math.min(right, width);
  const text = [
    t('timeline.window', {
      name: label,
      from: scaleText(from, setting, 'minute'),
      to: scaleText(to, setting, 'minute'),
    }),
    ...cutoffs.map((cutoff) =>
      t('timeline.cutoff', {
        at: scaleText(cutoff.at, setting, 'minute'),
        what: wordCode(t, 'cutoff', cutoff.name, cutoff.name),
      }),
    ),
  ].join('\n');
  return (
    <div
      className={`timeline-window ${right <= width ? 'ends' : ''}`}
      style={{ left: start, width: Math.max(2, end - start) }}
      role="img"
      aria-label={text}
      title={text}
    >
      {cutoffs.map(({ at, name }) => {
        const place = scale(at);
        return place < start || place > end ? null : <i key={name} style={{ left: place - start }} />;
      })}
    </div>
  );
}

function targetOf({ on, id }: NonNullable<PlacedMark['target']>): Target | null {
  switch (on) {
    case 'finding':
    case 'record':
    case 'run':
      return { on, id };
    case 'moment':
      return { on: 'moment', local: id.slice(0, 19), offset: id.length > 19 ? id.slice(19) : null };
    case 'line': {
      const colon = id.lastIndexOf(':');
      const line = Number(id.slice(colon + 1));
      return colon > 0 && Number.isInteger(line) ? { on: 'line', member: id.slice(0, colon), line } : null;
    }
  }
}

/** Where in time the matches of the search lie; a press goes to the first one from there on. */
function MatchTicks({
  matches,
  range,
  width,
  setting,
}: {
  readonly matches: string;
  readonly range: Extent;
  readonly width: number;
  readonly setting: ScaleSetting;
}) {
  const { t, number } = useLanguage();
  const client = useEvidence();
  const store = useMatchStore();
  const choose = useWindow((state) => state.choose);
  const buckets = Math.max(1, Math.min(4096, Math.floor(width / 2)));
  const { last, asked } = useAnswer('matchTimes', { matches, range, buckets }, 0);
  const counts = last ?? [];
  const total = counts.reduce((sum, count) => sum + count, 0);
  const path = useMemo(
    () => (last ?? []).map((count, index) => (count === 0 ? '' : `M${index} 1h1v11h-1z`)).join(''),
    [last],
  );
  const counted = asked?.range ?? range;
  const zoomedBy = (counted.to - counted.from) / (range.to - range.from);
  const left = ((counted.from - range.from) / (range.to - range.from)) * width;
  const stretch = (zoomedBy * width) / Math.max(1, counts.length);
  const text = t('timeline.matches', {
    count: total,
    shown: number(total),
    at: scaleText((range.from + range.to) / 2, setting, 'minute'),
  });
  const goTo = (share: number): void => {
    const time = range.from + share * (range.to - range.from) - ((range.to - range.from) / width) * 3;
    client.request('stepMatch', { matches, among: 'lines', view: null, from: null, time, step: 1 }).then(
      (next) => {
        if (next === null) return;
        store.setState({ at: { index: next.index, total: next.total } });
        choose(next.target, 'timeline');
      },
      (error: unknown) => {
        if (!isCancelled(error)) console.error(error);
      },
    );
  };
  return (
    <button
      type="button"
      className="match-lane"
      aria-label={text}
      onClick={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        // Pressed by a key there is no place: the first match in sight is meant.
        goTo(event.detail === 0 ? 0 : (event.clientX - box.left) / Math.max(1, box.width));
      }}
    >
      <svg width={width} height={laneHeight} aria-hidden="true">
        <path
          className="match-ticks"
          d={path}
          transform={`translate(${left} 0) scale(${stretch} 1)`}
          shapeRendering="crispEdges"
        />
      </svg>
    </button>
  );
}

/**
 * The density of lines between two places of the strip, which may lie out of sight. Its outline is made once for an
 * answer; zooming and moving only stretch it.
 */
function Density({
  density,
  left,
  right,
  width,
}: {
  readonly density: TimelineAnswer['density'];
  readonly left: number;
  readonly right: number;
  readonly width: number;
}) {
  const { lines, errors } = useMemo(() => {
    const most = density.lines.reduce((top, count) => Math.max(top, count), 0);
    const path = (counts: readonly number[]): string =>
      densityPath(counts, most, Math.max(1, counts.length), laneHeight);
    return { lines: path(density.lines), errors: path(density.errors) };
  }, [density]);
  const stretch = Math.max(0, right - left) / Math.max(1, density.lines.length);
  return (
    // Edges stand on whole device pixels, also at a scale between two whole ones.
    <svg width={width} height={laneHeight} shapeRendering="crispEdges" aria-hidden="true">
      <g transform={`translate(${left} 0) scale(${stretch} 1)`}>
        <path className="density-lines" d={lines} />
        <path className="density-errors" d={errors} />
      </g>
    </svg>
  );
}

const minute = 60_000;
const day = 1_440 * minute;

const Axis = memo(function Axis({
  scale,
  setting,
  shown,
}: {
  readonly scale: ReturnType<typeof scaleUtc<number>>;
  readonly setting: ScaleSetting;
  readonly shown: Extent;
}) {
  const span = shown.to - shown.from;
  const [left = 0, right = 0] = scale.range();
  const ticks = scale.ticks(Math.max(2, Math.floor((right - left) / 130)));
  return (
    <div className="timeline-axis" aria-hidden="true">
      {ticks.map((tick) => {
        const x = scale(tick);
        if (x < left + 18 || x > right - 18) return null;
        return (
          <span key={tick.getTime()} style={{ left: x }}>
            {tickText(tick.getTime(), span, setting)}
          </span>
        );
      })}
    </div>
  );
});

function tickText(at: number, span: number, setting: ScaleSetting): string {
  if (span > 400 * day) return scaleText(at, setting, 'day').slice(0, 7);
  if (span > 4 * day) return scaleText(at, setting, 'day').slice(5);
  if (span > 10 * minute) return scaleText(at, setting, 'minute').slice(5);
  return scaleText(at, setting, 'second').slice(11);
}

type LaneMark = TimelineAnswer['lanes'][number]['marks'][number];

/** The analyst's notes and verdicts, where what they are about stands in time. */
function useNoteMarks(): readonly LaneMark[] {
  const { t } = useLanguage();
  const annotations = useAnnotations();
  const revision = useWindow((state) => state.revision);
  const targets = annotations.map(({ target }) => target);
  const { last } = useAnswer('notePlaces', targets.length === 0 ? null : { targets }, revision);
  return useMemo(
    () =>
      annotations.flatMap(({ note, verdict, tags }, index) => {
        const place = last?.[index] ?? null;
        if (place === null) return [];
        const [firstLine = ''] = note.trim().split('\n');
        const label = [verdict === 'open' ? '' : t(`verdict.${verdict}`), firstLine, tags.join(', ')]
          .filter((part) => part !== '')
          .join(' · ');
        return [{ from: place.at, to: place.at, count: 1, severity: null, target: place.target, label }];
      }),
    [annotations, last, t],
  );
}

/** The line of the selection's moment: a part of its own, so that nothing else of the strip is drawn when it moves. */
function TimelineCursor({
  scale,
  shown,
  atRef,
}: {
  readonly scale: (time: number) => number;
  readonly shown: Extent;
  /** Is told where it stands, for what zooms around it. */
  readonly atRef: RefObject<number | null>;
}) {
  const cursor = useCursor();
  const place = cursor?.at ?? null;
  useEffect(() => {
    atRef.current = place;
    return () => {
      atRef.current = null;
    };
  }, [atRef, place]);
  if (cursor === null || cursor.at < shown.from || cursor.at > shown.to) return null;
  return (
    <div
      className="timeline-cursor"
      style={{ transform: `translateX(${scale(cursor.at)}px)` }}
      title={cursor.text}
    />
  );
}

/** The moment of the selection on the timeline's scale, unless the strip is locked. */
function useCursor(): { readonly at: number; readonly text: string } | null {
  const { anchor } = useFocus();
  const isLocked = useWindow((state) => state.locks.timeline);
  const settings = useWindow((state) => state.settings);
  const placementOffset = usePlacementOffset();
  const [kept, setKept] = useState<MomentView | null>(null);
  const step = anchor === null ? null : timelineStep(anchor, isLocked);
  if (step?.to === 'moment' && step.at !== kept) setKept(step.at);
  const isHeld = step?.to === 'stay' && step.why === 'locked';
  const at = step?.to === 'moment' ? step.at : isHeld ? kept : null;
  if (at === null) return null;
  return {
    at: scaleOf(at, placementOffset),
    text: momentText(at, { mode: settings.times, zone: settings.zone }),
  };
}

function cursorIn(cursor: number | null, { from, to }: Extent): number {
  return cursor !== null && cursor > from && cursor < to ? cursor : (from + to) / 2;
}

/** A little room on either side, so that marks at the ends are whole. */
function widened(extent: Extent | null): Extent | null {
  if (extent === null) return null;
  const room = Math.max((extent.to - extent.from) * 0.015, minute);
  return { from: extent.from - room, to: extent.to + room };
}

function xOf(event: PointerEvent<HTMLDivElement> | WheelEvent<HTMLDivElement>): number {
  return event.clientX - event.currentTarget.getBoundingClientRect().left;
}

/** Arrow keys walk the marks: left and right within a lane, up and down between lanes. */
function moveAmongMarks(event: KeyboardEvent<HTMLDivElement>): void {
  const mark = event.target as HTMLElement;
  if (!mark.classList.contains('lane-mark')) return;
  const lane = mark.parentElement;
  let next: Element | null | undefined;
  switch (event.key) {
    case 'ArrowLeft':
      next = mark.previousElementSibling;
      break;
    case 'ArrowRight':
      next = mark.nextElementSibling;
      break;
    case 'ArrowUp':
      next = neighbour(lane, 'previousElementSibling');
      break;
    case 'ArrowDown':
      next = neighbour(lane, 'nextElementSibling');
      break;
    default:
      return;
  }
  event.preventDefault();
  if (next instanceof HTMLElement) next.focus();
}

function neighbour(
  lane: Element | null,
  way: 'previousElementSibling' | 'nextElementSibling',
): Element | null {
  for (let other = lane?.[way] ?? null; other !== null; other = other[way]) {
    const first = other.querySelector('.lane-mark');
    if (first !== null) return first;
  }
  return null;
}

function useWidth(): readonly [(element: HTMLDivElement | null) => void, number] {
  const [element, setElement] = useState<HTMLDivElement | null>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (element === null) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) setWidth(Math.floor(entry.contentRect.width));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [element]);
  return [setElement, width];
}
