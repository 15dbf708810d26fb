import { shortTime } from '../harvest.ts';
import type { FileReading } from '../harvest.ts';
import type { Moment } from '../../../parsers/domain/moment.ts';

/** What was read from a log of Windows Update, in the short form of the fixtures' `*.expected.json`. */
export function summarise(reading: FileReading): unknown {
  return {
    kind: reading.kind,
    devices: reading.devices.map(({ name }) => name),
    zones: reading.zones.map(({ offset, samples, citation }) => [offset, samples, citation.line]),
    records: reading.records.map((record) => [
      record.citation.line,
      record.patch,
      record.kb ?? null,
      record.updateId ?? null,
      record.detection.status,
      record.deployment.status,
      record.deployment.raw,
      shortTime(record.deployment.at),
      record.deployment.exitCode,
      record.exitCodeRaw,
      record.deployment.attempts,
      record.reboot ?? null,
      record.source,
    ]),
    events: reading.events.map((event) => [
      event.citation.line,
      event.type,
      event.patch ?? null,
      shortTime(event.at),
      event.at?.offset ?? null,
      shorten(event.detail),
    ]),
    facts: reading.facts.map((fact) => [fact.citation.line, fact.type, shorten(fact.value)]),
    warnings: reading.warnings.map(({ line, code }) => [line, code]),
  };
}

/** Places as their line, moments in short. */
function shorten(value: object): unknown {
  return Object.fromEntries(
    Object.entries(value).map(([name, field]: [string, unknown]) => {
      if (typeof field !== 'object' || field === null) return [name, field];
      if ('quote' in field && 'line' in field) return [name, field.line];
      return [name, 'offsetSource' in field ? shortTime(field as Moment) : field];
    }),
  );
}
