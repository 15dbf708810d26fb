import { EvtxDamage } from './model.ts';
import type { EventAttribute, EventElement } from './model.ts';
import { arrayFlag, arrayTexts, valueText, valueType } from './values.ts';

/** Tokens of binary XML (MS-EVEN6 2.2.12); 0x40 is added where more follows. */
const token = {
  endOfFragment: 0x00,
  openStart: 0x01,
  closeStart: 0x02,
  closeEmpty: 0x03,
  endElement: 0x04,
  value: 0x05,
  attribute: 0x06,
  cdata: 0x07,
  characterReference: 0x08,
  entityReference: 0x09,
  instructionTarget: 0x0a,
  instructionData: 0x0b,
  templateInstance: 0x0c,
  substitution: 0x0d,
  optionalSubstitution: 0x0e,
  fragmentHeader: 0x0f,
} as const;

const moreFlag = 0x40;
/** An element with attributes, in the token that opens it. */
const attributesFlag = 0x40;

/** Deeper nesting, or more elements and values in one record, is damage: real events have a few dozen. */
const deepest = 48;
const mostPieces = 50_000;

/** What a template holds where a value belongs. */
interface Slot {
  readonly kind: 'slot';
  readonly index: number;
  readonly optional: boolean;
}

type Piece = string | Slot | ElementShape | InstanceShape;

/** An element as a template or a record writes it, its values not filled in yet. */
interface ElementShape {
  readonly kind: 'element';
  readonly name: string;
  readonly attributes: readonly AttributeShape[];
  readonly content: readonly Piece[];
}

interface AttributeShape {
  readonly name: string;
  readonly value: readonly Piece[];
}

interface InstanceShape {
  readonly kind: 'instance';
  readonly template: readonly Piece[];
  readonly values: Values;
}

/** The values of an instance: type, place and size of each, one after the other. */
type Values = Int32Array;

const valueFields = 3;
const noValues: Values = new Int32Array(0);
const noAttributes: readonly EventAttribute[] = [];

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/**
 * Reads the binary XML of one chunk: names and templates stand in the chunk once and are referred to
 * by their place, so they are read once and kept for the chunk's other records.
 */
export class BinaryXmlReader {
  readonly #bytes: Buffer;
  readonly #names = new Map<number, { readonly text: string; readonly end: number }>();
  readonly #templates = new Map<number, { readonly pieces: readonly Piece[]; readonly end: number }>();
  #at = 0;
  #end = 0;
  #depth = 0;
  #pieces = 0;

  /** @param bytes the whole chunk: places are relative to its start */
  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /**
   * Reads the fragment between two places of the chunk as its root element.
   *
   * @throws EvtxDamage or RangeError where the bytes make no sense
   */
  read(from: number, to: number): EventElement {
    this.#depth = 0;
    this.#pieces = 0;
    const pieces = this.#fragment(from, to, true);
    const [root] = this.#fillAll(pieces, noValues).filter((item) => typeof item !== 'string');
    if (root === undefined) throw new EvtxDamage('no element');
    return root;
  }

  /** Reads a stretch with the position kept for the caller. */
  #fragment(from: number, to: number, dependencyIds: boolean): readonly Piece[] {
    const [at, end] = [this.#at, this.#end];
    if (to > this.#bytes.length || from > to) throw new EvtxDamage('fragment outside of the chunk');
    this.#at = from;
    this.#end = to;
    const pieces = this.#content(dependencyIds);
    this.#at = at;
    this.#end = end;
    return pieces;
  }

  /** Content up to the end of the element or of the fragment; the closing token is consumed. */
  #content(dependencyIds: boolean): Piece[] {
    this.#enter();
    const pieces: Piece[] = [];
    while (this.#at < this.#end) {
      this.#count();
      const next = this.#byte();
      const kind = next & ~moreFlag;
      if (kind === token.endOfFragment || kind === token.endElement) break;
      if (kind === token.openStart) {
        pieces.push(this.#element((next & attributesFlag) !== 0, dependencyIds));
      } else if (kind === token.fragmentHeader) {
        this.#skip(3);
      } else if (kind === token.templateInstance) {
        pieces.push(this.#instance());
      } else {
        const piece = this.#valuePiece(kind);
        if (piece !== null) pieces.push(piece);
      }
    }
    this.#depth -= 1;
    return pieces;
  }

  /** A piece that may stand in an attribute as well as in an element; null for one without text. */
  #valuePiece(kind: number): Piece | null {
    switch (kind) {
      case token.value: {
        const type = this.#byte();
        if (type !== valueType.string) throw new EvtxDamage(`literal of type ${type}`);
        return this.#countedText();
      }
      case token.cdata:
        return this.#countedText();
      case token.characterReference:
        return String.fromCharCode(this.#word());
      case token.entityReference: {
        const name = this.#name();
        return entities[name] ?? `&${name};`;
      }
      case token.substitution:
      case token.optionalSubstitution: {
        const index = this.#word();
        this.#skip(1);
        return { kind: 'slot', index, optional: kind === token.optionalSubstitution };
      }
      case token.instructionTarget:
        this.#name();
        return null;
      case token.instructionData:
        this.#countedText();
        return null;
      default:
        throw new EvtxDamage(`token ${kind}`);
    }
  }

  #element(hasAttributes: boolean, dependencyIds: boolean): ElementShape {
    // Elements of a value of type binary XML have no dependency id.
    if (dependencyIds) this.#skip(2);
    this.#skip(4);
    const name = this.#name();
    const attributes = hasAttributes ? this.#attributes() : [];
    const close = this.#byte();
    if (close === token.closeEmpty) return { kind: 'element', name, attributes, content: [] };
    if (close !== token.closeStart) throw new EvtxDamage(`token ${close} in a start tag`);
    return { kind: 'element', name, attributes, content: this.#content(dependencyIds) };
  }

  #attributes(): AttributeShape[] {
    const size = this.#dword();
    const stop = this.#at + size;
    if (stop > this.#end) throw new EvtxDamage('attributes outside of the fragment');
    const attributes: AttributeShape[] = [];
    while (this.#at < stop) {
      this.#count();
      const next = this.#byte();
      if ((next & ~moreFlag) !== token.attribute) throw new EvtxDamage(`token ${next} among attributes`);
      const name = this.#name();
      const value: Piece[] = [];
      while (this.#at < stop && !isAttribute(this.#bytes[this.#at])) {
        this.#count();
        const piece = this.#valuePiece(this.#byte() & ~moreFlag);
        if (piece !== null) value.push(piece);
      }
      attributes.push({ name, value });
    }
    return attributes;
  }

  #instance(): InstanceShape {
    this.#skip(5);
    const place = this.#dword();
    const template = this.#template(place);
    // A template that is used for the first time stands right here.
    if (place === this.#at) this.#moveTo(template.end);
    const count = this.#dword();
    if (count * 4 > this.#end - this.#at) throw new EvtxDamage(`${count} values`);
    const descriptors = this.#at;
    let at = descriptors + count * 4;
    const values = new Int32Array(count * valueFields);
    for (let index = 0; index < count; index += 1) {
      const size = this.#bytes.readUInt16LE(descriptors + index * 4);
      values[index * valueFields] = this.#bytes.readUInt8(descriptors + index * 4 + 2);
      values[index * valueFields + 1] = at;
      values[index * valueFields + 2] = size;
      at += size;
    }
    this.#moveTo(at);
    return { kind: 'instance', template: template.pieces, values };
  }

  #template(place: number): { readonly pieces: readonly Piece[]; readonly end: number } {
    let known = this.#templates.get(place);
    if (known === undefined) {
      const size = this.#bytes.readUInt32LE(place + 20);
      const end = place + 24 + size;
      known = { pieces: this.#fragment(place + 24, end, true), end };
      this.#templates.set(place, known);
    }
    return known;
  }

  /** A name by its place; where that is here, it is read past. */
  #name(): string {
    const place = this.#dword();
    let known = this.#names.get(place);
    if (known === undefined) {
      const count = this.#bytes.readUInt16LE(place + 6);
      const end = place + 10 + count * 2;
      if (end > this.#bytes.length) throw new EvtxDamage('name outside of the chunk');
      known = { text: this.#bytes.toString('utf16le', place + 8, place + 8 + count * 2), end };
      this.#names.set(place, known);
    }
    if (place === this.#at) this.#moveTo(known.end);
    return known.text;
  }

  #fillAll(pieces: readonly Piece[], values: Values): (EventElement | string)[] {
    this.#enter();
    const filled: (EventElement | string)[] = [];
    for (const piece of pieces) this.#fill(piece, values, filled);
    this.#depth -= 1;
    return filled;
  }

  #fill(piece: Piece, values: Values, into: (EventElement | string)[]): void {
    this.#count();
    if (typeof piece === 'string') {
      into.push(piece);
      return;
    }
    switch (piece.kind) {
      case 'element':
        this.#fillElement(piece, values, into);
        break;
      case 'instance':
        into.push(...this.#fillAll(piece.template, piece.values));
        break;
      case 'slot': {
        const at = piece.index * valueFields;
        const type = values[at];
        if (type === valueType.binaryXml) {
          into.push(...this.#embedded(values[at + 1] ?? 0, values[at + 2] ?? 0));
        } else {
          const text = this.#text(values, piece.index);
          if (text !== '') into.push(text);
        }
        break;
      }
    }
  }

  /** An element whose only content is an array is written once for each item. */
  #fillElement(shape: ElementShape, values: Values, into: (EventElement | string)[]): void {
    const attributes =
      shape.attributes.length === 0 ? noAttributes : this.#fillAttributes(shape.attributes, values);
    const [only] = shape.content;
    if (shape.content.length === 1 && typeof only === 'object' && only.kind === 'slot') {
      const at = only.index * valueFields;
      const type = values[at] ?? valueType.null;
      if (type !== valueType.binaryXml && (type & arrayFlag) !== 0) {
        for (const text of arrayTexts(this.#bytes, type, values[at + 1] ?? 0, values[at + 2] ?? 0)) {
          this.#count();
          into.push({ name: shape.name, attributes, children: text === '' ? [] : [text] });
        }
        return;
      }
      // An optional value that is absent takes its element with it.
      if (only.optional && type === valueType.null) return;
    }
    into.push({ name: shape.name, attributes, children: this.#fillAll(shape.content, values) });
  }

  /** An attribute all of whose values are absent is absent as well. */
  #fillAttributes(shapes: readonly AttributeShape[], values: Values): readonly EventAttribute[] {
    const attributes: EventAttribute[] = [];
    for (const { name, value: pieces } of shapes) {
      let text = '';
      let isThere = pieces.length === 0;
      for (const piece of pieces) {
        this.#count();
        if (typeof piece === 'string') {
          text += piece;
          isThere = true;
        } else if (
          piece.kind === 'slot' &&
          (values[piece.index * valueFields] ?? valueType.null) !== valueType.null
        ) {
          text += this.#text(values, piece.index);
          isThere = true;
        }
      }
      if (isThere) attributes.push({ name, value: text });
    }
    return attributes;
  }

  #text(values: Values, index: number): string {
    const type = values[index * valueFields] ?? valueType.null;
    const at = values[index * valueFields + 1] ?? 0;
    const size = values[index * valueFields + 2] ?? 0;
    return (type & arrayFlag) === 0
      ? valueText(this.#bytes, type, at, size)
      : arrayTexts(this.#bytes, type, at, size).join(', ');
  }

  /** A value that is binary XML itself: a fragment, mostly an instance of another template. */
  #embedded(at: number, size: number): readonly (EventElement | string)[] {
    if (size === 0) return [];
    return this.#fillAll(this.#fragment(at, at + size, false), noValues);
  }

  #countedText(): string {
    const size = this.#word() * 2;
    const from = this.#at;
    this.#skip(size);
    return this.#bytes.toString('utf16le', from, from + size);
  }

  #byte(): number {
    if (this.#at >= this.#end) throw new EvtxDamage('fragment ends early');
    const value = this.#bytes.readUInt8(this.#at);
    this.#at += 1;
    return value;
  }

  #word(): number {
    const value = this.#bytes.readUInt16LE(this.#at);
    this.#skip(2);
    return value;
  }

  #dword(): number {
    const value = this.#bytes.readUInt32LE(this.#at);
    this.#skip(4);
    return value;
  }

  #skip(count: number): void {
    this.#moveTo(this.#at + count);
  }

  #moveTo(at: number): void {
    if (at > this.#end) throw new EvtxDamage('fragment ends early');
    this.#at = at;
  }

  #enter(): void {
    this.#depth += 1;
    if (this.#depth > deepest) throw new EvtxDamage('nested too deep');
  }

  #count(): void {
    this.#pieces += 1;
    if (this.#pieces > mostPieces) throw new EvtxDamage('too many pieces');
  }
}

function isAttribute(byte: number | undefined): boolean {
  return byte !== undefined && (byte & ~moreFlag) === token.attribute;
}
