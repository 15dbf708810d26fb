import { describe, expect, it } from 'vitest';
import iconv from 'iconv-lite';
import { defaultRedaction } from '../../parsers/domain/redaction.ts';
import type { RedactionKind } from '../../parsers/domain/redaction.ts';
import { Redactor, keyOf } from '../../parsers/redaction/redactor.ts';
import { TokenTable } from '../../parsers/redaction/token-table.ts';

function knowing(
  values: readonly (readonly [RedactionKind, string])[] = [],
  settings: Partial<typeof defaultRedaction> = {},
  tokens = new TokenTable(),
): Redactor {
  const known = values.map(([kind, value]) => ({
    kind,
    key: keyOf(kind, value),
    forms: [value],
    spreads: true,
  }));
  return new Redactor(known, { ...defaultRedaction, ...settings }, tokens);
}

describe('patterns', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['mail to taro.tanaka@sakura-shoji.co.jp now', 'mail to EMAIL-01 now'],
    ['from 10.20.30.40:443', 'from IP-01:443'],
    ['version 4.8.0.0 of it', 'version 4.8.0.0 of it'],
    ['mask 255.255.255.0, loop 127.0.0.1', 'mask 255.255.255.0, loop 127.0.0.1'],
    ['addr fe80::1ff:fe23:4567:890a%eth0 up', 'addr IP-01 up'],
    ['2001:db8::17', 'IP-01'],
    ['at 10:59:40:657 std::vector', 'at 10:59:40:657 std::vector'],
    ['mac 00:1A:2B:3C:4D:5E', 'mac MAC-01'],
    ['2024-05-10-09-12-00', '2024-05-10-09-12-00'],
    ['i-0123456789abcdef0 ran', 'INSTANCE-01 ran'],
    ['/subscriptions/0a1b2c3d-1111-2222-3333-444455556666/x', '/subscriptions/INSTANCE-01/x'],
    ['C:\\Users\\tanaka\\AppData', 'C:\\Users\\USER-01\\AppData'],
    ['C:/Users/Public/Desktop', 'C:/Users/Public/Desktop'],
    ['/home/suzuki/.bashrc', '/home/USER-01/.bashrc'],
    ['User Name: SAKURA\\tanaka', 'User Name: DOMAIN-01\\USER-01'],
    ['ユーザー名：田中 太郎', 'ユーザー名：USER-01'],
    ['<th>User Name</th>\n<td>tanaka</td>', '<th>User Name</th>\n<td>USER-01</td>'],
    ['"userName": "suzuki", "x": 1', '"userName": "USER-01", "x": 1'],
    ['<Data Name="SubjectUserName">suzuki</Data>', '<Data Name="SubjectUserName">USER-01</Data>'],
    ['S-1-5-21-1-22-333-1001', 'USER-01'],
    ['user: SYSTEM', 'user: SYSTEM'],
    ['Serial Number: 5CG1234XYZ', 'Serial Number: SERIAL-01'],
    ['シリアル番号: PF0ABCDE', 'シリアル番号: SERIAL-01'],
    ['\\\\fs01\\share$', '\\\\HOST-01\\share$'],
    ['http://wsus01.corp.example.local:8530/x', 'http://HOST-01.DOMAIN-01:8530/x'],
    ['https://fe2.update.microsoft.com/v6', 'https://fe2.update.microsoft.com/v6'],
    ['Computer Name = EIGYO-NB22', 'Computer Name = HOST-01'],
    ['http://admin:geheim@proxy01:8080/', 'http://USER-01@HOST-01:8080/'],
    ['System.Net.Http update.exe kernel32.dll', 'System.Net.Http update.exe kernel32.dll'],
    ['HKLM\\SOFTWARE\\Policies', 'HKLM\\SOFTWARE\\Policies'],
  ];
  it.each(cases)('%j', (before, after) => {
    expect(knowing().text(before)).toBe(after);
  });
});

describe('encodings', () => {
  const redactor = knowing([
    ['host', 'PC-0042'],
    ['user', '田中'],
  ]);
  const cases: readonly (readonly [string, string])[] = [
    ['as it is, in any case and width', 'pc-0042 ＰＣ－００４２'],
    ['percent', 'file=%50%43-0042&u=%E7%94%B0%E4%B8%AD'],
    ['percent in CP932', `u=${[...iconv.encode('田中', 'cp932')].map((b) => `%${b.toString(16)}`).join('')}`],
    ['percent, twice', 'u=%2550C-0042'.replace('%2550', '%2550')],
    ['JSON', String.raw`"\u7530\u4e2d" "\\\\PC-0042\\x" "a\nPC-0042"`],
    ['HTML', '&#30000;&#x4e2d; P&#67;-0042 PC&#45;0042'],
    ['markup within', 'PC-<b>00</b>42 <t>PC-</t></r><r><t>0042</t>'],
    ['quoted-printable', 'PC-00=\r\n42 =E7=94=B0=E4=\r\n=B8=AD'],
    ['unseen characters', 'PC\u200B-00\u00AD42'],
    ['base64', Buffer.from('the host PC-0042 is up').toString('base64')],
    ['base64 of UTF-16', Buffer.from('Get-X PC-0042 田中', 'utf16le').toString('base64')],
    ['base64url', Buffer.from('{"host":"PC-0042","a":"?>?>"}').toString('base64url')],
    ['hexadecimal', Buffer.from('host PC-0042').toString('hex')],
    [
      'a registry export',
      `hex(1):${[...Buffer.from('PC-0042', 'utf16le')].map((b) => b.toString(16).padStart(2, '0')).join(',')}`,
    ],
  ];
  it.each(cases)('%s', (_name, text) => {
    const redacted = redactor.text(text);
    expect(redacted).not.toBe(text);
    for (const plain of [redacted, ...decoded(redacted)]) {
      expect(plain.normalize('NFKC').toUpperCase()).not.toContain('PC-0042');
      expect(plain).not.toContain('田中');
    }
    // What was redacted stays so.
    expect(redactor.text(redacted)).toBe(redacted);
  });

  it('leaves other names and words alone', () => {
    const text = 'PC-00421 XPC-0042 APC-0042x KB5037771 3010 0x80240022 田村';
    expect(redactor.text(text)).toBe(text);
  });

  it('keeps the markup that ran through a name, and the form of base64', () => {
    expect(redactor.text('PC-<b>0042</b>')).toBe('HOST-01<b></b>');
    const block = Buffer.from(`${'x'.repeat(100)} PC-0042 ${'y'.repeat(60)}`).toString('base64');
    const wrapped = (block.match(/.{1,76}/gu) ?? []).join('\r\n');
    const lines = redactor.text(wrapped).split('\r\n');
    expect(lines.length).toBeGreaterThan(1);
    expect(Math.max(...lines.map((line) => line.length))).toBe(76);
    expect(Buffer.from(lines.join(''), 'base64').toString()).toContain('HOST-01');
  });
});

describe('settings', () => {
  it('takes out words of the analyst wherever they stand, and leaves what is ignored or switched off', () => {
    const redactor = knowing([['host', 'PC-0042']], {
      words: ['Sakura'],
      ignored: ['pc-0042'],
      kinds: ['host', 'user'],
    });
    expect(redactor.text('PC-0042 kitasakura2 10.1.2.3 a@b.co.jp')).toBe(
      'PC-0042 kitaWORD-012 10.1.2.3 a@b.co.jp',
    );
  });

  it('gives a value its token again, and new values new ones', () => {
    const first = knowing([['host', 'PC-0042']]);
    first.text('PC-0042');
    const later = knowing(
      [
        ['host', 'PC-0001'],
        ['host', 'PC-0042'],
      ],
      {},
      new TokenTable(first.tokens.saved()),
    );
    expect(later.text('PC-0042 PC-0001')).toBe('HOST-01 HOST-02');
  });

  it('reads a saved table with nonsense in it', () => {
    const table = new TokenTable({ 'host:a': 'HOST-07', 'host:b': 'HOST-x', 'gone:c': 'GONE-01', user: '' });
    expect([table.tokenOf('host', 'a'), table.tokenOf('host', 'new')]).toEqual(['HOST-07', 'HOST-08']);
  });
});

describe('values', () => {
  it('maps texts of plain values and leaves words of the product', () => {
    const redactor = knowing([['host', 'high']]);
    expect(
      redactor.value({ severity: 'high', name: 'high', list: ['high', 1, null] }, new Set(['severity'])),
    ).toEqual({
      severity: 'high',
      name: 'HOST-01',
      list: ['HOST-01', 1, null],
    });
  });

  it('costs no more than the length of a hostile text', () => {
    const redactor = knowing([['host', 'aaaa']]);
    const hostile = [
      'a',
      '@',
      'a.',
      '<b>',
      '%41',
      '\\',
      ':',
      'user: ',
      'A'.repeat(39),
      '=\r\n',
      '00,',
      '1.1.1.',
    ];
    const timeOf = (count: number): number => {
      const before = process.cpuUsage().user;
      for (const unit of hostile) redactor.text(unit.repeat(Math.floor(count / unit.length)));
      return process.cpuUsage().user - before;
    };
    timeOf(20_000);
    const [small, large] = [timeOf(40_000), timeOf(320_000)];
    expect(large / Math.max(small, 20_000)).toBeLessThan(40);
  }, 60_000);
});

/** The ways in which a reader might get the plain text back. */
function decoded(text: string): string[] {
  const results: string[] = [];
  for (const match of text.matchAll(/[A-Za-z0-9+/_-]{12,}={0,2}/gu)) {
    const bytes = Buffer.from(match[0], 'base64');
    results.push(bytes.toString('utf8'), bytes.toString('utf16le'));
  }
  for (const match of text.matchAll(/(?:[0-9a-f]{2},?){6,}/gu)) {
    const bytes = Buffer.from(match[0].replace(/,/gu, ''), 'hex');
    results.push(bytes.toString('utf8'), bytes.toString('utf16le'));
  }
  const plain = text
    .replace(/=\r\n/gu, '')
    .replace(/[%=]([0-9A-Fa-f]{2})/gu, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/&#x?([0-9a-f]+);/gu, (all, code: string) =>
      String.fromCodePoint(Number.parseInt(code, all.includes('x') ? 16 : 10)),
    )
    .replace(/<[^>]*>|[\u200B\u00AD]/gu, '');
  results.push(plain, Buffer.from(plain, 'latin1').toString('utf8'));
  return results;
}
