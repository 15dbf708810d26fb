/** What redaction takes out. `word` is what the analyst added; it is never switched off. */
export const redactionKinds = [
  'host',
  'user',
  'email',
  'ip',
  'mac',
  'domain',
  'serial',
  'instance',
  'word',
] as const;
export type RedactionKind = (typeof redactionKinds)[number];

/** The analyst's choices; they live in the case. */
export interface RedactionSettings {
  /** Kinds that are taken out; those left out stay as they are. */
  readonly kinds: readonly RedactionKind[];
  /** Words of the analyst's own, found anywhere, without regard to case and width. */
  readonly words: readonly string[];
  /** Values that stay although they were found. */
  readonly ignored: readonly string[];
}

export const defaultRedaction: RedactionSettings = { kinds: redactionKinds, words: [], ignored: [] };

/** Reads kinds as a case stores them; `word` is always among them. Unknown ones are left out. */
export function kindsAmong(names: readonly string[]): readonly RedactionKind[] {
  return redactionKinds.filter((kind) => kind === 'word' || names.includes(kind));
}
