// The door of the built-in test line.
export { TEST_NUMBERS, type TestNumber } from './numbers.ts';
export { TEST_LINE_ACCOUNT_ID, TEST_LINE_ADDRESS, TestLine, type TestLineOptions } from './test-line.ts';
