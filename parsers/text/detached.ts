/** A piece cut out of a text keeps all of it in memory; a copy does not. */
export function detached(text: string): string {
  return text.length < 13 ? text : Buffer.from(text, 'utf16le').toString('utf16le');
}

/** The same of a text that may be missing. */
export function detachedOrNull(text: string | null): string | null {
  return text === null ? null : detached(text);
}

/** A value as JSON knows them with copies of all its texts; objects of classes stay what they are. */
export function detachedAll<T>(value: T): T {
  return detachAny(value, 0) as T;
}

/** Deeper than any fact or event. */
const deepest = 8;

function detachAny(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return detached(value);
  if (typeof value !== 'object' || value === null || depth > deepest) return value;
  if (Array.isArray(value)) return value.map((item) => detachAny(item, depth + 1));
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [name, detachAny(field, depth + 1)]),
  );
}
