import { isUtf8 } from 'node:buffer';
import { foldDeviceName } from '../domain/names.ts';
import type { RedactionKind, RedactionSettings } from '../domain/redaction.ts';
import { foldValue } from './folding.ts';
import { NameFinder } from './name-finder.ts';
import type { SoughtName } from './name-finder.ts';
import { findByPattern } from './patterns.ts';
import { once } from '../domain/once.ts';
import { Sieve, matchesIn } from './sieve.ts';
import { TokenTable } from './token-table.ts';
import { inlineMarkup, undoEscapes } from './unescape.ts';
import type { PlainView } from './unescape.ts';

/** A value that is known to be one to take out. */
export interface KnownValue {
  readonly kind: RedactionKind;
  /** The form in which it is compared: {@link keyOf}. */
  readonly key: string;
  /** As it was written, every way that was seen. */
  readonly forms: readonly string[];
  /** Whether it is looked for where nothing around it tells what it is. */
  readonly spreads: boolean;
}

/** A part of a text that goes. */
export interface RedactionSpan {
  readonly start: number;
  readonly end: number;
  readonly kind: RedactionKind;
  readonly key: string;
  /** What was written there, as far as it could be read. */
  readonly value: string;
}

interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The form in which a value is compared: `PC-0042.corp.local` and `pc-0042` are one host. */
export function keyOf(kind: RedactionKind, value: string): string {
  switch (kind) {
    case 'host':
      return foldDeviceName(value);
    case 'mac':
      return value.replace(/[^0-9A-Fa-f]/gu, '').toLowerCase();
    case 'instance':
      return value.replace(/[{}]/gu, '').toLowerCase();
    case 'user':
    case 'email':
    case 'ip':
    case 'domain':
    case 'serial':
    case 'word':
      return foldValue(value.normalize('NFC').trim());
  }
}

/** Escapes within escapes are undone so many times. */
const mostRounds = 3;
/** Base64 within base64 is opened so deep. */
const deepest = 2;

/**
 * Puts tokens in the place of what is known of a bundle and of what patterns tell. The same value gets the same
 * token wherever it stands: as it is, percent-encoded, in JSON, HTML or quoted-printable escapes, in base64 or
 * hexadecimal.
 */
export class Redactor {
  readonly tokens: TokenTable;
  readonly settings: RedactionSettings;
  readonly #finder: NameFinder<{ readonly kind: RedactionKind; readonly key: string }>;
  readonly #kinds: ReadonlySet<RedactionKind>;
  readonly #ignored: ReadonlySet<string>;
  readonly #exempt: ReadonlySet<string>;
  readonly #seen = new Map<string, string>();
  /** Runs that seemed to be base64 and hold nothing to take out. */
  readonly #runs = new Map<string, null>();
  /** How many values were replaced since the last time somebody asked. */
  #replaced = 0;

  /**
   * @param known in the order in which tokens are given
   * @param exempt folded texts that look like values and are none: versions within names of patches
   */
  constructor(
    known: readonly KnownValue[],
    settings: RedactionSettings,
    tokens: TokenTable = new TokenTable(),
    exempt: ReadonlySet<string> = new Set(),
  ) {
    this.settings = settings;
    this.tokens = tokens;
    this.#kinds = new Set(settings.kinds).add('word');
    this.#ignored = new Set(settings.ignored.map(foldValue));
    this.#exempt = exempt;
    this.#finder = new NameFinder(this.#names(known));
  }

  /** Gives every value its token, and tells the names to look for one by one: there may be very many. */
  *#names(known: readonly KnownValue[]): Generator<SoughtName<Pick<KnownValue, 'kind' | 'key'>>> {
    for (const word of this.settings.words) {
      if (word.trim() === '') continue;
      const value = { kind: 'word', key: keyOf('word', word) } as const;
      this.tokens.tokenOf(value.kind, value.key);
      for (const name of formsOf(word.trim())) yield { name, value, anywhere: true };
    }
    for (const value of known) {
      const { kind, key, forms, spreads } = value;
      if (!this.#takesOut(kind, key, forms) || (kind === 'ip' && this.#exempt.has(key))) continue;
      this.tokens.tokenOf(kind, key);
      if (!spreads) continue;
      for (const form of forms) {
        for (const name of formsOf(form)) yield { name, value, anywhere: false };
      }
    }
  }

  /** What is taken out. */
  get kinds(): readonly RedactionKind[] {
    return this.settings.kinds;
  }

  /** Values replaced since the last call. */
  takeCount(): number {
    const count = this.#replaced;
    this.#replaced = 0;
    return count;
  }

  /** The text with tokens in place of what must not leave. */
  text(text: string): string {
    if (text === '') return text;
    const seen = text.length <= 200 ? this.#seen.get(text) : undefined;
    if (seen !== undefined) {
      if (seen !== text) this.#replaced += 1;
      return seen;
    }
    const redacted = this.#redact(text, 0);
    if (text.length <= 200) {
      if (this.#seen.size > 50_000) this.#seen.clear();
      this.#seen.set(text, redacted);
    }
    return redacted;
  }

  /** As {@link Redactor.text} for the lines of one text: what runs over line ends is found, and lines stay lines. */
  lines(lines: readonly string[]): readonly string[] {
    return this.#redact(lines.join('\n'), 0, true).split('\n');
  }

  /**
   * Every text within a value of JSON's kind, or of objects, arrays, maps and sets. What an object of a class
   * answers by getters (citations are read from the store when they are asked for) becomes a plain member.
   * @param keep names of members whose values are words of the product
   */
  value<T>(value: T, keep: ReadonlySet<string> = noNames): T {
    return this.#value(value, keep) as T;
  }

  /** What would go from a text, with what it is; for the preview. */
  spans(text: string): readonly RedactionSpan[] {
    return disjoint(this.#spans(text));
  }

  #value(value: unknown, keep: ReadonlySet<string>): unknown {
    if (typeof value === 'string') return this.text(value);
    if (Array.isArray(value)) return value.map((one) => this.#value(one, keep));
    if (value instanceof Map) {
      return new Map([...value].map(([key, one]) => [this.#value(key, keep), this.#value(one, keep)]));
    }
    if (typeof value !== 'object' || value === null) return value;
    if (value instanceof Set) return new Set([...value].map((one) => this.#value(one, keep)));
    if (ArrayBuffer.isView(value)) return value;
    return Object.fromEntries(
      entriesOf(value).map(([name, one]) => [
        /^[A-Za-z]+$/u.test(name) ? name : this.text(name),
        keep.has(name) ? one : this.#value(one, keep),
      ]),
    );
  }

  #takesOut(kind: RedactionKind, key: string, forms: readonly string[]): boolean {
    if (!this.#kinds.has(kind) || key === '') return false;
    return !this.#ignored.has(key) && !forms.some((form) => this.#ignored.has(foldValue(form)));
  }

  #redact(text: string, depth: number, keepBreaks = false): string {
    const replacements: Replacement[] = disjoint(this.#spans(text)).map(({ start, end, kind, key }) => {
      const gone = text.slice(start, end);
      // Markup that ran through a name stays, so that the page stays one.
      const markup = gone.includes('<') ? (gone.match(inlineMarkup) ?? []).join('') : '';
      return { start, end, text: this.tokens.tokenOf(kind, key) + markup };
    });
    if (depth < deepest) {
      this.#encoded(text, depth, (encoded) => {
        // A run that is opened and written anew takes the place of what seemed to stand in it.
        const inside = replacements.findIndex(({ start, end }) => start < encoded.end && end > encoded.start);
        if (inside === -1) replacements.push(encoded);
      });
    }
    if (replacements.length === 0) return text;
    replacements.sort((a, b) => a.start - b.start);
    this.#replaced += replacements.length;
    let redacted = '';
    let last = 0;
    for (const { start, end, text: token } of replacements) {
      redacted +=
        text.slice(last, start) + (keepBreaks ? withBreaksOf(text.slice(start, end), token) : token);
      last = end;
    }
    return redacted + text.slice(last);
  }

  #spans(text: string): RedactionSpan[] {
    const spans: RedactionSpan[] = [];
    this.#look(text, (span) => spans.push(span));
    let view = undoEscapes(text);
    for (let round = 0; view !== null && round < mostRounds; round += 1) {
      const { text: plain, startOf, endOf } = view;
      this.#look(plain, (span) => {
        const [start, end] = [startOf(span.start), endOf(span.end)];
        if (end > start) spans.push({ ...span, start, end });
      });
      view = within(view, undoEscapes(plain));
    }
    return spans;
  }

  #look(text: string, found: (span: RedactionSpan) => void): void {
    this.#finder.find(text, (start, end, { kind, key }) => {
      found({ start, end, kind, key, value: text.slice(start, end) });
    });
    findByPattern(text, ({ kind, start, end, value, certain }) => {
      if (!certain) return;
      const key = keyOf(kind, value);
      if (!this.#takesOut(kind, key, [value])) return;
      if (kind === 'ip' && this.#exempt.has(key)) return;
      found({ start, end, kind, key, value });
    });
  }

  /** Runs of base64 and of hexadecimal that hold something to take out, written anew without it. */
  #encoded(text: string, depth: number, found: (replacement: Replacement) => void): void {
    let from = 0;
    for (let at = 0; at < text.length; at = from) {
      while (at < text.length && !isBase64(text.charCodeAt(at))) at += 1;
      from = at;
      while (from < text.length && isBase64(text.charCodeAt(from))) from += 1;
      if (from - at < shortestRun) continue;
      base64Run.lastIndex = at;
      const run = base64Run.exec(text)?.[0];
      if (run === undefined) continue;
      const redacted = this.#base64Cached(run, depth);
      if (redacted !== null) found({ start: at, end: at + run.length, text: redacted });
      from = Math.max(from, at + run.length);
    }
    for (const match of matchesIn(text, hexSieve().windows(text)?.[0], hexRuns)) {
      const redacted = this.#hex(match[0], depth);
      if (redacted !== null)
        found({ start: match.index, end: match.index + match[0].length, text: redacted });
    }
  }

  /** Paths and long words look like base64 and come again and again. */
  #base64Cached(run: string, depth: number): string | null {
    if (run.length > 100) return this.#base64(run, depth);
    const key = `${depth}${run}`;
    const known = this.#runs.get(key);
    if (known !== undefined) return known;
    const redacted = this.#base64(run, depth);
    // What holds something is counted every time.
    if (redacted !== null) return redacted;
    if (this.#runs.size > 20_000) this.#runs.clear();
    this.#runs.set(key, redacted);
    return redacted;
  }

  #base64(run: string, depth: number): string | null {
    const packed = run.replace(/[\r\n]/gu, '');
    const isUrl = /[-_]/u.test(packed);
    if (isUrl && /[+/]/u.test(packed)) return null;
    const bytes = this.#bytes(Buffer.from(packed, isUrl ? 'base64url' : 'base64'), depth);
    if (bytes === null) return null;
    const written = bytes.toString(isUrl ? 'base64url' : 'base64');
    const padded =
      isUrl || run.endsWith('=') || packed.length % 4 === 0 ? written : written.replace(/=+$/u, '');
    const width = run.indexOf('\n');
    if (width === -1) return padded;
    const lineEnd = run[width - 1] === '\r' ? '\r\n' : '\n';
    const length = width - (lineEnd.length - 1);
    return (padded.match(new RegExp(`.{1,${length}}`, 'gu')) ?? []).join(lineEnd);
  }

  #hex(run: string, depth: number): string | null {
    const digits = run.replace(/[^0-9A-Fa-f]/gu, '');
    const bytes = this.#bytes(Buffer.from(digits, 'hex'), depth);
    if (bytes === null) return null;
    const written = bytes.toString('hex');
    const cased = /[A-F]/u.test(run) ? written.toUpperCase() : written;
    const between = /^[0-9A-Fa-f]{2}([^0-9A-Fa-f])/u.exec(run)?.[1];
    return between === undefined ? cased : (cased.match(/../gu) ?? []).join(between);
  }

  /** @returns null when the bytes are no text or nothing in it goes */
  #bytes(bytes: Buffer, depth: number): Buffer | null {
    const encoding = textEncodingOf(bytes);
    if (encoding === null) return null;
    const text = bytes.toString(encoding);
    const redacted = this.#redact(text, depth + 1);
    return redacted === text ? null : Buffer.from(redacted, encoding);
  }
}

/** The members of an object, those included that the getters of its class answer. */
function entriesOf(value: object): (readonly [string, unknown])[] {
  const names = new Set(Object.keys(value));
  for (
    let prototype = Object.getPrototypeOf(value) as object | null;
    prototype !== null && prototype !== Object.prototype;
    prototype = Object.getPrototypeOf(prototype) as object | null
  ) {
    for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      if (typeof descriptor.get === 'function') names.add(name);
    }
  }
  return [...names].map((name) => [name, (value as Record<string, unknown>)[name]]);
}

/** A replacement with as many line breaks as what it replaces. */
function withBreaksOf(gone: string, token: string): string {
  const breaks = gone.split('\n').length - 1;
  if (breaks === token.split('\n').length - 1) return token;
  return token.replace(/\r?\n/gu, '') + '\n'.repeat(breaks);
}

/** What `inner` shows of `outer`'s text, with places in the text that `outer` came from. */
function within(outer: PlainView, inner: PlainView | null): PlainView | null {
  return inner === null
    ? null
    : {
        text: inner.text,
        startOf: (at) => outer.startOf(inner.startOf(at)),
        endOf: (at) => outer.endOf(inner.endOf(at)),
      };
}

const noNames: ReadonlySet<string> = new Set();

/** Base64 in one line, or in lines of one block. */
const base64Run =
  /(?:(?:[A-Za-z0-9+/]{40,100}\r?\n)+[A-Za-z0-9+/]{2,100}={0,2}|[A-Za-z0-9+/_-]{12,}={0,2})/uy;
const shortestRun = 12;
/** Bytes in hexadecimal, joined or with commas or blanks between, over several lines as registry exports write them. */
const hexRuns =
  /(?<![0-9A-Za-z])(?:[0-9A-Fa-f]{2},(?:\\\r?\n[^\S\n]{0,8})?){5,}[0-9A-Fa-f]{2}(?![0-9A-Za-z])|(?<![0-9A-Za-z])(?:[0-9A-Fa-f]{2} ){5,}[0-9A-Fa-f]{2}(?![0-9A-Za-z])|(?<![0-9A-Za-z])(?:[0-9A-Fa-f]{2}){6,}(?![0-9A-Za-z])/gu;

/** Pairs of digits: six joined, or two with what stands between them. */
const hexSieve = once(
  () =>
    new Sieve([
      {
        of: String.raw`(?:[0-9a-f]{2}){6}|[0-9a-f]{2} [0-9a-f]{2} [0-9a-f]{2}|[0-9a-f]{2},(?:[0-9a-f]{2},|\\)`,
        reach: (last) => (last === 0x2c || last === 0x5c ? 80 : 0),
      },
    ]),
);

const base64Codes = new Uint8Array(0x80).map((_, code) =>
  /[A-Za-z0-9+/_-]/u.test(String.fromCharCode(code)) ? 1 : 0,
);

function isBase64(code: number): boolean {
  return code < 0x80 && base64Codes[code] === 1;
}

/** As what bytes are text, if they are; control characters say that they are none. */
function textEncodingOf(bytes: Buffer): 'utf8' | 'utf16le' | 'latin1' | null {
  if (bytes.length < 4) return null;
  if (bytes.length % 2 === 0) {
    let zeros = 0;
    let others = 0;
    for (let at = 1; at < bytes.length; at += 2) {
      if (bytes[at] === 0) zeros += 1;
      else if ((bytes[at] ?? 0) < 0x30) others += 1;
    }
    if (zeros + others === bytes.length / 2 && zeros > 0 && (bytes[0] ?? 0) !== 0) return 'utf16le';
    if (zeros > bytes.length / 8 && !hasControls(bytes.toString('utf16le'))) return 'utf16le';
  }
  if (isUtf8(bytes)) return hasControls(bytes.toString('utf8')) ? null : 'utf8';
  // Cut in the middle of a character, or another code page: what is ASCII in it can be looked at.
  let plain = 0;
  for (const byte of bytes) if (byte >= 0x20 && byte < 0x7f) plain += 1;
  return plain > bytes.length * 0.8 ? 'latin1' : null;
}

function hasControls(text: string): boolean {
  return /[\u0001-\u0008\u000E-\u001F]/u.test(text);
}

/** The ways in which one name is written: composed, decomposed, in full width, with and without a blank. */
function formsOf(name: string): Iterable<string> {
  if (!/[^\u0000-\u007F]/u.test(name)) return [name];
  const forms = new Set([name, name.normalize('NFC'), name.normalize('NFD'), name.normalize('NFKC')]);
  if (/[^\u0000-\u007F][ \u3000][^\u0000-\u007F]/u.test(name)) forms.add(name.replace(/[ \u3000]/gu, ''));
  return forms;
}

/** Overlapping spans made disjoint: the earlier and longer one stands, of a later one what is left of it goes too. */
function disjoint(spans: readonly RedactionSpan[]): RedactionSpan[] {
  const sorted = [...spans].sort((a, b) => a.start - b.start || b.end - a.end);
  const kept: RedactionSpan[] = [];
  let end = 0;
  for (const span of sorted) {
    if (span.end <= end) continue;
    kept.push(span.start < end ? { ...span, start: end } : span);
    end = span.end;
  }
  return kept;
}
