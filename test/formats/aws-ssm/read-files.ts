import { defaultLimits } from '../../../parsers/domain/limits.ts';
import { buildEvidence } from '../../../parsers/evidence/build-evidence.ts';
import type { Evidence } from '../../../parsers/evidence/evidence.ts';
import { ingestMember } from '../../../parsers/evidence/ingest.ts';
import type { MemberDraft } from '../../../parsers/evidence/member-draft.ts';
import { TextStore } from '../../../parsers/evidence/text-store.ts';
import { formats, systems } from '../../../parsers/formats/registry.ts';
import { memberOf } from '../member-of.ts';

/** Files of a bundle by path; what is no text and no bytes becomes JSON as the command line prints it. */
export type Files = Readonly<Record<string, unknown>>;

export interface ReadFiles {
  readonly evidence: Evidence;
  readonly drafts: readonly MemberDraft[];
  readonly draft: (path: string) => MemberDraft;
}

/** Reads files as the members of a bundle, with the formats of every system. */
export async function readFiles(files: Files): Promise<ReadFiles> {
  const store = new TextStore(256 * 1024 * 1024, { folder: '/nonexistent', name: 'unused' });
  const drafts: MemberDraft[] = [];
  let index = 0;
  for (const [path, content] of Object.entries(files)) {
    const bytes =
      content instanceof Uint8Array
        ? content
        : Buffer.from(typeof content === 'string' ? content : json(content), 'utf8');
    await ingestMember(memberOf(index, path, bytes, null, 1024), {
      store,
      limits: defaultLimits,
      formats,
      onDraft: (draft) => {
        drafts.push(draft);
      },
    });
    index += 1;
  }
  const { evidence } = buildEvidence(drafts, systems, null);
  return {
    evidence,
    drafts,
    draft: (path) => {
      const draft = drafts.find((one) => one.path === path);
      if (draft === undefined) throw new Error(`no member ${path}`);
      return draft;
    },
  };
}

/** JSON as the command line interface prints it. */
export function json(value: unknown): string {
  return `${JSON.stringify(value, null, 4)}\n`;
}
