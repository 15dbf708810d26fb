/** One member of a JSON object: a value, or rows that are written one by one. */
export type JsonPart =
  | { readonly key: string; readonly value: unknown }
  | { readonly key: string; readonly rows: Iterable<unknown> };

/** Receives pieces of a text in order. */
export type WriteChunk = (chunk: string) => void;

/** Characters gathered before a chunk is handed on. */
const chunkSize = 64 * 1024;

/**
 * Writes an object whose lists may be longer than any string can be: a line per row, so that the text
 * can be searched and compared line by line, and never more than a chunk of it in memory.
 */
export function writeJsonObject(parts: Iterable<JsonPart>, write: WriteChunk): void {
  for (const text of jsonText(parts)) write(text);
}

/** As {@link writeJsonObject}, for a reader that takes the pieces at its own pace. */
export function* jsonText(parts: Iterable<JsonPart>): Generator<string> {
  let pending = '{\n';
  let first = true;
  for (const part of parts) {
    pending += `${first ? '' : ',\n'}${JSON.stringify(part.key)}: `;
    first = false;
    if ('rows' in part) {
      let firstRow = true;
      for (const row of part.rows) {
        pending += `${firstRow ? '[\n' : ',\n'}${JSON.stringify(row)}`;
        firstRow = false;
        if (pending.length < chunkSize) continue;
        yield pending;
        pending = '';
      }
      pending += firstRow ? '[]' : '\n]';
    } else {
      pending += JSON.stringify(part.value);
    }
  }
  yield `${pending}\n}\n`;
}

/** The same object as one value. */
export function jsonObject(parts: Iterable<JsonPart>): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const part of parts) object[part.key] = 'rows' in part ? Array.from(part.rows) : part.value;
  return object;
}
