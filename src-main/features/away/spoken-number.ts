// Numbers as the phrases have them: 0 to 20, then tens and ones.

/** Names of phrases, in the order in which they are said; what is above 59 is said digit by digit. */
export function sayNumber(value: number): readonly string[] {
  const whole = Math.max(0, Math.floor(value));
  if (whole <= 20) return [String(whole)];
  if (whole > 59) return Array.from(String(whole));
  const ones = whole % 10;
  return ones === 0 ? [String(whole)] : [String(whole - ones), String(ones)];
}

/** `You have no new messages`, `You have one new message`. */
export function sayNewMessages(count: number): readonly string[] {
  const amount = count === 0 ? ['no'] : sayNumber(count);
  return ['youHave', ...amount, count === 1 ? 'newMessage' : 'newMessages'];
}
