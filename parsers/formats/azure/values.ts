/** Small forms that several files of Azure Update Manager share: times, durations, fields in brackets. */
import type { Clock, Moment } from '../../domain/moment.ts';
import { localTime } from '../../text/dates.ts';

const stampForm =
  /^(?<y>\d{4})-(?<mo>\d\d)-(?<d>\d\d)[T ](?<h>\d\d):(?<mi>\d\d):(?<s>\d\d)(?:\.(?<f>\d{1,9}))?(?<zone>Z|[+-]\d\d:?\d\d)?$/u;

/** An ISO stamp in UTC (seven fraction digits in settings, none in status files); null when it is none. */
export function readStamp(text: unknown, clock: Clock = 'device'): Moment | null {
  if (typeof text !== 'string') return null;
  const raw = text.trim();
  const groups = stampForm.exec(raw)?.groups;
  if (groups === undefined) return null;
  const [year, month, day, hour, minute, second] = ['y', 'mo', 'd', 'h', 'mi', 's'].map((name) =>
    Number(groups[name]),
  );
  const fraction = groups['f'];
  const local = localTime(
    year ?? 0,
    month ?? 0,
    day ?? 0,
    hour,
    minute,
    second,
    fraction === undefined ? 0 : Number(fraction.slice(0, 3).padEnd(3, '0')),
  );
  if (local === null) return null;
  return {
    raw,
    local,
    offset: offsetOf(groups['zone']),
    offsetSource: 'stated',
    precision: fraction === undefined || fraction.length < 3 ? 'second' : 'millisecond',
    clock,
    clockOf: '',
  };
}

/** What this extension writes without a zone is UTC as well: the vendor's code stamps nothing else. */
function offsetOf(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return zone.startsWith('-') ? -minutes : minutes;
}

const isoDuration =
  /^P(?:(?<days>\d+(?:\.\d+)?)D)?(?:T(?:(?<hours>\d+(?:\.\d+)?)H)?(?:(?<minutes>\d+(?:\.\d+)?)M)?(?:(?<seconds>\d+(?:\.\d+)?)S)?)?$/u;
const clockDuration =
  /^(?:(?<days>\d+) days?, )?(?<hours>\d{1,4}):(?<minutes>\d\d):(?<seconds>\d\d(?:\.\d+)?)$/u;

/** Minutes of `PT3H55M`, `2:00:00` or `1 day, 2:00:00`; null for anything else. */
export function readDuration(text: unknown): number | null {
  if (typeof text !== 'string' || text.length > 40) return null;
  const raw = text.trim();
  const groups = (isoDuration.exec(raw) ?? clockDuration.exec(raw))?.groups;
  if (groups === undefined || raw === 'P' || raw === 'PT') return null;
  const part = (name: string): number => Number(groups[name] ?? 0);
  return part('days') * 1440 + part('hours') * 60 + part('minutes') + part('seconds') / 60;
}

/**
 * The fields of `[Name=value][Other=[A=1][B=2]]`: brackets nest, so values are matched by depth. Fields of
 * inner levels are found as well; the outermost of a name wins. Also reads `[Name: value]`.
 */
export function bracketFields(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  const open: number[] = [];
  const found: { readonly at: number; readonly depth: number; readonly body: string }[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x5b) open.push(at);
    else if (code === 0x5d) {
      const start = open.pop();
      // What is deeper than this tells nothing, and long texts of brackets would cost too much.
      if (start !== undefined && open.length < 4)
        found.push({ at: start, depth: open.length, body: text.slice(start + 1, at) });
    }
  }
  // A text that was cut leaves brackets open: what stands in them is told as far as it goes.
  const [unclosed] = open;
  if (unclosed !== undefined) found.push({ at: unclosed, depth: 0, body: text.slice(unclosed + 1) });
  found.sort((a, b) => a.depth - b.depth || a.at - b.at);
  for (const { body } of found) {
    const groups = /^(?<name>[A-Za-z][\w ()]{0,60}?)(?:=|: )(?<value>[\s\S]*)$/u.exec(body)?.groups;
    const name = groups?.['name'];
    if (name !== undefined && !fields.has(name)) fields.set(name, groups?.['value'] ?? '');
  }
  return fields;
}

/** The entries of a Python list of strings: `['a', 'b']`. */
export function readPythonList(text: string): readonly string[] {
  return [...text.matchAll(/'(?<item>[^'\n]{1,300})'|"(?<other>[^"\n]{1,300})"/gu)].map(
    (match) => match.groups?.['item'] ?? match.groups?.['other'] ?? '',
  );
}

export function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

export function numberOf(value: unknown): number | null {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  return typeof value === 'string' && /^-?\d{1,15}$/u.test(value.trim()) ? Number(value) : null;
}

export function booleanOf(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return null;
  return /^true$/iu.test(value) ? true : /^false$/iu.test(value) ? false : null;
}

export type JsonObject = Readonly<Record<string, unknown>>;

export function objectOf(value: unknown): JsonObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

/** Strings of a list; anything else in it is left out. */
export function stringsOf(value: unknown): readonly string[] {
  return listOf(value).filter((item): item is string => typeof item === 'string');
}

export function guidOf(value: unknown): string | null {
  const text = textOf(value)?.trim().toLowerCase() ?? '';
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u.test(text) ? text : null;
}

/** An object's value by its name, whatever the case of it: exports differ in theirs. */
export function field(object: JsonObject | null, name: string): unknown {
  if (object === null) return undefined;
  if (name in object) return object[name];
  const lower = name.toLowerCase();
  const key = Object.keys(object).find((one) => one.toLowerCase() === lower);
  return key === undefined ? undefined : object[key];
}

export function fieldAt(object: unknown, ...path: readonly string[]): unknown {
  let value: unknown = object;
  for (const name of path) value = field(objectOf(value), name);
  return value;
}
