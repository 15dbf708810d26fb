/** What of a tree or of groups is folded. Pure. */
import type { Fold } from '../../preload/contract/shapes.ts';

export const allOpen: Fold = { all: false, except: [] };
export const allFolded: Fold = { all: true, except: [] };

/** Folds what is open and opens what is folded. */
export function toggledFold({ all, except }: Fold, key: string): Fold {
  return { all, except: except.includes(key) ? except.filter((one) => one !== key) : [...except, key] };
}

export function isOpenIn({ all, except }: Fold, key: string): boolean {
  return all === except.includes(key);
}

/** Opens everything that leads to a member of the bundle: folders, and archives in archives (`!/`). */
export function openedTo(fold: Fold, path: string): Fold {
  const parents: string[] = [];
  let shown = '';
  for (const part of path.split('/').slice(0, -1)) {
    const name = part.endsWith('!') && part.length > 1 ? part.slice(0, -1) : part;
    parents.push(shown === '' ? name : `${shown}/${name}`);
    shown = shown === '' ? part : `${shown}/${part}`;
  }
  return parents.reduce((now, parent) => (isOpenIn(now, parent) ? now : toggledFold(now, parent)), fold);
}
