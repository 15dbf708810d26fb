import { throwIfCancelled } from '../domain/errors.ts';

/** Lets requests that came meanwhile be served. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Long work that stops between two of its steps, each of some milliseconds at most: others can be served there. */
export type Steps<T> = Generator<undefined, T, undefined>;

/** Milliseconds that steps go on before others have their turn. */
const turnLength = 15;

/** All steps one after the other, for who has nobody else to serve. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/**
 * The steps with turns of others before and between them. What the steps read must not change meanwhile.
 *
 * @throws CancelledError between two steps; what the steps throw
 */
export async function inTurns<T>(steps: Steps<T>, signal?: AbortSignal): Promise<T> {
  throwIfCancelled(signal);
  await nextTurn();
  let began = performance.now();
  for (;;) {
    throwIfCancelled(signal);
    const step = steps.next();
    if (step.done === true) return step.value;
    if (performance.now() - began < turnLength) continue;
    await nextTurn();
    began = performance.now();
  }
}
