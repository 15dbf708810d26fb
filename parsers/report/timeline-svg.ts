import { formatOffset } from '../domain/moment.ts';
import type { DeploymentStatus } from '../domain/evidence.ts';
import type { Severity } from '../domain/finding.ts';
import { timelineParts } from './report-timeline.ts';
import type { ReportTimeline, TimelineLane, TimelineLaneName, TimelineRun } from './report-timeline.ts';
import type { ReportWords } from './report-words.ts';
import { escapeHtml } from './visible-text.ts';

/** Units of the drawing; it is scaled to the width of the page. */
const width = 640;
const left = 106;
const right = 636;
const laneHeight = 22;
const runHeight = 7;
const partWidth = (right - left) / timelineParts;

const tones: Readonly<Record<Severity, string>> = {
  critical: '#b3202c',
  high: '#b4530a',
  medium: '#7d6000',
  info: '#3b5b8c',
};

/** Everything with a time on one scale: a row for each kind of thing, runs and their windows above them. */
export function timelinePicture(timeline: ReportTimeline, words: ReportWords): string {
  const runRows = timeline.runs.reduce((most, { row }) => Math.max(most, row + 1), 0);
  const runsTop = 24;
  const runsHeight = runRows === 0 ? 0 : runRows * (runHeight + 2) + 8;
  const lanes = timeline.lanes.filter(({ total }) => total > 0);
  const hasErrors = timeline.errors.some((count) => count > 0);
  const lanesTop = runsTop + runsHeight;
  const errorsTop = lanesTop + lanes.length * laneHeight;
  const bottom = errorsTop + (hasErrors ? laneHeight : 0);
  const label = escapeHtml(labelOf(timeline, lanes, words));
  return [
    `<svg class="picture timeline" viewBox="0 0 ${width} ${bottom + 6}" role="img" aria-label="${label}"><title>${label}</title>`,
    // Maintenance windows are hatched: a ground alone would be lost in print.
    '<defs><pattern id="window-hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0v5" stroke="#9bb7b7" stroke-width="1.1"/></pattern></defs>',
    windowBands(timeline, bottom),
    axis(timeline, bottom),
    runRows === 0 ? '' : runBars(timeline, runsTop + 4, runsHeight, words),
    ...lanes.map((lane, at) => laneRow(lane, lanesTop + at * laneHeight, words)),
    hasErrors ? errorRow(timeline, errorsTop, words) : '',
    '</svg>',
  ].join('');
}

function labelOf(timeline: ReportTimeline, lanes: readonly TimelineLane[], words: ReportWords): string {
  const what = [
    ...lanes.map(({ lane, total }) => `${words.text(`timeline.lane.${lane}`)} ${words.number(total)}`),
    ...(timeline.runs.length === 0
      ? []
      : [`${words.text('timeline.lane.runs')} ${words.number(timeline.runs.length)}`]),
  ];
  const from = dayText(timeline.from, timeline.offset);
  const to = dayText(timeline.to, timeline.offset);
  return words.text('timeline.title', { from, to, what: words.list(what) });
}

function placeOf({ from, to }: ReportTimeline, scale: number): number {
  const share = Math.min(1, Math.max(0, (scale - from) / (to - from)));
  return round(left + (right - left) * share);
}

function windowBands(timeline: ReportTimeline, bottom: number): string {
  return timeline.windows
    .map(({ from, to }) => {
      const x = placeOf(timeline, from);
      const wide = Math.max(1, placeOf(timeline, to) - x);
      return `<rect x="${x}" y="20" width="${round(wide)}" height="${bottom - 20}" fill="url(#window-hatch)" fill-opacity="0.45"/><path d="M${x} 20v${bottom - 20}M${round(x + wide)} 20v${bottom - 20}" stroke="#9bb7b7" stroke-width="0.6"/>`;
    })
    .join('');
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const steps = [
  minute,
  5 * minute,
  15 * minute,
  30 * minute,
  hour,
  3 * hour,
  6 * hour,
  12 * hour,
  day,
  2 * day,
  7 * day,
  14 * day,
  28 * day,
  91 * day,
  182 * day,
  365 * day,
  1_826 * day,
  3_652 * day,
];
const mostTicks = 8;

/** Labels show the date where it changes and the time of day where the step is shorter than a day. */
function axis(timeline: ReportTimeline, bottom: number): string {
  const { from, to, offset } = timeline;
  const step = steps.find((one) => (to - from) / one <= mostTicks) ?? to - from;
  const shift = offset * minute;
  const ticks: string[] = [];
  let lastDay = '';
  for (let local = Math.ceil((from + shift) / step) * step; local <= to + shift; local += step) {
    const x = placeOf(timeline, local - shift);
    const iso = new Date(local).toISOString();
    const date = iso.slice(0, 10);
    const text = step >= day ? date : date === lastDay ? iso.slice(11, 16) : `${date} ${iso.slice(11, 16)}`;
    lastDay = date;
    const anchor = x > right - 40 ? 'end' : x < left + 24 ? 'start' : 'middle';
    ticks.push(
      `<path d="M${x} 17v${bottom - 17}" stroke="#e3e6eb" stroke-width="0.7"/><text class="tick" x="${x}" y="12" text-anchor="${anchor}">${text}</text>`,
    );
  }
  return `${ticks.join('')}<path d="M${left} 20h${right - left}" stroke="#687084" stroke-width="0.8"/>`;
}

function dayText(scale: number, offset: number): string {
  return `${new Date(scale + offset * minute).toISOString().slice(0, 16).replace('T', ' ')} ${formatOffset(offset)}`;
}

function laneName(text: string, total: number, y: number, words: ReportWords): string {
  return `<text x="0" y="${y}">${escapeHtml(text)}</text><text class="total" x="${left - 8}" y="${y}" text-anchor="end">${words.number(total)}</text>`;
}

function laneRow({ lane, total, marks }: TimelineLane, top: number, words: ReportWords): string {
  const base = top + laneHeight - 3;
  const most = Math.max(1, ...marks.map(({ count }) => count));
  const shapes = marks.map(({ part, count, severity }) => {
    const x = left + (part + 0.5) * partWidth;
    return laneMark(lane, x, base, count, most, severity);
  });
  return [
    `<path d="M0 ${base + 1.5}h${right}" stroke="#e3e6eb" stroke-width="0.7"/>`,
    laneName(words.text(`timeline.lane.${lane}`), total, base - 3, words),
    ...shapes,
  ].join('');
}

/** Each lane has a shape of its own; a column is the higher the more it stands for. */
function laneMark(
  lane: TimelineLaneName,
  x: number,
  base: number,
  count: number,
  most: number,
  severity: Severity | null,
): string {
  const share = most === 1 ? 1 : Math.log(1 + count) / Math.log(1 + most);
  const height = round(4 + 11 * share);
  switch (lane) {
    case 'detections':
    case 'deployments': {
      const tone = severity === null ? '#9aa2b1' : tones[severity];
      const bar = `<rect x="${round(x - 1.1)}" y="${round(base - height)}" width="2.2" height="${height}" fill="${tone}"/>`;
      // A dot on top says that a finding speaks of it, where the colour cannot be seen.
      return severity === null
        ? bar
        : `${bar}<circle cx="${round(x)}" cy="${round(base - height)}" r="1.9" fill="${tone}"/>`;
    }
    case 'reboots':
      return `<path d="M${round(x)} ${base - 12}l3.4 5h-2.2v6h-2.4v-6h-2.2z" fill="#4a5162"/>`;
    case 'findings': {
      const tone = severity === null ? '#4a5162' : tones[severity];
      const half = round(2.4 + 2 * share);
      return `<path d="M${round(x)} ${base - 7 - half}l${half} ${half}l-${half} ${half}l-${half} -${half}z" fill="${severity === 'info' ? '#fff' : tone}" stroke="${tone}" stroke-width="1"/>`;
    }
    case 'notes':
      return `<path d="M${round(x - 3)} ${base - 13}h6v8h-3.4l-2.6 3z" fill="#fff" stroke="#0f6b6b" stroke-width="1.1"/>`;
  }
}

function errorRow({ errors }: ReportTimeline, top: number, words: ReportWords): string {
  const base = top + laneHeight - 3;
  const most = Math.max(...errors);
  const path = errors
    .map((count, part) => {
      if (count === 0) return '';
      const height = round(2 + 13 * (Math.log(1 + count) / Math.log(1 + most)));
      return `M${round(left + part * partWidth)} ${base}v-${height}h${round(partWidth)}v${height}z`;
    })
    .join('');
  const total = errors.reduce((sum, count) => sum + count, 0);
  return [
    `<path d="M0 ${base + 1.5}h${right}" stroke="#e3e6eb" stroke-width="0.7"/>`,
    laneName(words.text('timeline.lane.errors'), total, base - 3, words),
    `<path d="${path}" fill="#b3202c"/>`,
  ].join('');
}

/** Outcomes differ by their filling: full, empty, crossed out. */
function runBars(timeline: ReportTimeline, top: number, height: number, words: ReportWords): string {
  const bars = timeline.runs.map((run) => runBar(timeline, run, top + run.row * (runHeight + 2)));
  return [
    laneName(words.text('timeline.lane.runs'), timeline.runs.length, top + 8, words),
    ...bars,
    `<path d="M0 ${top + height - 6}h${right}" stroke="#e3e6eb" stroke-width="0.7"/>`,
  ].join('');
}

function runBar(timeline: ReportTimeline, run: TimelineRun, y: number): string {
  const x = placeOf(timeline, run.from);
  const wide = round(Math.max(2.4, placeOf(timeline, run.to) - x));
  const { fill, stroke, crossed } = barLook(run.outcome);
  const dashes = run.isOpen ? ' stroke-dasharray="2 1.4"' : '';
  const bar = `<rect x="${x}" y="${y}" width="${wide}" height="${runHeight}" rx="1.2" fill="${fill}" stroke="${stroke}" stroke-width="0.9"${dashes}/>`;
  if (!crossed) return bar;
  const middle = round(x + wide / 2);
  return `${bar}<path d="M${round(middle - 2)} ${y + 1.5}l4 4m0 -4l-4 4" stroke="#fff" stroke-width="1.1"/>`;
}

function barLook(outcome: DeploymentStatus | null): {
  readonly fill: string;
  readonly stroke: string;
  readonly crossed: boolean;
} {
  switch (outcome) {
    case 'succeeded':
      return { fill: '#cfe9d8', stroke: '#1f7a45', crossed: false };
    case 'failed':
      return { fill: '#b3202c', stroke: '#b3202c', crossed: true };
    case 'pending-reboot':
    case 'in-progress':
      return { fill: '#d3e0f2', stroke: '#3b5b8c', crossed: false };
    case 'not-attempted':
    case 'skipped':
    case 'unknown':
    case null:
      return { fill: '#ffffff', stroke: '#687084', crossed: false };
  }
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
