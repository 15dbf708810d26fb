import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readJson } from '../../parsers/text/json-document.ts';

describe('readJson', () => {
  it('tells the line of every value', () => {
    const text = '{\n  "a": [\n    1,\n    {"b/c": "x\\"y",\n "~d": null}\n  ],\n  "a2": {}\n}';
    const { document, error } = readJson(text);
    expect(error).toBeNull();
    expect(document?.value).toEqual({ a: [1, { 'b/c': 'x"y', '~d': null }], a2: {} });
    const lines = ['', '/a', '/a/0', '/a/1', '/a/1/b~1c', '/a/1/~0d', '/a2', '/none', '/a/7', 'a'];
    expect(lines.map((pointer) => document?.lineOf(pointer))).toEqual([
      1,
      2,
      3,
      4,
      4,
      5,
      7,
      null,
      null,
      null,
    ]);
  });

  it('drops a byte order mark and NULs', () => {
    expect(readJson('\ufeff{"a":1}\0\0').document?.value).toEqual({ a: 1 });
  });

  it('reads concatenated documents', () => {
    expect(readJson('{"a":1}\n{"b":2}[3]\n"x" 4').document?.all).toEqual([{ a: 1 }, { b: 2 }, [3], 'x', 4]);
  });

  it.each([
    ['', 1, 1],
    ['{"a":1,}', 1, 8],
    ['{\n "a": tru\n}', 2, 7],
    ['{"a":1', 1, 7],
    ['[1 2]', 1, 4],
    ['{"a" 1}', 1, 6],
    ['["\\x"]', 1, 2],
  ])('tells where %j stops being JSON', (text, line, column) => {
    const { document, error } = readJson(text);
    expect(document).toBeNull();
    expect(error).toMatchObject({ line, column });
  });

  it('keeps what stands before the damage', () => {
    const { document, error } = readJson('{"a":1}\n{"b":');
    expect(document?.all).toEqual([{ a: 1 }]);
    expect(error).toMatchObject({ line: 2, column: 6 });
  });

  it('finds every value of any document where it is', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const text = JSON.stringify(value, null, 1);
        const { document } = readJson(text);
        expect(document?.value).toEqual(JSON.parse(text));
        const pointers: string[] = [];
        const walk = (node: unknown, pointer: string): void => {
          pointers.push(pointer);
          if (typeof node !== 'object' || node === null) return;
          for (const [key, child] of Object.entries(node)) {
            walk(child, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);
          }
        };
        walk(document?.value, '');
        for (const pointer of pointers) expect(document?.lineOf(pointer), pointer).toBeGreaterThan(0);
        // Pretty-printed, every value but the first of all starts a line of its own, in this order.
        const lines = pointers.map((pointer) => document?.lineOf(pointer) ?? 0);
        expect(lines).toEqual([...lines].sort((a, b) => a - b));
      }),
    );
  });

  it('reads deep nesting without recursion of its own', () => {
    const text = '['.repeat(100_000) + ']'.repeat(100_000) + 'x';
    expect(readJson(text).error).toMatchObject({ line: 1, column: 200_001 });
  });

  it('is linear in the number of elements asked for', () => {
    const text = JSON.stringify(
      Array.from({ length: 100_000 }, (_, index) => ({ index })),
      null,
      1,
    );
    const { document } = readJson(text);
    const start = performance.now();
    for (let index = 0; index < 100_000; index += 1) document?.lineOf(`/${index}/index`);
    expect(performance.now() - start).toBeLessThan(5000);
    expect(document?.lineOf('/99999/index')).toBe(99_999 * 3 + 3);
  });
});
