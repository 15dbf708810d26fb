/** What a statement is to say; what is left out is absent. */
export interface BuiltStatement {
  /** Automatic updates' status. */
  readonly automatic?: number;
  /** Security updates' status. */
  readonly security?: number;
  /** Seconds since the last synchronisation. */
  readonly duration?: number;
  readonly server?: string;
  readonly flags?: number;
  /** Write vendor ids in little-endian order. */
  readonly swapped?: boolean;
  /** Default 6.1. */
  readonly version?: number;
  /** Further bytes at the end. */
  readonly extra?: readonly number[];
}

function field(type: number, value: readonly number[]): number[] {
  return [type >>> 8, type & 0xff, value.length >>> 8, value.length & 0xff, ...value];
}

function big(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
}

function little(value: number): number[] {
  return big(value).reverse();
}

/** The bytes of a statement as MS-WSH 2.2.1 lays them out. */
export function buildStatement(built: BuiltStatement): Uint8Array {
  const vendor = built.swapped === true ? little(0x0001_3780) : big(0x0001_3780);
  const named = (text: string): number[] => [...Buffer.from(text, 'utf16le').swap16()];
  return Uint8Array.from([
    ...field(2, vendor),
    ...field(7, [...vendor, ...little(0x2a)]),
    ...field(7, [...vendor, ...little(built.version ?? 0x0006_0001)]),
    ...field(8, [0]),
    ...field(10, named('Windows Firewall')),
    ...field(11, big(0)),
    ...field(8, [3]),
    ...(built.automatic === undefined ? [] : field(11, big(built.automatic))),
    ...field(8, [4]),
    ...(built.security === undefined ? [] : field(11, big(built.security))),
    ...(built.duration === undefined ? [] : field(7, [...vendor, ...little(built.duration)])),
    ...(built.server === undefined ? [] : field(7, [...vendor, ...Buffer.from(`${built.server}\0`)])),
    ...(built.flags === undefined ? [] : field(7, [...vendor, ...little(built.flags)])),
    ...(built.extra ?? []),
  ]);
}

/** As the key is exported: eight bytes a line. */
export function asRegistryExport(bytes: Uint8Array): string {
  const pairs = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'));
  const rows = Array.from({ length: Math.ceil(pairs.length / 8) }, (_, row) =>
    pairs.slice(row * 8, row * 8 + 8).join(','),
  );
  return [
    'Windows Registry Editor Version 5.00',
    '',
    '[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\services\\napagent\\SohCache\\79744]',
    `"SoH"=hex:${rows.join(',\\\r\n  ')}`,
    '',
  ].join('\r\n');
}
