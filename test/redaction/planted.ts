// A bundle with secrets in every place and encoding that it has room for.
import { gzipSync } from 'node:zlib';
import { strToU8, zipSync } from 'fflate';
import iconv from 'iconv-lite';
import { buildTar } from '../archive/builders/tar.ts';
import { buildZip } from '../archive/builders/zip.ts';

/** What must not be found in any output, in whatever form. */
export const secrets = [
  'KEIRI-PC07',
  'tanaka.taro',
  '田中太郎',
  'himitsu@sakura-shoji.co.jp',
  'sakura-shoji',
  '10.77.66.55',
  'fd12:3456:789a::77',
  '00:1A:2B:3C:4D:5F',
  'wsus77',
  'naibu.local',
  'PF0XYZ77',
  'i-0feedfacefeedface',
  'Project-Kumo',
] as const;

const log = [
  '2024-05-10 09:12:00 INFO Computer Name: KEIRI-PC07 User Name: NAIBU\\tanaka.taro',
  '2024-05-10 09:12:01 INFO ユーザー名：田中太郎 himitsu@sakura-shoji.co.jp',
  '2024-05-10 09:12:02 INFO from 10.77.66.55 to fd12:3456:789a::77 mac 00-1a-2b-3c-4d-5f',
  '2024-05-10 09:12:03 WARN http://wsus77.naibu.local:8530/x Serial Number: PF0XYZ77',
  '2024-05-10 09:12:04 INFO i-0feedfacefeedface C:\\Users\\tanaka.taro\\AppData Project-Kumo',
].join('\r\n');

const inJson = JSON.stringify({
  path: 'C:\\Users\\tanaka.taro\\x',
  host: 'keiri-pc07',
  name: '田中太郎',
}).replace(
  /[^\u0000-\u007F]/gu,
  (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
);

const mhtml = [
  'MIME-Version: 1.0',
  'Content-Type: multipart/related; boundary="b"',
  '',
  '--b',
  'Content-Type: text/html; charset="utf-8"',
  'Content-Transfer-Encoding: quoted-printable',
  '',
  '<html><body><p>KEIRI-=\r\nPC07 =E7=94=B0=E4=B8=AD=E5=A4=AA=E9=83=8E</p></body></html>',
  '--b',
  'Content-Type: text/plain',
  'Content-Transfer-Encoding: base64',
  '',
  (
    Buffer.from(`${'.'.repeat(70)}tanaka.taro on KEIRI-PC07 ${'.'.repeat(40)}`)
      .toString('base64')
      .match(/.{1,76}/gu) ?? []
  ).join('\r\n'),
  '--b--',
].join('\r\n');

const page = `<html><body><h1>デバイスの詳細: KEIRI-PC07</h1><table><tr><th>ユーザー名</th><td>田中太郎</td></tr></table>
<p>KEI<b>RI-PC</b>07 &#30000;&#20013;&#22826;&#37086; <a href="file://wsus77/C%3A%5CUsers%5Ctanaka.taro">x</a></p></body></html>`;

const rows = [
  'MACHINE_NAME,TITLE,DETECT_STATUS,STATUS_DT,DEPLOY_STATUS,DEPLOY_STATUS_DT,DEPLOY_ERROR_CODE,DEPLOY_ATTEMPT_COUNT',
  'KEIRI-PC07,Update (KB5037771),NOTPATCHED,2024-05-10 09:12:41,SUCCESS,2024-05-10 20:00:00,0,1',
  'EIGYO-NB22,Update (KB5037771),PATCHED,2024-05-11 08:00:00,SUCCESS,2024-05-10 09:31:00,0,1',
].join('\r\n');

const registry = `\uFEFFWindows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\X]\r\n"ComputerName"="KEIRI-PC07"\r\n"v"=hex(1):${hexOf(
  'KEIRI-PC07 田中太郎',
)}\r\n`;

function hexOf(text: string): string {
  const pairs = [...Buffer.from(text, 'utf16le')].map((byte) => byte.toString(16).padStart(2, '0'));
  return pairs.map((pair, index) => (index > 0 && index % 20 === 0 ? `\\\r\n  ${pair}` : pair)).join(',');
}

const encoded = [
  `powershell -EncodedCommand ${Buffer.from('Get-X -Computer KEIRI-PC07 -User tanaka.taro', 'utf16le').toString('base64')}`,
  `token ${Buffer.from('{"user":"tanaka.taro","host":"KEIRI-PC07"}').toString('base64url')}.x`,
  `GET /a?u=${encodeURIComponent('田中太郎')}&m=himitsu%40sakura-shoji.co.jp HTTP/1.1`,
  `KEIRI\u2011PC07 ＫＥＩＲＩ－ＰＣ０７ KEIRI-\u200BPC07`,
].join('\n');

/** Writes the name of the packed file into the header (RFC 1952, 2.3). */
function gzipNamed(name: string, content: string): Buffer {
  const packed = gzipSync(Buffer.from(content));
  packed[3] = 0x08;
  return Buffer.concat([packed.subarray(0, 10), Buffer.from(`${name}\0`, 'latin1'), packed.subarray(10)]);
}

export const picture = Buffer.concat([
  Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
  Buffer.from('tEXt KEIRI-PC07 tanaka.taro'),
  Buffer.alloc(64),
]);

export async function plantedBundle(): Promise<Buffer> {
  const tar = await buildTar([
    { name: 'var/KEIRI-PC07/agent.log', data: log, uname: 'tanaka.taro', gname: 'naibu.local' },
  ]);
  const inner = buildZip(
    [
      { name: 'Users/tanaka.taro/notes.txt', data: log },
      { name: 'deep.tgz', data: gzipSync(tar) },
    ],
    { comment: 'from himitsu@sakura-shoji.co.jp' },
  );
  const workbook = zipSync({
    '[Content_Types].xml': strToU8('<Types/>'),
    'xl/workbook.xml': strToU8(
      '<workbook><sheets><sheet name="KEIRI-PC07" sheetId="1" r:id="rId1"/></sheets></workbook>',
    ),
    'xl/_rels/workbook.xml.rels': strToU8(
      '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>',
    ),
    'xl/worksheets/sheet1.xml': strToU8(
      '<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><r><t>KEIRI-</t></r><r><t>PC07</t></r></is></c></row></sheetData></worksheet>',
    ),
    'docProps/core.xml': strToU8('<p><dc:creator>tanaka.taro</dc:creator></p>'),
    'xl/media/image1.png': picture,
  });
  return buildZip(
    [
      { name: 'KEIRI-PC07/konea.log', data: log },
      { name: iconv.encode('田中太郎の端末/cp932.log', 'cp932'), data: iconv.encode(log, 'cp932') },
      { name: 'wide.log', data: Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(log, 'utf16le')]) },
      {
        name: 'wide-be.log',
        data: Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(log, 'utf16le').swap16()]),
      },
      {
        name: 'mixed.log',
        data: Buffer.concat([Buffer.from(`${log}\r\n`), iconv.encode(`${log}\r\n`, 'cp932')]),
      },
      {
        name: 'joined.log',
        data: Buffer.concat([
          Buffer.from(`${'idle\n'.repeat(15_000)}${log}\n`),
          Buffer.from(`${log}\n`, 'utf16le'),
        ]),
      },
      { name: 'state.json', data: inJson },
      { name: 'page.mht', data: mhtml },
      { name: 'デバイス.html', data: page, utf8Flag: true },
      { name: 'export.csv', data: rows },
      { name: 'x.reg', data: Buffer.from(registry, 'utf16le') },
      { name: 'encoded.txt', data: encoded },
      { name: 'list.xlsx', data: workbook },
      { name: 'shot.png', data: picture },
      {
        name: 'cache.bin',
        data: Buffer.concat([Buffer.from([0, 1, 2, 3, 4, 5, 6, 7]), Buffer.from('KEIRI-PC07\0\u0001\u0002')]),
      },
      { name: 'inner.zip', data: inner },
      { name: 'tanaka.taro.log.gz', data: gzipNamed('KEIRI-PC07.log', log) },
      { name: '../../KEIRI-PC07.txt', data: 'plain' },
      { name: 'plain.txt', data: 'Nothing of anybody in here.\nKB5037771 3010\n' },
    ],
    { comment: 'KEIRI-PC07 by tanaka.taro' },
  );
}

/** Every form in which a reader may come upon a text: as it is, and with its encodings undone. */
export function formsOf(bytes: Uint8Array): string[] {
  const buffer = Buffer.from(bytes);
  const direct = [
    buffer.toString('utf8'),
    buffer.toString('latin1'),
    buffer.toString('utf16le'),
    buffer.toString('utf16le', 1),
    Buffer.from(buffer.subarray(0, buffer.length & ~1))
      .swap16()
      .toString('utf16le'),
    iconv.decode(buffer, 'cp932'),
  ];
  return direct.flatMap((text) => [text, ...undone(text)]);
}

function undone(text: string): string[] {
  const joined = text.replace(/=\r?\n/gu, '');
  const bytewise = joined.replace(/(?:[%=][0-9A-Fa-f]{2})+/gu, (run) =>
    Buffer.from(run.replace(/[%=]/gu, ''), 'hex').toString('utf8'),
  );
  const entities = bytewise
    .replace(/&#x([0-9a-f]+);/giu, (_all, code: string) =>
      String.fromCodePoint(Number.parseInt(code, 16) % 0x11_0000),
    )
    .replace(/&#(\d+);/gu, (_all, code: string) => String.fromCodePoint(Number(code) % 0x11_0000))
    .replace(/\\u([0-9a-f]{4})/giu, (_all, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replace(/\\\\/gu, '\\');
  const bare = entities.replace(/<[^<>]*>|[\u200B\u00AD]/gu, '');
  const packed = [
    ...text.replace(/(?<=[A-Za-z0-9+/]{40})\r?\n/gu, '').matchAll(/[A-Za-z0-9+/_-]{12,}={0,2}/gu),
  ].flatMap(([run]) => {
    const inner = Buffer.from(run, 'base64');
    return [inner.toString('utf8'), inner.toString('utf16le')];
  });
  const hexed = [...text.replace(/\\\r?\n\s*/gu, '').matchAll(/(?:[0-9a-f]{2},){6,}[0-9a-f]{2}/giu)].flatMap(
    ([run]) => {
      const inner = Buffer.from(run.replace(/,/gu, ''), 'hex');
      return [inner.toString('utf8'), inner.toString('utf16le')];
    },
  );
  return [bytewise, entities, bare, ...packed, ...hexed];
}

/** The secrets that are to be found in a text; none should be. */
export function survivors(texts: readonly string[]): string[] {
  const folded = texts.map((text) =>
    text
      .normalize('NFKC')
      .replace(/[\u2010\u2011]/gu, '-')
      .toLowerCase(),
  );
  return secrets.filter((secret) => {
    const sought = secret.toLowerCase();
    const others = sought.includes(':') ? [sought, sought.replaceAll(':', '-')] : [sought];
    return folded.some((text) => others.some((one) => text.includes(one)));
  });
}
