/** A value of a registry key in an export. */
export interface RegistryValue {
  readonly name: string;
  /** 1-based. */
  readonly line: number;
  readonly quote: string;
  readonly data:
    | { readonly type: 'binary'; readonly bytes: Uint8Array; readonly lineOfByte: (at: number) => number }
    | { readonly type: 'number'; readonly number: number }
    | { readonly type: 'text'; readonly text: string };
}

export interface RegistryKey {
  readonly path: string;
  readonly line: number;
  readonly values: readonly RegistryValue[];
}

interface OpenKey {
  readonly path: string;
  readonly line: number;
  readonly values: RegistryValue[];
}

/** Takes note of what could not be read. */
export type WarnAt = (line: number, code: string, text: string) => void;

const regKey = /^\[(?<path>-?HKEY_[^\]]+)\]\s*$/iu;
const regValue = /^(?:"(?<name>(?:[^"\\]|\\.)*)"|(?<unnamed>@))\s*=\s*(?<data>.*)$/u;
const queryKey = /^HKEY_[A-Z_]+\\\S.*$/iu;
const queryValue = /^\s{2,}(?<name>\S(?:.*?\S)?)\s{2,}(?<type>REG_\w+)(?:\s+(?<data>.*))?$/iu;

/**
 * Reads a `.reg` export (`Windows Registry Editor Version 5.00` or REGEDIT4; long values continue behind
 * a backslash) or the text of `reg query`.
 */
export function readRegistryText(text: string, warn: WarnAt): readonly RegistryKey[] {
  const lines = text.split('\n').map((line) => line.replace(/\r+$/u, ''));
  const keys: OpenKey[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const path = regKey.exec(line)?.groups?.['path'] ?? (queryKey.test(line) ? line.trim() : undefined);
    if (path !== undefined) {
      keys.push({ path, line: at + 1, values: [] });
      continue;
    }
    const key = keys.at(-1);
    if (key === undefined) continue;
    const exported = regValue.exec(line)?.groups;
    if (exported !== undefined) {
      const pieces = [exported['data'] ?? ''];
      while (/\\\s*$/u.test(pieces.at(-1) ?? '') && at + pieces.length < lines.length) {
        pieces.push(lines[at + pieces.length] ?? '');
      }
      const value = exportedValue(exported['name'] ?? '@', pieces, at + 1, line, warn);
      if (value !== null) key.values.push(value);
      at += pieces.length - 1;
      continue;
    }
    const queried = queryValue.exec(line)?.groups;
    if (queried !== undefined) {
      const value = queriedValue(
        queried['name'] ?? '',
        queried['type'] ?? '',
        queried['data'] ?? '',
        at + 1,
        line,
        warn,
      );
      if (value !== null) key.values.push(value);
    }
  }
  return keys;
}

function exportedValue(
  name: string,
  pieces: readonly string[],
  line: number,
  quote: string,
  warn: WarnAt,
): RegistryValue | null {
  const [first = ''] = pieces;
  const dword = /^dword:(?<hex>[0-9a-f]{1,8})\s*$/iu.exec(first)?.groups?.['hex'];
  if (dword !== undefined) {
    return { name, line, quote, data: { type: 'number', number: Number.parseInt(dword, 16) } };
  }
  const text = /^"(?<text>(?:[^"\\]|\\.)*)"\s*$/u.exec(first)?.groups?.['text'];
  if (text !== undefined) {
    return { name, line, quote, data: { type: 'text', text: text.replace(/\\(.)/gu, '$1') } };
  }
  const hex = /^hex(?:\([0-9a-f]+\))?:/iu.exec(first)?.[0];
  if (hex === undefined) {
    warn(line, 'bad-value', quote);
    return null;
  }
  const bytes: number[] = [];
  const starts: number[] = [];
  pieces.forEach((piece, index) => {
    starts.push(bytes.length);
    const own = (index === 0 ? piece.slice(hex.length) : piece).replace(/\\\s*$/u, '');
    for (const part of own.split(',')) {
      const trimmed = part.trim();
      if (/^[0-9a-f]{1,2}$/iu.test(trimmed)) bytes.push(Number.parseInt(trimmed, 16));
      else if (trimmed !== '') warn(line + index, 'bad-value', trimmed);
    }
  });
  return {
    name,
    line,
    quote,
    data: {
      type: 'binary',
      bytes: Uint8Array.from(bytes),
      lineOfByte: (at) =>
        line +
        Math.max(
          0,
          starts.findLastIndex((start) => start <= at),
        ),
    },
  };
}

function queriedValue(
  name: string,
  type: string,
  data: string,
  line: number,
  quote: string,
  warn: WarnAt,
): RegistryValue | null {
  switch (type.toUpperCase()) {
    case 'REG_BINARY': {
      const digits = data.replace(/[^0-9a-f]/giu, '');
      if (digits.length % 2 !== 0) warn(line, 'bad-value', quote);
      const bytes = Uint8Array.from(Buffer.from(digits.slice(0, digits.length & ~1), 'hex'));
      return { name, line, quote, data: { type: 'binary', bytes, lineOfByte: () => line } };
    }
    case 'REG_DWORD':
    case 'REG_QWORD': {
      const number = Number(data.trim());
      if (!Number.isFinite(number) || data.trim() === '') {
        warn(line, 'bad-number', quote);
        return null;
      }
      return { name, line, quote, data: { type: 'number', number } };
    }
    default:
      return { name, line, quote, data: { type: 'text', text: data.trim() } };
  }
}
