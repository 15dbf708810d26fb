import { ExpectedError, throwIfCancelled } from '../domain/errors.ts';
import { formatLocal, formatOffset } from '../domain/moment.ts';
import type { Moment } from '../domain/moment.ts';
import { openLineView } from '../evidence/line-view.ts';
import type { LineFilter, LineView } from '../evidence/line-view.ts';
import type { BundleLines } from '../evidence/lines.ts';
import { compileQuery } from '../evidence/search.ts';
import type { TextQuery } from '../evidence/search.ts';
import { nextTurn } from '../evidence/steps.ts';
import { zoneOf } from '../evidence/zones.ts';
import type { Concluded } from '../analyse.ts';
import { linesJson } from '../report/listing-json.ts';
import type { TimelineLine } from '../report/listing-json.ts';
import { readDate } from '../text/dates.ts';
import { parseWords } from './arguments.ts';
import type { ParsedWords } from './arguments.ts';
import { globExpression } from './glob.ts';
import type { CommandIo } from './io.ts';
import { bundleOptions, limitsOf, localeOf, openForCommand } from './open.ts';
import { noPacks } from '../packs/read-packs.ts';

const options = {
  ...bundleOptions,
  grep: 'value',
  'ignore-case': 'switch',
  from: 'value',
  to: 'value',
  member: 'value',
  count: 'switch',
  json: 'value',
} as const;

/** `lines <bundle>`: the merged timeline. */
export async function lines(words: readonly string[], io: CommandIo): Promise<number> {
  const parsed = parseWords('lines', words, options, 1);
  localeOf(parsed, 'lines');
  const json = parsed.value('json');
  if (json !== null && json !== '-') throw new ExpectedError('usage', 'lines', { reason: `--json ${json}` });
  const limit = limitOf(parsed.values('limit').findLast((value) => !value.includes('=')) ?? null);
  // A number is how many lines are wanted; a name with a value is a limit of reading, as for every command.
  const limits = limitsOf(parsed.values('limit').filter((value) => value.includes('=')));
  const text = queryOf(parsed);
  // An expression that is none is told before a large bundle is read.
  if (text !== undefined) compileQuery(text);
  const times = { from: readTime(parsed, 'from'), to: readTime(parsed, 'to') };
  const [bundle = ''] = parsed.positionals;
  const { reading, concluded } = await openForCommand(bundle, parsed, io, noPacks, limits);
  try {
    const view = await openLineView(concluded.lines, filterOf(parsed, concluded, times, text), io.signal);
    if (parsed.has('count')) {
      io.write(`${view.count}\n`);
    } else {
      const rows = timelineLines(concluded.lines, view, limit);
      const { bundle: identity, tool } = concluded.analysis;
      for (const piece of json === '-' ? linesJson(identity, rows, tool) : linesText(rows)) {
        io.write(piece);
        // A signal is heard between two pieces.
        await nextTurn();
        throwIfCancelled(io.signal);
      }
    }
    return 0;
  } finally {
    reading.store.close();
  }
}

interface GivenTime {
  /** Milliseconds of the reading as if in UTC. */
  readonly local: number;
  /** Minutes east of UTC; null when neither the text nor `--timezone` tells. */
  readonly offset: number | null;
}

function readTime(words: ParsedWords, name: 'from' | 'to'): GivenTime | null {
  const value = words.value(name);
  if (value === null) return null;
  const date = readDate(value.trim());
  if (date === null || date === 'never')
    throw new ExpectedError('usage', 'lines', { reason: `--${name} ${value}` });
  const zone = words.value('timezone');
  return {
    local: date.local,
    offset: date.offset ?? (zone === null ? null : zoneOf(zone).offsetAtLocal(date.local)),
  };
}

/** A time without any offset is compared with what the clocks of the bundle show. */
function scaleOf(time: GivenTime, bundle: BundleLines): number {
  return time.local - (time.offset ?? bundle.placementOffset) * 60_000;
}

function filterOf(
  words: ParsedWords,
  concluded: Concluded,
  times: { readonly from: GivenTime | null; readonly to: GivenTime | null },
  text: TextQuery | undefined,
): LineFilter {
  const glob = words.value('member');
  const expression = glob === null ? null : globExpression(glob);
  const { from, to } = times;
  return {
    text,
    ...(expression === null
      ? {}
      : { members: concluded.drafts.map((draft) => draft.path).filter((path) => expression.test(path)) }),
    ...(from === null && to === null
      ? {}
      : {
          time: {
            from: from === null ? Number.NEGATIVE_INFINITY : scaleOf(from, concluded.lines),
            to: to === null ? Number.POSITIVE_INFINITY : scaleOf(to, concluded.lines),
          },
        }),
  };
}

function queryOf(words: ParsedWords): TextQuery | undefined {
  const expression = words.value('grep');
  if (expression === null) return undefined;
  return { expression, regex: true, ignoreCase: words.has('ignore-case'), ignoreWidth: false };
}

function limitOf(value: string | null): number {
  if (value === null) return Number.POSITIVE_INFINITY;
  if (!/^\d+$/u.test(value)) throw new ExpectedError('usage', 'lines', { reason: `--limit ${value}` });
  return Number(value);
}

function* timelineLines(bundle: BundleLines, view: LineView, limit: number): Generator<TimelineLine> {
  const count = Math.min(view.count, limit);
  for (let position = 0; position < count; position += 1) {
    const id = view.idAt(position);
    yield {
      at: bundle.momentOf(id),
      member: bundle.pathOf(id),
      line: bundle.placeOf(id).line + 1,
      text: bundle.textOf(id, Number.MAX_SAFE_INTEGER).text,
    };
  }
}

/** Characters that are handed to standard output at once. */
const pieceLength = 64 * 1024;

function* linesText(lines: Iterable<TimelineLine>): Generator<string> {
  let piece = '';
  for (const line of lines) {
    piece += `${line.at === null ? '-' : timeText(line.at)}\t${line.member}:${line.line}\t${line.text}\n`;
    if (piece.length < pieceLength) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}

function timeText(moment: Moment): string {
  return `${formatLocal(moment.local, moment.precision)}${moment.offset === null ? '' : formatOffset(moment.offset)}`;
}
