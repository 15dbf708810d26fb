import type { Wording } from './wording.ts';

/** What the data writers need of the wording. */
export type FindingWording = Pick<Wording, 'finding' | 'witness' | 'missing'>;
