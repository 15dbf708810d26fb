import { Tokenizer } from 'htmlparser2';
import type { TokenizerCallbacks } from 'htmlparser2';
import { anyCells, CellCounter, TooManyCells } from './cell-limits.ts';
import type { CellLimits } from './cell-limits.ts';
import { decodeReferences } from './markup.ts';
import type { Heading, Page, Pair, Tab } from './page-model.ts';
import { dropTrailingBlanks, sameCells } from './table.ts';
import type { Table } from './table.ts';
import { tablesOfRoles } from './role-tables.ts';

/**
 * A saved page is read in one pass over its tokens, without a tree. What is open is kept on a stack;
 * tables, headings, labels and fields are taken down as they end. End tags are matched as leniently
 * as browsers do it, and every step is bounded, so that a page of 200,000 nested tables or of tags
 * that never end costs no more than its length.
 */

/** Elements without content. */
const voidElements: ReadonlySet<string> = new Set(
  'area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr'.split(
    ' ',
  ),
);

/** Elements whose content is no visible text. */
const unseenElements: ReadonlySet<string> = new Set(
  'script style template noscript noembed noframes iframe object svg math audio video canvas datalist'.split(
    ' ',
  ),
);

/** Elements that begin and end a line of text. */
const blockElements: ReadonlySet<string> = new Set(
  (
    'address article aside blockquote body br caption center dd details dialog div dl dt fieldset figcaption figure ' +
    'footer form h1 h2 h3 h4 h5 h6 header hr label legend li main menu nav ol p pre section select summary table ' +
    'tbody td tfoot th thead tr ul'
  ).split(' '),
);

/** An open element of the first kind ends where one of the second begins: the end tags that authors leave out. */
const impliedEnds: Readonly<Record<string, ReadonlySet<string>>> = {
  li: new Set(['li', 'p']),
  dt: new Set(['dt', 'dd', 'p']),
  dd: new Set(['dt', 'dd', 'p']),
  option: new Set(['option']),
  optgroup: new Set(['option', 'optgroup']),
  p: new Set(['p']),
  div: new Set(['p']),
  ul: new Set(['p']),
  ol: new Set(['p']),
  dl: new Set(['p']),
  table: new Set(['p']),
};

/** Attributes that are looked at; all others are passed over. */
const knownAttributes: ReadonlySet<string> = new Set([
  'alt',
  'aria-current',
  'aria-selected',
  'checked',
  'class',
  'colspan',
  'disabled',
  'for',
  'hidden',
  'id',
  'label',
  'multiple',
  'name',
  'role',
  'rowspan',
  'selected',
  'style',
  'title',
  'type',
  'value',
]);

/** Elements that may be a tab; those around whole parts of a page are none whatever their class. */
const tabElements: ReadonlySet<string> = new Set([
  'a',
  'button',
  'div',
  'li',
  'span',
  'td',
  'th',
  'label',
  'b',
  'strong',
  'em',
]);

/** Elements that are looked at and stand in none of the lists above. */
const formElements: ReadonlySet<string> = new Set(['title', 'option', 'optgroup', 'textarea', 'label']);

/** Stands for the names of a page beyond the first few thousand. */
const otherName = '(other)';

/** What is known of an element by its name. */
interface Tag {
  readonly name: string;
  /** Position among the tags of a reader: open elements are counted by it. */
  readonly index: number;
  readonly block: boolean;
  readonly empty: boolean;
  readonly unseen: boolean;
  readonly mayBeTab: boolean;
  readonly implied: ReadonlySet<string> | null;
  /** The stack's entry for an element of which nothing else is to be remembered. */
  readonly plainFrame: Frame;
}

function makeTag(name: string, index: number): Tag {
  return {
    name,
    index,
    block: blockElements.has(name),
    empty: voidElements.has(name),
    unseen: unseenElements.has(name),
    mayBeTab: tabElements.has(name),
    implied: impliedEnds[name] ?? null,
    plainFrame: { name, index, hidden: false, capture: null, role: null, tab: null, detail: null },
  };
}

/** Length and first letter of the attributes that are looked at: most others need not be cut out to be passed over. */
const attributeShapes: ReadonlySet<number> = new Set(
  [...knownAttributes].map((name) => name.length * 256 + name.charCodeAt(0)),
);

/** Stands for the end of a line of text inside a cell; no page uses it. */
const lineEnd = '\u001f';

const searchDepth = 1000;
/** Columns that spans may make in a row, which has no more cells of its own than the limit. */
const mostColumns = 10_000;
const mostSpannedCells = 2_000_000;
/**
 * What a page may keep besides cells. A page of a few megabytes, packed, can hold a hundred million paragraphs; each
 * costs some hundred bytes once it is read. Counted are pieces of text, and by weight what is made of them.
 */
const mostKept = 32_000_000;
const keptWeight = 8;
const tableWeight = 64;
/** Open elements; those beyond are as if they were not there. */
const mostOpen = 1_000_000;
const longestCapture = 64 * 1024;
const longestTab = 80;
const longestLabel = 160;
const longestHeading = 2000;
const longestInherited = 2000;
const mostTabs = 5000;
/** Titles and headers are looked for in so many first rows of a table. */
const headerRowsAtMost = 12;
const cacheSize = 4096;

interface Frame {
  readonly name: string;
  readonly index: number;
  readonly hidden: boolean;
  readonly capture: Capture | null;
  /** What is to be done with the capture. */
  readonly role: 'heading' | 'caption' | 'label' | 'dt' | 'dd' | 'option' | 'textarea' | 'title' | null;
  /** A tab may also be a heading cell and the like. */
  readonly tab: TabDraft | null;
  readonly detail: FrameDetail | null;
}

interface FrameDetail {
  readonly line: number;
  readonly order?: number;
  readonly level?: number;
  readonly label?: LabelDraft;
  readonly option?: OptionDraft;
  readonly field?: FieldDraft;
}

interface Capture {
  /** Position in the log and length of the log's text at the start. */
  readonly from: number;
  readonly length: number;
}

interface TabDraft {
  readonly line: number;
  /** Where it opened, in the order of the page. */
  readonly order: number;
  readonly group: number;
  readonly selected: boolean;
  /** Marked as a tab by itself, not only by standing beside one. */
  readonly explicit: boolean;
}

interface OptionDraft {
  readonly selected: boolean;
  readonly label: string;
  text: string;
}

interface FieldDraft {
  readonly kind: 'text' | 'select' | 'choice';
  readonly id: string;
  readonly line: number;
  value: string;
  readonly checked: boolean;
  /** Free text before it. */
  readonly before: string;
  /** Text of the label around it. */
  around: string;
  /** Text behind a choice without a label. */
  after: string;
  readonly options: OptionDraft[];
  readonly multiple: boolean;
}

interface LabelDraft {
  readonly for: string;
  readonly fields: FieldDraft[];
}

interface CellDraft {
  text: string;
  /** `alt` or `title` of what is inside, for cells without text. */
  substitute: string;
  readonly heading: boolean;
  readonly columns: number;
  readonly rows: number;
  readonly line: number;
  fields: FieldDraft[] | null;
  hasTable: boolean;
}

/** What a row is, as far as it decides whether it is a header; packed into one number for every row. */
interface RowMarks {
  /** Cells that the row itself has. */
  readonly own: number;
  readonly headingCells: number;
  readonly inHead: boolean;
  /** Neither fields nor tables in it. */
  readonly plain: boolean;
  /** A cell spans columns. */
  readonly spanning: boolean;
}

const mostCounted = 1023;

function packMarks(marks: RowMarks): number {
  return (
    Math.min(marks.own, mostCounted) |
    (Math.min(marks.headingCells, mostCounted) << 10) |
    (marks.inHead ? 1 << 20 : 0) |
    (marks.plain ? 1 << 21 : 0) |
    (marks.spanning ? 1 << 22 : 0)
  );
}

function unpackMarks(packed: number): RowMarks {
  return {
    own: packed & mostCounted,
    headingCells: (packed >> 10) & mostCounted,
    inHead: (packed & (1 << 20)) !== 0,
    plain: (packed & (1 << 21)) !== 0,
    spanning: (packed & (1 << 22)) !== 0,
  };
}

interface RowDraft {
  readonly line: number;
  row: number;
  readonly cells: readonly string[];
}

interface PairDraft {
  readonly label: string;
  /** Text with line ends. */
  readonly text: string;
  readonly fields: readonly FieldDraft[] | null;
  readonly line: number;
}

interface TableDraft {
  readonly line: number;
  readonly serial: number;
  readonly frame: number;
  readonly hidden: boolean;
  readonly outerCell: CellDraft | null;
  title: string | null;
  readonly rows: RowDraft[];
  readonly marks: number[];
  /** Of the first rows: the width of the cell that each column comes from. */
  readonly spans: (readonly number[])[];
  readonly pairs: PairDraft[];
  row: {
    readonly line: number;
    readonly hidden: boolean;
    readonly cells: CellDraft[];
    readonly frame: number;
  } | null;
  cell: CellDraft | null;
  cellFrame: number;
  inHead: boolean;
  carried: ({ readonly text: string; left: number } | undefined)[];
  /** Levels of tables inside. */
  height: number;
  hasTables: boolean;
  closesCells: boolean;
}

/**
 * Reads the HTML of a page; see {@link Page}. `savedAt` is what a comment of a saving tool tells.
 *
 * @throws TooManyCells
 */
export function readHtml(text: string, limits: CellLimits = anyCells): Page {
  refuseTooManyRows(text, limits);
  return new PageReader(tablesOfRoles(text, limits), limits).read();
}

/** What a row costs at least, in cells: see `CellCounter.addRow`. */
const rowCost = 8;

/**
 * A page with more rows than its tables may have cells is known by its tags, before anything of it is kept: reading it
 * up to the limit takes gigabytes. Only as many characters as such rows need make it worth counting.
 */
function refuseTooManyRows(text: string, { tableCells }: CellLimits): void {
  const mostRows = tableCells / rowCost;
  if (text.length < mostRows * '<tr>'.length) return;
  let rows = 0;
  for (let at = text.indexOf('<'); at !== -1; at = text.indexOf('<', at + 1)) {
    if ((text.charCodeAt(at + 1) | 0x20) !== 0x74 || (text.charCodeAt(at + 2) | 0x20) !== 0x72) continue;
    const next = text.charCodeAt(at + 3);
    if (next !== 0x3e && next !== 0x20 && next !== 0x0a && next !== 0x0d && next !== 0x09) continue;
    rows += 1;
    if (rows > mostRows) throw new TooManyCells('table-too-large', lineOf(text, at));
  }
}

function lineOf(text: string, position: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < position; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}

class PageReader {
  readonly #text: string;
  readonly #stack: Frame[] = [];
  /** A number of its own for every element on the stack. */
  readonly #serials: number[] = [];
  /** Open elements by the index of their tag. */
  readonly #open: number[] = [];
  /** Tags by their packed name (up to four letters) or their name. */
  readonly #shortTags = new Map<number, Tag>();
  readonly #tags = new Map<string, Tag>();
  #serial = 0;
  #hiddenDepth = 0;

  #title: string | null = null;
  #savedAt: string | null = null;
  readonly #headings: Heading[] = [];
  readonly #tables: { readonly serial: number; table: Table }[] = [];
  /** Where the table read last stands, when it is a header without rows. */
  #headerAlone: number | null = null;
  readonly #pairs: { readonly line: number; readonly order: number; readonly draft: PairDraft }[] = [];
  readonly #tabs: { readonly draft: TabDraft; readonly text: string }[] = [];
  readonly #texts: { text: string; line: number }[] = [];
  readonly #fields: FieldDraft[] = [];
  readonly #labelsFor = new Map<string, string>();
  /** Labels for something that is no field: the text behind them is their value. */
  readonly #looseLabels: { readonly for: string; readonly draft: PairDraft }[] = [];

  readonly #tableStack: TableDraft[] = [];
  #cell: CellDraft | null = null;
  #spannedCells = 0;
  readonly #counter: CellCounter;
  #kept = 0;

  /** The line of text that is being read outside of cells. */
  #run = '';
  #runLine = 1;
  /** Text outside of labels since the last line end, and the last such line: what may label a field. */
  #free = '';
  #lastFree = '';
  #freeLine = 1;
  #pendingLabel: { readonly text: string; readonly for: string; readonly line: number } | null = null;
  readonly #labels: LabelDraft[] = [];
  #awaiting: FieldDraft | null = null;
  /** The open `dd`: the fields in it. */
  #definition: { fields: FieldDraft[] } | null = null;
  #term = '';
  #select: FieldDraft | null = null;
  #selectGroup = 0;
  /** Text of elements that show none of it as text: options, text areas, the title. */
  #aside: string | null = null;

  /** Visible text since the oldest open capture. */
  readonly #log: string[] = [];
  #logLength = 0;
  readonly #captures: Capture[] = [];

  /** The first line break that has not been counted, and the number of the line that it ends. */
  #nextLineBreak: number;
  #lineNumber = 1;

  // The tag that is being read.
  #tag: Tag;
  #tagStart = 0;
  #wanted = false;
  readonly #attributes = new Attributes();
  readonly #markedCache = new Map<string, boolean>();
  readonly #hiddenCache = new Map<string, boolean>();

  constructor(text: string, limits: CellLimits) {
    this.#text = text;
    this.#counter = new CellCounter(limits);
    const found = text.indexOf('\n');
    this.#nextLineBreak = found === -1 ? Number.MAX_SAFE_INTEGER : found;
    for (const names of [voidElements, unseenElements, blockElements, tabElements, formElements]) {
      for (const name of names) this.#tagNamed(name);
    }
    this.#tag = this.#tagNamed(otherName);
  }

  read(): Page {
    const text = this.#text;
    const attributes = this.#attributes;
    const callbacks: TokenizerCallbacks = {
      onopentagname: (start, end) => {
        this.#tag = this.#tagAt(start, end);
        this.#tagStart = start - 1;
        attributes.clear();
      },
      onattribname: (start, end) => {
        this.#wanted = attributeShapes.has((end - start) * 256 + (text.charCodeAt(start) | 0x20));
        if (!this.#wanted) return;
        const name = lowerCase(text.slice(start, end));
        this.#wanted = knownAttributes.has(name) && attributes.add(name);
      },
      onattribdata: (start, end) => {
        if (this.#wanted)
          attributes.value(decodeReferences(text.slice(start, Math.min(end, start + longestCapture))));
      },
      onattribentity: () => undefined,
      onattribend: () => undefined,
      onopentagend: () => {
        this.#openTag();
      },
      onselfclosingtag: () => {
        this.#openTag();
        // In HTML a slash closes nothing, except in the foreign elements that are passed over anyway.
        if (this.#tag.unseen && this.#stack.at(-1)?.index === this.#tag.index)
          this.#popTo(this.#stack.length - 1);
      },
      onclosetag: (start, end) => {
        this.#closeTag(this.#tagAt(start, end));
      },
      ontext: (start, end) => {
        this.#readText(start, end);
      },
      ontextentity: () => undefined,
      oncdata: () => undefined,
      oncomment: (start, end) => {
        if (this.#savedAt === null && end - start < 4000) this.#readComment(text.slice(start, end));
      },
      ondeclaration: () => undefined,
      onprocessinginstruction: () => undefined,
      onend: () => undefined,
    };
    const tokenizer = new Tokenizer({ decodeEntities: false }, callbacks);
    tokenizer.write(text);
    tokenizer.end();
    this.#endOfPage();
    return this.#assemble();
  }

  #tagAt(start: number, end: number): Tag {
    if (end - start > 4)
      return this.#tagNamed(lowerCase(this.#text.slice(start, Math.min(end, start + 100))));
    let packed = 0;
    for (let at = start; at < end; at += 1) packed = packed * 128 + (this.#text.charCodeAt(at) & 0x7f);
    const known = this.#shortTags.get(packed);
    if (known !== undefined) return known;
    const name = this.#text.slice(start, end);
    const tag = this.#tagNamed(lowerCase(name));
    if (/^[\u0000-\u007f]+$/u.test(name)) this.#shortTags.set(packed, tag);
    return tag;
  }

  #tagNamed(name: string): Tag {
    const known = this.#tags.get(name);
    if (known !== undefined) return known;
    // A page of ever new names must not fill the memory: beyond a few thousand they are all one.
    if (this.#tags.size >= cacheSize && name !== otherName) return this.#tagNamed(otherName);
    const tag = makeTag(name, this.#tags.size);
    this.#tags.set(name, tag);
    this.#open.push(0);
    return tag;
  }

  #lineAt(position: number): number {
    while (this.#nextLineBreak < position) {
      this.#lineNumber += 1;
      const found = this.#text.indexOf('\n', this.#nextLineBreak + 1);
      this.#nextLineBreak = found === -1 ? Number.MAX_SAFE_INTEGER : found;
    }
    return this.#lineNumber;
  }

  #readComment(comment: string): void {
    // SingleFile writes "saved date: Tue May 14 2024 10:05:00 GMT+0900 (...)".
    const saved = /saved date:\s*(?<date>[^\r\n]{8,80})/iu.exec(comment)?.groups?.['date'];
    if (saved !== undefined) this.#savedAt = saved.trim();
  }

  #keep(weight: number): void {
    this.#kept += weight;
    if (this.#kept > mostKept) throw new TooManyCells('document-too-large', this.#lineAt(this.#tagStart));
  }

  // ---------------------------------------------------------------- text

  #readText(start: number, end: number): void {
    if (this.#aside !== null) {
      if (this.#aside.length < longestCapture) this.#aside += decodeReferences(this.#text.slice(start, end));
      return;
    }
    if (this.#hiddenDepth > 0) return;
    const text = this.#text;
    let first = start;
    while (first < end && isBlank(text.charCodeAt(first))) first += 1;
    if (first === end) {
      const cell = this.#cell;
      if (cell !== null) {
        if (cell.text !== '') cell.text += ' ';
      } else if (this.#run !== '') {
        this.#run += ' ';
      }
      if (this.#captures.length > 0) this.#record(' ');
      return;
    }
    this.#keep(1);
    const piece = decodeReferences(text.slice(start, end));
    const cell = this.#cell;
    if (cell !== null) {
      cell.text += piece;
    } else {
      if (this.#run === '') this.#runLine = this.#lineAt(first);
      this.#run += piece;
    }
    if (this.#captures.length > 0) this.#record(piece);
    if (this.#awaiting !== null) this.#awaiting.after += piece;
    else if (this.#labels.length === 0) {
      if (this.#free === '' && this.#pendingLabel !== null) this.#freeLine = this.#lineAt(first);
      this.#free += piece;
    }
  }

  #record(piece: string): void {
    const newest = this.#captures.at(-1);
    // Longer than any capture may become: nobody will ask for it.
    if (newest !== undefined && this.#logLength - newest.length <= longestCapture) this.#log.push(piece);
    this.#logLength += piece.length;
  }

  #beginCapture(): Capture {
    this.#keep(keptWeight);
    const capture: Capture = { from: this.#log.length, length: this.#logLength };
    this.#captures.push(capture);
    return capture;
  }

  /** The text since the capture began; '' when it is longer than `most`, so that long parts are never joined. */
  #endCapture(capture: Capture, most: number): string {
    const at = this.#captures.lastIndexOf(capture);
    if (at !== -1) this.#captures.splice(at, 1);
    const text = this.#logLength - capture.length <= most ? this.#log.slice(capture.from).join('') : '';
    if (this.#captures.length === 0) {
      this.#log.length = 0;
      this.#logLength = 0;
    }
    return text;
  }

  /** The end of a line of text: at the borders of block elements. */
  #endLine(): void {
    const cell = this.#cell;
    if (cell !== null) {
      if (cell.text !== '') cell.text += lineEnd;
    } else if (this.#run !== '') {
      const text = collapse(this.#run);
      if (text !== '') {
        this.#keep(keptWeight);
        this.#texts.push({ text, line: this.#runLine });
      }
      this.#run = '';
    }
    if (this.#captures.length > 0) this.#record(lineEnd);
    if (this.#free !== '') {
      if (this.#pendingLabel !== null) this.#usePendingLabel();
      this.#lastFree = this.#free;
      this.#free = '';
    }
    this.#awaiting = null;
  }

  #usePendingLabel(): void {
    const label = this.#pendingLabel;
    this.#pendingLabel = null;
    if (label === null) return;
    const draft: PairDraft = { label: label.text, text: this.#free, fields: null, line: this.#freeLine };
    this.#keep(keptWeight);
    this.#looseLabels.push({ for: label.for, draft });
  }

  // ---------------------------------------------------------------- tags

  #openTag(): void {
    const tag = this.#tag;
    const name = tag.name;
    const attributes = this.#attributes;
    if (tag.implied !== null) this.#endImplied(tag.implied);
    if (tag.block) this.#endLine();
    switch (name) {
      case 'table':
        this.#openTable();
        return;
      case 'thead':
      case 'tbody':
      case 'tfoot':
        this.#openSection(name);
        return;
      case 'tr':
        this.#openRow(false);
        return;
      case 'td':
      case 'th':
        this.#openCell(name);
        return;
      case 'input':
        this.#readInput();
        return;
      case 'img':
        this.#takeSubstitute(attributes.get('alt') ?? attributes.get('title'));
        return;
      default:
    }
    if (attributes.size > 0) this.#takeSubstitute(attributes.get('title'));
    if (tag.empty) return;
    const hidden = this.#isHidden(tag);
    if (hidden || this.#hiddenDepth > 0) this.#pushPlain(tag, hidden);
    else this.#pushVisible(tag);
  }

  #pushVisible(shown: Tag): void {
    const name = shown.name;
    const serial = (this.#serial += 1);
    const attributes = this.#attributes;
    let role: Frame['role'] = null;
    let detail: FrameDetail | null = null;
    switch (name) {
      case 'h1':
      case 'h2':
      case 'h3':
      case 'h4':
      case 'h5':
      case 'h6':
        role = 'heading';
        detail = { line: this.#lineAt(this.#tagStart), level: Number(name[1]) };
        break;
      case 'legend':
        role = 'heading';
        detail = { line: this.#lineAt(this.#tagStart), level: 6 };
        break;
      case 'caption':
        role = 'caption';
        break;
      case 'label': {
        const label: LabelDraft = { for: attributes.get('for') ?? '', fields: [] };
        role = 'label';
        detail = { line: this.#lineAt(this.#tagStart), label };
        this.#labels.push(label);
        break;
      }
      case 'dt':
        role = 'dt';
        break;
      case 'dd':
        // One inside another is no list but damage, and its text would be read over and over.
        if (this.#definition !== null) break;
        role = 'dd';
        detail = { line: this.#lineAt(this.#tagStart) };
        this.#definition = { fields: [] };
        break;
      case 'title':
        role = 'title';
        this.#aside = '';
        break;
      case 'select':
        this.#select = this.#addField('select', '', false);
        this.#selectGroup = serial;
        break;
      case 'option': {
        const option: OptionDraft = {
          selected: attributes.has('selected'),
          label: attributes.get('label') ?? '',
          text: '',
        };
        role = 'option';
        detail = { line: this.#lineAt(this.#tagStart), order: serial, option };
        this.#aside = '';
        break;
      }
      case 'textarea':
        role = 'textarea';
        detail = { line: this.#lineAt(this.#tagStart), field: this.#addField('text', '', false) };
        this.#aside = '';
        break;
      default:
        if (attributes.get('role') === 'heading') {
          role = 'heading';
          detail = { line: this.#lineAt(this.#tagStart), level: 6 };
        }
    }
    const tab = this.#tabOf(shown);
    if (role === null && tab === null && detail === null) {
      this.#push(shown.plainFrame, serial);
      return;
    }
    const capture = (role !== null && this.#aside === null) || tab !== null ? this.#beginCapture() : null;
    this.#push({ name, index: shown.index, hidden: false, capture, role, tab, detail }, serial);
  }

  #push(frame: Frame, serial: number): void {
    if (this.#stack.length >= mostOpen) return;
    this.#stack.push(frame);
    this.#serials.push(serial);
    this.#open[frame.index] = (this.#open[frame.index] ?? 0) + 1;
    if (frame.hidden) this.#hiddenDepth += 1;
  }

  #pushPlain(tag: Tag, hidden: boolean): void {
    this.#push(hidden ? { ...tag.plainFrame, hidden } : tag.plainFrame, (this.#serial += 1));
  }

  #endImplied(names: ReadonlySet<string>): void {
    const floor = this.#floor();
    while (this.#stack.length > floor) {
      const top = this.#stack.at(-1);
      if (top === undefined || !names.has(top.name)) return;
      this.#popTo(this.#stack.length - 1);
    }
  }

  /** End tags reach no further down than the innermost cell (or table, between its cells). */
  #floor(): number {
    const table = this.#tableStack.at(-1);
    if (table === undefined) return 0;
    return (table.cell !== null ? table.cellFrame : table.frame) + 1;
  }

  #closeTag(tag: Tag): void {
    switch (tag.name) {
      case 'table':
        this.#endLine();
        this.#closeTable();
        return;
      case 'thead':
      case 'tbody':
      case 'tfoot':
        this.#endLine();
        this.#closeSection();
        return;
      case 'tr':
        this.#endLine();
        this.#closeRow();
        return;
      case 'td':
      case 'th': {
        const table = this.#tableStack.at(-1);
        if (table === undefined || table.cell === null) return;
        table.closesCells = true;
        this.#closeCell();
        return;
      }
      case 'br':
      case 'p':
        this.#endLine();
        break;
      default:
        if (tag.block) this.#endLine();
    }
    if ((this.#open[tag.index] ?? 0) === 0) return;
    const floor = Math.max(this.#floor(), this.#stack.length - searchDepth);
    for (let at = this.#stack.length - 1; at >= floor; at -= 1) {
      if (this.#stack[at]?.index === tag.index) {
        this.#popTo(at);
        return;
      }
    }
  }

  /** Closes all elements from the top down to the one at `index`. */
  #popTo(index: number): void {
    while (this.#stack.length > index) {
      const frame = this.#stack.pop();
      if (frame === undefined) return;
      this.#serials.pop();
      this.#open[frame.index] = (this.#open[frame.index] ?? 1) - 1;
      if (frame.hidden) this.#hiddenDepth -= 1;
      if (frame.role !== null || frame.tab !== null || frame.name === 'select') this.#closeFrame(frame);
    }
  }

  #closeFrame(frame: Frame): void {
    if (frame.name === 'select') this.#select = null;
    const aside =
      frame.role === 'option' || frame.role === 'textarea' || frame.role === 'title'
        ? (this.#aside ?? '')
        : null;
    if (aside !== null) this.#aside = null;
    const most =
      frame.role === 'dd' ? longestCapture : frame.role === null ? longestTab * 4 : longestHeading * 2;
    const raw = aside ?? (frame.capture === null ? '' : this.#endCapture(frame.capture, most));
    const line = frame.detail?.line ?? 1;
    switch (frame.role) {
      case 'heading': {
        this.#pendingLabel = null;
        const text = collapse(raw);
        if (text !== '' && text.length <= longestHeading) {
          this.#headings.push({ level: frame.detail?.level ?? 6, text, line });
        }
        break;
      }
      case 'caption': {
        const table = this.#tableStack.at(-1);
        const text = collapse(raw);
        if (table !== undefined && text !== '' && text.length <= longestHeading) table.title = text;
        break;
      }
      case 'label':
        this.#closeLabel(collapse(raw), frame.detail?.label, line);
        break;
      case 'dt':
        this.#term = collapse(raw);
        break;
      case 'dd': {
        const fields = this.#definition?.fields ?? [];
        this.#definition = null;
        if (this.#term !== '') {
          this.#addPair({ label: this.#term, text: raw, fields: fields.length > 0 ? fields : null, line });
        }
        break;
      }
      case 'title':
        this.#title ??= collapse(raw) === '' ? null : collapse(raw);
        break;
      case 'option': {
        const option = frame.detail?.option;
        if (option === undefined) break;
        option.text = collapse(raw) === '' ? collapse(option.label) : collapse(raw);
        this.#keep(keptWeight);
        this.#select?.options.push(option);
        if (this.#tabs.length < mostTabs && option.text !== '' && option.text.length <= longestTab) {
          const draft: TabDraft = {
            line,
            order: frame.detail?.order ?? 0,
            group: this.#selectGroup,
            selected: option.selected,
            explicit: true,
          };
          this.#tabs.push({ draft, text: option.text });
        }
        break;
      }
      case 'textarea':
        if (frame.detail?.field !== undefined) frame.detail.field.value = raw.trim();
        break;
      case null:
        break;
    }
    if (frame.tab !== null) {
      const text = collapse(raw);
      if (text !== '' && text.length <= longestTab && this.#tabs.length < mostTabs) {
        this.#tabs.push({ draft: frame.tab, text });
      }
    }
  }

  #closeLabel(text: string, label: LabelDraft | undefined, line: number): void {
    this.#labels.pop();
    if (label === undefined || text === '' || text.length > longestLabel) return;
    for (const field of label.fields) field.around = text;
    if (label.for !== '' && !this.#labelsFor.has(label.for)) this.#labelsFor.set(label.for, text);
    if (label.fields.length === 0) this.#pendingLabel = { text: withoutColon(text), for: label.for, line };
  }

  // ---------------------------------------------------------------- hidden, tabs

  #isHidden(tag: Tag): boolean {
    if (tag.unseen) return true;
    const attributes = this.#attributes;
    if (attributes.size === 0) return false;
    if (attributes.has('hidden')) return true;
    const style = attributes.get('style');
    if (style === undefined) return false;
    return cached(this.#hiddenCache, style, isHidingStyle);
  }

  #tabOf(tag: Tag): TabDraft | null {
    const name = tag.name;
    if (!tag.mayBeTab || (this.#attributes.size === 0 && name !== 'li')) return null;
    const attributes = this.#attributes;
    const className = attributes.get('class');
    const marked = className !== undefined && cached(this.#markedCache, className, isMarkedClass);
    const aria = attributes.get('aria-selected');
    const current = attributes.get('aria-current');
    const isTab = attributes.get('role') === 'tab' || aria !== undefined || current !== undefined;
    if (!marked && !isTab && name !== 'li') return null;
    const stated = aria ?? current;
    const selected = stated === undefined ? marked : stated !== 'false' && stated !== '';
    const inItem = this.#stack.at(-1)?.name === 'li' && name !== 'li';
    const group = this.#serials.at(inItem ? -2 : -1) ?? 0;
    return { line: this.#lineAt(this.#tagStart), order: this.#serial, group, selected, explicit: isTab };
  }

  #takeSubstitute(text: string | undefined): void {
    const cell = this.#cell;
    if (
      text !== undefined &&
      text !== '' &&
      cell !== null &&
      this.#hiddenDepth === 0 &&
      cell.substitute === ''
    ) {
      cell.substitute = collapse(text);
    }
  }

  // ---------------------------------------------------------------- fields

  #readInput(): void {
    const attributes = this.#attributes;
    const type = (attributes.get('type') ?? 'text').toLowerCase();
    if (this.#hiddenDepth > 0 || this.#isHidden(this.#tag)) return;
    switch (type) {
      case 'hidden':
      case 'submit':
      case 'button':
      case 'reset':
      case 'image':
      case 'file':
      case 'password':
        this.#awaiting = null;
        return;
      case 'checkbox':
      case 'radio': {
        const field = this.#addField('choice', attributes.get('value') ?? '', attributes.has('checked'));
        if (this.#labels.length === 0) this.#awaiting = field;
        return;
      }
      default:
        this.#addField('text', attributes.get('value') ?? '', false);
    }
  }

  #addField(kind: FieldDraft['kind'], value: string, checked: boolean): FieldDraft {
    const before = this.#free.trim() === '' ? this.#lastFree : this.#free;
    const field: FieldDraft = {
      kind,
      id: this.#attributes.get('id') ?? '',
      line: this.#lineAt(this.#tagStart),
      value: value.trim(),
      checked,
      before: this.#pendingLabel !== null && kind !== 'choice' ? this.#pendingLabel.text : before,
      around: '',
      after: '',
      options: [],
      multiple: this.#attributes.has('multiple'),
    };
    this.#awaiting = null;
    if (kind !== 'choice') {
      // One text labels one field; choices share theirs.
      this.#pendingLabel = null;
      this.#free = '';
      this.#lastFree = '';
    }
    this.#keep(keptWeight);
    this.#fields.push(field);
    this.#labels.at(-1)?.fields.push(field);
    this.#definition?.fields.push(field);
    if (this.#cell !== null) (this.#cell.fields ??= []).push(field);
    return field;
  }

  // ---------------------------------------------------------------- tables

  #openTable(): void {
    const outer = this.#tableStack.at(-1);
    // A table between the cells of another one cannot be inside it: the other ends here.
    if (outer?.cell === null) this.#closeTable();
    const outerCell = this.#cell;
    const hidden = this.#isHidden(this.#tag);
    const table: TableDraft = {
      line: this.#lineAt(this.#tagStart),
      serial: (this.#serial += 1),
      frame: this.#stack.length,
      hidden: hidden || this.#hiddenDepth > 0,
      outerCell,
      title: this.#headings.at(-1)?.text ?? null,
      rows: [],
      marks: [],
      spans: [],
      pairs: [],
      row: null,
      cell: null,
      cellFrame: 0,
      inHead: false,
      carried: [],
      height: 1,
      hasTables: false,
      closesCells: false,
    };
    this.#pushPlain(this.#tag, hidden);
    this.#keep(tableWeight);
    this.#tableStack.push(table);
    this.#cell = null;
  }

  #openSection(name: string): void {
    const table = this.#tableStack.at(-1);
    if (table === undefined) return;
    this.#closeSection();
    table.inHead = name === 'thead';
    this.#pushPlain(this.#tag, this.#isHidden(this.#tag));
  }

  #closeSection(): void {
    const table = this.#tableStack.at(-1);
    if (table === undefined) return;
    this.#closeRow();
    this.#popTo(table.frame + 1);
    table.inHead = false;
  }

  #openRow(implied: boolean): void {
    const table = this.#tableStack.at(-1);
    if (table === undefined) return;
    this.#closeRow();
    // What stands in one row does not label a field in the next.
    this.#free = '';
    this.#lastFree = '';
    this.#pendingLabel = null;
    const hidden = !implied && this.#isHidden(this.#tag);
    table.row = {
      line: this.#lineAt(this.#tagStart),
      hidden: hidden || this.#hiddenDepth > 0,
      cells: [],
      frame: this.#stack.length,
    };
    this.#pushPlain(implied ? this.#tagNamed('tr') : this.#tag, hidden);
  }

  #openCell(name: 'td' | 'th'): void {
    const table = this.#tableStack.at(-1);
    if (table === undefined) return;
    if (table.row === null) {
      this.#openRow(true);
    } else {
      this.#closeCell();
    }
    const row = table.row;
    if (row === null) return;
    this.#popTo(row.frame + 1);
    const attributes = this.#attributes;
    const hidden = attributes.size > 0 && this.#isHidden(this.#tag);
    const cell: CellDraft = {
      text: '',
      substitute: attributes.size > 0 ? collapse(attributes.get('title') ?? '') : '',
      heading: name === 'th',
      columns: spanOf(attributes.get('colspan'), 1000, 1),
      rows: spanOf(attributes.get('rowspan'), 65_534, 65_534),
      line: row.line,
      fields: null,
      hasTable: false,
    };
    table.cell = cell;
    table.cellFrame = this.#stack.length;
    row.cells.push(cell);
    this.#counter.checkRow(row.cells.length, row.line);
    const tab = attributes.size > 0 && !hidden && this.#hiddenDepth === 0 ? this.#tabOf(this.#tag) : null;
    if (tab === null) {
      this.#pushPlain(this.#tag, hidden);
    } else {
      const { index } = this.#tag;
      const capture = this.#beginCapture();
      this.#push({ name, index, hidden, capture, role: null, tab, detail: null }, (this.#serial += 1));
    }
    this.#cell = cell;
  }

  #closeCell(): void {
    const table = this.#tableStack.at(-1);
    if (table === undefined || table.cell === null) return;
    this.#popTo(table.cellFrame);
    table.cell = null;
    this.#cell = null;
    // The end of the cell ends its last line; without a cell this leaves the text of the page alone.
    if (this.#free !== '') this.#endLine();
    this.#awaiting = null;
    this.#definition = null;
  }

  #closeRow(): void {
    const table = this.#tableStack.at(-1);
    if (table === undefined || table.row === null) return;
    const { row } = table;
    this.#closeCell();
    this.#popTo(row.frame);
    table.row = null;
    this.#takeRow(table, row.line, row.hidden, row.cells);
  }

  #takeRow(table: TableDraft, line: number, hidden: boolean, drafts: readonly CellDraft[]): void {
    const cells: string[] = [];
    const mayBeHeader = table.rows.length < headerRowsAtMost;
    const spans: number[] | null = mayBeHeader ? [] : null;
    let headingCells = 0;
    let widest = 1;
    let plain = true;
    for (const draft of drafts) {
      this.#takeCarried(table, cells, spans);
      const text = cellText(draft);
      if (draft.heading) headingCells += 1;
      if (draft.hasTable || draft.fields !== null) plain = false;
      if (draft.columns > widest) widest = draft.columns;
      if (draft.rows > 1) this.#carry(table, cells.length, draft, text);
      cells.push(text);
      spans?.push(draft.columns);
      for (let column = 1; column < draft.columns && cells.length < mostColumns; column += 1) {
        if ((this.#spannedCells += 1) > mostSpannedCells) break;
        // A header over several columns names all of them; a value stands in the first.
        cells.push(draft.heading && mayBeHeader ? text : '');
        spans?.push(draft.columns);
      }
    }
    this.#takeCarried(table, cells, spans);
    if (hidden) return;
    if (drafts.length < 3) this.#takeTexts(drafts, cells);
    this.#takePairs(table, line, drafts);
    this.#counter.addRow(cells.length, line);
    table.rows.push({ line, row: 0, cells });
    table.marks.push(
      packMarks({ own: drafts.length, headingCells, inHead: table.inHead, plain, spanning: widest > 1 }),
    );
    if (spans !== null) table.spans.push(spans);
  }

  #carry(table: TableDraft, column: number, draft: CellDraft, text: string): void {
    for (let at = 0; at < draft.columns && column + at < mostColumns; at += 1) {
      if ((this.#spannedCells += 1) > mostSpannedCells) return;
      table.carried[column + at] = { text: at === 0 || draft.heading ? text : '', left: draft.rows - 1 };
    }
  }

  #takeCarried(table: TableDraft, cells: string[], spans: number[] | null): void {
    const carried = table.carried;
    while (cells.length < carried.length && cells.length < mostColumns) {
      const above = carried[cells.length];
      if (above === undefined || above.left <= 0) return;
      if ((this.#spannedCells += 1) > mostSpannedCells) {
        carried.length = 0;
        return;
      }
      above.left -= 1;
      cells.push(above.text);
      spans?.push(1);
    }
  }

  #takeTexts(drafts: readonly CellDraft[], cells: readonly string[]): void {
    drafts.forEach((draft, index) => {
      const text = cells[index];
      if (text !== undefined && text !== '' && draft.columns === 1)
        this.#texts.push({ text, line: draft.line });
      else if (text !== undefined && text !== '' && index === 0) this.#texts.push({ text, line: draft.line });
    });
  }

  /** Two-cell rows, and rows in which a heading cell, or a label with a colon, stands before every value. */
  #takePairs(table: TableDraft, line: number, drafts: readonly CellDraft[]): void {
    const count = drafts.length;
    const alternating =
      count >= 2 &&
      count <= 8 &&
      count % 2 === 0 &&
      (drafts.every((draft, index) => draft.heading === (index % 2 === 0)) ||
        drafts.every((draft, index) => index % 2 === 1 || /[:：]\s*$/u.test(draft.text.slice(-8))));
    if (count !== 2 && !alternating) return;
    for (let at = 0; at + 1 < count; at += 2) {
      const name = drafts[at];
      const value = drafts[at + 1];
      if (
        name === undefined ||
        value === undefined ||
        name.hasTable ||
        (value.hasTable && value.fields === null)
      )
        continue;
      const label = withoutColon(collapse(name.text));
      if (label === '' || label.length > longestLabel) continue;
      table.pairs.push({
        label,
        text: value.text === '' ? value.substitute : value.text,
        fields: value.fields,
        line,
      });
    }
  }

  #closeTable(): void {
    const table = this.#tableStack.at(-1);
    if (table === undefined) return;
    this.#closeRow();
    this.#popTo(table.frame);
    this.#tableStack.pop();
    const outer = this.#tableStack.at(-1);
    this.#cell = table.outerCell;
    if (!table.hidden) this.#takeTable(table, outer);
  }

  /**
   * A grid that scrolls below its header is two tables: one with the names alone, then one with the rows,
   * as wide and without heading cells. Whether this was the second one.
   */
  #joinBody(body: TableDraft): boolean {
    const header = this.#headerAlone === null ? undefined : this.#tables[this.#headerAlone];
    this.#headerAlone = null;
    if (header === undefined || body.hasTables) return false;
    const width = header.table.headers.length;
    const [first] = body.rows;
    // Names of columns have no digits, rows have dates and codes.
    if (!first?.cells.some((cell) => /\p{Nd}/u.test(cell))) return false;
    const isBody = body.marks.every((mark) => {
      const { inHead, headingCells } = unpackMarks(mark);
      return !inHead && headingCells === 0;
    });
    if (!isBody || first.cells.length !== width) return false;
    const rows = body.rows.filter((row, at) => {
      const { own, spanning } = unpackMarks(body.marks[at] ?? 0);
      return !(own === 1 && spanning) && row.cells.some((cell) => cell !== '');
    });
    rows.forEach((row, at) => {
      row.row = at + 1;
    });
    header.table = { ...header.table, rows };
    return true;
  }

  #takeTable(table: TableDraft, outer: TableDraft | undefined): void {
    if (this.#joinBody(table)) return;
    const read = isFormLayout(table) ? null : assembleTable(table);
    if (read !== null) this.#tables.push({ serial: table.serial, table: read });
    this.#headerAlone = read !== null && isHeaderAlone(read) ? this.#tables.length - 1 : null;
    if (read === null || read.headers.length < 3) {
      for (const draft of table.pairs) this.#addPair(draft);
    }
    if (outer === undefined) return;
    outer.height = Math.max(outer.height, table.height + 1);
    if (read !== null || table.hasTables) {
      outer.hasTables = true;
      if (table.outerCell !== null) table.outerCell.hasTable = true;
    } else if (table.outerCell !== null && table.height <= 3) {
      // A small table that only lays out a cell: its text is the cell's.
      let text = '';
      for (const row of table.rows) {
        for (const cell of row.cells) text += cell === '' ? '' : `${lineEnd}${cell}`;
        if (text.length > longestInherited) return;
      }
      table.outerCell.text += text;
    }
  }

  #addPair(draft: PairDraft): void {
    this.#pairs.push({ line: draft.line, order: this.#pairs.length, draft });
  }

  // ---------------------------------------------------------------- the end

  #endOfPage(): void {
    this.#endLine();
    this.#dropCutCell();
    while (this.#tableStack.length > 0) this.#closeTable();
    this.#popTo(0);
    this.#endLine();
  }

  /** A page that closes its cells but not the last one was cut inside it: what the cell says cannot be trusted. */
  #dropCutCell(): void {
    const table = this.#tableStack.at(-1);
    if (table === undefined || table.cell === null || !table.closesCells) return;
    this.#closeCell();
    table.row?.cells.pop();
    if (table.row?.cells.length === 0) table.row = null;
  }

  #assemble(): Page {
    const fieldIds = new Set(this.#fields.map((field) => field.id).filter((id) => id !== ''));
    for (const loose of this.#looseLabels) {
      if (loose.for === '' || !fieldIds.has(loose.for)) this.#addPair(loose.draft);
    }
    this.#pairFields();
    this.#pairs.sort((a, b) => a.line - b.line || a.order - b.order);
    this.#tables.sort((a, b) => a.serial - b.serial);
    this.#texts.sort((a, b) => a.line - b.line);
    const pairs: Pair[] = this.#pairs.map(({ draft }) => ({
      label: withoutColon(draft.label),
      value: this.#valueOf(draft),
      line: draft.line,
    }));
    return {
      title: this.#title,
      headings: this.#headings,
      tables: this.#tables.map(({ table }) => table),
      pairs,
      tabs: this.#assembleTabs(),
      texts: this.#texts,
      savedAt: this.#savedAt,
    };
  }

  /** A pair for every field with a label beside it; choices under one text are one pair. */
  #pairFields(): void {
    const choices = new Map<string, FieldDraft[]>();
    for (const field of this.#fields) {
      const before = collapse(field.before);
      if (field.kind === 'choice') {
        if (before === '' || before.length > longestLabel) continue;
        const known = choices.get(before);
        if (known === undefined) choices.set(before, [field]);
        else known.push(field);
        continue;
      }
      const label = this.#labelsFor.get(field.id) ?? (field.around === '' ? before : field.around);
      if (label === '' || label.length > longestLabel) continue;
      this.#addPair({ label, text: '', fields: [field], line: field.line });
    }
    for (const [label, fields] of choices) {
      this.#addPair({ label, text: '', fields, line: fields[0]?.line ?? 1 });
    }
  }

  #valueOf(draft: PairDraft): string {
    if (draft.fields !== null) {
      const values = draft.fields.map((field) => this.#fieldValue(field)).filter((value) => value !== '');
      return values.join(', ');
    }
    return draft.text
      .split(lineEnd)
      .map(collapse)
      .filter((line) => line !== '')
      .join(', ');
  }

  #fieldValue(field: FieldDraft): string {
    switch (field.kind) {
      case 'text':
        return collapse(field.value);
      case 'select': {
        const chosen = field.options.filter((option) => option.selected);
        // Browsers show the first option when none is marked.
        const shown = chosen.length === 0 && !field.multiple ? field.options.slice(0, 1) : chosen;
        return shown.map((option) => option.text).join(', ');
      }
      case 'choice': {
        if (!field.checked) return '';
        const label =
          this.#labelsFor.get(field.id) ?? (field.around === '' ? collapse(field.after) : field.around);
        return label === '' ? field.value : label;
      }
    }
  }

  #assembleTabs(): readonly Tab[] {
    const live = new Set<number>();
    for (const { draft } of this.#tabs) if (draft.selected) live.add(draft.group);
    const tabs = new Map<string, { text: string; selected: boolean; draft: TabDraft }>();
    for (const { draft, text } of this.#tabs) {
      if (!draft.explicit && !draft.selected && !live.has(draft.group)) continue;
      const key = `${draft.group}\n${text}`;
      const known = tabs.get(key);
      if (known === undefined) tabs.set(key, { text, selected: draft.selected, draft });
      else if (draft.selected) known.selected = true;
    }
    return [...tabs.values()]
      .sort((a, b) => a.draft.order - b.draft.order)
      .map(({ text, selected, draft }) => ({ text, selected, line: draft.line, group: draft.group }));
  }
}

/** The attributes of one tag; a few of them, so that looking along them is quickest. */
class Attributes {
  readonly #names: string[] = [];
  readonly #values: string[] = [];
  size = 0;

  clear(): void {
    this.size = 0;
  }

  /** Begins an attribute; false when the tag has it already: the first one counts. */
  add(name: string): boolean {
    if (this.has(name)) return false;
    this.#names[this.size] = name;
    this.#values[this.size] = '';
    this.size += 1;
    return true;
  }

  /** The value of the attribute that was begun last. */
  value(value: string): void {
    this.#values[this.size - 1] = value;
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  get(name: string): string | undefined {
    for (let at = 0; at < this.size; at += 1) {
      if (this.#names[at] === name) return this.#values[at];
    }
    return undefined;
  }
}

// -------------------------------------------------------------------- tables, once all rows are there

/** The table with its header, or null when it only lays out the page. */
function assembleTable(draft: TableDraft): Table | null {
  const { rows, marks } = draft;
  let at = 0;
  let title = draft.title;
  // A row of one wide cell above the header is the table's title.
  while (at < rows.length && at < 5 && isSingleCell(rows[at], marks[at])) {
    const text = rows[at]?.cells[0] ?? '';
    if (text !== '') title = text;
    at += 1;
  }
  const from = at;
  while (at < rows.length && at - from < 5 && isHeadingRow(marks[at])) at += 1;
  if (at === from) {
    // No heading cells at all: the first row names the columns, if it looks like it.
    if (draft.hasTables || rows.length - from < 2 || !mayNameColumns(rows[from], marks[from])) return null;
    at = from + 1;
  }
  const headers = dropTrailingBlanks(combineHeaders(rows.slice(from, at), draft.spans.slice(from, at)));
  if (headers.filter((header) => header !== '').length < 2) return null;
  const last = rows[at - 1];
  const lastCells = dropTrailingBlanks(last?.cells ?? []);
  const data: RowDraft[] = [];
  for (; at < rows.length; at += 1) {
    const row = rows[at];
    const mark = unpackMarks(marks[at] ?? 0);
    if (row === undefined || (mark.own === 1 && mark.spanning)) continue;
    if (row.cells.every((cell) => cell === '')) continue;
    if (sameCells(row.cells, headers) || sameCells(row.cells, lastCells)) continue;
    if (mark.headingCells === mark.own && mark.own > 1) continue;
    data.push(row);
    row.row = data.length;
  }
  return { headers, headerLine: last?.line ?? draft.line, rows: data, title };
}

/** Whether every row is of labels with a colon and their values in turn: several pairs beside each other. */
function isFormLayout({ rows }: TableDraft): boolean {
  return (
    rows.length > 0 &&
    rows.every(({ cells }) => {
      const used = dropTrailingBlanks(cells);
      return (
        used.length >= 2 &&
        used.length <= 8 &&
        used.every((cell, at) => at % 2 === 1 || /[:：]$/u.test(cell) || cell === '')
      );
    })
  );
}

/** Whether a table has the names of columns and nothing below them. */
function isHeaderAlone(table: Table): boolean {
  return (
    table.rows.length === 0 && table.headers.length >= 4 && table.headers.every((name) => name.length <= 60)
  );
}

function isSingleCell(row: RowDraft | undefined, marks: number | undefined): boolean {
  if (row === undefined || marks === undefined) return false;
  return unpackMarks(marks).own === 1 || row.cells.filter((cell) => cell !== '').length <= 1;
}

function isHeadingRow(marks: number | undefined): boolean {
  if (marks === undefined) return false;
  const { inHead, headingCells, own } = unpackMarks(marks);
  return inHead || (headingCells >= 2 && headingCells * 2 > own);
}

function mayNameColumns(row: RowDraft | undefined, marks: number | undefined): boolean {
  if (row === undefined || marks === undefined) return false;
  const { plain, own, headingCells } = unpackMarks(marks);
  if (!plain || own < 2 || headingCells > 0) return false;
  const named = row.cells.filter((cell) => cell !== '');
  return named.length >= 2 && named.every((cell) => cell.length <= 60);
}

/** One text per column out of one or more header rows: a group's name before the name of the column. */
function combineHeaders(rows: readonly RowDraft[], spans: readonly (readonly number[])[]): readonly string[] {
  const width = Math.max(...rows.map((row) => row.cells.length));
  const headers: string[] = [];
  for (let column = 0; column < width; column += 1) {
    let group = '';
    let name = '';
    rows.forEach((row, index) => {
      const text = row.cells[column] ?? '';
      if (text === '') return;
      if ((spans[index]?.[column] ?? 1) > 1 && index < rows.length - 1) group = text;
      else name = text;
    });
    headers.push(name === '' || group === '' || group === name ? name || group : `${group} ${name}`);
  }
  return headers;
}

// -------------------------------------------------------------------- small things

function cellText(cell: CellDraft): string {
  const text = collapse(cell.text);
  if (text !== '') return text;
  if (cell.fields !== null) {
    for (const field of cell.fields) {
      if (field.kind === 'text' && field.value !== '') return collapse(field.value);
      const chosen = field.options.find((option) => option.selected) ?? field.options[0];
      if (field.kind === 'select' && chosen !== undefined) return chosen.text;
    }
  }
  return cell.substitute;
}

const blanks = /[ \t\n\r\f\u00a0\u001f]+/gu;

/** Blanks as a browser shows them: runs are one, none at the ends. Full-width blanks inside are kept. */
function collapse(text: string): string {
  let afterBlank = true;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code > 32 && code !== 0xa0) {
      afterBlank = false;
    } else if (code !== 32 || afterBlank) {
      return text.replace(blanks, ' ').trim();
    } else {
      afterBlank = true;
    }
  }
  return text.trim();
}

function withoutColon(text: string): string {
  return text.replace(/\s*[:：]\s*$/u, '');
}

function isBlank(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

function lowerCase(name: string): string {
  for (let at = 0; at < name.length; at += 1) {
    const code = name.charCodeAt(at);
    if (code >= 65 && code <= 90) return name.toLowerCase();
  }
  return name;
}

/** @param ofZero what a span of 0 means: "to the end" for rows. */
function spanOf(text: string | undefined, most: number, ofZero: number): number {
  if (text === undefined) return 1;
  const span = Number.parseInt(text, 10);
  if (span === 0) return ofZero;
  return span > 1 ? Math.min(span, most) : 1;
}

function cached(cache: Map<string, boolean>, key: string, read: (key: string) => boolean): boolean {
  const known = cache.get(key);
  if (known !== undefined) return known;
  const value = read(key);
  if (cache.size < cacheSize && key.length < 500) cache.set(key, value);
  return value;
}

function isHidingStyle(style: string): boolean {
  return /(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse))/iu.test(style);
}

const markingWords: ReadonlySet<string> = new Set(['selected', 'active', 'current']);
const denyingWords: ReadonlySet<string> = new Set(['not', 'non', 'un', 'no', 'in', 'de']);

/** Whether a class marks its element as the chosen one: `selected`, `ui-tabs-active`, `tabCurrent`, not `non-active`. */
function isMarkedClass(className: string): boolean {
  for (const token of className.slice(0, 500).split(/\s+/u)) {
    const words = token
      .replace(/(?<lower>[a-z])(?<upper>[A-Z])/gu, '$1 $2')
      .toLowerCase()
      .split(/[\s_-]+/u);
    if (words.some((word) => markingWords.has(word)) && !words.some((word) => denyingWords.has(word)))
      return true;
  }
  return false;
}
