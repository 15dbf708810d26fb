/** A file that a site brings in: see `docs/packs.md`. */
export type PackKind = 'codes' | 'rules';

/** Bounds of a pack's file and of what it holds. */
export const packLimits = {
  /** Files of one kind. */
  files: 64,
  bytes: { codes: 4 * 1024 * 1024, rules: 256 * 1024 },
  codes: 20_000,
  rules: 1_000,
  name: 200,
  text: 2_000,
} as const;

/** A file of a pack as it was read. */
export interface PackFile {
  readonly kind: PackKind;
  /** Without its folder. */
  readonly file: string;
  /** null: see `trouble`. */
  readonly content: Uint8Array<ArrayBuffer> | null;
  readonly trouble?: 'unreadable' | 'too-large' | undefined;
}

/** A rule that a pack has switched off. */
export interface RuleOff {
  readonly rule: string;
  readonly reason: string;
}

/** A pack by which a bundle was read. */
export interface PackInForce {
  readonly kind: PackKind;
  /** The pack's own name: of a code dictionary its source's title. */
  readonly name: string;
  /** Of the file, lower-case hexadecimal. */
  readonly sha256: string;
  /** Values in the place of those that rules assume; empty for a dictionary. */
  readonly assume: readonly { readonly rule: string; readonly parameter: string; readonly value: number }[];
  readonly off: readonly RuleOff[];
}

/**
 * Why a pack was not taken, or not all of it. Stable; the wording is in the locales. `at` is the place in the file:
 * `codes[3].code`.
 */
export type PackProblemCode =
  /** The file cannot be read. */
  | 'unreadable'
  | 'too-large'
  | 'too-many'
  | 'not-json'
  /** Its `schema` is another one. */
  | 'other-schema'
  /** A field is missing, unknown, or of another shape. */
  | 'bad-field'
  | 'bad-code'
  | 'unknown-family'
  | 'unknown-rule'
  | 'unknown-parameter'
  | 'out-of-range'
  /** From is later than to. */
  | 'crossed-range'
  /** Another pack has changed the value, or switched the rule off, already. */
  | 'pack-conflict'
  /** A code that the application or an earlier dictionary explains; that one stays. A warning: the rest is taken. */
  | 'duplicate-code';

export interface PackProblem {
  readonly kind: PackKind;
  /** File name without its folder. */
  readonly file: string;
  readonly code: PackProblemCode;
  readonly at: string | null;
  /** What stands there, shortened. */
  readonly value: string | null;
  /** The pack is in force nevertheless. */
  readonly isWarning: boolean;
}
