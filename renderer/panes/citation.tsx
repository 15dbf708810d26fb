import type { CitationView } from '../../preload/contract/shapes.ts';
import { useLanguage } from '../i18n/language.tsx';
import { useWindow } from '../state/window-store.ts';

/** The last part of a member's path; inner archives end with `!/`. */
export function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

/** `member:line`, or the row or pointer where there is no line. */
export function placeText({ member, line, row, pointer }: CitationView, isShort: boolean): string {
  const name = isShort ? baseName(member) : member;
  if (line !== null) return `${name}:${line}`;
  if (row !== null) return `${name}#${row}`;
  return pointer === null ? name : `${name}#${pointer}`;
}

/** A citation as a button that opens its line in the file view. */
export function CitationButton({
  citation,
  isShort = false,
}: {
  readonly citation: CitationView;
  readonly isShort?: boolean;
}) {
  const { t } = useLanguage();
  const openFile = useWindow((state) => state.openFile);
  return (
    <button
      type="button"
      className="path"
      title={t('citation.open', { place: placeText(citation, false) })}
      onClick={(event) => {
        event.stopPropagation();
        openFile(citation.member, citation.line);
      }}
    >
      {placeText(citation, isShort)}
    </button>
  );
}
