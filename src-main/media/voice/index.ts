// The door of the voice room.
export { AutomaticGain } from './automatic-gain.ts';
export { CaptureChain, type ChainStages, type StageName } from './capture-chain.ts';
export { HighPass } from './high-pass.ts';
export { MicrophoneWatch, type MicrophoneEvent } from './microphone-watch.ts';
export { cancelsEcho, isHeadset, VOICE_OFF, VOICE_ON, type VoiceSettings } from './voice-settings.ts';
