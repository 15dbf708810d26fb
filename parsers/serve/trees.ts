import type { DecodedTree } from '../../preload/contract/shapes.ts';
import type { DecodedNode } from '../domain/decoded-node.ts';
import type { Fact, FactType } from '../domain/evidence.ts';
import type { NapPolicyFact } from '../formats/nap/facts.ts';
import { bytesOfTree, decodedTree, policyNodes } from '../formats/nap/decoded-tree.ts';
import { citationView, momentView } from './rows.ts';
import type { Snapshot } from './session.ts';

/** What of a member was decoded to a tree, in the order of the member. */
export function treesOf({ analysis }: Snapshot, member: string): DecodedTree[] {
  if (analysis.evidence.member(member) === undefined) return [];
  return analysis.facts.flatMap((fact) =>
    fact.citation.member === member ? treeOf(fact, analysis.facts) : [],
  );
}

function treeOf(fact: Fact, facts: readonly Fact[]): DecodedTree[] {
  const common = { fact: fact.type, citation: citationView(fact.citation) };
  if (isOf(fact, 'nap/statement')) {
    const { tree, bytes, asOf } = fact.value;
    return [
      {
        ...common,
        asOf: asOf === null ? null : momentView(asOf),
        // An export holds the value as text: its bytes are not those of the member.
        bytes: bytesOfTree(tree, bytes),
        // What the validator demands stands beside what the client says.
        nodes: [...decodedTree(tree), ...policyNodes(policyOf(facts))],
      },
    ];
  }
  const value: unknown = fact.value;
  const tree: unknown = typeof value === 'object' && value !== null && 'tree' in value ? value.tree : null;
  return isTree(tree) ? [{ ...common, asOf: null, bytes: null, nodes: [...tree] }] : [];
}

function policyOf(facts: readonly Fact[]): NapPolicyFact | null {
  return facts.find((fact) => isOf(fact, 'nap/policy'))?.value ?? null;
}

function isOf<T extends FactType>(fact: Fact, type: T): fact is Fact & Fact<T> {
  return fact.type === type;
}

function isTree(tree: unknown): tree is readonly DecodedNode[] {
  return Array.isArray(tree) && tree.length > 0 && tree.every((node) => isNode(node));
}

function isNode(node: unknown): node is DecodedNode {
  if (typeof node !== 'object' || node === null) return false;
  const { label, value, offset, length, children } = node as Partial<Record<keyof DecodedNode, unknown>>;
  const isPlace = (one: unknown): boolean => one === null || typeof one === 'number';
  return (
    typeof label === 'string' &&
    typeof value === 'string' &&
    isPlace(offset) &&
    isPlace(length) &&
    Array.isArray(children) &&
    children.every((child) => isNode(child))
  );
}
