// The order in which SRV targets are tried. RFC 2782, RFC 3263 §4.2.
import type { Runtime } from '../../base/runtime.ts';
import type { SrvRecord } from './network.ts';

/** By priority; among equals, at random by weight. */
export function orderSrvRecords(records: readonly SrvRecord[], runtime: Runtime): SrvRecord[] {
  const priorities = [...new Set(records.map(({ priority }) => priority))].sort((a, b) => a - b);
  return priorities.flatMap((priority) =>
    orderByWeight(
      records.filter((record) => record.priority === priority),
      runtime,
    ),
  );
}

function orderByWeight(records: readonly SrvRecord[], runtime: Runtime): SrvRecord[] {
  const ordered: SrvRecord[] = [];
  // RFC 2782: those of weight 0 stand first, so that they have a small chance.
  const left = [...records].sort((a, b) => Number(a.weight > 0) - Number(b.weight > 0));
  while (left.length > 0) {
    const total = left.reduce((sum, { weight }) => sum + weight, 0);
    const drawn = Math.floor(runtime.random() * (total + 1));
    let sum = 0;
    const index = left.findIndex(({ weight }) => (sum += weight) >= drawn);
    ordered.push(...left.splice(Math.max(0, index), 1));
  }
  return ordered;
}
