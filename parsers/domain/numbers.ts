const two32 = 2 ** 32;

/**
 * Reads an exit code or HRESULT in any of its forms as its unsigned 32-bit value:
 * `0x8024402C`, `8024402c` (eight hexadecimal digits that are no plain decimal code),
 * `-2145107924`, `2149859372`. Small decimals stay as they are.
 */
export function parseCode(text: string): number | null {
  const trimmed = text.normalize('NFKC').trim();
  // Of a code sign-extended to 64 bits the last eight digits are the code; a double would round them.
  if (/^0x[0-9a-f]{1,16}$/iu.test(trimmed)) return Number.parseInt(trimmed.slice(2).slice(-8), 16);
  if (/^[+-]?\d+$/u.test(trimmed)) {
    const value = Number(trimmed);
    if (/^[89][0-9]{7}$/u.test(trimmed)) return Number.parseInt(trimmed, 16);
    return Number.isSafeInteger(value) ? unsigned32(value) : null;
  }
  if (/^[0-9a-f]{8}$/iu.test(trimmed)) return Number.parseInt(trimmed, 16);
  return null;
}

/** The value modulo 2^32: decimal, signed and hexadecimal forms of one code meet here. */
export function unsigned32(value: number): number {
  const modulo = value % two32;
  return modulo < 0 ? modulo + two32 : modulo;
}

/** `0x8024402C` for codes that are HRESULTs or NTSTATUS values, the decimal form for plain exit codes. */
export function formatCode(code: number): string {
  const value = unsigned32(code);
  return value >= 0x8000_0000 || value >= 0x0010_0000
    ? `0x${value.toString(16).toUpperCase().padStart(8, '0')}`
    : String(value);
}

/** Codes that mean success everywhere: 0; 3010, 1641 and 0x240005 ask for a restart; 0x240006 already installed. */
export const restartCodes: ReadonlySet<number> = new Set([3010, 1641, 0x240005]);
export const successCodes: ReadonlySet<number> = new Set([0, 3010, 1641, 0x240005, 0x240006]);
