import type { Probe } from './define-format.ts';

/** Answers a question about a member once, however many formats ask it. */
export function oncePerProbe<T>(ask: (probe: Probe) => T): (probe: Probe) => T {
  const answers = new WeakMap<Probe, { readonly answer: T }>();
  return (probe) => {
    let known = answers.get(probe);
    if (known === undefined) {
      known = { answer: ask(probe) };
      answers.set(probe, known);
    }
    return known.answer;
  };
}

/** The head's text in lower case: what it lacks, no expression that asks for it can find. */
export const loweredText = oncePerProbe((probe) => probe.text.toLowerCase());
