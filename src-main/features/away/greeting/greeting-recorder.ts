// Records a greeting with the phone's own microphone: what it hears goes over loopback into a recording, as in a call.
import { rmSync } from 'node:fs';
import { err, ok, type Result } from '../../../base/result.ts';
import type { MediaEngine, PortPlace, SessionStream } from '../../../media/index.ts';

export interface GreetingRecorderParts {
  readonly media: MediaEngine;
  readonly portRange: PortPlace['portRange'];
  /** It began or is over: also by itself, when the time was up. */
  readonly onChanged: () => void;
}

const LOOPBACK = '127.0.0.1';
const LIMIT_SEC = 120;
/** Wide enough for a voice, and nothing is lost in coding. */
const STREAM: Omit<SessionStream, 'remoteRtp' | 'remoteRtcp'> = {
  direction: 'sendReceive',
  codecs: [{ name: 'L16', payloadType: 97, clockRateHz: 16_000, packetMs: 20, remoteParameters: {} }],
};

interface Take {
  readonly file: string;
  readonly sessionIds: readonly string[];
  readonly listener: string;
}

export class GreetingRecorder {
  readonly #parts: GreetingRecorderParts;
  #take: Take | undefined;
  #hasEnded = false;
  #isStarting = false;

  constructor(parts: GreetingRecorderParts) {
    this.#parts = parts;
    parts.media.events.on('recordingEnded', ({ sessionId }) => {
      if (sessionId === this.#take?.listener) void this.#end();
    });
  }

  /** `ended`: what was recorded waits to be kept or dropped. */
  get state(): 'none' | 'recording' | 'ended' {
    if (!this.#take) return 'none';
    return this.#hasEnded ? 'ended' : 'recording';
  }

  /** The media session whose received sound is the microphone's. */
  get sessionId(): string | undefined {
    return this.#take?.listener;
  }

  /** Until `end`, or two minutes. The failure is a sentence for people. */
  async start(file: string): Promise<Result<void, string>> {
    if (this.#take || this.#isStarting) return err('A greeting is being recorded already.');
    this.#isStarting = true;
    const take = await this.#open(file);
    this.#isStarting = false;
    if (!take.ok) return take;
    this.#take = take.value;
    this.#hasEnded = false;
    this.#parts.onChanged();
    return ok(undefined);
  }

  /** The file with the sound, which waits for `drop`; undefined when nothing was being recorded. */
  async end(): Promise<string | undefined> {
    const take = this.#take;
    if (take && !this.#hasEnded) await this.#parts.media.stopRecording(take.listener);
    await this.#end();
    return take?.file;
  }

  /** It was kept elsewhere, or is not wanted: nothing of it stays here. */
  async drop(): Promise<void> {
    const file = await this.end();
    if (file !== undefined) rmSync(file, { force: true });
    this.#take = undefined;
    this.#parts.onChanged();
  }

  async #open(file: string): Promise<Result<Take, string>> {
    const { media, portRange } = this.#parts;
    const place = { localAddress: LOOPBACK, portRange, cname: 'greeting', playsToDevice: false };
    const speaker = await media.openSession({ ...place, source: { kind: 'device' } });
    if (!speaker.ok) return err(speaker.error.message);
    const listener = await media.openSession({ ...place, source: { kind: 'silence' } });
    if (!listener.ok) {
      await this.#close([speaker.value.sessionId]);
      return err(listener.error.message);
    }
    const ids = [speaker.value.sessionId, listener.value.sessionId] as const;
    const streamTo = ({ rtp, rtcp }: typeof speaker.value): SessionStream => ({
      ...STREAM,
      ...{ remoteRtp: rtp, remoteRtcp: rtcp },
    });
    await media.setStream(ids[0], streamTo(listener.value));
    await media.setStream(ids[1], streamTo(speaker.value));
    const started = await media.startRecording(ids[1], { file, tracks: 'received', limitSec: LIMIT_SEC });
    if (started.ok) return ok({ file, sessionIds: ids, listener: ids[1] });
    await this.#close(ids);
    return err(started.error.message);
  }

  async #end(): Promise<void> {
    if (!this.#take || this.#hasEnded) return;
    this.#hasEnded = true;
    await this.#close(this.#take.sessionIds);
    this.#parts.onChanged();
  }

  async #close(sessionIds: readonly string[]): Promise<void> {
    for (const sessionId of sessionIds) await this.#parts.media.closeSession(sessionId);
  }
}
