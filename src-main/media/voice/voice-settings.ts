// What is done to the microphone's sound before it is sent, as the user wants it.

export interface VoiceSettings {
  /** `auto`: not with a headset, whose microphone does not hear its loudspeaker. */
  readonly echoCancellation: 'auto' | 'on' | 'off';
  readonly noiseSuppression: boolean;
  readonly automaticGain: boolean;
}

export const VOICE_ON: VoiceSettings = { echoCancellation: 'auto', noiseSuppression: true, automaticGain: true };
export const VOICE_OFF: VoiceSettings = { echoCancellation: 'off', noiseSuppression: false, automaticGain: false };

const HEADSET = /head-?(set|phone)|ear-?(phone|bud|pod)|air-?pod|hands-?free|jabra|plantronics|poly\b|epos|sennheiser/i;

/** Whether a device's name says that it is worn; a name that says nothing does not. */
export const isHeadset = (deviceName: string | undefined): boolean =>
  deviceName !== undefined && HEADSET.test(deviceName);

/** Whether echo is to be cancelled between these devices; a headset at either end leaves none. */
export function cancelsEcho({ echoCancellation }: VoiceSettings, devices: readonly (string | undefined)[]): boolean {
  if (echoCancellation !== 'auto') return echoCancellation === 'on';
  return !devices.some((name) => isHeadset(name));
}
