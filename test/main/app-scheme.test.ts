import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  assetPath,
  isOwn,
  reportHandler,
  reportPolicy,
  windowHandler,
  windowPolicy,
} from '../../main/app-scheme.ts';
import { temporaryFolders } from './temporary-folder.ts';

const newFolder = temporaryFolders();

describe('assetPath', () => {
  it('names files below the folder', () => {
    expect(assetPath('/app', '/')).toBe(join('/app', 'index.html'));
    expect(assetPath('/app', '/assets/index-DmiFtOC-.js')).toBe(join('/app', 'assets', 'index-DmiFtOC-.js'));
  });

  it.each([
    '/../package.json',
    '/assets/../../package.json',
    '/%2e%2e/package.json',
    '/%2e%2e%2fpackage.json',
    '/..%5cpackage.json',
    '/assets//index.js',
    '/.hidden.js',
    '/assets/.env.json',
    '/c:/windows/x.js',
    '/x.js:stream.js',
    '/x.js%00.html',
    '/%E0%A4%A.js',
    '/etc/passwd',
    '/x.exe',
    '/x.map',
    '/assets/',
    '',
    '/a b.js',
  ])('refuses %s', (path) => {
    expect(assetPath('/app', path)).toBeNull();
  });
});

describe('the policies', () => {
  it('let the window load its own files and nothing else', () => {
    expect(windowPolicy('abc')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-abc'; img-src 'self' blob: data:; " +
        "font-src 'self'; connect-src 'none'; frame-src app://report/preview/; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
  });

  it('allow no script in the report', () => {
    expect(reportPolicy()).toContain("default-src 'none'");
    expect(reportPolicy()).not.toContain('script-src');
  });

  it.each([windowPolicy('abc'), reportPolicy()])('name no remote source: %s', (policy) => {
    expect(policy).not.toMatch(/https?:|wss?:|\*|unsafe-eval/u);
  });
});

describe('isOwn', () => {
  it.each([
    'app://patchtrail/',
    'app://patchtrail/assets/x.js',
    'blob:app://patchtrail/1-2',
    'data:image/png,',
  ])('allows %s', (url) => {
    expect(isOwn(url, 'app://patchtrail')).toBe(true);
  });

  it.each([
    'http://example.com/',
    'https://example.com/',
    'ws://example.com/',
    'wss://example.com/',
    'ftp://example.com/',
    'file:///etc/passwd',
    'app://patchtrail.example.com/',
    'app://report/',
    'blob:https://example.com/1',
    'chrome://gpu/',
    'devtools://devtools/bundled/',
  ])('refuses %s', (url) => {
    expect(isOwn(url, 'app://patchtrail')).toBe(false);
    expect(isOwn(url, null)).toBe(false);
  });
});

describe('the window handler', () => {
  it('puts a new nonce into the page and into its policy', async () => {
    const folder = await newFolder();
    await writeFile(join(folder, 'index.html'), '<style nonce="__CSP_NONCE__"></style>__CSP_NONCE__');
    const handle = windowHandler(folder);
    const read = async (): Promise<{ nonce: string; body: string; policy: string }> => {
      const answer = await handle(new Request('app://patchtrail/'));
      const body = await answer.text();
      const nonce = /nonce="(?<nonce>[^"]+)"/u.exec(body)?.groups?.['nonce'] ?? '';
      return { nonce, body, policy: answer.headers.get('content-security-policy') ?? '' };
    };
    const [first, second] = [await read(), await read()];
    expect(first.nonce).toHaveLength(24);
    expect(first.body).not.toContain('__CSP_NONCE__');
    expect(first.policy).toContain(`'nonce-${first.nonce}'`);
    expect(second.nonce).not.toBe(first.nonce);
  });

  it('serves known kinds with their types and refuses the rest', async () => {
    const folder = await newFolder();
    await mkdir(join(folder, 'assets'));
    await writeFile(join(folder, 'assets', 'x.js'), '1');
    const handle = windowHandler(folder);
    const script = await handle(new Request('app://patchtrail/assets/x.js'));
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(script.headers.get('x-content-type-options')).toBe('nosniff');
    for (const url of [
      'app://patchtrail/assets/y.js',
      'app://report/assets/x.js',
      'app://other/assets/x.js',
    ]) {
      expect((await handle(new Request(url))).status).toBe(404);
    }
    expect((await handle(new Request('app://patchtrail/assets/x.js', { method: 'POST' }))).status).toBe(404);
  });
});

describe('the report handler', () => {
  it('serves the document and fonts, and nothing else of the folder', async () => {
    const folder = await newFolder();
    for (const name of ['report-fonts.css', 'a.woff2', 'index.html', 'x.js']) {
      await writeFile(join(folder, name), name);
    }
    const handle = reportHandler('<p>報告</p>', folder);
    const text = async (path: string): Promise<string> =>
      (await handle(new Request(`app://report${path}`))).text();
    expect(await text('/')).toBe('<p>報告</p>');
    expect(await text('/fonts.css')).toBe('report-fonts.css');
    expect(await text('/a.woff2')).toBe('a.woff2');
    for (const path of ['/index.html', '/x.js', '/report-fonts.css', '/../x.woff2']) {
      expect((await handle(new Request(`app://report${path}`))).status).toBe(404);
    }
  });
});
