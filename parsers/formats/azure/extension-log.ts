import type { Level } from '../../domain/evidence.ts';
import type { Moment } from '../../domain/moment.ts';
import { defineDocumentFormat } from '../define-format.ts';
import type { EvidenceDocument, Probe } from '../define-format.ts';
import type { AzureHandlerCall } from './facts.ts';
import { isText, nameOf, patchExtension, scopeOf, stateDeviceOfPath } from './paths.ts';
import { readSettings } from './settings.ts';
import { findTrouble } from './troubles.ts';
import { field, objectOf, readStamp } from './values.ts';
import type { JsonObject } from './values.ts';

const nameForm =
  /(?:^|_)(?<date>\d{4}-\d\d-\d\d)_(?<h>\d\d)-(?<m>\d\d)-(?<s>\d\d)_(?<command>install|enable|update|disable|reset|uninstall)\.ext\.log$/iu;

function isExtensionLog(probe: Probe): boolean {
  return (
    (isText(probe) || probe.shape === 'json') &&
    nameForm.test(probe.name) &&
    (patchExtension.test(probe.path) ||
      /\btriggered on extension|Extension installation started|\[File=|sudo status check|Handler Environment/iu.test(
        probe.text,
      ))
  );
}

const levels: readonly (readonly [start: string, level: Level])[] = [
  ['ERROR: ', 'error'],
  ['WARNING: ', 'warning'],
  ['DEBUG: ', 'debug'],
];

/** What the handler says in every healthy call: a file that is not there yet, one that need not be. */
const everyday =
  /^WARNING: (?:Trial \d+: Could not read file|Failed to read file after)|^ERROR: File Not Found: \[File=CoreState\.json\]/u;

/**
 * `<date>_<time>_<command>.ext.log`: one call of the extension's handler. Its lines carry no time; they are
 * placed at the time of the file's name, which is UTC.
 */
export const extensionLog = defineDocumentFormat({
  id: 'azure/extension-log',
  system: 'azure-update-manager',
  recognise: isExtensionLog,
  read(document) {
    const groups = nameForm.exec(nameOf(document.path))?.groups;
    if (groups === undefined) return false;
    stateDeviceOfPath(document);
    const at = readStamp(
      `${groups['date'] ?? ''}T${groups['h'] ?? ''}:${groups['m'] ?? ''}:${groups['s'] ?? ''}Z`,
    );
    const reader = new CallReader(document, groups['command'] ?? '', at);
    const lines = document.text().split('\n');
    if (lines.at(-1) === '') lines.pop();
    lines.forEach((raw, index) => {
      reader.line(index + 1, raw.replace(/\r+$/u, ''));
    });
    reader.end();
    return true;
  },
});

class CallReader {
  readonly #document: EvidenceDocument;
  readonly #at: Moment | null;
  readonly #scope: string;
  readonly #call: { -readonly [K in keyof AzureHandlerCall]: AzureHandlerCall[K] };
  #place = { line: 1, quote: '' };

  constructor(document: EvidenceDocument, command: string, at: Moment | null) {
    this.#document = document;
    this.#at = at;
    this.#scope = scopeOf(document.path);
    this.#call = {
      sequence: null,
      activityId: null,
      scope: this.#scope,
      command: command.slice(0, 1).toUpperCase() + command.slice(1).toLowerCase(),
      at,
      operation: null,
      launched: false,
      code: null,
      exit: null,
      errors: 0,
    };
  }

  line(number: number, text: string): void {
    const { harvest } = this.#document;
    const level = everyday.test(text)
      ? 'info'
      : (levels.find(([start]) => text.startsWith(start))?.[1] ?? 'info');
    if (text !== '') harvest.timelineLine(number, this.#at, level);
    if (level === 'error') this.#call.errors += 1;
    const call = this.#call;
    const sequence = /\[Sequence(?: No)?=(?<sequence>\d{1,9})\]/u.exec(text)?.groups?.['sequence'];
    if (sequence !== undefined) {
      call.sequence = Number(sequence);
      if (this.#place.quote === '' || text.startsWith('Sequence number set'))
        this.#place = { line: number, quote: text.slice(0, 1_000) };
    }
    if (text.startsWith('Writing JSON file. ')) this.#written(number, text);
    if (text.startsWith('Launching process')) {
      call.launched = true;
      this.#place = { line: number, quote: text.slice(0, 1_000) };
      this.#settings(number, text);
    }
    const exit =
      /Program exited with code (?<code>\d{1,6})|exit(?:ing)? with (?:exit )?code[ =:]+(?<other>\d{1,6})/iu.exec(
        text,
      )?.groups;
    const code = exit?.['code'] ?? exit?.['other'];
    if (code !== undefined) this.#exits(number, text, Number(code));
    this.#trouble(number, text, level);
  }

  end(): void {
    const { line, quote } = this.#place;
    this.#document.harvest.fact({
      type: 'azure/handler-call',
      value: this.#call,
      citation: this.#document.cite(line, quote),
    });
  }

  /** `[Content=…]` is Python's way to write it, not JSON: the few fields that matter are looked for. */
  #written(number: number, text: string): void {
    const activity = /activityId["']: ["'](?<id>[0-9a-fA-F-]{36})["']/u.exec(text)?.groups?.['id'];
    if (activity !== undefined) this.#call.activityId = activity.toLowerCase();
    const status =
      /'operation': '(?<operation>\w*)', 'status': '(?<status>\w+)', 'code': (?<code>\d{1,6})/u.exec(
        text,
      )?.groups;
    const operation =
      status?.['operation'] ??
      /'extensionSequence': \{[^}]*'operation': '(?<operation>\w*)'/u.exec(text)?.groups?.['operation'];
    if (operation !== undefined && operation !== '') this.#call.operation = operation;
    if (status?.['status'] === 'error') this.#exits(number, text, Number(status['code']));
  }

  #exits(line: number, text: string, code: number): void {
    this.#call.code = code;
    this.#call.exit = { line, quote: text.slice(0, 1_000) };
  }

  /** The command line of the core carries the settings as JSON in base64. */
  #settings(number: number, text: string): void {
    for (const [token] of text.matchAll(/[A-Za-z0-9+/]{40,100000}={0,2}/gu)) {
      const settings = decodeSettings(token);
      if (settings === null) continue;
      const value = readSettings(settings, {
        sequence: this.#call.sequence,
        scope: this.#scope,
        from: 'log',
      });
      this.#call.activityId ??= value.activityId;
      this.#call.operation ??= value.operation;
      this.#document.harvest.fact({
        type: 'azure/settings',
        value,
        citation: this.#document.cite(number, JSON.stringify(settings).slice(0, 2_000)),
      });
    }
  }

  #trouble(number: number, text: string, level: Level): void {
    const found = findTrouble(text, level === 'error' || level === 'warning');
    if (found === null) return;
    this.#document.harvest.event({
      type: 'azure/trouble',
      patch: found.package,
      at: this.#at,
      citation: this.#document.cite(number, text.slice(0, 1_000)),
      detail: {
        sequence: this.#call.sequence,
        activityId: this.#call.activityId,
        scope: this.#scope,
        ...found,
      },
    });
  }
}

/** Settings in base64; null for any other token (the environment, a path). */
function decodeSettings(token: string): JsonObject | null {
  const text = Buffer.from(token, 'base64').toString('utf8');
  if (!text.startsWith('{')) return null;
  try {
    const value = objectOf(JSON.parse(text));
    return value !== null && field(value, 'operation') !== undefined ? value : null;
  } catch {
    return null;
  }
}
