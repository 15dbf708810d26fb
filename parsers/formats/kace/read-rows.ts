import { foldGuid, findKb } from '../../domain/names.ts';
import { parseCode } from '../../domain/numbers.ts';
import { isMoment } from '../../domain/moment.ts';
import type { At, Moment, Precision } from '../../domain/moment.ts';
import type { Deployment, DeploymentStatus, Detection, DetectionStatus } from '../../domain/evidence.ts';
import type { ColumnMatch } from '../../text/column-match.ts';
import { placeReading, readDate } from '../../text/dates.ts';
import { quoteCells, rowsOf } from '../../text/table.ts';
import { foldWord } from '../../text/vocabulary.ts';
import type { Table, TableRow } from '../../text/table.ts';
import type { EvidenceDocument, MemberContext } from '../define-format.ts';
import { RowMemory, numberOfSecond } from './row-memory.ts';
import type { DeploymentCells, DeploymentForm, DetectionForm } from './row-memory.ts';
import { listOf } from './subject.ts';
import {
  deploymentWords,
  detectionWords,
  isNothing,
  isYes,
  patchColumns,
  patchStatusWords,
  readPlaceholder,
  readWithReason,
} from './words.ts';
import type { PatchColumn } from './words.ts';

/** What is known of all rows of a table. */
export interface RowContext {
  readonly source: 'device-page' | 'patch-page' | 'list-export' | 'sql-export' | 'analyst';
  /** Whom the page is about, where the rows do not say. */
  readonly device: string | null;
  readonly patch: string | null;
  readonly capturedAt: Moment | null;
}

/** Where rows stand: of a document what reading rows needs. */
export type RowSource = MemberContext & Pick<EvidenceDocument, 'shape'>;

/** Matches the columns of a patch table. @param least see `MatchOptions` */
export function matchPatchTable(table: Table, least: number): ColumnMatch<PatchColumn> | null {
  return patchColumns.match(table.headers, { least });
}

/** Whether a table tells the state of patches: it names a status, and of what. */
export function tellsState(columns: ColumnMatch<PatchColumn>): boolean {
  return (
    (columns.has('detectionStatus') || columns.has('deployStatus')) &&
    (columns.has('patch') || columns.has('patchId') || columns.has('device') || columns.has('deviceId'))
  );
}

/** Rows looked at to tell what a column is about. */
const sampledRows = 200;

/** Harvests a record for every row of a patch table; facts of the patches where columns tell some. */
export function harvestRows(
  document: RowSource,
  table: Table,
  columns: ColumnMatch<PatchColumn>,
  context: RowContext,
): void {
  new RowReader(document, table, columns, context).read();
}

/** Cells of a table that are remembered with what they mean. */
const mostReadings = 20_000;

/** Distinct cells of a column that are compared one by one before they are looked up. */
const mostLatest = 8;

/** What the cells of a column mean, read once for each text: a column of a million rows holds few of them. */
class CellReadings<T> {
  readonly #read: (text: string) => T;
  readonly #latestTexts: string[] = [];
  readonly #latestMeanings: T[] = [];
  readonly #all = new Map<string, T>();

  constructor(read: (text: string) => T) {
    this.#read = read;
  }

  of(text: string): T {
    const at = this.#latestTexts.indexOf(text);
    if (at !== -1) return this.#latestMeanings[at] as T;
    let meaning = this.#all.get(text);
    if (meaning === undefined) {
      meaning = this.#read(text);
      if (this.#all.size < mostReadings) this.#all.set(text, meaning);
    }
    if (this.#latestTexts.length >= mostLatest) {
      this.#latestTexts.shift();
      this.#latestMeanings.shift();
    }
    this.#latestTexts.push(text);
    this.#latestMeanings.push(meaning);
    return meaning;
  }
}

/** A patch as a row names it, with what its cells mean; rows of the next device name the same in turn. */
interface NamedPatch {
  readonly idCell: string | null;
  readonly nameCell: string | null;
  readonly kbCell: string | null;
  readonly patch: string | null;
  /** Undefined: as the patch's name says. */
  readonly kb: string | undefined;
  readonly updateId: string | null;
  next: NamedPatch | null;
}

interface Attempts {
  readonly attempts: number | null;
  readonly maximum: number | null;
  readonly isBad: boolean;
}

type CellReader = (cells: readonly string[]) => string | null;

class RowReader {
  readonly #document: RowSource;
  readonly #table: Table;
  readonly #context: RowContext;
  readonly #cellOf: Readonly<Record<PatchColumn, CellReader>>;
  /** The column called `Status` tells whether the patch is active, not what was detected. */
  readonly #statusIsOfPatch: boolean;
  readonly #tellsOfPatches: boolean;
  readonly #minuteDetections: boolean;
  readonly #minuteDeployments: boolean;
  readonly #warnedWords = new Set<string>();
  readonly #statedPatches = new Set<string>();
  readonly #names = new CellReadings(named);
  readonly #detectionMemory: RowMemory;
  readonly #deploymentMemory: RowMemory;
  readonly #detectionForms: CellReadings<DetectionForm>;
  readonly #nothings = new CellReadings(isNothing);
  readonly #undated = new CellReadings(meaningOfUndated);
  readonly #namedPatches = new Map<string, NamedPatch>();
  #lastPatch: NamedPatch | null = null;

  constructor(document: RowSource, table: Table, columns: ColumnMatch<PatchColumn>, context: RowContext) {
    this.#document = document;
    this.#table = table;
    this.#context = context;
    this.#cellOf = Object.fromEntries(
      patchColumns.columns.map((column) => [column, columns.reader(column)]),
    ) as Record<PatchColumn, CellReader>;
    this.#statusIsOfPatch = !columns.has('patchStatus') && isPatchStatusColumn(table, columns);
    this.#tellsOfPatches =
      this.#statusIsOfPatch ||
      columns.has('superseded') ||
      columns.has('labels') ||
      columns.has('patchStatus');
    const [detections, deployments] = minuteColumns(table, [
      columns.at('detectionDate'),
      columns.at('deployDate'),
    ]);
    this.#minuteDetections = detections ?? true;
    this.#minuteDeployments = deployments ?? true;
    const memory = (minutes: boolean): RowMemory =>
      document.memory(minutes ? 'kace/rows-in-minutes' : 'kace/rows-in-seconds', () => new RowMemory());
    this.#detectionMemory = memory(this.#minuteDetections);
    this.#deploymentMemory = memory(this.#minuteDeployments);
    this.#detectionForms = new CellReadings((text) => this.#detectionMemory.detection(text, detectionStatus));
  }

  read(): void {
    const { harvest } = this.#document;
    const page = this.#document.shape === 'html' || this.#document.shape === 'mhtml';
    const width = this.#table.headers.length;
    for (const row of rowsOf(this.#table)) {
      const { cells } = row;
      if (isPlaceholder(cells, row.line, harvest)) continue;
      if (page && cells.length < width) harvest.warning(row.line, 'short-row', quoteCells(cells));
      this.#readRow(cells, row);
    }
  }

  #readRow(cells: readonly string[], row: TableRow): void {
    const cellOf = this.#cellOf;
    const { line } = row;
    const device = this.#name(cellOf.device(cells)) ?? this.#name(cellOf.deviceId(cells));
    const { patch, kb, updateId } = this.#patchOf(cells);
    if (this.#tellsOfPatches) this.#statePatch(cells, patch, row);

    const detectionRaw = this.#statusIsOfPatch ? null : cellOf.detectionStatus(cells);
    const deployRaw = cellOf.deployStatus(cells);
    if (detectionRaw === null && deployRaw === null) return;
    const detection = this.#detection(detectionRaw, cellOf.detectionDate(cells), line);
    const exitCodeRaw = cellOf.exitCode(cells);
    const form = this.#deploymentMemory.deployment(
      {
        raw: deployRaw,
        exitCode: exitCodeRaw,
        attempts: cellOf.attempts(cells),
        maximum: cellOf.maxAttempts(cells),
        reboot: cellOf.reboot(cells),
      },
      readDeployment,
    );
    this.#document.harvest.record({
      device: device ?? this.#context.device,
      patch,
      kb,
      updateId,
      detection,
      deployment: this.#deployment(form, cellOf.deployDate(cells), line),
      exitCodeRaw: form.cells.exitCode,
      reboot: form.reboot,
      source: this.#context.source,
      capturedAt: this.#context.capturedAt,
      citation: this.#document.citeRow(this.#table, row),
    });
  }

  #name(cell: string | null): string | null {
    return cell === null || cell === '' ? null : this.#names.of(cell);
  }

  #patchOf(cells: readonly string[]): NamedPatch {
    const cellOf = this.#cellOf;
    const idCell = cellOf.patchId(cells);
    const nameCell = cellOf.patch(cells);
    const kbCell = cellOf.kb(cells);
    const last = this.#lastPatch;
    const next = last?.next ?? null;
    if (next !== null && next.idCell === idCell && next.nameCell === nameCell && next.kbCell === kbCell) {
      this.#lastPatch = next;
      return next;
    }
    const key = JSON.stringify([idCell, nameCell, kbCell]);
    const known = this.#namedPatches.get(key) ?? this.#newPatch(key, idCell, nameCell, kbCell);
    if (last !== null) last.next = known;
    this.#lastPatch = known;
    return known;
  }

  #newPatch(key: string, idCell: string | null, nameCell: string | null, kbCell: string | null): NamedPatch {
    const patchId = named(idCell);
    const kb = named(kbCell);
    const patch: NamedPatch = {
      idCell,
      nameCell,
      kbCell,
      patch: this.#context.patch ?? named(nameCell) ?? patchId,
      kb: kb === null ? undefined : (kbOf(kb) ?? undefined),
      updateId: patchId === null ? null : (foldGuid(patchId) ?? patchId),
      next: null,
    };
    if (this.#namedPatches.size < mostReadings) this.#namedPatches.set(key, patch);
    return patch;
  }

  #detection(raw: string | null, dateCell: string | null, line: number): Detection {
    const memory = this.#detectionMemory;
    const form = raw === null ? memory.detection(null, detectionStatus) : this.#detectionForms.of(raw);
    if (form.status === 'unknown' && raw !== null) this.#warnWord(raw, line);
    const second = dateCell === null ? null : numberOfSecond(dateCell);
    const known = second === null ? undefined : form.bySecond.get(second);
    if (known !== undefined) return known;
    const at = this.#readDate(dateCell, line, this.#minuteDetections);
    const kept = this.#document.keptDetection({ status: form.status, raw: form.raw, at });
    if (second !== null && isMoment(at)) memory.remember(form.bySecond, second, kept);
    return kept;
  }

  #deployment(form: DeploymentForm, dateCell: string | null, line: number): Deployment {
    const { raw } = form.cells;
    if (form.status === 'unknown' && raw !== null) this.#warnWord(raw, line);
    this.#warnNumber(form.badAttempts, line);
    this.#warnNumber(form.badMaximum, line);
    const second = dateCell === null ? null : numberOfSecond(dateCell);
    const known = second === null ? undefined : form.bySecond.get(second);
    if (known !== undefined) {
      this.#warnNumber(form.badExitCode, line);
      return known;
    }
    const undeployed = form.attempts === 0 || (raw !== null && form.status === 'not-attempted');
    const at = this.#deployedAt(dateCell, line, undeployed);
    this.#warnNumber(form.badExitCode, line);
    if (at === 'never' && form.never !== null) return form.never;
    if (at === null && form.untimed !== null) return form.untimed;
    const { status, exitCode, attempts, maxAttempts, reboot } = form;
    const kept = this.#document.keptDeployment(
      { status, raw, at, exitCode, attempts, maxAttempts },
      form.cells.exitCode,
      reboot,
    );
    if (at === 'never') form.never = kept;
    else if (at === null) form.untimed = kept;
    else if (second !== null) this.#deploymentMemory.remember(form.bySecond, second, kept);
    return kept;
  }

  #warnNumber(cell: string | null, line: number): void {
    if (cell !== null) this.#document.harvest.warning(line, 'bad-number', cell);
  }

  /** A word that nobody knows is told of once, at its first place: a column of a million rows has it everywhere. */
  #warnWord(word: string, line: number): void {
    if (this.#warnedWords.has(word) || this.#warnedWords.size > 1000) return;
    this.#warnedWords.add(word);
    this.#document.harvest.warning(line, 'unknown-status', word);
  }

  #readDate(cell: string | null, line: number, minutes: boolean): At {
    if (cell === null || cell === '') return null;
    const moment = this.#readMoment(cell, minutes);
    return moment ?? this.#readUndated(cell, line);
  }

  #readUndated(cell: string, line: number): 'never' | null {
    const meaning = this.#undated.of(cell);
    if (meaning === 'never') return 'never';
    if (meaning === 'bad') this.#document.harvest.warning(line, 'bad-date', cell);
    return null;
  }

  #readMoment(cell: string, minutes: boolean): Moment | null {
    // Words for nothing stand in many rows, and all take the longest way to be no date.
    if (cell.length < 5) return null;
    return minutes
      ? this.#document.readMoment('sma minutes', cell, readMinute)
      : this.#document.readMoment('sma', cell, readInstant);
  }

  /** A blank time is never where the row itself says that there was no deployment, else it is absent. */
  #deployedAt(cell: string | null, line: number, undeployed: boolean): At {
    if (cell === null) return null;
    const moment = this.#readMoment(cell, this.#minuteDeployments);
    if (moment !== null) return moment;
    if (cell !== '' && this.#undated.of(cell) === 'never') return 'never';
    if (this.#nothings.of(cell)) return undeployed ? 'never' : null;
    return cell === '' ? null : this.#readUndated(cell, line);
  }

  /** Facts of the patch itself, once for everything that is said of it. */
  #statePatch(cells: readonly string[], patch: string | null, row: TableRow): void {
    if (patch === null) return;
    const cellOf = this.#cellOf;
    const superseded = cellOf.superseded(cells);
    const labels = cellOf.labels(cells);
    const statusRaw = (this.#statusIsOfPatch ? cellOf.detectionStatus : cellOf.patchStatus)(cells);
    if (labels === null && statusRaw === null && (superseded === null || this.#nothings.of(superseded)))
      return;
    const key = `${patch}\n${superseded ?? ''}\n${labels ?? ''}\n${statusRaw ?? ''}`;
    if (this.#statedPatches.has(key)) return;
    this.#statedPatches.add(key);
    const status = statusRaw === null ? null : patchStatusWords.read(statusRaw);
    const supersededBy = superseded === null ? null : supersededByOf(superseded);
    if (status === null && labels === null && supersededBy === null) return;
    this.#document.harvest.fact({
      type: 'kace/patch',
      patch,
      value: {
        status: status ?? 'unknown',
        statusRaw,
        labels: labels === null ? null : listOf(labels),
        files: null,
        supersededBy,
      },
      citation: this.#document.cite(row.line, quoteCells(cells), row.row),
    });
  }
}

/** Whether a row stands in place of the rows; a page saved before they came is told of. */
function isPlaceholder(cells: readonly string[], line: number, harvest: RowSource['harvest']): boolean {
  const [first = '', second = ''] = cells;
  if (second !== '' && second !== first) return false;
  if (first.length > 60 || first === '' || cells.some((cell, at) => at > 0 && cell !== '' && cell !== first))
    return false;
  const word = readPlaceholder(first);
  if (word === 'loading') harvest.warning(line, 'still-loading', first);
  return word !== null;
}

function readInstant(cell: string): Moment | null {
  const reading = readDate(cell);
  return reading === null || reading === 'never' ? null : placeReading(reading, cell, 'sma');
}

/** For columns whose times are a matter of minutes, with or without `:00` behind them. */
function readMinute(cell: string): Moment | null {
  const reading = readDate(cell);
  if (reading === null || reading === 'never') return null;
  const precision: Precision = reading.precision === 'day' ? 'day' : 'minute';
  return placeReading(reading, cell, 'sma', { precision });
}

const neverWords: ReadonlySet<string> = new Set(
  ['Never', 'Not Deployed', 'Never Deployed', '未展開', '未デプロイ', '未実行'].map(foldWord),
);

function meaningOfUndated(cell: string): 'never' | 'nothing' | 'bad' {
  // "Not deployed" in place of a date says what 0000-00-00 says.
  if (readDate(cell) === 'never' || neverWords.has(foldWord(cell))) return 'never';
  return isNothing(cell) ? 'nothing' : 'bad';
}

function detectionStatus(raw: string | null): DetectionStatus | null {
  if (raw === null || raw === '') return null;
  const status = detectionWords.read(raw);
  if (status !== null || isNothing(raw)) return status;
  return readWithReason(detectionWords, raw) ?? 'unknown';
}

function deploymentStatus(raw: string | null): DeploymentStatus | null {
  if (raw === null) return null;
  const status = deploymentWords.read(raw) ?? (isNothing(raw) ? 'not-attempted' : null);
  return status ?? readWithReason(deploymentWords, raw) ?? 'unknown';
}

function readDeployment(cells: DeploymentCells): DeploymentForm {
  const counted = readAttempts(cells.attempts);
  const maximum = readAttempts(cells.maximum);
  const code = cells.exitCode === null || cells.exitCode === '' ? null : exitCodeOf(cells.exitCode);
  return {
    cells,
    status: deploymentStatus(cells.raw),
    exitCode: code,
    attempts: counted.attempts,
    maxAttempts: maximum.attempts ?? counted.maximum,
    reboot: named(cells.reboot),
    badAttempts: counted.isBad ? cells.attempts : null,
    badMaximum: maximum.isBad ? cells.maximum : null,
    badExitCode:
      code === null && cells.exitCode !== null && !isNothing(cells.exitCode) ? cells.exitCode : null,
    bySecond: new Map(),
    never: null,
    untimed: null,
  };
}

const ofMaximum: readonly RegExp[] = [
  /^(?<count>\d{1,6})\s*回?\s*(?:\/|of|out of)\s*(?<maximum>\d{1,6})\s*(?:回|times?|attempts?|tries)?$/iu,
  /^(?<count>\d{1,6})\s*回?\s*\(\s*(?:max(?:imum)?\.?|最大|of|\/)\s*:?\s*(?<maximum>\d{1,6})\s*回?\s*\)$/iu,
  /^(?<maximum>\d{1,6})\s*回(?:中|のうち)\s*(?<count>\d{1,6})\s*回?(?:目)?$/u,
];

/** `2`, `２回`, `1/3`, `1 of 3`, `3回中1回` (of a maximum), `無制限` (0). */
function readAttempts(cell: string | null): Attempts {
  if (cell === null || cell === '') return { attempts: null, maximum: null, isBad: false };
  const count = readCount(cell);
  if (count !== null) return { attempts: count, maximum: null, isBad: false };
  const folded = cell.length > 80 ? '' : cell.normalize('NFKC').trim();
  for (const form of ofMaximum) {
    const of = form.exec(folded)?.groups;
    if (of !== undefined)
      return { attempts: Number(of['count']), maximum: Number(of['maximum']), isBad: false };
  }
  return { attempts: null, maximum: null, isBad: !isNothing(cell) };
}

/** A name that is there: not blank, not NULL, not a dash. */
function named(cell: string | null): string | null {
  if (cell === null || cell === '' || cell === 'NULL' || cell === '\\N' || /^[\s\p{Pd}]+$/u.test(cell))
    return null;
  return cell;
}

function kbOf(cell: string): string | null {
  const digits = /^\d{6,7}$/u.exec(cell.normalize('NFKC').trim())?.[0];
  return digits === undefined ? findKb(cell) : `KB${digits}`;
}

/** The patch that replaces another: null for none, '' where it is only said that there is one. */
export function supersededByOf(value: string): string | null {
  if (isNothing(value)) return null;
  return isYes(value) ? '' : value.trim();
}

/** A count as pages write it: `3`, `３回`, `無制限` (unlimited: 0). Null when it is none. */
export function readCount(text: string): number | null {
  if (/^\d{1,6}$/u.test(text)) return Number(text);
  const folded = text.normalize('NFKC').trim();
  if (/^(?:無制限|制限なし|unlimited|no limit|∞)$/iu.test(folded)) return 0;
  const digits =
    /^\+?(?<digits>\d{1,6})(?:\.0+)?\s*(?:回目?|times?|time\(s\)|attempts?|attempt\(s\)|tries)?$/iu.exec(
      folded,
    )?.groups?.['digits'];
  return digits === undefined ? null : Number(digits);
}

/**
 * The exit code of a cell: `3010`, `3010, 0xBC2`, `0xBC2`. Of two forms the decimal one, as an unsigned
 * 32-bit value; that they agree is for a rule to check.
 */
export function exitCodeOf(text: string): number | null {
  // Signs that a page sets for its looks are minus signs; `3,010` and `-2,145,107,924` are one number each.
  const plain = text
    .normalize('NFKC')
    .replace(/[\u2010-\u2015\u2212](?=\d)/gu, '-')
    .trim();
  const grouped = /^[+-]?[1-9]\d{0,2}(?:,\d{3})+$/u.test(plain) ? plain.replaceAll(',', '') : plain;
  const tokens = grouped.match(/0x[0-9a-f]+|[+-]?\b\d+\b|\b[0-9a-f]{8}\b/giu) ?? [];
  const decimal = tokens.find((token) => /^[+-]?\d+$/u.test(token));
  const token = decimal ?? tokens[0];
  return token === undefined ? null : parseCode(token);
}

/** For each of some columns, whether every time in it ends in :00 (or has no seconds): then it is a matter of minutes. */
function minuteColumns(table: Table, columns: readonly number[]): readonly boolean[] {
  const minutes = columns.map(() => true);
  const open = columns.map((column, index) => ({ column, index })).filter(({ column }) => column >= 0);
  for (const row of rowsOf(table)) {
    if (open.length === 0) break;
    const { cells } = row;
    for (let at = open.length - 1; at >= 0; at -= 1) {
      const { column, index } = open[at] ?? { column: 0, index: 0 };
      const cell = cells[column] ?? '';
      if (cell === '' || (cell.length === 19 && cell.endsWith(':00'))) continue;
      const reading = readDate(cell);
      if (reading === null || reading === 'never' || reading.local % 60_000 === 0) continue;
      minutes[index] = false;
      open.splice(at, 1);
    }
  }
  return minutes;
}

/** A `Status` of Active, Inactive and Disabled is the patch's own. */
function isPatchStatusColumn(table: Table, columns: ColumnMatch<PatchColumn>): boolean {
  const column = columns.at('detectionStatus');
  if (column < 0) return false;
  let ofPatch = 0;
  let seen = 0;
  let looked = 0;
  for (const row of rowsOf(table)) {
    if (looked >= sampledRows) break;
    looked += 1;
    const cell = row.cells[column] ?? '';
    if (cell === '') continue;
    seen += 1;
    if (patchStatusWords.read(cell) !== null) ofPatch += 1;
  }
  return seen > 0 && ofPatch * 2 > seen;
}
