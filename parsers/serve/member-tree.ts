/** The members of a bundle as a tree of folders and nested archives that fold. */
import type { Fold, TreeRowBelow } from '../../preload/contract/shapes.ts';
import { throwIfCancelled } from '../domain/errors.ts';
import type { Member } from '../domain/evidence.ts';
import { nextTurn } from '../evidence/steps.ts';

/** A folder, an archive, or a file; an archive that is listed as a member itself is one node with what is in it. */
export interface TreeNode {
  /** As shown, without the sign of an archive at its end. */
  readonly path: string;
  readonly name: string;
  readonly children: TreeNode[];
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

const stepMembers = 50_000;
const byName = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** @param compare the order of files in their folder, by position; null: by name */
export async function buildTree(
  members: readonly Member[],
  positions: readonly number[],
  compare: ((a: number, b: number) => number) | null,
  signal?: AbortSignal,
): Promise<readonly TreeNode[]> {
  const top: TreeNode[] = [];
  const nodes = new Map<string, TreeNode>();
  let read = 0;
  for (const position of positions) {
    const member = members[position];
    if (member === undefined) continue;
    let list = top;
    let path = '';
    let node: TreeNode | undefined;
    for (const part of member.path.split('/')) {
      // `!` at a part's end leads into a nested archive: names never hold `!/` themselves.
      const name = part.endsWith('!') && part.length > 1 ? part.slice(0, -1) : part;
      const own = path === '' ? name : `${path}/${name}`;
      path = path === '' ? part : `${path}/${part}`;
      node = nodes.get(own);
      if (node === undefined) {
        node = { path: own, name, children: [], member: null, below: nothingBelow };
        nodes.set(own, node);
        list.push(node);
      }
      list = node.children;
      nodes.set(path, node);
    }
    if (node !== undefined) node.member = position;
    read += 1;
    if (read % stepMembers === 0) {
      throwIfCancelled(signal);
      await nextTurn();
      throwIfCancelled(signal);
    }
  }
  const joined = top.map((node) => joinedChain(node));
  settle(joined, members, compare);
  return joined;
}

/** A folder that holds nothing but another folder is shown with it, as one row. */
function joinedChain(node: TreeNode): TreeNode {
  let last = node;
  const names = [node.name];
  for (;;) {
    const [only] = last.children;
    if (only === undefined || last.children.length > 1 || last.member !== null || only.children.length === 0)
      break;
    // An archive is a row of its own: it has a state and a hash.
    if (only.member !== null) break;
    names.push(only.name);
    last = only;
  }
  return { ...last, name: names.join('/'), children: last.children.map((child) => joinedChain(child)) };
}

const nothingBelow: TreeRowBelow = { members: 0, trouble: 0, warnings: 0, bytes: 0 };

function settle(
  nodes: TreeNode[],
  members: readonly Member[],
  compare: ((a: number, b: number) => number) | null,
): TreeRowBelow {
  const sum = { ...nothingBelow };
  for (const node of nodes) {
    node.below = settle(node.children, members, compare);
    const member = node.member === null ? undefined : members[node.member];
    sum.members += node.below.members + (member === undefined ? 0 : 1);
    sum.trouble += node.below.trouble + (member !== undefined && isTrouble(member) ? 1 : 0);
    sum.warnings += node.below.warnings + (member?.warnings ?? 0);
    sum.bytes += node.below.bytes + (member?.bytes ?? 0);
  }
  nodes.sort((a, b) => {
    const folders = Number(b.children.length > 0) - Number(a.children.length > 0);
    if (folders !== 0) return folders;
    const order =
      compare === null || a.member === null || b.member === null ? 0 : compare(a.member, b.member);
    return order === 0 ? byName.compare(a.name, b.name) : order;
  });
  return sum;
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
