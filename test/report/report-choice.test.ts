import { describe, expect, it } from 'vitest';
import type { Annotation } from '../../parsers/domain/annotation.ts';
import type { Mute } from '../../parsers/domain/mute.ts';
import { reportChoice, wholeReport } from '../../parsers/domain/report-choice.ts';
import { reportParts } from '../../parsers/report/report-document.ts';
import { reportModel } from '../../parsers/report/report-model.ts';
import type { ReportContext } from '../../parsers/report/report-model.ts';
import { ReportWords } from '../../parsers/report/report-words.ts';
import { createWording } from '../../parsers/report/wording.ts';
import { analysis, cellsOf, finding, member, record } from './made-analysis.ts';

const wording = createWording('en');
const words = new ReportWords(wording);
const [one, two, three] = [
  record('r1'),
  record('r2', { citation: { ...record('r2').citation, line: 500, row: 9 } }),
  record('r3', { citation: { ...record('r3').citation, line: 600, row: 10 } }),
];
const made = analysis({
  records: [one, two, three],
  members: [member(one.citation.member)],
  findings: [
    finding(1, { witnesses: cellsOf(one) }),
    finding(2, { witnesses: cellsOf(two), rule: 'kace/other' }),
    finding(3, { witnesses: cellsOf(three) }),
  ],
});
const [first, second, third] = made.findings;
const bare: ReportContext = { caseName: 'c', annotations: [], zone: null };

function noted(id: string, target: Annotation['target'], more: Partial<Annotation> = {}): Annotation {
  const at = '2024-06-11T09:40:00+09:00';
  return {
    id,
    target,
    note: id,
    tags: [],
    verdict: 'open',
    author: '',
    createdAt: at,
    changedAt: at,
    quote: '',
    links: [],
    ...more,
  };
}

const mute = (on: Mute['on']): Mute => ({
  id: 'm1',
  on,
  reason: 'known: maintenance <b>window</b>',
  author: 'analyst-1',
  createdAt: '2024-06-12T08:00:00+09:00',
});

function text(context: ReportContext): string {
  return reportParts(made, wording, context)
    .pages()
    .html.replace(/<style>.*?<\/style>/su, '')
    .replaceAll(/<[^>]*>/gu, ' ')
    .replaceAll(/\s+/gu, ' ');
}

describe('the choice of content', () => {
  it('holds what was chosen, numbers it anew, and says what is left out', () => {
    const choice = { ...wholeReport, content: 'chosen' as const, chosen: [third!.id] };
    const model = reportModel(made, words, { ...bare, choice });
    expect(model.findings.map(({ id, number }) => [id, number])).toEqual([[third!.id, 1]]);
    expect(model.leftOut.findings).toBe(2);
    const shown = text({ ...bare, choice });
    expect(shown).toContain('Only findings that the analyst chose: 1 of 3.');
    expect(shown).toContain('2 findings are left out and not counted here');
  });

  it('takes a note on a row, a cell or lines that a finding cites for a note on it', () => {
    const { member: path, line, row, pointer } = two.citation;
    const choice = { ...wholeReport, content: 'annotated' as const };
    for (const target of [
      { on: 'cell', member: path, line, row, pointer, column: 'exitCode' },
      { on: 'lines', member: path, from: 490, to: 510 },
      { on: 'line', member: path, line: 500 },
    ] as const) {
      const model = reportModel(made, words, { ...bare, choice, annotations: [noted('a', target)] });
      expect(model.findings.map(({ id }) => id)).toEqual([second!.id]);
    }
  });

  it('leaves notes out with their findings, and says so', () => {
    const choice = { ...wholeReport, content: 'chosen' as const, chosen: [third!.id] };
    const annotations = [noted('a', { on: 'finding', finding: first!.id })];
    const shown = text({ ...bare, choice, annotations });
    expect(shown).toContain('1 note on a finding');
    expect(shown).not.toContain('is not among those of this version');
  });

  it('leaves parts out and names them', () => {
    const choice = reportChoice({ ...wholeReport, sections: ['findings', 'no-such-part'] });
    expect(choice.sections).toEqual(['findings']);
    const shown = text({ ...bare, choice });
    expect(shown).toContain('Parts left out by choice: Matrix: devices and patches,');
    expect(shown).not.toContain('Members of the bundle Member');
  });
});

describe('muted findings', () => {
  it('are not counted, and stand in their appendix with reason, author and date', () => {
    const context = { ...bare, mutes: [mute({ what: 'rule', rule: 'kace/other' })] };
    const model = reportModel(made, words, context);
    expect(model.overview.findings).toBe(2);
    expect(model.muted.map(({ id }) => id)).toEqual([second!.id]);
    const shown = text(context);
    expect(shown).toContain('1 finding is muted and not counted; the reasons are under “Muted”.');
    expect(shown).toMatch(
      /Reason known: maintenance &lt;b&gt;window&lt;\/b&gt; analyst-1 · 2024-06-12 08:00/u,
    );
  });

  it('keep their notes, and a mute of nothing is listed all the same', () => {
    const context = {
      ...bare,
      mutes: [
        mute({ what: 'finding', finding: first!.id }),
        { ...mute({ what: 'rule', rule: 'gone' }), id: 'm2' },
      ],
      annotations: [noted('kept', { on: 'finding', finding: first!.id })],
    };
    expect(reportModel(made, words, context).muted[0]?.annotations).toHaveLength(1);
    expect(text(context)).toContain('It covers no finding of this version.');
  });
});

describe('notes', () => {
  it('on a member, a moment and a column stand at their place, and links lead where the report goes on', () => {
    const shown = reportParts(made, wording, {
      ...bare,
      annotations: [
        noted('m', { on: 'member', member: one.citation.member }, { links: [first!.id, 't', 'gone'] }),
        noted('t', { on: 'moment', local: '2024-05-10T09:12:00', offset: '+09:00' }),
      ],
    }).pages().html;
    expect(shown).toContain('Event added by hand, 2024-05-10 09:12:00 +09:00');
    expect(shown).toMatch(
      /<a href="#finding-1">finding 1<\/a>, <a href="#note-2">Note 2<\/a>, gone \(not in this report\)/u,
    );
    // The list of members leads to the note.
    expect(shown).toMatch(/class="sub linked"><a href="#note-1">/u);
    expect(shown).toContain('id="note-2"');
  });
});

describe('the log of the case', () => {
  const entry = {
    at: '2024-06-11T09:30:00+09:00',
    what: 'muted',
    detail: { reason: '<x>' },
    hash: 'a'.repeat(64),
  };

  it('is listed entry by entry, and says whether its chain holds', () => {
    expect(text({ ...bare, custody: { entries: [entry], broken: null } })).toContain('the chain is unbroken');
    const broken = text({ ...bare, custody: { entries: [entry, entry], broken: 1 } });
    expect(broken).toContain('entry 2 is not what it was');
    expect(broken).toContain('&lt;x&gt;');
  });
});

describe('the model', () => {
  it('is plain data: what it says can be changed text by text before it is written out', () => {
    const plain = JSON.parse(JSON.stringify(reportModel(made, words, bare))) as unknown;
    expect(plain).toEqual(reportModel(made, words, bare));
    const changed = reportParts(made, wording, bare, (model) => ({ ...model, title: 'changed' }));
    expect(changed.pages().html).toContain('<title>changed</title>');
  });
});
