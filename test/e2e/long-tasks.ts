/** The browser's own record of tasks that kept the page from answering for 50 ms or longer. */
import type { Page } from '@playwright/test';

/** A page on which the observer runs. */
interface Watched {
  readonly longTasks: number[];
  readonly longTaskObserver: PerformanceObserver;
}

/** Begins to record; tasks that the page has had before count as well. */
export async function watchLongTasks(window: Page): Promise<void> {
  await window.evaluate(() => {
    const longTasks: number[] = [];
    const longTaskObserver = new PerformanceObserver((list) => {
      longTasks.push(...list.getEntries().map(({ duration }) => duration));
    });
    longTaskObserver.observe({ type: 'longtask', buffered: true });
    Object.assign(globalThis, { longTasks, longTaskObserver });
  });
}

/** Milliseconds of the longest task since this was asked last; 0 when none reached 50 ms. */
export async function longestTask(window: Page): Promise<number> {
  return window.evaluate(() => {
    const { longTasks, longTaskObserver } = globalThis as unknown as Watched;
    // What has been recorded but not been handed over yet.
    longTasks.push(...longTaskObserver.takeRecords().map(({ duration }) => duration));
    return Math.max(0, ...longTasks.splice(0));
  });
}
