/** A decoded tree beside its bytes: rows of the tree in order, and which bytes a node stands for. Pure. */
import type { DecodedNode } from '../../parsers/domain/decoded-node.ts';

/** A node in the list that is on the screen. */
export interface TreeRow {
  /** Positions from the root: `2.0`. */
  readonly path: string;
  readonly node: DecodedNode;
  /** 1 for a root, as assistive tools count. */
  readonly level: number;
  readonly isOpen: boolean;
}

/** The rows of a tree; nodes whose path is in `closed` hide what is below them. */
export function treeRows(
  nodes: readonly DecodedNode[],
  closed: ReadonlySet<string>,
  parent = '',
  level = 1,
): readonly TreeRow[] {
  return nodes.flatMap((node, index) => {
    const path = parent === '' ? String(index) : `${parent}.${index}`;
    const isOpen = !closed.has(path);
    const below = isOpen ? treeRows(node.children, closed, path, level + 1) : [];
    return [{ path, node, level, isOpen }, ...below];
  });
}

export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

/** The bytes of a node with those of everything below it; null when none stand for it. */
export function bytesOfNode({ offset, length, children }: DecodedNode): ByteRange | null {
  const own = offset === null ? [] : [{ from: offset, to: offset + (length ?? 0) }];
  const below = children.flatMap((child) => bytesOfNode(child) ?? []);
  const all = [...own, ...below];
  if (all.length === 0) return null;
  return { from: Math.min(...all.map(({ from }) => from)), to: Math.max(...all.map(({ to }) => to)) };
}

/** The path of the smallest node that holds a byte, or null. */
export function nodeOfByte(nodes: readonly DecodedNode[], at: number): string | null {
  let best: { readonly path: string; readonly length: number } | null = null;
  for (const { path, node } of treeRows(nodes, new Set())) {
    if (node.offset === null || at < node.offset || at >= node.offset + (node.length ?? 0)) continue;
    const length = node.length ?? 0;
    if (best === null || length <= best.length) best = { path, length };
  }
  return best?.path ?? null;
}

/** Where a key leads in a tree: another row, or one that opens or closes. */
export type TreeStep =
  { readonly to: 'row'; readonly path: string } | { readonly to: 'open' | 'close'; readonly path: string };

export function treeStep(rows: readonly TreeRow[], path: string, key: string): TreeStep | null {
  const at = rows.findIndex((row) => row.path === path);
  const row = rows[at];
  if (row === undefined) return rows[0] === undefined ? null : { to: 'row', path: rows[0].path };
  const toRow = (next: TreeRow | undefined): TreeStep | null =>
    next === undefined ? null : { to: 'row', path: next.path };
  const hasBelow = row.node.children.length > 0;
  switch (key) {
    case 'ArrowDown':
      return toRow(rows[at + 1]);
    case 'ArrowUp':
      return toRow(rows[at - 1]);
    case 'Home':
      return toRow(rows[0]);
    case 'End':
      return toRow(rows.at(-1));
    case 'ArrowRight':
      if (!hasBelow) return null;
      return row.isOpen ? toRow(rows[at + 1]) : { to: 'open', path };
    case 'ArrowLeft':
      if (hasBelow && row.isOpen) return { to: 'close', path };
      return path.includes('.') ? { to: 'row', path: path.slice(0, path.lastIndexOf('.')) } : null;
    default:
      return null;
  }
}
