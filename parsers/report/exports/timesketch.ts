import { formatLocal, formatOffset, instantOf, isMoment } from '../../domain/moment.ts';
import type { At, Moment } from '../../domain/moment.ts';
import { exportedLines, textOf } from './export-source.ts';
import type { ExportOptions, ExportPiece, ExportSource, ExportedLine } from './export-source.ts';

/** Continuation lines are joined to their record's message up to so many characters. */
const longestMessage = 64 * 1024;
const pieceLength = 64 * 1024;

/**
 * The timeline as JSON lines for Timesketch: `message`, `datetime`, `timestamp_desc`, and fields of our own, flat.
 *
 * Timesketch needs an instant. Where no offset is known, the reading is placed as on the merged timeline, and the
 * event says so (`time_zone: unknown`, tag `zone-unknown`); `time_written` always holds the clock's own reading.
 * What has no time at all is not a part of it.
 */
export async function* timesketchLines(
  source: ExportSource,
  options: ExportOptions = {},
): AsyncGenerator<ExportPiece, void, undefined> {
  let text = '';
  for (const event of eventsOf(source)) {
    text += `${JSON.stringify(event)}\n`;
    if (text.length < pieceLength) continue;
    yield { file: '', text };
    text = '';
  }
  yield { file: '', text };
  let open: { readonly line: ExportedLine; message: string; last: number } | null = null;
  for await (const batch of exportedLines(source, options)) {
    text = '';
    for (const line of batch) {
      if (line.continues && open?.line.member === line.member && open.last + 1 === line.line) {
        open.last = line.line;
        if (open.message.length < longestMessage) open.message += `\n${line.text}`;
        continue;
      }
      if (open !== null) text += lineText(source, open);
      open = { line, message: line.text, last: line.line };
    }
    yield { file: '', text };
  }
  if (open !== null) yield { file: '', text: lineText(source, open) };
}

function lineText(
  source: ExportSource,
  open: { readonly line: ExportedLine; readonly message: string },
): string {
  const { line, message } = open;
  if (line.at === null) return '';
  const event = eventAt(source, line.at, 'Log line', message, {
    patchtrail_type: 'line',
    member: line.member,
    line: line.line,
    ...(line.device === null ? {} : { device: line.device }),
    ...(line.level === 'none' ? {} : { level: line.level }),
  });
  return event === null ? '' : `${JSON.stringify(event)}\n`;
}

function* eventsOf(source: ExportSource): Generator<object> {
  const { analysis, words } = source;
  const { evidence } = analysis;
  const text = (value: string | null): string | null => (value === null ? null : textOf(source, value));
  for (const record of evidence.records) {
    const { detection, deployment, citation } = record;
    const name = text(record.patch) ?? record.kb ?? record.id;
    const fields = {
      system: record.system,
      device: text(record.device),
      patch: text(record.patch),
      kb: record.kb,
      source_kind: record.source,
      member: textOf(source, citation.member),
      line: citation.line,
      row: citation.row,
      record: record.id,
    };
    const detected = told(
      source,
      detection.at,
      'Patch status detected',
      `${name}: ${text(detection.raw) ?? ''}`,
      {
        ...fields,
        patchtrail_type: 'detection',
        status: detection.status,
      },
    );
    if (detected !== null) yield detected;
    const deployed = told(source, deployment.at, 'Patch deployed', `${name}: ${text(deployment.raw) ?? ''}`, {
      ...fields,
      patchtrail_type: 'deployment',
      status: deployment.status,
      exit_code: deployment.exitCode,
      attempts: deployment.attempts,
    });
    if (deployed !== null) yield deployed;
  }
  for (const run of evidence.runs) {
    const fields = {
      system: run.system,
      device: text(run.device),
      member: textOf(source, run.citation.member),
      line: run.citation.line,
      outcome: run.outcome,
      patchtrail_type: 'run',
    };
    const name = `${text(run.operation) ?? ''} ${textOf(source, run.name)}`.trim();
    const started = told(source, run.startedAt, 'Run started', name, fields);
    if (started !== null) yield started;
    const ended = told(source, run.endedAt, 'Run ended', name, fields);
    if (ended !== null) yield ended;
  }
  for (const boot of analysis.boots) {
    const event = told(
      source,
      boot.at,
      boot.kind === 'boot' ? 'System started' : 'System shut down',
      boot.kind,
      {
        device: text(boot.device),
        reason: text(boot.reason),
        member: textOf(source, boot.citation.member),
        line: boot.citation.line,
        patchtrail_type: boot.kind,
      },
    );
    if (event !== null) yield event;
  }
  for (const finding of analysis.findings) {
    const at = finding.witnesses
      .map(({ record, citation, field }) => {
        const found = record === null ? undefined : evidence.record(record);
        if (found !== undefined)
          return field?.startsWith('detection') === true ? found.detection.at : found.deployment.at;
        const position = evidence.member(citation.member)?.index;
        const id =
          position === undefined || citation.line === null
            ? null
            : source.lines.idOf(position, citation.line - 1);
        return id === null ? null : source.lines.momentOf(id);
      })
      .find((one) => one !== null && isMoment(one));
    const { title, explanation } = words.wording.finding(finding);
    const event = told(source, at ?? null, 'Finding', textOf(source, `${title}: ${explanation}`), {
      patchtrail_type: 'finding',
      finding: finding.id,
      rule: finding.rule,
      finding_kind: finding.kind,
      severity: finding.severity,
      system: finding.system,
      device: text(finding.device),
      patch: text(finding.patch),
      tag: ['patchtrail', finding.kind],
    });
    if (event !== null) yield event;
  }
}

function told(
  source: ExportSource,
  at: At,
  what: string,
  message: string,
  fields: Readonly<Record<string, unknown>>,
): object | null {
  return at === null || !isMoment(at) ? null : eventAt(source, at, what, message, fields);
}

/** Null where the reading is none that a calendar has. */
function eventAt(
  source: ExportSource,
  at: Moment,
  what: string,
  message: string,
  fields: Readonly<Record<string, unknown>>,
): object | null {
  const instant = instantOf(at);
  const date = new Date(instant ?? source.lines.scaleOfMoment(at));
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() < 1 || date.getUTCFullYear() > 9999) return null;
  const { tag, ...rest } = fields;
  const tags = [
    ...(Array.isArray(tag) ? (tag as string[]) : []),
    ...(instant === null ? ['zone-unknown'] : []),
  ];
  return {
    message,
    datetime: date.toISOString().replace('Z', '+00:00'),
    timestamp_desc: what,
    time_written: formatLocal(at.local, at.precision),
    time_zone: at.offset === null ? 'unknown' : formatOffset(at.offset),
    time_zone_source: at.offset === null ? 'unknown' : at.offsetSource,
    time_precision: at.precision,
    clock: at.clock,
    ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null && value !== undefined)),
    ...(tags.length === 0 ? {} : { tag: tags }),
  };
}
