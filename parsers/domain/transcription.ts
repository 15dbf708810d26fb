/** A rectangle of a picture, in its own pixels from the upper left corner. */
export interface PictureRegion {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The cells of a transcribed row, as they stand in the picture; '' where the picture has none. */
export interface TranscribedCells {
  readonly device: string;
  readonly patch: string;
  readonly detectionStatus: string;
  readonly detectionDate: string;
  readonly deployStatus: string;
  readonly deployDate: string;
  readonly exitCode: string;
  readonly attempts: string;
}

export const transcribedFields = [
  'device',
  'patch',
  'detectionStatus',
  'detectionDate',
  'deployStatus',
  'deployDate',
  'exitCode',
  'attempts',
] as const satisfies readonly (keyof TranscribedCells)[];

/** A row of a picture that the analyst wrote down. */
export interface Transcription {
  readonly id: string;
  /** The picture. */
  readonly member: string;
  readonly region: PictureRegion;
  readonly cells: TranscribedCells;
  readonly author: string;
  /** ISO 8601 with offset, by the analyst's machine. */
  readonly createdAt: string;
  readonly changedAt: string;
}

/** `region 120,80,300x40`: what a transcribed record cites of its picture. */
export function regionText({ x, y, width, height }: PictureRegion): string {
  return `region ${x},${y},${width}x${height}`;
}
