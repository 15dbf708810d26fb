/** The analyst's choices for redaction, as the case keeps them. Pure. */
import { redactionKinds } from '../../parsers/domain/redaction.ts';
import type { CaseContent } from '../../preload/contract/window.ts';

export type RedactionChoice = NonNullable<CaseContent['redaction']>;

export function redactionOf(content: CaseContent): RedactionChoice {
  return content.redaction ?? { kinds: [...redactionKinds], words: [], ignored: [] };
}

export function withRedaction(content: CaseContent, change: Partial<RedactionChoice>): CaseContent {
  return { ...content, redaction: { ...redactionOf(content), ...change } };
}

/** Tokens that were given are kept: the same value gets the same token next time. */
export function withTokens(content: CaseContent, tokens: Readonly<Record<string, string>>): CaseContent {
  const before = redactionOf(content);
  return { ...content, redaction: { ...before, tokens: { ...before.tokens, ...tokens } } };
}

/** Adds the value, or takes it away when it is there. */
export function toggledIn(values: readonly string[], value: string): string[] {
  return values.includes(value) ? values.filter((one) => one !== value) : [...values, value];
}

/** One word a line; blank lines and repetitions count for nothing. */
export function wordsIn(text: string): string[] {
  return [...new Set(text.split('\n').map((line) => line.trim()))].filter((line) => line !== '');
}
