import { isMoment } from '../../domain/moment.ts';
import type { At } from '../../domain/moment.ts';
import { visibleText } from '../visible-text.ts';
import { exportedLines, targetText, textOf, timeText } from './export-source.ts';
import type { ExportOptions, ExportPiece, ExportSource } from './export-source.ts';

/** A cell before it is written; what is not there is an empty cell. */
export type Cell = string | number | boolean | null;

/** Excel takes a file for UTF-8 by this mark alone. */
const mark = '\uFEFF';

/**
 * What a spreadsheet would take for a formula, also behind blanks and in full width. Text of a bundle gets an
 * apostrophe before it; numbers are numbers.
 */
const formula = /^[\s'"]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20|%]|^[\t\r\n]/u;

/** One row as RFC 4180 has it, with CRLF. */
export function csvRow(cells: readonly Cell[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

function csvCell(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return String(cell);
  const shown = visibleText(cell);
  const isNumber = /^[+-]?\d+(?:\.\d+)?$/u.test(shown);
  const safe = !isNumber && formula.test(shown) ? `'${shown}` : shown;
  return /[",;\t\n]|^\s|\s$/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/**
 * The evidence as a folder of CSV files: UTF-8 with a byte order mark, RFC 4180. Names of files and columns are
 * the same in every language; times are ISO 8601 with the offset where one is known, beside the raw text.
 */
export async function* csvFolder(
  source: ExportSource,
  options: ExportOptions = {},
): AsyncGenerator<ExportPiece, void, undefined> {
  for (const table of tables(source)) {
    const file = `${table.name}.csv`;
    yield { file, text: mark + csvRow(table.columns) };
    let text = '';
    for (const row of table.rows) {
      text += csvRow(row.map((cell) => (typeof cell === 'string' ? textOf(source, cell) : cell)));
      if (text.length < pieceLength) continue;
      yield { file, text };
      text = '';
    }
    if (text !== '') yield { file, text };
  }
  const file = 'lines.csv';
  yield {
    file,
    text: mark + csvRow(['time', 'offset_source', 'member', 'line', 'device', 'level', 'continues', 'text']),
  };
  for await (const batch of exportedLines(source, options)) {
    yield {
      file,
      text: batch
        .map(({ at, member, line, device, level, continues, text }) =>
          csvRow([timeText(at), offsetSource(at), member, line, device, level, continues, text]),
        )
        .join(''),
    };
  }
}

const pieceLength = 64 * 1024;

interface Table {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: Iterable<readonly Cell[]>;
}

function offsetSource(at: At): Cell {
  return at === null || !isMoment(at) ? null : at.offset === null ? 'unknown' : at.offsetSource;
}

function raw(at: At): Cell {
  return at !== null && isMoment(at) ? at.raw : null;
}

function* tables(source: ExportSource): Generator<Table> {
  const { analysis, words, filter, redaction, annotations } = source;
  const { evidence, bundle, tool } = analysis;
  const { wording } = words;
  yield {
    name: 'about',
    columns: ['name', 'value'],
    rows: [
      ['tool', `patchtrail ${tool.version}`],
      ['rules', tool.rules],
      ['bundle', bundle.name],
      ['bundle_bytes', bundle.bytes],
      ['bundle_sha256', bundle.sha256],
      ['language', words.locale],
      ...(filter.length === 0 ? [['filter', '']] : filter.map((part) => ['filter', part])),
      ['lines', source.view.count],
      ['redacted', redaction === null ? '' : redaction.kinds.join(' ')],
    ],
  };
  yield {
    name: 'findings',
    columns: [
      'id',
      'rule',
      'kind',
      'severity',
      'system',
      'device',
      'patch',
      'title',
      'explanation',
      'advice',
    ],
    rows: mapped(analysis.findings, (finding) => {
      const { title, explanation, advice } = wording.finding(finding);
      const { id, rule, kind, severity, system, device, patch } = finding;
      return [id, rule, kind, severity, system, device, patch, title, explanation, advice];
    }),
  };
  yield {
    name: 'evidence',
    columns: ['finding', 'member', 'line', 'row', 'pointer', 'says', 'quote', 'member_sha256'],
    rows: flatMapped(analysis.findings, (finding) =>
      finding.witnesses.map((witness) => {
        const { member, line, row, pointer, quote } = witness.citation;
        const sha256 = evidence.member(member)?.sha256 ?? null;
        return [finding.id, member, line, row, pointer, wording.witness(witness), quote, sha256];
      }),
    ),
  };
  yield {
    name: 'records',
    columns: [
      'id',
      'system',
      'device',
      'patch',
      'kb',
      'detection_status',
      'detection_raw',
      'detected_at',
      'detected_offset_source',
      'detected_raw',
      'deployment_status',
      'deployment_raw',
      'deployed_at',
      'deployed_offset_source',
      'deployed_raw',
      'exit_code',
      'exit_code_raw',
      'attempts',
      'max_attempts',
      'reboot',
      'source',
      'member',
      'line',
      'row',
      'pointer',
    ],
    rows: mapped(evidence.records, (record) => {
      const { detection, deployment, citation } = record;
      return [
        record.id,
        record.system,
        record.device,
        record.patch,
        record.kb,
        detection.status,
        detection.raw,
        timeText(detection.at),
        offsetSource(detection.at),
        raw(detection.at),
        deployment.status,
        deployment.raw,
        timeText(deployment.at),
        offsetSource(deployment.at),
        raw(deployment.at),
        deployment.exitCode,
        record.exitCodeRaw,
        deployment.attempts,
        deployment.maxAttempts,
        record.reboot,
        record.source,
        citation.member,
        citation.line,
        citation.row,
        citation.pointer,
      ];
    }),
  };
  yield {
    name: 'runs',
    columns: [
      'id',
      'system',
      'device',
      'name',
      'operation',
      'outcome',
      'started_at',
      'ended_at',
      'attempts',
      'exit_code',
      'reboot',
      'steps',
      'steps_evidenced',
      'member',
      'line',
    ],
    rows: mapped(evidence.runs, (run) => [
      run.id,
      run.system,
      run.device,
      run.name,
      run.operation,
      run.outcome,
      timeText(run.startedAt),
      timeText(run.endedAt),
      run.attempts,
      run.exitCode,
      run.reboot,
      run.steps.length,
      run.steps.filter((step) => step.evidenced).length,
      run.citation.member,
      run.citation.line,
    ]),
  };
  yield {
    name: 'devices',
    columns: ['name', 'aliases', 'systems'],
    rows: mapped(evidence.devices, ({ name, aliases, systems }) => [
      name,
      aliases.join(' '),
      systems.join(' '),
    ]),
  };
  yield {
    name: 'members',
    columns: [
      'path',
      'bytes',
      'sha256',
      'kind',
      'system',
      'state',
      'reason',
      'encoding',
      'lines',
      'rows',
      'warnings',
    ],
    rows: mapped(evidence.members, (member) => [
      member.path,
      member.bytes,
      member.sha256,
      member.kind,
      member.system,
      member.state,
      member.reason,
      member.encoding,
      member.lines,
      member.rows,
      member.warnings,
    ]),
  };
  yield {
    name: 'warnings',
    columns: ['member', 'line', 'code', 'text'],
    rows: mapped(evidence.warnings, ({ member, line, code, text }) => [member, line, code, text]),
  };
  yield {
    name: 'notes',
    columns: ['target', 'verdict', 'note', 'tags', 'author', 'created_at', 'changed_at', 'quote'],
    rows: mapped(annotations, ({ target, verdict, note, tags, author, createdAt, changedAt, quote }) => [
      targetText(target),
      verdict,
      note,
      tags.join(' '),
      author,
      createdAt,
      changedAt,
      quote,
    ]),
  };
}

function* mapped<T>(rows: Iterable<T>, map: (row: T) => readonly Cell[]): Generator<readonly Cell[]> {
  for (const row of rows) yield map(row);
}

function* flatMapped<T>(
  rows: Iterable<T>,
  map: (row: T) => readonly (readonly Cell[])[],
): Generator<readonly Cell[]> {
  for (const row of rows) yield* map(row);
}
