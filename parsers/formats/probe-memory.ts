import type { Probe } from './define-format.ts';

/**
 * Answers a question about a member once, however many formats ask it. Only the latest answer is kept: members are
 * looked at one after the other.
 */
export function oncePerProbe<T>(ask: (probe: Probe) => T): (probe: Probe) => T {
  let latest: { readonly probe: Probe; readonly answer: T } | null = null;
  return (probe) => {
    if (latest?.probe !== probe) latest = { probe, answer: ask(probe) };
    return latest.answer;
  };
}

/** The head's text in lower case: what it lacks, no expression that asks for it can find. */
export const loweredText = oncePerProbe((probe) => probe.text.toLowerCase());
