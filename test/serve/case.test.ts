import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { optionsKey } from '../../parsers/case/options-key.ts';
import { writeRemembered } from '../../parsers/serve/keep-answers.ts';
import { readRemembered } from '../../parsers/serve/remembered.ts';
import { Session } from '../../parsers/serve/session.ts';
import type { Mute } from '../../parsers/domain/mute.ts';
import { Window } from './window.ts';

const sample = fileURLToPath(new URL('../../resources/samples/sakura-2024-05.zip', import.meta.url));
const en = { locale: 'en' } as const;
const all = { ...en, filter: {}, from: 0, to: 2_000 };
const rule = 'kace/detection-older-than-deployment';
let folder: string;
let session: Session;
let window: Window;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'patchtrail-case-'));
  session = new Session(() => undefined);
  window = new Window(session);
  await session.open({ path: sample, password: null, zone: null, limits: {}, spoolFolder: folder });
});
afterAll(() => {
  session.close();
  rmSync(folder, { recursive: true, force: true });
});

function mute(on: Mute['on']): Mute {
  return { id: `m-${on.what}`, on, reason: 'known', author: 'a', createdAt: '2024-06-11T09:41:00+09:00' };
}

async function marks(): Promise<readonly string[]> {
  const { view, count } = await window.ask('openView', { ...en, grid: 'patches', filter: {}, sort: [] });
  const rows = await window.ask('patchRows', { ...en, view, from: 0, to: count });
  return rows.flatMap((row) => row.marks.map(({ finding }) => finding));
}

describe('a muted rule', () => {
  it('leaves lists, counts, marks and steps, is listed with its mute, and comes back', async () => {
    const before = await window.ask('findings', all);
    const covered = before.rows.filter((row) => row.rule === rule).map(({ id }) => id);
    expect(covered.length).toBeGreaterThan(0);
    expect(await marks()).toEqual(expect.arrayContaining(covered));
    const { revision } = session.reading;
    await window.ask('mute', { mutes: [mute({ what: 'rule', rule })] });
    expect(session.reading.revision).toBeGreaterThan(revision);
    const after = await window.ask('findings', all);
    expect(after.total).toBe(before.total - covered.length);
    expect(session.reading.findings).toBe(after.total);
    const overview = await window.ask('overview', en);
    expect(overview.findings.total).toBe(after.total);
    expect(overview.groups.map((group) => group.rule)).not.toContain(rule);
    expect((await marks()).filter((id) => covered.includes(id))).toEqual([]);
    const muted = await window.ask('mutedFindings', { ...en, from: 0, to: 2_000 });
    expect(muted.rows.map(({ finding }) => finding.id)).toEqual(covered);
    expect(muted.rows[0]?.mute).toBe('m-rule');
    // A note on a muted finding still leads to it, and the report can tell of it.
    expect((await window.ask('finding', { ...en, id: covered[0] ?? '' }))?.rule).toBe(rule);
    expect(session.snapshot?.whole.findings).toHaveLength(before.total);
    await window.ask('mute', { mutes: [] });
    expect(await window.ask('findings', all)).toEqual(before);
  });

  it('of one finding takes that one only', async () => {
    const { rows, total } = await window.ask('findings', all);
    const [first] = rows;
    await window.ask('mute', { mutes: [mute({ what: 'finding', finding: first?.id ?? '' })] });
    const after = await window.ask('findings', all);
    expect(after.total).toBe(total - 1);
    expect(after.rows.map(({ id }) => id)).not.toContain(first?.id);
    await window.ask('mute', { mutes: [] });
  });
});

describe('the workbench', () => {
  it('tells of a record which rules fired, and the same findings as the list', async () => {
    const { rows } = await window.ask('findings', all);
    const finding = await window.ask('finding', {
      ...en,
      id: rows.find((row) => row.rule === rule)?.id ?? '',
    });
    const record = finding?.records[0] ?? '';
    const told = await window.ask('explain', { ...en, subject: { on: 'record', id: record } });
    const own = told?.rules.find((one) => one.rule === rule);
    expect(own).toMatchObject({ outcome: 'found', kind: 'contradiction' });
    expect(own?.findings.map(({ id }) => id)).toContain(finding?.id);
    const outcomes = new Set(told?.rules.map(({ outcome }) => outcome));
    expect(outcomes.has('consistent')).toBe(true);
    expect(told?.notApplicable).toBeGreaterThan(0);
    for (const one of told?.rules ?? []) {
      expect(one.findings.length > 0, one.rule).toBe(one.outcome === 'found');
      if (one.outcome === 'cannot-tell') expect(one.missing.length, one.rule).toBeGreaterThan(0);
    }
  });

  it('tells of a device, and nothing of what is not in the bundle', async () => {
    const told = await window.ask('explain', { ...en, subject: { on: 'device', key: 'pc-0042' } });
    expect(told).not.toBeNull();
    expect(await window.ask('explain', { ...en, subject: { on: 'record', id: 'r-none' } })).toBeNull();
    expect(await window.ask('explain', { ...en, subject: { on: 'device', key: 'nobody' } })).toBeNull();
  });
});

describe('places of notes', () => {
  it('are found by what the window calls them, or said to be gone', async () => {
    const log = session.snapshot?.analysis.evidence.members.find((one) => one.path.endsWith('konea.log'));
    const { view } = await window.ask('openView', { ...en, grid: 'patches', filter: {}, sort: [] });
    const [row] = await window.ask('patchRows', { ...en, view, from: 0, to: 1 });
    const member = log?.path ?? '';
    const { member: page, line, row: at, pointer } = row!.citation;
    const place = { member: page, line, row: at, pointer };
    const found = await window.ask('findTargets', {
      targets: [
        { on: 'line', member, line: 1 },
        { on: 'lines', member, from: 2, to: 4 },
        { on: 'member', member: page },
        { on: 'record', ...place },
        { on: 'cell', ...place, column: 'deployedAt' },
        { on: 'line', member, line: 99_999_999 },
        { on: 'member', member: 'gone.log' },
        { on: 'finding', finding: 'f-gone' },
      ],
    });
    expect(found).toEqual([
      { on: 'line', id: `${member}:1` },
      { on: 'line', id: `${member}:2` },
      { on: 'member', id: page },
      { on: 'record', id: row?.id },
      { on: 'record', id: row?.id },
      null,
      null,
      null,
    ]);
  });

  it('of events added by hand stand at their reading', async () => {
    const [tokyo, utc, unknown] = await window.ask('notePlaces', {
      targets: [
        { on: 'moment', local: '2024-05-10T09:00:00', offset: '+09:00' },
        { on: 'moment', local: '2024-05-10T00:00:00', offset: '+00:00' },
        { on: 'moment', local: '2024-05-10T09:00:00', offset: null },
      ],
    });
    expect(tokyo?.at).toBe(Date.UTC(2024, 4, 10));
    expect(utc?.at).toBe(tokyo?.at);
    const placed = session.reading.placementOffset;
    expect(unknown?.at).toBe(Date.UTC(2024, 4, 10, 9) - placed * 60_000);
  });
});

describe('answers kept for the next time', () => {
  it.each([
    ['with its password', 'secret'],
    ['with its locked members listed', null],
  ])('are none of a locked bundle that was read %s', async (_, password) => {
    const bundle = fileURLToPath(new URL('../fuzz/locked/aes.zip', import.meta.url));
    const locked = new Session(() => undefined);
    await locked.open({
      path: bundle,
      password,
      locked: 'list',
      zone: null,
      limits: {},
      spoolFolder: folder,
    });
    expect(await writeRemembered(locked, join(folder, 'locked.json.gz'))).toBeNull();
    expect(existsSync(join(folder, 'locked.json.gz'))).toBe(false);
    locked.close();
  });

  it('are those of this time, and are shown until the bundle was read again', async () => {
    const path = join(folder, 'kept.json.gz');
    const mutes = [mute({ what: 'rule', rule })];
    await window.ask('mute', { mutes });
    const kept = await writeRemembered(session, path);
    expect(kept?.key).toBe(optionsKey({ zone: null, mutes, transcriptions: [] }));
    const before = {
      overview: await window.ask('overview', en),
      findings: await window.ask('findings', all),
      muted: await window.ask('mutedFindings', { ...en, from: 0, to: 2_000 }),
    };
    const states: string[] = [];
    const asked: Promise<unknown>[] = [];
    const again = new Session((reading) => {
      if (states.at(-1) !== reading.remembered) states.push(reading.remembered);
      if (reading.remembered !== 'shown' || asked.length > 0) return;
      asked.push(
        ...[
          other.ask('overview', en),
          other.ask('findings', all),
          other.ask('mutedFindings', { ...en, from: 0, to: 2_000 }),
          other.ask('finding', { ...en, id: before.findings.rows[0]?.id ?? '' }),
          other.ask('stepFinding', { from: null, step: 1, filter: {} }),
        ],
      );
    });
    const other = new Window(again);
    const request = { path: sample, password: null, zone: null, limits: {}, spoolFolder: folder };
    await again.open({ ...request, remembered: path });
    const first = before.findings.rows[0];
    expect(await Promise.all(asked)).toEqual([
      before.overview,
      {
        ...before.findings,
        rows: before.findings.rows.map((row) => expect.objectContaining(row) as unknown),
      },
      before.muted,
      expect.objectContaining(first),
      { id: first?.id, position: 0, total: before.findings.total },
    ]);
    expect(states).toEqual(['none', 'shown', 'confirmed']);
    expect(again.remembered).toBeNull();
    again.close();
    await window.ask('mute', { mutes: [] });
  });

  it('of another bundle are thrown away at the end, and damaged ones are none', async () => {
    const path = join(folder, 'other.json.gz');
    await writeRemembered(session, path);
    const log = join(folder, 'small.log');
    writeFileSync(log, '2024-05-10 09:12:00 INFO one\n');
    const states: string[] = [];
    const other = new Session((reading) => {
      if (states.at(-1) !== reading.remembered) states.push(reading.remembered);
    });
    const request = { path: log, password: null, zone: null, limits: {}, spoolFolder: folder };
    await other.open({ ...request, remembered: path });
    expect(states).toEqual(['none', 'shown', 'differs']);
    other.close();
    writeFileSync(path, 'no gzip');
    expect(await readRemembered(path)).toBeNull();
    expect(await readRemembered(join(folder, 'nowhere'))).toBeNull();
  });
});
