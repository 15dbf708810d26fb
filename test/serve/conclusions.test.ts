import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Session } from '../../parsers/serve/session.ts';
import type { OpenRequest } from '../../parsers/serve/session.ts';
import { Window } from './window.ts';

const en = { locale: 'en' } as const;
let folder: string;
let log: string;
let other: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'patchtrail-conclusions-'));
  log = join(folder, 'big.log');
  // Read in several steps, and concluded in several turns.
  writeFileSync(log, '2024-05-10 09:12:00 INFO heartbeat sent\n'.repeat(400_000));
  other = join(folder, 'other.log');
  writeFileSync(other, '2024-05-10 09:12:00 INFO only line\n');
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function request(path: string): OpenRequest {
  return { path, password: null, zone: null, limits: {}, spoolFolder: folder };
}

describe('a conclusion', () => {
  it('takes in a zone that is assumed while the bundle is read, and answers when it is in force', async () => {
    const asked: Promise<unknown>[] = [];
    const session = new Session(({ phase }) => {
      if (phase === 'reading' && asked.length === 0)
        asked.push(window.ask('assumeZone', { zone: 'Asia/Tokyo' }));
    });
    const window = new Window(session);
    await session.open(request(log));
    expect(asked).toHaveLength(1);
    await Promise.all(asked);
    expect(session.options.zone).toBe('Asia/Tokyo');
    const { view } = await window.ask('openView', { ...en, grid: 'lines', filter: {}, sort: [] });
    const [row] = await window.ask('lineRows', { ...en, view, from: 0, to: 1 });
    expect(row?.at).toMatchObject({ offset: 540, offsetSource: 'assumed' });
    session.close();
  });

  it('starts over when what it assumes changes, and only the last assumption is in force', async () => {
    const session = new Session(() => undefined);
    const window = new Window(session);
    await session.open(request(log));
    const [first, second, third] = ['Asia/Tokyo', 'America/New_York', 'Europe/Berlin'].map((zone) =>
      window.ask('assumeZone', { zone }),
    );
    // What was concluded before answers meanwhile.
    expect((await window.ask('overview', en)).bundle.name).toBe('big.log');
    await Promise.all([first, second, third]);
    expect(session.snapshot?.zone).toBe('Europe/Berlin');
    expect(session.options.zone).toBe('Europe/Berlin');
    session.close();
  });

  it('refuses a zone that is none and stays as it is', async () => {
    const session = new Session(() => undefined);
    const window = new Window(session);
    await session.open(request(other));
    const { revision } = session.reading;
    await expect(window.ask('assumeZone', { zone: 'Asia/Nowhere' })).rejects.toMatchObject({
      code: 'unknown-time-zone',
    });
    expect([session.options.zone, session.reading.revision]).toEqual([null, revision]);
    session.close();
  });

  it('ends with its bundle: another one that is opened meanwhile is the one that answers', async () => {
    const session = new Session(() => undefined);
    const window = new Window(session);
    await session.open(request(log));
    const assuming = window.ask('assumeZone', { zone: 'Asia/Tokyo' });
    const refused = expect(assuming).rejects.toMatchObject({ family: 'cancelled' });
    await session.open(request(other));
    await refused;
    expect(session.snapshot?.analysis.bundle.name).toBe('other.log');
    expect(session.snapshot?.lines.total).toBe(1);
    expect(session.options.zone).toBeNull();
    session.close();
  });
});
