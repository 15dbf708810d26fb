import type {
  AutomaticUpdatesState,
  HealthClass,
  SecurityUpdatesState,
  StatementField,
  StatementNode,
} from './facts.ts';

/** Id of the Windows Security Health Agent, also the vendor id in its values (MS-WSH 2.2.4). */
export const agentId = 0x0001_3780;

const fieldTypes = { id: 2, vendor: 7, healthClass: 8, product: 10, status: 11 } as const;
/** The two high bits of a type are flags of the carrying protocol (MS-SOH); receivers ignore them. */
const typeMask = 0x3fff;

const classes: readonly HealthClass[] = [
  'firewall',
  'antivirus',
  'antispyware',
  'automatic-updates',
  'security-updates',
];

/** What the three vendor values behind the security updates' status are, in this order (MS-WSH 2.2.1). */
const securityValues = ['duration-since-last-sync', 'wsus-server', 'updates-flag'] as const;
/** What the vendor values before the first class are. */
const leadingValues = ['flags', 'version'] as const;

/** A statement, decoded. */
export interface Statement {
  /** Where it starts in the bytes it was found in. */
  readonly start: number;
  readonly bytes: number;
  readonly version: number | null;
  readonly tree: readonly StatementNode[];
  readonly automaticUpdates: AutomaticUpdatesState | null;
  readonly securityUpdates: SecurityUpdatesState | null;
  readonly problems: readonly StatementProblem[];
}

/**
 * `short-statement`: the bytes end before the lengths say; `unknown-class`, `unknown-type`: a number
 * that the specification does not know; `foreign-vendor`: a value of another vendor's.
 */
export interface StatementProblem {
  readonly code: 'short-statement' | 'unknown-class' | 'unknown-type' | 'foreign-vendor';
  readonly offset: number;
  readonly text: string;
}

/** The low byte of the type, and the length. */
const typeAndLength = Buffer.from([2, 0, 4]);

/** Where a statement of the Windows Security Health Agent starts, or -1: type 2, length 4, the agent's id in either byte order. */
export function findStatement(bytes: Uint8Array): number {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (
    let found = view.indexOf(typeAndLength, 1);
    found !== -1;
    found = view.indexOf(typeAndLength, found + 1)
  ) {
    const at = found - 1;
    if (at + 8 > bytes.length) return -1;
    if (((bytes[at] ?? 0) & 0x3f) === 0 && isAgentId(bytes, at + 4)) return at;
  }
  return -1;
}

interface Builder {
  readonly field: StatementField;
  readonly type: number;
  readonly offset: number;
  readonly length: number;
  readonly value: number | string | null;
  readonly healthClass: HealthClass | null;
  readonly children: Builder[];
}

/**
 * Decodes a statement (MS-WSH 2.2.1): type-length-values in network byte order, but for the numbers in
 * vendor values, which are little-endian.
 *
 * @param lineOfByte line of the member that holds a byte of `bytes`
 */
export function readStatement(
  bytes: Uint8Array,
  lineOfByte: (at: number) => number | null = () => null,
): Statement | null {
  const start = findStatement(bytes);
  if (start < 0) return null;
  const { fields, end, problems } = readFields(bytes, start);
  const finish = (node: Builder): StatementNode => ({
    field: node.field,
    type: node.type,
    offset: node.offset - start,
    length: node.length,
    line: lineOfByte(node.offset),
    hex: hexOf(bytes, node.offset, node.length),
    value: node.value,
    healthClass: node.healthClass,
    children: node.children.map(finish),
  });
  const tree = fields.map(finish);
  const version = tree.find((node) => node.field === 'version')?.value;
  return {
    start,
    bytes: end - start,
    version: typeof version === 'number' ? version : null,
    tree,
    automaticUpdates: automaticUpdatesOf(tree),
    securityUpdates: securityUpdatesOf(tree),
    problems: problems.map((problem) => ({ ...problem, offset: problem.offset - start })),
  };
}

function readFields(
  bytes: Uint8Array,
  start: number,
): {
  readonly fields: readonly Builder[];
  readonly end: number;
  readonly problems: readonly StatementProblem[];
} {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields: Builder[] = [];
  const problems: StatementProblem[] = [];
  let group: Builder | null = null;
  let leading = 0;
  let at = start;
  while (at < bytes.length && !isPadding(bytes, at)) {
    const header = at + 4 <= bytes.length;
    const type = header ? view.getUint16(at) & typeMask : 0;
    const stated = header ? view.getUint16(at + 2) : 0;
    if (!header || at + 4 + stated > bytes.length) {
      problems.push({
        code: 'short-statement',
        offset: at,
        text: `${stated} > ${Math.max(0, bytes.length - at - 4)}`,
      });
      (group?.children ?? fields).push(field('unknown', type, at, bytes.length - at, null));
      at = bytes.length;
      break;
    }
    const length = stated + 4;
    const own = at;
    at += length;
    if (type === fieldTypes.id && group === null) {
      fields.push(field('system-health-id', type, own, length, stated >= 4 ? readId(bytes, own + 4) : null));
    } else if (type === fieldTypes.healthClass) {
      const number = stated > 0 ? (bytes[own + 4 + stated - 1] ?? null) : null;
      const healthClass = number === null ? null : (classes[number] ?? null);
      if (healthClass === null) problems.push({ code: 'unknown-class', offset: own, text: String(number) });
      group = { ...field('health-class', type, own, length, number), healthClass };
      fields.push(group);
    } else if (type === fieldTypes.product) {
      (group?.children ?? fields).push(
        field('product-name', type, own, length, readText(bytes, own + 4, at)),
      );
    } else if (type === fieldTypes.status && stated >= 4) {
      (group?.children ?? fields).push(field('status-code', type, own, length, view.getUint32(own + 4)));
    } else if (type === fieldTypes.vendor && stated >= 4) {
      if (!isAgentId(bytes, own + 4)) {
        problems.push({ code: 'foreign-vendor', offset: own, text: hexOf(bytes, own + 4, 4) });
        (group?.children ?? fields).push(field('vendor-value', type, own, length, null));
      } else if (group === null) {
        fields.push(vendorField(bytes, leadingValues[leading] ?? 'vendor-value', own, length));
        leading += 1;
      } else {
        group.children.push(vendorField(bytes, nextSecurityValue(group, stated), own, length));
      }
    } else {
      problems.push({ code: 'unknown-type', offset: own, text: String(type) });
      (group?.children ?? fields).push(field('unknown', type, own, length, null));
    }
  }
  return { fields, end: at, problems };
}

function field(
  name: StatementField,
  type: number,
  offset: number,
  length: number,
  value: number | string | null,
): Builder {
  return { field: name, type, offset, length, value, healthClass: null, children: [] };
}

/** Which of the three values comes next; one whose length does not fit its place is the one it fits. */
function nextSecurityValue(group: Builder, length: number): StatementField {
  if (group.healthClass !== 'security-updates') return 'vendor-value';
  if (!group.children.some((child) => child.field === 'status-code')) return 'vendor-value';
  const known = group.children.map((child) => child.field);
  const left = securityValues.filter((value) => !known.includes(value));
  const [next] = left;
  if (next === undefined) return 'vendor-value';
  if (next === 'wsus-server' || length === 8) return next;
  return left.find((value) => value === 'wsus-server') ?? 'vendor-value';
}

/** A vendor value: the vendor's id, then a little-endian number or a text. */
function vendorField(bytes: Uint8Array, name: StatementField, offset: number, length: number): Builder {
  const from = offset + 8;
  const value =
    name === 'wsus-server'
      ? readText(bytes, from, offset + length)
      : length === 12
        ? new DataView(bytes.buffer, bytes.byteOffset + from, 4).getUint32(0, true)
        : null;
  return field(name, fieldTypes.vendor, offset, length, value);
}

function isAgentId(bytes: Uint8Array, at: number): boolean {
  const [a, b, c, d] = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
  return (a === 0 && b === 1 && c === 0x37 && d === 0x80) || (a === 0x80 && b === 0x37 && c === 1 && d === 0);
}

function readId(bytes: Uint8Array, at: number): number {
  return isAgentId(bytes, at) ? agentId : new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0);
}

/** A text in UTF-16 of either byte order or in single bytes, by where its NULs stand; without those that end it. */
function readText(bytes: Uint8Array, from: number, to: number): string {
  const part = bytes.subarray(from, to);
  let [even, odd] = [0, 0];
  part.forEach((byte, index) => {
    if (byte !== 0) return;
    if (index % 2 === 0) even += 1;
    else odd += 1;
  });
  const wide = part.length >= 2 && Math.max(even, odd) * 4 > part.length;
  const encoding = !wide ? 'utf-8' : even > odd ? 'utf-16be' : 'utf-16le';
  return new TextDecoder(encoding).decode(part).replace(/\0[\s\S]*$/u, '');
}

/** Zeros that fill the value up to its size. */
function isPadding(bytes: Uint8Array, at: number): boolean {
  return bytes.subarray(at).every((byte) => byte === 0);
}

function hexOf(bytes: Uint8Array, from: number, length: number): string {
  return Array.from(bytes.subarray(from, from + length), (byte) => byte.toString(16).padStart(2, '0')).join(
    ' ',
  );
}

function statusOf(
  tree: readonly StatementNode[],
  healthClass: HealthClass,
): readonly [StatementNode, number] | null {
  for (const group of tree) {
    if (group.healthClass !== healthClass) continue;
    const node = group.children.find((child) => child.field === 'status-code');
    if (node !== undefined && typeof node.value === 'number') return [node, node.value];
  }
  return null;
}

/** A number above the settings and their policy bit is an error code. */
const greatestMode = 0xfff;

function automaticUpdatesOf(tree: readonly StatementNode[]): AutomaticUpdatesState | null {
  const found = statusOf(tree, 'automatic-updates');
  if (found === null) return null;
  const [node, status] = found;
  const isError = status > greatestMode;
  return { node, status, mode: isError ? null : status & 0xf, byPolicy: !isError && (status & 0x100) !== 0 };
}

function securityUpdatesOf(tree: readonly StatementNode[]): SecurityUpdatesState | null {
  const found = statusOf(tree, 'security-updates');
  if (found === null) return null;
  const [node, status] = found;
  const values = tree.find((group) => group.healthClass === 'security-updates')?.children ?? [];
  const duration = values.find((child) => child.field === 'duration-since-last-sync');
  const server = values.find((child) => child.field === 'wsus-server');
  const flags = values.find((child) => child.field === 'updates-flag');
  return {
    node,
    status,
    duration: typeof duration?.value === 'number' ? { node: duration, seconds: duration.value } : null,
    server: typeof server?.value === 'string' ? { node: server, name: server.value } : null,
    flags: typeof flags?.value === 'number' ? { node: flags, bits: flags.value } : null,
  };
}
