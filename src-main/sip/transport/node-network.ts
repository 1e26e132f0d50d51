// The network of this machine. RFC 3261 §18, RFC 3263 §4.
import { networkInterfaces } from 'node:os';
import { type Result, err } from '../../base/result.ts';
import type { NetworkFailure, SipNetwork } from './network.ts';
import { bindNodeDatagram, localAddressFor, refusesDatagrams } from './node-datagram.ts';
import { nodeResolver } from './node-resolver.ts';
import { connectNodeStream, listenNodeStream } from './node-stream.ts';
import { NO_TLS_MATERIAL, type TlsContext, type TlsMaterial, openTlsContext } from './tls-material.ts';

/** Sockets by dgram, net, tls and ws; names by the resolver of its own with the system's as fallback. */
export function nodeNetwork(material: TlsMaterial = NO_TLS_MATERIAL): SipNetwork {
  // WHY: made when the first secured connection wants it: reading the authorities costs tens of milliseconds.
  let opened: Result<TlsContext, string> | undefined;
  const context = (): Result<TlsContext, string> => (opened ??= openTlsContext(material));
  const failed = (message: string): Promise<Result<never, NetworkFailure>> =>
    Promise.resolve(err({ kind: 'failed', message }));
  return {
    bindDatagram: bindNodeDatagram,
    listenStream: (place, onConnection) => {
      if (place.protocol !== 'tls') return listenNodeStream(place, {}, onConnection);
      if (material.certificate === undefined) return failed('TLS cannot be listened for without a certificate');
      const secure = context();
      return secure.ok ? listenNodeStream(place, secure.value.server, onConnection) : failed(secure.error);
    },
    connectStream: async (target, signal) => {
      const isSecure = target.protocol === 'tls' || target.protocol === 'wss';
      const secure = isSecure ? context() : undefined;
      if (secure && !secure.ok) return failed(secure.error);
      const isWebSocket = target.protocol === 'ws' || target.protocol === 'wss';
      if (!isWebSocket) return connectNodeStream(target, secure?.value.client, signal);
      // WHY: few accounts need it, and the library and what it needs take as much memory as the rest of the phone's code.
      const { connectNodeWebSocket } = await import('./node-websocket.ts');
      return connectNodeWebSocket(target, secure?.value.client, signal);
    },
    hasCertificate: material.certificate !== undefined,
    refusesDatagrams,
    localAddressFor,
    localAddresses,
    ...nodeResolver(),
  };
}

/** Link-local ones are left out: they come and go with every interface and reach nobody by themselves. */
function localAddresses(): readonly string[] {
  const all = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  const usable = all.filter(({ internal, address }) => !internal && !address.startsWith('fe80:'));
  return usable.map(({ address }) => address).sort();
}
