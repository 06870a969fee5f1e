import { defineConfig } from '@playwright/test';

// ConsoleTest in cli starts a server over a copy of examples/flights, and says where it is.
const root = process.getuid?.() === 0;

export default defineConfig({
  testDir: 'src/test/e2e',
  outputDir: 'target/e2e',
  reporter: 'line',
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  use: {
    baseURL: process.env.TOWPATH_URL,
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env.TOWPATH_CHROMIUM ?? '/usr/bin/chromium',
      args: root ? ['--no-sandbox'] : [], // as root Chromium has no sandbox
    },
  },
});
