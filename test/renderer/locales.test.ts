import { readFileSync } from 'node:fs';
import { IntlMessageFormat } from 'intl-messageformat';
import { describe, expect, it } from 'vitest';
import { translator } from '../../renderer/i18n/messages.ts';

function catalogue(locale: string): Record<string, string> {
  const url = new URL(`../../resources/locales/${locale}/window.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as Record<string, string>;
}

const english = catalogue('en');
const japanese = catalogue('ja');

describe('the wording of the window', () => {
  it('has the same keys in both languages, in the same order', () => {
    expect(Object.keys(japanese)).toEqual(Object.keys(english));
  });

  it('can be parsed', () => {
    for (const [locale, messages] of [
      ['en', english],
      ['ja', japanese],
    ] as const) {
      for (const message of Object.values(messages)) {
        expect(() => new IntlMessageFormat(message, locale, undefined, { ignoreTag: true })).not.toThrow();
      }
    }
  });

  it('has a sentence and an advice for every expected error', () => {
    const source = readFileSync(new URL('../../parsers/domain/errors.ts', import.meta.url), 'utf8');
    const union = /export type ErrorCode =(?<codes>[^;]+);/u.exec(source)?.groups?.['codes'] ?? '';
    const codes = [...union.matchAll(/'(?<code>[^']+)'/gu)].map((match) => match.groups?.['code'] ?? '');
    expect(codes.length).toBeGreaterThan(10);
    for (const code of codes) {
      expect(english).toHaveProperty([`errors.${code}`]);
      expect(english).toHaveProperty([`errors-advice.${code}`]);
    }
  });

  it('counts in both languages', () => {
    expect(translator('en')('header.devices', { count: 1 })).toBe('1 device');
    expect(translator('en')('header.devices', { count: 5 })).toBe('5 devices');
    expect(translator('ja')('header.devices', { count: 5 })).toBe('デバイス 5 台');
  });
});
