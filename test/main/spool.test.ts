import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createSpool, removeSpool, sweepSpools } from '../../main/spool.ts';
import { temporaryFolders } from './temporary-folder.ts';

const newFolder = temporaryFolders();

describe('the spool', () => {
  it('is a folder for the user alone, with a name of its own', async () => {
    const temporary = await newFolder();
    const [one, two] = [createSpool(temporary), createSpool(temporary)];
    expect(one).not.toBe(two);
    expect(basename(one)).toMatch(new RegExp(`^patchtrail-spool-${process.pid}-[0-9a-f]{32}$`, 'u'));
    if (process.platform !== 'win32') expect((await stat(one)).mode & 0o777).toBe(0o700);
  });

  it('is swept when its process is gone, with what is in it', async () => {
    const temporary = await newFolder();
    const gone = createSpool(temporary, 111);
    const alive = createSpool(temporary, 222);
    await writeFile(join(gone, 'text'), 'x');
    expect(await sweepSpools(temporary, (pid) => pid === 222)).toEqual([basename(gone)]);
    expect(await readdir(temporary)).toEqual([basename(alive)]);
  });

  it('is removed at the end, also when something is written into it meanwhile', async () => {
    const temporary = await newFolder();
    const folder = createSpool(temporary);
    let attempts = 0;
    removeSpool(folder, (path) => {
      attempts += 1;
      // As the system answers when a thread of Chromium was faster.
      if (attempts === 1) {
        writeFileSync(join(path, 'late'), 'x');
        throw Object.assign(new Error('ENOTEMPTY: directory not empty'), { code: 'ENOTEMPTY' });
      }
      rmSync(path, { recursive: true });
    });
    expect(attempts).toBe(2);
    expect(existsSync(folder)).toBe(false);

    const full = createSpool(temporary);
    await mkdir(join(full, 'chromium'));
    await writeFile(join(full, 'chromium', 'Preferences'), '{}');
    removeSpool(full);
    expect(await readdir(temporary)).toEqual([]);
  });

  it('that cannot be removed is left for the next start without an error', () => {
    let attempts = 0;
    removeSpool('/nowhere', () => {
      attempts += 1;
      throw new Error('EBUSY: resource busy');
    });
    expect(attempts).toBeGreaterThan(1);
    expect(attempts).toBeLessThan(100);
  });

  it('keeps that of a running process', async () => {
    const temporary = await newFolder();
    createSpool(temporary);
    expect(await sweepSpools(temporary)).toEqual([]);
  });

  it('leaves alone what only looks like one', async () => {
    const temporary = await newFolder();
    const random = 'a'.repeat(32);
    await mkdir(join(temporary, 'patchtrail-spool-111-short'));
    await mkdir(join(temporary, `other-spool-111-${random}`));
    await writeFile(join(temporary, `patchtrail-spool-111-${random}`), 'a file');
    const target = join(temporary, 'target');
    await mkdir(target);
    await writeFile(join(target, 'precious'), 'x');
    await symlink(target, join(temporary, `patchtrail-spool-112-${random}`));
    expect(await sweepSpools(temporary, () => false)).toEqual([]);
    expect(await readdir(target)).toEqual(['precious']);
    expect(await readdir(temporary)).toHaveLength(5);
  });

  it('does not mind a folder that is not there', async () => {
    expect(await sweepSpools('/nowhere/at/all')).toEqual([]);
  });
});
