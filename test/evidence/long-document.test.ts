import { constants } from 'node:buffer';
import { expect, test } from 'vitest';
import type { BundleMember } from '../../parsers/archive/bundle.ts';
import { defaultLimits } from '../../parsers/domain/limits.ts';
import { ingestMember } from '../../parsers/evidence/ingest.ts';
import { TextStore } from '../../parsers/evidence/text-store.ts';
import { formats } from '../../parsers/formats/registry.ts';
import { temporaryFolder } from '../archive/builders/listing.ts';

test('a document of more characters than a text can have is refused, whatever the limit says', async () => {
  const piece = Buffer.alloc(16 * 1024 * 1024, '<p>a line of a page</p>\n');
  const head = Buffer.from('<html><body>\n');
  const bytes = constants.MAX_STRING_LENGTH + 1;
  const member: BundleMember = {
    index: 0,
    path: 'page.html',
    plainPath: 'page.html',
    depth: 0,
    role: 'file',
    linkTarget: null,
    declaredBytes: bytes,
    modified: null,
    head: () => Promise.resolve(Buffer.concat([head, piece.subarray(0, 60_000)])),
    async *chunks() {
      await Promise.resolve();
      yield head;
      for (let left = bytes - head.length; left > 0; left -= piece.length) {
        yield left < piece.length ? piece.subarray(0, left) : piece;
      }
    },
    outcome: () => ({ bytes, sha256: null, state: 'complete', reason: null }),
  };
  const store = new TextStore(1024 * 1024, { folder: await temporaryFolder(), name: 'long' });
  const limits = { ...defaultLimits, documentBytes: 2 * bytes };
  const draft = await ingestMember(member, { store, limits, formats, onDraft: () => undefined });
  store.close();
  expect(draft).toMatchObject({ state: 'refused', reason: 'document-too-large', bytes });
});
