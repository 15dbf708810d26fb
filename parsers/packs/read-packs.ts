/**
 * Reads code dictionaries and rule packs: data from a site, checked strictly. A pack with an error is left out as a
 * whole, so that nobody works by half of it; the others are taken.
 */
import { createHash } from 'node:crypto';
import { allFamilies } from '../codes/code-entry.ts';
import type { CodeFamily } from '../codes/code-entry.ts';
import { codeRows } from '../codes/decode-code.ts';
import type { DictionaryRow } from '../codes/decode-code.ts';
import { parseCode } from '../domain/numbers.ts';
import { packLimits } from '../domain/pack.ts';
import type { PackFile, PackInForce, PackProblem, PackProblemCode, RuleOff } from '../domain/pack.ts';
import type { Assumptions } from '../rules/assumptions.ts';
import { rules } from '../rules/registry.ts';
import type { AnyRule } from '../rules/registry.ts';

/** What the packs of one reading come to. */
export interface Packs {
  readonly inForce: readonly PackInForce[];
  readonly problems: readonly PackProblem[];
  readonly dictionary: readonly DictionaryRow[];
  readonly assumptions: Assumptions;
  /** The catalogue without what is switched off. */
  readonly rules: readonly AnyRule[];
}

export const noPacks: Packs = {
  inForce: [],
  problems: [],
  dictionary: [],
  assumptions: new Map(),
  rules,
};

/** In the order of the files: what an earlier one says stays. */
export function readPacks(files: readonly PackFile[]): Packs {
  if (files.length === 0) return noPacks;
  const collected = new Collected();
  const counts = { codes: 0, rules: 0 };
  for (const file of files) {
    counts[file.kind] += 1;
    if (counts[file.kind] > packLimits.files) {
      if (counts[file.kind] === packLimits.files + 1)
        collected.refuse(file, new Flaw('too-many', null, null));
      continue;
    }
    try {
      if (file.kind === 'codes') collected.addDictionary(file);
      else collected.addRulePack(file);
    } catch (error) {
      if (!(error instanceof Flaw)) throw error;
      collected.refuse(file, error);
    }
  }
  return collected.packs();
}

class Flaw extends Error {
  readonly code: PackProblemCode;
  readonly at: string | null;
  readonly value: string | null;

  constructor(code: PackProblemCode, at: string | null, value: unknown) {
    super(code);
    this.code = code;
    this.at = at;
    this.value = shortened(value);
  }
}

class Collected {
  readonly #inForce: PackInForce[] = [];
  readonly #problems: PackProblem[] = [];
  readonly #dictionary: DictionaryRow[] = [];
  readonly #explained = new Set(codeRows.map((row) => codeKey(row.family, Number(row.code))));
  readonly #assumptions = new Map<string, ReadonlyMap<string, number>>();
  readonly #off = new Set<string>();

  refuse({ kind, file }: PackFile, { code, at, value }: Flaw): void {
    this.#problems.push({ kind, file, code, at, value, isWarning: false });
  }

  addDictionary(file: PackFile): void {
    const { document, sha256 } = parsed(file);
    schemaOf(record(document, ''), 'patchtrail.codes/1');
    const pack = fields(document, '', ['schema', 'source', 'codes']);
    const source = fields(pack['source'], 'source', ['id', 'title']);
    text(source['id'], 'source.id', packLimits.name);
    const title = text(source['title'], 'source.title', packLimits.name);
    const rows = list(pack['codes'], 'codes', packLimits.codes).map((row, index) =>
      dictionaryRow(row, `codes[${index}]`, title),
    );
    rows.forEach((row, index) => {
      const key = codeKey(row.family, row.code);
      if (this.#explained.has(key)) {
        this.#problems.push({
          kind: 'codes',
          file: file.file,
          code: 'duplicate-code',
          at: `codes[${index}].code`,
          value: `${row.family} ${row.code}`,
          isWarning: true,
        });
        return;
      }
      this.#explained.add(key);
      this.#dictionary.push(row);
    });
    this.#inForce.push({ kind: 'codes', name: title, sha256, assume: [], off: [] });
  }

  addRulePack(file: PackFile): void {
    const { document, sha256 } = parsed(file);
    schemaOf(record(document, ''), 'patchtrail.rules/1');
    const pack = fields(document, '', ['schema', 'name'], ['assume', 'off']);
    const name = text(pack['name'], 'name', packLimits.name);
    const assume = assumedValues(pack['assume'] ?? {});
    const off = rulesOff(pack['off'] ?? []);
    for (const { rule, parameter, value } of assume) {
      if (this.#assumptions.get(rule)?.has(parameter) === true)
        throw new Flaw('pack-conflict', `assume["${rule}"].${parameter}`, value);
    }
    off.forEach(({ rule }, index) => {
      if (this.#off.has(rule) || off.findIndex((other) => other.rule === rule) !== index)
        throw new Flaw('pack-conflict', `off[${index}].rule`, rule);
    });
    // Together with what earlier packs say, so that two halves do not cross.
    const together = new Map([...this.#assumptions].map(([rule, values]) => [rule, new Map(values)]));
    for (const { rule, parameter, value } of assume) {
      const values = together.get(rule) ?? new Map<string, number>();
      together.set(rule, values.set(parameter, value));
    }
    for (const rule of new Set(assume.map((one) => one.rule))) checkOrder(rule, together.get(rule));
    for (const [rule, values] of together) this.#assumptions.set(rule, values);
    for (const { rule } of off) this.#off.add(rule);
    this.#inForce.push({ kind: 'rules', name, sha256, assume, off });
  }

  packs(): Packs {
    return {
      inForce: this.#inForce,
      problems: this.#problems,
      dictionary: this.#dictionary,
      assumptions: this.#assumptions,
      rules: this.#off.size === 0 ? rules : rules.filter(({ id }) => !this.#off.has(id)),
    };
  }
}

function codeKey(family: CodeFamily, code: number): string {
  return `${family} ${code}`;
}

function parsed({ kind, content, trouble }: PackFile): {
  readonly document: unknown;
  readonly sha256: string;
} {
  if (content === null) throw new Flaw(trouble ?? 'unreadable', null, null);
  if (content.length > packLimits.bytes[kind]) throw new Flaw('too-large', null, null);
  const sha256 = createHash('sha256').update(content).digest('hex');
  try {
    const read = new TextDecoder('utf-8', { fatal: true }).decode(content);
    return { document: JSON.parse(read), sha256 };
  } catch (error) {
    throw new Flaw('not-json', null, error instanceof Error ? error.message : null);
  }
}

/** An object with these fields and no others: a mistyped name is told, not passed over. */
function fields(
  value: unknown,
  at: string,
  needed: readonly string[],
  optional: readonly string[] = [],
): Readonly<Record<string, unknown>> {
  const object = record(value, at);
  const inside = (name: string): string => (at === '' ? name : `${at}.${name}`);
  for (const name of needed) {
    if (!Object.hasOwn(object, name)) throw new Flaw('bad-field', inside(name), null);
  }
  for (const name of Object.keys(object)) {
    if (!needed.includes(name) && !optional.includes(name)) throw new Flaw('bad-field', inside(name), name);
  }
  return object;
}

function record(value: unknown, at: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Flaw('bad-field', at === '' ? null : at, value);
  return value as Readonly<Record<string, unknown>>;
}

function schemaOf(pack: Readonly<Record<string, unknown>>, schema: string): void {
  if (pack['schema'] !== schema) throw new Flaw('other-schema', 'schema', pack['schema']);
}

function list(value: unknown, at: string, most: number): readonly unknown[] {
  if (!Array.isArray(value)) throw new Flaw('bad-field', at, value);
  if (value.length > most) throw new Flaw('too-large', at, value.length);
  return value as readonly unknown[];
}

/** Without control characters: what a pack says is shown and printed as it stands. */
function text(value: unknown, at: string, most: number): string {
  if (
    typeof value !== 'string' ||
    value.trim() === '' ||
    /[\p{Cc}\p{Cs}\u202A-\u202E\u2066-\u2069]/u.test(value)
  )
    throw new Flaw('bad-field', at, value);
  if (value.length > most) throw new Flaw('too-large', at, value.length);
  return value.trim();
}

function dictionaryRow(value: unknown, at: string, source: string): DictionaryRow {
  const row = fields(value, at, ['code', 'family', 'symbol', 'en'], ['ja', 'advice']);
  const advice = row['advice'] === undefined ? null : fields(row['advice'], `${at}.advice`, ['en'], ['ja']);
  const meaning = { en: text(row['en'], `${at}.en`, packLimits.text), ja: '' };
  meaning.ja = row['ja'] === undefined ? meaning.en : text(row['ja'], `${at}.ja`, packLimits.text);
  const toDo = { en: '', ja: '' };
  if (advice !== null) {
    toDo.en = text(advice['en'], `${at}.advice.en`, packLimits.text);
    toDo.ja = advice['ja'] === undefined ? toDo.en : text(advice['ja'], `${at}.advice.ja`, packLimits.text);
  }
  return {
    code: codeOf(row['code'], `${at}.code`),
    family: familyOf(row['family'], `${at}.family`),
    symbol: row['symbol'] === null ? null : text(row['symbol'], `${at}.symbol`, packLimits.name),
    source,
    en: { meaning: meaning.en, advice: toDo.en },
    ja: { meaning: meaning.ja, advice: toDo.ja },
  };
}

/** Unsigned, 32 bits. */
function codeOf(value: unknown, at: string): number {
  const isWritten = typeof value === 'string' && /^0x[0-9a-f]{1,8}$/iu.test(value);
  const isNumber = typeof value === 'number' && Number.isInteger(value);
  if (isNumber && value >= -(2 ** 31) && value < 2 ** 32) return value >>> 0;
  const code = isWritten ? parseCode(value) : null;
  if (code === null) throw new Flaw('bad-code', at, value);
  return code >>> 0;
}

function familyOf(value: unknown, at: string): CodeFamily {
  const family = allFamilies.find((one) => one === value);
  if (family === undefined) throw new Flaw('unknown-family', at, value);
  return family;
}

function ruleOf(id: string, at: string): AnyRule {
  const rule = rules.find((one) => one.id === id);
  if (rule === undefined) throw new Flaw('unknown-rule', at, id);
  return rule;
}

/** Minutes of a year: no window of a patch run is longer. */
const mostMinutes = 366 * 24 * 60;
const mostCount = 1_000;

function assumedValues(value: unknown): PackInForce['assume'] {
  const byRule = record(value, 'assume');
  const ids = Object.keys(byRule);
  if (ids.length > packLimits.rules) throw new Flaw('too-large', 'assume', ids.length);
  return ids.flatMap((id) => {
    const at = `assume["${shortened(id) ?? ''}"]`;
    const rule = ruleOf(id, at);
    return Object.entries(record(byRule[id], at)).map(([parameter, changed]) => {
      const place = `${at}.${shortened(parameter) ?? ''}`;
      if (rule.assumes === undefined || !Object.hasOwn(rule.assumes, parameter))
        throw new Flaw('unknown-parameter', place, parameter);
      return { rule: id, parameter, value: sane(changed, parameter, place) };
    });
  });
}

/** Counts of attempts and logs are whole and at least 1; everything else is a span in minutes. */
function sane(value: unknown, parameter: string, at: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new Flaw('out-of-range', at, value);
  const isCount = parameter === 'maximum' || parameter === 'keptLogs';
  const isSane = isCount
    ? Number.isInteger(value) && value >= 1 && value <= mostCount
    : value >= 0 && value <= mostMinutes;
  if (!isSane) throw new Flaw('out-of-range', at, value);
  return value;
}

function checkOrder(rule: string, changed: ReadonlyMap<string, number> | undefined): void {
  const standard = rules.find(({ id }) => id === rule)?.assumes ?? {};
  const from = changed?.get('fromMinutes') ?? standard['fromMinutes'];
  const to = changed?.get('toMinutes') ?? standard['toMinutes'];
  if (from !== undefined && to !== undefined && from > to)
    throw new Flaw('crossed-range', `assume["${rule}"]`, `${from} > ${to}`);
}

function rulesOff(value: unknown): readonly RuleOff[] {
  return list(value, 'off', packLimits.rules).map((entry, index) => {
    const at = `off[${index}]`;
    const row = fields(entry, at, ['rule', 'reason']);
    const rule = text(row['rule'], `${at}.rule`, packLimits.name);
    ruleOf(rule, `${at}.rule`);
    return { rule, reason: text(row['reason'], `${at}.reason`, packLimits.text) };
  });
}

/** As a message may show it: on one line, not long. */
function shortened(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  const written = typeof value === 'string' ? value : JSON.stringify(value);
  const line = written.replace(/[\p{Cc}\p{Cs}\u202A-\u202E\u2066-\u2069]+/gu, ' ');
  return line.length > 80 ? `${line.slice(0, 80)}…` : line;
}
