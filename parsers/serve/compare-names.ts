const byName = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

const zero = 0x30;
const nine = 0x39;

/**
 * The order of names as people expect it: numbers by their value, letters without regard to case. As the collator has it,
 * which is asked wherever more than ASCII's letters and digits decides: it takes ten times as long, and a folder can hold
 * a million.
 */
export function compareNames(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  let at = 0;
  // Where they begin alike, nothing but ASCII may stand: marks join what is before them.
  while (at < shorter && a.charCodeAt(at) === b.charCodeAt(at) && isVisible(a.charCodeAt(at))) at += 1;
  if (at === a.length && at === b.length) return 0;
  while (at > 0 && isDigit(a.charCodeAt(at - 1))) at -= 1;
  const [x, y] = [a.charCodeAt(at), b.charCodeAt(at)];
  if (isDigit(x) && isDigit(y)) {
    const [endA, endB] = [numberEnd(a, at), numberEnd(b, at)];
    const isPlain = x !== zero && y !== zero && endA - at <= 15 && endB - at <= 15;
    const order = isPlain ? Number(a.slice(at, endA)) - Number(b.slice(at, endB)) : 0;
    if (order !== 0 && isPlainAt(a, endA) && isPlainAt(b, endB)) return order < 0 ? -1 : 1;
  } else if (isPlainAt(a, at) && isPlainAt(b, at) && at < shorter) {
    const order = primary(x) - primary(y);
    const isDecided = order < 0 || order > 0;
    if (isDecided && isPlainAt(a, at + 1) && isPlainAt(b, at + 1)) return order < 0 ? -1 : 1;
  }
  return byName.compare(a, b);
}

function isDigit(code: number): boolean {
  return code >= zero && code <= nine;
}

function numberEnd(text: string, from: number): number {
  let end = from;
  while (isDigit(text.charCodeAt(end))) end += 1;
  return end;
}

/** Whether ASCII stands there, or the text ends: nothing that would be one with what is before it. */
function isPlainAt(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return Number.isNaN(code) || isVisible(code);
}

function isVisible(code: number): boolean {
  return code >= 0x20 && code < 0x7f;
}

function isLetter(code: number): boolean {
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

/** Digits before letters, letters without their case; NaN for what the collator has to decide. */
function primary(code: number): number {
  if (isDigit(code)) return code - zero;
  return isLetter(code) ? code | 0x20 : Number.NaN;
}
