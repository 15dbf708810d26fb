/** Valid members of every format and valid bundles of every container: what the mutants are made from. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { strToU8, zipSync } from 'fflate';
import { probe } from '../../parsers/formats/probe.ts';
import { formats } from '../../parsers/formats/registry.ts';
import { buildTar } from '../archive/builders/tar.ts';
import { buildXz } from '../archive/builders/xz.ts';
import { buildZip } from '../archive/builders/zip.ts';
import { buildEvtx, filetime, textField } from '../formats/event-log/evtx-builder.ts';
import { buildStatement } from '../formats/nap/statement-builder.ts';
import { eventsCsv } from '../formats/deep-security/read-files.ts';
import { oneOf } from './random.ts';
import type { Below } from './random.ts';

export interface SeedMember {
  readonly name: string;
  readonly data: Buffer;
}

/** A member is cut to this many bytes, so that a mutant costs milliseconds. */
const mostBytes = 3000;
const fixtures = fileURLToPath(new URL('../fixtures/', import.meta.url));

/** Names under which formats that look at names know their files. */
const names: readonly string[] = [
  'x.log',
  'x.txt',
  'ProgramData/Amazon/SSM/Logs/amazon-ssm-agent.log',
  'var/lib/amazon/ssm/i-0abc/document/orchestration/a-b/awsrunShellScript/PatchLinux/stdout',
  'install-patchbaselineoperation-1.log',
  'var/log/waagent.log',
  'waagent-collector/results.txt',
  'var/log/azure/Microsoft.CPlat.Core.LinuxPatchExtension/0.core.log',
  'WindowsAzure/Logs/WaAppAgent.log',
  'WindowsAzure/Logs/Plugins/Microsoft.CPlat.Core.WindowsPatchExtension/1.5.68/WindowsUpdateExtension.log',
  'WindowsAzure/Logs/Plugins/Microsoft.CPlat.Core.WindowsPatchExtension/1.5.68/CommandExecution.log',
  'var/log/dpkg.log',
  'var/log/apt/history.log',
  'var/log/yum.log',
  'var/log/dnf.rpm.log',
  'var/log/zypp/history',
  'Agent/ds_agent.log',
  'Agent/ds_agent_debug.log',
  'Agent/ds_agent-err.log',
  'Agent/iau.log',
  'Agent/iaurelay.log',
  'Agent/TmuDump.txt',
  'AMSP/AU_Data/AU_Log/TmuDump.txt',
  'Agent/cef.log',
  'ProgramData/Quest/KACE/konea.log',
  'ProgramData/Quest/KACE/user/KAgent.log',
  'logs/k1000/kbox_server.log',
  'Windows/WindowsUpdate.log',
  'Windows/SoftwareDistribution/ReportingEvents.log',
  'Windows/Logs/CBS/CBS.log',
  'Windows/Logs/DISM/dism.log',
];

/** Every member, the same in every run. */
export function seedMembers(): readonly SeedMember[] {
  return [...ofFixtures(), ...ofSamples(), ...built()].map(({ name, data }) => ({
    name,
    data: name.endsWith('.evtx') ? data : data.subarray(0, mostBytes),
  }));
}

function ofFixtures(): SeedMember[] {
  return readdirSync(fixtures, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/expected\.json$|NOTICE|\.evtx$/u.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(fixtures.length).replaceAll('\\', '/'))
    .filter((path) => !path.startsWith('hostile/'))
    .sort()
    .map((path) => ({ name: path, data: readFileSync(join(fixtures, path)) }));
}

/** The sample lines of each line format, under the first name by which the format takes them. */
function ofSamples(): SeedMember[] {
  return formats.flatMap((format) => {
    if (format.form !== 'lines' || format.samples.length === 0) return [];
    const lines = format.samples.map(({ line }) => line);
    const data = Buffer.from(`${[...lines, ...lines, ...lines].join('\n')}\n`);
    const name = names.find((path) => {
      const seen = probe(path, data);
      return formats.find((one) => one.recognise(seen)) === format;
    });
    return name === undefined ? [] : [{ name, data }];
  });
}

function built(): SeedMember[] {
  const events = Array.from({ length: 3 }, (_, nth) => ({
    id: nth + 1,
    time: filetime('2024-05-10T09:12:00Z', nth * 10_000_000),
    provider: 'Microsoft-Windows-WindowsUpdateClient',
    eventId: [19, 20, 43][nth] ?? 19,
    channel: 'System',
    computer: 'PC-0042',
    fields: [textField('updateTitle', 'KB5037771'), textField('errorCode', '0x80070643')],
  }));
  const sheet =
    '<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>MACHINE_NAME</t></is></c><c r="B1" t="inlineStr"><is><t>TITLE</t></is></c></row><row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2"><v>45422.5</v></c></row></sheetData></worksheet>';
  const workbook = zipSync({
    '[Content_Types].xml': strToU8('<Types/>'),
    'xl/workbook.xml': strToU8(
      '<workbook xmlns:r="r"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>',
    ),
    'xl/_rels/workbook.xml.rels': strToU8(
      '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>',
    ),
    'xl/worksheets/sheet1.xml': strToU8(sheet),
    'xl/sharedStrings.xml': strToU8('<sst><si><t>PC-1</t></si></sst>'),
  });
  const xmlEvents =
    '<Events><Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="Microsoft-Windows-WindowsUpdateClient"/><EventID>19</EventID><Level>4</Level><TimeCreated SystemTime="2024-05-10T09:12:00.0000000Z"/><EventRecordID>1</EventRecordID><Channel>System</Channel><Computer>PC-1</Computer></System><EventData><Data Name="updateTitle">KB5037771</Data></EventData></Event></Events>';
  const utf16 = Buffer.from('\uFEFFMACHINE_NAME,TITLE,DETECT_STATUS\r\nPC-1,日本語,PATCHED\r\n', 'utf16le');
  const text = (name: string, data: string): SeedMember => ({ name, data: Buffer.from(data) });
  return [
    { name: 'Windows/System32/winevt/Logs/System.evtx', data: buildEvtx([events]) },
    { name: 'export/System.xlsx', data: Buffer.from(workbook) },
    { name: 'export/utf16.csv', data: utf16 },
    {
      name: 'SohCache.bin',
      data: Buffer.from(buildStatement({ automatic: 3, security: 4, server: 'wsus' })),
    },
    {
      name: 'shot.png',
      data: Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489', 'hex'),
    },
    text('events/system.xml', xmlEvents),
    text(
      'events/system.csv',
      'Level,Date and Time,Source,Event ID,Task Category\nInformation,5/10/2024 9:12:00 AM,Microsoft-Windows-WindowsUpdateClient,19,Windows Update Agent,"Installation Successful: KB5037771"\n',
    ),
    text(
      'events/system.txt',
      'Event[0]:\n  Log Name: System\n  Source: Microsoft-Windows-WindowsUpdateClient\n  Date: 2024-05-10T09:12:00.000\n  Event ID: 19\n  Level: Information\n  Computer: PC-1\n  Description: \nInstallation Successful\n',
    ),
    text(
      'Manager/hostevents.csv',
      eventsCsv([
        { at: '10:00:00', id: 273, target: 'pc-1' },
        { at: '10:10:05', id: 2204, target: 'pc-1' },
      ]),
    ),
    text('Agent/AgentStatus.xml', '<status><version value="20.0.1"/><a><b c="d">e</b></a></status>'),
    text('Agent/guids.xml', '<guids><agent>0b1c2d3e-4f50-4617-8293-a4b5c6d7e8f9</agent></guids>'),
    text('Manager/host12.xml', '<host><name>pc-1</name><version>20.0.1</version></host>'),
    text(
      'Agent/component_update_result.xml',
      '<result><component name="a" version="1" result="0"/></result>',
    ),
    text(
      'graph.json',
      '{"data":[{"id":"/subscriptions/a/resourceGroups/b/providers/Microsoft.Compute/virtualMachines/vm/patchAssessmentResults/latest","type":"microsoft.compute/virtualmachines/patchassessmentresults","properties":{"status":"Succeeded"}}]}',
    ),
    text(
      'page.mht',
      'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="b"\n\n--b\nContent-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n<html><table><tr><td>=E3=81=82</td></tr></table></html>\n--b--\n',
    ),
    text('deep.json', `${'['.repeat(200)}${']'.repeat(200)}`),
    text(
      'var/lib/amazon/ssm/i-0abc/document/orchestration/a-b/other/stderr',
      '12/02/2023 21:05:53 root [INFO]: cloning\nfatal: not a repository\n',
    ),
    text('plain.txt', 'no format knows this\n'),
    text('empty.log', ''),
  ];
}

/** Kinds of bundles. A folder is written as such; every other one is a file. */
export const kinds = [
  'zip',
  'zip64',
  'descriptors',
  'leading',
  'nested',
  'tar',
  'tgz',
  'tar.xz',
  'gz',
  'xz',
  'single',
  'folder',
  'zipcrypto',
  'aes',
  'mixture',
] as const;
export type Kind = (typeof kinds)[number];

/** The password of the two locked bundles. */
export const password = 'secret';

/** Locked bundles have random salts, so these two are kept as files. */
export function lockedBundle(kind: 'zipcrypto' | 'aes'): Buffer {
  return readFileSync(new URL(`locked/${kind}.zip`, import.meta.url));
}

/** A valid bundle of a kind; members of a folder stay apart. */
export async function buildBundle(
  kind: Exclude<Kind, 'folder'>,
  members: readonly SeedMember[],
  below: Below,
): Promise<{ readonly name: string; readonly bytes: Buffer }> {
  const [first] = members;
  if (first === undefined) throw new Error('a bundle has a member');
  const name = first.name.slice(first.name.lastIndexOf('/') + 1);
  const zipped = (): Buffer =>
    buildZip(members.map((one) => ({ ...one, method: below(2) === 0 ? 'stored' : 'deflate' })));
  switch (kind) {
    case 'zip':
      return { name: 'b.zip', bytes: zipped() };
    case 'zip64':
      return {
        name: 'b.zip',
        bytes: buildZip(
          members.map((one) => ({ ...one, zip64: true })),
          { zip64: true },
        ),
      };
    case 'descriptors': {
      const how = ['signed', 'bare', 'zip64'] as const;
      const items = members.map((one) => {
        const descriptor = oneOf(how, below);
        return { ...one, descriptor, zip64: descriptor === 'zip64' };
      });
      return { name: 'b.zip', bytes: buildZip(items, { withoutDirectory: below(4) === 0 }) };
    }
    case 'leading':
      return { name: 'b.zip', bytes: Buffer.concat([Buffer.from('MZ leading bytes '.repeat(9)), zipped()]) };
    case 'nested': {
      const inner = zipped();
      const items = [
        { name: 'n.zip', data: inner, method: 'stored' as const },
        { name: 'n.tgz', data: gzipSync(await buildTar(members)), method: 'stored' as const },
        { name: 'again.zip', data: buildZip([{ name: 'n.zip', data: inner }]) },
        { name: `${name}.gz`, data: gzipSync(first.data), method: 'stored' as const },
      ];
      return { name: 'b.zip', bytes: buildZip(items) };
    }
    case 'tar':
      return { name: 'b.tar', bytes: await buildTar(members) };
    case 'tgz':
      return { name: 'b.tgz', bytes: gzipSync(await buildTar(members)) };
    case 'tar.xz':
      return { name: 'b.tar.xz', bytes: buildXz(await buildTar(members)) };
    case 'gz':
      return { name: `${name}.gz`, bytes: gzipSync(first.data) };
    case 'xz':
      return { name: `${name}.xz`, bytes: buildXz(first.data) };
    case 'single':
      return { name, bytes: first.data };
    case 'zipcrypto':
    case 'aes':
      return { name: 'b.zip', bytes: lockedBundle(kind) };
    case 'mixture': {
      const tar = await buildTar([
        ...members,
        { name: 'link', type: 'symlink', linkname: first.name },
        { name: `${'n'.repeat(150)}/日本.log`, data: first.data },
        { name: 'in.zip', data: zipped() },
        { name: 'locked.zip', data: lockedBundle(below(2) === 0 ? 'aes' : 'zipcrypto') },
      ]);
      const items = [
        { name: 'logs.tar.xz', data: buildXz(tar), method: 'stored' as const },
        { name: 'd.log', data: first.data, descriptor: 'signed' as const },
      ];
      return { name: 'b.zip', bytes: buildZip(items) };
    }
  }
}
