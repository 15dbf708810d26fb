// npm run kernels [-- --check]: compiles kernels/*.ts to WebAssembly and writes the bytes into the modules that use
// them; with --check it only tells whether they are there already.
import { readFile, writeFile } from 'node:fs/promises';
import { compileKernel, kernels } from './lib/kernels.mjs';
import { inRoot } from './lib/paths.mjs';
import { Problem, runScript } from './lib/problem.mjs';

const onlyCheck = process.argv.includes('--check');

await runScript(async () => {
  for (const kernel of kernels) {
    const compiled = await compileKernel(kernel);
    if (!onlyCheck) await writeFile(inRoot(kernel.target), compiled);
    else if ((await readFile(inRoot(kernel.target), 'utf8')) !== compiled)
      throw new Problem(`${kernel.target} is not what ${kernel.source} compiles to: npm run kernels`);
    console.log(`${onlyCheck ? 'Checked' : 'Wrote'} ${kernel.target}.`);
  }
});
