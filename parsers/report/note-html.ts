import createMarkdown from 'markdown-it';
import type { MarkdownIt } from 'markdown-it';
import { escapeHtml, visibleText } from './visible-text.ts';
import type { ReportWords } from './report-words.ts';

/**
 * A note's Markdown as HTML that can do nothing: no markup of its own, links as plain text with their
 * address, pictures as their description, headings without a place in the outline.
 */
export function noteHtml(markdown: string, words: ReportWords): string {
  return rendererOf(words).render(visibleText(markdown));
}

const renderers = new WeakMap<ReportWords, MarkdownIt>();

function rendererOf(words: ReportWords): MarkdownIt {
  const known = renderers.get(words);
  if (known !== undefined) return known;
  const markdown = createMarkdown({ html: false, linkify: false, breaks: true, typographer: false });
  // Every address is text here, so none needs to be refused: the reader sees what stands there.
  markdown.validateLink = () => true;
  markdown.normalizeLink = (address) => address;
  const { rules } = markdown.renderer;
  rules['link_open'] = () => '';
  rules['link_close'] = (tokens, index) => {
    const open = tokens.slice(0, index).findLast((token) => token.type === 'link_open');
    const address = String(open?.attrGet('href') ?? '');
    // `<https://…>` already reads as its address.
    return address === '' || open?.info === 'auto' ? '' : ` (${escapeHtml(address)})`;
  };
  rules['image'] = (tokens, index) => {
    const token = tokens[index];
    const address = String(token?.attrGet('src') ?? '');
    return escapeHtml(words.text('analyst.image', { alt: token?.content ?? '', address }));
  };
  rules['heading_open'] = () => '<p class="note-heading">';
  rules['heading_close'] = () => '</p>\n';
  rules['fence'] = (tokens, index) => `<pre>${escapeHtml(tokens[index]?.content ?? '')}</pre>\n`;
  renderers.set(words, markdown);
  return markdown;
}
