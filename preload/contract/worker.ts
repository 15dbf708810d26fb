/**
 * The contract between main and the evidence worker, over the utility process's parent port. Main
 * names the bundle; the window never does.
 */
import * as v from 'valibot';
import { readingSchema } from './evidence.ts';
import { limitsSchema, localeSchema } from './shapes.ts';
import { caseContentSchema, caseReportSchema, exportChoiceSchema } from './window.ts';

const text = v.string();
const id = v.pipe(v.number(), v.integer(), v.minValue(0));

/** The case's log as the report lists it. */
export const reportCustodySchema = v.object({
  entries: v.array(
    v.object({
      at: text,
      what: text,
      detail: v.record(text, v.union([text, v.number(), v.null()])),
      hash: text,
    }),
  ),
  /** Position of the first entry whose seal is broken, or null. */
  broken: v.nullable(v.number()),
});
export type ReportCustodyMessage = v.InferOutput<typeof reportCustodySchema>;

/** Main to worker. A `port` message carries a MessagePort for a window. */
export const workerRequestSchema = v.variant('type', [
  v.object({ type: v.literal('port') }),
  v.object({
    type: v.literal('open'),
    id,
    path: text,
    password: v.nullable(text),
    /** What becomes of locked members without one. */
    locked: v.picklist(['refuse-alone', 'refuse', 'list']),
    /** IANA zone assumed for local times without one. */
    zone: v.nullable(text),
    limits: v.partial(limitsSchema),
    /** Private folder for spooled text. */
    spoolFolder: text,
    /** File of answers kept of this bundle (see `keep-answers`), to be shown while it is read; null: none. */
    remembered: v.nullable(text),
    /** Code dictionaries and rule packs, read but not checked. */
    packs: v.optional(
      v.array(
        v.object({
          kind: v.picklist(['codes', 'rules']),
          file: text,
          content: v.nullable(v.instance(Uint8Array)),
          trouble: v.optional(v.picklist(['unreadable', 'too-large'])),
        }),
      ),
    ),
  }),
  v.object({ type: v.literal('cancel-reading') }),
  v.object({ type: v.literal('close'), id }),
  /** Writes what the window sees first of the bundle to this file, for the next time that it is opened. */
  v.object({ type: v.literal('keep-answers'), id, path: text }),
  /** The report as one HTML document without script and remote parts. */
  v.object({
    type: v.literal('report'),
    id,
    locale: localeSchema,
    content: caseContentSchema,
    caseName: v.nullable(text),
    /** What is chosen of it. */
    reportChoice: caseReportSchema,
    /** Redaction and filters; null: all of it, not redacted. */
    exportChoice: v.nullable(exportChoiceSchema),
    custody: reportCustodySchema,
    /** Pages for the printer, or the same document laid out for a screen. */
    form: v.picklist(['pages', 'preview']),
  }),
  /** An export; comes with a MessagePort, which its bytes go to (`exportPieceSchema`). */
  v.object({
    type: v.literal('export'),
    id,
    choice: exportChoiceSchema,
    content: caseContentSchema,
    caseName: v.nullable(text),
    custody: reportCustodySchema,
  }),
  v.object({ type: v.literal('cancel-export'), id }),
]);
export type WorkerRequest = v.InferOutput<typeof workerRequestSchema>;

/** What is known of a bundle once it has been read to its end. */
export const bundleIdentitySchema = v.object({
  name: text,
  bytes: v.number(),
  sha256: text,
  damaged: v.boolean(),
  /** `<SHA-256>␠␠<path>` of its members; null when there are too many to list. */
  members: v.nullable(v.array(text)),
});
export type BundleIdentityMessage = v.InferOutput<typeof bundleIdentitySchema>;

/** Parts of the printed page that the engine words: running header and footer. */
export const reportDocumentSchema = v.object({
  html: text,
  title: text,
  /** HTML of the running header and footer for the printer; page numbers by its own classes. */
  header: text,
  footer: text,
  paper: v.picklist(['A4', 'Letter']),
  /** BCP 47. */
  language: text,
  /** Name and version of the application, for the PDF's own facts. */
  creator: text,
  /** The case's tokens after redaction. */
  tokens: v.optional(v.record(text, text)),
});
export type ReportDocument = v.InferOutput<typeof reportDocumentSchema>;

/** What an export's port carries to main. Each piece is answered with its length, so that few wait at a time. */
export const exportPieceSchema = v.variant('type', [
  v.object({ type: v.literal('piece'), file: text, bytes: v.instance(Uint8Array) }),
  v.object({ type: v.literal('progress'), done: v.nullable(v.number()) }),
]);
/** What main answers. */
export const exportTakenSchema = v.object({ taken: v.number() });

/** Worker to main. */
export const workerMessageSchema = v.variant('type', [
  v.object({ type: v.literal('reading'), reading: readingSchema }),
  /** Answer to `open`: the bundle was read (perhaps with damaged members). */
  v.object({ type: v.literal('opened'), id, bundle: bundleIdentitySchema }),
  v.object({ type: v.literal('closed'), id }),
  /** Answer to `keep-answers`; null when there was nothing whole to keep. */
  v.object({
    type: v.literal('answers-kept'),
    id,
    kept: v.nullable(v.object({ key: text, bytes: v.number() })),
  }),
  v.object({ type: v.literal('report'), id, report: reportDocumentSchema }),
  v.object({ type: v.literal('preview'), id, html: text }),
  /** All pieces of an export were taken. */
  v.object({
    type: v.literal('exported'),
    id,
    tokens: v.optional(v.record(text, text)),
    leftOut: v.optional(v.number()),
  }),
  v.object({
    type: v.literal('error'),
    id,
    error: v.variant('family', [
      v.object({ family: v.literal('cancelled') }),
      v.object({
        family: v.literal('expected'),
        code: text,
        place: v.nullable(text),
        detail: v.record(text, v.union([text, v.number()])),
      }),
      v.object({ family: v.literal('bug'), message: text, stack: v.nullable(text) }),
    ]),
  }),
]);
export type WorkerMessage = v.InferOutput<typeof workerMessageSchema>;
