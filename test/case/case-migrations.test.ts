import { describe, expect, it } from 'vitest';
import { caseSchemaName, emptyContent, parseCase } from '../../parsers/case/case-file.ts';
import { caseVersion, migrated } from '../../parsers/case/case-migrations.ts';

const note = {
  id: 'a1',
  target: { on: 'line', member: 'PC-0042/konea.log', line: 12 },
  note: '再起動後',
  tags: ['restart'],
  verdict: 'open',
  author: 'analyst-1',
  createdAt: '2024-06-11T09:41:00+09:00',
  changedAt: '2024-06-11T09:41:00+09:00',
  quote: 'ExitCode=3010',
};

/** As version 1 wrote it. */
const first = {
  schema: 'patchtrail.case/1',
  bundle: { name: '桜.zip', bytes: 12, sha256: 'ab'.repeat(32) },
  content: {
    annotations: [note],
    bookmarks: [{ member: 'a.log', line: 3, label: '' }],
    transcriptions: [],
    zone: 'Asia/Tokyo',
    view: { pane: 'log' },
  },
  unlogged: ['a1'],
  log: [],
  savedBy: { tool: 'patchtrail', version: '0.1.0', author: 'analyst-1', at: '2024-06-11T09:41:00+09:00' },
};

describe('a case of version 1', () => {
  it('is read as one of the present version, with every word of it kept', () => {
    expect(parseCase(JSON.stringify(first), 'a.patchtrail')).toEqual({
      ...first,
      schema: caseSchemaName,
      members: null,
      content: {
        ...first.content,
        annotations: [{ ...note, links: [] }],
        bookmarks: [{ member: 'a.log', line: 3, row: null, pointer: null, label: '' }],
        mutes: [],
      },
    });
  });

  it('may be of the days when there were no rows of pictures', () => {
    const { transcriptions: _, ...older } = first.content;
    const { content } = parseCase(JSON.stringify({ ...first, content: older }), 'a.patchtrail');
    expect(content.transcriptions).toEqual([]);
  });

  it.each([
    ['no content', { ...first, content: null }],
    ['notes that are no list', { ...first, content: { ...first.content, annotations: {} } }],
    ['a note that is none', { ...first, content: { ...first.content, annotations: [null] } }],
    ['a log that is none', { ...first, log: 'x' }],
  ])('that has %s is damaged', (_what, file) => {
    expect(() => parseCase(JSON.stringify(file), 'a.patchtrail')).toThrow('case-damaged: a.patchtrail');
  });
});

describe('the chain of migrations', () => {
  it('leaves a file of the present version as it is', () => {
    const file = { ...first, schema: caseSchemaName, content: emptyContent };
    expect(migrated(file, caseVersion)).toBe(file);
  });

  it('ends in the version that the schema names', () => {
    expect(migrated(first, 1)).toMatchObject({ schema: caseSchemaName });
    expect(caseSchemaName).toBe(`patchtrail.case/${caseVersion}`);
  });

  it('does not change what it was given', () => {
    const before = JSON.stringify(first);
    migrated(first, 1);
    expect(JSON.stringify(first)).toBe(before);
  });
});

describe('a case', () => {
  const file = { ...first, schema: caseSchemaName, members: null, content: emptyContent };
  const withTarget = (target: object): string =>
    JSON.stringify({
      ...file,
      content: { ...emptyContent, annotations: [{ ...note, links: [], target }] },
    });

  it.each([
    { on: 'finding', finding: 'f-1' },
    { on: 'record', member: 'a', line: null, row: 3, pointer: null },
    { on: 'cell', member: 'a', line: 7, row: null, pointer: null, column: 'deployedAt' },
    { on: 'line', member: 'a', line: 1 },
    { on: 'lines', member: 'a', from: 3, to: 3 },
    { on: 'member', member: 'a' },
    { on: 'moment', local: '2024-05-10T09:12:00', offset: '+09:00' },
    { on: 'moment', local: '2024-05-10T09:12:00', offset: null },
  ])('keeps a note on $on', (target) => {
    expect(parseCase(withTarget(target), 'a').content.annotations[0]?.target).toEqual(target);
  });

  it.each([
    { on: 'lines', member: 'a', from: 4, to: 3 },
    { on: 'moment', local: '10.05.2024', offset: null },
    { on: 'moment', local: '2024-05-10T09:12:00', offset: 'JST' },
    { on: 'elsewhere' },
  ])('with the target %j is damaged', (target) => {
    expect(() => parseCase(withTarget(target), 'a')).toThrow('case-damaged');
  });

  it('has a reason for each mute', () => {
    const muted = (reason: string): string =>
      JSON.stringify({
        ...file,
        content: {
          ...emptyContent,
          mutes: [
            {
              id: 'm1',
              on: { what: 'rule', rule: 'kace/x' },
              reason,
              author: 'a',
              createdAt: note.createdAt,
            },
          ],
        },
      });
    expect(parseCase(muted('known innocent'), 'a').content.mutes).toHaveLength(1);
    expect(() => parseCase(muted('  '), 'a')).toThrow('case-damaged');
  });
});
