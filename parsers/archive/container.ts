import type { ByteStream } from './byte-stream.ts';
import type { ReasonCode } from './reasons.ts';
import type { StoredTime } from './stored-time.ts';

/** What a container says of one of its entries, and how to read it. Directories are not entries. */
export interface ContainerEntry {
  /** As it is shown, not yet told apart from others of the same name. */
  readonly name: string;
  readonly kind: 'file' | 'symlink' | 'special';
  readonly linkTarget: string | null;
  readonly declaredBytes: number | null;
  /** Packed size as declared, where that is not the unpacked one; for the ratio limit. */
  readonly packedBytes: number | null;
  readonly modified: StoredTime | null;
  /** Why it cannot be read at all, known beforehand. */
  readonly fault: ReasonCode | null;
  /** Its unpacked bytes. In a container that is read in order, before the next entry is asked for. */
  open(): ByteStream;
  /** Whether `open` may be called again, at any time. */
  readonly repeatable: boolean;
}

/** An opened archive, or what is walked like one. */
export interface Container {
  /** The entries in their order. Called once. */
  entries(): AsyncGenerator<ContainerEntry, void, undefined>;
  /** Why the container itself is not whole; settled once its entries ended. */
  readonly fault: ReasonCode | null;
  close(): Promise<void>;
}
