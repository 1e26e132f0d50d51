// A private PulseAudio with a virtual microphone and loudspeaker, for tests that need a sound card and have none.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Null sinks without `norewinds` wake up only every two seconds. */
const SINK = 'rate=48000 channels=1 format=s16le norewinds=1';

const configuration = (folder: string, isLooped: boolean): string => `.fail
load-module module-native-protocol-unix auth-anonymous=1 socket=${folder}/native
load-module module-null-sink sink_name=speaker ${SINK} sink_properties=device.description=speaker
load-module module-null-sink sink_name=mouth ${SINK} sink_properties=device.description=mouth
load-module module-remap-source source_name=microphone master=${isLooped ? 'speaker' : 'mouth'}.monitor source_properties=device.description=microphone
set-default-sink speaker
set-default-source microphone
`;

/** One PCM by name; including the system's configuration would list dozens of devices that do not exist. */
const alsaConfiguration = (folder: string, plugged: readonly string[] = []): string => {
  const server = `server "unix:${folder}/native"`;
  const pcm = (name: string, playback: string, capture: string): string =>
    `pcm.${name} { type asym playback.pcm { type pulse ${server} ${playback} } capture.pcm { type pulse ${server} ${capture} } hint { show on description "${name}" } }\n`;
  return `${pcm('default', '', '')}ctl.default { type pulse ${server} }\n${pcm('headset', 'device "speaker"', 'device "microphone"')}${plugged
    .map((name) => pcm(name, `device "${name}"`, ''))
    .join('')}`;
};

const isInstalled = (command: string): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, command)));

/** Why this machine cannot run such a test; undefined when it can. */
export function missingForPulse(): string | undefined {
  if (process.platform !== 'linux') return 'PulseAudio tests run on Linux';
  const missing = ['pulseaudio', 'pactl', 'parec', 'pacat'].filter((command) => !isInstalled(command));
  return missing.length === 0 ? undefined : `not installed: ${missing.join(', ')}`;
}

function spawnDaemon(folder: string, environment: Readonly<Record<string, string>>): ChildProcess {
  const options =
    '--daemonize=no --exit-idle-time=-1 --disallow-exit --use-pid-file=no --realtime=no --high-priority=no';
  return spawn('pulseaudio', ['-n', '-F', join(folder, 'default.pa'), ...options.split(' ')], {
    env: { ...process.env, ...environment, PULSE_SERVER: undefined },
    stdio: 'ignore',
  });
}

export class PulseServer {
  /** What a process needs in its environment to use this server through PortAudio and the Pulse tools. */
  readonly environment: Readonly<Record<string, string>>;
  readonly #folder: string;
  #daemon: ChildProcess;
  readonly #plugged = new Map<string, string>();

  private constructor(folder: string, environment: Record<string, string>, daemon: ChildProcess) {
    this.#folder = folder;
    this.environment = environment;
    this.#daemon = daemon;
  }

  /** `isLooped`: the microphone hears the loudspeaker. */
  static async start({ isLooped = false } = {}): Promise<PulseServer> {
    const folder = mkdtempSync(join(tmpdir(), 'nightjar-pulse-'));
    chmodSync(folder, 0o700);
    for (const name of ['run', 'state']) mkdirSync(join(folder, name), { mode: 0o700 });
    writeFileSync(join(folder, 'default.pa'), configuration(folder, isLooped));
    writeFileSync(join(folder, 'asound.conf'), alsaConfiguration(folder));
    const own = {
      XDG_RUNTIME_DIR: join(folder, 'run'),
      PULSE_RUNTIME_PATH: join(folder, 'run'),
      PULSE_STATE_PATH: join(folder, 'state'),
      ALSA_CONFIG_PATH: join(folder, 'asound.conf'),
    };
    const environment = { ...own, PULSE_SERVER: `unix:${folder}/native` };
    const server = new PulseServer(folder, environment, spawnDaemon(folder, own));
    await server.#untilItAnswers();
    return server;
  }

  /** Dies, as a sound server that crashes. */
  async kill(): Promise<void> {
    if (this.#daemon.exitCode !== null || this.#daemon.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#daemon.once('exit', resolve));
    this.#daemon.kill('SIGKILL');
    await ended;
  }

  /** Is started anew after it was killed. */
  async restart(): Promise<void> {
    this.#daemon = spawnDaemon(this.#folder, this.environment);
    await this.#untilItAnswers();
  }

  /** Plays raw 48-kHz mono samples into the virtual microphone, or another sink, until stopped. */
  speak(samples: Int16Array, sink = 'mouth'): ChildProcess {
    const child = spawn('pacat', ['-d', sink, '--rate=48000', '--channels=1', '--format=s16le', '--latency-msec=20'], {
      env: { ...process.env, ...this.environment },
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    child.stdin.on('error', () => {});
    child.stdin.write(Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength));
    return child;
  }

  /** Everything that the loudspeaker plays from now on; `stop` returns it. */
  listen(sink = 'speaker'): { readonly stop: () => Promise<Int16Array> } {
    const child = spawn(
      'parec',
      ['-d', `${sink}.monitor`, '--rate=48000', '--channels=1', '--format=s16le', '--latency-msec=20'],
      {
        env: { ...process.env, ...this.environment },
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    return {
      stop: async () => {
        const ended = new Promise((resolve) => child.once('close', resolve));
        child.kill();
        await ended;
        const bytes = Buffer.concat(chunks);
        return Int16Array.from({ length: bytes.length >> 1 }, (_, i) => bytes.readInt16LE(i * 2));
      },
    };
  }

  /** A loudspeaker more, or again; its microphone is the system's. */
  plug(name: string): void {
    const before = this.#plugged.get(name);
    if (before !== undefined) this.#control('unload-module', before);
    this.#plugged.set(name, this.#control('load-module', 'module-null-sink', `sink_name=${name}`, ...SINK.split(' ')));
    this.#writeDevices([...this.#plugged.keys()]);
  }

  /** Takes no sound any more and is in no list. WHY: with its module PulseAudio would move the streams to another sink. */
  unplug(name: string): void {
    this.#writeDevices([...this.#plugged.keys()].filter((other) => other !== name));
    this.#control('suspend-sink', name, '1');
  }

  /** Answers nobody from now on. */
  hang(): void {
    this.#daemon.kill('SIGSTOP');
  }

  wake(): void {
    this.#daemon.kill('SIGCONT');
  }

  #writeDevices(plugged: readonly string[]): void {
    writeFileSync(join(this.#folder, 'asound.conf'), alsaConfiguration(this.#folder, plugged));
  }

  #control(...words: string[]): string {
    return execFileSync('pactl', words, { env: { ...process.env, ...this.environment }, encoding: 'utf8' }).trim();
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #untilItAnswers(): Promise<void> {
    for (let attempt = 0; attempt < 50; attempt++) {
      if (this.#answers()) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await this.stop();
    throw new Error('PulseAudio did not start');
  }

  #answers(): boolean {
    try {
      execFileSync('pactl', ['info'], { env: { ...process.env, ...this.environment }, stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  }
}
