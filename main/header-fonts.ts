/**
 * Fonts for the running header and footer. The printer draws those outside the document, where no file can be
 * loaded, so the slices of the fonts that their characters need travel inside them.
 */

/** One slice of a font: a `@font-face` rule and the characters that it covers. */
export interface FontSlice {
  readonly family: string;
  readonly style: string;
  readonly weight: string;
  /** As the style sheet names it. */
  readonly file: string;
  /** First and last code points, inclusive. */
  readonly ranges: readonly (readonly [number, number])[];
}

/** Reads the `@font-face` rules of a style sheet as fontsource writes them, minified or not. */
export function readFontSlices(css: string): FontSlice[] {
  return [...css.matchAll(/@font-face\s*\{(?<body>[^}]*)\}/gu)].flatMap((match) => {
    const body = match.groups?.['body'] ?? '';
    const family = property(body, 'font-family')?.replaceAll(/["']/gu, '');
    const file = /url\(\s*["']?(?<file>[^"')]+)["']?\s*\)/u.exec(body)?.groups?.['file'];
    if (family === undefined || file === undefined) return [];
    return [
      {
        family,
        style: property(body, 'font-style') ?? 'normal',
        weight: property(body, 'font-weight') ?? '400',
        file,
        ranges: readRanges(property(body, 'unicode-range') ?? 'U+0-10FFFF'),
      },
    ];
  });
}

/** The slices that a text needs. */
export function slicesFor(text: string, slices: readonly FontSlice[]): FontSlice[] {
  const points = [...new Set(Array.from(text, (character) => character.codePointAt(0) ?? 0))];
  return slices.filter((slice) =>
    slice.ranges.some(([first, last]) => points.some((point) => point >= first && point <= last)),
  );
}

/** The family that running text is set in; the others serve what it does not have. */
const firstFamily = 'Inter';

/**
 * The slices for running text: upright and of regular weight, and of further families only those with a character
 * that the first one lacks. The printer reads them anew for every page, so each one that is not needed costs.
 */
export function runningSlicesFor(text: string, slices: readonly FontSlice[]): FontSlice[] {
  const regular = slices.filter(({ style, weight }) => style === 'normal' && weight === '400');
  const first = regular.filter(({ family }) => family === firstFamily);
  const has = (slice: FontSlice, point: number): boolean =>
    slice.ranges.some(([from, to]) => point >= from && point <= to);
  const lacking = Array.from(text).filter(
    (character) => !first.some((slice) => has(slice, character.codePointAt(0) ?? 0)),
  );
  const further = regular.filter(({ family }) => family !== firstFamily);
  return [...slicesFor(text, first), ...slicesFor(lacking.join(''), further)];
}

/** A style sheet that carries the slices in itself. */
export function inlineFonts(
  slices: readonly { readonly slice: FontSlice; readonly bytes: Buffer }[],
): string {
  return slices
    .map(({ slice, bytes }) => {
      const ranges = slice.ranges
        .map(([first, last]) => `U+${first.toString(16)}-${last.toString(16)}`)
        .join(',');
      return (
        `@font-face{font-family:'${slice.family}';font-style:${slice.style};font-weight:${slice.weight};` +
        // Where a font is late after all, another one is better than blanks.
        'font-display:swap;' +
        `src:url(data:font/woff2;base64,${bytes.toString('base64')}) format('woff2');unicode-range:${ranges}}`
      );
    })
    .join('');
}

function property(body: string, name: string): string | undefined {
  return new RegExp(`(?:^|[;\\s])${name}\\s*:\\s*(?<value>[^;]+)`, 'u').exec(body)?.groups?.['value']?.trim();
}

/** `U+25ee8`, `U+0-7f`, `U+4??`. */
function readRanges(text: string): (readonly [number, number])[] {
  return text.split(',').flatMap((part) => {
    const found = /^U\+(?<first>[0-9a-f?]+)(?:-(?<last>[0-9a-f]+))?$/iu.exec(part.trim())?.groups;
    const first = found?.['first'];
    if (first === undefined) return [];
    const last = found?.['last'] ?? first.replaceAll('?', 'f');
    return [[Number.parseInt(first.replaceAll('?', '0'), 16), Number.parseInt(last, 16)] as const];
  });
}
