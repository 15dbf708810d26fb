import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as v from 'valibot';
import type { Fact } from '../../parsers/domain/evidence.ts';
import { readStatement } from '../../parsers/formats/nap/statement.ts';
import type { Snapshot } from '../../parsers/serve/session.ts';
import { treesOf } from '../../parsers/serve/trees.ts';
import { evidenceMethods } from '../../preload/contract/evidence.ts';

const citation = { member: 'a.bin', line: null, row: null, pointer: null, quote: '' };

function snapshotOf(type: string, value: unknown): Snapshot {
  const fact = { type, system: 'nap', device: null, patch: null, value, citation } as Fact;
  const member = (path: string): object | undefined => (path === 'a.bin' ? {} : undefined);
  return { analysis: { facts: [fact], evidence: { member } } } as unknown as Snapshot;
}

describe('decoded trees', () => {
  it('of any fact that holds one are served as they are', () => {
    const tree = [
      { label: 'a', value: '1', offset: 0, length: 2, children: [] },
      {
        label: 'b',
        value: '',
        offset: null,
        length: null,
        children: [{ label: 'c', value: '', offset: 2, length: 1, children: [] }],
      },
    ];
    const trees = treesOf(snapshotOf('made/up', { tree }), 'a.bin');
    expect(trees).toEqual([{ fact: 'made/up', citation, asOf: null, bytes: null, nodes: tree }]);
    expect(v.is(evidenceMethods.tree.result, trees)).toBe(true);
    expect(treesOf(snapshotOf('made/up', { tree }), 'b.bin')).toEqual([]);
  });

  it.each([[{}], [{ tree: [] }], [{ tree: [{ label: 1 }] }], [{ tree: 'x' }], [null]])(
    'of %j there are none',
    (value) => {
      expect(treesOf(snapshotOf('made/up', value), 'a.bin')).toEqual([]);
    },
  );

  it('of a statement of health bring its own bytes', () => {
    const file = readFileSync(new URL('../fixtures/nap/SohCache.bin', import.meta.url));
    const statement = readStatement(file);
    const value = { ...statement, asOf: null };
    const [tree] = treesOf(snapshotOf('nap/statement', value), 'a.bin');
    expect(tree?.bytes).toHaveLength(statement?.bytes ?? 0);
    const labels = tree?.nodes.map(({ label }) => label) ?? [];
    expect(labels).toContain('security-updates');
    // Without a policy in the bundle the specification's defaults stand beside it, named as assumed.
    expect(labels[labels.length - 1]).toBe('policy-assumed');
    expect(v.is(evidenceMethods.tree.result, [tree])).toBe(true);
  });
});
