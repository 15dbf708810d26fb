/** How deep a literal may be nested; a deeper one is no value. */
const deepest = 64;

/** What could be read of a Python literal: dicts as objects with text keys, tuples as lists. */
export type PythonValue =
  string | number | boolean | null | readonly PythonValue[] | { readonly [key: string]: PythonValue };

/**
 * Reads a value as Python prints it: `{'a': u'x', 'b': [1, None], 'c': datetime.datetime(2023, 1, 2)}`.
 * Calls and names are kept as their text. Null when the text is no literal.
 */
export function readPythonLiteral(text: string): { readonly value: PythonValue } | null {
  const reader = new Reader(text);
  const value = reader.value(0);
  return value === undefined ? null : { value };
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): PythonValue | undefined {
    if (depth > deepest) return undefined;
    this.#skip();
    const char = this.#text[this.#at] ?? '';
    if (char === '{') return this.#dict(depth);
    if (char === '[') return this.#list(']', depth);
    if (char === '(') return this.#list(')', depth);
    if (char === "'" || char === '"') return this.#string();
    const prefix = /[uUbBrR]{1,2}(?=['"])/uy;
    prefix.lastIndex = this.#at;
    if (prefix.test(this.#text)) {
      this.#at = prefix.lastIndex;
      return this.#string();
    }
    return this.#word(depth);
  }

  #skip(): void {
    while (/\s/u.test(this.#text[this.#at] ?? '')) this.#at += 1;
  }

  #dict(depth: number): PythonValue | undefined {
    this.#at += 1;
    const entries: [string, PythonValue][] = [];
    for (;;) {
      this.#skip();
      if (this.#take('}')) return Object.fromEntries(entries);
      const key = this.value(depth + 1);
      this.#skip();
      if (key === undefined || !this.#take(':')) return undefined;
      const value = this.value(depth + 1);
      if (value === undefined) return undefined;
      entries.push([typeof key === 'string' ? key : JSON.stringify(key), value]);
      this.#skip();
      if (!this.#take(',') && this.#text[this.#at] !== '}') return undefined;
    }
  }

  #list(close: string, depth: number): PythonValue | undefined {
    this.#at += 1;
    const entries: PythonValue[] = [];
    for (;;) {
      this.#skip();
      if (this.#take(close)) return entries;
      const value = this.value(depth + 1);
      if (value === undefined) return undefined;
      entries.push(value);
      this.#skip();
      if (!this.#take(',') && this.#text[this.#at] !== close) return undefined;
    }
  }

  #take(char: string): boolean {
    if (this.#text[this.#at] !== char) return false;
    this.#at += 1;
    return true;
  }

  #string(): string | undefined {
    const quote = this.#text[this.#at] ?? '';
    let out = '';
    for (let at = this.#at + 1; at < this.#text.length; at += 1) {
      const char = this.#text[at] ?? '';
      if (char === quote) {
        this.#at = at + 1;
        return out;
      }
      if (char === '\\') {
        at += 1;
        const escaped = this.#text[at] ?? '';
        out += escaped === 'n' ? '\n' : escaped === 't' ? '\t' : escaped;
      } else out += char;
    }
    return undefined;
  }

  /** A number, True, False, None, or a name with what it is called with. */
  #word(depth: number): PythonValue | undefined {
    const word = /[^\s,:()[\]{}'"]+/uy;
    word.lastIndex = this.#at;
    const match = word.exec(this.#text);
    if (match === null) return undefined;
    const [text] = match;
    this.#at = word.lastIndex;
    if (this.#text[this.#at] === '(') {
      const from = this.#at;
      if (this.#list(')', depth + 1) === undefined) return undefined;
      return text + this.#text.slice(from, this.#at);
    }
    if (text === 'True' || text === 'true') return true;
    if (text === 'False' || text === 'false') return false;
    if (text === 'None' || text === 'null') return null;
    return /^-?\d+(?:\.\d+)?L?$/u.test(text) ? Number(text.replace(/L$/u, '')) : text;
  }
}
