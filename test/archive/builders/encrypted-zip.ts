import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js';

export interface EncryptedItem {
  readonly name: string;
  readonly data: string;
  /** Null leaves this entry readable. */
  readonly password: string | Uint8Array | null;
}

/** Writes a zip locked with ZipCrypto or AES-256, by the library. */
export async function buildEncryptedZip(
  items: readonly EncryptedItem[],
  scheme: 'zipcrypto' | 'aes',
): Promise<Buffer> {
  const writer = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false });
  for (const { name, data, password } of items) {
    const key =
      password === null ? {} : typeof password === 'string' ? { password } : { rawPassword: password };
    await writer.add(name, new Uint8ArrayReader(Buffer.from(data)), {
      ...key,
      zipCrypto: scheme === 'zipcrypto',
      encryptionStrength: 3,
      lastModDate: new Date(2024, 4, 10, 9, 12),
    });
  }
  return Buffer.from(await writer.close());
}
