/** What comes into sight together is made one after another, grids above all, so that no task holds the window up. */
import { useEffect, useState } from 'react';

const waiting: (() => void)[] = [];
let timer: ReturnType<typeof setTimeout> | undefined;

function next(): void {
  timer = undefined;
  waiting.shift()?.();
  if (waiting.length > 0) timer = setTimeout(next);
}

/** Whether it is this one's turn: false at first, and true from a task of its own on. */
export function useTurn(): boolean {
  const [isDue, setDue] = useState(false);
  useEffect(() => {
    const take = (): void => setDue(true);
    waiting.push(take);
    timer ??= setTimeout(next);
    return () => {
      const at = waiting.indexOf(take);
      if (at >= 0) waiting.splice(at, 1);
    };
  }, []);
  return isDue;
}
