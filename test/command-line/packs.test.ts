import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Ajv2020 from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../../parsers/command-line/run.ts';

const sample = fileURLToPath(new URL('../../resources/samples/sakura-2024-05.zip', import.meta.url));
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'patchtrail-packs-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(...words: readonly string[]): Promise<{ status: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const status = await runCommandLine(words, {
    write: (text) => {
      out += text;
    },
    tell: (text) => {
      err += text;
    },
    interactive: false,
    print: null,
    spoolFolder: join(folder, 'spool'),
    signal: new AbortController().signal,
  });
  return { status, out, err };
}

function file(name: string, document: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(document));
  return path;
}

function codes(name: string, code: number): string {
  return file(name, {
    schema: 'patchtrail.codes/1',
    source: { id: name, title: `Title of ${name}` },
    codes: [{ code, family: 'kace', symbol: null, en: `Meaning of ${code}.` }],
  });
}

describe('--codes', () => {
  it('may be given more than once, for this command only; a bad one is told and the rest goes on', async () => {
    const [a, b, bad] = [codes('a.json', 987_001), codes('b.json', 987_002), file('bad.json', [])];
    const answer = await run('code', '987002', '--codes', a, '--codes', bad, '--codes', b);
    expect(answer).toMatchObject({ status: 0 });
    expect(answer.out).toContain('(Title of b.json)\n  Meaning of 987002.');
    expect(answer.err).toContain('bad.json');
    expect((await run('code', '987002')).out).not.toContain('Meaning of');
    expect((await run('code', '987002', '--codes', join(folder, 'none.json'))).err).toContain('none.json');
  });
});

describe('--rules', () => {
  const pack = (): string =>
    file('rules.json', {
      schema: 'patchtrail.rules/1',
      name: 'Site',
      assume: { 'kace/attempts-exhausted': { maximum: 7 } },
      off: [{ rule: 'kace/last-attempt', reason: 'Told elsewhere.' }],
    });

  it('is named in the JSON that its schema accepts; without packs nothing changes', async () => {
    const plain = await run('analyze', sample, '--json', '-');
    const packed = await run('analyze', sample, '--json', '-', '--rules', pack());
    const [before, after] = [plain, packed].map(({ out }) => JSON.parse(out) as Record<string, unknown>);
    expect(before).not.toHaveProperty('packs');
    expect(after?.['packs']).toMatchObject([
      {
        name: 'Site',
        kind: 'rules',
        assume: [{ rule: 'kace/attempts-exhausted', parameter: 'maximum', value: 7 }],
        off: [{ rule: 'kace/last-attempt', reason: 'Told elsewhere.' }],
      },
    ]);
    const schema = readFileSync(
      new URL('../../resources/schema/analysis-1.schema.json', import.meta.url),
      'utf8',
    );
    const check = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(JSON.parse(schema) as object);
    check(after);
    expect(check.errors ?? []).toEqual([]);
    expect((await run('analyze', sample, '--json', '-')).out).toBe(plain.out);
  });

  it('is told on the terminal and on the first page of the report, with its reason', async () => {
    const html = join(folder, 'report.html');
    const { out } = await run('analyze', sample, '--html', html, '--rules', pack(), '--locale', 'ja');
    expect(out).toContain('パック Site により無効のルール');
    expect(readFileSync(html, 'utf8')).toContain('Told elsewhere.');
  });

  it('ends the command when it is not taken', async () => {
    const bad = file('typo.json', {
      schema: 'patchtrail.rules/1',
      name: 'x',
      assume: { 'kace/attempts-exhausted': { maximun: 7 } },
    });
    const { status, out, err } = await run('analyze', sample, '--rules', bad);
    expect([status, out]).toEqual([2, '']);
    expect(err).toContain('typo.json');
    expect(err).toContain('maximun');
  });
});
