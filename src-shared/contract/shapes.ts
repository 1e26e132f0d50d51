// What commands of several kinds are asked with and answer.
import * as v from 'valibot';

export const nothing = v.optional(v.strictObject({}), {});
export const done = v.undefined();
export const text = v.pipe(v.string(), v.maxLength(4096));
export const byCall = v.strictObject({ callId: text });
export const byTarget = v.strictObject({ target: text, accountId: v.optional(text) });
export const limit = v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000)), 100);
