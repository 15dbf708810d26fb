import iconv from 'iconv-lite';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * A stored name as text: strict UTF-8 (which a set UTF-8 flag promises and an old archive may hold as well),
 * else CP932 (zips made on Japanese Windows) when nothing is lost on the way there and back, else CP437.
 * A name that breaks the flag's promise is read like one without it.
 *
 * @param last what else it may be, where CP437 is not
 */
export function decodeName(raw: Uint8Array, last: 'cp437' | 'latin1' = 'cp437'): string {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.length);
  try {
    return utf8.decode(bytes);
  } catch {
    const japanese = iconv.decode(bytes, 'cp932');
    const sound = !japanese.includes('\uFFFD') && iconv.encode(japanese, 'cp932').equals(bytes);
    return sound ? japanese : iconv.decode(bytes, last);
  }
}

// C1 controls, marks that turn the direction of writing, line separators, and the BOM: all invisible.
const invisible = /[\u007F-\u009F\u061C\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/gu;

const control = /[\u0000-\u001F]/gu;

/**
 * A name as it is shown. It is never used as a path of the file system, so `..`, absolute paths, drive letters
 * and device names stay as they are. Changed are only
 * - backslashes, to slashes, when the name has no slash (zips made by old Windows tools);
 * - control characters, to their pictures (`␀`, `␊`), other invisible ones to `<U+202E>`;
 * - `!/`, to `!<U+002F>`, because it marks the way into a nested archive;
 * - an empty name, to `<no name>`.
 */
export function showName(name: string): string {
  if (name === '') return '<no name>';
  const slashed = name.includes('/') ? name : name.replaceAll('\\', '/');
  return slashed
    .replaceAll('!/', '!<U+002F>')
    .replace(control, (character) => String.fromCharCode(0x2400 + character.charCodeAt(0)))
    .replace(invisible, escapeCharacter);
}

function escapeCharacter(character: string): string {
  return `<U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`;
}

/**
 * Keeps the names of one archive apart: the second `a/x.log` becomes `a/x (2).log`, the next `a/x (3).log`,
 * passing over numbers that the archive itself uses for what came before.
 */
export class NameRegister {
  readonly #used = new Set<string>();
  readonly #repeats = new Map<string, number>();

  claim(name: string): string {
    let unique = name;
    if (this.#used.has(name)) {
      let number = this.#repeats.get(name) ?? 1;
      do {
        number += 1;
        unique = numbered(name, number);
      } while (this.#used.has(unique));
      this.#repeats.set(name, number);
    }
    this.#used.add(unique);
    return unique;
  }
}

function numbered(name: string, number: number): string {
  const base = name.lastIndexOf('/') + 1;
  const dot = name.lastIndexOf('.');
  const end = dot > base ? dot : name.length;
  return `${name.slice(0, end)} (${number})${name.slice(end)}`;
}

const packedSuffix = /\.(?:gz|gzip|xz)$/iu;
const packedTarSuffix = /\.(?:tgz|txz)$/iu;

/** The name of what a gzip or xz file holds: its own without the suffix, else the one kept inside. */
export function unpackedName(path: string, stored: string | null): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (packedSuffix.test(name)) return name.replace(packedSuffix, '') || name;
  if (packedTarSuffix.test(name)) return name.replace(packedTarSuffix, '.tar');
  return stored ?? name;
}
