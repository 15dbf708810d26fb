import { execFileSync } from 'node:child_process';
import { appendFile, mkdir, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openBundle } from '../../parsers/archive/bundle.ts';
import { defaultLimits } from '../../parsers/domain/limits.ts';
import { temporaryFolder } from './builders/listing.ts';
import { buildZip } from './builders/zip.ts';
import { deterministicBytes } from './builders/bytes.ts';

interface Read {
  readonly outcomes: readonly string[];
  readonly bytes: readonly number[];
  readonly changed: boolean;
  readonly damaged: boolean;
}

/** Reads a bundle to its end; `meanwhile` happens after the first piece of its first member. */
async function readWhile(path: string, meanwhile: () => Promise<void>): Promise<Read> {
  const bundle = await openBundle(path, { limits: defaultLimits, spoolFolder: await temporaryFolder() });
  const outcomes: string[] = [];
  const bytes: number[] = [];
  let done = false;
  try {
    for await (const member of bundle.members()) {
      for await (const piece of member.chunks()) {
        expect(piece.length).toBeGreaterThan(0);
        if (!done) await meanwhile();
        done = true;
      }
      const { state, reason, bytes: read } = member.outcome();
      outcomes.push(`${member.path}: ${state}${reason === null ? '' : ` ${reason}`}`);
      bytes.push(read);
    }
    const { changed, damaged } = await bundle.identity();
    return { outcomes, bytes, changed, damaged };
  } finally {
    await bundle.close();
  }
}

const noise = deterministicBytes(3 * 1024 * 1024);

async function zipFile(): Promise<string> {
  const path = join(await temporaryFolder(), 'bundle.zip');
  const stored = (name: string) => ({ name, data: noise, method: 'stored' as const });
  await writeFile(path, buildZip([stored('a'), stored('b'), { name: 'c', data: noise }]));
  return path;
}

describe('a zip', () => {
  test('that is cut off gives what was there, and says so', async () => {
    const path = await zipFile();
    const read = await readWhile(path, () => truncate(path, 4 * 1024 * 1024));
    expect(read.outcomes).toEqual(['a: complete', 'b: damaged truncated', 'c: damaged bad-header']);
    expect(read.bytes[1]).toBeGreaterThan(512 * 1024);
    expect(read).toMatchObject({ changed: true, damaged: true });
  });

  test('that is emptied ends', async () => {
    const path = await zipFile();
    const read = await readWhile(path, () => truncate(path, 0));
    expect(read.outcomes).toHaveLength(3);
    expect(read.outcomes.every((outcome) => outcome.includes(': damaged '))).toBe(true);
    expect(read).toMatchObject({ changed: true, damaged: true });
  });

  test('that is overwritten in place is checked, and said to have changed', async () => {
    const path = await zipFile();
    const other = Buffer.alloc(noise.length * 3, 'other bytes ');
    const read = await readWhile(path, () => writeFile(path, other, { flag: 'r+' }));
    expect(read.outcomes).toHaveLength(3);
    expect(read.outcomes[2]).toMatch(/^c: damaged /u);
    expect(read.changed).toBe(true);
  });

  test('that another file takes the place of is read on as it was', async () => {
    const path = await zipFile();
    const read = await readWhile(path, async () => {
      await writeFile(`${path}.new`, 'another');
      await rename(`${path}.new`, path);
    });
    expect(read.outcomes).toEqual(['a: complete', 'b: complete', 'c: complete']);
    expect(read).toMatchObject({ changed: false, damaged: false });
  });

  test('that stays as it is has not changed', async () => {
    expect(await readWhile(await zipFile(), () => Promise.resolve())).toMatchObject({
      changed: false,
      damaged: false,
    });
  });
});

describe('a single log', () => {
  test.each([
    ['large', noise],
    ['small', noise.subarray(0, 700 * 1024)],
  ])('that is %s and grows is read as far as it went', async (_size, bytes) => {
    const path = join(await temporaryFolder(), 'x.log');
    await writeFile(path, bytes);
    const read = await readWhile(path, () => appendFile(path, 'more\n'));
    expect(read.bytes).toEqual([bytes.length]);
    expect(read.changed).toBe(true);
  });

  test('that is cut off is truncated', async () => {
    const path = join(await temporaryFolder(), 'x.log');
    await writeFile(path, Buffer.concat([noise, noise, noise, noise, noise, noise, noise, noise]));
    const read = await readWhile(path, () => truncate(path, 1024 * 1024));
    expect(read.outcomes).toEqual(['x.log: damaged truncated']);
    expect(read.changed).toBe(true);
  });
});

describe('a folder', () => {
  async function folder(): Promise<string> {
    const path = join(await temporaryFolder(), 'bundle');
    await mkdir(path);
    for (const name of ['a.log', 'b.log', 'c.log', 'd.log']) await writeFile(join(path, name), name);
    await writeFile(join(path, 'e.log'), noise);
    return path;
  }

  test('with logs that are written, cut off, removed and made longer', async () => {
    const path = await folder();
    const read = await readWhile(path, async () => {
      await appendFile(join(path, 'b.log'), ' and more');
      await truncate(join(path, 'c.log'), 2);
      await rm(join(path, 'd.log'));
      await appendFile(join(path, 'e.log'), 'more');
    });
    expect(read.outcomes).toEqual([
      'a.log: complete',
      'b.log: damaged changed-while-read',
      'c.log: damaged truncated',
      'd.log: damaged not-readable',
      'e.log: damaged changed-while-read',
    ]);
    expect(read.bytes).toEqual([5, 5, 2, 0, noise.length]);
    expect(read.changed).toBe(true);
  });

  if (process.platform !== 'win32') {
    test('with a log that becomes a pipe, a link or a folder waits for none and follows none', async () => {
      const path = await folder();
      const read = await readWhile(path, async () => {
        for (const name of ['b.log', 'c.log', 'd.log']) await rm(join(path, name));
        execFileSync('mkfifo', [join(path, 'b.log')]);
        await symlink('e.log', join(path, 'c.log'));
        await mkdir(join(path, 'd.log'));
      });
      expect(read.outcomes).toEqual([
        'a.log: complete',
        'b.log: damaged not-readable',
        'c.log: damaged not-readable',
        'd.log: damaged not-readable',
        'e.log: complete',
      ]);
    });
  }
});
