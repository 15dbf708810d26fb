import { momentToJson } from '../../domain/moment.ts';
import { analysisParts, jsonOfFinding, jsonOfUndecided } from '../analysis-json.ts';
import {
  bootToJson,
  bundleToJson,
  coverageToJson,
  deviceToJson,
  factToJson,
  memberToJson,
  recordToJson,
  runToJson,
  warningToJson,
} from '../evidence-json.ts';
import { jsonText } from '../json-stream.ts';
import type { JsonPart } from '../json-stream.ts';
import { exportedLines } from './export-source.ts';
import type { ExportOptions, ExportPiece, ExportSource, TextRedaction } from './export-source.ts';

/** The first line of an NDJSON export says what follows. */
export const exportSchema = 'patchtrail.export/1';

/** Members of the JSON whose values are words of the product: a device that is called `high` does not change them. */
export const productWords: ReadonlySet<string> = new Set([
  'schema',
  'tool',
  'sha256',
  'id',
  'kind',
  'rule',
  'severity',
  'system',
  'systems',
  'state',
  'encoding',
  'status',
  'outcome',
  'kb',
  'local',
  'offset',
  'offsetSource',
  'precision',
  'clock',
  'item',
  'code',
  'type',
  'source',
  'level',
  'records',
  'filter',
  'redaction',
]);
/** Members that hold whatever a format or a rule put there. */
const freeValues: ReadonlySet<string> = new Set(['value', 'parameters', 'detail']);

/** A row of the JSON as it leaves. */
function rowOf(row: object, redaction: TextRedaction | null): object {
  if (redaction === null) return row;
  return Object.fromEntries(
    Object.entries(row).map(([name, value]: [string, unknown]) => {
      if (freeValues.has(name)) return [name, redaction.value(value)];
      return [name, productWords.has(name) ? value : redaction.value(value, productWords)];
    }),
  );
}

/** What an export says of itself, where it is not the whole and plain analysis. */
export function limitsOf(source: Pick<ExportSource, 'filter' | 'redaction'>): {
  filter?: readonly string[];
  redaction?: { readonly kinds: readonly string[]; readonly hashes: 'original' };
} {
  const { filter, redaction } = source;
  return {
    ...(filter.length === 0
      ? {}
      : { filter: redaction === null ? filter : filter.map((part) => redaction.text(part)) }),
    // Hashes are those of the members as they were: they let two redacted outputs be told to be of one bundle.
    ...(redaction === null
      ? {}
      : { redaction: { kinds: [...redaction.kinds], hashes: 'original' as const } }),
  };
}

/** The document of `analyze --json`, with what limits it. */
export function* analysisDocument(source: ExportSource): Generator<ExportPiece> {
  for (const text of jsonText(exportedParts(source))) yield { file: '', text };
}

function* exportedParts(source: ExportSource): Generator<JsonPart> {
  const { analysis, words, redaction } = source;
  for (const part of analysisParts(analysis, words.wording)) {
    if ('rows' in part) {
      yield { key: part.key, rows: mapped(part.rows, (row) => rowOf(row as object, redaction)) };
    } else if (part.key === 'tool') {
      yield part;
      for (const [key, value] of Object.entries(limitsOf(source))) yield { key, value };
    } else {
      yield {
        key: part.key,
        value:
          redaction === null || part.key === 'schema'
            ? part.value
            : redaction.value(part.value, productWords),
      };
    }
  }
}

/** Everything as newline-delimited JSON: a first line about the export, then one object a line with its `type`. */
export async function* jsonLines(
  source: ExportSource,
  options: ExportOptions = {},
): AsyncGenerator<ExportPiece, void, undefined> {
  const { analysis, redaction } = source;
  let text = '';
  for (const row of rowsOf(source)) {
    text += `${JSON.stringify(row)}\n`;
    if (text.length < pieceLength) continue;
    yield { file: '', text };
    text = '';
  }
  yield { file: '', text };
  for await (const batch of exportedLines(source, options)) {
    const rows = batch.map(({ at, member, line, device, level, continues, text: shown }) =>
      JSON.stringify({
        type: 'line',
        time: at === null ? null : momentToJson(at),
        member,
        line,
        device,
        level,
        continues,
        text: shown,
      }),
    );
    yield { file: '', text: `${rows.join('\n')}\n` };
  }
  const { total } = analysis.lines;
  const end = { type: 'end', lines: source.view.count, linesOfBundle: total, redacted: redaction !== null };
  yield { file: '', text: `${JSON.stringify(end)}\n` };
}

const pieceLength = 64 * 1024;

function* rowsOf(source: ExportSource): Generator<object> {
  const { analysis, words, redaction } = source;
  const { evidence } = analysis;
  const bundle = bundleToJson(analysis.bundle);
  yield {
    type: 'export',
    schema: exportSchema,
    tool: { name: 'patchtrail', version: analysis.tool.version, rules: analysis.tool.rules },
    bundle: redaction === null ? bundle : redaction.value(bundle, productWords),
    ...limitsOf(source),
  };
  const typed = function* <T>(type: string, rows: Iterable<T>, json: (row: T) => object): Generator<object> {
    for (const row of rows) yield { type, ...rowOf(withoutType(json(row)), redaction) };
  };
  yield* typed('member', evidence.members, memberToJson);
  yield* typed('device', evidence.devices, deviceToJson);
  yield* typed('record', evidence.records, recordToJson);
  yield* typed('finding', analysis.findings, (finding) => jsonOfFinding(finding, words.wording));
  yield* typed('coverage', evidence.coverage, coverageToJson);
  yield* typed('undecided', analysis.undecided, (undecided) => jsonOfUndecided(undecided, words.wording));
  yield* typed('run', evidence.runs, runToJson);
  yield* typed('boot', analysis.boots, bootToJson);
  yield* typed('fact', analysis.facts, factToJson);
  yield* typed('warning', evidence.warnings, warningToJson);
  yield* typed('note', source.annotations, (annotation) => ({ ...annotation }));
}

/** A fact has a type of its own: here it is called `fact`. */
function withoutType(row: object): object {
  if (!('type' in row)) return row;
  const { type, ...rest } = row;
  return { fact: type, ...rest };
}

function* mapped(rows: Iterable<unknown>, map: (row: unknown) => object): Generator<object> {
  for (const row of rows) yield map(row);
}
