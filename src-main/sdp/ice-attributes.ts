// The attributes with which both sides say where they may be reached. RFC 8839 §5, RFC 8840 §8.
import { attributeValues, type MediaDescription } from './session-description.ts';

export type IceCandidateKind = 'host' | 'srflx' | 'prflx' | 'relay';

export interface IceCandidate {
  readonly foundation: string;
  readonly component: 1 | 2;
  readonly priority: number;
  readonly address: string;
  readonly port: number;
  readonly kind: IceCandidateKind;
  readonly related?: { readonly address: string; readonly port: number };
}

export interface IceAttributes {
  readonly ufrag: string;
  readonly pwd: string;
  readonly candidates: readonly IceCandidate[];
  /** It answers checks and sends none. RFC 8839 §5.3 */
  readonly isLite: boolean;
  readonly options: readonly string[];
  /** The places of ours that the peer has found. RFC 8839 §5.2 */
  readonly remoteCandidates: readonly Pick<IceCandidate, 'component' | 'address' | 'port'>[];
  /** No more will follow. RFC 8840 §8.2 */
  readonly hasEndOfCandidates: boolean;
}

/** More are not looked at. */
const MAX_CANDIDATES = 64;
/** RFC 8839 §5.4: letters, digits, `+` and `/`; at least 24 bits of a name and 128 of a password. */
const UFRAG = /^[A-Za-z0-9+/]{4,256}$/;
const PWD = /^[A-Za-z0-9+/]{22,256}$/;
/** RFC 8839 §5.1; names are passed over, for they would have to be looked up. */
const CANDIDATE =
  /^([A-Za-z0-9+/]{1,32}) ([12]) udp (\d{1,10}) ([0-9A-Fa-f:.]{2,45}) (\d{1,5}) typ (host|srflx|prflx|relay)(?: (.*))?$/i;
const RELATED = /^raddr ([0-9A-Fa-f:.]{2,45}) rport (\d{1,5})(?: |$)/i;
const REMOTE_CANDIDATE = /([12]) ([0-9A-Fa-f:.]{2,45}) (\d{1,5})(?: |$)/g;

const isFlag = ({ attributes }: MediaDescription, name: string): boolean =>
  attributes.some((attribute) => attribute.trimEnd() === name);

/** RFC 8839 §5.3: the other side says that what it was told did not fit. */
export const isIceMismatch = (media: MediaDescription): boolean => isFlag(media, 'ice-mismatch');

/** Undefined where the line does not take part. */
export function readIce(media: MediaDescription): IceAttributes | undefined {
  const ufrag = attributeValues(media, 'ice-ufrag')[0]?.trim() ?? '';
  const pwd = attributeValues(media, 'ice-pwd')[0]?.trim() ?? '';
  if (!UFRAG.test(ufrag) || !PWD.test(pwd) || isIceMismatch(media)) return undefined;
  const lines = attributeValues(media, 'candidate').slice(0, MAX_CANDIDATES);
  return {
    ufrag,
    pwd,
    candidates: lines.flatMap((line) => parseCandidate(line) ?? []),
    isLite: isFlag(media, 'ice-lite'),
    options: attributeValues(media, 'ice-options').flatMap((value) => value.trim().split(' ')),
    remoteCandidates: attributeValues(media, 'remote-candidates').slice(0, 1).flatMap(parseRemoteCandidates),
    hasEndOfCandidates: isFlag(media, 'end-of-candidates'),
  };
}

/** Undefined for what is malformed, or of no use here: TCP, names, other components. */
export function parseCandidate(value: string): IceCandidate | undefined {
  const [, foundation = '', component, priority, address = '', port, kind = '', rest = ''] =
    CANDIDATE.exec(value.trim()) ?? [];
  const numbers = { priority: Number(priority), port: Number(port) };
  const isUsable = numbers.priority >= 1 && numbers.priority < 2 ** 31 && isPort(numbers.port);
  if (foundation === '' || !isUsable) return undefined;
  const [, relatedAddress, relatedPort] = RELATED.exec(rest) ?? [];
  return {
    foundation,
    component: component === '1' ? 1 : 2,
    ...numbers,
    address,
    kind: kind.toLowerCase() as IceCandidateKind,
    ...(relatedAddress !== undefined && { related: { address: relatedAddress, port: Number(relatedPort) } }),
  };
}

const isPort = (port: number): boolean => port >= 1 && port <= 65_535;

const parseRemoteCandidates = (value: string): IceAttributes['remoteCandidates'] =>
  [...value.trim().matchAll(REMOTE_CANDIDATE)].slice(0, 2).map(([, component, address = '', port]) => ({
    component: component === '1' ? 1 : 2,
    address,
    port: Number(port),
  }));

/** RFC 8839 §5.1: a reflexive one says what it is seen through. */
export function formatCandidate({ related, ...candidate }: IceCandidate): string {
  const { foundation, component, priority, address, port, kind } = candidate;
  const seenThrough = related ? ` raddr ${related.address} rport ${related.port}` : '';
  return `candidate:${foundation} ${component} UDP ${priority} ${address} ${port} typ ${kind}${seenThrough}`;
}

/** What our line says. RFC 8839 §5.6: `ice2` is this generation of ICE. */
export const formatIce = (ufrag: string, pwd: string, candidates: readonly IceCandidate[]): string[] => [
  `ice-ufrag:${ufrag}`,
  `ice-pwd:${pwd}`,
  'ice-options:ice2',
  ...candidates.map(formatCandidate),
];

/** RFC 8839 §4.2.5: a box on the way has changed the address and not the candidates; a line that is held names none. */
export function hasIceMismatch({ connection, port }: MediaDescription, { candidates }: IceAttributes): boolean {
  if (port === 9 || connection === undefined || connection === '0.0.0.0' || connection === '::') return false;
  const isDefault = (candidate: IceCandidate): boolean =>
    candidate.component === 1 && candidate.port === port && isSameText(candidate.address, connection);
  return !candidates.some(isDefault);
}

const isSameText = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
