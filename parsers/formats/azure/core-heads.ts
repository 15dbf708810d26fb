import type { Level } from '../../domain/evidence.ts';
import type { LevelReader, LineHead } from '../../text/line-head.ts';
import { stampHead } from '../../text/stamp.ts';

const words: readonly (readonly [word: string, level: Level])[] = [
  ['ERROR:', 'error'],
  ['WARNING:', 'warning'],
  ['TELEMETRY_ERROR:', 'warning'],
  ['TELEMETRY_LOG:', 'debug'],
];

/** The core's own log module stumbles over a message: no error of the patching. */
const sanitizerNoise = 'ERROR:Error occurred while sanitizing credentials';

const afterStamp: LevelReader = (bytes, from, end) => {
  let start = from + 1;
  while (start < end && bytes[start] === 0x20) start += 1;
  for (const [word, level] of words) {
    if (!startsWith(bytes, start, end, word)) continue;
    return level === 'error' && startsWith(bytes, start, end, sanitizerNoise) ? 'debug' : level;
  }
  return 'info';
};

/**
 * `2026-11-22T07:44:23Z> text`, in UTC to the second. Lines of the levels DEBUG and VERBOSE carry no stamp and
 * were written at the time of the one above.
 */
export const coreHeads: readonly LineHead[] = [
  // The stamp ends before its `>`, which is no part of the time.
  stampHead("YYYY-MM-DDTHH:mm:ss'Z'", { name: 'azure-core', offset: 0, level: afterStamp, followedBy: '>' }),
  unstamped('\tDEBUG: ', 'debug'),
  unstamped('\tVERBOSE: ', 'trace'),
  unstamped('<End of output>', 'none'),
  unstamped('<Log file was closed.>', 'none'),
];

function unstamped(start: string, level: Level): LineHead {
  return {
    name: 'azure-core',
    yearless: false,
    inherits: true,
    read(bytes, from, end, out) {
      if (!startsWith(bytes, from, end, start)) return false;
      out.local = Number.NaN;
      out.offset = Number.NaN;
      out.precision = 'second';
      out.level = level;
      out.body = start.length;
      return true;
    },
  };
}

function startsWith(bytes: Uint8Array, from: number, end: number, text: string): boolean {
  if (from + text.length > end) return false;
  for (let at = 0; at < text.length; at += 1) if (bytes[from + at] !== text.charCodeAt(at)) return false;
  return true;
}
