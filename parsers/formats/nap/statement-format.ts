import { defineDocumentFormat } from '../define-format.ts';
import type { EvidenceDocument } from '../define-format.ts';
import { loweredText } from '../probe-memory.ts';
import { harvestPolicies } from './policy-format.ts';
import { readRegistryText } from './registry-text.ts';
import { findStatement, readStatement } from './statement.ts';
import type { Statement } from './statement.ts';

const textForm = /"SoH"\s*=\s*hex|\bSoH\s+REG_BINARY/iu;

/**
 * The statement of health that the client keeps (key `…\napagent\SohCache\79744`, value `SoH`): a
 * registry export, the text of `reg query`, or the value's bytes (MS-WSH 2.2.1).
 */
export const statementFormat = defineDocumentFormat({
  id: 'nap/statement',
  system: 'nap',
  recognise(probe) {
    if (loweredText(probe).includes('soh') && textForm.test(probe.text)) return true;
    const start = findStatement(probe.head.subarray(0, 4096));
    // Bytes in the middle of another file prove nothing; at its start, or in a file of that name, they do.
    return start === 0 || (start > 0 && probe.name.includes('soh'));
  },
  read(document) {
    return textForm.test(document.text()) ? readText(document) : readBytes(document);
  },
});

function readText(document: EvidenceDocument): boolean {
  const keys = readRegistryText(document.text(), (line, code, text) => {
    document.harvest.warning(line, code, text);
  });
  let found = false;
  for (const key of keys) {
    for (const value of key.values) {
      if (value.data.type !== 'binary' || !/^soh$/iu.test(value.name)) continue;
      const { bytes, lineOfByte } = value.data;
      const statement = readStatement(bytes, lineOfByte);
      if (statement === null) {
        // Another agent's statement, or one that is cut before its head ends.
        document.harvest.warning(
          value.line,
          bytes.length < 8 ? 'short-statement' : 'foreign-statement',
          key.path,
        );
        found = true;
        continue;
      }
      harvest(document, statement, value.line, value.quote);
      found = true;
    }
  }
  harvestPolicies(document, keys);
  return found;
}

function readBytes(document: EvidenceDocument): boolean {
  const statement = readStatement(document.bytes);
  if (statement === null) return false;
  harvest(document, statement, null, '');
  return true;
}

function harvest(document: EvidenceDocument, statement: Statement, line: number | null, quote: string): void {
  for (const problem of statement.problems) {
    document.harvest.warning(line, problem.code, `${problem.text} @${problem.offset}`);
  }
  const { bytes, version, tree, automaticUpdates, securityUpdates } = statement;
  document.harvest.fact({
    type: 'nap/statement',
    value: { asOf: document.modified, bytes, version, tree, automaticUpdates, securityUpdates },
    citation: document.cite(line, quote === '' ? (tree[0]?.hex ?? '') : quote),
  });
}
