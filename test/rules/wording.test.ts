import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../parsers/domain/finding.ts';
import type { Moment } from '../../parsers/domain/moment.ts';
import { createWording, messagesOf, namesIn } from '../../parsers/report/wording.ts';
import { rules } from '../../parsers/rules/registry.ts';

const en = messagesOf('en');
const ja = messagesOf('ja');

/** Texts of the window, the command line, main and the report: theirs have other parts. */
const ownFiles = ['window.json', 'main.json', 'command-line.json', 'report.json'];

/** The source of every rule file, to find the keys that rules use. */
const ruleSources = readdirSync(new URL('../../parsers/rules/', import.meta.url), {
  recursive: true,
  encoding: 'utf8',
})
  .filter((name) => name.endsWith('.ts'))
  .map((name) =>
    readFileSync(new URL(`../../parsers/rules/${name.replaceAll('\\', '/')}`, import.meta.url), 'utf8'),
  )
  .join('\n');

describe('the locales', () => {
  it('have the same keys', () => {
    expect([...ja.keys()].sort()).toEqual([...en.keys()].sort());
  });

  it('use the same names in each message', () => {
    for (const [key, message] of en) {
      expect([key, namesIn(ja.get(key) ?? '', 'ja')]).toEqual([key, namesIn(message, 'en')]);
    }
  });

  it('are in their own language', () => {
    const japanese = /[\u3040-\u30ff\u4e00-\u9fff]/u;
    for (const [key, message] of en) expect([key, japanese.test(message)]).toEqual([key, false]);
    for (const [key, message] of ja) {
      if (/^(?:words\.system|listSeparator|duration\.separator|request\.item)/u.test(key)) continue;
      if (/^\{\w+\}$/u.test(message)) continue;
      expect([key, japanese.test(message)]).toEqual([key, true]);
    }
  });

  it.each(['en', 'ja'])('say nothing twice: %s', (locale) => {
    const folder = new URL(`../../resources/locales/${locale}/`, import.meta.url);
    const seen = new Map<string, string>();
    const names = readdirSync(folder).filter((name) => !ownFiles.includes(name));
    for (const name of names.sort()) {
      const file = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Record<
        string,
        Record<string, unknown>
      >;
      for (const part of ['rules', 'witness', 'missing', 'evidenceList']) {
        for (const key of Object.keys(file[part] ?? {})) {
          expect([key, seen.get(`${part}.${key}`)]).toEqual([key, undefined]);
          seen.set(`${part}.${key}`, name);
        }
      }
    }
  });
});

describe('the wordings', () => {
  it('cover every rule', () => {
    for (const rule of rules) {
      for (const part of ['title', 'explanation', 'advice']) {
        expect([rule.id, part, en.has(`rules.${rule.id}.${part}`)]).toEqual([rule.id, part, true]);
      }
    }
  });

  it.each(['en', 'ja'] as const)('name every rule without the values of one finding: %s', (locale) => {
    const wording = createWording(locale);
    for (const rule of rules) {
      expect([rule.id, wording.ruleName(rule.id)]).toEqual([rule.id, expect.not.stringMatching(/[{}]/u)]);
      expect(wording.ruleName(rule.id)).not.toBe(rule.id);
    }
  });

  it('cover what witnesses say and what was missing, and nothing else', () => {
    const named = (pattern: RegExp): string[] => [
      ...new Set([...ruleSources.matchAll(pattern)].map((match) => match[1] ?? '')),
    ];
    const keys = (prefix: string): string[] =>
      [...en.keys()].filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
    const literals = new Set(named(/'([a-z]+(?:-[a-z]+)*)'/gu));
    for (const key of keys('witness.')) expect([key, literals.has(key)]).toEqual([key, true]);
    for (const key of keys('missing.')) expect([key, literals.has(key)]).toEqual([key, true]);
    const said = named(
      /(?:cell|place|pageWitness)\((?:[^()]|\([^()]*\))*?'([a-z]+(?:-[a-z]+)+|attempts|maximum|picture)'/gu,
    );
    expect(said.filter((key) => !en.has(`witness.${key}`))).toEqual([]);
    const missing = named(/cannotTell\(\s*'([a-z-]+)'/gu);
    expect(missing.length).toBeGreaterThan(10);
    expect(missing.filter((key) => !en.has(`missing.${key}`))).toEqual([]);
  });
});

describe('createWording', () => {
  const wording = { en: createWording('en'), ja: createWording('ja') };

  it.each([
    [0.5, '30 seconds', '30 秒'],
    [1, '1 minute', '1 分'],
    [18, '18 minutes', '18 分'],
    [60, '1 hour', '1 時間'],
    [135, '2 hours 15 minutes', '2 時間 15 分'],
    [1440, '1 day', '1 日'],
    [3000, '2 days 2 hours', '2 日 2 時間'],
    [0, '0 seconds', '0 秒'],
  ])('writes %s minutes as "%s"', (minutes, english, japanese) => {
    expect(wording.en.duration(minutes)).toBe(english);
    expect(wording.ja.duration(minutes)).toBe(japanese);
  });

  it('writes times as their source does', () => {
    const at: Moment = {
      raw: '2024/05/10 09:12:00',
      local: Date.UTC(2024, 4, 10, 9, 12),
      offset: null,
      offsetSource: 'unknown',
      precision: 'minute',
      clock: 'sma',
      clockOf: '',
    };
    expect(wording.en.time(at)).toBe('2024-05-10 09:12');
    expect(wording.en.time({ ...at, precision: 'second' })).toBe('2024-05-10 09:12:00');
    expect(wording.en.time({ ...at, precision: 'day' })).toBe('2024-05-10');
    expect([wording.en.time('never'), wording.ja.time('never')]).toEqual(['never', 'なし']);
    expect([wording.en.time(null), wording.ja.time(null)]).toEqual(['an unknown time', '時刻不明']);
  });

  it('translates canonical words and keeps what it does not know', () => {
    expect(wording.ja.word('detectionStatus', 'not-patched')).toBe('未適用');
    expect(wording.en.word('reboot', 'none')).toBe('no reboot');
    expect(wording.en.word('reboot', 'something')).toBe('something');
    expect(wording.ja.kind('contradiction')).toBe('矛盾');
    expect(wording.ja.severity('high')).toBe('高');
    expect(wording.ja.missing('appliance-offset')).toBe('アプライアンスのタイムゾーン');
    expect(wording.ja.missing('not-a-key')).toBe('not-a-key');
  });

  it('asks a customer in full sentences', () => {
    expect(wording.en.request(['kace/server-log', 'kace/client-log']).split('\n')).toEqual([
      'Please send us the following.',
      '1. The log archive of the appliance with the server activity log.',
      '2. The KACE agent logs of one or several affected devices (the folder ProgramData\\Quest\\KACE with its subfolders).',
    ]);
  });

  it('takes names as they are, whatever they contain', () => {
    const finding: Finding = {
      id: 'f-0',
      rule: 'kace/detection-failed',
      kind: 'fault',
      severity: 'high',
      system: 'kace-sma',
      device: "PC-{1} '<b>'",
      patch: 'x {device, select, other {y}} # |',
      parameters: { detectedAt: null },
      witnesses: [],
    };
    expect(wording.en.finding(finding).explanation).toContain(
      "x {device, select, other {y}} # | on PC-{1} '<b>': the detection of an unknown time",
    );
  });

  it('decodes exit codes in the language of the text', () => {
    const finding: Finding = {
      id: 'f-0',
      rule: 'kace/deployment-failed',
      kind: 'fault',
      severity: 'high',
      system: 'kace-sma',
      device: null,
      patch: null,
      parameters: { exitCode: 0x8024_402c, deploymentStatus: 'failed', deployedAt: 'never', attempts: 2 },
      witnesses: [],
    };
    expect(wording.en.finding(finding).title).toBe('Deployment failed: exit code 0x8024402C');
    expect(wording.ja.finding(finding).title).toBe('展開に失敗しています（終了コード 0x8024402C）');
    expect(wording.ja.finding(finding).explanation).toContain('不明なデバイス の 不明なパッチ');
  });
});
