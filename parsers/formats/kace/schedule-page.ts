import type { At } from '../../domain/moment.ts';
import { placeReading, readDate } from '../../text/dates.ts';
import type { ColumnMatch } from '../../text/column-match.ts';
import type { Page } from '../../text/page.ts';
import { quoteCells } from '../../text/table.ts';
import type { Table } from '../../text/table.ts';
import { defineDocumentFormat } from '../define-format.ts';
import type { EvidenceDocument } from '../define-format.ts';
import type { KaceScheduleFact } from './facts.ts';
import { readCount } from './read-rows.ts';
import { harvestPage, isPage, placeOf, warnUnknownTables } from './saved-page.ts';
import { listOf, pageIsTitled, pageSubject, PageValues } from './subject.ts';
import { actionWords, isNothing, phaseWords, readWithReason, rebootWords, scheduleColumns } from './words.ts';
import type { PageKey, ScheduleColumn } from './words.ts';

/** What only the page of a patch schedule says. */
const scheduleKeys: readonly PageKey[] = [
  'action',
  'detectLabels',
  'deployLabels',
  'maxAttempts',
  'rebootOption',
];

/** The page of a patch schedule after "show all": its settings and what it did on every device. */
export const schedulePage = defineDocumentFormat({
  id: 'kace/schedule-page',
  system: 'kace-sma',
  recognise: isPage,
  read(document) {
    const page = document.page();
    const values = new PageValues(page);
    const told = scheduleKeys.filter((key) => isTold(values, key)).length;
    const titled = pageIsTitled(page, 'schedule');
    const { tables } = page;
    const devices = tables.flatMap((table) => {
      const columns = scheduleColumns.match(table.headers, { least: 2 });
      return columns !== null && columns.has('device') && columns.has('phase') ? [{ table, columns }] : [];
    });
    if (told < 2 && !(titled && (told > 0 || devices.length > 0))) return false;

    const name = scheduleName(page, values);
    harvestPage(document, page, 'schedule-page', name);
    const schedule = readSchedule(document, values, name);
    const place = scheduleKeys.map((key) => values.first(key)).find((pair) => pair !== null) ?? null;
    document.harvest.fact({
      type: 'kace/schedule',
      value: schedule,
      citation: document.cite(
        place?.line ?? page.headings[0]?.line ?? 1,
        place === null ? (page.headings[0]?.text ?? page.title ?? '') : `${place.label} | ${place.value}`,
      ),
    });
    const known = new Set<Table>();
    let rows = 0;
    for (const { table, columns } of devices) {
      known.add(table);
      rows += table.rows.length;
      harvestDevices(document, table, columns, name);
    }
    document.harvest.rows(rows);
    warnUnknownTables(document, tables, known);
    return true;
  },
});

/** An "action" counts only when it is one of patching: other pages have actions too. */
function isTold(values: PageValues, key: PageKey): boolean {
  const pairs = values.all(key);
  if (key === 'action') return pairs.some((pair) => actionWords.read(pair.value) !== null);
  if (key === 'rebootOption') return pairs.some((pair) => rebootWords.read(pair.value) !== null);
  return pairs.length > 0;
}

function scheduleName(page: Page, values: PageValues): string | null {
  const subject = pageSubject(page, 'schedule');
  if (subject !== null) return subject;
  const stated = values.first('scheduleName')?.value.trim();
  return stated === undefined || stated === '' ? null : stated;
}

function readSchedule(document: EvidenceDocument, values: PageValues, name: string | null): KaceScheduleFact {
  const actions = values.all('action');
  const action = actions.find((pair) => actionWords.read(pair.value) !== null) ?? actions[0] ?? null;
  const reboots = values.all('rebootOption');
  const reboot = reboots.find((pair) => rebootWords.read(pair.value) !== null) ?? reboots[0] ?? null;
  const maximum = values.first('maxAttempts');
  const maxAttempts = maximum === null ? null : readCount(maximum.value);
  if (maximum !== null && maxAttempts === null && !isNothing(maximum.value)) {
    document.harvest.warning(maximum.line, 'bad-number', maximum.value);
  }
  const lastRun = values.first('lastRun');
  return {
    name,
    action: action === null ? 'unknown' : (actionWords.read(action.value) ?? 'unknown'),
    actionRaw: action?.value ?? null,
    detectLabels: labelsOf(values, 'detectLabels'),
    deployLabels: labelsOf(values, 'deployLabels'),
    deviceLabels: labelsOf(values, 'deviceLabels'),
    maxAttempts,
    reboot: reboot === null ? 'unknown' : (rebootWords.read(reboot.value) ?? 'unknown'),
    rebootRaw: reboot?.value ?? null,
    lastRun: lastRun === null ? null : readRun(document, lastRun.value, lastRun.line),
    places: {
      ...placeOf(document, 'action', action),
      ...placeOf(document, 'detectLabels', values.first('detectLabels')),
      ...placeOf(document, 'deployLabels', values.first('deployLabels')),
      ...placeOf(document, 'maxAttempts', maximum),
      ...placeOf(document, 'reboot', reboot),
      ...placeOf(document, 'lastRun', lastRun),
    },
  };
}

function labelsOf(values: PageValues, key: PageKey): readonly string[] | null {
  const pair = values.first(key);
  return pair === null ? null : listOf(pair.value);
}

function readRun(document: EvidenceDocument, text: string, line: number): At {
  if (text === '') return null;
  const reading = readDate(text);
  if (reading === 'never') return 'never';
  if (reading === null) {
    if (!isNothing(text)) document.harvest.warning(line, 'bad-date', text);
    // "Never", 未実行 and the like say that it did not run; a dash says nothing.
    return /^(?:never|未実行|not run)$/iu.test(text.normalize('NFKC').trim()) ? 'never' : null;
  }
  // As on the other pages a time that ends in :00 is one of minutes.
  const precision =
    reading.precision !== 'day' && reading.local % 60_000 === 0 ? 'minute' : reading.precision;
  return placeReading(reading, text, 'sma', { precision });
}

function harvestDevices(
  document: EvidenceDocument,
  table: Table,
  columns: ColumnMatch<ScheduleColumn>,
  schedule: string | null,
): void {
  for (const row of table.rows) {
    const { cells, line } = row;
    const device = columns.cell(cells, 'device');
    if (device === null || device === '') continue;
    const phaseRaw = columns.cell(cells, 'phase');
    const known =
      phaseRaw === null || phaseRaw === '' ? null : (phaseWords.read(phaseRaw) ?? phaseInside(phaseRaw));
    const lastRun = columns.cell(cells, 'lastRun');
    document.harvest.fact({
      type: 'kace/schedule-device',
      device,
      value: {
        schedule,
        phase: known,
        phaseRaw,
        lastRun: lastRun === null ? null : readRun(document, lastRun, line),
      },
      citation: document.cite(line, quoteCells(cells), row.row),
    });
  }
}

/** Phases come with their reasons: `error (handshake failed)`, `エラー: …`. */
function phaseInside(text: string): 'handshake-failed' | 'pending-reboot' | 'error' | 'completed' | 'other' {
  if (/handshake|ハンドシェイク/iu.test(text) && /fail|error|失敗|エラー/iu.test(text))
    return 'handshake-failed';
  const reasoned = readWithReason(phaseWords, text);
  if (reasoned === 'pending-reboot') return reasoned;
  const head = /^(?<head>[^\s(（:：,-]+(?:\s[^\s(（:：,-]+)?)\s*[(（:：,-]/u.exec(text)?.groups?.['head'];
  const word = head === undefined ? null : phaseWords.read(head);
  return word === 'error' || word === 'completed' || word === 'pending-reboot' ? word : 'other';
}
