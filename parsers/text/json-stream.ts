import { readJson } from './json-document.ts';
import type { JsonError } from './json-document.ts';
import { indexOfByte } from './find-byte.ts';

/** Where a value stands in its text. */
export interface JsonPlace {
  /** Offset and length in bytes of the UTF-8 text. */
  readonly offset: number;
  readonly bytes: number;
  /** 1-based line on which it starts. */
  readonly line: number;
  /** JSON pointer (RFC 6901), of the document that it stands in. */
  readonly pointer: string;
}

/** An object that is an entry of a list which stands directly in a document. */
export interface JsonElement extends JsonPlace {
  /** Name of the list. */
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** A document without the objects of its lists: each of them is a 0 in its place. */
export interface JsonRoot extends JsonPlace {
  readonly value: Readonly<Record<string, unknown>>;
  /** 1-based line on which the value of a direct field starts; null for a field that is not there. */
  readonly lineOf: (key: string) => number | null;
}

export interface JsonStreamOptions {
  /** Objects in lists, in the order of the text, before the document that they are in. */
  readonly element: (element: JsonElement) => void;
  /** Every document: one after the other, or the entries of one list of documents. */
  readonly document: (root: JsonRoot) => void;
  /** A place at which the text is no JSON; reading goes on behind it where that is possible. */
  readonly problem: (error: JsonError) => void;
  /**
   * A line between documents that is no JSON, with those that continue it; true when it belongs there (the
   * prompt of a terminal), and is no problem.
   */
  readonly aside?: (text: string) => boolean;
  /** Most bytes of one element, and of a document without its elements. */
  readonly mostBytes: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LF = 0x0a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const COLON = 0x3a;
const COMMA = 0x2c;
const ZERO = 0x30;

/** Where the reader stands. */
const OUTSIDE = 0;
/** In a document, outside of the elements of its lists. */
const IN_DOCUMENT = 1;
const IN_ELEMENT = 2;
/** Behind something that is no JSON, until a line starts with a bracket. */
const LOST = 3;
/** In a line between documents that is no JSON, where such lines are asked for. */
const ASIDE = 4;

/** So much of such a line is kept. */
const mostAside = 4_000;

/** So many places are told; a text that is no JSON at all would have one on every line. */
const mostProblems = 100;
/** Direct fields of a document whose lines are kept. */
const mostFields = 1_000;

/**
 * Reads JSON of any size from UTF-8 bytes as they arrive. Only one element of a list is held at a time;
 * of the documents around them no more than what stands outside of their lists. The cost is linear
 * whatever the bytes are.
 *
 * Documents may follow each other, or be the entries of a list (pages of one answer). A byte order mark
 * and NULs between them are passed over. An element that is no JSON costs that element alone.
 */
export class JsonStream {
  readonly #options: JsonStreamOptions;
  #state = OUTSIDE;
  /** Open brackets, of the list around documents included. */
  #depth = 0;
  /** Depth inside a document: 1, or 2 for the entries of a list of documents. */
  #documentDepth = 1;
  #inString = false;
  #escaped = false;
  /** Bytes and lines before the chunk in work. */
  #passed = 0;
  #line = 1;
  /** Where that line starts, counted from the start of the text. */
  #lineStart = 0;
  /** First bytes of what is being read, where it started in an earlier chunk. */
  #parts: Uint8Array[] = [];
  #partBytes = 0;
  #elementOffset = 0;
  #elementLine = 1;
  #elementColumn = 1;
  #elementIndex = 0;
  /** The document's own text, elements left out. */
  #own = new Uint8Array(1024);
  #ownLength = 0;
  #ownTooLarge = false;
  /** Of each element its place in the document's own text, and the line and column behind its end. */
  #ends = new Uint32Array(96);
  #endCount = 0;
  #documentOffset = 0;
  #documentLine = 1;
  #documentColumn = 1;
  #documentIndex = 0;
  /** The field whose value is read, as it stands between its quotes. */
  #key = '';
  /** Where a string at the document's own depth starts in its own text; -1 outside of one. */
  #stringFrom = -1;
  #expectsKey = false;
  #fields = new Map<string, number>();
  #fieldLinePending = false;
  #listOfDocuments = false;
  #listStarts = false;
  #problems = 0;
  #documents = 0;

  constructor(options: JsonStreamOptions) {
    this.#options = options;
  }

  /** Whether some part of the text is no JSON, or the text ends before its document does. */
  get isBroken(): boolean {
    return this.#problems > 0;
  }

  /** Documents read to their end so far. */
  get documents(): number {
    return this.#documents;
  }

  push(bytes: Uint8Array): void {
    const end = bytes.length;
    let at = 0;
    // What of the document's own text is copied next; of an element, what is cut out next.
    let from = 0;
    while (at < end) {
      if (this.#state === ASIDE) {
        at = this.#passAside(bytes, at);
        continue;
      }
      if (this.#inString) {
        at = this.#passString(bytes, at);
        if (at < 0) break;
        if (this.#stringFrom >= 0) {
          this.#keepOwn(bytes, from, at);
          from = at;
          this.#endString();
        }
        continue;
      }
      const code = bytes[at] ?? 0;
      at += 1;
      if (code <= 0x20) {
        if (code === LF) {
          this.#line += 1;
          this.#lineStart = this.#passed + at;
        }
        continue;
      }
      switch (this.#state) {
        case IN_ELEMENT:
          if (code === QUOTE) this.#inString = true;
          else if (code === OPEN_OBJECT || code === OPEN_LIST) this.#depth += 1;
          else if (code === CLOSE_OBJECT || code === CLOSE_LIST) {
            this.#depth -= 1;
            if (this.#depth === this.#documentDepth + 1) {
              this.#endElement(bytes, from, at);
              from = at;
            }
          }
          break;
        case IN_DOCUMENT: {
          const state = this.#inDocument(bytes, code, from, at);
          if (state !== IN_DOCUMENT || this.#stringFrom >= 0) from = this.#keptUpTo;
          break;
        }
        case OUTSIDE:
          if (this.#outside(bytes, code, at)) from = at - 1;
          break;
        default:
          // A new try where a line starts with a bracket.
          if ((code === OPEN_OBJECT || code === OPEN_LIST) && this.#startsLine(bytes, at - 1)) {
            this.#state = OUTSIDE;
            this.#depth = 0;
            this.#listOfDocuments = false;
            if (this.#outside(bytes, code, at)) from = at - 1;
          }
      }
    }
    this.#lastByte = end === 0 ? this.#lastByte : (bytes[end - 1] ?? 0);
    if (this.#state === IN_ELEMENT) this.#keepPart(bytes, from, end);
    else if (this.#state === IN_DOCUMENT) this.#keepOwn(bytes, from, end);
    this.#passed += end;
  }

  /** Ends the text: what is open is cut off, and said to be. */
  end(): void {
    if (this.#state === ASIDE) this.#endAside();
    if (this.#state === IN_ELEMENT) {
      // What is there of the element tells where it is cut.
      this.#tellElementProblem(Buffer.concat(this.#parts).toString('utf8'), this.#elementLine);
      this.#parts = [];
      this.#closeCut();
    } else if (this.#state === IN_DOCUMENT) {
      this.#tellEnd();
      this.#closeCut();
    } else if (this.#depth > 0 && this.#state === OUTSIDE) this.#tellEnd();
    this.#state = OUTSIDE;
  }

  #tellEnd(): void {
    this.#problem({ line: this.#line, column: this.#passed - this.#lineStart + 1, text: '' });
  }

  /** Up to where the chunk in work has been copied. */
  #keptUpTo = 0;
  /** The last byte of the chunk before: what a line at the start of a chunk follows. */
  #lastByte = LF;

  #startsLine(bytes: Uint8Array, at: number): boolean {
    return (at === 0 ? this.#lastByte : bytes[at - 1]) === LF;
  }

  /** @returns the position behind the string's quote, or -1 when the chunk ends before it */
  #passString(bytes: Uint8Array, from: number): number {
    const end = bytes.length;
    let at = from;
    if (this.#escaped) {
      this.#escaped = false;
      at += 1;
    }
    while (at < end) {
      const code = bytes[at] ?? 0;
      at += 1;
      if (code === QUOTE) {
        this.#inString = false;
        return at;
      }
      if (code === BACKSLASH) {
        if (at >= end) {
          this.#escaped = true;
          return -1;
        }
        at += 1;
      } else if (code === LF) {
        this.#line += 1;
        this.#lineStart = this.#passed + at;
      }
    }
    return -1;
  }

  #outside(bytes: Uint8Array, code: number, at: number): boolean {
    if (code === OPEN_OBJECT) {
      this.#depth += 1;
      this.#startDocument(this.#passed + at - 1);
      return true;
    }
    if (this.#listOfDocuments) {
      if (code === COMMA) return false;
      if (code === CLOSE_LIST) {
        this.#depth = 0;
        this.#listOfDocuments = false;
        this.#documentDepth = 1;
        return false;
      }
    } else if (code === OPEN_LIST) {
      this.#depth = 1;
      this.#listOfDocuments = true;
      this.#documentDepth = 2;
      this.#documentIndex = 0;
      return false;
    }
    // A byte order mark where files were joined, a NUL of padding, a comma between documents.
    if (code === 0xef || code === 0xbb || code === 0xbf || code === 0 || code === COMMA) return false;
    const column = this.#passed + at - this.#lineStart;
    const problem = { line: this.#line, column, text: textAt(bytes, at - 1) };
    if (this.#options.aside === undefined) {
      this.#problem(problem);
      this.#state = LOST;
      return false;
    }
    this.#asideProblem = problem;
    this.#aside = this.#listOfDocuments && this.#documentIndex === 0 ? '[' : '';
    this.#aside += String.fromCharCode(code);
    this.#state = ASIDE;
    return false;
  }

  #aside = '';
  #asideProblem: JsonError = { line: 1, column: 1, text: '' };

  /** @returns the position of the line's end, or of the chunk's */
  #passAside(bytes: Uint8Array, from: number): number {
    const lf = indexOfByte(bytes, LF, from);
    const end = lf === -1 ? bytes.length : lf;
    const room = mostAside - this.#aside.length;
    if (room > 0) this.#aside += textOf(bytes.subarray(from, Math.min(end, from + room)));
    if (lf === -1) return end;
    // A command goes on in the next line.
    if (/[\\`^]\r*$/u.test(this.#aside.slice(-4)) && this.#aside.length < mostAside) {
      this.#aside += '\n';
      this.#line += 1;
      this.#lineStart = this.#passed + lf + 1;
      return lf + 1;
    }
    this.#endAside();
    return lf;
  }

  #endAside(): void {
    if (this.#options.aside?.(this.#aside) === true) {
      this.#state = OUTSIDE;
      this.#depth = 0;
      this.#listOfDocuments = false;
      this.#documentDepth = 1;
    } else {
      this.#problem(this.#asideProblem);
      this.#state = LOST;
    }
    this.#aside = '';
  }

  #startDocument(offset: number): void {
    this.#state = IN_DOCUMENT;
    this.#documentOffset = offset;
    this.#documentLine = this.#line;
    this.#documentColumn = offset - this.#lineStart + 1;
    this.#ownLength = 0;
    this.#ownTooLarge = false;
    this.#endCount = 0;
    this.#key = '';
    this.#stringFrom = -1;
    this.#expectsKey = true;
    this.#fields = new Map();
    this.#fieldLinePending = false;
    this.#listStarts = false;
    this.#elementIndex = 0;
  }

  /** A byte of the document that belongs to no element. */
  #inDocument(bytes: Uint8Array, code: number, from: number, at: number): number {
    const atOwnDepth = this.#depth === this.#documentDepth;
    if (this.#fieldLinePending) {
      this.#fieldLinePending = false;
      if (this.#fields.size < mostFields) this.#fields.set(this.#key, this.#line);
    }
    switch (code) {
      case QUOTE:
        this.#inString = true;
        if (atOwnDepth && this.#expectsKey) {
          this.#keepOwn(bytes, from, at);
          this.#keptUpTo = at;
          this.#stringFrom = this.#ownLength;
        }
        break;
      case COLON:
        if (atOwnDepth) this.#fieldLinePending = true;
        break;
      case COMMA:
        if (atOwnDepth) this.#expectsKey = true;
        break;
      case OPEN_LIST:
        this.#depth += 1;
        this.#listStarts = atOwnDepth;
        if (atOwnDepth) this.#elementIndex = 0;
        return IN_DOCUMENT;
      case OPEN_OBJECT:
        this.#depth += 1;
        if (this.#listStarts && this.#depth === this.#documentDepth + 2) {
          this.#keepOwn(bytes, from, at - 1);
          this.#state = IN_ELEMENT;
          this.#elementOffset = this.#passed + at - 1;
          this.#elementLine = this.#line;
          this.#elementColumn = this.#elementOffset - this.#lineStart + 1;
          this.#keptUpTo = at - 1;
          return IN_ELEMENT;
        }
        break;
      case CLOSE_OBJECT:
      case CLOSE_LIST:
        this.#depth -= 1;
        if (this.#depth === this.#documentDepth) this.#listStarts = false;
        if (this.#depth < this.#documentDepth) {
          this.#keepOwn(bytes, from, at);
          this.#endDocument(this.#passed + at);
          this.#keptUpTo = at;
          return OUTSIDE;
        }
        break;
      default:
        break;
    }
    return IN_DOCUMENT;
  }

  #endString(): void {
    const raw = this.#own.subarray(this.#stringFrom, Math.max(this.#ownLength - 1, this.#stringFrom));
    this.#key = this.#ownTooLarge ? '' : textOf(raw);
    this.#stringFrom = -1;
    this.#expectsKey = false;
  }

  #keepPart(bytes: Uint8Array, from: number, to: number): void {
    if (to <= from) return;
    this.#partBytes += to - from;
    if (this.#partBytes <= this.#options.mostBytes) this.#parts.push(bytes.slice(from, to));
  }

  #endElement(bytes: Uint8Array, from: number, to: number): void {
    const length = this.#partBytes + to - from;
    const place = {
      offset: this.#elementOffset,
      bytes: length,
      line: this.#elementLine,
      pointer: this.#pointerTo(this.#elementIndex),
    };
    this.#elementIndex += 1;
    this.#state = IN_DOCUMENT;
    this.#placeholder(this.#passed + to);
    if (length > this.#options.mostBytes) {
      this.#parts = [];
      this.#partBytes = 0;
      this.#problem({ line: place.line, column: 1, text: '' });
      return;
    }
    const whole = this.#partBytes === 0 ? bytes.subarray(from, to) : this.#joined(bytes, from, to);
    const text = Buffer.from(whole.buffer, whole.byteOffset, whole.byteLength).toString('utf8');
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      this.#tellElementProblem(text, place.line);
      return;
    }
    this.#options.element({
      ...place,
      key: this.#key,
      value: value as Readonly<Record<string, unknown>>,
    });
  }

  #joined(bytes: Uint8Array, from: number, to: number): Buffer {
    const whole = Buffer.concat([...this.#parts, bytes.subarray(from, to)]);
    this.#parts = [];
    this.#partBytes = 0;
    return whole;
  }

  #tellElementProblem(text: string, line: number): void {
    const { error } = readJson(text);
    const isFirst = error === null || error.line === 1;
    this.#problem({
      line: line + (error?.line ?? 1) - 1,
      column: (error?.column ?? 1) + (isFirst ? this.#elementColumn - 1 : 0),
      text: error?.text ?? '',
    });
  }

  #pointerTo(index: number): string {
    const document = this.#listOfDocuments ? `/${this.#documentIndex}` : '';
    return `${document}/${escapeToken(this.#key)}/${index}`;
  }

  /** In the document's own text an element is a 0; the line on which it ended is kept for telling places. */
  #placeholder(end: number): void {
    this.#appendOwn(ZERO);
    if (this.#endCount * 3 >= this.#ends.length) {
      const ends = new Uint32Array(this.#ends.length * 2);
      ends.set(this.#ends);
      this.#ends = ends;
    }
    this.#ends[this.#endCount * 3] = this.#ownLength;
    this.#ends[this.#endCount * 3 + 1] = this.#line;
    this.#ends[this.#endCount * 3 + 2] = end - this.#lineStart + 1;
    this.#endCount += 1;
  }

  #keepOwn(bytes: Uint8Array, from: number, to: number): void {
    const length = to - from;
    if (length <= 0) return;
    if (!this.#makeRoom(length)) return;
    if (length < 24) {
      for (let at = from; at < to; at += 1) this.#own[this.#ownLength + at - from] = bytes[at] ?? 0;
    } else this.#own.set(bytes.subarray(from, to), this.#ownLength);
    this.#ownLength += length;
  }

  #appendOwn(byte: number): void {
    if (!this.#makeRoom(1)) return;
    this.#own[this.#ownLength] = byte;
    this.#ownLength += 1;
  }

  #makeRoom(length: number): boolean {
    const needed = this.#ownLength + length;
    if (this.#ownTooLarge || needed > this.#options.mostBytes) {
      this.#ownTooLarge = true;
      return false;
    }
    if (needed > this.#own.length) {
      const own = new Uint8Array(Math.max(needed, this.#own.length * 2));
      own.set(this.#own.subarray(0, this.#ownLength));
      this.#own = own;
    }
    return true;
  }

  #endDocument(end: number): void {
    this.#state = OUTSIDE;
    this.#documents += 1;
    const place = {
      offset: this.#documentOffset,
      bytes: end - this.#documentOffset,
      line: this.#documentLine,
      pointer: this.#listOfDocuments ? `/${this.#documentIndex}` : '',
    };
    if (this.#listOfDocuments) this.#documentIndex += 1;
    if (this.#ownTooLarge) {
      this.#problem({ line: place.line, column: 1, text: '' });
      return;
    }
    const text = textOf(this.#own.subarray(0, this.#ownLength));
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      this.#tellOwnProblem();
      // The elements were read; what stands beside them is not known.
      value = {};
    }
    const fields = this.#fields;
    this.#options.document({
      ...place,
      value: value as Readonly<Record<string, unknown>>,
      lineOf: (key) => fields.get(key) ?? null,
    });
  }

  /** A document that the end of the text cuts off: what of it is known is told. */
  #closeCut(): void {
    const fields = this.#fields;
    this.#options.document({
      offset: this.#documentOffset,
      bytes: this.#passed - this.#documentOffset,
      line: this.#documentLine,
      pointer: this.#listOfDocuments ? `/${this.#documentIndex}` : '',
      value: {},
      lineOf: (key) => fields.get(key) ?? null,
    });
  }

  /** Tells where the document's own text is no JSON, in terms of the whole text. */
  #tellOwnProblem(): void {
    // One character for a byte: places in it are places in the bytes.
    const text = Buffer.from(this.#own.buffer, 0, this.#ownLength).toString('latin1');
    const { error } = readJson(text);
    const offset = error === null ? 0 : offsetOf(text, error);
    let known = 0;
    let above = this.#endCount;
    while (known < above) {
      const middle = (known + above) >>> 1;
      if ((this.#ends[middle * 3] ?? 0) <= offset) known = middle + 1;
      else above = middle;
    }
    const isFirst = known === 0;
    const from = isFirst ? 0 : (this.#ends[known * 3 - 3] ?? 0);
    const line = isFirst ? this.#documentLine : (this.#ends[known * 3 - 2] ?? 0);
    const column = isFirst ? this.#documentColumn : (this.#ends[known * 3 - 1] ?? 0);
    const between = text.slice(from, offset);
    const feeds = between.split('\n').length - 1;
    this.#problem({
      line: line + feeds,
      column: feeds === 0 ? column + between.length : between.length - between.lastIndexOf('\n'),
      text: (error?.text ?? '').replace(/0(?=\s*[,\]])/gu, '{…}'),
    });
  }

  #problem(error: JsonError): void {
    this.#problems += 1;
    if (this.#problems <= mostProblems) this.#options.problem(error);
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

function textAt(bytes: Uint8Array, at: number): string {
  const [line = ''] = textOf(bytes.subarray(at, at + 240)).split('\n');
  return line.trimEnd().slice(0, 80);
}

function offsetOf(text: string, error: JsonError): number {
  let from = 0;
  for (let line = 1; line < error.line; line += 1) from = text.indexOf('\n', from) + 1;
  return from + error.column - 1;
}

function escapeToken(key: string): string {
  return /[~/]/u.test(key) ? key.replaceAll('~', '~0').replaceAll('/', '~1') : key;
}
