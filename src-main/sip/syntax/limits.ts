// How much of a message this stack is willing to read; what is beyond is refused, never kept.

/** A whole message, start line to the end of the body. */
export const MAX_MESSAGE_BYTES = 65_536;
/** Header lines of one message. */
export const MAX_HEADER_LINES = 256;
/** One header line with its folded continuations, or the start line. */
export const MAX_LINE_LENGTH = 8_192;
/** Every header line of one message together, and its start line. */
export const MAX_HEAD_LENGTH = 32_768;
/** A Request-URI, which is longer than this only by mistake or by malice. RFC 3261 §21.4.12 */
export const MAX_URI_LENGTH = 2_048;
/** Record-Route values of one message: a request of ours would carry them all. */
export const MAX_ROUTES = 70;
/** Via values of one message: as many hops as Max-Forwards starts with. RFC 3261 §8.1.1.6. */
export const MAX_VIAS = 70;
/** RFC 3261 §8.1.1.5: the sequence number is below 2^31. */
export const MAX_CSEQ = 2 ** 31 - 1;
/** RFC 3261 §20.19: seconds are a 32-bit number. */
export const MAX_DELTA_SEC = 2 ** 32 - 1;
/** RFC 3261 §20.22: a number from 0 to 255. */
export const MAX_MAX_FORWARDS = 255;
