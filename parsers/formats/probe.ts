import { decodeText, looksLikeUtf16le } from '../text/decode.ts';
import type { Probe, Shape } from './define-format.ts';

const probeBytes = 64 * 1024;
const probeLines = 400;

/** Looks at a member's path and first bytes; nothing is parsed. */
export function probe(path: string, head: Uint8Array): Probe {
  const folded = path.replaceAll('\\', '/').toLowerCase();
  const name = folded.slice(Math.max(folded.lastIndexOf('/'), folded.lastIndexOf('!')) + 1);
  const first = head.subarray(0, probeBytes);
  const magic = shapeByMagic(first, name);
  if (magic !== null) return { path: folded, name, shape: magic, head: first, text: '', lines: [] };
  const text = decodeText(first).text;
  const lines = text.split('\n', probeLines).map((line) => line.replace(/\r+$/u, ''));
  return { path: folded, name, shape: shapeByText(text, lines, name), head: first, text, lines };
}

const magics: readonly (readonly [shape: Shape, bytes: readonly number[], at: number])[] = [
  ['image', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], 0],
  ['image', [0xff, 0xd8, 0xff], 0],
  ['image', [0x47, 0x49, 0x46, 0x38], 0],
  ['image', [0x57, 0x45, 0x42, 0x50], 8],
  ['image', [0x42, 0x4d], 0],
  ['image', [0x49, 0x49, 0x2a, 0x00], 0],
  ['image', [0x4d, 0x4d, 0x00, 0x2a], 0],
];

function shapeByMagic(head: Uint8Array, name: string): Shape | null {
  if (head.length === 0) return 'empty';
  for (const [shape, bytes, at] of magics) {
    // "BM" alone is too short to be sure of a bitmap.
    if (bytes.length === 2 && !/\.(bmp|dib)$/u.test(name)) continue;
    if (bytes.every((byte, index) => head[at + index] === byte)) return shape;
  }
  if (head[0] === 0x50 && head[1] === 0x4b && head[2] === 3 && head[3] === 4) {
    return /\.xls[xm]$/u.test(name) || containsAscii(head, 'xl/') ? 'workbook' : 'binary';
  }
  return isBinary(head, logName.test(name)) ? 'binary' : null;
}

function containsAscii(head: Uint8Array, text: string): boolean {
  return Buffer.from(head.buffer, head.byteOffset, head.byteLength).includes(text, 0, 'latin1');
}

/** Names of texts. A log that was emptied while it was written starts with as many NULs as it had bytes. */
const logName = /\.(?:log|txt|out|err)(?:[._-]?\d+)?$/u;

/** Control bytes that no text has, in more than one place of fifty; UTF-16 is text. */
function isBinary(head: Uint8Array, isLog: boolean): boolean {
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)) return false;
  if (looksLikeUtf16le(head)) return false;
  let odd = 0;
  let nuls = 0;
  const stop = Math.min(head.length, 8192);
  for (let at = 0; at < stop; at += 1) {
    const byte = head[at] ?? 0;
    if (byte === 0) nuls += 1;
    else if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d && byte !== 0x0c && byte !== 0x1b)
      odd += 1;
  }
  // A text whose tail or middle was filled with NULs by a crash is still a text.
  if (nuls > 0 && odd === 0)
    return !isLog && (nuls > stop * 0.9 || (nuls > stop * 0.3 && !hasTextRun(head.subarray(0, stop))));
  return odd + nuls > Math.max(2, stop * 0.02);
}

function hasTextRun(head: Uint8Array): boolean {
  let run = 0;
  for (const byte of head) {
    run = byte >= 0x20 && byte < 0x7f ? run + 1 : 0;
    if (run >= 40) return true;
  }
  return false;
}

function shapeByText(text: string, lines: readonly string[], name: string): Shape {
  const start = text.trimStart().slice(0, 4096);
  if (/^(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*?content-type:\s*multipart\/related/iu.test(start))
    return 'mhtml';
  if (
    /^(?:<!--(?:(?!-->)[\s\S])*-->\s*)*<(?:!doctype html|html|head|body|table|div|meta|title)\b/iu.test(start)
  )
    return 'html';
  if (/^<\?xml[^>]*\?>\s*(?:<!doctype html|<html)/iu.test(start)) return 'html';
  if (/\.x?html?$/u.test(name) && /<(?:table|body|html|td|div)\b/iu.test(text)) return 'html';
  if (/^<\?xml|^<[A-Za-z][\w:.-]*[\s>]/u.test(start)) return 'xml';
  if (/^[[{]/u.test(start) && (/\.json(?:\.\w+)?$/u.test(name) || looksLikeJson(start))) return 'json';
  if (/\.(?:csv|tsv)$/u.test(name) || looksDelimited(lines)) return 'delimited';
  return 'text';
}

function looksLikeJson(start: string): boolean {
  return (
    /^\{\s*(?:"(?:[^"\\]|\\.)*"\s*:|\})/u.test(start) ||
    /^\[\s*(?:\{\s*"|"(?:[^"\\]|\\.)*"\s*[,\]]|\]|\[)/u.test(start)
  );
}

/** A header row and data rows with the same delimiter, at least three of it in each of the first lines. */
function looksDelimited(lines: readonly string[]): boolean {
  const sample = lines
    .slice(0, -1)
    .filter((line) => line.trim() !== '')
    .slice(0, 5);
  const [header] = sample;
  if (header === undefined || sample.length < 2) return false;
  // A stamp in the first line: a log with tabs or commas, not a table.
  if (/^[[{(<]|\d{1,2}:\d{2}/u.test(header)) return false;
  return [',', '\t', ';'].some((delimiter) => {
    const expected = header.split(delimiter).length - 1;
    return (
      expected >= 3 && sample.every((line) => Math.abs(line.split(delimiter).length - 1 - expected) <= 2)
    );
  });
}
