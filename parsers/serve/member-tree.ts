/** The members of a bundle as a tree of folders and nested archives that fold. */
import type { Fold, TreeRowBelow } from '../../preload/contract/shapes.ts';
import { throwIfCancelled } from '../domain/errors.ts';
import type { Member } from '../domain/evidence.ts';
import { nextTurn } from '../evidence/steps.ts';
import { compareNames } from './compare-names.ts';

/** A folder, an archive, or a file; an archive that is listed as a member itself is one node with what is in it. */
export interface TreeNode {
  /** As shown, without the sign of an archive at its end. */
  path: string;
  name: string;
  children: readonly TreeNode[];
  /** Position of its member; null for what is only on the way to others. */
  member: number | null;
  below: TreeRowBelow;
}

export interface ShownNode {
  readonly node: TreeNode;
  /** 1 for what stands at the top. */
  readonly level: number;
  /** Null for what holds nothing. */
  readonly isOpen: boolean | null;
}

const stepMembers = 20_000;
const noChildren: readonly TreeNode[] = [];
const nothingBelow: TreeRowBelow = { members: 0, trouble: 0, warnings: 0, bytes: 0 };

/** @param compare the order of files in their folder, by position; null: by name */
export async function buildTree(
  members: readonly Member[],
  positions: readonly number[],
  compare: ((a: number, b: number) => number) | null,
  signal?: AbortSignal,
): Promise<readonly TreeNode[]> {
  const steps = new Steps(signal);
  const tree = new GrowingTree();
  for (const position of positions) {
    const member = members[position];
    if (member !== undefined) tree.add(member.path, position);
    await steps.took(1);
  }
  const { root } = tree;
  // Folders come before those in them.
  const folders = [root];
  for (const folder of folders) {
    for (const node of folder.children) {
      joinChain(node);
      if (node.children.length > 0) folders.push(node);
    }
    await steps.took(folder.children.length);
  }
  for (const folder of folders.reverse()) {
    settle(folder, members, compare);
    await steps.took(folder.children.length);
  }
  return root.children;
}

/** Long work in pieces, between which others are served. */
class Steps {
  readonly #signal: AbortSignal | undefined;
  #taken = 0;

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
  }

  took(count: number): Promise<void> | undefined {
    this.#taken += count;
    return this.#taken < stepMembers ? undefined : this.#pause();
  }

  async #pause(): Promise<void> {
    this.#taken = 0;
    throwIfCancelled(this.#signal);
    await nextTurn();
    throwIfCancelled(this.#signal);
  }
}

/**
 * A tree that members are added to. Folders of which each holds nothing but the next are one node from the start: with a
 * million members in a million of folders there would be five nodes for each.
 */
class GrowingTree {
  readonly root: TreeNode = newNode('', '', null);
  /** By path, with and without the sign of an archive; of joined folders the same node by the path of each. */
  readonly #nodes = new Map<string, TreeNode>();
  #lastFolder = '';
  #lastNode: TreeNode = this.root;

  add(path: string, position: number): void {
    const slash = path.lastIndexOf('/');
    const folder = slash < 0 ? '' : path.slice(0, slash);
    if (folder !== this.#lastFolder) {
      this.#lastNode = folder === '' ? this.root : this.#folder(folder);
      this.#lastFolder = folder;
    }
    const known = this.#nodes.get(path);
    if (known !== undefined) {
      this.#splitAt(known, path).member = position;
      // It may have been the one that was split.
      this.#lastFolder = '';
      this.#lastNode = this.root;
      return;
    }
    const node = newNode(path, path.slice(slash + 1), position);
    this.#nodes.set(path, node);
    addTo(this.#lastNode, node);
  }

  /** The node of a folder or an archive, made where there is none. */
  #folder(path: string): TreeNode {
    let node = this.root;
    let from = 0;
    while (from <= path.length) {
      const slash = path.indexOf('/', from);
      const end = slash < 0 ? path.length : slash;
      const next = this.#nodes.get(shownPath(path, from, end));
      if (next === undefined) return this.#chain(this.#splitAt(node, shownEnd(path, from)), path, from);
      node = next;
      from = end + 1;
    }
    return this.#splitAt(node, shownPath(path, path.lastIndexOf('/') + 1, path.length));
  }

  /** New folders below a node: one node for all up to the next archive. */
  #chain(above: TreeNode, path: string, start: number): TreeNode {
    let node = above;
    let chain: TreeNode | null = null;
    let nameFrom = start;
    for (let from = start; from <= path.length;) {
      const slash = path.indexOf('/', from);
      const end = slash < 0 ? path.length : slash;
      const own = shownPath(path, from, end);
      const isArchive = own.length < end;
      if (chain === null || isArchive) {
        chain = newNode(own, '', null);
        nameFrom = from;
        addTo(node, chain);
        node = chain;
      }
      chain.path = own;
      chain.name = own.slice(nameFrom);
      this.#nodes.set(own, chain);
      if (isArchive) chain = null;
      from = end + 1;
    }
    return node;
  }

  /** The node of that very path: of joined folders that end farther down the ones above are taken apart. */
  #splitAt(node: TreeNode, path: string): TreeNode {
    if (node.path.length <= path.length) return node;
    const below = newNode(node.path, node.path.slice(path.length + 1), node.member);
    below.children = node.children;
    node.name = node.name.slice(0, node.name.length - below.name.length - 1);
    node.path = path;
    node.member = null;
    node.children = [below];
    for (let end = below.path.length; end > path.length; end = below.path.lastIndexOf('/', end - 1))
      this.#nodes.set(below.path.slice(0, end), below);
    return node;
  }
}

function newNode(path: string, name: string, member: number | null): TreeNode {
  return { path, name, children: noChildren, member, below: nothingBelow };
}

function addTo(node: TreeNode, child: TreeNode): void {
  if (node.children === noChildren) node.children = [child];
  else (node.children as TreeNode[]).push(child);
}

/** The path up to a part's end. `!` there leads into a nested archive: names never hold `!/` themselves. */
function shownPath(path: string, from: number, end: number): string {
  const isArchive = end - from > 1 && path[end - 1] === '!';
  return path.slice(0, isArchive ? end - 1 : end);
}

/** The path of what the part at `from` lies in. */
function shownEnd(path: string, from: number): string {
  if (from === 0) return '';
  const end = from - 1;
  return shownPath(path, path.lastIndexOf('/', end - 1) + 1, end);
}

/** A folder that holds nothing but another folder is shown with it, as one row. */
function joinChain(node: TreeNode): void {
  for (;;) {
    const [only] = node.children;
    if (only === undefined || node.children.length > 1 || node.member !== null || only.children.length === 0)
      return;
    // An archive is a row of its own: it has a state and a hash.
    if (only.member !== null) return;
    node.name = `${node.name}/${only.name}`;
    node.path = only.path;
    node.children = only.children;
  }
}

function settle(
  folder: TreeNode,
  members: readonly Member[],
  compare: ((a: number, b: number) => number) | null,
): void {
  const sum = { ...nothingBelow };
  for (const { below, member: position } of folder.children) {
    const member = position === null ? undefined : members[position];
    sum.members += below.members + (member === undefined ? 0 : 1);
    sum.trouble += below.trouble + (member !== undefined && isTrouble(member) ? 1 : 0);
    sum.warnings += below.warnings + (member?.warnings ?? 0);
    sum.bytes += below.bytes + (member?.bytes ?? 0);
  }
  folder.below = sum;
  (folder.children as TreeNode[]).sort((a, b) => {
    const folders = Number(b.children.length > 0) - Number(a.children.length > 0);
    if (folders !== 0) return folders;
    const order =
      compare === null || a.member === null || b.member === null ? 0 : compare(a.member, b.member);
    return order === 0 ? compareNames(a.name, b.name) : order;
  });
}

function isTrouble({ state }: Member): boolean {
  return state === 'damaged' || state === 'refused' || state === 'encrypted';
}

/** The nodes in sight, from the top down. */
export function shownNodes(top: readonly TreeNode[], { all, except }: Fold): readonly ShownNode[] {
  const others = new Set(except);
  const shown: ShownNode[] = [];
  const walk = (nodes: readonly TreeNode[], level: number): void => {
    for (const node of nodes) {
      const isOpen = node.children.length === 0 ? null : all === others.has(node.path);
      shown.push({ node, level, isOpen });
      if (isOpen === true) walk(node.children, level + 1);
    }
  };
  walk(top, 1);
  return shown;
}
