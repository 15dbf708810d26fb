/** What the words on the command line ask of the application. */
import { resolve } from 'node:path';

export interface Screenshot {
  readonly path: string;
  /** Of the page, in pixels; null: as the window was last. */
  readonly size: { readonly width: number; readonly height: number } | null;
}

export type StartRequest =
  /** Answer the command line without a window; the words go to it as they are. */
  | { readonly mode: 'command'; readonly words: readonly string[] }
  /** Print one document for the command line in plain Node, which has no printer. */
  | { readonly mode: 'print'; readonly request: string }
  | {
      readonly mode: 'window';
      /** Bundles and case files, absolute. */
      readonly files: readonly string[];
      readonly screenshot: Screenshot | null;
    };

/** The words that make a start one of the command line. */
export const commandWords: readonly string[] = [
  'analyze',
  'lines',
  'members',
  'rules',
  'code',
  'verify',
  'redact',
  'diff',
  'fleet',
  '--help',
  '--version',
];

const printSwitch = '--patchtrail-print=';
const screenshotSwitch = '--patchtrail-screenshot=';
const screenshotSizeSwitch = '--patchtrail-screenshot-size=';

/**
 * @param words what follows the executable (and, in development, the application's folder)
 * @param folder where relative paths start
 */
export function readStartRequest(words: readonly string[], folder: string): StartRequest {
  // Chromium's switches come first; of ours, only those two count as a word.
  const first = words.findIndex((word) => !word.startsWith('-') || commandWords.includes(word));
  const firstWord = words[first];
  if (firstWord !== undefined && commandWords.includes(firstWord)) {
    return { mode: 'command', words: words.slice(first) };
  }

  const request = valueOf(words, printSwitch);
  if (request !== null) return { mode: 'print', request: resolve(folder, request) };

  const end = words.indexOf('--');
  const plain = words.filter((word, at) => (end >= 0 && at > end) || (!word.startsWith('-') && word !== ''));
  const screenshot = valueOf(words, screenshotSwitch);
  return {
    mode: 'window',
    files: plain.map((word) => resolve(folder, word)),
    screenshot:
      screenshot === null
        ? null
        : { path: resolve(folder, screenshot), size: readSize(valueOf(words, screenshotSizeSwitch)) },
  };
}

function valueOf(words: readonly string[], name: string): string | null {
  const value = words.find((word) => word.startsWith(name))?.slice(name.length);
  return value === undefined || value === '' ? null : value;
}

function readSize(text: string | null): Screenshot['size'] {
  const parts = /^(?<width>\d{3,4})x(?<height>\d{3,4})$/u.exec(text ?? '')?.groups;
  return parts === undefined ? null : { width: Number(parts['width']), height: Number(parts['height']) };
}
