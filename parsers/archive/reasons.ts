/** Why a member is not whole, as a stable code; the wording lives in the locales. */
export type ReasonCode =
  // damaged: what could be read was delivered
  | 'bad-crc'
  | 'bad-size'
  | 'bad-header'
  | 'changed-while-read'
  | 'header-mismatch'
  | 'damaged-data'
  | 'not-readable'
  | 'overlapping-entry'
  | 'split-archive'
  | 'trailing-data'
  | 'truncated'
  | 'unsupported-method'
  // refused: a limit was reached
  | 'ratio'
  | 'too-deep'
  | 'too-large'
  | 'too-many-members'
  | 'total-too-large'
  // encrypted: nothing could be read
  | 'password-needed'
  | 'password-wrong';

export type MemberState = 'complete' | 'damaged' | 'refused' | 'encrypted';

/** The state of a member that ended for this reason, or for none. */
export function stateOf(reason: ReasonCode | null): MemberState {
  switch (reason) {
    case null:
      return 'complete';
    case 'ratio':
    case 'too-deep':
    case 'too-large':
    case 'too-many-members':
    case 'total-too-large':
      return 'refused';
    case 'password-needed':
    case 'password-wrong':
      return 'encrypted';
    case 'bad-crc':
    case 'bad-size':
    case 'bad-header':
    case 'changed-while-read':
    case 'header-mismatch':
    case 'damaged-data':
    case 'not-readable':
    case 'overlapping-entry':
    case 'split-archive':
    case 'trailing-data':
    case 'truncated':
    case 'unsupported-method':
      return 'damaged';
  }
}
