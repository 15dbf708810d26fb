/**
 * The application's own scheme: `app://patchtrail/` is the window's page, `app://report/` the report on its way to
 * the printer. Files come from the application's folder alone, each kind with its fixed media type.
 */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { systemCode } from './atomic-file.ts';

export const scheme = 'app';
export const windowOrigin = 'app://patchtrail';
export const reportOrigin = 'app://report';

const mediaTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

const noncePlaceholder = '__CSP_NONCE__';

/**
 * The file that an URL's path names below a folder.
 * @returns null for whatever is not plainly inside it, or of a kind that is not served
 */
export function assetPath(folder: string, urlPath: string): string | null {
  let decoded: string;
  try {
    decoded = decodeURIComponent(urlPath);
  } catch {
    return null;
  }
  const path = decoded === '/' ? '/index.html' : decoded;
  // Plain names only: no "..", no hidden files, no drive letters or streams, no separators of another system.
  if (!/^(?:\/[\w-][\w.-]*)+$/u.test(path) || path.includes('..')) return null;
  return mediaTypeOf(path) === null ? null : join(folder, ...path.split('/').filter((part) => part !== ''));
}

export function mediaTypeOf(path: string): string | null {
  const extension = extname(path).toLowerCase();
  return Object.hasOwn(mediaTypes, extension) ? (mediaTypes[extension] ?? null) : null;
}

/** What the window's page may load: the application's own files and pictures out of the bundle. */
export function windowPolicy(nonce: string): string {
  return policy({
    'script-src': "'self'",
    'style-src': `'self' 'nonce-${nonce}'`,
    'img-src': "'self' blob: data:",
    'font-src': "'self'",
    'connect-src': "'none'",
    'frame-src': `${reportOrigin}/preview/`,
  });
}

/**
 * What the printed report may load: fonts. No script runs there whatever this says.
 * @param ancestors pages that may show it in a frame
 */
export function reportPolicy(ancestors = "'none'"): string {
  const sources = {
    'style-src': "'self' 'unsafe-inline'",
    'img-src': 'data:',
    'font-src': "'self' data:",
  };
  return policy(sources, ancestors);
}

function policy(sources: Readonly<Record<string, string>>, ancestors = "'none'"): string {
  const closed = { 'base-uri': "'none'", 'form-action': "'none'", 'frame-ancestors': ancestors };
  return Object.entries({ 'default-src': "'none'", ...sources, ...closed })
    .map(([directive, value]) => `${directive} ${value}`)
    .join('; ');
}

/**
 * Whether a request stays inside the application. Pictures of the bundle reach the page as blobs.
 * @param origin the one origin that may be loaded; null: none
 */
export function isOwn(url: string, origin: string | null): boolean {
  if (origin === null) return false;
  return url.startsWith(`${origin}/`) || url.startsWith(`blob:${origin}/`) || url.startsWith('data:');
}

/** Answers the window's requests from its folder. */
export function windowHandler(folder: string): (request: Request) => Promise<Response> {
  return async (request) => {
    const url = new URL(request.url);
    const path = url.host === 'patchtrail' ? assetPath(folder, url.pathname) : null;
    if (path === null || request.method !== 'GET') return refused();
    const nonce = randomBytes(16).toString('base64');
    const content = await readAsset(path);
    if (content === null) return refused();
    const body = path.endsWith('.html')
      ? content.toString('utf8').replaceAll(noncePlaceholder, nonce)
      : content;
    return answer(body, mediaTypeOf(path), windowPolicy(nonce));
  };
}

/** Answers the printer's requests: one document and the fonts, nothing else. */
export function reportHandler(html: string, folder: string): (request: Request) => Promise<Response> {
  return async (request) => {
    const url = new URL(request.url);
    if (url.host !== 'report' || request.method !== 'GET') return refused();
    if (url.pathname === '/') return answer(html, mediaTypes['.html'] ?? null, reportPolicy());
    return reportFont(url.pathname, folder);
  };
}

/** Answers the requests of a preview's frame: a window's document and the fonts, nothing else. */
export function previewHandler(
  htmlAt: (path: string) => string | null,
  folder: string,
): (request: Request) => Promise<Response> {
  return async (request) => {
    const url = new URL(request.url);
    if (url.host !== 'report' || request.method !== 'GET') return refused();
    if (!url.pathname.startsWith('/preview/')) return reportFont(url.pathname, folder);
    const html = htmlAt(url.pathname);
    return html === null
      ? refused()
      : answer(html, mediaTypes['.html'] ?? null, reportPolicy(windowOrigin), framedHeaders);
  };
}

/** The window's page is of another origin and embeds the document all the same. */
const framedHeaders = { 'cross-origin-resource-policy': 'cross-origin' };

/** The latest preview of each window. Its address says nothing of the bundle and is never the same twice. */
export class ReportPreviews {
  readonly #byWindow = new Map<number, { readonly path: string; readonly html: string }>();

  /** @returns the address of the document; the window's last one is gone */
  put(window: number, html: string): string {
    const path = `/preview/${randomBytes(12).toString('hex')}`;
    this.#byWindow.set(window, { path, html });
    return `${reportOrigin}${path}`;
  }

  html(path: string): string | null {
    for (const preview of this.#byWindow.values()) if (preview.path === path) return preview.html;
    return null;
  }

  forget(window: number): void {
    this.#byWindow.delete(window);
  }
}

async function reportFont(pathname: string, folder: string): Promise<Response> {
  const isSheet = pathname === '/fonts.css';
  const path = assetPath(folder, isSheet ? `/${reportFonts}` : pathname);
  if (path === null || !(path.endsWith('.woff2') || isSheet)) return refused();
  const content = await readAsset(path);
  return content === null ? refused() : answer(content, mediaTypeOf(path), reportPolicy());
}

/** The style sheet with the report's fonts, below the window's folder: both use the same font files. */
export const reportFonts = 'report-fonts.css';

function answer(
  body: string | Buffer,
  mediaType: string | null,
  contentPolicy: string,
  further: Readonly<Record<string, string>> = {},
): Response {
  return new Response(typeof body === 'string' ? body : new Uint8Array(body), {
    headers: {
      'content-type': mediaType ?? 'application/octet-stream',
      'content-security-policy': contentPolicy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
      ...further,
    },
  });
}

function refused(): Response {
  return new Response(null, { status: 404 });
}

async function readAsset(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if (systemCode(error) === null) throw error;
    return null;
  }
}
