/** The list of a bundle's members that a case keeps, to tell later which of them another version changed. */

/** Beyond so many a case keeps none: it is written with every save. */
export const mostListed = 20_000;

export interface ListedMember {
  readonly path: string;
  readonly sha256: string | null;
}

/** `<SHA-256>␠␠<path>` for each, `-` without a hash; null when there are too many. */
export function memberLines(members: readonly ListedMember[]): string[] | null {
  if (members.length > mostListed) return null;
  return members.map(({ path, sha256 }) => `${sha256 ?? '-'}  ${path}`);
}

/** Paths, sorted by code unit. */
export interface MemberDifference {
  readonly changed: string[];
  readonly added: string[];
  readonly removed: string[];
}

/** What differs between two lists; null where one of them is not known. */
export function compareMembers(
  before: readonly string[] | null,
  after: readonly string[] | null,
): MemberDifference | null {
  if (before === null || after === null) return null;
  const [then, now] = [byPath(before), byPath(after)];
  const difference: MemberDifference = { changed: [], added: [], removed: [] };
  for (const [path, hash] of then) {
    const present = now.get(path);
    if (present === undefined) difference.removed.push(path);
    else if (present !== hash) difference.changed.push(path);
  }
  for (const path of now.keys()) if (!then.has(path)) difference.added.push(path);
  for (const list of [difference.changed, difference.added, difference.removed]) list.sort();
  return difference;
}

function byPath(lines: readonly string[]): Map<string, string> {
  return new Map(
    lines.flatMap((line) => {
      const at = line.indexOf('  ');
      return at < 0 ? [] : [[line.slice(at + 2), line.slice(0, at)] as const];
    }),
  );
}
