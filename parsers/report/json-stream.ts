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
  let pending = '{\n';
  let first = true;
  const put = (text: string): void => {
    pending += text;
    if (pending.length >= chunkSize) {
      write(pending);
      pending = '';
    }
  };
  for (const part of parts) {
    put(`${first ? '' : ',\n'}${JSON.stringify(part.key)}: `);
    first = false;
    if ('rows' in part) putRows(part.rows, put);
    else put(JSON.stringify(part.value));
  }
  put('\n}\n');
  if (pending !== '') write(pending);
}

function putRows(rows: Iterable<unknown>, put: (text: string) => void): void {
  let first = true;
  for (const row of rows) {
    put(`${first ? '[\n' : ',\n'}${JSON.stringify(row)}`);
    first = false;
  }
  put(first ? '[]' : '\n]');
}

/** The same object as one value. */
export function jsonObject(parts: Iterable<JsonPart>): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const part of parts) object[part.key] = 'rows' in part ? Array.from(part.rows) : part.value;
  return object;
}
