import { decodeReferences } from '../../text/markup.ts';

/** An element with its own text; what lies in it is in `children`. */
export interface XmlElement {
  readonly name: string;
  readonly line: number;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

interface OpenElement extends XmlElement {
  readonly children: XmlElement[];
  text: string;
}

const mostElements = 200_000;
const deepest = 200;

/**
 * Reads the small XML files of a diagnostic package, with the line on which every element starts. Linear
 * and forgiving: an element that is never closed ends with the text, a wrong end tag is passed over.
 *
 * @returns the outermost elements; null when the text has none
 */
export function readXml(text: string): readonly XmlElement[] | null {
  const roots: XmlElement[] = [];
  const stack: OpenElement[] = [];
  let line = 1;
  let at = 0;
  let elements = 0;
  const advance = (to: number): string => {
    const piece = text.slice(at, to);
    for (const character of piece) if (character === '\n') line += 1;
    at = to;
    return piece;
  };
  while (at < text.length && elements < mostElements) {
    const open = text.indexOf('<', at);
    const piece = advance(open === -1 ? text.length : open);
    const holder = stack.at(-1);
    if (holder !== undefined && piece.trim() !== '') holder.text += decodeReferences(piece.trim());
    if (open === -1) break;
    const comment = text.startsWith('<!--', at);
    const close = text.indexOf(comment ? '-->' : '>', at);
    const startLine = line;
    const tag = advance(close === -1 ? text.length : close + (comment ? 3 : 1));
    if (comment || /^<[?!]/u.test(tag)) continue;
    const name = /^<\/?(?:[\w.-]+:)?(?<name>[\w.-]+)/u.exec(tag)?.groups?.['name'];
    if (name === undefined) continue;
    if (tag.startsWith('</')) {
      const opened = stack.findLastIndex((element) => element.name === name);
      if (opened !== -1) stack.length = opened;
      continue;
    }
    elements += 1;
    const element: OpenElement = {
      name,
      line: startLine,
      attributes: attributesOf(tag),
      children: [],
      text: '',
    };
    (holder?.children ?? roots).push(element);
    if (!tag.endsWith('/>') && stack.length < deepest) stack.push(element);
  }
  return roots.length === 0 ? null : roots;
}

function attributesOf(tag: string): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  for (const match of tag.matchAll(
    /\s(?:[\w.-]+:)?(?<name>[\w.-]+)\s*=\s*(?:"(?<double>[^"]*)"|'(?<single>[^']*)')/gu,
  )) {
    const groups = match.groups ?? {};
    attributes.set(
      (groups['name'] ?? '').toLowerCase(),
      decodeReferences(groups['double'] ?? groups['single'] ?? ''),
    );
  }
  return attributes;
}

/** A named value: an attribute, a leaf element, or a `name`/`value` pair. Keys are lower case letters and digits. */
export interface XmlValue {
  readonly key: string;
  readonly value: string;
  readonly line: number;
  /** Key of the element around it. */
  readonly parent: string;
}

/** Every named value of a document, in its order. */
export function* xmlValues(elements: readonly XmlElement[], parent = ''): Generator<XmlValue> {
  for (const element of elements) {
    const key = keyOf(element.name);
    const { attributes, children, line } = element;
    for (const [name, value] of attributes) yield { key: keyOf(name), value, line, parent: key };
    const pairName = attributes.get('name') ?? attributes.get('key');
    const pairValue = attributes.get('value') ?? element.text;
    if (pairName !== undefined && pairValue !== '')
      yield { key: keyOf(pairName), value: pairValue, line, parent: key };
    if (children.length === 0 && element.text !== '') yield { key, value: element.text, line, parent };
    yield* xmlValues(children, key);
  }
}

function keyOf(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/gu, '');
}
