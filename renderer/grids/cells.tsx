/** Cells of the grids. */
import { useEffect, useState } from 'react';
import type { CustomCellRendererProps } from 'ag-grid-react';
import type { AtView, CellMark, CodeView, LineRow, PatchRow } from '../../preload/contract/shapes.ts';
import { kindSigns } from '../../parsers/domain/finding.ts';
import { lastResult } from '../../parsers/domain/patch-state.ts';
import { parseCode } from '../../parsers/domain/numbers.ts';
import { isCancelled } from '../evidence/evidence-client.ts';
import { useEvidence } from '../evidence/evidence-context.tsx';
import { useLanguage } from '../i18n/language.tsx';
import { isTextKey } from '../i18n/messages.ts';
import type { Translate } from '../i18n/messages.ts';
import { useWindow } from '../state/window-store.ts';
import { showMoment } from '../time/show-moment.ts';
import type { ShownMoment } from '../time/show-moment.ts';
import { baseName } from '../panes/citation.tsx';
import { RecordMarks } from './evidence-marks.tsx';
import { Found } from './highlight.tsx';
import type { Segment } from './segments.ts';
import { useLetters } from './letters-context.tsx';

type CellProps<Row> = CustomCellRendererProps<Row>;

/** Gives the grid's own cell a description: a tooltip for the eye, `aria-description` for the ear. */
export function useCellDescription(cell: HTMLElement, description: string | null): void {
  useEffect(() => {
    if (description === null) {
      cell.removeAttribute('aria-description');
      cell.removeAttribute('title');
      return undefined;
    }
    cell.setAttribute('aria-description', description);
    cell.setAttribute('title', description);
    return () => {
      cell.removeAttribute('aria-description');
      cell.removeAttribute('title');
    };
  }, [cell, description]);
}

const severityOrder = ['critical', 'high', 'medium', 'info'] as const;

/** Marks of one cell, the gravest first; contradictions before everything else. */
export function marksOf(row: PatchRow, field: CellMark['field']): readonly CellMark[] {
  return row.marks
    .filter((mark) => mark.field === field)
    .sort(
      (a, b) =>
        Number(b.kind === 'contradiction') - Number(a.kind === 'contradiction') ||
        severityOrder.indexOf(a.severity) - severityOrder.indexOf(b.severity),
    );
}

/** The class that colours a cell of a contradiction, or keeps room for the sign of another finding. */
export function clashClass(row: PatchRow | undefined, field: CellMark['field']): string {
  if (row === undefined) return '';
  const [mark] = marksOf(row, field);
  if (mark === undefined) return '';
  return mark.kind === 'contradiction' ? `clash ${mark.severity}` : 'noted';
}

function marksText(
  t: Translate,
  marks: readonly CellMark[],
  letterOf: (id: string) => string,
): string | null {
  if (marks.length === 0) return null;
  return marks
    .map((mark) =>
      mark.kind === 'contradiction'
        ? t('mark.contradiction', { title: mark.title, letter: letterOf(mark.finding) })
        : t('mark.other', { title: mark.title, kind: t(`kind.${mark.kind}`) }),
    )
    .join('\n');
}

/** `≠A` for a contradiction, the kind's sign for the rest; more than one says how many. */
function Marks({ marks }: { readonly marks: readonly CellMark[] }) {
  const letters = useLetters();
  const isChosen = useWindow(
    ({ selection: { target } }) =>
      target.on === 'finding' && marks.some(({ finding }) => finding === target.id),
  );
  const [first] = marks;
  if (first === undefined) return null;
  return (
    <span
      className={`pair ${first.severity} ${first.kind === 'contradiction' ? '' : 'lesser'} ${isChosen ? 'chosen' : ''}`}
      aria-hidden="true"
    >
      {kindSigns[first.kind]}
      {first.kind === 'contradiction' ? letters.letterOf(first.finding) : ''}
      {marks.length > 1 ? <sup>+</sup> : null}
    </span>
  );
}

function useMarks(
  row: PatchRow | undefined,
  field: CellMark['field'],
  cell: HTMLElement,
  also: string | null,
) {
  const { t } = useLanguage();
  const letters = useLetters();
  const marks = row === undefined ? [] : marksOf(row, field);
  const text = marksText(t, marks, (id) => letters.letterOf(id));
  useCellDescription(cell, [text, also].filter((part) => part !== null && part !== '').join('\n') || null);
  return marks;
}

export function DeviceCell({ data }: CellProps<PatchRow>) {
  const { t } = useLanguage();
  if (data === undefined) return null;
  return data.device === null ? (
    <span className="absent">{t('device.unknown')}</span>
  ) : (
    <Found column="device" text={data.device} />
  );
}

export function SourceCell({ data }: CellProps<PatchRow>) {
  if (data === undefined) return null;
  const { member, line, row } = data.citation;
  return <Found column="source" text={`${baseName(member)}:${line ?? row ?? ''}`} also={data.source} />;
}

export function PatchNameCell({ data, eGridCell }: CellProps<PatchRow>) {
  const marks = useMarks(data, 'patch', eGridCell, data?.patch ?? null);
  return (
    <>
      {data?.patch === undefined || data.patch === null ? (
        '–'
      ) : (
        <Found column="patch" text={data.patch} also={data.kb} />
      )}
      <Marks marks={marks} />
      {data === undefined ? null : <RecordMarks citation={data.citation} />}
    </>
  );
}

const glyphs: Readonly<Record<string, { readonly glyph: string; readonly tone: string }>> = {
  patched: { glyph: '✓', tone: 'ok' },
  succeeded: { glyph: '✓', tone: 'ok' },
  'not-patched': { glyph: '!', tone: 'no' },
  failed: { glyph: '!', tone: 'no' },
  error: { glyph: '✗', tone: 'no' },
  'pending-reboot': { glyph: '↻', tone: 're' },
  'in-progress': { glyph: '…', tone: 're' },
  'not-applicable': { glyph: '–', tone: 'na' },
  'not-attempted': { glyph: '–', tone: 'na' },
  skipped: { glyph: '–', tone: 'na' },
  unknown: { glyph: '?', tone: 'na' },
};

/** A canonical status in words, with a sign beside the colour. */
export function Status({
  status,
  column = '',
  raw = null,
}: {
  readonly status: string | null;
  /** The column that it stands in, and the words of its source, for what is looked for. */
  readonly column?: string;
  readonly raw?: string | null;
}) {
  const { t } = useLanguage();
  if (status === null) return <span className="absent">–</span>;
  const { glyph, tone } = glyphs[status] ?? { glyph: '·', tone: 'na' };
  const key = `status.${status}`;
  return (
    <span className={`status ${tone}`}>
      <i aria-hidden="true">{glyph}</i>
      <Found column={column} text={isTextKey(key) ? t(key) : status} also={raw} />
    </span>
  );
}

export function DetectionCell({ data, eGridCell }: CellProps<PatchRow>) {
  const marks = useMarks(data, 'detection.status', eGridCell, data?.detectionRaw ?? null);
  if (data === undefined) return null;
  return (
    <>
      <Status status={data.detectionStatus} column="detectionStatus" raw={data.detectionRaw} />
      <Marks marks={marks} />
    </>
  );
}

export function DeploymentCell({ data, eGridCell }: CellProps<PatchRow>) {
  const marks = useMarks(data, 'deployment.status', eGridCell, data?.deploymentRaw ?? null);
  if (data === undefined) return null;
  return (
    <>
      <Status status={data.deploymentStatus} column="deploymentStatus" raw={data.deploymentRaw} />
      <Marks marks={marks} />
    </>
  );
}

/** A time of a record: a moment, never, or nothing told. */
export function At({ at, column = '' }: { readonly at: AtView; readonly column?: string }) {
  const { t } = useLanguage();
  const settings = useWindow((state) => state.settings);
  if (at === null) return <span className="absent">–</span>;
  if (at === 'never') return <span className="absent">{t('time.never')}</span>;
  const shown = showMoment(at, { mode: settings.times, zone: settings.zone });
  return (
    <>
      <Found
        column={column}
        text={shown.clock === '' ? shown.date : `${shown.date} ${shown.clock}`}
        also={at.raw}
      />
      <ZoneSign shown={shown} isMoved={settings.times !== 'written'} />
    </>
  );
}

/** A small sign where the zone of a time is not stated; unknown ones show it in every mode but as written. */
export function ZoneSign({ shown, isMoved }: { readonly shown: ShownMoment; readonly isMoved: boolean }) {
  const { t } = useLanguage();
  if (shown.mark === 'exact' || (!isMoved && shown.mark === 'unknown')) return null;
  const sign = shown.mark === 'unknown' ? '?' : '≈';
  return (
    <sup
      className={`zone-sign ${shown.mark}`}
      title={t(`zone.${shown.mark}`, { offset: shown.offset ?? '' })}
    >
      {sign}
    </sup>
  );
}

export function useAtText(at: AtView): string | null {
  const { t } = useLanguage();
  if (at === null) return t('time.absent');
  if (at === 'never') return t('time.never-title');
  const zone = at.offset === null ? t('zone.unknown') : '';
  return [t('time.raw', { raw: at.raw }), zone].filter((part) => part !== '').join('\n');
}

export function DetectedAtCell({ data, eGridCell }: CellProps<PatchRow>) {
  const title = useAtText(data?.detectedAt ?? null);
  const marks = useMarks(data, 'detection.at', eGridCell, data === undefined ? null : title);
  if (data === undefined) return null;
  return (
    <>
      <At at={data.detectedAt} column="detectedAt" />
      <Marks marks={marks} />
    </>
  );
}

export function DeployedAtCell({ data, eGridCell }: CellProps<PatchRow>) {
  const title = useAtText(data?.deployedAt ?? null);
  const marks = useMarks(data, 'deployment.at', eGridCell, data === undefined ? null : title);
  if (data === undefined) return null;
  return (
    <>
      <At at={data.deployedAt} column="deployedAt" />
      <Marks marks={marks} />
    </>
  );
}

export function codeText(code: CodeView): string {
  return [code.symbol === null ? code.shown : `${code.shown} ${code.symbol}`, code.meaning, code.advice]
    .filter((part) => part !== null)
    .join('\n');
}

export function ExitCodeCell({
  data,
  eGridCell,
  isPlain = false,
}: CellProps<PatchRow> & { readonly isPlain?: boolean }) {
  const exitCode = data?.exitCode ?? null;
  const decoded = exitCode === null ? null : codeText(exitCode);
  const marks = useMarks(data, 'deployment.exitCode', eGridCell, decoded ?? data?.exitCodeRaw ?? null);
  if (data === undefined) return null;
  if (data.exitCode === null) {
    return (
      <span className="absent">
        {data.exitCodeRaw === null ? '–' : <Found column="exitCode" text={data.exitCodeRaw} />}
      </span>
    );
  }
  const shown = <Found column="exitCode" text={data.exitCode.shown} also={data.exitCodeRaw} />;
  const isTelling = data.exitCode.meaning !== null && data.exitCode.code !== 0;
  return (
    <>
      {isTelling ? <code className="exit">{shown}</code> : shown}
      {isPlain ? null : <Marks marks={marks} />}
    </>
  );
}

export function RebootCell({ data, eGridCell }: CellProps<PatchRow>) {
  const marks = useMarks(data, 'reboot', eGridCell, data?.reboot ?? null);
  if (data === undefined) return null;
  return (
    <>
      {data.reboot === null ? (
        <span className="absent">–</span>
      ) : (
        <Found column="reboot" text={data.reboot} />
      )}
      <Marks marks={marks} />
    </>
  );
}

/** Attempts of the maximum as a bar and as numbers. */
export function AttemptsCell({ data, eGridCell }: CellProps<PatchRow>) {
  const { t } = useLanguage();
  const title = data === undefined ? null : attemptsText(t, data);
  const marks = useMarks(data, 'deployment.attempts', eGridCell, title);
  if (data === undefined) return null;
  const { attempts, maxAttempts, maxAssumed } = data;
  if (attempts === null) return <span className="absent">–</span>;
  const share = maxAttempts === null || maxAttempts === 0 ? null : Math.min(1, attempts / maxAttempts);
  const isUsedUp = share === 1 && data.detectionStatus !== 'patched';
  return (
    <>
      <span className="attempt-bar" aria-hidden="true">
        <i className={isUsedUp ? 'full' : ''} style={{ width: `${(share ?? 0) * 100}%` }} />
      </span>
      {attempts}/{maxAttempts === null ? '?' : maxAttempts === 0 ? '∞' : maxAttempts}
      {maxAssumed ? <sup className="zone-sign assumed">*</sup> : null}
      <Marks marks={marks} />
    </>
  );
}

function attemptsText(t: Translate, row: PatchRow): string {
  if (row.attempts === null) return t('attempts.absent');
  if (row.maxAttempts === null) return t('attempts.of-unknown', { attempts: row.attempts });
  if (row.maxAttempts === 0) return t('attempts.unlimited', { attempts: row.attempts });
  const key = row.maxAssumed ? 'attempts.of-assumed' : 'attempts.of';
  return t(key, { attempts: row.attempts, max: row.maxAttempts });
}

/** What the last attempt came to: an exit code that asks for a restart outranks "succeeded". */
export function LastResultCell({ data }: CellProps<PatchRow>) {
  const { t } = useLanguage();
  if (data === undefined) return null;
  const result = lastResult(data.deploymentStatus, data.exitCode?.code ?? null);
  const key = `status.${result ?? ''}`;
  return isTextKey(key) ? <>{t(key)}</> : <span className="absent">{result ?? '–'}</span>;
}

/** A code in a line of text: what it means is asked for when the pointer or the eye rests on it. */
export function CodeText({ text }: { readonly text: string }) {
  const client = useEvidence();
  const { t, locale } = useLanguage();
  const [meaning, setMeaning] = useState<string | null>(null);
  const decode = (): void => {
    const code = parseCode(text);
    if (meaning !== null || code === null) return;
    client.request('code', { code, locale }).then(
      (known) => setMeaning(known === null ? t('code.unknown') : codeText(known)),
      (error: unknown) => {
        if (!isCancelled(error)) setMeaning(t('code.unknown'));
      },
    );
  };
  return (
    <code className="exit" title={meaning ?? undefined} onPointerEnter={decode}>
      {text}
    </code>
  );
}

export function SegmentText({ segments }: { readonly segments: readonly Segment[] }) {
  return segments.map((segment, index) => {
    switch (segment.kind) {
      case 'plain':
        return segment.text;
      case 'match':
      case 'patch':
        return (
          <mark key={index} className={segment.kind}>
            {segment.text}
          </mark>
        );
      case 'code':
        return <CodeText key={index} text={segment.text} />;
    }
  });
}

const levelWords: Readonly<Record<LineRow['level'], string>> = {
  none: '',
  trace: 'TRACE',
  debug: 'DEBUG',
  info: 'INFO',
  warning: 'WARN',
  error: 'ERR',
  fatal: 'FATAL',
};

export function LevelCell({ data }: CellProps<LineRow>) {
  if (data === undefined || data.continues) return null;
  return <span className={`level ${data.level}`}>{levelWords[data.level]}</span>;
}
