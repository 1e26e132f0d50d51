// Devices by name: ids are positions in a list and change when something is plugged in.
import type { PortAudio, PortAudioDevice } from './naudiodon.ts';

export interface DeviceDescription {
  readonly name: string;
  readonly hostApi: string;
  readonly canCapture: boolean;
  readonly canPlay: boolean;
  readonly isDefaultCapture: boolean;
  readonly isDefaultPlayback: boolean;
}

/** Host interfaces whose devices hide the same devices of others, best first. MME cuts names and is slow. */
const PREFERRED_HOST_APIS = ['Windows WASAPI'];

type Direction = 'capture' | 'playback';

interface Inventory {
  readonly devices: readonly PortAudioDevice[];
  readonly defaultCaptureId: number | undefined;
  readonly defaultPlaybackId: number | undefined;
}

/** Asks PortAudio; the answer is fresh only while this process has no stream open. */
function takeInventory(portAudio: PortAudio): Inventory {
  const all = portAudio.getDevices();
  const { defaultHostAPI, HostAPIs: hostApis } = portAudio.getHostAPIs();
  const preferred = hostApis.find(({ name }) => PREFERRED_HOST_APIS.includes(name));
  const host = preferred ?? hostApis[defaultHostAPI];
  const isDevice = (id: number | undefined): number | undefined => all.find((device) => device.id === id)?.id;
  return {
    devices: preferred ? all.filter(({ hostAPIName }) => hostAPIName === preferred.name) : all,
    defaultCaptureId: isDevice(host?.defaultInput),
    defaultPlaybackId: isDevice(host?.defaultOutput),
  };
}

/** What the user may choose from. */
export function listPortAudioDevices(portAudio: PortAudio): DeviceDescription[] {
  const { devices, defaultCaptureId, defaultPlaybackId } = takeInventory(portAudio);
  return devices.map((device) => ({
    name: device.name,
    hostApi: device.hostAPIName,
    canCapture: device.maxInputChannels > 0,
    canPlay: device.maxOutputChannels > 0,
    isDefaultCapture: device.id === defaultCaptureId,
    isDefaultPlayback: device.id === defaultPlaybackId,
  }));
}

/** The present id of the named or default device; undefined when there is none. */
export function findDeviceId(portAudio: PortAudio, direction: Direction, name: string | undefined): number | undefined {
  const { devices, defaultCaptureId, defaultPlaybackId } = takeInventory(portAudio);
  const isUsable = (device: PortAudioDevice): boolean =>
    (direction === 'capture' ? device.maxInputChannels : device.maxOutputChannels) > 0;
  if (name !== undefined) return devices.find((device) => device.name === name && isUsable(device))?.id;
  const defaultId = direction === 'capture' ? defaultCaptureId : defaultPlaybackId;
  return defaultId ?? devices.find(isUsable)?.id;
}
