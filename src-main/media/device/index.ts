// The door of the device room.
export { DEVICE_RATE_HZ, FRAME_MS, FRAME_SAMPLES, type AudioBackend, type AudioUser } from './audio-backend.ts';
export { listPortAudioDevices, type DeviceDescription } from './device-list.ts';
export { FileBackend, type FileBackendOptions, type SampleSink } from './file-backend.ts';
export { loadPortAudio, type PortAudio } from './naudiodon.ts';
export { NullBackend } from './null-backend.ts';
export { Pacer } from './pacer.ts';
export { PortAudioOutput, type OutputUser } from './portaudio-output.ts';
export { WindowBackend, type WindowNames } from './window-backend.ts';
export {
  NO_STAGES,
  WindowLine,
  type WindowDeviceDescription,
  type WindowMessage,
  type VoiceStages,
  type WindowTold,
} from './window-line.ts';
export { WindowOutput } from './window-output.ts';
export { PortAudioBackend, type PortAudioNames } from './portaudio-backend.ts';
