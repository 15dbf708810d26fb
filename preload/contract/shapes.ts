/**
 * Shapes that cross a process border, as valibot schemas; the types are inferred from them, so both
 * sides and the run-time check cannot drift apart.
 */
import * as v from 'valibot';
import type { DecodedNode } from '../../parsers/domain/decoded-node.ts';
import { patchStates } from '../../parsers/domain/patch-state.ts';

export const localeSchema = v.picklist(['en', 'ja']);
export type Locale = v.InferOutput<typeof localeSchema>;

const text = v.string();
const nullableText = v.nullable(v.string());
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const nullableCount = v.nullable(count);

export const systemSchema = v.picklist([
  'kace-sma',
  'azure-update-manager',
  'windows-update',
  'aws-ssm',
  'deep-security',
  'nap',
]);
export const severitySchema = v.picklist(['critical', 'high', 'medium', 'info']);
export const findingKindSchema = v.picklist(['contradiction', 'fault', 'gap', 'note']);
export const levelSchema = v.picklist(['none', 'trace', 'debug', 'info', 'warning', 'error', 'fatal']);
export const memberStateSchema = v.picklist([
  'parsed',
  'text',
  'image',
  'opaque',
  'damaged',
  'refused',
  'encrypted',
]);
export const recordFieldSchema = v.picklist([
  'detection.status',
  'detection.at',
  'deployment.status',
  'deployment.at',
  'deployment.exitCode',
  'deployment.attempts',
  'reboot',
  'patch',
]);

/** A time for showing: the reading in milliseconds as if its clock stood in UTC, and what is known of its offset. */
export const momentSchema = v.object({
  raw: text,
  local: v.number(),
  /** Minutes east of UTC. */
  offset: v.nullable(v.number()),
  offsetSource: v.picklist(['stated', 'inferred', 'assumed', 'unknown']),
  precision: v.picklist(['millisecond', 'second', 'ten-seconds', 'minute', 'day']),
  clock: v.picklist(['sma', 'device', 'relay', 'manager', 'policy-server', 'service', 'exporter']),
});
export type MomentView = v.InferOutput<typeof momentSchema>;

export const atSchema = v.union([momentSchema, v.literal('never'), v.null()]);
export type AtView = v.InferOutput<typeof atSchema>;

export const citationSchema = v.object({
  member: text,
  line: nullableCount,
  row: nullableCount,
  pointer: nullableText,
  quote: text,
});
export type CitationView = v.InferOutput<typeof citationSchema>;

/** An exit code with its meaning in the asked language, when a source for one is known. */
export const codeSchema = v.object({
  code: v.number(),
  shown: text,
  symbol: nullableText,
  meaning: nullableText,
  advice: nullableText,
});
export type CodeView = v.InferOutput<typeof codeSchema>;

/** A cell that a finding points at. `mark` is the letter that ties the cells of one finding in view: A, B ... */
export const cellMarkSchema = v.object({
  field: recordFieldSchema,
  finding: text,
  kind: findingKindSchema,
  severity: severitySchema,
  /** The rule's title, for the tooltip and the accessible description. */
  title: text,
});
export type CellMark = v.InferOutput<typeof cellMarkSchema>;

/** A row of the patch grid and of the attempts grid: one patch record. */
export const patchRowSchema = v.object({
  id: text,
  system: systemSchema,
  device: nullableText,
  deviceKey: text,
  patch: nullableText,
  patchKey: text,
  kb: nullableText,
  detectionStatus: nullableText,
  detectionRaw: nullableText,
  detectedAt: atSchema,
  deploymentStatus: nullableText,
  deploymentRaw: nullableText,
  deployedAt: atSchema,
  exitCode: v.nullable(codeSchema),
  exitCodeRaw: nullableText,
  attempts: v.nullable(v.number()),
  /** 0 means unlimited; null unknown. */
  maxAttempts: v.nullable(v.number()),
  /** Whether `maxAttempts` is the assumed default and not evidence. */
  maxAssumed: v.boolean(),
  reboot: nullableText,
  source: text,
  citation: citationSchema,
  marks: v.array(cellMarkSchema),
});
export type PatchRow = v.InferOutput<typeof patchRowSchema>;

/** What of a grouped view or of a tree is folded: everything or nothing, but for those that are named. */
export const foldSchema = v.object({ all: v.boolean(), except: v.array(text) });
export type Fold = v.InferOutput<typeof foldSchema>;

/** How a view of rows is put under headings. Members are grouped by folder, patch records by device or patch. */
export const viewGroupSchema = v.object({
  by: v.picklist(['device', 'patch', 'folder']),
  folded: foldSchema,
});
export type ViewGroup = v.InferOutput<typeof viewGroupSchema>;

/** A heading among the rows of the patch grid. */
export const groupRowSchema = v.object({
  /** The device's or the patch's key; empty where it is not known. */
  group: text,
  name: text,
  records: count,
  failed: count,
  contradictions: count,
  worst: v.nullable(severitySchema),
  isOpen: v.boolean(),
});
export type GroupRow = v.InferOutput<typeof groupRowSchema>;

/** A row of the log grid. */
export const lineRowSchema = v.object({
  /** Global number of the line in the bundle: stable while the bundle is open. */
  id: count,
  member: text,
  /** 1-based. */
  line: count,
  device: nullableText,
  level: levelSchema,
  at: v.nullable(momentSchema),
  text,
  /** In the log, of a line that only opens a bracket: the beginning of what stands in it, on one line. */
  within: v.exactOptional(text),
  /** The line continues the record of the line above it. */
  continues: v.boolean(),
  /** Lines of its record that are folded below it, where a view folds. */
  more: v.exactOptional(count),
  /** The line is out of its file's time order. */
  outOfOrder: v.boolean(),
  /** The text was cut for showing. */
  cut: v.boolean(),
  /** Of the whole line, where it was cut. */
  bytes: v.exactOptional(count),
  /** Annotated or cited by these findings. */
  findings: v.array(text),
});
export type LineRow = v.InferOutput<typeof lineRowSchema>;

/** What a cell of the matrix says of a patch on a device, by its code: the position in this list. */
export const matrixStates = patchStates;
export type MatrixState = (typeof matrixStates)[number];

const matrixSideSchema = v.object({
  key: text,
  name: text,
  /** Of a patch: the system that speaks of it; null for devices, and where several do. */
  system: v.nullable(systemSchema),
  /** Contradictions that cite records of this row or column. */
  contradictions: count,
  worst: v.nullable(severitySchema),
});
export const matrixSchema = v.object({
  view: text,
  devices: v.array(matrixSideSchema),
  patches: v.array(matrixSideSchema),
  /** Left out because there are more than a window can hold; the least troubled ones. */
  hidden: v.object({ devices: count, patches: count }),
});
export type MatrixAnswer = v.InferOutput<typeof matrixSchema>;
export type MatrixSide = MatrixAnswer['devices'][number];

const stretchSchema = v.object({ from: count, to: count });
/** A window of cells, row by row. */
export const matrixCellsSchema = v.object({
  view: text,
  rows: stretchSchema,
  columns: stretchSchema,
  /** A code of {@link matrixStates} for each cell. */
  states: v.instance(Uint8Array),
  /** Cells that findings cite, with the gravest of them; contradictions before everything else. */
  marks: v.array(
    v.object({
      row: count,
      column: count,
      finding: text,
      kind: findingKindSchema,
      severity: severitySchema,
      title: text,
      /** Findings of the cell in all. */
      count,
    }),
  ),
});
export type MatrixCells = v.InferOutput<typeof matrixCellsSchema>;
export type MatrixMark = MatrixCells['marks'][number];

export const deploymentStatusSchema = v.picklist([
  'succeeded',
  'failed',
  'in-progress',
  'pending-reboot',
  'not-attempted',
  'skipped',
  'unknown',
]);

/** Whether a run is one of a relay or of an agent; null where its system makes no such difference. */
export const runRoleSchema = v.nullable(v.picklist(['relay', 'agent']));

/** A row of the run grid: one pass of a patching operation. */
export const runRowSchema = v.object({
  id: text,
  system: systemSchema,
  device: nullableText,
  deviceKey: text,
  name: text,
  operation: nullableText,
  role: runRoleSchema,
  outcome: v.nullable(deploymentStatusSchema),
  startedAt: v.nullable(momentSchema),
  endedAt: v.nullable(momentSchema),
  window: v.nullable(
    v.object({
      start: v.nullable(momentSchema),
      minutes: v.nullable(v.number()),
      /** Points before its end from which certain things are no longer begun, in minutes before the end. */
      cutoffs: v.optional(v.array(v.object({ name: text, minutes: v.number() }))),
    }),
  ),
  attempts: v.nullable(v.number()),
  exitCode: v.nullable(codeSchema),
  reboot: nullableText,
  /** Steps of the run, and how many of them something tells of. */
  steps: v.object({ told: count, total: count }),
  /** Whether it shares time with another run of its device, or of the other role. */
  overlaps: v.boolean(),
  citation: citationSchema,
});
export type RunRow = v.InferOutput<typeof runRowSchema>;

export const runStepSchema = v.object({
  name: text,
  evidenced: v.boolean(),
  outcome: v.nullable(v.picklist(['succeeded', 'failed', 'unknown'])),
  at: v.nullable(momentSchema),
  citation: v.nullable(citationSchema),
});
export type RunStepView = v.InferOutput<typeof runStepSchema>;

/** A run in full. */
export const runDetailSchema = v.object({
  ...runRowSchema.entries,
  stepList: v.array(runStepSchema),
  detail: v.array(v.object({ name: text, value: v.nullable(v.union([text, v.number(), v.boolean()])) })),
  /** Its records, at most as many as a reader goes through one by one. */
  records: v.array(
    v.object({
      id: text,
      device: nullableText,
      patch: nullableText,
      detectionStatus: nullableText,
      deploymentStatus: nullableText,
    }),
  ),
  recordCount: count,
});
export type RunDetail = v.InferOutput<typeof runDetailSchema>;

export const memberRowSchema = v.object({
  index: count,
  path: text,
  bytes: v.number(),
  sha256: nullableText,
  kind: nullableText,
  system: v.nullable(systemSchema),
  state: memberStateSchema,
  reason: nullableText,
  encoding: nullableText,
  lines: nullableCount,
  rows: nullableCount,
  warnings: count,
  timeRule: nullableText,
  modified: v.nullable(momentSchema),
  device: nullableText,
  deviceReason: nullableText,
  unverified: v.boolean(),
});
export type MemberRow = v.InferOutput<typeof memberRowSchema>;

const treeRowBelowSchema = v.object({
  members: count,
  /** Members that are damaged, refused or encrypted. */
  trouble: count,
  warnings: count,
  bytes: v.number(),
});
export type TreeRowBelow = v.InferOutput<typeof treeRowBelowSchema>;

/** A row of the tree of members: a file, a folder, or an archive, which may be both. */
export const treeRowSchema = v.object({
  path: text,
  name: text,
  /** 1 at the top. */
  level: count,
  /** Null for what holds nothing. */
  isOpen: v.nullable(v.boolean()),
  below: treeRowBelowSchema,
  member: v.nullable(memberRowSchema),
});
export type TreeRow = v.InferOutput<typeof treeRowSchema>;

export const witnessSchema = v.object({
  citation: citationSchema,
  /** Worded. */
  says: text,
  at: v.nullable(momentSchema),
  record: nullableText,
  field: v.nullable(recordFieldSchema),
  memberSha256: nullableText,
});
export type WitnessView = v.InferOutput<typeof witnessSchema>;

/** A finding in a list. */
export const findingRowSchema = v.object({
  id: text,
  rule: text,
  kind: findingKindSchema,
  severity: severitySchema,
  system: v.nullable(systemSchema),
  device: nullableText,
  deviceKey: text,
  patch: nullableText,
  title: text,
  explanation: text,
  citation: v.nullable(citationSchema),
  at: v.nullable(momentSchema),
});
export type FindingRow = v.InferOutput<typeof findingRowSchema>;

/** What the rules answered about one subject. */
export const explanationSchema = v.object({
  rules: v.array(
    v.object({
      rule: text,
      title: text,
      kind: findingKindSchema,
      severity: severitySchema,
      outcome: v.picklist(['found', 'cannot-tell', 'consistent']),
      /** Findings that it made here. */
      findings: v.array(v.object({ id: text, title: text })),
      /** What was missing where it could not tell, in words. */
      missing: v.array(text),
    }),
  ),
  /** Rules that looked and had nothing to judge here. */
  notApplicable: count,
});
export type ExplanationView = v.InferOutput<typeof explanationSchema>;

/** A finding in full. */
export const findingDetailSchema = v.object({
  ...findingRowSchema.entries,
  advice: text,
  witnesses: v.array(witnessSchema),
  /** Names of parameters that were assumed, worded with their values. */
  assumed: v.array(text),
  codes: v.array(codeSchema),
  /** The records that the finding speaks of. */
  records: v.array(text),
});
export type FindingDetail = v.InferOutput<typeof findingDetailSchema>;

/** Findings of one rule, for triage. */
export const findingGroupSchema = v.object({
  rule: text,
  kind: findingKindSchema,
  severity: severitySchema,
  title: text,
  /** The explanation of the first, for the line below the title. */
  example: text,
  /** What to do about the first; empty where nothing is to be done. */
  advice: text,
  citation: v.nullable(citationSchema),
  findings: v.array(text),
  count,
  devices: count,
  patches: count,
});
export type FindingGroup = v.InferOutput<typeof findingGroupSchema>;

export const coverageRowSchema = v.object({
  system: systemSchema,
  item: text,
  name: text,
  state: v.picklist(['present', 'partial', 'missing']),
  /** The first ones; `count` of them there are. */
  members: v.array(text),
  count,
});

export const scaleRowSchema = v.object({
  patch: text,
  targeted: nullableCount,
  ran: count,
  succeeded: count,
  failed: count,
  source: text,
});

export const deviceRowSchema = v.object({
  name: text,
  key: text,
  aliases: v.array(text),
  systems: v.array(systemSchema),
  records: count,
  findings: v.object({ critical: count, high: count, medium: count, info: count }),
  worst: v.nullable(severitySchema),
});
export type DeviceRow = v.InferOutput<typeof deviceRowSchema>;

export const undecidedRowSchema = v.object({
  rule: text,
  title: text,
  device: nullableText,
  patch: nullableText,
  missing: text,
});

export const countsSchema = v.object({
  devices: count,
  targeted: nullableCount,
  deploymentRan: count,
  deploymentSucceeded: count,
  deploymentFailed: count,
});

export const limitsSchema = v.object({
  totalBytes: v.number(),
  memberBytes: v.number(),
  ratio: v.number(),
  ratioFromBytes: v.number(),
  members: v.number(),
  depth: v.number(),
  lineBytes: v.number(),
  rowCells: v.number(),
  tableCells: v.number(),
  documentBytes: v.number(),
});

/** What triage and the head line show. */
export const overviewSchema = v.object({
  bundle: v.object({
    name: text,
    bytes: v.number(),
    sha256: text,
    damaged: v.boolean(),
    changed: v.optional(v.boolean()),
  }),
  systems: v.array(systemSchema),
  devices: v.array(deviceRowSchema),
  records: count,
  recordsWithFindings: count,
  runs: count,
  lines: v.object({ total: count, timed: count, outOfOrder: count }),
  members: v.object({
    total: count,
    parsed: count,
    text: count,
    image: count,
    opaque: count,
    damaged: count,
    refused: count,
    encrypted: count,
  }),
  warnings: count,
  span: v.nullable(v.object({ from: momentSchema, to: momentSchema })),
  readMilliseconds: v.number(),
  findings: v.object({
    total: count,
    critical: count,
    high: count,
    medium: count,
    info: count,
    contradictions: count,
  }),
  groups: v.array(findingGroupSchema),
  undecided: v.array(undecidedRowSchema),
  coverage: v.array(coverageRowSchema),
  /** Ready texts that ask the customer for what is missing; null when nothing is. */
  request: v.object({ en: nullableText, ja: nullableText }),
  counts: countsSchema,
  scale: v.array(scaleRowSchema),
  /** Worded: what is known of the zones. */
  zones: v.array(text),
  /** Whether some times of the bundle have no known zone. */
  zoneUnknown: v.boolean(),
  tool: v.object({ version: text, rules: text }),
  /** Packs of the site by which the bundle was read; left out without any. */
  packs: v.exactOptional(
    v.array(
      v.object({
        kind: v.picklist(['codes', 'rules']),
        name: text,
        sha256: text,
        assume: v.array(v.object({ rule: text, parameter: text, value: v.number() })),
        off: v.array(v.object({ rule: text, title: text, reason: text })),
      }),
    ),
  ),
});
export type Overview = v.InferOutput<typeof overviewSchema>;

const decodedNodeSchema: v.GenericSchema<DecodedNode> = v.object({
  label: text,
  value: text,
  offset: nullableCount,
  length: nullableCount,
  children: v.lazy(() => v.array(decodedNodeSchema)),
});

/** Bytes decoded to a tree. */
export const decodedTreeSchema = v.object({
  /** The fact that holds it, e.g. `nap/statement`. */
  fact: text,
  citation: citationSchema,
  asOf: v.nullable(momentSchema),
  /** The decoded bytes, where they are not those of the member itself. */
  bytes: v.nullable(v.instance(Uint8Array)),
  nodes: v.array(decodedNodeSchema),
});
export type DecodedTree = v.InferOutput<typeof decodedTreeSchema>;

/** What is looked for in lines and cells. */
export const textQuerySchema = v.object({
  expression: text,
  regex: v.boolean(),
  ignoreCase: v.boolean(),
  /** Full-width forms match their half-width forms. */
  ignoreWidth: v.boolean(),
});

/** What all panes are filtered by; every part is a chip. */
/** Parts of a filter that are values of one column; an empty text stands for rows that tell none. */
export const valueParts = [
  'detections',
  'deployments',
  'results',
  'exitCodes',
  'outcomes',
  'operations',
  'severities',
  'kinds',
] as const;
export type ValuePart = (typeof valueParts)[number];

export const filterSchema = v.object({
  /** Folded device names. */
  devices: v.optional(v.array(text)),
  patches: v.optional(v.array(text)),
  systems: v.optional(v.array(systemSchema)),
  members: v.optional(v.array(text)),
  levels: v.optional(v.array(levelSchema)),
  /** Milliseconds on the merged timeline's scale (see `TimelineAnswer.scale`). */
  time: v.optional(v.object({ from: v.number(), to: v.number() })),
  text: v.optional(textQuerySchema),
  rules: v.optional(v.array(text)),
  /** Only rows with findings. */
  onlyFindings: v.optional(v.boolean()),
  /** Statuses of records; what their last attempts came to; exit codes as plain numbers. */
  detections: v.optional(v.array(text)),
  deployments: v.optional(v.array(text)),
  results: v.optional(v.array(text)),
  exitCodes: v.optional(v.array(text)),
  /** Of runs. */
  outcomes: v.optional(v.array(text)),
  operations: v.optional(v.array(text)),
  /** Of findings, and of the rows that these cite. */
  severities: v.optional(v.array(text)),
  kinds: v.optional(v.array(text)),
});
export type Filter = v.InferOutput<typeof filterSchema>;

export const sortSchema = v.array(v.object({ column: text, descending: v.boolean() }));
export type Sort = v.InferOutput<typeof sortSchema>;

export const laneMarkSchema = v.object({
  /** On the timeline's scale, milliseconds. */
  from: v.number(),
  to: v.number(),
  count,
  severity: v.nullable(severitySchema),
  /** A record, finding or line to select on click. */
  target: v.nullable(v.object({ on: v.picklist(['record', 'finding', 'line', 'run', 'moment']), id: text })),
  label: text,
});
/** A run on the timeline. */
export const runBarSchema = v.object({
  from: v.number(),
  /** Its end; where none is told, the last that is known of it. */
  to: v.number(),
  isOpen: v.boolean(),
  outcome: v.nullable(deploymentStatusSchema),
  overlaps: v.boolean(),
  run: text,
  /** Device and name. */
  label: text,
});
export type RunBar = v.InferOutput<typeof runBarSchema>;
export const timelineSchema = v.object({
  /** Extent of everything that has a place in time; null when nothing has. */
  extent: v.nullable(v.object({ from: v.number(), to: v.number() })),
  lanes: v.array(
    v.object({
      lane: v.picklist(['detections', 'deployments', 'reboots', 'errors', 'findings']),
      marks: v.array(laneMarkSchema),
    }),
  ),
  /** Runs as bars, one row for each role that the bundle's runs have: relays before agents. */
  runs: v.array(v.object({ role: runRoleSchema, bars: v.array(runBarSchema) })),
  /** Maintenance windows, each told once. */
  windows: v.array(
    v.object({
      from: v.number(),
      to: v.number(),
      label: text,
      /** Where in it certain things are no longer begun. */
      cutoffs: v.optional(v.array(v.object({ at: v.number(), name: text }))),
    }),
  ),
  /** Lines and error lines per bucket over the asked range. */
  density: v.object({ lines: v.array(count), errors: v.array(count) }),
});
export type TimelineAnswer = v.InferOutput<typeof timelineSchema>;

const pixels = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1_000_000));
const transcribed = v.pipe(v.string(), v.maxLength(2000));

/** A row of a picture as the analyst wrote it down (`Transcription`). */
export const transcriptionSchema = v.object({
  id: v.string(),
  member: v.string(),
  region: v.object({ x: pixels, y: pixels, width: pixels, height: pixels }),
  cells: v.object({
    device: transcribed,
    patch: transcribed,
    detectionStatus: transcribed,
    detectionDate: transcribed,
    deployStatus: transcribed,
    deployDate: transcribed,
    exitCode: transcribed,
    attempts: transcribed,
  }),
  author: v.string(),
  createdAt: v.string(),
  changedAt: v.string(),
});

/** A value that redaction takes out, or that only looks like one (`token` null). */
export const redactionRowSchema = v.object({
  kind: v.picklist(['host', 'user', 'email', 'ip', 'mac', 'domain', 'serial', 'instance', 'word']),
  value: text,
  token: nullableText,
  count,
  places: v.array(v.object({ member: text, line: nullableCount })),
});
export type RedactionRowView = v.InferOutput<typeof redactionRowSchema>;
