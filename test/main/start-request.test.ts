import { describe, expect, it } from 'vitest';
import { readStartRequest } from '../../main/start-request.ts';

const chromium = ['--inspect=0', '--no-sandbox', '--user-data-dir=/data'];

describe('readStartRequest', () => {
  it('opens a window on plain files, relative to the folder', () => {
    expect(readStartRequest([...chromium, 'case.zip', '/abs/x.patchtrail'], '/work')).toEqual({
      mode: 'window',
      files: ['/work/case.zip', '/abs/x.patchtrail'],
      screenshot: null,
    });
  });

  it('takes everything after -- for a file', () => {
    const request = readStartRequest(['--', '-odd.zip', '--version.zip'], '/work');
    expect(request).toMatchObject({ files: ['/work/-odd.zip', '/work/--version.zip'] });
  });

  it.each(['analyze', 'lines', 'members', 'rules', 'code', 'verify', 'redact', 'diff', 'fleet'])(
    'answers the command line for %s',
    (word) => {
      const words = [word, 'x.zip', '--json', '-'];
      expect(readStartRequest([...chromium, ...words], '/work')).toEqual({ mode: 'command', words });
    },
  );

  it.each(['--help', '--version'])('answers the command line for %s', (word) => {
    expect(readStartRequest([...chromium, word], '/work')).toEqual({ mode: 'command', words: [word] });
  });

  it('does not take a file that merely is called like a command for one', () => {
    expect(readStartRequest(['./lines'], '/work')).toMatchObject({ mode: 'window', files: ['/work/lines'] });
    expect(readStartRequest(['x.zip', 'lines'], '/work')).toMatchObject({ mode: 'window' });
  });

  it('prints on request', () => {
    expect(readStartRequest(['--patchtrail-print=job.json'], '/work')).toEqual({
      mode: 'print',
      request: '/work/job.json',
    });
  });

  it('takes a picture, of a size when one is given and makes sense', () => {
    const words = ['--patchtrail-screenshot=a.png', 'x.zip'];
    const of = (size: string): unknown =>
      readStartRequest([...words, `--patchtrail-screenshot-size=${size}`], '/work');
    expect(of('1440x900')).toMatchObject({
      screenshot: { path: '/work/a.png', size: { width: 1440, height: 900 } },
      files: ['/work/x.zip'],
    });
    expect(of('99999x1')).toMatchObject({ screenshot: { size: null } });
  });
});
