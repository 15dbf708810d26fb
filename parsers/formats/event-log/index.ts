/**
 * Windows event records in all their containers: EVTX files, exported XML, Event Viewer's CSV, the text
 * of wevtutil and Get-WinEvent. The folder belongs to no system: the ones whose events a log may hold
 * take its formats into their lists.
 */
import type { Format } from '../define-format.ts';
import { csvFormat } from './csv-format.ts';
import { evtxFormat } from './evtx-format.ts';
import type { LogKind } from './log-source.ts';
import { textFormat } from './text-format.ts';
import { xmlFormat } from './xml-format.ts';

export type { EventRecord } from './event-record.ts';
export { napValidators } from './facts.ts';

function formatsOf(kind: LogKind): readonly Format[] {
  return [evtxFormat(kind), xmlFormat(kind), csvFormat(kind), textFormat(kind)];
}

/** System, Security, Application, Setup and every other log: they count for Windows Update. */
export const windowsEventFormats = formatsOf({
  source: 'windows',
  system: 'windows-update',
  id: (container) => `event-log/${container}`,
});

/** NetworkAccessProtection and SystemHealthAgent logs of a client. */
export const napClientEventFormats = formatsOf({
  source: 'nap-client',
  system: 'nap',
  id: (container) => `nap/client-events-${container}`,
});

/** The Security log of a network policy server. */
export const napServerEventFormats = formatsOf({
  source: 'nap-policy-server',
  system: 'nap',
  id: (container) => `nap/policy-server-events-${container}`,
});
