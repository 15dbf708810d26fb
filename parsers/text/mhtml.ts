import { Buffer } from 'node:buffer';

/** What is taken from a web archive. */
export interface WebArchive {
  /** The first page in it, decoded; null when it has none. */
  readonly html: string | null;
  /** The archive's `Date` header as written; browsers write the time of saving. */
  readonly date: string | null;
}

const deepest = 5;
const longestHeaders = 256 * 1024;

/** Whether a text starts like a web archive: mail headers that announce MIME parts. */
export function looksLikeMhtml(head: string): boolean {
  const start = head
    .slice(0, 4096)
    .replace(/^\ufeff/u, '')
    .trimStart();
  if (!/^[A-Za-z][A-Za-z0-9-]*:[^\n]*\n/u.test(start)) return false;
  if (/^content-type:\s*multipart\//imu.test(start)) return true;
  return /^mime-version:/imu.test(start) && /^content-type:\s*text\/html/imu.test(start);
}

/**
 * Finds the page of a web archive (RFC 2557): the first `text/html` part, or the one that `start`
 * names, decoded by its own transfer encoding and character set.
 *
 * @param source the bytes of the archive, or its text where only that is at hand; parts that are
 *   neither base64 nor quoted-printable are then taken as the text that they are.
 */
export function readMhtml(source: Uint8Array | string): WebArchive {
  const binary = typeof source !== 'string';
  const text = binary
    ? Buffer.from(source.buffer, source.byteOffset, source.byteLength).toString('latin1')
    : source;
  const start = /^[\ufeff\s]*(?:\u00ef\u00bb\u00bf)?\s*/u.exec(text)?.[0].length ?? 0;
  const top = readHeaders(text, start, text.length);
  return { html: findPage(text, top, text.length, binary, 0), date: top.headers.get('date') ?? null };
}

interface PartHead {
  readonly headers: ReadonlyMap<string, string>;
  /** Where the body starts. */
  readonly body: number;
}

function readHeaders(text: string, start: number, end: number): PartHead {
  const headers = new Map<string, string>();
  let at = start;
  let name = '';
  while (at < end && at - start < longestHeaders) {
    const found = text.indexOf('\n', at);
    const lineEnd = found === -1 || found > end ? end : found;
    const line = text.slice(at, lineEnd).replace(/\r+$/u, '');
    at = lineEnd + 1;
    if (line === '') break;
    if (/^[ \t]/u.test(line)) {
      // A folded header goes on.
      if (name !== '') headers.set(name, `${headers.get(name) ?? ''} ${line.trim()}`);
      continue;
    }
    const colon = line.indexOf(':');
    name = colon === -1 ? '' : line.slice(0, colon).trim().toLowerCase();
    if (name !== '' && !headers.has(name)) headers.set(name, line.slice(colon + 1).trim());
  }
  return { headers, body: Math.min(at, end) };
}

function parameterOf(header: string, name: string): string | null {
  const match = new RegExp(`;\\s*${name}\\s*=\\s*(?:"(?<quoted>[^"]*)"|(?<bare>[^;\\s]+))`, 'iu').exec(
    header,
  );
  return match?.groups?.['quoted'] ?? match?.groups?.['bare'] ?? null;
}

function findPage(text: string, head: PartHead, end: number, binary: boolean, depth: number): string | null {
  const type = head.headers.get('content-type') ?? 'text/plain';
  if (/^text\/html|^application\/xhtml/iu.test(type)) return decodePart(text, head, end, type, binary);
  if (!/^multipart\//iu.test(type) || depth >= deepest) return null;
  const boundary = parameterOf(type, 'boundary');
  if (boundary === null || boundary === '') return null;
  const wanted = parameterOf(type, 'start');
  let first: string | null = null;
  for (const part of partsOf(text, head.body, end, boundary)) {
    const partHead = readHeaders(text, part.start, part.end);
    if (wanted !== null && first !== null && partHead.headers.get('content-id') !== wanted) continue;
    const page = findPage(text, partHead, part.end, binary, depth + 1);
    if (page === null) continue;
    if (wanted === null || partHead.headers.get('content-id') === wanted) return page;
    first ??= page;
  }
  return first;
}

function* partsOf(
  text: string,
  from: number,
  end: number,
  boundary: string,
): Iterable<{ start: number; end: number }> {
  const delimiter = `--${boundary}`;
  let start = -1;
  let at = findDelimiterLine(text, delimiter, from, end);
  while (at !== -1) {
    if (start !== -1) yield { start, end: at };
    const behind = at + delimiter.length;
    if (text.startsWith('--', behind)) return;
    const lineEnd = text.indexOf('\n', behind);
    if (lineEnd === -1 || lineEnd >= end) return;
    start = lineEnd + 1;
    at = findDelimiterLine(text, delimiter, start, end);
  }
  // An archive that was cut has no last delimiter.
  if (start !== -1 && start < end) yield { start, end };
}

/** A delimiter counts only at the start of a line. */
function findDelimiterLine(text: string, delimiter: string, from: number, end: number): number {
  for (let at = text.indexOf(delimiter, from); at !== -1 && at < end; at = text.indexOf(delimiter, at + 1)) {
    if (at === 0 || text.charCodeAt(at - 1) === 10) return at;
  }
  return -1;
}

function decodePart(text: string, head: PartHead, end: number, type: string, binary: boolean): string {
  const encoding = (head.headers.get('content-transfer-encoding') ?? '').toLowerCase();
  const body = text.slice(head.body, end);
  const charset = parameterOf(type, 'charset');
  switch (encoding) {
    case 'quoted-printable':
      return decodeBytes(decodeQuotedPrintable(body), charset);
    case 'base64':
      return decodeBytes(Buffer.from(body, 'base64'), charset);
    default:
      return binary ? decodeBytes(Buffer.from(body, 'latin1'), charset) : body;
  }
}

/** RFC 2045, 6.7. An escape that is none stands for itself. */
function decodeQuotedPrintable(body: string): Uint8Array {
  const out = Buffer.allocUnsafe(Buffer.byteLength(body, 'utf8'));
  let length = 0;
  let at = 0;
  while (at < body.length) {
    const found = body.indexOf('=', at);
    const stop = found === -1 ? body.length : found;
    if (stop > at)
      length += out.write(body.slice(at, stop), length, isLatin1(body, at, stop) ? 'latin1' : 'utf8');
    if (found === -1) break;
    const next = body.charCodeAt(found + 1);
    if (next === 10) {
      at = found + 2;
    } else if (next === 13 && body.charCodeAt(found + 2) === 10) {
      at = found + 3;
    } else {
      const value = hexValue(next) * 16 + hexValue(body.charCodeAt(found + 2));
      if (value >= 0) {
        out[length] = value;
        at = found + 3;
      } else {
        out[length] = 0x3d;
        at = found + 1;
      }
      length += 1;
    }
  }
  return out.subarray(0, length);
}

function isLatin1(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (text.charCodeAt(at) > 255) return false;
  return true;
}

/** The value of a hexadecimal digit; so negative when it is none that a sum with another stays negative. */
function hexValue(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 0x20;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1000;
}

/** Decodes a page: by what is stated, else by its own `meta`, else strict UTF-8, CP932, Windows-1252. */
export function decodeBytes(bytes: Uint8Array, charset: string | null = null): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf)
    return new TextDecoder('utf-8').decode(bytes);
  const stated = charset ?? metaCharset(bytes);
  for (const label of [stated, 'utf-8', 'shift_jis']) {
    if (label === null) continue;
    const text = tryDecode(bytes, label);
    if (text !== null) return text;
  }
  return new TextDecoder('windows-1252').decode(bytes);
}

function tryDecode(bytes: Uint8Array, label: string): string | null {
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes);
  } catch {
    // Not in this encoding, or a name that nobody knows.
    return null;
  }
}

function metaCharset(bytes: Uint8Array): string | null {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 4096)).toString(
    'latin1',
  );
  return (
    /<meta[^>]{0,300}charset\s*=\s*["']?\s*(?<charset>[A-Za-z0-9_:-]{2,40})/iu.exec(head)?.groups?.[
      'charset'
    ] ?? null
  );
}
