import { pageMargins, paperSizes } from '../domain/report-choice.ts';
import type { Paper } from '../domain/report-choice.ts';

/** The style sheet of the report: print first, and readable on a screen. */
export function reportStyle(paper: Paper): string {
  const { width, height } = paperSizes[paper];
  const { top, right, bottom, left } = pageMargins;
  return `
@page { size: ${width}mm ${height}mm; margin: ${top}mm ${right}mm ${bottom}mm ${left}mm; }${sheet}`;
}

const sheet = `
:root {
  --ink: #171a21; --ink-2: #4a5162; --ink-3: #687084; --line: #e3e6eb; --line-strong: #cfd4dc;
  --raised: #f6f7f9; --accent: #0f6b6b; --accent-soft: #e2f1f0;
  --critical: #b3202c; --critical-soft: #fdecee; --high: #b4530a; --high-soft: #fdf0e4;
  --medium: #7d6000; --medium-soft: #fbf5dc; --info: #3b5b8c; --info-soft: #eaf0f8; --good: #1f7a45;
  --text: "Inter", "Noto Sans JP", "Inter", "Noto Sans JP", sans-serif;
  --mono: "JetBrains Mono", "Noto Sans JP", "JetBrains Mono", "Noto Sans JP", monospace;
}
* { box-sizing: border-box; }
html { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
body {
  margin: 0; background: #fff; color: var(--ink); font: 9.5pt/1.55 var(--text);
  overflow-wrap: anywhere; line-break: strict;
  text-wrap: pretty; orphans: 3; widows: 3;
}
:lang(ja) body, body:lang(ja) { line-height: 1.65; }
h1, h2, h3, p, ul, ol, dl, dd, table, pre, blockquote { margin: 0; padding: 0; }
h1 { font-size: 17pt; line-height: 1.3; font-weight: 680; letter-spacing: -0.012em; margin: 0 0 4.5mm; break-after: avoid; }
h2 { font-size: 13pt; line-height: 1.38; font-weight: 660; letter-spacing: -0.006em; break-after: avoid; }
h2.sub { margin: 9mm 0 2mm; }
:lang(ja) :is(h1, h2, .headline, .what b, th, .label, .legend) { letter-spacing: 0; word-break: auto-phrase; }
:lang(ja) :is(h1, h2) { font-weight: 700; }
.mono, code, pre { font-family: var(--mono); font-variant-ligatures: none; }
a { color: inherit; text-decoration: none; }
.quiet { color: var(--ink-3); }
.small { font-size: 8pt; }
.label { font-size: 8pt; font-weight: 650; color: var(--ink-2); margin: 3.4mm 0 0.7mm; break-after: avoid; }
.part { break-before: page; }
.part.flow { break-before: auto; margin-top: 11mm; }
.part.keep { break-inside: avoid; }
.unseen {
  font: 600 0.82em var(--mono); color: var(--critical); border: 0.5pt solid currentColor;
  border-radius: 2pt; padding: 0 2pt; margin: 0 1pt; white-space: nowrap;
}

/* Signs: a kind's sign in the colour of its severity; the words stand beside it. */
.critical { --tone: var(--critical); --soft: var(--critical-soft); }
.high { --tone: var(--high); --soft: var(--high-soft); }
.medium { --tone: var(--medium); --soft: var(--medium-soft); }
.info { --tone: var(--info); --soft: var(--info-soft); }
.sign {
  display: inline-block; width: 5mm; height: 5mm; border-radius: 1.2mm; background: var(--soft);
  color: var(--tone); font: 700 8.5pt/5mm var(--mono); text-align: center;
}

/* Cover */
.cover { break-after: page; }
.cover .brand { display: flex; justify-content: space-between; align-items: baseline; font-size: 9pt; color: var(--ink-2); padding-bottom: 3mm; border-bottom: 1.2pt solid var(--ink); }
.cover .brand b { font-weight: 680; color: var(--ink); letter-spacing: -0.01em; }
.cover h1 { font-size: 25pt; line-height: 1.22; margin: 15mm 0 2mm; letter-spacing: -0.02em; }
.cover .of { font-size: 11pt; color: var(--ink-2); }
.cover .alert { margin-top: 6mm; padding: 3mm 4mm; border-left: 2.4pt solid var(--critical); background: var(--critical-soft); }
.tiles { display: flex; gap: 3mm; margin: 9mm 0 0; }
.tile { flex: 1; border: 0.6pt solid var(--line-strong); border-top: 2.4pt solid var(--tone); border-radius: 0 0 1.4mm 1.4mm; padding: 3mm 3.4mm 2.6mm; }
.tile b { display: block; font-size: 21pt; line-height: 1.1; font-weight: 680; letter-spacing: -0.02em; color: var(--tone); }
.tile.zero b { color: var(--ink-3); }
.tile span { font-size: 8.5pt; color: var(--ink-2); }
.figures { display: flex; gap: 10mm; margin: 6mm 0 0; flex-wrap: wrap; }
.figures div { font-size: 8.5pt; color: var(--ink-2); }
.figures b { display: block; font-size: 14pt; line-height: 1.25; font-weight: 660; color: var(--ink); letter-spacing: -0.01em; }
.part .figures { break-after: avoid; }
.figures b.bad { color: var(--critical); }
.facts { display: grid; grid-template-columns: 30mm 1fr; gap: 0; margin: 7mm 0 0; border-top: 0.6pt solid var(--line-strong); }
.facts dt, .facts dd { padding: 1.9mm 0; border-bottom: 0.5pt solid var(--line); }
.facts dt { color: var(--ink-2); font-size: 8.5pt; padding-top: 2.1mm; }
.facts .mono { font-size: 8.2pt; }
.facts ul { list-style: none; }
.check { margin-top: 6mm; padding: 3.4mm 5mm; background: var(--raised); border-radius: 1.6mm; font-size: 8.8pt; color: var(--ink-2); break-inside: avoid; }
.check b { display: block; color: var(--ink); margin-bottom: 0.8mm; }

/* Triage */
.headline { font-size: 12pt; font-weight: 600; line-height: 1.45; margin-bottom: 4mm; }
.groups { list-style: none; border-top: 0.6pt solid var(--line-strong); }
.groups li { display: grid; grid-template-columns: 7.6mm 1fr auto; column-gap: 1mm; padding: 2.5mm 0; border-bottom: 0.5pt solid var(--line); break-inside: avoid; }
.groups .what b { font-weight: 630; }
.groups .what .severity { font-size: 8pt; color: var(--tone); font-weight: 650; white-space: nowrap; }
.groups .count { font-size: 8.5pt; color: var(--ink-2); text-align: right; padding-left: 5mm; white-space: nowrap; }
.groups .example { grid-column: 2 / 4; color: var(--ink-2); font-size: 8.8pt; margin-top: 0.5mm; }
.groups .refs { grid-column: 2 / 4; font-size: 8pt; color: var(--ink-3); margin-top: 0.6mm; }
.groups .refs .mono { color: var(--accent); font-size: 7.6pt; }
.groups .refs a { color: var(--ink-2); }
.bar { display: flex; width: 46mm; height: 2.6mm; border-radius: 0.8mm; overflow: hidden; background: var(--line); }
.bar i { display: block; background: var(--tone); height: 100%; }
.bar i + i { border-left: 0.4pt solid #fff; }

/* Tables */
table { border-collapse: collapse; width: 100%; }
th { font-size: 8pt; text-align: left; font-weight: 620; color: var(--ink-2); border-bottom: 0.9pt solid var(--ink); padding: 1.2mm 2mm 1.2mm 0; vertical-align: bottom; }
td { border-bottom: 0.5pt solid var(--line); padding: 1.6mm 2mm 1.6mm 0; vertical-align: top; }
th:last-child, td:last-child { padding-right: 0; }
tr { break-inside: avoid; }
thead { display: table-header-group; break-after: avoid; }
td.number, th.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; padding-right: 5mm; }
td.source, th.source { white-space: nowrap; width: 20mm; }
table.small td { font-size: 8.6pt; }
td .sub { display: block; font-size: 7.8pt; color: var(--ink-3); }
td .mono { font-size: 7.6pt; }
table.small td.hash { font: 6.7pt/1.5 var(--mono); color: var(--ink-2); }
table.small td.place { font-size: 7.6pt; margin: 0; }
.state { white-space: nowrap; font-weight: 600; font-size: 8.4pt; }
.state.good { color: var(--good); } .state.bad { color: var(--critical); } .state.part { color: var(--medium); break-before: auto; }

/* Pictures */
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 1.2mm 5mm; margin: 0 0 4mm; font-size: 8.4pt; color: var(--ink-2); }
.legend li { white-space: nowrap; }
.legend b { color: var(--ink); font-weight: 660; font-variant-numeric: tabular-nums; }
.cell-sign { width: 3.6mm; height: 3.6mm; vertical-align: -0.7mm; margin-right: 0.6mm; }
.text-sign { width: 1.05em; height: 1.05em; vertical-align: -0.14em; }
.figure { break-inside: avoid; }
.figure + .figure { margin-top: 5mm; }
.picture { display: block; width: 100%; }
.picture text { font: 8.6px var(--text); fill: #171a21; }
.picture.matrix text { font: 8.4px var(--mono); }
.picture .tick { font-size: 7.6px; fill: #4a5162; }
.picture .total { fill: #4a5162; font-variant-numeric: tabular-nums; }
.names { list-style: none; columns: 2; column-gap: 8mm; font-size: 8pt; color: var(--ink-2); }
.names li { break-inside: avoid; padding: 0.4mm 0 0.4mm 3mm; text-indent: -3mm; }

/* Runs */
.runs .step { display: inline-block; margin-right: 2.5mm; }
.runs .step .sub { display: inline; }
.runs .step.failed { color: var(--critical); font-weight: 650; }
.runs .step.untold { color: var(--ink-2); }

/* Findings */
.finding { padding-bottom: 6.5mm; border-bottom: 0.6pt solid var(--line-strong); margin-bottom: 6.5mm; }
.finding:last-child { border-bottom: 0; margin-bottom: 0; }
.finding .keep { break-inside: avoid; }
.badge { display: flex; justify-content: space-between; gap: 6mm; font-size: 8.3pt; color: var(--ink-3); break-after: avoid; }
.badge b { color: var(--tone); font-weight: 680; }
.badge .glyph { font-family: var(--mono); font-weight: 750; margin-right: 0.6mm; }
.finding h2 { margin: 0.8mm 0 0.9mm; }
.about { font-size: 8pt; color: var(--ink-3); break-after: avoid; }
.about .mono { font-size: 7.6pt; }
.about span + span::before { content: " · "; }
table.witnesses { margin: 3.2mm 0 0; table-layout: fixed; border-top: 0.9pt solid var(--ink); }
table.witnesses td { padding: 2mm 3mm 2.4mm 0; }
table.witnesses td + td { padding-left: 3mm; padding-right: 0; }
.witness .name { font-size: 8pt; font-weight: 640; color: var(--ink-2); }
.witness .time { font-size: 11pt; font-weight: 660; letter-spacing: -0.005em; margin-top: 0.3mm; }
.witness .clock { font-size: 7.8pt; color: var(--ink-3); line-height: 1.4; }
.witness .says { font-size: 8.8pt; color: var(--ink-2); margin-top: 0.5mm; }
.quote { font: 8pt/1.55 var(--mono); font-variant-ligatures: none; background: var(--raised); border-left: 2pt solid var(--tone); padding: 1.4mm 2.2mm; margin-top: 1.2mm; white-space: pre-wrap; tab-size: 4; box-decoration-break: clone; -webkit-box-decoration-break: clone; }
.quote .line { display: block; padding-left: 4mm; text-indent: -4mm; }
.quote mark { background: var(--soft); color: inherit; font-weight: 700; border-radius: 1pt; padding: 0 1pt; }
.quote .cut { color: var(--ink-3); }
.quote.related { border-left-color: var(--line-strong); margin-top: 0.6mm; }
.place { font: 7.4pt/1.5 var(--mono); color: var(--accent); margin-top: 0.9mm; padding-left: 3mm; text-indent: -3mm; }
td.place { padding-left: 0; text-indent: 0; }
.linked { font-size: 8.3pt; color: var(--ink-2); margin-top: 1mm; }
.linked a { color: var(--accent); }
.hashes { font-size: 7pt; color: var(--ink-3); padding-top: 1.2mm; line-height: 1.5; }
.hashes .mono { font-size: 6.8pt; }
.span { display: block; width: 100%; margin: 2.5mm 0 0; break-inside: avoid; }
.span text { font: 9.2px var(--text); fill: #4a5162; }
.span .apart { font-weight: 650; fill: #171a21; }
.codes { margin: 0.4mm 0 0; }
.codes div { display: grid; grid-template-columns: 27mm 1fr; gap: 0 3mm; padding: 0.8mm 0; break-inside: avoid; }
.codes dt { font: 650 8.4pt/1.6 var(--mono); }
.codes dd { font-size: 8.9pt; }
.codes dd .symbol { font: 7.6pt var(--mono); color: var(--ink-3); }
.analyst { border: 0.8pt solid var(--line-strong); border-radius: 1.4mm; padding: 2.8mm 4mm; margin-top: 1.2mm; break-inside: avoid; }
.analyst + .analyst { margin-top: 2mm; }
.analyst .verdict { float: right; margin: 0 0 1mm 4mm; font-size: 8.3pt; font-weight: 660; border: 0.8pt solid currentColor; border-radius: 1mm; padding: 0 2.2mm; }
.verdict.confirmed { color: var(--critical); } .verdict.refuted { color: var(--good); } .verdict.open { color: var(--ink-2); }
.analyst .meta { font-size: 7.8pt; color: var(--ink-3); margin-top: 1mm; clear: both; }
.note > * + * { margin-top: 1.4mm; }
.note ul, .note ol { padding-left: 5mm; }
.note-heading { font-weight: 650; }
.note pre, .note code { font-size: 0.86em; background: var(--raised); }
.note pre { padding: 1.6mm 2.2mm; white-space: pre-wrap; }
.note blockquote { border-left: 2pt solid var(--line-strong); padding-left: 3mm; color: var(--ink-2); }
.note table { width: auto; } .note td, .note th { padding: 0.8mm 3mm 0.8mm 0; }
.note hr { border: 0; border-top: 0.5pt solid var(--line-strong); }
.mute { break-inside: avoid; break-after: avoid; margin-bottom: 2mm; }
.mute .reason { margin-top: 1mm; }
.label-inline { font-weight: 650; color: var(--ink-2); margin-right: 1.5mm; }
.spelling { display: inline-block; font: 7.8pt/1.5 var(--mono); background: var(--raised); border-radius: 0.8mm; padding: 0 1.2mm; margin: 0 0.6mm 0.6mm 0; }
.custody .detail { display: inline-block; margin-right: 2.5mm; }
.request { border: 0.8pt solid var(--line-strong); border-radius: 1.4mm; background: var(--raised); padding: 4mm 5mm; font-size: 9pt; white-space: pre-wrap; margin-top: 1.5mm; }
.empty { color: var(--ink-2); }
.intro { color: var(--ink-2); margin-bottom: 3mm; break-after: avoid; break-inside: avoid; }

@media screen {
  body { max-width: 178mm; margin: 12mm auto 24mm; padding: 0 4mm; }
  .cover, .part { margin-bottom: 16mm; }
}
`;
