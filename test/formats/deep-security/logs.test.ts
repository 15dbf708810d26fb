import { describe, expect, it } from 'vitest';
import { readMoment } from '../../../parsers/evidence/line-reader.ts';
import type { LineFormat } from '../../../parsers/formats/define-format.ts';
import { deepSecurity } from '../../../parsers/formats/deep-security/index.ts';
import { findPaths, findStatuses, unpackStatus } from '../../../parsers/formats/deep-security/statuses.ts';
import { readFiles } from './read-files.ts';

const tmu = (...lines: string[]): string => lines.map((line) => `${line}\r\r\n`).join('');
const blanks = ' '.repeat(31);

describe('the samples', () => {
  const formats = deepSecurity.formats.filter((format): format is LineFormat => format.form === 'lines');
  it.each(formats.flatMap((format) => format.samples.map((sample) => [format.id, format, sample] as const)))(
    '%s reads its own',
    (_id, format, sample) => {
      const read = readMoment(format.heads, Buffer.from(sample.line), 'device', '');
      expect(read === null ? null : new Date(read.at.local).toISOString().slice(0, 23)).toBe(sample.local);
      if (sample.offset !== undefined) expect(read?.at.offset).toBe(sample.offset);
      if (sample.level !== undefined) expect(read?.level).toBe(sample.level);
    },
  );
});

describe('TmuDump.txt', () => {
  it('reads four dialects, with the precision that each has', async () => {
    const { evidence, draft } = await readFiles({
      'iAU/TmuDump.txt': tmu('Inf 20250323 12:08:45 5088 1196 HttpsConnection: Successful: HTTP 200 OK'),
      'AMSP_7/TmuDump.txt': tmu('Inf 2024-12-10 23:02:3 4792 704 TmDownloader: Succeeded getting the file'),
      'guide/TmuDump.txt': tmu('Inf 20140528 06:39:39 2272 1592 TmDownloader: Succeeded getting the file'),
      'old/TmuDump.txt':
        'Info: Tue May 15 14:52:49 2007 P[7991] T[-1324737616]\nTmDownloader: Succeeded getting the file\n',
    });
    expect(draft('iAU/TmuDump.txt')).toMatchObject({ kind: 'deep-security/tmudump', state: 'parsed' });
    expect(draft('AMSP_7/TmuDump.txt').kind).toBe('deep-security/amsp-logs');
    expect(draft('old/TmuDump.txt').kind).toBe('deep-security/tmudump');
    const steps = evidence.events('deep-security/step').map(({ at }) => [at?.raw, at?.precision]);
    expect(steps).toEqual([
      ['2024-12-10 23:02:3', 'ten-seconds'],
      ['20140528 06:39:39', 'second'],
      ['Tue May 15 14:52:49 2007', 'second'],
    ]);
    expect(evidence.events('deep-security/connection')[0]?.at?.raw).toBe('20250323 12:08:45');
  });

  it('counts lines that end in two returns once, and takes headers to the line above', async () => {
    const { draft } = await readFiles({
      'TmuDump.txt': tmu(
        'Inf 20250323 12:08:45 5088 1196 HttpsConnection: Successful: HTTP 200 OK',
        `${blanks}Date: Sun, 23 Mar 2025 11:08:45 GMT`,
        `${blanks}Content-Length: 12`,
        'Err 20250323 12:08:46 5088 1196 FNFCIOPEN result = 2',
      ),
    });
    expect(draft('TmuDump.txt').lines).toMatchObject({ count: 4, timed: 2 });
    expect(draft('TmuDump.txt').zone).toMatchObject({
      offset: 60,
      samples: 1,
      fact: { citation: { line: 2 } },
    });
  });

  it('infers no offset where the headers contradict each other', async () => {
    const pair = (date: string, time: string, gmt: string): string[] => [
      `Inf ${date} ${time} 1 2 HttpsConnection: Successful: HTTP 200 OK`,
      `${blanks}Date: ${gmt} GMT`,
    ];
    const { draft } = await readFiles({
      'TmuDump.txt': tmu(
        ...pair('20250329', '12:00:00', 'Sat, 29 Mar 2025 11:00:00'),
        ...pair('20250331', '12:00:00', 'Mon, 31 Mar 2025 10:00:00'),
      ),
    });
    expect(draft('TmuDump.txt').zone).toBeNull();
    expect(draft('TmuDump.txt').warnings.map((warning) => warning.code)).toEqual(['offsets-disagree']);
  });

  it('leaves out headers of old answers', async () => {
    const { draft } = await readFiles({
      'TmuDump.txt': tmu(
        'Inf 20250323 12:08:45 5088 1196 HttpsConnection: Successful: HTTP 200 OK',
        `${blanks}Date: Sun, 23 Mar 2025 10:31:09 GMT`,
      ),
    });
    expect(draft('TmuDump.txt').zone).toBeNull();
  });

  it('warns of a stamp that no clock shows and keeps the rest', async () => {
    const { draft, evidence } = await readFiles({
      'TmuDump.txt': tmu(
        'Inf 20251323 12:08:45 1 2 HttpsConnection: Successful: HTTP 200 OK',
        'Inf 20250323 12:08:45 1 2 TmDownloader: Succeeded getting the file',
      ),
    });
    expect(draft('TmuDump.txt').warnings).toMatchObject([{ line: 1, code: 'bad-date' }]);
    expect(evidence.events('deep-security/step')).toHaveLength(1);
  });

  it('knows no more than the minute of a lost digit that cannot be', async () => {
    const { evidence } = await readFiles({
      'AMSP/debug/7/TmuDump.txt': tmu('Inf 2024-12-10 23:02:7 1 2 TmDownloader: Succeeded getting the file'),
    });
    expect(evidence.events('deep-security/step')[0]?.at?.precision).toBe('minute');
  });

  it('rejects other texts', async () => {
    const { draft } = await readFiles({
      'TmuDump.txt': 'Information about TmuDump\n',
      'x.txt': 'Info: nothing\n',
    });
    expect(draft('TmuDump.txt').state).toBe('text');
    expect(draft('x.txt').state).toBe('text');
  });

  it('tells repeated downloads once with their number', async () => {
    const line = (second: number): string =>
      `Inf 20250323 12:08:${String(second).padStart(2, '0')} 1 2 TmDownloader: Succeeded getting the file`;
    const { evidence } = await readFiles({
      'TmuDump.txt': tmu(
        ...Array.from({ length: 50 }, (_, second) => line(second)),
        'Inf 20250323 14:00:00 1 2 TmDownloader: Succeeded getting the file',
      ),
    });
    expect(evidence.events('deep-security/step').map((event) => event.detail.count)).toEqual([50, 1]);
  });
});

describe('iau.log and iaurelay.log', () => {
  const head =
    '[2014-May-28 06:39:41 4467|1085278544] [err] Install [src/common/src/remote_package.cpp(199)]';

  it('reads records over several lines and counts damaged heads', async () => {
    const log = [
      head,
      'message',
      'IAU_STATUS_FILE_EXISTS[-1073610747(3,2,5)]',
      '[2014-May-99 broken',
      '[2014-May-28 06:40:00 1|2] [app] CheckLicense [a.cpp(1)]',
      'License check succeeded',
      '',
    ];
    const { draft, evidence } = await readFiles({ 'iaulogs/iau.log': log.join('\n') });
    expect(draft('iaulogs/iau.log')).toMatchObject({ kind: 'deep-security/iau-log', warningCount: 1 });
    expect(evidence.events('deep-security/status')[0]).toMatchObject({
      citation: { line: 3, quote: 'IAU_STATUS_FILE_EXISTS[-1073610747(3,2,5)]' },
      at: { raw: '2014-May-28 06:39:41', offset: null, clock: 'device' },
    });
    expect(evidence.events('deep-security/step')[0]?.detail).toMatchObject({
      step: 'licence-check',
      outcome: 'succeeded',
    });
  });

  it('knows a relay by its log and by its folder', async () => {
    const { draft, evidence } = await readFiles({
      'a/iaurelay.log': `${head}\n`,
      'Deep Security Relay/lib/iaulogs/iau.log': `${head}\n`,
    });
    expect(draft('a/iaurelay.log').kind).toBe('deep-security/iaurelay-log');
    expect(evidence.facts('deep-security/relay').map((fact) => fact.value.sign)).toEqual(['log', 'path']);
  });

  it('rejects a file of that name without its heads', async () => {
    const { draft } = await readFiles({ 'iau.log': 'nothing of the kind\n' });
    expect(draft('iau.log').state).toBe('text');
  });
});

describe('statuses', () => {
  it('unpacks severity, category and detail', () => {
    expect(unpackStatus(-1073610747)).toEqual({ severity: 3, category: 2, detail: 5 });
    expect(unpackStatus(-18)).toBeNull();
  });

  it('finds bare symbols with and without a number, and no success', () => {
    expect(findStatuses('IAURELAY_STATUS_NOT_AVAILABLE(-18)')[0]?.status).toMatchObject({
      code: -18,
      severity: null,
    });
    expect(findStatuses('Error code: -24\nIAURELAY_STATUS_X')[0]?.status.code).toBe(-24);
    expect(findStatuses('IAU_STATUS_OK')).toEqual([]);
  });

  it('finds named and quoted paths', () => {
    expect(findPaths('Path1: C:\\a b\\c.ptn\nPath2: "D:\\x.ptn"')).toEqual({
      path1: 'C:\\a b\\c.ptn',
      path2: 'D:\\x.ptn',
    });
    expect(findPaths('no path')).toEqual({ path1: null, path2: null });
  });
});

describe('ds_agent.log', () => {
  const line = (level: string, text: string): string =>
    `2025-07-26 14:34:47.505346 [+0100]: [${level}] | ${text} | dsa/ConnectionHandler.lua:1577:LogDsmCommand | 480C:27DC:x`;

  it('reads the stated offset and the request of an update', async () => {
    const log = [
      line('Cmd/5', 'Received command GetEvents'),
      line('Cmd/5', 'Received command SecurityUpdate'),
      '2025-13-01 broken',
      '',
    ];
    const { draft, evidence } = await readFiles({ 'Agent/logs/ds_agent-1.log': log.join('\n') });
    expect(draft('Agent/logs/ds_agent-1.log')).toMatchObject({
      kind: 'deep-security/agent-log',
      warningCount: 1,
    });
    expect(evidence.events('deep-security/step')).toMatchObject([
      {
        detail: { step: 'request' },
        at: { offset: 60, offsetSource: 'stated', raw: '2025-07-26 14:34:47.505346 [+0100]' },
        citation: { line: 2 },
      },
    ]);
  });

  it('tells a debug log apart, and rejects others', async () => {
    const { draft } = await readFiles({
      'ds_agent.log': `${line('Debug/7', 'x')}\n`,
      'logs/ds_agent.log': 'other\n',
    });
    expect(draft('ds_agent.log').kind).toBe('deep-security/debug-log');
    expect(draft('logs/ds_agent.log').state).toBe('text');
  });
});
