import type {
  CoverageItem,
  CoverageState,
  EvidenceEvent,
  Fact,
  Member,
  SystemId,
} from '../domain/evidence.ts';
import type { EvidenceListItem, SystemDefinition } from '../formats/define-format.ts';

/** Every item of every system present, each item once whoever asks for it. */
export function coverageOf(
  systems: readonly SystemDefinition[],
  members: readonly Member[],
  facts: readonly Fact[],
  events: readonly EvidenceEvent[],
): readonly CoverageItem[] {
  const present = systemsOf(members);
  const seen = new Set<string>();
  const items: CoverageItem[] = [];
  for (const system of systems) {
    if (!present.has(system.id)) continue;
    for (const item of system.askFor) {
      if (seen.has(item.item) || item.isNeeded?.(members, facts, events) === false) continue;
      seen.add(item.item);
      items.push(coverageItem(system.id, item, members, facts));
    }
  }
  return items;
}

/** The systems that members tell of. */
export function systemsOf(members: readonly Member[]): ReadonlySet<SystemId> {
  const systems = new Set<SystemId>();
  for (const member of members) {
    const { system } = member;
    if (system !== null && isSource(member)) systems.add(system);
  }
  return systems;
}

/** Whether a member tells of its system: it was read, or the analyst wrote down what its picture shows. */
export function isSource(member: Member): boolean {
  return member.state === 'parsed' || (member.state === 'image' && member.system !== null);
}

function coverageItem(
  system: SystemId,
  item: EvidenceListItem,
  members: readonly Member[],
  facts: readonly Fact[],
): CoverageItem {
  const serving = members.filter((member) => member.kind !== null && item.servedBy.includes(member.kind));
  const paths = serving.map(({ path }) => path);
  // There can be a million members; few of them state facts.
  const cited = new Set(facts.map((fact) => fact.citation.member));
  const stating = new Set(paths.filter((path) => cited.has(path)));
  return {
    system,
    item: item.item,
    state: stateOf(
      item,
      serving,
      facts.filter((fact) => stating.has(fact.citation.member)),
    ),
    members: paths,
  };
}

function stateOf(item: EvidenceListItem, serving: readonly Member[], facts: readonly Fact[]): CoverageState {
  if (serving.length === 0) return 'missing';
  const whole = serving.some((member) => member.state === 'parsed');
  return whole && item.isComplete?.(facts) !== false ? 'present' : 'partial';
}
