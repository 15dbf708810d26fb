declare const __PATCHTRAIL_VERSION__: string | undefined;

/** Version of this build, put in by the build; `0.0.0-dev` when run from sources. */
export const toolVersion: string =
  typeof __PATCHTRAIL_VERSION__ === 'string' ? __PATCHTRAIL_VERSION__ : '0.0.0-dev';
