import { afterEach, describe, expect, it } from 'vitest';
import { decodeCode, decodeCodes, setDictionary } from '../../parsers/codes/decode-code.ts';
import { packLimits } from '../../parsers/domain/pack.ts';
import type { PackFile, PackKind } from '../../parsers/domain/pack.ts';
import { readPacks } from '../../parsers/packs/read-packs.ts';
import { assume } from '../../parsers/rules/assumptions.ts';
import { rules } from '../../parsers/rules/registry.ts';
import { runRules } from '../../parsers/rules/run-rules.ts';
import { EvidenceBuilder } from '../rules/evidence-builder.ts';

afterEach(() => setDictionary([]));

function pack(kind: PackKind, document: unknown, file = `${kind}.json`): PackFile {
  const text = typeof document === 'string' ? document : JSON.stringify(document);
  return { kind, file, content: new TextEncoder().encode(text) };
}

const source = { id: 'site', title: 'Codes of the site' };
const code = { code: '0xDEADBEEF', family: 'kace', symbol: 'SITE_DEAD', en: 'The wrapper gave up.' };

function dictionary(...codes: readonly object[]): PackFile {
  return pack('codes', { schema: 'patchtrail.codes/1', source, codes });
}

function rulePack(document: object, name = 'Site'): PackFile {
  return pack('rules', { schema: 'patchtrail.rules/1', name, ...document }, `${name}.json`);
}

describe('a code dictionary', () => {
  it('explains codes in every form, in English where it has no Japanese', () => {
    const {
      dictionary: rows,
      problems,
      inForce,
    } = readPacks([
      dictionary(
        { ...code, advice: { en: 'Ask the site.', ja: '担当者に確認してください。' } },
        { code: 77_001, family: 'kace', symbol: null, en: 'Out of hours.', ja: '時間外です。' },
      ),
    ]);
    expect(problems).toEqual([]);
    expect(inForce).toMatchObject([{ kind: 'codes', name: 'Codes of the site' }]);
    setDictionary(rows);
    for (const form of ['0xdeadbeef', '3735928559', '-559038737', 'site_dead', 0xdead_beef]) {
      expect(decodeCode(form)).toMatchObject({
        code: 0xdead_beef,
        source: 'Codes of the site',
        en: { meaning: 'The wrapper gave up.', advice: 'Ask the site.' },
        ja: { meaning: 'The wrapper gave up.', advice: '担当者に確認してください。' },
      });
    }
    expect(decodeCode(77_001)?.ja.meaning).toBe('時間外です。');
    expect(decodeCode(0xdead_beef, { families: ['nap'] })).toBeNull();
    setDictionary([]);
    expect(decodeCode('0xdeadbeef')).toBeNull();
  });

  it('never replaces a code of the application, nor goes before it', () => {
    const own = decodeCodes(1603);
    const {
      dictionary: rows,
      problems,
      inForce,
    } = readPacks([
      dictionary(
        { code: 1603, family: 'windows-installer', symbol: null, en: 'Ours.' },
        { code: 1603, family: 'app-install', symbol: null, en: 'Also ours.' },
        code,
        code,
      ),
    ]);
    expect(problems).toMatchObject([
      { code: 'duplicate-code', at: 'codes[0].code', isWarning: true },
      { code: 'duplicate-code', at: 'codes[3].code', isWarning: true },
    ]);
    expect(inForce).toHaveLength(1);
    setDictionary(rows);
    expect(decodeCodes(1603).slice(0, own.length)).toEqual(own);
    expect(decodeCodes(1603).at(-1)?.en.meaning).toBe('Also ours.');
  });

  it.each([
    ['no JSON', pack('codes', '{'), 'not-json', null],
    [
      'no text',
      { kind: 'codes', file: 'x.json', content: new Uint8Array([0xff, 0xfe, 0x7b]) },
      'not-json',
      null,
    ],
    ['an array', pack('codes', []), 'bad-field', null],
    ['a rule pack', rulePack({}), 'other-schema', 'schema', 'codes'],
    ['a field too many', dictionary({ ...code, de: 'x' }), 'bad-field', 'codes[0].de'],
    ['no meaning', dictionary({ ...code, en: ' ' }), 'bad-field', 'codes[0].en'],
    ['a control character', dictionary({ ...code, en: 'a\u001b[2Jb' }), 'bad-field', 'codes[0].en'],
    ['a long meaning', dictionary({ ...code, en: 'x'.repeat(2_001) }), 'too-large', 'codes[0].en'],
    ['a word for a code', dictionary({ ...code, code: 'abc' }), 'bad-code', 'codes[0].code'],
    ['a fraction', dictionary({ ...code, code: 1.5 }), 'bad-code', 'codes[0].code'],
    ['33 bits', dictionary({ ...code, code: 2 ** 32 }), 'bad-code', 'codes[0].code'],
    ['an unknown family', dictionary({ ...code, family: 'sccm' }), 'unknown-family', 'codes[0].family'],
    ['advice in no language', dictionary({ ...code, advice: {} }), 'bad-field', 'codes[0].advice.en'],
    ['a file too large', pack('codes', ' '.repeat(packLimits.bytes.codes + 1)), 'too-large', null],
    [
      'a file out of reach',
      { kind: 'codes', file: 'x', content: null, trouble: 'unreadable' },
      'unreadable',
      null,
    ],
  ] satisfies (readonly [string, PackFile, string, string | null, PackKind?])[])(
    'is left out as a whole, and the others taken: %s',
    (_name, bad, problem, at, as: PackKind = 'codes') => {
      const packs = readPacks([{ ...bad, kind: as }, dictionary(code)]);
      expect(packs.problems).toMatchObject([{ file: bad.file, code: problem, at, isWarning: false }]);
      expect(packs.inForce).toHaveLength(1);
      expect(packs.dictionary).toHaveLength(1);
    },
  );

  it('is one of 64 at most', () => {
    const files = Array.from({ length: 66 }, (_, index) => dictionary({ ...code, code: 500_000 + index }));
    const packs = readPacks(files);
    expect(packs.inForce).toHaveLength(64);
    expect(packs.problems).toMatchObject([{ code: 'too-many' }]);
  });
});

describe('a rule pack', () => {
  const row = {
    patch: 'Microsoft Edge 124.0.2478.97 (x64)',
    detection: 'not-patched',
    detected: '2024-05-11 07:40',
    deployment: 'failed',
    deployed: '2024-05-10 21:33',
    exitCode: 1603,
    attempts: 4,
  } as const;
  const exhausted = 'kace/attempts-exhausted';

  function saysBy(...files: readonly PackFile[]) {
    const packs = readPacks(files);
    const evidence = new EvidenceBuilder().devicePage('PC-0042', [row]).build();
    assume(evidence, packs.assumptions);
    return { packs, findings: runRules(evidence, packs.rules).findings };
  }

  it('changes what a rule assumes, and the finding names it', () => {
    const more = saysBy(rulePack({ assume: { [exhausted]: { maximum: 5 } } }));
    expect(more.findings.some(({ rule }) => rule === exhausted)).toBe(false);
    const same = saysBy(rulePack({ assume: { [exhausted]: { maximum: 4 } } }));
    expect(same.findings.find(({ rule }) => rule === exhausted)?.parameters).toMatchObject({
      maximum: 4,
      assumed: ['maximum'],
    });
    expect(saysBy().findings.find(({ rule }) => rule === exhausted)?.parameters).toMatchObject({
      maximum: 3,
    });
  });

  it('changes one rule only', () => {
    const { findings } = saysBy(rulePack({ assume: { 'kace/last-attempt': { maximum: 5 } } }));
    expect(findings.find(({ rule }) => rule === 'kace/last-attempt')?.parameters).toMatchObject({
      maximum: 5,
    });
    expect(findings.some(({ rule }) => rule === exhausted)).toBe(true);
  });

  it('switches rules off with a reason', () => {
    const { packs, findings } = saysBy(rulePack({ off: [{ rule: exhausted, reason: 'Told elsewhere.' }] }));
    expect(findings.some(({ rule }) => rule === exhausted)).toBe(false);
    expect(findings.length).toBe(saysBy().findings.length - 1);
    expect(packs.rules).toHaveLength(rules.length - 1);
    expect(packs.inForce).toMatchObject([{ off: [{ rule: exhausted, reason: 'Told elsewhere.' }] }]);
  });

  it('can change every value that any rule assumes', () => {
    for (const { id, assumes } of rules) {
      for (const [parameter, value] of Object.entries(assumes ?? {})) {
        const { problems, assumptions } = readPacks([rulePack({ assume: { [id]: { [parameter]: value } } })]);
        expect(problems).toEqual([]);
        expect(assumptions.get(id)?.get(parameter)).toBe(value);
      }
    }
  });

  it.each([
    [
      'an unknown rule',
      { assume: { 'kace/nothing': { maximum: 5 } } },
      'unknown-rule',
      'assume["kace/nothing"]',
    ],
    [
      'an unknown value',
      { assume: { [exhausted]: { minimum: 5 } } },
      'unknown-parameter',
      `assume["${exhausted}"].minimum`,
    ],
    [
      'an inherited name',
      { assume: { [exhausted]: { toString: 5 } } },
      'unknown-parameter',
      `assume["${exhausted}"].toString`,
    ],
    [
      'no attempt at all',
      { assume: { [exhausted]: { maximum: 0 } } },
      'out-of-range',
      `assume["${exhausted}"].maximum`,
    ],
    [
      'half an attempt',
      { assume: { [exhausted]: { maximum: 2.5 } } },
      'out-of-range',
      `assume["${exhausted}"].maximum`,
    ],
    [
      'a text',
      { assume: { [exhausted]: { maximum: '5' } } },
      'out-of-range',
      `assume["${exhausted}"].maximum`,
    ],
    [
      'a window of years',
      { assume: { 'kace/log-contradicts-table': { windowMinutes: 1e7 } } },
      'out-of-range',
      'assume["kace/log-contradicts-table"].windowMinutes',
    ],
    [
      'a window that ends before it begins',
      { assume: { 'deep-security/success-then-timeout': { fromMinutes: 40 } } },
      'crossed-range',
      'assume["deep-security/success-then-timeout"]',
    ],
    ['no reason', { off: [{ rule: exhausted, reason: '' }] }, 'bad-field', 'off[0].reason'],
    ['an unknown rule off', { off: [{ rule: 'x/y', reason: 'x' }] }, 'unknown-rule', 'off[0].rule'],
    ['code', { run: 'x' }, 'bad-field', 'run'],
  ])('is left out as a whole: %s', (_name, document, problem, at) => {
    const { problems, inForce, assumptions, rules: left } = readPacks([rulePack(document)]);
    expect(problems).toMatchObject([{ code: problem, at, isWarning: false }]);
    expect([inForce, [...assumptions]]).toEqual([[], []]);
    expect(left).toHaveLength(rules.length);
  });

  it('does not overrule an earlier one', () => {
    const first = rulePack({ assume: { [exhausted]: { maximum: 5 } } }, 'a');
    const second = rulePack({ assume: { [exhausted]: { maximum: 6 } } }, 'b');
    const { problems, assumptions } = readPacks([first, second]);
    expect(problems).toMatchObject([{ file: 'b.json', code: 'pack-conflict' }]);
    expect(assumptions.get(exhausted)?.get('maximum')).toBe(5);
  });
});
