import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EvidenceResult } from '../../preload/contract/evidence.ts';
import { Session } from '../../parsers/serve/session.ts';
import { Window } from './window.ts';

const sample = fileURLToPath(new URL('../../resources/samples/sakura-2024-05.zip', import.meta.url));
type Step = EvidenceResult<'stepMatch'>;

const en = { locale: 'en' } as const;
const text = { expression: 'ExitCode=', regex: false, ignoreCase: false, ignoreWidth: true };
let spoolFolder: string;
let session: Session;
let window: Window;

beforeAll(async () => {
  spoolFolder = mkdtempSync(join(tmpdir(), 'patchtrail-matches-'));
  session = new Session(() => undefined);
  window = new Window(session);
  await session.open({ path: sample, password: null, zone: null, limits: {}, spoolFolder });
});
afterAll(() => {
  session.close();
  rmSync(spoolFolder, { recursive: true, force: true });
});

describe('matches beside the timeline', () => {
  const often = { expression: 'KB50', regex: false, ignoreCase: true, ignoreWidth: true };

  it('are all lines of the files that match and do not stand on it, with the first of each file', async () => {
    const { lines, elsewhere } = await window.ask('search', { filter: { text: often } });
    const { view, count } = await window.ask('openView', { ...en, grid: 'members', filter: {}, sort: [] });
    const rows = await window.ask('memberRows', { ...en, view, from: 0, to: count });
    let total = 0;
    for (const { path } of rows)
      total += (await window.ask('fileMatches', { member: path, text: often })).total;
    expect(elsewhere.lines).toBeGreaterThan(0);
    expect(lines + elsewhere.lines).toBe(total);
    expect(elsewhere.files).toBe(elsewhere.first.length);
    for (const { member, lines: found, line } of elsewhere.first) {
      const inFile = await window.ask('fileMatches', { member, text: often });
      expect(inFile.lines).toContain(line);
      expect(found).toBeLessThanOrEqual(inFile.total);
    }
    await window.ask('closeView', { view });
  });

  it('are those of the files and devices of a filter, and none of a level or a time', async () => {
    const { elsewhere } = await window.ask('search', { filter: { text: often } });
    const [first] = elsewhere.first;
    if (first === undefined) throw new Error('nothing found');
    const ofOne = await window.ask('search', { filter: { text: often, members: [first.member] } });
    expect(ofOne.elsewhere).toEqual({ lines: first.lines, files: 1, first: [first] });
    const none = { lines: 0, files: 0, first: [] };
    const ofLevel = await window.ask('search', { filter: { text: often, levels: ['error'] } });
    expect(ofLevel.elsewhere).toEqual(none);
    const ofTime = await window.ask('search', { filter: { text: often, time: { from: 0, to: 1 } } });
    expect(ofTime.elsewhere).toEqual(none);
    const absent = await window.ask('search', { filter: { text: { ...often, expression: 'not in there' } } });
    expect(absent.elsewhere).toEqual(none);
  });
});

describe('matching lines', () => {
  /** Positions in the whole log whose text matches, looked up one by one. */
  async function expected(view: string, count: number): Promise<number[]> {
    const positions: number[] = [];
    for (let from = 0; from < count; from += 2000) {
      const rows = await window.ask('lineRows', { ...en, view, from, to: from + 2000 });
      rows.forEach((row, index) => {
        if (row.text.includes(text.expression)) positions.push(from + index);
      });
    }
    return positions;
  }

  it('are stepped through in the order of the log, in either direction, wrapping round', async () => {
    const { view, count } = await window.ask('openView', { ...en, grid: 'lines', filter: {}, sort: [] });
    const positions = await expected(view, count);
    expect(positions.length).toBeGreaterThan(3);
    const { matches, lines } = await window.ask('search', { filter: { text } });
    expect(lines).toBe(positions.length);
    for (const step of [1, -1] as const) {
      const walked: number[] = [];
      let from: number | null = null;
      for (let count_ = 0; count_ <= positions.length; count_ += 1) {
        const next: Step = await window.ask('stepMatch', {
          matches,
          among: 'lines',
          view,
          from,
          time: null,
          step,
        });
        if (next?.target.on !== 'line') throw new Error('no line');
        const place: { member: string; line: number } = next.target;
        from = await window.ask('locateLine', { view, member: place.member, line: place.line });
        expect(positions[next.index]).toBe(from);
        expect(next.total).toBe(positions.length);
        walked.push(from ?? -1);
      }
      const inOrder = step === 1 ? positions : [...positions].reverse();
      expect(walked).toEqual([...inOrder, inOrder[0]]);
    }
  });

  it('are marked where they lie along the log and in time', async () => {
    const { view, count } = await window.ask('openView', { ...en, grid: 'lines', filter: {}, sort: [] });
    const positions = await expected(view, count);
    const { matches } = await window.ask('search', { filter: { text } });
    const { marks } = await window.ask('matchMarks', { matches, view, buckets: 50 });
    const wanted = new Set(positions.map((position) => Math.floor((position * 50) / count)));
    expect([...marks].flatMap((mark, bucket) => (mark === 1 ? [bucket] : []))).toEqual(
      [...wanted].sort((a, b) => a - b),
    );
    const { extent } = await window.ask('timeline', { ...en, filter: {}, range: null, buckets: 10 });
    const counts = await window.ask('matchTimes', {
      matches,
      range: { from: (extent?.from ?? 0) - 1, to: (extent?.to ?? 0) + 1 },
      buckets: 20,
    });
    expect(counts.reduce((sum, one) => sum + one, 0)).toBe(positions.length);
    expect(await window.ask('matchTimes', { matches, range: { from: 0, to: 1 }, buckets: 3 })).toEqual([
      0, 0, 0,
    ]);
  });

  it('are gone to from a place in time', async () => {
    const { matches } = await window.ask('search', { filter: { text } });
    const at = { matches, among: 'lines', view: null, from: null, step: 1 } as const;
    expect((await window.ask('stepMatch', { ...at, time: Number.MIN_SAFE_INTEGER }))?.index).toBe(0);
    const last = await window.ask('stepMatch', { ...at, time: Number.MAX_SAFE_INTEGER });
    expect(last?.index).toBe((last?.total ?? 0) - 1);
  });

  it('of one file are told by their numbers, whether it stands in the log or not', async () => {
    const member = 'PC-0042/ProgramData/Quest/KACE/konea.log';
    const { lines, total } = await window.ask('fileMatches', { member, text });
    expect(lines).toHaveLength(total);
    const [first = 0] = lines;
    const { rows } = await window.ask('fileLines', { ...en, member, from: first - 1, to: first });
    expect(rows[0]?.text).toContain('ExitCode=');
    const page = await window.ask('fileMatches', {
      member: 'PC-0042/デバイスの詳細.html',
      text: { ...text, expression: '<table' },
    });
    expect(page.total).toBeGreaterThan(0);
  });

  it('are none of a search that is closed', async () => {
    const { matches } = await window.ask('search', { filter: { text } });
    await window.ask('closeView', { view: matches });
    const step = { matches, among: 'lines', view: null, from: null, time: null, step: 1 } as const;
    expect(await window.ask('stepMatch', step)).toBeNull();
  });
});

describe('matching records', () => {
  const zoom = { ...text, expression: 'Zoom' };

  it('are stepped through in the order of the grid, past headings and folded groups', async () => {
    const { matches, records } = await window.ask('search', { filter: { text: zoom } });
    const group = { by: 'device', folded: { all: false, except: [] } } as const;
    const { view } = await window.ask('openView', {
      ...en,
      grid: 'patches',
      filter: {},
      sort: [{ column: 'deployedAt', descending: true }],
      group: { ...group, folded: { all: false, except: [] } },
    });
    const seen: number[] = [];
    let from: number | null = null;
    for (let at = 0; at < records; at += 1) {
      const next: Step = await window.ask('stepMatch', {
        matches,
        among: 'patches',
        view,
        from,
        time: null,
        step: 1,
      });
      if (next?.target.on !== 'record') throw new Error('no record');
      expect(next.index).toBe(at);
      from = await window.ask('locateRecord', { view, record: next.target.id });
      seen.push(from ?? -1);
    }
    expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
    const { marks } = await window.ask('matchMarks', { matches, view, buckets: 4000 });
    expect(marks.reduce((sum, mark) => sum + mark, 0)).toBe(records);
  });
});

describe('groups', () => {
  it('hold every record once, under a heading that counts them', async () => {
    const folded = { all: false, except: [] };
    const open = await window.ask('openView', {
      ...en,
      grid: 'patches',
      filter: {},
      sort: [],
      group: { by: 'device', folded },
    });
    const rows = await window.ask('groupedRows', { ...en, view: open.view, from: 0, to: 2000 });
    expect(rows).toHaveLength(open.count);
    const { devices, records } = await window.ask('overview', en);
    expect(open.records).toBe(records);
    const headings = rows.flatMap((row) => ('group' in row ? [row] : []));
    expect(headings.map(({ group }) => group).sort()).toEqual(
      devices
        .filter((device) => device.records > 0)
        .map(({ key }) => key)
        .sort(),
    );
    expect(headings.reduce((sum, row) => sum + row.records, 0)).toBe(records);
    let group = '';
    for (const row of rows) {
      if ('group' in row) ({ group } = row);
      else expect(row.deviceKey).toBe(group);
    }
  });

  it('fold to their headings, where their records are then found', async () => {
    const open = (except: string[]) =>
      window.ask('openView', {
        ...en,
        grid: 'patches',
        filter: {},
        sort: [],
        group: { by: 'patch', folded: { all: true, except } },
      });
    const all = await open([]);
    const headings = await window.ask('groupedRows', { ...en, view: all.view, from: 0, to: 2000 });
    expect(headings.every((row) => 'group' in row && !row.isOpen)).toBe(true);
    const [first] = headings;
    if (first === undefined || !('group' in first)) throw new Error('no heading');
    const one = await open([first.group]);
    expect(one.count).toBe(all.count + first.records);
    const [, record] = await window.ask('groupedRows', { ...en, view: one.view, from: 0, to: 2 });
    if (record === undefined || 'group' in record) throw new Error('no record');
    expect(await window.ask('locateRecord', { view: one.view, record: record.id })).toBe(1);
    expect(await window.ask('locateRecord', { view: all.view, record: record.id })).toBe(0);
  });
});

describe('the tree of members', () => {
  const tree = (folded: { all: boolean; except: string[] }) =>
    window.ask('openView', {
      ...en,
      grid: 'members',
      filter: {},
      sort: [],
      group: { by: 'folder', folded },
    });

  it('holds every member once, in folders that tell what is below', async () => {
    const { view, count } = await tree({ all: false, except: [] });
    const rows = await window.ask('treeRows', { view, from: 0, to: count });
    const { members } = await window.ask('overview', en);
    const paths = rows.flatMap(({ member }) => (member === null ? [] : [member.path]));
    expect(new Set(paths).size).toBe(members.total);
    expect(paths).toHaveLength(members.total);
    const top = rows.filter(({ level }) => level === 1);
    const below = top.reduce((sum, row) => sum + row.below.members + (row.member === null ? 0 : 1), 0);
    expect(below).toBe(members.total);
    // A nested archive is a row with a state of its own, and what is in it stands below.
    const archive = rows.find(({ path }) => path === 'server-logs.tgz');
    expect(archive).toMatchObject({ level: 1, isOpen: true, member: { state: 'parsed' } });
    expect(archive?.below.members).toBeGreaterThan(0);
  });

  it('folds, and then does not find what is hidden', async () => {
    const { view, count } = await tree({ all: true, except: [] });
    const rows = await window.ask('treeRows', { view, from: 0, to: count });
    expect(rows.every(({ level }) => level === 1)).toBe(true);
    const member = 'PC-0042/デバイスの詳細.html';
    expect(await window.ask('locateMember', { view, member })).toBeNull();
    const open = await tree({ all: true, except: ['PC-0042'] });
    const position = await window.ask('locateMember', { view: open.view, member });
    const [row] = await window.ask('treeRows', {
      view: open.view,
      from: position ?? 0,
      to: (position ?? 0) + 1,
    });
    expect(row).toMatchObject({ level: 2, member: { path: member } });
  });
});

describe('a folded file', () => {
  const member = 'PC-0042/ProgramData/Quest/KACE/konea.log';

  it('shows the first line of each record and how many follow', async () => {
    const { total } = await window.ask('fileLines', { ...en, member, from: 0, to: 0 });
    const { view, count } = await window.ask('foldFile', { member, open: [] });
    const { rows, more } = await window.ask('foldedLines', { view, from: 0, to: 2000 });
    expect(rows.some(({ continues }) => continues)).toBe(false);
    expect(count).toBeLessThan(total);
    const at = more.findIndex((one) => one > 0);
    const head = rows[at]?.line ?? 0;
    expect(await window.ask('locateFolded', { view, line: head + 1 })).toBe(at);
    const open = await window.ask('foldFile', { member, open: [head + 1] });
    expect(open.count).toBe(count + (more[at] ?? 0));
    expect(await window.ask('locateFolded', { view: open.view, line: head + 1 })).toBe(at + 1);
  });

  it('of no such member is empty', async () => {
    expect((await window.ask('foldFile', { member: 'nowhere', open: [3] })).count).toBe(0);
  });
});
