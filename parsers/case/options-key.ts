import { createHash } from 'node:crypto';
import type { PackFile } from '../domain/pack.ts';
import type { CaseContent } from '../../preload/contract/window.ts';

/** What of a case changes what the engine answers about its bundle. */
export type CaseOptions = Pick<CaseContent, 'zone' | 'mutes' | 'transcriptions'>;

/**
 * The same for the same options and packs: answers that were kept under one key hold under it again.
 *
 * @param packs files by which the bundle is read, taken or not
 */
export function optionsKey(
  { zone, mutes, transcriptions }: CaseOptions,
  packs: readonly PackFile[] = [],
): string {
  const parts = [
    zone,
    mutes.map(({ id, on, reason }) => [id, on.what, on.what === 'rule' ? on.rule : on.finding, reason]),
    transcriptions.map(({ id, member, region, cells }) => [
      id,
      member,
      [region.x, region.y, region.width, region.height],
      Object.entries(cells).sort(([a], [b]) => (a < b ? -1 : 1)),
    ]),
    ...packs.map(({ kind, file, content }) => [kind, file, content === null ? null : hashOf(content)]),
  ];
  return createHash('sha256').update(JSON.stringify(parts), 'utf8').digest('hex');
}

function hashOf(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
