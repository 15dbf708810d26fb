/**
 * From older versions of the case file to the present one: a chain of small functions over plain JSON, one for each
 * step. A step fills in what its version did not know and leaves everything else, damage included, as it stands;
 * whether the outcome is whole is for the schema to say.
 */

export const caseVersion = 2;

type Json = Readonly<Record<string, unknown>>;
type Migration = (file: Json) => Json;

/** What leads from the version that is the key to the one after it. */
const migrations: Readonly<Record<number, Migration>> = {
  1: linkedNotesAndMutes,
};

/** @returns the file as one of {@link caseVersion}; a file of that version or a later one as it is */
export function migrated(file: unknown, version: number): unknown {
  let now = file;
  for (let at = version; at < caseVersion; at += 1) {
    const migration = migrations[at];
    if (migration === undefined || !isObject(now)) return now;
    now = migration(now);
  }
  return now;
}

/** Version 2: notes are linked, bookmarks know rows, findings and rules can be muted, members are remembered. */
function linkedNotesAndMutes(file: Json): Json {
  return {
    ...file,
    schema: 'patchtrail.case/2',
    members: null,
    ...within(file, 'content', (content) => ({
      transcriptions: [],
      ...content,
      mutes: [],
      ...each(content, 'annotations', (annotation) => ({ ...annotation, links: [] })),
      ...each(content, 'bookmarks', (bookmark) => ({ ...bookmark, row: null, pointer: null })),
    })),
  };
}

function within(parent: Json, key: string, change: (part: Json) => Json): Json {
  const part = parent[key];
  return isObject(part) ? { [key]: change(part) } : {};
}

function each(parent: Json, key: string, change: (part: Json) => Json): Json {
  const list = parent[key];
  if (!Array.isArray(list)) return {};
  return { [key]: list.map((one: unknown) => (isObject(one) ? change(one) : one)) };
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
