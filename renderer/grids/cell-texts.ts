/** The cells of the grids as plain text, for the clipboard. Pure. */
import { lastResult } from '../../parsers/domain/patch-state.ts';
import type {
  AtView,
  CodeView,
  LineRow,
  MemberRow,
  PatchRow,
  RunRow,
} from '../../preload/contract/shapes.ts';
import type { Translate } from '../i18n/messages.ts';
import { wordCode } from '../i18n/messages.ts';
import { showMoment } from '../time/show-moment.ts';
import type { TimesSetting } from '../time/show-moment.ts';

export interface CellWords {
  readonly t: Translate;
  readonly setting: TimesSetting;
}

export function patchCell(row: PatchRow, column: string, words: CellWords): string {
  switch (column) {
    case 'device':
      return row.device ?? '';
    case 'patch':
      return row.patch ?? row.kb ?? '';
    case 'detectionStatus':
      return statusText(row.detectionStatus, words.t);
    case 'detectedAt':
      return atText(row.detectedAt, words);
    case 'deploymentStatus':
      return statusText(row.deploymentStatus, words.t);
    case 'lastResult':
      return statusText(lastResult(row.deploymentStatus, row.exitCode?.code ?? null), words.t);
    case 'deployedAt':
      return atText(row.deployedAt, words);
    case 'exitCode':
      return row.exitCode === null ? (row.exitCodeRaw ?? '') : codeShown(row.exitCode);
    case 'attempts':
      return row.attempts === null ? '' : `${row.attempts}/${row.maxAttempts ?? '?'}`;
    case 'reboot':
      return row.reboot ?? '';
    case 'source':
      return `${row.citation.member}:${row.citation.line ?? row.citation.row ?? ''}`;
    default:
      return '';
  }
}

export function runCell(row: RunRow, column: string, words: CellWords): string {
  switch (column) {
    case 'system':
      return words.t(`system.${row.system}`);
    case 'device':
      return row.device ?? '';
    case 'name':
      return row.name;
    case 'operation':
      return row.operation === null ? '' : wordCode(words.t, 'run-operation', row.operation, row.operation);
    case 'startedAt':
      return atText(row.startedAt, words);
    case 'endedAt':
      return atText(row.endedAt, words);
    case 'outcome':
      return statusText(row.outcome, words.t);
    case 'steps':
      return row.steps.total === 0 ? '' : `${row.steps.told}/${row.steps.total}`;
    case 'attempts':
      return row.attempts === null ? '' : String(row.attempts);
    case 'exitCode':
      return row.exitCode === null ? '' : codeShown(row.exitCode);
    case 'reboot':
      return row.reboot ?? '';
    default:
      return '';
  }
}

export function lineCell(row: LineRow, column: string, words: CellWords): string {
  switch (column) {
    case 'time':
      return row.continues ? '' : atText(row.at, words);
    case 'device':
      return row.device ?? '';
    case 'place':
      return `${row.member}:${row.line}`;
    case 'line':
      return String(row.line);
    case 'level':
      return row.level === 'none' || row.continues ? '' : words.t(`level.${row.level}`);
    case 'text':
      // The line as it is: what is copied has to be found again in the file.
      return row.cut ? `${row.text} …` : row.text;
    default:
      return '';
  }
}

export function memberCell(row: MemberRow, column: string, { t }: CellWords): string {
  switch (column) {
    case 'path':
      return row.path;
    case 'state':
      return t(`member-state.${row.state}`);
    case 'lines':
      return row.lines === null ? '' : String(row.lines);
    case 'bytes':
      return String(row.bytes);
    case 'kind':
      return row.kind ?? row.timeRule ?? '';
    case 'device':
      return row.device ?? '';
    case 'warnings':
      return String(row.warnings);
    case 'encoding':
      return row.encoding ?? '';
    case 'sha256':
      return row.sha256 ?? '';
    default:
      return '';
  }
}

function statusText(status: string | null, t: Translate): string {
  return status === null ? '' : wordCode(t, 'status', status, status);
}

function codeShown(code: CodeView): string {
  return code.symbol === null ? code.shown : `${code.shown} ${code.symbol}`;
}

/** With its offset where that is known: a time that leaves the window has nothing else beside it. */
function atText(at: AtView, { t, setting }: CellWords): string {
  if (at === null) return '';
  if (at === 'never') return t('time.never');
  const { date, clock, offset } = showMoment(at, setting);
  const isAsStated = setting.mode === 'written' && offset !== null && clock !== '';
  return [date, clock === '' ? '' : ` ${clock}`, isAsStated ? ` ${offset}` : ''].join('');
}
