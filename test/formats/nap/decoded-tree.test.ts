import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { DecodedNode } from '../../../parsers/domain/decoded-node.ts';
import { bytesOfTree, decodedTree } from '../../../parsers/formats/nap/decoded-tree.ts';
import { readStatement } from '../../../parsers/formats/nap/statement.ts';

const bytes = readFileSync(new URL('../../fixtures/nap/SohCache.bin', import.meta.url));
const statement = readStatement(bytes);
const tree = decodedTree(statement?.tree ?? []);

describe('a statement as a tree', () => {
  it('names its classes and shows its values, each with the bytes it stands in', () => {
    const security = tree.find(({ label }) => label === 'security-updates');
    const shown = (nodes: readonly DecodedNode[]): unknown =>
      nodes.map(({ label, value, offset, length }) => [label, value, offset, length]);
    expect(shown(security?.children ?? [])).toEqual([
      ['status-code', expect.stringMatching(/^0x00FF0006 S_MSSHA_MISSING_UPDATES$/iu), 185, 8],
      ['duration-since-last-sync', '93600 s', 193, 12],
      ['wsus-server', 'http://wsus.example.local:8530', 205, 39],
      ['updates-flag', '0x00010400', 244, 12],
    ]);
    expect(tree.find(({ label }) => label === 'version')?.value).toBe('6.1');
  });

  it('gives back the bytes it was read from', () => {
    const start = statement?.start ?? 0;
    const length = statement?.bytes ?? 0;
    expect(bytesOfTree(statement?.tree ?? [], length)).toEqual(
      Uint8Array.from(bytes.subarray(start, start + length)),
    );
  });
});
