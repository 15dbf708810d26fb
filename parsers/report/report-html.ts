import { kindSigns, severities } from '../domain/finding.ts';
import type { FindingKind, Severity } from '../domain/finding.ts';
import type { Citation, CoverageState, MemberState, SystemId } from '../domain/evidence.ts';
import { wholeReport } from '../domain/report-choice.ts';
import type { ReportSection } from '../domain/report-choice.ts';
import { patchStates } from '../domain/patch-state.ts';
import { formatOffset } from '../domain/moment.ts';
import type { Moment } from '../domain/moment.ts';
import { matrixMarkSign, matrixPictures, matrixSign, shortenedNames, textSign } from './matrix-svg.ts';
import { noteHtml } from './note-html.ts';
import type { AnnotationLink, PlacedAnnotation } from './report-annotations.ts';
import { relatedMinutes } from './related-lines.ts';
import { placeText } from './report-model.ts';
import type {
  DeviceSummary,
  FindingGroup,
  MutedFinding,
  ReportCode,
  ReportFinding,
  ReportModel,
  ReportRun,
  ReportWitness,
} from './report-model.ts';
import { reportStyle } from './report-style.ts';
import type { ReportKey, ReportWords } from './report-words.ts';
import { timeSpanSvg } from './time-span-svg.ts';
import { timelinePicture } from './timeline-svg.ts';
import { escapeHtml, quoteHtml } from './visible-text.ts';

/** What a report shows of long lists; the data export has all of them. */
const limits = {
  quote: 1_200,
  witnesses: 12,
  groupNumbers: 12,
  devices: 200,
  scaleRows: 500,
  coverageMembers: 6,
  members: 5_000,
  unread: 1_000,
  warnings: 300,
  runs: 400,
  spellings: 8,
  shortenedNames: 60,
  muted: 500,
  custody: 2_000,
} as const;

/** A model with the words that it is written out with. */
type Page = ReportModel & { readonly words: ReportWords };

export interface HtmlOptions {
  /** Address of the style sheet with the fonts, relative to the document; null for none. */
  readonly fonts: string | null;
  /** Further style, for the preview. */
  readonly style?: string;
}

/** The report as one HTML document without script or remote parts. The same model gives the same bytes. */
export function reportHtml(model: ReportModel, words: ReportWords, options: HtmlOptions): string {
  const page: Page = { ...model, words };
  return [
    `<!doctype html>\n<html lang="${words.locale}">\n<head>\n<meta charset="utf-8">`,
    // The document is safe by how it is written; the policy holds even where a mistake slipped in.
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; img-src data:; base-uri 'none'; form-action 'none'">`,
    '<meta name="viewport" content="width=device-width">',
    `<title>${escapeHtml(model.title)}</title>`,
    options.fonts === null ? '' : `<link rel="stylesheet" href="${escapeHtml(options.fonts)}">`,
    `<style>${reportStyle(model.choice.paper)}${options.style ?? ''}</style>\n</head>\n<body>`,
    cover(page),
    triage(page),
    ...reportParts(page),
    '</body>\n</html>\n',
  ]
    .filter((part) => part !== '')
    .join('\n');
}

/** The parts that were chosen, in their order, without those that have nothing to say. */
function reportParts(page: Page): readonly string[] {
  const parts: readonly (readonly [ReportSection, (page: Page) => string])[] = [
    ['matrix', matrixPart],
    ['timeline', timelinePart],
    ['findings', findings],
    ['notes', annotationsPart],
    ['runs', runsPart],
    ['undecided', undecidedPart],
    ['coverage', coveragePart],
    ['muted', mutedPart],
    ['glossary', glossaryPart],
    ['members', membersPart],
    ['unread', unreadPart],
    ['warnings', warningsPart],
    ['custody', custodyPart],
  ];
  const chosen = new Set(page.choice.sections);
  return parts.filter(([section]) => chosen.has(section)).map(([, write]) => write(page));
}

/** The heading of a part, which `#part-…` leads to. */
function h1(words: ReportWords, key: ReportKey & `part.${string}`): string {
  return `<h1 id="${key.replace('.', '-')}">${escapeHtml(words.text(key))}</h1>`;
}

/* Cover */

function cover(model: Page): string {
  const { words, bundle, overview } = model;
  const of = [words.text('report.kind'), ...(model.caseName === null ? [] : [caseText(model, words)])];
  return [
    '<section class="cover">',
    `<div class="brand"><b>Patchtrail</b><span>${escapeHtml(toolText(model))}</span></div>`,
    `<h1>${escapeHtml(bundle.name)}</h1>`,
    `<p class="of">${escapeHtml(of.join(' · '))}</p>`,
    ...model.notice.map((sentence) => `<p class="alert" role="note">${escapeHtml(sentence)}</p>`),
    bundle.damaged ? `<p class="alert">${escapeHtml(words.text('cover.damaged'))}</p>` : '',
    tiles(model),
    figures([
      [words.number(overview.devices), words.text('number.devices')],
      [words.number(overview.records), words.text('number.records')],
      [words.number(overview.lines), words.text('number.lines')],
      [words.number(overview.members), words.text('number.members')],
    ]),
    coverFacts(model),
    `<div class="check"><b>${escapeHtml(words.text('cover.check'))}</b>${escapeHtml(words.text('cover.check.text'))}</div>`,
    '</section>',
  ].join('\n');
}

function tiles({ words, overview }: Page): string {
  const tile = (severity: Severity): string => {
    const count = overview.bySeverity[severity];
    const word = words.wording.severity(severity);
    return `<div class="tile ${severity}${count === 0 ? ' zero' : ''}"><b>${words.number(count)}</b><span>${escapeHtml(word)}</span></div>`;
  };
  return `<div class="tiles">${severities.map(tile).join('')}</div>`;
}

function figures(entries: readonly (readonly [value: string, label: string, bad?: boolean])[]): string {
  const figure = ([value, label, bad]: (typeof entries)[number]): string =>
    `<div><b${bad === true ? ' class="bad"' : ''}>${escapeHtml(value)}</b>${escapeHtml(label)}</div>`;
  return `<div class="figures">${entries.map(figure).join('')}</div>`;
}

function coverFacts(model: Page): string {
  const { words, bundle, overview, zones } = model;
  const size = words.text('cover.bytes.value', { size: words.size(bundle.bytes), bytes: bundle.bytes });
  const zoneList = sentenceList(zones.sentences);
  const facts: (readonly [ReportKey, string])[] = [
    ['cover.bundle', escapeHtml(bundle.name)],
    ['cover.bytes', escapeHtml(size)],
    ['cover.sha256', `<span class="mono">${escapeHtml(bundle.sha256)}</span>`],
  ];
  if (model.caseName !== null) facts.push(['cover.case', escapeHtml(model.caseName)]);
  if (overview.systems.length > 0) {
    facts.push(['cover.systems', escapeHtml(systemList(overview.systems, words))]);
  }
  if (overview.span !== null) {
    facts.push(['cover.span', escapeHtml(`${overview.span.from} … ${overview.span.to}`)]);
  }
  facts.push(
    ['cover.times', zoneList],
    ...(model.packs.length === 0 ? [] : [['cover.packs', sentenceList(packSentences(model))] as const]),
    ['cover.contents', sentenceList(contentSentences(model))],
    ['cover.tool', escapeHtml(toolText(model))],
  );
  const rows = facts.map(([key, html]) => `<dt>${escapeHtml(words.text(key))}</dt><dd>${html}</dd>`);
  return `<dl class="facts">${rows.join('')}</dl>`;
}

function sentenceList(sentences: readonly string[]): string {
  const [only = ''] = sentences;
  return sentences.length < 2
    ? escapeHtml(only)
    : `<ul>${sentences.map((sentence) => `<li>${escapeHtml(sentence)}</li>`).join('')}</ul>`;
}

/** By which dictionaries and rule packs the bundle was read: an answer by other rules must show that it is one. */
function packSentences({ words, packs }: Page): readonly string[] {
  return packs.flatMap(({ kind, name, sha256, assume, off }) => [
    words.text(`pack.${kind}`, { name, sha256 }),
    ...assume.map(({ rule, parameter, value }) =>
      words.text('pack.assume', { name, rule, parameter, value: words.number(value) }),
    ),
    ...off.map(({ rule, reason }) =>
      words.text('pack.off', { name, rule: words.wording.ruleName(rule), id: rule, reason }),
    ),
  ]);
}

/** What the report holds and what it leaves out: whoever reads a part must know that it is one. */
function contentSentences(model: Page): readonly string[] {
  const { words, choice, leftOut, overview } = model;
  const shown = overview.findings;
  const total = shown + leftOut.findings;
  const sections = wholeReport.sections.filter((section) => !choice.sections.includes(section));
  const severityCounts = severities
    .filter((severity) => leftOut.bySeverity[severity] > 0)
    .map((severity) => `${words.wording.severity(severity)} ${words.number(leftOut.bySeverity[severity])}`);
  return [
    words.text(`contents.${choice.content}`, { count: shown, total }),
    ...(leftOut.findings === 0
      ? []
      : [
          words.text('contents.left-out', {
            count: leftOut.findings,
            severities: words.list(severityCounts),
          }),
        ]),
    ...(leftOut.notes === 0 ? [] : [words.text('contents.notes-left-out', { count: leftOut.notes })]),
    ...(leftOut.muted === 0
      ? []
      : [
          words.text(choice.sections.includes('muted') ? 'contents.muted' : 'contents.muted-unlisted', {
            count: leftOut.muted,
            part: words.text('part.muted'),
          }),
        ]),
    ...(sections.length === 0
      ? []
      : [
          words.text('contents.sections', {
            parts: words.list(sections.map((section) => words.text(`part.${section}`))),
          }),
        ]),
    words.text('contents.limits'),
  ];
}

function toolText({ words, tool }: Page): string {
  return words.text('report.tool', { version: tool.version, rules: tool.rules });
}

function caseText({ caseName }: ReportModel, words: ReportWords): string {
  return words.text('report.case', { name: caseName ?? '' });
}

function systemList(systems: readonly SystemId[], words: ReportWords): string {
  return words.list(systems.map((system) => words.wording.system(system)));
}

/* Triage */

function triage(model: Page): string {
  const { words, overview } = model;
  const headline = overview.anyEvidence
    ? words.text('triage.headline', {
        devices: overview.devices,
        records: overview.records,
        findings: overview.findings,
        contradictions: overview.contradictions,
      })
    : words.text('triage.headline.nothing');
  return [
    '<section class="part">',
    h1(words, 'part.triage'),
    `<p class="headline">${escapeHtml(headline)}</p>`,
    triageGroups(model),
    triageOpen(model),
    scalePart(model),
    devicesPart(model),
    '</section>',
  ].join('\n');
}

function triageGroups(model: Page): string {
  const { words } = model;
  if (model.groups.length === 0) {
    const key = model.overview.anyEvidence ? 'triage.none' : 'triage.nothing';
    return `<p class="empty">${escapeHtml(words.text(key, { coverage: words.text('part.coverage') }))}</p>`;
  }
  return `<ul class="groups">${model.groups.map((group) => groupItem(group, words)).join('\n')}</ul>`;
}

function groupItem(group: FindingGroup, words: ReportWords): string {
  const { kind, severity, numbers } = group;
  const counts = [
    ...(group.devices > 0 ? [words.text('triage.group.devices', { count: group.devices })] : []),
    ...(group.patches > 0 ? [words.text('triage.group.patches', { count: group.patches })] : []),
  ];
  const place =
    group.citation === null
      ? ''
      : `<span class="mono">${pathHtml(placeText(group.citation, words))}</span> · `;
  const example = numbers.length > 1 ? words.text('triage.example', { text: group.example }) : group.example;
  return [
    `<li class="${severity}"><span class="sign" aria-hidden="true">${kindSigns[kind]}</span>`,
    `<span class="what"><b>${escapeHtml(group.title)}</b> <span class="severity">${escapeHtml(badgeText(kind, severity, words))}</span></span>`,
    `<span class="count">${escapeHtml(counts.join(' · '))}</span>`,
    `<p class="example">${escapeHtml(shorten(example, 320))}</p>`,
    `<p class="refs">${place}${findingLinks(numbers, words)}</p></li>`,
  ].join('');
}

function badgeText(kind: FindingKind, severity: Severity, words: ReportWords): string {
  return words.text('finding.badge', {
    kind: words.wording.kind(kind),
    severity: words.wording.severity(severity),
  });
}

/** `findings 3, 5, 7`, each a link inside the document. */
function findingLinks(numbers: readonly number[], words: ReportWords): string {
  const named = numbers.slice(0, limits.groupNumbers).map((number) => linkTo(number, words));
  if (numbers.length > limits.groupNumbers) named.push('…');
  const marker = '\u0001';
  const sentence = words.text('triage.group.findings', { count: numbers.length, numbers: marker });
  return escapeHtml(sentence).replace(
    escapeHtml(marker),
    named.join(escapeHtml(words.text('list.separator'))),
  );
}

function linkTo(number: number, words: ReportWords): string {
  return `<a href="#finding-${number}">${words.number(number)}</a>`;
}

/** What could not be decided and what is missing: an empty list of findings is not health. */
function triageOpen(model: Page): string {
  const { words } = model;
  const undecided = model.undecided.reduce((sum, group) => sum + group.count, 0);
  const missing = model.coverage.filter((item) => item.state === 'missing').length;
  const item = (text: string, part: ReportKey): string =>
    `<li class="medium"><span class="sign" aria-hidden="true">?</span><span class="what"><b>${escapeHtml(text)}</b></span><span class="count">${escapeHtml(words.text('triage.see', { part: words.text(part) }))}</span></li>`;
  const items = [
    ...(undecided > 0 ? [item(words.text('triage.undecided', { count: undecided }), 'part.undecided')] : []),
    ...(missing > 0 ? [item(words.text('triage.missing', { count: missing }), 'part.coverage')] : []),
  ];
  return items.length === 0 ? '' : `<ul class="groups" style="border-top:0">${items.join('')}</ul>`;
}

function scalePart(model: Page): string {
  const { words, counts, scale } = model;
  if (scale.length === 0 && counts.deploymentRan === 0) return '';
  const failed =
    counts.deploymentRan > 0
      ? words.text('number.of', { count: counts.deploymentFailed, total: counts.deploymentRan })
      : words.number(counts.deploymentFailed);
  return [
    `<h2 class="sub">${escapeHtml(words.text('triage.scale'))}</h2>`,
    figures([
      [
        counts.targeted === null ? words.text('number.unknown') : words.number(counts.targeted),
        words.text('number.targeted'),
      ],
      [words.number(counts.deploymentRan), words.text('number.ran')],
      [words.number(counts.deploymentSucceeded), words.text('number.succeeded')],
      [failed, words.text('number.failed'), counts.deploymentFailed > 0],
    ]),
    `<p class="intro" style="margin-top:3mm">${escapeHtml(words.text('triage.scale.source'))}</p>`,
    scaleTable(model),
  ].join('\n');
}

function scaleTable({ words, scale }: Page): string {
  if (scale.length === 0) return '';
  const columns: readonly ReportKey[] = ['scale.targeted', 'scale.ran', 'scale.succeeded', 'scale.failed'];
  const head = columns
    .map((key) => `<th scope="col" class="number">${escapeHtml(words.text(key))}</th>`)
    .join('');
  const rows = scale.slice(0, limits.scaleRows).map((row) => {
    const targeted = row.targeted === null ? '–' : words.number(row.targeted);
    const cells = [targeted, words.number(row.ran), words.number(row.succeeded), words.number(row.failed)];
    const numbers = cells.map((text) => `<td class="number">${text}</td>`).join('');
    return `<tr><td>${escapeHtml(row.patch)}</td>${numbers}<td class="source">${escapeHtml(words.text(`scale.source.${row.source}`))}</td></tr>`;
  });
  return [
    `<table class="small"><thead><tr><th scope="col">${escapeHtml(words.text('scale.patch'))}</th>${head}<th scope="col" class="source">${escapeHtml(words.text('scale.source'))}</th></tr></thead>`,
    `<tbody>${rows.join('\n')}</tbody></table>`,
    andMore(scale.length - limits.scaleRows, words, 'list.and-more'),
  ].join('\n');
}

function devicesPart({ words, devices }: Page): string {
  if (devices.length === 0) return '';
  const most = Math.max(1, ...devices.map(findingCount));
  const rows = devices.slice(0, limits.devices).map((device) => {
    const total = findingCount(device);
    const parts = severities
      .filter((severity) => device.bySeverity[severity] > 0)
      .map((severity) => `${words.wording.severity(severity)} ${words.number(device.bySeverity[severity])}`);
    const shown = total === 0 ? words.text('triage.device.none') : parts.join(' · ');
    const systems = escapeHtml(systemList(device.systems, words));
    return `<tr><td>${escapeHtml(device.name)}<span class="sub">${systems}</span></td><td class="number">${words.number(device.records)}</td><td>${deviceBar(device, most)}</td><td>${escapeHtml(shown)}</td></tr>`;
  });
  return [
    `<h2 class="sub">${escapeHtml(words.text('triage.devices'))}</h2>`,
    `<table class="small"><thead><tr><th scope="col">${escapeHtml(words.text('table.device'))}</th><th scope="col" class="number" style="width:18mm">${escapeHtml(words.text('table.records'))}</th><th scope="col" style="width:50mm"></th><th scope="col" style="width:58mm">${escapeHtml(words.text('table.findings'))}</th></tr></thead>`,
    `<tbody>${rows.join('\n')}</tbody></table>`,
    andMore(devices.length - limits.devices, words, 'list.and-more'),
  ].join('\n');
}

function findingCount(device: DeviceSummary): number {
  return severities.reduce((sum, severity) => sum + device.bySeverity[severity], 0);
}

function deviceBar(device: DeviceSummary, most: number): string {
  const parts = severities
    .filter((severity) => device.bySeverity[severity] > 0)
    .map((severity) => {
      const percent = Math.round((device.bySeverity[severity] / most) * 1000) / 10;
      return `<i class="${severity}" style="width:${percent}%"></i>`;
    });
  return `<span class="bar" aria-hidden="true">${parts.join('')}</span>`;
}

/* Findings */

function findings(model: Page): string {
  if (model.findings.length === 0) return '';
  const { words } = model;
  return [
    '<section class="part">',
    h1(words, 'part.findings'),
    ...model.findings.map((finding) => findingSection(finding, model)),
    '</section>',
  ].join('\n');
}

function findingSection(finding: ReportFinding, model: Page): string {
  const { words } = model;
  const position = words.text('finding.position', {
    number: finding.number,
    total: model.findings.length,
  });
  const badge = badgeText(finding.kind, finding.severity, words);
  const about = [
    `<span class="mono">${escapeHtml(finding.rule)}</span>`,
    ...[finding.device, finding.patch]
      .filter((part) => part !== null)
      .map((part) => `<span>${escapeHtml(part)}</span>`),
  ];
  return [
    `<section class="finding ${finding.severity}" id="finding-${finding.number}">`,
    `<div class="keep"><p class="badge"><b><span class="glyph" aria-hidden="true">${kindSigns[finding.kind]}</span> ${escapeHtml(badge)}</b><span>${escapeHtml(position)}</span></p>`,
    `<h2>${escapeHtml(finding.title)}</h2>`,
    `<p class="about">${about.join('')}</p></div>`,
    witnessTable(finding, words),
    finding.span === null ? '' : timeSpanSvg(finding.span, words),
    '<div class="keep">',
    labelled('finding.why', finding.explanation, words),
    finding.assumed.length === 0
      ? ''
      : labelled(
          'finding.assumed',
          words.text('finding.assumed.text', { values: words.list(finding.assumed) }),
          words,
        ),
    labelled('finding.advice', finding.advice, words),
    codeList(finding.codes, words),
    togetherLine(finding, words),
    '</div>',
    relatedList(finding, words),
    ...finding.annotations.map((annotation) => analystBox(annotation, words)),
    '</section>',
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function labelled(key: ReportKey, text: string, words: ReportWords): string {
  if (text.trim() === '') return '';
  return `<p class="label">${escapeHtml(words.text(key))}</p><p>${escapeHtml(text)}</p>`;
}

/** Two side by side, so that what contradicts stands next to each other. */
function witnessTable(finding: ReportFinding, words: ReportWords): string {
  const shown = finding.witnesses.slice(0, limits.witnesses);
  const rows: string[] = [];
  for (let index = 0; index < shown.length; index += 2) {
    const [a, b] = [shown[index], shown[index + 1]];
    if (a === undefined) continue;
    rows.push(
      b === undefined
        ? `<tr><td${shown.length === 1 ? '' : ' colspan="2"'}>${witnessHtml(a, words)}</td></tr>`
        : `<tr><td>${witnessHtml(a, words)}</td><td>${witnessHtml(b, words)}</td></tr>`,
    );
  }
  const more = finding.witnesses.length - shown.length;
  return [
    `<table class="witnesses"><tbody>${rows.join('\n')}</tbody></table>`,
    hashLines(shown, words),
    more > 0
      ? `<p class="quiet">${escapeHtml(words.text('finding.witnesses.more', { count: more }))}</p>`
      : '',
  ].join('');
}

function witnessHtml(witness: ReportWitness, words: ReportWords): string {
  const { letter, name, at, citation } = witness;
  const heading =
    name === null
      ? words.text('finding.witness', { letter })
      : words.text('finding.witness.named', { letter, name });
  const time =
    at === null
      ? ''
      : `<p class="time">${escapeHtml(words.time(at))}</p><p class="clock">${escapeHtml(`${words.timeDetail(at)} · ${words.offset(at)}`)}</p>`;
  return [
    `<div class="witness"><p class="name">${escapeHtml(heading)}</p>${time}`,
    `<p class="says">${escapeHtml(witness.says)}</p>`,
    quote(citation, witness.mark, words),
    `<p class="place">${pathHtml(placeText(citation, words))}</p></div>`,
  ].join('');
}

function quote(citation: Citation, mark: string | null, words: ReportWords): string {
  const { quote: text, line, row, pointer } = citation;
  if (text === '') {
    const isPlace = line !== null || row !== null || pointer !== null;
    return isPlace ? `<p class="quote quiet">${escapeHtml(words.text('quote.none'))}</p>` : '';
  }
  const cut = text.length > limits.quote;
  const shown = cut ? withoutHalfPair(text.slice(0, limits.quote)) : text;
  const rest = cut
    ? `<span class="cut">${escapeHtml(words.text('quote.cut', { count: text.length }))}</span>`
    : '';
  return `<p class="quote">${inLines(markedQuote(shown, mark))}${rest}</p>`;
}

function withoutHalfPair(text: string): string {
  return text.replace(/[\uD800-\uDBFF]$/u, '');
}

/** Each line of a quote by itself, so that one which goes on below is told from the next by its indent. */
function inLines(html: string): string {
  const lines = html.split('\n');
  const isWhole = (line: string): boolean =>
    line.split('<mark>').length === line.split('</mark>').length && !line.startsWith('</mark>');
  if (!lines.every(isWhole)) return html;
  return lines.map((line) => `<span class="line">${line === '' ? ' ' : line}</span>`).join('');
}

/** A path breaks after its separators before it breaks anywhere else. */
function pathHtml(text: string): string {
  return escapeHtml(text).replaceAll(/(?<![<])[/!\\](?=[^/!\\])/gu, '$&<wbr>');
}

/** The cell that the witness is about stands out in the row that is quoted. */
function markedQuote(text: string, mark: string | null): string {
  if (mark === null || mark === '') return quoteHtml(text);
  const cells = text.split(' | ');
  const position = cells.length < 2 ? -1 : cells.findIndex((cell) => cell.trim() === mark.trim());
  if (position < 0) return quoteHtml(text);
  return cells
    .map((cell, index) => (index === position ? `<mark>${quoteHtml(cell)}</mark>` : quoteHtml(cell)))
    .join(' | ');
}

/** The hash of each member that the witnesses cite, once. */
function hashLines(witnesses: readonly ReportWitness[], words: ReportWords): string {
  const members = new Map(witnesses.map(({ citation, sha256 }) => [citation.member, sha256]));
  const lines = [...members].map(([member, sha256]) =>
    sha256 === null
      ? `${escapeHtml(member)}: ${escapeHtml(words.text('place.unhashed'))}`
      : `${members.size > 1 ? `${escapeHtml(member)} ` : ''}SHA-256 <span class="mono">${escapeHtml(sha256)}</span>`,
  );
  return `<p class="hashes">${lines.join('<br>')}</p>`;
}

function codeList(codes: readonly ReportCode[], words: ReportWords): string {
  if (codes.length === 0) return '';
  const items = codes.map((code) => {
    const text = code.meaning ?? words.text('codes.unknown');
    const symbol = code.symbol === null ? '' : ` <span class="symbol">${escapeHtml(code.symbol)}</span>`;
    return `<div><dt>${escapeHtml(code.shown)}</dt><dd>${escapeHtml(text)}${symbol}</dd></div>`;
  });
  return `<p class="label">${escapeHtml(words.text('finding.codes'))}</p><dl class="codes">${items.join('')}</dl>`;
}

/** Log lines next to the times of the witnesses: context, and no witness itself. */
function relatedList(finding: ReportFinding, words: ReportWords): string {
  if (finding.related.length === 0) return '';
  const items = finding.related.map(
    ({ member, line, text }) =>
      `<p class="quote related">${inLines(quoteHtml(text))}</p><p class="place">${pathHtml(`${member}:${line}`)}</p>`,
  );
  return `<p class="label">${escapeHtml(words.text('finding.related', { minutes: relatedMinutes }))}</p>${items.join('')}`;
}

function togetherLine(finding: ReportFinding, words: ReportWords): string {
  if (finding.together.length === 0) return '';
  const marker = '\u0001';
  const links = finding.together.map((number) => linkTo(number, words));
  const sentence = words.text('finding.together', { count: links.length, numbers: marker });
  const html = escapeHtml(sentence).replace(
    escapeHtml(marker),
    links.join(escapeHtml(words.text('list.separator'))),
  );
  return `<p class="quiet" style="margin-top:2mm;font-size:8.4pt">${html}</p>`;
}

function analystBox(placed: PlacedAnnotation, words: ReportWords): string {
  const { annotation, place, on, number } = placed;
  const label = annotationLabel(placed, words);
  const verdict = `<span class="verdict ${annotation.verdict}">${escapeHtml(words.text(`analyst.verdict.${annotation.verdict}`))}</span>`;
  const tags = annotation.tags.map((tag) => `#${tag}`).join(' ');
  const meta = [annotation.author, writtenTime(annotation.changedAt), tags].filter((part) => part !== '');
  const quoted =
    on === 'finding' || annotation.quote === '' || on === 'gone'
      ? ''
      : `<p class="quote info">${inLines(quoteHtml(shorten(annotation.quote, limits.quote)))}</p>`;
  return [
    `<p class="label" id="note-${number}">${escapeHtml(words.text('analyst.number', { number }))} · ${escapeHtml(label)}</p>`,
    `<div class="analyst">${verdict}<div class="note">${noteHtml(annotation.note, words)}</div>${quoted}`,
    place === null || on === 'moment' ? '' : `<p class="place">${pathHtml(place)}</p>`,
    annotationLinks(placed, words),
    `<p class="meta">${escapeHtml(meta.join(' · '))}</p></div>`,
  ].join('');
}

function annotationLinks({ links }: PlacedAnnotation, words: ReportWords): string {
  if (links.length === 0) return '';
  const shown = links.map((link) => linkHtml(link, words)).join(escapeHtml(words.text('list.separator')));
  return `<p class="linked">${escapeHtml(words.text('analyst.linked'))} ${shown}</p>`;
}

function linkHtml(link: AnnotationLink, words: ReportWords): string {
  switch (link.to) {
    case 'finding':
      return `<a href="#finding-${link.number}">${escapeHtml(words.text('analyst.link.finding', { number: link.number }))}</a>`;
    case 'note':
      return `<a href="#note-${link.number}">${escapeHtml(words.text('analyst.number', { number: link.number }))}</a>`;
    case 'elsewhere':
      return escapeHtml(words.text('analyst.link.elsewhere', { id: link.id }));
  }
}

function annotationLabel({ annotation, place, on }: PlacedAnnotation, words: ReportWords): string {
  switch (on) {
    case 'finding':
      return words.text('analyst.box');
    case 'record':
    case 'line':
    case 'lines':
    case 'member':
    case 'moment':
      return words.text(`analyst.on.${on}`, { place: place ?? '' });
    case 'cell':
      return words.text('analyst.on.cell', {
        place: place ?? '',
        column: annotation.target.on === 'cell' ? words.column(annotation.target.column) : '',
      });
    case 'gone':
      return words.text('analyst.gone', { quote: shorten(annotation.quote, 200) });
  }
}

/** `2024-06-11 09:41 +09:00`, from what the case file holds. */
function writtenTime(iso: string): string {
  const match = /^(?<date>\d{4}-\d\d-\d\d)T(?<time>\d\d:\d\d)[^Z+-]*(?<zone>Z|[+-]\d\d:?\d\d)?$/u.exec(iso);
  if (match?.groups === undefined) return iso;
  const { date, time, zone } = match.groups;
  const shownZone = zone === undefined ? '' : zone === 'Z' ? ' UTC' : ` ${zone}`;
  return `${date ?? ''} ${time ?? ''}${shownZone}`;
}

/* Pictures */

function matrixPart({ words, matrix }: Page): string {
  if (matrix === null) return '';
  const { devices, patches, all, counts, troubledLeftOut } = matrix;
  const intro = words.text('matrix.intro', { devices: all.devices, patches: all.patches });
  const isCut = devices.length < all.devices || patches.length < all.patches;
  const cut = isCut
    ? words.text('matrix.cut', {
        devices: devices.length,
        allDevices: all.devices,
        patches: patches.length,
        allPatches: all.patches,
        troubled: troubledLeftOut,
      })
    : '';
  const states = patchStates
    .filter((state) => state !== 'none' && counts[state] > 0)
    .map(
      (state) =>
        `<li>${matrixSign(state)} ${escapeHtml(words.patchState(state))} <b>${words.number(counts[state])}</b></li>`,
    );
  const marks = (['contradiction', 'other'] as const).map(
    (kind) => `<li>${matrixMarkSign(kind)} ${escapeHtml(words.text(`matrix.mark.${kind}`))}</li>`,
  );
  const names = shortenedNames(matrix);
  const full = names.slice(0, limits.shortenedNames);
  return [
    '<section class="part">',
    h1(words, 'part.matrix'),
    `<p class="intro">${escapeHtml(`${intro}${cut}`)}</p>`,
    `<ul class="legend">${states.join('')}${marks.join('')}</ul>`,
    ...matrixPictures(matrix, words).map((svg) => `<div class="figure">${svg}</div>`),
    full.length === 0
      ? ''
      : `<p class="label">${escapeHtml(words.text('matrix.shortened'))}</p><ul class="names">${full.map((name) => `<li>${escapeHtml(name)}</li>`).join('')}</ul>`,
    andMore(names.length - full.length, words, 'list.and-more'),
    '</section>',
  ].join('\n');
}

function timelinePart({ words, timeline }: Page): string {
  const [whole, dense] = timeline;
  if (whole === undefined) return '';
  const leftOut = Math.max(...timeline.map(({ runsLeftOut }) => runsLeftOut));
  const intro = [
    words.text('timeline.intro', { offset: formatOffset(whole.offset) }),
    ...(leftOut > 0 ? [words.text('timeline.runs-left-out', { count: leftOut })] : []),
  ];
  return [
    '<section class="part flow keep">',
    h1(words, 'part.timeline'),
    `<p class="intro">${escapeHtml(intro.join(words.text('sentence.separator')))}</p>`,
    `<div class="figure">${timelinePicture(whole, words)}</div>`,
    dense === undefined
      ? ''
      : `<p class="label">${escapeHtml(words.text('timeline.dense', { count: dense.outside }))}</p><div class="figure">${timelinePicture(dense, words)}</div>`,
    `<p class="quiet small">${escapeHtml(words.text('timeline.legend'))}</p>`,
    '</section>',
  ].join('\n');
}

/* Runs */

function runsPart({ words, runs }: Page): string {
  if (runs.length === 0) return '';
  const shown = worthShowing(runs);
  const rows = shown.map((run) => runRow(run, words));
  return [
    '<section class="part">',
    h1(words, 'part.runs'),
    `<table class="small runs"><thead><tr><th scope="col" style="width:31%">${escapeHtml(words.text('runs.run'))}</th><th scope="col" style="width:25%">${escapeHtml(words.text('runs.time'))}</th><th scope="col" style="width:17%">${escapeHtml(words.text('runs.outcome'))}</th><th scope="col">${escapeHtml(words.text('runs.steps'))}</th></tr></thead>`,
    `<tbody>${rows.join('\n')}</tbody></table>`,
    andMore(runs.length - shown.length, words, 'runs.cut'),
    '</section>',
  ].join('\n');
}

/** When not all can be shown, those that went well stay out first; the order is the bundle's. */
function worthShowing(runs: readonly ReportRun[]): readonly ReportRun[] {
  if (runs.length <= limits.runs) return runs;
  const kept = new Set([...runs.filter(({ outcome }) => outcome === 'failed').slice(0, limits.runs)]);
  for (const run of runs) if (kept.size < limits.runs) kept.add(run);
  return runs.filter((run) => kept.has(run));
}

function runRow(run: ReportRun, words: ReportWords): string {
  const { citation } = run;
  const what = [
    ...(run.operation === null ? [] : [words.ofRun('operation', run.operation)]),
    words.wording.system(run.system),
  ];
  const outcome = [
    run.outcome === null
      ? words.text('runs.outcome.none')
      : words.wording.word('deploymentStatus', run.outcome),
    ...(run.attempts === null ? [] : [words.text('runs.attempts', { count: run.attempts })]),
  ];
  const code =
    run.code === null
      ? ''
      : `<span class="sub"><span class="mono">${escapeHtml(run.code.shown)}</span> ${escapeHtml(run.code.meaning ?? '')}</span>`;
  const reboot =
    run.reboot === null
      ? ''
      : `<span class="sub">${escapeHtml(words.text('runs.reboot', { what: run.reboot }))}</span>`;
  return [
    `<tr><td><b>${escapeHtml(run.device ?? words.text('runs.no-device'))}</b> ${escapeHtml(run.name)}<span class="sub">${escapeHtml(what.join(' · '))}</span><span class="sub place">${pathHtml(placeText(citation, words))}</span></td>`,
    `<td>${runTimes(run, words)}</td>`,
    `<td>${escapeHtml(outcome.join(' · '))}${code}${reboot}</td>`,
    `<td>${runSteps(run, words)}</td></tr>`,
  ].join('');
}

function runTimes({ startedAt, endedAt, window }: ReportRun, words: ReportWords): string {
  const time = (at: Moment | null): string => (at === null ? words.text('runs.untold') : words.time(at));
  const apart = startedAt === null || endedAt === null ? null : words.apart(startedAt, endedAt);
  const known = startedAt ?? endedAt;
  const lines = [
    `${escapeHtml(time(startedAt))} – ${escapeHtml(time(endedAt))}`,
    ...(apart === null ? [] : [`<span class="sub">${escapeHtml(apart)}</span>`]),
    ...(known === null ? [] : [`<span class="sub">${escapeHtml(words.offset(known))}</span>`]),
  ];
  if (window !== null && (window.start !== null || window.minutes !== null)) {
    const text = words.text('runs.window', {
      start: window.start === null ? words.text('runs.untold') : words.time(window.start),
      length: window.minutes === null ? words.text('runs.untold') : words.wording.duration(window.minutes),
    });
    lines.push(`<span class="sub">${escapeHtml(text)}</span>`);
  }
  return lines.join('');
}

function runSteps({ steps }: ReportRun, words: ReportWords): string {
  const shown = steps.map(({ name, evidenced, outcome }) => {
    const state = !evidenced ? 'untold' : outcome === 'succeeded' || outcome === 'failed' ? outcome : 'told';
    const signs = { untold: 'untold', succeeded: 'good', failed: 'bad', told: 'told' } as const;
    const word = escapeHtml(words.text(`runs.step.${state}`));
    return `<span class="step ${state}">${textSign(signs[state])} ${escapeHtml(words.ofRun('step', name))}<span class="sub"> ${word}</span></span>`;
  });
  return shown.join('');
}

/* Appendices */

function annotationsPart(model: Page): string {
  const { words, annotations, bookmarks } = model;
  if (annotations.length === 0 && bookmarks.length === 0) return '';
  const marks = bookmarks.map(
    ({ member, line, label }) =>
      `<p><span class="place mono">${escapeHtml(line === null ? member : `${member}:${line}`)}</span> ${escapeHtml(label)}</p>`,
  );
  return [
    '<section class="part">',
    h1(words, 'part.notes'),
    ...annotations.map((annotation) => analystBox(annotation, words)),
    marks.length === 0 ? '' : `<p class="label">${escapeHtml(words.text('analyst.bookmark'))}</p>`,
    ...marks,
    '</section>',
  ].join('\n');
}

function undecidedPart({ words, undecided }: Page): string {
  if (undecided.length === 0) return '';
  const rows = undecided.map(({ rule, missing, where, count }) => {
    const places = where.length === 0 ? [words.text('undecided.whole')] : where;
    const more = count - places.length;
    const list = places.map(escapeHtml).join('<br>');
    const rest = more > 0 ? `<br>${escapeHtml(words.text('list.and-more', { count: more }))}` : '';
    return `<tr><td><span class="mono">${escapeHtml(rule)}</span></td><td>${escapeHtml(missing)}</td><td>${list}${rest}</td></tr>`;
  });
  return [
    '<section class="part flow">',
    h1(words, 'part.undecided'),
    `<p class="intro">${escapeHtml(words.text('undecided.intro'))}</p>`,
    `<table class="small"><thead><tr><th scope="col" style="width:34%">${escapeHtml(words.text('undecided.rule'))}</th><th scope="col" style="width:28%">${escapeHtml(words.text('undecided.missing'))}</th><th scope="col">${escapeHtml(words.text('undecided.where'))}</th></tr></thead>`,
    `<tbody>${rows.join('\n')}</tbody></table>`,
    '</section>',
  ].join('\n');
}

function coveragePart(model: Page): string {
  const { words, coverage, request } = model;
  const body =
    coverage.length === 0
      ? `<p class="empty">${escapeHtml(words.text('coverage.none'))}</p>`
      : coverageTable(model);
  const requestBox =
    request === null
      ? ''
      : `<h2 class="sub">${escapeHtml(words.text('coverage.request'))}</h2><div class="request">${escapeHtml(request.trimEnd())}</div>`;
  return ['<section class="part">', h1(words, 'part.coverage'), body, requestBox, '</section>'].join('\n');
}

function coverageTable({ words, coverage }: Page): string {
  const rows = coverage.map(({ name, system, state, members }) => {
    const named = members.slice(0, limits.coverageMembers).map(pathHtml);
    const more = members.length - named.length;
    if (more > 0) named.push(escapeHtml(words.text('list.and-more', { count: more })));
    return `<tr><td>${coverageState(state, words)}</td><td>${escapeHtml(name)}<span class="sub">${escapeHtml(words.wording.system(system))}</span></td><td>${named.join('<br>')}</td></tr>`;
  });
  return [
    `<table class="small"><thead><tr><th scope="col" style="width:21mm">${escapeHtml(words.text('coverage.state'))}</th><th scope="col" style="width:42%">${escapeHtml(words.text('coverage.item'))}</th><th scope="col">${escapeHtml(words.text('coverage.members'))}</th></tr></thead>`,
    `<tbody>${rows.join('\n')}</tbody></table>`,
  ].join('\n');
}

function coverageState(state: CoverageState, words: ReportWords): string {
  const tones = { present: 'good', partial: 'part', missing: 'bad' } as const;
  const tone = tones[state];
  return `<span class="state ${tone}">${textSign(tone)} ${escapeHtml(words.wording.word('coverageState', state))}</span>`;
}

function mutedPart({ words, muted, idleMutes }: Page): string {
  if (muted.length === 0 && idleMutes.length === 0) return '';
  const byMute = new Map<MutedFinding['mute'], MutedFinding[]>();
  for (const one of muted.slice(0, limits.muted)) {
    const list = byMute.get(one.mute);
    if (list === undefined) byMute.set(one.mute, [one]);
    else list.push(one);
  }
  const groups = [...byMute].map(([mute, list]) => mutedGroup(mute, list, words));
  const idle = idleMutes.map((mute) => mutedGroup(mute, [], words));
  return [
    '<section class="part flow">',
    h1(words, 'part.muted'),
    `<p class="intro">${escapeHtml(words.text('muted.intro'))}</p>`,
    ...groups,
    ...idle,
    andMore(muted.length - limits.muted, words, 'list.and-more'),
    '</section>',
  ].join('\n');
}

/** What was set aside together, by whom and why. */
function mutedGroup(
  mute: MutedFinding['mute'],
  findings: readonly MutedFinding[],
  words: ReportWords,
): string {
  const heading =
    mute.on.what === 'rule'
      ? words.text('muted.rule', { rule: words.wording.ruleName(mute.on.rule), id: mute.on.rule })
      : words.text('muted.finding', { title: findings[0]?.title ?? mute.on.finding });
  const rows = findings.map((finding) => {
    const where = words.list([finding.device, finding.patch].filter((part) => part !== null));
    const place = finding.citation === null ? '' : placeText(finding.citation, words);
    return `<tr><td>${escapeHtml(words.wording.severity(finding.severity))}</td><td>${escapeHtml(finding.title)}<span class="sub">${escapeHtml(where)}</span></td><td class="place">${pathHtml(place)}</td></tr>`;
  });
  const meta = [mute.author, writtenTime(mute.createdAt)].filter((part) => part !== '');
  const notes = findings.flatMap((finding) => finding.annotations);
  return [
    `<div class="mute"><h2 class="sub">${escapeHtml(heading)}</h2>`,
    `<p class="reason"><span class="label-inline">${escapeHtml(words.text('muted.reason'))}</span> ${escapeHtml(mute.reason)}</p>`,
    `<p class="quiet small">${escapeHtml(meta.join(' · '))}</p></div>`,
    rows.length === 0
      ? `<p class="empty">${escapeHtml(words.text('muted.none'))}</p>`
      : `<table class="small"><thead><tr><th scope="col" style="width:20mm">${escapeHtml(words.text('muted.severity'))}</th><th scope="col">${escapeHtml(words.text('table.finding'))}</th><th scope="col" style="width:38%">${escapeHtml(words.text('muted.place'))}</th></tr></thead><tbody>${rows.join('\n')}</tbody></table>`,
    ...notes.map((annotation) => analystBox(annotation, words)),
  ].join('\n');
}

/** The words and codes that a reader meets, with what they mean. */
function glossaryPart(model: Page): string {
  const { words, statuses, codes } = model;
  if (statuses.length === 0 && codes.length === 0) return '';
  return [
    '<section class="part flow">',
    h1(words, 'part.glossary'),
    statusTable(model),
    codesTable(model),
    '</section>',
  ].join('\n');
}

function statusTable({ words, statuses }: Page): string {
  if (statuses.length === 0) return '';
  const rows = statuses.map((status) => {
    const word =
      status.of === 'detection'
        ? words.wording.word('detectionStatus', status.status)
        : words.wording.word('deploymentStatus', status.status);
    const meaning =
      status.of === 'detection'
        ? words.text(`glossary.detection.${status.status}`)
        : words.text(`glossary.deployment.${status.status}`);
    const spellings = status.spellings.slice(0, limits.spellings).map((raw) => quoteHtml(shorten(raw, 80)));
    const more = status.spellings.length - spellings.length;
    if (more > 0) spellings.push(escapeHtml(words.text('list.and-more', { count: more })));
    return `<tr><td><b>${escapeHtml(word)}</b><span class="sub">${escapeHtml(words.text(`glossary.of.${status.of}`))}</span></td><td>${escapeHtml(meaning)}</td><td>${spellings.map((raw) => `<span class="spelling">${raw}</span>`).join(' ')}</td><td class="number">${words.number(status.count)}</td></tr>`;
  });
  return [
    `<h2 class="sub">${escapeHtml(words.text('glossary.statuses'))}</h2>`,
    `<table class="small"><thead><tr><th scope="col" style="width:28mm">${escapeHtml(words.text('glossary.status'))}</th><th scope="col">${escapeHtml(words.text('codes.meaning'))}</th><th scope="col" style="width:30%">${escapeHtml(words.text('glossary.spellings'))}</th><th scope="col" class="number" style="width:20mm">${escapeHtml(words.text('glossary.count'))}</th></tr></thead>`,
    `<tbody>${rows.join('\n')}</tbody></table>`,
  ].join('\n');
}

function codesTable({ words, codes }: Page): string {
  if (codes.length === 0) return '';
  const rows = codes.map((code) => {
    const symbol = code.symbol === null ? '' : `<span class="sub mono">${escapeHtml(code.symbol)}</span>`;
    const source =
      code.source === null
        ? ''
        : `<span class="sub">${escapeHtml(words.text('codes.source', { source: code.source }))}</span>`;
    return `<tr><td class="mono">${escapeHtml(code.shown)}</td><td>${escapeHtml(code.meaning ?? words.text('codes.unknown'))}${symbol}${source}</td><td>${escapeHtml(code.advice ?? '')}</td></tr>`;
  });
  return [
    `<h2 class="sub">${escapeHtml(words.text('part.codes'))}</h2>`,
    `<table class="small"><thead><tr><th scope="col" style="width:25mm">${escapeHtml(words.text('codes.code'))}</th><th scope="col" style="width:45%">${escapeHtml(words.text('codes.meaning'))}</th><th scope="col">${escapeHtml(words.text('codes.advice'))}</th></tr></thead>`,
    `<tbody>${rows.join('\n')}</tbody></table>`,
  ].join('\n');
}

function membersPart({ words, members, annotations }: Page): string {
  const notes = notesOfMembers(annotations);
  if (members.length === 0) {
    return `<section class="part">${h1(words, 'part.members')}<p class="empty">${escapeHtml(words.text('members.none'))}</p></section>`;
  }
  const rows = members.slice(0, limits.members).map((member) => {
    const about = [
      ...(member.kind === null ? [] : [member.kind]),
      stateText(member.state, words),
      ...(member.lines === null || member.lines === 0
        ? []
        : [words.text('members.lines', { count: member.lines })]),
      ...(member.rows === null || member.rows === 0
        ? []
        : [words.text('members.rows', { count: member.rows })]),
      ...(member.warnings === 0 ? [] : [words.text('members.warnings', { count: member.warnings })]),
    ];
    const hash = member.sha256 === null ? '–' : hashHtml(member.sha256);
    const noted = (notes.get(member.path) ?? []).map(
      (number) => `<a href="#note-${number}">${escapeHtml(words.text('analyst.number', { number }))}</a>`,
    );
    const notedLine =
      noted.length === 0
        ? ''
        : `<span class="sub linked">${noted.join(escapeHtml(words.text('list.separator')))}</span>`;
    return `<tr><td>${pathHtml(member.path)}<span class="sub">${escapeHtml(about.join(' · '))}</span>${notedLine}</td><td class="number">${words.number(member.bytes)}</td><td class="hash">${hash}</td></tr>`;
  });
  return [
    '<section class="part">',
    h1(words, 'part.members'),
    `<table class="small"><thead><tr><th scope="col">${escapeHtml(words.text('members.path'))}</th><th scope="col" class="number" style="width:26mm">${escapeHtml(words.text('members.size'))}</th><th scope="col" style="width:48mm">${escapeHtml(words.text('members.sha256'))}</th></tr></thead>`,
    `<tbody>${rows.join('\n')}</tbody></table>`,
    andMore(members.length - limits.members, words, 'members.cut'),
    '</section>',
  ].join('\n');
}

/** Numbers of the notes on whole members. */
function notesOfMembers(annotations: readonly PlacedAnnotation[]): ReadonlyMap<string, readonly number[]> {
  const notes = new Map<string, number[]>();
  for (const { annotation, number } of annotations) {
    if (annotation.target.on !== 'member') continue;
    const list = notes.get(annotation.target.member);
    if (list === undefined) notes.set(annotation.target.member, [number]);
    else list.push(number);
  }
  return notes;
}

/** A hash may break in its middle and nowhere else. */
function hashHtml(sha256: string): string {
  return `${escapeHtml(sha256.slice(0, 32))}<wbr>${escapeHtml(sha256.slice(32))}`;
}

function stateText(state: MemberState, words: ReportWords): string {
  return words.text(`state.${state}`);
}

function unreadPart({ words, unread }: Page): string {
  const body =
    unread.length === 0
      ? `<p class="empty">${escapeHtml(words.text('unread.none'))}</p>`
      : [
          `<table class="small"><thead><tr><th scope="col" style="width:50%">${escapeHtml(words.text('members.path'))}</th><th scope="col" style="width:18%">${escapeHtml(words.text('coverage.state'))}</th><th scope="col">${escapeHtml(words.text('unread.reason'))}</th></tr></thead><tbody>`,
          ...unread
            .slice(0, limits.unread)
            .map(
              ({ member, reason }) =>
                `<tr><td>${pathHtml(member.path)}</td><td>${escapeHtml(stateText(member.state, words))}</td><td>${escapeHtml(reason)}</td></tr>`,
            ),
          '</tbody></table>',
          andMore(unread.length - limits.unread, words, 'members.cut'),
        ].join('\n');
  return `<section class="part flow">${h1(words, 'part.unread')}${body}</section>`;
}

function warningsPart({ words, warnings }: Page): string {
  if (warnings.length === 0) return '';
  const rows = warnings.slice(0, limits.warnings).map(({ warning, what }) => {
    const place = warning.line === null ? warning.member : `${warning.member}:${warning.line}`;
    return `<tr><td class="place">${pathHtml(place)}</td><td>${escapeHtml(what)}</td><td class="mono">${quoteHtml(shorten(warning.text, 200))}</td></tr>`;
  });
  return [
    '<section class="part flow">',
    h1(words, 'part.warnings'),
    `<table class="small"><thead><tr><th scope="col" style="width:38%">${escapeHtml(words.text('warnings.line'))}</th><th scope="col" style="width:22%">${escapeHtml(words.text('warnings.what'))}</th><th scope="col">${escapeHtml(words.text('warnings.text'))}</th></tr></thead>`,
    `<tbody>${rows.join('\n')}</tbody></table>`,
    andMore(warnings.length - limits.warnings, words, 'warnings.cut'),
    '</section>',
  ].join('\n');
}

/** Who did what with the case, sealed entry by entry. */
function custodyPart({ words, custody }: Page): string {
  if (custody === null || (custody.entries.length === 0 && custody.broken === null)) return '';
  const { entries, broken } = custody;
  const state =
    broken === null
      ? words.text('custody.whole', { count: entries.length })
      : words.text('custody.broken', { number: broken + 1 });
  const first = Math.max(0, entries.length - limits.custody);
  const rows = entries.slice(first).map(({ at, what, detail, hash }, index) => {
    const details = Object.entries(detail)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => `<span class="detail">${escapeHtml(name)} ${quoteHtml(String(value))}</span>`);
    return `<tr><td class="number">${words.number(first + index + 1)}</td><td>${escapeHtml(writtenTime(at))}</td><td>${escapeHtml(words.coded('custody', what))}<span class="sub mono">${details.join(' ')}</span></td><td class="hash">${hashHtml(hash)}</td></tr>`;
  });
  return [
    '<section class="part">',
    h1(words, 'part.custody'),
    `<p class="intro">${escapeHtml(state)}</p>`,
    first > 0 ? `<p class="quiet">${escapeHtml(words.text('custody.cut', { count: first }))}</p>` : '',
    `<table class="small custody"><thead><tr><th scope="col" class="number" style="width:10mm">${escapeHtml(words.text('custody.entry'))}</th><th scope="col" style="width:36mm">${escapeHtml(words.text('custody.at'))}</th><th scope="col">${escapeHtml(words.text('custody.what'))}</th><th scope="col" style="width:48mm">${escapeHtml(words.text('custody.seal'))}</th></tr></thead>`,
    `<tbody>${rows.join('\n')}</tbody></table>`,
    '</section>',
  ].join('\n');
}

function andMore(
  count: number,
  words: ReportWords,
  key: 'list.and-more' | 'members.cut' | 'warnings.cut' | 'runs.cut',
): string {
  return count > 0
    ? `<p class="quiet" style="margin-top:2mm">${escapeHtml(words.text(key, { count }))}</p>`
    : '';
}

function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${withoutHalfPair(text.slice(0, length))}…`;
}

/* Running header and footer: the printer knows no style sheet there, and scales what has no size. */

const runningBox =
  'width:100%;box-sizing:border-box;padding:0 16mm;font-size:7.5pt;line-height:1.3;color:#687084';
const runningRow =
  'display:flex;justify-content:space-between;gap:8mm;white-space:nowrap;-webkit-print-color-adjust:exact';
const textFont = "font-family:'Inter','Noto Sans JP',sans-serif";
const clipped = 'overflow:hidden;text-overflow:ellipsis;min-width:0';

/** HTML that the printer repeats on top of every page. */
export function runningHeader(report: ReportModel, words: ReportWords): string {
  const model: Page = { ...report, words };
  const { zones } = model;
  const name = words.text('report.running', { bundle: model.bundle.name });
  const right = [
    ...(model.caseName === null ? [] : [caseText(model, words)]),
    ...(zones.short === '' ? [] : [zones.short]),
  ];
  return [
    `<div lang="${words.locale}" style="${runningBox};${textFont}">`,
    `<div style="${runningRow};border-bottom:0.6pt solid #cfd4dc;padding-bottom:1.6mm">`,
    `<span style="${clipped}">${escapeHtml(name)}</span>`,
    `<span style="${clipped};max-width:68%">${escapeHtml(right.join(' · '))}</span></div></div>`,
  ].join('');
}

/** HTML that the printer repeats at the foot of every page. */
export function runningFooter(report: ReportModel, words: ReportWords): string {
  const model: Page = { ...report, words };
  const { bundle } = model;
  const short = bundle.sha256 === '' ? '' : `${bundle.sha256.slice(0, 16)}…${bundle.sha256.slice(-4)}`;
  const page = escapeHtml(words.text('page.of', { page: '\u0001', pages: '\u0002' }))
    .replace('[U+0001]', '<span class="pageNumber"></span>')
    .replace('[U+0002]', '<span class="totalPages"></span>');
  return [
    `<div lang="${words.locale}" style="${runningBox};${textFont};font-variant-numeric:tabular-nums"><div style="${runningRow}">`,
    `<span style="flex:1">${escapeHtml(toolText(model))}</span>`,
    `<span>${escapeHtml(short)}</span>`,
    `<span style="flex:1;text-align:right">${page}</span></div></div>`,
  ].join('');
}
