/** What a report holds, as the analyst chose it; kept in the case as its `report`. */

/** Parts of a report that can be left out. The cover and triage always stand. */
export const reportSections = [
  'matrix',
  'timeline',
  'findings',
  'notes',
  'runs',
  'undecided',
  'coverage',
  'muted',
  'glossary',
  'members',
  'unread',
  'warnings',
  'custody',
] as const;
export type ReportSection = (typeof reportSections)[number];

/** Which findings: all that are not muted, those that the analyst wrote about, or those that were chosen. */
export type ReportContent = 'all' | 'annotated' | 'chosen';

export type Paper = 'A4' | 'Letter';

/** Width and height in millimetres. */
export const paperSizes: Readonly<Record<Paper, { readonly width: number; readonly height: number }>> = {
  A4: { width: 210, height: 297 },
  Letter: { width: 215.9, height: 279.4 },
};

/** Around the text of every page, in millimetres; the running header and footer stand in it. */
export const pageMargins = { top: 20, right: 16, bottom: 18, left: 16 } as const;

export interface ReportChoice {
  readonly content: ReportContent;
  /** Ids of findings, for `chosen`. */
  readonly chosen: readonly string[];
  readonly sections: readonly ReportSection[];
  readonly paper: Paper;
}

export const wholeReport: ReportChoice = {
  content: 'all',
  chosen: [],
  sections: reportSections,
  paper: 'A4',
};

/** A choice as a case keeps it, without sections that this version does not have. */
export function reportChoice(kept: {
  readonly content: ReportContent;
  readonly chosen: readonly string[];
  readonly sections: readonly string[];
  readonly paper: Paper;
}): ReportChoice {
  return { ...kept, sections: reportSections.filter((section) => kept.sections.includes(section)) };
}
