/*
 * Expressions that look backwards and forwards cost much where nothing is to be found, and in most lines nothing is.
 * What each of them cannot do without (an `@`, four numbers with dots, the name of a field and its colon) is sought
 * for all of them together, in one pass with one look-up a character; only the lines around it are matched.
 */

/** What an expression cannot match without, and how far around it a match may reach. */
export interface Trace {
  /**
   * A plain expression that a part of every match fits: literals without regard to case, `[…]`, `(?:…|…)`, `?`,
   * `*`, `{n}`, `{n,m}`, `\d`, and `\h` for white space that ends no line. It fits nothing that runs over a line's end.
   */
  readonly of: string;
  /** Characters behind the end of the trace that may belong to the match, by the trace's last character. */
  readonly reach?: (last: number) => number;
  /** Whether what was found is one by what follows it; the character's code, NaN at the end of the text. */
  readonly followed?: (next: number) => boolean;
}

/** Whole lines of a text: from, to, from, to …, in order; those that follow each other are one. */
export type Windows = readonly number[];

type Tree =
  | { readonly is: 'one'; readonly codes: ReadonlySet<number> }
  | { readonly is: 'row'; readonly parts: readonly Tree[] }
  | { readonly is: 'either'; readonly parts: readonly Tree[] }
  | { readonly is: 'times'; readonly part: Tree; readonly least: number; readonly most: number };

/** A node waits for one of `codes`, or goes on by itself, or says that a trace is complete. */
interface Node {
  readonly codes: ReadonlySet<number> | null;
  readonly trace: number;
  readonly next: readonly number[];
}

/** So many states are kept; then they are made anew as they are needed. */
const mostStates = 4_000;
/** A bit for each trace. */
const mostTraces = 31;

export class Sieve {
  readonly #traces: readonly Trace[];
  readonly #nodes: Node[] = [];
  /** By code unit: which of the classes that the traces tell apart. */
  readonly #classes = new Uint8Array(0x1_0000);
  readonly #width: number;
  /** By class: a code unit of it. */
  readonly #sample: readonly number[];
  readonly #start: readonly number[];
  #states: (readonly number[])[] = [];
  #byKey = new Map<string, number>();
  #table: Int32Array;
  #found: Int32Array;

  constructor(traces: readonly Trace[]) {
    if (traces.length > mostTraces) throw new Error('too many traces');
    this.#traces = traces;
    const starts = traces.map(({ of }, trace) =>
      this.#build(parse(of), this.#node({ codes: null, trace, next: [] })),
    );
    this.#sample = this.#tellApart();
    this.#width = this.#sample.length;
    this.#table = new Int32Array(mostStates * this.#width);
    this.#found = new Int32Array(mostStates);
    this.#start = this.#closure(starts);
    this.#forget();
  }

  /** The lines in which each of the traces stands. */
  windows(text: string): readonly Windows[] | null {
    const classes = this.#classes;
    const width = this.#width;
    const table = this.#table;
    const found = this.#found;
    let windows: number[][] | null = null;
    let state = 0;
    for (let at = 0; at < text.length; at += 1) {
      const kind = classes[text.charCodeAt(at)] ?? 0;
      let next = table[state * width + kind] ?? -1;
      if (next < 0) next = this.#step(state, kind);
      state = next;
      const traces = found[state] ?? 0;
      if (traces === 0) continue;
      windows ??= this.#traces.map(() => []);
      for (let rest = traces; rest !== 0; rest &= rest - 1) {
        const trace = 31 - Math.clz32(rest & -rest);
        this.#open(text, at, trace, windows[trace] ?? []);
      }
    }
    return windows;
  }

  #open(text: string, at: number, index: number, windows: number[]): void {
    const trace = this.#traces[index];
    if (trace === undefined) return;
    const reach = trace.reach?.(text.charCodeAt(at)) ?? 0;
    const last = windows.at(-1) ?? -1;
    if (at + reach < last || trace.followed?.(text.charCodeAt(at + 1)) === false) return;
    let end = text.indexOf('\n', at + Math.max(1, reach));
    if (end === -1) end = text.length;
    if (at < last) {
      windows[windows.length - 1] = end;
      return;
    }
    const start = text.lastIndexOf('\n', at) + 1;
    // Lines that follow each other stay together: a match may run over them.
    if (windows.length > 0 && start <= last + 1) windows[windows.length - 1] = end;
    else windows.push(start, end);
  }

  #node(node: Node): number {
    this.#nodes.push(node);
    return this.#nodes.length - 1;
  }

  /** @returns the node where the tree begins, when `next` is what follows it */
  #build(tree: Tree, next: number): number {
    switch (tree.is) {
      case 'one':
        return this.#node({ codes: tree.codes, trace: -1, next: [next] });
      case 'row':
        return tree.parts.reduceRight((after, part) => this.#build(part, after), next);
      case 'either':
        return this.#node({
          codes: null,
          trace: -1,
          next: tree.parts.map((part) => this.#build(part, next)),
        });
      case 'times': {
        let after = next;
        if (tree.most === Infinity) {
          const again: number[] = [];
          after = this.#node({ codes: null, trace: -1, next: again });
          again.push(next, this.#build(tree.part, after));
        }
        for (let count = tree.most === Infinity ? tree.least : tree.most; count > 0; count -= 1) {
          const part = this.#build(tree.part, after);
          after = count > tree.least ? this.#node({ codes: null, trace: -1, next: [part, next] }) : part;
        }
        return after;
      }
    }
  }

  /** Code units that no node tells apart are one class. */
  #tellApart(): readonly number[] {
    const sets = [...new Set(this.#nodes.flatMap(({ codes }) => (codes === null ? [] : [codes])))];
    const named = new Set(sets.flatMap((codes) => [...codes]));
    const byMembership = new Map<string, number>();
    const sample: number[] = [-1];
    for (const code of named) {
      const membership = sets.map((codes) => (codes.has(code) ? '1' : '0')).join('');
      let kind = byMembership.get(membership);
      if (kind === undefined) {
        kind = sample.length;
        byMembership.set(membership, kind);
        sample.push(code);
      }
      this.#classes[code] = kind;
    }
    if (sample.length > 0x100) throw new Error('too many classes');
    return sample;
  }

  #closure(nodes: readonly number[]): readonly number[] {
    const reached = new Set<number>();
    const pending = [...nodes];
    for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
      if (reached.has(node)) continue;
      reached.add(node);
      const { codes, next } = this.#nodes[node] ?? { codes: null, next: [] };
      if (codes === null) pending.push(...next);
    }
    return [...reached]
      .filter((node) => {
        const of = this.#nodes[node];
        return of !== undefined && (of.codes !== null || of.trace >= 0);
      })
      .sort((a, b) => a - b);
  }

  #forget(): void {
    this.#states = [];
    this.#byKey = new Map();
    this.#table.fill(-1);
    this.#state(this.#start);
  }

  #step(state: number, kind: number): number {
    const code = this.#sample[kind] ?? -1;
    const after = (this.#states[state] ?? []).flatMap((node) => {
      const { codes, next } = this.#nodes[node] ?? { codes: null, next: [] };
      return codes?.has(code) === true ? next : [];
    });
    const nodes = this.#closure([...this.#start, ...after]);
    const known = this.#byKey.get(nodes.join(','));
    if (known === undefined && this.#states.length >= mostStates) {
      this.#forget();
      return this.#state(nodes);
    }
    const next = known ?? this.#state(nodes);
    this.#table[state * this.#width + kind] = next;
    return next;
  }

  #state(nodes: readonly number[]): number {
    const key = nodes.join(',');
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const state = this.#states.length;
    this.#states.push(nodes);
    this.#byKey.set(key, state);
    let found = 0;
    for (const node of nodes) {
      const trace = this.#nodes[node]?.trace ?? -1;
      if (trace >= 0) found |= 1 << trace;
    }
    this.#found[state] = found;
    return state;
  }
}

/** Matches of an expression in the lines that may have one; `index` is the place in the text. */
export function* matchesIn(
  text: string,
  windows: Windows | undefined,
  expression: RegExp,
): Generator<RegExpExecArray> {
  if (windows === undefined) return;
  for (let at = 0; at < windows.length; at += 2) {
    const start = windows[at] ?? 0;
    for (const match of text.slice(start, windows[at + 1]).matchAll(expression)) {
      match.index += start;
      yield match;
    }
  }
}

const digits = codesOf('0123456789');
/** White space but the line feed. */
const blanks = codesOf(
  '\t\v\f\r \u00A0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200A\u2028\u2029\u202F\u205F\u3000\uFEFF',
);

/** Every code unit that an expression without regard to case takes for one of these. */
function codesOf(characters: string): ReadonlySet<number> {
  const codes = new Set<number>();
  for (const character of characters) {
    for (const form of [character, character.toLowerCase(), character.toUpperCase()]) {
      if (form.length === 1) codes.add(form.charCodeAt(0));
    }
    // The long s and the sign for Kelvin.
    if (/s/iu.test(character)) codes.add(0x17f);
    if (/k/iu.test(character)) codes.add(0x212a);
  }
  return codes;
}

function parse(source: string): Tree {
  let at = 0;
  const either = (): Tree => {
    const parts = [row()];
    while (source[at] === '|') {
      at += 1;
      parts.push(row());
    }
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { is: 'either', parts };
  };
  const row = (): Tree => {
    const parts: Tree[] = [];
    while (at < source.length && source[at] !== '|' && source[at] !== ')') parts.push(times(one()));
    return { is: 'row', parts };
  };
  const times = (part: Tree): Tree => {
    const match = /^(?:\?|\*|\{(?<least>\d+)(?<range>,(?<most>\d+))?\})/u.exec(source.slice(at, at + 12));
    if (match === null) return part;
    at += match[0].length;
    if (match[0] === '?') return { is: 'times', part, least: 0, most: 1 };
    if (match[0] === '*') return { is: 'times', part, least: 0, most: Infinity };
    const least = Number(match.groups?.['least']);
    return { is: 'times', part, least, most: Number(match.groups?.['most'] ?? least) };
  };
  const one = (): Tree => {
    const character = source[at] ?? '';
    if (character === '(') {
      if (!source.startsWith('(?:', at)) throw new Error(`"${source}" is no plain expression`);
      at += 3;
      const tree = either();
      at += 1;
      return tree;
    }
    if (character === '[') {
      const end = source.indexOf(']', at);
      const codes = classCodes(source.slice(at + 1, end));
      at = end + 1;
      return { is: 'one', codes };
    }
    at += 1;
    if (character !== '\\') return { is: 'one', codes: codesOf(character) };
    const escaped = source[at] ?? '';
    at += 1;
    if (escaped === 'd') return { is: 'one', codes: digits };
    if (escaped === 'h') return { is: 'one', codes: blanks };
    return { is: 'one', codes: codesOf(escaped) };
  };
  return either();
}

function classCodes(inside: string): ReadonlySet<number> {
  const members = inside.replace(/([a-z0-9])-([a-z0-9])/giu, (_range, from: string, to: string) => {
    let all = '';
    for (let code = from.charCodeAt(0); code <= to.charCodeAt(0); code += 1) {
      all += String.fromCharCode(code);
    }
    return all;
  });
  return codesOf(members.replaceAll('\\', '') + (members.includes('\\\\') ? '\\' : ''));
}
