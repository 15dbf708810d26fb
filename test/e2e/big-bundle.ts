import { writeFile } from 'node:fs/promises';
import { zipSync } from 'fflate';

/**
 * Writes a bundle with one log of this many million bytes: enough to read for a while, and from 128 MiB on more
 * than the engine keeps in memory.
 * @param beside further members, by their paths
 */
export async function writeBigBundle(
  path: string,
  megabytes: number,
  beside: Readonly<Record<string, Uint8Array>> = {},
): Promise<void> {
  const lines: string[] = [];
  for (let at = 0; at < 10_000; at += 1) {
    const time = new Date(Date.UTC(2024, 4, 10) + at * 1000).toISOString().replace('T', ' ').slice(0, 19);
    lines.push(
      `${time} +0900 [info] worker ${at % 17}: step ${at} of the patch run came to its end as planned\n`,
    );
  }
  const block = Buffer.from(lines.join(''), 'utf8');
  const text = Buffer.concat(
    Array.from({ length: Math.ceil((megabytes * 1e6) / block.length) }, () => block),
  );
  await writeFile(path, zipSync({ ...beside, 'logs/run.log': text }, { level: 1 }));
}
