// Analyses made by hand for the writers' tests: no engine, no archive, every value chosen.
import type {
  Citation,
  CoverageItem,
  Device,
  EventType,
  EvidenceEvent,
  EvidenceWarning,
  Fact,
  FactType,
  Member,
  PatchRecord,
  Run,
  SystemId,
} from '../../parsers/domain/evidence.ts';
import type { Finding, Undecided, Witness } from '../../parsers/domain/finding.ts';
import type { Moment } from '../../parsers/domain/moment.ts';
import { foldDeviceName } from '../../parsers/domain/names.ts';
import type { Evidence } from '../../parsers/evidence/evidence.ts';
import type { Analysis } from '../../parsers/report/analysis.ts';

/** `2024-05-10 09:12` by the appliance's clock, to the minute, zone unknown. */
export function moment(reading: string, more: Partial<Moment> = {}): Moment {
  return {
    raw: reading,
    local: Date.parse(`${reading.replace(' ', 'T')}Z`),
    offset: null,
    offsetSource: 'unknown',
    precision: 'minute',
    clock: 'sma',
    clockOf: '',
    ...more,
  };
}

export function citation(
  member: string,
  line: number | null,
  quote: string,
  row: number | null = null,
): Citation {
  return { member, line, row, pointer: null, quote };
}

export function member(path: string, more: Partial<Member> = {}): Member {
  return {
    index: 0,
    path,
    bytes: 1234,
    sha256: hashOf(path),
    kind: null,
    system: null,
    state: 'parsed',
    reason: null,
    encoding: 'utf-8',
    lines: 120,
    rows: null,
    warnings: 0,
    timeRule: null,
    modified: null,
    device: null,
    ...more,
  };
}

/** A hash in form only: 64 hexadecimal digits that depend on the name. */
export function hashOf(name: string): string {
  let seed = 0x811c9dc5;
  for (const character of name) seed = Math.imul(seed ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  let hash = '';
  while (hash.length < 64) {
    seed = (Math.imul(seed, 0x19660d) + 0x3c6ef35f) >>> 0;
    hash += seed.toString(16).padStart(8, '0');
  }
  return hash;
}

export function record(id: string, more: Partial<PatchRecord> = {}): PatchRecord {
  return {
    id,
    system: 'kace-sma',
    device: 'PC-0042',
    patch: '2024-05 累積更新プログラム (KB5037771)',
    kb: 'KB5037771',
    updateId: null,
    detection: { status: 'not-patched', raw: 'パッチ未適用', at: moment('2024-05-10 09:12') },
    deployment: {
      status: 'succeeded',
      raw: '正常終了',
      at: moment('2024-05-10 09:30'),
      exitCode: 3010,
      attempts: 1,
      maxAttempts: null,
    },
    exitCodeRaw: '3010, 0xBC2',
    reboot: null,
    source: 'device-page',
    capturedAt: null,
    citation: citation(
      'PC-0042/デバイスの詳細.html',
      418,
      'パッチ未適用 | 2024-05-10 09:12 | 正常終了 | 3010, 0xBC2 | 2024-05-10 09:30 | 1',
      2,
    ),
    ...more,
  };
}

export interface EvidenceParts {
  readonly members?: readonly Member[];
  readonly devices?: readonly string[];
  readonly systems?: readonly SystemId[];
  readonly records?: readonly PatchRecord[];
  readonly runs?: readonly Run[];
  readonly warnings?: readonly EvidenceWarning[];
  readonly coverage?: readonly CoverageItem[];
  readonly facts?: readonly Fact[];
  readonly events?: readonly EvidenceEvent[];
}

export function evidence(parts: EvidenceParts = {}): Evidence {
  const members = (parts.members ?? []).map((one, index) => ({ ...one, index }));
  const records = parts.records ?? [];
  const systems = parts.systems ?? [];
  const devices = (parts.devices ?? []).map((name): Device => ({
    name,
    key: foldDeviceName(name),
    aliases: [],
    systems: systems.slice(0, 1),
  }));
  const byPath = new Map(members.map((one) => [one.path, one]));
  const byId = new Map(records.map((one) => [one.id, one]));
  const deviceKey = (device: string | null): string => (device === null ? '' : foldDeviceName(device));
  return {
    members,
    devices,
    systems: new Set(systems),
    records,
    runs: parts.runs ?? [],
    warnings: parts.warnings ?? [],
    coverage: parts.coverage ?? [],
    member: (path) => byPath.get(path),
    record: (id) => byId.get(id),
    pairs: [],
    pairOf: () => {
      throw new Error('made by hand: no pairs');
    },
    recordsOfDevice: (key) => records.filter((one) => deviceKey(one.device) === key),
    pairsOfPatch: () => [],
    patchKey: (_system, name) => name.kb ?? name.patch ?? '',
    samePatch: (a, b) => a.kb === b.kb,
    deviceKey,
    facts: <T extends FactType>(type: T) =>
      (parts.facts ?? []).filter((fact): fact is Fact<T> => fact.type === type),
    events: <T extends EventType>(type: T) =>
      (parts.events ?? []).filter((event): event is EvidenceEvent<T> => event.type === type),
    eventsOfDevice: (key) => (parts.events ?? []).filter((event) => deviceKey(event.device) === key),
    restart: () => ({ answer: 'none' }),
    latest: () => null,
  };
}

export function witness(more: Partial<Witness> & Pick<Witness, 'citation'>): Witness {
  return { says: 'detected-at', parameters: {}, record: null, field: null, ...more };
}

export function finding(number: number, more: Partial<Finding> = {}): Finding {
  return {
    id: `f-${number.toString(16).padStart(16, '0')}`,
    rule: 'kace/detection-older-than-deployment',
    kind: 'contradiction',
    severity: 'high',
    system: 'kace-sma',
    device: 'PC-0042',
    patch: '2024-05 累積更新プログラム (KB5037771)',
    parameters: {
      detectionStatus: 'not-patched',
      detectedAt: '2024-05-10 09:12',
      deployedAt: '2024-05-10 09:30',
      apartMinutes: 18,
      restartDue: true,
      restart: 'none',
      restartAt: null,
      exitCode: 3010,
    },
    witnesses: [],
    ...more,
  };
}

/** The two cells of a record that contradict each other. */
export function cellsOf(one: PatchRecord): readonly Witness[] {
  return [
    witness({
      citation: one.citation,
      record: one.id,
      field: 'detection.at',
      says: 'detected-at',
      parameters: { detectionStatus: 'not-patched', detectedAt: '2024-05-10 09:12' },
    }),
    witness({
      citation: one.citation,
      record: one.id,
      field: 'deployment.at',
      says: 'deployed-at',
      parameters: { deploymentStatus: 'succeeded', deployedAt: '2024-05-10 09:30' },
    }),
  ];
}

export interface AnalysisParts extends EvidenceParts {
  readonly name?: string;
  readonly damaged?: boolean;
  readonly findings?: readonly Finding[];
  readonly undecided?: readonly Undecided[];
  readonly counts?: Partial<Analysis['counts']>;
  readonly scale?: Analysis['scale'];
  readonly boots?: Analysis['boots'];
  readonly lines?: Partial<Analysis['lines']>;
}

export function analysis(parts: AnalysisParts = {}): Analysis {
  const name = parts.name ?? 'sakura-2024-05.zip';
  return {
    tool: { version: '1.0.0', rules: '1' },
    bundle: { name, bytes: 48_273_113, sha256: hashOf(name), damaged: parts.damaged ?? false },
    evidence: evidence(parts),
    lines: { total: 0, timed: 0, outOfOrder: 0, ...parts.lines },
    findings: parts.findings ?? [],
    undecided: parts.undecided ?? [],
    counts: {
      devices: parts.devices?.length ?? 0,
      targeted: null,
      deploymentRan: 0,
      deploymentSucceeded: 0,
      deploymentFailed: 0,
      ...parts.counts,
    },
    scale: parts.scale ?? [],
    facts: parts.facts ?? [],
    boots: parts.boots ?? [],
    packs: [],
  };
}
