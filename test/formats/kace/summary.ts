import { shortTime } from '../harvest.ts';
import type { FileReading } from '../harvest.ts';
import type { At } from '../../../parsers/domain/moment.ts';

/** What was read from a KACE file, in the short form of the fixtures' `*.expected.json`. */
export function summarise(reading: FileReading): unknown {
  return {
    kind: reading.kind,
    rows: reading.rows,
    device: reading.devices[0]?.name ?? null,
    records: reading.records.map((record) => [
      `${String(record.citation.line)}:${String(record.citation.row)}`,
      record.device,
      record.patch,
      record.detection.status,
      record.detection.raw,
      shortTime(record.detection.at),
      record.deployment.status,
      record.deployment.raw,
      shortTime(record.deployment.at),
      record.deployment.exitCode,
      record.exitCodeRaw,
      record.deployment.attempts,
      record.deployment.maxAttempts,
      record.updateId ?? null,
    ]),
    capturedAt: shortTime(reading.records[0]?.capturedAt ?? null),
    facts: reading.facts.map((fact) => [
      fact.citation.line,
      fact.type,
      fact.device ?? fact.patch ?? null,
      Object.fromEntries(
        Object.entries(fact.value).map(([name, value]) => [
          name,
          name === 'places'
            ? linesOf(value as object)
            : isTime(value)
              ? shortTime(value)
              : (value as unknown),
        ]),
      ),
    ]),
    events: reading.events.map((event) => [
      event.citation.line,
      event.type,
      event.kb ?? null,
      event.patch ?? null,
      shortTime(event.at),
      event.detail,
    ]),
    warnings: reading.warnings.map((warning) => [warning.line, warning.code, warning.text]),
  };
}

/** Of the places of a fact's fields the lines; what stands there is in the fixture. */
function linesOf(places: object): unknown {
  return Object.fromEntries(
    Object.entries(places).map(([field, { line }]: [string, { readonly line: number }]) => [field, line]),
  );
}

function isTime(value: unknown): value is At {
  return typeof value === 'object' && value !== null && 'offsetSource' in value;
}
