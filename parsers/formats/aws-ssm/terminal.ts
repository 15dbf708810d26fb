/** Lines of a terminal around the answers of the command line interface, where both were saved together. */
import { instanceInText } from './values.ts';

/** `$ aws ssm …`, `PS C:\\> aws ssm …`, `[user@host ~]$ aws …`; the prompt may have been left out. */
const commandForm = /^(?:[^\n{}"]{0,160}[$#>%][ \t]{0,8})?aws(?:\.exe)?[ \t]{1,8}[a-z-]/iu;
const commandLine =
  /^(?:[^\n{}"]{0,160}[$#>%][ \t]{0,8})?aws(?:\.exe)?[ \t]+(?:--[a-z-]+(?:[ =][^\s-]\S*)?[ \t]+)*(?:ssm|cloudtrail)[ \t]+[a-z]/imu;
/** A prompt that waits, or a word that ends the session. */
const idleForm = /^[^\n{}"]{0,160}[$#>%](?:[ \t]{1,8}(?:exit|logout))?$/iu;
/** What the interface says instead of an answer. */
const refusalForm = /^(?:An error occurred \(|aws(?:\.exe)?: error:|usage: aws\b|exit$|logout$)/iu;

/** What every such line has, found sooner. */
const command = /aws(?:\.exe)?[ \t]/iu;

/** Whether a text has a line that asks the service something of patching. */
export function hasCommandLine(text: string): boolean {
  return command.test(text) && commandLine.test(text);
}

export interface TerminalLine {
  /** The one node that a command asks about; null for any other command, undefined for a line that is none. */
  readonly instance: string | null | undefined;
}

/** A line between answers; null when it is none of a terminal. */
export function readTerminalLine(text: string): TerminalLine | null {
  const line = text.trim();
  if (commandForm.test(line)) {
    const ids = [...line.matchAll(/--(?:instance-ids?|resource-ids?)[\s=]+["']?(?<id>[^\s"']+)["']?/gu)].map(
      ({ groups }) => instanceInText(groups?.['id'] ?? ''),
    );
    const [first] = ids;
    return { instance: ids.length === 1 && first !== undefined ? first : null };
  }
  return idleForm.test(line) || refusalForm.test(line) ? { instance: undefined } : null;
}
