import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { recordOfElement } from '../../../parsers/formats/event-log/event-record.ts';
import type { EventRecord } from '../../../parsers/formats/event-log/event-record.ts';
import { EvtxStream, isEvtx, readEvtx } from '../../../parsers/formats/event-log/evtx/index.ts';
import type { EvtxNote, EvtxRecord, EvtxSummary } from '../../../parsers/formats/event-log/evtx/index.ts';
import { buildEvtx, filetime, sealChunk, textField, wide } from './evtx-builder.ts';
import type { BuiltEvent, BuiltField } from './evtx-builder.ts';

const fixtures = new URL('../../fixtures/event-log/', import.meta.url);
/** Real Security log of log2timeline/plaso's test data: not closed properly, cut inside its third chunk. */
const sample = readFileSync(new URL('System2.evtx', fixtures));

interface Read {
  readonly records: readonly EvtxRecord[];
  readonly events: readonly EventRecord[];
  readonly notes: readonly EvtxNote[];
  readonly summary: EvtxSummary;
}

function read(bytes: Uint8Array, pieceBytes = bytes.length): Read {
  const records: EvtxRecord[] = [];
  const notes: EvtxNote[] = [];
  const stream = new EvtxStream({ record: (one) => records.push(one), note: (one) => notes.push(one) });
  for (let at = 0; at < bytes.length; at += pieceBytes) stream.push(bytes.subarray(at, at + pieceBytes));
  const summary = stream.end();
  const events = records.map((one) => recordOfElement(one.event, 'device')!);
  return { records, events, notes, summary };
}

const codesOf = (result: Read): string[] => result.notes.map((note) => note.code);

function started(id: number, minute = id): BuiltEvent {
  const time = filetime('2024-05-10T09:00:00Z') + BigInt(minute) * 600_000_000n;
  return { id, time, provider: 'EventLog', eventId: 6005, fields: [textField('', `n${id}`)] };
}

describe('a real log', () => {
  const result = read(sample);
  type Row = [
    id: number,
    eventId: number,
    provider: string,
    time: string,
    computer: string,
    data: Record<string, string>,
  ];
  const expected = JSON.parse(readFileSync(new URL('System2.expected.json', fixtures), 'utf8')) as Row[];

  it('has the records, ids, times and fields that libevtx prints', () => {
    // libevtx 20181227 and python-evtx 0.6.1 print 194 records: those of the whole chunks.
    expect(expected).toHaveLength(194);
    const printed = result.events
      .slice(0, expected.length)
      .map((event): Row => [
        event.id ?? -1,
        event.eventId,
        event.provider,
        event.at?.raw ?? '',
        event.computer ?? '',
        Object.fromEntries(event.data.map(({ name, value }) => [name, value.replace(/\s+/gu, ' ').trim()])),
      ]);
    expect(printed).toEqual(expected);
  });

  it('has the records of the chunk that was cut as well, and says what is missing', () => {
    expect(result.summary).toMatchObject({
      records: 283,
      firstId: 1,
      lastId: 283,
      missing: 0,
      chunks: 3,
      badRecords: 1,
      dirty: true,
    });
    expect(codesOf(result)).toEqual(['dirty', 'truncated', 'bad-record']);
    expect(result.events.map((event) => event.id)).toEqual(
      Array.from({ length: 283 }, (_, index) => index + 1),
    );
  });

  it.each([1, 777, 65_536, 100_000])('is the same in pieces of %i bytes', (pieceBytes) => {
    const pieces = read(sample.subarray(0, 120_000), pieceBytes);
    const whole = read(sample.subarray(0, 120_000));
    expect(pieces.records).toEqual(whole.records);
    expect(pieces.notes).toEqual(whole.notes);
  });

  it('is read from an asynchronous source', async () => {
    let count = 0;
    async function* source(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < sample.length; at += 50_000) {
        await Promise.resolve();
        yield sample.subarray(at, at + 50_000);
      }
    }
    const summary = await readEvtx(source(), { record: () => (count += 1), note: () => undefined });
    expect([count, summary.records]).toEqual([283, 283]);
  });
});

describe('values', () => {
  const number = (size: number, write: (bytes: Buffer) => void): Buffer => {
    const bytes = Buffer.alloc(size);
    write(bytes);
    return bytes;
  };
  const time = number(8, (bytes) => bytes.writeBigUInt64LE(filetime('2024-05-10T09:12:00.123Z', 4567)));
  const guid = Buffer.from('002b1f6a906a384c95a55cab3b056778', 'hex');
  const sid = Buffer.from(
    '0105000000000005150000000100000002000000030000 00f4010000'.replaceAll(' ', ''),
    'hex',
  );
  const cases: readonly (readonly [
    what: string,
    type: number,
    bytes: Buffer,
    text: string | readonly string[],
  ])[] = [
    ['null', 0x00, Buffer.alloc(0), ''],
    ['string', 0x01, wide('日本語 text'), '日本語 text'],
    ['ANSI string', 0x02, Buffer.from('plain\0'), 'plain'],
    ['int8', 0x03, Buffer.from([0xff]), '-1'],
    ['uint8', 0x04, Buffer.from([0xff]), '255'],
    ['int16', 0x05, number(2, (bytes) => bytes.writeInt16LE(-2)), '-2'],
    ['uint16', 0x06, number(2, (bytes) => bytes.writeUInt16LE(65_535)), '65535'],
    ['int32', 0x07, number(4, (bytes) => bytes.writeInt32LE(-3)), '-3'],
    ['uint32', 0x08, number(4, (bytes) => bytes.writeUInt32LE(4_000_000_000)), '4000000000'],
    ['int64', 0x09, number(8, (bytes) => bytes.writeBigInt64LE(-4n)), '-4'],
    ['uint64', 0x0a, number(8, (bytes) => bytes.writeBigUInt64LE(2n ** 64n - 1n)), '18446744073709551615'],
    ['float', 0x0b, number(4, (bytes) => bytes.writeFloatLE(1.5)), '1.5'],
    ['double', 0x0c, number(8, (bytes) => bytes.writeDoubleLE(0.1)), '0.1'],
    ['boolean', 0x0d, number(4, (bytes) => bytes.writeUInt32LE(1)), 'true'],
    ['binary', 0x0e, Buffer.from([0xde, 0xad]), 'DEAD'],
    ['GUID', 0x0f, guid, '{6A1F2B00-6A90-4C38-95A5-5CAB3B056778}'],
    ['size of 4', 0x10, number(4, (bytes) => bytes.writeUInt32LE(0xab)), '0xab'],
    ['size of 8', 0x10, number(8, (bytes) => bytes.writeBigUInt64LE(0x1_0000_00abn)), '0x1000000ab'],
    ['FILETIME', 0x11, time, '2024-05-10T09:12:00.1234567Z'],
    [
      'SYSTEMTIME',
      0x12,
      Buffer.from('e8070500050 00a0009000c0000007b00'.replaceAll(' ', ''), 'hex'),
      '2024-05-10T09:12:00.123Z',
    ],
    ['SID', 0x13, sid, 'S-1-5-21-1-2-3-500'],
    ['hex32', 0x14, number(4, (bytes) => bytes.writeUInt32LE(0x8024_402c)), '0x8024402c'],
    [
      'hex64',
      0x15,
      number(8, (bytes) => bytes.writeBigUInt64LE(0x8080_0000_0000_0000n)),
      '0x8080000000000000',
    ],
    ['unknown type', 0x7e, Buffer.from([1, 2]), '0102'],
    ['array of strings', 0x81, wide('one\0two\0\0three\0'), ['one', 'two', '', 'three']],
    ['array of uint16', 0x86, Buffer.from([1, 0, 2, 0]), ['1', '2']],
    ['array of hex32', 0x94, Buffer.from([1, 0, 0, 0, 0xff, 0, 0, 0]), ['0x1', '0xff']],
    [
      'array of times',
      0x91,
      Buffer.concat([time, time]),
      ['2024-05-10T09:12:00.1234567Z', '2024-05-10T09:12:00.1234567Z'],
    ],
  ];

  it.each(cases)('%s', (_, type, bytes, text) => {
    const field: BuiltField = { name: 'x', type, bytes };
    const { events, notes } = read(buildEvtx([[{ ...started(1), fields: [field] }]]));
    expect(notes).toEqual([]);
    const values = typeof text === 'string' ? [text] : text;
    expect(events[0]?.data).toEqual(values.map((value) => ({ name: 'x', value })));
  });

  it('shorter than their type are damage of their record alone', () => {
    const short: BuiltEvent = { ...started(2), fields: [{ name: 'x', type: 0x0f, bytes: Buffer.from([1]) }] };
    const result = read(buildEvtx([[started(1), short, started(3)]]));
    expect(result.events.map((event) => event.id)).toEqual([1, 3]);
    expect(codesOf(result)).toEqual(['bad-record', 'record-gap']);
  });

  it('that are fragments of their own become part of the event', () => {
    const event: BuiltEvent = { ...started(1), userData: ['RestartReason', 'update'] };
    expect(read(buildEvtx([[event, started(2)]])).events[0]?.data).toEqual([
      { name: 'RestartReason', value: 'update' },
    ]);
  });
});

describe('times', () => {
  it.each([
    ['1601, the zero of the clock', 0n, '1601-01-01T00:00:00.0000000Z'],
    ['2038, beyond 32 bits', filetime('2038-01-19T03:14:08Z', 9_999), '2038-01-19T03:14:08.0009999Z'],
    ['9999', filetime('9999-12-31T23:59:59Z'), '9999-12-31T23:59:59.0000000Z'],
    ['the last one', 2n ** 64n - 1n, '+060056-05-28T05:36:10.9551615Z'],
  ])('%s', (_, time, text) => {
    const [event] = read(buildEvtx([[{ ...started(1), time }]])).events;
    expect(event?.at).toMatchObject({
      raw: text,
      offset: 0,
      offsetSource: 'stated',
      precision: 'millisecond',
    });
    expect(event?.at?.local).toBe(Number(time / 10_000n) - 11_644_473_600_000);
  });
});

describe('damage', () => {
  const twoChunks = (): Buffer =>
    buildEvtx([
      [started(1), started(2)],
      [started(3), started(4)],
    ]);
  const ids = (result: Read): (number | null)[] => result.events.map((event) => event.id);

  it('none: nothing is noted', () => {
    const result = read(twoChunks());
    expect([ids(result), result.notes]).toEqual([[1, 2, 3, 4], []]);
  });

  it('a chunk without its head is skipped and told', () => {
    const bytes = twoChunks();
    bytes.write('garbage!', 4096, 'latin1');
    const result = read(bytes);
    expect(ids(result)).toEqual([3, 4]);
    expect(codesOf(result)).toEqual(['damaged-chunk']);
    expect(result.notes[0]?.offset).toBe(4096);
  });

  it('bytes lost in the middle: the next chunk is found', () => {
    const bytes = twoChunks();
    const result = read(Buffer.concat([bytes.subarray(0, 4096), bytes.subarray(9_000)]));
    expect(ids(result)).toEqual([3, 4]);
    expect(codesOf(result)).toEqual(['damaged-chunk']);
  });

  it('changed records: the checksum tells, what can be read is read', () => {
    const bytes = twoChunks();
    const at = bytes.indexOf(wide('n2'));
    bytes.write('X', at, 'latin1');
    const result = read(bytes);
    expect(codesOf(result)).toEqual(['bad-chunk-checksum']);
    expect(ids(result)).toEqual([1, 2, 3, 4]);
    expect(result.summary.damagedChunks).toBe(1);
  });

  it('a changed head of a chunk', () => {
    const bytes = twoChunks();
    bytes.writeUInt32LE(77, 4096 + 130);
    expect(codesOf(read(bytes))).toEqual(['bad-chunk-checksum']);
  });

  it('a changed head of the file', () => {
    const bytes = twoChunks();
    bytes.writeUInt32LE(77, 24);
    expect(codesOf(read(bytes))).toEqual(['bad-file-checksum']);
  });

  it('a missing file header', () => {
    const bytes = twoChunks();
    bytes.fill(0, 0, 4096);
    const result = read(bytes);
    expect(isEvtx(bytes)).toBe(true);
    expect([ids(result), codesOf(result)]).toEqual([[1, 2, 3, 4], ['not-an-event-log']]);
  });

  it('a log that was not closed: records behind the stale end are read, older ones behind them are not', () => {
    const bytes = buildEvtx([[started(10), started(11)]], { dirty: true });
    const chunk = bytes.subarray(4096);
    const free = chunk.readUInt32LE(48);
    const old = buildEvtx([[started(4), started(5)]]).subarray(4096 + 512, 4096 + 1500);
    chunk.set(old, free);
    chunk.writeUInt32LE(600, 48);
    const result = read(bytes);
    expect([ids(result), codesOf(result)]).toEqual([
      [10, 11],
      ['dirty', 'bad-chunk-checksum'],
    ]);
  });

  it('unused chunks are no damage', () => {
    expect(read(Buffer.concat([twoChunks(), Buffer.alloc(65_536 * 2)])).notes).toEqual([]);
  });

  it.each([0, 3, 100, 4_095, 4_096, 4_100, 4_700, 5_000, 70_000])('a file cut after %i bytes', (length) => {
    expect(() => read(twoChunks().subarray(0, length))).not.toThrow();
  });

  it('a template that holds itself ends', () => {
    const bytes = buildEvtx([[started(1)]]);
    const chunk = bytes.subarray(4096);
    // The template's first token becomes an instance of the template itself.
    const definition = chunk.readUInt32LE(512 + 24 + 4 + 6);
    chunk.writeUInt8(0x0c, definition + 24 + 4);
    chunk.writeUInt32LE(definition, definition + 24 + 4 + 6);
    sealChunk(chunk);
    const result = read(bytes);
    expect(result.summary).toMatchObject({ records: 0, badRecords: 1 });
  });
});

describe('record numbers', () => {
  it('that are missing are told, wherever the chunks stand', () => {
    // A full log overwrites its oldest chunk, so the file's order is not that of the numbers.
    const result = read(
      buildEvtx([
        [started(9), started(10)],
        [started(3), started(4)],
      ]),
    );
    expect(result.notes).toEqual([{ code: 'record-gap', offset: null, detail: '5-8' }]);
    expect(result.summary).toMatchObject({ firstId: 3, lastId: 10, missing: 4 });
  });

  it('that wrap without a gap are no gap', () => {
    expect(
      read(
        buildEvtx([
          [started(5), started(6)],
          [started(3), started(4)],
        ]),
      ).notes,
    ).toEqual([]);
  });
});

describe('mutants', () => {
  /** A fixed sequence (mulberry32): the same mutants in every run. */
  function sequence(start: number): (below: number) => number {
    let state = start;
    return (below) => {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
    };
  }

  const count = Number(process.env['EVTX_MUTANTS'] ?? 500);

  it(`${count} of them end without a crash`, { timeout: 600_000 }, () => {
    const next = sequence(8);
    const seed = sample.subarray(0, 4096 + 65_536);
    for (let mutant = 0; mutant < count; mutant += 1) {
      const bytes = Buffer.from(seed);
      for (let change = next(12); change >= 0; change -= 1) {
        const at = next(4) === 0 ? next(bytes.length) : 4096 + 512 + next(8_000);
        switch (next(4)) {
          case 0:
            bytes.writeUInt8(next(256), at);
            break;
          case 1:
            bytes.writeUInt8((bytes[at] ?? 0) ^ (1 << next(8)), at);
            break;
          case 2:
            bytes.copy(bytes, at, next(bytes.length), next(bytes.length));
            break;
          default:
            bytes.fill(next(2) * 255, at, at + next(64));
        }
      }
      // Half of the changes pass the checksums, as a careful attacker's would.
      if (mutant % 2 === 0) sealChunk(bytes.subarray(4096), Math.min(bytes.readUInt32LE(4096 + 48), 65_536));
      const { summary, events } = read(mutant % 5 === 0 ? bytes.subarray(0, next(bytes.length)) : bytes);
      if (events.length !== summary.records) throw new Error(`mutant ${mutant}`);
    }
  });
});
