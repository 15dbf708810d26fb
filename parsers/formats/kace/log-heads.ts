import type { LineHead } from '../../text/line-head.ts';
import { stampHead } from '../../text/stamp.ts';

/**
 * How lines of the appliance's and its agents' logs start. The dotted forms are the agent's own
 * (guess: no verified sample); the others are what its parts and its server write besides. The first
 * that fits a line wins, so longer forms stand before the shorter ones that they begin with.
 */
export const kaceHeads: readonly LineHead[] = [
  stampHead('[YYYY-MM-DD.HH:mm:ss]', { name: 'kace-agent' }),
  stampHead('[YYYY-MM-DD.HH:mm:sszz]', { name: 'kace-agent' }),
  stampHead('[YYYY-MM-DD.HH:mm:ss.fff]', { name: 'kace-agent' }),
  stampHead('YYYY-MM-DD.HH:mm:sszz', { name: 'kace-agent' }),
  stampHead('YYYY-MM-DD.HH:mm:ss.fffzz', { name: 'kace-agent' }),
  stampHead('YYYY-MM-DD.HH:mm:ss', { name: 'kace-agent' }),
];

export const agentHeads: readonly LineHead[] = [
  ...kaceHeads,
  stampHead('[YYYY-MM-DD HH:mm:ss.fff', { name: 'iso-blank' }),
  stampHead('[YYYY-MM-DD HH:mm:ss', { name: 'iso-blank' }),
  stampHead('[YYYY/MM/DD HH:mm:ss', { name: 'slashes' }),
  stampHead('YYYY-MM-DDTHH:mm:ss.fffzz', { name: 'iso' }),
  stampHead('YYYY-MM-DDTHH:mm:sszz', { name: 'iso' }),
  stampHead('YYYY-MM-DDTHH:mm:ss', { name: 'iso' }),
  stampHead('YYYY-MM-DD HH:mm:ss.fff', { name: 'iso-blank' }),
  stampHead('YYYY-MM-DD HH:mm:ss,fff', { name: 'iso-blank' }),
  stampHead('YYYY-MM-DD HH:mm:ss', { name: 'iso-blank' }),
  stampHead('YYYY/MM/DD HH:mm:ss', { name: 'slashes' }),
];

/** The server's parts: PHP, Apache, MySQL, syslog. */
export const serverHeads: readonly LineHead[] = [
  ...agentHeads,
  stampHead('[DD-MMM-YYYY HH:mm:ss', { name: 'php' }),
  stampHead('[EEE MMM~D HH:mm:ss.fff YYYY]', { name: 'apache-error' }),
  stampHead('[EEE MMM~D HH:mm:ss YYYY]', { name: 'apache-error' }),
  stampHead('DD/MMM/YYYY:HH:mm:ss~zz', { name: 'apache', within: 120 }),
  stampHead('MMM~D~HH:mm:ss', { name: 'syslog' }),
];
