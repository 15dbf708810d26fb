/** Something the person at the keyboard can act on: shown as a sentence, without a stack. */
export class Problem extends Error {}

/**
 * Runs a script's body and turns what it throws into an exit status.
 * @param {() => Promise<number | void>} body answers the exit status, or nothing for 0
 */
export async function runScript(body) {
  try {
    process.exitCode = (await body()) ?? 0;
  } catch (error) {
    console.error(error instanceof Problem ? `\n${error.message}` : error);
    process.exitCode = 1;
  }
}
