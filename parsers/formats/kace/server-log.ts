import { defineLineFormat } from '../define-format.ts';
import { isLogText, isServerPath } from './agent-log.ts';
import { serverHeads } from './log-heads.ts';
import { startsLike } from './log-probe.ts';

/** A log archive of the appliance, by its usual names: `kace_logs.tgz!/…`, `k1000_logs_20240510.tgz!/…`. */
const logArchive = /(?:^|\/)(?:kace|k1000|kbox|sma)[\w.-]*log[\w.-]*\.(?:tgz|tar\.gz|tar|zip)!\//u;

/**
 * Logs of the appliance itself. Nothing public shows what its lines say, so they are timed, merged
 * and searched, and nothing is read from them.
 */
export const serverLog = defineLineFormat({
  id: 'kace/server-log',
  system: 'kace-sma',
  clock: 'sma',
  unverified: true,
  recognise: (probe) =>
    isLogText(probe) &&
    (isServerPath(probe.path) || logArchive.test(probe.path)) &&
    startsLike(probe, serverHeads, 1),
  heads: serverHeads,
  samples: [
    { line: '[2024-05-10.09:30:00][patching] schedule 12 started', local: '2024-05-10T09:30:00.000' },
    { line: '[10-May-2024 09:30:00 Asia/Tokyo] PHP Warning: x', local: '2024-05-10T09:30:00.000' },
    { line: '[Fri May 10 09:30:00.123456 2024] [error] x', local: '2024-05-10T09:30:00.123', level: 'error' },
    { line: '2024-05-10 09:30:00 ERROR x', local: '2024-05-10T09:30:00.000', level: 'error' },
  ],
});
