/** The text of a line of a file, however the file is laid out. */
import { createContext, useContext } from 'react';
import type { LineRow } from '../../preload/contract/shapes.ts';
import { FoldedLines, TextCell } from './log.tsx';

/** A line of the file; of a folded record its first one, with how many follow. */
export interface FileRow extends LineRow {
  readonly more?: number;
}

/** Opens the folded record of a line. */
export const OpenRecordContext = createContext<(line: number) => void>(() => undefined);

/** The text of a line, with what is folded below it. */
export function FileText({ row }: { readonly row: FileRow }) {
  const openRecord = useContext(OpenRecordContext);
  const more = row.more ?? 0;
  return (
    <>
      <TextCell data={{ ...row, continues: false, at: null }} />
      {more === 0 ? null : <FoldedLines more={more} onOpen={() => openRecord(row.line)} />}
    </>
  );
}
