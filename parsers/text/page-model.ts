import type { Table } from './table.ts';

/** A label and its value: a two-cell row, a definition list, or a label beside a form field. */
export interface Pair {
  readonly label: string;
  /** Text, or the values of fields: input values, selected options, labels of checked boxes, joined with `, `. */
  readonly value: string;
  readonly line: number;
}

export interface Heading {
  readonly level: number;
  readonly text: string;
  readonly line: number;
}

/** A tab or a filter of a page. */
export interface Tab {
  readonly text: string;
  readonly selected: boolean;
  readonly line: number;
  /** Tabs of one row, and options of one list, share it. */
  readonly group: number;
}

/** What a saved page says. Nothing of it is rendered, fetched or executed. */
export interface Page {
  readonly title: string | null;
  readonly headings: readonly Heading[];
  /** Tables with a header row, in page order; layout tables are no tables. */
  readonly tables: readonly Table[];
  readonly pairs: readonly Pair[];
  readonly tabs: readonly Tab[];
  /** Visible text with its lines, except the cells of rows of three or more: for printed dates and loose words. */
  readonly texts: readonly { readonly text: string; readonly line: number }[];
  /** When the page was saved: MHTML `Date`, or a date printed on the page as the capture time; raw text. */
  readonly savedAt: string | null;
}
