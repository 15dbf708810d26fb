import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: 'test/e2e',
  // One window at a time: the tests share a display, and focus belongs to one window only.
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  // A real window on a shared machine may be late once; the runner then names the test as flaky.
  retries: 1,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  outputDir: 'test-results',
  snapshotPathTemplate: '{testDir}/pictures/{arg}{ext}',
  preserveOutput: 'failures-only',
  reporter: [['list'], ['json', { outputFile: '.cache/reports/playwright.json' }]],
  use: { trace: 'retain-on-failure', screenshot: 'only-on-failure' },
});
