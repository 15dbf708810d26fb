import type { LineHead } from '../../text/line-head.ts';
import { stampHead } from '../../text/stamp.ts';
import { defineLineFormat } from '../define-format.ts';
import type { LogReader, LogRecord, MemberContext } from '../define-format.ts';
import { EventHarvest } from './event-rows.ts';

const cefForm =
  /CEF:\d\|Trend Micro\|(?<product>Deep Security (?:Manager|Agent))\|(?<version>(?:[^|\\]|\\.)*)\|(?<id>(?:[^|\\]|\\.)*)\|(?<name>(?:[^|\\]|\\.)*)\|(?<level>(?:[^|\\]|\\.)*)\|(?<extension>.*)$/su;

/** Without a syslog header: the line stands on its own and has no time. */
const bareHead: LineHead = {
  name: 'cef-without-time',
  yearless: false,
  read(bytes, start, end, out) {
    if (end - start < 4 || Buffer.from(bytes.subarray(start, start + 4)).toString('latin1') !== 'CEF:')
      return false;
    out.local = Number.NaN;
    out.offset = Number.NaN;
    out.precision = 'second';
    out.level = 'none';
    out.body = 0;
    return true;
  },
};

/**
 * System events as the manager sends them by syslog (v20, Common Event Format). The stamp in front is
 * the sender's; a year is often missing.
 */
export const cefSyslog = defineLineFormat({
  id: 'deep-security/cef-syslog',
  system: 'deep-security',
  clock: 'manager',
  recognise: ({ shape, lines }) =>
    (shape === 'text' || shape === 'delimited') &&
    lines.some((line) => line.includes('|Trend Micro|Deep Security ') && line.includes('CEF:')),
  heads: [
    stampHead('YYYY-MM-DDTHH:mm:ss.fffzz', { name: 'iso', within: 8 }),
    stampHead('YYYY-MM-DDTHH:mm:sszz', { name: 'iso', within: 8 }),
    stampHead('YYYY-MM-DD HH:mm:ss', { name: 'iso-blank', within: 8 }),
    stampHead('MMM~D~YYYY~HH:mm:ss', { name: 'syslog-year', within: 8 }),
    stampHead('MMM~D~HH:mm:ss', { name: 'syslog', within: 8 }),
    bareHead,
  ],
  landmarks: ['CEF:'],
  open: (context) => new CefReader(context),
  samples: [
    {
      line: '2025-05-13T10:10:05+02:00 dsm01 CEF:0|Trend Micro|Deep Security Manager|20.0.844|273|Security Update Requested|3|suser=admin target=pc-0042 msg=x',
      local: '2025-05-13T10:10:05.000',
      offset: 120,
    },
  ],
});

class CefReader implements LogReader {
  readonly #context: MemberContext;
  readonly #harvest: EventHarvest;
  readonly #versions = new Set<string>();

  constructor(context: MemberContext) {
    this.#context = context;
    this.#harvest = new EventHarvest(context);
  }

  record(record: LogRecord): void {
    const groups = cefForm.exec(record.text)?.groups;
    if (groups === undefined) {
      if (record.text.includes('|Trend Micro|Deep Security ')) {
        this.#context.harvest.warning(record.line, 'bad-cef', record.text);
      }
      return;
    }
    const citation = this.#context.cite(record.line, record.text);
    this.#version(groups['product'] ?? '', groups['version'] ?? '', record);
    const values = extensionOf(groups['extension'] ?? '');
    const id = unescapeCef(groups['id'] ?? '');
    const message = values.get('msg') ?? '';
    this.#harvest.row({
      at: record.at,
      eventId: /^\d+$/u.test(id) ? Number(id) : null,
      name: unescapeCef(groups['name'] ?? ''),
      target:
        values.get('target') ?? values.get('dvchost') ?? values.get('dhost') ?? values.get('shost') ?? null,
      description: message.split('\n').map((text) => ({ text, line: null })),
      citation,
    });
  }

  end(): void {
    this.#harvest.end();
  }

  /** The header's version is that of the product that writes the line. */
  #version(product: string, version: string, record: LogRecord): void {
    const key = `${product} ${version}`;
    if (this.#versions.has(key) || !/^\d+(?:\.\d+)+$/u.test(version) || !product.endsWith('Manager')) return;
    this.#versions.add(key);
    this.#context.harvest.fact({
      type: 'deep-security/version',
      value: { component: 'manager', version, raw: `${product} ${version}` },
      citation: this.#context.cite(record.line, record.text),
    });
  }
}

/** `key=value` pairs; a value runs to the next key and may hold escaped equal signs. */
function extensionOf(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  const keys = [...text.matchAll(/(?:^|\s)(?<key>[A-Za-z]\w{0,40})=/gu)];
  keys.forEach((match, index) => {
    const key = match.groups?.['key'] ?? '';
    const from = match.index + match[0].length;
    const to = keys[index + 1]?.index ?? text.length;
    values.set(key, unescapeCef(text.slice(from, to).trim()));
  });
  return values;
}

function unescapeCef(text: string): string {
  return text.replaceAll(/\\(?<escaped>[\\|=nr])/gu, (_, escaped: string) =>
    escaped === 'n' ? '\n' : escaped === 'r' ? '' : escaped,
  );
}
