/** The chosen evidence in full: witnesses, reasons, advice, and what the analyst makes of it. */
import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import { targetKey } from '../../parsers/domain/annotation.ts';
import type { AnnotationTarget } from '../../parsers/domain/annotation.ts';
import type {
  CodeView,
  FindingDetail,
  LineRow,
  MomentView,
  PatchRow,
  WitnessView,
} from '../../preload/contract/shapes.ts';
import { codeText } from '../grids/cells.tsx';
import { At, Status } from '../grids/cells.tsx';
import { useLetters } from '../grids/letters-context.tsx';
import { useLanguage } from '../i18n/language.tsx';
import { noteIndex, useAnnotations } from '../state/case-content.ts';
import { useFocus } from '../state/focus.tsx';
import type { Subject } from '../state/focus.tsx';
import { distanceOf } from '../state/follow.ts';
import { useWindow } from '../state/window-store.ts';
import { showMoment } from '../time/show-moment.ts';
import { spanText } from '../time/span-text.ts';
import { AnnotationEditor } from './annotation-editor.tsx';
import { CitationButton } from './citation.tsx';
import { Field } from './field.tsx';
import { sizeText } from './member-words.tsx';
import { MuteBox } from './mute-form.tsx';
import { RuleWorkbench } from './rule-workbench.tsx';
import { RunView } from './run-view.tsx';
import { KindSign, SeverityBadge } from './severity.tsx';
import { Tabs } from './tabs.tsx';
import { columnText } from './target-text.ts';

export function Inspector() {
  const { t } = useLanguage();
  const { subject } = useFocus();
  const [tab, setTab] = useState<'details' | 'rules'>('details');
  // A note that wants the focus is among the details.
  const isNoteWanted = useWindow((state) => state.noteWanted !== null);
  if (isNoteWanted && tab !== 'details') setTab('details');
  return (
    <section className="inspector" aria-label={t('region.inspector')} tabIndex={-1}>
      <Tabs
        label={t('region.inspector')}
        value={tab}
        choices={[
          { value: 'details', label: t('inspector.details') },
          { value: 'rules', label: t('inspector.rules') },
        ]}
        onChange={setTab}
      >
        {tab === 'details' ? <Details subject={subject} /> : <RuleWorkbench />}
      </Tabs>
    </section>
  );
}

function Details({ subject }: { readonly subject: Subject }) {
  const { t } = useLanguage();
  return (
    <>
      {subject.on === 'finding' ? <FindingView finding={subject.finding} /> : null}
      {subject.on === 'record' ? <RecordView record={subject.record} /> : null}
      {subject.on === 'run' ? <RunView run={subject.run} /> : null}
      {subject.on === 'line' ? <LineView line={subject.line} /> : null}
      {subject.on === 'nothing' ? <p className="hint">{t('inspector.nothing')}</p> : null}
      {subject.on === 'lines' ? <LinesView range={subject} /> : null}
      {subject.on === 'moment' ? <EventView local={subject.local} offset={subject.offset} /> : null}
      {subject.on === 'missing' ? <p className="hint">{t('inspector.missing')}</p> : null}
    </>
  );
}

function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div className="inspector-section">
      <h3>{title}</h3>
      {children}
    </div>
  );
}

function FindingView({ finding }: { readonly finding: FindingDetail }) {
  const { t } = useLanguage();
  const target: AnnotationTarget = { on: 'finding', finding: finding.id };
  const quote = finding.witnesses.map(({ citation }) => citation.quote).join('\n');
  return (
    <>
      <div>
        <SeverityBadge kind={finding.kind} severity={finding.severity} />{' '}
        <span className="rule-id">{finding.rule}</span>
      </div>
      <h1>{finding.title}</h1>
      <p className="inspector-about">
        {[finding.device, finding.patch].filter((part) => part !== null).join(' · ')}
      </p>
      <Witnesses finding={finding} />
      <DistanceBar witnesses={finding.witnesses} />
      <Section title={t('inspector.why')}>
        <p>{finding.explanation}</p>
      </Section>
      {finding.advice === '' ? null : (
        <Section title={t('inspector.advice')}>
          <p>{finding.advice}</p>
        </Section>
      )}
      {finding.codes.length === 0 ? null : <Codes codes={finding.codes} />}
      {finding.assumed.length === 0 ? null : (
        <Section title={t('inspector.assumed')}>
          <ul className="plain-list">
            {finding.assumed.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </Section>
      )}
      <MuteBox key={`mute ${finding.id}`} finding={finding.id} rule={finding.rule} />
      <AnnotationEditor key={finding.id} target={target} quote={quote} />
    </>
  );
}

function Codes({ codes }: { readonly codes: readonly CodeView[] }) {
  const { t } = useLanguage();
  return (
    <Section title={t('inspector.codes')}>
      <dl className="code-list">
        {codes.map((code) => (
          <div key={code.code}>
            <dt>{code.symbol === null ? code.shown : `${code.shown} · ${code.symbol}`}</dt>
            <dd>{[code.meaning, code.advice].filter((part) => part !== null).join(' ')}</dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}

/** Witnesses that are shown before "show all". */
const shownFirst = 4;

function Witnesses({ finding }: { readonly finding: FindingDetail }) {
  const { t } = useLanguage();
  const [isWhole, setWhole] = useState(false);
  const letters = useLetters();
  const letter = finding.kind === 'contradiction' ? letters.letterOf(finding.id) : null;
  const shown = isWhole ? finding.witnesses : finding.witnesses.slice(0, shownFirst);
  const rest = finding.witnesses.length - shown.length;
  return (
    <>
      <div className={`witnesses ${shown.length === 1 ? 'single' : ''}`}>
        {shown.map((witness, index) => (
          <Witness key={index} witness={witness} letter={letter} />
        ))}
      </div>
      {rest > 0 ? (
        <button type="button" className="button" onClick={() => setWhole(true)}>
          {t('inspector.more-witnesses', { count: rest })}
        </button>
      ) : null}
    </>
  );
}

function Witness({ witness, letter }: { readonly witness: WitnessView; readonly letter: string | null }) {
  const { t } = useLanguage();
  const title =
    witness.field === null
      ? t(witness.record === null ? 'witness.source' : 'witness.record')
      : t(`field.${witness.field}`);
  return (
    <article className="witness">
      <h4>{letter === null ? title : `${letter} · ${title}`}</h4>
      {witness.at === null ? null : <WitnessTime at={witness.at} />}
      <p className="witness-says">{witness.says}</p>
      <blockquote tabIndex={0}>{witness.citation.quote}</blockquote>
      <footer>
        <CitationButton citation={witness.citation} />
        {witness.memberSha256 === null ? null : (
          <span className="witness-hash" title={witness.memberSha256}>
            {witness.memberSha256.slice(0, 8)}
          </span>
        )}
      </footer>
    </article>
  );
}

function WitnessTime({ at }: { readonly at: MomentView }) {
  const { t } = useLanguage();
  const settings = useWindow((state) => state.settings);
  const shown = showMoment(at, { mode: settings.times, zone: settings.zone });
  return (
    <p className="witness-time" title={t('time.raw', { raw: at.raw })}>
      <span className="big">{shown.clock === '' ? shown.date : shown.clock}</span>
      <span>
        {shown.clock === '' ? '' : `${shown.date} · `}
        {shown.offset === null
          ? t('zone.unknown-short')
          : `${shown.offset} ${t(`zone.source-${at.offsetSource}`)}`}
      </span>
    </p>
  );
}

/** The first and the last time of the witnesses on one line, with their distance. */
function DistanceBar({ witnesses }: { readonly witnesses: readonly WitnessView[] }) {
  const { t } = useLanguage();
  const timed = witnesses.filter((one): one is WitnessView & { at: MomentView } => one.at !== null);
  const [first, second] = timed;
  if (first === undefined || second === undefined || first.at.raw === second.at.raw) return null;
  // The witnesses of one finding speak of one device: a kind of clock is one clock among them.
  const distance = distanceOf(first.at, second.at, true);
  if (distance === null) return <p className="distance-bar undecidable">{t('inspector.not-comparable')}</p>;
  const [left, right] = distance >= 0 ? [first, second] : [second, first];
  const name = (witness: WitnessView): string =>
    witness.field === null ? t('witness.source') : t(`field-short.${witness.field}`);
  return (
    <div className="distance-bar">
      <span className="end left">{name(left)}</span>
      <span className="span">{spanText(t, distance)}</span>
      <span className="end right">{name(right)}</span>
    </div>
  );
}

function RecordView({ record }: { readonly record: PatchRow }) {
  const { t } = useLanguage();
  const showFinding = useWindow((state) => state.showFinding);
  const { quote } = record.citation;
  const findings = [...new Map(record.marks.map((mark) => [mark.finding, mark])).values()];
  return (
    <>
      <div>
        <span className="severity-badge plain">{t('inspector.record')}</span>{' '}
        <span className="rule-id">{record.source}</span>
      </div>
      <h1>{record.patch ?? t('inspector.no-patch')}</h1>
      <p className="inspector-about">{record.device ?? t('inspector.no-device')}</p>
      {findings.length === 0 ? (
        <p className="hint">{t('inspector.no-findings')}</p>
      ) : (
        <ul className="finding-list in-inspector">
          {findings.map((mark) => (
            <li key={mark.finding}>
              <button type="button" onClick={() => showFinding(mark.finding)}>
                <KindSign kind={mark.kind} severity={mark.severity} />
                <span className="finding-title">{mark.title}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      <dl className="fields">
        <Field name={t('column.detection')} raw={record.detectionRaw}>
          <Status status={record.detectionStatus} />
        </Field>
        <Field name={t('column.detected')} raw={rawOf(record.detectedAt)}>
          <At at={record.detectedAt} />
        </Field>
        <Field name={t('column.deployment')} raw={record.deploymentRaw}>
          <Status status={record.deploymentStatus} />
        </Field>
        <Field name={t('column.deployed')} raw={rawOf(record.deployedAt)}>
          <At at={record.deployedAt} />
        </Field>
        <Field name={t('column.exit')} raw={record.exitCodeRaw}>
          {record.exitCode === null ? '–' : codeText(record.exitCode)}
        </Field>
        <Field name={t('region.attempts')} raw={null}>
          {record.attempts ?? '–'} / {record.maxAttempts ?? '?'}
        </Field>
        <Field name={t('column.reboot')} raw={null}>
          {record.reboot ?? '–'}
        </Field>
      </dl>
      <article className="witness">
        <blockquote tabIndex={0}>{quote}</blockquote>
        <footer>
          <CitationButton citation={record.citation} />
        </footer>
      </article>
      <RecordNotes key={record.id} record={record} />
    </>
  );
}

/** Columns of the patch grid that a note can be attached to. */
const notedColumns = [
  'device',
  'patch',
  'detectionStatus',
  'detectedAt',
  'deploymentStatus',
  'deployedAt',
  'exitCode',
  'attempts',
  'reboot',
] as const;

/** The note of a record as a whole, or of one of its cells. */
function RecordNotes({ record }: { readonly record: PatchRow }) {
  const { t } = useLanguage();
  const id = useId();
  const { member, line, row, pointer, quote } = record.citation;
  const [column, setColumn] = useState('');
  const place = { member, line, row, pointer };
  const notes = noteIndex(useAnnotations()).ofRecord.get(targetKey({ on: 'record', ...place })) ?? [];
  const isNoted = (name: string): boolean =>
    notes.some(({ target }) => target.on === 'cell' && target.column === name);
  const target: AnnotationTarget =
    column === '' ? { on: 'record', ...place } : { on: 'cell', ...place, column };
  return (
    <>
      <div className="note-of">
        <label htmlFor={id}>{t('cell-note.on')}</label>
        <select id={id} value={column} onChange={({ currentTarget }) => setColumn(currentTarget.value)}>
          <option value="">{t('cell-note.row')}</option>
          {notedColumns.map((name) => (
            <option key={name} value={name}>
              {columnText(t, name)}
              {isNoted(name) ? ' ✎' : ''}
            </option>
          ))}
        </select>
      </div>
      <AnnotationEditor key={column} target={target} quote={quote} />
    </>
  );
}

function rawOf(at: PatchRow['detectedAt']): string | null {
  return at === null || at === 'never' ? null : at.raw;
}

function LineView({ line }: { readonly line: LineRow }) {
  const { t, locale } = useLanguage();
  const showFinding = useWindow((state) => state.showFinding);
  const citation = { member: line.member, line: line.line, row: null, pointer: null, quote: line.text };
  return (
    <>
      <div>
        <span className="severity-badge plain">{t('inspector.line')}</span>{' '}
        <span className="rule-id">{line.level === 'none' ? '' : t(`level.${line.level}`)}</span>
      </div>
      {line.at === null ? <p className="hint">{t('inspector.no-time')}</p> : <WitnessTime at={line.at} />}
      <p className="inspector-about">{line.device ?? t('inspector.no-device')}</p>
      {line.outOfOrder ? <p className="hint">{t('inspector.out-of-order')}</p> : null}
      {line.findings.length === 0 ? null : (
        <div className="button-row">
          {line.findings.map((id, index) => (
            <button key={id} type="button" className="button" onClick={() => showFinding(id)}>
              {t('inspector.cited-by', { number: index + 1 })}
            </button>
          ))}
        </div>
      )}
      <article className="witness">
        <blockquote tabIndex={0}>{line.cut ? `${line.text} …` : line.text}</blockquote>
        {line.cut ? (
          <p className="line-cut">{t('log.cut', { size: sizeText(line.bytes ?? 0, locale) })}</p>
        ) : null}
        <footer>
          <CitationButton citation={citation} />
        </footer>
      </article>
      <AnnotationEditor
        key={`${line.member}:${line.line}`}
        target={{ on: 'line', member: line.member, line: line.line }}
        quote={line.text}
      />
      <RangeForm key={`range ${line.member}:${line.line}`} line={line} />
    </>
  );
}

/** Widens a note from one line to the lines that follow it. */
function RangeForm({ line }: { readonly line: LineRow }) {
  const { t } = useLanguage();
  const id = useId();
  const choose = useWindow((state) => state.choose);
  const focusNote = useWindow((state) => state.focusNote);
  const [to, setTo] = useState('');
  const last = Number(to);
  const isRange = Number.isInteger(last) && last > line.line;
  return (
    <form
      className="range-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isRange) return;
        choose({ on: 'lines', member: line.member, from: line.line, to: last }, 'elsewhere');
        focusNote();
      }}
    >
      <label htmlFor={id}>{t('range.to', { from: line.line })}</label>
      <input
        id={id}
        type="number"
        min={line.line + 1}
        value={to}
        onChange={({ currentTarget }) => setTo(currentTarget.value)}
      />
      <button type="submit" className="button" disabled={!isRange}>
        {t('range.note')}
      </button>
    </form>
  );
}

/** Characters of a range that are kept with its note. */
const longestQuote = 4_000;

function LinesView({ range }: { readonly range: Extract<Subject, { on: 'lines' }> }) {
  const { t } = useLanguage();
  const { member, from, to, rows } = range;
  const text = rows.map((row) => row.text).join('\n');
  const left = to - from + 1 - rows.length;
  const [first] = rows;
  return (
    <>
      <div>
        <span className="severity-badge plain">{t('inspector.lines', { count: to - from + 1 })}</span>
      </div>
      {first === undefined || first.at === null ? null : <WitnessTime at={first.at} />}
      <article className="witness">
        <blockquote className="lines" tabIndex={0}>
          {text}
        </blockquote>
        {left > 0 ? <p className="hint">{t('inspector.more-lines', { count: left })}</p> : null}
        <footer>
          <CitationButton citation={{ member, line: from, row: null, pointer: null, quote: '' }} /> – {to}
        </footer>
      </article>
      <AnnotationEditor
        key={`${member}:${from}-${to}`}
        target={{ on: 'lines', member, from, to }}
        quote={text.slice(0, longestQuote)}
      />
    </>
  );
}

function EventView({ local, offset }: { readonly local: string; readonly offset: string | null }) {
  const { t } = useLanguage();
  const { anchor } = useFocus();
  const at = anchor === null || anchor.at === 'never' ? null : anchor.at;
  return (
    <>
      <div>
        <span className="severity-badge plain">{t('inspector.event')}</span>
      </div>
      {at === null ? null : <WitnessTime at={at} />}
      <AnnotationEditor key={`${local}${offset ?? ''}`} target={{ on: 'moment', local, offset }} quote="" />
    </>
  );
}
