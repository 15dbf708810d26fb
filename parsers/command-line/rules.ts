import { ExpectedError } from '../domain/errors.ts';
import { writeRulesJson } from '../report/listing-json.ts';
import { rules, rulesVersion } from '../rules/registry.ts';
import { toolVersion } from '../version.ts';
import { parseWords } from './arguments.ts';
import type { CommandIo } from './io.ts';

/** `rules`: the catalogue in this build. */
export function listRules(words: readonly string[], io: CommandIo): Promise<number> {
  const parsed = parseWords('rules', words, { json: 'value', locale: 'value' }, 0);
  const json = parsed.value('json');
  if (json !== null && json !== '-') throw new ExpectedError('usage', 'rules', { reason: `--json ${json}` });
  if (json === '-') {
    writeRulesJson(rules, { version: toolVersion, rules: rulesVersion }, (chunk) => {
      io.write(chunk);
    });
  } else {
    for (const rule of rules) io.write(`${rule.id}\t${rule.kind}\t${rule.severity}\n`);
  }
  return Promise.resolve(0);
}
