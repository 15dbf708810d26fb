import type { PatchState } from '../domain/patch-state.ts';
import type { MatrixMark, ReportMatrix } from './report-matrix.ts';
import type { ReportWords } from './report-words.ts';
import { escapeHtml, visibleText } from './visible-text.ts';

/** Units of the drawing; it is scaled to the width of the page (640 units are some 180 mm). */
const width = 640;
const cell = 16;
const names = 128;
const headings = 128;
const columnsOfBlock = (width - names) / cell;
const rowsOfBlock = 36;
/** Characters of a name that fit beside a row and above a column; an ideograph counts for two. */
const rowName = 22;
const columnName = 23;

/** How a state is drawn: its ground and its ink, told apart without colour by the sign. */
const looks: Readonly<Record<PatchState, { readonly ground: string; readonly ink: string }>> = {
  none: { ground: '#ffffff', ink: '#ffffff' },
  patched: { ground: '#e3f3e8', ink: '#1f7a45' },
  deployed: { ground: '#e2f1f0', ink: '#0f6b6b' },
  'not-patched': { ground: '#f7c99b', ink: '#5f2b03' },
  failed: { ground: '#b3202c', ink: '#ffffff' },
  'pending-reboot': { ground: '#d3e0f2', ink: '#2a456d' },
  'in-progress': { ground: '#eaf0f8', ink: '#3b5b8c' },
  'not-applicable': { ground: '#f4f5f7', ink: '#687084' },
  unknown: { ground: '#f4f5f7', ink: '#4a5162' },
  mixed: { ground: '#f5e6a6', ink: '#5e4b00' },
};

/** Strokes of a sign: where each begins within its cell, and how it goes on from there. */
type Sign = readonly (readonly [x: number, y: number, path: string])[];

const signs: Readonly<Record<PatchState, Sign>> = {
  none: [],
  patched: [[4.4, 8.3, 'l2.5 2.7l4.7 -6']],
  deployed: [
    [8, 4, 'v7.4'],
    [5, 8.6, 'l3 3l3 -3'],
  ],
  'not-patched': [
    [8, 3.8, 'v5.2'],
    [8, 11.6, 'v.5'],
  ],
  failed: [
    [5, 5, 'l6 6'],
    [11, 5, 'l-6 6'],
  ],
  'pending-reboot': [
    [11.3, 6, 'a3.8 3.8 0 1 0 .5 2.6'],
    [11.8, 3.4, 'v2.8h-2.8'],
  ],
  'in-progress': [
    [4.4, 8, 'h.4'],
    [7.8, 8, 'h.4'],
    [11.2, 8, 'h.4'],
  ],
  'not-applicable': [[5, 8, 'h6']],
  unknown: [
    [6, 6.2, 'a2 2 0 1 1 2.9 1.8c-.7 .4 -.9 .8 -.9 1.5'],
    [8, 11.8, 'v.4'],
  ],
  mixed: [
    [8, 3.8, 'v5.4'],
    [5.3, 6.5, 'h5.4'],
    [5.3, 11.6, 'h5.4'],
  ],
};

/** The matrix in pictures that fit a page, side by side first, then further down, each with its own headings. */
export function matrixPictures(matrix: ReportMatrix, words: ReportWords): readonly string[] {
  const pictures: string[] = [];
  for (let row = 0; row < matrix.devices.length; row += rowsOfBlock) {
    for (let column = 0; column < matrix.patches.length; column += columnsOfBlock) {
      pictures.push(
        picture(
          matrix,
          {
            row,
            column,
            rows: Math.min(rowsOfBlock, matrix.devices.length - row),
            columns: Math.min(columnsOfBlock, matrix.patches.length - column),
          },
          words,
        ),
      );
    }
  }
  return pictures;
}

/** Names that the pictures show shortened, in full. */
export function shortenedNames({ devices, patches }: ReportMatrix): readonly string[] {
  return [
    ...devices.filter((name) => isLonger(visibleText(name), rowName)),
    ...patches.filter((name) => isLonger(visibleText(name), columnName)),
  ];
}

/** One cell by itself, for the explanation of the signs. */
export function matrixSign(state: PatchState): string {
  return smallPicture(`${ground([[0, 0]], state)}${ink([[0, 0]], state)}`);
}

/** Strokes of signs in a line of text, in the colour of that text. */
const textSigns = {
  good: 'M4 8.4l2.7 2.9l5.3 -6.6',
  bad: 'M4.5 4.5l7 7M11.5 4.5l-7 7',
  part: 'M8 3.4a4.6 4.6 0 1 0 0 9.2a4.6 4.6 0 1 0 0 -9.2M8 3.4v9.2M6.2 4v8',
  told: 'M7.7 8h.6',
  untold: 'M5.8 6a2.2 2.2 0 1 1 3.2 2c-.8 .4 -1 .9 -1 1.6M8 12v.4',
} as const;

/** A sign before a word that says the same. */
export function textSign(sign: keyof typeof textSigns): string {
  return `<svg class="text-sign" viewBox="0 0 16 16" aria-hidden="true"><path d="${textSigns[sign]}" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/></svg>`;
}

/** How cells that findings cite are marked, for the explanation of the signs. */
export function matrixMarkSign(kind: 'contradiction' | 'other'): string {
  const frame = `<rect x="0.5" y="0.5" width="15" height="15" fill="#fff" stroke="#cfd4dc"/>`;
  return smallPicture(`${frame}${markShape(0, 0, kind === 'contradiction')}`);
}

function smallPicture(content: string): string {
  return `<svg class="cell-sign" viewBox="0 0 16 16" aria-hidden="true">${content}</svg>`;
}

interface Block {
  readonly row: number;
  readonly column: number;
  readonly rows: number;
  readonly columns: number;
}

function picture(matrix: ReportMatrix, block: Block, words: ReportWords): string {
  const { row, column, rows, columns } = block;
  const height = headings + rows * cell + 2;
  const places = new Map<PatchState, [number, number][]>();
  for (let at = 0; at < rows; at += 1) {
    const states = matrix.states[row + at] ?? [];
    for (let across = 0; across < columns; across += 1) {
      const state = states[column + across] ?? 'none';
      const list = places.get(state);
      const place: [number, number] = [names + across * cell, headings + at * cell];
      if (list === undefined) places.set(state, [place]);
      else list.push(place);
    }
  }
  const drawn = [...places].sort(([a], [b]) => (a < b ? -1 : 1));
  const title = words.text('matrix.title', { devices: rows, patches: columns });
  const description = words.list(
    drawn
      .filter(([state]) => state !== 'none')
      .map(([state, list]) => `${words.patchState(state)} ${words.number(list.length)}`),
  );
  const label = escapeHtml(`${title}: ${description}`);
  return [
    `<svg class="picture matrix" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}"><title>${label}</title>`,
    columnHeadings(matrix, block),
    rowHeadings(matrix, block),
    ...drawn.map(([state, list]) => (state === 'none' ? '' : ground(list, state))),
    grid(block),
    ...drawn.map(([state, list]) => ink(list, state)),
    marks(matrix, block, words),
    '</svg>',
  ].join('');
}

function ground(places: readonly (readonly [number, number])[], state: PatchState): string {
  const path = places.map(([x, y]) => `M${x} ${y}h${cell}v${cell}h-${cell}z`).join('');
  return `<path d="${path}" fill="${looks[state].ground}"/>`;
}

function ink(places: readonly (readonly [number, number])[], state: PatchState): string {
  const sign = signs[state];
  if (sign.length === 0) return '';
  const path = places
    .map(([x, y]) => sign.map(([dx, dy, rest]) => `M${round(x + dx)} ${round(y + dy)}${rest}`).join(''))
    .join('');
  return `<path d="${path}" fill="none" stroke="${looks[state].ink}" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round"/>`;
}

function grid({ rows, columns }: Block): string {
  let path = '';
  for (let at = 0; at <= rows; at += 1) path += `M${names} ${headings + at * cell}h${columns * cell}`;
  for (let at = 0; at <= columns; at += 1) path += `M${names + at * cell} ${headings}v${rows * cell}`;
  return `<path d="${path}" fill="none" stroke="#cfd4dc" stroke-width="0.5"/>`;
}

function rowHeadings({ devices }: ReportMatrix, { row, rows }: Block): string {
  return devices
    .slice(row, row + rows)
    .map((name, at) => {
      const y = headings + at * cell + 11.4;
      return `<text x="${names - 6}" y="${y}" text-anchor="end">${escapeHtml(shortened(visibleText(name), rowName))}</text>`;
    })
    .join('');
}

function columnHeadings({ patches }: ReportMatrix, { column, columns }: Block): string {
  return patches
    .slice(column, column + columns)
    .map((name, across) => {
      const x = names + across * cell + 11;
      const y = headings - 5;
      return `<text x="${x}" y="${y}" transform="rotate(-90 ${x} ${y})">${escapeHtml(shortened(visibleText(name), columnName))}</text>`;
    })
    .join('');
}

function marks(
  { marks: all }: ReportMatrix,
  { row, column, rows, columns }: Block,
  words: ReportWords,
): string {
  const inside = (mark: MatrixMark): boolean =>
    mark.row >= row && mark.row < row + rows && mark.column >= column && mark.column < column + columns;
  return all
    .filter(inside)
    .map((mark) => {
      const x = names + (mark.column - column) * cell;
      const y = headings + (mark.row - row) * cell;
      const title = escapeHtml(words.text('matrix.mark', { number: mark.finding }));
      return `<a href="#finding-${mark.finding}"><title>${title}</title>${markShape(x, y, mark.kind === 'contradiction')}<rect x="${x}" y="${y}" width="${cell}" height="${cell}" fill="#fff" fill-opacity="0"/></a>`;
    })
    .join('');
}

/** A corner for every finding; a frame besides for a contradiction. */
function markShape(x: number, y: number, isContradiction: boolean): string {
  const corner = `<path d="M${x + cell} ${y}v5.6l-5.6 -5.6z" fill="#171a21"/>`;
  return isContradiction
    ? `${corner}<rect x="${x + 0.8}" y="${y + 0.8}" width="${cell - 1.6}" height="${cell - 1.6}" fill="none" stroke="#171a21" stroke-width="1.6"/>`
    : corner;
}

function isWide(character: string): boolean {
  return (character.codePointAt(0) ?? 0) > 0x2e7f;
}

function lengthOf(text: string): number {
  let length = 0;
  for (const character of text) length += isWide(character) ? 1.8 : 1;
  return length;
}

function isLonger(text: string, most: number): boolean {
  return lengthOf(text) > most;
}

/** Names differ at their ends as often as at their beginnings: the middle goes. */
function shortened(text: string, most: number): string {
  if (!isLonger(text, most)) return text;
  const characters = Array.from(text);
  const head = fitting(characters, (most - 1) * 0.6);
  const tail = fitting([...characters].reverse(), (most - 1) * 0.4).reverse();
  return `${head.join('')}…${tail.join('')}`;
}

function fitting(characters: readonly string[], most: number): string[] {
  const kept: string[] = [];
  let length = 0;
  for (const character of characters) {
    length += isWide(character) ? 1.8 : 1;
    if (length > most) break;
    kept.push(character);
  }
  return kept;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
