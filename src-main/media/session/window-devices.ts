// The window beside the sound driver: its devices in the same words, and the way from one to the other.
import type { WindowDeviceDescription } from '../device/index.ts';
import type { AudioDevice, AudioSpec } from './media-engine.ts';

export const windowDevices = (devices: readonly WindowDeviceDescription[]): readonly AudioDevice[] =>
  devices.map((device) => ({ ...device, hostApi: 'the window' }));

/** Which of these names the window does not list; none while it tells no names, which it does only with a microphone allowed. */
export function missingInWindow(
  names: readonly (string | undefined)[],
  devices: readonly WindowDeviceDescription[],
): readonly string[] {
  if (devices.length === 0) return [];
  const absent = names.filter((name) => name !== undefined && devices.every((device) => device.name !== name));
  return [...new Set(absent)].flatMap((name) => name ?? []);
}

/** The same devices by another way; undefined where neither of the two is in use. */
export function withBackend(spec: AudioSpec, kind: 'portaudio' | 'webaudio'): AudioSpec | undefined {
  if (spec.kind === kind) return spec;
  if (kind === 'webaudio') return spec.kind === 'portaudio' ? { ...spec, kind } : undefined;
  return spec.kind === 'webaudio' ? { ...spec, kind, isFallbackAllowed: true } : undefined;
}
