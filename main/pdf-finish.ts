/**
 * The last touch on a printed PDF. The printer writes its own clock and the browser's name into it and leaves out
 * what readers and archives look for: a title in the window's bar, an identifier, XMP metadata. All of that is
 * appended as an incremental update (ISO 32000-1, 7.5.6); what was printed stays as it is, byte for byte, but for
 * the digits of its two dates and of the names of its structure elements.
 */
import { createHash } from 'node:crypto';

export interface PdfFacts {
  /** The document's title, as it is shown. */
  readonly title: string;
  /** BCP 47. */
  readonly language: string;
  /** The application that made it, with its version. */
  readonly creator: string;
  /** ISO 8601 with offset: the document's dates; null: those of the printer's clock. */
  readonly stamp: string | null;
}

/** The parts of a PDF that an update needs to know. */
interface Tail {
  /** Where its cross-reference table begins. */
  readonly start: number;
  /** Number of its objects. */
  readonly size: number;
  readonly root: number;
  /** Body of the document's catalogue, without its brackets. */
  readonly catalogue: string;
}

const datePattern = /\/(?<name>CreationDate|ModDate) \(D:(?<date>\d{14})(?<zone>[+-]\d\d'\d\d'|Z)\)/gu;

/**
 * @returns the finished PDF; one whose build is not known (a later printer's) only has its dates set
 */
export function finishPdf(printed: Uint8Array, facts: PdfFacts): Buffer {
  // One character is one byte, so that positions are those of the file.
  let text = Buffer.from(printed).toString('latin1');
  const digits = facts.stamp === null ? null : utcDigits(facts.stamp);
  if (digits !== null) {
    // The zone keeps its length: the printer writes UTC either way.
    text = text.replace(datePattern, (whole: string, _name: string, date: string, zone: string) =>
      whole.replace(`${date}${zone}`, `${digits}${zone === 'Z' ? 'Z' : "+00'00'"}`),
    );
  }
  text = withOrderedNames(text);
  const tail = readTail(text);
  if (tail === null) return Buffer.from(text, 'latin1');
  const date = digits ?? firstDate(text) ?? '20000101000000';
  return Buffer.concat([Buffer.from(text, 'latin1'), Buffer.from(update(text, tail, facts, date), 'latin1')]);
}

/**
 * The printer names structure elements by numbers that depend on when it came upon them: the same document gets
 * others on another run. Here they are numbered in the order of the file; all keep their length, so nothing moves.
 */
function withOrderedNames(text: string): string {
  const numbers = new Map<string, string>();
  for (const { groups } of text.matchAll(/\/ID \(node(?<number>\d{8})\)/gu)) {
    const number = groups?.['number'] ?? '';
    if (!numbers.has(number)) numbers.set(number, String(numbers.size + 1).padStart(8, '0'));
  }
  if (numbers.size === 0) return text;
  const renamed = text.replace(/\(node(\d{8})\)/gu, (whole, number: string) => {
    const next = numbers.get(number);
    return next === undefined ? whole : `(node${next})`;
  });
  // The tree of names is one leaf, which is sorted by name and says its first and last.
  return renamed.replace(
    /\/Limits \[\(node\d{8}\) \(node\d{8}\)\]\n\/Names \[(?<names>(?:\(node\d{8}\) \d+ 0 R ?)+)\]/gu,
    (_whole, names: string) => {
      const pairs = [...names.matchAll(/\(node\d{8}\) \d+ 0 R/gu)].map(([pair]) => pair).sort();
      const name = (pair: string | undefined): string => (pair ?? '').slice(0, '(node00000000)'.length);
      return `/Limits [${name(pairs[0])} ${name(pairs.at(-1))}]\n/Names [${pairs.join(' ')}]`;
    },
  );
}

/** `20240611004100`, in UTC. */
function utcDigits(stamp: string): string {
  return new Date(stamp).toISOString().replaceAll(/\D/gu, '').slice(0, 14);
}

function firstDate(text: string): string | undefined {
  return datePattern[Symbol.matchAll](text).next().value?.groups?.['date'];
}

function readTail(text: string): Tail | null {
  const end = text.slice(-2_048);
  const found =
    /trailer\s*<<\s*\/Size (?<size>\d+)\s*\/Root (?<root>\d+) 0 R\s*\/Info \d+ 0 R\s*>>\s*startxref\s*(?<start>\d+)\s*%%EOF\s*$/u.exec(
      end,
    )?.groups;
  if (found === undefined) return null;
  const start = Number(found['start']);
  const root = Number(found['root']);
  const size = Number(found['size']);
  if (!text.startsWith('xref', start)) return null;
  const body = text.lastIndexOf(`\n${root} 0 obj\n<<`, start);
  const close = text.indexOf('\nendobj', body);
  if (body < 0 || close < 0) return null;
  const catalogue = text.slice(body + `\n${root} 0 obj\n<<`.length, close).trimEnd();
  if (!catalogue.endsWith('>>')) return null;
  return { start, size, root, catalogue: catalogue.slice(0, -2) };
}

function update(text: string, tail: Tail, facts: PdfFacts, date: string): string {
  const [info, metadata] = [tail.size, tail.size + 1];
  const dateText = `(D:${date}+00'00')`;
  const xmp = xmpOf(facts, date);
  const catalogue = [
    tail.catalogue,
    /\/Lang\b/u.test(tail.catalogue) ? '' : `/Lang (${facts.language})`,
    /\/ViewerPreferences\b/u.test(tail.catalogue) ? '' : '/ViewerPreferences <</DisplayDocTitle true>>',
    /\/Metadata\b/u.test(tail.catalogue) ? '' : `/Metadata ${metadata} 0 R`,
  ].filter((part) => part !== '');
  const objects: readonly (readonly [number, string])[] = [
    [tail.root, `<<${catalogue.join('\n')}>>`],
    [
      info,
      `<</Title ${utf16Text(facts.title)}\n/Creator ${utf16Text(facts.creator)}\n/Producer (Skia/PDF)\n/CreationDate ${dateText}\n/ModDate ${dateText}>>`,
    ],
    [metadata, `<</Type /Metadata\n/Subtype /XML\n/Length ${xmp.length}>> stream\n${xmp}\nendstream`],
  ];
  const separator = text.endsWith('\n') ? '' : '\n';
  let added = separator;
  const places: (readonly [number, number])[] = [];
  for (const [number, body] of objects) {
    places.push([number, text.length + added.length]);
    added += `${number} 0 obj\n${body}\nendobj\n`;
  }
  const table = text.length + added.length;
  const entry = (place: number): string => `${String(place).padStart(10, '0')} 00000 n \n`;
  const [[, rootPlace] = [0, 0], [, infoPlace] = [0, 0], [, metadataPlace] = [0, 0]] = places;
  const id = identifierOf(text, added);
  return [
    added,
    `xref\n${tail.root} 1\n${entry(rootPlace)}${info} 2\n${entry(infoPlace)}${entry(metadataPlace)}`,
    `trailer\n<</Size ${tail.size + 2}\n/Root ${tail.root} 0 R\n/Info ${info} 0 R\n/ID [<${id}> <${id}>]\n/Prev ${tail.start}>>\n`,
    `startxref\n${table}\n%%EOF\n`,
  ].join('');
}

/** From the contents, dates included: the same document has the same one. */
function identifierOf(text: string, added: string): string {
  return createHash('sha256').update(text, 'latin1').update(added, 'latin1').digest('hex').slice(0, 32);
}

/** A text string in UTF-16BE with its mark, in hexadecimal: any character, nothing to escape. */
function utf16Text(text: string): string {
  const bytes = Buffer.from(`\uFEFF${text}`, 'utf16le').swap16();
  return `<${bytes.toString('hex').toUpperCase()}>`;
}

function xmpOf({ title, language, creator }: PdfFacts, digits: string): string {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/u.exec(digits) ?? [];
  const date = `${year ?? ''}-${month ?? ''}-${day ?? ''}T${hour ?? ''}:${minute ?? ''}:${second ?? ''}Z`;
  const packet = `<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">${xmlText(title)}</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag><rdf:li>${xmlText(language)}</rdf:li></rdf:Bag></dc:language>
<xmp:CreatorTool>${xmlText(creator)}</xmp:CreatorTool>
<xmp:CreateDate>${date}</xmp:CreateDate>
<xmp:ModifyDate>${date}</xmp:ModifyDate>
<pdf:Producer>Skia/PDF</pdf:Producer>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>`;
  return Buffer.from(packet, 'utf8').toString('latin1');
}

function xmlText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/gu, ' ');
}
