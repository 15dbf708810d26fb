import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { namesIn } from '../../../parsers/report/wording.ts';
import { napRules } from '../../../parsers/rules/nap/index.ts';
import { runRules } from '../../../parsers/rules/run-rules.ts';
import type { Finding } from '../../../parsers/domain/finding.ts';
import type { BuiltStatement } from '../../formats/nap/statement-builder.ts';
import { NapBundle } from './nap-bundle.ts';

interface Said {
  readonly findings: readonly Finding[];
  readonly missing: readonly string[];
}

const hours = 3_600;
const wsusOf: BuiltStatement = {
  automatic: 4,
  security: 0x00ff_0006,
  duration: hours,
  server: 'wsus',
  flags: 0x1_0400,
};
const healthy: BuiltStatement = {
  automatic: 4,
  security: 0x00ff_0005,
  duration: hours,
  server: '',
  flags: 0x2_0040,
};

function says(rule: string, bundle: NapBundle): Said {
  const results = runRules(bundle.build(), napRules);
  for (const finding of results.findings) {
    expect(finding.witnesses.length).toBeGreaterThanOrEqual(finding.kind === 'contradiction' ? 2 : 1);
    checkKeys(finding);
  }
  for (const entry of results.undecided) checkMissing(entry.missing);
  return {
    findings: results.findings.filter((finding) => finding.rule === `nap/${rule}`),
    missing: results.undecided.filter((entry) => entry.rule === `nap/${rule}`).map((entry) => entry.missing),
  };
}

function only(said: Said): Finding {
  const [first] = said.findings;
  if (first === undefined || said.findings.length > 1) throw new Error(`${said.findings.length} findings`);
  return first;
}

const silent: Said = { findings: [], missing: [] };
const bundle = (): NapBundle => new NapBundle();

describe('nap/compliant-but-updates-fail', () => {
  const rule = 'compliant-but-updates-fail';
  const failed = (): NapBundle =>
    bundle()
      .statement(healthy)
      .event('windows-update/check-failed', '2024-05-10T08:00:00Z', { code: 0x8024_402c });

  it('fires on failures without a later success', () => {
    expect(only(says(rule, failed()))).toMatchObject({
      severity: 'high',
      device: 'PC-0042',
      parameters: { mode: '4', failures: 1, failureExitCode: 0x8024_402c },
    });
  });

  it('is silent after a later success, and with updates switched off', () => {
    expect(says(rule, failed().event('windows-update/found', '2024-05-10T08:30:00Z', { count: 2 }))).toEqual(
      silent,
    );
    const off = bundle()
      .statement({ ...healthy, automatic: 1 })
      .event('windows-update/check-failed', '2024-05-10T08:00:00Z', { code: 1 });
    expect(says(rule, off)).toEqual(silent);
  });

  it('cannot tell without events of Windows Update, or without order', () => {
    expect(says(rule, bundle().statement(healthy)).missing).toEqual(['windows-update-events']);
    const same = failed().event('windows-update/found', '2024-05-10T08:00:00Z', { count: 2 });
    expect(says(rule, same).missing).toEqual(['finer-times']);
    expect(says(rule, bundle().decision('2024-05-10T08:00:00Z', 'full-access')).missing).toEqual([
      'nap-statement',
    ]);
  });
});

describe('nap/up-to-date-but-noncompliant', () => {
  const rule = 'up-to-date-but-noncompliant';
  it.each([1, 5, 0x101])('fires with automatic updates %i and nothing missing', (automatic) => {
    const finding = only(says(rule, bundle().statement({ ...healthy, automatic })));
    expect(finding.parameters).toMatchObject({ mode: String(automatic & 0xf), byPolicy: automatic > 0xff });
  });
  it('is silent when updates are missing, are on, or the check is off', () => {
    expect(says(rule, bundle().statement({ ...wsusOf, automatic: 1 }))).toEqual(silent);
    expect(says(rule, bundle().statement(healthy))).toEqual(silent);
    expect(
      says(
        rule,
        bundle()
          .statement({ ...healthy, automatic: 1 })
          .policy({ autoUpdate: 0 }),
      ),
    ).toEqual(silent);
  });
});

describe('nap/synchronised-too-long-ago', () => {
  const rule = 'synchronised-too-long-ago';
  it('fires above the default, and says what is assumed', () => {
    expect(
      only(says(rule, bundle().statement({ ...wsusOf, duration: 26 * hours }))).parameters,
    ).toMatchObject({
      sinceMinutes: 1_560,
      maximumMinutes: 1_320,
      assumed: ['enforcement', 'maximumMinutes'],
    });
  });
  it('takes the maximum of the policy, at most three days', () => {
    const statement = bundle().statement({ ...healthy, duration: 73 * hours });
    const finding = only(says(rule, statement.policy({ maxDurationSinceLastSync: 400_000 })));
    expect(finding.parameters).toMatchObject({ maximumMinutes: 4_320, assumed: [] });
    expect(finding.witnesses).toHaveLength(2);
  });
  it('is silent at equality, below, after an error, and when the check is off', () => {
    expect(says(rule, bundle().statement({ ...healthy, duration: 79_200 }))).toEqual(silent);
    expect(says(rule, bundle().statement({ ...healthy, duration: hours }))).toEqual(silent);
    expect(says(rule, bundle().statement({ security: 0xc0ff_000f, duration: 99 * hours }))).toEqual(silent);
    const off = bundle()
      .statement({ ...healthy, duration: 99 * hours })
      .policy({ enforceUpdates: 0 });
    expect(says(rule, off)).toEqual(silent);
  });
  it('cannot tell without the duration', () => {
    expect(says(rule, bundle().statement({ security: 0x00ff_0005 })).missing).toEqual(['sync-duration']);
  });
  it('takes the set of Windows XP for it', () => {
    const statement = bundle().statement({ ...healthy, duration: 26 * hours, version: 0x0005_0001 });
    expect(says(rule, statement.policy({ clients: 'xp', enforceUpdates: 0 }))).toEqual(silent);
  });
});

describe('nap/admitted-while-stale', () => {
  const rule = 'admitted-while-stale';
  const admitted = (): NapBundle =>
    bundle().statement(healthy).decision('2024-05-10T09:10:00Z', 'full-access');

  it('fires when the age has grown above the maximum by now', () => {
    const later = admitted().event('boot', '2024-05-11T09:00:00Z', { reason: null });
    expect(only(says(rule, later)).parameters).toMatchObject({ ageMinutes: 1_500, maximumMinutes: 1_320 });
  });
  it('counts from the event of handing the statement over', () => {
    const later = admitted()
      .event('nap/statement-sent', '2024-05-10T07:00:00Z', { correlation: null })
      .event('boot', '2024-05-11T06:00:00Z', { reason: null });
    expect(only(says(rule, later)).parameters).toMatchObject({ ageMinutes: 1_440 });
  });
  it('is silent while young, after a newer statement, and without full access', () => {
    expect(says(rule, admitted())).toEqual(silent);
    const newer = admitted()
      .event('nap/statement-sent', '2024-05-11T07:00:00Z', { correlation: null })
      .event('boot', '2024-05-11T09:00:00Z', { reason: null });
    expect(says(rule, newer)).toEqual(silent);
    const limited = bundle().statement(healthy).decision('2024-05-12T09:10:00Z', 'quarantined');
    expect(says(rule, limited)).toEqual(silent);
  });
  it('cannot tell without decisions, or without a time of the statement', () => {
    expect(says(rule, bundle().statement(healthy)).missing).toEqual(['policy-server-log']);
    const untimed = bundle().statement(healthy, null).decision('2024-05-12T09:10:00Z', 'full-access');
    expect(says(rule, untimed).missing).toEqual(['statement-time']);
    const local = bundle()
      .statement(healthy, '2024-05-10T09:00:00')
      .decision('2024-05-12T09:10:00Z', 'full-access');
    expect(says(rule, local).missing).toEqual(['clock-offset']);
  });
});

describe('nap/missing-updates-above-threshold and below', () => {
  const above = 'missing-updates-above-threshold';
  const below = 'missing-updates-below-threshold';
  it('above the minimum', () => {
    const statement = bundle().statement(wsusOf);
    expect(only(says(above, statement)).parameters).toMatchObject({
      rating: 'critical',
      minimumRating: 'important',
      equal: false,
    });
    expect(says(below, statement)).toEqual(silent);
  });
  it('at the minimum: counts, and says that the sources differ', () => {
    expect(only(says(above, bundle().statement({ ...wsusOf, flags: 0x1_0200 }))).parameters).toMatchObject({
      equal: true,
    });
  });
  it('below the minimum', () => {
    const statement = bundle().statement({ ...wsusOf, flags: 0x1_0100 });
    expect(says(above, statement)).toEqual(silent);
    expect(only(says(below, statement))).toMatchObject({
      severity: 'info',
      parameters: { rating: 'moderate' },
    });
  });
  it('takes the minimum of the policy', () => {
    const statement = bundle()
      .statement({ ...wsusOf, flags: 0x1_0040 })
      .policy({ minimumSeverityRating: 0x40 });
    expect(only(says(above, statement)).parameters).toMatchObject({
      minimumRating: 'unspecified',
      assumed: [],
    });
  });
  it('cannot tell without a severity; silent with nothing missing or the check off', () => {
    expect(says(above, bundle().statement({ security: 0x00ff_0006 })).missing).toEqual(['updates-severity']);
    expect(says(above, bundle().statement(healthy))).toEqual(silent);
    expect(says(above, bundle().statement(wsusOf).policy({ enforceUpdates: 0 }))).toEqual(silent);
  });
});

describe('nap/source-not-allowed', () => {
  const rule = 'source-not-allowed';
  it('fires without any source, whatever the policy', () => {
    expect(only(says(rule, bundle().statement({ ...wsusOf, flags: 0x400 }))).parameters).toMatchObject({
      reason: 'no-source',
    });
  });
  it('fires when the policy does not allow the source', () => {
    const statement = bundle().statement(wsusOf).policy({});
    expect(only(says(rule, statement)).parameters).toMatchObject({
      reason: 'not-allowed',
      sources: ['WSUS'],
      wsusAllowed: false,
    });
  });
  it('fires when a policy server rejected the source', () => {
    const decided = bundle().statement(healthy).decision('2024-05-10T09:10:00Z', 'quarantined', 0xc0ff_0051);
    expect(only(says(rule, decided)).parameters).toMatchObject({
      reason: 'decision',
      statusExitCode: 0xc0ff_0051,
    });
  });
  it('is silent when the source is allowed, is Microsoft Update, or the check is off', () => {
    expect(says(rule, bundle().statement(wsusOf).policy({ wsusAllowed: 1 }))).toEqual(silent);
    expect(says(rule, bundle().statement(healthy))).toEqual(silent);
    expect(says(rule, bundle().statement(wsusOf).policy({ enforceUpdates: 0 }))).toEqual(silent);
  });
  it('cannot tell without the policy', () => {
    expect(says(rule, bundle().statement(wsusOf)).missing).toEqual(['validator-policy']);
  });
});

describe('nap/cached-statement-after-boot', () => {
  const rule = 'cached-statement-after-boot';
  it('fires on a status that says so', () => {
    const finding = only(says(rule, bundle().statement({ automatic: 4, security: 0x00ff_0008 })));
    expect(finding).toMatchObject({
      severity: 'medium',
      parameters: { reason: 'status', statusExitCode: 0x00ff_0008 },
    });
  });
  it('fires on a decision soon after a boot', () => {
    const soon = bundle()
      .event('boot', '2024-05-10T09:00:00Z', { reason: null })
      .decision('2024-05-10T09:08:00Z', 'full-access');
    expect(only(says(rule, soon)).parameters).toMatchObject({
      reason: 'decision',
      apartMinutes: 8,
      windowMinutes: 10,
    });
  });
  it('is silent later, and before the boot', () => {
    const late = bundle().statement(healthy).event('boot', '2024-05-10T09:00:00Z', { reason: null });
    expect(says(rule, late.decision('2024-05-10T09:11:00Z', 'full-access'))).toEqual(silent);
    const before = bundle().statement(healthy).event('boot', '2024-05-10T09:00:00Z', { reason: null });
    expect(says(rule, before.decision('2024-05-10T08:59:00Z', 'full-access'))).toEqual(silent);
  });
  it('cannot tell without boots or without a common clock', () => {
    const decided = (): NapBundle =>
      bundle().statement(healthy).decision('2024-05-10T09:08:00Z', 'full-access');
    expect(says(rule, decided()).missing).toEqual(['boot-events']);
    const local = decided().event('boot', '2024-05-10T09:00:00', { reason: null });
    expect(says(rule, local).missing).toEqual(['device-offset']);
  });
});

describe('nap/restart-required', () => {
  const rule = 'restart-required';
  const waiting = (): NapBundle => bundle().statement({ automatic: 4, security: 0xc0ff_0010 });
  it('fires without a boot after it', () => {
    expect(only(says(rule, waiting())).parameters).toMatchObject({ boots: 0, statusExitCode: 0xc0ff_0010 });
    const earlier = waiting().event('boot', '2024-05-09T09:00:00Z', { reason: null });
    expect(only(says(rule, earlier)).parameters).toMatchObject({ boots: 1 });
  });
  it('fires on the last decision of a policy server', () => {
    const decided = bundle().statement(healthy).decision('2024-05-10T09:10:00Z', 'quarantined', 0xc0ff_0010);
    expect(only(says(rule, decided)).witnesses[0]?.says).toBe('nap-decision-code');
    expect(says(rule, decided.decision('2024-05-10T10:10:00Z', 'full-access'))).toEqual(silent);
  });
  it('is silent after a boot, with another status, and when the check is off', () => {
    expect(says(rule, waiting().event('boot', '2024-05-10T10:00:00Z', { reason: null }))).toEqual(silent);
    expect(says(rule, bundle().statement(healthy))).toEqual(silent);
    expect(says(rule, waiting().policy({ enforceUpdates: 0 }))).toEqual(silent);
  });
  it('cannot tell where the order is unknown', () => {
    expect(says(rule, waiting().event('boot', '2024-05-10T10:00:00', { reason: null })).missing).toEqual([
      'restart-order',
    ]);
    const untimed = bundle()
      .statement({ security: 0xc0ff_0010 }, null)
      .event('boot', '2024-05-10T10:00:00Z', { reason: null });
    expect(says(rule, untimed).missing).toEqual(['statement-time']);
  });
});

describe('nap/fields-after-error-status', () => {
  const rule = 'fields-after-error-status';
  it.each([0xc0ff_000f, 0x00ff_0008, 0xc0ff_0010])('fires with values behind %i', (security) => {
    const finding = only(says(rule, bundle().statement({ ...wsusOf, security })));
    expect(finding.parameters['fields']).toEqual(['DurationSinceLastSynch', 'WSUSServerName', 'UpdatesFlag']);
  });
  it('is silent without values, without an error, and where no WSUS server is set', () => {
    expect(says(rule, bundle().statement({ security: 0xc0ff_000f }))).toEqual(silent);
    expect(says(rule, bundle().statement(wsusOf))).toEqual(silent);
    expect(says(rule, bundle().statement({ ...wsusOf, security: 0xc0ff_000c }))).toEqual(silent);
  });
});

describe('nap/wsus-claim-contradicts-log', () => {
  const rule = 'wsus-claim-contradicts-log';
  it('fires when the log names no server', () => {
    expect(only(says(rule, bundle().statement(wsusOf).wsusServer(null)))).toMatchObject({
      severity: 'medium',
      parameters: { server: 'wsus' },
    });
  });
  it('is silent when the log names one, now or at another time, and for other sources', () => {
    expect(says(rule, bundle().statement(wsusOf).wsusServer('http://wsus'))).toEqual(silent);
    expect(says(rule, bundle().statement(wsusOf).wsusServer(null).wsusServer('http://wsus'))).toEqual(silent);
    expect(says(rule, bundle().statement(healthy).wsusServer(null))).toEqual(silent);
  });
  it('cannot tell without the log', () => {
    expect(says(rule, bundle().statement(wsusOf)).missing).toEqual(['windows-update-log']);
  });
});

describe('nap/client-error-status', () => {
  const rule = 'client-error-status';
  it.each([0xc0ff_000c, 0xc0ff_000d, 0xc0ff_000e, 0xc0ff_000f])('fires on %i', (security) => {
    expect(only(says(rule, bundle().statement({ security }))).parameters).toMatchObject({
      statusExitCode: security,
      noServer: security === 0xc0ff_000c,
      assumed: ['enforcement'],
    });
  });
  it('fires once on decisions that say so again and again', () => {
    const decided = bundle().statement(healthy).decision('2024-05-10T09:10:00Z', 'quarantined', 0xc0ff_000e);
    expect(
      says(rule, decided.decision('2024-05-10T09:20:00Z', 'quarantined', 0xc0ff_000e)).findings,
    ).toHaveLength(1);
  });
  it.each([0x00ff_0005, 0x00ff_0008, 0xc0ff_0010, 0xc0ff_0003])('is silent on %i', (security) => {
    expect(says(rule, bundle().statement({ security })).findings).toEqual([]);
  });
  it('is silent when the check is off', () => {
    expect(says(rule, bundle().statement({ security: 0xc0ff_000e }).policy({ enforceUpdates: 0 }))).toEqual(
      silent,
    );
  });
});

interface Messages {
  readonly rules: Readonly<Record<string, Readonly<Record<'title' | 'explanation' | 'advice', string>>>>;
  readonly witness: Readonly<Record<string, string>>;
  readonly missing: Readonly<Record<string, string>>;
  readonly evidenceList: Readonly<Record<string, Readonly<Record<'name' | 'request', string>>>>;
}

function messagesOf(locale: 'en' | 'ja', name: string): Messages {
  const url = new URL(`../../../resources/locales/${locale}/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as Messages;
}

const en = messagesOf('en', 'nap');
const ja = messagesOf('ja', 'nap');
const commonMissing = Object.keys(messagesOf('en', 'common-rules').missing);

function flat(messages: object, path = ''): [key: string, message: string][] {
  return Object.entries(messages).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'string' ? [[`${path}${key}`, value]] : flat(value as object, `${path}${key}.`),
  );
}

function checkKeys(finding: Finding): void {
  const known = new Set([
    ...Object.keys(finding.parameters),
    ...Object.keys(finding.parameters).flatMap((name) => [`${name}Meaning`, `${name}Advice`]),
    ...['maximumMinutesAssumed', 'minimumRatingAssumed', 'enforcementAssumed', 'windowMinutes'],
    ...['device', 'patch', 'statusExitCode', 'statusExitCodeMeaning', 'statusExitCodeAdvice'],
  ]);
  const own = en.rules[finding.rule];
  if (own === undefined) throw new Error(`no wording for ${finding.rule}`);
  for (const message of Object.values(own)) {
    for (const name of namesIn(message, 'en'))
      if (!known.has(name)) throw new Error(`${finding.rule}: {${name}}`);
  }
  for (const witness of finding.witnesses) {
    const message = en.witness[witness.says];
    if (message === undefined) throw new Error(`no wording for ${witness.says}`);
    for (const name of namesIn(message, 'en')) {
      if (!(name in witness.parameters)) throw new Error(`${witness.says}: {${name}}`);
    }
  }
}

function checkMissing(key: string): void {
  if (!(key in en.missing) && !commonMissing.includes(key)) throw new Error(`no wording for ${key}`);
}

describe('the wording', () => {
  it('has every rule, and the same names in both languages', () => {
    expect(Object.keys(en.rules)).toEqual(napRules.map((rule) => rule.id));
    const japanese = new Map(flat(ja));
    expect([...japanese.keys()]).toEqual(flat(en).map(([key]) => key));
    for (const [key, message] of flat(en)) {
      expect([key, namesIn(japanese.get(key) ?? '', 'ja')]).toEqual([key, namesIn(message, 'en')]);
    }
  });

  it('names where guide and specification differ', () => {
    for (const [rule, parts] of [
      ['nap/synchronised-too-long-ago', 2],
      ['nap/missing-updates-above-threshold', 2],
      ['nap/client-error-status', 2],
    ] as const) {
      expect(en.rules[rule]?.explanation.match(/specification|guide/gu)?.length).toBeGreaterThanOrEqual(
        parts,
      );
      expect(ja.rules[rule]?.explanation.match(/仕様|ガイド/gu)?.length).toBeGreaterThanOrEqual(parts);
    }
  });
});
