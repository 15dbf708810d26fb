import { once } from '../domain/once.ts';

/** Every UTF-16 code unit in lower case and half width, one for one, so that places stay what they are. */
const folds = once(makeFolds);

function makeFolds(): Uint16Array {
  const table = new Uint16Array(0x1_0000);
  for (let code = 0; code < table.length; code += 1) {
    const half = code >= 0xff01 && code <= 0xff5e ? code - 0xfee0 : code;
    const lower = String.fromCharCode(half).toLowerCase();
    table[code] = lower.length === 1 ? lower.charCodeAt(0) : half;
  }
  // Hyphens and dashes that stand for the one in a name; the full-width blank.
  for (const dash of [0x2010, 0x2011, 0x2012, 0x2013, 0x2212]) table[dash] = 0x2d;
  table[0x3000] = 0x20;
  return table;
}

export function foldCode(code: number): number {
  return folds()[code] ?? code;
}

/** A value as it is compared: each code unit folded. */
export function foldValue(value: string): string {
  let folded = '';
  for (let at = 0; at < value.length; at += 1) folded += String.fromCharCode(foldCode(value.charCodeAt(at)));
  return folded;
}

/** Latin letters and digits, after folding: what a name made of them must not continue into. */
export function isWordCode(code: number): boolean {
  const folded = foldCode(code);
  return (folded >= 0x30 && folded <= 0x39) || (folded >= 0x61 && folded <= 0x7a);
}
