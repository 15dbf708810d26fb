import type { Limits } from '../domain/limits.ts';
import type { ReasonCode } from './reasons.ts';

/** Deflate makes 258 bytes of two bits at best (RFC 1951), 1032:1, and a little less for its own tables. */
function mostUnpacked(packedBytes: number): number {
  return (packedBytes + 1) * 1032;
}

/** What the members of one bundle have used of the limits together. */
export class Budget {
  readonly limits: Limits;
  #total = 0;
  #members = 0;

  constructor(limits: Limits) {
    this.limits = limits;
  }

  get members(): number {
    return this.#members;
  }

  /** Counts one more member; false when that is one too many. */
  admit(): boolean {
    this.#members += 1;
    return this.#members <= this.limits.members;
  }

  /** Why a member is refused for what its container says of it, before any of it is read. */
  judgeDeclared(bytes: number | null, packedBytes: number | null): ReasonCode | null {
    if (this.#total >= this.limits.totalBytes) return 'total-too-large';
    if (bytes === null) return null;
    const reason = this.#judge(bytes, packedBytes ?? bytes, this.#total + bytes);
    // A ratio that no packing has is a lie about the size: how much there is, reading tells.
    const isLie = packedBytes !== null && bytes > mostUnpacked(packedBytes);
    return reason === 'ratio' && isLie ? null : reason;
  }

  /** Counts a piece of a member; a reason when that breaks a limit, and then the piece does not count. */
  take(piece: number, bytes: number, packedBytes: number): ReasonCode | null {
    const reason = this.#judge(bytes, packedBytes, this.#total + piece);
    if (reason === null) this.#total += piece;
    return reason;
  }

  /** Why a stream that only carries members (the tar within a tgz) is refused; its bytes do not count twice. */
  judgeCarrier(bytes: number, packedBytes: number): ReasonCode | null {
    const { ratio, ratioFromBytes, totalBytes } = this.limits;
    if (bytes > totalBytes) return 'total-too-large';
    return bytes > ratioFromBytes && bytes > ratio * packedBytes ? 'ratio' : null;
  }

  #judge(bytes: number, packedBytes: number, total: number): ReasonCode | null {
    const { memberBytes, ratio, ratioFromBytes, totalBytes } = this.limits;
    if (bytes > memberBytes) return 'too-large';
    if (bytes > ratioFromBytes && bytes > ratio * packedBytes) return 'ratio';
    return total > totalBytes ? 'total-too-large' : null;
  }
}
