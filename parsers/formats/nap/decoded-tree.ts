import { decodeCode } from '../../codes/decode-code.ts';
import type { DecodedNode } from '../../domain/decoded-node.ts';
import { formatCode } from '../../domain/numbers.ts';
import type { NapPolicyFact, StatementNode } from './facts.ts';
import { validatorDefaults } from './status-codes.ts';

/** The fields of a statement as they are shown beside its bytes. */
export function decodedTree(nodes: readonly StatementNode[]): readonly DecodedNode[] {
  return nodes.map((node) => ({
    label: node.healthClass ?? node.field,
    value: valueText(node),
    offset: node.offset,
    length: node.length,
    children: decodedTree(node.children),
  }));
}

function valueText({ field, value, healthClass }: StatementNode): string {
  if (value === null || healthClass !== null) return '';
  if (typeof value === 'string') return value;
  switch (field) {
    case 'duration-since-last-sync':
      return `${value} s`;
    case 'version':
      return `${value >>> 16}.${value & 0xffff}`;
    case 'status-code': {
      const symbol = decodeCode(value, { families: ['nap'] })?.symbol ?? null;
      return symbol === null ? formatCode(value) : `${formatCode(value)} ${symbol}`;
    }
    case 'flags':
    case 'updates-flag':
      return `0x${value.toString(16).padStart(8, '0')}`;
    case 'system-health-id':
    case 'health-class':
    case 'product-name':
    case 'wsus-server':
    case 'vendor-value':
    case 'unknown':
      return String(value);
  }
}

/** The bytes of a statement, put together from those of its fields; bytes that no field holds are zero. */
export function bytesOfTree(nodes: readonly StatementNode[], length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  const place = (node: StatementNode): void => {
    node.hex.split(' ').forEach((pair, index) => {
      const at = node.offset + index;
      if (at < length && pair !== '') bytes[at] = Number.parseInt(pair, 16);
    });
    node.children.forEach(place);
  };
  nodes.forEach(place);
  return bytes;
}

/** Fields of the validator's policy in the order of their values in the registry. */
const policyFields = [
  'autoUpdate',
  'enforceUpdates',
  'maxDurationSinceLastSync',
  'minimumSeverityRating',
  'windowsUpdateAllowed',
  'wsusAllowed',
] as const;

/**
 * What the validator demands, for showing beside a statement: the fields that a policy of the bundle
 * states, and apart from them those for which the specification's defaults are assumed.
 */
export function policyNodes(policy: NapPolicyFact | null): readonly DecodedNode[] {
  const stated = policyFields.filter((field) => policy !== null && policy[field] !== null);
  const assumed = policyFields.filter((field) => !stated.includes(field));
  const group = (
    label: string,
    fields: typeof stated,
    valueOf: (field: (typeof policyFields)[number]) => number,
  ): DecodedNode[] =>
    fields.length === 0
      ? []
      : [
          {
            label,
            value: '',
            offset: null,
            length: null,
            children: fields.map((field) => ({
              label: `policy-${field}`,
              value: policyText(field, valueOf(field)),
              offset: null,
              length: null,
              children: [],
            })),
          },
        ];
  return [
    ...group('policy', stated, (field) => policy?.[field] ?? 0),
    ...group('policy-assumed', assumed, (field) => validatorDefaults[field]),
  ];
}

function policyText(field: (typeof policyFields)[number], value: number): string {
  if (field === 'maxDurationSinceLastSync') return `${value} s`;
  return field === 'minimumSeverityRating' ? `0x${value.toString(16)}` : String(value);
}
