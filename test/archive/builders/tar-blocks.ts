/** What is written into a header. */
export interface BlockOptions {
  readonly bytes?: number;
  /** One character; a file without it. */
  readonly type?: string;
  readonly link?: string;
  /** In seconds since 1970. */
  readonly mtime?: number;
  /** At 257; that of POSIX without it. */
  readonly magic?: string;
  /** By place. */
  readonly put?: Readonly<Record<number, string | Uint8Array>>;
  /** Whether the checksum adds the bytes up as signed ones. */
  readonly signed?: boolean;
}

/** Writes the header of a tar by hand, for what no library of today writes. */
export function block(name: string | Uint8Array, options: BlockOptions = {}): Buffer {
  const header = Buffer.alloc(512);
  const put = (at: number, value: string | Uint8Array) => {
    header.set(typeof value === 'string' ? Buffer.from(value) : value, at);
  };
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, '0')}\0`;
  put(0, name);
  put(100, octal(0o644, 7));
  put(108, octal(0, 7));
  put(116, octal(0, 7));
  put(124, octal(options.bytes ?? 0, 11));
  put(136, octal(options.mtime ?? 1_715_300_000, 11));
  put(148, ' '.repeat(8));
  put(156, options.type ?? '0');
  put(157, options.link ?? '');
  put(257, options.magic ?? 'ustar\u000000');
  for (const [at, value] of Object.entries(options.put ?? {})) put(Number(at), value);
  const sum = header.reduce(
    (all, byte) => all + (options.signed === true && byte > 127 ? byte - 256 : byte),
    0,
  );
  put(148, `${sum.toString(8).padStart(6, '0')}\0 `);
  return header;
}

/** Bytes, filled up to whole blocks. */
export function content(data: string | Uint8Array): Buffer {
  const bytes = Buffer.from(data as string);
  return Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}

export const endOfTar = Buffer.alloc(1024);

/** An extended header (POSIX.1-2001) with these records, `g` for all files that follow. */
export function pax(records: readonly (readonly [string, string | Uint8Array])[], type = 'x'): Buffer {
  const body = Buffer.concat(records.map(([key, value]) => record(key, Buffer.from(value as string))));
  return Buffer.concat([block('PaxHeader', { bytes: body.length, type }), content(body)]);
}

/** The length at its front counts itself. */
function record(key: string, value: Buffer): Buffer {
  const rest = key.length + value.length + 3;
  let length = rest + String(rest).length;
  if (String(length).length > String(rest).length) length = rest + String(length).length;
  return Buffer.concat([Buffer.from(`${length} ${key}=`), value, Buffer.from('\n')]);
}
