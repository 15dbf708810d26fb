import { formatOffset } from '../../domain/moment.ts';
import { defineRule, found, notApplicable, place } from '../define-rule.ts';

/** A source does not state its zone, and its own evidence tells it: said once for each source. */
export const zoneInferred = defineRule({
  id: 'cross/zone-inferred',
  kind: 'note',
  severity: 'info',
  system: null,
  looksAt: 'bundle',
  needs: ['zone-inferred'],
  source: 'src',
  check(_, evidence) {
    const zones = evidence.facts('zone-inferred');
    if (zones.length === 0) return notApplicable;
    return zones.map(({ value, citation, device }) =>
      found({
        device,
        parameters: {
          member: citation.member,
          offset: formatOffset(value.offset),
          clock: value.clock,
          samples: value.samples,
        },
        witnesses: [
          place(citation, 'zone-sample', { offset: formatOffset(value.offset), samples: value.samples }),
        ],
      }),
    );
  },
});
