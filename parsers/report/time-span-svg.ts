import { escapeHtml } from './visible-text.ts';
import type { TimeSpan } from './report-model.ts';
import type { ReportWords } from './report-words.ts';

/** Units of the drawing; it is scaled to the width of the page. */
const width = 640;
const left = 92;
const right = 548;
const rowHeight = 13;

interface Placed {
  readonly x: number;
  /** Middle of the label: moved inwards where it would be cut at the edge. */
  readonly labelX: number;
  readonly row: number;
  readonly text: string;
}

/** The times of a finding's witnesses on one line, true to scale, with the distance between first and last. */
export function timeSpanSvg(span: TimeSpan, words: ReportWords): string {
  const placed = placeLabels(span);
  const rows = Math.max(...placed.map((mark) => mark.row)) + 1;
  const axis = 9 + rows * rowHeight;
  const height = axis + 21;
  const [first, last] = [placed[0], placed[placed.length - 1]];
  if (first === undefined || last === undefined) return '';
  const title = words.text('time.span.title', {
    times: words.list(span.marks.map((mark) => `${mark.time} ${mark.label}`)),
    distance: span.apart,
  });
  const dots = placed.map(({ x }, index) => dot(x, axis, index, placed.length)).join('');
  const stems = placed
    .filter(({ row }) => row > 0)
    .map(({ x, row }) => {
      const top = axis - 6 - row * rowHeight;
      return `<line x1="${x}" x2="${x}" y1="${top}" y2="${axis - 5}" stroke="#cfd4dc" stroke-width="0.7"/>`;
    })
    .join('');
  const labels = placed
    .map(({ labelX, row, text }) => {
      const y = axis - 9 - row * rowHeight;
      return `<text x="${labelX}" y="${y}" text-anchor="middle">${escapeHtml(text)}</text>`;
    })
    .join('');
  const middle = (first.x + last.x) / 2;
  return [
    `<svg class="span" role="img" viewBox="0 0 ${width} ${height}" aria-label="${escapeHtml(title)}">`,
    `<line x1="20" x2="${width - 20}" y1="${axis}" y2="${axis}" stroke="#cfd4dc" stroke-width="1"/>`,
    `<line x1="${first.x}" x2="${last.x}" y1="${axis}" y2="${axis}" stroke="#171a21" stroke-width="1.3" stroke-dasharray="3 2"/>`,
    `${stems}${dots}${labels}`,
    `<text class="apart" x="${middle}" y="${axis + 16}" text-anchor="middle">${escapeHtml(span.apart)}</text>`,
    '</svg>',
  ].join('');
}

/** The first is a disc, the last a ring, those between are small: told apart without their colour. */
function dot(x: number, axis: number, index: number, count: number): string {
  if (index === 0) return `<circle cx="${x}" cy="${axis}" r="4.6" fill="#b4530a"/>`;
  if (index === count - 1) {
    return `<circle cx="${x}" cy="${axis}" r="3.7" fill="#fff" stroke="#0f6b6b" stroke-width="2"/>`;
  }
  return `<circle cx="${x}" cy="${axis}" r="3" fill="#4a5162"/>`;
}

/** Labels that would meet climb to a row of their own. */
function placeLabels(span: TimeSpan): readonly Placed[] {
  const ends: number[] = [];
  return span.marks.map((mark) => {
    const x = Math.round((left + ((right - left) * mark.offset) / span.length) * 10) / 10;
    const text = `${mark.time} · ${mark.label}`;
    const half = textWidth(text) / 2;
    const labelX =
      Math.round(Math.min(Math.max(x, half + 2), Math.max(half + 2, width - half - 2)) * 10) / 10;
    let row = ends.findIndex((end) => labelX - half > end + 8);
    if (row < 0) row = ends.length;
    ends[row] = labelX + half;
    return { x, labelX, row, text };
  });
}

/** Roughly, at 9.2 units of height: enough to keep labels apart. */
function textWidth(text: string): number {
  let sum = 0;
  for (const character of text) sum += (character.codePointAt(0) ?? 0) > 0x2e7f ? 9.2 : 5.3;
  return sum;
}
