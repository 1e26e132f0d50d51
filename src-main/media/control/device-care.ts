// Which devices a media process is started with: those that were chosen while they work, others while they do not.
import type { Runtime, Timer } from '../../base/runtime.ts';
import type { AudioDevice, AudioSpec, AudioStatus, DeviceRole } from '../session/index.ts';

/** Devices that hang within this time are counted together. */
const STUCK_WINDOW_MS = 60_000;
/** A device that is missed is looked for so often; nothing is done while all are there. */
const LOOK_MS = 3000;
/** A device that hung gets longer for its first sound the next time: some headsets take seconds to wake. */
const PATIENT_START_MS = 3000;

const SILENCED = 'the sound devices of this machine do not answer';

export interface DeviceCareOptions {
  readonly spec: AudioSpec;
  readonly runtime: Runtime;
  /** Asks a process that has no stream open; undefined when it cannot be known. */
  readonly list: () => Promise<readonly AudioDevice[] | undefined>;
  /** Whether a window is there that could lend its sound. */
  readonly hasWindow: () => boolean;
  /** Missed devices are there again, and the media process is to move to them. */
  readonly onReturned: (selections: readonly (readonly [role: DeviceRole, name: string])[]) => void;
  /** Other devices are there than when all of them hung, or the driver itself answers again. */
  readonly onOthers: (reason: string) => void;
}

const NAMES = { microphone: 'captureName', speaker: 'playbackName', ringer: 'ringerName' } as const;
const ROLES = Object.keys(NAMES) as DeviceRole[];

/** Remembers what was chosen; a device that has gone is taken again when it returns under its name. */
export class DeviceCare {
  readonly #options: DeviceCareOptions;
  readonly #stuckMs: number[] = [];
  #chosen: AudioSpec;
  #missing: readonly string[] = [];
  /** What was there when the last device hung. */
  #stuckAmong: string | undefined;
  /** The driver does not even list what is there. */
  #isDriverHung = false;
  #timer: Timer | undefined;
  #isClosed = false;

  constructor(options: DeviceCareOptions) {
    this.#options = options;
    this.#chosen = options.spec;
  }

  /**
   * After one device that hung the same again, after two the system's own, after three, or when the driver hangs, the window's, where there
   * is one.
   */
  get spec(): AudioSpec {
    const { kind } = this.#chosen;
    const times = this.#stuckTimes();
    if (kind !== 'portaudio' || (times === 0 && !this.#isDriverHung)) return this.#chosen;
    if (this.#isDriverHung) return this.#withoutDriver(this.#chosen);
    const patient = { ...this.#chosen, isFallbackAllowed: true, startLimitMs: PATIENT_START_MS };
    if (times === 1) return patient;
    if (times === 2) return { ...patient, captureName: undefined, playbackName: undefined, ringerName: undefined };
    return this.#withoutDriver(this.#chosen);
  }

  /** A person has chosen; what happened before does not count any more. */
  choose(role: DeviceRole, name: string): void {
    const isNamed = this.#chosen.kind === 'portaudio' || this.#chosen.kind === 'webaudio';
    const before: AudioSpec = isNamed ? this.#chosen : { kind: 'portaudio', isFallbackAllowed: true };
    this.#chosen = { ...before, [NAMES[role]]: name };
    this.#forget();
  }

  /** The other way of sound was chosen. */
  chooseBackend(backend: 'portaudio' | 'webaudio'): void {
    const { kind } = this.#chosen;
    if (kind === 'portaudio' || kind === 'webaudio')
      this.#chosen = { ...this.#chosen, kind: backend, isFallbackAllowed: true };
    this.#forget();
  }

  noteStuck(): void {
    this.#stuckMs.push(this.#options.runtime.nowMs());
    void this.#options.list().then((devices) => {
      this.#stuckAmong = devices && keyOf(devices);
      this.#look();
    });
  }

  /** A process got no farther than the driver. */
  noteDriverHung(): void {
    this.#isDriverHung = this.#chosen.kind === 'portaudio';
    this.#look();
  }

  /** A window tells by itself what has returned. */
  noteStatus({ backend, missing = [] }: AudioStatus): void {
    this.#missing = backend === 'webaudio' ? [] : missing;
    this.#look();
  }

  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
  }

  #withoutDriver({
    captureName,
    playbackName,
    ringerName,
    voice,
  }: Extract<AudioSpec, { kind: 'portaudio' }>): AudioSpec {
    if (!this.#options.hasWindow()) return { kind: 'null', reason: SILENCED };
    return { kind: 'webaudio', captureName, playbackName, ringerName, ...(voice && { voice }) };
  }

  #forget(): void {
    this.#stuckMs.length = 0;
    this.#stuckAmong = undefined;
    this.#isDriverHung = false;
  }

  #stuckTimes(): number {
    const { runtime } = this.#options;
    while (runtime.nowMs() - (this.#stuckMs[0] ?? Infinity) > STUCK_WINDOW_MS && this.#stuckMs.length < 3)
      this.#stuckMs.shift();
    return this.#stuckMs.length;
  }

  #look(): void {
    const isNeeded = this.#missing.length > 0 || this.#stuckTimes() > 1 || this.#isDriverHung;
    if (this.#isClosed || this.#timer || !isNeeded) return;
    this.#timer = this.#options.runtime.setTimer(
      LOOK_MS,
      () => {
        void this.#options.list().then((devices) => {
          this.#timer = undefined;
          if (!this.#isClosed && devices) this.#compare(devices);
          this.#look();
        });
      },
      true,
    );
  }

  #compare(devices: readonly AudioDevice[]): void {
    const areOthers = this.#stuckTimes() > 1 && this.#stuckAmong !== undefined && keyOf(devices) !== this.#stuckAmong;
    if (this.#isDriverHung || areOthers) {
      const reason = this.#isDriverHung ? 'the sound driver answers again' : 'the sound devices have changed';
      this.#forget();
      this.#options.onOthers(reason);
      return;
    }
    const chosen = this.#chosen;
    if (chosen.kind !== 'portaudio') return;
    const returned = ROLES.flatMap((role) => {
      const name = chosen[NAMES[role]];
      const isBack = name !== undefined && this.#missing.includes(name) && devices.some((each) => each.name === name);
      return isBack ? [[role, name] as const] : [];
    });
    if (returned.length === 0) return;
    this.#missing = [];
    this.#options.onReturned(returned);
  }
}

const keyOf = (devices: readonly AudioDevice[]): string =>
  devices
    .map(({ name }) => name)
    .sort()
    .join('\n');
