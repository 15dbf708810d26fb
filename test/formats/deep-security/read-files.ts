import { defaultLimits } from '../../../parsers/domain/limits.ts';
import { buildEvidence } from '../../../parsers/evidence/build-evidence.ts';
import type { Evidence } from '../../../parsers/evidence/evidence.ts';
import { ingestMember } from '../../../parsers/evidence/ingest.ts';
import type { MemberDraft } from '../../../parsers/evidence/member-draft.ts';
import { TextStore } from '../../../parsers/evidence/text-store.ts';
import { zoneOf } from '../../../parsers/evidence/zones.ts';
import { deepSecurity } from '../../../parsers/formats/deep-security/index.ts';
import { memberOf } from '../member-of.ts';

/** Files of a bundle by path; `modified` as the archive would state it. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

export interface ReadFiles {
  readonly evidence: Evidence;
  readonly drafts: readonly MemberDraft[];
  readonly draft: (path: string) => MemberDraft;
}

export interface ReadFilesOptions {
  /** `2025-05-13T10:00:00`: of every file. */
  readonly modified?: string;
  readonly zone?: string;
}

/** Reads files as the members of a bundle, with the Deep Security formats alone. */
export async function readFiles(files: Files, options: ReadFilesOptions = {}): Promise<ReadFiles> {
  const store = new TextStore(256 * 1024 * 1024, { folder: '/nonexistent', name: 'unused' });
  const drafts: MemberDraft[] = [];
  let index = 0;
  for (const [path, content] of Object.entries(files)) {
    const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
    await ingestMember(memberOf(index, path, bytes, options.modified ?? null), {
      store,
      limits: defaultLimits,
      formats: deepSecurity.formats,
      onDraft: (draft) => {
        drafts.push(draft);
      },
    });
    index += 1;
  }
  const { evidence } = buildEvidence(
    drafts,
    [deepSecurity],
    options.zone === undefined ? null : zoneOf(options.zone),
  );
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

/** A row of system events in the fewest words. */
export interface Row {
  /** `10:10:05` on 13 May 2025, or a whole stamp. */
  readonly at: string;
  readonly id: number | string;
  readonly event?: string;
  readonly level?: string;
  readonly origin?: string;
  readonly target?: string;
  readonly description?: string;
}

const names: Readonly<Record<string, string>> = {
  273: 'Security Update: Security Update Check and Download Requested',
  276: 'Security Update: Security Update Downloaded',
  784: 'Security Update: Security Update Successful',
  1600: 'Relay Group Update Requested',
  1601: 'Relay Group Update Success',
  2204: 'Security Update: Pattern Update on Agents/Appliances Successful',
  2205: 'Security Update: Pattern Update on Agents/Appliances Failed',
  2206: 'Security Update: Pattern Update on Agents/Appliances Skipped',
};

export const eventHeader =
  'Time,Level,Event ID,Event,Tag(s),Event Origin,Target,Action By,Manager,Description';
export const japaneseHeader = '時刻,レベル,イベントID,イベント,タグ,イベント送信元,対象,実行者,Manager,説明';

/** The rows as CSV, newest first as the manager writes them. */
export function eventsCsv(rows: readonly Row[], header: string | null = eventHeader): string {
  const lines = rows.map((row) =>
    [
      row.at.length > 8 ? row.at : `May 13, 2025 ${row.at}`,
      row.level ?? 'Info',
      String(row.id),
      row.event ?? names[String(row.id)] ?? 'Heartbeat',
      '',
      row.origin ?? 'Manager',
      row.target ?? '',
      'System',
      'dsm01',
      row.description ?? '',
    ]
      .map((cell) => (/[",\n]/u.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
      .join(','),
  );
  return [...(header === null ? [] : [header]), ...lines.toReversed(), ''].join('\n');
}

/** A row that concerns nothing: the file goes on until then. */
export function until(at: string): Row {
  return { at, id: 700, event: 'Heartbeat' };
}
