import { describe, expect, it } from 'vitest';
import { linesJson, writeMembersJson, writeRulesJson } from '../../parsers/report/listing-json.ts';
import type { WriteChunk } from '../../parsers/report/json-stream.ts';
import { rules } from '../../parsers/rules/registry.ts';
import { hostileTexts } from './hostile-text.ts';
import { member, moment } from './made-analysis.ts';
import { sampleAnalysis } from './sample-case.ts';
import { complaints, schemaValidator } from './schemas.ts';

const { bundle, tool } = sampleAnalysis;

function document(write: (to: WriteChunk) => void): Record<string, unknown> {
  let text = '';
  write((chunk) => {
    text += chunk;
  });
  return JSON.parse(text) as Record<string, unknown>;
}

describe('members --json', () => {
  it.each([
    ['none', []],
    ['a case', sampleAnalysis.evidence.members],
    [
      'everything',
      [
        member('x', {
          modified: moment('2024-05-11'),
          device: { name: 'PC', reason: 'folder' },
          timeRule: 'iso',
        }),
      ],
    ],
    ['hostile names', hostileTexts.map((text) => member(text))],
  ])('fits its schema: %s', (_name, members) => {
    const made = document((write) => writeMembersJson(bundle, members, tool, write));
    expect(complaints(schemaValidator('members'), made)).toEqual([]);
    expect(made['members']).toHaveLength(members.length);
  });
});

describe('lines --json', () => {
  it('fits its schema and takes any iterable', () => {
    function* lines(): Generator<{
      at: ReturnType<typeof moment> | null;
      member: string;
      line: number;
      text: string;
    }> {
      yield { at: null, member: 'a.log', line: 1, text: 'no time' };
      yield { at: moment('2024-05-10 09:12'), member: 'a.log', line: 2, text: 'timed' };
      for (const [index, text] of hostileTexts.entries())
        yield { at: null, member: text, line: index + 3, text };
    }
    const made = document((write) => {
      for (const chunk of linesJson(bundle, lines(), tool)) write(chunk);
    });
    expect(complaints(schemaValidator('lines'), made)).toEqual([]);
    expect(made['lines']).toHaveLength(hostileTexts.length + 2);
  });
});

describe('rules --json', () => {
  it('fits its schema for every rule of this build', () => {
    const made = document((write) => writeRulesJson(rules, tool, write));
    expect(complaints(schemaValidator('rules'), made)).toEqual([]);
    expect(made['rules']).toHaveLength(rules.length);
  });
});
