import { once } from '../domain/once.ts';
import type { Encoding } from '../domain/evidence.ts';
import { workbookBytes } from '../domain/limits.ts';
import type { Limits } from '../domain/limits.ts';
import type { EvidenceDocument, LongDocument, MemberContext, Shape } from '../formats/define-format.ts';
import { DocumentTooLarge } from '../text/cell-limits.ts';
import { decodeText } from '../text/decode.ts';
import {
  readDelimited,
  readDelimitedBelow,
  readStoredDelimited,
  readStoredDelimitedBelow,
} from '../text/delimited.ts';
import { isTabbed, readTextTables } from '../text/fixed-width.ts';
import { readJson } from '../text/json-document.ts';
import type { JsonDocument } from '../text/json-document.ts';
import { readMhtml } from '../text/mhtml.ts';
import { readPage } from '../text/page.ts';
import type { Page } from '../text/page.ts';
import { piecesOf } from '../text/stored-text.ts';
import type { StoredText } from '../text/stored-text.ts';
import type { Table, WarnAt } from '../text/table.ts';
import { readWorkbook } from '../text/workbook.ts';

/** A document with what the store needs of it besides what formats see. */
export interface OpenDocument extends EvidenceDocument {
  /** How its bytes were read as text; null while nobody asked for text, or when it is none. */
  encoding(): Encoding | null;
  /** The text whose lines citations count: of a web archive the decoded page. */
  shownText(): string;
}

/** A member read as a whole. Each view of it is made when first asked for, and kept. */
export function makeDocument(
  bytes: Uint8Array,
  shape: Shape,
  context: MemberContext,
  limits: Limits,
): OpenDocument {
  const warn = (line: number | null, code: string, text: string): void => {
    context.harvest.warning(line, code, text);
  };
  const decoded = once(() => {
    const reading = decodeText(bytes);
    if (reading.guessedAtLine !== null) warn(reading.guessedAtLine, 'encoding-guessed', 'windows-1252');
    return reading;
  });
  const text = once(() => decoded().text);
  const page = once((): Page => readPage(shape === 'mhtml' ? bytes : text(), limits));
  const tables = once((): readonly Table[] => {
    switch (shape) {
      case 'html':
      case 'mhtml':
        return page().tables;
      case 'workbook':
        return readWorkbook(bytes, warn, { mostBytes: workbookBytes(limits), cells: limits });
      case 'delimited': {
        const table = readDelimited(text(), warn, limits);
        return table === null ? [] : [table];
      }
      case 'text':
        return readTextTables(text(), warn, limits);
      case 'json':
      case 'xml':
      case 'image':
      case 'binary':
      case 'empty':
        return [];
    }
  });
  const json = once((): JsonDocument | null => {
    const { document, error } = readJson(text());
    if (error !== null) warn(error.line, 'bad-json', `${error.line}:${error.column} ${error.text}`);
    return document;
  });
  return {
    ...context,
    shape,
    bytes,
    cellLimits: limits,
    text,
    pieces: () => [text()],
    rowsBelow: (header, wanted) => readDelimitedBelow(text(), header, only(wanted, warn), limits),
    page,
    tables,
    json,
    encoding: () => (shape === 'binary' || shape === 'workbook' ? null : decoded().encoding),
    shownText: () => (shape === 'mhtml' ? (readMhtml(bytes).html ?? text()) : text()),
  };
}

/** A text in the store, however large. */
export function makeLongDocument(
  stored: StoredText,
  shape: Shape,
  context: MemberContext,
  limits: Limits,
): LongDocument {
  const warn = (line: number | null, code: string, text: string): void => {
    context.harvest.warning(line, code, text);
  };
  const delimited = (): readonly Table[] => {
    const table = readStoredDelimited(stored, warn, limits);
    return table === null ? [] : [table];
  };
  const tables = once((): readonly Table[] => {
    switch (shape) {
      case 'delimited':
        return delimited();
      case 'text':
        // Columns that blanks align, boxes and the like are looked for in all of a text.
        if (!isTabbed(firstPiece(stored))) throw new DocumentTooLarge();
        return delimited();
      case 'html':
      case 'mhtml':
        throw new DocumentTooLarge();
      case 'json':
      case 'xml':
      case 'workbook':
      case 'image':
      case 'binary':
      case 'empty':
        return [];
    }
  });
  return {
    ...context,
    shape,
    cellLimits: limits,
    pieces: () => piecesOf(stored),
    tables,
    rowsBelow: (header, wanted) => readStoredDelimitedBelow(stored, header, only(wanted, warn), limits),
  };
}

function firstPiece(stored: StoredText): string {
  const [first = ''] = piecesOf(stored);
  return first;
}

function only(wanted: (code: string) => boolean, warn: WarnAt): WarnAt {
  return (line, code, text) => {
    if (wanted(code)) warn(line, code, text);
  };
}
