import { throwIfCancelled } from '../domain/errors.ts';
import type { Citation } from '../domain/evidence.ts';
import { kindsAmong, redactionKinds } from '../domain/redaction.ts';
import type { RedactionKind, RedactionSettings } from '../domain/redaction.ts';
import type { BundleLines } from '../evidence/lines.ts';
import { nextTurn } from '../evidence/steps.ts';
import type { Analysis } from '../report/analysis.ts';
import { isCommonWord } from './exempt.ts';
import { foldValue } from './folding.ts';
import { findByPattern } from './patterns.ts';
import type { PatternHit } from './patterns.ts';
import { Redactor, keyOf } from './redactor.ts';
import type { KnownValue } from './redactor.ts';
import { TokenTable } from './token-table.ts';
import { undoEscapes } from './unescape.ts';

/** Where a value stands: a member, and a line of it where there is one. */
export interface RedactionPlace {
  readonly member: string;
  readonly line: number | null;
}

/** What is to be looked through. */
export interface SurveyedBundle {
  readonly analysis: Analysis;
  readonly lines: BundleLines;
  /** Further texts that may leave: notes, labels, the case's name. */
  readonly notes?: readonly string[];
}

export interface SurveyOptions {
  readonly settings: RedactionSettings;
  /** Tokens that the case gave before. */
  readonly tokens?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** From 0 to 1. */
  readonly onProgress?: ((done: number) => void) | undefined;
}

/** A row of the preview. */
export interface RedactionRow {
  readonly kind: RedactionKind;
  readonly value: string;
  /** Null for what is only suspected and stays. */
  readonly token: string | null;
  readonly count: number;
  /** The first few places. */
  readonly places: readonly RedactionPlace[];
}

export interface RedactionPreview {
  readonly replaced: readonly RedactionRow[];
  readonly suspected: readonly RedactionRow[];
}

/** A redactor that knows a bundle, with what was only suspected in it. */
export interface Survey {
  readonly redactor: Redactor;
  readonly suspected: ReadonlyMap<string, RedactionRow>;
}

const pieceBytes = 1024 * 1024;
const shownPlaces = 3;

/**
 * Looks through everything that a bundle says for what must not leave it: the devices that its evidence names, and
 * what fields and shapes tell in its texts. Two passes find the same whatever order the members have.
 *
 * @throws CancelledError
 */
export async function surveyBundle(bundle: SurveyedBundle, options: SurveyOptions): Promise<Survey> {
  const { settings } = options;
  const discovery = new Discovery();
  for (const { name, aliases } of bundle.analysis.evidence.devices) {
    for (const one of [name, ...aliases]) discovery.device(one);
  }
  for await (const { text, place } of textsOf(bundle, options)) discovery.look(text, place);
  const redactor = new Redactor(
    discovery.known(),
    { ...settings, kinds: kindsAmong(settings.kinds) },
    new TokenTable(options.tokens),
    versionsOf(bundle.analysis),
  );
  return { redactor, suspected: discovery.suspected() };
}

/** Counts what would be replaced, value by value. */
export async function previewRedaction(
  { redactor, suspected }: Survey,
  bundle: SurveyedBundle,
  options: Pick<SurveyOptions, 'signal' | 'onProgress'>,
): Promise<RedactionPreview> {
  const rows = new Map<
    string,
    { kind: RedactionKind; value: string; token: string; count: number; places: RedactionPlace[] }
  >();
  for await (const { text, place } of textsOf(bundle, options)) {
    for (const { kind, key, value, start } of redactor.spans(text)) {
      const token = redactor.tokens.tokenOf(kind, key);
      let row = rows.get(token);
      if (row === undefined) rows.set(token, (row = { kind, value, token, count: 0, places: [] }));
      row.count += 1;
      if (row.places.length < shownPlaces) row.places.push(place(start));
    }
  }
  const byKind = (a: { kind: RedactionKind; count: number; value: string }, b: typeof a): number =>
    redactionKinds.indexOf(a.kind) - redactionKinds.indexOf(b.kind) ||
    b.count - a.count ||
    (a.value < b.value ? -1 : a.value > b.value ? 1 : 0);
  const replacedKeys = new Set([...rows.values()].map(({ kind, value }) => `${kind}:${keyOf(kind, value)}`));
  return {
    replaced: [...rows.values()].sort(byKind),
    suspected: [...suspected]
      // What other values take apart is gone as well: `pc-0042.corp.example` with its host and its domain.
      .filter(([key, { value }]) => !replacedKeys.has(key) && redactor.text(value) === value)
      .map(([, row]) => row)
      .sort(byKind),
  };
}

/** Texts such as `10.1.1.42` that stand in names of patches: versions of drivers, not addresses. */
function versionsOf({ evidence }: Analysis): ReadonlySet<string> {
  const versions = new Set<string>();
  for (const { patch } of evidence.records) {
    if (patch === null) continue;
    for (const [version] of patch.matchAll(/\d{1,3}(?:\.\d{1,3}){3}/gu)) versions.add(version);
  }
  return versions;
}

/** Gathers values from texts, in the order in which they come. */
class Discovery {
  readonly #known = new Map<
    string,
    { kind: RedactionKind; key: string; forms: string[]; spreads: boolean }
  >();
  readonly #suspected = new Map<
    string,
    { kind: RedactionKind; value: string; token: null; count: number; places: RedactionPlace[] }
  >();

  /** The name of a device as the evidence has it: an address and an instance are known by their shape. */
  device(name: string): void {
    const shaped: PatternHit[] = [];
    findByPattern(name, (hit) => {
      if (hit.start === 0 && hit.certain && hit.value.length === name.length) shaped.push(hit);
    });
    for (const hit of shaped) this.#add(hit);
    if (shaped.length > 0) return;
    const dot = name.indexOf('.');
    const first = dot > 0 ? name.slice(0, dot) : name;
    const spreads = first.length >= 3 && !isCommonWord(first.toLowerCase());
    const rest = { start: 0, end: 0, certain: true };
    this.#add({ ...rest, kind: 'host', value: first, spreads });
    if (dot > 0 && name.length > dot + 2) {
      this.#add({ ...rest, kind: 'domain', value: name.slice(dot + 1), spreads: true });
    }
  }

  look(text: string, place: (at: number) => RedactionPlace): void {
    findByPattern(text, (hit) => {
      this.#take(hit, place);
    });
    const plain = undoEscapes(text);
    if (plain === null) return;
    findByPattern(plain.text, (hit) => {
      if (hit.certain) this.#take(hit, () => place(plain.startOf(hit.start)));
    });
  }

  known(): readonly KnownValue[] {
    return [...this.#known.values()].sort(
      (a, b) => redactionKinds.indexOf(a.kind) - redactionKinds.indexOf(b.kind),
    );
  }

  suspected(): ReadonlyMap<string, RedactionRow> {
    return new Map([...this.#suspected].filter(([key]) => !this.#known.has(key)));
  }

  #take(hit: PatternHit, place: (at: number) => RedactionPlace): void {
    if (hit.certain) {
      this.#add(hit);
      return;
    }
    const key = `${hit.kind}:${keyOf(hit.kind, hit.value)}`;
    let row = this.#suspected.get(key);
    if (row === undefined) {
      // So many different ones say more about the pattern than about the bundle.
      if (this.#suspected.size >= 5_000) return;
      this.#suspected.set(
        key,
        (row = { kind: hit.kind, value: hit.value, token: null, count: 0, places: [] }),
      );
    }
    row.count += 1;
    if (row.places.length < shownPlaces) row.places.push(place(hit.start));
  }

  #add({ kind, value, spreads }: PatternHit): void {
    const key = keyOf(kind, value);
    if (key === '') return;
    const full = `${kind}:${key}`;
    const known = this.#known.get(full);
    if (known === undefined) {
      this.#known.set(full, { kind, key, forms: formsFor(kind, value, key), spreads });
      return;
    }
    known.spreads ||= spreads;
    if (known.forms.length >= 16) return;
    for (const form of formsFor(kind, value, key)) {
      if (!known.forms.includes(form)) known.forms.push(form);
    }
  }
}

function formsFor(kind: RedactionKind, value: string, key: string): string[] {
  if (kind !== 'mac') return [foldValue(value)];
  const pairs = key.match(/../gu) ?? [];
  return [pairs.join(':'), pairs.join('-'), key, (key.match(/.{4}/gu) ?? []).join('.')];
}

interface PlacedText {
  readonly text: string;
  readonly place: (at: number) => RedactionPlace;
}

/** Every text of a bundle: names of members, lines of texts, cells and values that were read from what is no text. */
async function* textsOf(
  bundle: SurveyedBundle,
  options: Pick<SurveyOptions, 'signal' | 'onProgress'>,
): AsyncGenerator<PlacedText, void, undefined> {
  const { analysis, lines, notes = [] } = bundle;
  const { evidence } = analysis;
  yield whole(analysis.bundle.name, { member: analysis.bundle.name, line: null });
  const withLines = new Set<string>();
  for (const { path } of evidence.members) yield whole(path, { member: path, line: null });
  let read = 0;
  const total = Math.max(1, lines.idCount);
  for (const member of lines.ranges()) {
    withLines.add(member.path);
    let line = 0;
    while (line < member.count) {
      const first = line;
      const from = member.index.start(first);
      while (line < member.count && member.index.end(line) - from < pieceBytes) line += 1;
      const end = line === first ? (line += 1) : line;
      const text = lines.store.read(from, member.index.end(end - 1) - from).toString('utf8');
      yield { text, place: placesIn(text, member.path, first) };
      read += end - first;
      options.onProgress?.(read / total);
      throwIfCancelled(options.signal);
      await nextTurn();
      throwIfCancelled(options.signal);
    }
  }
  // What was read from workbooks and other binaries is in no line.
  for (const record of evidence.records) {
    if (withLines.has(record.citation.member)) continue;
    yield cited(JSON.stringify([record.device, record.patch, record.citation.quote]), record.citation);
  }
  for (const fact of analysis.facts) {
    if (withLines.has(fact.citation.member)) continue;
    yield cited(JSON.stringify(fact.value), fact.citation);
  }
  for (const note of notes) yield whole(note, { member: '', line: null });
}

function whole(text: string, at: RedactionPlace): PlacedText {
  return { text, place: () => at };
}

function cited(text: string, { member, line }: Citation): PlacedText {
  return whole(text, { member, line });
}

function placesIn(text: string, member: string, firstLine: number): (at: number) => RedactionPlace {
  let breaks: number[] | null = null;
  return (at) => {
    if (breaks === null) {
      breaks = [];
      for (let next = text.indexOf('\n'); next !== -1; next = text.indexOf('\n', next + 1)) breaks.push(next);
    }
    let low = 0;
    let high = breaks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((breaks[middle] ?? 0) < at) low = middle + 1;
      else high = middle;
    }
    return { member, line: firstLine + low + 1 };
  };
}
