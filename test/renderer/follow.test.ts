import { describe, expect, it } from 'vitest';
import type { FindingDetail, LineRow, MomentView, PatchRow } from '../../preload/contract/shapes.ts';
import {
  anchorOfFinding,
  anchorOfLine,
  anchorOfRecord,
  distanceOf,
  logStep,
  noRow,
  placeNearest,
  recordStep,
  rowFound,
  rowStays,
  timelineStep,
} from '../../renderer/state/follow.ts';

const noon = Date.UTC(2024, 4, 10, 12);

function moment(local: number, offset: number | null = null, clock: MomentView['clock'] = 'sma'): MomentView {
  return {
    raw: new Date(local).toISOString(),
    local,
    offset,
    offsetSource: offset === null ? 'unknown' : 'stated',
    precision: 'minute',
    clock,
  };
}

const citation = { member: 'pc/page.html', line: 41, row: 3, pointer: null, quote: 'x' };

function record(id: string, change: Partial<PatchRow> = {}): PatchRow {
  return {
    id,
    system: 'kace-sma',
    device: 'PC-0042',
    deviceKey: 'pc-0042',
    patch: 'Update (KB5037771)',
    patchKey: 'kb5037771',
    kb: 'KB5037771',
    detectionStatus: 'not-patched',
    detectionRaw: null,
    detectedAt: moment(noon),
    deploymentStatus: 'succeeded',
    deploymentRaw: null,
    deployedAt: moment(noon + 60_000),
    exitCode: null,
    exitCodeRaw: null,
    attempts: 1,
    maxAttempts: 3,
    maxAssumed: false,
    reboot: null,
    source: 'device-page',
    citation,
    marks: [],
    ...change,
  };
}

function line(change: Partial<LineRow> = {}): LineRow {
  return {
    id: 7,
    member: 'pc/konea.log',
    line: 8,
    device: 'PC-0042.sakura.local',
    level: 'info',
    at: moment(noon, 540, 'device'),
    text: 'DEPLOY begin patch=KB5037771',
    continues: false,
    outOfOrder: false,
    cut: false,
    findings: [],
    ...change,
  };
}

function finding(change: Partial<FindingDetail> = {}): FindingDetail {
  return {
    id: 'f-1',
    rule: 'kace/detection-older-than-deployment',
    kind: 'contradiction',
    severity: 'high',
    system: 'kace-sma',
    device: 'PC-0042',
    deviceKey: 'pc-0042',
    patch: 'Update (KB5037771)',
    title: '',
    explanation: '',
    citation,
    at: null,
    advice: '',
    witnesses: [
      { citation, says: '', at: moment(noon), record: 'r1', field: 'detection.at', memberSha256: null },
      {
        citation,
        says: '',
        at: moment(noon + 60_000),
        record: 'r1',
        field: 'deployment.at',
        memberSha256: null,
      },
    ],
    assumed: [],
    codes: [],
    records: ['r1'],
    ...change,
  };
}

describe('where a selection points', () => {
  it('a record points at its deployment, and at its detection when nothing was deployed', () => {
    expect(anchorOfRecord(record('r1')).at).toEqual(moment(noon + 60_000));
    expect(anchorOfRecord(record('r1', { deployedAt: 'never' })).at).toEqual(moment(noon));
    expect(anchorOfRecord(record('r1', { deployedAt: 'never', detectedAt: null })).at).toBe('never');
  });

  it('a line points at its device without the domain, at its patch and at itself', () => {
    expect(anchorOfLine(line())).toMatchObject({
      deviceKey: 'pc-0042',
      kb: 'KB5037771',
      line: { member: 'pc/konea.log', line: 8 },
    });
  });

  it('a finding points at the last stated time of its records, and at a log line that it cites', () => {
    expect(anchorOfFinding(finding())).toMatchObject({
      record: 'r1',
      kb: 'KB5037771',
      at: { local: noon + 60_000 },
      line: null,
    });
    const logged = { member: 'pc/konea.log', line: 12, row: null, pointer: null, quote: '' };
    const cited = finding({
      witnesses: [
        {
          citation: logged,
          says: '',
          at: moment(noon, 540, 'device'),
          record: null,
          field: null,
          memberSha256: null,
        },
      ],
    });
    expect(anchorOfFinding(cited).line).toEqual({ member: 'pc/konea.log', line: 12 });
  });
});

describe('steps of the panes', () => {
  it('the pane of the choice stays, a locked one stays, the others go', () => {
    const anchor = anchorOfRecord(record('r1'));
    expect(recordStep(anchor, 'patches', false)).toEqual({ to: 'stay', why: 'own' });
    expect(recordStep(anchor, 'elsewhere', true)).toEqual({ to: 'stay', why: 'locked' });
    expect(recordStep(anchor, 'elsewhere', false)).toEqual({ to: 'row', id: 'r1' });
    expect(logStep(anchor, 'patches', true)).toEqual({ to: 'stay', why: 'locked' });
    expect(logStep(anchor, 'patches', false)).toMatchObject({
      to: 'moment',
      deviceKey: 'pc-0042',
      kb: 'KB5037771',
    });
    expect(timelineStep(anchor, true)).toEqual({ to: 'stay', why: 'locked' });
  });

  it('a line leads to the nearest record of its device, and nowhere without a device', () => {
    expect(recordStep(anchorOfLine(line()), 'lines', false)).toMatchObject({
      to: 'nearest',
      deviceKey: 'pc-0042',
    });
    expect(recordStep(anchorOfLine(line({ device: null })), 'lines', false)).toEqual({
      to: 'stay',
      why: 'no-record',
    });
  });

  it('says why there is no time to go to', () => {
    const never = anchorOfRecord(record('r1', { deployedAt: 'never', detectedAt: null }));
    expect(logStep(never, 'patches', false)).toEqual({ to: 'stay', why: 'never' });
    const untold = anchorOfRecord(record('r1', { deployedAt: null, detectedAt: null }));
    expect(logStep(untold, 'patches', false)).toEqual({ to: 'stay', why: 'no-time' });
    expect(timelineStep(untold, false)).toEqual({ to: 'stay', why: 'no-time' });
  });

  it('a cited line is gone to itself, its moment only when the line is not in view', () => {
    const step = logStep(anchorOfLine(line()), 'timeline', false);
    expect(step).toMatchObject({ to: 'line', line: 8, otherwise: { to: 'moment' } });
    expect(logStep(anchorOfLine(line({ at: null })), 'timeline', false)).toMatchObject({
      to: 'line',
      otherwise: null,
    });
  });
});

describe('distances', () => {
  it('compares across zones only with both offsets', () => {
    expect(distanceOf(moment(noon, 0), moment(noon, 540), false)).toBe(-540 * 60_000);
    expect(distanceOf(moment(noon), moment(noon + 5), false)).toBeNull();
    expect(distanceOf(moment(noon), moment(noon + 5), true)).toBe(5);
    expect(distanceOf(moment(noon), moment(noon, 0), true)).toBe(0);
    expect(distanceOf(moment(noon), moment(noon, null, 'device'), true)).toBeNull();
  });

  const before = { position: 10, member: 'a.log', line: 11, distance: 14_000 };
  const after = { position: 11, member: 'b.log', line: 4, distance: 123_000 };

  it('goes to the nearer line and tells both distances', () => {
    expect(placeNearest({ before, after, undecidable: null, ofOthers: false })).toEqual({
      nearness: { is: 'near', before: 14_000, after: 123_000 },
      position: 10,
      key: 'a.log:11',
      around: { before: 'a.log:11', after: 'b.log:4' },
    });
    expect(placeNearest({ before: null, after, undecidable: null, ofOthers: false }).position).toBe(11);
    expect(
      placeNearest({ before: { ...before, distance: 0 }, after, undecidable: null, ofOthers: false }).nearness
        .is,
    ).toBe('exact');
  });

  it('tells when the lines are not of the chosen device', () => {
    expect(placeNearest({ before, after, undecidable: null, ofOthers: true })).toMatchObject({
      nearness: { is: 'near' },
      position: 10,
      ofOthers: true,
    });
  });

  it('never calls readings of two zones an order', () => {
    expect(placeNearest({ before, after, undecidable: 'zone-unknown', ofOthers: false })).toMatchObject({
      nearness: { is: 'undecidable', why: 'zone-unknown', before: 14_000, after: 123_000 },
      position: 10,
    });
    expect(
      placeNearest({ before: null, after: null, undecidable: 'no-timed-lines', ofOthers: false }),
    ).toMatchObject({
      nearness: { is: 'undecidable', why: 'no-timed-lines' },
      position: null,
    });
  });
});

describe('the row that a pane shows as chosen', () => {
  const step = { to: 'nearest', deviceKey: 'pc-0042', kb: null, at: moment(noon) } as const;

  it('says how far the nearest row is, and on which side', () => {
    expect(rowFound(step, { id: 'r1', distance: -60_000 }, 4)).toEqual({
      id: 'r1',
      position: 4,
      standing: { is: 'near', distance: -60_000 },
      isHidden: false,
    });
    expect(rowFound(step, { id: 'r1', distance: 0 }, 4).standing).toEqual({ is: 'exact' });
  });

  it('claims no order where times cannot be compared', () => {
    expect(rowFound(step, { id: 'r1', distance: null }, 4).standing).toEqual({ is: 'undecidable' });
  });

  it('tells of a row that the filter hides, and of none', () => {
    expect(rowFound({ to: 'row', id: 'r1' }, { id: 'r1', distance: 0 }, null)).toMatchObject({
      id: 'r1',
      standing: { is: 'exact' },
      isHidden: true,
    });
    expect(rowFound(step, null, null)).toEqual(noRow);
  });

  it('keeps what a locked pane shows, marks the own choice, and empties without a device', () => {
    expect(rowStays('locked', 'r1')).toBeNull();
    expect(rowStays('own', 'r1')).toMatchObject({ id: 'r1', position: null });
    expect(rowStays('no-record', 'r1')).toEqual(noRow);
  });
});
