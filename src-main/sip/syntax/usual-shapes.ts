// The shapes that nearly all Vias and addresses have, told by one look of the engine's matcher. RFC 3261 §25.1.
// WHY: the matcher reads text several times faster than a loop of ours, but slower when it has to hand out parts, which are easy to find once the
// shape is known. Whatever has another shape goes the long way, which is the grammar; a test holds both to the same answer. Repetitions are told from
// what follows by one character (a host is tried as a user first, once), so time grows with the length alone: `bench parse-worst` doubles it.

import { parseDecimal } from './characters.ts';

const MAX_PORT = 65_535;
const TOKEN = "[\\w.!%*+`'~-]+";
const VALUE = '[!#-+\\--:=?-\\[\\]-~]+';
const USER = "[\\w.!~*'()&=+$,;?/-]+";
const URI_NAME = "[\\w.!~*'+-]+";
const URI_VALUE = "[\\w.!~*'()[\\]/:&+$-]+";
const HOST_PORT = '[\\w-]+(?:\\.[\\w-]+)*\\.?(?::(?:[1-9]\\d{0,3}|[1-5]\\d{4}))?';
const PARAMETERS = `(?:;${TOKEN}(?:=(?:${VALUE}|"[^"\\\\]*"))?)*`;
const URI_PARAMETERS = `(?:;${URI_NAME}(?:=${URI_VALUE})?)*`;
const SIP_URI = `sip:(?:${USER}@)?${HOST_PORT}${URI_PARAMETERS}`;

export const USUAL_VIA = new RegExp(`^SIP/2\\.0/[A-Z]+ ${HOST_PORT}${PARAMETERS}$`);

export const USUAL_SIP_URI = new RegExp(`^${SIP_URI}$`);

export const USUAL_REQUEST_LINE = new RegExp(`^[A-Z]+ ${SIP_URI} SIP/2\\.0$`);

const nameAddress = (uri: string): RegExp =>
  new RegExp(`^(?:"[^"\\\\]*"[ \\t]*|[\\w.!%*+\`'~ -]*)<${uri}>${PARAMETERS}$`);
const USER_ADDRESS = nameAddress(`sip:${USER}@${HOST_PORT}${URI_PARAMETERS}`);
const HOST_ADDRESS = nameAddress(`sip:${HOST_PORT}${URI_PARAMETERS}`);

/** WHY: one matcher for both would read all of a host as a user first. */
export const isUsualNameAddress = (text: string): boolean =>
  (text.includes('@') ? USER_ADDRESS : HOST_ADDRESS).test(text);

/** Where the parts of `host:port;parameters` stand in a text of usual shape. */
interface HostPlaces {
  readonly hostEnd: number;
  readonly port: number | undefined;
  readonly parametersStart: number;
}

/** Finds the parts of a text whose host starts at `hostStart` and that ends with its parameters. */
export function placeHost(text: string, hostStart: number): HostPlaces {
  const semicolon = text.indexOf(';', hostStart);
  const parametersStart = semicolon < 0 ? text.length : semicolon;
  const colon = text.indexOf(':', hostStart);
  if (colon < 0 || colon > parametersStart) return { hostEnd: parametersStart, port: undefined, parametersStart };
  return { hostEnd: colon, port: parseDecimal(text, MAX_PORT, colon + 1, parametersStart), parametersStart };
}
