import type { SystemId } from '../domain/evidence.ts';
import type { Format, SystemDefinition } from './define-format.ts';
import { azureSystem } from './azure/index.ts';
import { awsSystem } from './aws-ssm/index.ts';
import { deepSecurity } from './deep-security/index.ts';
import { kace } from './kace/index.ts';
import { napSystem } from './nap/index.ts';
import { windowsUpdate } from './windows-update/index.ts';

/** Every system of this build. A new system adds one line. */
export const systems: readonly SystemDefinition[] = [
  kace,
  azureSystem(windowsUpdate.askFor),
  awsSystem(windowsUpdate.askFor),
  deepSecurity,
  napSystem(windowsUpdate.askFor),
  windowsUpdate,
];

/** Every format, in the order in which they are tried. */
export const formats: readonly Format[] = systems.flatMap((system) => system.formats);

export function systemDefinition(id: SystemId): SystemDefinition | undefined {
  return systems.find((system) => system.id === id);
}
