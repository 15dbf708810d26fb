/**
 * How many event records a second are read from an event log file, System fields and data by name.
 *
 *     npx tsx test/bench/evtx-bench.ts [file.evtx]
 *
 * Prints one line of JSON. Without a file it reads the fixture; the larger the file, the less the first
 * runs of the just-in-time compiler weigh.
 */
import { readFileSync } from 'node:fs';
import { recordOfElement } from '../../parsers/formats/event-log/event-record.ts';
import { EvtxStream } from '../../parsers/formats/event-log/evtx/index.ts';

const fixture = new URL('../fixtures/event-log/System2.evtx', import.meta.url);
/** As ingest hands them over. */
const pieceBytes = 256 * 1024;
const leastSeconds = 2;

function readOnce(bytes: Uint8Array): number {
  let fields = 0;
  const stream = new EvtxStream({
    record: (record) => {
      fields += recordOfElement(record.event, 'device')?.data.length ?? 0;
    },
    note: () => undefined,
  });
  for (let at = 0; at < bytes.length; at += pieceBytes) stream.push(bytes.subarray(at, at + pieceBytes));
  const { records } = stream.end();
  if (fields === 0) throw new Error('no data was read');
  return records;
}

const bytes = readFileSync(process.argv[2] ?? fixture);
const rates: number[] = [];
let records = 0;
for (const start = performance.now(); performance.now() - start < leastSeconds * 1000;) {
  const before = performance.now();
  records = readOnce(bytes);
  rates.push((records / (performance.now() - before)) * 1000);
}
const median = rates.sort((a, b) => a - b)[Math.floor(rates.length / 2)] ?? 0;
console.log(
  JSON.stringify({ id: 'evtx.records-per-s', value: Math.round(median), records, passes: rates.length }),
);
