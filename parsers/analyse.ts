import { openBundle } from './archive/bundle.ts';
import type { BundleMember, LockedMembers } from './archive/bundle.ts';
import type { Limits } from './domain/limits.ts';
import type { Transcription } from './domain/transcription.ts';
import { defaultLimits } from './domain/limits.ts';
import { evidenceSteps } from './evidence/build-evidence.ts';
import type { MemberZone } from './evidence/build-evidence.ts';
import { ingestMember, settleMember } from './evidence/ingest.ts';
import { BundleLines } from './evidence/lines.ts';
import { KeptDrafts } from './evidence/draft-list.ts';
import type { DraftList } from './evidence/draft-list.ts';
import type { MemberDraft } from './evidence/member-draft.ts';
import { RecordPool } from './evidence/record-table.ts';
import { atOnce, inTurns } from './evidence/steps.ts';
import type { Steps } from './evidence/steps.ts';
import { TextStore } from './evidence/text-store.ts';
import { withTranscriptions } from './evidence/transcriptions.ts';
import { zoneOf } from './evidence/zones.ts';
import { formats, systems } from './formats/registry.ts';
import { bootsOf } from './report/analysis.ts';
import type { Analysis, BundleIdentity } from './report/analysis.ts';
import { noPacks } from './packs/read-packs.ts';
import type { Packs } from './packs/read-packs.ts';
import { bundleScale } from './rules/bundle-scale.ts';
import { assume } from './rules/assumptions.ts';
import { rulesVersion } from './rules/registry.ts';
import { ruleSteps } from './rules/run-rules.ts';
import { toolVersion } from './version.ts';

/** Text of this many bytes stays in memory; what is beyond goes to a private temporary file. */
const textBudget = 64 * 1024 * 1024;

export interface ReadOptions {
  readonly limits?: Partial<Limits>;
  readonly password?: string | null;
  /** What becomes of locked members without a password; `refuse-alone` unless said. */
  readonly locked?: LockedMembers | undefined;
  /** IANA name by which local times are read whose zone the bundle does not tell. */
  readonly zone?: string | null;
  /** Rules switched off, and values that they assume; none by default. */
  readonly packs?: Packs;
  /** Private folder for text that does not fit into memory. */
  readonly spoolFolder: string;
  /** Distinguishes this reading's files in the folder. */
  readonly spoolName: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ReadProgress) => void;
  /** Called between two pieces of work with what has been read so far. */
  readonly onStep?: (reading: Reading) => Promise<void> | void;
}

export interface ReadProgress {
  /** Bytes of the bundle file consumed, of how many. */
  readonly bytes: number;
  readonly total: number;
  readonly member: string | null;
  readonly members: number;
}

/** What has been read of a bundle, before it is concluded. */
export interface Reading {
  /** Members in bundle order; the last one may be in work. */
  readonly drafts: DraftList;
  readonly store: TextStore;
}

/** A bundle whose members were all read. */
export interface ReadBundle extends Reading {
  readonly identity: BundleIdentity;
}

/** A bundle with its evidence joined and its rules run. */
export interface Concluded {
  readonly analysis: Analysis;
  readonly lines: BundleLines;
  readonly drafts: DraftList;
  /** How each member's own clock is read, by position. */
  readonly zones: readonly MemberZone[];
  /** By which it was read. */
  readonly packs: Packs;
}

/**
 * The whole pipeline: reads every member in place, joins the evidence, runs the rules.
 *
 * The caller closes `reading.store` when the bundle is closed.
 *
 * @throws ExpectedError when the bundle as a whole cannot be read; CancelledError
 */
export async function analyse(
  path: string,
  options: ReadOptions,
): Promise<{ reading: ReadBundle; concluded: Concluded }> {
  const store = openStore(options);
  try {
    const reading = await readBundle(path, store, options);
    const { identity } = reading;
    const concluding = concludeSteps(reading, identity, options.zone ?? null, [], options.packs);
    return { reading, concluded: await inTurns(concluding, options.signal) };
  } catch (error) {
    store.close();
    throw error;
  }
}

/** Where the text of a bundle goes; whoever opens it closes it. */
export function openStore(options: Pick<ReadOptions, 'spoolFolder' | 'spoolName'>): TextStore {
  return new TextStore(textBudget, { folder: options.spoolFolder, name: options.spoolName });
}

/** First half: every member from its first to its last byte. What was read before an error stays in the store. */
export async function readBundle(path: string, store: TextStore, options: ReadOptions): Promise<ReadBundle> {
  const limits: Limits = { ...defaultLimits, ...options.limits };
  const drafts = new KeptDrafts();
  const bundle = await openBundle(path, {
    limits,
    spoolFolder: options.spoolFolder,
    password: options.password ?? null,
    ...(options.locked === undefined ? {} : { locked: options.locked }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
  });
  try {
    const pool = new RecordPool();
    const archives: (readonly [BundleMember, MemberDraft])[] = [];
    for await (const member of bundle.members()) {
      const draft = await ingestMember(member, {
        store,
        pool,
        limits,
        formats,
        signal: options.signal,
        onDraft: (draft) => {
          drafts.push(draft);
        },
        onStep: () => options.onStep?.({ drafts, store }),
      });
      // How an archive ended is known only after its members.
      if (member.role === 'archive') archives.push([member, draft]);
      else drafts.keepLast();
    }
    for (const [archive, draft] of archives) settleMember(archive, draft);
    return { drafts, store, identity: await bundle.identity() };
  } finally {
    await bundle.close();
  }
}

/** {@link concludeSteps} without a pause. */
export function conclude(...parameters: Parameters<typeof concludeSteps>): Concluded {
  return atOnce(concludeSteps(...parameters));
}

/**
 * Second half: devices, clocks and zones settled, lines merged, rules run. May be called again with another
 * zone, or with other rows that the analyst wrote down from pictures. No member is read between two steps.
 */
export function* concludeSteps(
  reading: Reading,
  identity: BundleIdentity,
  zone: string | null,
  transcriptions: readonly Transcription[] = [],
  packs: Packs = noPacks,
): Steps<Concluded> {
  const { store } = reading;
  const drafts = withTranscriptions(reading.drafts, transcriptions);
  const built = yield* evidenceSteps(drafts, systems, zone === null ? null : zoneOf(zone));
  const { evidence } = built;
  const lines = yield* BundleLines.inSteps(
    drafts,
    built.zones,
    (position) => evidence.deviceKey(evidence.members[position]?.device?.name ?? null),
    store,
  );
  assume(evidence, packs.assumptions);
  const { findings, undecided } = yield* ruleSteps(evidence, packs.rules);
  const { counts, scale } = bundleScale(evidence);
  const analysis: Analysis = {
    tool: { version: toolVersion, rules: rulesVersion },
    bundle: identity,
    evidence,
    lines: { total: lines.total, timed: lines.timed, outOfOrder: lines.outOfOrder },
    findings,
    undecided,
    counts,
    scale,
    facts: built.facts,
    boots: bootsOf(evidence),
    packs: packs.inForce,
  };
  return { analysis, lines, drafts, zones: built.zones, packs };
}
