import type { Member } from './evidence.ts';

/** What of a member tells what it holds. */
interface Told extends Pick<Member, 'state' | 'reason'> {
  readonly encoding: string | null;
}

type Content = 'text' | 'archive' | 'image' | 'workbook' | 'binary';

/** What a file may hold, by the last extension of its name; what is not listed promises nothing. */
const promises: readonly (readonly [extension: RegExp, contents: readonly Content[]])[] = [
  [/\.(?:zip|tar|t?gz|t?xz)$/iu, ['archive']],
  // A workbook is a zip, or, under a password, a file of another kind.
  [/\.xls[xm]$/iu, ['workbook', 'binary']],
  [/\.(?:png|jpe?g|gif|bmp|webp)$/iu, ['image', 'binary']],
  [/\.(?:log|txt|csv|tsv|json|xml|html?|mht(?:ml)?|ini|conf)$/iu, ['text', 'binary']],
];

/**
 * The extension of a member that holds something else than its name says, such as a text named `.zip`; null where
 * name and content agree, or nothing is known of either. A member is read by its content all the same.
 */
export function misnamedExtension(path: string, member: Told): string | null {
  const content = contentOf(member);
  if (content === null) return null;
  for (const [pattern, contents] of promises) {
    const extension = pattern.exec(path)?.[0];
    if (extension !== undefined) return contents.includes(content) ? null : extension.toLowerCase();
  }
  return null;
}

function contentOf({ state, reason, encoding }: Told): Content | null {
  if (reason === 'archive') return 'archive';
  if (state === 'image') return 'image';
  if ((state === 'parsed' || state === 'text') && encoding !== null) return 'text';
  if (state === 'parsed') return 'workbook';
  return state === 'opaque' && reason === 'unknown-format' ? 'binary' : null;
}
