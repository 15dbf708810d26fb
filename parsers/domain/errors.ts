/**
 * The three families of errors.
 *
 * - **cancelled**: somebody asked for the work to stop; nothing is wrong.
 * - **expected**: the input or the machine did not allow it; has a stable code, a place and a cause,
 *   and a sentence in the locales under `errors.<code>`.
 * - **bug**: everything else; reported as it is.
 */

/** Codes of expected errors. The wording lives in the locales under `errors.<code>`. */
export type ErrorCode =
  | 'not-found'
  | 'not-readable'
  | 'empty-file'
  | 'no-members'
  | 'damaged-archive'
  | 'unsupported-archive'
  | 'password-needed'
  | 'password-wrong'
  | 'not-writable'
  | 'spool-failed'
  | 'case-damaged'
  | 'case-newer'
  | 'case-other-bundle'
  | 'case-locked'
  | 'bad-expression'
  | 'expression-too-slow'
  | 'bundle-changed'
  | 'in-bundle'
  | 'worker-gone'
  | 'no-bundle'
  | 'not-yet-available'
  | 'unknown-time-zone'
  | 'bad-pack'
  | 'usage';

/** Thrown when an `AbortSignal` fired. */
export class CancelledError extends Error {
  override readonly name = 'CancelledError';
  constructor() {
    super('cancelled');
  }
}

/** Thrown when the input or the machine does not allow the work. */
export class ExpectedError extends Error {
  override readonly name = 'ExpectedError';
  /** What happened, stable. */
  readonly code: ErrorCode;
  /** To what: a bundle's name, a member's path, a case file. Never an absolute path in a report. */
  readonly place: string | null;
  /** Further values for the sentence. */
  readonly detail: Readonly<Record<string, string | number>>;

  constructor(
    code: ErrorCode,
    place: string | null = null,
    detail: Readonly<Record<string, string | number>> = {},
    cause?: unknown,
  ) {
    super(place === null ? code : `${code}: ${place}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.place = place;
    this.detail = detail;
  }
}

/** An error in the form that crosses a process border; Electron itself keeps only the message. */
export type WireError =
  | { readonly family: 'cancelled' }
  | {
      readonly family: 'expected';
      readonly code: ErrorCode;
      readonly place: string | null;
      readonly detail: Readonly<Record<string, string | number>>;
    }
  | { readonly family: 'bug'; readonly message: string; readonly stack: string | null };

/** Turns whatever was thrown into its wire form. */
export function toWireError(thrown: unknown): WireError {
  if (thrown instanceof CancelledError) return { family: 'cancelled' };
  if (thrown instanceof ExpectedError) {
    return { family: 'expected', code: thrown.code, place: thrown.place, detail: thrown.detail };
  }
  if (thrown instanceof Error) {
    return { family: 'bug', message: thrown.message, stack: thrown.stack ?? null };
  }
  return { family: 'bug', message: String(thrown), stack: null };
}

/** The reverse of {@link toWireError}. */
export function fromWireError(wire: WireError): Error {
  switch (wire.family) {
    case 'cancelled':
      return new CancelledError();
    case 'expected':
      return new ExpectedError(wire.code, wire.place, wire.detail);
    case 'bug': {
      const error = new Error(wire.message);
      if (wire.stack !== null) error.stack = wire.stack;
      return error;
    }
  }
}

/** Throws {@link CancelledError} when the signal (an `AbortSignal`) has fired. */
export function throwIfCancelled(signal: { readonly aborted: boolean } | undefined): void {
  if (signal?.aborted === true) throw new CancelledError();
}

/** Holds in a branch that the types say cannot be reached. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
