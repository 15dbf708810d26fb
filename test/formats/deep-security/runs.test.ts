import { describe, expect, it } from 'vitest';
import type { Run } from '../../../parsers/domain/evidence.ts';
import { eventsCsv, readFiles, until } from './read-files.ts';

const line = (time: string, text: string): string =>
  `2025-05-13 ${time}.000000 [+0200]: [Cmd/5] | ${text} | a | b\n`;
const steps = (run: Run | undefined): string[] =>
  (run?.steps ?? []).map((step) => `${step.name} ${step.evidenced ? String(step.outcome) : 'not evidenced'}`);

const rows = [
  { at: '10:00:00', id: 1600, target: 'relay01' },
  { at: '10:00:00', id: 273, target: 'pc-1' },
  { at: '10:03:00', id: '', event: 'Relay Web server disabled', target: 'relay01' },
  { at: '10:05:00', id: 1601, target: 'relay01' },
  { at: '10:06:00', id: 276, target: 'pc-1' },
  { at: '10:08:00', id: 2204, target: 'pc-1' },
  until('12:00:00'),
];
const events = eventsCsv(rows);

describe('the runs', () => {
  it('put relays above agents, with the steps that the events tell', async () => {
    const { evidence } = await readFiles({ 'events.csv': events });
    expect(evidence.runs).toMatchObject([
      {
        operation: 'relay-update',
        device: 'relay01',
        outcome: 'succeeded',
        detail: { lane: 0, overlap: true, lookedUntil: '2025-05-13 12:00:00' },
      },
      {
        operation: 'agent-update',
        device: 'pc-1',
        outcome: 'succeeded',
        detail: { lane: 1, overlap: true, withRelay: true },
      },
    ]);
    expect(steps(evidence.runs[0])).toEqual([
      'request succeeded',
      'licence-check not evidenced',
      'snapshot not evidenced',
      'download not evidenced',
      'swap unknown',
      'result succeeded',
    ]);
    expect(steps(evidence.runs[1])).toContain('download succeeded');
    expect(evidence.runs[1]?.steps[0]?.citation).toMatchObject({ member: 'events.csv', line: 7 });
  });

  it('take the steps of an agent’s log once the clocks can be compared', async () => {
    const files = {
      'events.csv': events,
      'pc-1/ds_agent.log':
        line('10:05:30', 'update: license check OK') + line('10:05:40', 'update: snapshot in li_copy'),
    };
    const known = await readFiles(files, { zone: 'Europe/Berlin' });
    expect(steps(known.evidence.runs[1])).toEqual([
      'request succeeded',
      'licence-check succeeded',
      'snapshot unknown',
      'download succeeded',
      'swap not evidenced',
      'result succeeded',
    ]);
    const unknown = await readFiles(files);
    expect(steps(unknown.evidence.runs[1])).toContain('licence-check not evidenced');
    expect(unknown.evidence.runs).toHaveLength(3);
  });

  it('leave a step that nothing tells open, never failed, when the bundle ends in the middle', async () => {
    const { evidence } = await readFiles({
      'events.csv': eventsCsv([...rows.slice(0, 2), until('10:02:00')]),
    });
    for (const run of evidence.runs) {
      expect(run).toMatchObject({
        outcome: 'unknown',
        endedAt: null,
        detail: { lookedUntil: '2025-05-13 10:02:00' },
      });
      expect(run.steps.at(-1)).toEqual({
        name: 'result',
        evidenced: false,
        outcome: null,
        at: null,
        citation: null,
      });
    }
  });

  it('are the same for rotated logs out of order and for events told twice', async () => {
    const split = { 'b.csv': eventsCsv(rows.slice(3)), 'a.csv': eventsCsv(rows.slice(0, 4)) };
    const one = await readFiles({ 'events.csv': events });
    const two = await readFiles(split);
    const shown = (runs: readonly Run[]): unknown =>
      runs.map((run) => [run.device, run.outcome, run.startedAt?.raw, run.endedAt?.raw, steps(run)]);
    expect(shown(two.evidence.runs)).toEqual(shown(one.evidence.runs));
  });
});
