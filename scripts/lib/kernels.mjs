import asc from 'assemblyscript/asc';
import { readFile } from 'node:fs/promises';
import { inRoot } from './paths.mjs';
import { Problem } from './problem.mjs';

/**
 * @typedef {object} Kernel
 * @property {string} source AssemblyScript
 * @property {string} target the TypeScript module that carries the compiled bytes
 * @property {readonly string[]} options of the compiler
 */

/** @type {readonly Kernel[]} */
export const kernels = [
  {
    source: 'kernels/inflate.ts',
    target: 'parsers/archive/inflate-kernel.ts',
    // The thread that inflates and the one that reads what came out share one memory.
    options: [
      '--importMemory',
      '--sharedMemory',
      '--enable',
      'threads',
      '--initialMemory',
      '80',
      '--maximumMemory',
      '80',
    ],
  },
  { source: 'kernels/scan.ts', target: 'parsers/text/scan-kernel.ts', options: ['--initialMemory', '1'] },
  {
    source: 'kernels/heads.ts',
    target: 'parsers/text/heads-kernel.ts',
    // It reads the text that the scan has found the lines of, in the memory of that.
    options: ['--importMemory', '--initialMemory', '1'],
  },
];

/**
 * Compiles a kernel; the same source always gives the same bytes.
 * @param {Kernel} kernel
 * @returns {Promise<string>} the text of its module
 */
export async function compileKernel({ source, options }) {
  const text = await readFile(inRoot(source), 'utf8');
  /** @type {Uint8Array | null} */
  let bytes = null;
  const { error, stderr } = await asc.main(
    [
      'kernel.ts',
      '--outFile',
      'kernel.wasm',
      '-O3',
      '--noAssert',
      '--runtime',
      'stub',
      '--enable',
      'simd',
      ...options,
    ],
    {
      readFile: (name) => (name === 'kernel.ts' ? text : null),
      writeFile: (name, content) => {
        if (name === 'kernel.wasm' && typeof content !== 'string') bytes = content;
      },
      listFiles: () => [],
    },
  );
  if (error !== null || bytes === null)
    throw new Problem(`${source} does not compile:\n${stderr.toString()}`);
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,100}/gu) ?? [];
  const literal = lines.map((line) => `  '${line}'`).join(' +\n');
  return `/** ${source}, compiled by \`npm run kernels\`; WebAssembly in Base64. A test compiles it anew and compares. */\nexport const kernelBytes =\n${literal};\n`;
}
