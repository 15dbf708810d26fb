import { Tokenizer } from 'htmlparser2';
import type { TokenizerCallbacks } from 'htmlparser2';

/** What a reader of XML is told; names are as written, without their namespace prefix. */
export interface XmlHandler {
  /** @param attribute value of an attribute of this element by its local name, or null. */
  open(name: string, attribute: (name: string) => string | null): void;
  close(name: string): void;
  text(text: string): void;
}

/**
 * Walks XML without building a tree. Linear in the length of the text whatever it holds: there is no
 * stack, so an element that is never closed is just that.
 *
 * @param chunks the text in pieces, cut anywhere.
 */
export function walkXml(chunks: Iterable<string>, handler: XmlHandler): void {
  let chunk = '';
  let chunkStart = 0;
  let kept = '';
  let name = '';
  let attributeName = '';
  let attributeValue = '';
  const attributes = new Map<string, string>();
  const attribute = (wanted: string): string | null => attributes.get(wanted) ?? null;
  // A name or a value may begin in one chunk and end in the next: the tail of the former is kept.
  const slice = (start: number, end: number): string => {
    const from = start - chunkStart;
    return from >= 0
      ? chunk.slice(from, end - chunkStart)
      : (kept + chunk).slice(kept.length + from, kept.length + end - chunkStart);
  };
  const callbacks: TokenizerCallbacks = {
    onopentagname(start, end) {
      name = localName(slice(start, end));
      attributes.clear();
    },
    onattribname(start, end) {
      attributeName = localName(slice(start, end));
      attributeValue = '';
    },
    onattribdata(start, end) {
      attributeValue += slice(start, end);
    },
    onattribentity(code) {
      attributeValue += String.fromCodePoint(code);
    },
    onattribend() {
      attributes.set(attributeName, attributeValue);
    },
    onopentagend() {
      handler.open(name, attribute);
    },
    onselfclosingtag() {
      handler.open(name, attribute);
      handler.close(name);
    },
    onclosetag(start, end) {
      handler.close(localName(slice(start, end)));
    },
    ontext(start, end) {
      handler.text(slice(start, end));
    },
    ontextentity(code) {
      handler.text(String.fromCodePoint(code));
    },
    oncdata(start, end, offset) {
      handler.text(slice(start, end - offset));
    },
    oncomment: () => undefined,
    ondeclaration: () => undefined,
    onprocessinginstruction: () => undefined,
    onend: () => undefined,
  };
  const tokenizer = new Tokenizer({ xmlMode: true, decodeEntities: true }, callbacks);
  for (const next of chunks) {
    chunkStart += chunk.length;
    kept = (kept + chunk).slice(-keptCharacters);
    chunk = next;
    tokenizer.write(next);
  }
  tokenizer.end();
}

/** Longest name that may lie across two chunks; values arrive in pieces anyway. */
const keptCharacters = 1024;

function localName(name: string): string {
  const colon = name.indexOf(':');
  return colon === -1 ? name : name.slice(colon + 1);
}

const entityParts: string[] = [];
let entitySource = '';
let entityTokenizer: Tokenizer | null = null;

/** Decodes the character references of a piece of HTML text, as browsers do. */
export function decodeReferences(text: string): string {
  if (!text.includes('&')) return text;
  entityTokenizer ??= new Tokenizer(
    { decodeEntities: true },
    {
      ...nothing,
      ontext(start, end) {
        entityParts.push(entitySource.slice(start, end));
      },
      ontextentity(code) {
        entityParts.push(String.fromCodePoint(code));
      },
    },
  );
  // `<` would start a tag here; it is put aside as a character that no text uses.
  entitySource = text.includes('<') ? text.replaceAll('<', putAside) : text;
  entityTokenizer.reset();
  entityTokenizer.write(entitySource);
  entityTokenizer.end();
  const decoded = entityParts.join('');
  entityParts.length = 0;
  return entitySource === text ? decoded : decoded.replaceAll(putAside, '<');
}

const putAside = '\u{F8FF}';

/** Callbacks that do nothing. */
const nothing: TokenizerCallbacks = {
  onattribdata: () => undefined,
  onattribentity: () => undefined,
  onattribend: () => undefined,
  onattribname: () => undefined,
  oncdata: () => undefined,
  onclosetag: () => undefined,
  oncomment: () => undefined,
  ondeclaration: () => undefined,
  onend: () => undefined,
  onopentagend: () => undefined,
  onopentagname: () => undefined,
  onprocessinginstruction: () => undefined,
  onselfclosingtag: () => undefined,
  ontext: () => undefined,
  ontextentity: () => undefined,
};
