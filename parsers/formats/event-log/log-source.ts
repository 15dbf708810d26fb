import type { FormatId, SystemId } from '../../domain/evidence.ts';
import type { Probe } from '../define-format.ts';

/** What a log is about, as far as its path and first bytes tell. */
export type LogSource = 'nap-client' | 'nap-policy-server' | 'windows';

/** Formats of one source: the system they count for, and the format id of each container. */
export interface LogKind {
  readonly source: LogSource;
  readonly system: SystemId;
  readonly id: (container: 'evtx' | 'xml' | 'csv' | 'text') => FormatId;
}

const clientWords = ['NetworkAccessProtection', 'SystemHealthAgent'];
/** Field names of 6276 to 6278, and what their descriptions begin with. */
const serverWords = [
  'QuarantineSystemHealthResult',
  'Network Policy Server',
  'ネットワーク ポリシー サーバー',
];

/** Told by the first 64 KiB: a log holds the records of one channel, and names its sources at once. */
export function logSource(probe: Probe): LogSource {
  if (mentions(probe, clientWords)) return 'nap-client';
  return mentions(probe, serverWords) ? 'nap-policy-server' : 'windows';
}

function mentions(probe: Probe, words: readonly string[]): boolean {
  if (probe.shape !== 'binary') return words.some((word) => probe.text.includes(word));
  const head = Buffer.from(probe.head.buffer, probe.head.byteOffset, probe.head.byteLength);
  return words.some((word) => head.includes(Buffer.from(word, 'utf16le')));
}
