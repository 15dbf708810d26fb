import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCase, writeCase } from '../../main/case-files.ts';
import {
  caseSchemaName,
  emptyContent,
  hasContent,
  parseCase,
  writeCaseText,
} from '../../parsers/case/case-file.ts';
import type { CaseFile } from '../../parsers/case/case-file.ts';
import { temporaryFolders } from './temporary-folder.ts';

const newFolder = temporaryFolders();

const file: CaseFile = {
  schema: caseSchemaName,
  bundle: { name: '桜.zip', bytes: 12, sha256: 'ab'.repeat(32) },
  content: { ...emptyContent, zone: 'Asia/Tokyo' },
  members: ['cd'.repeat(32) + '  PC-0042/konea.log', '-  locked.bin'],
  unlogged: [],
  log: [],
  savedBy: { tool: 'patchtrail', version: '0.1.0', author: 'analyst-1', at: '2024-06-11T09:41:00+09:00' },
};

describe('a case file', () => {
  it('comes back as it was written', async () => {
    const path = join(await newFolder(), 'a.patchtrail');
    await writeCase(path, file);
    expect(await readCase(path)).toEqual({ file, version: 2, recovered: null });
  });

  it.each([
    '',
    'no JSON',
    '[]',
    '{}',
    '{"schema":"patchtrail.case/1"}',
    '{"schema":"patchtrail.case/2","content":[]}',
    '{"schema":"other/1"}',
  ])('that reads %j is damaged', (text) => {
    expect(() => parseCase(text, 'a.patchtrail')).toThrow('case-damaged: a.patchtrail');
  });

  it('of a later schema says so and stays as it is', async () => {
    const path = join(await newFolder(), 'a.patchtrail');
    const text = '{"schema":"patchtrail.case/3","all":"new"}';
    await writeFile(path, text);
    await expect(readCase(path)).rejects.toMatchObject({ code: 'case-newer', place: 'a.patchtrail' });
    expect(await readFile(path, 'utf8')).toBe(text);
  });

  it('keeps the version before', async () => {
    const folder = await newFolder();
    const path = join(folder, 'a.patchtrail');
    await writeCase(path, file);
    await writeCase(path, { ...file, content: emptyContent });
    expect(parseCase(await readFile(`${path}.bak`, 'utf8'), 'bak')).toEqual(file);
    expect((await readdir(folder)).sort()).toEqual(['a.patchtrail', 'a.patchtrail.bak']);
  });

  it('that is damaged is kept aside, and the version before takes its place', async () => {
    const folder = await newFolder();
    const path = join(folder, 'a.patchtrail');
    await writeFile(`${path}.bak`, writeCaseText(file));
    await writeFile(path, '{"schema":"patch');
    expect(await readCase(path)).toEqual({
      file,
      version: 2,
      recovered: { damaged: 'a.patchtrail.damaged' },
    });
    expect(await readFile(`${path}.damaged`, 'utf8')).toBe('{"schema":"patch');
    expect(await readCase(path)).toEqual({ file, version: 2, recovered: null });
  });

  it('that is damaged with no version before is kept aside, each time under a new name', async () => {
    const folder = await newFolder();
    const path = join(folder, 'a.patchtrail');
    for (const kept of ['a.patchtrail.damaged', 'a.patchtrail.damaged-2']) {
      await writeFile(path, 'x');
      await expect(readCase(path)).rejects.toMatchObject({ code: 'case-damaged', detail: { kept } });
    }
    expect(await readdir(folder)).toHaveLength(2);
  });

  it('that is not there, or cannot be written, has its error', async () => {
    await expect(readCase('/nowhere/a.patchtrail')).rejects.toMatchObject({ code: 'not-found' });
    await expect(writeCase('/nowhere/a.patchtrail', file)).rejects.toMatchObject({
      code: 'not-writable',
      place: 'a.patchtrail',
      detail: { reason: 'ENOENT' },
    });
  });

  it('is worth writing only for what the analyst made', () => {
    expect(hasContent(emptyContent)).toBe(false);
    expect(hasContent({ ...emptyContent, view: { pane: 'log' } })).toBe(false);
    expect(hasContent(file.content)).toBe(true);
  });
});
