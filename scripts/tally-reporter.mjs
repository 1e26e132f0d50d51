// A vitest reporter that writes what `npm test` adds up: counts, every failure, and every skipped test with its reason.
import { writeFileSync } from 'node:fs';

export default class TallyReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const tally = {
      passed: 0,
      failed: unhandledErrors.length,
      skipped: [],
      failures: unhandledErrors.map((error) => error.message),
    };
    for (const module of modules) {
      const tests = [...module.children.allTests()];
      // A file that cannot be loaded has no tests, only errors.
      tally.failed += module.errors().length;
      tally.failures.push(...module.errors().map(({ message }) => `${module.relativeModuleId}: ${message}`));
      for (const test of tests) {
        const { state, note } = test.result();
        if (state === 'passed') tally.passed++;
        else if (state === 'failed') {
          tally.failed++;
          tally.failures.push(`${test.fullName}: ${test.result().errors?.[0]?.message ?? ''}`);
        } else tally.skipped.push({ name: test.fullName, reason: note ?? '' });
      }
    }
    if (process.env.TALLY_FILE) writeFileSync(process.env.TALLY_FILE, JSON.stringify(tally));
  }
}
