import type { Device, DeviceAssignment, SystemId } from '../domain/evidence.ts';
import { foldDeviceName } from '../domain/names.ts';
import type { DraftList } from './draft-list.ts';

/** The devices of a bundle, and which of its members speaks of which. */
export interface Assignments {
  readonly devices: readonly Device[];
  /** By position of the member. */
  readonly ofMember: readonly (DeviceAssignment | null)[];
  /** Folded key of any spelling or alias. '' stays ''. */
  keyOf(name: string | null): string;
  /** The name under which a device is shown. */
  nameOf(name: string): string;
}

/**
 * Collects the devices that the evidence names and gives each member its device, by the first reason
 * that holds (`docs/formats.md`, "Device of a source").
 */
export function assignDevices(drafts: DraftList): Assignments {
  const table = new DeviceTable();
  // Before all else: who else speaks of the device may come earlier in the bundle.
  for (const { otherNames } of drafts) for (const { name, aliases } of otherNames) table.alias(name, aliases);
  for (const draft of drafts) {
    const { system } = draft;
    if (draft.device !== null) table.add(draft.device, system, draft.aliases);
    if (draft.records.count > 0) for (const device of draft.records.deviceNames()) table.add(device, system);
    for (const event of draft.events) if (typeof event.device === 'string') table.add(event.device, system);
    for (const fact of draft.facts) if (typeof fact.device === 'string') table.add(fact.device, system);
  }
  const collections = new Collections(drafts);
  const known = new Map<string, DeviceAssignment>();
  /** One for all members that have it in common. */
  const assigned = (name: string, reason: DeviceAssignment['reason']): DeviceAssignment => {
    const key = `${reason} ${name}`;
    let assignment = known.get(key);
    if (assignment === undefined) {
      assignment = { name, reason };
      known.set(key, assignment);
    }
    return assignment;
  };
  const folders = new DeviceFolders(table);
  const only = table.only();
  const onlyDevice = only === null ? null : assigned(only, 'only-device');
  const ofMember = drafts.map((draft): DeviceAssignment | null => {
    if (draft.device !== null) return assigned(table.nameOf(draft.device), 'stated');
    const collected = collections.deviceOf(draft.path);
    if (collected !== null) return assigned(table.nameOf(collected), 'collection');
    const folder = folders.deviceOf(draft.path);
    return folder === null ? onlyDevice : assigned(table.nameOf(folder), 'folder');
  });
  drafts.forEach((draft, index) => {
    const name = ofMember[index]?.name;
    if (name !== undefined && draft.system !== null) table.add(name, draft.system);
  });
  return {
    devices: table.list(),
    ofMember,
    keyOf: (name) => (name === null ? '' : table.keyOf(name)),
    nameOf: (name) => table.nameOf(name),
  };
}

class DeviceTable {
  readonly #byKey = new Map<string, { name: string; aliases: Set<string>; systems: Set<SystemId> }>();
  readonly #aliasKeys = new Map<string, string>();
  /** Names stated for one device only; '' for one that several devices bear. */
  readonly #otherNames = new Map<string, string>();
  readonly #firstNames = new Map<string, { readonly name: string; readonly aliases: Set<string> }>();
  readonly #keys = new Map<string, string>();

  add(name: string, system: SystemId | null, aliases: readonly string[] = []): void {
    const key = this.keyOf(name);
    if (key === '') return;
    let device = this.#byKey.get(key);
    if (device === undefined) {
      const known = this.#firstNames.get(key);
      device = {
        name: known?.name ?? name.trim(),
        aliases: new Set(known?.aliases),
        systems: new Set(),
      };
      this.#byKey.set(key, device);
    }
    if (name.trim() !== device.name) device.aliases.add(name.trim());
    for (const alias of aliases) {
      device.aliases.add(alias);
      const aliasKey = foldDeviceName(alias);
      if (!this.#byKey.has(aliasKey) && !this.#aliasKeys.has(aliasKey)) this.#aliasKeys.set(aliasKey, key);
    }
    if (system !== null) device.systems.add(system);
  }

  /** Other names of a device that others may use; a name of two devices is of no use. */
  alias(name: string, aliases: readonly string[]): void {
    const key = foldDeviceName(name);
    let first = this.#firstNames.get(key);
    if (first === undefined) {
      first = { name: name.trim(), aliases: new Set() };
      this.#firstNames.set(key, first);
    }
    for (const alias of aliases) {
      const aliasKey = foldDeviceName(alias);
      if (aliasKey === '' || aliasKey === key) continue;
      first.aliases.add(alias);
      const owner = this.#otherNames.get(aliasKey);
      this.#otherNames.set(aliasKey, owner === undefined || owner === key ? key : '');
    }
  }

  keyOf(name: string): string {
    let key = this.#keys.get(name);
    if (key === undefined) {
      key = foldDeviceName(name);
      this.#keys.set(name, key);
    }
    return this.#resolve(key);
  }

  #resolve(key: string): string {
    const owner = this.#otherNames.get(key);
    if (owner !== undefined && owner !== '' && !this.#firstNames.has(key)) return owner;
    return this.#byKey.has(key) ? key : (this.#aliasKeys.get(key) ?? key);
  }

  nameOf(name: string): string {
    return this.#byKey.get(this.keyOf(name))?.name ?? name;
  }

  get size(): number {
    return this.#byKey.size;
  }

  /** Of a segment of a path, which need not be remembered: there are many that are no device. */
  has(segment: string): boolean {
    return segment !== '' && this.#byKey.has(this.#resolve(foldDeviceName(segment)));
  }

  only(): string | null {
    if (this.#byKey.size !== 1) return null;
    return [...this.#byKey.values()][0]?.name ?? null;
  }

  list(): readonly Device[] {
    return [...this.#byKey].map(([key, device]) => ({
      name: device.name,
      key,
      aliases: [...device.aliases],
      systems: [...device.systems].sort(),
    }));
  }
}

/** Devices stated for a folder or an inner archive as a whole. */
class Collections {
  readonly #byFolder = new Map<string, Set<string>>();
  readonly #names = new Map<string, string>();

  constructor(drafts: DraftList) {
    for (const draft of drafts) {
      if (draft.device === null || !draft.speaksForCollection) continue;
      const key = foldDeviceName(draft.device);
      this.#names.set(key, draft.device);
      for (const folder of foldersOf(draft.path)) {
        const keys = this.#byFolder.get(folder) ?? new Set<string>();
        keys.add(key);
        this.#byFolder.set(folder, keys);
      }
    }
  }

  /** The nearest folder for which exactly one device is stated; null when two devices meet first. */
  deviceOf(path: string): string | null {
    if (this.#byFolder.size === 0) return null;
    for (const folder of foldersOf(path)) {
      const keys = this.#byFolder.get(folder);
      if (keys === undefined) continue;
      const [only] = keys;
      return keys.size === 1 && only !== undefined ? (this.#names.get(only) ?? null) : null;
    }
    return null;
  }
}

/** Folders and inner archives that hold a member, the nearest first, the bundle itself ('') last. */
export function foldersOf(path: string): readonly string[] {
  const folded = path.replaceAll('\\', '/');
  const folders: string[] = [];
  let at = folded.length;
  while (at > 0) {
    const slash = Math.max(folded.lastIndexOf('/', at - 1), folded.lastIndexOf('!', at - 1));
    if (slash < 0) break;
    const folder = folded.slice(0, slash);
    if (folder !== '' && !folder.endsWith('!')) folders.push(folder);
    at = slash;
  }
  folders.push('');
  return folders;
}

/** Finds folders and inner archives that are named like a device. */
class DeviceFolders {
  readonly #table: DeviceTable;
  /** Members of one folder come one after the other. */
  #last: { readonly folder: string; readonly device: string | null } | null = null;

  constructor(table: DeviceTable) {
    this.#table = table;
  }

  /** The nearest one of a member. */
  deviceOf(path: string): string | null {
    if (this.#table.size === 0) return null;
    const [folder = '', ...others] = foldersOf(path);
    if (this.#last?.folder === folder) return this.#last.device;
    const device = [folder, ...others].map(lastSegment).find((segment) => this.#table.has(segment)) ?? null;
    this.#last = { folder, device };
    return device;
  }
}

/** The folder's own name; of an inner archive its name without the archive's endings. */
function lastSegment(folder: string): string {
  const segment = folder.slice(Math.max(folder.lastIndexOf('/'), folder.lastIndexOf('!')) + 1);
  return segment.replace(/\.(?:zip|tar|tgz|gz|xz|txz)(?:\.(?:gz|xz))?$/iu, '');
}
