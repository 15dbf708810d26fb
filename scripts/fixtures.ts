import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeCaseText } from '../parsers/case/case-file.ts';
import { hostileFiles, nameOf } from './fixtures/hostile-files.ts';
import { buildSampleCase } from './fixtures/sample-case.ts';
import { buildSakura } from './fixtures/sakura.ts';
import { writeZip } from './fixtures/zip-writer.ts';

/*
 * Makes the sample bundle, its case and the hostile fixtures anew. The same bytes come out on every run and every machine: the numbers are
 * from a seeded generator, the times are fixed, the compressor is our own.
 */

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const samples = join(root, 'resources', 'samples');
const hostile = join(root, 'test', 'fixtures', 'hostile');

function write(name: string, content: Uint8Array | string): void {
  writeFileSync(join(samples, name), content);
  process.stdout.write(
    `resources/samples/${name}: ${content.length} ${typeof content === 'string' ? 'characters' : 'bytes'}\n`,
  );
}

mkdirSync(samples, { recursive: true });
const sakura = buildSakura();
write('sakura-2024-05.zip', writeZip(sakura.members));
write('sakura-2024-05.expected.json', `${JSON.stringify(sakura.expected, null, 2)}\n`);
write('sakura-2024-05.patchtrail', writeCaseText(await buildSampleCase(join(samples, 'sakura-2024-05.zip'))));

rmSync(hostile, { recursive: true, force: true });
mkdirSync(hostile, { recursive: true });
const files = await hostileFiles();
for (const file of files) writeFileSync(join(hostile, nameOf(file)), file.bytes);
process.stdout.write(`test/fixtures/hostile: ${files.length} files\n`);
