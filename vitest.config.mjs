// Test projects, one per kind of test; `npm test` runs them all and adds up what they report.
import { basename } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';

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
 * Tests with real sockets, peers and browsers. They run in real time on machines that others share, so in CI a stumble gets a second try;
 * a fault stays one.
 */
const real = (groupOrder, maxWorkers) => ({
  fileParallelism: maxWorkers > 1,
  maxWorkers,
  sequence: { groupOrder },
  retry: process.env.CI ? 1 : 0,
  setupFiles: ['test/support/leave-nothing.ts'],
});
/** They mostly wait: for a peer that starts, a timer of the RFC, a page. Each has its own ports, folders, servers and networks. */
const besideOthers = real(1, 3);
/** They judge sound, delay or the processor as time goes by: what runs beside them would be heard. */
const alone = (groupOrder) => real(groupOrder, 1);

/** Begun last, one of these would keep everybody waiting. */
const LONGEST = ['relay-lost', 'srtp', 'ice', 'sipp', 'turn', 'incoming', 'kamailio', 'sipp-features'];

class LongestFirst extends BaseSequencer {
  async sort(files) {
    const placeOf = ({ moduleId }) => {
      const place = LONGEST.indexOf(basename(moduleId).split('.')[0]);
      return place < 0 ? LONGEST.length : place;
    };
    return (await super.sort(files)).sort((a, b) => placeOf(a) - placeOf(b));
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    // For the files that run their own tests side by side: what these wait for takes longer than what they do.
    maxConcurrency: 8,
    projects: [
      node('unit', 'test/unit/**/*.test.ts'),
      node('scenario', 'test/scenario/**/*.scenario.ts'),
      node('arch', 'test/arch/**/*.test.ts', 120_000),
      node('fuzz', 'test/fuzz/**/*.fuzz.ts', 120_000),
      node('interop', 'test/interop/*.interop.ts', 120_000, besideOthers),
      node('e2e', 'test/e2e/*.e2e.ts', 120_000, besideOthers),
      node('conformance', 'test/conformance/*.conformance.ts', 60_000, alone(2)),
      node('real-time', 'test/{interop,e2e}/*.real-time.ts', 120_000, alone(3)),
      {
        plugins: [svelte(), svelteTesting()],
        test: { name: 'renderer', include: ['test/renderer/**/*.test.ts'], environment: 'jsdom' },
      },
    ],
  },
});
