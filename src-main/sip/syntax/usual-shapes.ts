// The shapes that nearly all Vias and addresses have, told by one look of the engine's matcher. RFC 3261 §25.1.
// WHY: the matcher reads text several times faster than a loop of ours. Whatever has another shape goes the long way, which is the grammar;
// a test holds both to the same answer. Repetitions are told from what follows by one character (a host is tried as a user first, once), so time
// grows with the length alone: `bench parse-worst` doubles it.

const TOKEN = "[\\w.!%*+`'~-]+";
const VALUE = '[!#-+\\--:=?-\\[\\]-~]+';
const USER = "[\\w.!~*'()&=+$,;?/-]+";
const URI_NAME = "[\\w.!~*'+-]+";
const URI_VALUE = "[\\w.!~*'()[\\]/:&+$-]+";
const HOST_PORT = '([\\w-]+(?:\\.[\\w-]+)*\\.?)(?::([1-9]\\d{0,3}|[1-5]\\d{4}))?';
const PARAMETERS = `((?:;${TOKEN}(?:=(?:${VALUE}|"[^"\\\\]*"))?)*)`;
const SIP_URI = `sip:(?:(${USER})@)?${HOST_PORT}((?:;${URI_NAME}(?:=${URI_VALUE})?)*)`;

/** Transport, host, port, parameters. */
export const USUAL_VIA = new RegExp(`^SIP/2\\.0/([A-Z]+) ${HOST_PORT}${PARAMETERS}$`);

/** The URI, its user, host, port and parameters. */
export const USUAL_SIP_URI = new RegExp(`^(${SIP_URI})$`);

/** Method, URI and its parts. */
export const USUAL_REQUEST_LINE = new RegExp(`^([A-Z]+) (${SIP_URI}) SIP/2\\.0$`);

/** Quoted name, plain name, URI and its parts, parameters. */
export const USUAL_NAME_ADDRESS = new RegExp(
  `^(?:"([^"\\\\]*)"[ \\t]*|([\\w.!%*+\`'~ -]*))<(${SIP_URI})>${PARAMETERS}$`,
);
