/** Times outside are of clocks that were not set, or of damage: kept, and told of. */
export const plausibleTimes = { from: Date.UTC(1995, 0, 1), to: Date.UTC(2100, 0, 1) } as const;
