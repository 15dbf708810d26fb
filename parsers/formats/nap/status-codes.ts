/** Status and flag values of statements and responses (MS-WSH 2.2.7 to 2.2.12). */
export const status = {
  noneMissing: 0x00ff_0005,
  missing: 0x00ff_0006,
  /** An error although it begins with 00FF: the agent has not started since the boot. */
  notStartedSinceBoot: 0x00ff_0008,
  installUpdates: 0xc0ff_0007,
  noWsusServer: 0xc0ff_000c,
  noClientId: 0xc0ff_000d,
  serviceDisabled: 0xc0ff_000e,
  communicationFailure: 0xc0ff_000f,
  restartRequired: 0xc0ff_0010,
  noSource: 0xc0ff_0051,
} as const;

/** Errors by which the client itself says that it cannot be updated as it is. */
export const clientErrors: ReadonlySet<number> = new Set([
  status.noWsusServer,
  status.noClientId,
  status.serviceDisabled,
  status.communicationFailure,
]);

/** Response codes that say that the update source is not an allowed one. */
export const sourceErrors: ReadonlySet<number> = new Set([
  0xc0ff_004e,
  0xc0ff_004f,
  0xc0ff_0050,
  status.noSource,
]);

/** Of the security updates' status everything but these two is an error. The codes are a set, not a prefix. */
export function isErrorStatus(code: number): boolean {
  return code !== status.noneMissing && code !== status.missing;
}

export const sourceBits = { windowsUpdate: 0x4000, wsus: 0x1_0000, microsoftUpdate: 0x2_0000 } as const;

export const severityMask = 0xff0;

/** Names of the severity bits, from the mildest. */
export const severityNames: readonly (readonly [bit: number, name: string])[] = [
  [0x40, 'unspecified'],
  [0x80, 'low'],
  [0x100, 'moderate'],
  [0x200, 'important'],
  [0x400, 'critical'],
];

/** What the validator does where its policy says nothing (MS-WSH 3.3.1). */
export const validatorDefaults = {
  autoUpdate: 1,
  enforceUpdates: 0,
  /** 22 hours. */
  maxDurationSinceLastSync: 79_200,
  /** 72 hours; a longer one counts as this. */
  greatestDuration: 259_200,
  minimumSeverityRating: 0x200,
  windowsUpdateAllowed: 1,
  wsusAllowed: 0,
} as const;
