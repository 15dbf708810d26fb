/** A JSON value with the place of every value in it. */
export interface JsonDocument {
  /** The parsed value. Text after the first document is read as further documents of a list in {@link all}. */
  readonly value: unknown;
  /** Every concatenated document of the member. */
  readonly all: readonly unknown[];
  /** 1-based line on which the value at a JSON pointer starts (of the first document), or null. */
  lineOf(pointer: string): number | null;
}

/** Where a text stops being JSON. */
export interface JsonError {
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 code units. */
  readonly column: number;
  /** What stands there, shortened; '' at the end of the text. */
  readonly text: string;
}

export interface JsonReading {
  /** Null when not even a first document could be read. */
  readonly document: JsonDocument | null;
  /** Where reading stopped, or null. With a document: what follows it is damaged. */
  readonly error: JsonError | null;
}

/**
 * Reads a member as JSON. A byte order mark and NULs are dropped; several documents one after the
 * other are read as what they are. Strict otherwise: no comments, no trailing commas.
 */
export function readJson(text: string): JsonReading {
  const clean = cleanJsonText(text);
  const lines = new LineIndex(clean);
  const documents: unknown[] = [];
  let error: JsonError | null = null;
  try {
    documents.push(JSON.parse(clean));
  } catch {
    error = readDocuments(clean, lines, documents);
  }
  if (documents.length === 0) return { document: null, error };
  const places = new Places(clean);
  const document: JsonDocument = {
    value: documents[0],
    all: documents,
    lineOf(pointer) {
      const offset = places.offsetOf(pointer);
      return offset === null ? null : lines.lineOf(offset);
    },
  };
  return { document, error };
}

function cleanJsonText(text: string): string {
  const withoutNuls = text.includes('\0') ? text.replaceAll('\0', '') : text;
  return withoutNuls.charCodeAt(0) === 0xfeff ? withoutNuls.slice(1) : withoutNuls;
}

/** Reads one document after the other; returns the place where that ends before the text does. */
function readDocuments(text: string, lines: LineIndex, documents: unknown[]): JsonError | null {
  let at = skipBlanks(text, 0);
  do {
    const scan = scanValue(text, at);
    if (scan.error !== null) return errorAt(text, scan.error, lines);
    documents.push(JSON.parse(text.slice(at, scan.end)));
    at = skipBlanks(text, scan.end);
    // A byte order mark or a comma may stand where files were joined.
    while (text.charCodeAt(at) === 0xfeff) at = skipBlanks(text, at + 1);
  } while (at < text.length);
  return null;
}

function errorAt(text: string, offset: number, lines: LineIndex): JsonError {
  const line = lines.lineOf(offset);
  const from = text.lastIndexOf('\n', offset - 1) + 1;
  return { line, column: offset - from + 1, text: text.slice(offset, offset + 80) };
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return at;
    at += 1;
  }
}

interface Scan {
  readonly end: number;
  readonly error: number | null;
}

const literals = ['true', 'false', 'null'];
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/uy;

/** Walks one value strictly and without recursion: depth costs memory only. */
function scanValue(text: string, from: number): Scan {
  // One entry per open container: true for an object.
  const open: boolean[] = [];
  let at = from;
  let expectValue = true;
  for (;;) {
    at = skipBlanks(text, at);
    if (expectValue) {
      const code = text.charCodeAt(at);
      if (code === 0x7b || code === 0x5b) {
        open.push(code === 0x7b);
        at = skipBlanks(text, at + 1);
        if (text.charCodeAt(at) === (code === 0x7b ? 0x7d : 0x5d)) {
          open.pop();
          at += 1;
          expectValue = false;
        } else if (code === 0x7b) {
          at = scanKey(text, at);
          if (at < 0) return { end: -at, error: -at - 1 };
        }
      } else {
        const end = scanScalar(text, at);
        if (end === -1) return { end: at, error: at };
        at = end;
        expectValue = false;
      }
    } else {
      const object = open.at(-1);
      if (object === undefined) return { end: at, error: null };
      const code = text.charCodeAt(at);
      if (code === 0x2c) {
        at = skipBlanks(text, at + 1);
        expectValue = true;
        if (object) {
          at = scanKey(text, at);
          if (at < 0) return { end: -at, error: -at - 1 };
        }
      } else if (code === (object ? 0x7d : 0x5d)) {
        open.pop();
        at += 1;
      } else {
        return { end: at, error: at };
      }
    }
    if (!expectValue && open.length === 0) return { end: at, error: null };
  }
}

/** @returns the position behind `"key":`, or -(position of the error) - 1. */
function scanKey(text: string, from: number): number {
  if (text.charCodeAt(from) !== 0x22) return -from - 1;
  const end = scanString(text, from);
  if (end === -1) return -from - 1;
  const colon = skipBlanks(text, end);
  return text.charCodeAt(colon) === 0x3a ? colon + 1 : -colon - 1;
}

/** @returns the position behind the value, or -1. */
function scanScalar(text: string, from: number): number {
  if (text.charCodeAt(from) === 0x22) return scanString(text, from);
  for (const literal of literals) {
    if (text.startsWith(literal, from)) return from + literal.length;
  }
  number.lastIndex = from;
  const match = number.exec(text);
  return match === null || match[0] === '' ? -1 : from + match[0].length;
}

function scanString(text: string, from: number): number {
  let at = from + 1;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return at + 1;
    if (code === 0x5c) {
      const escape = text[at + 1];
      if (escape === 'u') {
        if (!/^[0-9a-f]{4}$/iu.test(text.slice(at + 2, at + 6))) return -1;
        at += 6;
      } else if (escape !== undefined && '"\\/bfnrt'.includes(escape)) {
        at += 2;
      } else {
        return -1;
      }
    } else if (!(code >= 0x20)) {
      return -1;
    } else {
      at += 1;
    }
  }
}

/**
 * Positions of values by pointer. Only containers on the way to a value that was asked for are
 * indexed, each once, so that asking for all elements of a list stays linear.
 */
class Places {
  readonly #text: string;
  readonly #children = new Map<number, ReadonlyMap<string, number>>();

  constructor(text: string) {
    this.#text = text;
  }

  offsetOf(pointer: string): number | null {
    let at = skipBlanks(this.#text, 0);
    if (at >= this.#text.length) return null;
    if (pointer === '') return at;
    if (!pointer.startsWith('/')) return null;
    for (const token of pointer.slice(1).split('/')) {
      const child = this.#childrenOf(at).get(token.replaceAll('~1', '/').replaceAll('~0', '~'));
      if (child === undefined) return null;
      at = child;
    }
    return at;
  }

  #childrenOf(at: number): ReadonlyMap<string, number> {
    const known = this.#children.get(at);
    if (known !== undefined) return known;
    const children = indexChildren(this.#text, at);
    this.#children.set(at, children);
    return children;
  }
}

/** Key or index of every child of the container at a position (of valid JSON), with the child's position. */
function indexChildren(text: string, container: number): ReadonlyMap<string, number> {
  const children = new Map<string, number>();
  const object = text.charCodeAt(container) === 0x7b;
  if (!object && text.charCodeAt(container) !== 0x5b) return children;
  let at = skipBlanks(text, container + 1);
  let index = 0;
  while (at < text.length && text.charCodeAt(at) !== 0x7d && text.charCodeAt(at) !== 0x5d) {
    let key = String(index);
    if (object) {
      const end = scanString(text, at);
      if (end === -1) return children;
      key = JSON.parse(text.slice(at, end)) as string;
      at = skipBlanks(text, skipBlanks(text, end) + 1);
    }
    children.set(key, at);
    index += 1;
    at = skipBlanks(text, skipValue(text, at));
    if (text.charCodeAt(at) !== 0x2c) break;
    at = skipBlanks(text, at + 1);
  }
  return children;
}

/** The position behind a value of valid JSON. */
function skipValue(text: string, from: number): number {
  const first = text.charCodeAt(from);
  if (first !== 0x7b && first !== 0x5b) return Math.max(scanScalar(text, from), from + 1);
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) {
      const end = scanString(text, at);
      if (end === -1) return text.length;
      at = end - 1;
    } else if (code === 0x7b || code === 0x5b) {
      depth += 1;
    } else if (code === 0x7d || code === 0x5d) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return text.length;
}

/** Line numbers of positions; the index is made when first needed. */
class LineIndex {
  readonly #text: string;
  #starts: Uint32Array | null = null;

  constructor(text: string) {
    this.#text = text;
  }

  lineOf(offset: number): number {
    const starts = (this.#starts ??= lineStarts(this.#text));
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    return Math.max(low, 1);
  }
}

function lineStarts(text: string): Uint32Array {
  let count = 1;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1;
  const starts = new Uint32Array(count);
  let index = 1;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) {
    starts[index] = at + 1;
    index += 1;
  }
  return starts;
}
