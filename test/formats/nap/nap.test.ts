import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { napSystem } from '../../../parsers/formats/nap/index.ts';
import type { NapStatementFact, StatementNode } from '../../../parsers/formats/nap/facts.ts';
import { readRegistryText } from '../../../parsers/formats/nap/registry-text.ts';
import { findStatement, readStatement } from '../../../parsers/formats/nap/statement.ts';
import { readFile } from '../harvest.ts';
import type { FileReading } from '../harvest.ts';
import { asRegistryExport, buildStatement } from './statement-builder.ts';

const { formats } = napSystem([]);
const fixtures = new URL('../../fixtures/nap/', import.meta.url);

function read(path: string, content: string | Uint8Array): FileReading {
  return readFile(formats, path, content);
}

function statementOf(reading: FileReading): NapStatementFact {
  return reading.facts.find((fact) => fact.type === 'nap/statement')?.value as NapStatementFact;
}

const codesOf = (reading: FileReading): string[] => reading.warnings.map(({ code }) => code);

/** Field, offset and value of each node, children indented. */
function outline(nodes: readonly StatementNode[], depth = 0): string[] {
  return nodes.flatMap((node) => [
    `${' '.repeat(depth)}${node.healthClass ?? node.field} @${node.offset}+${node.length} ${String(node.value)}`,
    ...outline(node.children, depth + 1),
  ]);
}

const sampleOutline = [
  'system-health-id @0+8 79744',
  'flags @8+12 42',
  'version @20+12 393217',
  'firewall @32+5 0',
  ' product-name @37+36 Windows Firewall',
  ' status-code @73+8 5',
  'antivirus @81+5 1',
  ' product-name @86+24 Example AV',
  ' status-code @110+8 3',
  'antispyware @118+5 2',
  ' product-name @123+36 Windows Defender',
  ' status-code @159+8 7',
  'automatic-updates @167+5 3',
  ' status-code @172+8 260',
  'security-updates @180+5 4',
  ' status-code @185+8 16711686',
  ' duration-since-last-sync @193+12 93600',
  ' wsus-server @205+39 http://wsus.example.local:8530',
  ' updates-flag @244+12 66560',
];

describe('nap/statement', () => {
  it.each(['SohCache.reg', 'SohCache.bin'])('decodes every class and field of %s', (name) => {
    const reading = read(name, readFileSync(new URL(name, fixtures)));
    expect(reading.kind).toBe('nap/statement');
    expect(reading.warnings).toEqual([]);
    const statement = statementOf(reading);
    expect(outline(statement.tree)).toEqual(sampleOutline);
    expect(statement).toMatchObject({
      bytes: 256,
      version: 0x0006_0001,
      automaticUpdates: { mode: 4, byPolicy: true },
      securityUpdates: {
        status: 0x00ff_0006,
        duration: { seconds: 93_600 },
        server: { name: 'http://wsus.example.local:8530' },
        flags: { bits: 0x1_0400 },
      },
    });
    expect(statement.securityUpdates?.duration?.node.hex).toBe('00 07 00 08 00 01 37 80 a0 6d 01 00');
  });

  it('names the line of each field in an export', () => {
    const tree = statementOf(read('SohCache.reg', readFileSync(new URL('SohCache.reg', fixtures)))).tree;
    expect([tree[0]?.line, tree[3]?.line, tree[7]?.children.at(-1)?.line]).toEqual([4, 5, 13]);
  });

  it('reads `reg query`', () => {
    const hex = Buffer.from(
      buildStatement({ automatic: 1, security: 0x00ff_0005, duration: 60, server: '', flags: 0x4000 }),
    );
    const text = `\r\nHKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\services\\napagent\\SohCache\\79744\r\n    SoH    REG_BINARY    ${hex.toString('hex').toUpperCase()}\r\n`;
    const reading = read('soh.txt', text);
    expect(reading.kind).toBe('nap/statement');
    expect(statementOf(reading)).toMatchObject({
      automaticUpdates: { mode: 1, byPolicy: false },
      securityUpdates: { duration: { seconds: 60 }, server: { name: '' }, flags: { bits: 0x4000 } },
    });
    expect(reading.facts[0]?.citation.line).toBe(3);
  });

  it('says as of when, and nothing where nothing tells', () => {
    const bytes = buildStatement({ security: 0x00ff_0005 });
    const modified = {
      raw: 'x',
      local: 0,
      offset: 0,
      offsetSource: 'stated',
      precision: 'second',
      clock: 'exporter',
      clockOf: '',
    } as const;
    expect(statementOf(readFile(formats, 'a.bin', bytes, { modified })).asOf).toEqual(modified);
    expect(statementOf(read('a.bin', bytes)).asOf).toBeNull();
  });

  it('takes vendor ids in either byte order', () => {
    const statement = statementOf(
      read(
        'a.bin',
        buildStatement({ security: 0x00ff_0006, duration: 7, server: 'w', flags: 0x400, swapped: true }),
      ),
    );
    expect(statement.tree[0]?.value).toBe(79_744);
    expect(statement.securityUpdates).toMatchObject({
      duration: { seconds: 7 },
      server: { name: 'w' },
      flags: { bits: 0x400 },
    });
  });

  it('leaves absent what an error leaves absent', () => {
    const { securityUpdates, automaticUpdates } = statementOf(
      read('a.bin', buildStatement({ automatic: 0xc0ff_0003, security: 0x00ff_0008 })),
    );
    expect(securityUpdates).toMatchObject({ status: 0x00ff_0008, duration: null, server: null, flags: null });
    expect(automaticUpdates).toMatchObject({ status: 0xc0ff_0003, mode: null, byPolicy: false });
  });

  it('a statement shorter than its lengths say is read as far as it goes', () => {
    const whole = buildStatement({
      automatic: 4,
      security: 0x00ff_0006,
      duration: 7,
      server: 'wsus',
      flags: 0x400,
    });
    for (let length = 8; length < whole.length; length += 1) {
      const statement = readStatement(whole.subarray(0, length));
      // Zeros at the very end count as padding.
      expect(length - (statement?.bytes ?? 0)).toBeLessThanOrEqual(3);
    }
    const reading = read('a.reg', asRegistryExport(whole.subarray(0, whole.length - 2)));
    expect(codesOf(reading)).toEqual(['short-statement']);
    expect(statementOf(reading).securityUpdates).toMatchObject({ duration: { seconds: 7 }, flags: null });
  });

  it('unknown classes and types are shown and told', () => {
    const extra = [0, 8, 0, 1, 9, 0, 11, 0, 4, 0, 0, 0, 1, 0x3f, 0xff, 0, 1, 0];
    const reading = read('a.bin', buildStatement({ security: 0x00ff_0005, extra }));
    expect(codesOf(reading)).toEqual(['unknown-class', 'unknown-type']);
    expect(outline(statementOf(reading).tree).slice(-3)).toEqual([
      'health-class @99+5 9',
      ' status-code @104+8 1',
      ' unknown @112+5 null',
    ]);
  });

  it('a foreign vendor value takes no place of the three', () => {
    const bytes = buildStatement({ security: 0x00ff_0005, extra: [0, 7, 0, 8, 0, 0, 1, 0x37, 1, 2, 3, 4] });
    const reading = read('a.bin', bytes);
    expect(codesOf(reading)).toEqual(['foreign-vendor']);
    expect(statementOf(reading).securityUpdates?.duration).toBeNull();
  });

  it('ignores the two flag bits of a type and zeros behind the end', () => {
    const bytes = buildStatement({ security: 0x00ff_0005, extra: [0, 0, 0, 0, 0, 0] });
    bytes[0] = 0xc0;
    expect(statementOf(read('a.bin', bytes)).securityUpdates?.status).toBe(0x00ff_0005);
    expect(read('a.bin', bytes).warnings).toEqual([]);
  });

  it('an export of another agent is told, not decoded', () => {
    const bytes = Buffer.from('00020004000137810000', 'hex');
    const reading = read('a.reg', asRegistryExport(bytes));
    expect(reading.facts).toEqual([]);
    expect(codesOf(reading)).toEqual(['foreign-statement']);
    expect(findStatement(bytes)).toBe(-1);
  });

  it('rejects other exports and other bytes', () => {
    expect(
      read(
        'a.reg',
        'Windows Registry Editor Version 5.00\n\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\X]\n"A"=dword:1\n',
      ).kind,
    ).toBeNull();
    expect(read('a.bin', Buffer.concat([Buffer.alloc(40, 3), buildStatement({})])).kind).toBeNull();
  });

  it('ends for any bytes', () => {
    const seed = buildStatement({
      automatic: 4,
      security: 0x00ff_0006,
      duration: 7,
      server: 'w',
      flags: 0x400,
    });
    for (let at = 8; at < seed.length; at += 1) {
      for (const value of [0, 1, 7, 8, 0x7f, 0xff]) {
        const bytes = seed.slice();
        bytes[at] = value;
        expect(readStatement(bytes)?.start).toBe(0);
      }
    }
  });
});

describe('nap/policy', () => {
  const path =
    'HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Windows System Health Validator';

  it('reads both sets of an export', () => {
    const text = [
      'Windows Registry Editor Version 5.00',
      '',
      `[${path}\\{d40a68da-831c-4ca3-a273-1ac569205353}]`,
      '"AutoUpdate"=dword:00000000',
      '"EnforceUpdates"=dword:00000001',
      '"MaxDurationSinceLastSync"=dword:0003f480',
      '"MinimumSeverityRating"=dword:00000100',
      '"WSUSAllowed"=dword:00000001',
      '',
      `[${path}\\{51FECD48-263C-4EA2-B304-47A3B5136809}]`,
      '"EnforceUpdates"=dword:00000000',
    ].join('\r\n');
    const reading = read('policy.reg', Buffer.from(`\uFEFF${text}`, 'utf16le'));
    expect(reading.kind).toBe('nap/policy');
    expect(reading.facts.map(({ value, citation }) => [value, citation.line])).toEqual([
      [
        {
          clients: 'current',
          key: `${path}\\{d40a68da-831c-4ca3-a273-1ac569205353}`,
          autoUpdate: 0,
          enforceUpdates: 1,
          maxDurationSinceLastSync: 259_200,
          minimumSeverityRating: 0x100,
          windowsUpdateAllowed: null,
          wsusAllowed: 1,
        },
        3,
      ],
      [expect.objectContaining({ clients: 'xp', enforceUpdates: 0, autoUpdate: null }), 10],
    ]);
  });

  it('reads `reg query`', () => {
    const text = `${path}\\{d40a68da-831c-4ca3-a273-1ac569205353}\n    EnforceUpdates    REG_DWORD    0x1\n`;
    expect(read('policy.txt', text).facts[0]?.value).toMatchObject({ enforceUpdates: 1, wsusAllowed: null });
  });

  it('keeps what it cannot read as warnings', () => {
    const warnings: string[] = [];
    readRegistryText('[HKEY_LOCAL_MACHINE\\X]\n"a"=what\n"b"=hex:0g,01\n', (line, code) =>
      warnings.push(`${line} ${code}`),
    );
    expect(warnings).toEqual(['2 bad-value', '3 bad-value']);
  });
});

describe('nap/client-state', () => {
  const head =
    'Client state:\r\n----------------------------------------------------\r\nName                   = Network Access Protection Client\r\nRestriction state      = Not restricted\r\n\r\n';
  const agents =
    'System health agent (SHA) state:\r\n---\r\nId                     = 79744\r\nName                   = Windows セキュリティ正常性エージェント\r\nRemediation state      = Success\r\nFixup Message          = (3237937214) - done\r\n\r\nCompliance results     = (0x00000000) -\r\n                         (0xc0ff0007) - install\r\n                         (0x00ff0006) -\r\n';

  it('reads a file that goes from UTF-16LE to OEM bytes', () => {
    // CP932 of the agent's name, as the console of a Japanese system writes it.
    const name = Buffer.from('5769 6e64 6f77 7320 905b 97cd'.replaceAll(' ', ''), 'hex');
    const [before, after] = agents.split('Windows セキュリティ正常性エージェント');
    const bytes = Buffer.concat([
      Buffer.from(`\uFEFF${head}`, 'utf16le'),
      Buffer.from(before ?? '', 'latin1'),
      name,
      Buffer.from(after ?? '', 'latin1'),
    ]);
    const reading = read('napstate.txt', bytes);
    expect(reading.kind).toBe('nap/client-state');
    expect(reading.facts[0]?.value).toEqual({
      restrictionState: 'Not restricted',
      agents: [
        {
          id: 79_744,
          name: expect.stringMatching(/^Windows \S+/u) as unknown,
          remediationState: 'Success',
          failureCategory: null,
          fixupCode: 0xc0ff_003e,
          complianceCodes: [0, 0xc0ff_0007, 0x00ff_0006],
          line: 8,
        },
      ],
    });
  });

  it('does not take enforcement clients for agents', () => {
    const text = `${head}Enforcement client state:\n---\nId = 79617\nName = DHCP\n`;
    expect(read('napstate.txt', text).facts[0]?.value).toMatchObject({ agents: [] });
  });

  it('leaves other texts alone', () => {
    expect(read('a.txt', 'Id = 79744\nName = x\n').kind).toBeNull();
  });
});

describe('the evidence list', () => {
  it('names what serves each item, and what Windows Update asks for', () => {
    const ids = new Set<string>(formats.map((format) => format.id));
    const own = napSystem([]).askFor;
    expect(own.map(({ item }) => item)).toEqual([
      'nap/statement',
      'nap/policy',
      'nap/client-state',
      'nap/events',
      'nap/policy-server-events',
    ]);
    for (const { servedBy } of own) for (const id of servedBy) expect(ids.has(id)).toBe(true);
    const item = { item: 'windows-update/log', servedBy: [] } as const;
    expect(napSystem([item]).askFor.at(-1)).toBe(item);
  });
});
