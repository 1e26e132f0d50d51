// The two frequencies of each digit. ITU-T Q.23, RFC 4733 §3.2.

export const ROWS_HZ = [697, 770, 852, 941] as const;
export const COLUMNS_HZ = [1209, 1336, 1477, 1633] as const;

const DIGITS = ['123A', '456B', '789C', '*0#D'] as const;

/** The digit at a row and a column; undefined outside of the table. */
export const digitAt = (row: number, column: number): string | undefined => DIGITS[row]?.[column];

/** Low and high frequency of a digit; undefined when it is none. */
export function pairOf(digit: string): readonly [lowHz: number, highHz: number] | undefined {
  const row = DIGITS.findIndex((digits) => digits.includes(digit));
  const low = ROWS_HZ[row];
  const high = COLUMNS_HZ[DIGITS[row]?.indexOf(digit) ?? -1];
  return digit.length === 1 && low !== undefined && high !== undefined ? [low, high] : undefined;
}
