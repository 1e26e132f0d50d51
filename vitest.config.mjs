// Test projects, one per kind of test; `npm test` runs them all and adds up what they report.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';

const node = (name, include, timeoutMs = 10_000, extra = {}) => ({
  test: {
    name,
    include: [include],
    environment: 'node',
    testTimeout: timeoutMs,
    hookTimeout: timeoutMs,
    ...extra,
  },
});

/**
 * Tests that own ports, sound servers and processors: one file at a time, one project after the other. They run in real time on machines
 * that others share, so in CI a stumble gets a second try; a fault stays one.
 */
const alone = (groupOrder) => ({
  fileParallelism: false,
  maxWorkers: 1,
  sequence: { groupOrder },
  retry: process.env.CI ? 1 : 0,
  setupFiles: ['test/support/clean-retry.ts'],
});

export default defineConfig({
  test: {
    // Only the conformance table runs its tests side by side; its rows mostly wait.
    maxConcurrency: 8,
    projects: [
      node('unit', 'test/unit/**/*.test.ts'),
      node('scenario', 'test/scenario/**/*.scenario.ts'),
      node('arch', 'test/arch/**/*.test.ts', 120_000),
      node('fuzz', 'test/fuzz/**/*.fuzz.ts', 120_000),
      node('interop', 'test/interop/*.interop.ts', 120_000, alone(1)),
      node('e2e', 'test/e2e/**/*.e2e.ts', 120_000, alone(2)),
      node('conformance', 'test/conformance/*.conformance.ts', 60_000, alone(3)),
      {
        plugins: [svelte(), svelteTesting()],
        test: { name: 'renderer', include: ['test/renderer/**/*.test.ts'], environment: 'jsdom' },
      },
    ],
  },
});
