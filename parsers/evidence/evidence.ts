import type { Clock, Moment } from '../domain/moment.ts';
import type {
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
} from '../domain/evidence.ts';

/** One patch on one device as one system tells it: all records of the pair, in bundle order. */
export interface PatchOnDevice {
  readonly system: SystemId;
  /** Folded device name; '' when the device is unknown. */
  readonly deviceKey: string;
  readonly device: string | null;
  readonly patchKey: string;
  readonly patch: string | null;
  readonly kb: string | null;
  /** At least one. */
  readonly records: readonly PatchRecord[];
}

/** By what a patch is the same patch in another source. */
export interface PatchName {
  readonly patch: string | null;
  readonly kb: string | null;
  readonly updateId: string | null;
}

/** Whether a restart lies between two moments. */
export type RestartAnswer =
  | { readonly answer: 'evidenced'; readonly event: EvidenceEvent }
  /** There are restarts, but their order with the moments cannot be decided. */
  | { readonly answer: 'undecidable' }
  | { readonly answer: 'none' };

/** Everything the bundle says, in one place, read-only. Rules see this and nothing else. */
export interface Evidence {
  readonly members: readonly Member[];
  readonly devices: readonly Device[];
  /** Systems that at least one parsed member belongs to. */
  readonly systems: ReadonlySet<SystemId>;
  readonly records: readonly PatchRecord[];
  readonly runs: readonly Run[];
  readonly warnings: readonly EvidenceWarning[];
  readonly coverage: readonly CoverageItem[];

  member(path: string): Member | undefined;
  record(id: string): PatchRecord | undefined;

  /** Every patch on every device, per system, in order of first appearance. */
  readonly pairs: readonly PatchOnDevice[];
  /** The pair a record belongs to. */
  pairOf(record: PatchRecord): PatchOnDevice;
  /** Records of a device in all systems. @param deviceKey folded name */
  recordsOfDevice(deviceKey: string): readonly PatchRecord[];
  /** Pairs of one patch on all devices, of one system. */
  pairsOfPatch(system: SystemId, patchKey: string): readonly PatchOnDevice[];
  /** The key under which a patch is one patch within a system: its title folded, or its KB where that is unambiguous. */
  patchKey(system: SystemId, name: PatchName): string;
  /** Whether two names mean the same patch: by KB, update id or title, in that order. */
  samePatch(a: PatchName, b: PatchName): boolean;
  /** Folded device name; '' for null. */
  deviceKey(device: string | null): string;

  facts<T extends FactType>(type: T): readonly Fact<T>[];
  events<T extends EventType>(type: T): readonly EvidenceEvent<T>[];
  /** All events of a device, in file order. @param deviceKey folded name */
  eventsOfDevice(deviceKey: string): readonly EvidenceEvent[];

  /**
   * Whether a restart of the device is evidenced after `after` and, when given, before `before`: a boot
   * or shutdown, an agent start after a requested restart, or a line that states the restart, orderable with both.
   */
  restart(deviceKey: string, after: Moment, before: Moment | null): RestartAnswer;

  /** The latest plausible moment of a clock in the bundle: what "now" means; null when it wrote none. */
  latest(clock: Clock, clockOf: string): Moment | null;
}
