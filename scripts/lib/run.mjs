import { spawn } from 'node:child_process';
import { Problem } from './problem.mjs';
import { root } from './paths.mjs';

/**
 * @typedef {object} RunOptions
 * @property {NodeJS.ProcessEnv} [env] added to this process's environment
 * @property {string} [cwd] default: the repository's root
 * @property {number} [timeLimit] milliseconds after which the program is ended
 * @property {boolean} [quiet] keep what it prints away from the terminal (it is still answered)
 */

/**
 * Runs a program to its end with its output on this terminal.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<{ status: number, output: string }>} `output` is filled only with `quiet`
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? root,
      env: { ...process.env, ...options.env },
      stdio: options.quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
      timeout: options.timeLimit,
      killSignal: 'SIGKILL',
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
        output += text;
      });
    }
    child.on('error', (error) => {
      reject(new Problem(`${command} could not be started: ${error.message}`));
    });
    // A program that a signal ended has no status of its own: 128 stands for it, as in a shell.
    child.on('close', (status) => {
      resolve({ status: status ?? 128, output });
    });
  });
}

/**
 * Runs a program and insists on success.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 */
export async function mustRun(command, args, options = {}) {
  const { status, output } = await run(command, args, options);
  if (status !== 0) {
    throw new Problem(`${[command, ...args].join(' ')} ended with status ${status}.\n${output}`.trimEnd());
  }
  return output;
}
