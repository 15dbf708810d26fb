import { crc32 } from 'node:zlib';

/** A field of an event: its name, the type of its value, and the value's bytes. */
export interface BuiltField {
  readonly name: string;
  readonly type: number;
  readonly bytes: Uint8Array;
}

export interface BuiltEvent {
  readonly id: number;
  /** 100-nanosecond steps since 1601. */
  readonly time: bigint;
  readonly provider: string;
  readonly eventId: number;
  readonly level?: number;
  readonly channel?: string;
  readonly computer?: string;
  readonly fields?: readonly BuiltField[];
  /** Put into UserData as an embedded fragment with a template of its own: element name and its text. */
  readonly userData?: readonly [name: string, text: string];
}

const chunkBytes = 65_536;

/** FILETIME of an ISO time, with 100-nanosecond steps added. */
export function filetime(iso: string, steps = 0): bigint {
  return BigInt(Date.parse(iso) + 11_644_473_600_000) * 10_000n + BigInt(steps);
}

/** UTF-16LE without an end. */
export function wide(text: string): Buffer {
  return Buffer.from(text, 'utf16le');
}

export function textField(name: string, text: string): BuiltField {
  return { name, type: 0x01, bytes: wide(text) };
}

/** An event log file with the given chunks of events; checksums are right. */
export function buildEvtx(
  chunks: readonly (readonly BuiltEvent[])[],
  options: { readonly dirty?: boolean } = {},
): Buffer {
  const header = Buffer.alloc(4096);
  header.write('ElfFile\0', 'latin1');
  header.writeBigUInt64LE(BigInt(Math.max(0, chunks.length - 1)), 16);
  header.writeUInt32LE(128, 32);
  header.writeUInt16LE(1, 36);
  header.writeUInt16LE(3, 38);
  header.writeUInt16LE(4096, 40);
  header.writeUInt16LE(chunks.length, 42);
  header.writeUInt32LE(options.dirty === true ? 1 : 0, 120);
  header.writeUInt32LE(crc32(header.subarray(0, 120)), 124);
  return Buffer.concat([header, ...chunks.map(buildChunk)]);
}

function buildChunk(events: readonly BuiltEvent[]): Buffer {
  const writer = new ChunkWriter();
  let last = 512;
  for (const event of events) last = writer.record(event);
  const { bytes } = writer;
  bytes.write('ElfChnk\0', 'latin1');
  const [first] = events;
  bytes.writeBigUInt64LE(BigInt(first?.id ?? 0), 24);
  bytes.writeBigUInt64LE(BigInt(events.at(-1)?.id ?? 0), 32);
  bytes.writeUInt32LE(128, 40);
  bytes.writeUInt32LE(last, 44);
  bytes.writeUInt32LE(writer.at, 48);
  sealChunk(bytes, writer.at);
  return bytes;
}

/** Makes the checksums of a chunk right again. */
export function sealChunk(chunk: Buffer, free = chunk.readUInt32LE(48)): void {
  chunk.writeUInt32LE(crc32(chunk.subarray(512, free)), 52);
  chunk.writeUInt32LE(crc32(chunk.subarray(128, 512), crc32(chunk.subarray(0, 120))), 124);
}

type Content = string | { readonly slot: number; readonly type: number } | Tag;
interface Tag {
  readonly name: string;
  readonly attributes?: Readonly<Record<string, Content>>;
  readonly content?: readonly Content[];
}

class ChunkWriter {
  readonly bytes = Buffer.alloc(chunkBytes);
  at = 512;
  readonly #names = new Map<string, number>();

  record(event: BuiltEvent): number {
    const start = this.at;
    this.#dword(0x2a2a);
    this.#dword(0);
    this.#long(BigInt(event.id));
    this.#long(event.time);
    this.#instance(templateOf(event), valuesOf(event), event.userData ?? null);
    this.#byte(0);
    this.at = (this.at + 3) & ~3;
    this.#dword(this.at + 4 - start);
    this.bytes.writeUInt32LE(this.at - start, start + 4);
    return start;
  }

  #instance(tag: Tag, values: readonly BuiltField[], userData: readonly [string, string] | null): void {
    this.#bytes(Buffer.from([0x0f, 1, 1, 0, 0x0c, 1]));
    this.#dword(1);
    this.#dword(this.at + 4);
    this.#dword(0);
    this.#bytes(Buffer.alloc(16, 7));
    const size = this.at;
    this.#dword(0);
    this.#bytes(Buffer.from([0x0f, 1, 1, 0]));
    this.#tag(tag, true);
    this.#byte(0);
    this.bytes.writeUInt32LE(this.at - size - 4, size);
    const count = values.length + (userData === null ? 0 : 1);
    this.#dword(count);
    const descriptors = this.at;
    this.at += count * 4;
    values.forEach((value, index) => {
      this.bytes.writeUInt16LE(value.bytes.length, descriptors + index * 4);
      this.bytes.writeUInt8(value.type, descriptors + index * 4 + 2);
      this.#bytes(value.bytes);
    });
    if (userData !== null) {
      const from = this.at;
      const [name, text] = userData;
      this.#instance({ name, content: [{ slot: 0, type: 1 }] }, [textField('', text)], null);
      this.#byte(0);
      this.bytes.writeUInt16LE(this.at - from, descriptors + values.length * 4);
      this.bytes.writeUInt8(0x21, descriptors + values.length * 4 + 2);
    }
  }

  #tag(tag: Tag, dependencyId: boolean): void {
    const attributes = Object.entries(tag.attributes ?? {});
    this.#byte(attributes.length === 0 ? 0x01 : 0x41);
    if (dependencyId) this.#word(0xffff);
    const size = this.at;
    this.#dword(0);
    this.#name(tag.name);
    if (attributes.length > 0) {
      const list = this.at;
      this.#dword(0);
      attributes.forEach(([name, value], index) => {
        this.#byte(index + 1 < attributes.length ? 0x46 : 0x06);
        this.#name(name);
        this.#content(value, dependencyId);
      });
      this.bytes.writeUInt32LE(this.at - list - 4, list);
    }
    if (tag.content === undefined) {
      this.#byte(0x03);
    } else {
      this.#byte(0x02);
      for (const item of tag.content) this.#content(item, dependencyId);
      this.#byte(0x04);
    }
    this.bytes.writeUInt32LE(this.at - size - 4, size);
  }

  #content(content: Content, dependencyId: boolean): void {
    if (typeof content === 'string') {
      this.#bytes(Buffer.from([0x05, 0x01]));
      this.#word(content.length);
      this.#bytes(wide(content));
    } else if ('slot' in content) {
      this.#byte(0x0d);
      this.#word(content.slot);
      this.#byte(content.type);
    } else {
      this.#tag(content, dependencyId);
    }
  }

  #name(name: string): void {
    const known = this.#names.get(name);
    if (known !== undefined) {
      this.#dword(known);
      return;
    }
    this.#dword(this.at + 4);
    this.#names.set(name, this.at);
    this.#dword(0);
    this.#word(0);
    this.#word(name.length);
    this.#bytes(wide(`${name}\0`));
  }

  #byte(value: number): void {
    this.at = this.bytes.writeUInt8(value, this.at);
  }
  #word(value: number): void {
    this.at = this.bytes.writeUInt16LE(value, this.at);
  }
  #dword(value: number): void {
    this.at = this.bytes.writeUInt32LE(value, this.at);
  }
  #long(value: bigint): void {
    this.at = this.bytes.writeBigUInt64LE(value, this.at);
  }
  #bytes(value: Uint8Array): void {
    this.bytes.set(value, this.at);
    this.at += value.length;
  }
}

const systemSlots = 7;

function templateOf(event: BuiltEvent): Tag {
  const slot = (index: number, type: number): Content => ({ slot: index, type });
  const fields = event.fields ?? [];
  const data: Tag[] = fields.map((field, index) => ({
    name: 'Data',
    ...(field.name === '' ? {} : { attributes: { Name: field.name } }),
    content: [slot(systemSlots + index, field.type)],
  }));
  const body: Tag =
    event.userData === undefined
      ? { name: 'EventData', content: data }
      : { name: 'UserData', content: [slot(systemSlots + fields.length, 0x21)] };
  return {
    name: 'Event',
    attributes: { xmlns: 'http://schemas.microsoft.com/win/2004/08/events/event' },
    content: [
      {
        name: 'System',
        content: [
          { name: 'Provider', attributes: { Name: slot(0, 1) } },
          { name: 'EventID', content: [slot(1, 6)] },
          { name: 'Level', content: [slot(2, 4)] },
          { name: 'TimeCreated', attributes: { SystemTime: slot(3, 0x11) } },
          { name: 'EventRecordID', content: [slot(4, 0x0a)] },
          { name: 'Channel', content: [slot(5, 1)] },
          { name: 'Computer', content: [slot(6, 1)] },
        ],
      },
      body,
    ],
  };
}

function valuesOf(event: BuiltEvent): BuiltField[] {
  const eventId = Buffer.alloc(2);
  eventId.writeUInt16LE(event.eventId);
  const time = Buffer.alloc(8);
  time.writeBigUInt64LE(event.time);
  const id = Buffer.alloc(8);
  id.writeBigUInt64LE(BigInt(event.id));
  return [
    textField('', event.provider),
    { name: '', type: 6, bytes: eventId },
    { name: '', type: 4, bytes: Buffer.from([event.level ?? 4]) },
    { name: '', type: 0x11, bytes: time },
    { name: '', type: 0x0a, bytes: id },
    textField('', event.channel ?? 'System'),
    textField('', event.computer ?? 'PC-0042'),
    ...(event.fields ?? []),
  ];
}
