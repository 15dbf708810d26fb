import type { BundleMember } from '../../../parsers/archive/member.ts';
import { defaultLimits } from '../../../parsers/domain/limits.ts';
import { buildEvidence } from '../../../parsers/evidence/build-evidence.ts';
import type { Evidence } from '../../../parsers/evidence/evidence.ts';
import { ingestMember } from '../../../parsers/evidence/ingest.ts';
import type { MemberDraft } from '../../../parsers/evidence/member-draft.ts';
import { TextStore } from '../../../parsers/evidence/text-store.ts';
import { formats, systems } from '../../../parsers/formats/registry.ts';

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
    await ingestMember(memberOf(index, path, bytes), {
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

function memberOf(index: number, path: string, bytes: Uint8Array): BundleMember {
  return {
    index,
    path,
    plainPath: path,
    depth: 0,
    role: 'file',
    linkTarget: null,
    declaredBytes: bytes.length,
    modified: null,
    head: () => Promise.resolve(bytes.subarray(0, 64 * 1024)),
    async *chunks() {
      await Promise.resolve();
      // Small pieces: values lie across their borders.
      for (let at = 0; at < bytes.length; at += 1024) yield bytes.subarray(at, at + 1024);
    },
    outcome: () => ({ state: 'complete', reason: null, bytes: bytes.length, sha256: '0'.repeat(64) }),
  };
}
