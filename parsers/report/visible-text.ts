/*
 * Text from a bundle is shown as it is, and nothing in it may act: markup is escaped, and characters that
 * cannot be seen but change what is seen (controls, direction marks, zero-width ones) become visible.
 */

/**
 * C0 and C1 controls but tab and line feed; soft hyphen; Arabic letter mark; zero-width space; direction
 * marks, embeddings and isolates; line and paragraph separators; word joiner and invisible operators; byte
 * order mark; interlinear marks; tags; halves of a surrogate pair. Zero-width joiners stay: scripts need them.
 */
const unseen =
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u00AD\u061C\u180E\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E007F}]|[\uD800-\uDFFF]/gu;

function nameOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** A line break is a line break, however the source writes it. */
function withPlainBreaks(text: string): string {
  return text.replace(/\r+\n/gu, '\n');
}

/** The text with `[U+202E]` in place of every character that cannot be seen: for headers, names, plain text. */
export function visibleText(text: string): string {
  return withPlainBreaks(text).replace(unseen, (character) => `[${nameOf(character)}]`);
}

/** The text as HTML content or attribute value: markup escaped, unseen characters as `[U+202E]`. */
export function escapeHtml(text: string): string {
  return escapeMarkup(visibleText(text));
}

/** As {@link escapeHtml}, with the unseen characters set apart: for quotes. */
export function quoteHtml(text: string): string {
  let html = '';
  let last = 0;
  const plain = withPlainBreaks(text);
  for (const match of plain.matchAll(unseen)) {
    html += `${escapeMarkup(plain.slice(last, match.index))}<span class="unseen">${nameOf(match[0])}</span>`;
    last = match.index + match[0].length;
  }
  return html + escapeMarkup(plain.slice(last));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

function escapeMarkup(text: string): string {
  return text.replace(/[&<>"'`]/gu, (character) => entities[character] ?? character);
}
