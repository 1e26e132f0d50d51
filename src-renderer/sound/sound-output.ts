// The browser's sound graph: microphone → worklet → loudspeaker, and the ringer beside it.
import workletUrl from './sound-worklet.ts?worker&url';
import { SOUND_RATE_HZ, type WindowOrder } from '../../src-shared/contract/index.ts';
import { idOf } from './microphone.ts';

type Places = Pick<Extract<WindowOrder, { kind: 'open' }>, 'playbackName' | 'ringerName'>;

/** A browser that does not begin to play within this time wants a click first. */
const RESUME_LIMIT_MS = 800;

export interface SoundOutputUser {
  /** 10 ms from the microphone, or of silence. */
  onFrame(samples: Int16Array): void;
  onBlocked(isBlocked: boolean): void;
}

interface Graph {
  readonly context: AudioContext;
  readonly node: AudioWorkletNode;
  readonly ringer: HTMLAudioElement;
}

export class SoundOutput {
  readonly #user: SoundOutputUser;
  #graph: Promise<Graph | undefined> | undefined;
  #source: MediaStreamAudioSourceNode | undefined;
  #node: AudioWorkletNode | undefined;
  /** Grows at every closing: what was being built then is thrown away. */
  #closings = 0;

  constructor(user: SoundOutputUser) {
    this.#user = user;
  }

  /** Builds the graph, or moves it to other loudspeakers. */
  async open(places: Places): Promise<void> {
    this.#graph ??= this.#build();
    await this.#graph;
    await this.choose(places);
  }

  /** Sound goes to the named loudspeakers, as far as they are there. */
  async choose({ playbackName, ringerName }: Places): Promise<void> {
    const graph = await this.#graph;
    if (!graph) return;
    await toDevice(graph.context, playbackName);
    await toDevice(graph.ringer, ringerName ?? playbackName);
  }

  capture(stream: MediaStream | undefined): void {
    this.#source?.disconnect();
    this.#source = undefined;
    if (!stream || !this.#node) return;
    this.#source = new MediaStreamAudioSourceNode(this.#node.context as AudioContext, { mediaStream: stream });
    this.#source.connect(this.#node);
  }

  play(place: 'speaker' | 'ringer', samples: Int16Array): void {
    this.#node?.port.postMessage({ place, samples }, [samples.buffer]);
  }

  /** Whether a page may sound now; to be asked within a click. */
  async mayPlay(): Promise<boolean> {
    const context = new AudioContext();
    const isRunning = await resumed(context);
    void context.close();
    return isRunning;
  }

  close(): void {
    this.#closings++;
    const graph = this.#graph;
    this.#graph = this.#node = undefined;
    this.#source = undefined;
    void graph?.then((built) => dispose(built));
  }

  async #build(): Promise<Graph | undefined> {
    const closings = this.#closings;
    const context = new AudioContext({ sampleRate: SOUND_RATE_HZ, latencyHint: 'interactive' });
    const isRunning = resumed(context);
    try {
      await context.audioWorklet.addModule(workletUrl);
      const outputs = { numberOfInputs: 1, numberOfOutputs: 2, outputChannelCount: [1, 1] };
      const mono = { channelCount: 1, channelCountMode: 'explicit' } as const;
      const node = new AudioWorkletNode(context, 'nightjar-sound', { ...outputs, ...mono });
      const ringing = new MediaStreamAudioDestinationNode(context);
      const ringer = new Audio();
      ringer.srcObject = ringing.stream;
      node.port.onmessage = ({ data }: MessageEvent<Int16Array>) => this.#user.onFrame(data);
      node.connect(context.destination, 0);
      node.connect(ringing, 1);
      if (!(await isRunning)) throw new DOMException('a click is needed first', 'NotAllowedError');
      await ringer.play().catch(() => undefined);
      const graph = { context, node, ringer };
      if (closings !== this.#closings) return graph;
      this.#node = node;
      this.#user.onBlocked(false);
      return graph;
    } catch {
      void context.close();
      if (closings !== this.#closings) return undefined;
      this.#graph = undefined;
      this.#user.onBlocked(true);
      return undefined;
    }
  }
}

/** Resolves when the context plays, or when it is clear that it may not. */
async function resumed(context: AudioContext): Promise<boolean> {
  const limit = new Promise<void>((resolve) => setTimeout(resolve, RESUME_LIMIT_MS));
  await Promise.race([context.resume().catch(() => undefined), limit]);
  return (context.state as string) === 'running';
}

/** The system's own where none was named, or the named one has gone; does nothing where a page may not choose. */
async function toDevice(sink: AudioContext | HTMLAudioElement, name: string | undefined): Promise<void> {
  if (!('setSinkId' in sink)) return;
  const id = name === undefined ? '' : await idOf('audiooutput', name);
  await sink.setSinkId(id ?? '').catch(() => undefined);
}

function dispose(graph: Graph | undefined): void {
  if (!graph) return;
  graph.node.port.onmessage = null;
  graph.node.disconnect();
  graph.ringer.srcObject = null;
  void graph.context.close();
}
