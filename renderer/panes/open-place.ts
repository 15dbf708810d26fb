import { useCallback } from 'react';
import { useFocus } from '../state/focus.tsx';
import type { Subject } from '../state/focus.tsx';
import { useWindow } from '../state/window-store.ts';

/** Where what is chosen stands in a file: its own place, or that of the first witness. Null for nothing. */
export function placeOfSubject(
  subject: Subject,
): { readonly member: string; readonly line: number | null } | null {
  switch (subject.on) {
    case 'record':
      return subject.record.citation;
    case 'run':
      return subject.run.citation;
    case 'line':
      return { member: subject.line.member, line: subject.line.line };
    case 'finding':
      return subject.finding.witnesses[0]?.citation ?? subject.finding.citation;
    case 'lines':
      return { member: subject.member, line: subject.from };
    case 'moment':
    case 'nothing':
    case 'missing':
      return null;
  }
}

/** One key from whatever is chosen to its place in its file. */
export function useOpenPlace(): { readonly hasPlace: boolean; readonly openPlace: () => void } {
  const { subject } = useFocus();
  const openFile = useWindow((state) => state.openFile);
  const place = placeOfSubject(subject);
  const member = place?.member ?? null;
  const line = place?.line ?? null;
  const openPlace = useCallback(() => {
    if (member !== null) openFile(member, line);
  }, [openFile, member, line]);
  return { hasPlace: member !== null, openPlace };
}
