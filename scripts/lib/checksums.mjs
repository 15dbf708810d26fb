import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';

/**
 * What `sha256sum --check` reads: every file below a folder, sorted by its path.
 * @param {string} folder
 * @param {(path: string) => boolean} [wanted] by the path inside the folder, with forward slashes
 */
export async function checksumsText(folder, wanted = () => true) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter(wanted)
    .sort();
  let text = '';
  for (const path of paths) text += `${await sha256OfFile(join(folder, path))}  ${path}\n`;
  return text;
}

/** @param {string} path */
export async function sha256OfFile(path) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
