// npm run kernels: compiles kernels/*.ts to WebAssembly and writes the bytes into the modules that use them.
import { writeFile } from 'node:fs/promises';
import { compileKernel, kernels } from './lib/kernels.mjs';
import { inRoot } from './lib/paths.mjs';
import { runScript } from './lib/problem.mjs';

await runScript(async () => {
  for (const kernel of kernels) {
    await writeFile(inRoot(kernel.target), await compileKernel(kernel));
    console.log(`Wrote ${kernel.target}.`);
  }
});
