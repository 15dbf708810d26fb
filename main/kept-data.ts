/** What the application keeps in its folder between two runs: how much it is, and taking it away. */
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeptItem, KeptKind, RemovedKept } from '../preload/contract/window.ts';
import { systemCode } from './atomic-file.ts';
import { caseExtension } from './case-files.ts';

export const keptKinds: readonly KeptKind[] = ['cache', 'recent', 'settings', 'window', 'cases'];

/** How many files of each kind there are, and their bytes. A file that goes meanwhile is not counted. */
export async function keptData(userData: string): Promise<KeptItem[]> {
  const items: KeptItem[] = [];
  for (const what of keptKinds) {
    let [files, bytes] = [0, 0];
    for (const path of await filesOf(userData, what)) {
      const entry = await stat(join(userData, path)).catch(() => null);
      if (entry === null) continue;
      files += 1;
      bytes += entry.size;
    }
    items.push({ what, files, bytes });
  }
  return items;
}

/**
 * Removes the files of these kinds, each on its own: one that cannot be removed does not keep the others.
 * @param openCases SHA-256 of bundles whose cases are open, and stay
 */
export async function removeKeptData(
  userData: string,
  kinds: readonly KeptKind[],
  openCases: ReadonlySet<string>,
): Promise<RemovedKept> {
  const removed: { what: KeptKind; files: number }[] = [];
  const failed: { file: string; reason: string }[] = [];
  for (const what of keptKinds.filter((kind) => kinds.includes(kind))) {
    let files = 0;
    for (const path of await filesOf(userData, what)) {
      if (what === 'cases' && [...openCases].some((sha256) => path.includes(`${sha256}${caseExtension}`))) {
        failed.push({ file: path, reason: 'open' });
        continue;
      }
      try {
        await rm(join(userData, path));
        files += 1;
      } catch (error) {
        const reason = systemCode(error);
        if (reason === null) throw error;
        if (reason !== 'ENOENT') failed.push({ file: path, reason });
      }
    }
    removed.push({ what, files });
  }
  return { removed, failed };
}

/** Paths below the folder, with forward slashes. Folders within are nothing of the application's own. */
async function filesOf(userData: string, what: KeptKind): Promise<readonly string[]> {
  switch (what) {
    case 'cache':
      return namesIn(userData, 'remembered', () => true);
    case 'recent':
      return [
        ...(await namesIn(userData, '', (name) => name.startsWith('recent.json'))),
        ...(await namesIn(userData, 'cases', (name) => name.startsWith('places.json'))),
      ];
    case 'settings':
      return namesIn(userData, '', (name) => name.startsWith('settings.json'));
    case 'window':
      return namesIn(userData, '', (name) => name.startsWith('window.json'));
    case 'cases':
      return namesIn(userData, 'cases', (name) => !name.startsWith('places.json'));
  }
}

async function namesIn(
  userData: string,
  folder: string,
  isOwn: (name: string) => boolean,
): Promise<readonly string[]> {
  const entries = await readdir(join(userData, folder), { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => !entry.isDirectory() && isOwn(entry.name))
    .map(({ name }) => (folder === '' ? name : `${folder}/${name}`))
    .sort();
}
