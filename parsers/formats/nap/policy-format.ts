import { defineDocumentFormat } from '../define-format.ts';
import type { EvidenceDocument } from '../define-format.ts';
import { loweredText } from '../probe-memory.ts';
import type { NapPolicyFact } from './facts.ts';
import { readRegistryText } from './registry-text.ts';
import type { RegistryKey } from './registry-text.ts';

/** Keys below `Windows System Health Validator`: one set for Windows XP, one for the systems since. */
const clientsByKey: Readonly<Record<string, NapPolicyFact['clients']>> = {
  '{d40a68da-831c-4ca3-a273-1ac569205353}': 'current',
  '{51fecd48-263c-4ea2-b304-47a3b5136809}': 'xp',
};

const validatorKey = /Windows System Health Validator\\(?<id>\{[0-9a-f-]{36}\})/iu;

/** The validator's settings on the policy server, as a registry export or the text of `reg query`. */
export const policyFormat = defineDocumentFormat({
  id: 'nap/policy',
  system: 'nap',
  recognise: (probe) =>
    loweredText(probe).includes('windows system health validator') && validatorKey.test(probe.text),
  read: (document) =>
    harvestPolicies(
      document,
      readRegistryText(document.text(), (line, code, text) => {
        document.harvest.warning(line, code, text);
      }),
    ) > 0,
});

/** States the settings of each set once, however many keys hold them. @returns how many sets there are */
export function harvestPolicies(document: EvidenceDocument, keys: readonly RegistryKey[]): number {
  const sets = new Map<NapPolicyFact['clients'], RegistryKey[]>();
  for (const key of keys) {
    const id = validatorKey.exec(key.path)?.groups?.['id']?.toLowerCase() ?? '';
    const clients = clientsByKey[id];
    if (clients !== undefined) sets.set(clients, [...(sets.get(clients) ?? []), key]);
  }
  for (const [clients, own] of sets) {
    const [first] = own;
    if (first === undefined) continue;
    const number = (name: string): number | null => numberOf(own, name);
    document.harvest.fact({
      type: 'nap/policy',
      value: {
        clients,
        key: first.path,
        autoUpdate: number('AutoUpdate'),
        enforceUpdates: number('EnforceUpdates'),
        maxDurationSinceLastSync: number('MaxDurationSinceLastSync'),
        minimumSeverityRating: number('MinimumSeverityRating'),
        windowsUpdateAllowed: number('WUAllowed'),
        wsusAllowed: number('WSUSAllowed'),
      },
      citation: document.cite(first.line, first.path),
    });
  }
  return sets.size;
}

function numberOf(keys: readonly RegistryKey[], name: string): number | null {
  for (const key of keys) {
    for (const value of key.values) {
      if (value.name.toLowerCase() !== name.toLowerCase()) continue;
      if (value.data.type === 'number') return value.data.number;
      if (value.data.type === 'text' && /^(?:0x[0-9a-f]+|\d+)$/iu.test(value.data.text))
        return Number(value.data.text);
    }
  }
  return null;
}
