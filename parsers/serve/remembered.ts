/**
 * Answers that are kept when a bundle has been read, so that the next reading of the same bytes shows its triage and
 * its findings at once while it reads. They are as good as the hash that they are kept under: a reading that ends in
 * another one throws them away.
 */
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import * as v from 'valibot';
import { findingDetailSchema, findingRowSchema, overviewSchema } from '../../preload/contract/shapes.ts';
import type { Filter, FindingDetail, Locale } from '../../preload/contract/shapes.ts';
import { rulesVersion } from '../rules/registry.ts';
import { matchingRows } from '../evidence/search.ts';
import { toolVersion } from '../version.ts';

const inLocale = v.object({
  overview: overviewSchema,
  findings: v.array(findingDetailSchema),
  muted: v.array(v.object({ finding: findingRowSchema, mute: v.string() })),
});

const rememberedSchema = v.object({
  schema: v.literal('patchtrail.remembered/1'),
  /** Answers of other rules, or of another build's wording, are none. */
  tool: v.string(),
  rules: v.string(),
  sha256: v.string(),
  findingTotal: v.number(),
  mutedTotal: v.number(),
  answers: v.object({ en: inLocale, ja: inLocale }),
});
export type Remembered = v.InferOutput<typeof rememberedSchema>;

/** A file beyond this was not written by us, in bytes unpacked. */
const largest = 128 * 1024 * 1024;

const unpack = promisify(gunzip);

/** @returns null for a file that is not there, is damaged, or was written by another version */
export async function readRemembered(path: string): Promise<Remembered | null> {
  try {
    const text = (await unpack(await readFile(path), { maxOutputLength: largest })).toString('utf8');
    const parsed = v.safeParse(rememberedSchema, JSON.parse(text));
    if (!parsed.success) return null;
    const { tool, rules } = parsed.output;
    return tool === toolVersion && rules === rulesVersion ? parsed.output : null;
  } catch {
    return null;
  }
}

/**
 * The findings that a filter lets through, as far as their own rows tell.
 * @throws ExpectedError `bad-expression`, `expression-too-slow`; CancelledError
 */
export async function rememberedFindings(
  remembered: Remembered,
  locale: Locale,
  filter: Filter,
  signal?: AbortSignal,
): Promise<readonly FindingDetail[]> {
  const chosen = remembered.answers[locale].findings.filter((finding) => {
    if (filter.devices?.includes(finding.deviceKey) === false) return false;
    if (filter.systems !== undefined && (finding.system === null || !filter.systems.includes(finding.system)))
      return false;
    if (filter.rules?.includes(finding.rule) === false) return false;
    if (filter.severities?.includes(finding.severity) === false) return false;
    if (filter.kinds?.includes(finding.kind) === false) return false;
    return (
      filter.members === undefined ||
      finding.witnesses.some(({ citation }) => filter.members?.includes(citation.member))
    );
  });
  if (filter.text === undefined) return chosen;
  const cellsOf = ({ device, patch, rule, witnesses }: FindingDetail): readonly string[] => [
    device ?? '',
    patch ?? '',
    rule,
    ...witnesses.map(({ citation }) => citation.quote),
  ];
  return matchingRows(chosen, filter.text, cellsOf, signal);
}
