import { fieldOf, foldProvider } from './event-record.ts';
import type { EventRecord } from './event-record.ts';

/**
 * The texts of the events that rules use, as Microsoft's message files and TechNet's event pages have
 * them (English). `{name|n}` is the field of that name, or the n-th one. Every other event shows its
 * data: without its provider's message file no text of it is known.
 */
const templates: Readonly<Record<string, string>> = {
  'windowsupdateclient/19':
    'Installation Successful: Windows successfully installed the following update: {updateTitle|1}',
  'windowsupdateclient/20':
    'Installation Failure: Windows failed to install the following update with error {errorCode|1}: {updateTitle|2}.',
  'windowsupdateclient/21':
    'Restart Required: To complete the installation of the following updates, the computer must be restarted. Until this computer has been restarted, Windows cannot search for or download new updates: {updatelist|1}',
  'windowsupdateclient/22':
    'Restart Required: To complete the installation of the following updates, the computer will be restarted within {restarttime|1} minutes: {updatelist|2}',
  'windowsupdateclient/25': 'Windows Update failed to check for updates with error {errorCode|1}.',
  'windowsupdateclient/26': 'Windows Update successfully found {updateCount|1} updates.',
  'windowsupdateclient/31': 'Windows Update failed to download an update.',
  'windowsupdateclient/43':
    'Installation Started: Windows has started installing the following update: {updateTitle|1}',
  'windowsupdateclient/44': 'Windows Update started downloading an update.',
  'eventlog/6005': 'The Event log service was started.',
  'eventlog/6006': 'The Event log service was stopped.',
  'eventlog/6008': 'The previous system shutdown at {|1} on {|2} was unexpected.',
  'user32/1074':
    'The process {param1|1} has initiated the {param5|5} of computer {param2|2} on behalf of user {param7|7} for the following reason: {param3|3}. Reason Code: {param4|4}. Shutdown Type: {param5|5}. Comment: {param6|6}',
  'kernel-general/12': 'The operating system started at system time {StartTime|7}.',
  'kernel-general/13': 'The operating system is shutting down at system time {StopTime|1}.',
  'networkaccessprotection/18':
    'System Isolation State Change. Previous: State: {|1} ({|2}) Probation Time: {|3} Help URL: {|4} Current: State: {|5} ({|6}) Probation Time: {|7} Help URL: {|8}',
  'networkaccessprotection/28':
    'A Statement of Health with correlation ID {|1} was sent to the enforcement client {|2}.',
  'networkaccessprotection/29':
    'A Statement of Health Response with correlation ID {|1} was received from the enforcement client {|2}. The current client state is {|3}. The following SHAs report this client non-compliant: {|4}',
  'systemhealthagent/1009': 'The Windows Security Health Agent completed a download of security updates.',
  'systemhealthagent/1010':
    'The Windows Security Health Agent failed to complete a download of security updates. Failure Code: {|1}',
  'systemhealthagent/1011': 'The Windows Security Health Agent completed an install of security updates.',
  'systemhealthagent/1012':
    'The Windows Security Health Agent failed to complete an install of security updates. Failure Code: {|1}',
  'systemhealthagent/1015':
    'Automatic remediation for Automatic Updates succeeded. Automatic Updates was turned on successfully.',
  'systemhealthagent/1016':
    'Automatic remediation for Automatic Updates failed. Windows could not turn on Automatic Updates. Failure Code: {|1}',
  'security-auditing/6272': 'Network Policy Server granted access to a user.',
  'security-auditing/6273': 'Network Policy Server denied access to a user.',
  'security-auditing/6274': 'Network Policy Server discarded the request for a user.',
  'security-auditing/6276': 'Network Policy Server quarantined a user.',
  'security-auditing/6277':
    'Network Policy Server granted access to a user but put it on probation because the host did not meet the defined health policy.',
  'security-auditing/6278':
    'Network Policy Server granted full access to a user because the host met the defined health policy.',
};

/** Events whose text leaves out what matters: their data follows it. */
const dataMatters: ReadonlySet<string> = new Set([
  'windowsupdateclient/31',
  'windowsupdateclient/44',
  'security-auditing/6272',
  'security-auditing/6273',
  'security-auditing/6274',
  'security-auditing/6276',
  'security-auditing/6277',
  'security-auditing/6278',
]);

/** What the event says: the exported text, the known text with its values, or the data. */
export function messageOf(record: EventRecord): string {
  if (record.message !== null) return record.message;
  const key = `${foldProvider(record.provider)}/${record.eventId}`;
  const template = templates[key];
  if (template === undefined) return dataText(record);
  const text = template.replace(/\{(\w*)\|(\d)\}/gu, (_, name: string, position: string) => {
    return (
      (name === '' ? record.data[Number(position) - 1]?.value : fieldOf(record, name, Number(position))) ??
      '-'
    );
  });
  return dataMatters.has(key) ? `${text} ${dataText(record)}` : text;
}

function dataText(record: EventRecord): string {
  return record.data.map(({ name, value }) => (name === '' ? value : `${name}=${value}`)).join('; ');
}

/** A longer text is cut in its line; the member itself keeps all of it. */
const longestMessage = 32_000;

/**
 * The record as one line of text, for the log grid: time with all its digits, level, source, event,
 * number, computer, message. Line breaks inside become blanks.
 */
export function lineOf(record: EventRecord): string {
  const message = messageOf(record).slice(0, longestMessage).replace(/\s+/gu, ' ').trim();
  const head = [
    record.at?.raw ?? '-',
    record.level,
    record.provider === '' ? '-' : record.provider,
    record.eventId,
    record.id === null ? '-' : `#${record.id}`,
    record.computer ?? '-',
  ].join(' ');
  return message === '' ? head : `${head} ${message}`;
}
