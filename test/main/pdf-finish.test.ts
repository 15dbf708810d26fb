import { describe, expect, it } from 'vitest';
import { finishPdf } from '../../main/pdf-finish.ts';
import type { PdfFacts } from '../../main/pdf-finish.ts';

const facts: PdfFacts = {
  title: '桜.zip: <調査> & (報告)',
  language: 'ja',
  creator: 'Patchtrail 0.1.0',
  stamp: '2024-06-11T10:00:00+09:00',
};

/** A document of one empty page, built as the printer builds it. */
function printed(date: string, producer = 'Skia/PDF m130'): Buffer {
  const objects = [
    `<</Producer (${producer})\n/CreationDate (D:${date}+00'00')\n/ModDate (D:${date}+00'00')>>`,
    '<</Type /Pages\n/Kids [3 0 R]\n/Count 1>>',
    '<</Type /Page\n/Parent 2 0 R\n/MediaBox [0 0 595 842]>>',
    '<</Type /Catalog\n/Pages 2 0 R\n/Lang (ja)>>',
  ];
  let text = '%PDF-1.4\n';
  const places = objects.map((body, index) => {
    const place = text.length;
    text += `${index + 1} 0 obj\n${body}\nendobj\n`;
    return place;
  });
  const start = text.length;
  const entries = places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`);
  text += `xref\n0 5\n0000000000 65535 f \n${entries.join('')}trailer\n<</Size 5\n/Root 4 0 R\n/Info 1 0 R>>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(text, 'latin1');
}

/** The object that a position of the last cross-reference table leads to. */
function objectAt(text: string, number: number): string {
  const table = text.slice(Number(/startxref\n(?<at>\d+)\n%%EOF\n$/u.exec(text)?.groups?.['at']));
  const sections = [...table.matchAll(/(?<first>\d+) (?<count>\d+)\n(?<entries>(?:\d{10} \d{5} n \n)+)/gu)];
  for (const { groups } of sections) {
    const index = number - Number(groups?.['first']);
    if (index < 0 || index >= Number(groups?.['count'])) continue;
    const at = Number(groups?.['entries']?.slice(index * 20, index * 20 + 10));
    return text.slice(at, text.indexOf('endobj', at));
  }
  throw new Error(`no object ${number}`);
}

describe('a finished PDF', () => {
  it('holds no trace of the clock by which it was printed', () => {
    const first = finishPdf(printed('20261122130605'), facts);
    expect(finishPdf(printed('20270101000000'), facts).equals(first)).toBe(true);
    const text = first.toString('latin1');
    expect(text).not.toContain('20261122');
    expect(text.match(/D:20240611010000\+00'00'/gu)).toHaveLength(4);
    expect(text).toContain('<xmp:ModifyDate>2024-06-11T01:00:00Z</xmp:ModifyDate>');
  });

  it('keeps what was printed and appends an update that every part of which is where its table says', () => {
    const before = printed('20240611010000');
    const text = finishPdf(before, facts).toString('latin1');
    expect(text.startsWith(before.toString('latin1'))).toBe(true);
    expect(objectAt(text, 4)).toMatch(/^4 0 obj\n<<\/Type \/Catalog/u);
    expect(objectAt(text, 4)).toContain('/DisplayDocTitle true');
    expect(objectAt(text, 4).match(/\/Lang/gu)).toHaveLength(1);
    expect(objectAt(text, 5)).toMatch(/^5 0 obj\n<<\/Title <FEFF/u);
    expect(objectAt(text, 6)).toContain('/Subtype /XML');
    const length = Number(/\/Length (?<length>\d+)/u.exec(objectAt(text, 6))?.groups?.['length']);
    expect(/stream\n(?<xmp>.*)\nendstream/su.exec(objectAt(text, 6))?.groups?.['xmp']).toHaveLength(length);
    expect(text).toMatch(/\/Size 7\n\/Root 4 0 R\n\/Info 5 0 R\n\/ID \[<[0-9a-f]{32}> <[0-9a-f]{32}>\]/u);
  });

  it('says its title in any script, and no markup of it acts', () => {
    const text = finishPdf(printed('20240611010000'), facts).toString('latin1');
    const title = /\/Title <(?<hex>[0-9A-F]+)>/u.exec(text)?.groups?.['hex'] ?? '';
    expect(Buffer.from(title, 'hex').swap16().toString('utf16le')).toBe(`\uFEFF${facts.title}`);
    expect(Buffer.from(text, 'latin1').toString('utf8')).toContain('桜.zip: &lt;調査&gt; &amp; (報告)');
  });

  it('has another identifier when it says something else', () => {
    const idOf = (pdf: Buffer): string =>
      /\/ID \[<(?<id>[0-9a-f]+)>/u.exec(pdf.toString('latin1'))?.[1] ?? '';
    expect(idOf(finishPdf(printed('20240611010000', 'x'), facts))).not.toBe(
      idOf(finishPdf(printed('20240611010000', 'y'), facts)),
    );
  });

  it('names structure elements in the order of the file, whatever the printer called them', () => {
    const named = (a: string, b: string, pairs: string, limits: string): Buffer =>
      Buffer.from(
        `%PDF-1.4\n7 0 obj\n<</S /TH\n/ID (node${a})>>\nendobj\n8 0 obj\n<</S /TD\n/ID (node${b})\n/A <</Headers [(node${a})]>>>>\nendobj\n<</Limits [${limits}]\n/Names [${pairs}]>>\n`,
        'latin1',
      );
    const one = named(
      '00000047',
      '00000012',
      '(node00000012) 8 0 R (node00000047) 7 0 R',
      '(node00000012) (node00000047)',
    );
    const other = named(
      '00000003',
      '00000099',
      '(node00000003) 7 0 R (node00000099) 8 0 R',
      '(node00000003) (node00000099)',
    );
    const text = finishPdf(one, facts).toString('latin1');
    expect(finishPdf(other, facts).toString('latin1')).toBe(text);
    expect(text).toContain(
      '/Limits [(node00000001) (node00000002)]\n/Names [(node00000001) 7 0 R (node00000002) 8 0 R]',
    );
    expect(text).toContain('/Headers [(node00000001)]');
    expect(text).toHaveLength(one.length);
  });

  it('of a build that is not known is left as it was printed, but for its dates', () => {
    const before = Buffer.from("%PDF-2.0\n<</CreationDate (D:20261122130605+00'00')>>\nxref stream\n%%EOF\n");
    expect(finishPdf(before, facts).toString('latin1')).toBe(
      before.toString('latin1').replace('20261122130605', '20240611010000'),
    );
  });
});
