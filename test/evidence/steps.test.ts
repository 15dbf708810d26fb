import { describe, expect, it } from 'vitest';
import { CancelledError } from '../../parsers/domain/errors.ts';
import { atOnce, inTurns } from '../../parsers/evidence/steps.ts';
import type { Steps } from '../../parsers/evidence/steps.ts';

function* countTo(last: number): Steps<number> {
  let sum = 0;
  for (let at = 1; at <= last; at += 1) {
    sum += at;
    yield;
  }
  return sum;
}

function* forEver(): Steps<never> {
  for (;;) yield;
}

describe('work in steps', () => {
  it('gives the same at once and in turns', async () => {
    expect(atOnce(countTo(1000))).toBe(500_500);
    expect(await inTurns(countTo(1000))).toBe(500_500);
  });

  it('lets others have their turn, who may end it', async () => {
    const abort = new AbortController();
    setImmediate(() => {
      abort.abort();
    });
    await expect(inTurns(forEver(), abort.signal)).rejects.toThrow(CancelledError);
  });

  it('does not begin what was given up before', async () => {
    let begun = false;
    const steps = (function* (): Steps<void> {
      begun = true;
      yield;
    })();
    await expect(inTurns(steps, AbortSignal.abort())).rejects.toThrow(CancelledError);
    expect(begun).toBe(false);
  });

  it('passes on what it throws', async () => {
    const failing = (function* (): Steps<void> {
      yield;
      throw new TypeError('no such thing');
    })();
    await expect(inTurns(failing)).rejects.toThrow('no such thing');
  });
});
