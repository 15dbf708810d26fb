/**
 * The contract between the window and the evidence worker, over a MessagePort: named requests with an
 * answer each, cancellable by id, and events that the worker sends on its own.
 */
import * as v from 'valibot';
import {
  citationSchema,
  codeSchema,
  decodedTreeSchema,
  explanationSchema,
  filterSchema,
  findingDetailSchema,
  findingRowSchema,
  groupRowSchema,
  levelSchema,
  limitsSchema,
  lineRowSchema,
  localeSchema,
  matrixCellsSchema,
  matrixSchema,
  memberRowSchema,
  momentSchema,
  overviewSchema,
  patchRowSchema,
  recordFieldSchema,
  redactionRowSchema,
  runDetailSchema,
  runRowSchema,
  sortSchema,
  textQuerySchema,
  timelineSchema,
  transcriptionSchema,
  treeRowSchema,
  valueParts,
  viewGroupSchema,
} from './shapes.ts';
import { annotationTargetSchema, muteSchema } from './window.ts';

const text = v.string();
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const position = v.nullable(count);
const stretch = v.object({ from: count, to: count });

/** Every request: what goes in, what comes back. */
export const evidenceMethods = {
  /** What triage shows. Partial while the bundle is being read. */
  overview: { params: v.object({ locale: localeSchema }), result: overviewSchema },

  /** Findings in catalogue order, filtered. */
  findings: {
    params: v.object({ locale: localeSchema, filter: filterSchema, from: count, to: count }),
    result: v.object({ total: count, rows: v.array(findingRowSchema) }),
  },
  finding: {
    params: v.object({ locale: localeSchema, id: text }),
    result: v.nullable(findingDetailSchema),
  },
  /** The next or previous finding from one (null: from the start or the end), wrapping round. */
  stepFinding: {
    params: v.object({ from: v.nullable(text), step: v.picklist([1, -1]), filter: filterSchema }),
    result: v.nullable(v.object({ id: text, position: count, total: count })),
  },

  /** A view of a grid: rows filtered and sorted; windows of it are asked for with `patchRows`, `lineRows`, `memberRows`, `runRows`. */
  openView: {
    params: v.object({
      grid: v.picklist(['patches', 'lines', 'members', 'runs']),
      filter: filterSchema,
      sort: sortSchema,
      locale: localeSchema,
      /** Headings that fold, for `patches` and `members`; a tree of members is asked for with `treeRows`. */
      group: v.optional(viewGroupSchema),
      /** For `lines`: records are folded to their first lines, but for those that hold one of `open`. */
      fold: v.optional(v.object({ open: v.array(v.object({ member: text, line: count })) })),
    }),
    /** `records`: rows without the headings among them, in a grouped view of patch records. */
    result: v.object({ view: text, count, records: v.optional(count) }),
  },
  closeView: { params: v.object({ view: text }), result: v.null() },
  patchRows: {
    params: v.object({ view: text, from: count, to: count, locale: localeSchema }),
    result: v.array(patchRowSchema),
  },
  /** The rows of a view of patch records with its headings; `patchRows` gives those of views without any. */
  groupedRows: {
    params: v.object({ view: text, from: count, to: count, locale: localeSchema }),
    result: v.array(v.union([patchRowSchema, groupRowSchema])),
  },
  lineRows: {
    params: v.object({ view: text, from: count, to: count, locale: localeSchema }),
    result: v.array(lineRowSchema),
  },
  memberRows: {
    params: v.object({ view: text, from: count, to: count }),
    result: v.array(memberRowSchema),
  },
  treeRows: {
    params: v.object({ view: text, from: count, to: count }),
    result: v.array(treeRowSchema),
  },
  runRows: {
    params: v.object({ view: text, from: count, to: count, locale: localeSchema }),
    result: v.array(runRowSchema),
  },
  /** Devices and patches of the matrix, in order; windows of its cells are asked for with `matrixCells`. */
  matrix: {
    params: v.object({
      filter: filterSchema,
      sort: v.picklist(['trouble', 'name']),
      /** Puts the patches of each system side by side. */
      bySystem: v.optional(v.boolean()),
      locale: localeSchema,
    }),
    result: matrixSchema,
  },
  matrixCells: {
    params: v.object({ view: text, rows: stretch, columns: stretch, locale: localeSchema }),
    result: matrixCellsSchema,
  },
  /** What a cell of the matrix stands for: its records, and the finding that marks it. */
  matrixCell: {
    params: v.object({ view: text, row: count, column: count }),
    result: v.object({ records: v.array(text), finding: v.nullable(text) }),
  },
  /** The cell of a record in a matrix. */
  locateCell: {
    params: v.object({ view: text, record: text }),
    result: v.nullable(v.object({ row: count, column: count })),
  },
  record: {
    params: v.object({ id: text, locale: localeSchema }),
    result: v.nullable(patchRowSchema),
  },
  run: {
    params: v.object({ id: text, locale: localeSchema }),
    result: v.nullable(runDetailSchema),
  },

  /** Where a record stands in a view of records. */
  locateRecord: { params: v.object({ view: text, record: text }), result: position },
  /** Where a line stands in a view of lines; a folded one where it is folded below. */
  locateLine: { params: v.object({ view: text, member: text, line: count }), result: position },
  /** Where a member stands in a view of members. */
  locateMember: { params: v.object({ view: text, member: text }), result: position },
  /** Where a run stands in a view of runs. */
  locateRun: { params: v.object({ view: text, run: text }), result: position },
  /**
   * The lines nearest to a moment, before and after, in a view of lines; distances in milliseconds,
   * null when the zones do not allow one. Prefers lines of `deviceKey` and lines that name `kb` when given.
   */
  nearestLine: {
    params: v.object({
      view: text,
      at: momentSchema,
      deviceKey: v.nullable(text),
      kb: v.nullable(text),
    }),
    result: v.object({
      before: v.nullable(
        v.object({ position: count, member: text, line: count, distance: v.nullable(v.number()) }),
      ),
      after: v.nullable(
        v.object({ position: count, member: text, line: count, distance: v.nullable(v.number()) }),
      ),
      /** Why there is no distance, worded by the window: `zone-unknown`, `no-timed-lines`; null when there is. */
      undecidable: v.nullable(text),
      /** `deviceKey` was given, and no line of that device is near: these are of other devices. */
      ofOthers: v.boolean(),
    }),
  },

  /**
   * The row of a device nearest to a moment, among the rows of a view of records or runs, else among all of
   * the device; of `kb` when it has any. `distance` in milliseconds is negative when the row is earlier, and
   * null when the two cannot be compared.
   */
  nearestRow: {
    params: v.object({
      view: text,
      grid: v.picklist(['patches', 'runs']),
      deviceKey: text,
      kb: v.nullable(text),
      at: v.nullable(momentSchema),
    }),
    result: v.nullable(v.object({ id: text, distance: v.nullable(v.number()) })),
  },

  /** Lines of one member in file order, for the file view. */
  fileLines: {
    params: v.object({ member: text, from: count, to: count, locale: localeSchema }),
    result: v.object({ total: count, rows: v.array(lineRowSchema) }),
  },
  /** A member's lines with records folded to their first lines, but for those that hold one of `open` (from 1). */
  foldFile: {
    params: v.object({ member: text, open: v.array(count) }),
    result: v.object({ view: text, count }),
  },
  /** Lines of a folded file; `more` tells how many lines are folded below each. */
  foldedLines: {
    params: v.object({ view: text, from: count, to: count }),
    result: v.object({ rows: v.array(lineRowSchema), more: v.array(count) }),
  },
  /** Where a line (from 1) stands in a folded file: a folded one where its record's first line does. */
  locateFolded: { params: v.object({ view: text, line: count }), result: position },
  /** What of a member was decoded to trees; none for most. */
  tree: { params: v.object({ member: text }), result: v.array(decodedTreeSchema) },
  /** Bytes of a member (images, hexadecimal view), at most 16 MiB of it. */
  bytes: {
    params: v.object({ member: text, offset: count, length: v.pipe(count, v.maxValue(16 * 1024 * 1024)) }),
    result: v.object({ total: v.number(), bytes: v.instance(Uint8Array), mediaType: v.nullable(text) }),
  },

  /** Marks of the timeline strip between two points of its scale, in at most `buckets` columns. */
  timeline: {
    params: v.object({
      filter: filterSchema,
      range: v.nullable(v.object({ from: v.number(), to: v.number() })),
      buckets: v.pipe(count, v.minValue(1), v.maxValue(4096)),
      locale: localeSchema,
    }),
    result: timelineSchema,
  },

  /** Where the things that notes are written to stand on the timeline's scale, in their order; null without a time. */
  notePlaces: {
    params: v.object({ targets: v.array(annotationTargetSchema) }),
    result: v.array(
      v.nullable(
        v.object({
          at: v.number(),
          target: v.object({ on: v.picklist(['record', 'finding', 'line', 'run', 'moment']), id: text }),
        }),
      ),
    ),
  },

  /** What the things that notes are written to are called in this window, in their order; null where it is not in the bundle. */
  findTargets: {
    params: v.object({ targets: v.array(annotationTargetSchema) }),
    result: v.array(
      v.nullable(v.object({ on: v.picklist(['finding', 'record', 'run', 'line', 'member']), id: text })),
    ),
  },

  /** Leaves findings out of marks, counts and steps, instead of those before. */
  mute: { params: v.object({ mutes: v.array(muteSchema) }), result: v.null() },
  /** The findings that are left out, in catalogue order, each with the mute that covers it. */
  mutedFindings: {
    params: v.object({ locale: localeSchema, from: count, to: count }),
    result: v.object({
      total: count,
      rows: v.array(v.object({ finding: findingRowSchema, mute: text })),
    }),
  },

  /**
   * Which rules looked at a record, a run or a device (its key), and what each answered. In the order of the
   * catalogue; a rule that does not apply is counted only.
   */
  explain: {
    params: v.object({
      locale: localeSchema,
      subject: v.variant('on', [
        v.object({ on: v.literal('record'), id: text }),
        v.object({ on: v.literal('run'), id: text }),
        v.object({ on: v.literal('device'), key: text }),
      ]),
    }),
    result: v.nullable(explanationSchema),
  },

  /**
   * The values of a column among the rows that pass everything else of a filter, with how many rows have each: for
   * a list to choose from. Values that the filter names are there even when no row has them any more.
   */
  filterValues: {
    params: v.object({ part: v.picklist([...valueParts, 'levels']), filter: filterSchema }),
    result: v.array(v.object({ value: text, count })),
  },

  /** How many lines and cells an expression matches. */
  search: {
    params: v.object({ filter: filterSchema }),
    /** `matches` names what was found, for `stepMatch`, `matchMarks` and `matchTimes`; closed with `closeView`. */
    result: v.object({
      lines: count,
      records: count,
      matches: text,
      /** Lines that do not stand on the timeline: of pages, tables, settings. Without what has no such line. */
      elsewhere: v.object({
        lines: count,
        /** How many files hold them. */
        files: count,
        /** The first of those files in the order of the bundle, each with its first such line, from 1. */
        first: v.array(v.object({ member: text, lines: count, line: count })),
      }),
    }),
  },
  /**
   * The next match from a row of a view (`view` null: among the matches themselves), wrapping round; or, with
   * `time`, the first one from there on. Null without any.
   */
  stepMatch: {
    params: v.object({
      matches: text,
      among: v.picklist(['lines', 'patches']),
      view: v.nullable(text),
      from: v.nullable(count),
      time: v.nullable(v.number()),
      step: v.picklist([1, -1]),
    }),
    result: v.nullable(
      v.object({
        /** Which match it is, from 0, of how many. */
        index: count,
        total: count,
        target: v.variant('on', [
          v.object({ on: v.literal('line'), member: text, line: count }),
          v.object({ on: v.literal('record'), id: text }),
        ]),
      }),
    ),
  },
  /** Which of as many equal stretches of a view hold a match: 1, else 0. */
  matchMarks: {
    params: v.object({ matches: text, view: text, buckets: v.pipe(count, v.minValue(1), v.maxValue(4096)) }),
    result: v.object({ view: text, marks: v.instance(Uint8Array) }),
  },
  /** How many matches stand in each of as many stretches of the timeline's scale. */
  matchTimes: {
    params: v.object({
      matches: text,
      range: v.object({ from: v.number(), to: v.number() }),
      buckets: v.pipe(count, v.minValue(1), v.maxValue(4096)),
    }),
    result: v.array(count),
  },
  /** The lines of one file that match, from 1: the first hundred thousand, and how many in all. */
  fileMatches: {
    params: v.object({ member: text, text: textQuerySchema }),
    result: v.object({ lines: v.array(count), total: count }),
  },

  /** What an exit code means. */
  code: { params: v.object({ code: v.number(), locale: localeSchema }), result: v.nullable(codeSchema) },

  /** Reads local times without a zone as times of this zone (IANA name), or takes that back with null. Reads the bundle's evidence anew. */
  assumeZone: { params: v.object({ zone: v.nullable(text) }), result: v.null() },

  /** Takes rows that the analyst wrote down from pictures as records, instead of those before. Reads the bundle's evidence anew. */
  transcribe: { params: v.object({ transcriptions: v.array(transcriptionSchema) }), result: v.null() },

  /** What redaction would take out of the bundle with these choices, and what was only suspected. */
  redactionPreview: {
    params: v.object({
      kinds: v.array(text),
      words: v.array(text),
      ignored: v.array(text),
      tokens: v.record(text, text),
      notes: v.array(text),
    }),
    result: v.object({
      replaced: v.array(redactionRowSchema),
      suspected: v.array(redactionRowSchema),
      /** Rows there are in all; the lists hold the first of them. */
      counts: v.object({ replaced: count, suspected: count }),
      tokens: v.record(text, text),
    }),
  },

  /** Limits in force. */
  limits: { params: v.object({}), result: limitsSchema },
} as const;

export type EvidenceMethod = keyof typeof evidenceMethods;
export type EvidenceParams<M extends EvidenceMethod> = v.InferInput<(typeof evidenceMethods)[M]['params']>;
export type EvidenceResult<M extends EvidenceMethod> = v.InferOutput<(typeof evidenceMethods)[M]['result']>;

/** Window to worker. */
export const evidenceRequestSchema = v.variant('type', [
  v.object({
    type: v.literal('request'),
    id: count,
    method: v.picklist(Object.keys(evidenceMethods) as [EvidenceMethod, ...EvidenceMethod[]]),
    params: v.unknown(),
  }),
  v.object({ type: v.literal('cancel'), id: count }),
]);

const wireErrorSchema = v.variant('family', [
  v.object({ family: v.literal('cancelled') }),
  v.object({
    family: v.literal('expected'),
    code: text,
    place: v.nullable(text),
    detail: v.record(text, v.union([text, v.number()])),
  }),
  v.object({ family: v.literal('bug'), message: text, stack: v.nullable(text) }),
]);

/** Of `PackProblem` in parsers/domain. */
export const packProblemSchema = v.object({
  kind: v.picklist(['codes', 'rules']),
  file: text,
  code: v.picklist([
    'unreadable',
    'too-large',
    'too-many',
    'not-json',
    'other-schema',
    'bad-field',
    'bad-code',
    'unknown-family',
    'unknown-rule',
    'unknown-parameter',
    'out-of-range',
    'crossed-range',
    'pack-conflict',
    'duplicate-code',
  ]),
  at: v.nullable(text),
  value: v.nullable(text),
  isWarning: v.boolean(),
});

/** How far reading is; sent at most every 100 ms. */
export const readingSchema = v.object({
  phase: v.picklist(['idle', 'reading', 'checking', 'ready', 'failed', 'cancelled']),
  bundle: v.nullable(text),
  bytes: v.number(),
  total: v.number(),
  /** The member in work. */
  member: v.nullable(text),
  members: count,
  lines: count,
  records: count,
  findings: count,
  error: v.nullable(wireErrorSchema),
  /**
   * Whether triage and findings are those of the last reading of this bundle, known by a first look: `shown` until
   * all of it was read again, then `confirmed` when its SHA-256 is the same, else `differs`.
   */
  remembered: v.picklist(['none', 'shown', 'confirmed', 'differs']),
  /**
   * Minutes east of UTC by which readings of unknown offset are placed on the merged timeline; shown "as
   * written", the timeline counts in it.
   */
  placementOffset: v.number(),
  /** Raised whenever rows may have changed: views opened before show older rows. */
  revision: count,
  /** What of the site's packs was not taken; left out when all of it was. */
  packProblems: v.exactOptional(v.array(packProblemSchema)),
});
export type Reading = v.InferOutput<typeof readingSchema>;

/** Worker to window. */
export const evidenceMessageSchema = v.variant('type', [
  v.object({ type: v.literal('answer'), id: count, result: v.unknown() }),
  v.object({ type: v.literal('error'), id: count, error: wireErrorSchema }),
  v.object({ type: v.literal('reading'), reading: readingSchema }),
]);

export { citationSchema, levelSchema, recordFieldSchema };
