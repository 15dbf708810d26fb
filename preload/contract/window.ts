/**
 * The contract between a window and main: what the bridge exposes as `window.patchtrail`. One method
 * per message; every argument is checked by main, every answer by the bridge's caller through types
 * inferred from the same schemas. Paths never come from the window except through a drop or a dialog.
 */
import * as v from 'valibot';
import { defaultLimits, isLimit, limitNames } from '../../parsers/domain/limits.ts';
import type { Limits } from '../../parsers/domain/limits.ts';
import { filterSchema, localeSchema, transcriptionSchema } from './shapes.ts';

const text = v.string();

const place = {
  member: text,
  line: v.nullable(v.number()),
  row: v.nullable(v.number()),
  pointer: v.nullable(text),
};

/** Of `AnnotationTarget` in parsers/domain. */
export const annotationTargetSchema = v.variant('on', [
  v.object({ on: v.literal('finding'), finding: text }),
  v.object({ on: v.literal('record'), ...place }),
  v.object({ on: v.literal('cell'), ...place, column: text }),
  v.object({ on: v.literal('line'), member: text, line: v.number() }),
  v.pipe(
    v.object({ on: v.literal('lines'), member: text, from: v.number(), to: v.number() }),
    v.check(({ from, to }) => from <= to, 'a range of lines runs forwards'),
  ),
  v.object({ on: v.literal('member'), member: text }),
  v.object({
    on: v.literal('moment'),
    local: v.pipe(text, v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/u)),
    offset: v.nullable(v.pipe(text, v.regex(/^[+-]\d\d:\d\d$/u))),
  }),
]);

export const annotationSchema = v.object({
  id: text,
  target: annotationTargetSchema,
  note: text,
  tags: v.array(text),
  verdict: v.picklist(['confirmed', 'refuted', 'open']),
  author: text,
  createdAt: text,
  changedAt: text,
  quote: text,
  links: v.array(text),
});

/** A place to come back to; `label` may be empty. */
export const bookmarkSchema = v.object({ ...place, label: text });
export type Bookmark = v.InferOutput<typeof bookmarkSchema>;

/** Of `Mute` in parsers/domain. */
export const muteSchema = v.object({
  id: text,
  on: v.variant('what', [
    v.object({ what: v.literal('rule'), rule: text }),
    v.object({ what: v.literal('finding'), finding: text }),
  ]),
  reason: v.pipe(
    text,
    v.check((reason) => reason.trim() !== '', 'a mute has a reason'),
  ),
  author: text,
  createdAt: text,
});

/** What is made unreadable in exports of this case. */
export const caseRedactionSchema = v.object({
  /** Kinds of words that are looked for. */
  kinds: v.array(text),
  /** Words of the analyst's own. */
  words: v.array(text),
  /** Words that were found and stay as they are. */
  ignored: v.array(text),
  /** What stands for what, so that a later export says the same. */
  tokens: v.exactOptional(v.record(text, text)),
});

/** What the last report of this case held. */
export const caseReportSchema = v.object({
  content: v.picklist(['all', 'annotated', 'chosen']),
  /** Ids of findings. */
  chosen: v.array(text),
  sections: v.array(text),
  paper: v.picklist(['A4', 'Letter']),
});
export type CaseReport = v.InferOutput<typeof caseReportSchema>;

/** What the window keeps with a case so that it opens as it was left. */
export const viewStateSchema = v.record(text, v.unknown());

/** The analyst's part of a case; main adds the binding to the bundle and the log. */
export const caseContentSchema = v.object({
  annotations: v.array(annotationSchema),
  bookmarks: v.array(bookmarkSchema),
  mutes: v.array(muteSchema),
  /** Rows of pictures. */
  transcriptions: v.array(transcriptionSchema),
  /** IANA zone for local times without one; null: none assumed. */
  zone: v.nullable(text),
  view: viewStateSchema,
  redaction: v.exactOptional(caseRedactionSchema),
  report: v.exactOptional(caseReportSchema),
});
export type CaseContent = v.InferOutput<typeof caseContentSchema>;

/** One entry of the log of a case. */
export const custodyEntrySchema = v.object({
  /** ISO 8601 with offset, by the analyst's machine. */
  at: text,
  what: v.picklist([
    'case-created',
    'bundle-opened',
    'zone-assumed',
    'note-changed',
    'note-removed',
    'bookmarks-changed',
    'transcriptions-changed',
    'muted',
    'unmuted',
    'redaction-changed',
    'notes-taken-over',
    'migrated',
    'exported',
    'recovered',
  ]),
  detail: v.record(text, v.union([text, v.number(), v.null()])),
  /** Hash of the entry before; 64 zeros for the first. */
  previous: v.pipe(text, v.regex(/^[0-9a-f]{64}$/u)),
  /** SHA-256 over the other fields. */
  hash: v.pipe(text, v.regex(/^[0-9a-f]{64}$/u)),
});
export type CustodyEntry = v.InferOutput<typeof custodyEntrySchema>;

export const custodyLogSchema = v.object({
  entries: v.array(custodyEntrySchema),
  /** Place (0-based) of the first entry that is not what it was when it was written. */
  broken: v.nullable(v.number()),
});
export type CustodyLog = v.InferOutput<typeof custodyLogSchema>;

/** A case of another version of the open bundle. */
export const earlierCaseSchema = v.object({
  caseName: text,
  bundleName: text,
  content: caseContentSchema,
  /** Paths of members, sorted; null where that case kept no list of its bundle's members. */
  difference: v.nullable(v.object({ changed: v.array(text), added: v.array(text), removed: v.array(text) })),
});
export type EarlierCase = v.InferOutput<typeof earlierCaseSchema>;

/** State of the case file, shown in the status bar. */
export const caseStatusSchema = v.object({
  /** File name of the case, null while it has never been saved anywhere but in the autosave. */
  name: v.nullable(text),
  state: v.picklist(['unsaved', 'saving', 'saved', 'not-writable', 'none']),
  /** `HH:mm` of the last save. */
  savedAt: v.nullable(text),
  error: v.nullable(text),
});
export type CaseStatus = v.InferOutput<typeof caseStatusSchema>;

/** Limits of reading that differ from the defaults; a value outside its range is as if it were not there. */
export const limitChangesSchema = v.pipe(
  v.record(text, v.unknown()),
  v.transform((given): Partial<Limits> =>
    Object.fromEntries(
      limitNames.flatMap((name) => {
        const value = given[name];
        const isTaken = typeof value === 'number' && isLimit(name, value) && value !== defaultLimits[name];
        return isTaken ? [[name, value]] : [];
      }),
    ),
  ),
);

export const settingsSchema = v.object({
  locale: localeSchema,
  theme: v.picklist(['light', 'dark', 'contrast', 'system']),
  times: v.picklist(['written', 'utc', 'zone']),
  /** IANA name for `times: 'zone'`. */
  zone: text,
  author: text,
  /** Sizes of panes, columns: kept as the window gives them. */
  layout: v.record(text, v.unknown()),
  limits: limitChangesSchema,
});
export type Settings = v.InferOutput<typeof settingsSchema>;

export const recentSchema = v.object({
  /** Opaque id to reopen by. */
  id: text,
  kind: v.picklist(['bundle', 'case']),
  name: text,
  folder: text,
  openedAt: text,
});
export type Recent = v.InferOutput<typeof recentSchema>;

/** Kinds of what the application keeps in its folder. */
export const keptKindSchema = v.picklist(['cache', 'recent', 'settings', 'window', 'cases']);
export type KeptKind = v.InferOutput<typeof keptKindSchema>;
export const keptItemSchema = v.object({ what: keptKindSchema, files: v.number(), bytes: v.number() });
export type KeptItem = v.InferOutput<typeof keptItemSchema>;
export const removedKeptSchema = v.object({
  removed: v.array(v.object({ what: keptKindSchema, files: v.number() })),
  /** Files of the application's folder that stay, each with the system's code, or `open` for a case in use. */
  failed: v.array(v.object({ file: text, reason: text })),
});
export type RemovedKept = v.InferOutput<typeof removedKeptSchema>;

/** What happened to an open request. */
export const openResultSchema = v.union([
  v.object({ outcome: v.literal('opening'), name: text }),
  /** This window has a bundle already: the other one opens in a window of its own. */
  v.object({ outcome: v.literal('elsewhere'), name: text }),
  v.object({ outcome: v.literal('cancelled') }),
  v.object({
    outcome: v.literal('failed'),
    code: text,
    place: v.nullable(text),
    detail: v.record(text, v.union([text, v.number()])),
  }),
]);
export type OpenResult = v.InferOutput<typeof openResultSchema>;

/** What an export is; `bundle` is a redacted copy of the bundle itself. */
export const exportKindSchema = v.picklist([
  'pdf',
  'html',
  'csv',
  'json',
  'timesketch',
  'markdown',
  'ndjson',
  'bundle',
]);
export type ExportKind = v.InferOutput<typeof exportKindSchema>;

/** What goes out, and how. */
export const exportChoiceSchema = v.object({
  kind: exportKindSchema,
  locale: localeSchema,
  /** A copy of the bundle is redacted always. */
  redact: v.boolean(),
  /** The filter of what is shown; null: everything. */
  filter: v.nullable(filterSchema),
  /** Of a copy of the bundle: whether members that cannot be searched go into it as they are. */
  keepUnsearched: v.boolean(),
});
export type ExportChoice = v.InferOutput<typeof exportChoiceSchema>;

export const exportResultSchema = v.union([
  v.object({
    outcome: v.literal('written'),
    name: text,
    bytes: v.number(),
    /** The case's tokens after a redacted export; they belong to the case. */
    tokens: v.optional(v.record(text, text)),
    /** Of a copy of the bundle: members that were left out. */
    leftOut: v.optional(v.number()),
  }),
  v.object({ outcome: v.literal('cancelled') }),
  v.object({
    outcome: v.literal('failed'),
    code: text,
    place: v.nullable(text),
    detail: v.record(text, v.union([text, v.number()])),
  }),
]);
export type ExportResult = v.InferOutput<typeof exportResultSchema>;

/** A report in a language, as it was chosen. */
export const reportRequestSchema = v.object({
  locale: localeSchema,
  choice: caseReportSchema,
  /** Whether tokens stand in place of what must not leave. */
  redact: v.boolean(),
});
export type ReportRequest = v.InferOutput<typeof reportRequestSchema>;

/** Requests from the window to main. */
export const windowMethods = {
  settings: { params: v.tuple([]), result: settingsSchema },
  changeSettings: { params: v.tuple([v.partial(settingsSchema)]), result: settingsSchema },
  recent: { params: v.tuple([]), result: v.array(recentSchema) },
  forgetRecent: { params: v.tuple([text]), result: v.array(recentSchema) },
  /** Shows the dialog. `folder` chooses a folder instead of a file. */
  openDialog: { params: v.tuple([v.picklist(['file', 'folder'])]), result: openResultSchema },
  openRecent: { params: v.tuple([text]), result: openResultSchema },
  openSample: { params: v.tuple([]), result: openResultSchema },
  /** A path that the bridge took from a dropped file; the page cannot make one up. */
  openDropped: { params: v.tuple([text]), result: openResultSchema },
  cancelReading: { params: v.tuple([]), result: v.null() },
  closeBundle: { params: v.tuple([]), result: v.null() },
  restartWorker: { params: v.tuple([]), result: v.null() },
  /** Reads the open bundle anew, by the settings as they are now; its case stays open. */
  readAgain: { params: v.tuple([]), result: v.null() },
  /**
   * The case of the open bundle, as last saved, or an empty one. Answers once the bundle has been read to its
   * end, since a case is bound to the bundle's SHA-256; null when that never came (failed, cancelled, closed).
   */
  loadCase: {
    params: v.tuple([]),
    result: v.nullable(
      v.object({
        content: caseContentSchema,
        status: caseStatusSchema,
        warning: v.nullable(
          v.object({
            code: text,
            place: v.nullable(text),
            detail: v.record(text, v.union([text, v.number()])),
          }),
        ),
        /** Set when the bundle that was opened is another version of the one that a case was made for. */
        earlier: v.nullable(earlierCaseSchema),
      }),
    ),
  },
  /**
   * What the case of the bundle held when it was open last, while the bundle is still being read again: to be
   * shown, not to be changed. Null when the bundle is not known by its first look.
   */
  rememberedCase: { params: v.tuple([]), result: v.nullable(caseContentSchema) },
  /** The log of the open case as it stands; null without a case. */
  custodyLog: { params: v.tuple([]), result: v.nullable(custodyLogSchema) },
  /** Replaces the case's content; written to disk soon after, atomically. */
  saveCase: { params: v.tuple([caseContentSchema]), result: caseStatusSchema },
  /** Shows a dialog for where to keep the case. */
  saveCaseAs: { params: v.tuple([]), result: caseStatusSchema },
  /** Asks where, prints the report, writes it. Phases of the work come as events. */
  exportPdf: { params: v.tuple([reportRequestSchema]), result: exportResultSchema },
  /** Asks where and writes; `export-progress` events tell how far. One at a time. Nothing is left when it is cancelled. */
  exportFile: { params: v.tuple([exportChoiceSchema]), result: exportResultSchema },
  /** Stops what `exportPdf` or `exportFile` began; nothing is written then. */
  cancelExport: { params: v.tuple([]), result: v.null() },
  /**
   * The same document laid out for a screen.
   * @returns its address for a frame, which runs no script; null while there is nothing to report
   */
  previewReport: { params: v.tuple([reportRequestSchema]), result: v.nullable(text) },
  /** What the application keeps between two runs, by kind. */
  keptData: { params: v.tuple([]), result: v.array(keptItemSchema) },
  /** Removes it; what is kept by itself (cache, settings, window) is not kept again in this run. */
  removeKeptData: { params: v.tuple([v.array(keptKindSchema)]), result: removedKeptSchema },
  /** The licences of everything that the application carries, as one text. */
  licences: { params: v.tuple([]), result: text },
  /** Puts text on the clipboard. */
  copy: { params: v.tuple([text]), result: v.null() },
  /** The password for an encrypted bundle; kept in memory only. */
  password: { params: v.tuple([v.nullable(text)]), result: v.null() },
} as const;

export type WindowMethod = keyof typeof windowMethods;
export type WindowParams<M extends WindowMethod> = v.InferOutput<(typeof windowMethods)[M]['params']>;
export type WindowResult<M extends WindowMethod> = v.InferOutput<(typeof windowMethods)[M]['result']>;

/**
 * Menu entries that the window carries out. The window may own the same keys: an accelerator reaches the menu
 * only when the page did not call `preventDefault`.
 */
export const commandSchema = v.picklist([
  'open',
  'open-folder',
  'open-sample',
  'save-case-as',
  'export-pdf',
  'export',
  'redaction',
  'close-bundle',
  'search',
  'next-finding',
  'previous-finding',
  'undo',
  'redo',
  'back',
  'forward',
  'bookmark',
  'add-event',
  'show-case',
  'palette',
  'shortcuts',
  'licences',
  'limits',
  'remove-kept-data',
  'theme',
  'language',
]);
export type Command = v.InferOutput<typeof commandSchema>;

/** What main tells a window on its own. */
export const windowEventSchema = v.variant('event', [
  v.object({ event: v.literal('command'), command: commandSchema }),
  /** Settings were changed by another window. */
  v.object({ event: v.literal('settings'), settings: settingsSchema }),
  v.object({ event: v.literal('case-status'), status: caseStatusSchema }),
  /** How far an export is, from 0 to 1; null while nothing can be said. */
  v.object({ event: v.literal('export-progress'), done: v.nullable(v.number()) }),
  /** The worker died; annotations are kept. */
  v.object({ event: v.literal('worker-gone'), reason: text }),
  v.object({ event: v.literal('worker-started') }),
  /** How far the export has come. */
  v.object({
    event: v.literal('export-phase'),
    phase: v.picklist(['waiting', 'laying-out', 'printing', 'writing']),
  }),
  /** A bundle is being opened (from the command line, a drop, a dialog). */
  v.object({ event: v.literal('opening'), name: text }),
  v.object({
    event: v.literal('open-failed'),
    code: text,
    place: v.nullable(text),
    detail: v.record(text, v.union([text, v.number()])),
  }),
  v.object({ event: v.literal('password-needed'), wrong: v.boolean() }),
]);
export type WindowEvent = v.InferOutput<typeof windowEventSchema>;

/** `window.patchtrail`: frozen, typed, nothing generic. */
export type PatchtrailBridge = {
  readonly [M in WindowMethod as M extends 'openDropped' ? never : M]: (
    ...params: WindowParams<M>
  ) => Promise<WindowResult<M>>;
} & {
  /** Opens a file that was dropped on the window. */
  readonly openDropped: (file: File) => Promise<OpenResult>;
  /**
   * The first subscription tells main that the page listens: the evidence port and what happened so far follow.
   * The port arrives as a `message` event of the window with `data === 'evidence-port'` (listen for it first),
   * and again whenever the worker was started anew: the newest port is the one in force.
   * @returns a function that ends the subscription
   */
  readonly onEvent: (listener: (event: WindowEvent) => void) => () => void;
  readonly platform: string;
  readonly version: string;
};
