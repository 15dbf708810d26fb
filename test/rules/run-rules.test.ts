import { describe, expect, it } from 'vitest';
import { CancelledError, toWireError } from '../../parsers/domain/errors.ts';
import { compareFindings } from '../../parsers/domain/finding.ts';
import {
  cannotTell,
  defineRule,
  found,
  place,
  type AnyRule,
  type Verdict,
} from '../../parsers/rules/define-rule.ts';
import { rules } from '../../parsers/rules/registry.ts';
import { inTurns } from '../../parsers/evidence/steps.ts';
import { explain, ruleSteps, runRules } from '../../parsers/rules/run-rules.ts';
import { EvidenceBuilder, type Row } from './evidence-builder.ts';

const row: Row = {
  patch: 'Zoom',
  detection: 'not-patched',
  detected: '2024-05-10 09:12',
  deployment: 'succeeded',
  deployed: '2024-05-10 09:30',
  exitCode: 3010,
  attempts: 1,
};
const evidence = new EvidenceBuilder().devicePage('PC-2', [row]).devicePage('PC-1', [row]).build();

function rule(id: string, check: () => Verdict | readonly Verdict[]): AnyRule {
  return defineRule({
    id,
    kind: 'note',
    severity: 'info',
    system: 'kace-sma',
    looksAt: 'bundle',
    needs: [],
    source: 'S0',
    check,
  });
}

const somewhere = place({ member: 'a', line: 1, row: null, pointer: null, quote: '' }, 'picture');

describe('runRules', () => {
  it('orders findings by severity, rule, device, patch and place', () => {
    const { findings } = runRules(evidence, rules);
    expect(findings).toEqual([...findings].sort(compareFindings));
    const older = findings.filter((finding) => finding.rule === 'kace/detection-older-than-deployment');
    expect(older.map((finding) => finding.device)).toEqual(['PC-1', 'PC-2']);
  });

  it('gives the same ids whatever the order of the rules', () => {
    const ids = runRules(evidence, rules).findings.map((finding) => finding.id);
    expect(runRules(evidence, [...rules].reverse()).findings.map((finding) => finding.id)).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^f-[0-9a-f]{16}$/u);
  });

  it('keeps statements apart that a plain separator would merge', () => {
    const twice = rule('kace/test', () => [
      found({ device: 'a', patch: 'b c', witnesses: [somewhere] }),
      found({ device: 'a b', patch: 'c', witnesses: [somewhere] }),
      found({ device: 'a b', patch: 'c', witnesses: [somewhere], apart: 'x' }),
    ]);
    expect(new Set(runRules(evidence, [twice]).findings.map((finding) => finding.id)).size).toBe(3);
  });

  it('says one statement once', () => {
    const twice = rule('kace/test', () => [
      found({ witnesses: [somewhere] }),
      found({ witnesses: [somewhere] }),
    ]);
    expect(runRules(evidence, [twice]).findings).toHaveLength(1);
  });

  it('lists what could not be decided once, in order', () => {
    const unsure = rule('kace/test', () => [
      cannotTell('client-log', 'PC-2'),
      cannotTell('client-log', 'PC-1'),
      cannotTell('client-log', 'PC-2'),
      cannotTell('attempts', 'PC-2'),
    ]);
    expect(
      runRules(evidence, [unsure]).undecided.map((entry) => `${String(entry.device)} ${entry.missing}`),
    ).toEqual(['PC-1 client-log', 'PC-2 attempts', 'PC-2 client-log']);
  });

  it('does not ask the rules of a system that is not there', () => {
    const bare = new EvidenceBuilder().file('readme.txt', 'text').build();
    const failing = rule('kace/test', () => {
      throw new Error('asked');
    });
    expect(runRules(bare, [failing])).toEqual({ findings: [], undecided: [] });
  });

  it('names the rule that threw, as a bug', () => {
    const failing = rule('kace/test', () => {
      throw new TypeError('no such thing');
    });
    let thrown: unknown;
    try {
      runRules(evidence, [failing]);
    } catch (error) {
      thrown = error;
    }
    expect(toWireError(thrown)).toMatchObject({
      family: 'bug',
      message: 'the rule kace/test failed: no such thing',
    });
  });

  it('stops between two steps when it is told to', async () => {
    const asking = inTurns(ruleSteps(evidence, rules), AbortSignal.abort());
    await expect(asking).rejects.toThrow(CancelledError);
  });
});

describe('explain', () => {
  it('gives the answer of every rule of the system about one record', () => {
    const [first] = evidence.records;
    if (first === undefined) throw new Error('no record');
    const explanations = explain(evidence, rules, first);
    const asked = rules.filter((one) => one.system === null || one.system === 'kace-sma');
    expect(explanations.map((one) => one.rule)).toEqual(asked.map((one) => one.id));
    const outcome = (id: string): string[] =>
      explanations.find((one) => one.rule === id)?.verdicts.map((verdict) => verdict.outcome) ?? [];
    expect(outcome('kace/detection-older-than-deployment')).toEqual(['found']);
    expect(outcome('kace/deployment-failed')).toEqual(['consistent']);
    expect(outcome('kace/same-minute')).toEqual(['consistent']);
    expect(outcome('kace/reboot-needed-but-schedule-never-reboots')).toEqual(['cannot-tell']);
  });
});

describe('the registry', () => {
  it('names each rule once, in the form system/name', () => {
    const ids = rules.map((one) => one.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const one of rules) expect(one.id).toMatch(/^[a-z]+(?:-[a-z]+)*\/[a-z]+(?:-[a-z]+)*$/u);
  });

  it('holds the whole table of KACE SMA', () => {
    expect(rules.filter((one) => one.id.startsWith('kace/'))).toHaveLength(31);
  });
});
