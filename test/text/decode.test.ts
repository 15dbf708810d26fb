import fc from 'fast-check';
import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { Utf8Stream, decodeText } from '../../parsers/text/decode.ts';

function inPieces(bytes: Uint8Array, cuts: readonly number[]): string {
  const stream = new Utf8Stream();
  const out: Uint8Array[] = [];
  let from = 0;
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    if (cut <= from || cut >= bytes.length) continue;
    out.push(Uint8Array.from(stream.push(bytes.subarray(from, cut))));
    from = cut;
  }
  out.push(Uint8Array.from(stream.push(bytes.subarray(from))), Uint8Array.from(stream.end()));
  return Buffer.concat(out).toString('utf8');
}

const text = '2024-05-10 パッチ未適用 ㈱桜商事 ①\r\n2024-05-11 正常終了 3010\r\nplain ASCII line\r\n';

describe('decoding', () => {
  it.each([
    ['utf-8', Buffer.from(text), 'utf-8'],
    ['utf-8 with a byte order mark', Buffer.from(`\uFEFF${text}`), 'utf-8'],
    ['utf-16le with a byte order mark', Buffer.from(`\uFEFF${text}`, 'utf16le'), 'utf-16le'],
    ['utf-16be with a byte order mark', Buffer.from(`\uFEFF${text}`, 'utf16le').swap16(), 'utf-16be'],
    ['utf-16le without a byte order mark', Buffer.from(text, 'utf16le'), 'utf-16le'],
    ['cp932', iconv.encode(text, 'cp932'), 'cp932'],
  ])('reads %s', (_name, bytes, encoding) => {
    expect(decodeText(bytes)).toMatchObject({ text, encoding });
  });

  it('reads the same in pieces of any size', () => {
    const forms = [Buffer.from(text), Buffer.from(`\uFEFF${text}`, 'utf16le'), iconv.encode(text, 'cp932')];
    fc.assert(
      fc.property(fc.constantFrom(...forms), fc.array(fc.nat(200), { maxLength: 12 }), (bytes, cuts) => {
        expect(inPieces(bytes, cuts)).toBe(text);
      }),
    );
  });

  it('reads many lines at once as it reads them one by one', () => {
    const words = ['パッチ', '適用済み', '①', 'ｱｲｳ', 'ソ', '表', '《', 'abc', '3010', ' ', '\r\n', '\n'];
    const wide = ['é', '😀', '\uD83D', '\uDE00', '\u0A0A', '\u0A00', '\uFEFF', '\0', '\u{1040A}'];
    const lines = (of: readonly string[]) =>
      fc.array(fc.constantFrom(...of), { maxLength: 200 }).map((parts) => `1${parts.join('')}`);
    // A line that starts with ASCII shows by its NULs that it is UTF-16.
    const started = (given: string): string => given.replaceAll('\n', '\n2');
    fc.assert(
      fc.property(lines(words), (given) => {
        expect(decodeText(iconv.encode(given, 'cp932')).text).toBe(given);
      }),
    );
    fc.assert(
      fc.property(lines([...words, ...wide]).map(started), (given) => {
        const little = Buffer.from(`\uFEFF${given}`, 'utf16le');
        const expected = Buffer.from(given.replace(/[\uFEFF\0]/gu, ''), 'utf8').toString('utf8');
        expect(decodeText(little).text).toBe(expected);
        expect(decodeText(little.swap16()).text).toBe(expected);
      }),
    );
  });

  describe('of Japanese with hardly any ASCII', () => {
    const kana = ['あ', 'の', 'を', 'した', 'ア', 'ー', '、', '。', '「', '《', '》', '　'];
    const others = ['検', '出', '対象', '更新', '済', '適用', '㈱', '①', 'ｱ', '０', '上', '一'];
    /** Lines as people write them: kana between the ideographs, a bracket whose byte is that of a line feed. */
    const japanese = fc
      .array(
        fc.tuple(
          fc.constantFrom(...kana),
          fc.constantFrom(...others),
          fc.constantFrom(...kana),
          fc.constantFrom('', '', '', '\n', '\r\n'),
        ),
        { minLength: 12, maxLength: 120 },
      )
      .map((parts) => parts.flat().join(''));

    it.each(['utf-16le', 'utf-16be'] as const)('knows %s without a byte order mark', (encoding) => {
      const encode = (given: string): Buffer => {
        const little = Buffer.from(given, 'utf16le');
        return encoding === 'utf-16le' ? little : little.swap16();
      };
      fc.assert(
        fc.property(japanese, fc.array(fc.nat(400), { maxLength: 4 }), (given, cuts) => {
          const bytes = encode(given);
          expect(decodeText(bytes)).toEqual({ text: given, encoding, guessedAtLine: null });
          // The first piece holds what is looked at.
          expect(
            inPieces(
              bytes,
              cuts.map((cut) => cut + 512),
            ),
          ).toBe(given);
        }),
        { numRuns: 500 },
      );
    });

    it.each([
      ['utf-8', (given: string) => Buffer.from(given)],
      ['cp932', (given: string) => iconv.encode(given, 'cp932')],
    ] as const)('knows %s', (encoding, encode) => {
      fc.assert(
        fc.property(japanese, (given) => {
          expect(decodeText(encode(given))).toEqual({ text: given, encoding, guessedAtLine: null });
        }),
        { numRuns: 500 },
      );
    });

    it.each(['utf-16le', 'utf-16be'] as const)(
      'reads lines of %s whose bytes could be those of a line feed',
      (encoding) => {
        const given = 'あ《い》う\nあ《\n《》《》\nか《き\nさし《\n';
        const little = Buffer.from(`\uFEFF${given}`, 'utf16le');
        const bytes = encoding === 'utf-16le' ? little : little.swap16();
        expect(decodeText(bytes)).toEqual({ text: given, encoding, guessedAtLine: null });
      },
    );

    it('takes no bytes for it that are printable', () => {
      const printable = fc
        .array(fc.integer({ min: 0x20, max: 0x7e }), { minLength: 8, maxLength: 600 })
        .map((codes) => String.fromCharCode(...codes));
      fc.assert(
        fc.property(printable, (given) => {
          expect(decodeText(Buffer.from(given))).toEqual({
            text: given,
            encoding: 'utf-8',
            guessedAtLine: null,
          });
        }),
      );
      const dump = 'B0D0F0H0J0L0N0P0\n'.repeat(40);
      expect(decodeText(Buffer.from(dump)).text).toBe(dump);
    });

    it('goes back to bytes behind it', () => {
      for (const line of ['plain ascii line\n', 'lowercase\n', '検出の line\n', 'パッチ未適用\n']) {
        const wide = Buffer.from('\uFEFFあ《い》の行\r\n', 'utf16le');
        for (const bytes of [Buffer.from(line), iconv.encode(line, 'cp932')]) {
          expect(decodeText(Buffer.concat([wide, bytes, bytes])).text).toBe(`あ《い》の行\r\n${line}${line}`);
        }
      }
    });
  });

  it('reads bytes that follow UTF-16 in the encoding that they have', () => {
    const mixed = Buffer.concat([
      Buffer.from('\uFEFFwide 行\r\n', 'utf16le'),
      iconv.encode('狭い line\r\n', 'cp932'),
      Buffer.from('last 行\r\n', 'utf16le'),
    ]);
    expect(decodeText(mixed)).toMatchObject({
      text: 'wide 行\r\n狭い line\r\nlast 行\r\n',
      encoding: 'mixed',
    });
  });

  it('reads UTF-8 and CP932 lines of one file', () => {
    const mixed = Buffer.concat([Buffer.from('検出\n'), iconv.encode('展開\n', 'cp932')]);
    expect(decodeText(mixed)).toMatchObject({ text: '検出\n展開\n', encoding: 'mixed' });
  });

  it('reads quotes, dashes and the euro of Windows-1252', () => {
    const bytes = Buffer.from([0x93, 0x61, 0x94, 0x20, 0x96, 0x20, 0x80, 0xfc, 0x0a]);
    expect(decodeText(bytes)).toMatchObject({ text: '“a” – €ü\n', encoding: 'windows-1252' });
  });

  it('does not take a short line of CP932 for one of UTF-8 that lacks its start', () => {
    const text = 'あ対象　\r\nあ検ああ検ああ検あ\r\n';
    expect(decodeText(iconv.encode(text, 'cp932'))).toEqual({ text, encoding: 'cp932', guessedAtLine: null });
  });

  it('takes lines that were cut within a character for what they are', () => {
    const bytes = Buffer.from('日本語 1\n日本語 2\n日本', 'utf8');
    const cut = bytes.subarray(1, -1);
    const expected = { text: '\uFFFD本語 1\n日本語 2\n日\uFFFD', encoding: 'utf-8', guessedAtLine: null };
    expect(decodeText(cut)).toEqual(expected);
    const stream = new Utf8Stream();
    const parts = [...cut].map((byte) => stream.push(Uint8Array.of(byte)));
    expect(Buffer.concat([...parts, stream.end()]).toString('utf8')).toBe(expected.text);
    expect(decodeText(bytes.subarray(0, -1)).text).toBe('日本語 1\n日本語 2\n日\uFFFD');
  });

  it('takes Windows-1252 last and says where', () => {
    const bytes = Buffer.concat([Buffer.from('ok\n'), Buffer.from([0x41, 0xff, 0x42, 0x0a])]);
    expect(decodeText(bytes)).toEqual({ text: 'ok\nAÿB\n', encoding: 'windows-1252', guessedAtLine: 2 });
  });

  it('takes plain ASCII for UTF-8', () => {
    expect(decodeText(Buffer.from('plain\n')).encoding).toBe('utf-8');
  });

  it('drops NULs that fill a text', () => {
    expect(decodeText(Buffer.from('a line of text\n\0\0\0\0\0\0\0\0more\n')).text).toBe(
      'a line of text\nmore\n',
    );
  });

  it('gives back any UTF-8 text without NULs', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (any) => {
        const clean = Buffer.from(any.replaceAll('\0', '').replace(/^\uFEFF/u, '')).toString('utf8');
        fc.pre(clean.length > 3);
        const bytes = Buffer.from(clean);
        fc.pre(!(bytes[0] === 0xff || bytes[0] === 0xfe));
        expect(decodeText(bytes).text).toBe(clean);
      }),
    );
  });
});
