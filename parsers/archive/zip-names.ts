import { crc32 } from 'node:zlib';
import { decodeName, showName } from './member-names.ts';
import type { ExtraFields } from './zip-records.ts';

/** The name of a zip entry as it is shown; Info-ZIP's Unicode path counts when it was made for this name. */
export function zipEntryName(rawName: Uint8Array, extra: ExtraFields): string {
  const unicode = extra.unicodePath;
  const trusted = unicode !== null && crc32(rawName) === unicode.crc32;
  return showName(decodeName(trusted ? unicode.rawName : rawName));
}
