import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Session } from '../../parsers/serve/session.ts';
import { Window } from './window.ts';

const count = 250;
const folder = mkdtempSync(join(tmpdir(), 'pt-many-'));
const session = new Session(() => undefined);
const window = new Window(session);
const logOf = (index: number): string => `PC-${index}/ProgramData/Quest/KACE/konea.log`;

beforeAll(async () => {
  for (let index = 0; index < count; index += 1) {
    const path = join(folder, 'bundle', logOf(index));
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(
      path,
      '2024-05-15.09:12:00+0900|INFO |konea       |heartbeat sent\n'.repeat(1 + (index % 7)),
    );
  }
  const path = join(folder, 'bundle');
  await session.open({ path, password: null, zone: null, limits: {}, spoolFolder: folder });
});

afterAll(() => {
  window.close();
  session.close();
  rmSync(folder, { recursive: true, force: true });
});

test('triage is sent the first members of a kind of evidence, and how many there are', async () => {
  const { coverage, members } = await window.ask('overview', { locale: 'en' });
  expect(members).toMatchObject({ total: count, parsed: count, text: 0 });
  const logs = coverage.find((item) => item.count > 0);
  expect(logs).toMatchObject({ system: 'kace-sma', count });
  expect(logs?.members).toHaveLength(200);
  expect(coverage.filter((item) => item !== logs).every((item) => item.count === item.members.length)).toBe(
    true,
  );
});

test('the list of members is filtered by paths and sorted by its columns', async () => {
  const paths = [logOf(7), logOf(3), logOf(13), 'no such file'];
  const sort = [
    { column: 'lines', descending: true },
    { column: 'path', descending: false },
  ];
  const { view, count: shown } = await window.ask('openView', {
    grid: 'members',
    filter: { members: paths },
    sort,
    locale: 'en',
  });
  expect(shown).toBe(3);
  const rows = await window.ask('memberRows', { view, from: 0, to: 10 });
  expect(rows.map(({ path }) => path)).toEqual([logOf(13), logOf(3), logOf(7)]);
});

test('the tree of members has a row for each device, in the order of their numbers', async () => {
  const { view, count: shown } = await window.ask('openView', {
    grid: 'members',
    filter: {},
    sort: [],
    group: { by: 'folder', folded: { all: true, except: ['PC-10/ProgramData/Quest/KACE'] } },
    locale: 'en',
  });
  expect(shown).toBe(count + 1);
  const rows = await window.ask('treeRows', { view, from: 9, to: 13 });
  expect(rows.map(({ name, level }) => `${level} ${name}`)).toEqual([
    '1 PC-9/ProgramData/Quest/KACE',
    '1 PC-10/ProgramData/Quest/KACE',
    '2 konea.log',
    '1 PC-11/ProgramData/Quest/KACE',
  ]);
});
