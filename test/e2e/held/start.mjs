/**
 * Entry of the application that is packed for tests: the product's own, which waits with its windows until the test
 * has attached, where the test asks for that.
 *
 * Playwright attaches to the page as soon as DevTools listens. Where that falls into the commit of the page's first
 * navigation, Chromium reports the navigation to nobody: the page stands there, painted, and Playwright waits for it
 * until its time is up (1 start of 30 on a busy machine). Its own loader, which this follows, keeps "ready" back for
 * that reason, but is not loaded into a packaged application.
 */
import { app } from 'electron';

if (process.env['PATCHTRAIL_HOLD_START'] === '1') holdStart();

await import('../../../out/main/main.js');

/** Keeps "ready" back until Playwright calls `__playwright_run`, the name that it has for this. */
function holdStart() {
  const ready = app.whenReady();
  const emit = app.emit.bind(app);
  /** @type {unknown[]} */
  let words = [];
  let isReady = false;
  /** @type {() => void} */
  let begin = () => undefined;
  const begun = /** @type {Promise<void>} */ (new Promise((resolve) => (begin = resolve)));
  app.emit = (event, ...args) => {
    if (event !== 'ready' || isReady) return emit(event, ...args);
    words = args;
    return app.listenerCount('ready') > 0;
  };
  app.isReady = () => isReady;
  app.whenReady = () => begun;
  Object.assign(globalThis, {
    __playwright_run: async () => {
      await ready;
      isReady = true;
      begin();
      emit('ready', ...words);
    },
  });
}
