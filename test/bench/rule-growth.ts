/**
 * npx tsx test/bench/rule-growth.ts [FAMILY ...] [--from 2000] [--to 16000]
 *
 * How the cost of each rule grows with the rows that a bundle has of one patch on one device: the exponent
 * between two sizes, 1 for linear. Shows what takes more than a few milliseconds.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { conclude, openStore, readBundle } from '../../parsers/analyse.ts';
import type { AnyRule } from '../../parsers/rules/define-rule.ts';
import { rules } from '../../parsers/rules/registry.ts';
import { repeatedRows } from './repeated-rows.ts';
import type { RepeatedFiles } from './repeated-rows.ts';

const { values, positionals } = parseArgs({
  options: { from: { type: 'string', default: '4000' }, to: { type: 'string', default: '16000' } },
  allowPositionals: true,
});
const [from, to] = [Number(values.from), Number(values.to)];
const folder = mkdtempSync(join(tmpdir(), 'patchtrail-growth-'));
process.on('exit', () => {
  rmSync(folder, { recursive: true, force: true });
});

for (const [family, make] of Object.entries(repeatedRows)) {
  if (positionals.length > 0 && !positionals.includes(family)) continue;
  const [small, large] = [await costs(make(from)), await costs(make(to))];
  const lines = [...large.steps]
    .map(([name, milliseconds]) => {
      const before = small.steps.get(name) ?? 0;
      const exponent = Math.log(milliseconds / Math.max(before, 0.05)) / Math.log(to / from);
      return { name, milliseconds, exponent };
    })
    .filter(({ milliseconds }) => milliseconds > 20)
    .sort((a, b) => b.milliseconds - a.milliseconds);
  console.log(`${family}: ${large.findings} findings, ${large.told}`);
  for (const { name, milliseconds, exponent } of lines)
    console.log(`  ${name.padEnd(48)} ${milliseconds.toFixed(0).padStart(7)} ms  ${exponent.toFixed(2)}`);
}

async function costs(files: RepeatedFiles): Promise<{
  readonly steps: ReadonlyMap<string, number>;
  readonly findings: number;
  readonly told: string;
}> {
  const bundle = mkdtempSync(join(folder, 'b-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(bundle, path)), { recursive: true });
    writeFileSync(join(bundle, path), text);
  }
  const steps = new Map<string, number>();
  const add = (name: string, started: number): void => {
    steps.set(name, (steps.get(name) ?? 0) + performance.now() - started);
  };
  const timed = rules.map((rule) => ({
    ...rule,
    check: (subject: never, evidence: never) => {
      const started = performance.now();
      try {
        return rule.check(subject, evidence);
      } finally {
        add(rule.id, started);
      }
    },
  })) as unknown as readonly AnyRule[];
  const options = { spoolFolder: folder, spoolName: `spool-${steps.size}` };
  const store = openStore(options);
  let started = performance.now();
  const reading = await readBundle(bundle, store, options);
  add('(reading)', started);
  started = performance.now();
  const { analysis } = conclude(reading, reading.identity, null, [], {
    rules: timed,
    assumptions: new Map(),
    inForce: [],
  } as never);
  add('(concluding)', started);
  store.close();
  const { evidence } = analysis;
  const kinds = evidence.members.map(({ kind, path }) => kind ?? `?${path}`);
  return {
    steps,
    findings: analysis.findings.length,
    told: `${evidence.records.length} records, ${evidence.devices.length} devices, ${[...new Set(kinds)].join(' ')}`,
  };
}
