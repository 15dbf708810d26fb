import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';

/**
 * Whether what is written there would be the bundle itself, under whatever name, or stand within its folder: a bundle is
 * never changed. Links are followed as far as there is something; two names of one file are told by its number.
 */
export async function liesInBundle(bundle: string, out: string): Promise<boolean> {
  const source = await realpath(bundle).catch(() => resolve(bundle));
  const folder = await realpath(dirname(resolve(out))).catch(() => dirname(resolve(out)));
  const target = await realpath(out).catch(() => join(folder, basename(out)));
  const isSame = await Promise.all([stat(source), stat(target)]).then(
    ([a, b]) => a.ino === b.ino && a.dev === b.dev && a.ino !== 0,
    () => false,
  );
  return isSame || target === source || target.startsWith(source.endsWith(sep) ? source : source + sep);
}
