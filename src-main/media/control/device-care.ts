// Which devices a media process is started with: those that were chosen while they work, others while they do not.
import type { Runtime, Timer } from '../../base/runtime.ts';
import type { Answer } from './media-link.ts';
import type { AudioDevice, AudioSpec, AudioStatus, DeviceRole } from '../session/index.ts';

/** Devices that hang within this time are counted together. */
const STUCK_WINDOW_MS = 60_000;
/** A device that is missed is looked for so often while sound is needed, and else; nothing is done while all are there. */
const LOOK_MS = 3000;
const IDLE_LOOK_MS = 60_000;
/** A device that hung gets longer for its first sound the next time: some headsets take seconds to wake. */
const PATIENT_START_MS = 3000;

const SILENCED = 'the sound devices of this machine do not answer';

export interface DeviceCareOptions {
  readonly spec: AudioSpec;
  readonly runtime: Runtime;
  /** Asks a process that has no stream open. */
  readonly list: () => Promise<Answer<'listDevices'>>;
  /** Whether sound is needed now. */
  readonly isInUse: () => boolean;
  /** Whether a window is there that could lend its sound. */
  readonly hasWindow: () => boolean;
  /** Missed devices are there again, and the media process is to move to them. */
  readonly onReturned: (selections: readonly (readonly [role: DeviceRole, name: string])[]) => void;
  /** Other devices are there than when all of them hung or there were none, or the driver itself answers again. */
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
  /** A driver that does not load will not load later. */
  #isDriverMissing = false;
  /** There was no device to start with. */
  #isWithoutDevice = false;
  #hadDevice = false;
  #timer: Timer | undefined;
  #isLooking = false;
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
    this.#hadDevice = true;
    this.#stuckMs.push(this.#options.runtime.nowMs());
    void this.#options.list().then((listed) => {
      this.#stuckAmong = listed.ok ? keyOf(listed.value) : undefined;
      this.#look();
    });
  }

  /** A process got no farther than the driver. */
  noteDriverHung(): void {
    this.#isDriverHung = this.#chosen.kind === 'portaudio';
    this.#look();
  }

  noteStatus({ backend, missing = [] }: AudioStatus): void {
    // A window tells by itself what has returned.
    this.#missing = backend === 'webaudio' ? [] : missing;
    if (backend === 'portaudio') this.#hadDevice = true;
    const isLost = this.#isDriverMissing || this.#isDriverHung || this.#stuckTimes() > 1;
    this.#isWithoutDevice = this.#chosen.kind === 'portaudio' && backend !== 'portaudio' && !isLost;
    this.#look();
  }

  /** Sound is needed from now on. */
  noteUse(): void {
    if (!this.#timer) return;
    this.#timer.cancel();
    this.#timer = undefined;
    this.#look(0);
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
    this.#isDriverHung = this.#isWithoutDevice = false;
  }

  #stuckTimes(): number {
    const { runtime } = this.#options;
    while (runtime.nowMs() - (this.#stuckMs[0] ?? Infinity) > STUCK_WINDOW_MS && this.#stuckMs.length < 3)
      this.#stuckMs.shift();
    return this.#stuckMs.length;
  }

  get #isLookNeeded(): boolean {
    return this.#missing.length > 0 || this.#stuckTimes() > 1 || this.#isDriverHung || this.#isWithoutDevice;
  }

  #look(inMs?: number): void {
    const { runtime, isInUse, list } = this.#options;
    if (this.#isClosed || this.#isLooking || this.#timer || !this.#isLookNeeded) return;
    const look = (): void => {
      this.#timer = undefined;
      if (!this.#isLookNeeded) return;
      this.#isLooking = true;
      void list().then((listed) => {
        this.#isLooking = false;
        if (listed.ok && !this.#isClosed) this.#compare(listed.value);
        this.#isDriverMissing = !listed.ok && listed.error.kind === 'deviceFailed';
        if (this.#isDriverMissing) this.#isWithoutDevice = false;
        this.#look();
      });
    };
    this.#timer = runtime.setTimer(inMs ?? (isInUse() && this.#hadDevice ? LOOK_MS : IDLE_LOOK_MS), look, true);
  }

  /** Why what is there now is worth a new start; undefined when it is not. */
  #newsIn(devices: readonly AudioDevice[]): string | undefined {
    if (this.#isDriverHung) return 'the sound driver answers again';
    const areOthers = this.#stuckTimes() > 1 && this.#stuckAmong !== undefined && keyOf(devices) !== this.#stuckAmong;
    if (areOthers) return 'the sound devices have changed';
    const areEnough = devices.some(({ canCapture }) => canCapture) && devices.some(({ canPlay }) => canPlay);
    return this.#isWithoutDevice && areEnough ? 'there are sound devices again' : undefined;
  }

  #compare(devices: readonly AudioDevice[]): void {
    const news = this.#newsIn(devices);
    if (news !== undefined) {
      this.#forget();
      this.#options.onOthers(news);
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
