import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import en from '../../../resources/locales/en/deep-security.json' with { type: 'json' };
import ja from '../../../resources/locales/ja/deep-security.json' with { type: 'json' };
import { namesIn } from '../../../parsers/report/wording.ts';
import { deepSecurity } from '../../../parsers/formats/deep-security/index.ts';
import { deepSecurityRules } from '../../../parsers/rules/deep-security/index.ts';

const folder = new URL('../../../parsers/rules/deep-security/', import.meta.url);
const sources = readdirSync(folder)
  .map((name) => readFileSync(new URL(name, folder), 'utf8'))
  .join('\n');

function messages(value: object, path = ''): [string, string][] {
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) =>
    typeof inner === 'string'
      ? [[`${path}/${key}`, inner] as [string, string]]
      : messages(inner as object, `${path}/${key}`),
  );
}

describe('the wording of the rules', () => {
  it('is complete in both languages, with the same values', () => {
    const japanese = new Map(messages(ja));
    expect([...japanese.keys()]).toEqual(messages(en).map(([key]) => key));
    for (const [key, message] of messages(en)) {
      expect([key, namesIn(japanese.get(key) ?? '', 'ja')]).toEqual([key, namesIn(message, 'en')]);
    }
  });

  it('covers the catalogue, the evidence list, and every key that a rule uses', () => {
    expect(Object.keys(en.rules)).toEqual(deepSecurityRules.map((rule) => rule.id));
    expect(Object.keys(en.evidenceList)).toEqual(deepSecurity.askFor.map((item) => item.item));
    const used = [
      ...new Set([...sources.matchAll(/'(?<key>ds-[a-z-]+)'/gu)].map((match) => match[1] ?? '')),
    ].sort();
    expect([...Object.keys(en.witness), ...Object.keys(en.missing)].sort()).toEqual(used);
  });
});
