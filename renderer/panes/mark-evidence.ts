/** Bookmarks and notes on what is chosen or marked, for keys and commands. */
import { useCallback } from 'react';
import { useGridDesk } from '../grids/grid-desk.ts';
import { useLanguage } from '../i18n/language.tsx';
import type { BookmarkPlace } from '../state/bookmarks.ts';
import { useFocus } from '../state/focus.tsx';
import type { Subject } from '../state/focus.tsx';
import { useWindowStore } from '../state/window-store.ts';

/** Bookmarks what is chosen, or takes its bookmark away. */
export function useToggleBookmark(): () => void {
  const { t } = useLanguage();
  const store = useWindowStore();
  const { subject } = useFocus();
  return useCallback(() => {
    const { toggleBookmark, say, sayDone, place, file } = store.getState();
    const chosen =
      place === 'files' && file !== null && file.line !== null && subject.on === 'nothing'
        ? { place: { member: file.member, line: file.line, row: null, pointer: null }, label: '' }
        : bookmarkOf(subject);
    if (chosen === null) {
      say('bad', t('bookmarks.nothing'));
      return;
    }
    sayDone(t(toggleBookmark(chosen.place, chosen.label) ? 'bookmarks.added' : 'bookmarks.removed'));
  }, [store, subject, t]);
}

const longestLabel = 80;

function bookmarkOf(subject: Subject): { readonly place: BookmarkPlace; readonly label: string } | null {
  switch (subject.on) {
    case 'record': {
      const { member, line, row, pointer } = subject.record.citation;
      const label = [subject.record.device, subject.record.patch].filter((part) => part !== null).join(' · ');
      return { place: { member, line, row, pointer }, label: label.slice(0, longestLabel) };
    }
    case 'finding': {
      const { citation, title } = subject.finding;
      if (citation === null) return null;
      const { member, line, row, pointer } = citation;
      return { place: { member, line, row, pointer }, label: title.slice(0, longestLabel) };
    }
    case 'run': {
      const { member, line, row, pointer } = subject.run.citation;
      return { place: { member, line, row, pointer }, label: '' };
    }
    case 'line': {
      const { member, line, text } = subject.line;
      return { place: { member, line, row: null, pointer: null }, label: text.trim().slice(0, longestLabel) };
    }
    case 'lines': {
      const { member, from } = subject;
      return { place: { member, line: from, row: null, pointer: null }, label: '' };
    }
    case 'moment':
    case 'nothing':
    case 'missing':
      return null;
  }
}

interface Line {
  readonly member: string;
  readonly line: number;
}

/** Chooses the marked lines of one member as a range, and gives its note the focus. */
export function useNoteLines(): () => void {
  const { t } = useLanguage();
  const store = useWindowStore();
  const desk = useGridDesk();
  return useCallback(() => {
    const choose = async (): Promise<void> => {
      const rows = (await desk.active?.markedRows()) ?? [];
      const { jump, focusNote, say, place } = store.getState();
      const lines = rows.filter((row): row is Line => 'member' in row && 'line' in row && 'level' in row);
      const range = rangeOf(lines);
      if (range === null) {
        say('bad', t('notes.no-lines'));
        return;
      }
      jump(range, place === 'files' || place === 'triage' || place === 'case' ? 'log' : place);
      focusNote();
    };
    choose().catch((error: unknown) => console.error(error));
  }, [desk, store, t]);
}

/** From the first to the last marked line of the member that the marking began with. */
export function rangeOf(
  lines: readonly Line[],
):
  | { readonly on: 'lines'; readonly member: string; readonly from: number; readonly to: number }
  | { readonly on: 'line'; readonly member: string; readonly line: number }
  | null {
  const [first] = lines;
  if (first === undefined) return null;
  const { member } = first;
  const numbers = lines.filter((one) => one.member === member).map(({ line }) => line);
  const from = numbers.reduce((least, line) => Math.min(least, line), first.line);
  const to = numbers.reduce((most, line) => Math.max(most, line), first.line);
  return from === to ? { on: 'line', member, line: from } : { on: 'lines', member, from, to };
}
