/** Event log files of Windows Vista and later (MS-EVEN6 2.2.12; the container as Microsoft's files show it). */
export { EvtxStream, isEvtx, readEvtx } from './evtx-stream.ts';
export { filetimeToMilliseconds } from './filetime.ts';
export type {
  EventAttribute,
  EventElement,
  EvtxHandler,
  EvtxNote,
  EvtxNoteCode,
  EvtxRecord,
  EvtxSummary,
} from './model.ts';
