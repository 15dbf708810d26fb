import { describe, expect, it } from 'vitest';
import type { PatchRecord } from '../../parsers/domain/evidence.ts';
import { matrixPictures, shortenedNames } from '../../parsers/report/matrix-svg.ts';
import { reportMatrix } from '../../parsers/report/report-matrix.ts';
import type { MatrixFinding } from '../../parsers/report/report-matrix.ts';
import { reportTimeline } from '../../parsers/report/report-timeline.ts';
import type { TimelineLines } from '../../parsers/report/related-lines.ts';
import { ReportWords } from '../../parsers/report/report-words.ts';
import { timelinePicture } from '../../parsers/report/timeline-svg.ts';
import { createWording } from '../../parsers/report/wording.ts';
import { analysis, moment, record } from './made-analysis.ts';

const words = new ReportWords(createWording('en'));

/** One record as the only one of its pair. */
function pairs(records: readonly PatchRecord[]) {
  return records.map((one) => ({
    system: one.system,
    deviceKey: (one.device ?? '').toLowerCase(),
    device: one.device,
    patchKey: (one.kb ?? one.patch ?? '').toLowerCase(),
    patch: one.patch,
    kb: one.kb,
    records: [one],
  }));
}

function finding(
  number: number,
  records: readonly string[],
  more: Partial<MatrixFinding> = {},
): MatrixFinding {
  return { number, kind: 'fault', severity: 'high', records, ...more };
}

function many(devices: number, patches: number): PatchRecord[] {
  return Array.from({ length: devices * patches }, (_, index) =>
    record(`r${index}`, {
      device: `PC-${String(Math.floor(index / patches)).padStart(4, '0')}`,
      kb: `KB${5_000_000 + (index % patches)}`,
      detection: { status: 'patched', raw: '', at: null },
    }),
  );
}

describe('the matrix of the report', () => {
  it('puts those in trouble first and marks the gravest finding of a cell', () => {
    const records = many(3, 2);
    const matrix = reportMatrix({ pairs: pairs(records) }, [
      finding(1, ['r5']),
      finding(2, ['r5'], { kind: 'contradiction', severity: 'medium' }),
    ])!;
    expect(matrix.devices[0]).toBe('PC-0002');
    expect(matrix.patches[0]).toBe('KB5000001');
    expect(matrix.marks).toEqual([
      { row: 0, column: 0, kind: 'contradiction', severity: 'medium', finding: 2 },
    ]);
    expect(matrix.counts.patched).toBe(6);
    expect(matrix.troubledLeftOut).toBe(0);
  });

  it('leaves out what no page can show, and counts the trouble among it', () => {
    const records = many(100, 70);
    const cited = records.map(({ id }) => id);
    const matrix = reportMatrix({ pairs: pairs(records) }, [finding(1, cited)])!;
    expect(matrix.all).toEqual({ devices: 100, patches: 70 });
    expect([matrix.devices.length, matrix.patches.length]).toEqual([80, 64]);
    expect(matrix.troubledLeftOut).toBe(100 * 70 - 80 * 64);
    const pictures = matrixPictures(matrix, words);
    expect(pictures).toHaveLength(3 * 2);
    for (const picture of pictures) expect(picture).toMatch(/^<svg[^>]* role="img" aria-label="Matrix of /u);
  });

  it('is none where no device has a patch', () => {
    expect(reportMatrix({ pairs: [] }, [])).toBeNull();
  });

  it('shortens long names in the picture and gives them in full beside it', () => {
    const name = 'Microsoft Visual C++ 2015-2022 <Redistributable> (x64)';
    const matrix = reportMatrix({ pairs: pairs([record('r1', { kb: null, patch: name })]) }, [])!;
    expect(shortenedNames(matrix)).toEqual([name]);
    const [picture = ''] = matrixPictures(matrix, words);
    expect(picture).toContain('…');
    expect(picture).not.toContain('<Redistributable>');
  });
});

const noLines: TimelineLines = {
  placed: 0,
  placementOffset: 540,
  idAt: () => 0,
  scaleOfMoment: ({ local, offset }) => local - (offset ?? 540) * 60_000,
  lowerBound: () => 0,
  deviceKeyOf: () => '',
  continues: () => false,
  momentOf: () => null,
  levelOf: () => 'none',
  pathOf: () => '',
  placeOf: () => ({ line: 0 }),
  textOf: () => ({ text: '' }),
};

describe('the timeline of the report', () => {
  const detected = (id: string, at: string): PatchRecord =>
    record(id, {
      detection: { status: 'patched', raw: '', at: moment(at) },
      deployment: { status: null, raw: null, at: null, exitCode: null, attempts: null, maxAttempts: null },
    });

  it('shows where most happens a second time, by itself', () => {
    const night = Array.from({ length: 20 }, (_, index) =>
      detected(`r${index}`, `2024-05-10 09:${String(index + 10)}`),
    );
    const made = analysis({ records: [...night, detected('old', '2024-01-10 09:00')] });
    const [whole, dense, ...rest] = reportTimeline(made, noLines, [], []);
    expect(rest).toEqual([]);
    expect(whole?.outside).toBe(0);
    expect(dense?.lanes[0]).toMatchObject({ lane: 'detections' });
    expect(dense?.outside).toBeGreaterThanOrEqual(1);
    expect((dense?.to ?? 0) - (dense?.from ?? 0)).toBeLessThan(3_600_000);
    expect(timelinePicture(whole!, words)).toContain('Detections 21');
  });

  it('is one picture where things are spread out, and none without a time', () => {
    const spread = Array.from({ length: 9 }, (_, index) => detected(`r${index}`, `2024-05-1${index} 09:00`));
    expect(reportTimeline(analysis({ records: spread }), noLines, [], [])).toHaveLength(1);
    expect(reportTimeline(analysis({ records: [] }), noLines, [], [])).toEqual([]);
  });

  it('places a reading of unknown zone in the common one and labels the axis in it', () => {
    const made = analysis({
      records: [detected('r1', '2024-05-10 09:00'), detected('r2', '2024-05-10 15:00')],
    });
    const [whole] = reportTimeline(
      made,
      noLines,
      [],
      [moment('2024-05-10 03:00', { offset: 0, offsetSource: 'stated' })],
    );
    const [detections, , , , notes] = whole!.lanes;
    // 03:00 UTC is noon in Japan: between the two.
    expect(notes?.marks[0]?.part).toBeGreaterThan(detections!.marks[0]!.part);
    expect(notes?.marks[0]?.part).toBeLessThan(detections!.marks[1]!.part);
    expect(timelinePicture(whole!, words)).toMatch(/2024-05-10 09:00/u);
  });
});
