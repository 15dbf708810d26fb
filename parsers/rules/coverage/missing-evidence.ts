import { isSource } from '../../evidence/coverage.ts';
import { consistent, defineRule, found, place, type Verdict } from '../define-rule.ts';

/**
 * A system is present and an item of its evidence list is not. The gap cites a member that proves the
 * system's presence; what was looked for is the item. Items that are asked for only where other
 * evidence points to them are in the list only then (`EvidenceListItem.isNeeded`).
 */
export const missingEvidence = defineRule({
  id: 'coverage/missing-evidence',
  kind: 'gap',
  severity: 'medium',
  system: null,
  looksAt: 'bundle',
  needs: ['coverage'],
  source: 'S0',
  check(_bundle, evidence) {
    return evidence.coverage.map((item): Verdict => {
      if (item.state !== 'missing' || !evidence.systems.has(item.system)) return consistent;
      const proof = evidence.members.find((member) => member.system === item.system && isSource(member));
      if (proof === undefined) return consistent;
      return found({
        apart: item.item,
        parameters: { item: item.item, system: item.system },
        witnesses: [
          place({ member: proof.path, line: null, row: null, pointer: null, quote: '' }, 'system-present', {
            system: item.system,
          }),
        ],
      });
    });
  },
});
