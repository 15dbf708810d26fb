import { describe, expect, it } from 'vitest';
import { escapeHtml, quoteHtml, visibleText } from '../../parsers/report/visible-text.ts';
import { hostileTexts } from './hostile-text.ts';

/** Everything that must never reach a page as itself. */
const unseen =
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u00AD\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF]/u;

describe('visibleText', () => {
  it('names characters that cannot be seen', () => {
    expect(visibleText('a\u202Egpj.exe')).toBe('a[U+202E]gpj.exe');
    expect(visibleText('\u0000\u001B[31m')).toBe('[U+0000][U+001B][31m');
    expect(visibleText('\uD800!')).toBe('[U+D800]!');
    expect(visibleText('\u{E0041}')).toBe('[U+E0041]');
  });

  it('leaves what is text', () => {
    const text = 'パッチ未適用\t| 2024/05/10\n👨‍👩‍👧 𠮷 é';
    expect(visibleText(text)).toBe(text);
  });

  it('takes every line break as one', () => {
    expect(visibleText('a\r\nb\r\r\nc')).toBe('a\nb\nc');
    expect(visibleText('a\rb')).toBe('a[U+000D]b');
  });
});

describe.each([
  ['escapeHtml', escapeHtml],
  ['quoteHtml', quoteHtml],
])('%s', (_name, write) => {
  it.each(hostileTexts)('leaves nothing that acts in %j', (text) => {
    const html = write(text);
    const plain = html.replaceAll(/<span class="unseen">U\+[0-9A-F]+<\/span>/gu, '');
    expect(plain).not.toMatch(/[<>"'`]/u);
    expect(plain).not.toMatch(/&(?!(?:amp|lt|gt|quot|#39|#96);)/u);
    expect(html).not.toMatch(unseen);
  });
});
