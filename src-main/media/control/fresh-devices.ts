// Asks a process of its own which devices there are: the sound driver's list is fresh only where no stream is open.
import type { Runtime } from '../../base/runtime.ts';
import { engineLost, MediaLink, type Answer } from './media-link.ts';
import type { MediaPort } from './media-port.ts';

/** `openPort` starts the process, which ends when it has answered. */
export async function listFreshDevices(openPort: () => MediaPort, runtime: Runtime): Promise<Answer<'listDevices'>> {
  const link = new MediaLink(openPort(), { kind: 'null' }, runtime, { onMessage: () => {}, onLost: () => {} });
  const devices = (await link.ready) ? await link.call('listDevices', []) : engineLost('no devices were listed');
  link.lose('listed');
  return devices;
}
