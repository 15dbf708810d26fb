import { hasDisplay } from './display.mjs';
import { run } from './run.mjs';

/**
 * @typedef {object} CutOff
 * @property {string} command
 * @property {readonly string[]} args
 * @property {boolean} isCutOff whether it runs in a network namespace of its own
 */

/**
 * A program in a network namespace without any interface but its own loopback, over which Playwright talks to
 * what it drives. Not everywhere may such a namespace be made; then the program runs as it is, and says so.
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {Promise<CutOff>}
 */
export async function withoutNetwork(command, args) {
  // A display that is somebody's own may be reached over an abstract socket, which the namespace would hide.
  if (process.platform === 'linux' && !hasDisplay) {
    for (const switches of [['--net'], ['--user', '--map-root-user', '--net']]) {
      const wrapped = ['--', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh'];
      const { status } = await run('unshare', [...switches, ...wrapped, 'true'], { quiet: true }).catch(
        () => ({ status: 1 }),
      );
      if (status === 0) {
        return { command: 'unshare', args: [...switches, ...wrapped, command, ...args], isCutOff: true };
      }
    }
  }
  console.log('The tests run with the network of this machine: no namespace without one can be made here.');
  return { command, args, isCutOff: false };
}
