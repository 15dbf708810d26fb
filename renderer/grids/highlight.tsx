/** What is looked for stands out in the cells of every grid. */
import { createContext, useContext } from 'react';
import { matcherOf, segmentsOf } from './segments.ts';

/** What cells are highlighted for; they read it themselves, so that a new search redraws only them. */
export const HighlightContext = createContext<{
  readonly matcher: RegExp | null;
  readonly kb: string | null;
}>({
  matcher: null,
  kb: null,
});

/** What is looked for in one column alone; null while nothing is. */
export const FoundInColumnContext = createContext<{
  readonly column: string;
  readonly typed: string;
} | null>(null);

/** The expression that stands out in a column: what is looked for there, else what is looked for everywhere. */
export function useMatcher(column: string): RegExp | null {
  const { matcher } = useContext(HighlightContext);
  const here = useContext(FoundInColumnContext);
  if (here?.column !== column || here.typed === '') return matcher;
  return matcherOf({ expression: here.typed, regex: false, ignoreCase: true, ignoreWidth: true });
}

/**
 * Text of a cell with its matches marked.
 *
 * @param also what the source says in its own words, in which a search looks as well: where only these match, all of
 * the text is marked
 */
export function Found({
  column,
  text,
  also = null,
}: {
  readonly column: string;
  readonly text: string;
  readonly also?: string | null;
}) {
  const matcher = useMatcher(column);
  if (matcher === null) return text;
  const segments = segmentsOf(text, matcher, null);
  const isFound = segments.some(({ kind }) => kind === 'match');
  if (!isFound && also !== null && also.search(matcher) !== -1) return <mark className="match">{text}</mark>;
  return segments.map((segment, index) =>
    segment.kind === 'match' ? (
      <mark key={index} className="match">
        {segment.text}
      </mark>
    ) : (
      segment.text
    ),
  );
}
