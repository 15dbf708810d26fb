import {
  lstatSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Ajv2020 from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PrintJob } from '../../parsers/command-line/io.ts';
import { globExpression } from '../../parsers/command-line/glob.ts';
import { runCommandLine } from '../../parsers/command-line/run.ts';

const sample = fileURLToPath(new URL('../../resources/samples/sakura-2024-05.zip', import.meta.url));
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'patchtrail-cli-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly out: string;
  readonly err: string;
  readonly printed: readonly PrintJob[];
}

async function run(...words: readonly string[]): Promise<Answer> {
  let out = '';
  let err = '';
  const printed: PrintJob[] = [];
  const status = await runCommandLine(words, {
    write: (text) => {
      out += text;
    },
    tell: (text) => {
      err += text;
    },
    interactive: false,
    print: (job) => {
      printed.push(job);
      return Promise.resolve();
    },
    spoolFolder: join(folder, 'spool'),
    signal: new AbortController().signal,
  });
  return { status, out, err, printed };
}

/** As {@link run}, told to stop when the first piece of the answer is written. */
async function stopped(...words: readonly string[]): Promise<{ status: number; pieces: number }> {
  const abort = new AbortController();
  let pieces = 0;
  const status = await runCommandLine(words, {
    write: () => {
      pieces += 1;
      // As a signal would be: heard when the command gives others their turn.
      setImmediate(() => {
        abort.abort();
      });
    },
    tell: () => undefined,
    interactive: false,
    print: () => Promise.resolve(),
    spoolFolder: join(folder, 'spool'),
    signal: abort.signal,
  });
  return { status, pieces };
}

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function validates(schema: string, document: unknown): void {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
  const text = readFileSync(new URL(`../../resources/schema/${schema}`, import.meta.url), 'utf8');
  const check = ajv.compile(JSON.parse(text) as object);
  check(document);
  expect(check.errors ?? []).toEqual([]);
}

describe('analyze', () => {
  it('answers with one JSON document that its schema accepts, the same every time', async () => {
    const first = await run('analyze', sample, '--json', '-');
    expect(first).toMatchObject({ status: 0, err: '' });
    validates('analysis-1.schema.json', JSON.parse(first.out));
    expect((await run('analyze', sample, '--json', '-')).out).toBe(first.out);
  });

  it('reads within other limits when asked, and says which are none', async () => {
    const { out } = await run('members', sample, '--json', '-', '--limit', 'members=5', '--limit', 'depth=1');
    const { members } = JSON.parse(out) as { members: { reason: string | null }[] };
    expect(members).toHaveLength(6);
    expect(members[5]?.reason).toBe('too-many-members');
    expect(await run('lines', sample, '--count', '--limit', 'members=5')).toMatchObject({ status: 0 });
    expect((await run('lines', sample, '--limit', '3')).out.trim().split('\n')).toHaveLength(3);
    for (const wrong of ['members', 'members=0', 'nothing=5', 'members=5K', 'line-bytes=1T', '5'])
      expect(await run('analyze', sample, '--limit', wrong)).toMatchObject({
        status: 2,
        err: expect.stringContaining(`--limit ${wrong}`) as string,
      });
  });

  it('words findings in the language that is asked for', async () => {
    const { out } = await run('analyze', sample, '--json', '-', '--locale', 'ja');
    const { findings } = JSON.parse(out) as {
      findings: { title: string; explanation: string; advice: string }[];
    };
    for (const finding of findings)
      expect(`${finding.title}${finding.explanation}`).toMatch(/[ぁ-んァ-ヶ一-龠]/u);
  });

  it('reads local times in the zone that is given, and says so', async () => {
    const { out } = await run('analyze', sample, '--json', '-', '--timezone', 'Asia/Tokyo');
    const { records } = JSON.parse(out) as { records: { detection: { at: unknown } }[] };
    expect(records[0]?.detection.at).toMatchObject({ offset: '+09:00', offsetSource: 'assumed' });
  });

  it('fails on findings as severe as asked for, after answering', async () => {
    expect((await run('analyze', sample, '--json', '-', '--fail-on', 'critical')).status).toBe(1);
    const healthy = file(
      'healthy.csv',
      'MACHINE_NAME,TITLE,DETECT_STATUS,STATUS_DT,DEPLOY_STATUS,DEPLOY_STATUS_DT,DEPLOY_ERROR_CODE,DEPLOY_ATTEMPT_COUNT\nPC-1,Firefox 126.0,PATCHED,2024-05-11 08:00:07,SUCCESS,2024-05-10 20:00:03,0,1\n',
    );
    expect((await run('analyze', healthy, '--fail-on', 'high')).status).toBe(0);
  });

  it('hands the report to the printer and writes HTML without script', async () => {
    const html = join(folder, 'report.html');
    const { printed, status } = await run('analyze', sample, '--pdf', join(folder, 'r.pdf'), '--html', html);
    expect(status).toBe(0);
    expect(printed[0]?.html).toContain('sakura-2024-05.zip');
    expect(readFileSync(html, 'utf8')).not.toMatch(/<script|https?:\/\//u);
  });

  it('writes to a device without replacing it, and through a link without cutting it', async () => {
    expect((await run('analyze', sample, '--json', '/dev/null')).status).toBe(0);
    expect(statSync('/dev/null').isFile()).toBe(false);
    const target = file('target.json', '');
    const link = join(folder, 'link.json');
    symlinkSync(target, link);
    expect((await run('analyze', sample, '--json', link)).status).toBe(0);
    expect(readFileSync(target, 'utf8')).toContain('patchtrail.analysis/1');
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
  });

  it('never writes into the bundle', async () => {
    const bundle = file('kept.zip', readFileSync(sample));
    for (const kind of ['--json', '--html', '--pdf', '--ndjson', '--timesketch', '--markdown', '--csv']) {
      const { status, out, err } = await run('analyze', bundle, kind, bundle);
      expect([status, out]).toEqual([2, '']);
      expect(err).toContain('is never changed');
    }
    const link = join(folder, 'link-to-kept.zip');
    symlinkSync(bundle, link);
    expect((await run('analyze', bundle, '--json', link)).status).toBe(2);
    expect(readFileSync(bundle).equals(readFileSync(sample))).toBe(true);
    expect((await run('analyze', folder, '--json', join(folder, 'new.json'))).status).toBe(2);
  });

  it('puts the notes of a case into the report, and only those of this bundle', async () => {
    const { bundle, findings } = JSON.parse((await run('analyze', sample, '--json', '-')).out) as {
      bundle: { sha256: string };
      findings: { id: string }[];
    };
    const annotation = {
      id: 'a1',
      target: { on: 'finding', finding: findings[0]?.id },
      note: '再起動を依頼済み',
      tags: ['restart'],
      verdict: 'confirmed',
      author: 'analyst-1',
      createdAt: '2024-06-11T09:41:00+09:00',
      changedAt: '2024-06-11T09:41:00+09:00',
      quote: '',
    };
    const content = { annotations: [annotation], bookmarks: [], zone: null, view: {} };
    const own = file('own.patchtrail', JSON.stringify({ schema: 'patchtrail.case/1', bundle, content }));
    const other = file(
      'other.patchtrail',
      JSON.stringify({ schema: 'patchtrail.case/1', bundle: { ...bundle, sha256: '00' }, content }),
    );
    expect((await run('analyze', sample, '--case', own, '--pdf', 'x.pdf')).printed[0]?.html).toContain(
      '再起動を依頼済み',
    );
    expect(await run('analyze', sample, '--case', other)).toMatchObject({
      status: 2,
      err: 'other.patchtrail belongs to another bundle.\n',
    });
    // Rows that were written down from a picture are evidence like any other.
    const transcription = {
      id: 't-1',
      member: 'PC-0042/画面/展開ステータス.png',
      region: { x: 1, y: 2, width: 3, height: 4 },
      cells: {
        device: 'PC-9999',
        patch: 'Zoom',
        detectionStatus: 'Missing',
        detectionDate: '',
        deployStatus: '',
        deployDate: '',
        exitCode: '',
        attempts: '3',
      },
      author: 'analyst-1',
      createdAt: '2024-06-11T09:41:00+09:00',
      changedAt: '2024-06-11T09:41:00+09:00',
    };
    const seen = file(
      'seen.patchtrail',
      JSON.stringify({
        schema: 'patchtrail.case/1',
        bundle,
        content: { ...content, transcriptions: [transcription] },
      }),
    );
    const analysed = JSON.parse((await run('analyze', sample, '--case', seen, '--json', '-')).out) as {
      records: { source: string; device: string }[];
      findings: { rule: string; device: string | null }[];
    };
    expect(analysed.records.filter(({ source }) => source === 'analyst')).toMatchObject([
      { device: 'PC-9999' },
    ]);
    expect(analysed.findings).toContainEqual(
      expect.objectContaining({ rule: 'kace/attempts-exhausted', device: 'PC-9999' }),
    );
    expect(await run('analyze', sample, '--case', file('broken.patchtrail', '{'))).toMatchObject({
      status: 2,
    });
  });
});

describe('what cannot be opened', () => {
  it.each([
    ['empty.zip', '', 'empty.zip is empty.\n'],
    [
      'nothing.zip',
      Buffer.concat([Buffer.from('PK\x05\x06', 'latin1'), Buffer.alloc(18)]),
      'nothing.zip is an archive without any files in it.\n',
    ],
  ])('%s is told in one sentence', async (name, content, sentence) => {
    expect(await run('analyze', file(name, content), '--json', '-')).toMatchObject({
      status: 3,
      out: '',
      err: sentence,
    });
  });

  it('a bundle that is gone is told in one sentence, in either language', async () => {
    expect(await run('analyze', join(folder, 'gone.zip'))).toMatchObject({
      status: 3,
      out: '',
      err: 'gone.zip does not exist.\n',
    });
    expect((await run('analyze', join(folder, 'gone.zip'), '--locale', 'ja')).err).toBe(
      'gone.zip が見つかりません。\n',
    );
  });

  it('a zip without its end is read as far as it goes', async () => {
    const cut = file('cut.zip', readFileSync(sample));
    truncateSync(cut, 60_000);
    const { status, out, err } = await run('analyze', cut, '--json', '-');
    const { bundle, members } = JSON.parse(out) as { bundle: { damaged: boolean }; members: unknown[] };
    expect(status).toBe(0);
    expect(bundle.damaged).toBe(true);
    expect(members.length).toBeGreaterThan(30);
    expect(err).toMatch(/^cut\.zip is damaged: /u);
  });

  it('a member with a bad checksum is damaged, and what it says is kept', async () => {
    const bytes = readFileSync(sample);
    bytes[5000] = (bytes[5000] ?? 0) ^ 0xff;
    const { out } = await run('members', file('flipped.zip', bytes), '--json', '-');
    const document = JSON.parse(out) as { members: { state: string }[] };
    validates('members-1.schema.json', document);
    expect(document.members.filter((member) => member.state === 'damaged')).toHaveLength(1);
  });

  it('an unknown single file is a bundle of one member', async () => {
    const { status, out } = await run('members', file('note.txt', 'hello\nworld'), '--json', '-');
    expect(status).toBe(0);
    expect((JSON.parse(out) as { members: unknown[] }).members).toMatchObject([
      { path: 'note.txt', state: 'text', lines: 2 },
    ]);
  });
});

describe('lines', () => {
  const log = '2024-05-10 09:30:00 INFO first\n  continued\n2024-05-10 09:31:00 ERROR second\n';

  it('prints time, place and text', async () => {
    const { out } = await run('lines', file('app.log', log));
    expect(out).toBe(
      '2024-05-10T09:30:00\tapp.log:1\t2024-05-10 09:30:00 INFO first\n-\tapp.log:2\t  continued\n2024-05-10T09:31:00\tapp.log:3\t2024-05-10 09:31:00 ERROR second\n',
    );
  });

  it.each([
    [['--count'], '3\n'],
    [['--count', '--grep', 'ERROR|continued'], '2\n'],
    [['--count', '--grep', 'error'], '0\n'],
    [['--count', '--grep', 'error', '--ignore-case'], '1\n'],
    [['--count', '--from', '2024-05-10T09:30:30'], '1\n'],
    [['--count', '--to', '2024-05-10T09:30:00'], '2\n'],
    [['--count', '--member', '*.log'], '3\n'],
    [['--count', '--member', 'other/*'], '0\n'],
    [['--limit', '1'], '2024-05-10T09:30:00\tapp.log:1\t2024-05-10 09:30:00 INFO first\n'],
  ])('with %j', async (words, out) => {
    expect((await run('lines', file('app.log', log), ...words)).out).toBe(out);
  });

  it('compares times with an offset with lines that have one', async () => {
    const zoned = file(
      'zoned.log',
      '2024-05-10T09:30:00+09:00 a\n2024-05-10T09:31:00+09:00 b\n2024-05-10T09:32:00+09:00 c\n',
    );
    expect((await run('lines', zoned, '--count', '--from', '2024-05-10T00:31:00Z')).out).toBe('2\n');
    expect(
      (await run('lines', zoned, '--count', '--from', '2024-05-10T09:31:00', '--timezone', 'Asia/Tokyo')).out,
    ).toBe('2\n');
  });

  it('answers in JSON that its schema accepts', async () => {
    const { out } = await run('lines', file('app.log', log), '--json', '-');
    validates('lines-1.schema.json', JSON.parse(out));
  });

  it('says why an expression is none', async () => {
    expect(await run('lines', file('app.log', log), '--grep', '(')).toMatchObject({
      status: 2,
      out: '',
      err: '“(” is not a valid regular expression. Unterminated group\n',
    });
  });
});

describe('rules and codes', () => {
  it('lists the catalogue', async () => {
    const { out } = await run('rules', '--json', '-');
    const document = JSON.parse(out) as { rules: { id: string }[] };
    validates('rules-1.schema.json', document);
    expect(document.rules.map((rule) => rule.id)).toContain('kace/detection-older-than-deployment');
  });

  it.each(['0x8024402C', '8024402c', '-2145107924', '2149859372'])('decodes %s', async (form) => {
    expect((await run('code', form)).out).toContain('WU_E_PT_WINHTTP_NAME_NOT_RESOLVED');
    expect((await run('code', form, '--locale', 'ja')).out).toContain('名前');
  });

  it('claims nothing of a code without a source', async () => {
    expect((await run('code', '999999')).out).toBe(
      '999999: no source for this code is known to Patchtrail.\n',
    );
  });
});

describe('usage', () => {
  it.each([
    [[], 2],
    [['frobnicate'], 2],
    [['analyze'], 2],
    [['analyze', 'a', 'b'], 2],
    [['analyze', sample, '--nope'], 2],
    [['analyze', sample, '--fail-on', 'always'], 2],
    [['analyze', sample, '--locale', 'fr'], 2],
    [['analyze', sample, '--timezone', 'Mars/Olympus'], 2],
    [['redact', sample], 2],
    [['verify', sample], 2],
    [['analyze', sample, '--json', '-', '--ndjson', '-'], 2],
    [['lines', sample, '--limit', 'many'], 2],
    [['lines', sample, '--from', 'yesterday'], 2],
    [['--help'], 0],
    [['--version'], 0],
  ])('%j ends with %i', async (words, status) => {
    const answer = await run(...words);
    expect(answer.status).toBe(status);
    if (status === 2) expect([answer.out, answer.err.trim() === '']).toEqual(['', false]);
  });

  it.each(['diff', 'fleet'])('%s says that it is not there yet', async (name) => {
    expect(await run(name, 'a')).toMatchObject({
      status: 2,
      out: '',
      err: `${name} is not yet available in this build.\n`,
    });
  });
});

describe('globExpression', () => {
  it.each([
    ['*.log', 'a/b/konea.log', true],
    ['konea.*', 'logs.tgz!/var/konea.log', true],
    ['a/*.log', 'a/b/konea.log', false],
    ['a/**', 'a/b/konea.log', true],
    ['**/konea.log', 'a/b/KONEA.LOG', true],
    ['k?nea.log', 'konea.log', true],
    ['a[1].log', 'a[1].log', true],
  ])('%s on %s', (glob, path, matches) => {
    expect(globExpression(glob).test(path)).toBe(matches);
  });
});

describe('a command that is told to stop while it writes its answer', () => {
  const line = '2024-05-10 09:12:00 INFO heartbeat sent to update.example:443\n';

  it.each([
    ['lines', []],
    ['lines', ['--json', '-']],
    ['analyze', ['--json', '-']],
  ] as const)('stops: %s %s', async (command, words) => {
    const rows = Array.from(
      { length: 20_000 },
      (_, nth) => `PC-${nth},更新,パッチ未適用,2024-05-10 09:30:00`,
    );
    const bundle =
      command === 'lines'
        ? file('long.log', line.repeat(40_000))
        : file('long.csv', `${['MACHINE_NAME,TITLE,DETECT_STATUS,DETECT_DATE', ...rows].join('\n')}\n`);
    const { status, pieces } = await stopped(command, bundle, ...words);
    expect(status).toBe(3);
    // Of some dozens of pieces.
    expect(pieces).toBeLessThan(command === 'lines' ? 4 : 20);
  });
});
