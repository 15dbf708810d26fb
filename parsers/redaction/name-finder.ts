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

/**
 * Finds any number of names in one pass over a text (Aho and Corasick, 1975), without regard to case and width:
 * the cost does not depend on how many names there are.
 */
export class NameFinder<T> {
  readonly #entries: (Entry<T> | undefined)[] = [undefined];
  /** Transitions of all nodes but the root, by node and code unit. */
  readonly #edges = new Map<number, number>();
  readonly #root = new Int32Array(0x1_0000);
  /** By node: where to go on when nothing fits. */
  #fails: Int32Array;
  /** By node: the nearest shorter name that ends here too; 0 without one. */
  #shorter: Int32Array;

  constructor(names: Iterable<SoughtName<T>>) {
    for (const name of names) this.#add(name);
    this.#fails = new Int32Array(this.#entries.length);
    this.#shorter = new Int32Array(this.#entries.length);
    this.#link();
  }

  /** Tells every place where a name stands; places may overlap. */
  find(text: string, found: (start: number, end: number, value: T) => void): void {
    if (this.#entries.length === 1) return;
    let node = 0;
    for (let at = 0; at < text.length; at += 1) {
      const code = foldCode(text.charCodeAt(at));
      node = this.#step(node, code);
      if (node === 0) continue;
      let named = this.#entries[node] === undefined ? (this.#shorter[node] ?? 0) : node;
      while (named !== 0) {
        const entry = this.#entries[named];
        if (entry !== undefined) {
          const start = at + 1 - entry.length;
          if (stands(text, start, at + 1, entry)) found(start, at + 1, entry.value);
        }
        named = this.#shorter[named] ?? 0;
      }
    }
  }

  #step(from: number, code: number): number {
    let node = from;
    while (node !== 0) {
      const next = this.#edges.get(node * 0x1_0000 + code);
      if (next !== undefined) return next;
      node = this.#fails[node] ?? 0;
    }
    return this.#root[code] ?? 0;
  }

  #add({ name, value, anywhere }: SoughtName<T>): void {
    const folded = foldValue(name);
    if (folded === '') return;
    let node = 0;
    for (let at = 0; at < folded.length; at += 1) {
      const code = folded.charCodeAt(at);
      let next = node === 0 ? (this.#root[code] ?? 0) : (this.#edges.get(node * 0x1_0000 + code) ?? 0);
      if (next === 0) {
        next = this.#entries.length;
        this.#entries.push(undefined);
        if (node === 0) this.#root[code] = next;
        else this.#edges.set(node * 0x1_0000 + code, next);
      }
      node = next;
    }
    this.#entries[node] ??= {
      length: folded.length,
      value,
      anywhere,
      startsWord: isWordCode(folded.charCodeAt(0)),
      endsWord: isWordCode(folded.charCodeAt(folded.length - 1)),
    };
  }

  /** Breadth first, so that the shorter path of a node is linked before the node itself. */
  #link(): void {
    const children: [code: number, node: number][][] = this.#entries.map(() => []);
    this.#root.forEach((node, code) => {
      if (node !== 0) children[0]?.push([code, node]);
    });
    for (const [key, node] of this.#edges) {
      children[Math.floor(key / 0x1_0000)]?.push([key % 0x1_0000, node]);
    }
    const queue = (children[0] ?? []).map(([, node]) => node);
    for (let at = 0; at < queue.length; at += 1) {
      const node = queue[at] ?? 0;
      for (const [code, child] of children[node] ?? []) {
        const fail = this.#step(this.#fails[node] ?? 0, code);
        this.#fails[child] = fail;
        this.#shorter[child] = this.#entries[fail] === undefined ? (this.#shorter[fail] ?? 0) : fail;
        queue.push(child);
      }
    }
  }
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
