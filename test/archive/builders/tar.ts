import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { pack, type Header } from 'tar-stream';

export type TarItem = Partial<Header> & { readonly name: string; readonly data?: string | Uint8Array };

/** Writes a tar by the library. */
export async function buildTar(items: readonly TarItem[]): Promise<Buffer> {
  const tar = pack();
  for (const { data, ...header } of items) {
    tar.entry(
      { mtime: new Date(Date.UTC(2024, 4, 10, 0, 12)), ...header },
      Buffer.from((data ?? '') as string),
    );
  }
  tar.finalize();
  return buffer(Readable.from(tar));
}
