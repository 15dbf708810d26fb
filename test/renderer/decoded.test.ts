import { describe, expect, it } from 'vitest';
import type { DecodedNode } from '../../parsers/domain/decoded-node.ts';
import { bytesOfNode, nodeOfByte, treeRows, treeStep } from '../../renderer/panes/decoded-tree.ts';
import { hexCells } from '../../renderer/panes/hex.ts';

function node(
  label: string,
  offset: number | null,
  length: number | null,
  children: readonly DecodedNode[] = [],
): DecodedNode {
  return { label, value: '', offset, length, children };
}

const nodes = [node('id', 0, 8), node('class', 8, 5, [node('name', 13, 4), node('status', 17, 8)])];
const none: ReadonlySet<string> = new Set();
const paths = (closed: ReadonlySet<string>): string[] => treeRows(nodes, closed).map(({ path }) => path);

describe('the rows of a tree', () => {
  it('are in order with their level, without what is folded', () => {
    expect(paths(none)).toEqual(['0', '1', '1.0', '1.1']);
    expect(treeRows(nodes, none).map(({ level }) => level)).toEqual([1, 1, 2, 2]);
    expect(paths(new Set(['1']))).toEqual(['0', '1']);
  });

  it('are walked, opened and closed with the arrow keys', () => {
    const rows = treeRows(nodes, none);
    expect(treeStep(rows, '0', 'ArrowDown')).toEqual({ to: 'row', path: '1' });
    expect(treeStep(rows, '1', 'ArrowRight')).toEqual({ to: 'row', path: '1.0' });
    expect(treeStep(rows, '1.1', 'ArrowLeft')).toEqual({ to: 'row', path: '1' });
    expect(treeStep(rows, '1', 'ArrowLeft')).toEqual({ to: 'close', path: '1' });
    expect(treeStep(treeRows(nodes, new Set(['1'])), '1', 'ArrowRight')).toEqual({ to: 'open', path: '1' });
    expect(treeStep(rows, '1.1', 'ArrowDown')).toBeNull();
    expect(treeStep(rows, '0', 'End')).toEqual({ to: 'row', path: '1.1' });
    expect(treeStep(rows, 'gone', 'ArrowDown')).toEqual({ to: 'row', path: '0' });
    expect(treeStep([], '0', 'ArrowDown')).toBeNull();
  });
});

describe('bytes', () => {
  it('of a node are its own with those below it', () => {
    expect(bytesOfNode(node('x', null, null))).toBeNull();
    expect(nodes.map((one) => bytesOfNode(one))).toEqual([
      { from: 0, to: 8 },
      { from: 8, to: 25 },
    ]);
  });

  it('lead to the smallest node that holds them', () => {
    expect(nodeOfByte(nodes, 3)).toBe('0');
    expect(nodeOfByte(nodes, 9)).toBe('1');
    expect(nodeOfByte(nodes, 20)).toBe('1.1');
    expect(nodeOfByte(nodes, 99)).toBeNull();
  });

  it('stand in rows of sixteen', () => {
    const rows = hexCells(Uint8Array.from([0x41, 0x00, ...Array.from({ length: 15 }, () => 0x20)]), 32);
    expect(rows.map(({ address, cells }) => [address, cells.length])).toEqual([
      ['00000020', 16],
      ['00000030', 1],
    ]);
    expect(rows[0]?.cells.slice(0, 2)).toEqual([
      { at: 32, hex: '41', sign: 'A' },
      { at: 33, hex: '00', sign: '.' },
    ]);
  });
});
