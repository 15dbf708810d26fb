import { describe, expect, test } from 'vitest';
import type { Member } from '../../parsers/domain/evidence.ts';
import { compareNames } from '../../parsers/serve/compare-names.ts';
import { buildTree, shownNodes } from '../../parsers/serve/member-tree.ts';
import type { TreeNode } from '../../parsers/serve/member-tree.ts';
import { numbersFrom, oneOf } from '../fuzz/random.ts';

function member(path: string, index: number): Member {
  return {
    index,
    path,
    bytes: index,
    sha256: null,
    kind: null,
    system: null,
    state: index % 3 === 0 ? 'damaged' : 'text',
    reason: null,
    encoding: null,
    lines: null,
    rows: null,
    warnings: index % 2,
    timeRule: null,
    modified: null,
    device: null,
  };
}

async function treeOf(paths: readonly string[]): Promise<readonly TreeNode[]> {
  return buildTree(paths.map(member), [...paths.keys()], null);
}

/** Every node as a line, those in it one step further in. */
function drawn(nodes: readonly TreeNode[]): string[] {
  return nodes.flatMap(({ name, member: position, children }) => [
    `${name}${position === null ? '' : ` #${position}`}`,
    ...drawn(children).map((line) => `  ${line}`),
  ]);
}

interface PlainNode {
  name: string;
  member: number | null;
  readonly children: Map<string, PlainNode>;
}

/** The same tree with a node for every part, joined afterwards. */
function plainly(paths: readonly string[]): string[] {
  const root: PlainNode = { name: '', member: null, children: new Map() };
  paths.forEach((path, position) => {
    let node = root;
    for (const part of path.split('/')) {
      const name = part.length > 1 && part.endsWith('!') ? part.slice(0, -1) : part;
      const next: PlainNode = node.children.get(name) ?? { name, member: null, children: new Map() };
      node.children.set(name, next);
      node = next;
    }
    node.member = position;
  });
  const draw = (nodes: Iterable<PlainNode>): string[] => {
    const joined = [...nodes].map((node) => {
      let [last, { name }] = [node, node];
      for (;;) {
        const [only] = last.children.values();
        if (only === undefined || last.children.size > 1 || last.member !== null) break;
        if (only.children.size === 0 || only.member !== null) break;
        name += `/${only.name}`;
        last = only;
      }
      return { name, last };
    });
    const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
    joined.sort(
      (a, b) =>
        Number(b.last.children.size > 0) - Number(a.last.children.size > 0) ||
        collator.compare(a.name, b.name),
    );
    return joined.flatMap(({ name, last }) => [
      `${name}${last.member === null ? '' : ` #${last.member}`}`,
      ...draw(last.children.values()).map((line) => `  ${line}`),
    ]);
  };
  return draw(root.children.values());
}

describe('the tree of members', () => {
  test('joins folders that hold nothing but the next', async () => {
    const tree = await treeOf(['PC-2/var/log/a.log', 'PC-10/var/log/a.log', 'PC-10/var/log/b.log', 'x.txt']);
    expect(drawn(tree)).toEqual([
      'PC-2/var/log',
      '  a.log #0',
      'PC-10/var/log',
      '  a.log #1',
      '  b.log #2',
      'x.txt #3',
    ]);
    expect(tree[1]?.path).toBe('PC-10/var/log');
    expect(tree[1]?.below).toEqual({ members: 2, trouble: 0, warnings: 1, bytes: 3 });
  });

  test('takes joined folders apart where others lie between', async () => {
    const tree = await treeOf(['a/b/c/d/one', 'a/b/two', 'a/b/c/e/three', 'a']);
    expect(drawn(tree)).toEqual([
      'a #3',
      '  b',
      '    c',
      '      d',
      '        one #0',
      '      e',
      '        three #2',
      '    two #1',
    ]);
  });

  test('has an archive as one node with what is in it, listed before or after', async () => {
    const before = await treeOf(['in/logs.tgz', 'in/logs.tgz!/var/log/a', 'in/logs.tgz!/var/log/n.gz!/n']);
    const after = await treeOf(['in/logs.tgz!/var/log/a', 'in/logs.tgz!/var/log/n.gz!/n', 'in/logs.tgz']);
    const lines = (archive: number, first: number): string[] => [
      'in',
      `  logs.tgz #${archive}`,
      '    var/log',
      '      n.gz',
      `        n #${first + 1}`,
      `      a #${first}`,
    ];
    expect(drawn(before)).toEqual(lines(0, 1));
    expect(drawn(after)).toEqual(lines(2, 0));
    const all = shownNodes(before, { all: false, except: [] });
    expect(all.map(({ node }) => node.path)).toContain('in/logs.tgz!/var/log/n.gz!/n');
  });

  test('is the one that joining a node for every part would give', async () => {
    const below = numbersFrom(7);
    for (let round = 0; round < 300; round += 1) {
      const paths = new Set<string>();
      for (let count = 1 + below(12); count > 0; count -= 1) {
        const parts = Array.from({ length: 1 + below(5) }, () => oneOf(['a', 'b', 'c!', 'd 1', 'É'], below));
        paths.add([...parts.slice(0, -1), oneOf(['a', 'b', 'c', 'x10', 'x9'], below)].join('/'));
      }
      expect(drawn(await treeOf([...paths]))).toEqual(plainly([...paths]));
    }
  });

  test('of a path of a hundred thousand folders is built like any other', async () => {
    const deep = `${'d/'.repeat(100_000)}a`;
    const tree = await treeOf([deep, `${'d/'.repeat(50_000)}b`]);
    expect(tree).toHaveLength(1);
    expect(tree[0]?.below.members).toBe(2);
  });
});

test('names stand in the order of the collator', () => {
  const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
  const below = numbersFrom(11);
  const characters = [
    'a',
    'B',
    'b',
    'z',
    '0',
    '1',
    '2',
    '9',
    '10',
    '.',
    '-',
    '_',
    ' ',
    'é',
    '\u0301',
    'ア',
    '\u0000',
  ];
  const name = (): string => Array.from({ length: below(6) }, () => oneOf(characters, below)).join('');
  for (let round = 0; round < 20_000; round += 1) {
    const shared = name();
    const [a, b] = [shared + name(), shared + name()];
    expect([a, b, Math.sign(compareNames(a, b))]).toEqual([a, b, Math.sign(collator.compare(a, b))]);
  }
});
