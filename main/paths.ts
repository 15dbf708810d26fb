/** Where the application's own files lie, in the repository and in the packaged application alike. */
import { join } from 'node:path';

export interface ApplicationPaths {
  readonly renderer: string;
  readonly bridge: string;
  readonly worker: string;
  readonly commandLine: string;
  readonly samples: string;
  readonly icon: string;
  /** The text of all licences, made by the build. */
  readonly licences: string;
}

/** @param root the folder, or the archive, that holds `package.json` */
export function applicationPaths(root: string): ApplicationPaths {
  return {
    renderer: join(root, 'out', 'renderer'),
    bridge: join(root, 'out', 'preload', 'bridge.cjs'),
    worker: join(root, 'out', 'worker', 'worker.js'),
    commandLine: join(root, 'out', 'main', 'command-line.js'),
    samples: join(root, 'resources', 'samples'),
    icon: join(root, 'resources', 'icons', 'icon.png'),
    licences: join(root, 'out', 'licences.txt'),
  };
}
