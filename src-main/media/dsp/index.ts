// The door of the signal processing room.
export { CallingToneDetector } from './calling-tone-detector.ts';
export { ComfortNoise } from './comfort-noise.ts';
export { Concealment, GONE_MS } from './concealment.ts';
export { DigitDetector } from './digit-detector.ts';
export { DigitTones } from './digit-tones.ts';
export { energyOf, energyToDbov, levelDbov, LevelMeter, SILENCE_DBOV, SilenceDetector } from './level.ts';
export { Limiter } from './limiter.ts';
export { NoiseDescriber } from './noise-description.ts';
export { PauseDetector } from './pause-detector.ts';
export { loadResamplerFactory, type Resampler, type ResamplerFactory } from './resampler.ts';
export type { SignalGenerator } from './signal-generator.ts';
export { FASTEST, SLOWEST, SpeedChange } from './speed-change.ts';
export { TimeScale, type ScaleRequest } from './time-scale.ts';
export { createTone, type ToneSignal } from './tone.ts';
