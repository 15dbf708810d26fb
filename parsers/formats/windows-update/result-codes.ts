import { successCodes } from '../../domain/numbers.ts';

/** WU_E_CALL_CANCELLED: somebody stopped it; nothing failed. */
export const cancelledCode = 0x8024_000b;

/** A code as the client writes it: hexadecimal with or without `0x`, in brackets or braces or bare. */
export function readHexCode(text: string): number | null {
  const digits = /^[[({]?(?:0x)?(?<digits>[0-9a-f]{1,8})[\])}]?$/iu.exec(text.trim())?.groups?.['digits'];
  return digits === undefined ? null : Number.parseInt(digits, 16);
}

/** Severity bit set and not a cancellation. */
export function isFailure(code: number): boolean {
  return code >= 0x8000_0000 && code !== cancelledCode;
}

/** Success, whether or not it asks for a restart. */
export function isSuccess(code: number): boolean {
  return successCodes.has(code);
}

const codeForm = /(?<![0-9a-z@-])(?<prefix>0x)?(?<digits>[89a-f][0-9a-f]{7})(?![0-9a-z-])/giu;

/**
 * The failing codes that a line holds, each once. Without `0x` only what starts like an HRESULT (`80…`)
 * is one: eight digits may be anything, and parts of GUIDs are none.
 */
export function failingCodes(text: string): readonly number[] {
  const codes = new Set<number>();
  for (const { groups } of text.matchAll(codeForm)) {
    const digits = groups?.['digits'] ?? '';
    if (groups?.['prefix'] === undefined && !digits.startsWith('80')) continue;
    const code = Number.parseInt(digits, 16);
    if (isFailure(code)) codes.add(code);
  }
  return [...codes];
}

/**
 * Codes of the network and of the update service. Only these make a `*FAILED*` line of a converted log
 * an error: healthy logs hold hundreds with others.
 */
export function isConnectionCode(code: number): boolean {
  return (
    (code >= 0x8007_2e00 && code <= 0x8007_2eff) ||
    (code >= 0x8024_4000 && code <= 0x8024_402f) ||
    (code >= 0x8024_5000 && code <= 0x8024_500f) ||
    code === 0x8024_0438 ||
    code === 0x8024_001e ||
    code === 0x8024_002e
  );
}
