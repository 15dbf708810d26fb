import type { Harvest, MemberContext } from '../define-format.ts';
import { regionText, transcribedFields } from '../../domain/transcription.ts';
import type { TranscribedCells, Transcription } from '../../domain/transcription.ts';
import type { Table } from '../../text/table.ts';
import { harvestRows, matchPatchTable } from './read-rows.ts';

const headers: Readonly<Record<keyof TranscribedCells, string>> = {
  device: 'Machine Name',
  patch: 'Patch Name',
  detectionStatus: 'Detect Status',
  detectionDate: 'Detect Date',
  deployStatus: 'Deploy Status',
  deployDate: 'Deploy Date',
  exitCode: 'Deploy Exit Code',
  attempts: 'Deploy Attempts',
};

/**
 * Reads a row that the analyst wrote down from a picture as a row of a page would be read: a field that
 * was left blank is one that the picture does not show.
 */
export function harvestTranscription(transcription: Transcription, member: MemberContext): void {
  const fields = transcribedFields.filter(
    (field) => transcription.cells[field].trim() !== '' || field === 'detectionStatus',
  );
  const table: Table = {
    headers: fields.map((field) => headers[field]),
    headerLine: 1,
    rows: [{ line: 1, row: 1, cells: fields.map((field) => transcription.cells[field].trim()) }],
    title: null,
  };
  const columns = matchPatchTable(table, 1);
  if (columns === null) return;
  const quote = regionText(transcription.region);
  const harvest: Harvest = {
    ...member.harvest,
    // A picture has no lines.
    warning: (_line, code, text) => {
      member.harvest.warning(null, code, text);
    },
  };
  const context = {
    ...member,
    harvest,
    shape: 'image' as const,
    cite: () => member.cite(null, quote),
    citeRow: () => member.cite(null, quote),
  };
  harvestRows(context, table, columns, { source: 'analyst', device: null, patch: null, capturedAt: null });
}
