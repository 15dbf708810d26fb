import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyse } from '../../parsers/analyse.ts';
import { findKb } from '../../parsers/domain/names.ts';
import type { Analysis } from '../../parsers/report/analysis.ts';

const samples = new URL('../../resources/samples/', import.meta.url);

interface Expected {
  readonly rule: string;
  readonly device: string | null;
  readonly patch: string | null;
  readonly severity: string;
}

/** Written by hand from the catalogue, beside the data; not computed by the engine. */
const expected = JSON.parse(readFileSync(new URL('sakura-2024-05.expected.json', samples), 'utf8')) as {
  readonly findings: readonly Expected[];
  readonly arguable: readonly Expected[];
  readonly silent: readonly {
    readonly device: string;
    readonly patch: string;
    readonly rules: readonly string[] | null;
  }[];
};

/** A patch is the same patch by its KB, or by its name where it has none. */
function patchOf(patch: string | null): string {
  return patch === null ? '' : (findKb(patch) ?? patch);
}

function lineOf({ rule, device, patch, severity }: Expected): string {
  return [severity, rule, device ?? '', patchOf(patch)].join(' | ');
}

describe('the sample bundle', () => {
  const folder = mkdtempSync(join(tmpdir(), 'patchtrail-rules-'));
  let analysis: Analysis;

  beforeAll(async () => {
    const path = fileURLToPath(new URL('sakura-2024-05.zip', samples));
    const { reading, concluded } = await analyse(path, { spoolFolder: folder, spoolName: 'sample' });
    reading.store.close();
    analysis = concluded.analysis;
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('gives every finding that it was made for', () => {
    const lines = new Set(analysis.findings.map(lineOf));
    expect(expected.findings.map(lineOf).filter((line) => !lines.has(line))).toEqual([]);
  });

  it('gives no other contradiction and no other fault', () => {
    const known = new Set([...expected.findings, ...expected.arguable].map(lineOf));
    const claims = analysis.findings.filter(({ kind }) => kind === 'contradiction' || kind === 'fault');
    expect(claims.map(lineOf).filter((line) => !known.has(line))).toEqual([]);
  });

  it('is silent on the look-alikes', () => {
    const loud = expected.silent.flatMap(({ device, patch, rules }) =>
      analysis.findings.filter(
        (finding) =>
          finding.device === device &&
          patchOf(finding.patch) === patchOf(patch) &&
          (rules === null
            ? finding.kind === 'contradiction' || finding.kind === 'fault'
            : rules.includes(finding.rule)),
      ),
    );
    expect(loud.map(lineOf)).toEqual([]);
  });
});
