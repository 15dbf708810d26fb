import type { DsStatus } from './facts.ts';

const statusForm =
  /\b(?<symbol>IAU(?:RELAY)?_STATUS_[A-Z_]+)(?:\[(?<code>-?\d+)\((?<severity>\d+),(?<category>\d+),(?<detail>\d+)\)\]|\((?<plain>-?\d+)\))?/gu;

/** A code that a symbol stands beside: `エラーコード: -24`, `Error code: -18`. */
const codeForm = /(?:error ?code|エラーコード)\s*[:：=]?\s*(?<code>-?\d+)/iu;

/** Symbols that tell of a success. */
const goodSymbol = /_(?:OK|SUCCESS|SUCCEEDED|NO_ERROR)$/u;

/** A status in a text and where in the text it stands. */
export interface FoundStatus {
  readonly status: DsStatus;
  readonly index: number;
}

/** Every status of the update module in a text that is not one of success. Paths are looked for in the whole text. */
export function findStatuses(text: string): readonly FoundStatus[] {
  if (!text.includes('_STATUS_')) return [];
  const found: FoundStatus[] = [];
  const paths = findPaths(text);
  const seen = new Set<string>();
  for (const match of text.matchAll(statusForm)) {
    const groups = match.groups ?? {};
    const symbol = groups['symbol'] ?? '';
    if (goodSymbol.test(symbol) || seen.has(symbol)) continue;
    seen.add(symbol);
    const written = groups['code'] ?? groups['plain'] ?? codeForm.exec(text)?.groups?.['code'];
    const code = written === undefined ? null : Number(written);
    const parts = code === null ? null : unpackStatus(code);
    found.push({
      index: match.index,
      status: {
        symbol,
        code,
        severity: numberOr(groups['severity'], parts?.severity ?? null),
        category: numberOr(groups['category'], parts?.category ?? null),
        detail: numberOr(groups['detail'], parts?.detail ?? null),
        ...paths,
      },
    });
  }
  return found;
}

/**
 * The parts of a packed status: -1073610747 = 0xC0020005 is severity 3, category 2, detail 5. Small
 * negative numbers such as -18 are plain codes of the relay module and have no parts.
 */
export function unpackStatus(
  code: number,
): { readonly severity: number; readonly category: number; readonly detail: number } | null {
  const value = code < 0 ? code + 2 ** 32 : code;
  if (value >= 0xffff_0000 || value < 0x1_0000) return null;
  return { severity: value >>> 30, category: (value >>> 16) & 0x3fff, detail: value & 0xffff };
}

function numberOr(text: string | undefined, otherwise: number | null): number | null {
  return text === undefined ? otherwise : Number(text);
}

/** `Path1:` and `Path2:`, or the two quoted paths of a message. */
export function findPaths(text: string): { readonly path1: string | null; readonly path2: string | null } {
  const named = (number: string): string | null => {
    const match = new RegExp(`\\bPath ?${number}\\s*[:=]\\s*"?(?<path>[^"\\r\\n]+?)"?\\s*$`, 'imu').exec(
      text,
    );
    return match?.groups?.['path'] ?? null;
  };
  const [path1, path2] = [named('1'), named('2')];
  if (path1 !== null || path2 !== null) return { path1, path2 };
  const quoted = [...text.matchAll(/["“](?<path>(?:[A-Za-z]:)?[\\/][^"“”\r\n]{1,1000})["”]/gu)];
  return quoted.length < 2
    ? { path1: null, path2: null }
    : { path1: quoted[0]?.groups?.['path'] ?? null, path2: quoted[1]?.groups?.['path'] ?? null };
}
