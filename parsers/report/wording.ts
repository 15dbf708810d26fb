import { IntlMessageFormat } from 'intl-messageformat';
import type { FormatId, SystemId } from '../domain/evidence.ts';
import type {
  Finding,
  FindingKind,
  Parameters,
  ParameterValue,
  Severity,
  Witness,
} from '../domain/finding.ts';
import type { At } from '../domain/moment.ts';
import { formatCode } from '../domain/numbers.ts';
import { familiesOfSystem } from '../codes/code-entry.ts';
import { decodeCode } from '../codes/decode-code.ts';
import { atText } from '../rules/parameters.ts';
import enAzure from '../../resources/locales/en/azure.json' with { type: 'json' };
import enCommonRules from '../../resources/locales/en/common-rules.json' with { type: 'json' };
import enCoverage from '../../resources/locales/en/coverage.json' with { type: 'json' };
import enAws from '../../resources/locales/en/aws-ssm.json' with { type: 'json' };
import enDeepSecurity from '../../resources/locales/en/deep-security.json' with { type: 'json' };
import enCrossSystem from '../../resources/locales/en/cross-system.json' with { type: 'json' };
import enNap from '../../resources/locales/en/nap.json' with { type: 'json' };
import enWindowsUpdate from '../../resources/locales/en/windows-update.json' with { type: 'json' };
import enKace from '../../resources/locales/en/kace.json' with { type: 'json' };
import jaAzure from '../../resources/locales/ja/azure.json' with { type: 'json' };
import jaCommonRules from '../../resources/locales/ja/common-rules.json' with { type: 'json' };
import jaCoverage from '../../resources/locales/ja/coverage.json' with { type: 'json' };
import jaAws from '../../resources/locales/ja/aws-ssm.json' with { type: 'json' };
import jaDeepSecurity from '../../resources/locales/ja/deep-security.json' with { type: 'json' };
import jaCrossSystem from '../../resources/locales/ja/cross-system.json' with { type: 'json' };
import jaNap from '../../resources/locales/ja/nap.json' with { type: 'json' };
import jaWindowsUpdate from '../../resources/locales/ja/windows-update.json' with { type: 'json' };
import jaKace from '../../resources/locales/ja/kace.json' with { type: 'json' };

export type Locale = 'en' | 'ja';

/** What a file of `resources/locales/<locale>/` may hold; the files of a locale are merged. */
interface WordingFile {
  readonly rules?: Readonly<Record<string, RuleMessages>>;
  readonly witness?: Readonly<Record<string, string>>;
  readonly missing?: Readonly<Record<string, string>>;
  readonly evidenceList?: Readonly<Record<string, EvidenceItemMessages>>;
}

interface RuleMessages {
  /** What the rule is called where no single finding is meant; left out where the title holds no values. */
  readonly name?: string;
  readonly title: string;
  readonly explanation: string;
  readonly advice: string;
}

interface EvidenceItemMessages {
  readonly name: string;
  readonly request: string;
}

/** Every wording file of each locale. A new system adds one import and one entry per locale. */
const files: Readonly<Record<Locale, readonly WordingFile[]>> = {
  en: [
    enCommonRules,
    enCoverage,
    enKace,
    enWindowsUpdate,
    enAzure,
    enAws,
    enDeepSecurity,
    enNap,
    enCrossSystem,
  ],
  ja: [
    jaCommonRules,
    jaCoverage,
    jaKace,
    jaWindowsUpdate,
    jaAzure,
    jaAws,
    jaDeepSecurity,
    jaNap,
    jaCrossSystem,
  ],
};

const common = { en: enCommonRules, ja: jaCommonRules } as const;
const requests = { en: enCoverage.request, ja: jaCoverage.request } as const;

/** A finding in words. */
export interface FindingText {
  readonly title: string;
  readonly explanation: string;
  readonly advice: string;
}

/**
 * The words for everything that rules say, in one language.
 *
 * Rules hand over neutral values; the locales hold ICU messages. In a message a plain `{name}` is the
 * value in words, and `select` and `plural` branch on the value itself (`none` for null, `true` and
 * `false`, the number of a list's entries; `-` of a canonical word written as `_`). What a value is
 * follows from its name:
 *
 * | name | in words |
 * |---|---|
 * | listed under `words` (also as an ending: `patchPageDetectionStatus`) | the canonical word translated |
 * | `…At` | the time as it stands, `never` and null translated |
 * | `…Minutes` | a duration |
 * | `exitCode`, `…ExitCode` | the code; `…Meaning` and `…Advice` from the code tables beside it |
 * | `item` | the name of an evidence item; `itemRequest` how to collect it |
 * | `x` that `assumed` lists | as above; `xAssumed` is true |
 */
export interface Wording {
  readonly locale: Locale;
  finding(finding: Finding): FindingText;
  /** What a rule is called where no single finding is meant. */
  ruleName(rule: string): string;
  witness(witness: Witness): string;
  /** What a "cannot tell" lacked. */
  missing(key: string, parameters?: Parameters): string;
  /** A canonical word, or the word itself where the vocabulary does not know it. */
  word(vocabulary: Vocabulary, word: string): string;
  kind(kind: FindingKind): string;
  severity(severity: Severity): string;
  system(system: SystemId): string;
  /** An item of an evidence list: its name, and the sentence that asks for it. */
  evidenceItem(item: FormatId): { readonly name: string; readonly request: string };
  /** A text that asks a customer for the items, ready to send. */
  request(items: readonly FormatId[]): string;
  /** A time as its source wrote it, to the digits it has; no zone is applied. */
  time(at: At): string;
  /** `18 minutes`, `2 days 3 hours`: two units at most. */
  duration(minutes: number): string;
}

export type Vocabulary = keyof typeof enCommonRules.words;

/** The wording of a locale. It keeps its parsed messages: make one and hold it. */
export function createWording(locale: Locale): Wording {
  return new LocaleWording(locale);
}

function merge<T>(
  locale: Locale,
  part: (file: WordingFile) => Readonly<Record<string, T>> | undefined,
): Readonly<Record<string, T>> {
  return Object.fromEntries(files[locale].flatMap((file) => Object.entries(part(file) ?? {})));
}

class LocaleWording implements Wording {
  readonly locale: Locale;
  readonly #rules: Readonly<Record<string, RuleMessages>>;
  readonly #witness: Readonly<Record<string, string>>;
  readonly #missing: Readonly<Record<string, string>>;
  readonly #evidenceList: Readonly<Record<string, EvidenceItemMessages>>;
  readonly #words: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly #absent: Readonly<Record<string, string>>;
  readonly #numbers: Intl.NumberFormat;
  readonly #compiled = new Map<string, CompiledMessage>();

  constructor(locale: Locale) {
    this.locale = locale;
    this.#rules = merge(locale, (file) => file.rules);
    this.#witness = merge(locale, (file) => file.witness);
    this.#missing = merge(locale, (file) => file.missing);
    this.#evidenceList = merge(locale, (file) => file.evidenceList);
    this.#words = common[locale].words;
    this.#absent = common[locale].absent;
    this.#numbers = new Intl.NumberFormat(locale);
  }

  finding(finding: Finding): FindingText {
    const messages = this.#rules[finding.rule];
    if (messages === undefined) return { title: finding.rule, explanation: '', advice: '' };
    const parameters = { ...finding.parameters, device: finding.device, patch: finding.patch };
    return {
      title: this.#format(messages.title, parameters, finding.system),
      explanation: this.#format(messages.explanation, parameters, finding.system),
      advice: this.#format(messages.advice, parameters, finding.system),
    };
  }

  ruleName(rule: string): string {
    const messages = this.#rules[rule];
    return messages?.name ?? messages?.title ?? rule;
  }

  witness(witness: Witness): string {
    const message = this.#witness[witness.says];
    return message === undefined ? witness.says : this.#format(message, witness.parameters, null);
  }

  missing(key: string, parameters: Parameters = {}): string {
    const message = this.#missing[key];
    return message === undefined ? key : this.#format(message, parameters, null);
  }

  word(vocabulary: Vocabulary, word: string): string {
    return this.#words[vocabulary]?.[word] ?? word;
  }

  kind(kind: FindingKind): string {
    return this.word('kind', kind);
  }

  severity(severity: Severity): string {
    return this.word('severity', severity);
  }

  system(system: SystemId): string {
    return this.word('system', system);
  }

  evidenceItem(item: FormatId): { readonly name: string; readonly request: string } {
    return this.#evidenceList[item] ?? { name: item, request: item };
  }

  request(items: readonly FormatId[]): string {
    const { intro, item: line } = requests[this.locale];
    const lines = items.map((item, index) =>
      this.#format(line, { number: index + 1, request: this.evidenceItem(item).request }, null),
    );
    return [intro, ...lines].join('\n');
  }

  time(at: At): string {
    return this.#text('At', atText(at));
  }

  duration(minutes: number): string {
    const units = common[this.locale].duration;
    if (minutes < 1) return this.#format(units.seconds, { n: Math.round(minutes * 60) }, null);
    const whole = Math.floor(minutes);
    const [days, hours, rest] = [Math.floor(whole / 1_440), Math.floor((whole % 1_440) / 60), whole % 60];
    const parts =
      days > 0
        ? [
            { unit: units.days, n: days },
            { unit: units.hours, n: hours },
          ]
        : [
            { unit: units.hours, n: hours },
            { unit: units.minutes, n: rest },
          ];
    return parts
      .filter(({ n }) => n > 0)
      .map(({ unit, n }) => this.#format(unit, { n }, null))
      .join(units.separator);
  }

  #format(message: string, parameters: Parameters, system: SystemId | null): string {
    let compiled = this.#compiled.get(message);
    if (compiled === undefined) {
      compiled = compileMessage(message, this.locale);
      this.#compiled.set(message, compiled);
    }
    const all = this.#withDerived(parameters, system);
    const values: Record<string, string | number> = {};
    for (const name of compiled.branches) values[name] = branchValue(name, all);
    for (const name of compiled.texts) values[textKey(name)] = this.#text(name, all[name] ?? null);
    return String(compiled.format.format(values));
  }

  /** Values that follow from others: what a code means, how an item is collected, what was assumed. */
  #withDerived(parameters: Parameters, system: SystemId | null): Parameters {
    const derived: Record<string, ParameterValue> = { ...parameters };
    for (const [name, value] of Object.entries(parameters)) {
      if (typeof value === 'number' && isCodeName(name)) {
        const entry = decodeCode(value, system === null ? {} : { families: familiesOfSystem[system] });
        derived[`${name}Meaning`] = entry?.[this.locale].meaning ?? null;
        derived[`${name}Advice`] = entry?.[this.locale].advice || null;
      }
    }
    const { item, assumed } = parameters;
    if (typeof item === 'string') derived['itemRequest'] = this.evidenceItem(item as FormatId).request;
    if (Array.isArray(assumed))
      for (const name of assumed as readonly string[]) derived[`${name}Assumed`] = true;
    return derived;
  }

  #text(name: string, value: ParameterValue): string {
    if (value === null) return this.#absentText(name);
    if (typeof value === 'boolean') return String(value);
    if (typeof value === 'number') {
      if (isCodeName(name)) return formatCode(value);
      return name.endsWith('Minutes') ? this.duration(value) : this.#numbers.format(value);
    }
    if (typeof value !== 'string') {
      return value.length === 0
        ? (this.#absent['list'] ?? '')
        : value.join(common[this.locale].listSeparator);
    }
    if (name.endsWith('At') && value === 'never') return common[this.locale].never;
    if (name === 'item') return this.evidenceItem(value as FormatId).name;
    const vocabulary = vocabularyOf(name);
    return vocabulary === undefined ? value : this.word(vocabulary, value);
  }

  #absentText(name: string): string {
    const kind = name.endsWith('At') ? 'time' : name.endsWith('Minutes') ? 'duration' : name;
    return this.#absent[kind] ?? this.#absent['other'] ?? '';
  }
}

const vocabularies = Object.keys(enCommonRules.words) as readonly Vocabulary[];

function vocabularyOf(name: string): Vocabulary | undefined {
  return vocabularies.find(
    (vocabulary) =>
      name === vocabulary || name.endsWith(`${vocabulary.charAt(0).toUpperCase()}${vocabulary.slice(1)}`),
  );
}

function isCodeName(name: string): boolean {
  return name === 'exitCode' || name.endsWith('ExitCode');
}

/** The value that `select` and `plural` branch on. */
function branchValue(name: string, parameters: Parameters): string | number {
  const value = parameters[name];
  if (value === undefined) return name.endsWith('Assumed') ? 'false' : 'none';
  if (value === null) return 'none';
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return String(value);
  return typeof value === 'string' ? value.replaceAll('-', '_') : value.length;
}

/** A name that ICU cannot spell, so that the two forms of one value never meet. */
function textKey(name: string): string {
  return `text of ${name}`;
}

interface CompiledMessage {
  readonly format: IntlMessageFormat;
  /** Names that the message branches on. */
  readonly branches: readonly string[];
  /** Names that the message shows. */
  readonly texts: readonly string[];
}

/** The part of the library's syntax tree that matters here. */
interface MessageElement {
  /** 0 literal, 1 plain argument, 2 number, 3 date, 4 time, 5 select, 6 plural, 7 `#`, 8 tag. */
  readonly type: number;
  readonly value?: string;
  readonly options?: Readonly<Record<string, { readonly value: readonly MessageElement[] }>>;
}

const plainArgument = 1;

/** Parses a message once and gives its plain arguments their own names. The library interprets; it evaluates nothing. */
function compileMessage(message: string, locale: Locale): CompiledMessage {
  const tree = parse(message, locale);
  const branches = new Set<string>();
  const texts = new Set<string>();
  const rename = (elements: readonly MessageElement[]): MessageElement[] =>
    elements.map((element) => {
      if (element.type === plainArgument && element.value !== undefined) {
        texts.add(element.value);
        return { ...element, value: textKey(element.value) };
      }
      if (element.options === undefined) return element;
      if (element.value !== undefined) branches.add(element.value);
      const options = Object.entries(element.options).map(
        ([key, option]) => [key, { ...option, value: rename(option.value) }] as const,
      );
      return { ...element, options: Object.fromEntries(options) };
    });
  const renamed = rename(tree) as unknown as ReturnType<IntlMessageFormat['getAst']>;
  return { format: new IntlMessageFormat(renamed, locale), branches: [...branches], texts: [...texts] };
}

function parse(message: string, locale: Locale): readonly MessageElement[] {
  return new IntlMessageFormat(message, locale, undefined, { ignoreTag: true }).getAst();
}

/** The names that a message uses, sorted: two translations of one message use the same ones. */
export function namesIn(message: string, locale: Locale): readonly string[] {
  const { branches, texts } = compileMessage(message, locale);
  return [...new Set([...branches, ...texts])].sort();
}

/** Every message of a locale by its path (`rules.kace/x.title`), for checks over all of them. */
export function messagesOf(locale: Locale): ReadonlyMap<string, string> {
  const messages = new Map<string, string>();
  const walk = (value: unknown, path: string): void => {
    if (typeof value === 'string') messages.set(path, value);
    else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) walk(inner, path === '' ? key : `${path}.${key}`);
    }
  };
  for (const file of files[locale]) walk(file, '');
  return messages;
}
