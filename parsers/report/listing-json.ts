import { momentToJson } from '../domain/moment.ts';
import type { Moment } from '../domain/moment.ts';
import type { Member } from '../domain/evidence.ts';
import type { FindingKind, Severity } from '../domain/finding.ts';
import type { BundleIdentity } from './analysis.ts';
import { bundleToJson, memberToJson } from './evidence-json.ts';
import { jsonText, writeJsonObject } from './json-stream.ts';
import type { WriteChunk } from './json-stream.ts';

/** The documents of `members --json`, `lines --json` and `rules --json` (resources/schema/). */
export const membersSchema = 'patchtrail.members/1';
export const linesSchema = 'patchtrail.lines/1';
export const rulesSchema = 'patchtrail.rules/1';

export interface ToolIdentity {
  readonly version: string;
  readonly rules: string;
}

function toolPart(tool: ToolIdentity): { readonly key: string; readonly value: object } {
  return { key: 'tool', value: { name: 'patchtrail', version: tool.version, rules: tool.rules } };
}

/** The members of a bundle, with what reading them told besides the analysis' own columns. */
export function writeMembersJson(
  bundle: BundleIdentity,
  members: Iterable<Member>,
  tool: ToolIdentity,
  write: WriteChunk,
): void {
  writeJsonObject(
    [
      { key: 'schema', value: membersSchema },
      toolPart(tool),
      { key: 'bundle', value: bundleToJson(bundle) },
      { key: 'members', rows: memberRows(members) },
    ],
    write,
  );
}

function* memberRows(members: Iterable<Member>): Generator<object> {
  for (const member of members) {
    yield {
      ...memberToJson(member),
      timeRule: member.timeRule,
      modified: member.modified === null ? null : momentToJson(member.modified),
      device: member.device === null ? null : { name: member.device.name, reason: member.device.reason },
    };
  }
}

/** A line of the merged timeline. */
export interface TimelineLine {
  readonly at: Moment | null;
  readonly member: string;
  /** 1-based. */
  readonly line: number;
  readonly text: string;
}

/** The lines that were asked for, in the order of the merged timeline. Any number of them. */
export function linesJson(
  bundle: BundleIdentity,
  lines: Iterable<TimelineLine>,
  tool: ToolIdentity,
): Generator<string> {
  return jsonText([
    { key: 'schema', value: linesSchema },
    toolPart(tool),
    { key: 'bundle', value: bundleToJson(bundle) },
    { key: 'lines', rows: lineRows(lines) },
  ]);
}

function* lineRows(lines: Iterable<TimelineLine>): Generator<object> {
  for (const { at, member, line, text } of lines) {
    yield { time: at === null ? null : momentToJson(at), member, line, text };
  }
}

/** What the catalogue says of a rule. A rule of `define-rule.ts` is one. */
export interface CatalogueRule {
  readonly id: string;
  readonly kind: FindingKind;
  readonly severity: Severity;
  readonly system: string | null;
  readonly looksAt: string;
  readonly needs: readonly string[];
  readonly assumes?: Readonly<Record<string, number>>;
  readonly source: string;
}

/** The catalogue in this build, in its own order. */
export function writeRulesJson(rules: Iterable<CatalogueRule>, tool: ToolIdentity, write: WriteChunk): void {
  writeJsonObject(
    [{ key: 'schema', value: rulesSchema }, toolPart(tool), { key: 'rules', rows: ruleRows(rules) }],
    write,
  );
}

function* ruleRows(rules: Iterable<CatalogueRule>): Generator<object> {
  for (const rule of rules) {
    yield {
      id: rule.id,
      kind: rule.kind,
      severity: rule.severity,
      system: rule.system,
      looksAt: rule.looksAt,
      needs: [...rule.needs],
      assumes: { ...rule.assumes },
      source: rule.source,
    };
  }
}
