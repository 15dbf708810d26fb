import { foldGuid } from '../../domain/names.ts';
import { readDate } from '../../text/dates.ts';
import { defineDocumentFormat } from '../define-format.ts';
import type { EvidenceDocument, MemberContext } from '../define-format.ts';
import type { DsVersion } from './facts.ts';
import { readXml, xmlValues } from './xml.ts';
import type { XmlValue } from './xml.ts';

const versionForm = /\b(?<version>\d{1,3}\.\d{1,3}(?:[.-]\d{1,6}){1,3})\b/u;

/** `20.0.1-23340` and `20.0.1.23340` are one version. */
function stateVersion(
  context: MemberContext,
  component: DsVersion['component'],
  text: string,
  line: number,
): boolean {
  const raw = versionForm.exec(text)?.groups?.['version'];
  if (raw === undefined) return false;
  context.harvest.fact({
    type: 'deep-security/version',
    value: { component, version: raw.replaceAll('-', '.'), raw },
    citation: context.cite(line, text.trim().slice(0, 300)),
  });
  return true;
}

function linesOf(document: EvidenceDocument): readonly string[] {
  return document
    .text()
    .split('\n')
    .map((line) => line.replace(/\r+$/u, ''));
}

const pluginsHead =
  /^(?<platform>[^;]+);(?<major>\d*);[^\n]*;(?<arch>[\w-]+);[^\n]*\s(?<version>\d+\.\d+[\d.-]*)\s*$/u;

/** plugins.txt of an agent (v20): the first line is the platform and the agent's version, then one plugin a line. */
export const pluginsList = defineDocumentFormat({
  id: 'deep-security/plugins',
  system: 'deep-security',
  recognise: ({ name, lines }) => name === 'plugins.txt' && pluginsHead.test(lines[0] ?? ''),
  read(document) {
    const lines = linesOf(document);
    const groups = pluginsHead.exec(lines[0] ?? '')?.groups;
    const platform = groups?.['platform'];
    if (platform === undefined) return false;
    stateVersion(document, 'agent', groups?.['version'] ?? '', 1);
    document.harvest.fact({
      type: 'deep-security/platform',
      value: { windows: /windows/iu.test(platform), raw: lines[0] ?? '' },
      citation: document.cite(1, lines[0] ?? ''),
    });
    const relay = lines.findIndex((line, index) => index > 0 && /relay/iu.test(line));
    if (relay !== -1) {
      const citation = document.cite(relay + 1, lines[relay] ?? '');
      document.harvest.fact({ type: 'deep-security/relay', value: { sign: 'plugin' }, citation });
      // The relay is a module of the agent: it has the agent's version.
      stateVersion(document, 'relay', groups?.['version'] ?? '', 1);
    }
    return true;
  },
});

/** timestamp.txt of a package: when it was made, by the device's clock, with its offset. */
export const timestampFile = defineDocumentFormat({
  id: 'deep-security/timestamp',
  system: 'deep-security',
  recognise: ({ name, lines }) => name === 'timestamp.txt' && stampOf(lines[0] ?? '') !== null,
  read(document) {
    const line = linesOf(document)[0] ?? '';
    const offset = stampOf(line);
    if (offset === null) return false;
    document.harvest.zone(offset, 1, document.cite(1, line));
    return true;
  },
});

function stampOf(line: string): number | null {
  const groups = /^(?<date>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})?) \[(?<zone>[+-]\d{4})\]/u.exec(
    line,
  )?.groups;
  const reading = readDate(`${groups?.['date'] ?? ''}${groups?.['zone'] ?? ''}`);
  return reading === null || reading === 'never' ? null : reading.offset;
}

const hostKeys: ReadonlySet<string> = new Set([
  'hostname',
  'computername',
  'agenthostname',
  'machinename',
  'fqdn',
]);
const aliasKeys: ReadonlySet<string> = new Set(['displayname', 'name', 'hostguid', 'agentguid']);

/** Version keys of AgentStatus.xml, guids.xml and host<ID>.xml, whichever spelling. */
const versionKeys: Readonly<Record<string, DsVersion['component']>> = {
  agentversion: 'agent',
  dsaversion: 'agent',
  hostagentversion: 'agent',
  relayversion: 'relay',
  dsrversion: 'relay',
  managerversion: 'manager',
  dsmversion: 'manager',
};

/** The option by which agents may go to the update server themselves; its key differs between versions. */
const fallbackKey =
  /(?:allow|enable).*(?:direct|primary|updatesource|updateserver).*|.*(?:updatefromserver|directdownload).*(?:allow|enable)?/u;
const fallbackText =
  /allow.{0,60}(?:download|update).{0,80}relays? (?:are|is) (?:not|un)|Relayが使用できない場合/iu;

/** What the XML files of a package state of the host: its name, versions, whether it is a relay. */
function readStatements(document: EvidenceDocument, ownVersion: DsVersion['component'] | null): boolean {
  const elements = readXml(document.text());
  if (elements === null) {
    document.harvest.warning(1, 'bad-xml', document.text().slice(0, 200));
    return true;
  }
  const values = [...xmlValues(elements)];
  stateHost(document, values);
  let ownStated = false;
  for (const { key, value, line } of values) {
    const component = versionKeys[key];
    if (component !== undefined) stateVersion(document, component, value, line);
    if (component === 'agent') ownStated = true;
    stateGuid(document, key, value, line);
    if (/^(?:is)?relay(?:enabled)?$/u.test(key) && /^(?:true|1|yes|enabled|on)$/iu.test(value.trim())) {
      document.harvest.fact({
        type: 'deep-security/relay',
        value: { sign: 'setting' },
        citation: document.cite(line, `${key} = ${value}`),
      });
    }
    stateFallback(document, key, value, line);
    if (/^(?:platform|operatingsystem|os|osname)$/u.test(key)) {
      document.harvest.fact({
        type: 'deep-security/platform',
        value: { windows: /windows/iu.test(value), raw: value },
        citation: document.cite(line, `${key} = ${value}`),
      });
    }
  }
  const plain = values.find(
    ({ key, value }) => key === 'version' && versionForm.test(value) && value !== '1.0',
  );
  if (ownVersion !== null && !ownStated && plain !== undefined)
    stateVersion(document, ownVersion, plain.value, plain.line);
  return true;
}

function stateHost(document: EvidenceDocument, values: readonly XmlValue[]): void {
  const named = values.find(({ key, value }) => hostKeys.has(key) && value.trim() !== '');
  const host =
    named ??
    values.find(({ key, value, parent }) => key === 'name' && parent === 'host' && value.trim() !== '');
  if (host === undefined) return;
  const name = host.value.trim();
  const aliases = values
    .filter(({ key, parent }) => aliasKeys.has(key) && (key !== 'name' || parent === 'host'))
    .map(({ value }) => value.trim())
    .filter((value) => value !== '' && value !== name);
  document.harvest.device(name, [...new Set(aliases)].slice(0, 10), 'collection');
}

function stateGuid(document: EvidenceDocument, key: string, value: string, line: number): void {
  const guid = foldGuid(value);
  if (guid === null || !/guid|uuid|^id$/u.test(key)) return;
  document.harvest.fact({
    type: 'deep-security/guid',
    value: { name: key, guid },
    citation: document.cite(line, `${key} = ${value}`),
  });
}

function stateFallback(document: EvidenceDocument, key: string, value: string, line: number): void {
  const answer = /^(?:true|1|yes|enabled|on|有効|はい)$/iu.test(value.trim())
    ? true
    : /^(?:false|0|no|disabled|off|無効|いいえ)$/iu.test(value.trim())
      ? false
      : null;
  if (answer === null || !key.includes('relay') || !fallbackKey.test(key)) return;
  document.harvest.fact({
    type: 'deep-security/fallback-option',
    value: { on: answer, raw: value },
    citation: document.cite(line, `${key} = ${value}`),
  });
}

/** AgentStatus.xml: the agent's own account of itself. */
export const agentStatus = defineDocumentFormat({
  id: 'deep-security/agent-status',
  system: 'deep-security',
  recognise: ({ name, text }) => name === 'agentstatus.xml' && text.includes('<'),
  read: (document) => readStatements(document, 'agent'),
});

/** guids.xml: the identities of agent and manager. */
export const guidsFile = defineDocumentFormat({
  id: 'deep-security/guids',
  system: 'deep-security',
  recognise: ({ name, text }) => name === 'guids.xml' && text.includes('<'),
  read: (document) => readStatements(document, null),
});

/** host<ID>.xml: the manager's account of the host. */
export const hostFile = defineDocumentFormat({
  id: 'deep-security/host',
  system: 'deep-security',
  recognise: ({ name, path, text }) =>
    /^host\d+\.xml$/u.test(name) &&
    (/(?:^|[/!])manager\//u.test(path) || /<host\b/iu.test(text)) &&
    text.includes('<'),
  read: (document) => readStatements(document, null),
});

const stated =
  /(?:^|[^A-Za-z])(?<component>agent|relay|manager|dsa|dsr|dsm|エージェント|リレー|マネージャー?)(?![A-Za-z])[^\d\n]{0,40}?(?<version>\d{1,3}\.\d{1,3}(?:[.-]\d{1,6}){1,3})/iu;

const componentWords: Readonly<Record<string, DsVersion['component']>> = {
  agent: 'agent',
  dsa: 'agent',
  エージェント: 'agent',
  relay: 'relay',
  dsr: 'relay',
  リレー: 'relay',
  manager: 'manager',
  dsm: 'manager',
  マネージャ: 'manager',
  マネージャー: 'manager',
};

/** Versions and settings written down by hand beside collected logs: `Deep Security Relay: 9.0.0.2008`. */
export const versionNotes = defineDocumentFormat({
  id: 'deep-security/version-notes',
  system: 'deep-security',
  recognise: ({ name, shape, path, lines }) =>
    shape === 'text' &&
    /version|バージョン/iu.test(name) &&
    (/deep ?security|ds[_-]?agent/iu.test(path) ||
      lines.some((line) => /deep security|\bDS[AMR]\b/iu.test(line))) &&
    lines.some((line) => stated.test(line)),
  read(document) {
    let count = 0;
    linesOf(document).forEach((line, index) => {
      const groups = stated.exec(line)?.groups;
      const component = componentWords[(groups?.['component'] ?? '').toLowerCase()];
      if (component !== undefined && stateVersion(document, component, groups?.['version'] ?? '', index + 1))
        count += 1;
      const option = fallbackText.test(line)
        ? /[:：=]\s*(?<on>on|off|true|false|yes|no|有効|無効|オン|オフ)\s*$/iu.exec(line)
        : null;
      const on = option?.groups?.['on'];
      if (on === undefined) return;
      document.harvest.fact({
        type: 'deep-security/fallback-option',
        value: { on: /^(?:on|true|yes|有効|オン)$/iu.test(on), raw: on },
        citation: document.cite(index + 1, line),
      });
    });
    return count > 0;
  },
});
