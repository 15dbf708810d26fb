/** The analyst's part of the case as the panes read it. */
import { targetKey } from '../../parsers/domain/annotation.ts';
import type { Annotation } from '../../parsers/domain/annotation.ts';
import type { Mute } from '../../parsers/domain/mute.ts';
import type { Bookmark } from '../../preload/contract/window.ts';
import { bookmarkKey } from './bookmarks.ts';
import { useWindow } from './window-store.ts';
import type { WindowState } from './window-store.ts';

const noAnnotations: readonly Annotation[] = [];
const noMutes: readonly Mute[] = [];
const noBookmarks: readonly Bookmark[] = [];

/** The case at hand, or while a bundle is read again what its case held when it was last open: to read, not to change. */
function contentOf(state: WindowState) {
  return state.case?.content ?? state.remembered ?? null;
}

export function useAnnotations(): readonly Annotation[] {
  return useWindow<readonly Annotation[]>((state) => contentOf(state)?.annotations ?? noAnnotations);
}

export function useMutes(): readonly Mute[] {
  return useWindow<readonly Mute[]>((state) => contentOf(state)?.mutes ?? noMutes);
}

export function useBookmarks(): readonly Bookmark[] {
  return useWindow<readonly Bookmark[]>((state) => contentOf(state)?.bookmarks ?? noBookmarks);
}

/** Notes by what they are written to: places of lines `member:line`, and keys of records. */
export interface NoteIndex {
  readonly ofLine: ReadonlyMap<string, readonly Annotation[]>;
  readonly ranges: ReadonlyMap<string, readonly Annotation[]>;
  readonly ofRecord: ReadonlyMap<string, readonly Annotation[]>;
  readonly ofMember: ReadonlyMap<string, readonly Annotation[]>;
}

const made = new WeakMap<readonly Annotation[], NoteIndex>();

/** One index for all cells: it is made once for each list. */
export function noteIndex(annotations: readonly Annotation[]): NoteIndex {
  const present = made.get(annotations);
  if (present !== undefined) return present;
  const ofLine = new Map<string, Annotation[]>();
  const ranges = new Map<string, Annotation[]>();
  const ofRecord = new Map<string, Annotation[]>();
  const ofMember = new Map<string, Annotation[]>();
  for (const annotation of annotations) {
    const { target } = annotation;
    switch (target.on) {
      case 'line':
        push(ofLine, `${target.member}:${target.line}`, annotation);
        break;
      case 'lines':
        push(ranges, target.member, annotation);
        break;
      case 'record':
      case 'cell': {
        const { member, line, row, pointer } = target;
        push(ofRecord, targetKey({ on: 'record', member, line, row, pointer }), annotation);
        break;
      }
      case 'member':
        push(ofMember, target.member, annotation);
        break;
      case 'finding':
      case 'moment':
        break;
    }
  }
  const index: NoteIndex = { ofLine, ranges, ofRecord, ofMember };
  made.set(annotations, index);
  return index;
}

/** Notes of a line: its own, and those of ranges that it lies in. */
export function notesOfLine(index: NoteIndex, member: string, line: number): readonly Annotation[] {
  const own = index.ofLine.get(`${member}:${line}`) ?? [];
  const around = (index.ranges.get(member) ?? []).filter(
    ({ target }) => target.on === 'lines' && target.from <= line && line <= target.to,
  );
  return around.length === 0 ? own : [...own, ...around];
}

const keysMade = new WeakMap<readonly Bookmark[], ReadonlySet<string>>();

export function bookmarkKeys(bookmarks: readonly Bookmark[]): ReadonlySet<string> {
  const present = keysMade.get(bookmarks);
  if (present !== undefined) return present;
  const keys = new Set(bookmarks.map((bookmark) => bookmarkKey(bookmark)));
  keysMade.set(bookmarks, keys);
  return keys;
}

function push(map: Map<string, Annotation[]>, key: string, annotation: Annotation): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [annotation]);
  else list.push(annotation);
}
