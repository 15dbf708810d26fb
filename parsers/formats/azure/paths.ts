import type { MemberContext, Probe } from '../define-format.ts';

/** The patch extension's name, in a path or as a handler (virtual machines, their test ring, Arc). */
export const patchExtension =
  /Microsoft\.CPlat\.Core\.(?:Edp\.)?(?:Linux|Windows)PatchExtension|Microsoft\.SoftwareUpdateManagement\.(?:Linux|Windows)OsUpdateExtension/iu;

/** The same for Windows alone. */
export const windowsExtension = /(?:Windows(?:Patch|OsUpdate)Extension)/iu;

/** The same for Arc alone. */
export const arcExtension = /Microsoft\.SoftwareUpdateManagement\.(?:Linux|Windows)OsUpdateExtension/iu;

/** Where on a machine its files lie: what stands before is the collection of one machine. */
const machineRoots =
  /(?:^|\/)(?:var\/(?:lib|log|opt)|windowsazure|packages\/plugins|guestconfig|programdata|etc|run|opt)\//iu;

/** Folders of the extension itself, where the files of one machine were copied without their paths. */
const ownFolders = /\/(?:status|config|logs?|runtimesettings|events|tmp)$/iu;

/**
 * The folder that stands for one machine as far as the path tells: what lies before the machine's own
 * paths, else the folder of the file without the extension's own subfolders.
 */
export function scopeOf(path: string): string {
  const folded = `/${path.replaceAll('\\', '/')}`.toLowerCase();
  const root = machineRoots.exec(folded);
  if (root !== null) return trimmed(folded.slice(0, root.index));
  const folder = folded.slice(0, Math.max(0, folded.lastIndexOf('/')));
  return trimmed(folder.replace(ownFolders, ''));
}

function trimmed(folder: string): string {
  return folder.replace(/^\/+|\/+$/gu, '');
}

/** `8` of `8.core.log`, `truncated_var_log_azure_x_8.core.log`, `8.complete.status`, `8.settings`. */
export function sequenceOf(name: string): number | null {
  const digits = /(?:^|[_/])(?<sequence>\d{1,9})\.(?:aa\.core|core|complete|status|settings)\b/iu.exec(name)
    ?.groups?.['sequence'];
  return digits === undefined ? null : Number(digits);
}

export function nameOf(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'), path.lastIndexOf('!')) + 1);
}

/** `azcmagent-<time>-<computer>.zip!/…`: an Arc agent's own archive names its machine, also unpacked. */
export function stateDeviceOfPath(context: MemberContext): void {
  const computer =
    /(?:^|[/\\!])azcmagent-[\dTZ_.:-]*[\dZ]-(?<computer>[\w.-]+?)(?:\.(?:zip|tar\.gz|tgz)(?:\.\w{1,4})?[!/\\]|[/\\])/iu.exec(
      context.path,
    )?.groups?.['computer'];
  if (computer !== undefined) context.harvest.device(computer);
}

export function isText({ shape }: Probe): boolean {
  return shape === 'text' || shape === 'delimited';
}
