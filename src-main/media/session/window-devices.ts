// The devices of a window, in the words of all devices.
import type { WindowDeviceDescription } from '../device/index.ts';
import type { AudioDevice } from './media-engine.ts';

export const windowDevices = (devices: readonly WindowDeviceDescription[]): readonly AudioDevice[] =>
  devices.map((device) => ({ ...device, hostApi: 'the window' }));
