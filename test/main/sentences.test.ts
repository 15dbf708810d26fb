import { describe, expect, it } from 'vitest';
import { sentence } from '../../main/sentences.ts';
import english from '../../resources/locales/en/main.json' with { type: 'json' };
import japanese from '../../resources/locales/ja/main.json' with { type: 'json' };

const placeholders = (text: string): string[] =>
  [...text.matchAll(/\{(?<name>\w+)\}/gu)].map((match) => match.groups?.['name'] ?? '').sort();

describe('what main says', () => {
  it('exists in both languages, with the same values', () => {
    expect(Object.keys(japanese)).toEqual(Object.keys(english));
    for (const [id, text] of Object.entries(english)) {
      expect(placeholders(japanese[id as keyof typeof english]), id).toEqual(placeholders(text));
      expect(japanese[id as keyof typeof english], id).not.toBe('');
    }
  });

  it('is filled in', () => {
    expect(sentence('ja', 'dialog.export-pdf.name', { bundle: '桜' })).toBe('桜 報告書.pdf');
    expect(sentence('en', 'dialog.export-pdf.name', { bundle: '{x}' })).toBe('{x} report.pdf');
  });
});
