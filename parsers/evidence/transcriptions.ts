import type { Transcription } from '../domain/transcription.ts';
import { harvestTranscription } from '../formats/kace/transcribed-row.ts';
import { contextOf } from './ingest.ts';
import type { DraftList } from './draft-list.ts';

/**
 * The members with the rows that the analyst wrote down from their pictures. A picture that has such rows
 * is a source of its system from then on; the drafts themselves stay as they were read.
 */
export function withTranscriptions(drafts: DraftList, transcriptions: readonly Transcription[]): DraftList {
  if (transcriptions.length === 0) return drafts;
  const byMember = new Map<string, Transcription[]>();
  for (const transcription of transcriptions) {
    const known = byMember.get(transcription.member);
    if (known === undefined) byMember.set(transcription.member, [transcription]);
    else known.push(transcription);
  }
  return drafts.map((draft) => {
    const rows = byMember.get(draft.path);
    if (rows === undefined || draft.state !== 'image') return draft;
    const copy = draft.copy();
    copy.system = 'kace-sma';
    copy.rows = rows.length;
    for (const row of rows) harvestTranscription(row, contextOf(copy));
    return copy;
  });
}
