import { isUtf8 } from 'node:buffer';
import { decodeCp932 } from '../text/decode.ts';

/** A text with its escapes undone, and the way back to the text it came from. */
export interface PlainView {
  readonly text: string;
  /** Place in the source of a place in `text`; of its end, the end of what stands before. */
  readonly startOf: (at: number) => number;
  readonly endOf: (at: number) => number;
}

/** Markup inside a sentence or a cell, when nothing is escaped in it: a name may run through it. */
export const inlineMarkup =
  /<\/?(?:a|b|i|u|em|strong|span|font|mark|wbr|code|small|nobr|t|r|rpr|x:t|x:r)(?:\s[^<>%&\\]{0,300})?\/?>/giu;

const escapes = new RegExp(
  [
    String.raw`(?:%[0-9A-Fa-f]{2})+`,
    String.raw`\\u[0-9A-Fa-f]{4}`,
    String.raw`\\x[0-9A-Fa-f]{2}`,
    String.raw`\\[\\/"']`,
    String.raw`&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[a-z]{2,6});`,
    String.raw`=\r?\n`,
    String.raw`(?:=[0-9A-F]{2}(?:=\r?\n)?)+`,
    String.raw`[\u00AD\u200B-\u200F\u2028-\u202E\u2060-\u2064\uFEFF]`,
    inlineMarkup.source,
  ].join('|'),
  'giu',
);

const named: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  shy: '',
  sol: '/',
  bsol: '\\',
  colon: ':',
  period: '.',
  lowbar: '_',
  dash: '-',
  hyphen: '-',
};

/** Whether anything in the text could be an escape: most texts have none. */
const mayHold = /[%\\&=<\u00AD\u200B-\u200F\u2028-\u202E\u2060-\u2064\uFEFF]/u;

/** Percent, JSON, HTML and quoted-printable escapes undone once; null when there are none. */
export function undoEscapes(source: string): PlainView | null {
  if (!mayHold.test(source)) return null;
  const pieces: string[] = [];
  /** Places in the plain text where a piece begins, with its place in the source and whether it is copied as it is. */
  const plain: number[] = [];
  const from: number[] = [];
  const isCopy: boolean[] = [];
  let length = 0;
  let last = 0;
  const put = (text: string, start: number, copy: boolean): void => {
    if (text === '') return;
    pieces.push(text);
    plain.push(length);
    from.push(start);
    isCopy.push(copy);
    length += text.length;
  };
  const ends: number[] = [];
  const close = (end: number): void => {
    while (ends.length < pieces.length) ends.push(end);
  };
  for (const match of source.matchAll(escapes)) {
    const { index } = match;
    const [escape] = match;
    put(source.slice(last, index), last, true);
    close(index);
    undo(escape, (text, start, end) => {
      put(text, index + start, false);
      close(index + end);
    });
    last = index + escape.length;
  }
  if (last === 0) return null;
  put(source.slice(last), last, true);
  close(source.length);
  const pieceAt = (at: number): number => {
    let low = 0;
    let high = plain.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((plain[middle] ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  return {
    text: pieces.join(''),
    startOf: (at) => {
      const piece = pieceAt(at);
      const start = from[piece] ?? source.length;
      return isCopy[piece] === true ? start + at - (plain[piece] ?? 0) : start;
    },
    endOf: (at) => {
      const piece = pieceAt(Math.max(0, at - 1));
      const start = from[piece] ?? 0;
      return isCopy[piece] === true ? start + at - (plain[piece] ?? 0) : (ends[piece] ?? source.length);
    },
  };
}

/** Tells the characters of one escape, each with its place in it. */
function undo(escape: string, tell: (text: string, start: number, end: number) => void): void {
  const whole = (text: string): void => {
    tell(text, 0, escape.length);
  };
  switch (escape[0]) {
    case '%':
      undoBytes(escape, /%([0-9A-Fa-f]{2})/gu, tell);
      return;
    case '=':
      undoBytes(escape, /=([0-9A-Fa-f]{2})/gu, tell);
      return;
    case '\\': {
      const kind = escape[1] ?? '';
      if (kind === 'u' || kind === 'x') whole(String.fromCharCode(Number.parseInt(escape.slice(2), 16)));
      else whole(kind);
      return;
    }
    case '&': {
      const name = escape.slice(1, -1).toLowerCase();
      if (!name.startsWith('#')) {
        whole(named[name] ?? escape);
        return;
      }
      const code = name[1] === 'x' ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
      whole(code > 0 && code <= 0x10_ffff ? String.fromCodePoint(code) : '');
      return;
    }
    default:
      return;
  }
}

/** Bytes written one by one: UTF-8, else CP932, character by character. */
function undoBytes(
  escape: string,
  oneByte: RegExp,
  tell: (text: string, start: number, end: number) => void,
): void {
  const places: { readonly start: number; readonly end: number }[] = [];
  const bytes: number[] = [];
  for (const match of escape.matchAll(oneByte)) {
    bytes.push(Number.parseInt(match[1] ?? '0', 16));
    places.push({ start: match.index, end: match.index + match[0].length });
  }
  const buffer = Buffer.from(bytes);
  const utf8 = isUtf8(buffer);
  for (let at = 0; at < buffer.length;) {
    const length = utf8 ? utf8Length(buffer[at] ?? 0) : cp932Length(buffer, at);
    const character = buffer.subarray(at, at + length);
    const text = utf8 ? character.toString('utf8') : (decodeCp932(character) ?? character.toString('latin1'));
    tell(
      text,
      places[at]?.start ?? 0,
      places[Math.min(at + length, places.length) - 1]?.end ?? escape.length,
    );
    at += length;
  }
}

function utf8Length(lead: number): number {
  if (lead < 0xc0) return 1;
  return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

function cp932Length(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0;
  const isLead = (lead >= 0x81 && lead <= 0x9f) || (lead >= 0xe0 && lead <= 0xfc);
  return isLead && at + 1 < bytes.length ? 2 : 1;
}
