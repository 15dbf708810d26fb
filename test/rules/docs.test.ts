import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { rules } from '../../parsers/rules/registry.ts';

const rows = readFileSync(new URL('../../docs/rules.md', import.meta.url), 'utf8')
  .split('\n')
  .flatMap((line) => {
    const cells =
      /^\| `(?<id>[^`]+)` \| (?<kind>[^|]+) \| (?<severity>[^|]+) \|.*\| (?<source>[^|]+) \|$/u.exec(line);
    return cells?.groups === undefined ? [] : [cells.groups];
  });

it('lists every rule of this build in docs/rules.md, in its order', () => {
  expect(rows.map((row) => row['id'])).toEqual(rules.map((rule) => rule.id));
});

it('tells the kind, the severity and the source of each rule', () => {
  for (const [index, rule] of rules.entries()) {
    expect(rows[index]).toMatchObject({ kind: rule.kind, source: rule.source });
    expect(rows[index]?.['severity']?.split(';')[0]).toBe(rule.severity);
  }
});
