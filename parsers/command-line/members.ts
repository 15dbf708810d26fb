import { writeMembersJson } from '../report/listing-json.ts';
import { visibleText } from '../report/visible-text.ts';
import { ExpectedError } from '../domain/errors.ts';
import { parseWords } from './arguments.ts';
import type { CommandIo } from './io.ts';
import { bundleOptions, localeOf, openForCommand } from './open.ts';

/** `members <bundle>`: kind, state, encoding and SHA-256 of every member. */
export async function members(words: readonly string[], io: CommandIo): Promise<number> {
  const parsed = parseWords('members', words, { ...bundleOptions, json: 'value' }, 1);
  localeOf(parsed, 'members');
  const json = parsed.value('json');
  if (json !== null && json !== '-')
    throw new ExpectedError('usage', 'members', { reason: `--json ${json}` });
  const [bundle = ''] = parsed.positionals;
  const { reading, concluded } = await openForCommand(bundle, parsed, io);
  try {
    const { analysis } = concluded;
    if (json === '-') {
      writeMembersJson(analysis.bundle, analysis.evidence.members, analysis.tool, (chunk) => {
        io.write(chunk);
      });
      return 0;
    }
    for (const member of analysis.evidence.members) {
      const state = member.reason === null ? member.state : `${member.state} (${member.reason})`;
      const columns = [
        member.sha256 ?? '-'.repeat(64),
        state,
        member.kind ?? '-',
        member.encoding ?? '-',
        String(member.bytes),
      ];
      io.write(`${columns.join('\t')}\t${visibleText(member.path)}\n`);
    }
    return 0;
  } finally {
    reading.store.close();
  }
}
