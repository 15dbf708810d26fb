import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder: every script works from here, wherever it was called. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * @param {...string} parts
 * @returns {string} an absolute path inside the repository
 */
export function inRoot(...parts) {
  return join(root, ...parts);
}

/** Everything that scripts keep between runs and nobody commits. */
export const cache = inRoot('.cache');
