import { foldCode, foldValue, isWordCode } from './folding.ts';

/** A name that is looked for. */
export interface SoughtName<T> {
  readonly name: string;
  readonly value: T;
  /** Whether it is found within words as well; else a Latin letter or digit beside it says that it is another name. */
  readonly anywhere: boolean;
}

interface Entry<T> {
  readonly length: number;
  readonly value: T;
  readonly anywhere: boolean;
  readonly startsWord: boolean;
  readonly endsWord: boolean;
}

/** Nodes with a row of the table: so many cells at most. */
const mostCells = 2_000_000;

/**
 * Finds any number of names in one pass over a text (Aho and Corasick, 1975), without regard to case and width:
 * the cost does not depend on how many names there are.
 */
export class NameFinder<T> {
  /** By node: the name that ends there. */
  readonly #entries = new Map<number, Entry<T>>();
  readonly #trie = new Trie();
  /** By code unit, before folding: its class; 0 for what is in no name. */
  readonly #classes = new Uint16Array(0x1_0000);
  #width = 1;
  /** By node: where to go on when nothing fits. */
  #fails = new Int32Array(0);
  /** By node: itself or the nearest shorter one at which a name ends; 0 without one. */
  #named = new Int32Array(0);
  /** Every step from the nodes nearest to the root, by node and class. */
  #table = new Int32Array(0);
  #rows = 0;

  constructor(names: Iterable<SoughtName<T>>) {
    for (const name of names) this.#add(name);
    if (this.#entries.size > 0) this.#link();
  }

  /** Tells every place where a name stands; places may overlap. */
  find(text: string, found: (start: number, end: number, value: T) => void): void {
    if (this.#entries.size === 0) return;
    const classes = this.#classes;
    const table = this.#table;
    const names = this.#named;
    const width = this.#width;
    const rows = this.#rows;
    let node = 0;
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      const kind = classes[code] ?? 0;
      node = node < rows ? (table[node * width + kind] ?? 0) : this.#step(node, code, kind);
      let named = names[node] ?? 0;
      while (named !== 0) {
        const entry = this.#entries.get(named);
        if (entry !== undefined) {
          const start = at + 1 - entry.length;
          if (stands(text, start, at + 1, entry)) found(start, at + 1, entry.value);
        }
        named = names[this.#fails[named] ?? 0] ?? 0;
      }
    }
  }

  #step(from: number, code: number, kind: number): number {
    if (kind === 0) return 0;
    const folded = foldCode(code);
    let node = from;
    while (node >= this.#rows) {
      const next = this.#trie.child(node, folded);
      if (next !== 0) return next;
      node = this.#fails[node] ?? 0;
    }
    return this.#table[node * this.#width + kind] ?? 0;
  }

  #add({ name, value, anywhere }: SoughtName<T>): void {
    const folded = foldValue(name);
    if (folded === '') return;
    let node = 0;
    for (let at = 0; at < folded.length; at += 1) node = this.#trie.grow(node, folded.charCodeAt(at));
    if (this.#entries.has(node)) return;
    this.#entries.set(node, {
      length: folded.length,
      value,
      anywhere,
      startsWord: isWordCode(folded.charCodeAt(0)),
      endsWord: isWordCode(folded.charCodeAt(folded.length - 1)),
    });
  }

  /** Nodes are numbered anew, those nearest to the root first, so that the shorter path is linked before the node. */
  #link(): void {
    const order = this.#trie.sort();
    const entries = [...this.#entries];
    this.#entries.clear();
    for (const [node, entry] of entries) this.#entries.set(order[node] ?? 0, entry);
    const kinds = this.#trie.codes();
    this.#width = kinds.length + 1;
    const ofFolded = new Map(kinds.map((code, index) => [code, index + 1]));
    for (let code = 0; code < 0x1_0000; code += 1) this.#classes[code] = ofFolded.get(foldCode(code)) ?? 0;
    const count = this.#trie.count;
    this.#rows = Math.max(1, Math.min(count, Math.floor(mostCells / this.#width)));
    this.#table = new Int32Array(this.#rows * this.#width);
    this.#fails = new Int32Array(count);
    this.#named = new Int32Array(count);
    for (let node = 0; node < count; node += 1) {
      const fail = this.#fails[node] ?? 0;
      this.#named[node] = this.#entries.has(node) ? node : (this.#named[fail] ?? 0);
      const row = node * this.#width;
      if (node > 0 && node < this.#rows) {
        this.#table.copyWithin(row, fail * this.#width, (fail + 1) * this.#width);
      }
      for (let child = this.#trie.first(node); child !== 0; child = this.#trie.sibling(child)) {
        const code = this.#trie.code(child);
        const kind = ofFolded.get(code) ?? 0;
        this.#fails[child] = node === 0 ? 0 : this.#step(fail, code, kind);
        if (node < this.#rows) this.#table[row + kind] = child;
      }
    }
  }
}

/** Names by their code units, in typed arrays: a bundle may know very many. */
class Trie {
  count = 1;
  #codes = new Uint16Array(1_024);
  #first = new Int32Array(1_024);
  #siblings = new Int32Array(1_024);

  first(node: number): number {
    return this.#first[node] ?? 0;
  }

  sibling(node: number): number {
    return this.#siblings[node] ?? 0;
  }

  code(node: number): number {
    return this.#codes[node] ?? 0;
  }

  child(node: number, code: number): number {
    let child = this.#first[node] ?? 0;
    while (child !== 0 && this.#codes[child] !== code) child = this.#siblings[child] ?? 0;
    return child;
  }

  grow(node: number, code: number): number {
    const known = this.child(node, code);
    if (known !== 0) return known;
    const child = this.count;
    this.count += 1;
    if (child === this.#codes.length) {
      this.#codes = longer(this.#codes, new Uint16Array(child * 2));
      this.#first = longer(this.#first, new Int32Array(child * 2));
      this.#siblings = longer(this.#siblings, new Int32Array(child * 2));
    }
    this.#codes[child] = code;
    this.#siblings[child] = this.#first[node] ?? 0;
    this.#first[node] = child;
    return child;
  }

  codes(): readonly number[] {
    return [...new Set(this.#codes.subarray(1, this.count))];
  }

  /** Numbers the nodes by their distance from the root. @returns by old number the new one */
  sort(): Int32Array {
    const order = new Int32Array(this.count);
    const queue = new Int32Array(this.count);
    let length = 1;
    for (let at = 0; at < length; at += 1) {
      for (let child = this.first(queue[at] ?? 0); child !== 0; child = this.sibling(child)) {
        order[child] = length;
        queue[length] = child;
        length += 1;
      }
    }
    const codes = new Uint16Array(this.count);
    const first = new Int32Array(this.count);
    const siblings = new Int32Array(this.count);
    for (let node = 0; node < this.count; node += 1) {
      const now = order[node] ?? 0;
      codes[now] = this.code(node);
      first[now] = order[this.first(node)] ?? 0;
      siblings[now] = order[this.sibling(node)] ?? 0;
    }
    [this.#codes, this.#first, this.#siblings] = [codes, first, siblings];
    return order;
  }
}

function longer<A extends Uint16Array | Int32Array>(from: A, to: A): A {
  to.set(from);
  return to;
}

function stands(text: string, start: number, end: number, entry: Entry<unknown>): boolean {
  if (entry.anywhere) return true;
  if (
    entry.startsWord &&
    start > 0 &&
    isWordCode(text.charCodeAt(start - 1)) &&
    !isLineBreakEscape(text, start)
  )
    return false;
  return !(entry.endsWord && end < text.length && isWordCode(text.charCodeAt(end)));
}

/** A `\n`, `\r` or `\t` right before the place: its letter is no part of a word. */
function isLineBreakEscape(text: string, start: number): boolean {
  return start > 1 && /^\\[nrt]$/u.test(text.slice(start - 2, start));
}
