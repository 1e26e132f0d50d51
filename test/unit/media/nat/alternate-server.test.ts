// A relay that sends us to another one, and what becomes of those that send us round and round. RFC 8489 §10, §14.15, §14.16.
import { describe, expect, it } from 'vitest';
import type { SocketAddress } from '../../../../src-main/base/socket-address.ts';
import {
  buildStun,
  hostCandidate,
  parseStun,
  Relays,
  type IceCandidate,
} from '../../../../src-main/media/nat/index.ts';
import type { RelayPlace } from '../../../../src-main/media/nat/relays.ts';
import {
  alternateServer,
  alternateServerOf,
  Attribute,
  errorAttribute,
  mappedAddress,
  textAttribute,
  addressAttribute,
} from '../../../../src-main/media/nat/stun-attributes.ts';
import type { StunAttribute } from '../../../../src-main/media/nat/stun-message.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';
import { CREDENTIALS, MAPPED, RELAYED } from '../../../support/media/relay-double.ts';

const XOR_RELAYED_ADDRESS = 0x0016;
const server = (last: number): SocketAddress => ({ address: `192.0.2.${last}`, port: 3478 });
const redirecting = (to: SocketAddress, ...more: readonly StunAttribute[]): readonly StunAttribute[] => [
  errorAttribute(300, 'Try Alternate'),
  alternateServer(to),
  ...more,
];

interface Asked {
  readonly found: readonly IceCandidate[];
  readonly places: readonly RelayPlace[];
}

/** What a search brings where the first server, and each it sends us to, answers so; who is not named gives a place. */
async function search(
  answers: Readonly<Record<string, readonly StunAttribute[]>>,
  transport: 'udp' | 'tls' = 'udp',
): Promise<Asked> {
  const runtime = new FakeRuntime();
  const places: RelayPlace[] = [];
  const relays = new Relays({
    ...{ runtime, credentials: CREDENTIALS, onData: () => {}, onLost: () => {}, onKept: () => {} },
    server: { ...server(1), transport },
    hosts: [hostCandidate(1, { address: '192.0.2.200', port: 4000 })],
    open: (component, place, { onBytes }) => {
      places.push(place);
      const send = (bytes: Uint8Array): void => {
        const request = parseStun(bytes);
        if (!request) throw new Error('a request is sent');
        const { method, transactionId } = request;
        const refusal = answers[place.at.address];
        const given = [
          addressAttribute(XOR_RELAYED_ADDRESS, RELAYED, transactionId),
          mappedAddress(MAPPED, transactionId),
        ];
        const kind = refusal ? 'error' : 'success';
        const answer = buildStun({ kind, method, transactionId, attributes: refusal ?? given });
        runtime.setTimer(10, () => {
          if (transport === 'tls') onBytes(answer);
          else relays.receive(answer, component, place.at);
        });
      };
      return Promise.resolve({ isStream: transport === 'tls', send, close: () => {} });
    },
  });
  const finding = relays.find();
  await runtime.advance(2000);
  const found = await finding;
  relays.close();
  return { found, places };
}

const addressesOf = ({ places }: Asked): readonly string[] => places.map(({ at }) => at.address);
const isRelayed = ({ found }: Asked): boolean => found.some(({ kind }) => kind === 'relay');

describe('a relay that sends us to another one (RFC 8489 §10)', () => {
  it.each(['udp', 'tls'] as const)('is left for it, by the same transport (%s)', async (transport) => {
    const asked = await search({ '192.0.2.1': redirecting(server(2)) }, transport);

    expect(addressesOf(asked)).toEqual(['192.0.2.1', '192.0.2.2']);
    expect(isRelayed(asked)).toBe(true);
  });

  it('is left no more than three times', async () => {
    const answers = Object.fromEntries([1, 2, 3, 4, 5].map((at) => [`192.0.2.${at}`, redirecting(server(at + 1))]));
    const asked = await search(answers);

    expect(addressesOf(asked)).toEqual([1, 2, 3, 4].map((at) => `192.0.2.${at}`));
    expect(isRelayed(asked)).toBe(false);
  });

  it('is not asked again by the one that it has sent us to', async () => {
    const asked = await search({ '192.0.2.1': redirecting(server(2)), '192.0.2.2': redirecting(server(1)) });

    expect(addressesOf(asked)).toEqual(['192.0.2.1', '192.0.2.2']);
    expect(isRelayed(asked)).toBe(false);
  });

  it.each([
    ['nobody', [errorAttribute(300, 'Try Alternate')]],
    ['an address of another family', redirecting({ address: '2001:db8::1', port: 3478 })],
    ['no port', redirecting({ ...server(2), port: 0 })],
  ])('is a refusal where it names %s', async (_, answer) => {
    const asked = await search({ '192.0.2.1': answer });

    expect(addressesOf(asked)).toEqual(['192.0.2.1']);
    expect(asked.found).toEqual([]);
  });

  it.each([
    ['relay.example.net', 'relay.example.net'],
    ['no name at all', '192.0.2.1'],
    [undefined, '192.0.2.1'],
  ])('says whose certificate is shown there: %s (§14.16)', async (domain, name) => {
    const more = domain === undefined ? [] : [textAttribute(Attribute.alternateDomain, domain)];
    const { places } = await search({ '192.0.2.1': redirecting(server(2), ...more) }, 'tls');

    expect(places.map((place) => place.name)).toEqual(['192.0.2.1', name]);
  });
});

describe('the address of another server (RFC 8489 §14.15)', () => {
  it.each([server(9), { address: '2001:db8::9', port: 65_535 }])('is written as it is: %o', (place) => {
    const attributes = [alternateServer(place)];
    const message = parseStun(
      buildStun({ kind: 'error', method: 3, transactionId: new Uint8Array(12).fill(9), attributes }),
    );

    expect(message && alternateServerOf(message)).toEqual(place);
    expect(Buffer.from(attributes[0]?.value ?? []).readUInt16BE(2)).toBe(place.port);
  });
});
