/** The chosen evidence itself, asked of the worker once for all panes. */
import { createContext, useContext, useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import type { FindingDetail, LineRow, Locale, PatchRow, RunDetail } from '../../preload/contract/shapes.ts';
import { isCancelled } from '../evidence/evidence-client.ts';
import type { EvidenceClient } from '../evidence/evidence-client.ts';
import { useEvidence } from '../evidence/evidence-context.tsx';
import { useLanguage } from '../i18n/language.tsx';
import { anchorOfFinding, anchorOfLine, anchorOfMoment, anchorOfRecord, anchorOfRun } from './follow.ts';
import type { Anchor } from './follow.ts';
import type { Selection, Target } from './selection.ts';
import { useWindow } from './window-store.ts';

export type Subject =
  | { readonly on: 'nothing' }
  | { readonly on: 'finding'; readonly finding: FindingDetail }
  | { readonly on: 'record'; readonly record: PatchRow }
  | { readonly on: 'run'; readonly run: RunDetail }
  | { readonly on: 'line'; readonly line: LineRow }
  | {
      readonly on: 'lines';
      readonly member: string;
      readonly from: number;
      readonly to: number;
      /** The first of them. */
      readonly rows: readonly LineRow[];
    }
  | { readonly on: 'moment'; readonly local: string; readonly offset: string | null }
  /** What was chosen is not in the bundle (any more). */
  | { readonly on: 'missing' };

/** Lines of a range that are fetched to be shown. */
const mostLines = 200;

export interface Focus {
  readonly subject: Subject;
  readonly anchor: Anchor | null;
  readonly from: Selection['from'];
  /** The choice that this answers. */
  readonly stamp: number;
}

const nothing: Focus = { subject: { on: 'nothing' }, anchor: null, from: 'elsewhere', stamp: 0 };
const FocusContext = createContext<Focus>(nothing);

export function FocusProvider({ children }: { readonly children: ReactNode }) {
  const client = useEvidence();
  const { locale } = useLanguage();
  const selection = useWindow((state) => state.selection);
  const revision = useWindow((state) => state.revision);
  const [focus, setFocus] = useState<Focus>(nothing);
  useEffect(() => {
    const control = new AbortController();
    const { target, from, stamp } = selection;
    subjectOf(client, target, locale, control.signal).then(
      (subject) => setFocus({ subject, anchor: anchorOf(subject), from, stamp }),
      (error: unknown) => {
        if (isCancelled(error)) return;
        console.error(error);
        setFocus({ subject: { on: 'missing' }, anchor: null, from, stamp });
      },
    );
    return () => control.abort();
  }, [client, selection, locale, revision]);
  return <FocusContext value={focus}>{children}</FocusContext>;
}

/** What is chosen, as far as the worker has answered. */
export function useFocus(): Focus {
  return useContext(FocusContext);
}

async function subjectOf(
  client: EvidenceClient,
  target: Target,
  locale: Locale,
  signal: AbortSignal,
): Promise<Subject> {
  switch (target.on) {
    case 'nothing':
      return { on: 'nothing' };
    case 'finding': {
      const finding = await client.request('finding', { id: target.id, locale }, signal);
      return finding === null ? { on: 'missing' } : { on: 'finding', finding };
    }
    case 'record': {
      const record = await client.request('record', { id: target.id, locale }, signal);
      return record === null ? { on: 'missing' } : { on: 'record', record };
    }
    case 'run': {
      const run = await client.request('run', { id: target.id, locale }, signal);
      return run === null ? { on: 'missing' } : { on: 'run', run };
    }
    case 'lines': {
      const { member, from, to } = target;
      const { rows } = await client.request(
        'fileLines',
        { member, from: from - 1, to: Math.min(to, from - 1 + mostLines), locale },
        signal,
      );
      return rows.length === 0 ? { on: 'missing' } : { on: 'lines', member, from, to, rows };
    }
    case 'moment':
      return { on: 'moment', local: target.local, offset: target.offset };
    case 'line': {
      const { member, line } = target;
      const { rows } = await client.request(
        'fileLines',
        { member, from: line - 1, to: line, locale },
        signal,
      );
      const [row] = rows;
      return row === undefined ? { on: 'missing' } : { on: 'line', line: row };
    }
  }
}

function anchorOf(subject: Subject): Anchor | null {
  switch (subject.on) {
    case 'finding':
      return anchorOfFinding(subject.finding);
    case 'record':
      return anchorOfRecord(subject.record);
    case 'run':
      return anchorOfRun(subject.run);
    case 'line':
      return anchorOfLine(subject.line);
    case 'lines': {
      const [first] = subject.rows;
      return first === undefined ? null : anchorOfLine(first);
    }
    case 'moment':
      return anchorOfMoment(subject);
    case 'nothing':
    case 'missing':
      return null;
  }
}
