import { describe, expect, it } from 'vitest';
import type { Annotation } from '../../parsers/domain/annotation.ts';
import type { Analysis } from '../../parsers/report/analysis.ts';
import { reportParts } from '../../parsers/report/report-document.ts';
import type { ReportPages, ReportParts } from '../../parsers/report/report-document.ts';
import type { ReportContext } from '../../parsers/report/report-model.ts';
import { createWording } from '../../parsers/report/wording.ts';
import { hostileTexts } from './hostile-text.ts';
import { analysis, cellsOf, citation, finding, hashOf, member, record, witness } from './made-analysis.ts';
import { sampleAnalysis, sampleContext } from './sample-case.ts';

const english = createWording('en');
const japanese = createWording('ja');
const bare: ReportContext = { caseName: null, annotations: [], zone: null };

function report(of: Analysis, context = bare, wording = english): ReportPages & ReportParts {
  const parts = reportParts(of, wording, context);
  return { ...parts, ...parts.pages() };
}

/** What a reader sees, without markup. */
function textOf(html: string): string {
  return html
    .replace(/<style>.*?<\/style>/su, '')
    .replaceAll('<wbr>', '')
    .replaceAll(/<[^>]*>/gu, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&#96;', '`')
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/gu, ' ');
}

/** Every tag of a document, by name. */
function tagsOf(html: string): ReadonlySet<string> {
  return new Set(
    [...html.matchAll(/<\/?(?<name>[a-z][a-z0-9-]*)/giu)].map((match) =>
      match.groups!['name']!.toLowerCase(),
    ),
  );
}

const ownTags = new Set([
  ...[
    'a',
    'b',
    'blockquote',
    'body',
    'br',
    'circle',
    'code',
    'dd',
    'div',
    'dl',
    'dt',
    'em',
    'h1',
    'h2',
    'head',
    'hr',
    'html',
    'i',
  ],
  ...[
    'li',
    'line',
    'link',
    'mark',
    'meta',
    'ol',
    'p',
    'path',
    'pre',
    'rect',
    's',
    'section',
    'span',
    'strong',
    'style',
    'svg',
    'table',
    'tbody',
  ],
  ...['td', 'text', 'th', 'thead', 'title', 'tr', 'ul', 'wbr'],
]);

function annotation(more: Partial<Annotation> & Pick<Annotation, 'target'>): Annotation {
  return {
    id: 'a1',
    note: '',
    tags: [],
    verdict: 'open',
    author: '',
    createdAt: '2024-06-11T09:40:00+09:00',
    changedAt: '2024-06-11T09:40:00+09:00',
    quote: '',
    links: [],
    ...more,
  };
}

describe('the report', () => {
  it('says what the bundle is and by what it was made', () => {
    const text = textOf(report(sampleAnalysis, sampleContext).html);
    expect(text).toContain('sakura-2024-05.zip');
    expect(text).toContain(hashOf('sakura-2024-05.zip'));
    expect(text).toContain('48,273,113 bytes');
    expect(text).toContain('Patchtrail 1.0.0 · rules 1');
    expect(text).toContain('Case 2024-0611');
    expect(text).toMatch(/clock: as written, zone unknown/u);
  });

  it('quotes every witness with its place, its time and the hash of its member', () => {
    const text = textOf(report(sampleAnalysis, sampleContext).html);
    expect(text).toContain('PC-0042/デバイスの詳細.html:418 · row 2');
    expect(text).toContain('パッチ未適用 | 2024-05-10 09:12');
    expect(text).toContain('2024-05-10 09:30');
    expect(text).toContain(`SHA-256 ${hashOf('PC-0042/デバイスの詳細.html')}`);
    expect(text).toContain('18 min');
  });

  it('marks the cell that a witness is about', () => {
    const { html } = report(sampleAnalysis);
    expect(html).toContain('<mark>2024-05-10 09:12</mark>');
    expect(html).toContain('<mark>8003, 0x1F43</mark>');
  });

  it('carries the note, the verdict and the tags of the analyst', () => {
    const { html } = report(sampleAnalysis, sampleContext, japanese);
    expect(html).toContain('再起動後の再検出結果を依頼済み。<strong>適用自体は成功</strong>と判断する。');
    expect(html).toContain('確認済み');
    expect(html).toContain('#restart #schedule-14');
    expect(html).toContain('2024-06-11 09:41 +09:00');
    expect(textOf(html)).toContain('手順書 (https://example.invalid/手順)');
  });

  it('keeps notes whose finding is gone, and notes on lines that no finding cites', () => {
    const text = textOf(report(sampleAnalysis, sampleContext).html);
    expect(text).toContain('Deployment failed: exit code 1618');
    expect(text).toContain('On line PC-0042/konea.log:18240');
    expect(text).toContain('この行以降、応答なし。');
  });

  it('says what was not read and why, what is missing, and asks for it', () => {
    const text = textOf(report(sampleAnalysis).html);
    expect(text).toMatch(/backup\/old\.bin not readable no known format/u);
    expect(text).toMatch(/broken\.log damaged its checksum is wrong/u);
    expect(text).toMatch(/Request to the customer To complete the analysis of sakura-2024-05\.zip/u);
    expect(text).toMatch(/1\. .*2\. .*3\. .*only part of it/u);
  });

  it('lists comparisons that could not be made with what was missing', () => {
    const text = textOf(report(sampleAnalysis).html);
    expect(text).toContain('3 comparisons could not be made');
    expect(text).toContain(english.missing('appliance-offset'));
  });

  it('has a language, an outline and no script or remote part', () => {
    for (const [wording, locale] of [
      [english, 'en'],
      [japanese, 'ja'],
    ] as const) {
      const { html } = report(sampleAnalysis, sampleContext, wording);
      expect(html).toContain(`<html lang="${locale}">`);
      const outline = [...html.matchAll(/<(?<level>h[1-6])[^>]*>/gu)].map((match) => match.groups!['level']);
      expect(outline[0]).toBe('h1');
      expect(outline.filter((level) => level === 'h2').length).toBeGreaterThanOrEqual(
        sampleAnalysis.findings.length,
      );
      expect([...tagsOf(html)].filter((tag) => !ownTags.has(tag))).toEqual([]);
      const addresses = [...html.matchAll(/(?:src|href|url)\s*[=(]\s*["']?(?<address>[^"')\s>]*)/giu)];
      for (const { groups } of addresses)
        expect(groups!['address']).toMatch(/^(?:fonts\.css|#finding-\d+)$/u);
    }
  });

  it('stands alone without the fonts beside it', () => {
    const parts = report(sampleAnalysis);
    expect(parts.html).toContain('href="fonts.css"');
    expect(parts.standaloneHtml()).not.toContain('<link');
  });

  it('is the same every time', () => {
    const [a, b] = [
      report(sampleAnalysis, sampleContext, japanese),
      report(sampleAnalysis, sampleContext, japanese),
    ];
    expect(a.html).toBe(b.html);
    expect(a.header).toBe(b.header);
    expect(a.footer).toBe(b.footer);
  });

  it('never tells a severity by colour alone', () => {
    const { html } = report(sampleAnalysis);
    for (const [, badge = ''] of html.matchAll(/<p class="badge"><b>(.*?)<\/b>/gu)) {
      expect(textOf(badge)).toMatch(
        /[≠!?i] (?:Contradiction|Fault|Gap|Note) · severity (?:critical|high|medium|information)/u,
      );
    }
  });

  it('keeps the order of the findings', () => {
    const numbers = [...report(sampleAnalysis).html.matchAll(/id="finding-(\d+)"/gu)].map((match) =>
      Number(match[1]),
    );
    expect(numbers).toEqual(sampleAnalysis.findings.map((_, index) => index + 1));
  });

  it('speaks of a finding with places that have neither time nor record', () => {
    const made = analysis({
      findings: [finding(1, { witnesses: [witness({ citation: citation('a.log', null, '') })] })],
    });
    expect(textOf(report(made).html)).toContain('a.log · whole member');
  });

  it('draws times on one scale only where they have one', () => {
    const one = record('r1');
    const other = record('r2', {
      detection: {
        ...one.detection,
        at: { ...(one.detection.at as object), clock: 'device', clockOf: 'x' } as typeof one.detection.at,
      },
    });
    const made = (records: readonly (typeof one)[], witnesses: ReturnType<typeof cellsOf>): string =>
      report(analysis({ records, findings: [finding(1, { witnesses })] })).html;
    expect(made([one], cellsOf(one))).toContain('<svg');
    const apart = [cellsOf(one)[1]!, { ...cellsOf(other)[0]!, record: 'r2' }];
    expect(made([one, other], apart)).not.toContain('<svg');
  });
});

describe('an empty bundle', () => {
  it.each([
    [english, 'Nothing in this bundle could be read as evidence of patching'],
    [japanese, 'パッチ適用の証拠として読み取れるものがありません'],
  ])('is reported as such, not as health', (wording, sentence) => {
    const parts = report(analysis({ name: 'empty.zip' }), bare, wording);
    expect(textOf(parts.html)).toContain(sentence);
    expect(parts.header).toContain('empty.zip');
  });

  it('says so when evidence is there and nothing was found', () => {
    const made = analysis({ systems: ['kace-sma'], devices: ['PC'], members: [member('a.html')] });
    expect(textOf(report(made).html)).toContain('This says nothing of evidence that is not there');
  });
});

describe('hostile text', () => {
  it.each(hostileTexts)('does nothing in any place of the report: %j', (text) => {
    const one = record('r1', {
      device: text,
      patch: text,
      exitCodeRaw: text,
      citation: citation(text, 1, `${text} | x`, 2),
    });
    const made = analysis({
      name: text,
      devices: [text],
      systems: ['kace-sma'],
      records: [one],
      members: [member(text, { reason: text, state: 'opaque', kind: 'kace/x' })],
      findings: [
        finding(1, {
          device: text,
          patch: text,
          parameters: { ...finding(1).parameters, schedule: text, assumed: ['x'], x: text },
          witnesses: cellsOf(one),
        }),
      ],
      undecided: [{ rule: text, device: text, patch: text, missing: text }],
      coverage: [{ system: 'kace-sma', item: 'kace/patch-page', state: 'partial', members: [text] }],
      scale: [{ patch: text, targeted: 1, ran: 1, succeeded: 0, failed: 1, source: 'evidence' }],
      counts: { deploymentRan: 1, deploymentFailed: 1 },
      warnings: [{ member: text, line: 1, code: text, text }],
    });
    const noted = (id: string, target: Annotation['target']): Annotation =>
      annotation({ id, target, note: text, author: text, tags: [text], quote: text, changedAt: text });
    const context: ReportContext = {
      caseName: text,
      zone: text,
      annotations: [
        noted('a1', { on: 'finding', finding: finding(1).id }),
        noted('a2', { on: 'line', member: text, line: 9 }),
        noted('a3', { on: 'record', member: text, line: 1, row: 2, pointer: null }),
        noted('a4', { on: 'finding', finding: 'gone' }),
      ],
      bookmarks: [{ member: text, line: 3, label: text }],
    };
    for (const wording of [english, japanese]) {
      const { html, header, footer } = report(made, context, wording);
      for (const part of [html, header, footer]) {
        expect([...tagsOf(part)].filter((tag) => !ownTags.has(tag))).toEqual([]);
        expect(part).not.toMatch(/<[^>]*\son[a-z]+\s*=/iu);
        expect(part).not.toMatch(/<a\b(?![^>]*href="#(?:finding|note)-\d+")/u);
        expect(part).not.toMatch(/<(?:img|script|iframe|object|embed|form)/iu);
        expect(part).not.toMatch(
          /[\u0000-\u0008\u000B-\u001F\u200B\u202A-\u202E\u2066-\u2069\uFEFF\u{E0041}]/u,
        );
      }
      expect(html.match(/<section/gu)).toHaveLength(html.match(/<\/section>/gu)!.length);
      expect(html.match(/<table/gu)).toHaveLength(html.match(/<\/table>/gu)!.length);
    }
  });

  it('cuts a quote that fills a page, and says so', () => {
    const one = witness({ citation: citation('a.log', 1, 'y'.repeat(100_000)) });
    const { html } = report(analysis({ findings: [finding(1, { witnesses: [one] })] }));
    expect(html.length).toBeLessThan(60_000);
    expect(textOf(html)).toContain('(100,000 characters in all)');
  });

  it('does not cut a character in two', () => {
    const one = witness({ citation: citation('a.log', 1, `x${'𠮷'.repeat(2_000)}`) });
    expect(report(analysis({ findings: [finding(1, { witnesses: [one] })] })).html).not.toContain('U+D8');
  });
});

describe('running header and footer', () => {
  it('name the bundle, the case, the zones, the tool and the page', () => {
    const { header, footer } = report(sampleAnalysis, sampleContext, japanese);
    expect(textOf(header)).toContain('sakura-2024-05.zip · 調査報告書');
    expect(textOf(header)).toContain('ケース 2024-0611 · 時刻は記載どおり');
    expect(footer).toContain(hashOf('sakura-2024-05.zip').slice(0, 16));
    expect(footer).toContain('<span class="pageNumber"></span> / <span class="totalPages"></span>');
    expect(footer).toContain('Patchtrail 1.0.0');
  });
});
