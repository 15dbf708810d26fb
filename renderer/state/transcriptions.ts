/** Rows that the analyst writes down from pictures, as an immutable list with a way back. Pure. */
import type { PictureRegion, TranscribedCells, Transcription } from '../../parsers/domain/transcription.ts';

/** What the form holds before it is saved. */
export interface TranscriptionDraft {
  /** Of the row that is being edited; null for a new one. */
  readonly id: string | null;
  readonly region: PictureRegion;
  readonly cells: TranscribedCells;
}

export const noCells: TranscribedCells = {
  device: '',
  patch: '',
  detectionStatus: '',
  detectionDate: '',
  deployStatus: '',
  deployDate: '',
  exitCode: '',
  attempts: '',
};

export const noRegion: PictureRegion = { x: 0, y: 0, width: 0, height: 0 };

export const emptyDraft: TranscriptionDraft = { id: null, region: noRegion, cells: noCells };

interface Point {
  readonly x: number;
  readonly y: number;
}

/** The region between two points of a picture, in whole pixels inside it. */
export function regionBetween(
  a: Point,
  b: Point,
  size: { readonly width: number; readonly height: number },
): PictureRegion {
  const [left, right] = span(a.x, b.x, size.width);
  const [top, bottom] = span(a.y, b.y, size.height);
  return { x: left, y: top, width: right - left, height: bottom - top };
}

function span(a: number, b: number, most: number): readonly [number, number] {
  const within = (value: number): number => Math.min(most, Math.max(0, Math.round(value)));
  return [within(Math.min(a, b)), within(Math.max(a, b))];
}

/** What keeps a draft from being saved; null when nothing does. */
export function flawOf({ region, cells }: TranscriptionDraft): 'needs-region' | 'needs-patch' | null {
  if (region.width === 0 || region.height === 0) return 'needs-region';
  return cells.device.trim() === '' || cells.patch.trim() === '' ? 'needs-patch' : null;
}

export interface TranscriptionStamp {
  readonly author: string;
  /** ISO 8601 with offset. */
  readonly now: string;
  /** An id for a new row. */
  readonly id: string;
}

/** The list with a draft saved into it: a new row at its end, an edited one in its place. */
export function transcribed(
  rows: readonly Transcription[],
  member: string,
  draft: TranscriptionDraft,
  stamp: TranscriptionStamp,
): readonly Transcription[] {
  const before = rows.find((row) => row.id === draft.id);
  const after: Transcription = {
    id: before?.id ?? stamp.id,
    member,
    region: draft.region,
    cells: draft.cells,
    author: stamp.author,
    createdAt: before?.createdAt ?? stamp.now,
    changedAt: stamp.now,
  };
  return before === undefined ? [...rows, after] : rows.map((row) => (row === before ? after : row));
}
