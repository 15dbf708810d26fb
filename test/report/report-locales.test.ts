import { readFileSync } from 'node:fs';
import { IntlMessageFormat } from 'intl-messageformat';
import { describe, expect, it } from 'vitest';

type Texts = Readonly<Record<string, string>>;

function textsOf(locale: 'en' | 'ja'): Texts {
  const path = new URL(`../../resources/locales/${locale}/report.json`, import.meta.url);
  return JSON.parse(readFileSync(path, 'utf8')) as Texts;
}

const [english, japanese] = [textsOf('en'), textsOf('ja')];

/** The values that a message takes, however deep in its branches. */
function valuesOf(message: string, locale: string): readonly string[] {
  const names = new Set<string>();
  const walk = (part: unknown): void => {
    if (Array.isArray(part)) part.forEach(walk);
    else if (typeof part === 'object' && part !== null) {
      const { type, value } = part as { readonly type?: number; readonly value?: unknown };
      if (typeof type === 'number' && type > 0 && type < 7 && typeof value === 'string') names.add(value);
      Object.values(part).forEach(walk);
    }
  };
  walk(new IntlMessageFormat(message, locale, undefined, { ignoreTag: true }).getAst());
  return [...names].sort();
}

describe("the report's texts", () => {
  it('exist in both languages', () => {
    expect(Object.keys(japanese)).toEqual(Object.keys(english));
  });

  it.each(Object.keys(english))('take the same values in both languages: %s', (key) => {
    expect(english[key]).not.toBe('');
    expect(valuesOf(japanese[key]!, 'ja')).toEqual(valuesOf(english[key]!, 'en'));
  });
});
