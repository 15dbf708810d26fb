import { parseCode, unsigned32 } from '../domain/numbers.ts';
import type { CodeEntry, CodeFamily, CodeText } from './code-entry.ts';
import { allFamilies } from './code-entry.ts';
import advice from '../../resources/codes/advice.json' with { type: 'json' };
import aws from '../../resources/codes/aws.json' with { type: 'json' };
import azure from '../../resources/codes/azure.json' with { type: 'json' };
import deepSecurity from '../../resources/codes/deep-security.json' with { type: 'json' };
import kace from '../../resources/codes/kace.json' with { type: 'json' };
import linux from '../../resources/codes/linux.json' with { type: 'json' };
import management from '../../resources/codes/management.json' with { type: 'json' };
import nap from '../../resources/codes/nap.json' with { type: 'json' };
import phrases from '../../resources/codes/phrases.json' with { type: 'json' };
import servicing from '../../resources/codes/servicing.json' with { type: 'json' };
import sources from '../../resources/codes/sources.json' with { type: 'json' };
import transfer from '../../resources/codes/transfer.json' with { type: 'json' };
import windows from '../../resources/codes/windows.json' with { type: 'json' };
import windowsInstaller from '../../resources/codes/windows-installer.json' with { type: 'json' };
import windowsUpdate from '../../resources/codes/windows-update.json' with { type: 'json' };

/** A row of `resources/codes/*.json`. */
export interface CodeRow {
  /** `0x8024402C`, or a plain exit code as a number. */
  readonly code: string | number;
  readonly family: CodeFamily;
  readonly symbol: string | null;
  /** The name under which the error table lists the code, where the vendor's own name differs. */
  readonly listedAs?: string;
  /** Key of `sources.json`. */
  readonly source: string;
  /** Key of `advice.json`. */
  readonly advice: string;
  readonly en: string;
  readonly ja: string;
}

const adviceTexts: Readonly<Record<string, { readonly en: string; readonly ja: string }>> = advice;
const sourceNames: Readonly<Record<string, string>> = sources;

/** Every row of the dictionary, file by file. */
export const codeRows: readonly CodeRow[] = [
  windowsInstaller,
  windowsUpdate,
  servicing,
  windows,
  transfer,
  management,
  nap,
  deepSecurity,
  azure,
  aws,
  linux,
].flat() as readonly CodeRow[];

/** A row that stands for every number of a range. */
type CodeRange = Omit<CodeRow, 'code'> & { readonly from: number; readonly to: number };
const ranges = kace as readonly CodeRange[];

interface CodeIndex {
  readonly byCode: ReadonlyMap<number, readonly CodeRow[]>;
  readonly bySymbol: ReadonlyMap<string, readonly CodeRow[]>;
}

let index: CodeIndex | null = null;

function codeIndex(): CodeIndex {
  if (index === null) {
    const byCode = new Map<number, CodeRow[]>();
    const bySymbol = new Map<string, CodeRow[]>();
    for (const row of codeRows) {
      push(byCode, Number(row.code), row);
      if (row.symbol !== null) push(bySymbol, row.symbol.toUpperCase(), row);
    }
    // A name that only the error table gives leads to its code as well; the vendor's own names go first.
    for (const row of codeRows) {
      const listed = row.listedAs?.toUpperCase();
      if (listed !== undefined && !bySymbol.has(listed)) bySymbol.set(listed, [row]);
    }
    index = { byCode, bySymbol };
  }
  return index;
}

function push<K, R>(map: Map<K, R[]>, key: K, row: R): void {
  const rows = map.get(key);
  if (rows === undefined) map.set(key, [row]);
  else rows.push(row);
}

/** A code that a dictionary of the site explains: see `docs/packs.md`. */
export interface DictionaryRow {
  /** Unsigned 32-bit value, or the plain exit code. */
  readonly code: number;
  readonly family: CodeFamily;
  readonly symbol: string | null;
  /** The dictionary's title. */
  readonly source: string;
  readonly en: CodeText;
  readonly ja: CodeText;
}

interface DictionaryIndex {
  readonly byCode: ReadonlyMap<number, readonly DictionaryRow[]>;
  readonly bySymbol: ReadonlyMap<string, readonly DictionaryRow[]>;
}

const noDictionary: DictionaryIndex = { byCode: new Map(), bySymbol: new Map() };
let dictionary = noDictionary;

/**
 * Takes these rows, and no others, as what the site's dictionaries say. The one state of this module: a process reads
 * one bundle at a time, and states its dictionaries (none of them included) when it opens one, before anything is
 * decoded. Rows that the application explains itself are to be left out before.
 */
export function setDictionary(rows: readonly DictionaryRow[]): void {
  if (rows.length === 0) {
    dictionary = noDictionary;
    return;
  }
  const byCode = new Map<number, DictionaryRow[]>();
  const bySymbol = new Map<string, DictionaryRow[]>();
  for (const row of rows) {
    push(byCode, row.code, row);
    if (row.symbol !== null) push(bySymbol, row.symbol.toUpperCase(), row);
  }
  dictionary = { byCode, bySymbol };
}

export interface DecodeOptions {
  /** Whose codes to look at, most likely first (see `familiesOfSystem`); all of them by default. */
  readonly families?: readonly CodeFamily[];
}

/**
 * What a code means, or null when no source for it is known. The decimal, signed, unsigned and
 * hexadecimal forms are one code; a text may hold two forms of it (`3010, 0xBC2`) or the vendor's symbol.
 */
export function decodeCode(input: number | string, options: DecodeOptions = {}): CodeEntry | null {
  return decodeCodes(input, options)[0] ?? null;
}

/**
 * Every meaning of a code, most likely first: small numbers are ambiguous between families. What a dictionary of the
 * site says comes after the application's own codes, and before ranges of which nothing but the range is known.
 */
export function decodeCodes(input: number | string, options: DecodeOptions = {}): readonly CodeEntry[] {
  const families = options.families ?? allFamilies;
  if (typeof input === 'string') {
    const name = input.trim().toUpperCase();
    const symbol = codeIndex().bySymbol.get(name);
    if (symbol !== undefined) return entriesOf(symbol, families);
    const ofSite = dictionary.bySymbol.get(name);
    if (ofSite !== undefined) return dictionaryEntries(ofSite, families);
  }
  const code = typeof input === 'number' ? readNumber(input) : readText(input);
  if (code === null) return [];
  const rows = codeIndex().byCode.get(code) ?? installerRowsOf(code);
  const ofSite = dictionaryEntries(dictionary.byCode.get(code) ?? [], families);
  const [own, ranged] = [entriesOf(rows, families), entriesOf(rangeRowsOf(code), families)];
  return [...own, ...ofSite, ...ranged];
}

function dictionaryEntries(
  rows: readonly DictionaryRow[],
  families: readonly CodeFamily[],
): readonly CodeEntry[] {
  return rows
    .filter((row) => families.includes(row.family))
    .sort((a, b) => families.indexOf(a.family) - families.indexOf(b.family));
}

function readNumber(input: number): number | null {
  return Number.isSafeInteger(input) ? unsigned32(input) : null;
}

function readText(input: string): number | null {
  for (const part of input.split(/[,、;()]/u)) {
    const code = parseCode(part);
    if (code !== null) return code;
  }
  return null;
}

/** 0x8007xxxx wraps a Win32 error; those of the installer are known by their plain number. */
function installerRowsOf(code: number): readonly CodeRow[] {
  if (code >>> 16 !== 0x8007) return [];
  const rows = codeIndex().byCode.get(code & 0xffff) ?? [];
  return rows
    .filter((row) => row.family === 'windows-installer')
    .map((row) => ({ ...row, code: `0x${code.toString(16)}` }));
}

function entriesOf(rows: readonly CodeRow[], families: readonly CodeFamily[]): readonly CodeEntry[] {
  return rows
    .filter((row) => families.includes(row.family))
    .sort((a, b) => families.indexOf(a.family) - families.indexOf(b.family))
    .map(entryOf);
}

function entryOf(row: CodeRow): CodeEntry {
  return {
    code: Number(row.code),
    family: row.family,
    symbol: row.symbol,
    source: sourceNames[row.source] ?? row.source,
    en: textOf(row, 'en'),
    ja: textOf(row, 'ja'),
  };
}

function textOf(row: CodeRow, locale: 'en' | 'ja'): CodeText {
  const meaning =
    row.listedAs === undefined
      ? row[locale]
      : fill(phrases.listedAs[locale], { meaning: row[locale], symbol: row.listedAs });
  return { meaning, advice: adviceTexts[row.advice]?.[locale] ?? '' };
}

/** A vendor's range of numbers of which only the range is known. */
function rangeRowsOf(code: number): readonly CodeRow[] {
  return ranges
    .filter((range) => code >= range.from && code <= range.to)
    .map((range) => ({
      ...range,
      code,
      en: fill(range.en, { code: String(code) }),
      ja: fill(range.ja, { code: String(code) }),
    }));
}

function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/gu, (whole, name: string) => values[name] ?? whole);
}
