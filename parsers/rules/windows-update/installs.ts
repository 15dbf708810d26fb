import type { Citation, EvidenceEvent } from '../../domain/evidence.ts';
import type { Moment } from '../../domain/moment.ts';
import { findKb } from '../../domain/names.ts';
import type { Evidence, PatchName } from '../../evidence/evidence.ts';
import { cancelledCode } from '../../formats/windows-update/result-codes.ts';

/** What a source says that happened to an update on a device. */
export type InstallStep =
  'started' | 'failed' | 'pending' | 'installed' | 'restart-required' | 'uninstalled' | 'detected';

/** One statement of one source about the installation of an update. */
export interface InstallSighting {
  readonly step: InstallStep;
  readonly name: PatchName;
  readonly device: string | null;
  /** The folded device; of an unknown one the member stands in for it, and nothing else may be joined to it. */
  readonly place: string;
  readonly at: Moment | null;
  readonly citation: Citation;
  readonly code: number | null;
  /** Number of a reporting event (181 ... 201), and its GUID: in two files it is one event. */
  readonly report: number | null;
  readonly reportId: string | null;
}

/** An update on a device with all that is said of its installation. */
export interface UpdateOnDevice {
  readonly place: string;
  readonly deviceKey: string;
  readonly device: string | null;
  /** Its title where one is known, else its KB number, else its GUID. */
  readonly patch: string | null;
  readonly name: PatchName;
  readonly sightings: readonly InstallSighting[];
}

const steps = {
  'windows-update/install-started': 'started',
  'windows-update/install-failed': 'failed',
  'windows-update/install-pending': 'pending',
  'windows-update/installed': 'installed',
  'windows-update/uninstalled': 'uninstalled',
  'windows-update/detected': 'detected',
} as const satisfies Readonly<Record<string, InstallStep>>;

/**
 * KB numbers that stand for a product, not for one update: definitions and tools that come again and
 * again under the same number (Microsoft Defender, its platform, the Malicious Software Removal Tool,
 * Security Essentials, Endpoint Protection). Only title or GUID tell which one is meant.
 */
const rollingKbs: ReadonlySet<string> = new Set([
  'KB2267602',
  'KB4052623',
  'KB890830',
  'KB915597',
  'KB2310138',
  'KB2461484',
]);

/** Whether two names mean one update: `Evidence.samePatch`, save for numbers that stand for many updates. */
export function sameUpdate(evidence: Evidence, a: PatchName, b: PatchName): boolean {
  if (!evidence.samePatch(a, b)) return false;
  if (a.kb === null || !rollingKbs.has(a.kb)) return true;
  if (a.updateId !== null && b.updateId !== null) return a.updateId === b.updateId;
  return (
    a.patch !== null && b.patch !== null && foldedTitle(evidence, a.patch) === foldedTitle(evidence, b.patch)
  );
}

interface InstallView {
  readonly sightings: readonly InstallSighting[];
  /** By place and each of an update's names. */
  readonly byName: ByName;
  /** The same, of each step alone. */
  readonly bySteps: ReadonlyMap<InstallStep, ByName>;
  readonly updates: readonly UpdateOnDevice[];
}

/** Under which sightings of all unknown devices are found together. */
const anywhere = '?';

const views = new WeakMap<Evidence, InstallView>();

function viewOf(evidence: Evidence): InstallView {
  let view = views.get(evidence);
  if (view === undefined) {
    const sightings = collect(evidence);
    const byName = new Map<string, InstallSighting[]>();
    const bySteps = new Map<InstallStep, Map<string, InstallSighting[]>>();
    for (const sighting of sightings) {
      const place = sighting.place.startsWith('?') ? anywhere : sighting.place;
      let ofStep = bySteps.get(sighting.step);
      if (ofStep === undefined) {
        ofStep = new Map();
        bySteps.set(sighting.step, ofStep);
      }
      for (const key of keysOf(evidence, sighting.name)) {
        push(byName, `${place}\0${key}`, sighting);
        push(ofStep, `${place}\0${key}`, sighting);
      }
    }
    view = { sightings, byName, bySteps, updates: group(evidence, sightings) };
    views.set(evidence, view);
  }
  return view;
}

/** Everything that is said of installations, in bundle order, a reporting event once. */
export function installSightings(evidence: Evidence): readonly InstallSighting[] {
  return viewOf(evidence).sightings;
}

/** Every update on every device of which an installation is told. */
export function updatesOnDevices(evidence: Evidence): readonly UpdateOnDevice[] {
  return viewOf(evidence).updates;
}

/** What is said of an update on a known device, under whichever of its names. */
export function sightingsOf(
  evidence: Evidence,
  deviceKey: string,
  names: readonly PatchName[],
): readonly InstallSighting[] {
  return deviceKey === '' ? [] : lookUp(evidence, viewOf(evidence).byName, deviceKey, names);
}

/** Of all that is said of an update on its device, under whichever name, the steps of one kind. */
export function stepsOf(
  evidence: Evidence,
  update: UpdateOnDevice,
  step: InstallStep,
): readonly InstallSighting[] {
  const { bySteps } = viewOf(evidence);
  if (update.deviceKey === '') return update.sightings.filter((sighting) => sighting.step === step);
  return lookUp(evidence, bySteps.get(step) ?? new Map(), update.deviceKey, [update.name]);
}

/** Statements about an update whose device is not known: nothing may be concluded from them, or from silence. */
export function homelessSightings(
  evidence: Evidence,
  names: readonly PatchName[],
): readonly InstallSighting[] {
  return lookUp(evidence, viewOf(evidence).byName, anywhere, names);
}

type ByName = ReadonlyMap<string, readonly InstallSighting[]>;

function lookUp(
  evidence: Evidence,
  byName: ByName,
  place: string,
  names: readonly PatchName[],
): readonly InstallSighting[] {
  if (byName.size === 0) return [];
  const hits = new Set<InstallSighting>();
  const asked = new Set<string>();
  for (const name of names) {
    for (const key of keysOf(evidence, name)) {
      // Names that ask the same of the same statements ask once; a number that stands for many updates asks anew.
      if (names.length > 1 && !isRolling(name)) {
        const question = key.startsWith('name ') ? `${key}\0${name.kb ?? ''}` : key;
        if (asked.has(question)) continue;
        asked.add(question);
      }
      for (const sighting of byName.get(`${place}\0${key}`) ?? []) {
        if (sameUpdate(evidence, sighting.name, name)) hits.add(sighting);
      }
    }
  }
  return [...hits];
}

function isRolling({ kb }: PatchName): boolean {
  return kb !== null && rollingKbs.has(kb);
}

/** What sources say of updates, found by any of an update's names instead of by comparing it with each. */
export class ByUpdate<T extends PatchName> {
  readonly #evidence: Evidence;
  readonly #items: readonly T[];
  readonly #places = new Map<string, number[]>();

  constructor(evidence: Evidence, items: readonly T[]) {
    this.#evidence = evidence;
    this.#items = items;
    items.forEach((item, place) => {
      for (const key of keysOf(evidence, item)) push(this.#places, key, place);
    });
  }

  /** Those that mean the update under one of the names, in the order of the list. */
  of(names: readonly PatchName[]): readonly T[] {
    const asked = new Set<string>();
    const found = new Set<number>();
    for (const name of names) {
      for (const key of keysOf(this.#evidence, name)) {
        const question = key.startsWith('name ') || isRolling(name) ? `${key}\0${nameKey(name)}` : key;
        if (asked.has(question)) continue;
        asked.add(question);
        for (const place of this.#places.get(key) ?? []) {
          const item = this.#items[place];
          if (item !== undefined && !found.has(place) && sameUpdate(this.#evidence, item, name))
            found.add(place);
        }
      }
    }
    return [...found].sort((a, b) => a - b).flatMap((place) => this.#items[place] ?? []);
  }
}

function nameKey({ patch, kb, updateId }: PatchName): string {
  return JSON.stringify([patch, kb, updateId]);
}

function keysOf(evidence: Evidence, name: PatchName): readonly string[] {
  const keys: string[] = [];
  if (name.kb !== null) keys.push(`kb ${name.kb}`);
  if (name.updateId !== null) keys.push(`id ${name.updateId}`);
  if (name.patch !== null) keys.push(`name ${foldedTitle(evidence, name.patch)}`);
  return keys;
}

/** The store keeps what it folded: titles come again by the thousand. */
function foldedTitle(evidence: Evidence, patch: string): string {
  return evidence.patchKey('windows-update', { patch, kb: null, updateId: null });
}

/** The folded device of an event, or the member that stands in for an unknown one. */
export function placeOf(
  evidence: Evidence,
  stated: { readonly device: string | null; readonly citation: Citation },
): string {
  const key = evidence.deviceKey(stated.device);
  return key === '' ? `?${stated.citation.member}` : key;
}

function collect(evidence: Evidence): readonly InstallSighting[] {
  const reports = reportsByCitation(evidence);
  const seen = new Set<string>();
  const sightings: InstallSighting[] = [];
  for (const [type, step] of Object.entries(steps)) {
    for (const event of evidence.events(type as keyof typeof steps)) {
      const report = reports.get(citationKey(event.citation));
      const reportId = report?.detail.reportId ?? null;
      const place = placeOf(evidence, event);
      if (reportId !== null) {
        const key = `${place}\0${reportId}`;
        if (seen.has(key)) continue;
        seen.add(key);
      }
      const code = 'code' in event.detail ? event.detail.code : (report?.detail.code ?? null);
      if (step === 'failed' && code === cancelledCode) continue;
      sightings.push({
        step,
        name: event,
        device: event.device,
        place,
        at: event.at,
        citation: event.citation,
        code,
        report: report?.detail.report ?? null,
        reportId,
      });
    }
  }
  for (const event of evidence.events('windows-update/restart-required')) {
    for (const title of event.detail.titles) {
      sightings.push({
        step: 'restart-required',
        name: { patch: title, kb: findKb(title), updateId: null },
        device: event.device,
        place: placeOf(evidence, event),
        at: event.at,
        citation: event.citation,
        code: null,
        report: null,
        reportId: null,
      });
    }
  }
  return withCarriedNames(sightings);
}

/**
 * A GUID means the same update wherever it stands: a source that gives nothing else gets the title and the
 * KB number that another one states beside it.
 */
function withCarriedNames(sightings: readonly InstallSighting[]): readonly InstallSighting[] {
  const titles = new Map<string, string>();
  const kbs = new Map<string, string>();
  for (const { name } of sightings) {
    if (name.updateId === null) continue;
    if (isTitle(name) && !titles.has(name.updateId)) titles.set(name.updateId, name.patch);
    if (name.kb !== null && !kbs.has(name.updateId)) kbs.set(name.updateId, name.kb);
  }
  return sightings.map((sighting) => {
    const { patch, kb, updateId } = sighting.name;
    if (updateId === null || (kb !== null && isTitle(sighting.name))) return sighting;
    const name: PatchName = {
      updateId,
      kb: kb ?? kbs.get(updateId) ?? null,
      patch: isTitle(sighting.name) ? patch : (titles.get(updateId) ?? patch),
    };
    return { ...sighting, name };
  });
}

/** Whether a name says more than number or GUID. */
function isTitle(name: PatchName): name is PatchName & { readonly patch: string } {
  return name.patch !== null && name.patch !== name.kb && name.patch !== name.updateId;
}

function reportsByCitation(evidence: Evidence): ReadonlyMap<string, EvidenceEvent<'windows-update/report'>> {
  return new Map(
    evidence.events('windows-update/report').map((event) => [citationKey(event.citation), event]),
  );
}

function citationKey(citation: Citation): string {
  return `${citation.member}\0${String(citation.line)}\0${String(citation.row)}`;
}

/** An update by its GUID; a statement without one joins the only update that it can mean. */
function group(evidence: Evidence, sightings: readonly InstallSighting[]): readonly UpdateOnDevice[] {
  const byPlace = new Map<
    string,
    { readonly known: InstallSighting[]; readonly unnamed: InstallSighting[] }
  >();
  for (const sighting of sightings) {
    const entry = byPlace.get(sighting.place) ?? { known: [], unnamed: [] };
    (sighting.name.updateId === null ? entry.unnamed : entry.known).push(sighting);
    byPlace.set(sighting.place, entry);
  }
  return [...byPlace].flatMap(([place, { known, unnamed }]) => {
    const groups = new Map<string, InstallSighting[]>();
    for (const sighting of known) push(groups, sighting.name.updateId ?? '', sighting);
    const named = new NamedUpdates(evidence, groups);
    for (const sighting of unnamed) {
      const only = named.only(sighting.name);
      const own = sighting.name.kb ?? sighting.name.patch;
      if (only !== null) push(groups, only, sighting);
      else if (own !== null) push(groups, own, sighting);
    }
    return [...groups.values()].map((members) => updateOf(place, members));
  });
}

/** The updates of a place by GUID, found by what a statement without one may name. */
class NamedUpdates {
  readonly #evidence: Evidence;
  readonly #byKey = new Map<string, { readonly key: string; readonly name: PatchName }[]>();

  constructor(evidence: Evidence, groups: ReadonlyMap<string, readonly InstallSighting[]>) {
    this.#evidence = evidence;
    for (const [key, [first]] of groups) {
      if (first === undefined) continue;
      for (const one of keysOf(evidence, { ...first.name, updateId: null }))
        push(this.#byKey, one, { key, name: first.name });
    }
  }

  /** The only update that a name can mean; null when it means none, or one of several. */
  only(name: PatchName): string | null {
    const keys = keysOf(this.#evidence, isRolling(name) ? { ...name, kb: null } : name);
    let only: string | null = null;
    for (const one of keys) {
      for (const update of this.#byKey.get(one) ?? []) {
        if (update.key === only || !sameUpdate(this.#evidence, update.name, name)) continue;
        if (only !== null) return null;
        only = update.key;
      }
    }
    return only;
  }
}

function updateOf(place: string, sightings: readonly InstallSighting[]): UpdateOnDevice {
  const find = <T>(field: (name: PatchName) => T | null): T | null => {
    for (const { name } of sightings) {
      const value = field(name);
      if (value !== null) return value;
    }
    return null;
  };
  const name: PatchName = {
    updateId: find(({ updateId }) => updateId),
    kb: find(({ kb }) => kb),
    patch: titleOf(sightings),
  };
  return {
    place,
    deviceKey: place.startsWith('?') ? '' : place,
    device: sightings[0]?.device ?? null,
    patch: name.patch ?? name.kb ?? name.updateId,
    name,
    sightings,
  };
}

/** A name that is more than number or GUID, where one of the statements has it. */
function titleOf(sightings: readonly InstallSighting[]): string | null {
  for (const { name } of sightings) {
    if (isTitle(name)) return name.patch;
  }
  return sightings[0]?.name.patch ?? null;
}

/** Statements of one source each: a member counts attempts of its own; two members may tell of the same ones. */
export function bySource(sightings: readonly InstallSighting[]): readonly (readonly InstallSighting[])[] {
  const sources = new Map<string, InstallSighting[]>();
  for (const sighting of sightings) {
    // Rows of ReportingEvents.log are known by their own GUID wherever they are quoted.
    push(sources, sighting.reportId === null ? sighting.citation.member : 'reports', sighting);
  }
  return [...sources.values()];
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
