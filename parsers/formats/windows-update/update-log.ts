import type { Level } from '../../domain/evidence.ts';
import { stampHead } from '../../text/stamp.ts';
import { defineLineFormat } from '../define-format.ts';
import type { Probe } from '../define-format.ts';
import { UpdateLogReader } from './update-log-reader.ts';

const classicForm = /^\d{4}-\d\d-\d\d\s\d\d:\d\d:\d\d:\d{3}\s+\d+\s+[0-9a-f]+\s+[A-Za-z]/u;
const convertedForm = /^\d{4}[/-]\d\d[/-]\d\d \d\d:\d\d:\d\d\.\d{7}\s+\d+\s+\d+\s+\S/u;

/** The severity stands inside the text, in capitals with a colon; other words of the text are none. */
const levelsByMark = {
  'WARNING:': 'warning',
  'FATAL:': 'fatal',
  'ERROR:': 'error',
  'CRITICAL:': 'fatal',
  '*FAILED*': 'warning',
} as const satisfies Readonly<Record<string, Level>>;

const levelByMark = { level: levelOf, levelMarks: Object.keys(levelsByMark) };

/** So many lines say it alone; with the name one is enough. */
const fewestLines = 3;

/**
 * WindowsUpdate.log, the classic one of Windows XP to 8.1 (tabs, milliseconds behind a colon) and the one
 * that Get-WindowsUpdateLog converts on Windows 10 and later. Both are in local time; only the classic
 * one tells its zone.
 */
export const updateLog = defineLineFormat({
  id: 'windows-update/log',
  system: 'windows-update',
  clock: 'device',
  recognise: isUpdateLog,
  heads: [
    stampHead('YYYY-MM-DD~HH:mm:ss:fff', { name: 'windows-update-classic', ...levelByMark }),
    stampHead('YYYY/MM/DD HH:mm:ss.fff', { name: 'windows-update-converted', ...levelByMark }),
    stampHead('YYYY-MM-DD HH:mm:ss.fff', { name: 'windows-update-converted', ...levelByMark }),
  ],
  landmarks: [
    'WARNING:',
    'FATAL:',
    'ERROR:',
    'CRITICAL:',
    '*FAILED*',
    'Exit code',
    'Call error code',
    'failed = ',
    'LogHistory',
    'REPORT EVENT',
    'Logging initialized',
    'WSUS server:',
    'Title = ',
    'UpdateId = ',
    'UpdateID = ',
    'Added update',
    'Updates found',
    'Criteria = ',
    ' START ',
    ' END ',
  ],
  open: (context) => new UpdateLogReader(context),
  samples: [
    {
      line: '2016-10-19\t14:24:02:653\t8904\t1834\tHandler\tFATAL: Completed install of CBS update with type=0, requiresReboot=0, installerError=1, hr=0x800736b3',
      local: '2016-10-19T14:24:02.653',
      level: 'fatal',
    },
    {
      line: '2024/05/10 09:30:00.1234567 1128  3588  Agent           * END * Finding updates CallerId = UpdateOrchestrator, Id = 5, Exit code = 0x00000000',
      local: '2024-05-10T09:30:00.123',
      level: 'none',
    },
    {
      line: '2024-05-10 09:30:00.1234567 1128  3588  WebServices     *FAILED* [80072EE2] Send request',
      local: '2024-05-10T09:30:00.123',
      level: 'warning',
    },
  ],
});

function isUpdateLog({ shape, name, lines }: Probe): boolean {
  if (shape === 'binary') return false;
  const wanted = name.includes('windowsupdate') ? 1 : fewestLines;
  let count = 0;
  for (const line of lines.slice(0, 200)) {
    if (classicForm.test(line) || convertedForm.test(line)) count += 1;
    if (count >= wanted) return true;
  }
  return false;
}

/** How far behind the stamp a severity stands: pid, tid, component and marks lie between. */
const levelReach = 96;

type LevelMark = readonly [mark: Uint8Array, level: Level];

const levelMarks = Object.entries(levelsByMark).map(([mark, level]): LevelMark => [
  Buffer.from(mark, 'latin1'),
  level,
]);

/** By byte: one more than the place of the mark that starts with it; 0 where none does. No two start alike. */
const markFrom = new Uint8Array(256);
levelMarks.forEach(([mark], place) => {
  markFrom[mark[0] as number] = place + 1;
});

function levelOf(bytes: Uint8Array, from: number, end: number): Level {
  const stop = Math.min(end, from + levelReach);
  for (let at = from; at < stop; at += 1) {
    const place = markFrom[bytes[at] as number] as number;
    if (place === 0) continue;
    const [mark, level] = levelMarks[place - 1] as LevelMark;
    if (startsWith(bytes, at, end, mark)) return level;
  }
  return 'none';
}

function startsWith(bytes: Uint8Array, at: number, end: number, mark: Uint8Array): boolean {
  if (at + mark.length > end) return false;
  for (let index = 0; index < mark.length; index += 1) if (bytes[at + index] !== mark[index]) return false;
  return true;
}
