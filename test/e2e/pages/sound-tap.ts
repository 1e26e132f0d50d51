// Listens in the page to what it plays, notes how it asks for the microphone, and pulls microphones out.
import type { Page } from 'playwright-core';

/** What the tap leaves in the page. */
interface Tapped {
  soundTap?: {
    analyser: AnalyserNode | undefined;
    asked: MediaStreamConstraints[];
    tracks: MediaStreamTrack[];
    unplugged: string | undefined;
  };
}

/** To be run in the page before its own scripts. */
export function installSoundTap(): void {
  const tap: NonNullable<Tapped['soundTap']> = { analyser: undefined, asked: [], tracks: [], unplugged: undefined };
  (window as Tapped).soundTap = tap;
  const connect = Reflect.get(AudioNode.prototype, 'connect') as (...args: unknown[]) => unknown;
  Reflect.set(AudioNode.prototype, 'connect', function (this: AudioNode, ...args: unknown[]) {
    if (args[0] instanceof AudioDestinationNode) {
      tap.analyser = new AnalyserNode(this.context, { fftSize: 8192, smoothingTimeConstant: 0 });
      connect.call(this, tap.analyser, 0);
    }
    return connect.apply(this, args);
  });
  const { mediaDevices } = navigator;
  const ask = mediaDevices.getUserMedia.bind(mediaDevices);
  mediaDevices.getUserMedia = (constraints = {}) => {
    tap.asked.push(constraints);
    return ask(constraints).then((stream) => {
      tap.tracks.push(...stream.getAudioTracks());
      return stream;
    });
  };
  const list = mediaDevices.enumerateDevices.bind(mediaDevices);
  mediaDevices.enumerateDevices = async () => (await list()).filter(({ label }) => label !== tap.unplugged);
}

export interface Heard {
  /** The loudest frequency. */
  readonly frequencyHz: number;
  readonly levelDb: number;
}

/** What comes out of the window now. */
export const heardIn = (page: Page): Promise<Heard> =>
  page.evaluate(() => {
    const analyser = (window as Tapped).soundTap?.analyser;
    if (!analyser) return { frequencyHz: 0, levelDb: -Infinity };
    const bins = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(bins);
    const loudest = bins.reduce((best, value, at) => (value > (bins[best] ?? 0) ? at : best), 0);
    return {
      frequencyHz: (loudest * analyser.context.sampleRate) / analyser.fftSize,
      levelDb: bins[loudest] ?? -Infinity,
    };
  });

/** How the page has asked for the microphone until now. */
export const askedIn = (page: Page): Promise<readonly MediaStreamConstraints[]> =>
  page.evaluate(() => (window as Tapped).soundTap?.asked ?? []);

/** The names of the microphones that are captured now. */
export const capturedIn = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const tracks = (window as Tapped).soundTap?.tracks ?? [];
    return tracks.filter(({ readyState }) => readyState === 'live').map(({ label }) => label);
  });

/** The microphone of this name is gone, and what it was captured for ends as the browser ends it. */
export const unplug = (page: Page, name: string): Promise<void> =>
  page.evaluate((label) => {
    const tap = (window as Tapped).soundTap;
    if (!tap) return;
    tap.unplugged = label;
    for (const track of tap.tracks.filter((one) => one.label === label && one.readyState === 'live')) {
      track.stop();
      track.dispatchEvent(new Event('ended'));
    }
    navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
  }, name);

/** It is there again. */
export const plugIn = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const tap = (window as Tapped).soundTap;
    if (tap) tap.unplugged = undefined;
    navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
  });
