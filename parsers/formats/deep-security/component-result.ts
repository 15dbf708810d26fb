import type { Moment } from '../../domain/moment.ts';
import { isMoment } from '../../domain/moment.ts';
import { momentFrom } from '../../text/dates.ts';
import { defineDocumentFormat } from '../define-format.ts';
import type { EvidenceDocument } from '../define-format.ts';
import { harvestComponent } from './log-harvest.ts';
import { readXml } from './xml.ts';
import type { XmlElement } from './xml.ts';

/**
 * `component_update_result_*.xml` of the anti-malware module. No sample can be had: names of elements
 * and attributes are read tolerantly, and the window says that the format is not verified.
 */
export const componentResult = defineDocumentFormat({
  id: 'deep-security/amsp-result',
  system: 'deep-security',
  unverified: true,
  recognise: ({ name, text }) => /^component_update_result.*\.xml$/u.test(name) && text.includes('<'),
  read(document) {
    const elements = readXml(document.text());
    if (elements === null) {
      document.harvest.warning(1, 'bad-xml', document.text().slice(0, 200));
      return true;
    }
    const stated = timeOf(elements) ?? timeOfName(document.path);
    const count = elements.reduce((sum, element) => sum + readElement(document, element, stated), 0);
    document.harvest.rows(count);
    return true;
  },
});

const nameKeys = [
  'componentname',
  'component',
  'name',
  'pattern',
  'patternname',
  'type',
  'id',
  'componentid',
];
const beforeKeys = [
  'oldversion',
  'previousversion',
  'fromversion',
  'currentversion',
  'before',
  'versionbefore',
  'old',
];
const afterKeys = [
  'newversion',
  'updatedversion',
  'toversion',
  'targetversion',
  'after',
  'versionafter',
  'new',
  'version',
];
const resultKeys = ['result', 'resultcode', 'updateresult', 'status', 'returncode', 'errorcode', 'code'];
const timeKeys = ['time', 'date', 'timestamp', 'updatetime', 'datetime', 'finishtime'];

/** @returns how many components the element and its children tell of */
function readElement(document: EvidenceDocument, element: XmlElement, at: Moment | null): number {
  const values = valuesOf(element);
  const own = timeOf([element]) ?? at;
  const component = first(values, nameKeys);
  const [before, after] = [versionIn(first(values, beforeKeys)), versionIn(first(values, afterKeys))];
  const result = first(values, resultKeys);
  if (component !== null && (after !== null || before !== null)) {
    harvestComponent(
      document,
      {
        component,
        before,
        after,
        outcome: outcomeOf(result),
        raw:
          [before, after].filter((part) => part !== null).join(' → ') +
          (result === null ? '' : ` (${result})`),
        at: own,
      },
      document.cite(
        element.line,
        [...values]
          .map(([key, value]) => `${key}=${value}`)
          .join(' ')
          .slice(0, 300),
      ),
    );
    return 1;
  }
  return element.children.reduce((sum, child) => sum + readElement(document, child, own), 0);
}

/** Attributes, and children that hold nothing but a text. */
function valuesOf(element: XmlElement): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of element.attributes) values.set(fold(name), value);
  for (const child of element.children) {
    if (child.children.length === 0 && child.text !== '') values.set(fold(child.name), child.text);
  }
  return values;
}

function fold(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/gu, '');
}

function first(values: ReadonlyMap<string, string>, keys: readonly string[]): string | null {
  for (const key of keys) {
    const value = values.get(key)?.trim();
    if (value !== undefined && value !== '') return value;
  }
  return null;
}

function versionIn(text: string | null): string | null {
  return text !== null && /\d/u.test(text) && text.length <= 60 ? text : null;
}

function outcomeOf(text: string | null): 'succeeded' | 'failed' | null {
  if (text === null) return null;
  if (/^(?:0|0x0+|ok|true|succe\w*|成功)$/iu.test(text)) return 'succeeded';
  return /^(?:-?\d+|0x[0-9a-f]+|false|fail\w*|error\w*|失敗)$/iu.test(text) ? 'failed' : null;
}

function timeOf(elements: readonly XmlElement[]): Moment | null {
  for (const element of elements) {
    const text = first(valuesOf(element), timeKeys);
    const at = text === null ? null : momentFrom(text, 'device');
    if (isMoment(at)) return at;
  }
  return null;
}

/** `component_update_result_20250513101416.xml` */
function timeOfName(path: string): Moment | null {
  const digits = /component_update_result\D*(?<date>\d{8})\D?(?<time>\d{6})\D*\.xml$/iu.exec(path)?.groups;
  if (digits === undefined) return null;
  const at = momentFrom(`${digits['date'] ?? ''}T${digits['time'] ?? ''}`, 'device');
  return isMoment(at) ? { ...at, raw: `${digits['date'] ?? ''}${digits['time'] ?? ''}` } : null;
}
