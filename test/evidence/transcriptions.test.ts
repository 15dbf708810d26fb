import { describe, expect, it } from 'vitest';
import { regionText } from '../../parsers/domain/transcription.ts';
import type { Transcription } from '../../parsers/domain/transcription.ts';
import { buildEvidence } from '../../parsers/evidence/build-evidence.ts';
import { MemberDraft } from '../../parsers/evidence/member-draft.ts';
import { withTranscriptions } from '../../parsers/evidence/transcriptions.ts';
import { systems } from '../../parsers/formats/registry.ts';
import { rules } from '../../parsers/rules/registry.ts';
import { runRules } from '../../parsers/rules/run-rules.ts';

const blank = {
  device: '',
  patch: '',
  detectionStatus: '',
  detectionDate: '',
  deployStatus: '',
  deployDate: '',
  exitCode: '',
  attempts: '',
};

function transcription(
  cells: Partial<Transcription['cells']>,
  more: Partial<Transcription> = {},
): Transcription {
  return {
    id: 't-1',
    member: 'screen.png',
    region: { x: 120, y: 80, width: 300, height: 40 },
    cells: { ...blank, ...cells },
    author: 'ana',
    createdAt: '2024-05-12T09:00:00+09:00',
    changedAt: '2024-05-12T09:00:00+09:00',
    ...more,
  };
}

function picture(path = 'screen.png'): MemberDraft {
  const draft = new MemberDraft(0, path, null);
  draft.state = 'image';
  return draft;
}

const row = {
  device: 'PC-0042',
  patch: 'Security Update (KB5037771)',
  detectionStatus: 'パッチ未適用',
  detectionDate: '2024/05/10 09:12:00',
  deployStatus: '正常終了',
  deployDate: '2024-05-10 09:30:00',
  exitCode: '3010, 0xBC2',
  attempts: '１',
};

describe('rows written down from pictures', () => {
  it('become records of the analyst that cite the region', () => {
    const drafts = withTranscriptions([picture()], [transcription(row)]);
    const { evidence } = buildEvidence(drafts, systems, null);
    const [record] = evidence.records;
    expect(record).toMatchObject({
      id: 'r1',
      system: 'kace-sma',
      source: 'analyst',
      device: 'PC-0042',
      kb: 'KB5037771',
      exitCodeRaw: '3010, 0xBC2',
      detection: { status: 'not-patched', raw: 'パッチ未適用', at: { precision: 'minute', clock: 'sma' } },
      deployment: { status: 'succeeded', exitCode: 3010, attempts: 1, maxAttempts: null },
    });
    expect(record?.citation).toMatchObject({ member: 'screen.png', line: null, row: null, pointer: null });
    expect(record?.citation.quote).toBe('region 120,80,300x40');
    expect(regionText({ x: 0, y: 0, width: 1, height: 2 })).toBe('region 0,0,1x2');
  });

  it('are judged by the rules, and pictures are not all there is any more', () => {
    const only = buildEvidence([picture()], systems, null).evidence;
    expect(runRules(only, rules).findings.map(({ rule }) => rule)).toEqual(['coverage/only-pictures']);
    const drafts = withTranscriptions([picture()], [transcription(row)]);
    const { findings } = runRules(buildEvidence(drafts, systems, null).evidence, rules);
    const fired = findings.map(({ rule }) => rule);
    expect(fired).toContain('kace/detection-older-than-deployment');
    expect(fired).toContain('kace/reboot-pending');
    expect(fired).not.toContain('coverage/only-pictures');
    // What else the customer has to send is asked for as with any other source.
    expect(fired).toContain('coverage/missing-evidence');
  });

  it('leave out what the picture does not show', () => {
    const cells = { device: 'PC-1', patch: 'Zoom', detectionStatus: 'Missing' };
    const { evidence } = buildEvidence(
      withTranscriptions([picture()], [transcription(cells)]),
      systems,
      null,
    );
    expect(evidence.records[0]).toMatchObject({
      detection: { status: 'not-patched', at: null },
      deployment: { status: null, raw: null, at: null, exitCode: null, attempts: null },
      exitCodeRaw: null,
    });
  });

  it('warn of what cannot be read, at the picture', () => {
    const drafts = withTranscriptions(
      [picture()],
      [transcription({ ...row, detectionDate: '2024/13/45 09:12:00', detectionStatus: 'Zzz' })],
    );
    const { warnings } = buildEvidence(drafts, systems, null).evidence;
    expect(warnings).toEqual([
      { member: 'screen.png', line: null, code: 'unknown-status', text: 'Zzz' },
      { member: 'screen.png', line: null, code: 'bad-date', text: '2024/13/45 09:12:00' },
    ]);
  });

  it('leave the drafts as they were read, and members that are no pictures alone', () => {
    const [shot, text] = [picture(), picture('notes.txt')];
    text.state = 'text';
    const made = withTranscriptions(
      [shot, text],
      [
        transcription(row),
        transcription(row, { id: 't-2', member: 'notes.txt' }),
        transcription(row, { member: 'gone.png' }),
      ],
    );
    expect(shot.records.count).toBe(0);
    expect(shot.system).toBeNull();
    expect(made.map((draft) => draft.records.count)).toEqual([1, 0]);
    expect(made.at(1)).toBe(text);
  });
});
