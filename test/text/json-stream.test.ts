import { describe, expect, it } from 'vitest';
import { JsonStream } from '../../parsers/text/json-stream.ts';

/** What a stream tells of a text that arrives in pieces of so many bytes. */
function told(text: string, pieces: number, mostBytes = 1024 * 1024): string[] {
  const bytes = Buffer.from(text, 'utf8');
  const out: string[] = [];
  const json = new JsonStream({
    element: ({ key, pointer, line, offset, bytes: length, value }) => {
      expect(JSON.parse(bytes.subarray(offset, offset + length).toString('utf8'))).toEqual(value);
      out.push(`element ${key} ${pointer}:${line} ${JSON.stringify(value)}`);
    },
    document: ({ pointer, line, value, lineOf }) => {
      out.push(`document ${pointer}:${line} ${JSON.stringify(value)} ${String(lineOf('n'))}`);
    },
    problem: ({ line, column }) => {
      out.push(`problem ${line}:${column}`);
    },
    mostBytes,
  });
  for (let at = 0; at < bytes.length; at += pieces) json.push(bytes.subarray(at, at + pieces));
  json.end();
  return out;
}

describe('JsonStream', () => {
  const cases: readonly (readonly [name: string, text: string, expected: readonly string[]])[] = [
    [
      'elements before their document, strings with brackets and escapes in them',
      '{"a": [\n{"x": 1},\n{"y": "é\\"]}"}],\n"n": "t", "b": {"c": [{"z": 1}]}}',
      [
        'element a /a/0:2 {"x":1}',
        'element a /a/1:3 {"y":"é\\"]}"}',
        'document :1 {"a":[0,0],"n":"t","b":{"c":[{"z":1}]}} 4',
      ],
    ],
    [
      'documents one after the other',
      '{"n":1}\n\ufeff{"n":2}',
      ['document :1 {"n":1} 1', 'document :2 {"n":2} 2'],
    ],
    [
      'a list of documents',
      '[{"a":[{"x":1}]},\n{"a/b":[{"x":2}]}]',
      [
        'element a /0/a/0:1 {"x":1}',
        'document /0:1 {"a":[0]} null',
        'element a/b /1/a~1b/0:2 {"x":2}',
        'document /1:2 {"a/b":[0]} null',
      ],
    ],
    ['lists of values', '{"a":[1,[2],"x"]}', ['document :1 {"a":[1,[2],"x"]} null']],
    [
      'an element that is no JSON: the rest is read',
      '{"a":[{"x":1},\n{"x":tru},\n{"x":3}]}',
      [
        'element a /a/0:1 {"x":1}',
        'problem 2:6',
        'element a /a/2:3 {"x":3}',
        'document :1 {"a":[0,0,0]} null',
      ],
    ],
    [
      'a comma that is missing',
      '{"a":[{"x":1}\n  {"x":2}],"n":1}',
      ['element a /a/0:1 {"x":1}', 'element a /a/1:2 {"x":2}', 'problem 2:3', 'document :1 {} 2'],
    ],
    [
      'a comma too many',
      '{"a":[{"x":1},]}',
      ['element a /a/0:1 {"x":1}', 'problem 1:15', 'document :1 {} null'],
    ],
    [
      'a cut in an element',
      '{"a":[{"x":1},\n{"x":',
      ['element a /a/0:1 {"x":1}', 'problem 2:6', 'document :1 {} null'],
    ],
    [
      'a cut between elements',
      '{"a":[{"x":1},\n',
      ['element a /a/0:1 {"x":1}', 'problem 2:1', 'document :1 {} null'],
    ],
    [
      'text between documents',
      '{"n":1}\nAn error occurred\n{"n":2}',
      ['document :1 {"n":1} 1', 'problem 2:1', 'document :3 {"n":2} 3'],
    ],
  ];

  it.each(cases)('tells %s', (_name, text, expected) => {
    for (const pieces of [1, 2, 7, 100_000]) expect(told(text, pieces)).toEqual(expected);
  });

  it('asks about lines between documents, and goes on behind those that belong there', () => {
    const text = '[a@b ~]$ one \\\n  two\n{"n":1}\n$ three\n[{"n":2}]\nwords\n$ lost\n{"n":3}\n$ ';
    for (const pieces of [1, 3, 100_000]) {
      const bytes = Buffer.from(text, 'utf8');
      const out: string[] = [];
      const stream = new JsonStream({
        element: () => undefined,
        document: ({ line, value }) => out.push(`${line} ${JSON.stringify(value)}`),
        problem: ({ line, column }) => out.push(`problem ${line}:${column}`),
        aside: (aside) => {
          out.push(aside);
          return aside.includes('$');
        },
        mostBytes: 1_000,
      });
      for (let at = 0; at < bytes.length; at += pieces) stream.push(bytes.subarray(at, at + pieces));
      stream.end();
      expect(out).toEqual([
        '[a@b ~]$ one \\\n  two',
        '3 {"n":1}',
        '$ three',
        '5 {"n":2}',
        'words',
        'problem 6:1',
        '8 {"n":3}',
        '$ ',
      ]);
    }
  });

  it('leaves out an element that is too large', () => {
    const text = `{"a":[{"x":"${'y'.repeat(500)}"},{"x":1}]}`;
    for (const pieces of [10, 100_000])
      expect(told(text, pieces, 100)).toEqual([
        'problem 1:1',
        'element a /a/1:1 {"x":1}',
        'document :1 {"a":[0,0]} null',
      ]);
  });

  it('never throws, whatever the bytes are, and says the same for any pieces', () => {
    const source =
      '{"a": [{"x": 1, "y": [{"z": "\\u00e9"}]}, {"x": null}],\n "n": "t"}\n[{"b": [{"c": true}]}]';
    let seed = 7;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      return (seed >>> 8) % below;
    };
    for (let round = 0; round < 2_000; round += 1) {
      const text = Array.from(source);
      for (let change = 0; change <= random(3); change += 1)
        text.splice(
          random(text.length),
          random(3),
          ...['{', '}', '[', ']', '"', '\\', ',', ':', '\n', 'é', ''].slice(random(11)).slice(0, random(2)),
        );
      const mutated = text.join('');
      expect(told(mutated, 3)).toEqual(told(mutated, 100_000));
    }
  });

  it('costs no more than its length', () => {
    const open = '['.repeat(200_000) + '{"a":'.repeat(200_000);
    expect(told(`{"a":${open}`, 65_536).at(-1)).toBe('document :1 {} null');
  });
});
