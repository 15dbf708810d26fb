import { stampHead } from '../../text/stamp.ts';
import { defineLineFormat } from '../define-format.ts';
import type { Probe } from '../define-format.ts';
import { isText } from './paths.ts';

function isCollectorLog(probe: Probe): boolean {
  return (
    isText(probe) &&
    probe.name === 'results.txt' &&
    probe.lines.some((line) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ (?:INFO|WARNING|ERROR|VERBOSE) /u.test(line))
  );
}

/**
 * `results.txt` of the log collector: what it took and what it left out. A collection that grew too big
 * lacks files, so that a missing file says nothing; that is a warning.
 */
export const collectorLog = defineLineFormat({
  id: 'azure/collector-log',
  system: 'azure-update-manager',
  clock: 'device',
  recognise: isCollectorLog,
  heads: [stampHead("YYYY-MM-DDTHH:mm:ss'Z'", { name: 'waagent-collector', offset: 0 })],
  landmarks: ['Archive too big'],
  open: ({ harvest }) => ({
    record(record) {
      harvest.warning(record.line, 'archive-too-big', record.body.trim());
    },
  }),
  samples: [
    {
      line: '2026-11-22T07:50:01Z WARNING Archive too big, done with adding files.',
      local: '2026-11-22T07:50:01.000',
      offset: 0,
      level: 'warning',
    },
  ],
});
