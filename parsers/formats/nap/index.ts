import type { Fact } from '../../domain/evidence.ts';
import { defineSystem } from '../define-format.ts';
import type { EvidenceListItem, Format, SystemDefinition } from '../define-format.ts';
import { napClientEventFormats, napServerEventFormats } from '../event-log/index.ts';
import { clientStateFormat } from './client-state-format.ts';
import { policyFormat } from './policy-format.ts';
import { statementFormat } from './statement-format.ts';

const idsOf = (formats: readonly Format[]): Format['id'][] => formats.map((format) => format.id);

/**
 * Microsoft NAP: the Windows Security Health Agent and its validator (MS-WSH).
 *
 * @param updateItems what Windows Update asks for: the agent reports of its work, so its logs are needed here too
 */
export function napSystem(updateItems: readonly EvidenceListItem[]): SystemDefinition {
  return defineSystem({
    id: 'nap',
    formats: [
      statementFormat,
      policyFormat,
      clientStateFormat,
      ...napClientEventFormats,
      ...napServerEventFormats,
    ],
    askFor: [
      { item: 'nap/statement', servedBy: ['nap/statement'] },
      { item: 'nap/policy', servedBy: ['nap/policy'], isComplete: holdsPolicy },
      { item: 'nap/client-state', servedBy: ['nap/client-state'] },
      { item: 'nap/events', servedBy: idsOf(napClientEventFormats) },
      { item: 'nap/policy-server-events', servedBy: idsOf(napServerEventFormats) },
      ...updateItems,
    ],
  });
}

function holdsPolicy(facts: readonly Fact[]): boolean {
  return facts.some((fact) => fact.type === 'nap/policy');
}
