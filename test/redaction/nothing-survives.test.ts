import { createHash } from 'node:crypto';
import { mkdtempSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBundle } from '../../parsers/archive/bundle.ts';
import { defaultLimits } from '../../parsers/domain/limits.ts';
import { appendEntry } from '../../parsers/case/custody-log.ts';
import { runCommandLine } from '../../parsers/command-line/run.ts';
import { formsOf, picture, plantedBundle, survivors } from './planted.ts';

let folder: string;
let bundle: string;
let words: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'patchtrail-redact-'));
  mkdirSync(join(folder, 'spool'));
  bundle = join(folder, 'KEIRI-PC07 himitsu@sakura-shoji.co.jp.zip');
  writeFileSync(bundle, await plantedBundle());
  words = join(folder, 'words.txt');
  writeFileSync(words, '\uFEFFProject-Kumo\n\n');
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function run(...words: readonly string[]) {
  let out = '';
  let err = '';
  const printed: string[] = [];
  const status = await runCommandLine(words, {
    write: (text) => {
      out += text;
    },
    tell: (text) => {
      err += text;
    },
    interactive: false,
    print: ({ title, html, header, footer, paper, stamp }) => {
      printed.push([title, html, header, footer, paper, stamp].join('\n'));
      return Promise.resolve();
    },
    spoolFolder: join(folder, 'spool'),
    signal: new AbortController().signal,
  });
  return { status, out, err, printed };
}

/** A case of the bundle that names people wherever an analyst can write. */
async function caseFile(): Promise<string> {
  const { out } = await run('members', bundle, '--json', '-');
  const { sha256 } = (JSON.parse(out) as { bundle: { sha256: string } }).bundle;
  const at = '2024-06-11T09:41:00+09:00';
  const target = { on: 'moment', local: '2024-05-10T09:12:00', offset: null };
  const content = {
    annotations: [
      {
        ...{ id: 'a', target, note: 'spoke with himitsu@sakura-shoji.co.jp', tags: ['KEIRI-PC07'] },
        ...{
          verdict: 'open',
          author: '田中太郎',
          createdAt: at,
          changedAt: at,
          quote: '10.77.66.55',
          links: [],
        },
      },
    ],
    bookmarks: [{ member: 'x', line: 1, row: null, pointer: null, label: 'KEIRI-PC07' }],
    mutes: [
      {
        ...{ id: 'm', on: { what: 'rule', rule: 'kace/none' }, reason: 'asked by tanaka.taro' },
        ...{ author: '田中太郎', createdAt: at },
      },
    ],
    transcriptions: [],
    zone: 'Asia/Tokyo',
    view: {},
  };
  const log = appendEntry([], { what: 'exported', detail: { name: 'KEIRI-PC07 wsus77.pdf' } }, at);
  const path = join(folder, 'KEIRI-PC07.patchtrail');
  const file = { schema: 'patchtrail.case/2', bundle: { sha256 }, content, members: null, unlogged: [], log };
  writeFileSync(path, JSON.stringify(file));
  return path;
}

interface Manifest {
  readonly original: { readonly sha256: string };
  readonly counts: Readonly<Record<string, number>>;
  readonly members: readonly {
    readonly path: string;
    readonly fate: string;
    readonly reason: string | null;
    readonly original: { readonly sha256: string | null };
    readonly copy: { readonly sha256: string } | null;
  }[];
}

async function membersOf(path: string): Promise<Map<string, Buffer>> {
  const opened = await openBundle(path, { limits: defaultLimits, spoolFolder: join(folder, 'spool') });
  const members = new Map<string, Buffer>();
  try {
    for await (const member of opened.members()) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of member.chunks()) chunks.push(chunk);
      members.set(member.path, Buffer.concat(chunks));
    }
  } finally {
    await opened.close();
  }
  return members;
}

it('finds the secrets in the bundle itself: the search is one that can fail', async () => {
  const members = await membersOf(bundle);
  const texts = [...members].flatMap(([path, bytes]) => [path, ...formsOf(bytes)]);
  expect(survivors(texts)).toHaveLength(13);
  for (const name of ['page.mht', 'x.reg', 'encoded.txt', 'state.json', 'wide-be.log', 'joined.log']) {
    expect([name, survivors(formsOf(members.get(name) ?? Buffer.alloc(0))).length > 0]).toEqual([name, true]);
  }
});

describe.each(['en', 'ja'])('no planted secret survives in %s', (locale) => {
  it('in any answer or file of analyze --redact', async () => {
    const at = (name: string): string => join(folder, `${locale}-${name}`);
    const files = ['a.json', 'a.ndjson', 'a.jsonl', 'a.md', 'a.html'].map(at);
    const [json = '', ndjson = '', timesketch = '', markdown = '', html = ''] = files;
    const csv = at('csv');
    const answer = await run(
      ...['analyze', bundle, '--redact', '--words', words, '--locale', locale, '--case', await caseFile()],
      ...['--content', 'all', '--paper', 'Letter', '--stamp', '2024-06-11T09:41:00+09:00'],
      ...['--json', json, '--ndjson', ndjson, '--timesketch', timesketch, '--markdown', markdown],
      ...['--html', html, '--pdf', at('a.pdf'), '--csv', csv],
    );
    expect([answer.status, answer.err]).toEqual([0, '']);
    const texts = new Map<string, Buffer>([
      ...files.map((path): [string, Buffer] => [path.slice(folder.length), readFileSync(path)]),
      ...readdirSync(csv).map((name): [string, Buffer] => [name, readFileSync(join(csv, name))]),
      ...answer.printed.map((html): [string, Buffer] => ['printed', Buffer.from(html)]),
    ]);
    expect(texts.size).toBe(16);
    for (const [name, bytes] of texts) {
      expect([name, survivors(formsOf(bytes))]).toEqual([name, []]);
      expect([name, bytes.length > 0]).toEqual([name, true]);
    }
    expect(readFileSync(ndjson, 'utf8')).toContain('HOST-01');
    const [printed = ''] = answer.printed;
    expect(printed).toMatch(/\nLetter\n2024-06-11T00:41:00\.000Z$/u);
    for (const written of [printed, readFileSync(html, 'utf8')]) {
      expect([/spoke with [^<]*/u.exec(written)?.[0], /asked by [^<]*/u.exec(written)?.[0]]).toEqual([
        'spoke with EMAIL-02',
        'asked by USER-01',
      ]);
      expect(written.includes('<p class="alert" role="note">')).toBe(true);
    }
    const shown = await run('analyze', bundle, '--redact', '--words', words, '--locale', locale);
    expect(survivors([shown.out])).toEqual([]);
    expect(shown.out).toContain('HOST-');
  }, 60_000);
});

describe('a redacted copy', () => {
  it('holds no secret, in members, nested archives or names, and can be read like a bundle', async () => {
    const before = createHash('sha256').update(readFileSync(bundle)).digest('hex');
    const out = join(folder, 'copy.zip');
    const answer = await run('redact', bundle, '--out', out, '--words', words);
    expect([answer.status, answer.err]).toEqual([0, '']);
    expect(survivors([answer.out])).toEqual([]);
    const copy = readFileSync(out);
    expect(survivors(formsOf(copy))).toEqual([]);
    const members = await membersOf(out);
    for (const [path, bytes] of members) {
      expect([path, survivors([path, ...formsOf(bytes)])]).toEqual([path, []]);
      if (path.endsWith('.xlsx')) {
        for (const [part, content] of Object.entries(unzipSync(bytes))) {
          expect([part, survivors([part, ...formsOf(content)])]).toEqual([part, []]);
        }
      }
    }
    // Encodings are kept, and what holds nothing is the same file.
    expect([...(members.get('wide.log') ?? [])].slice(0, 2)).toEqual([0xff, 0xfe]);
    expect(members.get('wide.log')?.toString('utf16le')).toContain('HOST-01');
    expect(members.get('wide-be.log')?.subarray(0, 2).toString('hex')).toBe('feff');
    expect(members.get('plain.txt')?.toString()).toBe('Nothing of anybody in here.\nKB5037771 3010\n');
    expect(
      [...members.keys()].some((path) => /^inner\.zip!\/deep\.tgz!\/var\/HOST-01\/agent\.log$/u.test(path)),
    ).toBe(true);
    expect([...members.keys()].some((path) => path.includes('..'))).toBe(false);

    const manifest = JSON.parse(members.get('patchtrail-redaction.json')?.toString() ?? '') as Manifest;
    expect(manifest.original.sha256).toBe(before);
    expect(createHash('sha256').update(readFileSync(bundle)).digest('hex')).toBe(before);
    const leftOut = manifest.members.filter(({ fate }) => fate === 'left-out');
    expect(leftOut.map(({ path, reason }) => [path, reason])).toEqual([
      ['shot.png', 'picture'],
      ['cache.bin', 'binary'],
    ]);
    expect(leftOut[0]?.original.sha256).toBe(createHash('sha256').update(picture).digest('hex'));
    for (const { path, copy: written } of manifest.members) {
      const bytes = members.get(path);
      if (written === null || bytes === undefined || /\.(?:zip|tgz|gz)$/u.test(path)) continue;
      expect([path, createHash('sha256').update(bytes).digest('hex')]).toEqual([path, written.sha256]);
    }
    expect(manifest.members.find(({ path }) => path === 'plain.txt')?.fate).toBe('unchanged');

    // The same bundle gives the same copy.
    const again = join(folder, 'again.zip');
    await run('redact', bundle, '--out', again, '--words', words);
    expect(readFileSync(again).equals(copy)).toBe(true);
    const analysed = await run('analyze', out, '--json', '-');
    expect(analysed.status).toBe(0);
    expect((JSON.parse(analysed.out) as { records: unknown[] }).records.length).toBeGreaterThan(1);
  });

  it('takes over what cannot be searched only when told to, and says so', async () => {
    const out = join(folder, 'all.zip');
    const answer = await run('redact', bundle, '--out', out, '--keep-unsearched');
    expect(answer.out).toContain('included-unsearched\t-\tshot.png');
    expect((await membersOf(out)).get('shot.png')?.equals(picture)).toBe(true);
  });

  it('is never written in place', async () => {
    const before = readFileSync(bundle);
    expect((await run('redact', bundle, '--out', bundle)).status).toBe(2);
    expect(readFileSync(bundle).equals(before)).toBe(true);
    const inside = join(folder, 'unpacked');
    mkdirSync(inside);
    writeFileSync(join(inside, 'a.log'), 'Computer Name: KEIRI-PC07\n');
    expect((await run('redact', inside, '--out', join(inside, 'copy.zip'))).status).toBe(2);
    expect(readdirSync(inside)).toEqual(['a.log']);
    expect((await run('redact', inside, '--out', join(folder, 'folder-copy.zip'))).status).toBe(0);
    expect((await run('redact', bundle)).status).toBe(2);
  });

  it('is told beforehand what would change and what was only suspected', async () => {
    const { out, status } = await run('redact', bundle, '--preview', '--words', words);
    expect(status).toBe(0);
    expect(out).toMatch(/^HOST-\d+\thost\t\d+\tkeiri-pc07$/imu);
    expect(out).toMatch(/^WORD-01\tword\t\d+\tProject-Kumo$/mu);
  });
});
