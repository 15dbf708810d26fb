import { unzipSync, zipSync } from 'fflate';
import type { Redactor } from './redactor.ts';

/** A picture of one transparent dot, in the place of pictures that cannot be searched. */
const emptyPicture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);

/** A fixed date: what a workbook's own archive says of time is of no use. */
const mtime = new Date(1980, 0, 1);

/**
 * Redacts a workbook (OOXML): the text of all its parts; pictures become empty ones.
 *
 * @param limit bytes that its parts may have unpacked
 * @returns null when it is not whole, is too large, or holds parts that cannot be searched
 */
export function redactWorkbook(bytes: Uint8Array, redactor: Redactor, limit: number): Uint8Array | null {
  let total = 0;
  const unsearched: string[] = [];
  try {
    const parts = unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        total += originalSize;
        if (!isText(name) && !isPicture(name) && !isPrinterSetting(name) && !name.endsWith('/'))
          unsearched.push(name);
        return total <= limit;
      },
    });
    if (unsearched.length > 0 || total > limit) return null;
    const written: Record<string, Uint8Array> = {};
    for (const [name, part] of Object.entries(parts)) {
      if (isText(name)) written[name] = redactPart(part, redactor);
      else if (isPicture(name)) written[name] = emptyPicture;
      else written[name] = new Uint8Array(0);
    }
    return zipSync(written, { mtime });
  } catch {
    // Not an archive after all, or a part that does not unpack.
    return null;
  }
}

function redactPart(part: Uint8Array, redactor: Redactor): Uint8Array {
  const wide = part[0] === 0xff && part[1] === 0xfe;
  const encoding = wide ? 'utf16le' : 'utf8';
  return Buffer.from(redactor.text(Buffer.from(part).toString(encoding)), encoding);
}

function isText(name: string): boolean {
  return /\.(?:xml|rels|vml|txt)$/iu.test(name);
}

function isPicture(name: string): boolean {
  return /\.(?:png|jpe?g|gif|bmp|emf|wmf|tiff?)$/iu.test(name);
}

function isPrinterSetting(name: string): boolean {
  return /printersettings\d*\.bin$/iu.test(name);
}
