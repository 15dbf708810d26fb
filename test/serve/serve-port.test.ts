import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Reading } from '../../preload/contract/evidence.ts';
import { answerReport } from '../../parsers/serve/report.ts';
import { Session } from '../../parsers/serve/session.ts';
import { Window } from './window.ts';

const sample = fileURLToPath(new URL('../../resources/samples/sakura-2024-05.zip', import.meta.url));
const en = { locale: 'en' } as const;
let spoolFolder: string;
let session: Session;
let window: Window;
const readings: Reading[] = [];

beforeAll(async () => {
  spoolFolder = mkdtempSync(join(tmpdir(), 'patchtrail-serve-'));
  session = new Session((reading) => readings.push(reading));
  window = new Window(session);
  await session.open({ path: sample, password: null, zone: null, limits: {}, spoolFolder });
});
afterAll(() => {
  session.close();
  rmSync(spoolFolder, { recursive: true, force: true });
});

describe('reading', () => {
  it('is told from its start to its end', () => {
    expect(readings.map((reading) => reading.phase)).toEqual(
      expect.arrayContaining(['reading', 'checking', 'ready']),
    );
    const last = readings[readings.length - 1];
    expect(last).toMatchObject({ phase: 'ready', bundle: 'sakura-2024-05.zip', error: null });
    expect(last?.bytes).toBe(last?.total);
  });
});

describe('answers', () => {
  it('give the overview that triage shows, in both languages', async () => {
    const overview = await window.ask('overview', en);
    expect(overview.bundle.sha256).toMatch(/^[0-9a-f]{64}$/u);
    expect(overview.groups.map((group) => group.rule)).toContain('kace/still-missing-after-deployment');
    expect((await window.ask('overview', { locale: 'ja' })).groups[0]?.title).toMatch(/[ぁ-んァ-ヶ一-龠]/u);
  });

  it('step through findings in both directions and round', async () => {
    const { total, rows } = await window.ask('findings', { ...en, filter: {}, from: 0, to: 500 });
    expect(rows).toHaveLength(total);
    const first = await window.ask('stepFinding', { from: null, step: 1, filter: {} });
    expect(first?.id).toBe(rows[0]?.id);
    expect((await window.ask('stepFinding', { from: rows[0]?.id ?? null, step: -1, filter: {} }))?.id).toBe(
      rows[total - 1]?.id,
    );
    expect(
      (await window.ask('stepFinding', { from: rows[total - 1]?.id ?? null, step: 1, filter: {} }))?.id,
    ).toBe(rows[0]?.id);
    const detail = await window.ask('finding', { ...en, id: rows[0]?.id ?? '' });
    expect(detail?.witnesses.length).toBeGreaterThan(0);
  });

  it('give windows of patch rows with the contradicting cells marked', async () => {
    const filter = { devices: ['pc-0042'] };
    const { view, count } = await window.ask('openView', {
      ...en,
      grid: 'patches',
      filter,
      sort: [{ column: 'detectedAt', descending: true }],
    });
    const rows = await window.ask('patchRows', { ...en, view, from: 0, to: count });
    expect(rows).toHaveLength(count);
    const marked = rows.find((row) => row.kb === 'KB5037771');
    expect(marked?.marks.map((mark) => mark.field)).toEqual(
      expect.arrayContaining(['detection.at', 'deployment.at']),
    );
    expect(await window.ask('locateRecord', { view, record: marked?.id ?? '' })).toBe(
      rows.findIndex((row) => row === marked),
    );
    await window.ask('closeView', { view });
    expect(await window.ask('patchRows', { ...en, view, from: 0, to: 10 })).toEqual([]);
  });

  it('find the nearest lines to a deployment, and say that the zones do not decide', async () => {
    const { view } = await window.ask('openView', { ...en, grid: 'lines', filter: {}, sort: [] });
    const at = {
      raw: '',
      local: Date.UTC(2024, 4, 10, 9, 30),
      offset: null,
      offsetSource: 'unknown',
      precision: 'minute',
      clock: 'sma',
    } as const;
    const nearest = await window.ask('nearestLine', { view, at, deviceKey: 'pc-0042', kb: 'KB5037771' });
    expect(nearest.undecidable).toBe('zone-unknown');
    expect(nearest.ofOthers).toBe(false);
    const others = await window.ask('nearestLine', { view, at, deviceKey: 'nagoya-pc31', kb: null });
    expect(others.ofOthers).toBe(true);
    expect(others.before).not.toBeNull();
    expect(nearest.before?.distance).toBeLessThan(60_000);
    const position = nearest.before?.position ?? 0;
    const [row] = await window.ask('lineRows', { ...en, view, from: position, to: position + 1 });
    expect(row?.member).toBe(nearest.before?.member);
    expect(await window.ask('locateLine', { view, member: row?.member ?? '', line: row?.line ?? 0 })).toBe(
      position,
    );
  });

  it('show a file, a picture and the timeline', async () => {
    const file = await window.ask('fileLines', { ...en, member: 'readme.txt', from: 0, to: 5 });
    expect(file.rows[0]?.line).toBe(1);
    const picture = await window.ask('bytes', {
      member: 'PC-0042/画面/展開ステータス.png',
      offset: 0,
      length: 1024,
    });
    expect(picture.mediaType).toBe('image/png');
    const timeline = await window.ask('timeline', { ...en, filter: {}, range: null, buckets: 100 });
    expect(timeline.density.lines.reduce((sum, lines) => sum + lines, 0)).toBeGreaterThan(1000);
    expect(timeline.lanes.map((lane) => lane.lane)).toEqual(
      expect.arrayContaining(['detections', 'deployments', 'findings']),
    );
  });

  it('place notes in time by what they are written to', async () => {
    const { rows } = await window.ask('findings', { ...en, filter: {}, from: 0, to: 500 });
    const finding = rows.find(({ at }) => at !== null);
    const record = await window.ask('record', { ...en, id: 'r1' });
    const { member = '', line = null, row = null, pointer = null } = record?.citation ?? {};
    const timed = finding?.citation?.line ?? 1;
    const places = await window.ask('notePlaces', {
      targets: [
        { on: 'finding', finding: finding?.id ?? '' },
        { on: 'record', member, line, row, pointer },
        { on: 'line', member: 'readme.txt', line: 1 },
        { on: 'line', member: 'gone.log', line: timed },
        { on: 'finding', finding: 'gone' },
      ],
    });
    expect(places.map((place) => place?.target ?? null)).toEqual([
      { on: 'finding', id: finding?.id },
      { on: 'record', id: 'r1' },
      null,
      null,
      null,
    ]);
  });

  it('count what a search finds in lines and cells', async () => {
    const text = { expression: 'KB5037771', regex: false, ignoreCase: false, ignoreWidth: false };
    const found = await window.ask('search', { filter: { text } });
    expect(found.lines).toBeGreaterThan(0);
    expect(found.records).toBeGreaterThan(0);
  });

  it('take rows of pictures as records, and let them go again', async () => {
    const before = await window.ask('overview', en);
    const row = {
      id: 't-1',
      member: 'PC-0042/画面/展開ステータス.png',
      region: { x: 10, y: 20, width: 300, height: 40 },
      cells: {
        device: 'PC-9999',
        patch: 'Security Update (KB5999999)',
        detectionStatus: 'パッチ未適用',
        detectionDate: '2024/05/10 09:12:00',
        deployStatus: '正常終了',
        deployDate: '2024-05-10 09:30:00',
        exitCode: '3010, 0xBC2',
        attempts: '1',
      },
      author: 'ana',
      createdAt: '2024-06-11T09:41:00+09:00',
      changedAt: '2024-06-11T09:41:00+09:00',
    };
    await window.ask('transcribe', { transcriptions: [row] });
    expect((await window.ask('overview', en)).records).toBe(before.records + 1);
    const filter = { devices: ['pc-9999'] };
    const { view } = await window.ask('openView', { ...en, grid: 'patches', filter, sort: [] });
    const [shown] = await window.ask('patchRows', { ...en, view, from: 0, to: 10 });
    expect(shown).toMatchObject({
      device: 'PC-9999',
      source: 'analyst',
      citation: { member: row.member, line: null, row: null, quote: 'region 10,20,300x40' },
    });
    expect(shown?.marks.length).toBeGreaterThan(0);
    const findings = await window.ask('findings', { ...en, filter, from: 0, to: 50 });
    expect(findings.rows.map(({ rule }) => rule)).toContain('kace/detection-older-than-deployment');
    await window.ask('transcribe', { transcriptions: [] });
    expect(await window.ask('overview', en)).toEqual(before);
  });

  it('read the evidence anew when a zone is assumed, and take it back', async () => {
    await window.ask('assumeZone', { zone: 'Asia/Tokyo' });
    expect((await window.ask('record', { ...en, id: 'r1' }))?.detectedAt).toMatchObject({
      offset: 540,
      offsetSource: 'assumed',
    });
    await window.ask('assumeZone', { zone: null });
    expect((await window.ask('record', { ...en, id: 'r1' }))?.detectedAt).toMatchObject({ offset: null });
    await expect(window.ask('assumeZone', { zone: 'Mars/Olympus' })).rejects.toMatchObject({
      code: 'unknown-time-zone',
    });
  });

  it('print a report with notes', async () => {
    const [finding] = session.snapshot?.analysis.findings ?? [];
    const note = {
      id: 'a',
      target: { on: 'finding' as const, finding: finding?.id ?? '' },
      note: '要再起動',
      tags: [],
      verdict: 'confirmed' as const,
      author: 'a',
      createdAt: '2024-06-11T09:41:00+09:00',
      changedAt: '2024-06-11T09:41:00+09:00',
      quote: '',
      links: [],
    };
    const answer = await answerReport(session, {
      type: 'report',
      id: 1,
      locale: 'ja',
      caseName: null,
      content: { annotations: [note], bookmarks: [], mutes: [], transcriptions: [], zone: null, view: {} },
      reportChoice: { content: 'all', chosen: [], sections: ['findings'], paper: 'A4' },
      exportChoice: null,
      custody: { entries: [], broken: null },
      form: 'pages',
    });
    if (answer.type !== 'report') throw new Error(answer.type);
    const { report } = answer;
    expect(report.html).toContain('要再起動');
    expect(report.html).not.toContain('<script');

    // The preview of a redacted report is the redacted document, and what it says of itself is in it.
    const preview = await answerReport(session, {
      type: 'report',
      id: 2,
      locale: 'en',
      caseName: null,
      content: { annotations: [note], bookmarks: [], mutes: [], transcriptions: [], zone: null, view: {} },
      reportChoice: { content: 'annotated', chosen: [], sections: ['matrix', 'findings'], paper: 'Letter' },
      exportChoice: { kind: 'pdf', locale: 'en', redact: true, filter: null, keepUnsearched: false },
      custody: { entries: [], broken: null },
      form: 'preview',
    });
    if (preview.type !== 'preview') throw new Error(preview.type);
    const device = session.snapshot?.analysis.evidence.devices[0]?.name ?? '';
    expect(report.html.toLowerCase()).toContain(device.toLowerCase());
    expect(preview.html.toLowerCase()).not.toContain(device.toLowerCase());
    expect(preview.html).toContain('HOST-01');
    expect(preview.html).toContain('<p class="alert" role="note">Redacted (');
  });
});

describe('bad messages', () => {
  it('that fit no schema are refused, and the port goes on', async () => {
    window.raw(null);
    window.raw({ type: 'request', id: 1, method: 'eval', params: {} });
    window.raw({ type: 'request', id: 'x', method: 'overview', params: {} });
    await expect(window.ask('overview', { locale: 'fr' } as never)).rejects.toMatchObject({
      family: 'expected',
      code: 'usage',
    });
    await expect(
      window.ask('bytes', { member: 'readme.txt', offset: 0, length: 1e12 }),
    ).rejects.toMatchObject({ code: 'usage' });
    expect(await window.ask('bytes', { member: '../../etc/passwd', offset: 0, length: 10 })).toMatchObject({
      total: 0,
    });
    expect((await window.ask('overview', en)).records).toBeGreaterThan(0);
  });

  it('can be taken back', async () => {
    const filter = { text: { expression: 'a', regex: false, ignoreCase: false, ignoreWidth: false } };
    await expect(window.cancelled('openView', { ...en, grid: 'lines', filter, sort: [] })).rejects.toEqual({
      family: 'cancelled',
    });
  });

  it('without an open bundle are told so', async () => {
    const empty = new Session(() => undefined);
    await expect(new Window(empty).ask('overview', en)).rejects.toMatchObject({ code: 'no-bundle' });
  });
});

describe('opening', () => {
  it('ends in a failed reading with the reason', async () => {
    const seen: Reading[] = [];
    const failing = new Session((reading) => seen.push(reading));
    await expect(
      failing.open({
        path: join(spoolFolder, 'gone.zip'),
        password: null,
        zone: null,
        limits: {},
        spoolFolder,
      }),
    ).rejects.toMatchObject({ code: 'not-found' });
    expect(seen[seen.length - 1]).toMatchObject({
      phase: 'failed',
      error: { family: 'expected', code: 'not-found' },
    });
  });

  it('can be cancelled, and what was read stays', async () => {
    const cancelling = new Session((reading) => {
      if (reading.phase === 'reading') cancelling.cancel();
    });
    await expect(
      cancelling.open({ path: sample, password: null, zone: null, limits: {}, spoolFolder }),
    ).rejects.toMatchObject({ name: 'CancelledError' });
    expect(cancelling.reading.phase).toBe('cancelled');
    expect((await new Window(cancelling).ask('overview', en)).bundle.name).toBe('sakura-2024-05.zip');
    cancelling.close();
  });
});
