import type { Citation } from '../../domain/evidence.ts';
import { defineDocumentFormat } from '../define-format.ts';
import type { EvidenceDocument } from '../define-format.ts';

/** The key behind its hive, and its subkey of automatic updates. */
const policyKey =
  /^HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\Windows\\WindowsUpdate(?<auto>\\AU)?$/iu;
const computerKey = /^HKEY_LOCAL_MACHINE\\.*\\Control\\ComputerName\\(?:Active)?ComputerName$/iu;

const exportedKey = /^\s*\[(?<path>HKEY_[^\]]+)\]\s*$/iu;
const queriedKey = /^(?<path>HKEY_[A-Z_]+\\\S.*?)\s*$/iu;
const exportedValue =
  /^\s*"(?<name>[^"]+)"\s*=\s*(?:"(?<text>(?:[^"\\]|\\.)*)"|dword:(?<dword>[0-9a-f]{1,8}))\s*$/iu;
const queriedValue = /^\s+(?<name>\S+)\s+(?<type>REG_SZ|REG_EXPAND_SZ|REG_DWORD)(?:\s+(?<data>.*?))?\s*$/iu;

interface Value {
  readonly text: string;
  readonly citation: Citation;
}

/**
 * The policy of Windows Update out of the registry: a `.reg` export (UTF-16LE) or the text of `reg query
 * … /s`. Where updates come from stands in WUServer, WUStatusServer and AU\UseWUServer.
 */
export const policyRegistry = defineDocumentFormat({
  id: 'windows-update/policy-registry',
  system: 'windows-update',
  recognise: ({ shape, text, name }) =>
    shape !== 'binary' &&
    ((text.includes('\\') && /\\Policies\\Microsoft\\Windows\\WindowsUpdate\b/iu.test(text)) ||
      (name.endsWith('.reg') && /^(?:\ufeff)?(?:Windows Registry Editor|REGEDIT4)/u.test(text))),
  read(document) {
    const { values, computer, hasAutoUpdateKey, isPolicy } = readValues(document);
    if (!isPolicy) return false;
    const server = values.get('wuserver');
    const status = values.get('wustatusserver');
    const use = values.get('usewuserver');
    const first = server ?? status ?? use;
    if (computer !== null) document.harvest.device(computer);
    document.harvest.fact({
      type: 'windows-update/policy',
      value: {
        wuServer: server?.text ?? null,
        wuStatusServer: status?.text ?? null,
        useWuServer: use === undefined || !/^\d+$/u.test(use.text) ? null : Number(use.text),
        wuServerCitation: server?.citation ?? null,
        wuStatusServerCitation: status?.citation ?? null,
        useWuServerCitation: use?.citation ?? null,
        hasAutoUpdateKey,
      },
      citation: first?.citation ?? keyCitation(document),
    });
    return true;
  },
});

interface Reading {
  /** By name in lower case. */
  readonly values: ReadonlyMap<string, Value>;
  readonly computer: string | null;
  readonly hasAutoUpdateKey: boolean;
  readonly isPolicy: boolean;
}

function readValues(document: EvidenceDocument): Reading {
  const values = new Map<string, Value>();
  let computer: string | null = null;
  let key = '';
  let isPolicy = false;
  let hasAutoUpdateKey = false;
  document
    .text()
    .split('\n')
    .forEach((raw, index) => {
      const line = raw.replace(/\r+$/u, '');
      const path = exportedKey.exec(line)?.groups?.['path'] ?? queriedKey.exec(line)?.groups?.['path'];
      if (path !== undefined) {
        key = path;
        const policy = policyKey.exec(path);
        isPolicy ||= policy !== null;
        hasAutoUpdateKey ||= policy?.groups?.['auto'] !== undefined;
        return;
      }
      if (policyKey.test(key)) {
        const value = readValue(line);
        if (value !== null) {
          values.set(value.name.toLowerCase(), {
            text: value.text,
            citation: document.cite(index + 1, line),
          });
        } else if (/WUServer|WUStatusServer|UseWUServer/iu.test(line)) {
          document.harvest.warning(index + 1, 'bad-value', line);
        }
      } else if (computerKey.test(key)) {
        const value = readValue(line);
        if (value?.name.toLowerCase() === 'computername') computer ??= value.text;
      }
    });
  return { values, computer, hasAutoUpdateKey, isPolicy };
}

function readValue(line: string): { readonly name: string; readonly text: string } | null {
  const exported = exportedValue.exec(line)?.groups;
  if (exported !== undefined) {
    const { dword, text = '' } = exported;
    return {
      name: exported['name'] ?? '',
      text: dword === undefined ? text.replace(/\\(.)/gu, '$1') : String(Number.parseInt(dword, 16)),
    };
  }
  const queried = queriedValue.exec(line)?.groups;
  if (queried === undefined) return null;
  const data = queried['data'] ?? '';
  const number = /^REG_DWORD$/iu.test(queried['type'] ?? '') ? Number(data) : Number.NaN;
  return { name: queried['name'] ?? '', text: Number.isNaN(number) ? data : String(number) };
}

function keyCitation(document: EvidenceDocument): Citation {
  const lines = document.text().split('\n');
  const at = lines.findIndex((line) => /\\Policies\\Microsoft\\Windows\\WindowsUpdate/iu.test(line));
  return document.cite(at + 1, (lines[at] ?? '').replace(/\r+$/u, ''));
}
