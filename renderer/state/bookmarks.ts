/** Places to come back to. Pure. */
import type { Bookmark } from '../../preload/contract/window.ts';

export type BookmarkPlace = Omit<Bookmark, 'label'>;

/** A stable text for a place. */
export function bookmarkKey({ member, line, row, pointer }: BookmarkPlace): string {
  return `${member}\n${String(line)}\n${String(row)}\n${String(pointer)}`;
}

export function bookmarkAt(bookmarks: readonly Bookmark[], place: BookmarkPlace): Bookmark | null {
  const key = bookmarkKey(place);
  return bookmarks.find((one) => bookmarkKey(one) === key) ?? null;
}

/** Adds a bookmark with this label, or takes away the one that is there. */
export function bookmarkToggled(
  bookmarks: readonly Bookmark[],
  place: BookmarkPlace,
  label: string,
): readonly Bookmark[] {
  const present = bookmarkAt(bookmarks, place);
  if (present !== null) return bookmarks.filter((one) => one !== present);
  const { member, line, row, pointer } = place;
  return [...bookmarks, { member, line, row, pointer, label }];
}

export function bookmarkLabelled(
  bookmarks: readonly Bookmark[],
  place: BookmarkPlace,
  label: string,
): readonly Bookmark[] {
  const key = bookmarkKey(place);
  return bookmarks.map((one) => (bookmarkKey(one) === key ? { ...one, label } : one));
}
