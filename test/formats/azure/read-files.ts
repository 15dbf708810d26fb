import { defaultLimits } from '../../../parsers/domain/limits.ts';
import { buildEvidence } from '../../../parsers/evidence/build-evidence.ts';
import type { Evidence } from '../../../parsers/evidence/evidence.ts';
import { ingestMember } from '../../../parsers/evidence/ingest.ts';
import type { MemberDraft } from '../../../parsers/evidence/member-draft.ts';
import { TextStore } from '../../../parsers/evidence/text-store.ts';
import { azureSystem } from '../../../parsers/formats/azure/index.ts';
import { windowsUpdate } from '../../../parsers/formats/windows-update/index.ts';
import { memberOf } from '../member-of.ts';

export const azure = azureSystem(windowsUpdate.askFor);

/** Files of a bundle by path. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

export interface ReadFiles {
  readonly evidence: Evidence;
  readonly drafts: readonly MemberDraft[];
  readonly draft: (path: string) => MemberDraft;
}

/** Reads files as the members of a bundle, with the formats of Azure Update Manager and Windows Update. */
export async function readFiles(
  files: Files,
  options: { readonly modified?: string } = {},
): Promise<ReadFiles> {
  const store = new TextStore(256 * 1024 * 1024, { folder: '/nonexistent', name: 'unused' });
  const drafts: MemberDraft[] = [];
  let index = 0;
  for (const [path, content] of Object.entries(files)) {
    const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
    await ingestMember(memberOf(index, path, bytes, options.modified ?? null), {
      store,
      limits: defaultLimits,
      formats: [...azure.formats, ...windowsUpdate.formats],
      onDraft: (draft) => {
        drafts.push(draft);
      },
    });
    index += 1;
  }
  const { evidence } = buildEvidence(drafts, [azure, windowsUpdate], null);
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
