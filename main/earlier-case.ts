/** Finds the case of another version of a bundle, so that its notes stay readable and what differs can be told. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { hasContent, parseCase } from '../parsers/case/case-file.ts';
import type { CaseFile } from '../parsers/case/case-file.ts';
import { compareMembers } from '../parsers/case/member-list.ts';
import type { EarlierCase } from '../preload/contract/window.ts';
import type { BundleIdentityMessage } from '../preload/contract/worker.ts';
import type { CaseKeeper } from './case-keeper.ts';
import { peek } from './case-keeper.ts';
import type { CasePlaces } from './case-places.ts';

/**
 * The case that was opened and belongs to another bundle, else the case of what was at the bundle's path before. Null
 * when there is none, or when this bundle has notes of its own already.
 */
export async function earlierCase(
  keeper: CaseKeeper,
  bundle: BundleIdentityMessage,
  path: string | null,
  opened: string | null,
  places: CasePlaces,
): Promise<EarlierCase | null> {
  const led = opened === null ? null : await readAny(opened);
  if (led !== null && opened !== null && led.bundle.sha256 !== bundle.sha256) {
    return asEarlier(led, basename(opened), bundle);
  }
  if (path === null || hasContent(keeper.content)) return null;
  for (const sha256 of places.othersAt(path, bundle.sha256)) {
    const home = places.of(sha256).case;
    const kept =
      (home === null ? null : await peek(home, sha256)) ?? (await peek(places.ownPath(sha256), sha256));
    if (kept !== null && hasContent(kept.content)) {
      return asEarlier(kept, home === null ? kept.bundle.name : basename(home), bundle);
    }
  }
  return null;
}

function asEarlier(file: CaseFile, caseName: string, bundle: BundleIdentityMessage): EarlierCase {
  return {
    caseName,
    bundleName: file.bundle.name,
    content: file.content,
    difference: compareMembers(file.members, bundle.members),
  };
}

async function readAny(path: string): Promise<CaseFile | null> {
  try {
    return parseCase(await readFile(path, 'utf8'), basename(path));
  } catch {
    return null;
  }
}
