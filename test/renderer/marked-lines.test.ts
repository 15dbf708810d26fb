import { describe, expect, it } from 'vitest';
import { rangeOf } from '../../renderer/panes/mark-evidence.ts';
import { bookmarkAt, bookmarkLabelled, bookmarkToggled } from '../../renderer/state/bookmarks.ts';
import { filterNotes, noteRest, noteTitle } from '../../renderer/state/annotations.ts';
import { noteIndex, notesOfLine } from '../../renderer/state/case-content.ts';
import type { Annotation, AnnotationTarget } from '../../parsers/domain/annotation.ts';

function note(id: string, target: AnnotationTarget, more: Partial<Annotation> = {}): Annotation {
  const at = '2024-06-11T09:41:00+09:00';
  return {
    id,
    target,
    note: '',
    tags: [],
    verdict: 'open',
    author: 'ana',
    createdAt: at,
    changedAt: at,
    quote: '',
    links: [],
    ...more,
  };
}

describe('marked lines', () => {
  it('are a range of the member that the marking began with, whichever way it ran', () => {
    const line = (member: string, at: number) => ({ member, line: at });
    expect(rangeOf([line('a', 7), line('b', 1), line('a', 5)])).toEqual({
      on: 'lines',
      member: 'a',
      from: 5,
      to: 7,
    });
    expect(rangeOf([line('a', 7)])).toEqual({ on: 'line', member: 'a', line: 7 });
    expect(rangeOf([])).toBeNull();
  });

  it('show the notes of every range that they lie in', () => {
    const range = note('r', { on: 'lines', member: 'a', from: 5, to: 7 });
    const own = note('o', { on: 'line', member: 'a', line: 7 });
    const index = noteIndex([range, own]);
    expect(notesOfLine(index, 'a', 7)).toEqual([own, range]);
    expect(notesOfLine(index, 'a', 5)).toEqual([range]);
    expect(notesOfLine(index, 'a', 8)).toEqual([]);
    expect(notesOfLine(index, 'b', 5)).toEqual([]);
  });
});

describe('bookmarks', () => {
  const place = { member: 'a.log', line: 3, row: null, pointer: null };

  it('are set, named and taken away by their place', () => {
    const set = bookmarkToggled([], place, 'begin');
    expect(bookmarkAt(set, place)?.label).toBe('begin');
    expect(bookmarkAt(bookmarkLabelled(set, place, 'end'), place)?.label).toBe('end');
    expect(bookmarkToggled(set, { ...place, row: 1 }, '')).toHaveLength(2);
    expect(bookmarkToggled(set, place, '')).toEqual([]);
  });
});

describe('the list of notes', () => {
  const everything = { text: '', verdict: null, tag: null, on: null, author: null };
  const notes = [
    note('old', { on: 'finding', finding: 'f-1' }, { note: 'ＫＢ5037771 を確認', verdict: 'confirmed' }),
    note(
      'new',
      { on: 'line', member: 'konea.log', line: 12 },
      {
        changedAt: '2024-06-11T08:00:00+00:00',
        tags: ['ask'],
        quote: 'ExitCode=3010',
      },
    ),
  ];
  const ids = (filter: object): string[] =>
    filterNotes(notes, { ...everything, ...filter }).map(({ id }) => id);

  it('has what changed last first, by instants and not by their texts', () => {
    expect(ids({})).toEqual(['new', 'old']);
  });

  it('is searched in words, quotes, tags and places, whatever their width and case', () => {
    expect(ids({ text: 'kb5037771' })).toEqual(['old']);
    expect(ids({ text: 'exitcode KONEA' })).toEqual(['new']);
    expect(ids({ text: 'konea 5037771' })).toEqual([]);
  });

  it('is filtered by verdict, tag, kind and author', () => {
    expect(ids({ verdict: 'confirmed' })).toEqual(['old']);
    expect(ids({ tag: 'ask' })).toEqual(['new']);
    expect(ids({ on: 'line' })).toEqual(['new']);
    expect(ids({ author: 'bo' })).toEqual([]);
  });

  it('names a note by its first words', () => {
    expect(noteTitle({ note: '\n## **Restart** tonight\nmore' })).toBe('Restart tonight');
    expect(noteTitle({ note: '- `konea.log`' })).toBe('konea.log');
    expect(noteTitle({ note: '' })).toBe('');
    expect(noteRest({ note: 'a\n\n- **b** in my_file\nc' })).toBe('b in my_file c');
  });
});
