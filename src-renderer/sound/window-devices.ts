// The browser's list of sound devices, in the phone's words.
import type { WindowDevice } from '../../src-shared/contract/index.ts';

const MAX_DEVICES = 100;
const MAX_NAME_LENGTH = 256;

/** Chromium lists the system's choice once more under these ids. */
const ALIASES = ['default', 'communications'];

/** Empty where the browser tells no names: it does so only after the microphone was allowed. */
export async function listWindowDevices(): Promise<WindowDevice[]> {
  const { mediaDevices } = navigator as { readonly mediaDevices?: MediaDevices };
  const infos = await (mediaDevices?.enumerateDevices() ?? Promise.resolve([])).catch(() => []);
  return toWindowDevices(infos);
}

/** Pure; devices of one name are one, whatever they can do. */
export function toWindowDevices(
  infos: readonly Pick<MediaDeviceInfo, 'kind' | 'label' | 'deviceId'>[],
): WindowDevice[] {
  const usual = (kind: MediaDeviceKind): string | undefined => {
    const alias = infos.find((info) => info.kind === kind && info.deviceId === 'default')?.label;
    const real = infos.filter((info) => info.kind === kind && !ALIASES.includes(info.deviceId));
    return (real.find(({ label }) => alias?.endsWith(label)) ?? real[0])?.label;
  };
  const [usualCapture, usualPlayback] = [usual('audioinput'), usual('audiooutput')];
  const devices = new Map<string, WindowDevice>();
  for (const { kind, label, deviceId } of infos) {
    const name = label.slice(0, MAX_NAME_LENGTH);
    if (kind === 'videoinput' || name === '' || ALIASES.includes(deviceId)) continue;
    const known = devices.get(name);
    devices.set(name, {
      name,
      canCapture: kind === 'audioinput' || known?.canCapture === true,
      canPlay: kind === 'audiooutput' || known?.canPlay === true,
      isDefaultCapture: label === usualCapture,
      isDefaultPlayback: label === usualPlayback,
    });
  }
  return [...devices.values()].slice(0, MAX_DEVICES);
}
