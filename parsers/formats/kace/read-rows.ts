import { foldGuid, findKb } from '../../domain/names.ts';
import { parseCode } from '../../domain/numbers.ts';
import type { At, Moment, Precision } from '../../domain/moment.ts';
import type { Citation, Deployment, DeploymentStatus, DetectionStatus } from '../../domain/evidence.ts';
import type { ColumnMatch } from '../../text/column-match.ts';
import { placeReading, readDate } from '../../text/dates.ts';
import { quoteCells } from '../../text/table.ts';
import type { Table } from '../../text/table.ts';
import type { EvidenceDocument, MemberContext } from '../define-format.ts';
import { listOf } from './subject.ts';
import {
  deploymentWords,
  detectionWords,
  isNothing,
  isYes,
  patchColumns,
  patchStatusWords,
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

/** The cells that tell of a deployment. */
interface DeploymentCells {
  readonly status: string | null;
  readonly date: string | null;
  readonly exitCode: string | null;
  readonly attempts: string | null;
  readonly maximum: string | null;
}

class RowReader {
  readonly #document: RowSource;
  readonly #table: Table;
  readonly #columns: ColumnMatch<PatchColumn>;
  readonly #context: RowContext;
  /** The column called `Status` tells whether the patch is active, not what was detected. */
  readonly #statusIsOfPatch: boolean;
  readonly #minuteDetections: boolean;
  readonly #minuteDeployments: boolean;
  readonly #warnedWords = new Set<string>();
  readonly #statedPatches = new Set<string>();
  readonly #codes = new Map<string, number | null>();
  readonly #updateIds = new Map<string, string>();

  constructor(document: RowSource, table: Table, columns: ColumnMatch<PatchColumn>, context: RowContext) {
    this.#document = document;
    this.#table = table;
    this.#columns = columns;
    this.#context = context;
    this.#statusIsOfPatch = !columns.has('patchStatus') && isPatchStatusColumn(table, columns);
    const [detections, deployments] = minuteColumns(table, [
      columns.at('detectionDate'),
      columns.at('deployDate'),
    ]);
    this.#minuteDetections = detections ?? true;
    this.#minuteDeployments = deployments ?? true;
  }

  read(): void {
    const { harvest } = this.#document;
    const page = this.#document.shape === 'html' || this.#document.shape === 'mhtml';
    const width = this.#table.headers.length;
    for (const row of this.#table.rows) {
      const { cells, line } = row;
      if (page && cells.length < width) harvest.warning(line, 'short-row', quoteCells(cells));
      this.#readRow(cells, line, row.row);
    }
  }

  #readRow(cells: readonly string[], line: number, row: number): void {
    const columns = this.#columns;
    const patchId = named(columns.cell(cells, 'patchId'));
    const patch = this.#context.patch ?? named(columns.cell(cells, 'patch')) ?? patchId;
    const device =
      named(columns.cell(cells, 'device')) ?? named(columns.cell(cells, 'deviceId')) ?? this.#context.device;
    const kbCell = named(columns.cell(cells, 'kb'));
    const kb = kbCell === null ? null : kbOf(kbCell);
    const citation = this.#document.cite(line, quoteCells(cells), row);
    this.#statePatch(cells, patch, citation);

    const detectionRaw = this.#statusIsOfPatch ? null : columns.cell(cells, 'detectionStatus');
    const deployRaw = columns.cell(cells, 'deployStatus');
    if (detectionRaw === null && deployRaw === null) return;
    const exitCodeRaw = columns.cell(cells, 'exitCode');
    this.#document.harvest.record({
      device,
      patch,
      ...(kb === null ? {} : { kb }),
      updateId: patchId === null ? null : this.#updateId(patchId),
      detection: {
        status: this.#detectionStatus(detectionRaw, line),
        raw: detectionRaw,
        at: this.#readDate(columns.cell(cells, 'detectionDate'), line, this.#minuteDetections),
      },
      deployment: this.#deployment(
        {
          status: deployRaw,
          date: columns.cell(cells, 'deployDate'),
          exitCode: exitCodeRaw,
          attempts: columns.cell(cells, 'attempts'),
          maximum: columns.cell(cells, 'maxAttempts'),
        },
        line,
      ),
      exitCodeRaw,
      reboot: named(columns.cell(cells, 'reboot')),
      source: this.#context.source,
      capturedAt: this.#context.capturedAt,
      citation,
    });
  }

  #updateId(patchId: string): string {
    let id = this.#updateIds.get(patchId);
    if (id === undefined) {
      id = foldGuid(patchId) ?? patchId;
      if (this.#updateIds.size < mostReadings) this.#updateIds.set(patchId, id);
    }
    return id;
  }

  #deployment(cells: DeploymentCells, line: number): Deployment {
    const status = this.#deployStatus(cells.status, line);
    const counted = this.#readAttempts(cells.attempts, line);
    const maximum = this.#readAttempts(cells.maximum, line);
    const undeployed = counted.attempts === 0 || (cells.status !== null && status === 'not-attempted');
    return {
      status,
      raw: cells.status,
      at: this.#deployedAt(cells.date, line, undeployed),
      exitCode: this.#readExitCode(cells.exitCode, line),
      attempts: counted.attempts,
      maxAttempts: maximum.attempts ?? counted.maximum,
    };
  }

  #detectionStatus(raw: string | null, line: number): DetectionStatus | null {
    if (raw === null || raw === '') return null;
    const status = detectionWords.read(raw);
    if (status !== null) return status;
    if (isNothing(raw)) return null;
    this.#warnWord(raw, line);
    return 'unknown';
  }

  #deployStatus(raw: string | null, line: number): DeploymentStatus | null {
    if (raw === null) return null;
    const status = deploymentWords.read(raw);
    if (status !== null) return status;
    if (isNothing(raw)) return 'not-attempted';
    this.#warnWord(raw, line);
    return 'unknown';
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
    if (moment !== null) return moment;
    const reading = readDate(cell);
    if (reading === 'never') return 'never';
    if (!isNothing(cell)) this.#document.harvest.warning(line, 'bad-date', cell);
    return null;
  }

  #readMoment(cell: string, minutes: boolean): Moment | null {
    return this.#document.readMoment(minutes ? 'sma minutes' : 'sma', cell, () => {
      const reading = readDate(cell);
      if (reading === null || reading === 'never') return null;
      const precision: Precision = minutes && reading.precision !== 'day' ? 'minute' : reading.precision;
      return placeReading(reading, cell, 'sma', { precision });
    });
  }

  /** A blank time is never where the row itself says that there was no deployment, else it is absent. */
  #deployedAt(cell: string | null, line: number, undeployed: boolean): At {
    if (cell === null) return null;
    const moment = this.#readMoment(cell, this.#minuteDeployments);
    if (moment !== null) return moment;
    if (isNothing(cell)) return undeployed ? 'never' : null;
    return this.#readDate(cell, line, this.#minuteDeployments);
  }

  /** `2`, `２回`, `1/3` (of a maximum), `無制限` (0). */
  #readAttempts(
    cell: string | null,
    line: number,
  ): { readonly attempts: number | null; readonly maximum: number | null } {
    if (cell === null || cell === '') return { attempts: null, maximum: null };
    const count = readCount(cell);
    if (count !== null) return { attempts: count, maximum: null };
    const folded = cell.normalize('NFKC');
    const of = /^\s*(?<count>\d{1,6})\s*(?:\/|of)\s*(?<maximum>\d{1,6})\s*$/iu.exec(folded)?.groups;
    if (of !== undefined) return { attempts: Number(of['count']), maximum: Number(of['maximum']) };
    if (!isNothing(cell)) this.#document.harvest.warning(line, 'bad-number', cell);
    return { attempts: null, maximum: null };
  }

  #readExitCode(cell: string | null, line: number): number | null {
    if (cell === null || cell === '') return null;
    const known = this.#codes.get(cell);
    if (known !== undefined) return known;
    const code = exitCodeOf(cell);
    if (code === null && !isNothing(cell)) this.#document.harvest.warning(line, 'bad-number', cell);
    else if (this.#codes.size < 10_000) this.#codes.set(cell, code);
    return code;
  }

  /** Facts of the patch itself, once for everything that is said of it. */
  #statePatch(cells: readonly string[], patch: string | null, citation: Citation): void {
    if (patch === null) return;
    const columns = this.#columns;
    const superseded = columns.cell(cells, 'superseded');
    const labels = columns.cell(cells, 'labels');
    const statusRaw = columns.cell(cells, this.#statusIsOfPatch ? 'detectionStatus' : 'patchStatus');
    if (labels === null && statusRaw === null && (superseded === null || isNothing(superseded))) return;
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
      citation,
    });
  }
}

/** A name that is there: not blank, not NULL, not a dash. */
function named(cell: string | null): string | null {
  if (cell === null || cell === '' || cell === 'NULL' || /^[\s\p{Pd}]+$/u.test(cell)) return null;
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
  const digits = /^\+?(?<digits>\d{1,6})(?:\.0+)?\s*(?:回|times?|attempts?|tries)?$/iu.exec(folded)?.groups?.[
    'digits'
  ];
  return digits === undefined ? null : Number(digits);
}

/**
 * The exit code of a cell: `3010`, `3010, 0xBC2`, `0xBC2`. Of two forms the decimal one, as an unsigned
 * 32-bit value; that they agree is for a rule to check.
 */
export function exitCodeOf(text: string): number | null {
  const tokens = text.normalize('NFKC').match(/0x[0-9a-f]+|[+-]?\b\d+\b|\b[0-9a-f]{8}\b/giu) ?? [];
  const decimal = tokens.find((token) => /^[+-]?\d+$/u.test(token));
  const token = decimal ?? tokens[0];
  return token === undefined ? null : parseCode(token);
}

/** For each of some columns, whether every time in it ends in :00 (or has no seconds): then it is a matter of minutes. */
function minuteColumns(table: Table, columns: readonly number[]): readonly boolean[] {
  const minutes = columns.map(() => true);
  const open = columns.map((column, index) => ({ column, index })).filter(({ column }) => column >= 0);
  for (const row of table.rows) {
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
  for (const row of table.rows.slice(0, sampledRows)) {
    const cell = row.cells[column] ?? '';
    if (cell === '') continue;
    seen += 1;
    if (patchStatusWords.read(cell) !== null) ofPatch += 1;
  }
  return seen > 0 && ofPatch * 2 > seen;
}
