// Phones behind a symmetric NAT and the world before it: network namespaces with masquerade in the middle. Needs root, veth and nft.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './daemon.ts';
import { runProgram } from './line-process.ts';
import { findProgram } from './requirements.ts';

export const INSIDE = { address: '192.168.7.2', name: `nightjar-in-${process.pid}` } as const;
/** Behind the same mask, in a net of its own. */
export const INSIDE_TOO = { address: '192.168.8.2', name: `nightjar-in2-${process.pid}` } as const;
export const OUTSIDE = { address: '10.99.0.1', name: `nightjar-out-${process.pid}` } as const;
/** What the world sees of who is inside. */
export const MASK_ADDRESS = '10.99.0.2';
const ROUTER = `nightjar-nat-${process.pid}`;
const NAMES = [INSIDE.name, INSIDE_TOO.name, OUTSIDE.name, ROUTER];

/** What a firewall at the mask lets through. */
export interface Openings {
  readonly udpPorts: readonly number[];
  readonly tcpPorts: readonly number[];
}

const MASQUERADE = `table ip nat {
  chain post {
    type nat hook postrouting priority 100;
    oifname "out" masquerade random
  }
}
`;

function firewallOf({ udpPorts, tcpPorts }: Openings): string {
  const accept = (protocol: string, ports: readonly number[]): string =>
    ports.length === 0 ? '' : `${protocol} dport { ${ports.join(', ')} } accept\n    `;
  return `table ip filter {
  chain forward {
    type filter hook forward priority 0;
    ct state established accept
    ${accept('udp', udpPorts)}${accept('tcp', tcpPorts)}drop
  }
}
`;
}

const STEPS = [
  ...NAMES.flatMap((name) => [`netns add ${name}`, `-n ${name} link set lo up`]),
  `link add there netns ${INSIDE.name} type veth peer name in netns ${ROUTER}`,
  `link add there netns ${INSIDE_TOO.name} type veth peer name in2 netns ${ROUTER}`,
  `link add there netns ${OUTSIDE.name} type veth peer name out netns ${ROUTER}`,
  `-n ${INSIDE.name} addr add ${INSIDE.address}/24 dev there`,
  `-n ${INSIDE_TOO.name} addr add ${INSIDE_TOO.address}/24 dev there`,
  `-n ${OUTSIDE.name} addr add ${OUTSIDE.address}/24 dev there`,
  `-n ${ROUTER} addr add 192.168.7.1/24 dev in`,
  `-n ${ROUTER} addr add 192.168.8.1/24 dev in2`,
  `-n ${ROUTER} addr add ${MASK_ADDRESS}/24 dev out`,
  `-n ${INSIDE.name} link set there up`,
  `-n ${INSIDE_TOO.name} link set there up`,
  `-n ${OUTSIDE.name} link set there up`,
  `-n ${ROUTER} link set in up`,
  `-n ${ROUTER} link set in2 up`,
  `-n ${ROUTER} link set out up`,
  `-n ${INSIDE.name} route add default via 192.168.7.1`,
  `-n ${INSIDE_TOO.name} route add default via 192.168.8.1`,
  // What is sent to a private address outside gets lost there.
  `-n ${OUTSIDE.name} route add default via ${OUTSIDE.address.replace(/\d+$/, '254')}`,
];

/** False where this machine does not let us make one; nothing is left then. Without `openings` everything is let out. */
export async function createMaskedNetwork(openings?: Openings): Promise<boolean> {
  const [ip, nft] = [findProgram('ip'), findProgram('nft')];
  if (ip === undefined || nft === undefined) return false;
  const rules = join(temporaryFolder('nft'), 'rules');
  writeFileSync(rules, MASQUERADE + (openings ? firewallOf(openings) : ''));
  const forward = `netns exec ${ROUTER} sysctl -qw net.ipv4.ip_forward=1`;
  for (const step of [...STEPS, forward, `netns exec ${ROUTER} ${nft} -f ${rules}`]) {
    if ((await runProgram(ip, step.split(' '))).code === 0) continue;
    await removeMaskedNetwork();
    return false;
  }
  rmSync(rules);
  return true;
}

export async function removeMaskedNetwork(): Promise<void> {
  for (const name of NAMES) await runProgram(findProgram('ip') ?? 'ip', ['netns', 'del', name]);
}
