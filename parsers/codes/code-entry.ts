import type { SystemId } from '../domain/evidence.ts';

/** Which vendor's or program's numbers a code belongs to. Small numbers mean different things in each. */
export type CodeFamily =
  | 'windows-installer'
  | 'windows-update'
  | 'servicing'
  | 'windows'
  | 'network'
  | 'bits'
  | 'delivery-optimization'
  | 'certificate'
  | 'security'
  | 'app-install'
  | 'config-manager'
  | 'intune'
  | 'nap'
  | 'deep-security'
  | 'azure-extension'
  | 'ssm'
  | 'apt'
  | 'yum'
  | 'zypper'
  | 'kace';

/** What a code means and what to do, in one language. */
export interface CodeText {
  readonly meaning: string;
  readonly advice: string;
}

/** A code as one source explains it. */
export interface CodeEntry {
  /** Unsigned 32-bit value, or the plain exit code. */
  readonly code: number;
  readonly family: CodeFamily;
  /** The vendor's name, e.g. `WU_E_PT_WINHTTP_NAME_NOT_RESOLVED`; null where the source has none. */
  readonly symbol: string | null;
  /** Who says so, for showing. */
  readonly source: string;
  readonly en: CodeText;
  readonly ja: CodeText;
}

/**
 * The order in which families are asked when nothing narrows them down. Large values are unambiguous;
 * among small ones the installers come first, since they are what an exit code of a deployment most often is.
 */
export const allFamilies: readonly CodeFamily[] = [
  'windows-installer',
  'windows-update',
  'servicing',
  'windows',
  'network',
  'bits',
  'delivery-optimization',
  'certificate',
  'security',
  'app-install',
  'config-manager',
  'intune',
  'nap',
  'deep-security',
  'azure-extension',
  'ssm',
  'zypper',
  'yum',
  'apt',
  'kace',
];

const windowsFamilies: readonly CodeFamily[] = [
  'windows-installer',
  'windows-update',
  'servicing',
  'windows',
  'network',
  'bits',
  'delivery-optimization',
  'certificate',
  'security',
  'app-install',
];

/** Whose codes the exit codes of a system can be, most likely first. */
export const familiesOfSystem: Readonly<Record<SystemId, readonly CodeFamily[]>> = {
  'kace-sma': [...windowsFamilies, 'config-manager', 'kace'],
  'windows-update': windowsFamilies,
  'azure-update-manager': ['azure-extension', ...windowsFamilies, 'zypper', 'yum', 'apt'],
  'aws-ssm': ['ssm', ...windowsFamilies, 'zypper', 'yum', 'apt'],
  'deep-security': ['deep-security', 'windows', 'network'],
  nap: ['nap', ...windowsFamilies],
};
