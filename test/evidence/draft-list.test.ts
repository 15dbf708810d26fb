import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { buildEvidence } from '../../parsers/evidence/build-evidence.ts';
import { KeptDrafts, draftLinesAt } from '../../parsers/evidence/draft-list.ts';
import { BundleLines } from '../../parsers/evidence/lines.ts';
import { MemberDraft } from '../../parsers/evidence/member-draft.ts';
import { TextStore } from '../../parsers/evidence/text-store.ts';
import { systems } from '../../parsers/formats/registry.ts';

const start = Date.UTC(2024, 4, 10);

/** A log of some lines, one a minute; every third without any, every seventh with an event. */
function settledMember(index: number): MemberDraft {
  const draft = new MemberDraft(index, `folder/${index}.log`, null);
  draft.bytes = index * 10;
  draft.sha256 = index % 5 === 0 ? null : createHash('sha256').update(`${index}`).digest('hex');
  draft.state = index % 3 === 0 ? 'opaque' : 'text';
  draft.timeline = index % 3 === 0 ? 'none' : 'all';
  if (index % 3 !== 0) {
    const lines = draft.newLines();
    for (let line = 0; line < (index % 4) + 1; line += 1)
      lines.add(
        index * 1000 + line * 10,
        true,
        start + (index * 7 + line) * 60_000,
        index % 2 === 0 ? 540 : Number.NaN,
        'info',
      );
    lines.finish(index * 1000 + 100);
  }
  if (index % 7 === 0) draft.warn(1, 'bad-date', 'text');
  draft.settle();
  return draft;
}

function told(draft: MemberDraft | undefined): unknown {
  if (draft === undefined) return null;
  const { index, path, bytes, sha256, state, timeline, warnings, lines, encoding, records } = draft;
  const rows =
    lines === null
      ? null
      : Array.from({ length: lines.count }, (_, line) => [
          lines.start(line),
          lines.end(line),
          lines.local(line),
          lines.offset(line),
          lines.level(line),
        ]);
  return {
    index,
    path,
    bytes,
    sha256,
    state,
    timeline,
    encoding,
    rows,
    warnings: [...warnings],
    records: records.count,
  };
}

const count = 2500;

describe('kept members', () => {
  const plain = Array.from({ length: count }, (_, index) => settledMember(index));
  const kept = new KeptDrafts();
  for (let index = 0; index < count; index += 1) {
    kept.push(settledMember(index));
    kept.keepLast();
  }

  test('tell the same as before they were kept', () => {
    expect(kept).toHaveLength(count);
    expect([...kept].map(told)).toEqual(plain.map(told));
    expect(kept.at(count)).toBeUndefined();
    expect(draftLinesAt(kept, count)).toBeUndefined();
    expect(kept.map(({ path }) => path)).toEqual(plain.map(({ path }) => path));
    expect(kept.some(({ index }) => index === count - 1)).toBe(true);
    expect(kept.some(({ index }) => index === count)).toBe(false);
  });

  test('are made again when they are asked for, but for those of which more was taken', () => {
    expect(kept.at(1)).not.toBe(kept.at(1));
    expect(kept.at(7)).toBe(kept.at(7));
  });

  test('merge as they did', () => {
    const store = new TextStore(1024, { folder: '/nowhere', name: 'text' });
    const order = (drafts: KeptDrafts | readonly MemberDraft[]): number[] => {
      const { zones } = buildEvidence(drafts, systems, null);
      return [...new BundleLines(drafts, zones, () => '', store).ids()];
    };
    expect(order(kept)).toEqual(order(plain));
    expect(order(kept).length).toBeGreaterThan(count);
    store.close();
  });

  test('without a device have a clock each, whose last moment is that of their lines', () => {
    const { evidence } = buildEvidence(kept, systems, null);
    expect(evidence.latest('device', '?folder/5.log')?.local).toBe(start + (5 * 7 + 1) * 60_000);
    expect(evidence.latest('device', '?folder/6.log')).toBeNull();
    expect(evidence.latest('exporter', '?folder/5.log')).toBeNull();
    expect(evidence.latest('device', '?no such file')).toBeNull();
  });
});

test('a member that is still being read, or more was taken from, stays as it is', () => {
  const drafts = new KeptDrafts();
  const unsettled = new MemberDraft(0, 'a.log', null);
  drafts.push(unsettled);
  drafts.keepLast();
  const long = new MemberDraft(1, 'b.log', null);
  const lines = long.newLines();
  for (let line = 0; line < 1000; line += 1) lines.add(line, true, start + line, Number.NaN, 'info');
  lines.finish(1000);
  long.settle();
  drafts.push(long);
  drafts.keepLast();
  expect(drafts.at(0)).toBe(unsettled);
  expect(drafts.at(1)).toBe(long);
});
