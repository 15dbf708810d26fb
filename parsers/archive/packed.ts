import type { Budget } from './budget.ts';
import { PeekStream, type ByteStream } from './byte-stream.ts';
import type { Container, ContainerEntry } from './container.ts';
import { gunzip, readGzipHeader } from './gzip.ts';
import { showName, unpackedName } from './member-names.ts';
import type { ReasonCode } from './reasons.ts';
import { headBytes, sniffArchive } from './sniff.ts';
import { openTar } from './tar.ts';
import { unxz } from './xz.ts';

export interface PackedFile {
  readonly kind: 'gzip' | 'xz';
  /** Name of the packed file, with or without folders. */
  readonly name: string;
  /** The first packed bytes. */
  readonly head: Uint8Array;
  readonly stream: ByteStream;
  /** The packed bytes from their start again; null when they cannot be had. */
  readonly reopen: (() => ByteStream) | null;
}

export interface PackedContainer extends Container {
  /** Whether a tar is inside, whose members are then the entries; else there is one entry, the unpacked file. */
  readonly isTar: boolean;
}

/** Opens a gzip or xz file: as the tar that it holds, or with the one file that it holds. */
export async function openPacked(file: PackedFile, budget: Budget): Promise<PackedContainer> {
  const unpack = file.kind === 'gzip' ? gunzip : unxz;
  const stream = new PeekStream(unpack(file.stream, file.reopen));
  const head = await stream.head(headBytes);
  if (sniffArchive(head, file.name) === 'tar') {
    const tar = openTar(new CarrierStream(stream, budget));
    return {
      isTar: true,
      entries: () => tar.entries(),
      get fault() {
        return tar.fault;
      },
      close: () => tar.close(),
    };
  }
  const { reopen } = file;
  const again = reopen === null ? null : () => unpack(reopen(), reopen);
  return new SingleFile(file, stream, again);
}

class SingleFile implements PackedContainer {
  readonly isTar = false;
  readonly #file: PackedFile;
  readonly #stream: ByteStream;
  readonly #again: (() => ByteStream) | null;
  #opened = false;

  constructor(file: PackedFile, stream: ByteStream, again: (() => ByteStream) | null) {
    this.#file = file;
    this.#stream = stream;
    this.#again = again;
  }

  get fault(): ReasonCode | null {
    return this.#stream.fault;
  }

  async *entries(): AsyncGenerator<ContainerEntry, void, undefined> {
    const header = this.#file.kind === 'gzip' ? readGzipHeader(this.#file.head) : null;
    yield {
      name: showName(unpackedName(this.#file.name, header?.name ?? null)),
      kind: 'file',
      linkTarget: null,
      declaredBytes: null,
      packedBytes: null,
      modified: header?.modified ?? null,
      fault: null,
      open: () => this.#open(),
      repeatable: this.#again !== null,
    };
  }

  close(): Promise<void> {
    return this.#stream.close();
  }

  #open(): ByteStream {
    if (this.#opened && this.#again !== null) return this.#again();
    this.#opened = true;
    return this.#stream;
  }
}

/** The tar within a packed file: not a member, but held to the limits, or its headers alone could go on for ever. */
class CarrierStream implements ByteStream {
  readonly #source: ByteStream;
  readonly #budget: Budget;
  #bytes = 0;
  #refusal: ReasonCode | null = null;

  constructor(source: ByteStream, budget: Budget) {
    this.#source = source;
    this.#budget = budget;
  }

  get fault(): ReasonCode | null {
    return this.#refusal ?? this.#source.fault;
  }

  get packedBytes(): number {
    return this.#source.packedBytes;
  }

  async next(): Promise<Uint8Array | null> {
    if (this.#refusal !== null) return null;
    const piece = await this.#source.next();
    if (piece === null) return null;
    this.#bytes += piece.length;
    this.#refusal = this.#budget.judgeCarrier(this.#bytes, this.#source.packedBytes);
    return this.#refusal === null ? piece : null;
  }

  close(): Promise<void> {
    return this.#source.close();
  }
}
